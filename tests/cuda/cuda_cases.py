# SPDX-License-Identifier: Apache-2.0
"""What tests on a GPU have in common. Skips whoever imports it where there is none, or no build with CUDA."""

import pytest
import torch

import rheobase

try:
    from rheobase import cuda

    cuda.device()
except (ImportError, RuntimeError) as error:
    pytest.skip(f"no device to test: {error}", allow_module_level=True)
if not torch.cuda.is_available():
    pytest.skip("no device to test: this PyTorch has no CUDA", allow_module_level=True)

from rheobase.torch._ops import OPERATORS

NAMES = rheobase.names()
SOME = [name for name in ("gelu", "relu", "elu") if name in NAMES] or NAMES[:1]
DTYPES = {
    "float32": torch.float32,
    "float64": torch.float64,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}
PATTERNS = {
    torch.float32: torch.int32,
    torch.float64: torch.int64,
    torch.bfloat16: torch.int16,
    torch.float16: torch.int16,
}


def dtype_name(x: torch.Tensor) -> str:
    return next(key for key, value in DTYPES.items() if value == x.dtype)


def points(dtype: torch.dtype, count: int, seed: int = 1) -> torch.Tensor:
    """Any bit patterns and, in between, numbers of [-32, 32]; on the CPU."""
    if dtype in (torch.bfloat16, torch.float16):
        patterns = torch.arange(65536, dtype=torch.int32).to(torch.int16).view(dtype)
        return patterns.repeat(-(-count // 65536))[:count].clone()
    generator = torch.Generator().manual_seed(seed)
    info = torch.iinfo(PATTERNS[dtype])
    any_bits = torch.randint(info.min, info.max, (count,), generator=generator, dtype=PATTERNS[dtype]).view(
        dtype
    )
    near = (torch.rand(count, generator=generator, dtype=torch.float64) * 64 - 32).to(dtype)
    return torch.where(torch.arange(count) % 2 == 0, any_bits, near)


def gradients(dtype: torch.dtype, count: int) -> torch.Tensor:
    if dtype in (torch.bfloat16, torch.float16):
        patterns = (torch.arange(65536, dtype=torch.int64) * 40503 + 977) % 65536
        return patterns.to(torch.int32).to(torch.int16).view(dtype).repeat(-(-count // 65536))[:count].clone()
    return points(dtype, count, seed=2)


def same_bits(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    kind = PATTERNS[a.dtype]
    return (a.view(kind) == b.view(kind)) | (a.isnan() & b.isnan())


def expect_same(device: torch.Tensor, host: torch.Tensor, x: torch.Tensor) -> None:
    right = same_bits(device.cpu(), host)
    if not bool(right.all()):
        at = int((~right).nonzero()[0])
        pytest.fail(
            f"{int((~right).sum())} of {right.numel()} differ, "
            f"first f({x[at]!r}) = {device.cpu()[at]!r}, not {host[at]!r}"
        )


def run(name, role, x, grad=None, out=None, **settings):
    """Through the C ABI, on torch's stream."""
    y = torch.empty_like(x) if out is None else out
    cuda.run(
        name,
        role,
        dtype_name(x),
        x.numel(),
        x.data_ptr(),
        y.data_ptr(),
        grad=0 if grad is None else grad.data_ptr(),
        stream=torch.cuda.current_stream().cuda_stream,
        **settings,
    )
    return y


def packed(name: str, parameters, **given: float) -> list[float | None]:
    """Those of a preset or an activation but for what is given, as its activation's operators take them."""
    values = {p["name"]: float(p["default"]) for p in rheobase.info(name)["parameters"]} | given
    return [None if p.optional and values[p.name] == p.default else values[p.name] for p in parameters]


def by_operator(name, role, x, grad=None, **given: float):
    """By the operator of the device that the tensors are on."""
    operators = OPERATORS[rheobase.info(name)["activation"]]
    tensors = [x] if grad is None else [grad, x]
    return getattr(operators, role)(*tensors, *packed(name, operators.parameters, **given))
