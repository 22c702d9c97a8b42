# SPDX-License-Identifier: Apache-2.0
"""What librheobase_cuda refuses before it looks for a device; needs a build with CUDA, and no GPU."""

import pytest

import rheobase
from rheobase import cuda

try:
    cuda._library.library()
except ImportError as error:
    pytest.skip(f"no library to test: {error}", allow_module_level=True)

NAME = next(name for name in ("relu", *rheobase.names()) if name in rheobase.names())
RANDOM = "rrelu" if "rrelu" in rheobase.names("random") else rheobase.names("random")[0]
# One that has a parameter alone, and its name.
LEARNED, PARAMETER = next(
    (name, given[0]["name"])
    for name in ("prelu", *rheobase.names())
    if name in rheobase.names() and len(given := rheobase.info(name)["parameters"]) == 1
)
# Addresses that nothing is read from.
A, B, C, D, E = (4096 * i for i in range(1, 6))


def run(role="second", count=8, x=A, y=B, **settings):
    cuda.run(NAME, role, "float32", count, x, y, **settings)


def gate(role="value", count=8, a=A, b=B, dtype="float32", **settings):
    outputs = {"y": C} if role == "value" else {"grad": C, "da": D, "db": E}
    cuda.gate(NAME, role, dtype, count, a, b, **(outputs | settings))


def random(role="value", count=8, x=A, y=B, name=RANDOM, **settings):
    cuda.random(name, role, "float32", count, x, y, **settings)


def learned(role="value", shape=(2, 3, 4), x=A, y=B, parameters=((C, 3),), name=LEARNED, **settings):
    cuda.learned(name, role, settings.pop("dtype", "float32"), shape, x, y, parameters, **settings)


def sums(name=LEARNED, shape=(2, 3, 4), x=A, workspace=D, words=39, sums=3, **settings):
    given = {"parameters": ((C, 3),), "with_respect_to": PARAMETER} if name else {}
    cuda.sums_add(
        name, settings.pop("dtype", "float32"), shape, x, workspace, words, sums=sums, **given | settings
    )


def finish(dtype="float32", sums=3, workspace=A, words=39, result=B, result_dtype="float32", **settings):
    cuda.sums_finish(dtype, sums, workspace, words, result, result_dtype, **settings)


def packed(**settings):
    gate(**({"b": 0, "layout": "halves", "width": 4} | settings))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: run("value", grad=C),
            "grad is given, but role is neither RHEO_BACKWARD, RHEO_PARAMETER nor",
        ),
        (lambda: run("backward"), "grad is null"),
        (lambda: run(with_respect_to="alpha"), "with_respect_to is given, but role is not RHEO_PARAMETER"),
        (lambda: run(grad=C), None),
        (lambda: run(), None),
        (lambda: run(x=0), "x is null"),
        (lambda: run(y=A + 8), "y overlaps x without being the same memory"),
        (lambda: run(grad=B + 8), "y overlaps grad without being the same memory"),
        (lambda: run(grad=C + 2), "grad is not at a multiple of 4 bytes, an element's size"),
        (lambda: run(count=-1), "count is -1"),
        (lambda: run(parameters={"beta": 2}), f"{NAME} has no parameter 'beta'"),
        (lambda: run(host=True, stream=A), "stream and workspace have to be null"),
        (lambda: gate("second"), "role is 5; a gate has RHEO_VALUE and RHEO_BACKWARD"),
        (lambda: random("second"), "role is 5; expected RHEO_VALUE, RHEO_DERIVATIVE or RHEO_BACKWARD"),
        (lambda: gate("derivative"), "role is 2; a gate has RHEO_VALUE and RHEO_BACKWARD"),
        (lambda: gate(grad=D), "grad, da or db is given, but role is not RHEO_BACKWARD"),
        (lambda: gate("backward", y=A), "y is given, but role is not RHEO_VALUE"),
        (lambda: gate(b=0), "b is null"),
        (lambda: gate("backward", db=0), "db is null"),
        (lambda: packed(b=B), "b, db or strides of them are given, but layout puts both in one array"),
        (lambda: packed(width=0), "width is 0; expected a divisor of count, which is 8"),
        (lambda: packed(width=3), "width is 3; expected a divisor of count, which is 8"),
        (lambda: gate(count=-1), "count is -1"),
        (
            lambda: gate(limit=float("nan")),
            "limit is nan; expected 0, or a positive finite number in the format",
        ),
        (lambda: gate(limit=-1), "limit is -1; expected 0, or a positive finite number in the format of a"),
        (
            lambda: gate(limit=1e-60),
            "limit is 1e-60; expected 0, or a positive finite number in the format of a",
        ),
        (lambda: gate(offset=float("inf")), "offset is inf; expected a finite number in the format of a"),
        (lambda: gate(a=A + 2), "a is not at a multiple of 4 bytes, an element's size"),
        (lambda: gate(y=A + 4), "y overlaps a without being the same memory"),
        (lambda: packed(y=A), "y overlaps a"),
        (lambda: gate("backward", db=A), "db overlaps a"),
        (lambda: gate("backward", da=D, db=D), "db overlaps da"),
        (lambda: gate("backward", da=B + 8), "da overlaps b without being the same memory"),
        (lambda: packed(role="backward", y=0, grad=A + 32, da=D, db=0), None),
        (lambda: packed(role="backward", grad=D, da=D, db=0), "da overlaps grad"),
        (lambda: gate(parameters={"beta": 2}), f"{NAME} has no parameter 'beta'"),
        (lambda: random("parameter"), "role is 4; expected RHEO_VALUE, RHEO_DERIVATIVE or RHEO_BACKWARD"),
        (lambda: random(grad=C), "grad is given, but role is not RHEO_BACKWARD"),
        (lambda: random("backward"), "grad is null"),
        (lambda: random(training=2), "training is 2; expected 0 or 1"),
        (lambda: random(y=A + 8), "y overlaps x without being the same memory"),
        (
            lambda: random(first=2**63 - 7),
            "first is 9223372036854775801; the indices of 8 elements would reach 2^63",
        ),
        (lambda: random(name="rrelo"), "rrelu"),
        (lambda: random(count=-3), "count is -3"),
        (lambda: learned("derivative"), "role is 2; expected RHEO_VALUE, RHEO_BACKWARD or RHEO_PARAMETER"),
        (lambda: learned("backward"), "grad is null"),
        (lambda: learned(grad=D), "grad is given, but role is neither RHEO_BACKWARD nor RHEO_PARAMETER"),
        (lambda: learned("parameter", grad=D), "with_respect_to is null"),
        (lambda: learned("parameter", with_respect_to="beto"), "beto"),
        (lambda: learned(with_respect_to=PARAMETER), "with_respect_to is given, but role is not"),
        (lambda: learned(shape=(2, -3, 4)), "channels is -3"),
        (lambda: learned(shape=(2**30, 2**20, 2**20)), "outer, channels and inner have more than 2^58"),
        (lambda: learned(parameters=()), f"parameter_count is 0; {LEARNED} has 1"),
        (lambda: learned(parameters=((C, 2),)), f"{PARAMETER} has 2 numbers; expected 1 or as many as there"),
        (lambda: learned(parameters=((0, 3),)), f"{PARAMETER} is null"),
        (lambda: learned(parameters=((C + 2, 3),)), f"{PARAMETER} is not at a multiple of 4 bytes"),
        (lambda: learned(parameters=((B + 8, 3),)), f"y overlaps {PARAMETER}"),
        (lambda: learned(parameter_dtype="float64"), "parameter_format is 2; expected that of x, which is 1"),
        (lambda: learned(dtype="bfloat16", parameter_dtype="float16"), "parameter_format is 4; expected"),
        (lambda: learned(x=0), "x is null"),
        (lambda: learned(y=0), "y is null"),
        (lambda: learned(y=A + 4), "y overlaps x without being the same memory"),
        (lambda: learned(name="prelo"), "prelo"),
        (lambda: learned(dtype="bfloat16", parameter_dtype="float32"), None),
        (lambda: sums(words=38), "words is 38; expected 39"),
        (lambda: sums(dtype="float64", words=39), "words is 39; expected 210"),
        (lambda: sums(sums=2, words=26), "the form's channels are 2; expected 1 or 3"),
        (lambda: sums(workspace=0), "workspace is null"),
        (lambda: sums(workspace=D + 4), "workspace is not at a multiple of 8 bytes"),
        (lambda: sums(workspace=A + 8), "workspace overlaps x"),
        (lambda: sums(grad=D), "workspace overlaps grad"),
        (lambda: sums(None, grad=C), "grad is given, but activation is null"),
        (lambda: sums(None, parameters=((C, 3),)), "parameters are given, but activation is null"),
        (lambda: sums(None), None),
        (lambda: finish(words=13), "words is 13; expected 39"),
        (lambda: finish(sums=0, words=0), "channels is 0; expected 1 or more"),
        (lambda: finish(result=0), "result is null"),
        (lambda: finish(result=A + 8), "result overlaps workspace"),
        (lambda: finish(result=B + 2), "result is not at a multiple of 4 bytes"),
        (lambda: finish(), None),
    ],
)
def test_wrong_calls_are_refused_in_one_line_that_names_the_argument(call, message):
    with pytest.raises(cuda.Error) as caught:
        call()
    text = str(caught.value)
    assert "\n" not in text
    if message is None:  # nothing is wrong but that there is no device, or no such memory
        assert caught.value.status == 11
    else:
        assert message in text


def test_a_role_that_there_is_not_is_refused(monkeypatch):
    monkeypatch.setitem(cuda.ROLES, "third", 6)
    with pytest.raises(cuda.Error, match=r"role is 6; expected RHEO_VALUE, .* RHEO_PARAMETER or RHEO_SECOND"):
        run("third")


def test_nothing_is_asked_of_a_device_for_no_elements():
    run(count=0, x=0, y=0)
    gate(count=0, a=0, b=0, y=0)
    packed(count=0, a=0, width=0, y=0)
    random(count=0, x=0, y=0)
    learned(shape=(0, 3, 4), x=0, y=0)
    learned(shape=(2, 0, 4), x=0, y=0, parameters=((0, 0),))
    sums(shape=(2, 3, 0), x=0)
