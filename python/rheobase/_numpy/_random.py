# SPDX-License-Identifier: Apache-2.0
"""Functions that draw random numbers, as calls of the C ABI on whole arrays.

An element's number depends on its place in the array, which a ufunc's loop does not know.
"""

from __future__ import annotations

import ctypes
import operator

import numpy as np

from rheobase import _calls as calls
from rheobase import _core
from rheobase import _numpy_text as _text


def _integer(function: str, name: str, value) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{function}: {name} must be an integer, not {type(value).__name__}") from None
    if not 0 <= number < 2**64:
        raise ValueError(f"{function}: {name} is {number}; expected 0 to 2^64 - 1")
    return number


def _real(function: str, name: str, value) -> float:
    if isinstance(value, str | bytes | complex) or not hasattr(value, "__float__"):
        raise TypeError(f"{function}: {name} must be a real number, not {type(value).__name__}")
    return float(value)


class _Random:
    """One role of a function that draws random numbers."""

    def __init__(self, info: dict, role: _text.Role):
        name = info["name"]
        own = _text.parameters(info, array=False) + _text.RANDOM_SETTINGS
        self._role = role
        self._names = [p["name"] for p in info["parameters"]]
        self._handle = calls.found("rheo_random_find", name)
        path = f"{name}.{role.name}" if role.name else name
        _text.describe(self, info, path, role, own, _text.RANDOM)

    def __repr__(self) -> str:
        return f"<function rheobase.{self.__qualname__}>"

    def __reduce__(self) -> str:
        return self.__qualname__

    def __call__(self, *args, **keywords):
        given = self.__signature__.bind(*args, **keywords)
        given.apply_defaults()
        values = dict(given.arguments)
        operands, y = self._arrays(
            [values[name] for name in self._role.inputs], values["out"], values["dtype"]
        )
        self._run(operands, y, values)
        return y[()] if values["out"] is None else self._written(y, values["out"])

    @staticmethod
    def _written(y: np.ndarray, out: np.ndarray) -> np.ndarray:
        if y is not out:
            out[...] = y
        return out

    def _arrays(self, inputs: list, out, dtype) -> tuple[list[np.ndarray], np.ndarray]:
        """Inputs in one dtype that the library reads, and the array that it writes."""
        from rheobase._numpy import function

        arrays = [np.asanyarray(value) for value in inputs]
        if dtype is None:  # that of any ufunc of ours
            ufunc = function(_core.names()[0]).backward.ufunc
            dtype = ufunc.resolve_dtypes((arrays[0].dtype, arrays[-1].dtype, None))[-1]
        dtype = np.dtype(dtype).newbyteorder("=")
        if dtype.name not in calls.FORMATS:
            known = ", ".join(calls.FORMATS)
            raise TypeError(f"{self.__qualname__}: dtype {dtype} is not supported; expected one of {known}")
        shape = arrays[-1].shape
        arrays = [
            _readable(np.broadcast_to(a.astype(dtype, copy=False, casting="same_kind"), shape))
            for a in arrays
        ]
        if out is None:
            return arrays, np.empty(shape, dtype)
        if not isinstance(out, np.ndarray):
            raise TypeError(f"{self.__qualname__}: out must be an array, not {type(out).__name__}")
        if out.shape != shape:
            raise ValueError(f"{self.__qualname__}: out has shape {out.shape}, the result {shape}")
        if not out.flags.writeable:
            raise ValueError(f"{self.__qualname__}: output array is read-only")
        if not np.can_cast(dtype, out.dtype, "same_kind"):
            raise TypeError(f"{self.__qualname__}: cannot cast the result from {dtype} to {out.dtype}")
        direct = out.dtype == dtype and out.flags.c_contiguous and out.flags.aligned
        if direct and not any(np.may_share_memory(a, out) for a in arrays):
            return arrays, out
        return arrays, np.empty(shape, dtype)  # copied to out afterwards

    def _run(self, operands: list[np.ndarray], y: np.ndarray, values: dict) -> None:
        name, training = self.__qualname__, bool(values["training"])
        if training and values["seed"] is None:
            raise ValueError(f"{name}: seed is None; in training a number from 0 to 2^64 - 1 is needed")
        x, grad = operands[-1], operands[0] if len(operands) == 2 else None
        call = calls.filled(
            calls.Random,
            role=self._role.number,
            format=calls.FORMATS[y.dtype.name],
            training=training,
            seed=_integer(name, "seed", values["seed"] or 0),
            offset=_integer(name, "offset", values["offset"]),
            parameters=_core.given_parameters({p: _real(name, p, values[p]) for p in self._names}),
            parameter_count=len(self._names),
            rank=x.ndim,
            shape=calls.shape(*x.shape),
            x=x,
            x_strides=_strides(x),
            grad=grad,
            grad_strides=None if grad is None else _strides(grad),
            y=y,
        )
        _core._check(_core._library.rheo_random_run(self._handle, ctypes.byref(call)))


def _strides(array: np.ndarray) -> ctypes.Array:
    return calls.shape(*(stride // array.itemsize for stride in array.strides))


def _readable(array: np.ndarray) -> np.ndarray:
    """With strides that are whole elements."""
    if array.flags.aligned and all(stride % array.itemsize == 0 for stride in array.strides):
        return array
    return np.array(array)


class RandomFunction(_Random):
    """A function that draws random numbers, with its derivative and backward."""

    def __init__(self, name: str):
        info = _core.info(name, "random")
        value, derivative, backward = _text.RANDOM_ROLES
        super().__init__(info, value)
        self.derivative = _Random(info, derivative)
        self.backward = _Random(info, backward)
