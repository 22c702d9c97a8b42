# SPDX-License-Identifier: Apache-2.0
"""Activations as modules: torch.nn's classes and arguments where it has them, and CamelCase names."""

from __future__ import annotations

from typing import Any, ClassVar

import torch

from rheobase.torch import _text, functional
from rheobase.torch._adaptive import Adaptive, DynamicReLU
from rheobase.torch._composed import Learnable, Maxout, Rational
from rheobase.torch._form_modules import MODULES
from rheobase.torch._forms import FORMS, Form, module_form
from rheobase.torch._learned_modules import TORCH_LEARNED, Learned
from rheobase.torch._make import make_function, parameters_text


class Activation(torch.nn.Module):
    """The base of all classes without learned parameters.

    Arguments are attributes of the same names, which may be set later on.
    """

    form: ClassVar[Form]

    def _set_arguments(self, arguments: dict[str, object]) -> None:
        super().__init__()
        form = self.form
        callee = form.choice[arguments[form.choice.argument]] if form.choice else form.callee
        callee.pack(tuple(arguments[name] for name in form.arguments), torch.float64)  # raises for bad ones
        for name, value in arguments.items():
            setattr(self, name, value)

    def extra_repr(self) -> str:
        shown = [f"{name}={getattr(self, name)!r}" for name in self.form.defaults() if name != "inplace"]
        return ", ".join(shown + ["inplace=True"] * getattr(self, "inplace", False))


class _AnyArguments(Activation):
    """The base of a class that takes any arguments and ignores them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()


def _make(form: Form) -> type[Activation]:
    defaults = form.defaults()
    body = {
        "__module__": __name__,
        "__qualname__": form.module,
        "__doc__": _text.module_text(form),
        "form": form,
    }
    attributes = "".join(f", self.{name}" for name in defaults)
    body["forward"] = make_function(
        "forward(self, input: Tensor) -> Tensor",
        [f"return _function(input{attributes})"],
        {},
        {"_function": getattr(functional, form.function)},
        __name__,
    )
    if defaults:  # without arguments, as in torch.nn, Module's own
        head = f"__init__(self, {parameters_text(defaults)}) -> None"
        arguments = ", ".join(f"{name!r}: {name}" for name in defaults)
        body["__init__"] = make_function(
            head, [f"self._set_arguments({{{arguments}}})"], defaults, {}, __name__
        )
    for name in {"__init__", "forward"} & body.keys():
        body[name].__qualname__ = f"{form.module}.{name}"
    return type(form.module, (_AnyArguments if form.ignores_arguments else Activation,), body)


def module(name: str, /, **arguments: Any) -> Activation:
    """The module for any activation, preset or alias.

    Args:
        name: as in ``rheobase.names()``
        arguments: the module's, by keyword; the others are as in ``rheobase.info(name)``, also where torch.nn
            has other defaults

    Raises:
        ValueError: there is no such name (the nearest is suggested), or an argument is outside its domain
        TypeError: there is no such argument, or it is no Python number

    >>> [rheobase.torch.nn.module(name) for name in rheobase.names()]
    """
    form, standard = module_form(name)
    return globals()[form.module](**(standard | arguments))


for _form in FORMS.values():
    if _form.module:
        globals()[_form.module] = _make(_form)

globals().update(MODULES | TORCH_LEARNED)

__all__ = [
    "Activation",
    "Adaptive",
    "DynamicReLU",
    "Learnable",
    "Learned",
    "Maxout",
    "Rational",
    "module",
    *MODULES,
    *TORCH_LEARNED,
    *(form.module for form in FORMS.values() if form.module),
]
