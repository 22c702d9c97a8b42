# SPDX-License-Identifier: Apache-2.0
"""What ``swap`` says about a model, and how it takes everything back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable


def _place(names: tuple[str, ...]) -> str:
    return " = ".join(name or "(the model itself)" for name in names)


@dataclasses.dataclass(frozen=True)
class Change:
    """A module, or a function in a module's attribute, that is ours now.

    Attributes:
        names: all places in the model where it is found; ``""`` is the model itself
        old, new: what was there and what is, as text
        reason: how it was recognised
        bounds: largest errors in ulp, as in ``rheobase.info(name)["bounds"]``; None where none are declared
    """

    names: tuple[str, ...]
    old: str
    new: str
    reason: str
    bounds: dict[str, dict[str, float]] | None = None

    @property
    def name(self) -> str:
        """The first of its places."""
        return self.names[0]


@dataclasses.dataclass(frozen=True)
class Left:
    """A module that stays as it was, or works that no module does.

    Attributes:
        names: all places in the model where it is found
        what: the module, or the functions that it calls, as text
        reason: why it was left
        unknown: whether it is an activation without a replacement, for which ``strict=True`` raises
    """

    names: tuple[str, ...]
    what: str
    reason: str
    unknown: bool = True

    @property
    def name(self) -> str:
        """The first of its places."""
        return self.names[0]


def _bounds_text(bounds: dict[str, dict[str, float]] | None) -> str:
    if not bounds:
        return ""
    errors = bounds["float32"]  # of rows, backward has a unit of its own
    return f"float32 <= {max(errors['value'], errors.get('derivative', 0)):g} ulp"


def _grouped(entries: list[tuple[str, str]]) -> list[str]:
    """Lines for pairs of a place and a text, one for each text, with the first place and how many follow."""
    places: dict[str, list[str]] = {}
    for place, text in entries:
        places.setdefault(text, []).append(place)
    lines = []
    for text, listed in places.items():
        more = f" and {len(listed) - 1} more" if len(listed) > 1 else ""
        lines.append(f"  {listed[0]}{more}: {text}")
    return lines


class Report:
    """What ``swap`` changed and what it left. Printed, alike entries share a line; here each has its own.

    Attributes:
        changed: a tuple of ``Change``
        left: a tuple of ``Left``
    """

    def __init__(self, changed: tuple[Change, ...], left: tuple[Left, ...], undo: list[Callable[[], None]]):
        self.changed, self.left = changed, left
        self._undo = undo

    def undo(self) -> None:
        """Puts everything back that has not been changed by others since. A second call does nothing.

        It concerns the model that was given, not copies made of it since. Modes, parameters and hooks stay as
        they are now, as they belong to the same modules all along.
        """
        while self._undo:
            self._undo.pop()()

    def __repr__(self) -> str:
        changed = [
            (
                _place(c.names),
                f"{c.old} -> {c.new}  [{'; '.join(filter(None, (c.reason, _bounds_text(c.bounds))))}]",
            )
            for c in self.changed
        ]
        left = [(_place(entry.names), f"{entry.what}: {entry.reason}") for entry in self.left]
        lines = [f"swap: {len(changed)} changed, {len(left)} left"]
        lines += ["changed:", *_grouped(changed)] if changed else []
        lines += ["left:", *_grouped(left)] if left else []
        return "\n".join(lines)
