# SPDX-License-Identifier: Apache-2.0
"""The table of float32's backward in docs/accuracy.md, from proofs/."""

import json
from pathlib import Path

from docs_markdown import builds, number, rounded_up, table


def _cells(proof: dict | None) -> list[str]:
    if proof is None:
        return ["not proven", *[""] * 3]
    if not proof["maximum"] <= proof["at_most"] <= proof["bound"]:
        raise ValueError(f"at most {proof['at_most']} ulp of {proof['bound']}")
    at = [number(proof["x"]), number(proof["grad"])] if proof["maximum"] > 0 else ["", ""]
    return [f"{proof['maximum']:.3f}", rounded_up(proof["at_most"], 3), *at]


def backward(activations: list[dict], proofs: Path) -> list[str]:
    """How many are proven, when and by which build; a row for each activation.

    Raises ValueError for a proof that does not hold, KeyError for one that lacks a field.
    """
    found = {}
    for name in (activation["name"] for activation in activations):
        path = proofs / f"{name}.json"
        found[name] = json.loads(path.read_text(encoding="utf-8")).get("backward") if path.is_file() else None
    proven = [proof for proof in found.values() if proof]
    header = ("name", "largest made:", "none above:", "at x =:", "with grad =:")
    rows = [[name, *_cells(proof)] for name, proof in found.items()]
    return [f"{len(proven)} of {len(found)} proven.", *builds(proven, ""), "", *table(header, rows)]
