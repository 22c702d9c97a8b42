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
import math
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rheobase._core import _EXCEPTIONS, _Parameter, info, library_path

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
    path = Path(chosen) if chosen else library_path().with_name("librheobase_analysis.so")
    try:
        library = ctypes.CDLL(str(path))
    except OSError as error:
        raise ImportError(
            f"rheobase.analyze: cannot load {path} ({error}); it is built where Boost's headers are "
            "installed (Debian: libboost-dev)"
        ) from error
    library.rheo_analysis_last_error.restype = ctypes.c_char_p
    text = ctypes.POINTER(ctypes.c_char_p)
    options = ctypes.POINTER(_Options)
    library.rheo_analysis_defaults.argtypes = [options]
    library.rheo_analyze.argtypes = [
        ctypes.c_char_p,
        ctypes.POINTER(_Parameter),
        ctypes.c_size_t,
        options,
        text,
    ]
    library.rheo_analyze_function.argtypes = [ctypes.POINTER(_Function), options, text]
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
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self._fields.items())})"


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
        rows = _rows(self)
        width = max(len(name) for name, _ in rows)
        return "\n".join([_heading(self), *(f"  {name:<{width}}  {text}" for name, text in rows)])

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th style="text-align:left">{html.escape(name)}</th>'
            f'<td style="text-align:left">{html.escape(text)}</td></tr>'
            for name, text in _rows(self)
        )
        return f"<table><caption><b>{html.escape(_heading(self))}</b></caption><tbody>{rows}</tbody></table>"


def _heading(a: Analysis) -> str:
    settings = ", ".join(f"{name}={_short(value)}" for name, value in a._fields["parameters"].items())
    return f"{a.name}({settings})" if settings else a.name


def _short(value) -> str:
    """Six digits."""
    return "-" if value is None else format(float(value), ".6g")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.4g} %"


def _listed(values) -> str:
    texts = [_short(value) for value in values[:8]]
    return ", ".join([*texts, f"... ({len(values)} in all)"] if len(values) > 8 else texts) or "none"


def _range(a: Analysis) -> str:
    low, high = a.range.low, a.range.high
    ends = "[" if low.attained else "(", "]" if high.attained else ")"
    places = [f"{_short(end.value)} at {_short(end.at)}" for end in (low, high) if math.isfinite(end.value)]
    return f"{ends[0]}{_short(low.value)}, {_short(high.value)}{ends[1]}" + "".join(f"; {p}" for p in places)


def _zeros(a: Analysis) -> str:
    intervals = [f"[{_short(low)}, {_short(high)}]" for low, high in a.zeros.intervals]
    return ", ".join(intervals + ([_listed(a.zeros.points)] if a.zeros.points or not intervals else []))


def _extrema(extrema: list[Fields]) -> str:
    texts = [f"{each.kind} {_short(each.value)} at {_short(each.x)}" for each in extrema[:6]]
    return ", ".join([*texts, f"... ({len(extrema)} in all)"] if len(extrema) > 6 else texts) or "none"


def _intervals(part: Fields) -> str:
    if len(part.intervals) < 2:
        return part.kind
    texts = [f"{each.kind} up to {_short(each.to)}" for each in part.intervals[:-1]]
    if len(texts) > 5:
        texts = [*texts[:5], "..."]
    return f"{part.kind}: {', '.join(texts)}, {part.intervals[-1].kind} beyond"


def _saturation(side: Fields, limits: Fields) -> str:
    value = "no limit" if limits.value is None else f"f → {_short(limits.value)}"
    slope = "" if limits.derivative is None else f", f' → {_short(limits.derivative)}"
    how = {
        "hard": lambda: f"; constant from {_short(side.__getattr__('from'))} on",
        "exponential": lambda: f"; f' falls as exp(-{side.speed:.4g} |x|^{side.power:.3g})",
        "algebraic": lambda: f"; distance falls as |x|^-{side.power:.4g}",
        None: lambda: "; saturates" if side.saturates else "",
    }[side.rate]()
    return value + slope + how


def _rows(a: Analysis) -> list[tuple[str, str]]:
    """What the short text and the notebook's table show."""
    low, high = a.options.interval
    mean, deviation = a.options.normal
    normal, share = f"N({_short(mean)}, {_short(deviation)}²)", a.shares
    sharp = [k for k in a.breaks if k.order <= 1]
    fixed = [
        f"q = {_short(p.q)} ({'stable' if p.stable else 'unstable'}, χ = {_short(p.chi)})"
        for p in a.mean_field.fixed_points
    ]
    critical = [f"σ_w = {_short(p.sigma_w)}" for p in a.edge_of_chaos.at_sigma_b]
    fixed = ["every q is fixed"] if a.mean_field.every_q else fixed
    own = [f"mean {_short(p.mean)}, variance {_short(p.variance)}" for p in a.self_normalising.fixed_points]
    own = ["every variance"] if a.self_normalising.every_variance else own
    return [
        ("range", _range(a)),
        ("zeros", _zeros(a)),
        ("extrema", _extrema(a.extrema)),
        ("monotone", _intervals(a.monotone)),
        ("convexity", _intervals(a.convexity)),
        ("kinks", _listed([k.x for k in sharp])),
        ("smoothness", a.smoothness),
        ("symmetry", a.symmetry),
        ("towards -∞", _saturation(a.saturation.left, a.limits.left)),
        ("towards +∞", _saturation(a.saturation.right, a.limits.right)),
        ("sup |f'|", f"{_short(a.lipschitz.value.constant)} at {_short(a.lipschitz.value.at)}"),
        ("|f'| < 0.001", f"{_percent(share.interval.vanishing)} of [{_short(low)}, {_short(high)}], "
         f"{_percent(share.normal.vanishing)} under {normal}"),
        ("|f'| > 1000", f"{_percent(share.interval.exploding)}, {_percent(share.normal.exploding)}"),
        (f"f under {normal}", f"mean {_short(a.moments.mean)}, variance {_short(a.moments.variance)}, "
         f"exact zeros {_percent(a.sparsity)}"),
        ("variance map", ", ".join(fixed) or "no fixed point"),
        ("edge of chaos", ", ".join(critical) or "none with this σ_b"),
        ("fixed moments", ", ".join(own) or "none"),
    ]  # fmt: skip


def _options(interval, normal, sigma_w, sigma_b) -> _Options:
    low, high = _pair(interval, "interval")
    mean, deviation = _pair(normal, "normal")
    weights, biases = _number(sigma_w, "sigma_w"), _number(sigma_b, "sigma_b")
    return _Options(ctypes.sizeof(_Options), 0, low, high, mean, deviation, weights, biases)


class _Callback:
    """A callable of the user's as the C library calls it; remembers what it raised."""

    def __init__(self, function: Callable, name: str):
        self.function, self.name, self.error, self.at = function, name, None, None
        self.tensors = False
        self.pointer = _CALLBACK(self._call)

    def _call(self, x: float, y, _context) -> int:
        try:
            y[0] = self._evaluate(x)
        except BaseException as error:  # must not pass through C; raised again by whoever asked
            self.error, self.at = error, x
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


def _analyze_callable(function: Callable, derivative: Callable | None, options: _Options, text) -> None:
    name = getattr(function, "__name__", type(function).__name__)
    name = "f" if name == "<lambda>" else name
    value = _Callback(function, name)
    slope = _Callback(derivative, name + "'") if derivative is not None else None
    described = _Function(
        ctypes.sizeof(_Function),
        0,
        name.encode(),
        value.pointer,
        slope.pointer if slope else _CALLBACK(),
        None,
    )
    status = _library().rheo_analyze_function(ctypes.byref(described), ctypes.byref(options), text)
    for callback in (value, slope):
        if callback is None or callback.error is None:
            continue
        if not isinstance(callback.error, Exception):
            raise callback.error  # Ctrl-C
        if status != 0:
            what = (
                f"{callback.name}({callback.at!r}) raised {type(callback.error).__name__}: {callback.error}"
            )
            raise ValueError(what.replace("\n", " ")) from callback.error
    _check(status)


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
    text = ctypes.c_char_p()
    if callable(function):
        if parameters:
            raise TypeError(f"a callable has no parameter {next(iter(parameters))!r}; bind it before")
        _analyze_callable(function, derivative, options, ctypes.byref(text))
        return Analysis(json.loads(text.value))
    if derivative is not None:
        raise TypeError("derivative is for callables; a named activation has its own")
    name = info(function)["name"]  # checks type and name
    values = {key: _number(value, key) for key, value in parameters.items()}
    given = (_Parameter * len(values))(*((key.encode(), value) for key, value in values.items()))
    _check(
        _library().rheo_analyze(name.encode(), given, len(values), ctypes.byref(options), ctypes.byref(text))
    )
    return Analysis(json.loads(text.value))
