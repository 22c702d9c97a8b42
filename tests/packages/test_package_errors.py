# SPDX-License-Identifier: Apache-2.0
"""Each function of the library fails with the codes that its comment lists, and with no others."""

import ctypes
from collections.abc import Iterator

import headers
import pytest

from rheobase import _calls, _core

LIBRARY = _core._library
# Those of the environment and of missing memory belong to every function.
LISTED = {
    f.name: f.errors()
    for f in headers.functions()
    if f.errors() and not f.header.startswith(("cuda", "analysis"))
}

N = 8
X, Y, GRAD = (ctypes.c_float * N)(), (ctypes.c_float * N)(), (ctypes.c_float * N)()
INSIDE = ctypes.addressof(X) + ctypes.sizeof(ctypes.c_float)  # overlaps X
TABLE, MASK = (ctypes.c_uint8 * 256)(), (ctypes.c_uint8 * 1)()
LONG, SIZE, U32, U64 = ctypes.c_int64, ctypes.c_size_t, ctypes.c_uint32, ctypes.c_uint64
OUT = ctypes.byref((ctypes.c_void_p * 4)())


def given(name: str, value: float = 1) -> dict:
    return {"parameters": _core.given_parameters({name: value}), "parameter_count": 1}


def subject() -> tuple[str, str]:
    """An activation with a mask, and one of its parameters."""
    for name in _core.names():
        parameters = _core.info(name)["parameters"]
        if (
            parameters
            and _core.mask_supported(name, {}, "float32")
            and _core.output_supported(name, {}, "float32")
        ):
            return name, parameters[0]["name"]
    pytest.skip("no activation of this build has a mask and a parameter")


NAME, PARAMETER = subject()
F = _calls.found("rheo_find", NAME)
DRAWS = next(name for name in _core.names("random") if _core.info(name, "random")["parameters"])
DRAWN = _core.info(DRAWS, "random")["parameters"][0]["name"]
R, S = _calls.found("rheo_random_find", DRAWS), _calls.found("rheo_rows_find", _core.names("rows")[0])
PLAIN = {"format": 1, "rank": 1, "shape": _calls.shape(N), "x": X, "y": Y}


def wrong(kind: type, right: dict, *more: dict) -> Iterator[object]:
    """The right descriptor's address, then one with each fault that it can have."""
    faults = [{"struct_size": 0}, {"threads": -1}, {"format": 99}, {"role": 99}, {"rank": 65}, {"y": None}]
    faults += [{"y": INSIDE}, *more]
    known = {name for name, _ in kind._fields_}
    for fault in [{}, *(fault for fault in faults if fault.keys() <= known)]:
        yield _calls.filled(kind, **right | fault)


def of_parameters(name: str = PARAMETER) -> list[dict]:
    return [given("no such"), given(name, float("nan"))]


def runs(handle, kind: type, right: dict, *more: dict, behind=()) -> Iterator[tuple]:
    yield (None, None, *behind)
    for call in wrong(kind, right, *more):
        yield (handle, ctypes.byref(call), *behind)


def sums() -> Iterator[tuple]:
    """rheo_sums_add."""
    form = _calls.SumsForm(1, 1, 1)
    words = SIZE()
    assert LIBRARY.rheo_sums_size(ctypes.byref(form), ctypes.byref(words), None) == 0
    memory = (LONG * words.value)()
    right = {k: v for k, v in PLAIN.items() if k not in ("y", "format")}
    right |= {"form": form, "axis": -1, "activation": F, "with_respect_to": PARAMETER.encode()}
    right |= {"workspace": memory, "words": words.value}
    faults = [{"x": None}, {"x": memory}, {"words": 1}, {"axis": 5}]
    faults += [{"form": _calls.SumsForm(9, 1, 1)}, {"form": _calls.SumsForm(1, 99, 1)}]
    for call in wrong(_calls.Sums, right, *faults, *of_parameters()):
        yield (ctypes.byref(call),)


def workspaces(*behind, statistics=False) -> Iterator[tuple]:
    """What takes a form and a workspace; `behind` follows them."""
    right, other = (2, 1) if statistics else (1, 2)
    for numbers in ((right, 1, 1), (other, 1, 1), (9, 1, 1), (right, 99, 1), (right, 1, 0)):
        form = _calls.SumsForm(*numbers)
        words = SIZE()
        LIBRARY.rheo_sums_size(ctypes.byref(form), ctypes.byref(words), None)
        memory = (LONG * max(words.value, 1))()
        for count in (words, SIZE(1)):
            yield (ctypes.byref(form), memory, count, *behind)
        yield (ctypes.byref(form), None, words, *behind)


def merges() -> Iterator[tuple]:
    """rheo_sums_merge."""
    for form, memory, words, *_ in workspaces():
        yield (form, memory, memory, words)
        yield (form, memory, (LONG * max(words.value, 1))(), words)


def scales() -> Iterator[tuple]:
    right = {"codes": 1, "convention": 1, "in_scale": 1, "out_scale": 1}
    faults = [{"codes": 9}, {"convention": 9}, {"in_scale": -1}, *of_parameters()]
    for call in wrong(_calls.Quantization, right, *faults):
        yield (F, ctypes.byref(call), TABLE)
    yield (F, None, TABLE)


def stages() -> Iterator[tuple]:
    """rheo_run_fused."""
    yield (None,)
    stage = _calls.filled(_calls.Stage, activation=F)
    other = [{"stages": _calls.filled(_calls.Stage, activation=F, **p)} for p in of_parameters()]
    for call in wrong(_calls.Fused, PLAIN | {"stages": stage, "stage_count": 1}, *other):
        yield (ctypes.byref(call),)


def asked(*results) -> Iterator[tuple]:
    """What has an activation, a format and parameters."""
    right = (_core.given_parameters({}), SIZE(0))
    yield (None, U32(1), *right, *results)
    yield (F, U32(99), *right, *results)
    for p in of_parameters():
        yield (F, U32(1), p["parameters"], SIZE(1), *results)


BACKWARD = {k: v for k, v in PLAIN.items() if k != "x"} | {"role": 3, "grad": X}
FAULTY = of_parameters()
ARGUMENTS = {
    "rheo_names": [(None, None)], "rheo_rows_names": [(None, None)], "rheo_random_names": [(None, None)],
    "rheo_targets": [(None, None)], "rheo_target": [(None,)],
    "rheo_find": [(None, OUT), (b"no such", OUT)], "rheo_rows_find": [(None, OUT), (b"no such", OUT)],
    "rheo_random_find": [(None, OUT), (b"no such", OUT)],
    "rheo_describe": [(None, None)], "rheo_rows_describe": [(None, None)],
    "rheo_random_describe": [(None, None)],
    "rheo_check_parameters": [*asked()],
    "rheo_run": [*runs(F, _calls.Call, PLAIN | {"role": 1}, *FAULTY)],
    "rheo_run_arrays": [
        *runs(F, _calls.Call, PLAIN | {"role": 1}, *FAULTY, behind=(None, SIZE(0))),
        (F, ctypes.byref(_calls.filled(_calls.Call, **PLAIN | {"role": 1})), None, SIZE(1)),
    ],
    "rheo_run_gate": [*runs(F, _calls.Gate, {
        "format": 1, "rank": 1, "shape": _calls.shape(N), "a": X, "b": GRAD, "y": Y, "role": 1, "layout": 1,
    }, *FAULTY)],
    "rheo_run_fused": [*stages()],
    "rheo_int8_table": [*scales()],
    "rheo_int8_apply": [
        (None, X, Y, LONG(N), 0, None), (TABLE, X, Y, LONG(-1), 0, None), (TABLE, X, Y, LONG(N), -1, None),
        (TABLE, X, ctypes.c_void_p(INSIDE), LONG(N), 0, None),
    ],
    "rheo_mask_supported": [*asked(OUT, None)],
    "rheo_mask_size": [(LONG(1), None), (LONG(-1), OUT)],
    "rheo_mask_forward": [
        (F, ctypes.byref(_calls.filled(_calls.Call, **PLAIN | {"role": 1})), MASK, SIZE(2)),
        *runs(F, _calls.Call, PLAIN | {"role": 1}, *FAULTY, behind=(MASK, SIZE(1))),
    ],
    "rheo_mask_backward": [
        (F, ctypes.byref(_calls.filled(_calls.Call, **BACKWARD)), MASK, SIZE(2)),
        *runs(F, _calls.Call, BACKWARD, *FAULTY, behind=(MASK, SIZE(1))),
    ],
    "rheo_output_supported": [*asked(OUT, None)],
    "rheo_output_run": [*runs(F, _calls.Call, PLAIN | {"role": 2}, *FAULTY)],
    "rheo_random_run": [*runs(R, _calls.Random, PLAIN | {"role": 1}, *of_parameters(DRAWN))],
    "rheo_random_numbers": [
        (U32(1), U64(0), U64(0), U64(0), None, SIZE(1)), (U32(9), U64(0), U64(0), U64(0), TABLE, SIZE(1)),
        (U32(1), U64(0), U64(0), U64(1 << 63), TABLE, SIZE(1)),
    ],
    "rheo_rows_run": [*runs(S, _calls.Rows, PLAIN | {"role": 1}, {"scale": -1.0})],
    "rheo_sums_size": [(form, OUT, None) for form, *_ in workspaces()] + [(None, OUT, None)],
    "rheo_sums_clear": [*workspaces()],
    "rheo_sums_add": [*sums(), (None,)],
    "rheo_sums_merge": [*merges()],
    "rheo_sums_finish": [*workspaces(U32(1), TABLE), *workspaces(U32(99), TABLE)],
    "rheo_sums_statistics": [*workspaces(TABLE, statistics=True)],
}  # fmt: skip


def test_every_function_is_called_here():
    assert ARGUMENTS.keys() == LISTED.keys()


@pytest.mark.parametrize("function", ARGUMENTS)
def test_its_errors_are_those_of_its_comment(function):
    call = getattr(LIBRARY, function)
    types, call.argtypes = call.argtypes, None  # some were told types, which would take no such arguments
    try:
        returned = {headers.STATUS[call(*arguments)] for arguments in ARGUMENTS[function]}
    finally:
        call.argtypes = types
    assert returned - {"OK"} == LISTED[function]
