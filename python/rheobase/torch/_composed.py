# SPDX-License-Identifier: Apache-2.0
"""Learned activations made of torch's own operations: Learnable, Rational and Maxout.

They have no kernels of their own, and no proven bounds. Results are deterministic; gradients of the
parameters of Learnable and Rational come from exact sums, whatever layout and threads, those of Maxout from
torch's products.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from rheobase import _core
from rheobase.torch import functional
from rheobase.torch._learned import spread_exactly

_NARROW = (torch.bfloat16, torch.float16)


def check_float(function: str, input: Tensor) -> None:
    """Raises TypeError for what is no float tensor."""
    if not isinstance(input, Tensor) or not input.is_floating_point():
        what = input.dtype if isinstance(input, Tensor) else type(input).__name__
        raise TypeError(f"{function}: input must be a float tensor, got {what}")


def check_channels(function: str, input: Tensor, channels: int, axis: int) -> int:
    """The axis counted from the front; -1 where one set of parameters serves all.

    Raises:
        TypeError: the input is no float tensor
        ValueError: it has no such dimension, or one of another extent
    """
    check_float(function, input)
    if channels == 1:
        return -1
    if not -input.dim() <= axis < input.dim() or input.shape[axis] != channels:
        raise ValueError(
            f"{function}: expected {channels} channels in dimension {axis}, got an input of shape "
            f"{tuple(input.shape)}"
        )
    return axis % input.dim()


def check_count(function: str, name: str, value: int) -> None:
    if not isinstance(value, int) or value < 1:
        raise ValueError(f"{function}: {name} must be a whole number of at least 1, got {value!r}")


def widened_if_narrow(input: Tensor, parameter: Tensor) -> Tensor:
    """A 16-bit input in the dtype of wider parameters, any other as it is."""
    narrow = input.dtype in _NARROW and parameter.dtype not in _NARROW
    return input.to(parameter.dtype) if narrow else input


def widened(function: str, input: Tensor, parameter: Tensor) -> Tensor:
    """The input in the dtype that the module computes in: the parameters', which 16-bit inputs may lack.

    Raises:
        TypeError: it is of another dtype, or of the other one of 16 bits
    """
    x = widened_if_narrow(input, parameter)
    if x.dtype != parameter.dtype:
        raise TypeError(f"{function}: input has dtype {input.dtype}, the parameters have {parameter.dtype}")
    return x


def widened_for_layers(function: str, input: Tensor, parameter: Tensor) -> Tensor:
    """``widened`` for modules that hold torch's linear layers, which autocast may give one dtype itself.

    Raises:
        TypeError: as ``widened``; under autocast for float64 alone, which that leaves as it is
    """
    x = widened_if_narrow(input, parameter)
    left_alone = x.is_meta or torch.float64 in (x.dtype, parameter.dtype)
    if not left_alone and torch.is_autocast_enabled(x.device.type):
        return x
    return widened(function, input, parameter)


class Learnable(torch.nn.Module):
    """ReLU mixed with a learned cubic.

        y = g max(x, 0) + (1 - g) (a1 x + a2 x^2 / 2 + a3 x^3 / 3),  g = sigmoid(b)

    Args:
        channels: 1 for one set of parameters, or as many as the input has channels
        axis: the input's dimension of the channels
        device, dtype: of the parameters

    Parameters: ``a1``, ``a2``, ``a3``, at first 0.25, and ``b``, at first 0, each of shape ``(channels,)``.
    16-bit inputs are computed in the parameters' dtype and rounded once.

    Shape:
        input and output: any, the same

    Raises:
        TypeError: the input is no float tensor, or neither of the parameters' dtype nor of 16 bits
        ValueError: dimension ``axis`` has not ``channels`` elements

    >>> activation = rheobase.torch.nn.Learnable(channels=64)
    >>> loss = task_loss + 1e-3 * activation.regularization_loss()
    """

    _spread = staticmethod(spread_exactly)  # distributed.ExactGradients listens in its place

    def __init__(
        self,
        channels: int = 1,
        axis: int = 1,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        check_count("Learnable", "channels", channels)
        self.channels, self.axis = channels, axis
        for name in ("a1", "a2", "a3", "b"):
            empty = torch.empty(channels, device=device, dtype=dtype)
            self.register_parameter(name, torch.nn.Parameter(empty))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        for a in (self.a1, self.a2, self.a3):
            torch.nn.init.constant_(a, 0.25)
        torch.nn.init.zeros_(self.b)

    def forward(self, input: Tensor) -> Tensor:
        axis = check_channels("Learnable", input, self.channels, self.axis)
        x = widened("Learnable", input, self.a1)
        c1, c2, c3 = (self._spread(a / i, x, axis) for i, a in enumerate((self.a1, self.a2, self.a3), 1))
        gate, rest = (self._spread(torch.sigmoid(b), x, axis) for b in (self.b, -self.b))
        return (gate * torch.relu(x) + rest * (x * (c1 + x * (c2 + x * c3)))).to(input.dtype)

    def regularization_loss(self) -> Tensor:
        """How far from ReLU: E[(f(z) - max(z, 0))^2] for a standard normal z, averaged over the channels.

        It is (1 - g)^2 E[(c1 z + c2 z^2 + c3 z^3 - max(z, 0))^2] with c_i = a_i / i, in closed form from the
        moments of the normal distribution; it is 0 only as g becomes 1.

        Returns:
            a tensor without dimensions, to be scaled and added to the loss.
        """
        c1, c2, c3 = self.a1, self.a2 / 2, self.a3 / 3
        squares = c1 * c1 + 3 * c2 * c2 + 15 * c3 * c3 + 6 * c1 * c3 + 0.5
        cross = c1 / 2 + math.sqrt(2 / math.pi) * c2 + 1.5 * c3
        return (torch.sigmoid(-self.b) ** 2 * (squares - 2 * cross)).mean()

    def extra_repr(self) -> str:
        return f"channels={self.channels}, axis={self.axis}"


def _terms(x: Tensor, numerator: Tensor, denominator: Tensor) -> tuple[Tensor, Tensor]:
    """The value in float64, and its slopes by all coefficients, one row for each x."""
    p = x[:, None] ** torch.arange(len(numerator), dtype=x.dtype)
    q = x[:, None] ** torch.arange(1, len(denominator) + 1, dtype=x.dtype)
    inner = q @ denominator
    below = 1 + inner.abs()
    value = p @ numerator / below
    slopes = torch.cat([p / below[:, None], -(value * inner.sign() / below)[:, None] * q], 1)
    return value, slopes


def _fit(function: Callable, degrees: tuple[int, int], reach: float) -> tuple[Tensor, Tensor]:
    """Least squares on [-reach, reach], by the method of Marquardt 1963, doi 10.1137/0111030."""
    x = torch.linspace(-reach, reach, 401, dtype=torch.float64)
    wanted = function(x).to(torch.float64)
    split = degrees[0] + 1
    c = torch.zeros(split + degrees[1], dtype=torch.float64)
    c[split + 1 :: 2] = 0.1  # even powers: a denominator without kinks
    value, slopes = _terms(x, c[:split], c[split:])
    damping, error = 1e-3, float(((wanted - value) ** 2).sum())
    for _ in range(200):
        square = slopes.T @ slopes
        step = torch.linalg.solve(
            square + damping * torch.diag(square.diagonal() + 1e-12), slopes.T @ (wanted - value)
        )
        tried, tried_slopes = _terms(x, (c + step)[:split], (c + step)[split:])
        found = float(((wanted - tried) ** 2).sum())
        if found < error:
            c, value, slopes, damping = c + step, tried, tried_slopes, damping / 4
            if error - found <= 1e-12 * error:
                break
            error = found
        else:
            damping *= 4
    return c[:split], c[split:]


class Rational(torch.nn.Module):
    """A learned ratio of polynomials that has no pole: (a0 + a1 x + ...) / (1 + abs(b1 x + b2 x^2 + ...)).

    Args:
        initial: what it is fitted to at first: an activation's name, or a function of a float64 tensor
        degrees: of numerator and denominator
        reach: the fit is by least squares on [-reach, reach]
        device, dtype: of the parameters

    Parameters: ``numerator`` of shape ``(degrees[0] + 1,)``, ``denominator`` of shape ``(degrees[1],)``.
    16-bit inputs are computed in the parameters' dtype and rounded once. For abs(x) > 1 the ratio is
    evaluated in powers of 1 / x, so that it overflows only where its value does.

    Shape:
        input and output: any, the same

    Raises:
        ValueError: there is no such activation, a degree is below 1, or ``reach`` is not a positive number
        TypeError: the input is no float tensor, or neither of the parameters' dtype nor of 16 bits

    Source: Molina, Schramowski and Kersting 2019, Pade activation units, arXiv 1907.06732, equation 4.

    >>> rheobase.torch.nn.Rational("leaky_relu")
    """

    _spread = staticmethod(spread_exactly)  # distributed.ExactGradients listens in its place

    def __init__(
        self,
        initial: str | Callable[[Tensor], Tensor],
        degrees: tuple[int, int] = (5, 4),
        reach: float = 3.0,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        for degree in degrees:
            check_count("Rational", "each of degrees", degree)
        if not 0 < reach < math.inf:
            raise ValueError(f"Rational: reach must be a positive number, got {reach}")
        self.initial = initial if callable(initial) else _core.info(initial)["name"]
        self.degrees, self.reach = tuple(degrees), reach
        self.numerator, self.denominator = (
            torch.nn.Parameter(torch.empty(n, device=device, dtype=dtype))
            for n in (degrees[0] + 1, degrees[1])
        )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Fits it to ``initial`` again."""
        function = self.initial if callable(self.initial) else getattr(functional, self.initial)
        with torch.no_grad():
            numerator, denominator = _fit(function, self.degrees, self.reach)
            self.numerator.copy_(numerator)
            self.denominator.copy_(denominator)

    def forward(self, input: Tensor) -> Tensor:
        check_channels("Rational", input, 1, 0)
        x = widened("Rational", input, self.numerator)
        a = [self._spread(c.reshape(1), x, -1) for c in self.numerator.unbind()]
        b = [self._spread(c.reshape(1), x, -1) for c in self.denominator.unbind()]
        near = x.abs() <= 1
        small, one = torch.where(near, x, 0), torch.ones_like(x)
        inner = torch.zeros_like(x)
        for c in reversed(b):
            inner = (inner + c) * small
        close = _horner(small, a) / (1 + inner.abs())
        # With t = 1 / x: x^(m - n), but for the sign of x^n, times P(t) / (|t|^n + |B(t)|), powers reversed.
        m, n = self.degrees
        large = torch.where(near, one, x)
        t = 1 / large
        below = _power(t.abs(), n) + _horner(t, b[::-1]).abs()
        far = _horner(t, a[::-1]) / below
        power = _power(large, m - n) if m >= n else _power(t, n - m)
        far = far * (power * torch.sign(large) if n % 2 else power)
        return torch.where(near, close, far).to(input.dtype)

    def extra_repr(self) -> str:
        return f"{self.initial!r}, degrees={self.degrees}, reach={self.reach}"


def _horner(x: Tensor, coefficients: list[Tensor]) -> Tensor:
    value = torch.zeros_like(x)
    for c in reversed(coefficients):
        value = value * x + c
    return value


def _power(x: Tensor, n: int) -> Tensor:
    """x^n for n of 0 or more, by products: torch's pow may round otherwise in another layout."""
    if n < 2:
        return x if n else torch.ones_like(x)
    half = _power(x * x, n // 2)
    return half * x if n % 2 else half


class Maxout(torch.nn.Module):
    """The largest of several learned linear functions: max_j (x w_ij + b_ij), for each output i.

    Args:
        in_features, out_features: extents of the last dimension of input and output
        pieces: linear functions for each output
        bias: whether there are b_ij
        device, dtype: of the parameters

    Parameters: ``weight`` of shape ``(out_features * pieces, in_features)``, ``bias`` of shape
    ``(out_features * pieces,)``, those of one output together; their first values are those of
    torch.nn.Linear. 16-bit inputs of wider parameters are computed in the parameters' dtype and rounded once.
    Bits of values and gradients are those of torch's products, and may depend on layout and threads.

    Shape:
        input ``(*, in_features)``, output ``(*, out_features)``; the gradient goes to the first of several
        largest

    Raises:
        ValueError: a number is below 1; when called, the last dimension has not ``in_features`` elements
        TypeError: when called, the input is no float tensor, or neither of the parameters' dtype nor of 16
            bits; under autocast, where only one of both is float64

    Source: Goodfellow, Warde-Farley, Mirza, Courville and Bengio 2013, arXiv 1302.4389, section 3.

    >>> rheobase.torch.nn.Maxout(64, 32, pieces=3)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        pieces: int = 2,
        bias: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        for name, value in (("in_features", in_features), ("out_features", out_features), ("pieces", pieces)):
            check_count("Maxout", name, value)
        self.in_features, self.out_features, self.pieces = in_features, out_features, pieces
        linear = torch.nn.Linear(in_features, out_features * pieces, bias, device=device, dtype=dtype)
        self.weight, self.bias = linear.weight, linear.bias

    def forward(self, input: Tensor) -> Tensor:
        check_float("Maxout", input)
        if input.dim() == 0 or input.shape[-1] != self.in_features:
            shape = tuple(input.shape)
            raise ValueError(f"Maxout: expected an input of shape (*, {self.in_features}), got {shape}")
        x = widened_for_layers("Maxout", input, self.weight)
        largest = functional.maxout(torch.nn.functional.linear(x, self.weight, self.bias), self.pieces, -1)
        return largest if x is input else largest.to(input.dtype)  # autocast may have had its way

    def extra_repr(self) -> str:
        bias = self.bias is not None
        features = f"in_features={self.in_features}, out_features={self.out_features}"
        return f"{features}, pieces={self.pieces}, bias={bias}"
