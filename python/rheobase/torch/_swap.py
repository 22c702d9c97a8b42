# SPDX-License-Identifier: Apache-2.0
"""swap(model): a model's activations become ours, in place.

A module becomes ours by a change of its class: it stays the same object, with its hooks, their handles, its
mode, parameters, buffers and all its places, also where other modules refer to it in ways of their own.
Torch's classes and ours keep their arguments in attributes of the same names.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator

import torch

from rheobase.torch import nn
from rheobase.torch._calls import Forward, replacement, written_calls
from rheobase.torch._evaluate import device_refusal
from rheobase.torch._forms import FORMS, torch_classes
from rheobase.torch._ops import DESCRIPTIONS, DEVICES
from rheobase.torch._recognise import Found, Unknown, fingerprint, recognise
from rheobase.torch._report import Change, Left, Report

_ABSENT = object()
# What a class may define and still be replaced by another one that computes the same.
_HARMLESS = frozenset(
    (
        "__init__",
        "__repr__",
        "__module__",
        "__qualname__",
        "__doc__",
        "__dict__",
        "__weakref__",
        "__annotations__",
        "__annotate__",
        "__annotate_func__",
        "__annotations_cache__",
        "__firstlineno__",
        "__static_attributes__",
        "__orig_bases__",
        "__parameters__",
        "__constants__",
        "forward",
        "extra_repr",
    )
)
# Says to torch.nn.TransformerEncoderLayer that its fused path, which has functions of its own, may be taken.
_FUSED, _NESTED = "activation_relu_or_gelu", "use_nested_tensor"


@dataclasses.dataclass(frozen=True)
class _Plan:
    """One change, with the function that makes it and returns the one that takes it back."""

    change: Change
    make: Callable[[], Callable[[], None]]


def _set(module: torch.nn.Module, name: str, value: object) -> Callable[[], None]:
    """Sets an attribute of the instance. What it returns puts back what was there, if ours is still there."""
    attributes = vars(module)
    before = attributes.get(name, _ABSENT)
    attributes[name] = value

    def undo():
        if attributes.get(name, _ABSENT) is not value:
            return
        if before is _ABSENT:
            del attributes[name]
        else:
            attributes[name] = before

    return undo


def _adopt(module: torch.nn.Module, cls: type, arguments: dict[str, object]) -> Callable[[], None]:
    before = type(module)
    module.__class__ = cls
    undo = [_set(module, name, value) for name, value in arguments.items()]

    def back():
        for step in undo:
            step()
        if type(module) is cls:
            module.__class__ = before

    return back


# Torch's activations, and what else of torch.nn the files of activations name.
_TORCH_CLASSES = {getattr(torch.nn, name) for name in torch.nn.modules.activation.__all__}
_TORCH_CLASSES |= torch_classes().keys()


def _class_text(cls: type) -> str:
    short = getattr(torch.nn, cls.__name__, None) is cls
    return f"torch.nn.{cls.__name__}" if short else f"{cls.__module__}.{cls.__qualname__}"


def _text(cls: type, arguments: dict[str, object]) -> str:
    shown = [f"{key}={value!r}" for key, value in arguments.items() if key != "inplace" or value]
    return f"{_class_text(cls)}({', '.join(shown)})"


def _extra_member(cls: type, stop: type) -> str | None:
    """Something that the class, up to its base ``stop``, defines and a replacement would lack."""
    for base in cls.__mro__[: cls.__mro__.index(stop)]:
        for name, value in vars(base).items():
            private = (
                name.startswith("_") and not name.startswith("__") and not hasattr(torch.nn.Module, name)
            )
            data = not callable(value) and not hasattr(value, "__get__") and not name.startswith("__")
            if name not in _HARMLESS and not private and not data:
                return name
    return None


def _refusal(module: torch.nn.Module, stop: type, ours: type) -> str | None:
    """Why the module, of a class derived from ``stop``, cannot be of our class; None where it can."""
    if extra := _extra_member(type(module), stop):
        return f"its class has a {extra} of its own"
    for name in vars(module):  # would hide something of ours
        if hasattr(ours, name) and not hasattr(torch.nn.Module, name):
            return f"it has an attribute {name!r}"
    return None


def _argument_names(cls: type) -> list[str]:
    """What a class of ours is made with; its instances keep them in attributes of the same names."""
    parameters = inspect.signature(cls).parameters.values()
    return [p.name for p in parameters if p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]


def _bounds(cls: type, arguments: dict[str, object]) -> dict | None:
    """What is declared for a class of ours with those arguments."""
    if not issubclass(cls, nn.Activation):
        return getattr(cls, "bounds", None)
    if cls.form.choice is None:
        return cls.form.description["bounds"]
    return DESCRIPTIONS[cls.form.choice[arguments[cls.form.choice.argument]].operators.name]["bounds"]


def _plan_torch(module: torch.nn.Module, base: type, names: tuple[str, ...]) -> _Plan | Left:
    """For a module of one of torch.nn's classes, or derived from it."""
    ours = getattr(nn, base.__name__, None)
    if ours is None:
        return Left(names, _class_text(type(module)), f"rheobase.torch.nn has no {base.__name__}")
    # Where ours is derived from torch's it takes all attributes as they are.
    arguments: dict[str, object] = {}
    for name in () if issubclass(ours, base) else _argument_names(ours):
        if name not in vars(module):
            return Left(names, _class_text(type(module)), f"it has no attribute {name!r}")
        arguments[name] = vars(module)[name]
    what = _text(type(module), arguments)
    if type(module).forward is not base.forward:
        return Left(names, what, f"it has a forward of its own, not that of {_class_text(base)}")
    if not issubclass(ours, base):
        try:
            ours(**arguments)
        except (TypeError, ValueError) as error:
            return Left(names, what, str(error))
    if refusal := _refusal(module, base, ours):
        return Left(names, what, refusal)
    reason = "by its class" if type(module) is base else f"its forward is that of {_class_text(base)}"
    change = Change(names, what, _text(ours, arguments), reason, _bounds(ours, arguments))
    return _Plan(change, lambda: _adopt(module, ours, {}))


def _recognise_once(module: torch.nn.Module, known: dict) -> Found | Unknown | None:
    """Large models have many modules that are alike, and asking one takes milliseconds."""
    key = fingerprint(module)
    if key is None:
        return recognise(module)
    if key not in known:
        known[key] = recognise(module)
    return known[key]


def _plan_foreign(module: torch.nn.Module, names: tuple[str, ...], known: dict) -> _Plan | Left | None:
    """For a module of any other class; None where it is no activation."""
    found = _recognise_once(module, known)
    if found is None:
        return None
    what = _class_text(type(module))
    if isinstance(found, Unknown):
        return Left(names, what, found.reason)
    parameters = list(inspect.signature(module.forward).parameters.values())
    if len(parameters) != 1 or parameters[0].kind not in (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
    ):
        return Left(
            names, what, f"it has the values of {found.name}, but its forward takes further arguments"
        )
    if refusal := _refusal(module, torch.nn.Module, found.module):
        return Left(names, what, f"it has the values of {found.name}, but {refusal}")
    change = Change(
        names,
        what,
        _text(found.module, found.arguments),
        "by its values",
        DESCRIPTIONS[found.name]["bounds"],
    )
    return _Plan(change, lambda: _adopt(module, found.module, found.arguments))


def _is_ours(module: torch.nn.Module) -> bool:
    return isinstance(module, nn.Activation) or type(module).__module__.startswith(f"{__package__}.")


def _is_lazy(module: torch.nn.Module) -> bool:
    """Whether it is to find out at its first call what its parameters look like."""
    tensors = (*module._parameters.values(), *module._buffers.values())
    return any(torch.nn.parameter.is_lazy(tensor) for tensor in tensors)


def _plan_module(module: torch.nn.Module, names: tuple[str, ...], known: dict) -> _Plan | Left | None:
    cls = type(module)
    base = next((c for c in cls.__mro__ if c in _TORCH_CLASSES), None)
    if isinstance(module, torch.jit.ScriptModule):
        return Left(names, _class_text(cls), "TorchScript has compiled it", unknown=False)
    activation = base is not None
    if module._modules or _is_lazy(module) or (not activation and cls.__module__.startswith("torch.")):
        return None
    if "forward" in vars(module):
        if not activation and recognise(module) is None:
            return None
        return Left(names, _class_text(cls), "its forward is an attribute of this instance")
    return _plan_torch(module, base, names) if activation else _plan_foreign(module, names, known)


def _inside(names: tuple[str, ...], attribute: str) -> tuple[str, ...]:
    """The places of an attribute of a module that is found in these."""
    return tuple(f"{name}.{attribute}".lstrip(".") for name in names)


def _plan_attributes(module: torch.nn.Module, names: tuple[str, ...]) -> Iterator[_Plan]:
    """For torch's functions in attributes, as in torch.nn.TransformerEncoderLayer(activation=function)."""
    for attribute, value in list(vars(module).items()):
        if ours := replacement(value):
            function = getattr(ours, "func", ours)
            change = Change(
                _inside(names, attribute),
                f"torch's function {function.__name__}",
                f"rheobase.torch.functional.{function.__name__}",
                "by its identity",
                FORMS[function.__name__].description["bounds"],
            )
            yield _Plan(change, lambda attribute=attribute, ours=ours: _set(module, attribute, ours))


def _plan_fused(
    places: dict[torch.nn.Module, tuple[str, ...]], replaced: set[torch.nn.Module]
) -> Iterator[_Plan]:
    """Encoder layers whose fused path would go round a replaced activation, and encoders of such layers."""
    layers = set()
    for module, names in places.items():
        if getattr(module, _FUSED, 0) and (
            module in replaced or getattr(module, "activation", None) in replaced
        ):
            layers.add(module)
            yield _plan_flag(module, names, _FUSED, 0)
    for module, names in places.items():
        children = getattr(module, "layers", None) if getattr(module, _NESTED, False) else None
        if isinstance(children, torch.nn.ModuleList) and layers.intersection(children):
            yield _plan_flag(module, names, _NESTED, False)


def _plan_flag(module: torch.nn.Module, names: tuple[str, ...], flag: str, value: object) -> _Plan:
    change = Change(
        _inside(names, flag),
        repr(vars(module)[flag]),
        repr(value),
        "its fused path in evaluation has activations of its own",
    )
    return _Plan(change, lambda: _set(module, flag, value))


def _places(model: torch.nn.Module) -> dict[torch.nn.Module, tuple[str, ...]]:
    """All modules with all their names, in torch's order; of TorchScript's only the outermost."""
    found: dict[torch.nn.Module, list[str]] = {}
    scripted: list[str] = []
    for name, module in model.named_modules(remove_duplicate=False):
        if any(name.startswith(outer + ".") for outer in scripted):
            continue
        if isinstance(module, torch.jit.ScriptModule):
            scripted.append(name)
        found.setdefault(module, []).append(name)
    return {module: tuple(names) for module, names in found.items()}


def _plan(model: torch.nn.Module, functional: bool, keep_fused: bool) -> tuple[list[_Plan], list[Left]]:
    plans, left, replaced, known = [], [], set(), {}
    places = _places(model)
    wrapped = isinstance(vars(model).get("forward"), Forward)
    for module, names in places.items():
        if _is_ours(module):
            continue
        found = _plan_module(module, names, known)
        if isinstance(found, _Plan):
            plans.append(found)
            replaced.add(module)
            continue
        if isinstance(found, Left):
            left.append(found)
            continue
        attributes = list(_plan_attributes(module, names))
        if attributes:
            plans += attributes
            replaced.add(module)
        if calls := () if functional or wrapped else written_calls(type(module)):
            what = f"calls of {', '.join(calls)} in {_class_text(type(module))}"
            left.append(Left(names, what, "no modules; functional=True replaces them", unknown=False))
    fused = list(_plan_fused(places, replaced))
    if keep_fused:
        kept = [(plan.change.names, "a fused path in evaluation") for plan in fused]
        left += [Left(*what, "kept; it has activations of its own", unknown=False) for what in kept]
    else:
        plans += fused
    if functional and not wrapped:
        change = Change(("",), "torch's functions", "rheobase.torch.functional's", "in calls inside forward")
        plans.append(_Plan(change, lambda: _set(model, "forward", Forward(model))))
    return plans, left


def _check_model(model: torch.nn.Module) -> None:
    if not isinstance(model, torch.nn.Module):
        raise TypeError(f"swap: model must be a torch.nn.Module, not {type(model).__name__}")
    if isinstance(model, torch.jit.ScriptModule):
        raise TypeError("swap: model is compiled by TorchScript, whose modules cannot be replaced")
    for kind, tensors in (("parameter", model.named_parameters()), ("buffer", model.named_buffers())):
        for name, tensor in tensors:
            if tensor.device.type not in DEVICES:
                raise NotImplementedError(f"swap: {kind} {name} of model {device_refusal(tensor.device)}")


def swap(
    model: torch.nn.Module, *, strict: bool = False, functional: bool = False, keep_fused: bool = False
) -> Report:
    """Replaces a model's activations by ours, in place, and says what it changed and what it left.

    Replaced are modules of torch.nn's own classes; modules of any other class without parameters, buffers and
    submodules whose values and gradients are those of an activation of the registry, as found out by calling
    them on a few numbers, such as the classes of Hugging Face transformers; and torch's functions in modules'
    attributes. All stay the objects that they were, with their hooks, mode, parameters and state_dict keys.
    Other modules without submodules that compute an elementwise function are left, and listed.

    Args:
        model: any module, on the CPU or, where there are operators for it, CUDA; an activation too
        strict: raise where there is an activation without a replacement, or a foreign module that computes
            an elementwise function with parameters of its own
        functional: also replace calls of torch's functions, such as ``torch.relu(x)``, inside the model's
            forward, whenever it runs; every function of torch's takes a little longer there (docs/pytorch.md)
        keep_fused: leave the fused path of torch.nn.TransformerEncoder and its layers on, which they take in
            evaluation and which has activations of its own. Otherwise it is turned off where one is replaced

    Returns:
        a ``Report``, with ``changed``, ``left`` and ``undo()``

    Raises:
        TypeError: model is no module, or is compiled by TorchScript
        NotImplementedError: a parameter or buffer is on another device
        ValueError: ``strict``, and an activation has no replacement. Nothing is changed then.

    >>> report = rheobase.torch.swap(model)
    >>> print(report)
    >>> report.undo()
    """
    _check_model(model)
    plans, left = _plan(model, functional, keep_fused)
    if unknown := [entry for entry in left if entry.unknown] if strict else []:
        first, more = unknown[0], f" (and for {len(unknown) - 1} more)" if len(unknown) > 1 else ""
        where = first.name or "the model itself"
        raise ValueError(f"swap: no replacement for {where}, {first.what}: {first.reason}{more}")
    undo: list[Callable[[], None]] = []
    try:
        for plan in plans:
            undo.append(plan.make())
    except BaseException:
        Report((), (), undo).undo()
        raise
    return Report(tuple(plan.change for plan in plans), tuple(left), undo)
