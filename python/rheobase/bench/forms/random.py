# SPDX-License-Identifier: Apache-2.0
"""Functions that draw random numbers, in training, and the numbers themselves.

Each element of rheobase's is compared with the formula and the published generator, both written once more in
bench/peers/_random_forms.py. Others draw other numbers: of theirs, average and deviation are compared.
"""

from itertools import product

import numpy as np

import rheobase
from rheobase import _calls as calls
from rheobase.bench import formats, places
from rheobase.bench.contender import Contender, Prepared, Unsupported
from rheobase.bench.forms.case import Arrays, Case, Truth

SEED, OFFSET = 11, 12
NUMBERS = {"words": 1, "uniforms": 2, "normals": 3}


def names() -> list[str]:
    return [*rheobase.names("random"), *NUMBERS]


def cases(wanted: list[str], dtypes: list[str], sizes: list[int], threads: int) -> list[Case]:
    functions = calls.chosen(rheobase.names("random"), wanted)
    found = [
        _case(name, variant, dtype, threads)
        for variant, dtype, name in product(("training", "backward"), dtypes, functions)
    ]
    return found + [_numbers(name) for name in calls.chosen(list(NUMBERS), wanted)]


def _exact():
    places.peers()
    from rheobase.bench.peers import _random_forms

    return _random_forms


def _case(name: str, variant: str, dtype: str, threads: int) -> Case:
    info = rheobase.info(name, "random")
    backward = variant == "backward"

    def arrays(size: int, random: np.random.Generator, data: str) -> Arrays:
        made = {"x": formats.numbers(size, dtype, random, data), "y": formats.empty(size, dtype)}
        return made | ({"grad": formats.numbers(size, dtype, random)} if backward else {})

    def prepare(arrays: Arrays) -> Prepared:
        call = calls.filled(
            calls.Random, role=calls.BACKWARD if backward else calls.VALUE, format=calls.FORMATS[dtype],
            training=1, rank=1, threads=threads, shape=calls.shape(arrays["x"].size), seed=SEED,
            offset=OFFSET, **arrays,
        )  # fmt: skip
        return Prepared(
            calls.bound("rheo_random_run", calls.found("rheo_random_find", name), call), keep=call
        )

    def truth(arrays: Arrays, at: np.ndarray) -> list[Truth]:
        formula = _exact().FORMULAS.get(name)
        if formula is None:
            raise Unsupported(
                f"bench/peers/_random_forms.py has no formula of {name}: nothing is timed unchecked"
            )
        given = {p["name"]: float(p["default"]) for p in info["parameters"]}
        if dtype != "float64":
            given = {key: float(np.float32(value)) for key, value in given.items()}
        x = formats.wide(arrays["x"][at], dtype).astype(np.longdouble)
        number = _exact().numbers(info["draws"], SEED, OFFSET, at)
        value, slope = formula(x, number, **given)
        # Where value and noise cancel, the error is that of the noise (docs/random.md).
        unit = np.ldexp(np.maximum(np.abs(value), np.abs(x)), -formats.LAYOUT[dtype][0])
        if not backward:
            return [Truth("y", at, value, np.maximum(unit, np.ldexp(1.0, formats.LAYOUT[dtype][1])))]
        return [Truth("y", at, slope * formats.wide(arrays["grad"][at], dtype))]

    own = [Contender("rheobase", prepare)]
    return Case("random", variant, name, dtype, arrays, truth, own, info, {"moments": True, "seed": SEED})


def _numbers(name: str) -> Case:
    """Uniform and normal numbers as float64, the generator's words as uint32 in the place of float32."""
    dtype = "float32" if name == "words" else "float64"

    def arrays(size: int, random: np.random.Generator, data: str) -> Arrays:
        return {"y": formats.empty(size, dtype)}

    def prepare(arrays: Arrays) -> Prepared:
        y = arrays["y"]
        place = map(calls.WORD, (SEED, OFFSET, 0))
        to, count = calls.POINTER(y.ctypes.data), calls.SIZE(y.size)
        call = calls.bound("rheo_random_numbers", NUMBERS[name], *place, to, count)
        return Prepared(call, lambda: {"y": y.view(np.uint32) if name == "words" else y}, keep=arrays)

    def truth(arrays: Arrays, at: np.ndarray) -> list[Truth]:
        return [Truth("y", at, _exact().numbers(name, SEED, OFFSET, at))]

    own = [Contender("rheobase", prepare)]
    return Case(
        "random", "numbers", name, dtype, arrays, truth, own, facts={"moments": True, "numbers": True}
    )
