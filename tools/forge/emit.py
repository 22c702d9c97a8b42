# SPDX-License-Identifier: Apache-2.0
"""A table as a header, tables/<file>/<name>_<role>.h."""

import hashlib
import json
import math
from pathlib import Path

import numpy as np

from .formula import Formula, Refused
from .search import Table
from .tail import Tail, tails

_MAGIC = 1.5 * 2**23  # adding it leaves an integer in the last bits


def path(root: Path, info: dict, role: str) -> Path:
    return root / "tables" / info["file"] / f"{info['name']}_{role}.h"


def mark(info: dict) -> str:
    """Changes with the formula and the parameters: says what a table was made of."""
    made_of = [info["trace"], [p["default"] for p in info["parameters"]]]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:16]


def _hex(v: float) -> str:
    mantissa, _, exponent = float(np.float32(v)).hex().partition("p")
    return mantissa.rstrip("0").rstrip(".") + f"p{exponent}F"


def _list(values) -> str:
    return "{" + ", ".join(values) + "}"


def _inside(reach: float) -> float:
    """A float32 just within the table."""
    return float(np.nextafter(np.float32(reach * (1 - 2e-7) - 1e-6), np.float32(0)))


def _range(table: Table) -> tuple[str, dict[str, float]]:
    plan, side = table.plan, table.plan.side
    low, high = plan.reach(table.scale)
    held = plan.held(table.scale)
    if plan.kept:
        return "kBetween", {"middle": (low + high) / 2, "half": (high - low) / 2 * (1 - 2e-6)}
    reach = _inside(max(-low, high))
    numbers = {"end": -reach if side.high == 0 else reach} if held else {}
    if side.fold == "kOneSided":
        return ("kAll" if held else "kFrom"), numbers | {"low": -reach}
    if side.fold == "kOdd" and held:
        return "kAll", numbers
    if held and side.fold != "kEven":
        return "kFrom", numbers | {"low": -reach}
    return "kBetween", numbers | {"middle": 0.0, "half": reach}


def _covers(table: Table) -> str:
    name, n = _range(table)
    if name == "kAll":
        return "all x"
    if name == "kFrom":
        return f"x <= {-n['low']:.4g}" if table.plan.side.mirrored else f"x >= {n['low']:.4g}"
    low, high = n["middle"] - n["half"], n["middle"] + n["half"]
    return f"{low:.4g} <= x <= {high:.4g}"


def _beyond(table: Table) -> list[tuple[int, float]]:
    """Where the table ends: (side, |x|)."""
    name, n = _range(table)
    n = {key: float(np.float32(v)) for key, v in n.items()}
    if name == "kAll":
        return []
    if name == "kFrom":
        return [(1 if table.plan.side.mirrored else -1, -n["low"])]
    right = (1, n["middle"] + n["half"])
    return [right] if table.plan.side.fold == "kEven" else [(-1, n["half"] - n["middle"]), right]


def _tails(formula: Formula, table: Table) -> tuple[str, str]:
    """What is said about them, and their code."""
    try:
        found = tails(formula, _beyond(table))
    except Refused as reason:
        return f"beyond, the formula: {reason}", ""
    if not found:
        return "", ""
    worst = max(t.error for t in found)
    code = ",\n".join(f"      {_tail(t)}" for t in found)
    return (
        f"beyond, tails within 2^{math.log2(worst):.1f}",
        f"  static constexpr List<Tail, 2> tails{{\n{code}}};\n",
    )


def _tail(t: Tail) -> str:
    numbers = [f".{name} = {getattr(t, name).hex()}" for name in ("low", "high", "scale", "shift")]
    lists = [f".{name} = {_list(v.hex() for v in getattr(t, name))}" for name in ("line", "q", "r", "s")]
    return f"Tail{{{', '.join(numbers + lists)}}}"


def _numbers(table: Table) -> str:
    plan, side = table.plan, table.plan.side
    sign = -1 if side.high == 0 else 1
    offset = _MAGIC + (plan.entries // 2 + plan.shift if plan.kept else 0)
    root = float(side.zero) if plan.slope == "kRoot" else 0.0
    numbers = {"a": plan.bend / table.scale, "b": sign / table.scale, "offset": offset, "root": root}
    numbers |= {"end": 0.0, "low": 0.0, "middle": 0.0, "half": 0.0, "total": side.total}
    numbers |= _range(table)[1]
    fields = [f".{name} = {_hex(numbers[name])}" for name in numbers]
    return ", ".join([*fields, f".line = {_list(map(_hex, side.line_parts))}"])


def _rows(table: Table) -> str:
    entries, plan = table.entries, table.plan
    rows = [("center", [e.center for e in entries]), ("value", [e.value for e in entries])]
    rows += [(f"p{k + 1}", [e.p[k] for e in entries]) for k in range(plan.degree)]
    if plan.slope != "kNone":
        rows.append(("slope", [e.slope for e in entries]))
    return ",\n".join(f"      /* {name} */ " + ", ".join(map(_hex, row)) for name, row in rows)


def _parameters(info: dict) -> str:
    values = [p["default"] for p in info["parameters"]]
    return _list({"inf": "kInfinity", "-inf": "-kInfinity"}.get(v, repr(v)) for v in values)


def text(formula: Formula, table: Table, seed: int, counterexamples: int) -> str:
    plan, side, info, role = table.plan, table.plan.side, formula.info, formula.role
    about_tails, tail_code = _tails(formula, table)

    def yes(condition: bool) -> str:
        return "true" if condition else "false"

    name = f"{info['name']}_{role}"
    finite_end = plan.held(table.scale) and math.isfinite(side.end)
    squared = ", .squared = true" if side.squared else ""
    known = f", {counterexamples} counterexamples of proofs" if counterexamples else ""
    return f"""// SPDX-License-Identifier: Apache-2.0
// {name}.h: made by scripts/forge {info["name"]} (docs/forge.md), not by hand.
//
// {plan}; covers {_covers(table)}{about_tails and "; " + about_tails}.
// Sampled error {table.error:.3f} ulp; seed {seed}{known}.
// Formula {mark(info)}: {info["formula"]}

// clang-format off
struct {name} {{
  static constexpr std::string_view activation = "{info["activation"]}";
  static constexpr Role role = Role::k{role.capitalize()};
  static constexpr List<double, kMaxParameters> parameters = {_parameters(info)};
  static constexpr Plan plan{{
      .fold = Fold::{side.fold}, .slope = Slope::{plan.slope}, .range = Range::{_range(table)[0]},
      .line = Line::{side.line}, .entries = {plan.entries}, .degree = {plan.degree},
      .quadratic = {yes(plan.bend != 0)}, .held = {yes(finite_end)}, .mirrored = {yes(side.mirrored)},
      .signed_zero = {yes(side.signed_zero)}{squared}}};
  static constexpr Numbers numbers{{
      {_numbers(table)}}};
  alignas(64) static constexpr float rows[] = {{
{_rows(table)}}};
{tail_code}}};
// clang-format on
"""
