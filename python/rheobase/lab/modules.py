# SPDX-License-Identifier: Apache-2.0
"""Activations as modules of PyTorch, and their derivatives."""

from __future__ import annotations

import contextlib
import difflib
import functools
import inspect
import math

import torch
from torch import Tensor

import rheobase.torch
from rheobase._arguments import UsageError
from rheobase.lab import user_code
from rheobase.lab.activations import Spec

# Arguments of classes that say how many units there are; the network does.
UNITS = ("channels", "num_parameters", "in_features", "out_features")
PROBE = (7, 4)  # examples and units of the trial call
MIXING, TRIALS = (7, 16), 4  # and of those that look for outputs that depend on other inputs


def build(spec: Spec, width: int = 1) -> torch.nn.Module:
    """A new module for `width` units, which lie in dimension 1 of its input. Raises ValueError, TypeError,
    or, for a file of the user's, UsageError."""
    if spec.kind == "file":
        return user_code.call_activation(spec.name, width)
    if spec.kind == "class":
        return _of_class(spec, width)
    values = dict(spec.values)
    if spec.learn:
        channels = width if spec.per_unit else 1
        return rheobase.torch.nn.Learned(spec.name, *spec.learn, channels=channels, **values)
    if spec.kind == "unary":
        return rheobase.torch.nn.module(spec.name, **values)
    kind = _registered_class(spec)
    return kind(1) if spec.kind == "rows" else kind(**values)


def _registered_class(spec: Spec) -> type[torch.nn.Module]:
    """The module of a function that is no unary one: its class in torch, or its own name in camel case."""
    bound = spec.facts()["torch"]
    words = [bound[0]["module"]] if bound else []
    words.append("".join(part.capitalize() for part in spec.name.split("_")))
    return next(getattr(rheobase.torch.nn, word) for word in words if hasattr(rheobase.torch.nn, word))


def _of_class(spec: Spec, width: int) -> torch.nn.Module:
    known = [name for name in rheobase.torch.nn.__all__ if name[0].isupper()]
    if spec.name not in known:
        near = difflib.get_close_matches(spec.name, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"rheobase.torch.nn has no class {spec.name!r}{hint}")
    kind = getattr(rheobase.torch.nn, spec.name)
    arguments = inspect.signature(kind).parameters
    given = {name: width for name in UNITS if name in arguments}
    for key, value in spec.values:
        if key not in arguments:
            have = ", ".join(name for name in arguments if name not in UNITS)
            raise TypeError(f"{spec.name} has no argument {key!r}; it has {have}")
        given[key] = _value(value)
    return kind(**given)


def _value(text: str):
    """A number, true, false, or the text itself."""
    for read in (int, float):
        with contextlib.suppress(ValueError):
            return read(text)
    return {"true": True, "false": False}.get(text.lower(), text)


def check(spec: Spec) -> None:
    """Builds it and calls it once. Raises UsageError, in one line, for what cannot stand in a network."""
    try:
        module = build(spec, PROBE[1])
        given = _probe()
        with torch.random.fork_rng():
            result = module(given)
    except UsageError:
        raise
    except Exception as error:
        ours = spec.kind != "file" and isinstance(error, (ValueError, TypeError))
        said = " ".join(str(error).split()) if ours else user_code.one_line(error)
        raise UsageError(f"activation {spec.label!r}: {said}") from None
    if not isinstance(result, Tensor) or result.shape != given.shape:
        what = tuple(result.shape) if isinstance(result, Tensor) else type(result).__name__
        raise UsageError(
            f"activation {spec.label!r}: an input of shape {PROBE} gives {what}; it must keep the shape"
        )


def _probe() -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(PROBE, generator=generator)


@functools.cache
def is_elementwise(spec: Spec) -> bool:
    """Whether, in evaluation, each output depends on its own input alone: else it has no f'.

    Modules may have drawn weights, by which they look elementwise at times: several are tried, from fixed
    seeds, and torch's generator is left as it was.
    """
    if spec.kind in ("unary", "random"):
        return True
    with torch.random.fork_rng(), torch.no_grad():
        return not any(_mixes(spec, seed, step) for seed in range(TRIALS) for step in (-10, 10))


def _mixes(spec: Spec, seed: int, step: float) -> bool:
    """Whether a step of one input changes another's output."""
    torch.manual_seed(seed)
    module, given = build(spec, MIXING[1]).eval(), torch.randn(MIXING)
    before = module(given.clone())
    given[0, 0] += step
    changed = module(given) != before
    changed[0, 0] = False
    return bool(changed.any())


def slopes(spec: Spec, module: torch.nn.Module, x: Tensor) -> Tensor:
    """f'(x) of an elementwise activation in evaluation mode."""
    if spec.plain:
        return rheobase.torch.functional.derivative(spec.name, x.detach(), **dict(spec.values))
    with torch.enable_grad():
        x = x.detach().clone().requires_grad_()
        y = module.forward(x)  # without hooks: one of them may be asking
        if not y.requires_grad:  # a constant
            return torch.zeros_like(x)
        (found,) = torch.autograd.grad(y.sum(), x)
    return found


def learned(module: torch.nn.Module) -> dict[str, float | None]:
    """The mean of each of its own parameters, none of layers inside it; None where that is not finite."""
    own = module.named_parameters(recurse=False)
    means = {name: p.detach().double().mean().item() for name, p in own}
    return {name: mean if math.isfinite(mean) else None for name, mean in means.items()}


class Factory:
    """What a model's maker is given: each call gives a new module of the activation, and remembers it.

    activation(units=1): units lie in dimension 1 of the input; only activations with something learned per
    unit need the number.
    """

    def __init__(self, spec: Spec):
        self._spec = spec
        self.label = spec.label
        self.made: list[torch.nn.Module] = []

    def __call__(self, units: int = 1) -> torch.nn.Module:
        module = build(self._spec, units)
        self.made.append(module)
        return module

    def __repr__(self) -> str:
        return f"<activation {self.label}>"
