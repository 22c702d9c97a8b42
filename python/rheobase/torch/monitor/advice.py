# SPDX-License-Identifier: Apache-2.0
"""Findings: which limit a layer has crossed, and what usually helps."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from rheobase.torch._ops import DESCRIPTIONS
from rheobase.torch.monitor.functions import alternatives, expected_flat, flat_at_both_ends, unbounded
from rheobase.torch.monitor.tally import Summary
from rheobase.torch.monitor.thresholds import Thresholds


@dataclasses.dataclass(frozen=True)
class Finding:
    """Something wrong with a layer: ``value`` has crossed ``limit``, a field of ``Thresholds`` or 0."""

    layer: str
    kind: str
    value: float
    limit: float
    text: str

    def __str__(self) -> str:
        return self.text


_NORMALISE = "normalise them (LayerNorm, BatchNorm) or start from smaller weights"
# Most severe first: what stands further up is often the cause of what follows.
_ORDER = ("not_finite", "dead", "saturated", "exploding", "vanishing", "no_gradient", "large", "constant")


def judge(
    layers: dict[str, Summary], functions: dict[str, tuple[str, str]], thresholds: Thresholds
) -> list[Finding]:
    """All findings. functions: of each layer its label and its name in the registry, or ""."""
    found = []
    for layer, summary in layers.items():
        label, name = functions[layer]
        for kind, value, limit, text in _of_layer(summary, name, thresholds):
            found.append(Finding(layer, kind, value, limit, f"{layer} ({label}): {text}"))
    found += _of_gradients(layers, thresholds)
    return sorted(found, key=lambda finding: _ORDER.index(finding.kind))


def _of_layer(s: Summary, name: str, t: Thresholds) -> Iterator[tuple[str, float, float, str]]:
    bad = s.inputs.not_finite + s.outputs.not_finite + s.gradients.not_finite
    if bad:
        yield "not_finite", bad, 0, _not_finite(s)
        return  # no other number means anything then
    if s.elements >= t.seen:
        if s.dead >= t.dead:
            yield "dead", s.dead, t.dead, _dead(s, name, t)
        alive = s.saturated - s.dead
        if alive >= t.saturated:
            yield "saturated", alive, t.saturated, _saturated(s, alive, name, t)
        elif name and flat_at_both_ends(name) and s.dead < t.dead:
            expected = expected_flat(name, t.slope)
            flat = (s.flat - expected) / (1 - expected)
            if flat >= t.flat:
                yield "saturated", s.flat, expected + t.flat * (1 - expected), _flat(s, expected, t)
    if s.inputs.root_mean_square >= t.large:
        yield "large", s.inputs.root_mean_square, t.large, _large(s, t)
    if s.outputs.count >= t.seen and _is_constant(s, t) and s.dead < t.dead:
        text = f"outputs are nearly constant: mean {s.outputs.mean:.3g}, variance {s.outputs.variance:.3g} "
        text += f"(limit: {t.constant:g} of the mean square): start from larger weights or normalise inputs"
        yield "constant", s.outputs.variance, t.constant * s.outputs.root_mean_square**2, text
    if s.gradients.count and s.gradients.root_mean_square == 0:
        text = "no gradient arrives: it was 0 everywhere; is this layer's output used, or all after it dead?"
        yield "no_gradient", 0, 0, text


def _not_finite(s: Summary) -> str:
    parts = ("inputs", "outputs", "gradients")
    counts = {part: getattr(s, part) for part in parts if getattr(s, part).not_finite}
    listed = ", ".join(f"{m.not_finite:,} of {m.count:,} {part}" for part, m in counts.items())
    return f"{listed} are NaN or infinite: lower the learning rate, clip gradients, and look at the loss"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _list(names: tuple[str, ...]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


def _evidence(s: Summary) -> str:
    return f"{s.elements:,} inputs each, {s.steps} sampled steps"


def _dead(s: Summary, name: str, t: Thresholds) -> str:
    head = f"{_percent(s.dead)} of {s.units} units are dead"
    if not name:
        return f"{head}: their output never changed ({_evidence(s)}; limit {_percent(t.dead)})"
    description = DESCRIPTIONS[name]
    kinks = description["facts"]["kinks"]
    one_sided = len(kinks) == 1 and not description["parameters"] and not flat_at_both_ends(name)
    reason = f"never above {kinks[0]:g}" if one_sided else "their slope was always 0"
    others = _list(alternatives(name))
    return (
        f"{head} ({reason} in {_evidence(s)}; limit {_percent(t.dead)}), mean input {s.inputs.mean:.3g}: "
        f"lower the learning rate, raise the biases, or take {others}, whose slope is not 0 there"
    )


def _saturated(s: Summary, alive: float, name: str, t: Thresholds) -> str:
    return (
        f"{_percent(alive)} of {s.units} units are saturated: slope below {t.slope:g} for at least "
        f"{_percent(t.saturated_unit)} of their inputs ({_evidence(s)}; limit {_percent(t.saturated)}). "
        f"Inputs have mean {s.inputs.mean:.3g} and deviation {s.inputs.variance**0.5:.3g}: {_NORMALISE}"
        + (f", or take {_list(unbounded())}" if name and flat_at_both_ends(name) else "")
    )


def _flat(s: Summary, expected: float, t: Thresholds) -> str:
    return (
        f"{_percent(s.flat)} of its inputs meet a slope below {t.slope:g} (limit "
        f"{_percent(expected + t.flat * (1 - expected))}; {_percent(expected)} for standard normal inputs). "
        f"They have mean {s.inputs.mean:.3g} and deviation {s.inputs.variance**0.5:.3g}: "
        f"{_NORMALISE}, or take {_list(unbounded())}, which do not saturate on the right"
    )


def _large(s: Summary, t: Thresholds) -> str:
    size = s.inputs.root_mean_square
    return (
        f"inputs have root mean square {size:.3g} (limit {t.large:g}): lower the learning rate; {_NORMALISE}"
    )


def _is_constant(s: Summary, t: Thresholds) -> bool:
    size = s.outputs.root_mean_square
    return s.outputs.variance <= t.constant * size**2 and size > 0


def _of_gradients(layers: dict[str, Summary], t: Thresholds) -> Iterator[Finding]:
    """First against last: what lies between changes its scale by the product of all layers' factors."""
    sizes = {layer: s.gradients.root_mean_square for layer, s in layers.items() if s.gradients.count}
    sizes = {layer: size for layer, size in sizes.items() if 0 < size < float("inf")}
    if len(sizes) < 2:
        return
    (first, a), *_, (last, b) = sizes.items()
    ratio = a / b
    compared = f"{first}: gradients have root mean square {a:.3g}, {last}'s have {b:.3g}: "
    if ratio <= 1 / t.gradient_ratio:
        advice = "normalise between layers, add residual connections, or start from larger weights"
        text = f"{compared}they vanish on the way (limit: 1 to {t.gradient_ratio:g}): {advice}"
        yield Finding(first, "vanishing", ratio, 1 / t.gradient_ratio, text)
    if ratio >= t.gradient_ratio:
        advice = "clip gradients, normalise between layers, or start from smaller weights"
        text = f"{compared}they explode on the way (limit: {t.gradient_ratio:g} to 1): {advice}"
        yield Finding(first, "exploding", ratio, t.gradient_ratio, text)
