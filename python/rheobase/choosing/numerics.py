# SPDX-License-Identifier: Apache-2.0
"""The properties that rules ask for, from the float64 kernels and what files declare.

Stands in for ``rheobase.analyze`` where that is not installed, under the same field names (docs/analyze.md):
a part of them, and each only as exact as a rule needs it.
"""

from __future__ import annotations

import numpy as np

import rheobase
from rheobase._evaluate import evaluate
from rheobase.plotting.curves import jumps

# Standard normal moments: the midpoint rule, whose error at kinks is of the order of the square of a step.
REACH, STEPS = 12.0, 240_000
_Z = (np.arange(STEPS) + 0.5) * (2 * REACH / STEPS) - REACH
_WEIGHTS = np.exp(-_Z * _Z / 2) * (2 * REACH / STEPS) / np.sqrt(2 * np.pi)
VANISHING = 1e-3
# Moments closer to 0 and 1 than this are 0 and 1: that is what the constants of a file in float32 leave.
CLOSE = 1e-6


def describe(name: str) -> dict:
    """Fields of docs/analyze.md that the rules use."""
    facts = rheobase.info(name)["facts"]
    y, slope = evaluate(name, _Z), evaluate(name, _Z, "derivative")
    mean, second = _expect(y), _expect(y * y)
    broken = {
        role: jumps(lambda x, r=role: evaluate(name, x, r), -50, 50)
        for role in ("value", "derivative", "second")
    }
    low, high = map(float, facts["range"])
    limits = {
        side: {key: float(value) for key, value in facts["limits"][side].items()}
        for side in ("left", "right")
    }
    kinks = sorted({jump.x for role in ("value", "derivative") for jump in broken[role]})
    flat = [
        bool(limits[side]["derivative"] == 0 and np.isfinite(limits[side]["value"]))
        for side in ("left", "right")
    ]
    return {
        "range": {
            "low": {"value": low, "attained": _attained(low, y, limits)},
            "high": {"value": high, "attained": _attained(high, y, limits)},
        },
        "smoothness": ["discontinuous", "C0", "C1", "Cinf"][
            next((i for i, role in enumerate(broken) if broken[role]), 3)
        ],
        "kinks": kinks,
        "monotone": {"kind": facts["monotone"]},
        "limits": limits,
        "saturation": {
            "sides": {(0, 0): "neither", (1, 0): "left", (0, 1): "right", (1, 1): "both"}[
                tuple(map(int, flat))
            ]
        },
        "centre": 0.0 if facts["odd"] else _centre(name),
        "standard_mean": mean,
        "sparsity": _expect(y == 0),
        "lipschitz": {
            "value": {"constant": _steepest(name, slope)},
            "derivative": {
                "constant": float(np.abs(evaluate(name, _Z, "second")).max()) if not kinks else np.inf
            },
        },
        "shares": {"normal": {"vanishing": _expect(np.abs(slope) < VANISHING), "zero": _expect(y == 0)}},
        "moments": {
            "mean": mean,
            "second_moment": second,
            "variance": second - mean * mean,
            "derivative_second_moment": _expect(slope * slope),
        },
        "self_normalising": {"zero_one": abs(mean) < CLOSE and abs(second - 1) < CLOSE},
    }


def _attained(end: float, y: np.ndarray, limits: dict) -> bool:
    """Whether f takes this end of its range: somewhere in y, or at an extremum between its points."""
    ends = [limits[side]["value"] for side in ("left", "right")]
    return bool(np.isfinite(end) and ((y == end).any() or end not in ends))


def _expect(y: np.ndarray) -> float:
    return float(np.dot(_WEIGHTS, y))


def _steepest(name: str, slope: np.ndarray) -> float:
    ends = np.abs(evaluate(name, np.array([-1e6, 1e6]), "derivative"))
    return float("inf") if ends.max() > 1e3 else float(max(np.abs(slope).max(), ends.max()))


def _centre(name: str) -> float | None:
    x = np.linspace(0.01, 20, 500)
    sums = (evaluate(name, x) + evaluate(name, -x)) / 2
    return float(sums[0]) if np.ptp(sums) < 1e-12 else None
