# SPDX-License-Identifier: Apache-2.0
"""Which modules and calls are activations, and what their derivative is: from what the registry declares."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable

import torch
from torch import Tensor

from rheobase.torch import _dispatch, functional, nn
from rheobase.torch._forms import FORMS, Form, returns_input, torch_calls, torch_classes
from rheobase.torch._names import named
from rheobase.torch._ops import DESCRIPTIONS, OPERATORS


@dataclasses.dataclass(frozen=True)
class Function:
    """An activation where it stands in a network.

    ``name`` is its own in the registry, "" for one that the registry does not know; ``slopes`` maps inputs to
    f'(x), or is None where nobody can tell f'.
    """

    label: str
    name: str = ""
    slopes: Callable[[Tensor], Tensor] | None = None


def _form_of(module: torch.nn.Module) -> Form | None:
    if isinstance(module, nn.Activation):
        form = getattr(module, "form", None)
        return None if form is None or returns_input(form.description) else form
    if isinstance(module, nn.Learned):
        return FORMS[module.name]
    classes = torch_classes()
    return next((classes[kind] for kind in type(module).__mro__ if kind in classes), None)


def is_activation(module: torch.nn.Module) -> bool:
    """Whether it is one of torch.nn's or rheobase's that the registry knows, x itself aside."""
    return _form_of(module) is not None


def _by_autograd(call: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """f'(x) of an elementwise function without a state: what autograd makes of it."""
    with torch.enable_grad():
        x = x.detach().clone().requires_grad_()
        (slopes,) = torch.autograd.grad(call(x).sum(), x)
    return slopes


def _single(value: object) -> float | None:
    """A number, also from a tensor of one element; None for what is neither."""
    if isinstance(value, Tensor):
        return float(value.detach()) if value.numel() == 1 else None
    return float(value) if isinstance(value, (int, float)) else None


def _known(label: str, form: Form, given: dict[str, object], call: Callable[[Tensor], Tensor]) -> Function:
    """given: all arguments; ``call`` is asked for f' where one of them is a tensor of several numbers."""
    name = form.description["name"]
    if form.choice:
        name = form.choice[given.get(form.choice.argument, form.choice.default)].operators.name
    defaults = named(name)[1] | form.arguments
    values = {argument: _single(given.get(argument, default)) for argument, default in defaults.items()}
    if None in values.values():
        return Function(label, name, functools.partial(_by_autograd, call))
    return Function(label, name, functools.partial(_derivative, name, values))


def _derivative(name: str, values: dict[str, float], x: Tensor) -> Tensor:
    """``functional.derivative`` by a shorter way. Raises ValueError for a parameter outside its domain."""
    callee, defaults = named(name)
    parameters = callee.pack(tuple((defaults | values).values()), x.dtype)
    return _dispatch.call(callee.operators.derivative, x, *parameters)


def module_function(module: torch.nn.Module) -> Function:
    """The function of a module; its parameters are read now, as they may be trained."""
    form, label = _form_of(module), type(module).__name__
    if form is None:
        return Function(label)
    return _known(label, form, _arguments_of(module, form), _forward_of(module))


def _arguments_of(module: torch.nn.Module, form: Form) -> dict[str, object]:
    """The module's arguments by the form's names; tensors where they are learned."""
    if isinstance(module, nn.Learned):
        return module.values | dict(module.named_parameters(recurse=False))
    given = {argument: getattr(module, argument) for argument in form.defaults() if hasattr(module, argument)}
    if not given and form.arguments:  # a class under other names: tensors in the file's order
        given = dict(zip(form.arguments, module.parameters(recurse=False), strict=False))
    return given


def _forward_of(module: torch.nn.Module) -> Callable[[Tensor], Tensor]:
    return lambda x: type(module).forward(module, x)


@functools.cache
def _calls() -> dict[Callable, Form]:
    """What torch calls by the names of functions: torch.nn.functional's, torch's and methods of tensors."""
    forms = (form for form in FORMS.values() if not returns_input(form.description))
    return {call: form for form in forms for calls in torch_calls(form) for call in calls}


@functools.cache
def _operators() -> dict[object, str]:
    """Operators of rheobase, which its functions call."""
    activations = {name: o for name, o in OPERATORS.items() if not returns_input(DESCRIPTIONS[name])}
    return {operators.value: name for name, operators in activations.items()}


def call_function(call: Callable, args: tuple, kwargs: dict) -> tuple[Function, Tensor] | None:
    """The activation that ``call(*args, **kwargs)`` is, and its input; None for all other calls."""
    form = _calls().get(call)
    x, *rest = args if args else (kwargs.get("input"),)
    if not isinstance(x, Tensor):
        return None
    if form is not None:
        given = dict(zip(form.defaults(), rest, strict=False)) | kwargs
        copy = getattr(torch.nn.functional, form.function, call)  # not the one that works in place
        others = {key: value for key, value in kwargs.items() if key not in ("input", "inplace")}
        return _known(form.function, form, given, lambda x: copy(x, *rest, **others)), x
    name = _operators().get(call)
    if name is None:
        return None
    declared = OPERATORS[name].parameters
    values = {p.name: p.default if v is None else v for p, v in zip(declared, rest, strict=False)}
    return Function(name, name, functools.partial(_derivative, name, values)), x


# Where a rectifier should still have a slope, if its units are not to die.
_LEFT = (-0.25, -1.0, -2.0, -4.0)
_LEAST_SLOPE = 1e-3


def _outer_slopes(name: str) -> tuple[float, float]:
    """f' at -infinity and at +infinity."""
    limits = DESCRIPTIONS[name]["facts"]["limits"]
    return float(limits["left"]["derivative"]), float(limits["right"]["derivative"])


def flat_at_both_ends(name: str) -> bool:
    """Whether f' is 0 at both infinities: a function that saturates."""
    return _outer_slopes(name) == (0, 0)


@functools.cache
def expected_flat(name: str, slope: float) -> float:
    """The share of standard normal inputs at which abs f' < slope, on a grid of 1/64: what is no finding."""
    grid = torch.arange(-8, 8, 1 / 64, dtype=torch.float64) + 1 / 128
    weights = torch.exp(-grid.square() / 2)
    flat = functional.derivative(name, grid).abs() < slope
    return (weights * flat).sum().item() / weights.sum().item()


@functools.cache
def _rectifiers() -> list[tuple[str, dict]]:
    """Activations that are 0 at 0 with slope 1 at +infinity, x itself aside, and the facts on them."""
    found = []
    for name, description in DESCRIPTIONS.items():
        if description["activation"] != name or returns_input(description) or _outer_slopes(name)[1] != 1:
            continue
        if OPERATORS[name].value(torch.zeros(1), *_no_parameters(name)).item() == 0:
            found.append((name, description["facts"]))
    return found


@functools.cache
def alternatives(name: str, most: int = 3) -> tuple[str, ...]:
    """Activations that stay alive on the left, for one whose units die: 0 at 0, slope 1 at +infinity and
    some for negative inputs. Those that keep it to -infinity come first, then those that never decrease,
    simple formulas before others."""
    found = []
    for other, facts in _rectifiers():
        x = torch.tensor([*_LEFT, 0.0, 0.25], dtype=torch.float64)
        slopes = functional.derivative(other, x)
        lives = bool((slopes[: len(_LEFT)].abs() > _LEAST_SLOPE).all()) and slopes[-1] > 0.25
        if lives and other != name:
            falls = facts["monotone"] != "increasing"
            found.append((_outer_slopes(other)[0] == 0, falls, len(DESCRIPTIONS[other]["trace"]), other))
    return tuple(other for *_, other in sorted(found)[:most])


@functools.cache
def unbounded(most: int = 3) -> tuple[str, ...]:
    """Activations that do not saturate on the right, for one that does at both ends: smooth, 0 at 0."""
    smooth = [name for name, facts in _rectifiers() if not facts["kinks"] and not facts["odd"]]
    return tuple(sorted(smooth, key=lambda name: (len(DESCRIPTIONS[name]["trace"]), name))[:most])


def _no_parameters(name: str) -> tuple:
    return tuple(None if p.optional else p.default for p in OPERATORS[name].parameters)


def learned_parameters(module: torch.nn.Module) -> dict[str, tuple[str, Tensor]]:
    """The trained parameters of an activation, by their names in the module, each with its name in the
    registry; none for other modules."""
    form = _form_of(module)
    if form is None:
        return {}
    arguments = {id(value): argument for argument, value in _arguments_of(module, form).items()}
    parameters = dict(module.named_parameters(recurse=False))
    return {
        name: (arguments[id(p)], p.detach())
        for name, p in parameters.items()
        if id(p) in arguments and p.numel()
    }


def slope_range(module: torch.nn.Module, argument: str, low: float, high: float) -> float | None:
    """The largest abs f' in [-4, 4] of an activation whose argument is ``low`` or ``high``; the others are as
    they are, or at their defaults where they are several numbers. None where that is outside the domain."""
    form, grid = _form_of(module), torch.linspace(-4, 4, 129, dtype=torch.float64)
    name, given = form.description["name"], _arguments_of(module, form)
    others = {key: _single(given[key]) for key in named(name)[1].keys() & given.keys()}
    others = {key: value for key, value in others.items() if value is not None}
    try:
        slopes = [_derivative(name, others | {argument: value}, grid) for value in (low, high)]
    except ValueError:
        return None
    return max(s.abs().max().item() for s in slopes)


def stays_flat_on_the_left(module: torch.nn.Module) -> bool:
    """Whether it is an activation with f' = 0 at -infinity, though not at +infinity."""
    form = _form_of(module)
    if form is None:
        return False
    left, right = _outer_slopes(form.description["name"])
    return left == 0 != right
