# SPDX-License-Identifier: Apache-2.0
"""Speed of NumPy's functions, in ratios: small arrays beside np.exp, large beside the C ABI and formulas.

    python bench/numpy_calls.py                     # all functions
    python bench/numpy_calls.py gelu silu --elements 1048576 --dtype float64
    python bench/numpy_calls.py --role backward     # or derivative; of functions of single numbers

On one thread. The fastest of rounds that take turns, standard normal x:

    call      rheobase.NAME(x) of 16 elements, in calls of np.exp(x)
    keyword   the same with a parameter as a keyword, where there is one
    C         NAME(x, out=y) of many elements: how many times as fast as rheo_run by ctypes, same memory
    formula   of values, how many times as fast as NumPy's formula with SciPy's (bench/peers/numpy.py)

The functions with the cheapest calls compute next to nothing: that is what a call costs, and what others take
beyond it is arithmetic.

Of functions of rows: rows of 16 and of 1,024 elements, beside SciPy's function of that name, if there is one.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from pathlib import Path

os.environ.setdefault("RHEOBASE_NUM_THREADS", "1")  # read at the first call
sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from peers import numpy as formulas

import rheobase
from rheobase import _calls
from rheobase.bench import contender, timing

SMALL, REPEATS, ROUNDS = 16, 500, 25
ROLES = {"value": _calls.VALUE, "derivative": _calls.DERIVATIVE, "backward": _calls.BACKWARD}
FORMATS = ("float32", "float64", "float16")  # that NumPy has by itself


def fastest(calls: dict) -> dict[str, float]:
    """Seconds of each call."""
    times = timing.race(list(calls.values()), ROUNDS, math.inf)
    return {name: min(one.seconds) for name, one in zip(calls, times, strict=True)}


def of_role(name: str, role: str):
    """The function, and whether it takes a gradient before x."""
    function = getattr(rheobase, name)
    return (function if role == "value" else getattr(function, role)), role == "backward"


def repeated(function, x: np.ndarray, keywords: dict, backward: bool = False):
    """As a program writes it: the keywords are in the code."""
    text = ", ".join(["g"] * backward + ["x", *(f"{key}={value!r}" for key, value in keywords.items())])
    namespace = {"f": function, "x": x, "g": np.ones_like(x), "times": [None] * REPEATS}
    exec(f"def run():\n    for _ in times:\n        f({text})", namespace)
    return namespace["run"]


def small(name: str, dtype: str, role: str) -> tuple[float, float]:
    """What a call costs, without and with a keyword, in calls of np.exp."""
    x, (function, backward) = np.linspace(-3, 3, SMALL).astype(dtype), of_role(name, role)
    calls = {"exp": repeated(np.exp, x, {}), "call": repeated(function, x, {}, backward)}
    own = {p["name"]: float(p["default"]) for p in rheobase.info(name)["parameters"][:1]}
    if own:
        calls["keyword"] = repeated(function, x, own, backward)
    times = fastest(calls)
    return times["call"] / times["exp"], times.get("keyword", math.nan) / times["exp"]


def large(name: str, dtype: str, elements: int, role: str) -> tuple[float, float]:
    """How many times as fast as the C ABI, and as the formula; NaN where there is none."""
    x = np.random.default_rng(1).standard_normal(elements).astype(dtype)
    y, spare, (function, backward) = np.zeros_like(x), np.ones_like(x), of_role(name, role)
    inputs, grad = ((spare, x), spare) if backward else ((x,), None)
    calls = {"ours": lambda: function(*inputs, out=y)}
    calls["C"] = _calls.activation_call(name, ROLES[role], dtype, 1, x, y, grad)
    formula = formulas._FORMULAS.get(rheobase.info(name)["activation"])
    if formula is not None and role == "value":
        step = formula(contender.parameters(rheobase.info(name)))
        calls["formula"] = lambda: step(x, y, spare)
    times = fastest(calls)
    return times["C"] / times["ours"], times.get("formula", math.nan) / times["ours"]


def rows(name: str, dtype: str, elements: int) -> tuple[float, float, float, float]:
    """The same of a function of rows, beside SciPy's."""
    function, theirs = getattr(rheobase, name), None
    if formulas._HAS_SCIPY:
        import scipy.special

        theirs = getattr(scipy.special, name, None)
    x = np.linspace(-3, 3, SMALL).astype(dtype)
    times = fastest({"exp": repeated(np.exp, x, {}), "call": repeated(function, x, {})})
    x = np.random.default_rng(1).standard_normal((max(elements // 1024, 1), 1024)).astype(dtype)
    calls = {"ours": lambda: function(x)}
    if theirs is not None:
        calls["theirs"] = lambda: theirs(x, axis=-1)
    many = fastest(calls)
    return times["call"] / times["exp"], math.nan, math.nan, many.get("theirs", math.nan) / many["ours"]


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not positive")
    return number


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="functions; all, if none is named")
    parser.add_argument("--dtype", choices=FORMATS, default="float32")
    parser.add_argument("--role", choices=ROLES, default="value")
    parser.add_argument("--elements", type=positive, default=1 << 15, metavar="N", help="of large arrays")
    given = parser.parse_args()
    of_rows = rheobase.names("rows") if given.role == "value" else []
    unknown = [name for name in given.names if name not in [*rheobase.names(), *of_rows]]
    if unknown:
        parser.error(f"no activation named {unknown[0]!r}; `rheobase list` lists them")
    np.seterr(all="ignore")
    machine = f"{rheobase.target()}, NumPy {formulas.version()}"
    print(f"{machine}, {given.dtype}, {given.role}, {given.elements:,} elements")
    print(f"{'':20}{'call':>9}{'keyword':>9}{'C':>9}{'formula':>9}")
    for name in given.names or [*rheobase.names(), *of_rows]:
        if name in of_rows:
            numbers = rows(name, given.dtype, given.elements)
        else:
            numbers = (
                *small(name, given.dtype, given.role),
                *large(name, given.dtype, given.elements, given.role),
            )
        cells = ("" if math.isnan(number) else f"{number:.2f}" for number in numbers)
        print(f"{name:20}" + "".join(f"{cell:>9}" for cell in cells), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
