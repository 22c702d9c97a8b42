# SPDX-License-Identifier: Apache-2.0
"""Where gradients of learned parameters come from: modules whose terms are added up without rounding."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torch.distributed.tensor import DTensor
from torch.nn.utils.stateless import _reparametrize_module

from rheobase.torch._composed import Learnable, Rational
from rheobase.torch._evaluate import Callee
from rheobase.torch._forms import FORMS, learned_class
from rheobase.torch._learned import LEARNED, TAPS
from rheobase.torch._learned_call import bind
from rheobase.torch._learned_modules import TORCH_LEARNED, Learned
from rheobase.torch.distributed._statistics import SyncAdaptive
from rheobase.torch.distributed._sums import Sums

__all__ = ["Owned", "sources_of"]


class Owned:
    """A parameter, the accumulators that its gradient is made of, and how."""

    def __init__(self, source, name: str, sums: list[Sums], gradient: Callable[[list[Tensor]], Tensor]):
        self.source, self.name, self._sums, self._gradient = source, name, sums, gradient

    @property
    def parameter(self) -> torch.nn.Parameter:
        """As it is now: ``fully_shard`` exchanges it."""
        return getattr(self.source.module, self.name)

    def words(self) -> list[Tensor]:
        return [sums.words for sums in self._sums]

    def uses(self) -> Tensor:
        """Whether there have been terms since the last ``clear``."""
        return torch.tensor([self.name in self.source.used], dtype=torch.int64)

    def clear(self) -> None:
        self.source.used.discard(self.name)
        for sums in self._sums:
            sums.clear()

    def gradient(self, words: list[Tensor]) -> Tensor:
        return self._gradient(words)


class _Mute(torch.autograd.Function):
    """A parameter as the module sees it: its own gradient by this way is nothing, as ours is added later."""

    @staticmethod
    def forward(ctx, parameter):
        return parameter.view_as(parameter)

    @staticmethod
    def backward(ctx, grad):
        return torch.zeros_like(grad)


def _mute(module: torch.nn.Module, names) -> None:
    """Puts an attribute before each parameter. What else uses it, such as a penalty, is not concerned."""
    for name in names:
        module.__dict__[name] = _Mute.apply(getattr(module, name))


def _unmute(module: torch.nn.Module, names) -> None:
    for name in names:
        module.__dict__.pop(name, None)


def _refuse_parts(module: torch.nn.Module, x: Tensor) -> None:
    if isinstance(x, DTensor):
        raise NotImplementedError(
            f"ExactGradients: the input of {type(module).__name__} is a DTensor; sums are exact over ranks "
            "that hold plain tensors"
        )


class _Formula:
    """An activation with kernels of its own, whose parameters are tensors."""

    def __init__(self, module: torch.nn.Module, callee: Callee, names: dict[str, str], axis: int):
        """names: the module's names of parameters, by the activation's."""
        self.module, self.callee, self.names, self.axis = module, callee, names, axis
        self.operators = LEARNED[callee.operators.name]
        self.used: set[str] = set()
        self.given: dict[str, Tensor] = {}
        self.sums: dict[str, Sums] = {}
        for name in names.values():
            parameter = getattr(module, name)
            if parameter.requires_grad:
                self.sums[name] = Sums(parameter.numel(), parameter.dtype == torch.float64)

    def attach(self) -> list:
        return [
            self.module.register_forward_pre_hook(self._before),
            self.module.register_forward_hook(self._after, always_call=True),
        ]

    def _before(self, module, args) -> None:
        _refuse_parts(module, args[0])
        _mute(module, self.sums)
        # Copies, as fully_shard may free what it has gathered before we are called after forward.
        self.given = {name: getattr(module, name).detach().clone() for name in self.names.values()}

    def _after(self, module, args, output) -> None:
        try:
            if torch.is_grad_enabled() and isinstance(output, Tensor) and output.requires_grad:
                self._listen(args[0], output)
        finally:
            _unmute(module, self.sums)

    def owned(self) -> list[Owned]:
        return [
            Owned(
                self, name, [sums], lambda words, sums=sums, name=name: sums.result(self._dtype(name), *words)
            )
            for name, sums in self.sums.items()
        ]

    def _dtype(self, name: str) -> torch.dtype:
        return getattr(self.module, name).dtype

    def _listen(self, x: Tensor, output: Tensor) -> None:
        module = self.module
        declared = getattr(module, "values", {})
        values = tuple(
            self.given[self.names[p.name]] if p.name in self.names else declared[p.name]
            for _, p in self.callee.free
        )
        tensors, axis = bind(self.callee, x, values, self.axis)
        x = x.detach()
        output.register_hook(lambda grad: self._add(grad, x, tensors, axis))

    @torch.no_grad()
    def _add(self, grad: Tensor, x: Tensor, tensors: list[Tensor], axis: int) -> None:
        wide = torch.float64 if x.dtype == torch.float64 else torch.float32
        given = [t.to(wide) for t in (grad, x, *tensors)]
        for which, parameter in enumerate(self.operators.parameters):
            name = self.names.get(parameter)
            if name not in self.sums:
                continue
            terms = self.operators.term(*given, axis, which)
            self.sums[name].add(terms, axis if self.sums[name].channels > 1 else -1)
            self.used.add(name)


class _Composed:
    """An activation made of torch's operations: the gradients of what it spreads over the channels are summed
    exactly; those of its parameters follow from these sums alone."""

    def __init__(self, module: torch.nn.Module):
        self.module = module
        self.used: set[str] = set()
        self.names = [name for name, p in module.named_parameters(recurse=False) if p.requires_grad]
        self.at: int | None = None
        leaves = self._leaves(lambda p: torch.zeros(p.shape, dtype=p.dtype))
        self.spread = self._replay(leaves)
        wide = any(leaf.dtype == torch.float64 for leaf in leaves.values())
        self.sums = [Sums(t.numel(), wide) for t in self.spread]
        self.needs = {
            name: [
                k
                for k, t in enumerate(self.spread)
                if torch.autograd.grad(t.sum(), leaf, allow_unused=True, retain_graph=True)[0] is not None
            ]
            for name, leaf in leaves.items()
        }

    def _leaves(self, value: Callable) -> dict[str, Tensor]:
        return {name: value(getattr(self.module, name)).requires_grad_() for name in self.names}

    def _replay(self, leaves: dict[str, Tensor]) -> list[Tensor]:
        """What the module spreads, made from these parameters, by a call on very few zeros."""
        channels, axis = getattr(self.module, "channels", 1), getattr(self.module, "axis", 0)
        dummy = torch.zeros(channels, dtype=next(iter(leaves.values())).dtype)
        dummy = dummy.reshape([1] * axis + [-1] if axis >= 0 else [-1] + [1] * (-axis - 1))
        found: list[Tensor] = []
        tapping = _tapping(lambda parameter, result, axis: found.append(parameter))
        with tapping, torch.enable_grad(), _reparametrize_module(self.module, leaves):
            type(self.module).forward(self.module, dummy)
        return found

    def attach(self) -> list:
        return [
            self.module.register_forward_pre_hook(self._before),
            self.module.register_forward_hook(self._after, always_call=True),
        ]

    def _before(self, module, args) -> None:
        _refuse_parts(module, args[0])
        _mute(module, self.names)
        self.at = 0
        TAPS.append(self._tap)

    def _after(self, module, args, output) -> None:
        _unmute(module, self.names)
        if self._tap in TAPS:
            TAPS.remove(self._tap)

    def _tap(self, parameter: Tensor, result: Tensor, axis: int) -> None:
        sums, axis = self.sums[self.at], -1 if parameter.numel() == 1 else axis
        self.at += 1
        if not (torch.is_grad_enabled() and result.requires_grad):
            return

        def add(grad: Tensor) -> None:
            sums.add(grad, axis)
            self.used.update(self.names)

        result.register_hook(add)

    def owned(self) -> list[Owned]:
        return [
            Owned(
                self,
                name,
                [self.sums[k] for k in self.needs[name]],
                lambda words, name=name: self._gradient(name, words),
            )
            for name in self.names
        ]

    def _gradient(self, name: str, words: list[Tensor]) -> Tensor:
        leaves = self._leaves(_whole)
        spread = [self._replay(leaves)[k] for k in self.needs[name]]
        totals = [
            self.sums[k].result(t.dtype, w).reshape(t.shape)
            for k, t, w in zip(self.needs[name], spread, words, strict=True)
        ]
        return torch.autograd.grad(spread, leaves[name], totals)[0]


class _Call:
    """One of an Adaptive's: its statistics, and the sums of its slopes' gradients."""

    def __init__(self, mean: Tensor, variance: Tensor):
        self.mean, self.variance, self.spread = mean, variance, False
        self.sums = Sums(mean.numel(), mean.dtype == torch.float64)


class _Statistical:
    """An Adaptive with the statistics of all ranks: these are the same numbers everywhere, so that gradients
    of its parameters follow from those of the slopes alone, call by call. All ranks make the same calls."""

    def __init__(self, module: SyncAdaptive):
        self.module = module
        self.names = [name for name, p in module.named_parameters(recurse=False) if p.requires_grad]
        self.used: set[str] = set()
        self.calls: list[_Call] = []
        self.cleared: set[str] = set()

    def attach(self) -> list:
        return [
            self.module.register_forward_pre_hook(self._before),
            self.module.register_forward_hook(self._after, always_call=True),
        ]

    def _before(self, module, args) -> None:
        _refuse_parts(module, args[0])
        if torch.is_grad_enabled() and (module.training or not module.track_running_stats):
            _mute(module, self.names)
            module.listener = self._listen
            TAPS.append(self._tap)

    def _after(self, module, args, output) -> None:
        _unmute(module, self.names)
        module.listener = None
        if self._tap in TAPS:
            TAPS.remove(self._tap)

    def _listen(self, mean: Tensor, variance: Tensor) -> None:
        self.calls.append(_Call(mean, variance))

    def _tap(self, parameter: Tensor, result: Tensor, axis: int) -> None:
        """The first is the mean, before there is a call; then come the slopes."""
        if self.module.listener is None or not self.calls or self.calls[-1].spread:
            return
        call = self.calls[-1]
        call.spread = True

        def add(grad: Tensor) -> None:
            call.sums.add(grad, -1 if parameter.numel() == 1 else axis)
            self.used.update(self.names)

        if result.requires_grad:
            result.register_hook(add)

    def owned(self) -> list[Owned]:
        return [
            _OwnedByCalls(self, name, [], lambda words, n=name: self._gradient(n, words))
            for name in self.names
        ]

    def _gradient(self, name: str, words: list[Tensor]) -> Tensor:
        leaves = {key: _whole(p) for key, p in self.module.named_parameters(recurse=False)}
        leaf = leaves[name].requires_grad_()
        with torch.enable_grad(), _reparametrize_module(self.module, leaves):
            slopes = [self.module._slope(call.mean, call.variance) for call in self.calls]
        totals = [
            call.sums.result(slope.dtype, w) for call, slope, w in zip(self.calls, slopes, words, strict=True)
        ]
        return torch.autograd.grad(slopes, leaf, totals)[0]


class _OwnedByCalls(Owned):
    """Parameters of one module share its calls, which are over when all have had their gradients."""

    def words(self) -> list[Tensor]:
        return [call.sums.words for call in self.source.calls]

    def clear(self) -> None:
        source = self.source
        source.used.discard(self.name)
        source.cleared.add(self.name)
        if source.cleared == set(source.names):
            source.calls, source.cleared = [], set()


def _whole(parameter: Tensor) -> Tensor:
    """A copy of all of it."""
    return (parameter.full_tensor() if isinstance(parameter, DTensor) else parameter).detach().clone()


@contextlib.contextmanager
def _tapping(tap: Callable) -> Iterator[None]:
    TAPS.append(tap)
    try:
        yield
    finally:
        TAPS.remove(tap)


_TORCH_FORMS = {TORCH_LEARNED[base.__name__]: FORMS[name] for name in FORMS if (base := learned_class(name))}


def sources_of(model: torch.nn.Module) -> list:
    """One for each module that learns parameters of an activation."""
    found: list[_Formula | _Composed | _Statistical] = []
    for module in model.modules():
        if isinstance(module, Learned):
            names = {word: word for word in module.learn}
            found.append(_Formula(module, module._callee, names, module.axis))
        elif form := next((f for cls, f in _TORCH_FORMS.items() if isinstance(module, cls)), None):
            ((_, parameter),) = form.callee.free
            found.append(_Formula(module, form.callee, {parameter.name: "weight"}, 1))
        elif isinstance(module, (Learnable, Rational)):
            found.append(_Composed(module))
        elif isinstance(module, SyncAdaptive):
            found.append(_Statistical(module))
    return found
