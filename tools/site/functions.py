# SPDX-License-Identifier: Apache-2.0
"""One page per function of the registry, made of its description, proofs, benchmark rows and evaluations."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import analysis
import jinja2
import latex
import numpy as np
import sampled
from measured import FORMATS, Measured
from program import Program, figure, kind_of
from promises import Promises

from rheobase.plotting.curves import Curve
from rheobase.report import pictures

GRID = [step / 100 for step in range(-1000, 1001)]  # where functions are compared with each other
SPECIAL = (-math.inf, -0.0, 0.0, math.inf)
SPECIAL_ROWS = (
    (0.0,),
    (0.0, math.nan),
    (0.0, math.inf),
    (0.0, -math.inf),
    (-math.inf, -math.inf),
    (math.inf, math.inf),
)
FAR_ROW = (0.0, -200.0, 200.0)  # apart by more than the exponent of a float32
BESIDE = 1e-6  # a kink's neighbours, for the slopes of both sides
JUMP = 1e-3  # of values on both sides of a kink: more than slopes could make
DOMAINS = {
    "finite": "any finite number",
    "positive": "finite, above 0",
    "nonnegative": "finite, 0 or above",
    "nonzero": "finite, not 0",
    "finite_or_infinite": "any number but NaN",
}


class Functions:
    """Writes functions/NAME.md for each function, and functions/index.md."""

    def __init__(self, program: Program, root: Path, only: Sequence[str] = ()):
        self.program = program
        self.all = [f for f in program.functions if not only or f["name"] in only]
        self.measured = Measured(root)
        self._tables = root / "tables"
        self.promises = {name: Promises(root / f"docs/{name}.md") for name in ("rows", "random")}
        # What a page mentions where this tree has it.
        self.has = {name: (root / f"docs/{name}.md").is_file() for name in ("analyze", "numpy", "plot")}
        templates = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
        self._templates = jinja2.Environment(
            loader=templates, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
        )
        self._templates.filters |= {"figure": figure, "cell": cell, "ulp": ulp}
        self._on_grid: dict[str, list[dict]] = {}

    @cached_property
    def names(self) -> set[str]:
        return {function["name"] for function in self.all}

    def page(self, info: dict) -> str:
        """The Markdown of one function's page."""
        shared = {"info": info, "has": self.has, "domains": DOMAINS, "names": self.names}
        template = self._templates.get_template(info["kind"] + ".md")
        return template.render(**shared, **getattr(self, "_" + info["kind"])(info))

    def index(self) -> str:
        """The table of all."""
        lines = [self._index_row(info) for info in kind_of(self.all, "unary")]
        others = [info for info in self.all if info["kind"] != "unary"]
        template = self._templates.get_template("index.md")
        return template.render(lines=lines, others=others, all=self.all)

    def _unary(self, info: dict) -> dict:
        kinks = [float(kink) for kink in info["facts"]["kinks"]]
        return {
            "formula": latex.formula(info["trace"]),
            "meanings": latex.meanings(info["trace"]),
            "symbols": {p["name"]: latex.name(p["name"]) for p in info["parameters"]},
            "picture": pictures.large(info["name"], kinks),
            "special": self.program.evaluated(info["name"], _special_points(kinks)),
            "kinks": self._kinks(info, kinks),
            "proofs": self.measured.proofs(info),
            "formats": FORMATS,
            "speed": self._speed(info),
            "errors": next(filter(None, map(self.measured.errors, self._same_kernels(info))), []),
            "relatives": self._relatives(info),
            "properties": self._properties(info),
            "torch": [_torch_names(entry) for entry in info["torch"]],
        }

    def _rows(self, info: dict) -> dict:
        name, promises = info["name"], self.promises["rows"]
        special = [(row, [p["value"] for p in self.program.evaluated(name, row)]) for row in SPECIAL_ROWS]
        label = f"{html.escape(info['title'])}: the first result of the row x, 0 and its derivative"
        return {
            "row": self.program.evaluated(name, [1, 2, 3]),
            "formula": latex.of_text(info["formula"]),
            "picture": sampled.row_picture(name, label),
            "properties": sampled.row_properties(name),
            "special": special,
            "special_nan": [row for row, values in special if all(map(math.isnan, values))],
            "far": FAR_ROW,
            "lost": [p["value"] for p in self.program.evaluated(name, FAR_ROW)],
            "promised": [line for line in promises.lines("Promises", name) if len(line) == 3],
            "speed": self.measured.form_speed(name),
            "errors": self.measured.form_errors(name),
            "torch": [_torch_names(entry) for entry in info["torch"]],
        }

    def _random(self, info: dict) -> dict:
        xs = np.setdiff1d([*np.linspace(*pictures.reach([]), 401), -BESIDE, BESIDE], [0])
        name, evaluated = info["name"], self.program.drawn(info["name"], xs)
        curves = {role: _curve(evaluated, role) for role in ("value", "derivative")}
        label = f"{html.escape(info['title'])}: value and derivative in evaluation, and values in training"
        picture = pictures.picture(curves, label, _curve(self.program.drawn(name, xs, seed=1), "value"))
        points = [*SPECIAL, math.nan]
        special = zip(self.program.drawn(name, points), self.program.drawn(name, points, seed=1), strict=True)
        return {
            "picture": picture,
            "properties": sampled.random_properties(name),
            "special": list(special),
            "promised": self.promises["random"].items("What is promised", name),
            "choices": self.promises["random"].items("Choices", name),
            "speed": self.measured.form_speed(name),
            "torch": [_torch_names(entry) for entry in info["torch"]],
        }

    def _properties(self, info: dict) -> list[tuple[str, str]]:
        found = self._analyses[info["name"]]
        return analysis.lines(found) if found else []

    @cached_property
    def _analyses(self) -> dict[str, dict | None]:
        return self.program.analyses([info["name"] for info in kind_of(self.all, "unary")])

    def _kinks(self, info: dict, kinks: list[float]) -> list[dict]:
        """Of each kink the slopes on its sides and the one taken there, and the values where they jump."""
        xs = [kink + side for kink in kinks for side in (-BESIDE, 0.0, BESIDE)]
        points = self.program.evaluated(info["name"], xs, "float64") if kinks else []
        found = []
        for at, kink in enumerate(kinks):
            left, taken, right = points[3 * at : 3 * at + 3]
            line = {
                "x": kink,
                "left": _short(left),
                "taken": _short(taken),
                "right": _short(right),
                "jump": None,
            }
            if abs(right["value"] - left["value"]) > JUMP:
                line["jump"] = [_short(left, "value"), _short(right, "value")]
            found.append(line)
        return found

    def _grid(self, name: str) -> list[dict]:
        if name not in self._on_grid:
            self._on_grid[name] = self.program.evaluated(name, GRID, "float64")
        return self._on_grid[name]

    def _relatives(self, info: dict) -> list[dict]:
        """The other names of the same file, and how far their values are from this one's on GRID."""
        found = []
        for other in kind_of(self.program.functions, "unary"):
            if other["file"] != info["file"] or other["name"] == info["name"]:
                continue
            pairs = zip(self._grid(info["name"]), self._grid(other["name"]), strict=True)
            apart, x = max((abs(a["value"] - b["value"]), a["x"]) for a, b in pairs)
            same = other["name"] in self._same_kernels(info)
            found.append({"info": other, "apart": f"{apart:.2g}", "same": same, "x": figure(x)})
        return found

    def _same_kernels(self, info: dict) -> list[str]:
        """Its own name, and those that give the same results at their defaults by the same kernels."""
        values = [p["default"] for p in info["parameters"]]
        others = [
            other["name"]
            for other in kind_of(self.program.functions, "unary")
            if other["activation"] == info["activation"]
            and [p["default"] for p in other["parameters"]] == values
        ]
        return list(dict.fromkeys([info["name"], *others]))

    def _as_fast(self, info: dict) -> list[str]:
        """Those that run the same kernels, and of a preset without tables, whose numbers the kernels only
        multiply by or compare with, the name that it is a preset of."""
        has_tables = (self._tables / info["file"]).is_dir()
        base = [] if has_tables else [info["activation"]]
        return list(dict.fromkeys([*self._same_kernels(info), *base]))

    def _speed(self, info: dict) -> dict | None:
        """Its own, or that of the first of _as_fast that was measured."""
        found = next(filter(None, map(self.measured.speed, self._as_fast(info))), None)
        if found and found["name"] not in self._same_kernels(info):
            found["note"] = " with other parameters"
        return found

    def _index_row(self, info: dict) -> dict:
        facts, kinks = info["facts"], [float(kink) for kink in info["facts"]["kinks"]]
        proofs = self.measured.proofs(info)
        errors = [
            proof["maximum"]
            for proof in proofs
            if proof["format"] == "float32" and proof["role"] != "backward" and proof["maximum"] is not None
        ]
        return {
            "info": info,
            "sparkline": pictures.small(info["name"]),
            "range": " to ".join(figure(float(f"{float(end):.4g}")) for end in facts["range"]),
            "kinks": len(kinks),
            "error": f"{max(errors):.2f}" if len(errors) == 2 else "",
            "share": next(filter(None, map(self.measured.share_of_copy, self._as_fast(info))), ""),
        }


def _curve(samples: Sequence[dict], role: str) -> Curve:
    """What a random function gave, but not at 0: where its derivative jumps there, the line is broken."""
    x, y = (np.array([sample[key] for sample in samples]) for key in ("x", role))
    at = np.searchsorted(x, 0)
    if abs(y[at] - y[at - 1]) > JUMP and role == "derivative":
        x, y = np.insert(x, at, 0), np.insert(y, at, np.nan)
    return Curve(x, y)


def _special_points(kinks: Sequence[float]) -> list[float]:
    """Infinities, zeros of both signs and kinks, ascending; NaN last."""
    points = [*SPECIAL, *(kink for kink in kinks if kink != 0)]
    return [*sorted(points, key=lambda x: (x, math.copysign(1, x))), math.nan]


def _short(point: dict, key: str = "derivative") -> str:
    return figure(float(f"{point[key]:.4g}"))


def ulp(error: float | None) -> str:
    """A largest error for a table; nothing where none is recorded."""
    return "" if error is None else f"{error:.4f}" if error else "0"


def cell(text: str) -> str:
    """A text inside a table of Markdown."""
    return str(text).replace("|", "\\|").replace("\n", " ")


def _torch_names(entry: dict) -> dict:
    """How a function and a module of rheobase.torch are called: their arguments as text."""
    choice = entry["choice"]
    argument = '{}="{}"'.format(choice["argument"], choice["value"]) if choice else ""
    return {
        "module": entry["module"],
        "function": entry["function"],
        "argument": argument,
        "fixed": ", ".join(f"{name} = {figure(value)}" for name, value in entry["fixed"].items()),
        "defaults": ", ".join(f"{name} = {figure(value)}" for name, value in entry["defaults"].items()),
    }
