# SPDX-License-Identifier: Apache-2.0
"""Which activation a module of somebody else's computes, found out from its values and its gradients.

No list of class names could keep up with the classes that libraries and users write, and a name promises
nothing: that of one library is another function in the next. So the module is asked, in float64 and at fixed
points, and is taken for an activation of the registry only where both agree everywhere.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import math
import types
import warnings

import torch
from torch import Tensor

from rheobase.torch import functional, nn
from rheobase.torch._forms import FORMS, module_form, returns_input
from rheobase.torch._ops import DESCRIPTIONS

# Relative to max(1, |x|, |f(x)|). The usual formulas cancel to about 1e-16 |x| in float64, and some write
# sqrt(2 / pi) with ten digits (4e-12); the nearest two different functions, SELU with its constants in full
# and rounded to float32, are 3e-8 apart.
_TOLERANCE = 1e-9
# Up to here a function has to be finite. Beyond, exp may overflow in a formula that is right otherwise.
_CERTAINLY_FINITE = 40.0
_SHAPE = (2, 3, 7, 8)
_WITH_STATE = "it computes an elementwise function with parameters or buffers of its own"
_MOST_STATE = 2**14  # elements of parameters and buffers: activations have a few for each channel
_MOST_EXTENTS = 4  # of theirs that may be the channels


@functools.cache
def points() -> Tensor:
    """336 numbers in [-1e5, 1e5], dense in [-12, 12] and beside 0; none where kinks are, at round numbers."""
    large = torch.logspace(-6, 5, 45, dtype=torch.float64) * 1.00371
    return torch.cat([torch.linspace(-12.0123, 12.0371, 246, dtype=torch.float64), large, -large])


@dataclasses.dataclass(frozen=True)
class Found:
    """An activation of the registry, and the module that computes it."""

    name: str
    module: type[nn.Activation]
    arguments: dict[str, object]


@dataclasses.dataclass(frozen=True)
class Unknown:
    """An elementwise function that is not taken for any of the registry, and why."""

    reason: str


def _agree(a: Tensor, b: Tensor, *scales: Tensor) -> bool:
    scale = functools.reduce(torch.maximum, (s.abs() for s in scales), torch.ones_like(b))
    return bool(((a - b).abs() <= _TOLERANCE * scale).all())


def _distance(a: Tensor, b: Tensor, x: Tensor) -> float:
    """Largest difference where a is finite, in units of the tolerance."""
    scale = torch.maximum(torch.maximum(x.abs(), b.abs()), torch.ones_like(x))
    finite = a.isfinite() | (x.abs() <= _CERTAINLY_FINITE)
    difference = ((a - b).abs() / scale)[finite].max().item()
    return difference / _TOLERANCE if difference == difference else float("inf")


def _stand_in(module: torch.nn.Module, training: bool) -> torch.nn.Module:
    """A copy to try out, which shares nothing that a forward is likely to change; hooks are not called."""
    other = object.__new__(type(module))
    torchs = vars(torch.nn.Module())
    for name, value in vars(module).items():
        if isinstance(value, types.MethodType) and value.__self__ is module:
            value = types.MethodType(value.__func__, other)
        elif isinstance(value, Tensor):
            value = value.detach().clone()
        elif isinstance(value, (dict, list, set)):
            value = copy.copy(value) if name in torchs else _copied(value)
        other.__dict__[name] = value
    other.__dict__["training"] = training
    return other


def _copied(container: dict | list | set) -> dict | list | set:
    """With what is in it where that can be copied; tensors that autograd made cannot, for one."""
    try:
        return copy.deepcopy(container)
    except Exception:
        return copy.copy(container)


def _values(module: torch.nn.Module, x: Tensor) -> Tensor | None:
    """What it makes of x; None where that is no tensor like x."""
    result = module.forward(x.clone())
    same = isinstance(result, Tensor) and result.shape == x.shape and result.dtype == x.dtype
    return result if same and result.device == x.device else None


def _gradient(module: torch.nn.Module, x: Tensor) -> Tensor | None:
    x = x.clone().requires_grad_()
    result = module.forward(x)
    if not result.requires_grad:
        return None
    return torch.autograd.grad(result, x, torch.ones_like(result))[0]


def _elementwise_values(module: torch.nn.Module) -> Tensor | None:
    """Its values at the points; None unless each depends on its point alone and dtypes are kept."""
    x = points()
    with torch.no_grad():
        values = _values(module, x)
        if values is None:
            return None
        shaped, thinned, again = (_values(module, other) for other in (x.reshape(_SHAPE), x[::3], x))
        if shaped is None or thinned is None or again is None:
            return None
        for dtype in (torch.float32, torch.bfloat16):
            if _values(module, x[:24].to(dtype)) is None:
                return None
    values = torch.where(values.isnan(), torch.inf, values)
    same = (
        (shaped.reshape(-1), values),
        (again, values),
        (thinned, values[::3]),
    )
    for other, expected in same:
        both = other.isfinite() & expected.isfinite()
        if not _agree(other[both], expected[both], expected[both]):
            return None
    return values


def _is_affine(values: Tensor) -> bool:
    """a x + b: a scale or a shift, or a module that only changes shapes, and not what is meant here."""
    x = points()
    slope = (values[245] - values[0]) / (x[245] - x[0])
    return _agree(values, values[0] + slope * (x - x[0]), x, values)


@functools.lru_cache(maxsize=256)
def _reference(name: str, arguments: tuple[tuple[str, float], ...]) -> tuple[Tensor, Tensor]:
    """Value and derivative at the points."""
    form, standard = module_form(name)
    module = getattr(nn, form.module)(**(standard | dict(arguments)))
    return module(points()), functional.derivative(name, points(), **dict(arguments))


def _candidates(module: torch.nn.Module) -> list[tuple[str, tuple[tuple[str, float], ...]]]:
    """Names and parameters to compare with: those declared, torch's, and the module's own attributes."""
    listed = []
    for name in sorted(DESCRIPTIONS, key=lambda name: len(FORMS[name].arguments)):  # the simplest first
        description = DESCRIPTIONS[name]
        if returns_input(description):
            continue
        sets = [{}, FORMS[name].arguments]
        own = {p["name"]: getattr(module, p["name"], None) for p in description["parameters"]}
        own = {key: float(v) for key, v in own.items() if type(v) in (int, float)}
        sets += [own] if own and description["activation"] == name else []
        listed += [(name, tuple(arguments.items())) for arguments in sets]
    return list(dict.fromkeys(listed))


def _closest(module: torch.nn.Module, values: Tensor) -> tuple[str, tuple] | None:
    best, nearest = None, 1.0
    for candidate in _candidates(module):
        try:
            distance = _distance(values, _reference(*candidate)[0], points())
        except ValueError:  # its own attributes are no parameters for this one
            continue
        if distance < nearest:
            best, nearest = candidate, distance
    return best


def _recognise(module: torch.nn.Module) -> Found | Unknown | None:
    training, evaluation = _stand_in(module, True), _stand_in(module, False)
    given = points().clone()
    with torch.no_grad():
        training.forward(given)
    if not torch.equal(given, points()):
        return Unknown("it overwrites its input")
    values = _elementwise_values(training)
    other = _elementwise_values(evaluation)
    if values is None or other is None or _is_affine(values) or _is_affine(other):
        return None
    found = _closest(module, values)
    if found is None or _closest(module, other) != found:
        return Unknown("it computes an elementwise function that rheobase does not have")
    gradient = _gradient(training, points())
    derivative = _reference(*found)[1]
    if gradient is None or _distance(gradient, derivative, points()) >= 1:
        return Unknown(f"it has the values of {found[0]}, but another gradient")
    form, standard = module_form(found[0])
    arguments = form.defaults() | standard | dict(found[1])
    return Found(found[0], getattr(nn, form.module), arguments)


def _state(module: torch.nn.Module) -> dict[str, Tensor]:
    """Its own parameters and buffers."""
    listed = {**module._parameters, **module._buffers}
    return {name: tensor for name, tensor in listed.items() if tensor is not None}


def _with_other_state(module: torch.nn.Module, training: bool) -> torch.nn.Module:
    """A stand-in with numbers in [0.4, 0.9] for all that it has learned: zeros, say, hide what it can do."""
    other = _stand_in(module, training)
    for tensors in (other._parameters, other._buffers):
        for name, tensor in tensors.items():
            if tensor is not None and tensor.is_floating_point():
                numbers = torch.linspace(0.4, 0.9, tensor.numel(), dtype=torch.float64)
                tensors[name] = numbers.reshape(tensor.shape)
            elif tensor is not None:
                tensors[name] = tensor.clone()
    return other


def _is_elementwise(module: torch.nn.Module, shape: tuple[int, ...]) -> bool:
    """Whether each output depends on its input alone, always in the same way, which is not a x + b."""
    x = torch.linspace(-6.1, 5.9, math.prod(shape), dtype=torch.float64).reshape(shape)
    some = torch.rand(shape, generator=torch.Generator().manual_seed(0)) < 0.5
    given = (x, x + 0.5, x + 1, torch.where(some, x + 0.5, x))
    values = [_values(module, each) for each in given]
    if any(value is None for value in values):
        return False
    here, further, furthest, mixed = values
    expected, finite = torch.where(some, further, here), sum(values).isfinite()
    if not finite.any() or not _agree(mixed[finite], expected[finite], expected[finite]):
        return False
    return not _agree((here + furthest)[finite], 2 * further[finite], x[finite], further[finite])


def _recognise_with_state(module: torch.nn.Module, state: dict[str, Tensor]) -> Unknown | None:
    """Ours have no place for its parameters; but whether it is an activation can be told."""
    if sum(tensor.numel() for tensor in state.values()) > _MOST_STATE:
        return None
    extents = dict.fromkeys(n for tensor in state.values() for n in tensor.shape if n > 1) or {3: None}
    for n in list(extents)[:_MOST_EXTENTS]:
        for shape in ((24, n), (2, n, 12), (2, n, 3, 4)):  # channels are last, or dimension 1
            try:
                modules = [_with_other_state(module, training) for training in (True, False)]
                if all(_is_elementwise(other, shape) for other in modules):
                    names = ", ".join(state)
                    return Unknown(f"{_WITH_STATE}: {names}")
            except Exception:  # it does not take inputs of this shape
                continue
    return None


def fingerprint(module: torch.nn.Module) -> tuple | None:
    """Equal for modules of one class with equal attributes, which compute the same; None: it is unclear."""
    common = vars(torch.nn.Module())
    own = {name: value for name, value in vars(module).items() if name not in common}
    for name, value in own.items():
        if isinstance(value, types.MethodType) and value.__self__ is module:
            own[name] = value.__func__
    try:
        shapes = tuple((key, tensor.shape) for key, tensor in _state(module).items())
        made = (type(module), tuple(own.items()), shapes)
        hash(made)
    except TypeError:
        return None
    return made


def recognise(module: torch.nn.Module) -> Found | Unknown | None:
    """What a module without submodules computes; None where it is not elementwise.

    Its ``forward`` is called about fifteen times on small CPU tensors, on copies of the module, without
    hooks; where it has parameters, up to 24 times for each of the first four of their extents. Random numbers
    are drawn from a generator state that is put back. One with parameters or buffers is none of ours: what is
    found out is whether it is elementwise.
    """
    try:
        with (
            torch.inference_mode(False),
            torch.enable_grad(),
            torch.device("cpu"),
            torch.random.fork_rng(devices=[]),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            state = _state(module)
            return _recognise_with_state(module, state) if state else _recognise(module)
    except Exception:  # whatever a stranger's forward raises: it is no function of one tensor alone
        return None
