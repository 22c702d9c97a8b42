# SPDX-License-Identifier: Apache-2.0
"""JAX: jax.nn's functions under jit on the CPU. The result goes into the memory of the last one (donated), so
that no call pays for fresh pages."""

import os
from importlib.util import find_spec

import numpy as np

from rheobase.bench.contender import Buffers, Contender, Prepared, Unsupported, parameters

NAME = "JAX"
_INFINITY = float("inf")


def available() -> str:
    return "" if find_spec("jax") is not None else "jax is not installed"


def version() -> str:
    return _jax().__version__


def _jax():
    """Imported late: the number of threads is read from the environment when it is (the program sets it)."""
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax


def _functions(info: dict):
    """The activation as a function of an array, or None."""
    jax = _jax()
    nn, jnp, p = jax.nn, jax.numpy, parameters(info)
    found = {
        "identity": lambda: lambda x: x,
        "relu": lambda: nn.relu,
        "clipped_relu": lambda: nn.relu6 if p["ceiling"] == 6 else (lambda x: jnp.clip(x, 0, p["ceiling"])),
        "leaky_relu": lambda: lambda x: nn.leaky_relu(x, p["negative_slope"]),
        "sigmoid": lambda: nn.sigmoid,
        "logsigmoid": lambda: nn.log_sigmoid,
        "tanh": lambda: jnp.tanh,
        "hardtanh": lambda: nn.hard_tanh if (p["min_val"], p["max_val"]) == (-1, 1) else None,
        "swish": lambda: nn.silu if p["beta"] == 1 else (lambda x: x * nn.sigmoid(p["beta"] * x)),
        "gelu": lambda: lambda x: nn.gelu(x, approximate=False),
        "gelu_tanh": lambda: lambda x: nn.gelu(x, approximate=True),
        "gelu_sigmoid": lambda: lambda x: x * nn.sigmoid(1.702 * x),
        "softplus": lambda: nn.softplus if (p["beta"], p["threshold"]) == (1, _INFINITY) else None,
        "softsign": lambda: nn.soft_sign,
        "mish": lambda: nn.mish,
        "elu": lambda: lambda x: nn.elu(x, p["alpha"]),
        "selu": lambda: nn.selu,
        "celu": lambda: lambda x: nn.celu(x, p["alpha"]),
        "hardswish": lambda: nn.hard_swish,
    }.get(info["activation"], lambda: None)()
    if found is None:
        raise Unsupported("no such function in jax.nn")
    return found


def contenders(info: dict, role: str, dtype: str, threads: int) -> list[Contender]:
    jax, function = _jax(), _functions(info)

    def value(x, grad, y):
        return function(x)

    def derivative(x, grad, y):
        return jax.jvp(function, (x,), (jax.numpy.ones_like(x),))[1]

    def backward(x, grad, y):
        return jax.vjp(function, x)[1](grad)[0]

    body = {"value": value, "derivative": derivative, "backward": backward}[role]
    run = jax.jit(body, donate_argnums=2, keep_unused=True)

    def prepare(buffers: Buffers) -> Prepared:
        x = jax.device_put(buffers.x)
        grad = x if buffers.grad is None else jax.device_put(buffers.grad)
        last = jax.device_put(np.zeros_like(buffers.x)).block_until_ready()

        def call():
            nonlocal last
            last = run(x, grad, last).block_until_ready()

        call()
        return Prepared(call, lambda: np.asarray(last), keep=buffers)

    return [Contender(NAME, prepare)]
