# SPDX-License-Identifier: Apache-2.0
"""Gates, act(a) b, in every layout, and both of their gradients, beside the activation and products apart."""

from itertools import product

import numpy as np

import rheobase
from rheobase import _calls as calls
from rheobase.bench import formats
from rheobase.bench.contender import Contender, Prepared
from rheobase.bench.forms import exact
from rheobase.bench.forms.case import Arrays, Case, Truth
from rheobase.bench.forms.passes import multiply

# Columns of packed layouts, for each factor.
D = 1024
LAYOUTS = {"": 1, "halves": 2, "interleaved": 4}
names = rheobase.names


def cases(wanted: list[str], dtypes: list[str], sizes: list[int], threads: int) -> list[Case]:
    packed = all(size % D == 0 for size in sizes)
    variants = [v for v in (*LAYOUTS, "backward") if packed or v in ("", "backward")]
    return [
        _case(rheobase.info(name), variant, dtype, threads)
        for variant, dtype, name in product(variants, dtypes, calls.chosen(names(), wanted))
    ]


def _case(info: dict, variant: str, dtype: str, threads: int) -> Case:
    backward = variant == "backward"
    own = [
        Contender("rheobase", lambda arrays: _call(info, variant, dtype, threads, arrays)),
        Contender(
            "two passes",
            lambda arrays: _apart(info, backward, dtype, threads, arrays),
            note="rheobase's activation, then products in NumPy (16 bits: PyTorch), of two arrays",
        ),
    ]
    return Case(
        "gate", variant, info["name"], dtype, _maker(variant, dtype), _truth(info, variant, dtype), own, info
    )


def _maker(variant: str, dtype: str):
    def arrays(size: int, random: np.random.Generator, data: str) -> Arrays:
        made = {
            "a": formats.numbers(size, dtype, random, data),
            "b": formats.numbers(size, dtype, random),
            "t": formats.empty(size, dtype),
        }
        if variant == "backward":
            made["grad"] = formats.numbers(size, dtype, random)
            return made | {"da": formats.empty(size, dtype), "db": formats.empty(size, dtype)}
        if variant:
            packed = formats.empty(2 * size, dtype)
            a, b = made["a"].reshape(-1, D), made["b"].reshape(-1, D)
            if variant == "halves":
                packed.reshape(-1, 2, D)[:, 0], packed.reshape(-1, 2, D)[:, 1] = a, b
            else:
                packed[0::2], packed[1::2] = made["a"], made["b"]
            made["packed"] = packed
        return made | {"y": formats.empty(size, dtype)}

    return arrays


def _call(info: dict, variant: str, dtype: str, threads: int, arrays: Arrays) -> Prepared:
    size = arrays["a"].size
    common = {"format": calls.FORMATS[dtype], "threads": threads}
    if variant == "backward":
        keys = ("a", "b", "grad", "da", "db")
        gate = calls.filled(
            calls.Gate, role=calls.BACKWARD, layout=1, rank=1, shape=calls.shape(size),
            **common, **{key: arrays[key] for key in keys},
        )  # fmt: skip
    elif variant:
        gate = calls.filled(
            calls.Gate, role=calls.VALUE, layout=LAYOUTS[variant], rank=2,
            shape=calls.shape(size // D, 2 * D), a=arrays["packed"], y=arrays["y"], **common,
        )  # fmt: skip
    else:
        gate = calls.filled(
            calls.Gate, role=calls.VALUE, layout=1, rank=1, shape=calls.shape(size),
            a=arrays["a"], b=arrays["b"], y=arrays["y"], **common,
        )  # fmt: skip
    return Prepared(
        calls.bound("rheo_run_gate", calls.found("rheo_find", info["name"]), gate), keep=(gate, arrays)
    )


def _apart(info: dict, backward: bool, dtype: str, threads: int, arrays: Arrays) -> Prepared:
    name, a = info["name"], arrays["a"]
    act = calls.activation_call(name, calls.VALUE, dtype, threads, a, arrays["t"])
    if not backward:
        product = multiply(arrays["t"], arrays["b"], arrays["y"], dtype)
        return Prepared(lambda: (act(), product()), keep=arrays)
    of_db = multiply(arrays["t"], arrays["grad"], arrays["db"], dtype)
    of_da = multiply(arrays["grad"], arrays["b"], arrays["t"], dtype)
    of_da()
    back = calls.activation_call(name, calls.BACKWARD, dtype, threads, a, arrays["da"], arrays["t"])
    return Prepared(lambda: (act(), of_db(), of_da(), back()), keep=arrays)


def _truth(info: dict, variant: str, dtype: str):
    def truth(arrays: Arrays, at: np.ndarray) -> list[Truth]:
        a, b = (formats.wide(arrays[key][at], dtype) for key in ("a", "b"))
        value = exact.activation(info, "value", a, dtype)
        if variant != "backward":
            return [Truth("y", at, value * b)]
        grad = formats.wide(arrays["grad"][at], dtype)
        slope = exact.activation(info, "derivative", a, dtype)
        product = grad.astype(np.longdouble) * b
        return [Truth("db", at, value * grad), Truth("da", at, product * slope)]

    return truth
