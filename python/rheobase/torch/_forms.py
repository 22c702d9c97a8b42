# SPDX-License-Identifier: Apache-2.0
"""Which functions and modules there are, with which arguments: from what the activations' files declare."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import keyword
from collections.abc import Callable

import torch

from rheobase import _core
from rheobase.torch._evaluate import Callee, make_callee
from rheobase.torch._ops import DESCRIPTIONS


def declared_defaults(description: dict) -> dict[str, float]:
    return {p["name"]: float(p["default"]) for p in description["parameters"]}


@dataclasses.dataclass(frozen=True)
class Choice:
    """A string argument that picks one of several activations."""

    argument: str
    default: str
    callees: dict[str, Callee]

    def __getitem__(self, value: str) -> Callee:
        try:
            return self.callees[value]
        except (KeyError, TypeError):  # TypeError: it cannot be hashed
            known = ", ".join(map(repr, self.callees))
            raise ValueError(f"{self.argument} must be one of {known}, got {value!r}") from None


@dataclasses.dataclass(frozen=True)
class Form:
    """A function, and the module that goes with it."""

    function: str
    module: str | None  # None where another form's module serves
    description: dict  # of the activation, or of the choice's default
    arguments: dict[str, float]  # parameters that can be given, with their defaults
    callee: Callee
    choice: Choice | None = None
    inplace: bool = False
    ignores_arguments: bool = False

    def defaults(self) -> dict[str, object]:
        """All arguments after ``input``, with their defaults, in torch.nn's order."""
        chosen = {self.choice.argument: self.choice.default} if self.choice else {}
        return chosen | self.arguments | ({"inplace": False} if self.inplace else {})


def camel_case(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def learned_class(name: str) -> type[torch.nn.Module] | None:
    """Torch's module of that name, but for case, if it learns the parameter: it says how many there are."""
    for word in torch.nn.modules.activation.__all__:
        found = getattr(torch.nn, word)
        if word.lower() == name and "num_parameters" in inspect.signature(found).parameters:
            return found
    return None


def _own_module(name: str) -> str:
    """The name of the module whose parameters are numbers."""
    learned = learned_class(name)
    return f"Fixed{learned.__name__}" if learned else camel_case(name)


def _arguments(description: dict, binding: dict) -> dict[str, float]:
    """The parameters that the binding leaves free."""
    defaults = declared_defaults(description) | binding["defaults"]
    return {name: float(value) for name, value in defaults.items() if name not in binding["fixed"]}


def _bound_form(variants: list[tuple[dict, dict]]) -> Form:
    """The form that one or several activations declare under the same names of torch's."""
    function = variants[0][1]["function"]
    callees = [
        make_callee(function, description["activation"], binding["fixed"])
        for description, binding in variants
    ]
    choice, first = None, 0
    if variants[0][1]["choice"]:
        values = [binding["choice"]["value"] for _, binding in variants]
        first = next(i for i, (description, _) in enumerate(variants) if description["name"] == function)
        choice = Choice(
            variants[0][1]["choice"]["argument"], values[first], dict(zip(values, callees, strict=True))
        )
    elif len(variants) > 1:
        names = " and ".join(description["name"] for description, _ in variants)
        raise RuntimeError(
            f"rheobase: {names} both declare torch's {function}, without an argument that chooses"
        )
    description, binding = variants[first]
    arguments = _arguments(description, binding)
    if any(_arguments(*variant) != arguments for variant in variants):
        raise RuntimeError(
            f"rheobase: the activations that share torch's {function} differ in their parameters"
        )
    return Form(
        function,
        binding["module"],
        description,
        arguments,
        callees[first],
        choice,
        binding["inplace"],
        binding["ignores_arguments"],
    )


def _own_form(description: dict, module: str | None) -> Form:
    name = description["name"]
    return Form(
        name,
        module,
        description,
        declared_defaults(description),
        make_callee(name, description["activation"], {}),
    )


def _check_words(form: Form) -> None:
    """The words become source text."""
    for word in filter(None, (form.function, form.module, *form.defaults())):
        if not word.isidentifier() or keyword.iskeyword(word):
            raise RuntimeError(f"rheobase: {word!r}, declared for {form.function}, cannot be a Python name")


def _list_forms() -> dict[str, Form]:
    bound: dict[tuple[str, str], list[tuple[dict, dict]]] = {}
    for description in DESCRIPTIONS.values():
        for binding in description["torch"]:
            bound.setdefault((binding["module"], binding["function"]), []).append((description, binding))
    forms = {variants[0][1]["function"]: _bound_form(variants) for variants in bound.values()}
    chosen = {
        c.operators.name for form in forms.values() if form.choice for c in form.choice.callees.values()
    }
    for name, description in DESCRIPTIONS.items():
        if name not in forms:
            forms[name] = _own_form(description, None if name in chosen else _own_module(name))
    for form in forms.values():
        _check_words(form)
    return forms


FORMS = _list_forms()
"""By the function's name: torch's functions, and one for every other name in the registry."""


def returns_input(description: dict) -> bool:
    """Whether the function is x itself: any module is slower than none, and no unit can die."""
    return len(description["trace"]) == 1


@functools.cache
def torch_classes() -> dict[type[torch.nn.Module], Form]:
    """Classes of torch.nn that compute a form, x itself aside: those that the files declare, and those that
    learn what is a number in the file."""
    found = {}
    for form in FORMS.values():
        declared = form.description["torch"]
        kind = getattr(torch.nn, form.module or "", None) if declared else learned_class(form.function)
        if isinstance(kind, type) and not returns_input(form.description):
            found[kind] = form
    return found


def torch_calls(form: Form) -> tuple[set[Callable], set[Callable]]:
    """Torch's functions and methods of the form's name: those that make a tensor, and those that overwrite
    their input."""
    places = (torch.nn.functional, torch, torch.Tensor)
    made, over = (
        {call for place in places if callable(call := getattr(place, name, None))}
        for name in (form.function, form.function + "_")
    )
    return made, over


def module_form(name: str) -> tuple[Form, dict[str, object]]:
    """The form whose module computes the named activation, and the arguments that make it do so.

    The defaults are those that ``rheobase.info`` states, also where torch has others.
    """
    description = _core.info(name)
    form = FORMS[description["name"]]
    standard = declared_defaults(description)
    if form.module:
        return form, {name: value for name, value in standard.items() if name in form.arguments}
    for other in FORMS.values():
        for value, callee in other.choice.callees.items() if other.choice else ():
            if callee.operators.name == description["name"]:
                return other, {other.choice.argument: value} | standard
    raise RuntimeError(f"rheobase: no module for {name}")
