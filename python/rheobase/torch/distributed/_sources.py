# SPDX-License-Identifier: Apache-2.0
"""Where gradients of learned parameters come from: modules whose terms are added up without rounding."""

from __future__ import annotations

import abc
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.distributed.tensor import DTensor
from torch.nn.utils.stateless import _reparametrize_module

from rheobase.torch._composed import Learnable, Rational
from rheobase.torch._evaluate import Callee
from rheobase.torch._forms import FORMS, learned_class
from rheobase.torch._learned import LEARNED, spread_exactly
from rheobase.torch._learned_call import bind
from rheobase.torch._learned_modules import TORCH_LEARNED, Learned
from rheobase.torch.distributed._statistics import SyncAdaptive
from rheobase.torch.distributed._sums import Sums

__all__ = ["Owned", "sources_of"]


class Owned:
    """A parameter whose gradient is made of accumulators, which are its source's."""

    def __init__(self, source: _Source, name: str):
        self.source, self.name = source, name

    @property
    def parameter(self) -> torch.nn.Parameter:
        """As it is now: ``fully_shard`` exchanges it."""
        return getattr(self.source.module, self.name)

    def words(self) -> list[Tensor]:
        return [sums.words for sums in self.source.sums_of(self.name)]

    def uses(self) -> Tensor:
        """Whether there have been terms since the last ``clear``."""
        return torch.tensor([self.name in self.source.used], dtype=torch.int64)

    def clear(self) -> None:
        self.source.used.discard(self.name)
        self.source.clear(self.name)

    def gradient(self, words: list[Tensor]) -> Tensor:
        return self.source.gradient(self.name, words)


class _Mute(torch.autograd.Function):
    """A parameter as the module sees it: its own gradient by this way is nothing, as ours is added later."""

    @staticmethod
    def forward(ctx, parameter):
        return parameter.view_as(parameter)

    @staticmethod
    def backward(ctx, grad):
        return torch.zeros_like(grad)


class _Source(abc.ABC):
    """A module, and the accumulators of its parameters' gradients. While it runs, attributes of its own stand
    before its parameters, and before those of its methods that we listen to."""

    def __init__(self, module: torch.nn.Module):
        self.module = module
        self.names = [name for name, p in module.named_parameters(recurse=False) if p.requires_grad]
        self.used: set[str] = set()  # names

    def attach(self) -> list:
        return [
            self.module.register_forward_pre_hook(self._before),
            self.module.register_forward_hook(self._after, always_call=True),
        ]

    def owned(self) -> list[Owned]:
        return [Owned(self, name) for name in self.names]

    def _before(self, module, args) -> None:
        if isinstance(args[0], DTensor):
            raise NotImplementedError(
                f"ExactGradients: the input of {type(module).__name__} is a DTensor; sums are exact over "
                "ranks that hold plain tensors"
            )
        if not self._listens():
            return
        # What else uses a parameter, such as a penalty, is not concerned.
        muted = {name: _Mute.apply(getattr(module, name)) for name in self.names}
        self._shadow(muted | self._listeners())

    def _after(self, module, args, output) -> None:
        self._unshadow()

    def _shadow(self, attributes: dict) -> None:
        self.module.__dict__.update(attributes)

    def _unshadow(self) -> None:
        for name in (*self.names, "_spread", "_slope"):
            self.module.__dict__.pop(name, None)

    def _listens(self) -> bool:
        """Whether a call that begins now is of interest."""
        return True

    def _listeners(self) -> dict[str, Callable]:
        """What stands before which methods: of ``_spread`` and ``_slope``."""
        return {}

    def _listening_spread(self, next_sums: Callable[[], Sums]) -> Callable[[Tensor, Tensor, int], Tensor]:
        """``spread_exactly`` whose results' gradients are added to ``next_sums()`` too."""

        def spread(parameter: Tensor, x: Tensor, axis: int) -> Tensor:
            result, sums = spread_exactly(parameter, x, axis), next_sums()

            def add(grad: Tensor) -> None:
                sums.add(grad, axis if sums.channels > 1 else -1)
                self.used.update(self.names)

            if torch.is_grad_enabled() and result.requires_grad:
                result.register_hook(add)
            return result

        return spread

    @abc.abstractmethod
    def sums_of(self, name: str) -> list[Sums]:
        """The accumulators that a parameter's gradient follows from."""

    @abc.abstractmethod
    def gradient(self, name: str, words: list[Tensor]) -> Tensor:
        """From the words of ``sums_of``, added up over the ranks."""

    def clear(self, name: str) -> None:
        for sums in self.sums_of(name):
            sums.clear()


class _Formula(_Source):
    """An activation with kernels of its own, whose parameters are tensors."""

    def __init__(self, module: torch.nn.Module, callee: Callee, called: dict[str, str], axis: int):
        """called: the module's names of parameters, by the activation's."""
        super().__init__(module)
        self.callee, self.called, self.axis = callee, called, axis
        self.operators = LEARNED[callee.operators.name]
        self.given: dict[str, Tensor] = {}
        self.sums: dict[str, Sums] = {}
        for name in self.names:
            parameter = getattr(module, name)
            self.sums[name] = Sums(parameter.dtype == torch.float64, parameter.numel())

    def _before(self, module, args) -> None:
        super()._before(module, args)
        # Copies, as fully_shard may free what it has gathered before we are called after forward.
        self.given = {name: getattr(module, name).detach().clone() for name in self.called.values()}

    def _after(self, module, args, output) -> None:
        super()._after(module, args, output)
        if torch.is_grad_enabled() and isinstance(output, Tensor) and output.requires_grad:
            self._listen_to_output(args[0].detach(), output)

    def _listen_to_output(self, x: Tensor, output: Tensor) -> None:
        declared = getattr(self.module, "values", {})
        values = tuple(
            self.given[self.called[p.name]] if p.name in self.called else declared[p.name]
            for _, p in self.callee.free
        )
        tensors, axis = bind(self.callee, x, values, self.axis)
        output.register_hook(lambda grad: self._add(grad, x, tensors, axis))

    @torch.no_grad()
    def _add(self, grad: Tensor, x: Tensor, tensors: list[Tensor], axis: int) -> None:
        wide = torch.float64 if x.dtype == torch.float64 else torch.float32
        given = [t.to(wide) for t in (grad, x, *tensors)]
        for which, parameter in enumerate(self.operators.parameters):
            name = self.called.get(parameter)
            if name not in self.sums:
                continue
            terms = self.operators.term(*given, axis, which)
            self.sums[name].add(terms, axis if self.sums[name].channels > 1 else -1)
            self.used.add(name)

    def sums_of(self, name: str) -> list[Sums]:
        return [self.sums[name]]

    def gradient(self, name: str, words: list[Tensor]) -> Tensor:
        return self.sums[name].result(getattr(self.module, name).dtype, *words)


class _Composed(_Source):
    """An activation made of torch's operations: the gradients of what it spreads over the channels are summed
    exactly; those of its parameters follow from these sums alone."""

    def __init__(self, module: torch.nn.Module):
        super().__init__(module)
        leaves = self._leaves(lambda p: torch.zeros(p.shape, dtype=p.dtype))
        spread = self._replay(leaves)
        wide = any(leaf.dtype == torch.float64 for leaf in leaves.values())
        self.sums = [Sums(wide, t.numel()) for t in spread]
        self.needs = {
            name: [
                k
                for k, t in enumerate(spread)
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

        def spread(parameter: Tensor, x: Tensor, axis: int) -> Tensor:
            found.append(parameter)
            return spread_exactly(parameter, x, axis)

        self._shadow({"_spread": spread})
        try:
            with torch.enable_grad(), _reparametrize_module(self.module, leaves):
                type(self.module).forward(self.module, dummy)
        finally:
            self._unshadow()
        return found

    def _listeners(self) -> dict[str, Callable]:
        return {"_spread": self._listening_spread(iter(self.sums).__next__)}

    def sums_of(self, name: str) -> list[Sums]:
        return [self.sums[k] for k in self.needs[name]]

    def gradient(self, name: str, words: list[Tensor]) -> Tensor:
        leaves = self._leaves(_whole)
        replayed = self._replay(leaves)
        spread = [replayed[k] for k in self.needs[name]]
        totals = [
            sums.result(t.dtype, w).reshape(t.shape)
            for sums, t, w in zip(self.sums_of(name), spread, words, strict=True)
        ]
        return torch.autograd.grad(spread, leaves[name], totals)[0]


class _Call(NamedTuple):
    """One of an Adaptive's: its statistics, and the sums of its slopes' gradients."""

    mean: Tensor
    variance: Tensor
    sums: Sums


class _Statistical(_Source):
    """An Adaptive with the statistics of all ranks: these are the same numbers everywhere, so that gradients
    of its parameters follow from those of the slopes alone, call by call. All ranks make the same calls."""

    def __init__(self, module: SyncAdaptive):
        super().__init__(module)
        self.calls: list[_Call] = []
        self.cleared: set[str] = set()

    def _listens(self) -> bool:
        module = self.module
        return torch.is_grad_enabled() and (module.training or not module.track_running_stats)

    def _listeners(self) -> dict[str, Callable]:
        def slope(mean: Tensor, variance: Tensor) -> Tensor:
            sums = Sums(mean.dtype == torch.float64, mean.numel())
            self.calls.append(_Call(mean.detach(), variance.detach(), sums))
            return type(self.module)._slope(self.module, mean, variance)

        return {"_slope": slope, "_spread": self._listening_spread(lambda: self.calls[-1].sums)}

    def sums_of(self, name: str) -> list[Sums]:
        return [call.sums for call in self.calls]

    def clear(self, name: str) -> None:
        """All parameters share the calls, which are over when all have had their gradients."""
        self.cleared.add(name)
        if self.cleared == set(self.names):
            self.calls, self.cleared = [], set()

    def gradient(self, name: str, words: list[Tensor]) -> Tensor:
        leaves = {key: _whole(p) for key, p in self.module.named_parameters(recurse=False)}
        leaf = leaves[name].requires_grad_()
        with torch.enable_grad(), _reparametrize_module(self.module, leaves):
            slopes = [self.module._slope(call.mean, call.variance) for call in self.calls]
        totals = [
            call.sums.result(slope.dtype, w) for call, slope, w in zip(self.calls, slopes, words, strict=True)
        ]
        return torch.autograd.grad(slopes, leaf, totals)[0]


def _whole(parameter: Tensor) -> Tensor:
    """A copy of all of it."""
    return (parameter.full_tensor() if isinstance(parameter, DTensor) else parameter).detach().clone()


_TORCH_FORMS = {TORCH_LEARNED[base.__name__]: FORMS[name] for name in FORMS if (base := learned_class(name))}


def sources_of(model: torch.nn.Module) -> list[_Source]:
    """One for each module that learns parameters of an activation."""
    found: list[_Source] = []
    for module in model.modules():
        if not any(p.requires_grad for p in module.parameters(recurse=False)):
            continue
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
