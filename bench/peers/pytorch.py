# SPDX-License-Identifier: Apache-2.0
"""PyTorch's eager mode: one operator, into memory that is there already where the operator can."""

from importlib.util import find_spec

from rheobase.bench.contender import Buffers, Contender, Prepared
from rheobase.bench.formats import array, tensor

from . import _aten

NAME = "PyTorch"
DTYPES = ("float32", "float64", "bfloat16", "float16")
LIMITS = ("ATEN_CPU_CAPABILITY", "MKL_ENABLE_INSTRUCTIONS")  # its own kernels; MKL's vector functions


def available() -> str:
    return "" if find_spec("torch") is not None else "torch is not installed"


def version() -> str:
    import torch

    return torch.__version__


def contenders(info: dict, role: str, dtype: str, threads: int) -> list[Contender]:
    import torch

    torch.set_num_threads(threads)
    op = _aten.operator(info, role)
    out, named = op.writing(role), dict(op.named)

    def prepare(buffers: Buffers) -> Prepared:
        inputs, y = _inputs(info, role, dtype, buffers), tensor(buffers.y, dtype)
        last = [y]
        if op.last:
            inputs = (inputs[0], *op.arguments, inputs[1])
        else:
            inputs = (*inputs, *op.arguments)
        if out is None:
            allocating = op.overload("default")

            def allocate():
                last[0] = allocating(*inputs, **named)

            return Prepared(allocate, lambda: array(last[0]), keep=buffers)
        into = named | {"grad_input" if role == "backward" else "out": y}
        return Prepared(lambda: out(*inputs, **into), keep=buffers)

    note = (
        "" if out is not None else "allocates its result in each call: the operator has no form that does not"
    )
    return [Contender(NAME, prepare, note=note)]


def form_contenders(case, threads: int) -> list[Contender]:
    from . import _torch_forms

    return _torch_forms.contenders(case, threads)


def _inputs(info: dict, role: str, dtype: str, buffers: Buffers):
    """The tensors of the operator; autograd would have kept f(x) where backward wants it."""
    x = tensor(buffers.x, dtype)
    if role == "value":
        return (x,)
    kept = _aten.function(info, "value")(x) if _aten.operator(info, role).from_result else x
    return tensor(buffers.grad, dtype), kept
