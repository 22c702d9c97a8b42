# SPDX-License-Identifier: Apache-2.0
"""Activations as a command line writes them: a name, and behind a colon what is not as usual."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import rheobase
from rheobase._arguments import UsageError, number_or_nan

LEARN, PER_UNIT = "learn", "per_unit"
# FILE.py:CALLABLE or NAME, then perhaps a colon and items.
PATTERN = re.compile(r"(?P<name>[^:]+\.py:[^:]*|[^:]*)(?::(?P<items>.*))?", re.S)
KINDS = ("unary", "random", "rows")  # of the registry, in the order in which a name is looked up


@dataclass(frozen=True)
class Spec:
    """One activation of a comparison.

    kind: "unary", "random" or "rows" as in the registry; "class" is one of rheobase.torch.nn by its own name,
    "file" a callable of the user's. values: what was given for parameters, numbers or, for classes, text.
    learn: which parameters are trained; per_unit: one of them for each hidden unit instead of one for all.
    """

    name: str
    kind: str
    values: tuple[tuple[str, float | str], ...] = ()
    learn: tuple[str, ...] = ()
    per_unit: bool = False
    learns_all: bool = False

    @property
    def label(self) -> str:
        """The text that parse() reads back as this; parameters in the order of the activation's file."""
        items = [f"{key}={_text(value)}" for key, value in self.values]
        items += [LEARN] if self.learns_all else [f"{LEARN}={name}" for name in self.learn]
        items += [PER_UNIT] if self.per_unit else []
        return f"{self.name}:{','.join(items)}" if items else self.name

    @property
    def plain(self) -> bool:
        """Whether it is a function of the registry with fixed parameters."""
        return self.kind == "unary" and not self.learn

    def facts(self) -> dict:
        """What the registry says of it; a title alone where that is not known there."""
        if self.kind in KINDS:
            return rheobase.info(self.name, self.kind)
        return {"title": self.name, "formula": "", "parameters": [], "facts": {"kinks": []}}

    def describe(self) -> dict:
        """Plain values, for JSON."""
        facts = self.facts()
        declared = {p["name"]: p["default"] for p in facts.get("parameters", [])}
        return {
            "label": self.label,
            "name": self.name,
            "kind": self.kind,
            "parameters": declared | dict(self.values),
            "learn": list(self.learn),
            "per_unit": self.per_unit,
            "title": facts["title"],
            "formula": facts["formula"],
        }


def _text(value: float | str) -> str:
    return (
        value if isinstance(value, str) else f"{value:.17g}" if f"{value:g}" != str(value) else f"{value:g}"
    )


def parse(text: str) -> Spec:
    """Reads NAME, NAME:alpha=0.5, NAME:learn, NAME:learn=alpha,per_unit, Class:argument=value or
    FILE.py:CALLABLE. Raises UsageError, also for parameters that the registry does not know; what only torch
    can tell (classes, domains) is found out later."""
    found = PATTERN.fullmatch(text)
    name, items = found["name"], found["items"]
    if items == "":
        raise UsageError(f"activation {text!r}: nothing behind the colon")
    pairs = [_pair(text, item) for item in items.split(",")] if items else []
    if ".py:" in name or name.endswith(".py"):
        return _of_file(text, name, pairs)
    if name[:1].isupper() and name.isidentifier():
        return _of_class(text, name, pairs)
    return _of_registry(text, name, pairs)


def _pair(text: str, item: str) -> tuple[str, str | None]:
    key, equals, value = item.partition("=")
    key, value = key.strip(), value.strip()
    if not key or (equals and not value):
        raise UsageError(f"activation {text!r}: expected name=value, {LEARN} or {PER_UNIT}, not {item!r}")
    return key, value if equals else None


def _of_file(text: str, name: str, pairs: list) -> Spec:
    file, _, call = name.rpartition(":")
    if not file or not call.isidentifier():
        raise UsageError(f"activation {text!r}: expected FILE.py:CALLABLE")
    if pairs:
        raise UsageError(f"activation {text!r}: a callable of a file takes nothing behind a second colon")
    return Spec(name, "file")


def _of_class(text: str, name: str, pairs: list) -> Spec:
    if bad := [key for key, value in pairs if value is None]:
        raise UsageError(f"activation {text!r}: expected argument=value, not {bad[0]!r}")
    _refuse_twice(text, [key for key, _ in pairs])
    return Spec(name, "class", tuple(pairs))


def _of_registry(text: str, name: str, pairs: list) -> Spec:
    facts, kind = _look_up(name)
    declared = [parameter["name"] for parameter in facts.get("parameters", [])]
    values, learn, learns_all, per_unit = {}, [], False, False
    for key, value in pairs:
        if key == PER_UNIT and value is None:
            per_unit = True
        elif key == LEARN:
            learns_all |= value is None
            learn += declared if value is None else [_known(text, value, declared)]
        elif value is None:
            raise UsageError(f"activation {text!r}: expected {_known(text, key, declared)}=NUMBER")
        else:
            number = number_or_nan(value)
            if number != number:
                raise UsageError(f"activation {text!r}: {key} must be a number, not {value!r}")
            _refuse_twice(text, [*values, _known(text, key, declared)])
            values[key] = number
    if (learn or learns_all) and (kind != KINDS[0] or not declared):
        raise UsageError(f"activation {text!r}: {facts['name']} has no parameters to learn")
    if per_unit and not learn:
        raise UsageError(f"activation {text!r}: {PER_UNIT} needs {LEARN}")
    ordered = tuple((key, values[key]) for key in declared if key in values)
    learned = tuple(key for key in declared if key in learn)
    return Spec(facts["name"], kind, ordered, learned, per_unit, learns_all)


def _look_up(name: str) -> tuple[dict, str]:
    """Facts and kind. Raises UsageError: an unknown name (the message suggests another), or an instruction
    set forced that this machine lacks."""
    first = None
    for kind in KINDS:
        try:
            return rheobase.info(name, kind), kind
        except (ValueError, RuntimeError) as error:
            first = first or error
    raise UsageError(" ".join(str(first).split())) from None


def _known(text: str, key: str, declared: Sequence[str]) -> str:
    if key in declared:
        return key
    have = f"it has {', '.join(declared)}" if declared else "it has none"
    raise UsageError(f"activation {text!r}: no parameter is named {key!r}; {have}")


def _refuse_twice(text: str, keys: Sequence[str]) -> None:
    for key in keys:
        if list(keys).count(key) > 1:
            raise UsageError(f"activation {text!r}: {key} is given twice")


def choose(texts: Sequence[str]) -> tuple[list[Spec], dict[str, list[str]]]:
    """The activations to train, and for each the presets that are the same function.

    As given, each once; without any, all unary functions of the registry. A preset whose parameters are its
    activation's defaults would repeat that activation's numbers, so it is then left out and named beside it.
    Raises UsageError.
    """
    if texts:
        specs = {spec.label: spec for spec in map(parse, texts)}
        return list(specs.values()), {}
    chosen, twins = [], {}
    try:
        for name in rheobase.names():
            facts = rheobase.info(name)
            original = facts["activation"]
            if original != name and facts["parameters"] == rheobase.info(original)["parameters"]:
                twins.setdefault(original, []).append(name)
            else:
                chosen.append(Spec(name, "unary"))
    except (ValueError, RuntimeError) as error:
        raise UsageError(" ".join(str(error).split())) from None
    return chosen, twins
