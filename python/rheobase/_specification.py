# SPDX-License-Identifier: Apache-2.0
"""Activations as users write them: ``elu``, ``elu:alpha=0.5``, and fans such as ``elu:alpha=0.5,1,2``."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rheobase import _core


@dataclass(frozen=True)
class Chosen:
    """An activation with numbers for parameters; those at their defaults are not listed."""

    name: str
    parameters: Mapping[str, float] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """For people: ``elu, alpha = 0.5``."""
        numbers = (f"{key} = {value:g}" for key, value in self.parameters.items())
        return ", ".join([self.name, *numbers])


def read(given: str | tuple[str, Mapping[str, float]]) -> list[Chosen]:
    """What one argument stands for: one activation, or a fan of them, parameters in the order given.

    Args:
        given: ``name``, ``name:parameter=number[,number...][,parameter=...]``, or a pair of a name and a
            dictionary of numbers or sequences of numbers

    Raises:
        ValueError: unknown name or parameter, no number, or one out of its range; one line.
        TypeError: neither a string nor such a pair.
    """
    if isinstance(given, str):
        name, _, text = given.partition(":")
        if ":" in given and not text:
            raise ValueError(f"{given!r}: expected PARAMETER=NUMBER after the colon")
        wanted = _fans(given, text)
    elif isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], Mapping):
        name, wanted = given[0], {key: _numbers(given, value) for key, value in given[1].items()}
    else:
        raise TypeError(f"names: expected strings or pairs (name, parameters), not {given!r}")
    info = _info(name)
    known = [parameter["name"] for parameter in info["parameters"]]
    for key in wanted:
        if key not in known:
            has = f"has {', '.join(known)}" if known else "has no parameters"
            raise ValueError(f"{info['name']} {has}; there is no {key!r}")
    chosen = []
    for values in itertools.product(*wanted.values()):
        parameters = dict(zip(wanted, values, strict=True))
        _core.check_parameters(info["name"], parameters, True)
        chosen.append(Chosen(info["name"], parameters))
    return chosen


def _info(name: str) -> dict:
    try:
        return _core.info(name)
    except ValueError:
        for kind, what in (
            ("rows", "a function of rows"),
            ("random", "a function that draws random numbers"),
        ):
            try:
                found = _core.info(name, kind)["name"]
            except ValueError:
                continue
            raise ValueError(f"{found} is {what}, not of one number") from None
        raise


def _fans(given: str, text: str) -> dict[str, list[float]]:
    """Commas part numbers of one parameter, and parameters from each other."""
    fans: dict[str, list[float]] = {}
    key = None
    for part in text.split(",") if text else ():
        name, equals, number = part.partition("=")
        if equals:
            key = name.strip()
            if key in fans:
                raise ValueError(f"{given!r}: {key} is given twice")
            fans[key] = []
        elif key is None:
            raise ValueError(f"{given!r}: expected PARAMETER=NUMBER after the colon")
        else:
            number = part
        try:
            fans[key].append(float(number))
        except ValueError:
            raise ValueError(f"{given!r}: {key} is a number, not {number.strip()!r}") from None
        if math.isnan(fans[key][-1]):
            raise ValueError(f"{given!r}: {key} is a number, not NaN")
    return {key: list(dict.fromkeys(numbers)) for key, numbers in fans.items()}


def _numbers(given, value: float | Sequence[float]) -> list[float]:
    many = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    try:
        return list(dict.fromkeys(float(number) for number in many))
    except (TypeError, ValueError):
        raise TypeError(f"names: expected numbers in {given!r}") from None
