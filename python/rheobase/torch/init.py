# SPDX-License-Identifier: Apache-2.0
"""Scales for weights: how much an activation shrinks a standard normal signal, or its gradient."""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Callable

import torch
from torch import Tensor

from rheobase import _core
from rheobase.torch._evaluate import make_callee
from rheobase.torch._random import evaluation

_NODES = 16
_END = 40.0  # exp(-40^2 / 2) is below the smallest double
_TOLERANCE = 1e-15
_DEPTH = 60  # halvings, after which a panel at a jump has no width left


@functools.cache
def _gauss_legendre() -> tuple[Tensor, Tensor]:
    """Nodes and weights on [-1, 1] (Golub and Welsch 1969, doi 10.1090/S0025-5718-69-99647-1)."""
    k = torch.arange(1, _NODES, dtype=torch.float64)
    off = k / torch.sqrt(4 * k * k - 1)
    nodes, vectors = torch.linalg.eigh(torch.diag(off, 1) + torch.diag(off, -1))
    return nodes, 2 * vectors[0] ** 2


def _panels(density, left: Tensor, right: Tensor) -> Tensor:
    """The integral over each [left, right]."""
    nodes, weights = _gauss_legendre()
    half = (right - left) / 2
    points = (left + half)[:, None] + half[:, None] * nodes
    return half * (density(points) * weights).sum(1)


def _mean_square(function) -> float:
    """E[function(z)^2] for a standard normal z. Panels are halved until halves agree with the whole."""

    def density(z: Tensor) -> Tensor:
        return function(z) ** 2 * torch.exp(-z * z / 2) / math.sqrt(2 * math.pi)

    edges = torch.linspace(-_END, _END, 81, dtype=torch.float64)
    left, right = edges[:-1], edges[1:]
    whole, total = _panels(density, left, right), 0.0
    for _ in range(_DEPTH):
        middle = (left + right) / 2
        halves = _panels(density, left, middle), _panels(density, middle, right)
        both = halves[0] + halves[1]
        done = (both - whole).abs() <= _TOLERANCE * (1 + abs(total))
        total += math.fsum(both[done].tolist())
        if bool(done.all()):
            return total
        left, right = torch.cat([left[~done], middle[~done]]), torch.cat([middle[~done], right[~done]])
        whole = torch.cat([halves[0][~done], halves[1][~done]])
    return total + math.fsum(whole.tolist())


def _describe(name: str) -> dict:
    """What the file of an elementwise function declares, which may be one that draws random numbers."""
    try:
        return _core.info(name)
    except ValueError as unknown:
        error = unknown
    with contextlib.suppress(ValueError):
        return _core.info(name, "random")
    with contextlib.suppress(ValueError):
        _core.info(name, "rows")
        error = ValueError(
            f"calculate_gain: {name} is a function of rows; a gain would depend on their length"
        )
    raise error


def _function(description: dict, values: tuple[float, ...], of: str) -> Callable[[Tensor], Tensor]:
    if description["kind"] == "random":
        value, derivative = evaluation("calculate_gain", description["name"], values)
        return value if of == "value" else derivative
    callee = make_callee("calculate_gain", description["activation"], {})
    packed = callee.pack(values, torch.float64)
    operator = callee.operators.value if of == "value" else callee.operators.derivative
    return lambda z: operator(z, *packed)


def calculate_gain(
    nonlinearity: str,
    param: float | None = None,
    *,
    of: str = "value",
    convention: str = "moments",
    **parameters: float,
) -> float:
    """The factor that keeps the mean square of a standard normal signal: 1 / sqrt(E[f(z)^2]), z ~ N(0, 1).

    Args:
        nonlinearity: any activation, preset or alias, also of those that draw random numbers
        param: the first parameter, as in torch.nn.init.calculate_gain
        of: "value", or "derivative" for 1 / sqrt(E[f'(z)^2]), which keeps that of gradients
        convention: "moments", or "torch" for what torch.nn.init.calculate_gain says of that name
        parameters: by keyword; defaults as in ``rheobase.info(nonlinearity)``

    Returns:
        the gain, by adaptive quadrature of float64 values; its relative error is about 1e-13.

    The two conventions agree where torch's number is that moment: ReLU, leaky ReLU and the identity. Torch's
    for tanh, 5/3, for SELU, 3/4, and for the logistic sigmoid, 1, come from practice; the moments are 1.5925,
    1 and 1.8462. Of a function that draws random numbers it is the gain in evaluation, where none is drawn.

    Raises:
        ValueError: there is no such name, it is a function of rows, a parameter is outside its domain, the
            mean square is 0, or torch knows no gain of that name
        TypeError: there is no such parameter, or it is no Python number

    Source: He, Zhang, Ren and Sun 2015, arXiv 1502.01852, section 2.2.

    >>> rheobase.torch.init.calculate_gain("leaky_relu", 0.2)  # sqrt(2 / (1 + 0.2^2))
    """
    for argument, given, known in (
        ("of", of, ("value", "derivative")),
        ("convention", convention, ("moments", "torch")),
    ):
        if given not in known:
            raise ValueError(
                f"calculate_gain: {argument} must be one of {', '.join(map(repr, known))}, got {given!r}"
            )
    description = _describe(nonlinearity)
    declared = {p["name"]: float(p["default"]) for p in description["parameters"]}
    if param is not None:
        if not declared:
            raise TypeError(f"calculate_gain: {nonlinearity} has no parameter, got param {param!r}")
        parameters = {next(iter(declared)): param} | parameters
    for word in parameters:
        if word not in declared:
            raise TypeError(f"calculate_gain: {nonlinearity} has no parameter {word!r}")
    if convention == "torch":
        return float(torch.nn.init.calculate_gain(nonlinearity, *list(parameters.values())[:1]))
    function = _function(description, tuple((declared | parameters).values()), of)
    with torch.no_grad():
        square = _mean_square(function)
    if not square > 0:
        raise ValueError(
            f"calculate_gain: the mean square of {nonlinearity}'s {of} is {square}, so it has no gain"
        )
    return 1 / math.sqrt(square)


__all__ = ["calculate_gain"]
