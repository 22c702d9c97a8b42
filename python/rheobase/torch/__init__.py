# SPDX-License-Identifier: Apache-2.0
"""Activations for PyTorch, right under autograd, forward mode, ``torch.func`` and ``torch.compile``.

``functional`` has functions under torch.nn.functional's names and arguments, ``nn`` modules under torch.nn's;
both also have every other activation under its own name. Tensors are float32, float64, bfloat16 or
float16, on the CPU, with any strides. ``swap`` turns the activations of a model into these.

>>> import rheobase.torch as rt
>>> rt.functional.elu(torch.randn(8), alpha=0.5, inplace=True)
>>> torch.nn.Sequential(torch.nn.Linear(64, 256), rt.nn.SiLU(), torch.nn.Linear(256, 10))
>>> rt.swap(model)
"""

_OLDEST = (2, 10)  # the stable ABI that the operators are built for

try:
    import torch as _torch
except ImportError as error:
    raise ImportError("rheobase.torch needs PyTorch 2.10 or newer: pip install torch") from error
if _torch.torch_version.TorchVersion(_torch.__version__) < _OLDEST:
    raise ImportError(f"rheobase.torch needs PyTorch 2.10 or newer, this is {_torch.__version__}")

from rheobase.torch import functional, init, nn  # noqa: E402  (after the check of torch's version)
from rheobase.torch._formula import compile_as  # noqa: E402
from rheobase.torch._saving import save_memory  # noqa: E402
from rheobase.torch._swap import swap  # noqa: E402
from rheobase.torch.monitor import watch  # noqa: E402

__all__ = ["compile_as", "functional", "init", "nn", "save_memory", "swap", "watch"]
