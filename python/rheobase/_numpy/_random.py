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
from rheobase._numpy import _arrays, _threads


def _integer(function: str, name: str, value) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{function}: {name} must be an integer, not {type(value).__name__}") from None
    if not 0 <= number < 2**64:
        raise ValueError(f"{function}: {name} is {number}; expected 0 to 2^64 - 1")
    return number


def _real(function: str, name: str, value) -> float:
    text = isinstance(value, str | bytes)
    if not text and hasattr(value, "__float__") and not np.iscomplexobj(value) and np.ndim(value) == 0:
        return float(value)
    raise TypeError(f"{function}: {name} must be a real number, not {type(value).__name__}")


class _Random:
    """One role of a function that draws random numbers.

    Not a ufunc, but results are handed over as by one: arrays without dimensions become scalars, and the
    types of masked arrays and other subclasses decide about theirs by __array_wrap__.
    """

    nout = 1

    def __init__(self, info: dict, role: _text.Role):
        name = info["name"]
        own = _text.parameters(info, array=False) + _text.RANDOM_SETTINGS
        self._role = role
        self.nin = len(role.inputs)
        self._names = [p["name"] for p in info["parameters"]]
        self._handle = calls.found("rheo_random_find", name)
        path = f"{name}.{role.name}" if role.name else name
        _text.describe(self, info, path, role, own, _text.RANDOM)

    def __repr__(self) -> str:
        return f"<function rheobase.{self.__qualname__}>"

    def __reduce__(self) -> str:
        return self.__qualname__

    def __call__(self, *args, **keywords):
        values = self._values(args, keywords)
        given = [values[name] for name in self._role.inputs]
        self._refuse_others(given)
        inputs = [np.asanyarray(value) for value in given]
        dtype = self._dtype(given, values["dtype"])
        arrays = self._arrays(inputs, dtype)
        out = self._output(values["out"], arrays[-1].shape, dtype, len(args) > self.nin)
        plain = None if out is None else out.view(np.ndarray)
        direct = plain is not None and _is_writable_at_once(plain, arrays)
        y = plain if direct else np.empty(arrays[-1].shape, dtype)
        self._run(arrays, y, values)
        if out is None:
            return self._wrapped(y, inputs)
        if not direct:
            plain[...] = y
        return self._wrapped(out, inputs, out)

    def _refuse_others(self, given: list) -> None:
        for name, value in zip(self._role.inputs, given, strict=True):
            if _arrays.asks_for_ufunc(value):
                kind = type(value).__name__
                raise TypeError(
                    f"{self.__qualname__}: {name} is a {kind}, which has __array_ufunc__, but this is no "
                    "ufunc; hand over np.asarray of it"
                )

    def _values(self, args: tuple, keywords: dict) -> dict:
        try:
            given = self.__signature__.bind(*args, **keywords)
        except TypeError as error:
            raise TypeError(f"{self.__qualname__}() {error}") from None
        given.apply_defaults()
        return given.arguments

    def _dtype(self, given: list, wanted) -> np.dtype:
        """The result's, in the machine's byte order: that of any ufunc of ours, unless one is wanted."""
        from rheobase._numpy import function

        if wanted is None:
            ufunc = function(_core.names()[0]).backward.ufunc
            kinds = [_arrays.dtype_of(given[0]), _arrays.dtype_of(given[-1])]
            try:
                return ufunc.resolve_dtypes((*kinds, None))[-1]
            except TypeError:
                found = ", ".join(str(np.dtype(kind)) for kind in kinds[-self.nin :])
                raise TypeError(f"{self.__qualname__} not supported for the input types: {found}") from None
        dtype = np.dtype(wanted).newbyteorder("=")
        if dtype.name not in calls.FORMATS:
            known = ", ".join(calls.FORMATS)
            raise TypeError(f"{self.__qualname__}: dtype {dtype} is not supported; expected one of {known}")
        return dtype

    def _arrays(self, inputs: list[np.ndarray], dtype: np.dtype) -> list[np.ndarray]:
        """Arrays of x's shape in the dtype, with strides that are whole elements."""
        arrays, shape = [], inputs[-1].shape
        for name, given in zip(self._role.inputs, inputs, strict=True):
            if not np.can_cast(given.dtype, dtype, "same_kind"):
                raise TypeError(f"{self.__qualname__}: cannot cast {name} from {given.dtype} to {dtype}")
            array = np.asarray(given).astype(dtype, copy=False)
            try:
                array = np.broadcast_to(array, shape)
            except ValueError:
                raise ValueError(
                    f"{self.__qualname__}: {name} has shape {array.shape}, which cannot be broadcast to x's, "
                    f"{shape}"
                ) from None
            whole = array.flags.aligned and all(stride % array.itemsize == 0 for stride in array.strides)
            arrays.append(array if whole else np.array(array))
        return arrays

    def _output(self, out, shape: tuple[int, ...], dtype: np.dtype, by_position: bool) -> np.ndarray | None:
        """The output, once it is clear that the result can be written to it."""
        out = _arrays.one_output(self, out, "; parameters go by keyword" if by_position else "")
        if out is None:
            return None
        if out.shape != shape:
            raise ValueError(f"{self.__qualname__}: out has shape {out.shape}, the result {shape}")
        if not out.flags.writeable:
            raise ValueError(f"{self.__qualname__}: output array is read-only")
        if not np.can_cast(dtype, out.dtype, "same_kind"):
            raise TypeError(f"{self.__qualname__}: cannot cast the result from {dtype} to {out.dtype}")
        return out

    def _wrapped(self, result: np.ndarray, inputs: list[np.ndarray], out: np.ndarray | None = None):
        """The result as the output's type wants it, or that of the input of the highest priority."""
        like = out
        if out is None:
            like = max(inputs, key=lambda a: (a.__array_priority__, type(a) is not np.ndarray))
        if type(like) is np.ndarray:
            return result[()] if out is None else out
        context = (self, (*inputs, *([] if out is None else [out])), 0)
        return like.__array_wrap__(result, context)

    def _run(self, operands: list[np.ndarray], y: np.ndarray, values: dict) -> None:
        name, training, seed = self.__qualname__, bool(values["training"]), values["seed"]
        if training and seed is None:
            raise ValueError(f"{name}: seed is None; in training a number from 0 to 2^64 - 1 is needed")
        x, grad = operands[-1], operands[0] if len(operands) == 2 else None
        call = calls.filled(
            calls.Random,
            role=self._role.number,
            format=calls.FORMATS[y.dtype.name],
            training=training,
            seed=_integer(name, "seed", 0 if seed is None else seed),
            offset=_integer(name, "offset", values["offset"]),
            parameters=_core.given_parameters({p: _real(name, p, values[p]) for p in self._names}),
            parameter_count=len(self._names),
            threads=_threads.chosen(),
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


def _is_writable_at_once(out: np.ndarray, inputs: list[np.ndarray]) -> bool:
    """Whether the library can write the output itself."""
    dense = out.dtype == inputs[-1].dtype and out.flags.c_contiguous and out.flags.aligned
    return dense and not any(np.may_share_memory(array, out) for array in inputs)


class RandomFunction(_Random):
    """A function that draws random numbers, with its derivative and backward."""

    def __init__(self, name: str):
        info = _core.info(name, "random")
        value, derivative, backward = _text.RANDOM_ROLES
        super().__init__(info, value)
        self.derivative = _Random(info, derivative)
        self.backward = _Random(info, backward)
