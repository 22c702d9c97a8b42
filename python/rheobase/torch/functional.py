# SPDX-License-Identifier: Apache-2.0
"""Activations as functions: torch.nn.functional's names and arguments where it has them, and their own names.

Every name in ``rheobase.names()`` is a function here. Where torch.nn.functional has one of that name, the
arguments and their defaults are torch's, which may differ from those in ``rheobase.info``.
"""

from __future__ import annotations

from torch import Tensor

from rheobase.torch import _gates, _random, _rows, _text, _traced
from rheobase.torch._evaluate import evaluate, evaluate_into
from rheobase.torch._forms import FORMS, Form, learned_class
from rheobase.torch._gates import gated
from rheobase.torch._learned_call import as_vector, evaluate_learned, is_learned, refuse_out
from rheobase.torch._make import make_function, override_lines, parameters_text
from rheobase.torch._names import packed


def _make(form: Form):
    defaults = form.defaults()
    scope = {
        "_callee": form.choice or form.callee,
        "_evaluate": evaluate,
        "_evaluate_into": evaluate_into,
        "_as_vector": as_vector,
        "_is_learned": is_learned,
        "_evaluate_learned": evaluate_learned,
        "_refuse_out": refuse_out,
    }
    callee = f"_callee[{form.choice.argument}]" if form.choice else "_callee"
    values = "".join(f"{name}, " for name in form.arguments)
    separator, inplace = ", " if defaults else "", ", inplace" if form.inplace else ""
    call = f"{callee}, input, ({values}){inplace}"
    # Torch calls the one parameter of such a function its weight.
    first, weight = next(iter(form.arguments), ""), bool(learned_class(form.function))
    learned = [f"if {' or '.join(f'type({name}) is not float' for name in form.arguments)}:"]
    learned += [f"    if _is_learned(({values})):"]
    learned += [
        f"        return _evaluate_learned({call}) if out is None else _refuse_out({form.function!r})"
    ]
    function = make_function(
        f"{form.function}(input: Tensor{separator}{parameters_text(defaults)}, *"
        f"{', weight: Tensor | None = None' if weight else ''}, out: Tensor | None = None) -> Tensor",
        [
            *([f"{first} = _as_vector({first} if weight is None else weight)"] if weight else []),
            *override_lines([*defaults, "out"]),
            *(learned if form.arguments else []),
            "if out is not None:",
            f"    return _evaluate_into({callee}, input, ({values}), out{inplace})",
            f"return _evaluate({call})",
        ],
        defaults,
        scope,
        __name__,
    )
    function.__doc__ = _text.function_text(form)
    return function


def derivative(name: str, x: Tensor, /, **parameters: float) -> Tensor:
    """The derivative f'(x) of any activation, elementwise.

    Args:
        name: an activation, a preset or an alias
        x: a float32, float64, bfloat16 or float16 tensor of any shape and strides, on the CPU
        parameters: by keyword; the defaults are those in ``rheobase.info(name)``

    Returns:
        a tensor of x's shape and dtype; autograd differentiates it, once.

    Raises:
        ValueError: there is no such name (the nearest is suggested), or a parameter is outside its domain
        TypeError: there is no such parameter, it is no Python number, or x is no float tensor

    >>> [rheobase.torch.functional.derivative(name, torch.linspace(-3, 3, 7)) for name in rheobase.names()]
    """
    callee, values = packed("derivative", name, parameters, x)
    return _traced.derivative(callee.operators, x, values)


def maxout(input: Tensor, pieces: int, axis: int = 1) -> Tensor:
    """The largest of each ``pieces`` neighbours along the axis (Goodfellow et al. 2013, arXiv 1302.4389).

    Args:
        input: a tensor of any dtype that torch.max takes
        pieces: how many are compared, 1 or more
        axis: the dimension of the channels

    Returns:
        a tensor whose dimension ``axis`` is shorter by the factor ``pieces``; the gradient goes to the first
        of several largest.

    Raises:
        TypeError: the input is no tensor, or the axis no int
        ValueError: ``pieces`` is no whole number of at least 1, or does not divide the extent of the axis
        IndexError: there is no such axis

    >>> rheobase.torch.functional.maxout(torch.randn(2, 6), pieces=3).shape
    torch.Size([2, 2])
    """
    if not isinstance(input, Tensor):
        raise TypeError(f"maxout: input must be a torch.Tensor, not {type(input).__name__}")
    if not isinstance(axis, int):
        raise TypeError(f"maxout: axis must be an int, not {type(axis).__name__}")
    if not isinstance(pieces, int) or pieces < 1:
        raise ValueError(f"maxout: pieces must be a whole number of at least 1, got {pieces!r}")
    rank = input.dim()
    if rank == 0:
        raise IndexError(f"maxout: input has no dimensions, and so no axis {axis}")
    if not -rank <= axis < rank:
        raise IndexError(f"maxout: axis must be from {-rank} to {rank - 1}, got {axis}")
    if input.shape[axis] % pieces:
        raise ValueError(
            f"maxout: pieces must divide {input.shape[axis]}, the extent of axis {axis}, got {pieces}"
        )
    axis %= rank
    return input.unflatten(axis, (-1, pieces)).max(axis + 1).values


for _form in FORMS.values():
    globals()[_form.function] = _make(_form)

_OTHERS = _gates.TORCHS | _rows.FUNCTIONS | _random.FUNCTIONS
globals().update(_OTHERS)

__all__ = ["derivative", "gated", "maxout", *FORMS, *_OTHERS]
