# SPDX-License-Identifier: Apache-2.0
"""What functions are like: range, zeros, extrema, kinks, saturation, moments, wide random layers.

``rheobase.analyze`` is the entry; docs/analyze.md lists the fields. Needs nothing but the standard library
and librheobase_analysis.so, which is built where Boost was found.
"""

from __future__ import annotations

import ctypes
import functools
import html
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rheobase import _analysis_text as text
from rheobase._core import _EXCEPTIONS, _LIBRARY, _Parameter, info, library_path

_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_double, ctypes.POINTER(ctypes.c_double), ctypes.c_void_p)


class _Options(ctypes.Structure):
    """rheo_analysis_options."""

    _fields_ = (
        ("struct_size", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("low", ctypes.c_double),
        ("high", ctypes.c_double),
        ("mean", ctypes.c_double),
        ("deviation", ctypes.c_double),
        ("sigma_w", ctypes.c_double),
        ("sigma_b", ctypes.c_double),
    )


class _Function(ctypes.Structure):
    """rheo_analysis_function."""

    _fields_ = (
        ("struct_size", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("name", ctypes.c_char_p),
        ("value", _CALLBACK),
        ("derivative", _CALLBACK),
        ("context", ctypes.c_void_p),
    )


@functools.cache
def _library() -> ctypes.CDLL:
    chosen = os.environ.get("RHEOBASE_ANALYSIS_LIBRARY")
    path = (
        Path(chosen)
        if chosen
        else library_path().with_name(_LIBRARY.replace("rheobase", "rheobase_analysis"))
    )
    try:
        library = ctypes.CDLL(str(path))
    except OSError as error:
        raise ImportError(
            f"rheobase.analyze: cannot load {path} ({error}); it is built where Boost's headers are "
            "installed (Debian: libboost-dev)"
        ) from error
    library.rheo_analysis_last_error.restype = ctypes.c_char_p
    result = ctypes.POINTER(ctypes.c_char_p)
    options = ctypes.POINTER(_Options)
    library.rheo_analysis_defaults.argtypes = [options]
    library.rheo_analyze.argtypes = [
        ctypes.c_char_p,
        ctypes.POINTER(_Parameter),
        ctypes.c_size_t,
        options,
        result,
    ]
    library.rheo_analyze_function.argtypes = [ctypes.POINTER(_Function), options, result]
    return library


def _check(status: int) -> None:
    if status != 0:
        raise _EXCEPTIONS.get(status, RuntimeError)(_library().rheo_analysis_last_error().decode())


def _number(value: object, argument: str) -> float:
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        raise TypeError(f"{argument} must be a number, not {type(value).__name__}")
    return float(value)


def _pair(value: Sequence[float], argument: str) -> tuple[float, float]:
    try:
        first, second = value
    except (TypeError, ValueError):
        raise TypeError(f"{argument} must be two numbers, got {value!r}") from None
    return _number(first, argument), _number(second, argument)


class Fields:
    """A JSON object whose fields are attributes; those that are objects too are Fields."""

    def __init__(self, fields: dict):
        self._fields = fields

    def __getattr__(self, name: str):
        if name.startswith("_") or name not in self._fields:
            raise AttributeError(
                f"no field {name!r}; there are: {', '.join(self.__dict__.get('_fields', ()))}"
            )
        return _readable(self._fields[name])

    def __dir__(self):
        return [*super().__dir__(), *self._fields]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fields) and self._fields == other._fields

    __hash__ = None

    def as_dict(self) -> dict:
        """The JSON object: numbers that are not finite are the strings "inf" and "-inf"."""
        return json.loads(json.dumps(self._fields))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={_readable(v)!r}' for k, v in self._fields.items())})"


def _readable(value):
    """Objects as Fields, "inf" and "-inf" as floats."""
    if isinstance(value, dict):
        return Fields(value)
    if isinstance(value, list):
        return [_readable(item) for item in value]
    return float(value) if value in ("inf", "-inf") else value


class Analysis(Fields):
    """What ``rheobase.analyze`` found: an attribute for each field of docs/analyze.md.

    Infinite numbers are floats here, the strings "inf" and "-inf" in ``as_dict()``. What does not exist is
    None. ``print`` shows a short text, a notebook a table.
    """

    def __repr__(self) -> str:
        rows = text.rows(self)
        width = max(len(name) for name, _ in rows)
        return "\n".join([text.heading(self), *(f"  {name:<{width}}  {value}" for name, value in rows)])

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th style="text-align:left">{html.escape(name)}</th>'
            f'<td style="text-align:left">{html.escape(value)}</td></tr>'
            for name, value in text.rows(self)
        )
        return (
            f"<table><caption><b>{html.escape(text.heading(self))}</b></caption><tbody>{rows}</tbody></table>"
        )


def _options(interval, normal, sigma_w, sigma_b) -> _Options:
    low, high = _pair(interval, "interval")
    mean, deviation = _pair(normal, "normal")
    weights, biases = _number(sigma_w, "sigma_w"), _number(sigma_b, "sigma_b")
    return _Options(ctypes.sizeof(_Options), 0, low, high, mean, deviation, weights, biases)


class _Callback:
    """A callable of the user's as the C library calls it; remembers what it raised."""

    def __init__(self, function: Callable, name: str):
        self.function, self.name, self.errors = function, name, []
        self.tensors = False
        self.pointer = _CALLBACK(self._call)

    def _call(self, x: float, y, _context) -> int:
        try:
            y[0] = self._evaluate(x)
        except BaseException as error:  # must not pass through C; raised again by whoever asked
            self.errors.append((x, error))
            return 1
        return 0

    def _evaluate(self, x: float) -> float:
        if not self.tensors:
            try:
                return float(self.function(x))
            except TypeError:
                # torch's functions and modules take tensors only.
                if "torch" not in sys.modules:
                    raise
                self.tensors = True
        torch = sys.modules["torch"]
        with torch.no_grad():
            try:
                return float(self.function(torch.tensor(x, dtype=torch.float64)))
            except RuntimeError:  # a module with parameters in float32
                return float(self.function(torch.tensor(x, dtype=torch.float32)))


def _analyze_callable(function: Callable, derivative: Callable | None, options: _Options) -> Analysis:
    name = getattr(function, "__name__", type(function).__name__)
    name = "f" if name == "<lambda>" else name
    value = _Callback(function, name)
    slope = _Callback(derivative, name + "'") if derivative is not None else None
    found = ctypes.c_char_p()
    described = _Function(
        ctypes.sizeof(_Function),
        0,
        name.encode(),
        value.pointer,
        slope.pointer if slope else _CALLBACK(),
        None,
    )
    status = _library().rheo_analyze_function(
        ctypes.byref(described), ctypes.byref(options), ctypes.byref(found)
    )
    for callback in (value, slope):
        if callback is None or not callback.errors:
            continue
        x, error = callback.errors[-1]
        if not isinstance(error, Exception):
            raise error  # Ctrl-C
        if status != 0:
            raise ValueError(f"{callback.name}({x!r}) {_raised(error)}") from error
    _check(status)
    result = json.loads(found.value)
    _explain(result["method"]["notes"], value)
    return Analysis(result)


def _raised(error: Exception) -> str:
    return f"raised {type(error).__name__}: {error}".replace("\n", " ")


def _explain(notes: list[str], callback: _Callback) -> None:
    """What the callable raised, in the notes that say that it failed, one for each error."""
    errors = iter(callback.errors)
    for i, note in enumerate(notes):
        if ") failed:" in note and (error := next(errors, None)):
            notes[i] = note.replace(") failed:", f") {_raised(error[1])}:", 1)


def analyze(
    function: str | Callable[[float], float],
    *,
    interval: tuple[float, float] = (-5.0, 5.0),
    normal: tuple[float, float] = (0.0, 1.0),
    sigma_w: float = 1.0,
    sigma_b: float = 0.0,
    derivative: Callable[[float], float] | None = None,
    **parameters: float,
) -> Analysis:
    """Find out what a function of one number is like: range, zeros, extrema, kinks, saturation, moments ...

    Args:
        function: the name of an activation, preset or alias, whose float64 kernels are asked; or any callable
            that takes a float and returns what ``float()`` can read. One of torch's that takes tensors only
            is given 0-dimensional tensors. It is called some 10^5 times.
        interval: (A, B), finite, A < B: shares of it where |f'| < 1e-3 and where |f'| > 1e3.
        normal: (mu, sigma), sigma > 0: the distribution of inputs for shares, sparsity and moments.
        sigma_w: weights of the wide layers have the variance sigma_w² / fan-in; > 0.
        sigma_b: their biases have the variance sigma_b²; >= 0.
        derivative: f' of a callable; otherwise differences of fourth order are taken.
        **parameters: of a named activation, those that differ from their defaults.

    Returns:
        an ``Analysis``: fields as attributes, ``as_dict()``, a short text, a table in notebooks.

    Raises:
        ValueError: unknown name (the nearest is suggested), parameter out of range, an option that makes no
            sense, a callable that raises or has no finite value within [-16, 16].
        TypeError: an argument of a wrong type, or parameters or a derivative where they cannot be used.
        ImportError: the analysis library was not built.

    Example:
        >>> import rheobase
        >>> a = rheobase.analyze("selu")
        >>> a.self_normalising.zero_one, a.saturation.sides
        (True, 'left')
        >>> rheobase.analyze(lambda x: max(0.0, 1 - abs(x))).kinks
        [-1.0, 0.0, 1.0]
    """
    options = _options(interval, normal, sigma_w, sigma_b)
    if callable(function):
        if parameters:
            raise TypeError(f"a callable has no parameter {next(iter(parameters))!r}; bind it before")
        return _analyze_callable(function, derivative, options)
    if derivative is not None:
        raise TypeError("derivative is for callables; a named activation has its own")
    name = info(function)["name"]  # checks type and name
    values = {key: _number(value, key) for key, value in parameters.items()}
    given = (_Parameter * len(values))(*((key.encode(), value) for key, value in values.items()))
    found = ctypes.c_char_p()
    _check(
        _library().rheo_analyze(name.encode(), given, len(values), ctypes.byref(options), ctypes.byref(found))
    )
    return Analysis(json.loads(found.value))
