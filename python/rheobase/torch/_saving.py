# SPDX-License-Identifier: Apache-2.0
"""save_memory: whether activations keep for backward something smaller than x, and what."""

from __future__ import annotations

import functools
from collections.abc import Callable

import torch
from torch import Tensor

from rheobase import _core
from rheobase.torch._masks import Mask, masks
from rheobase.torch._ops import OPERATORS
from rheobase.torch._outputs import Output, outputs

# What may be kept, the first of a list that the activation allows. Text, for operators that take it.
_KINDS: dict[str, tuple[tuple[Callable, Callable], ...]] = {
    "": (),
    "masks": ((_core.mask_supported, masks),),
    "outputs": ((_core.mask_supported, masks), (_core.output_supported, outputs)),
}

_saving = ""


class save_memory:  # noqa: N801  (called like a function, as torch.set_grad_enabled)
    """Whether activations keep one bit per element for backward instead of x, where one bit is enough.

    In effect at once, or inside ``with``; it starts as off. Applies to activations whose derivative takes two
    values only for the parameters given (relu and all that are lines between kinks); others keep x as before.
    Gradients have the same bits, but where x is NaN: a bit cannot say so (docs/masks.md). What
    ``torch.compile`` has compiled is compiled anew when this has changed.

    Args:
        on: whether anything is kept instead of x
        outputs: whether activations without a mask keep f(x), where it tells the derivative (sigmoid, tanh,
            elu and others: docs/outputs.md). The next layer mostly keeps f(x) as well, so that x costs
            nothing. Gradients are those of the rounded f(x), which knows less than x where f levels off.

    Raises:
        TypeError: an argument is no bool
        ValueError: outputs without on

    >>> with rheobase.torch.save_memory():
    ...     loss = model(x).sum()
    """

    def __init__(self, on: bool = True, outputs: bool = False):
        global _saving
        for name, value in (("on", on), ("outputs", outputs)):
            if not isinstance(value, bool):
                raise TypeError(f"save_memory: {name} must be a bool, not {type(value).__name__}")
        if outputs and not on:
            raise ValueError("save_memory: outputs is True while on is False; expected both or on alone")
        self._before = _saving
        _saving = "outputs" if outputs else "masks" if on else ""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        global _saving
        _saving = self._before


def saving() -> str:
    """What is in effect: "", "masks" or "outputs"."""
    return _saving


@functools.lru_cache(maxsize=1024)
def _supported(ask: Callable, name: str, parameters: tuple, dtype: torch.dtype) -> bool:
    given = zip(OPERATORS[name].parameters, parameters, strict=False)
    values = {parameter.name: value for parameter, value in given if value is not None}
    try:
        return ask(name, values, str(dtype).removeprefix("torch."))
    except ValueError:  # parameters that are wrong together: the operator says so
        return False


def saver(name: str, parameters: tuple, x: Tensor, kind: str) -> Mask | Output | None:
    """What is to keep less than x for this call, if that is possible."""
    if not x.is_cpu:
        return None
    for ask, made in _KINDS[kind]:
        if _supported(ask, name, parameters, x.dtype):
            return made()[name]
    return None


# Parameters that a compiled graph takes as they come are of these magnitudes, and of one sign: what holds for
# some of them holds for all. For others the graph is made anew.
SMALL, LARGE = 2.0**-20, 2.0**20


def saver_of_any(name: str, parameters: tuple, x: Tensor, kind: str) -> Mask | Output | None:
    """What keeps less than x for other parameters too, of which one tensor holds the values.

    Those given and some beside them have to allow it; operators refuse the others by an error.
    """
    if not x.is_cpu:
        return None
    for ask, made in _KINDS[kind]:
        if _supported(ask, name, parameters, x.dtype):
            beside = (
                (*parameters[:i], share * value, *parameters[i + 1 :])
                for share in (0.75, 1.25)
                for i, value in enumerate(parameters)
            )
            settled = all(_supported(ask, name, others, x.dtype) for others in beside)
            return made("_with")[name] if settled else None
    return None
