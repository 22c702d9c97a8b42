# SPDX-License-Identifier: Apache-2.0
"""watch: statistics of a model's activations while it is trained or used."""

from __future__ import annotations

import collections
import contextlib
import difflib
from collections.abc import Callable, Iterable
from pathlib import Path

import torch
from torch import Tensor

from rheobase.torch.monitor import hooks
from rheobase.torch.monitor.advice import Finding
from rheobase.torch.monitor.functions import Function, is_activation
from rheobase.torch.monitor.report import Entry, Report
from rheobase.torch.monitor.sampling import can_be_read, declared_sizes, part, unit_dimension
from rheobase.torch.monitor.tally import Tally
from rheobase.torch.monitor.thresholds import Thresholds

Also = Iterable[str | type] | Callable[[str, torch.nn.Module], bool]


class _Layer:
    """A place in the model, with a tally for each of the last sampled steps."""

    def __init__(self, function: Function, window: int):
        self.function = function
        self.tallies: collections.deque[Tally] = collections.deque(maxlen=window)

    def total(self) -> Entry:
        total = self.tallies[0].like()
        for tally in self.tallies:
            total.merge(tally)
        return Entry(self.function.label, self.function.name, total)


class Watch:
    """What ``watch`` returns; see there. Inside ``with`` the model is left alone again at the end."""

    def __init__(
        self,
        model: torch.nn.Module,
        every: int,
        window: int,
        also: Also,
        functional: bool,
        unit_dim: int | None,
        elements: int,
        thresholds: Thresholds,
    ):
        self.every, self.window, self.elements = every, window, elements
        self.thresholds, self.unit_dim, self.functional = thresholds, unit_dim, functional
        self.steps = 0
        """Forward passes of the model so far."""
        self._layers: dict[str, _Layer] = {}
        self._names = {module: _plain(name) for name, module in model.named_modules()}
        self._watched = _choose(model, self._names, also, functional)
        self._fed_by = declared_sizes(model)
        self._eager = any(_is_compiled(module) for module in model.modules())
        self._counter = hooks.Counter(self)
        # Torch takes a longer way to hooks with keyword arguments, which only an activation itself needs.
        keywords = model in self._watched
        self._handle = model.register_forward_pre_hook(self._counter, with_kwargs=keywords)

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        """Removes all hooks. What was seen stays readable."""
        self._handle.remove()

    def report(self) -> Report:
        """What the last ``window`` sampled steps held, as it is now."""
        layers = {name: layer.total() for name, layer in self._layers.items()}
        return Report(layers, self.thresholds, self.steps)

    def summary(self):
        """The table of all layers, for ``rich``: print it, or see ``live``."""
        return self.report().summary()

    __rich__ = summary

    @contextlib.contextmanager
    def live(self, per_second: float = 2):
        """A table on the terminal that follows the training, inside ``with``."""
        from rich.live import Live

        with Live(get_renderable=self.summary, refresh_per_second=per_second) as display:
            yield display

    def advice(self) -> list[Finding]:
        """What is wrong, in words; nothing for a healthy model."""
        return self.report().advice()

    def records(self, path: str | Path | None = None) -> list[dict]:
        """A dictionary per layer, and a line of JSON each at the end of the file ``path``, if given."""
        return self.report().records(path)

    def tensorboard(self, writer, step: int | None = None) -> None:
        """Adds the numbers to a SummaryWriter, or to one for the folder of that name."""
        self.report().tensorboard(writer, step)

    def state(self) -> dict:
        """All counts, for ``merge`` in another process; torch.save and torch.distributed take it."""
        return self.report().state()

    def merge(self, *states: dict) -> Report:
        """The report of this process and of others, by their ``state()``; the same bits in any order.

        Raises:
            ValueError: a state is not what ``state()`` returns, or was counted by another threshold.
        """
        return self.report().merge(*states)

    def _sample(self, root: torch.nn.Module, args: tuple, kwargs: dict) -> None:
        if hooks.transforming():
            return
        sample = hooks.Sample(root, self._names, self.functional, self._eager, self._observe)
        sample.open(self._watched, args, kwargs)

    def _observe(
        self, name: str, function: Function, module: torch.nn.Module | None, x: object
    ) -> Callable[[object], None]:
        """Looks at the input of an activation; what it returns looks at the output."""
        if not can_be_read(x):
            return lambda output: None
        unit = self._unit(x, module)
        looked_at = part(x, unit, self.elements)
        slopes = self._slopes(function, looked_at)
        tally = self._tally(name, function, looked_at.shape[unit], x.dtype == torch.float64)
        tally.steps += 1
        tally.inputs.add(looked_at)
        if slopes is not None:
            tally.count_slopes(slopes, unit, self.thresholds.slope)

        def look(output: object) -> None:
            if can_be_read(output) and output.shape == x.shape and output.dtype == x.dtype:
                self._look_at_output(tally, output, unit)

        return look

    def _slopes(self, function: Function, x: Tensor) -> Tensor | None:
        if function.slopes is None:
            return None
        try:
            return function.slopes(x)
        except ValueError:  # a parameter has become NaN, or has left its domain
            return None

    def _look_at_output(self, tally: Tally, output: Tensor, unit: int) -> None:
        looked_at = part(output, unit, self.elements)
        tally.outputs.add(looked_at)
        if not tally.slopes:
            tally.count_outputs(looked_at, unit)
        if output.requires_grad:
            output.register_hook(lambda gradient: self._look_at_gradient(tally, gradient, unit))

    def _look_at_gradient(self, tally: Tally, gradient: Tensor, unit: int) -> None:
        if can_be_read(gradient) and (gradient.dtype == torch.float64) == tally.wide:
            tally.gradients.add(part(gradient, unit, self.elements))
            tally.backward_steps += 1
            tally.backward_elements += gradient.numel()

    def _unit(self, x: Tensor, module: torch.nn.Module | None) -> int:
        given = self.unit_dim
        if given is not None and -x.dim() <= given < x.dim():
            return given % x.dim()
        return unit_dimension(x, self._fed_by.get(module, []))

    def _tally(self, name: str, function: Function, units: int, wide: bool) -> Tally:
        """A new one for this step; a layer of another form is a layer of its own."""
        tally = Tally(units, function.slopes is not None, wide)
        layer = self._layers.get(name)
        if layer is not None and layer.tallies[0].form() != tally.form():
            name = f"{name} ({function.label}, {units} units{', float64' if wide else ''})"
            layer = self._layers.get(name)
        if layer is None:
            layer = self._layers[name] = _Layer(function, self.window)
        layer.tallies.append(tally)
        return tally


def watch(
    model: torch.nn.Module,
    *,
    every: int = 200,
    window: int = 4,
    also: Also = (),
    functional: bool = True,
    unit_dim: int | None = None,
    elements: int = 2**18,
    thresholds: Thresholds | None = None,
) -> Watch:
    """Watches a model's activations for dead and saturated units, sparsity, scale and gradients.

    Only sampled steps are looked at; all others cost one call of Python. A step is a forward pass of
    ``model``, in training or not. docs/monitoring.md has the thresholds and the measured cost.

    Args:
        model: any module, also a compiled one (``torch.compile(model)``): its sampled steps run uncompiled
        every: steps 0, every, 2 every, ... are sampled, and before the second of these steps 1, 2, 4, ...
        window: the last so many sampled steps are judged
        also: further modules to watch: names or classes, or ``f(name, module) -> bool``. Of a module that the
            registry does not know, a unit is dead when its output never changes
        functional: whether activations that are called as functions are watched, too
        unit_dim: the dimension that counts units. By default that of the layer before whose size fits, else 1
            for images, the last for all others
        elements: of a larger tensor, about so many are looked at, all units among them
        thresholds: when something is a finding

    Returns:
        a ``Watch``: ``summary()``, ``live()``, ``advice()``, ``records()``, ``tensorboard()``, ``state()``,
        ``merge()``, ``close()``

    Raises:
        TypeError: ``model`` is no module, or another argument has the wrong type
        ValueError: a number is out of range, a name in ``also`` is none of the model's, there is nothing to
            watch, or the model was compiled in place

    >>> with rheobase.torch.watch(model) as watch:
    ...     train(model)
    >>> print(*watch.advice(), sep="\\n")
    """
    if not isinstance(model, torch.nn.Module):
        raise TypeError(f"watch: model must be a torch.nn.Module, not {type(model).__name__}")
    if compiled_in_place(model):
        raise ValueError(
            f"watch: {type(model).__name__} was compiled in place by compile(), hooks included; "
            "watch torch.compile(model) instead"
        )
    for name, value, low, high in (
        ("every", every, 1, 2**62),
        ("window", window, 1, 4096),
        ("elements", elements, 1, 2**62),
    ):
        _check_whole(name, value, low, high)
    if unit_dim is not None:
        _check_whole("unit_dim", unit_dim, -64, 63)
    if thresholds is not None and not isinstance(thresholds, Thresholds):
        raise TypeError(f"watch: thresholds must be a Thresholds, not {type(thresholds).__name__}")
    return Watch(model, every, window, also, functional, unit_dim, elements, thresholds or Thresholds())


def _check_whole(name: str, value: object, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"watch: {name} must be an int, not {type(value).__name__}")
    if not low <= value <= high:
        raise ValueError(f"watch: {name} must be from {low} to {high}, got {value}")


def _plain(name: str) -> str:
    """Without what torch.compile puts in front of names."""
    return ".".join(part for part in name.split(".") if part != "_orig_mod")


def compiled_in_place(module: torch.nn.Module) -> bool:
    """Whether by ``module.compile()``, not by ``torch.compile(module)``, which wraps it."""
    return getattr(module, "_compiled_call_impl", None) is not None


def _is_compiled(module: torch.nn.Module) -> bool:
    return hasattr(module, "_orig_mod") or compiled_in_place(module)


def _choose(
    model: torch.nn.Module, names: dict[torch.nn.Module, str], also: Also, functional: bool
) -> list[torch.nn.Module]:
    wanted = _chooser(names, also)
    chosen = [module for module, name in names.items() if is_activation(module) or wanted(name, module)]
    for module, name in names.items():
        names[module] = name or ("" if module not in chosen else type(module).__name__)
    if not chosen and not functional:
        raise ValueError(
            f"watch: {type(model).__name__} has no activation among its {len(names)} modules; "
            "name others by also=, or let functional=True watch calls of functions"
        )
    return chosen


def _chooser(names: dict[torch.nn.Module, str], also: Also) -> Callable[[str, torch.nn.Module], bool]:
    if callable(also) and not isinstance(also, type):
        return lambda name, module: bool(also(name, module))
    if isinstance(also, (str, type)):
        also = (also,)
    also = list(also)
    known = {*filter(None, names.values()), *(type(module).__name__ for module in names)}
    for entry in also:
        if not isinstance(entry, (str, type)):
            raise TypeError(f"watch: also must hold names and classes, not {type(entry).__name__}")
        if isinstance(entry, str) and entry not in known:
            lower = {word.lower(): word for word in known}
            near = difflib.get_close_matches(entry.lower(), lower, n=1)
            hint = f"; did you mean {lower[near[0]]!r}?" if near else ""
            raise ValueError(f"watch: also: the model has no module or class {entry!r}{hint}")
    classes = tuple(entry for entry in also if isinstance(entry, type))
    return lambda name, module: isinstance(module, classes) or name in also or type(module).__name__ in also
