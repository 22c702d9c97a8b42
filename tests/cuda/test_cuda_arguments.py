# SPDX-License-Identifier: Apache-2.0
"""What librheobase_cuda refuses before it looks for a device; needs a build with CUDA, and no GPU."""

import pytest

import rheobase
from rheobase import cuda

try:
    cuda._library()
except ImportError as error:
    pytest.skip(f"no library to test: {error}", allow_module_level=True)

NAME = next(name for name in ("relu", *rheobase.names()) if name in rheobase.names())
RANDOM = "rrelu" if "rrelu" in rheobase.names("random") else rheobase.names("random")[0]
# Addresses that nothing is read from.
A, B, C, D, E = (4096 * i for i in range(1, 6))


def gate(role="value", count=8, a=A, b=B, dtype="float32", **settings):
    outputs = {"y": C} if role == "value" else {"grad": C, "da": D, "db": E}
    cuda.gate(NAME, role, dtype, count, a, b, **(outputs | settings))


def random(role="value", count=8, x=A, y=B, name=RANDOM, **settings):
    cuda.random(name, role, "float32", count, x, y, **settings)


def packed(**settings):
    gate(**({"b": 0, "layout": "halves", "width": 4} | settings))


@pytest.mark.parametrize(
    ("call", "message"),
    [
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


def test_nothing_is_asked_of_a_device_for_no_elements():
    gate(count=0, a=0, b=0, y=0)
    packed(count=0, a=0, width=0, y=0)
    random(count=0, x=0, y=0)
