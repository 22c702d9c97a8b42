# SPDX-License-Identifier: Apache-2.0
"""Calls with keywords that are arrays: parameters that differ from element to element, masks of rows."""

from __future__ import annotations

import numpy as np

from rheobase import _core

_MOST_LOOKED_AT = 100  # of parameters that may be wrong


def _dtype_of(value) -> np.dtype:
    """The dtype of an operand that need not be an array."""
    dtype = getattr(value, "dtype", None)
    return dtype if isinstance(dtype, np.dtype) else np.asarray(value).dtype


def _is_double(function, inputs: tuple, keywords: dict) -> bool:
    """Whether the result is float64, so that parameters are rounded to that."""
    dtype = keywords.get("dtype")
    if dtype is None:
        try:
            dtype = function.ufunc.resolve_dtypes((*map(_dtype_of, inputs), *[None] * function.nout))[-1]
        except TypeError:
            return True  # the ufunc says what is wrong, or another library's array knows better
    return np.dtype(dtype) == np.float64


def _is_foreign(value) -> bool:
    """Whether it is another library's array, which sees to the call itself."""
    return not isinstance(value, np.ndarray | np.generic) and hasattr(value, "__array_ufunc__")


def _parameter(function, name: str, value, double: bool):
    """A parameter in the precision that it is rounded to."""
    if _is_foreign(value) and not isinstance(getattr(value, "dtype", None), np.dtype):
        return value
    array = value if _is_foreign(value) else np.asanyarray(value)
    dtype, wanted = array.dtype, np.dtype(np.float64 if double else np.float32)
    if not np.can_cast(dtype, wanted, "same_kind"):
        raise TypeError(f"{function.__qualname__}: {name} must be real, not an array of dtype {dtype}")
    if dtype == wanted:
        return array
    with np.errstate(all="ignore"):  # what float32 cannot hold is looked at afterwards
        return array.astype(wanted)


def _check(function, names: list[str], values: list, double: bool) -> None:
    """ValueError where parameters are not allowed, before anything is written.

    For those the ufunc gives NaN; the reason comes from the library.
    """
    from rheobase._numpy import function as find

    if any(map(_is_foreign, values)):
        return  # not to be evaluated yet; those that are not allowed give NaN
    one = np.ones((), np.float64 if double else np.float32)
    wrong = np.isnan(np.asarray(find(function._activation).varied(one, *values)))
    if not wrong.any():
        return
    for at in np.argwhere(wrong)[:_MOST_LOOKED_AT]:
        found = [np.broadcast_to(np.asarray(value), wrong.shape)[tuple(at)] for value in values]
        _core.check_parameters(function._activation, dict(zip(names, map(float, found), strict=True)), double)


def with_arrays(function, args: tuple, keywords: dict):
    """A call of which some parameters are arrays: they become inputs of the ufunc ``function.varied``."""
    names = [name for name in function.__signature__.parameters if name in function._own]
    count = function.nin
    if len(args) < count:
        return function.ufunc(*args)  # NumPy says what is missing
    double = _is_double(function, args[:count], keywords)
    given = [keywords.pop(name, function._own[name]) for name in names]
    values = [_parameter(function, name, value, double) for name, value in zip(names, given, strict=True)]
    _check(function, names, values, double)
    return function.varied(*args[:count], *values, *args[count:], **keywords)


def with_mask(masked, function, args: tuple, keywords: dict):
    """A call of a function of rows with a mask, which becomes the last input of `masked`."""
    mask = keywords.pop("mask")
    if mask is None:
        return function(*args, **keywords)
    if not _is_foreign(mask):
        mask = np.asanyarray(mask)
    if getattr(mask, "dtype", None) == np.bool_:
        raise TypeError(
            f"{function.__qualname__}: mask is added, so it must not be of dtype bool; "
            "np.where(hidden, -np.inf, 0) makes one"
        )
    count = function.nin
    if len(args) < count:
        return function.ufunc(*args)
    return masked(*args[:count], mask, *args[count:], **keywords)
