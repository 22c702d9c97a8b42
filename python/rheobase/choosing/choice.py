# SPDX-License-Identifier: Apache-2.0
"""``rheobase.choose``: a ranking by the rules, with reasons, what was left out, what does not go together."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from rheobase import _json
from rheobase.choosing import candidates, cost
from rheobase.choosing.candidates import Candidate, Evidence, RowCandidate
from rheobase.choosing.conflicts import conflicts_of, notes_of
from rheobase.choosing.outputs import OUTPUT, ROWS
from rheobase.choosing.rules import HIDDEN, Finding, Measurements, Rule
from rheobase.choosing.scenario import HIDDEN as HIDDEN_PLACE
from rheobase.choosing.scenario import Scenario, scenario

# Functions that differ by less than this at all of candidates.PROBES are one answer.
NEARLY_THE_SAME = 0.03
# Scores closer than this are no reason for a choice. Among functions that are nearly the same, the first by
# ``Candidate.order`` of those then stands for all.
EVEN = 3
# Reasons of less weight than this are left to --json.
MINOR = 0.05


@dataclass(frozen=True)
class Reason:
    """What one rule said. ``weight`` is its part of all weights: score and weight explain the rank."""

    rule: str
    score: float
    weight: float
    text: str
    evidence: list[Evidence]


@dataclass(frozen=True)
class Answer:
    """An activation with its score, 0 to 100, and reasons, the weightiest first."""

    name: str
    title: str
    score: float
    reasons: list[Reason]
    papers: list[Evidence]
    variants: list[str]  # nearly the same, or the same formula with other parameters


@dataclass(frozen=True, repr=False)
class Recommendation:
    """The ranking. Shown or printed it explains the first of it; ``as_dict`` is what ``--json`` prints."""

    scenario: Scenario
    ranked: list[Answer]
    excluded: dict[str, str]  # name to reason
    conflicts: list[str]
    notes: list[str]

    @property
    def best(self) -> Answer:
        return self.ranked[0]

    def as_dict(self) -> dict:
        """Plain values, ready for JSON, infinities as texts; docs/choose.md lists the fields."""
        return _json.plain(asdict(self) | {"summary": str(self.scenario)})

    def text(self, top: int = 3, width: int = 100) -> str:
        """The scenario, conflicts, the first answers with reasons, notes, and the papers that are cited."""
        wrap = textwrap.TextWrapper(width, break_on_hyphens=False, break_long_words=False)
        papers: list[Evidence] = []
        lines = [f"For: {self.scenario}"]
        lines += _hung(wrap, [f"! {text}" for text in self.conflicts], "  ")
        for place, answer in enumerate(self.ranked[:top], 1):
            lines += [
                "",
                f"{place}. {answer.name} ({answer.title}), {answer.score:.0f} of "
                f"100{_cited(answer.papers, papers)}",
            ]
            shown = [reason for reason in answer.reasons if reason.weight >= MINOR]
            lines += _hung(wrap, [_reason(reason, papers) for reason in shown], "   ")
            if answer.variants:
                lines += _hung(wrap, [f"  the same or near it: {', '.join(answer.variants)}"], "   ")
        others = [f"{answer.name} {answer.score:.0f}" for answer in self.ranked[top : top + 8]]
        if others:
            lines += ["", *wrap.wrap("Then: " + ", ".join(others))]
        if self.notes:
            lines += ["", *_hung(wrap, self.notes, "")]
        return "\n".join(
            [*lines, "", *_hung(wrap, [f"[{i}] {paper}" for i, paper in enumerate(papers, 1)], "")]
        )

    def __repr__(self) -> str:
        return self.text()


# Scores from which on a reason speaks for a function, and below which it speaks against it.
FOR, AGAINST = 0.75, 0.4


def _cited(found: Sequence[Evidence], papers: list[Evidence]) -> str:
    """Numbers of papers in the list of those cited so far, which grows."""
    papers += [paper for paper in found if paper not in papers]
    return "".join(f" [{papers.index(paper) + 1}]" for paper in found)


def _reason(reason: Reason, papers: list[Evidence]) -> str:
    facts = [str(evidence) for evidence in reason.evidence if evidence.source != "paper"]
    cited = _cited([evidence for evidence in reason.evidence if evidence.source == "paper"], papers)
    sign = "+" if reason.score >= FOR else "-" if reason.score < AGAINST else "~"
    return f"{sign} {reason.text} ({'; '.join(facts)}){cited}"


def _hung(wrap: textwrap.TextWrapper, texts: Sequence[str], indent: str) -> list[str]:
    found = []
    for text in texts:
        wrap.initial_indent, wrap.subsequent_indent = indent, indent + ("  " if indent else "")
        found += wrap.wrap(text)
    wrap.initial_indent = wrap.subsequent_indent = ""
    return found


def choose(*, results=None, bench=None, **given) -> Recommendation:
    """Which activation to take, with reasons.

    Args:
        place: "hidden" (default) or "output"
        output: of an output layer: "binary", "multi-class", "multi-label", "regression", "positive" or
            "bounded"
        range: of a bounded output, (low, high); by default (-1, 1)
        architecture: "mlp" (default), "cnn", "transformer" or "rnn"
        depth: number of layers with it, 4 by default
        device: "cpu" (default), "gpu" or "microcontroller"
        precision: "float32" (default), "bfloat16", "float16" or "int8"
        normalisation: "no" (default), "batch" or "layer": of its inputs
        smooth: its second derivative must be continuous
        self_normalising: means and variances settle by themselves
        learnable: it may have parameters that are learned
        results: a results.json or runs.jsonl of `rheobase compare`, whose accuracies then count
        bench: a table of `rheobase bench`, in place of a quick timing (remembered in the user's cache folder)

    Returns:
        the ranking: ``.best.name``, ``.ranked``, ``.conflicts``, ``.as_dict()``; ``print`` explains it.

    Raises:
        ValueError, TypeError: an answer that makes no sense, or a file that cannot be read.
        ImportError: the library of rheobase.analyze was not built (docs/analyze.md).

    Example:
        >>> rheobase.choose(output="binary").best.name
        'sigmoid'
    """
    asked = scenario(**given)
    return rank(asked, measurements(asked, results, bench))


def measurements(asked: Scenario, results, bench) -> Measurements:
    """Costs and accuracies for a scenario. Raises ValueError for a file that cannot be read."""
    from rheobase.choosing.stored import accuracies

    accuracy = accuracies(Path(results)) if results is not None else {}
    if bench is not None:
        costs, source = cost.from_bench(Path(bench)), str(bench)
    elif asked.device == "cpu" and asked.precision != "int8":
        costs = cost.measured(asked.precision)
        source = f"value and backward in {asked.precision} on this machine"
    else:
        costs, source = {}, ""
    return Measurements(costs, source, accuracy, "" if results is None else str(results))


def rank(asked: Scenario, measured: Measurements) -> Recommendation:
    """The ranking for a scenario."""
    rules, pool = HIDDEN, tuple(candidates.distinct())
    if asked.place != HIDDEN_PLACE:
        many = asked.output == "multi-class"
        rules, pool = (ROWS, candidates.rows()) if many else (OUTPUT, pool)
    left, excluded, conflicts = _required(rules, pool, asked, measured)
    answers = sorted((_answer(c, rules, asked, measured) for c in left), key=_by_score)
    ranked = _distinct(answers)
    best = next(candidate for candidate in left if candidate.name == ranked[0].name)
    notes = [*notes_of(asked, best), *_close(ranked)]
    return Recommendation(asked, ranked, excluded, [*conflicts_of(asked), *conflicts], notes)


def _by_score(pair) -> tuple:
    candidate, answer = pair
    return -answer.score, candidate.order()


def _close(ranked: Sequence[Answer]) -> list[str]:
    """What to do where scores do not decide."""
    even = [answer.name for answer in ranked if ranked[0].score - answer.score <= EVEN][:6]
    if len(even) == 1:
        return []
    return [
        f"{', '.join(even)} are within {EVEN} points, which decides nothing: train with each on your "
        f"own data, `rheobase compare {' '.join(even)}`, and give the result to `rheobase choose "
        "--results`."
    ]


def _required(rules: Sequence[Rule], pool, asked: Scenario, measured: Measurements):
    """What meets all requirements. One that nothing left meets is given up, and said so."""
    excluded: dict[str, str] = {}
    conflicts: list[str] = []
    kept: list[str] = []
    for rule in rules:
        if not rule.required(asked):
            continue
        found = {candidate: rule.judge(candidate, asked, measured) for candidate in pool}
        passed = tuple(candidate for candidate, finding in found.items() if finding.score == 1)
        if not passed:
            conflicts.append(_given_up(rule, found, kept))
            continue
        excluded |= {
            candidate.name: finding.text for candidate, finding in found.items() if finding.score != 1
        }
        pool = passed
        kept.append(rule.name)
    return pool, excluded, conflicts


def _given_up(rule: Rule, found: dict, kept: Sequence[str]) -> str:
    names = [candidate.name for candidate in found]
    shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    best = max(found, key=lambda candidate: found[candidate].score)
    return (
        f"Nothing is both '{kept[-1]}' and '{rule.name}'. The first leaves {shown}; of those "
        f"{best.name} comes nearest: {found[best].text}. So '{rule.name}' counts as a wish, not as a "
        "condition."
    )


def _answer(c: Candidate | RowCandidate, rules: Sequence[Rule], asked: Scenario, measured: Measurements):
    found: list[tuple[Rule, float, Finding]] = []
    for rule in rules:
        weight = rule.weight(asked)
        finding = rule.judge(c, asked, measured) if weight > 0 else None
        if finding is not None:
            found.append((rule, weight, finding))
    total = sum(weight for _, weight, _ in found)
    reasons = [
        Reason(
            rule.name,
            finding.score,
            weight / total,
            finding.text,
            [*finding.evidence, *([rule.paper] if rule.paper else [])],
        )
        for rule, weight, finding in found
    ]
    reasons.sort(key=lambda reason: -reason.weight)
    score = 100 * sum(reason.weight * reason.score for reason in reasons)
    papers = [Evidence("paper", reference["text"], reference["url"]) for reference in c.info["references"]]
    return c, Answer(c.name, c.info["title"], round(score, 1), reasons, papers, [])


def _distinct(answers) -> list[Answer]:
    """One answer for each formula, and for what is nearly the same; the others are its variants."""
    groups: list[list] = []
    for pair in answers:
        group = next((group for group in groups if _alike(pair[0], group[0][0])), None)
        if group is None:
            groups.append([pair])
        else:
            group.append(pair)
    same = candidates.distinct()
    kept = []
    for group in groups:
        near = [pair for pair in group if group[0][1].score - pair[1].score <= EVEN]
        first = min(near, key=lambda pair: pair[0].order())
        others = [pair[0].name for pair in group if pair is not first]
        first[1].variants.extend([*same.get(first[0], []), *others])
        kept.append(first)
    return [answer for _, answer in sorted(kept, key=_by_score)]


def _alike(a, b) -> bool:
    if isinstance(a, RowCandidate):
        return False
    same = a.info["activation"] == b.info["activation"]
    return same or float(np.abs(a.values - b.values).max()) < NEARLY_THE_SAME


def as_json(found: Recommendation) -> str:
    return _json.text(found.as_dict(), indent=2)
