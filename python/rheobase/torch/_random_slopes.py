# SPDX-License-Identifier: Apache-2.0
"""Which functions that draw random numbers are made of straight pieces: those have second derivatives of 0.

The library's derivative in float64 says so, at a sample of x for a sample of numbers. It is asked through the
C ABI: what torch is doing at the time, such as a transform or a trace with fake tensors, makes no difference.
"""

from __future__ import annotations

import ctypes
import functools

from rheobase import _calls as calls
from rheobase import _core

_ELEMENTS = 64  # each has a number of its own
_MOST = 4  # slopes of one element; a curve over a third of an octave has as many points
_SIZES = [(1 + eighth / 8) * 2.0**octave for octave in range(-12, 8) for eighth in range(8)]


@functools.cache
def _defaults(name: str) -> dict[str, float]:
    return {p["name"]: float(p["default"]) for p in _core.info(name, "random")["parameters"]}


def all_parameters(name: str, given: tuple) -> ctypes.Array:
    """All parameters as the C ABI takes them; the dispatcher leaves out last ones that are defaults."""
    defaults = _defaults(name)
    return _core.given_parameters(defaults | dict(zip(defaults, given, strict=False)))


@functools.lru_cache(maxsize=1024)
def _slopes_are_few(name: str, given: tuple[float, ...], training: bool) -> bool:
    parameters = all_parameters(name, given)
    array = ctypes.c_double * _ELEMENTS
    x, y, found = array(), array(), [set() for _ in range(_ELEMENTS)]
    call = calls.filled(
        calls.Random, role=calls.DERIVATIVE, format=calls.FORMATS["float64"], training=training,
        parameters=parameters, parameter_count=len(parameters), rank=1, threads=1,
        shape=calls.shape(_ELEMENTS), x=x, y=y,
    )  # fmt: skip
    handle = calls.found("rheo_random_find", name)
    run = calls.typed("rheo_random_run", ctypes.c_void_p, ctypes.c_void_p)
    for point in (sign * size for size in _SIZES for sign in (-1, 1)):
        x[:] = [point] * _ELEMENTS
        _core._check(run(handle, ctypes.byref(call)))
        for slopes, slope in zip(found, y, strict=True):
            slopes.add(slope)
    return all(len(slopes) <= _MOST for slopes in found)


def has_straight_pieces(name: str, given: tuple[float, ...], training: bool) -> bool:
    """Whether the function is piecewise linear in x once its numbers are drawn.

    With default parameters too: others may make a curve too flat to be seen, which is not flat.
    """
    return _slopes_are_few(name, (), training) and _slopes_are_few(name, given, training)
