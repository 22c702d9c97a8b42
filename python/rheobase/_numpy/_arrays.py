# SPDX-License-Identifier: Apache-2.0
"""Calls with keywords that are arrays: parameters that differ from element to element."""

from __future__ import annotations

import numpy as np

from rheobase import _core

_MOST_LOOKED_AT = 100  # of parameters that may be wrong
_PLAIN = np.ndarray.__array_ufunc__


def is_number(value) -> bool:
    """Whether it is one of Python's, which have no precision of their own."""
    return type(value) in (int, float)


def dtype_of(value) -> np.dtype | type:
    """The dtype of an operand that need not be an array; int and float as such, which adapt to the others."""
    if is_number(value):
        return type(value)
    dtype = getattr(value, "dtype", None)
    return dtype if isinstance(dtype, np.dtype) else np.asarray(value).dtype


def _is_double(function, inputs: tuple, keywords: dict) -> bool:
    """Whether the result is float64, so that parameters are rounded to that."""
    dtype = keywords.get("dtype")
    if dtype is None:
        try:
            dtype = function.ufunc.resolve_dtypes((*map(dtype_of, inputs), *[None] * function.nout))[-1]
        except TypeError:
            return True  # the ufunc says what is wrong, or another library's array knows better
    return np.dtype(dtype) == np.float64


def is_foreign(value) -> bool:
    """Whether it is another library's array, which sees to the call itself."""
    return not isinstance(value, np.ndarray | np.generic) and hasattr(value, "__array_ufunc__")


def asks_for_ufunc(value) -> bool:
    """Whether it has an __array_ufunc__ of its own, as other libraries' arrays and some subclasses have."""
    return getattr(type(value), "__array_ufunc__", _PLAIN) is not _PLAIN


def one_output(function, out, hint: str = "") -> np.ndarray | None:
    """The output of a call with one result that no ufunc writes; the hint is added where it is no array."""
    if isinstance(out, tuple):
        if len(out) != 1:
            raise ValueError(f"{function.__qualname__}: out is a tuple of {len(out)}; there is one result")
        out = out[0]
    if out is not None and (not isinstance(out, np.ndarray) or asks_for_ufunc(out)):
        raise TypeError(f"{function.__qualname__}: out must be an array, not {type(out).__name__}{hint}")
    return out


def _parameter(function, name: str, value, double: bool):
    """A parameter in the precision that it is rounded to."""
    if is_foreign(value) and not isinstance(getattr(value, "dtype", None), np.dtype):
        return value
    array = value if is_foreign(value) else np.asanyarray(value)
    dtype, wanted = array.dtype, np.dtype(np.float64 if double else np.float32)
    if not np.can_cast(dtype, wanted, "same_kind"):
        raise TypeError(f"{function.__qualname__}: {name} must be real, not an array of dtype {dtype}")
    if dtype == wanted:
        return array
    with np.errstate(all="ignore"):
        rounded = array.astype(wanted)
        lost = () if is_foreign(value) else array[np.isinf(rounded) & ~np.isinf(array)]
    if len(lost):
        raise ValueError(
            f"{function._activation}: {name} is {lost[0]:g}; expected a number that {wanted} can hold"
        )
    return rounded


def _check(function, names: list[str], values: list, double: bool) -> None:
    """ValueError where parameters are not allowed, before anything is written.

    For those the ufunc gives NaN; the reason comes from the library.
    """
    from rheobase._numpy import function as find

    if any(map(is_foreign, values)):
        return  # not to be evaluated yet; those that are not allowed give NaN
    one = np.ones((), np.float64 if double else np.float32)
    wrong = np.isnan(np.asarray(find(function._activation).varied(one, *values)))
    if not wrong.any():
        return
    for at in np.argwhere(wrong)[:_MOST_LOOKED_AT]:
        found = [np.broadcast_to(np.asarray(value), wrong.shape)[tuple(at)] for value in values]
        _core.check_parameters(function._activation, dict(zip(names, map(float, found), strict=True)), double)


def with_arrays(function, args: tuple, keywords: dict):
    """A call of which some parameters are arrays, and which was not simple enough as it came.

    Where nothing but the parameters' kind was in the way, the library does it; otherwise they become inputs
    of the ufunc ``function.varied``.
    """
    names = [name for name in function.__signature__.parameters if name in function._own]
    count = function.nin
    if len(args) < count:
        return function.ufunc(*args)  # NumPy says what is missing
    double = _is_double(function, args[:count], keywords)
    given = [keywords.pop(name, function._own[name]) for name in names]
    values = [_parameter(function, name, value, double) for name, value in zip(names, given, strict=True)]
    if len(args) == count and keywords.keys() <= {"out"}:
        result = function._run_arrays(tuple(args), tuple(values), keywords.get("out"))
        if result is not NotImplemented:
            return result
    _check(function, names, values, double)
    return function.varied(*args[:count], *values, *args[count:], **keywords)
