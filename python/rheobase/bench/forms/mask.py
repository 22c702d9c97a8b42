# SPDX-License-Identifier: Apache-2.0
"""Values that leave one bit per element for backward, and backward from it, beside the same from x."""

import ctypes
from itertools import product

import numpy as np

import rheobase
from rheobase import _calls as calls
from rheobase.bench import formats
from rheobase.bench.contender import Contender, Prepared
from rheobase.bench.forms import exact
from rheobase.bench.forms.case import Arrays, Case, Truth


def names() -> list[str]:
    """Activations that can have a mask."""
    return [name for name in rheobase.names() if rheobase.info(name)["forms"]["mask"]["possible"]]


def cases(wanted: list[str], dtypes: list[str], sizes: list[int], threads: int) -> list[Case]:
    return [
        _case(rheobase.info(name), backward, dtype, threads)
        for backward, dtype, name in product((False, True), dtypes, calls.chosen(names(), wanted))
    ]


def _case(info: dict, backward: bool, dtype: str, threads: int) -> Case:
    def arrays(size: int, random: np.random.Generator, data: str) -> Arrays:
        made = {"x": formats.numbers(size, dtype, random, data), "y": formats.empty(size, dtype)}
        made["mask"] = np.zeros((size + 7) // 8, np.uint8)
        return made | ({"grad": formats.numbers(size, dtype, random)} if backward else {})

    def truth(arrays: Arrays, at: np.ndarray) -> list[Truth]:
        x = formats.wide(arrays["x"][at], dtype)
        if not backward:
            return [Truth("y", at, exact.activation(info, "value", x, dtype))]
        slope = exact.activation(info, "derivative", x, dtype)
        return [Truth("y", at, slope * formats.wide(arrays["grad"][at], dtype))]

    own = [
        Contender("rheobase", lambda arrays: _call(info, backward, dtype, threads, arrays)),
        Contender(
            "from x",
            lambda arrays: _from_x(info, backward, dtype, threads, arrays),
            note="rheobase without masks",
        ),
    ]
    return Case("mask", "backward" if backward else "", info["name"], dtype, arrays, truth, own, info)


def _call(info: dict, backward: bool, dtype: str, threads: int, arrays: Arrays) -> Prepared:
    handle, mask = calls.found("rheo_find", info["name"]), arrays["mask"]
    common = {"format": calls.FORMATS[dtype], "rank": 1, "threads": threads, "y": arrays["y"]}
    common["shape"] = calls.shape(arrays["x"].size)
    place = ctypes.c_void_p(mask.ctypes.data), ctypes.c_size_t(mask.size)
    forward = calls.filled(calls.Call, role=calls.VALUE, x=arrays["x"], **common)
    run = calls.bound("rheo_mask_forward", handle, forward, *place)
    if not backward:
        return Prepared(run, keep=(forward, arrays))
    back = calls.filled(calls.Call, role=calls.BACKWARD, grad=arrays["grad"], **common)
    return Prepared(calls.bound("rheo_mask_backward", handle, back, *place), keep=(back, forward, arrays))


def _from_x(info: dict, backward: bool, dtype: str, threads: int, arrays: Arrays) -> Prepared:
    role = calls.BACKWARD if backward else calls.VALUE
    run = calls.activation_call(
        info["name"], role, dtype, threads, arrays["x"], arrays["y"], arrays.get("grad")
    )
    return Prepared(run, keep=arrays)
