# SPDX-License-Identifier: Apache-2.0
"""The operators that write to ``out``: each rank writes its part, where parts lie alike."""

from __future__ import annotations

from torch.distributed.tensor import DTensor

from rheobase.torch._ops import OPERATORS

__all__ = ["register_all"]


def _handler(op):
    def handle(op_call, args, kwargs):
        x, out = args[0], kwargs["out"]
        for name, tensor in (("x", x), ("out", out)):
            if not isinstance(tensor, DTensor):
                raise TypeError(f"{op._opname}: {name} must be a DTensor as the other one is")
        if x.device_mesh != out.device_mesh or any(p.is_partial() for p in out.placements):
            raise ValueError(
                f"{op._opname}: out lies on {out.device_mesh} as {out.placements}, x on {x.device_mesh} as "
                f"{x.placements}"
            )
        op(x.redistribute(placements=out.placements).to_local(), *args[1:], out=out.to_local())

    return handle


def register_all() -> None:
    handlers = DTensor._op_dispatcher._custom_op_handlers
    for operators in OPERATORS.values():
        handlers[operators.out] = _handler(operators.out)
