# SPDX-License-Identifier: Apache-2.0
"""8-bit codes through a table of 256. The table is compared with one made of exact results under ONNX's
rounding; an error is counted in codes."""

import ctypes

import numpy as np

import rheobase
from rheobase import _calls as calls
from rheobase import _core
from rheobase.bench.contender import Contender, Prepared
from rheobase.bench.formats import aligned
from rheobase.bench.forms import exact
from rheobase.bench.forms.case import Arrays, Case, Truth

IN_SCALE, IN_ZERO, OUT_SCALE, OUT_ZERO = 0.05, 3, 0.02, -20
_INT8, _ONNX = 1, 2
names = rheobase.names


def cases(wanted: list[str], dtypes: list[str], sizes: list[int], threads: int) -> list[Case]:
    return [_case(rheobase.info(name), threads) for name in calls.chosen(names(), wanted)]


def table(info: dict) -> np.ndarray:
    """rheobase's, as uint8 by the code's byte. Raises ValueError."""
    made = np.zeros(256, np.uint8)
    quantization = calls.filled(
        calls.Quantization, codes=_INT8, convention=_ONNX, in_scale=IN_SCALE, in_zero=IN_ZERO,
        out_scale=OUT_SCALE, out_zero=OUT_ZERO,
    )  # fmt: skip
    handle = calls.found("rheo_find", info["name"])
    _core._check(
        _core._library.rheo_int8_table(handle, ctypes.byref(quantization), ctypes.c_void_p(made.ctypes.data))
    )
    return made


def _case(info: dict, threads: int) -> Case:
    def arrays(size: int, random: np.random.Generator, data: str) -> Arrays:
        x, y = aligned(size, "uint8"), aligned(size, "int8")
        x[:] = random.integers(0, 256, size, np.uint8)
        return {"x": x.view(np.int8), "y": y}

    def truth(arrays: Arrays, at: np.ndarray) -> list[Truth]:
        codes = np.arange(-128, 128)
        x = np.float32(IN_SCALE) * (codes - IN_ZERO).astype(np.float32)
        y = exact.activation(info, "value", x, "float32").astype(np.float32)
        with np.errstate(over="ignore"):
            made = np.clip(np.rint(y / np.float32(OUT_SCALE)) + OUT_ZERO, -128, 127)
        exactly = made[arrays["x"][at].astype(np.int64) + 128].astype(np.longdouble)
        return [Truth("y", at, exactly, np.ones(at.size, np.longdouble))]

    def prepare(arrays: Arrays) -> Prepared:
        made = table(info)
        pointers = (calls.POINTER(array.ctypes.data) for array in (made, arrays["x"], arrays["y"]))
        run = calls.bound("rheo_int8_apply", *pointers, ctypes.c_int64(arrays["x"].size), threads, None)
        return Prepared(run, keep=(made, arrays))

    facts = {"quantization": (IN_SCALE, IN_ZERO, OUT_SCALE, OUT_ZERO), "table": lambda: table(info)}
    return Case(
        "int8", "", info["name"], "int8", arrays, truth, [Contender("rheobase", prepare)], info, facts
    )
