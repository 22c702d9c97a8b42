# SPDX-License-Identifier: Apache-2.0
"""Looks at the numbers in a checkpoint: what can be said without running the network."""

from __future__ import annotations

import functools
import math
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from rheobase._arguments import UsageError
from rheobase.torch.monitor import Finding
from rheobase.torch.monitor.functions import learned_parameters, slope_range, stays_flat_on_the_left


@dataclass(frozen=True)
class Limits:
    """When a layer is a finding."""

    gain_low: float = (
        0.05  # of root mean square of weights times sqrt(fan in); 0.58 as torch initialises, 1.41 He
    )
    gain_high: float = 20.0
    dead_bias: float = (
        4.0  # a unit fires for 3e-5 of normal inputs where its bias is so many deviations below 0
    )
    dead: float = 0.2  # share of such units of a layer
    slope: float = 2.0  # largest abs f' of a learnable activation


LIMITS = Limits()
# Tables of vectors, one looked up at a time: a row is no unit.
_TABLES = ("embed", "wte", "wpe")


@dataclass(frozen=True)
class Layer:
    """Weights with a row per unit, and what is known of the place."""

    name: str
    weight: Tensor
    bias: Tensor | None

    @functools.cached_property
    def gain(self) -> float | None:
        """By how much it changes the root mean square of independent inputs of mean 0; None for scales."""
        if self.weight.dim() < 2:
            return None
        return self._row_norms.square().mean().sqrt().item()

    @functools.cached_property
    def never_firing(self) -> float | None:
        """Share of units whose bias is so many deviations of their sum below 0: inputs have mean square 1."""
        if self.bias is None:
            return None
        return (self.bias.double() <= -LIMITS.dead_bias * self._row_norms).double().mean().item()

    @property
    def _row_norms(self) -> Tensor:
        return self.weight.reshape(len(self.weight), -1).double().norm(dim=1)

    def record(self) -> dict:
        return {
            "layer": self.name,
            "shape": list(self.weight.shape),
            "gain": _finite(self.gain),
            "never_firing": _finite(self.never_firing),
        }


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def load(path: Path, trust: bool) -> torch.nn.Module | dict:
    """A model, or a dictionary of tensors by name. Raises UsageError."""
    try:
        found = torch.load(path, map_location="cpu", weights_only=not trust)
    except pickle.UnpicklingError as error:
        if not trust and "Weights only load failed" in str(error):
            raise UsageError(
                f"{path}: holds more than tensors, such as a whole model; loading that may run any code: "
                "--trust does it, or save model.state_dict()"
            ) from None
        raise UsageError(f"{path}: cannot be read as a checkpoint: {_line(error)}") from None
    except Exception as error:  # of any kind, where a file is damaged
        raise UsageError(f"{path}: cannot be read as a checkpoint: {_line(error)}") from None
    if isinstance(found, torch.nn.Module):
        return found
    tensors = dict(_tensors(found, ""))
    if not tensors:
        raise UsageError(f"{path}: holds no floating-point tensors ({type(found).__name__})")
    return tensors


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _tensors(value: object, name: str, depth: int = 4) -> Iterator[tuple[str, Tensor]]:
    """Those of a dictionary and of dictionaries in it; an optimizer's are keyed by numbers, and left out."""
    if isinstance(value, Tensor):
        if value.is_floating_point():
            yield name, value.detach()
    elif isinstance(value, dict) and depth:
        for key, part in value.items():
            if isinstance(key, str):
                yield from _tensors(part, f"{name}.{key}" if name else key, depth - 1)


def layers(tensors: dict[str, Tensor]) -> list[Layer]:
    """All that have units: weights of two or more dimensions (units first), and scales with biases of
    normalisations."""
    found = []
    for name, weight in tensors.items():
        place, _, kind = name.rpartition(".")
        bias = tensors.get(f"{place}.bias" if place else "bias")
        if kind != "weight" or weight.numel() == 0 or any(word in place.lower() for word in _TABLES):
            continue
        if weight.dim() == 0 or (weight.dim() == 1 and (bias is None or bias.shape != weight.shape)):
            continue
        if bias is not None and bias.shape != weight.shape[:1]:
            bias = None
        found.append(Layer(place or name, weight, bias))
    return found


def judge(tensors: dict[str, Tensor], found_layers: list[Layer], rectified: set[str] | None) -> list[Finding]:
    """All findings. rectified: layers that a function without a slope on the left follows; None: unknown."""
    found = []
    for name, tensor in tensors.items():
        bad = tensor.numel() - int(tensor.isfinite().sum())
        if bad:
            text = (
                f"{name}: {bad:,} of {tensor.numel():,} numbers are NaN or infinite: go back to an older one"
            )
            found.append(Finding(name, "not_finite", bad, 0, text))
    bad_layers = {finding.layer.rpartition(".")[0] for finding in found}
    # Where it is unknown one may follow each but the last.
    condition = ", if a function that is flat on the left follows" if rectified is None else ""
    followed = {layer.name for layer in found_layers[:-1]} if rectified is None else rectified
    for layer in found_layers:
        if layer.name not in bad_layers:
            found += _judge_layer(layer, layer.name in followed, condition)
    return found


def _judge_layer(layer: Layer, follows: bool, condition: str) -> Iterator[Finding]:
    dead, size = layer.never_firing, layer.gain
    if dead is not None and dead >= LIMITS.dead and follows:
        text = (
            f"{layer.name}: {100 * dead:.0f} % of {len(layer.weight)} units hardly ever fire{condition}: "
            f"biases at least {LIMITS.dead_bias:g} deviations below 0 for inputs of mean square 1 (limit "
            f"{100 * LIMITS.dead:.0f} %): train with a lower learning rate, or reset these units"
        )
        yield Finding(layer.name, "dead", dead, LIMITS.dead, text)
    if size is None:
        return
    sizes = f"{layer.name}: changes the size of its inputs by {size:.3g}, about 0.5 to 2 being usual"
    if size >= LIMITS.gain_high:
        text = f"{sizes} (limit {LIMITS.gain_high:g}): lower the learning rate, or add weight decay"
        yield Finding(layer.name, "exploding", size, LIMITS.gain_high, text)
    elif size <= LIMITS.gain_low:
        text = f"{sizes} (limit {LIMITS.gain_low:g}): its outputs vanish; less weight decay, or another start"
        yield Finding(layer.name, "vanishing", size, LIMITS.gain_low, text)


def rectified_layers(model: torch.nn.Module) -> set[str]:
    """Layers that are directly followed, in the order of registration, by a function that is flat on the
    left."""
    found, before = set(), None
    for name, module in model.named_modules():
        if before is not None and stays_flat_on_the_left(module):
            found.add(before)
        if isinstance(getattr(module, "weight", None), Tensor):
            before = name or "weight"
        elif not list(module.children()):
            before = None
    return found


def judge_activations(model: torch.nn.Module) -> list[Finding]:
    """Parameters of learnable activations that make no sense, or too steep a function."""
    found = []
    for place, module in model.named_modules():
        for name, (argument, values) in learned_parameters(module).items():
            layer = f"{place}.{name}" if place else name
            if not values.isfinite().all():
                continue  # judge() has it
            low, high = values.min().item(), values.max().item()
            steepest = slope_range(module, argument, low, high)
            if steepest is None:
                text = f"{layer}: from {low:.3g} to {high:.3g}, which is outside its domain"
                found.append(Finding(layer, "parameter", low, 0, text))
            elif steepest >= LIMITS.slope:
                text = (
                    f"{layer}: from {low:.3g} to {high:.3g}, a slope of {steepest:.3g} (limit "
                    f"{LIMITS.slope:g}): inputs grow from layer to layer; lower its learning rate"
                )
                found.append(Finding(layer, "parameter", steepest, LIMITS.slope, text))
    return found
