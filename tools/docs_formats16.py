# SPDX-License-Identifier: Apache-2.0
"""The table of 16-bit formats in docs/accuracy.md, from proofs/."""

import json
from pathlib import Path

from docs_markdown import table

FORMATS = ("bfloat16", "float16")
ROLES = ("value", "derivative", "backward")


def _cell(proof: dict | None, role: str) -> str:
    if proof is None:
        return "not proven"
    wrong = int(proof["rounded_wrongly"])
    if role != "backward":
        if wrong:
            raise ValueError(f"{role}: {wrong} results are rounded wrongly")
        return "correct"
    if not proof["maximum"] <= proof["bound"]:
        raise ValueError(f"{role}: at most {proof['maximum']} ulp of {proof['bound']}")
    return f"{wrong:,} wrong" if wrong else "correct"


def _count(role: str, proofs: list[dict], of: int) -> str:
    dates = sorted(proof["date"][:10] for proof in proofs)
    when = ", " + " to ".join(dict.fromkeys((dates[0], dates[-1]))) if dates else ""
    return f"{role.capitalize()}: {len(proofs)} of {of} proven{when}."


def formats16(activations: list[dict], proofs: Path) -> list[str]:
    """How many of each role are proven, and when; a row for each activation: which roles are correctly
    rounded for all inputs, or how many pairs are not.

    Raises ValueError for a proof that does not hold, KeyError for one that lacks a field.
    """
    rows, found = [], {role: [] for role in ROLES}
    for name in (activation["name"] for activation in activations):
        path = proofs / f"{name}.json"
        known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        rows.append([name])
        for dtype in FORMATS:
            for role in ROLES:
                proof = known.get(dtype, {}).get(role)
                found[role] += [proof] if proof else []
                rows[-1].append(_cell(proof, role))
    counts = [_count(role, found[role], len(FORMATS) * len(rows)) for role in ROLES]
    header = ("name", *(f"{dtype} {role}" for dtype in FORMATS for role in ROLES))
    return [*counts, "", *table(header, rows)]
