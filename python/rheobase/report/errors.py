# SPDX-License-Identifier: Apache-2.0
"""Errors: the proofs' maxima where there are proofs, else the bounds that a file declares."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import rheobase
from rheobase.bench.places import clone

FORMATS = ("float32", "float64", "bfloat16", "float16")
ROLES = ("value", "derivative")


@dataclass(frozen=True)
class Error:
    """Of one format and role, in ulp of the exact result: the declared bound, and what was proven, if it was.

    maximum: the largest error over all inputs of the format, at x; wrong: of 16-bit formats, how many results
    are not the nearest number.
    """

    format: str
    role: str
    bound: float
    maximum: float | None = None
    x: float | None = None
    wrong: int | None = None


def folder(given: Path | None) -> Path | None:
    """Where proofs are: the given folder, RHEOBASE_PROOFS, the source tree's, the installed ones; or None.

    Raises ValueError, one line, where the given one has none.
    """
    if given is not None:
        if not any(given.glob("*.json")):
            raise ValueError(f"--proofs {given}: there are no proofs")
        return given
    root, chosen = clone(), os.environ.get("RHEOBASE_PROOFS")
    places = [Path(chosen)] if chosen else []
    places += [root / "proofs"] if root else []
    places += [Path(sys.prefix) / "share/rheobase/proofs"]
    return next((place for place in places if any(place.glob("*.json"))), None)


def of(name: str, proofs: Path | None) -> list[Error]:
    """All formats and roles of a function. Raises ValueError where its proof cannot be read."""
    bounds, proof = rheobase.info(name)["bounds"], _read(name, proofs)
    errors = []
    for format in FORMATS:
        part = proof if format == "float32" else proof.get(format, {})
        for role in ROLES:
            found = part.get(role, {}) if format != "float64" else {}
            errors.append(
                Error(
                    format,
                    role,
                    float(bounds[format][role]),
                    found.get("maximum"),
                    float(found["x"]) if "x" in found else None,
                    found.get("rounded_wrongly"),
                )
            )
    return errors


def _read(name: str, proofs: Path | None) -> dict:
    path = proofs / f"{name}.json" if proofs else None
    if path is None or not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else {}
    except (OSError, ValueError):
        raise ValueError(f"{path}: is no proof, or cannot be read") from None
