# SPDX-License-Identifier: Apache-2.0
"""A recorded formula and its derivative, evaluated in ball arithmetic (python-flint)."""

from dataclasses import dataclass

from flint import arb, ctx, fmpq

# Bits. Enough that what cancels beside zeros and in tails leaves far more than a float64 can hold.
ctx.prec = 320


class Refused(Exception):
    """The formula cannot be forged; one line says why."""


@dataclass
class Dual:
    """Value and derivative."""

    value: arb
    slope: arb


def _sigmoid(a: arb) -> arb:
    return 1 / (1 + (-a).exp())


def _softplus(a: arb) -> arb:
    return a.exp().log1p() if a < 0 else a + (-a).exp().log1p()


# Each primitive with its derivative, in terms of the argument.
_UNARY = {
    "exp": (arb.exp, arb.exp),
    "expm1": (arb.expm1, arb.exp),
    "log1p": (arb.log1p, lambda a: 1 / (1 + a)),
    "sigmoid": (_sigmoid, lambda a: _sigmoid(a) * _sigmoid(-a)),
    "softplus": (_softplus, _sigmoid),
    "tanh": (arb.tanh, lambda a: 1 / a.cosh() ** 2),
    "x_minus_tanh": (lambda a: a - a.tanh(), lambda a: a.tanh() ** 2),
    "erfc": (arb.erfc, lambda a: -2 / arb.pi().sqrt() * (-a * a).exp()),
    "exp_minus_square": (lambda a: (-a * a).exp(), lambda a: -2 * a * (-a * a).exp()),
}


def _number(text: str) -> arb:
    if "inf" in text:
        return arb(text.replace("inf", "inf"))
    return arb(fmpq(*_ratio(text)))


def _ratio(text: str) -> tuple[int, int]:
    """A decimal number, exactly."""
    mantissa, _, exponent = text.lower().partition("e")
    whole, _, decimals = mantissa.partition(".")
    power = int(exponent or 0) - len(decimals)
    digits = int(whole + decimals)
    return (digits * 10**power, 1) if power >= 0 else (digits, 10**-power)


class Formula:
    """One activation, preset or not, at its default parameters; `role` is "value" or "derivative".

    `info` is the activation's entry of `rheobase list --json`.
    """

    def __init__(self, info: dict, role: str):
        self.info, self.role, self.name = info, role, info["name"]
        self.parameters = [float(p["default"]) for p in info["parameters"]]
        names = {p["name"]: value for p, value in zip(info["parameters"], self.parameters, strict=True)}
        self._steps = []
        for operation, *operands in info["trace"]:
            if operation == "input" and operands[0] in names:
                text = repr(names[operands[0]])
                self._steps.append(("number", arb(text) if "inf" in text else _number(text)))
            elif operation == "number":
                self._steps.append(("number", _number(operands[0])))
            elif operation in _UNARY or operation in _BINARY or operation in ("input", "select", "negate"):
                self._steps.append((operation, *operands))
            else:
                raise Refused(f"{self.name}: the forge does not know the operation '{operation}'")

    def __call__(self, x: arb) -> arb:
        result = self._evaluate(x)
        return result.value if self.role == "value" else result.slope

    def _evaluate(self, x: arb) -> Dual:
        done: list = []
        for operation, *operands in self._steps:
            done.append(self._step(operation, operands, done, x))
        return done[-1]

    def _step(self, operation: str, operands: list, done: list, x: arb):
        if operation == "input":
            return Dual(x, arb(1))
        if operation == "number":
            return Dual(operands[0], arb(0))
        a = [done[i] for i in operands]
        if operation == "negate":
            return Dual(-a[0].value, -a[0].slope)
        if operation == "select":
            return a[1] if a[0] else a[2]
        if operation in _UNARY:
            value, slope = _UNARY[operation]
            rate = arb(0) if a[0].slope == 0 else slope(a[0].value) * a[0].slope
            return Dual(value(a[0].value), rate)
        return _BINARY[operation](*a)


def _divide(a: Dual, b: Dual) -> Dual:
    q = a.value / b.value
    return Dual(q, (a.slope - q * b.slope) / b.value)


_BINARY = {
    "+": lambda a, b: Dual(a.value + b.value, a.slope + b.slope),
    "-": lambda a, b: Dual(a.value - b.value, a.slope - b.slope),
    "*": lambda a, b: Dual(a.value * b.value, a.slope * b.value + a.value * b.slope),
    "/": _divide,
    "<": lambda a, b: a.value < b.value,
    ">": lambda a, b: a.value > b.value,
    "<=": lambda a, b: a.value <= b.value,
    ">=": lambda a, b: a.value >= b.value,
    "min": lambda a, b: a if a.value < b.value else b,
    "max": lambda a, b: a if a.value > b.value else b,
}
