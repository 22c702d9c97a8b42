# SPDX-License-Identifier: Apache-2.0
"""The form of rules, and those for hidden layers. Each looks at properties, and cites what it found."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rheobase.choosing.candidates import Candidate, Evidence
from rheobase.choosing.cost import ROUGH
from rheobase.choosing.scenario import NOTHING, Scenario


@dataclass(frozen=True)
class Measurements:
    """What was measured rather than derived: costs in ns and accuracies by name, and where they are from."""

    costs: Mapping[str, float] = field(default_factory=dict)
    costs_from: str = ""
    accuracies: Mapping[str, tuple[float, bool]] = field(
        default_factory=dict
    )  # mean, within noise of the best
    accuracies_from: str = ""


@dataclass(frozen=True)
class Finding:
    """What a rule says about a candidate: 0 (against it) to 1 (for it), in words, with its evidence."""

    score: float
    text: str
    evidence: list[Evidence]


Judge = Callable[[Candidate, Scenario, Measurements], Finding | None]


@dataclass(frozen=True)
class Rule:
    """A rule with its weight in a scenario; 0 where it does not apply. A requirement wants a score of 1."""

    name: str
    judge: Judge
    weight: Callable[[Scenario], float]
    required: Callable[[Scenario], bool] = lambda scenario: False
    paper: Evidence | None = None


def paper(text: str, url: str) -> Evidence:
    return Evidence("paper", text, url)


def clipped(score: float) -> float:
    return min(max(score, 0.0), 1.0)


def nonlinear(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    linear = c.fact("lipschitz.derivative.constant") == 0
    text = "is a straight line: layers of it amount to a single one" if linear else "is not linear"
    return Finding(float(not linear), text, c.evidence("lipschitz.derivative.constant"))


def continuous(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    jumps = c.fact("smoothness") == "discontinuous"
    text = "jumps, and no gradient tells of a jump" if jumps else "has no jumps"
    return Finding(float(not jumps), text, c.evidence("smoothness"))


def self_normalising(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    fixed = bool(c.fact("self_normalising.zero_one"))
    text = (
        "mean 0 and variance 1 " + ("are a fixed point" if fixed else "are no fixed point") + " of its layers"
    )
    return Finding(
        float(fixed), text, c.evidence("self_normalising.zero_one", "moments.mean", "moments.variance")
    )


def arithmetic(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    evidence = [Evidence("registry", "trace", " ".join(c.steps) or "x")]
    if c.arithmetic:
        return Finding(1.0, "needs arithmetic and comparisons only", evidence)
    return Finding(0.0, "needs an exponential or the like", evidence)


SMOOTHNESS = {"discontinuous": 0.0, "C0": 0.4, "C1": 0.7, "C2": 0.95, "Cinf": 1.0}
SMOOTH_TEXT = {
    "discontinuous": "jumps",
    "C0": "its slope jumps",
    "C1": "its slope is continuous, its curvature jumps",
    "C2": "its curvature is continuous",
    "Cinf": "is smooth: no derivative jumps",
}


def smooth(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    kind = c.fact("smoothness")
    score = SMOOTHNESS[kind]
    if s.smooth and kind in ("C2", "Cinf"):
        score = 1.0
    return Finding(
        score, SMOOTH_TEXT[kind], c.evidence("smoothness", *(["kinks"] if c.fact("kinks") else []))
    )


# A gradient that shrinks or grows a thousandfold is what `watch` calls vanishing or exploding.
DECADES_LOST = 3.0


def gradient(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    """Weights that keep E f^2 from layer to layer multiply a gradient's mean square by E f'^2 / E f^2."""
    slopes, values = c.fact("moments.derivative_second_moment"), c.fact("moments.second_moment")
    factor = (slopes / values) ** (s.depth / 2) if values > 0 and slopes > 0 else 0.0
    decades = abs(math.log10(factor)) if factor > 0 else math.inf
    verb = "keeps" if decades < 0.5 else "shrinks" if factor < 1 else "enlarges"
    text = f"{verb} the gradient over {s.depth} layer{'s' * (s.depth > 1)} (factor {factor:.2g})"
    evidence = c.evidence("moments.derivative_second_moment", "moments.second_moment")
    return Finding(clipped(1 - decades / DECADES_LOST), text, evidence)


def percent(share: float) -> str:
    """For people: ``12 %``; shares that round to nothing are not written out."""
    return f"{100 * share:.2g} %" if share == 0 or share >= 1e-4 else "less than 0.01 %"


def small_inputs(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    slope = c.beside_zero
    text = f"passes small inputs on with a slope of {slope:.2g}" if slope > 1e-6 else "swallows small inputs"
    return Finding(clipped(2 * slope), text, [Evidence("measured", "abs f' beside 0", slope)])


def simple(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    count = len(c.steps)
    text = f"its formula has {count} step{'s' * (count != 1)}"
    return Finding(
        clipped(1 - (count - 1) / 10), text, [Evidence("registry", "trace", " ".join(c.steps) or "x")]
    )


def flat(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    share = c.fact("shares.normal.vanishing")
    text = f"its slope is below 0.001 for {percent(share)} of standard normal inputs"
    return Finding(1 - share, text, c.evidence("shares.normal.vanishing"))


def one_sided(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    sides = c.fact("saturation.sides")
    texts = {
        "both": "saturates on both sides, where gradients vanish",
        "left": "saturates on the left only",
        "right": "saturates on the right only",
    }
    return Finding(
        0.0 if sides == "both" else 1.0, texts.get(sides, "does not saturate"), c.evidence("saturation.sides")
    )


def centred(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    mean, second = c.fact("moments.mean"), c.fact("moments.second_moment")
    share = abs(mean) / math.sqrt(second) if second > 0 else 1.0
    text = f"the mean of its outputs is {mean:.2g} for standard normal inputs, {percent(share)} of their size"
    return Finding(clipped(1 - share), text, c.evidence("moments.mean", "moments.second_moment"))


def bounded_slope(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    steepest = c.fact("lipschitz.value.constant")
    fine = math.isfinite(steepest)
    text = f"its slope is {steepest:.3g} at most" if fine else "its slope has no bound: large inputs grow"
    return Finding(float(fine), text, c.evidence("lipschitz.value.constant"))


def cheap(c: Candidate, s: Scenario, m: Measurements) -> Finding | None:
    """The cost in units of the cheapest's; 16 times that is as bad as can be."""
    if not m.costs:
        return None
    timed = [m.costs[name] for name in c.names if name in m.costs]
    if not timed:
        return Finding(0.5, "was not timed", [Evidence("timing", m.costs_from, None)])
    cost, least = timed[0], min(m.costs.values())
    times = cost / least
    text = "costs no more than the cheapest" if times < ROUGH else f"costs {times:.2g} times the cheapest"
    evidence = [Evidence("timing", f"{m.costs_from}, ns per element", cost)]
    return Finding(clipped(1 - math.log2(max(times / ROUGH, 1)) / 4), text, evidence)


def trained(c: Candidate, s: Scenario, m: Measurements) -> Finding | None:
    known_by = next((name for name in c.names if name in m.accuracies), None)
    if known_by is None:
        return None
    accuracy, even = m.accuracies[known_by]
    others = [value for value, _ in m.accuracies.values()]
    spread = max(others) - min(others)
    score = 1.0 if even or spread == 0 else (accuracy - min(others)) / spread
    text = f"reached {100 * accuracy:.2f} % in your comparison" + (", as good as the best" if even else "")
    return Finding(score, text, [Evidence("results", f"{m.accuracies_from}, accuracy", accuracy)])


def sparse(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    share = c.fact("sparsity")
    text = f"{percent(share)} of its outputs are exactly 0 for standard normal inputs"
    return Finding(clipped(2 * share), text, c.evidence("sparsity"))


def one_bit(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    mask = c.info["forms"]["mask"]
    text = (
        "a bit per element is enough for its backward pass"
        if mask["possible"]
        else "its backward pass needs its input"
    )
    return Finding(
        float(mask["possible"]), text, [Evidence("registry", "forms.mask.possible", mask["possible"])]
    )


def gating(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    low, high = c.gate
    fine = low > -1e-9 and high < 1 + 1e-9 and low < 0.01 and high > 0.99
    text = f"f(x) / x reaches from {low:.2g} to {high:.2g}"
    text += ": x times a gate" if fine else ""
    return Finding(float(fine), text, [Evidence("measured", "f(x) / x", [low, high])])


def bounded(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    low, high = c.fact("range.low.value"), c.fact("range.high.value")
    fine = math.isfinite(low) and math.isfinite(high)
    text = f"its values stay in [{low:.3g}, {high:.3g}]"
    return Finding(float(fine), text, c.evidence("range.low.value", "range.high.value"))


def contraction(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    steepest = c.fact("lipschitz.value.constant")
    text = f"its slope is {steepest:.3g} at most" + (
        "" if steepest <= 1 else ": repeated, it may enlarge differences"
    )
    return Finding(float(steepest <= 1 + 1e-12), text, c.evidence("lipschitz.value.constant"))


def straight(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    text = "is made of straight lines" if c.straight else "is curved, so codes need a table"
    return Finding(float(c.straight), text, [Evidence("measured", "f''(x) = 0 everywhere", c.straight)])


def learnable(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    names = [parameter["name"] for parameter in c.info["parameters"]]
    text = f"can learn {', '.join(names)}" if names else "has nothing to learn"
    return Finding(float(bool(names)), text, [Evidence("registry", "parameters", names)])


def known(c: Candidate, s: Scenario, m: Measurements) -> Finding:
    modules = [torch["module"] for torch in c.info["torch"]]
    text = f"PyTorch knows it as {modules[0]}" if modules else "has no class in PyTorch's style"
    return Finding(float(bool(modules)), text, [Evidence("registry", "torch", modules)])


MEAN_FIELD = paper(
    "Schoenholz et al., Deep information propagation, 2017", "https://arxiv.org/abs/1611.01232"
)
DYING = paper("Lu et al., Dying ReLU and initialization, 2019", "https://arxiv.org/abs/1903.06733")
SATURATION = paper(
    "Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010",
    "https://proceedings.mlr.press/v9/glorot10a.html",
)
BACKPROP = paper("LeCun et al., Efficient backprop, 1998", "https://doi.org/10.1007/3-540-49430-8_2")
SPARSE = paper("Glorot, Bordes and Bengio, 2011", "https://proceedings.mlr.press/v15/glorot11a.html")
GATES = paper("Shazeer, GLU variants improve transformer, 2020", "https://arxiv.org/abs/2002.05202")
RECURRENT = paper("Pascanu, Mikolov and Bengio, 2013", "https://arxiv.org/abs/1211.5063")
INTEGERS = paper(
    "Jacob et al., Quantization and training of neural networks, 2018", "https://arxiv.org/abs/1712.05877"
)
PHYSICS = paper("Raissi, Perdikaris and Karniadakis, 2019", "https://doi.org/10.1016/j.jcp.2018.10.045")


def _normalising_weight(s: Scenario) -> float:
    return 6.0 * s.self_normalising


def _smooth_weight(s: Scenario) -> float:
    return 6.0 if s.smooth else 2.0 if s.architecture == "transformer" else 0.75


def _saturation_weight(s: Scenario) -> float:
    return 0.0 if s.architecture == "rnn" else 2.0 if s.deep else 1.0


def _bounded_weight(s: Scenario) -> float:
    return 4.0 if s.architecture == "rnn" else 3.0 if s.precision == "int8" else 0.0


# Requirements come first, in the order in which they are kept where they contradict each other.
HIDDEN = (
    Rule("not linear", nonlinear, lambda s: 0.0, lambda s: True),
    Rule("no jumps", continuous, lambda s: 0.0, lambda s: True),
    Rule("self-normalising", self_normalising, _normalising_weight, lambda s: s.self_normalising),
    Rule("arithmetic only", arithmetic, lambda s: 3.0 * s.small, lambda s: s.small),
    Rule("smooth", smooth, _smooth_weight, lambda s: s.smooth, PHYSICS),
    Rule("gradient", gradient, lambda s: 1.0 if s.architecture == "rnn" else 3.0, paper=MEAN_FIELD),
    Rule("small inputs", small_inputs, lambda s: 2.0),
    Rule("flat", flat, lambda s: 2.5 if s.deep and s.normalisation == NOTHING else 1.5, paper=DYING),
    Rule("saturation", one_sided, _saturation_weight, paper=SATURATION),
    Rule("centred", centred, lambda s: 1.0 if s.normalisation == NOTHING else 0.3, paper=BACKPROP),
    Rule("bounded slope", bounded_slope, lambda s: 2.0 if s.precision == "float16" else 1.0),
    Rule("cost", cheap, lambda s: 0.0 if s.device != "cpu" else 1.5 if s.architecture == "cnn" else 1.0),
    Rule("training", trained, lambda s: 4.0),
    Rule("sparse", sparse, lambda s: 1.0 if s.architecture == "cnn" else 0.5, paper=SPARSE),
    Rule("memory", one_bit, lambda s: 1.0 if s.architecture == "cnn" else 0.5),
    Rule("simple", simple, lambda s: 2.0 if s.small else 0.25),
    Rule("gate", gating, lambda s: 3.0 if s.architecture == "transformer" else 0.0, paper=GATES),
    Rule("bounded", bounded, _bounded_weight),
    Rule("contraction", contraction, lambda s: 1.0 if s.architecture == "rnn" else 0.0, paper=RECURRENT),
    Rule("integers", straight, lambda s: 2.0 if s.precision == "int8" else 0.0, paper=INTEGERS),
    Rule("learnable", learnable, lambda s: 1.5 * s.learnable),
    Rule("known", known, lambda s: 0.5),
)
