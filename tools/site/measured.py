# SPDX-License-Identifier: Apache-2.0
"""What is recorded about a function: proofs/*.json and the newest rows of bench/results."""

from __future__ import annotations

import json
import math
import sys
from functools import cached_property
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import docs_speed
from docs_markdown import rounded_up

ROLES = ("value", "derivative", "backward")
FORM_ROLES = ("value", "backward")
FORMATS = ("float32", "float64", "bfloat16", "float16")
BACKWARD16 = 0.505  # ulp, of a rounded product (docs/accuracy.md)
DATA = ("normal", "uniform")  # of the benchmark's kinds of data those that networks see
FIRST = "PyTorch"  # the column that most readers look for
CACHED = "65536"  # elements


class Measured:
    def __init__(self, root: Path):
        self._proofs = root / "proofs"
        self._results = root / "bench/results"

    def proofs(self, info: dict) -> list[dict]:
        """A line per format and role: the bound, and of a proof the largest error and where it is."""
        recorded = self._recorded(info["name"])
        lines = []
        for dtype, bounds in info["bounds"].items():
            for role in ROLES:
                proof = recorded.get(role) if dtype == "float32" else recorded.get(dtype, {}).get(role)
                lines.append(_proof_line(dtype, role, _bound(dtype, role, bounds), proof))
        return lines

    def _recorded(self, name: str) -> dict:
        path = self._proofs / f"{name}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    @cached_property
    def _newest(self) -> dict[tuple, dict[str, dict]]:
        return docs_speed.newest(self._results)

    @cached_property
    def _newest_forms(self) -> dict[tuple, dict[str, dict]]:
        return docs_speed.newest(self._results / "forms")

    def _rows(self, name: str) -> list[tuple[dict, dict[str, dict]]]:
        """What was computed, and the rows of all contenders."""
        found = _of(name, self._newest)
        found.sort(key=lambda item: (item[0]["dtype"], ROLES.index(item[0]["role"]), int(item[0]["size"])))
        return found

    def speed(self, name: str) -> dict | None:
        """Our speed, as a share of a copy's and beside each peer's; None where nothing is recorded."""
        return _speed(name, self._rows(name))

    def form_speed(self, name: str) -> dict | None:
        """The same of a function of rows or of random numbers, from the results of forms."""
        found = _of(name, self._newest_forms)
        found.sort(key=lambda item: FORMATS.index(item[0]["dtype"]))  # roles stay as they were measured
        return _speed(name, found)

    def form_errors(self, name: str) -> list[dict]:
        """The largest errors of all in float32: a line per contender, of values and of backward."""
        worst: dict[str, dict[str, float]] = {}
        for what, rows in _of(name, self._newest_forms):
            if what["dtype"] != "float32":
                continue
            role = "backward" if what["role"].endswith("backward") else "value"
            for contender, row in rows.items():
                if row["ulp"]:
                    line = worst.setdefault(contender, {})
                    line[role] = max(float(row["ulp"]), line.get(role, 0.0))
        order = sorted(worst, key=lambda one: (one != docs_speed.OWN, one != FIRST, one.lower()))
        return [{"contender": one, "errors": _ulps(worst[one], FORM_ROLES)} for one in order]

    def share_of_copy(self, name: str) -> str:
        """Of the value in float32, in cache; "" where it was not measured."""
        for what, rows in self._rows(name):
            if (what["role"], what["dtype"], what["size"]) == ("value", "float32", CACHED):
                return f"{float(rows[docs_speed.OWN]['copy_share']):.2f}"
        return ""

    def errors(self, name: str) -> list[dict]:
        """How far the float32 results of others were from exact ones in the benchmark: a line per library."""
        worst: dict[str, dict] = {}
        for what, rows in self._rows(name):
            if what["dtype"] != "float32":
                continue
            for contender, row in rows.items():
                if contender in (*docs_speed.COPIES, docs_speed.OWN) or not row["ulp_normal"]:
                    continue
                version = row["version"].partition(" ")[0].rstrip(",")
                line = worst.setdefault(
                    contender, {"contender": f"{contender} {version}".rstrip(), "notes": []}
                )
                role, error = what["role"], float(row["ulp_normal"])
                line[role] = max(error, line.get(role, 0.0))
                for note in (row["wrong_specials"], row["note"]):
                    if note and note != "0" and (text := f"{role}: {note}") not in line["notes"]:
                        line["notes"].append(text)
        return [
            {
                "contender": line["contender"],
                "errors": _ulps(line, ROLES),
                "notes": "; ".join(line["notes"]),
            }
            for _, line in sorted(worst.items())
        ]


def _of(name: str, newest: dict[tuple, dict[str, dict]]) -> list[tuple[dict, dict[str, dict]]]:
    """What was computed of a function by the widest instruction set, and the rows of all contenders."""
    found = []
    for key, rows in newest.items():
        what = dict(zip(docs_speed.FIELDS, key, strict=True))
        if what["name"] == name and what["data"] in DATA:
            found.append((what, rows))
    best = {what["instruction_set"] for what, _ in found}
    widest = "AVX3" if "AVX3" in best else min(best, default="")
    return [(what, rows) for what, rows in found if what["instruction_set"] == widest]


def _speed(name: str, found: list[tuple[dict, dict[str, dict]]]) -> dict | None:
    if not found:
        return None
    contenders = {contender for _, rows in found for contender in rows}
    peers = contenders - {docs_speed.OWN, *docs_speed.COPIES}
    peers = sorted(peers, key=lambda peer: (peer != FIRST, peer.lower()))
    lines = [
        {
            **what,
            "size": f"{int(what['size']):,}",
            "rate": f"{float(rows[docs_speed.OWN]['gelem']):.2f}",
            "share": f"{float(rows[docs_speed.OWN]['copy_share']):.2f}",
            "ratios": [_ratio(rows.get(peer)) for peer in peers],
        }
        for what, rows in found
    ]
    own = found[0][1][docs_speed.OWN]
    target = docs_speed.SETS.get(own["instruction_set"], own["instruction_set"])
    where = f"{own['date'][:10]}, {own['machine']}, {target}"
    return {"name": name, "peers": peers, "lines": lines, "where": where, "note": ""}


def _ratio(row: dict | None) -> str:
    return f"{float(row['ratio']):.2f}" if row and row["ratio"] else ""


def _ulp(error: float) -> str:
    if math.isinf(error):
        return "∞"
    return f"{error:.2g}" if error < 1000 else f"{error:.1e}".replace("e+0", "e").replace("e+", "e")


def _ulps(errors: dict, roles: tuple[str, ...]) -> list[str]:
    return [_ulp(errors[role]) if role in errors else "" for role in roles]


def _bound(dtype: str, role: str, declared: dict) -> float:
    """What docs/accuracy.md promises. Files declare none of backward, whose follows from the derivative's."""
    if role != "backward":
        return declared[role]
    return declared["derivative"] + 0.5 if dtype.endswith(("32", "64")) else BACKWARD16


def _proven_over(dtype: str, role: str) -> str:
    if role != "backward":
        return "all 2³² inputs" if dtype == "float32" else "all 65,536 inputs"
    return "all finite inputs, any gradient" if dtype == "float32" else "all 2³² pairs"


def _proof_line(dtype: str, role: str, bound: float, proof: dict | None) -> dict:
    line = {"format": dtype, "role": role, "bound": bound, "status": "tested", "none_above": ""}
    line |= {key: proof.get(key) if proof else None for key in ("maximum", "x", "grad")}
    if proof:
        line["status"] = f"proven, {_proven_over(dtype, role)}"
        if "at_most" in proof:
            line["none_above"] = rounded_up(proof["at_most"], 4)
    elif dtype != "float64":
        line["status"] = "not proven"
    return line
