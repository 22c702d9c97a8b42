#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the tables of the documentation, from what the program, the proofs and the benchmarks say.

A table stands between two lines, <!-- table: NAME --> and <!-- end -->. The rest of a document is left alone.
"""

import argparse
import csv
import json
import math
import os
import re
import struct
import subprocess
import sys
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import docs_backward
import docs_formats16
import docs_speed
from docs_markdown import builds, number, rounded_up, table

ROOT = Path(__file__).resolve().parents[1]
ROLES = ("value", "derivative")  # those that are proven
START = re.compile(r"<!-- table: (\S+) -->")
END = "<!-- end -->"
BUILD = ("date", "compiler", "flags", "target")  # of a proof, and of its renewal
UNPROVEN = "not proven"
# maximum is the upper end of a ball of 100 bits as a float64: an exact tie may read 0.5000000000000001.
TIE = 0.5 + 1e-12
RESULT_COLUMNS = ("date", "name", "role", "dtype", "contender", "version", "ulp_normal", "points", "failure")
EXAMPLES = """examples:
  tools/docs_tables.py                      rewrite the tables of docs/*.md
  tools/docs_tables.py --check              exit 1 when one is out of date; nothing is written
  tools/docs_tables.py docs/accuracy.md --proofs /tmp/proofs
"""


class Problem(Exception):
    """What is wrong with the input: one line."""


class Sources:
    """What tables are made of, read when first asked for."""

    def __init__(self, program: Path, proofs: Path, results: Path):
        self._program, self._proofs, self._results = program, proofs, results
        self.folder_of_results, self.folder_of_proofs = results, proofs

    @cached_property
    def activations(self) -> list[dict]:
        """All activations of `list --json`, in its order; functions of other kinds have no such tables."""
        return [info for info in self._run("list", "--json") if info["kind"] == "unary"]

    @cached_property
    def proofs(self) -> dict[tuple[str, str], dict]:
        """By name and role; none where the folder is absent."""
        bounds = {a["name"]: a["bounds"]["float32"] for a in self.activations}
        found = {}
        for path in sorted(self._proofs.glob("*.json")):
            proof = _parsed(_text(path), path)
            name = proof.get("name") if isinstance(proof, dict) else None
            if name != path.stem:
                raise Problem(f"{path}: is about {name!r}")
            if name not in bounds:
                raise Problem(f"{path}: the program knows no {name}")
            for role in ROLES:
                if role in proof:
                    found[name, role] = _checked_proof(proof[role], bounds[name][role], f"{path}: {role}")
        return found

    @cached_property
    def results(self) -> list[dict]:
        """The rows of the benchmark whose last row is the newest; [] where there is none."""
        tables = [rows for path in sorted(self._results.glob("*.csv")) if (rows := _result_rows(path))]
        return max(tables, key=lambda rows: max(row["date"] for row in rows), default=[])

    def evaluated(self, name: str, points: Sequence[str]) -> dict[str, dict]:
        """Value and derivative in float32, by point."""
        results = self._run("eval", name, "--json", "--", *points)["results"]
        return dict(zip(points, results, strict=True))

    def _run(self, *arguments: str):
        try:
            done = subprocess.run([self._program, *arguments], capture_output=True, text=True, timeout=60)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Problem(f"{self._program} cannot be run: {getattr(error, 'strerror', error)}") from None
        if done.returncode != 0:
            raise Problem(f"{self._program} {' '.join(arguments)}: {done.stderr.strip() or done.returncode}")
        return _parsed(done.stdout, f"{self._program} {arguments[0]}")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _parsed(text: str, where) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise Problem(f"{where}: is no JSON: {error}") from None


def _checked_proof(role: dict, bound: float, where: str) -> dict:
    """The proof of one role. One that does not hold is no proof: what it says would be wrong."""
    try:
        proof = {key: float(role[key]) for key in ("maximum", "at_most", "x")}
        proof |= {key: int(role[key]) for key in ("rounded_wrongly", "perhaps_wrongly")}
        proof["descents"] = int(role.get("descents", -1))
        proof |= {key: str(role[key]) for key in ("input", *BUILD)}
        if "renewed" in role:
            proof["renewed"] = {key: str(role["renewed"][key]) for key in BUILD}
        (at_input,) = struct.unpack(">f", int(proof["input"], 16).to_bytes(4, "big"))
    except KeyError as error:
        raise Problem(f"{where}: has no {error.args[0]}") from None
    except (TypeError, ValueError, OverflowError) as error:
        raise Problem(f"{where}: {error}") from None
    if at_input != proof["x"]:
        raise Problem(f"{where}: input {proof['input']} is {at_input!r}, x is {proof['x']!r}")
    if not proof["maximum"] <= proof["at_most"] <= bound:
        raise Problem(f"{where}: does not hold: at most {proof['at_most']} ulp of {bound}")
    return proof


def _result_rows(path: Path) -> list[dict]:
    reader = csv.DictReader(_text(path).splitlines())
    missing = [column for column in RESULT_COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise Problem(f"{path}: has no column {missing[0]}")
    rows = list(reader)
    for count, row in enumerate(rows, 2):
        try:
            row["ulp"] = float(row["ulp_normal"]) if row["ulp_normal"] else None
            row["points"] = int(row["points"] or 0)
        except (TypeError, ValueError) as error:
            raise Problem(f"{path}: row {count}: {error}") from None
    return rows


def accuracy(sources: Sources) -> list[str]:
    rows = []
    for a in sources.activations:
        for role in ROLES:
            proof = sources.proofs.get((a["name"], role))
            cells = _accuracy_cells(proof) if proof else [UNPROVEN, *[""] * 6]
            rows.append([a["name"], role, *cells])
    found = ("largest:", "none above:", "at x =:", "bits", "not nearest:", "undecided:", "descents:")
    header = ("name", "role", *found)
    return [*_provenance(sources, len(rows)), "", *table(header, rows)]


def _accuracy_cells(proof: dict) -> list[str]:
    somewhere = proof["maximum"] > 0
    # The first pass counts; of what it leaves open, balls tell at least this one.
    certain = max(proof["rounded_wrongly"], int(proof["maximum"] > TIE))
    return [
        f"{proof['maximum']:.6f}",
        rounded_up(proof["at_most"], 6),
        number(proof["x"]) if somewhere else "",
        f"`{proof['input']}`" if somewhere else "",
        f"{certain:,}",
        f"{proof['perhaps_wrongly']:,}",
        "" if proof["descents"] < 0 else f"{proof['descents']:,}",
    ]


def _provenance(sources: Sources, roles: int) -> list[str]:
    proofs = sources.proofs.values()
    renewals = [proof["renewed"] for proof in proofs if "renewed" in proof]
    return [
        f"{len(proofs)} of {roles} proven.",
        *builds(proofs, ""),
        *builds(renewals, " renewed by their digests"),
    ]


def peers(sources: Sources) -> list[str]:
    newest: dict[tuple, dict] = {}
    for row in sources.results:
        if row["ulp"] is None and not row["failure"]:
            continue  # a copy: timed, not compared
        key = (row["name"], row["role"], row["dtype"]), row["contender"]
        if key not in newest or newest[key]["date"] <= row["date"]:
            newest[key] = row
    if not newest:
        return ["no results recorded yet"]
    contenders = list(dict.fromkeys(contender for _, contender in newest))
    rows = [
        [*what, *(_ulp_cell(newest.get((what, contender))) for contender in contenders)]
        for what in sorted({what for what, _ in newest})
    ]
    versions = {row["contender"]: row["version"] for row in newest.values()}
    dates = sorted(row["date"][:10] for row in newest.values())
    span = dates[0] if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}"
    points = max(row["points"] for row in newest.values())
    return [
        f"Measured {span}, up to {points:,} points each. Versions:",
        *(f"{contender} {versions[contender]}".rstrip() + "," for contender in contenders[:-1]),
        f"{contenders[-1]} {versions[contenders[-1]]}".rstrip() + ".",
        "",
        *table(("name", "role", "format", *(f"{contender}:" for contender in contenders)), rows),
    ]


def _ulp_cell(row: dict | None) -> str:
    if row is None:
        return ""
    ulp = row["ulp"]
    if ulp is None:
        return "failed"
    if ulp < 1000 or not math.isfinite(ulp):
        return f"{ulp:.3g}"
    return f"{ulp:.1e}".replace("e+0", "e").replace("e+", "e")


def limits(sources: Sources) -> list[str]:
    points = ("-inf", "-0", "0", "inf")
    rows = []
    for a in sources.activations:
        at = sources.evaluated(a["name"], points)
        rows.append([a["name"], *(number(at[p]["value"]) for p in points)])
        rows[-1] += [number(at[p]["derivative"]) for p in points if p != "-0"]
        if at["0"]["derivative"] != at["-0"]["derivative"]:
            raise Problem(f"{a['name']}: the derivatives at 0 and -0 differ")
    header = ("name", "f(-inf):", "f(-0):", "f(+0):", "f(+inf):", "f'(-inf):", "f'(0):", "f'(+inf):")
    return table(header, rows)


def shape(sources: Sources) -> list[str]:
    rows = []
    for a in sources.activations:
        facts, kinks = a["facts"], [number(k) for k in a["facts"]["kinks"]]
        at = sources.evaluated(a["name"], kinks) if kinks else {}
        settings = ", ".join(f"{p['name']} {number(p['default'])}" for p in a["parameters"])
        slopes = ", ".join(f"{k}: {number(at[k]['derivative'])}" for k in kinks)
        low, high = map(number, facts["range"])
        odd = "odd" if facts["odd"] else ""
        monotone = "" if facts["monotone"] == "no" else facts["monotone"]
        rows.append([a["name"], settings, f"[{low}, {high}]", slopes, odd, monotone])
    return table(("name", "parameters", "range", "kink: slope taken there", "odd", "monotone"), rows)


def parameters(sources: Sources) -> list[str]:
    rows = [
        [a["name"], p["name"], number(p["default"]), p["domain"].replace("_", " "), p["meaning"]]
        for a in sources.activations
        if a["name"] == a["activation"]
        for p in a["parameters"]
    ]
    return table(("name", "parameter", "default:", "domain", "meaning"), rows)


def _speed(folder: str):
    return lambda sources: docs_speed.speed(sources.folder_of_results / folder, table)


def _from_proofs(sources: Sources, make, what: str) -> list[str]:
    try:
        return make(sources.activations, sources.folder_of_proofs)
    except (ValueError, KeyError) as error:
        raise Problem(f"{sources.folder_of_proofs}: {what}: {error}") from None


def backward(sources: Sources) -> list[str]:
    return _from_proofs(sources, docs_backward.backward, "backward")


def formats16(sources: Sources) -> list[str]:
    return _from_proofs(sources, docs_formats16.formats16, "16-bit formats")


TABLES = {
    function.__name__: function
    for function in (accuracy, backward, formats16, peers, limits, shape, parameters)
}
TABLES |= {name: _speed(folder) for name, folder in docs_speed.FOLDERS.items()}


def rewritten(path: Path, sources: Sources) -> tuple[str, str]:
    """The document as it is, and with its tables made anew."""
    text = _text(path)
    lines, open_since = [], None
    for count, line in enumerate(text.split("\n"), 1):
        start = START.fullmatch(line)
        if open_since is not None:
            if start:
                raise Problem(f"{path}:{open_since}: the table has no line {END}")
            if line == END:
                open_since = None
                lines.append(line)
            continue
        lines.append(line)
        if line == END:
            raise Problem(f"{path}:{count}: {END} without a table")
        if start:
            if start[1] not in TABLES:
                raise Problem(f"{path}:{count}: no table {start[1]!r}; there are {', '.join(TABLES)}")
            open_since = count
            lines += TABLES[start[1]](sources)
    if open_since is not None:
        raise Problem(f"{path}:{open_since}: the table has no line {END}")
    return text, "\n".join(lines)


def _replace(path: Path, text: str) -> None:
    """In one step: an interruption leaves the old document."""
    draft = path.with_name(path.name + ".new")
    try:
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Problem(f"{path} cannot be written: {error.strerror}") from None


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="tools/docs_tables.py",
        description="Writes the tables of the documentation from the program, the proofs and the benchmarks.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    program = ROOT / "build/release/src/cli/rheobase"
    proofs, results = ROOT / "proofs", ROOT / "bench/results"
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="documents; default: docs/*.md")
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 when one is out of date")
    parser.add_argument("--program", type=Path, default=program, metavar="FILE", help=f"[{_shown(program)}]")
    folder = {"type": Path, "metavar": "FOLDER"}
    parser.add_argument("--proofs", default=proofs, help=f"[{_shown(proofs)}]", **folder)
    parser.add_argument("--results", default=results, help=f"[{_shown(results)}]", **folder)
    options = parser.parse_args(arguments)
    sources = Sources(options.program, options.proofs, options.results)
    documents = options.files or sorted((ROOT / "docs").glob("*.md"))
    try:
        for folder, default in ((options.proofs, proofs), (options.results, results)):
            if folder != default and not folder.is_dir():
                raise Problem(f"{folder} is no folder")
        made = [(path, *rewritten(path, sources)) for path in documents]
        changed = [(path, after) for path, before, after in made if before != after]
        if not options.check:
            for path, text in changed:
                _replace(path, text)
                print(f"{_shown(path)} rewritten")
            return 0
    except Problem as problem:
        print(f"docs_tables: {problem}", file=sys.stderr)
        return 2
    if changed:
        names = ", ".join(_shown(path) for path, _ in changed)
        print(f"docs_tables: out of date: {names}; run tools/docs_tables.py", file=sys.stderr)
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
