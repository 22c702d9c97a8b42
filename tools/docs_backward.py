# SPDX-License-Identifier: Apache-2.0
"""The table of float32's backward in docs/accuracy.md, from proofs/."""

import json
from collections.abc import Callable
from decimal import ROUND_CEILING, Decimal
from pathlib import Path

BUILD = ("compiler", "flags", "target")


def _rounded_up(value: float) -> str:
    return str(Decimal(value).quantize(Decimal("1e-3"), ROUND_CEILING))


def _cells(proof: dict | None, number: Callable) -> list[str]:
    if proof is None:
        return ["not proven", *[""] * 3]
    if not proof["maximum"] <= proof["at_most"] <= proof["bound"]:
        raise ValueError(f"at most {proof['at_most']} ulp of {proof['bound']}")
    found = proof["maximum"] > 0
    at = [number(proof["x"]), number(proof["grad"])] if found else ["", ""]
    return [f"{proof['maximum']:.3f}", _rounded_up(proof["at_most"]), *at]


def backward(activations: list[dict], proofs: Path, table: Callable, number: Callable) -> list[str]:
    """How many are proven, when and by which build; a row for each activation.

    Raises ValueError for a proof that does not hold, KeyError for one that lacks a field.
    """
    rows, dates, builds = [], [], set()
    for name in (activation["name"] for activation in activations):
        path = proofs / f"{name}.json"
        proof = json.loads(path.read_text(encoding="utf-8")).get("backward") if path.is_file() else None
        rows.append([name, *_cells(proof, number)])
        if proof:
            dates.append(proof["date"])
            builds.add(tuple(proof[key] for key in BUILD))
    when = ", " + " to ".join(sorted({min(dates), max(dates)})) if dates else ""
    made = [f"{compiler}, `{flags}`, instruction set {target}." for compiler, flags, target in sorted(builds)]
    header = ("name", "largest made:", "none above:", "at x =:", "with grad =:")
    return [f"{len(dates)} of {len(rows)} proven{when}.", *made, "", *table(header, rows)]
