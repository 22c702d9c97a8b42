# SPDX-License-Identifier: Apache-2.0
"""act(scale x + bias) in one call, beside a pass for the sum and one for the activation."""

from itertools import product

import numpy as np

import rheobase
from rheobase import _calls as calls
from rheobase.bench import formats
from rheobase.bench.contender import Contender, Prepared
from rheobase.bench.forms import exact
from rheobase.bench.forms.case import Arrays, Case, Truth
from rheobase.bench.forms.passes import scale_and_add

CHANNELS = 1024
SCALE, BIAS = 0.5, 1.0
names = rheobase.names
_NUMBER, _CHANNEL = 1, 2


def cases(wanted: list[str], dtypes: list[str], sizes: list[int], threads: int) -> list[Case]:
    variants = ["numbers", *(["bias per channel"] if all(size % CHANNELS == 0 for size in sizes) else [])]
    return [
        _case(rheobase.info(name), variant, dtype, threads)
        for variant, dtype, name in product(variants, dtypes, calls.chosen(names(), wanted))
    ]


def _case(info: dict, variant: str, dtype: str, threads: int) -> Case:
    own = [
        Contender("rheobase", lambda arrays: _call(info, dtype, threads, arrays)),
        Contender(
            "two passes",
            lambda arrays: _apart(info, dtype, threads, arrays),
            note="scale x + bias in NumPy (16 bits: PyTorch), then rheobase's activation",
        ),
    ]

    def arrays(size: int, random: np.random.Generator, data: str) -> Arrays:
        made = {"x": formats.numbers(size, dtype, random, data), "y": formats.empty(size, dtype)}
        if variant != "numbers":
            made["bias"] = formats.numbers(CHANNELS, dtype, random)
        return made | {"t": formats.empty(size, dtype)}

    def truth(arrays: Arrays, at: np.ndarray) -> list[Truth]:
        x = formats.wide(arrays["x"][at], dtype)
        bias = formats.wide(arrays["bias"], dtype)[at % CHANNELS] if "bias" in arrays else BIAS
        # The sum's own rounding is part of the definition (docs/forms.md); half of x is exact.
        total = (SCALE * x + bias).astype("float64" if dtype == "float64" else "float32")
        return [Truth("y", at, exact.activation(info, "value", total, dtype))]

    facts = {"scale": SCALE, "bias": BIAS}
    return Case("fused", variant, info["name"], dtype, arrays, truth, own, info, facts)


def _call(info: dict, dtype: str, threads: int, arrays: Arrays) -> Prepared:
    x, bias = arrays["x"], arrays.get("bias")
    scale = calls.filled(calls.Term, kind=_NUMBER, number=SCALE)
    term = calls.filled(calls.Term, kind=_NUMBER, number=BIAS)
    extents = calls.shape(x.size)
    if bias is not None:
        term = calls.filled(calls.Term, kind=_CHANNEL, axis=1, data=bias)
        extents = calls.shape(x.size // CHANNELS, CHANNELS)
    stage = calls.filled(calls.Stage, activation=calls.found("rheo_find", info["name"]))
    fused = calls.filled(
        calls.Fused, format=calls.FORMATS[dtype], threads=threads, rank=len(extents), stage_count=1,
        stages=stage, shape=extents, scale=scale, bias=term, x=x, y=arrays["y"],
    )  # fmt: skip
    return Prepared(calls.bound("rheo_run_fused", fused), keep=(fused, arrays))


def _apart(info: dict, dtype: str, threads: int, arrays: Arrays) -> Prepared:
    first = scale_and_add(arrays["x"], SCALE, arrays.get("bias", BIAS), arrays["t"], dtype)
    first()
    act = calls.activation_call(info["name"], calls.VALUE, dtype, threads, arrays["t"], arrays["y"])
    return Prepared(lambda: (first(), act()), keep=arrays)
