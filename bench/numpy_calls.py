# SPDX-License-Identifier: Apache-2.0
"""Speed of NumPy's functions, in ratios: small arrays beside np.exp, large beside the C ABI and formulas.

    python bench/numpy_calls.py                     # values of all functions, float32
    python bench/numpy_calls.py gelu silu --elements 1048576 --dtype float64
    python bench/numpy_calls.py --role backward     # derivative, gate, gate-backward; functions of one number
    python bench/numpy_calls.py --role all --dtype all --csv bench/results/numpy/NAME.csv

On one thread. The fastest of rounds that take turns, standard normal x:

    call      rheobase.NAME(x) of 16 elements, in calls of np.exp(x)
    keyword   the same with a parameter as a keyword, where there is one
    C         NAME(x, out=y) of many elements: how many times as fast as the C ABI by ctypes, same memory
    NumPy     how many times as fast as NumPy's formula (bench/peers/numpy.py), whose steps do not allocate
    SciPy     the same of formulas with a function of SciPy's

The functions with the cheapest calls compute next to nothing: that is what a call costs, and what others take
beyond it is arithmetic.

Of functions of rows: rows of 16 and of 1,024 elements, beside SciPy's function of that name, if there is one.
bfloat16 needs ml_dtypes. The file is only ever appended to.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

os.environ.setdefault("RHEOBASE_NUM_THREADS", "1")  # read at the first call
sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from peers import numpy as peer

import rheobase
from rheobase import _calls
from rheobase._arguments import UsageError
from rheobase.bench import machine, records, timing
from rheobase.bench.contender import Unsupported

SMALL, REPEATS = 16, 500
# What a function of the role takes: g is a gradient, b a gate's other factor.
ARGUMENTS = {
    "value": ("x",),
    "derivative": ("x",),
    "backward": ("g", "x"),
    "gate": ("x", "b"),
    "gate-backward": ("g", "x", "b"),
}
NUMBERS = {"value": _calls.VALUE, "derivative": _calls.DERIVATIVE, "backward": _calls.BACKWARD}
FIGURES = ("call", "keyword", "C", "NumPy", "SciPy")
COLUMNS = ("name", "role", "dtype", "elements", *FIGURES)  # and those that all rows share


def fastest(calls: dict, rounds: int) -> dict[str, float]:
    """Seconds of each call."""
    times = timing.race(list(calls.values()), rounds, math.inf)
    return {name: min(one.seconds) for name, one in zip(calls, times, strict=True)}


def of_role(name: str, role: str) -> Callable:
    function = rheobase.gate(name) if role.startswith("gate") else getattr(rheobase, name)
    attribute = role.removeprefix("gate-")
    return function if attribute in ("value", "gate") else getattr(function, attribute)


def numpys(dtype: str) -> np.dtype:
    """NumPy's type for it. bfloat16 is ml_dtypes'."""
    if dtype == "bfloat16":
        import ml_dtypes

        return np.dtype(ml_dtypes.bfloat16)
    return np.dtype(dtype)


def few(dtype: str) -> np.ndarray:
    """What small calls are given."""
    return np.linspace(-3, 3, SMALL).astype(numpys(dtype))


def numbers(count: int, dtype: str, seed: int) -> np.ndarray:
    """Standard normal ones."""
    return np.random.default_rng(seed).standard_normal(count).astype(numpys(dtype))


def repeated(function: Callable, arrays: dict, arguments: tuple[str, ...], keywords: dict) -> Callable:
    """As a program writes it: the keywords are in the code."""
    text = ", ".join([*arguments, *(f"{key}={value!r}" for key, value in keywords.items())])
    namespace = arrays | {"f": function, "times": [None] * REPEATS}
    exec(f"def run():\n    for _ in times:\n        f({text})", namespace)
    return namespace["run"]


def small(name: str, role: str, dtype: str, rounds: int) -> dict[str, float]:
    """What a call costs, without and with a keyword, in calls of np.exp."""
    x = few(dtype)
    arrays, function, arguments = {"x": x, "g": np.ones_like(x), "b": x}, of_role(name, role), ARGUMENTS[role]
    calls = {"exp": repeated(np.exp, arrays, ("x",), {})}
    calls["call"] = repeated(function, arrays, arguments, {})
    own = {p["name"]: float(p["default"]) for p in rheobase.info(name)["parameters"][:1]}
    if own and not role.startswith("gate"):
        calls["keyword"] = repeated(function, arrays, arguments, own)
    times = fastest(calls, rounds)
    return {key: time / times["exp"] for key, time in times.items() if key != "exp"}


def large(name: str, role: str, dtype: str, elements: int, rounds: int) -> dict[str, float]:
    """How many times as fast as the C ABI, and as the formulas that there are."""
    arrays = {key: numbers(elements, dtype, seed) for seed, key in enumerate("xbg")}
    outputs = [np.ones_like(arrays["x"]) for _ in range(2 if role == "gate-backward" else 1)]
    function, inputs = of_role(name, role), [arrays[key] for key in ARGUMENTS[role]]
    out = tuple(outputs) if len(outputs) > 1 else outputs[0]
    calls = {"ours": lambda: function(*inputs, out=out), "C": by_ctypes(name, role, dtype, arrays, outputs)}
    calls |= formulas(name, role, arrays, outputs)
    times = fastest(calls, rounds)
    return {key: time / times["ours"] for key, time in times.items() if key != "ours"}


def by_ctypes(name: str, role: str, dtype: str, arrays: dict, outputs: list) -> Callable:
    """The call of the C ABI, on one thread."""
    x, b, grad = arrays["x"], arrays["b"], arrays["g"]
    if not role.startswith("gate"):
        given = grad if role == "backward" else None
        return _calls.activation_call(name, NUMBERS[role], dtype, 1, x, outputs[0], given)
    if role == "gate":
        fields = {"role": _calls.VALUE, "y": outputs[0]}
    else:
        fields = {"role": _calls.BACKWARD, "grad": grad, "da": outputs[0], "db": outputs[1]}
    gate = _calls.filled(
        _calls.Gate, layout=1, rank=1, shape=_calls.shape(x.size), format=_calls.FORMATS[dtype], threads=1,
        a=x, b=b, **fields,
    )  # fmt: skip
    return _calls.bound("rheo_run_gate", _calls.found("rheo_find", name), gate)


def formulas(name: str, role: str, arrays: dict, outputs: list) -> dict[str, Callable]:
    """Calls by whose formula it is; none where one has no formula, or none for the format."""
    info, found = rheobase.info(name), {}
    with contextlib.suppress(Unsupported):
        values = peer.formulas(info, "value")
        slopes = peer.formulas(info, "derivative")
        wanted = {"value": values, "gate": values, "gate-backward": slopes}.get(role, slopes)
        for whose in wanted:
            call = formula(values.get(whose), slopes.get(whose), role, arrays, outputs)
            with contextlib.suppress(TypeError):
                call()
                found[whose] = call
    return found


def formula(value: Callable, slope: Callable, role: str, arrays: dict, outputs: list) -> Callable:
    """One of them, as a call that fills the outputs."""
    x, b, grad, y = arrays["x"], arrays["b"], arrays["g"], outputs[0]
    if role in NUMBERS:
        return peer.bound(value if role == "value" else slope, role, x, y, grad)
    if role == "gate":
        return peer.bound(value, "backward", x, y, b)  # times b
    of_a, of_b = peer.bound(slope, "backward", x, y, grad), peer.bound(value, "backward", x, outputs[1], grad)

    def both():
        of_a()
        np.multiply(y, b, out=y)
        of_b()

    return both


def rows(name: str, dtype: str, elements: int, rounds: int) -> dict[str, float]:
    """The same of a function of rows, beside SciPy's."""
    function, theirs = getattr(rheobase, name), None
    if find_spec("scipy") is not None:
        import scipy.special

        theirs = getattr(scipy.special, name, None)
    x = few(dtype)
    calls = {"exp": np.exp, "call": function}
    times = fastest({key: repeated(f, {"x": x}, ("x",), {}) for key, f in calls.items()}, rounds)
    x = numbers(max(elements // 1024, 1) * 1024, dtype, 0).reshape(-1, 1024)
    calls = {"ours": lambda: function(x)}
    if theirs is not None:
        calls["SciPy"] = lambda: theirs(x, axis=-1)
    many = fastest(calls, rounds)
    found = {"call": times["call"] / times["exp"]}
    return found | {key: time / many["ours"] for key, time in many.items() if key != "ours"}


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not positive")
    return number


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="functions; all, if none is named")
    parser.add_argument("--dtype", choices=[*_calls.FORMATS, "all"], default="float32")
    parser.add_argument("--role", choices=[*ARGUMENTS, "all"], default="value")
    parser.add_argument("--elements", type=positive, default=1 << 15, metavar="N", help="of large arrays")
    parser.add_argument("--rounds", type=positive, default=25, metavar="N", help="turns of each call")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="append the figures to it")
    given = parser.parse_args()
    known = [*rheobase.names(), *rheobase.names("rows")]
    unknown = [name for name in given.names if name not in known]
    if unknown:
        parser.error(f"no function named {unknown[0]!r}; `rheobase list` lists them")
    given.names = given.names or known
    given.roles = list(ARGUMENTS) if given.role == "all" else [given.role]
    given.dtypes = list(_calls.FORMATS) if given.dtype == "all" else [given.dtype]
    if "bfloat16" in given.dtypes and find_spec("ml_dtypes") is None:
        if given.dtype != "all":
            parser.error("--dtype bfloat16: needs ml_dtypes")
        given.dtypes.remove("bfloat16")
    return given


def table(given: argparse.Namespace, role: str, dtype: str, keep: Callable[[dict], None]) -> None:
    """Measures all functions and prints a line for each."""
    print(f"{rheobase.target()}, NumPy {peer.version()}, {dtype}, {role}, {given.elements:,} elements")
    print(f"{'':20}" + "".join(f"{title:>9}" for title in FIGURES))
    of_rows = rheobase.names("rows")
    for name in given.names:
        if name in of_rows and role != "value":
            continue
        if name in of_rows:
            figures = rows(name, dtype, given.elements, given.rounds)
        else:
            figures = small(name, role, dtype, given.rounds)
            figures |= large(name, role, dtype, given.elements, given.rounds)
        cells = (f"{figures[key]:.2f}" if key in figures else "" for key in FIGURES)
        print(f"{name:20}" + "".join(f"{cell:>9}" for cell in cells), flush=True)
        what = {"name": name, "role": role, "dtype": dtype, "elements": given.elements}
        keep(what | {key: figures.get(key) for key in FIGURES})


def main() -> int:
    given = parsed()
    np.seterr(all="ignore")
    shared = machine.conditions(1, "normal") | {"versions": f"NumPy {peer.version()}"}
    try:
        results = records.Results(given.csv, [*shared, *COLUMNS]) if given.csv else contextlib.nullcontext()
    except UsageError as error:
        print(f"numpy_calls.py: {error}", file=sys.stderr)
        return 2
    with results as file:
        for dtype in given.dtypes:
            for role in given.roles:
                table(given, role, dtype, lambda row: file and file.append([shared | row]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
