# SPDX-License-Identifier: Apache-2.0
"""The registry's functions of NumPy's arrays: ufuncs with keywords of their own. docs/numpy.md explains them.

Made when they are first used; ``rheobase.<name>`` is how they are reached.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping

from rheobase import _core
from rheobase import _numpy_text as _text
from rheobase._numpy import _arrays
from rheobase._numpy import _rows as _row_calls
from rheobase._numpy._extension import Function
from rheobase._numpy._random import RandomFunction
from rheobase._numpy._threads import get_num_threads as get_num_threads
from rheobase._numpy._threads import set_num_threads as set_num_threads

# Kind in python/native/numpy_callee.h.
_ELEMENTS, _GATE, _ROWS, _MASKED, _RESULT = 0, 2, 3, 4, 5


def _make(
    lookup: str, title: str, kind: int, role: int, numbers: list, arrays=(), fallback=None, by=""
) -> Function:
    """The extension module's object; `title` is what NumPy's messages call it."""
    defaults = tuple(k.default for k in numbers)
    names = tuple(k.name for k in numbers)
    doc = f"Made by rheobase.{title.partition(' ')[0]}, whose docstring describes it."
    made = Function(lookup, title, doc, kind, role, names, defaults, tuple(arrays), fallback, by)
    made._activation, made._own = lookup, dict(zip(names, defaults, strict=True))
    return made


class UnknownParameter(KeyError, ValueError):
    """As a mapping raises it, with the library's message, which KeyError alone would put into quotes."""

    __str__ = Exception.__str__


class _ByParameter(Mapping):
    """Derivatives by parameter, made when first asked for."""

    def __init__(self, info: dict):
        self._info = info
        self._made = {}

    def __getitem__(self, parameter: str) -> Function:
        if not isinstance(parameter, str):
            raise TypeError(f"a parameter's name is a str, not {type(parameter).__name__}")
        made = self._made.get(parameter)
        return made if made is not None else self._made.setdefault(parameter, self._make(parameter))

    def __iter__(self) -> Iterator[str]:
        return (p["name"] for p in self._info["parameters"])

    def __len__(self) -> int:
        return len(self._info["parameters"])

    def __contains__(self, parameter: object) -> bool:
        return any(parameter == name for name in self)

    def __repr__(self) -> str:
        return repr(dict(self))

    def _make(self, parameter: str) -> Function:
        info, own, role = self._info, _text.parameters(self._info), _text.by_parameter(parameter)
        name, path = info["name"], f"{info['name']}.{role.name}"
        try:
            made = _make(name, path, _ELEMENTS, role.number, own, (), _arrays.with_arrays, parameter)
        except ValueError as error:
            raise UnknownParameter(str(error)) from None
        _text.describe(made, info, path, role, own, _text.ELEMENTS)
        made._reduced = _by_parameter, (name, parameter)
        return made


def _by_parameter(name: str, parameter: str) -> Function:
    """What a pickled derivative_by is made of again."""
    return function(name).derivative_by[parameter]


def _elements(name: str) -> Function:
    info = _core.info(name)
    own = _text.parameters(info)
    made = {}
    for role in _text.ROLES:
        path = f"{name}.{role.name}" if role.name else name
        function = _make(name, path, _ELEMENTS, role.number, own, fallback=_arrays.with_arrays)
        _text.describe(function, info, path, role, own, _text.ELEMENTS)
        made[role.name] = function
    value = made.pop("")
    for role, function in made.items():
        setattr(value, role, function)
    value.derivative_by = _ByParameter(info)
    return value


def _rows(name: str) -> Function:
    info = _core.info(name, "rows")
    numbers, arrays = _text.ROW_SETTINGS, _text.ROW_ARRAYS

    def make(role: _text.Role, kind: int, masked: Function | None) -> Function:
        path = f"{name}.{role.name}" if role.name else name
        own = arrays if masked is not None else []
        others = (*(k.name for k in own), "axis")  # that may be more than a ufunc takes
        made = _make(
            name, path, kind, role.number, numbers, others, functools.partial(_row_calls.call, masked)
        )
        _text.describe(made, info, path, role, [*numbers, *own], _text.ROWS)
        return made

    value, backward, from_result = _text.ROW_ROLES
    made = {}
    for role in (value, backward):
        masked = _make(name, f"{name} with a mask", _MASKED, role.number, numbers)
        made[role.name] = make(role, _ROWS, masked)
    result = made.pop("")
    result.backward = made[backward.name]
    result.backward_from_result = make(from_result, _RESULT, None)
    return result


@functools.cache
def _gate(name: str) -> Function:
    info = _core.info(name)
    own = [*_text.parameters(info, array=False), *_text.GATE_SETTINGS]
    made = []
    for role in _text.GATE_ROLES:
        path = f"gate({name!r})" + (f".{role.name}" if role.name else "")
        function = _make(name, path, _GATE, role.number, own)
        _text.describe(function, info, path, role, own, _text.ELEMENTS)
        function._reduced = (getattr, (made[0], role.name)) if made else (gate, (name,))
        made.append(function)
    made[0].backward = made[1]
    return made[0]


def gate(name: str) -> Function:
    """The gate of an activation: ``gate(name)(a, b)`` is act(a) b, rounded once.

    Sigmoid makes GLU of it, relu ReGLU, gelu GEGLU, silu SwiGLU. ``.backward(grad, a, b)`` returns both
    gradients, (grad b) act'(a) and grad act(a). The activation's parameters are keywords, and so are
    ``limit`` (a is held below it, b within it on both sides) and ``offset`` (added to b afterwards);
    docs/forms.md has the promises.

    Args:
        name: an activation, a preset or an alias

    Raises:
        ValueError: there is no such name; the message suggests the nearest.
        TypeError: ``name`` is not a string.

    >>> import numpy as np, rheobase
    >>> swiglu = rheobase.gate("silu")
    >>> packed = np.ones((4, 128), np.float32)
    >>> swiglu(*np.split(packed, 2, axis=-1)).shape  # halves
    (4, 64)
    >>> swiglu(packed[..., ::2], packed[..., 1::2]).shape  # interleaved
    (4, 64)
    """
    return _gate(_core.info(name)["name"])


@functools.cache
def _kinds() -> dict[str, str]:
    """Every name, and its kind."""
    return {name: kind for kind in ("unary", "rows", "random") for name in _core.names(kind)}


@functools.cache
def _function(name: str, kind: str):
    if kind == "random":
        return RandomFunction(name)
    return _rows(name) if kind == "rows" else _elements(name)


def function(name: str):
    """The function of that name or alias, always the same object.

    Raises:
        ValueError: there is no such name.
    """
    kind = _kinds().get(name)
    if kind is None:
        name, kind = _core.info(name)["name"], "unary"
    return _function(name, kind)
