# SPDX-License-Identifier: Apache-2.0
"""Calls of functions of rows for which there is no ufunc: with a mask, and for rows over several axes."""

from __future__ import annotations

import contextlib
import math
import operator

import numpy as np

from rheobase._numpy import _arrays


def call(masked, function, args: tuple, keywords: dict):
    """A call with a mask, which becomes the last input of `masked`, or with an axis that is no number."""
    count, axis = function.nin, keywords.get("axis", -1)
    if len(args) < count:
        return function.ufunc(*args)  # NumPy says what is missing
    mask = None if masked is None else _given_mask(function, keywords.pop("mask", None))
    if (axis is None or isinstance(axis, tuple)) and "axes" not in keywords:
        out = keywords.get("out")
        arrays = (*args, mask, *(out if isinstance(out, tuple) else (out,)))
        if not any(map(_arrays.asks_for_ufunc, arrays)):
            return _over_axes(function, args, mask, keywords)
    if mask is None:
        own = {name: keywords.pop(name) for name in function._own if name in keywords}
        return function.bind(**own)(*args, **keywords)
    inputs = args[:count]
    return masked(*inputs, _mask(masked, inputs, mask, keywords, axis), *args[count:], **keywords)


def _given_mask(function, mask):
    """An array, another library's array, or a number of Python's."""
    if mask is None or _arrays.is_number(mask):
        return mask
    if type(mask) is not np.ndarray and not _arrays.is_foreign(mask):
        mask = np.asanyarray(mask)
    if getattr(mask, "dtype", None) == np.bool_:
        raise TypeError(
            f"{function.__qualname__}: mask is added, so it must not be of dtype bool; "
            "np.where(hidden, -np.inf, 0) makes one"
        )
    return mask


def _mask(masked, inputs: tuple, mask, keywords: dict, axis):
    """The mask for a ufunc; what has one number for a row, or one for all, is repeated."""
    if _arrays.is_number(mask):
        mask = np.asarray(mask, _precision(masked, inputs, mask, keywords))
    try:
        single = isinstance(mask, np.ndarray) and (mask.ndim == 0 or mask.shape[axis] == 1)
        if not single or any(map(_arrays.is_foreign, inputs)):
            return mask
        return _repeated(mask, _whole(mask.shape, axis, np.shape(inputs[-1])))
    except (IndexError, TypeError):  # no such axis: the ufunc says so
        return mask


def _whole(shape: tuple[int, ...], axis: int, x: tuple[int, ...]) -> tuple[int, ...]:
    """The shape with as many numbers along the axis as x has."""
    if not shape:
        return x
    found = list(shape)
    found[axis] = x[axis]
    return tuple(found)


def _precision(masked, inputs: tuple, mask: float, keywords: dict) -> np.dtype | None:
    """Of a number beside arrays, as the ufunc would have it."""
    if keywords.get("dtype") is not None:
        return keywords["dtype"]
    with contextlib.suppress(TypeError):  # the ufunc says what is wrong
        kinds = map(_arrays.dtype_of, (*inputs, mask))
        return masked.ufunc.resolve_dtypes((*kinds, None))[len(inputs)]
    return None


def _repeated(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """broadcast_to, which would not do the same to the mask of a masked array."""
    if array.shape == shape:
        return array
    if not isinstance(array, np.ma.MaskedArray):
        return np.broadcast_to(array, shape, subok=True)
    mask = np.broadcast_to(np.ma.getmaskarray(array), shape)
    return np.ma.array(np.broadcast_to(array.data, shape), mask=mask)


def _over_axes(function, args: tuple, mask, keywords: dict):
    """Rows that lie along several axes, or all: these become one, the last."""
    count, axes, order = function.nin, keywords.pop("axis"), keywords.pop("order", "K")
    out = _output(function, args, keywords)
    arrays = [np.asanyarray(value) for value in args[:count]]
    columns = order == "F" or (order != "C" and arrays[-1].flags.fnc)
    if mask is not None and not _arrays.is_number(mask):
        arrays.append(mask)
    shape = np.broadcast_shapes(*(array.shape for array in arrays))
    axes = _checked(axes, len(shape))
    turn = [*(i for i in range(len(shape)) if i not in axes), *axes]
    extents, kept = [shape[i] for i in turn], len(shape) - len(axes)
    joined = (*extents[:kept], math.prod(extents[kept:]))
    given = [_repeated(array, shape).transpose(turn).reshape(joined) for array in arrays]
    if mask is not None:
        keywords["mask"] = mask if _arrays.is_number(mask) else given.pop()
    result = function(*given, **keywords).reshape(extents).transpose(np.argsort(turn))
    if out is not None:
        return _written(result, out, keywords.get("casting", "same_kind"))
    result = np.asanyarray(result, order="F" if columns else "C")
    return result if shape else result[()]


def _checked(axes: tuple | None, rank: int) -> tuple[int, ...]:
    """Axes from 0 on, each once."""
    if axes is None:
        return tuple(range(rank))
    for axis in map(operator.index, axes):
        if not -rank <= axis < rank:
            raise np.exceptions.AxisError(axis, rank)
    found = tuple(axis % rank for axis in axes)
    if len(set(found)) < len(found):
        raise ValueError(f"axis {axes} has one axis twice")
    return found


def _output(function, args: tuple, keywords: dict) -> np.ndarray | None:
    """The output, taken out of a call."""
    given = [*args[function.nin :], *([keywords.pop("out")] if "out" in keywords else [])]
    if len(given) > 1:
        raise TypeError(f"{function.__qualname__}: more than one output is given")
    return _arrays.one_output(function, given[0] if given else None)


def _written(result: np.ndarray, out: np.ndarray, casting: str) -> np.ndarray:
    if not out.flags.writeable:
        raise ValueError("output array is read-only")
    np.copyto(out.view(np.ndarray), np.asarray(result), casting=casting)
    if isinstance(out, np.ma.MaskedArray):
        out.mask = np.ma.getmask(result)
    return out
