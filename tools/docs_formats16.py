# SPDX-License-Identifier: Apache-2.0
"""The table of 16-bit formats in docs/accuracy.md, from proofs/."""

import json
from collections.abc import Callable
from pathlib import Path

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


def formats16(activations: list[dict], proofs: Path, table: Callable) -> list[str]:
    """A row for each activation: which roles are correctly rounded for all inputs, or how many pairs are not.

    Raises ValueError for a proof that does not hold, KeyError for one that lacks a field.
    """
    rows = []
    for name in (activation["name"] for activation in activations):
        path = proofs / f"{name}.json"
        known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        rows.append([name])
        for dtype in FORMATS:
            rows[-1] += [_cell(known.get(dtype, {}).get(role), role) for role in ROLES]
    return table(("name", *(f"{dtype} {role}" for dtype in FORMATS for role in ROLES)), rows)
