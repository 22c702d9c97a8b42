# SPDX-License-Identifier: Apache-2.0
"""Activations by name, for functions that take a name as an argument."""

from __future__ import annotations

import collections
import difflib

from torch import Tensor

from rheobase import _core
from rheobase.torch._evaluate import Callee, check_input, make_callee
from rheobase.torch._forms import declared_defaults
from rheobase.torch._ops import DESCRIPTIONS


def _find(name: str) -> tuple[Callee, dict[str, float]]:
    description = _core.info(name)  # says what is wrong with a name
    return make_callee(name, description["activation"], {}), declared_defaults(description)


# torch.compile cannot look into the C ABI, but it can into a dictionary. An alias of several is none.
_WORDS = collections.Counter(word for d in DESCRIPTIONS.values() for word in (d["name"], *d["aliases"]))
_KNOWN = {word: _find(word) for word, count in _WORDS.items() if count == 1}


def named(name: str) -> tuple[Callee, dict[str, float]]:
    """The activation, preset or alias of that name with all parameters free, and their defaults."""
    return _KNOWN[name] if isinstance(name, str) and name in _KNOWN else _find(name)


def packed(function: str, name: str, parameters: dict[str, float], x: Tensor) -> tuple[Callee, tuple]:
    """What a function that takes a name, parameters by keyword and x calls, and its checked parameters."""
    callee, defaults = named(name)
    for given in parameters:
        if given not in defaults:
            near = difflib.get_close_matches(given, defaults, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise TypeError(f"{function}: {name} has no parameter {given!r}{hint}")
    check_input(function, x)
    return callee, callee.pack(tuple((defaults | parameters).values()), x.dtype)
