# SPDX-License-Identifier: Apache-2.0
"""The quantizations that are compared, and an exact model of the three conventions."""

from __future__ import annotations

import dataclasses
import math

import mpmath

# Powers of two make ties: their products and quotients are exact.
IN = ((2**-4, 0), (2**-5, -128), (0.05, 3), (6 / 255, -128), (2**-3, 127), (0.1, -7))
OUT = ((2**-3, -128), (2**-2, 5), (0.0373, -100), (2**-4, 0))
# Pairs of the above, of which each function has all.
PAIRS = ((0, 0), (0, 1), (1, 1), (2, 2), (3, 3), (4, 1), (5, 2))
PARAMETERS = {"leaky_relu": ((), (("negative_slope", 0.25),)), "elu": ((), (("alpha", 0.5),))}


@dataclasses.dataclass(frozen=True)
class Case:
    """An activation and its quantization. `name` and `parameters` are rheobase's."""

    name: str
    parameters: tuple[tuple[str, float], ...]
    type: str  # int8 or uint8
    in_scale: float
    in_zero: int
    out_scale: float
    out_zero: int

    def parameter(self, default: float) -> float:
        return self.parameters[0][1] if self.parameters else default

    @property
    def low(self) -> int:
        return -128 if self.type == "int8" else 0


def float32(value) -> mpmath.mpf:
    """Rounded to 24 bits. No case comes near the ends of float32's range."""
    with mpmath.workprec(24):
        return +mpmath.mpf(value)


def cases(convention: str, name: str) -> list[Case]:
    """Of one framework and function, int8 and uint8 in turn."""
    made = []
    for parameters in PARAMETERS.get(name, ((),)):
        if convention == "tflite" and name == "elu" and parameters:
            continue  # its operator has none
        for count, (i, o) in enumerate(PAIRS):
            kind = "uint8" if count % 3 == 2 and (convention, name) != ("tflite", "elu") else "int8"
            (in_scale, in_zero), (out_scale, out_zero) = IN[i], OUT[o]
            if convention == "tflite" and name in ("tanh", "sigmoid"):  # what its operator insists on
                out_scale, out_zero = (1 / 128, 0) if name == "tanh" else (1 / 256, -128)
            shift = 128 if kind == "uint8" else 0
            scales = float(float32(in_scale)), float(float32(out_scale))
            made.append(Case(name, parameters, kind, scales[0], in_zero + shift, scales[1], out_zero + shift))
    return list(dict.fromkeys(made))


def exact(case: Case, x: mpmath.mpf) -> mpmath.mpf:
    """The function itself, to 200 bits."""
    half = mpmath.mpf(1) / 2
    functions = {
        "identity": lambda: x,
        "relu": lambda: max(x, mpmath.mpf(0)),
        "relu6": lambda: min(max(x, mpmath.mpf(0)), mpmath.mpf(6)),
        "leaky_relu": lambda: x if x > 0 else float32(case.parameter(0.01)) * x,
        "elu": lambda: x if x > 0 else float32(case.parameter(1.0)) * mpmath.expm1(x),
        "sigmoid": lambda: 1 / (1 + mpmath.exp(-x)),
        "tanh": lambda: mpmath.tanh(x),
        "silu": lambda: x / (1 + mpmath.exp(-x)),
        "gelu": lambda: x * half * mpmath.erfc(-x / mpmath.sqrt(2)),
        "gelu_tanh": lambda: (
            x * half * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpmath.mpf("0.044715") * x**3)))
        ),
        "hardswish": lambda: x * min(max(x + 3, mpmath.mpf(0)), mpmath.mpf(6)) / 6,
    }
    with mpmath.workprec(200):
        return functions[case.name]()


def scaled_results(case: Case, convention: str) -> list[mpmath.mpf]:
    """What is rounded to a whole number, code by code: float32 arithmetic, of exact results rounded once."""
    in_scale, out_scale = mpmath.mpf(case.in_scale), mpmath.mpf(case.out_scale)
    made = []
    for code in range(case.low, case.low + 256):
        y = float32(exact(case, float32(in_scale * (code - case.in_zero))))
        made.append(float32(y / out_scale) if convention == "onnx" else float32(y * float32(1 / out_scale)))
    return made


def table(case: Case, convention: str) -> list[int]:
    """All results' codes, by the convention's own words."""
    codes = []
    for value in scaled_results(case, convention):
        below = int(mpmath.floor(value))
        part = value - below
        if part != mpmath.mpf(1) / 2:
            nearest = below + (part > mpmath.mpf(1) / 2)
        elif convention == "tflite":
            nearest = below + (value > 0)
        else:
            nearest = below + below % 2
        codes.append(min(max(nearest + case.out_zero, case.low), case.low + 255))
    return codes


def beside_a_tie(value: mpmath.mpf, ulps: int = 8) -> bool:
    """Whether a function that is a few ulp off may fall on the other side."""
    distance = abs(value - mpmath.floor(value) - mpmath.mpf(1) / 2)
    return distance <= ulps * math.ldexp(1.0, int(mpmath.floor(mpmath.log(abs(value), 2))) - 23)
