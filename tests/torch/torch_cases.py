# SPDX-License-Identifier: Apache-2.0
"""What the tests of rheobase.torch share: names, arguments and sample points."""

from __future__ import annotations

import functools
import inspect

import torch

import rheobase
from rheobase.torch import functional
from rheobase.torch._forms import FORMS

NAMES = rheobase.names()
ACTIVATIONS = [name for name in NAMES if rheobase.info(name)["activation"] == name]
# Those whose files say so: a function of torch's may have another signature, as where parameters are tensors.
BOUND = [form for form in FORMS.values() if form.description["torch"]]
TORCH_FUNCTIONS = [form.function for form in BOUND if hasattr(torch.nn.functional, form.function)]
TORCH_MODULES = [form.module for form in BOUND if form.module and hasattr(torch.nn, form.module)]

# A value that is no default, for each domain.
OTHER_VALUE = {
    "finite": 0.75,
    "positive": 2.5,
    "nonnegative": 1.25,
    "nonzero": -1.5,
    "finite_or_infinite": 3.0,
}


def aliases(name: str) -> list[str]:
    """Those that mean this activation alone."""
    listed = [alias for other in NAMES for alias in rheobase.info(other)["aliases"]]
    return [alias for alias in rheobase.info(name)["aliases"] if listed.count(alias) == 1]


def function(name: str):
    return getattr(functional, name)


def required(call, name: str) -> dict[str, float]:
    """Arguments that torch's function or class of that name has no default for, with ours."""
    form = next(form for form in BOUND if name in (form.function, form.module))
    if inspect.isbuiltin(call):
        return {}
    parameters = inspect.signature(call).parameters
    return {
        argument: value
        for argument, value in form.arguments.items()
        if parameters[argument].default is inspect.Parameter.empty
    }


def argument_sets(name: str) -> list[dict]:
    """Arguments of the function: the defaults, other values of its parameters, and every choice."""
    form = FORMS[name]
    domains = {p["name"]: p["domain"] for p in rheobase.info(form.description["name"])["parameters"]}
    sets = [{}]
    if form.arguments:
        # Ascending, as a lower bound may come before an upper one.
        values = [OTHER_VALUE[domains[argument]] for argument in form.arguments]
        sets.append({a: v + 0.25 * i for i, (a, v) in enumerate(zip(form.arguments, values, strict=True))})
    if form.choice:
        sets += [{form.choice.argument: value} for value in form.choice.callees]
    return sets


CASES = [(name, arguments) for name in NAMES for arguments in argument_sets(name)]


def case_id(value) -> str:
    if isinstance(value, dict):
        return ",".join(f"{name}={argument}" for name, argument in value.items()) or "defaults"
    return str(value)


def smooth_points(name: str, arguments: dict, dtype=torch.float64) -> torch.Tensor:
    """Twelve points in [-4, 4], none within 0.03 of a kink.

    The declared kinks are those of the default parameters; others move them to a parameter or a ratio of two.
    """
    numbers = [value for value in arguments.values() if isinstance(value, float)]
    kinks = [float(kink) for kink in rheobase.info(name)["facts"]["kinks"]] + numbers
    kinks += [a / b for a in numbers for b in numbers]
    points = torch.linspace(-4, 4, 83, dtype=dtype)
    for kink in kinks:
        points = points[(points - kink).abs() > 0.03]
    return points[torch.linspace(0, len(points) - 1, 12).long()].clone()


DTYPES = (torch.float64, torch.float32, torch.bfloat16, torch.float16)


@functools.cache
def layouts(dtype: torch.dtype = torch.float32) -> dict[str, torch.Tensor]:
    """Tensors of no, one or several elements under all kinds of strides."""
    generator = torch.Generator().manual_seed(3)

    def normal(*shape):
        return torch.randn(*shape, generator=generator).to(dtype)

    return {
        "contiguous": normal(4, 6),
        "transposed": normal(6, 4).t(),
        "sliced": normal(4, 13)[:, ::2],
        "rows with gaps": normal(4, 9)[:, 1:7],
        "expanded": normal(4, 1).expand(4, 6),
        "expanded in front": normal(6).expand(5, 6),
        "one element everywhere": torch.tensor(-0.5, dtype=dtype).expand(3, 2),
        "overlapping windows": normal(10).unfold(0, 4, 2),
        "channels_last": normal(2, 3, 4, 5).to(memory_format=torch.channels_last),
        "permuted": normal(3, 4, 5).permute(2, 0, 1),
        "flipped view of a slice": normal(8, 6)[1::3].permute(1, 0),
        "no dimensions": torch.tensor(0.7, dtype=dtype),
        "empty": normal(0, 3),
        "empty in the middle": normal(2, 0, 3).transpose(0, 2),
        "offset": normal(25)[1:],
        "single row of a matrix": normal(5, 5)[2:3],
    }


LAYOUTS = layouts()


def gradients_of(shape: torch.Size, dtype: torch.dtype) -> dict[str, torch.Tensor]:
    """Gradients of results of that shape under other kinds of strides, dense ones first."""
    dense = torch.linspace(-2, 2, shape.numel()).reshape(shape).to(dtype)
    return {
        "dense": dense,
        "transposed": dense.t().contiguous().t() if dense.dim() == 2 else dense,
        "in a larger tensor": dense.expand(2, *shape).clone()[1],
        "strided": dense.unsqueeze(-1).repeat_interleave(2, -1)[..., 0],
        "stride 0": torch.full((), 0.75, dtype=dtype).expand(shape),
    }


def by_autograd(call, inputs, grad) -> tuple[torch.Tensor, ...]:
    """The value, and the gradients with respect to all inputs for one of the value."""
    leaves = [x.detach().requires_grad_() for x in inputs]
    y = call(*leaves)
    return y.detach(), *torch.autograd.grad(y, leaves, grad)
