# SPDX-License-Identifier: Apache-2.0
"""PyTorch under torch.compile: the operator and the copy to the output, which it makes one loop of.

Compilation is not timed; the check of its guards, a part of each call, is.
"""

import os
import shutil
from importlib.util import find_spec

from rheobase.bench.contender import Buffers, Contender, Prepared, Unsupported, parameters
from rheobase.bench.formats import tensor

from . import _aten

NAME = "torch.compile"
DTYPES = ("float32", "float64", "bfloat16", "float16")
LIMITS = ("ATEN_CPU_CAPABILITY",)


def available() -> str:
    if find_spec("torch") is None:
        return "torch is not installed"
    compiler = os.environ.get("CXX", "g++")
    return "" if shutil.which(compiler) else f"needs a C++ compiler, and there is no {compiler}"


def version() -> str:
    import torch

    return torch.__version__


def _function(info: dict, role: str):
    """What is compiled, and whether its backward is given f(x): an operator, or for values a formula."""
    import torch

    formulas = {
        "gelu_sigmoid": lambda p: lambda x: x * torch.sigmoid(1.702 * x),
        "swish": lambda p: lambda x: x * torch.sigmoid(p["beta"] * x),
    }
    try:
        return _aten.function(info, role), _aten.operator(info, role).from_result
    except Unsupported:
        formula = formulas.get(info["activation"])
        if formula is None or role != "value":
            raise
        return formula(parameters(info)), False


def contenders(info: dict, role: str, dtype: str, threads: int) -> list[Contender]:
    # In this process, or a Ctrl-C would reach the workers first.
    os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")
    import torch

    torch.set_num_threads(threads)
    function, from_result = _function(info, role)
    # Compiled code is kept per code object, which all activations share here: the last one's has to go, or a
    # limit on their number would quietly leave later ones uncompiled.
    torch.compiler.reset()

    def body(y, *inputs):
        return y.copy_(function(*inputs))

    compiled = torch.compile(body, fullgraph=True, dynamic=True)

    def prepare(buffers: Buffers) -> Prepared:
        x, y = tensor(buffers.x, dtype), tensor(buffers.y, dtype)
        inputs = (x,)
        if role == "backward":
            kept = _aten.function(info, "value")(x) if from_result else x
            inputs = (tensor(buffers.grad, dtype), kept)
        compiled(y, *inputs)
        return Prepared(lambda: compiled(y, *inputs), keep=buffers)

    return [Contender(NAME, prepare)]
