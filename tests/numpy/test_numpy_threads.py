# SPDX-License-Identifier: Apache-2.0
"""Which calls use threads, and how many."""

import sys
from pathlib import Path

import numpy as np
import pytest
from numpy_cases import NAMES, points, run_python, same

import rheobase

NAME = NAMES[0]
RANDOM = rheobase.names("random")[0]
LARGE, SMALL = 65536, 65535  # elements, from which on the library uses its threads

linux = pytest.mark.skipif(
    not Path("/proc/self/task").is_dir(), reason="Linux shows a process's threads there"
)

CALLS = {
    "value": f"rheobase.{NAME}(x)",
    "backward": f"rheobase.{NAME}.backward(x, x)",
    "in any order": f"rheobase.{NAME}(x.reshape(-1, 8).T)",
    "strides": f"rheobase.{NAME}(x[::-1])",
    "gate": f"rheobase.gate({NAME!r})(x, x)",
    "rows": "rheobase.softmax(x.reshape(-1, 256))",
    "random": f"rheobase.{RANDOM}(x, seed=1)",
}


def started(call: str, count: int, before: str = "", **environment) -> int:
    """How many threads a process has more after the call, for so many elements."""
    text = f"""
import os, numpy as np, rheobase
x = np.linspace(-3, 3, {count}, dtype=np.float32)
rheobase.{NAME}(x[:9])
{before}
tasks = len(os.listdir("/proc/self/task"))
{call}
print(len(os.listdir("/proc/self/task")) - tasks)
"""
    lines = run_python(text, **environment)
    assert isinstance(lines, list), lines
    return int(lines[0])


@linux
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_large_call_uses_threads(call):
    assert started(call, LARGE, RHEOBASE_NUM_THREADS="2") == 1
    assert started(call, LARGE, RHEOBASE_NUM_THREADS="1") == 0


@linux
def test_small_calls_and_those_in_pieces_stay_on_the_calling_thread():
    calls = [call for key, call in CALLS.items() if key not in ("in any order", "rows")]  # of whole rows
    swapped, cast = f"rheobase.{NAME}(x.astype('>f4'))", f"rheobase.{NAME}(x.astype(int))"
    assert started("; ".join(calls), SMALL, RHEOBASE_NUM_THREADS="2") == 0
    assert started(f"{swapped}; {cast}", 4 * LARGE, RHEOBASE_NUM_THREADS="2") == 0


@linux
def test_the_other_thread_works():
    """It gets some 20 ms of a processor before long, on a machine that others use too."""
    text = f"""
import os, time, numpy as np, rheobase
def tasks(): return {{int(task) for task in os.listdir("/proc/self/task")}}
def ticks(task):
    with open(f"/proc/self/task/{{task}}/stat") as file:
        return sum(map(int, file.read().rpartition(")")[2].split()[11:13]))
x = np.linspace(-3, 3, 1 << 20, dtype=np.float32)
rheobase.{NAME}(x[:9])
before, end = tasks(), time.monotonic() + 40
rheobase.{NAME}(x)
[task] = tasks() - before
while ticks(task) < 2 and time.monotonic() < end:
    rheobase.{NAME}(x)
print(ticks(task) >= 2)
"""
    assert run_python(text, RHEOBASE_NUM_THREADS="2") == ["True"]


class TestChoice:
    @pytest.fixture(autouse=True)
    def restored(self):
        before = rheobase.get_num_threads()
        yield
        rheobase.set_num_threads(before)

    def test_what_was_set_is_what_is_got(self):
        for n in (1, 2, np.int64(3), 1024):
            rheobase.set_num_threads(n)
            got = rheobase.get_num_threads()
            assert (type(got), got) == (int, n)

    @pytest.mark.parametrize("n", [0, -1, 1025, 2**70])
    def test_a_number_out_of_range_is_a_value_error(self, n):
        before = rheobase.get_num_threads()
        with pytest.raises(ValueError, match=f"^set_num_threads: n is {n}; expected 1 to 1024$"):
            rheobase.set_num_threads(n)
        assert rheobase.get_num_threads() == before

    @pytest.mark.parametrize("n", [1.0, "2", None], ids=repr)
    def test_what_is_no_integer_is_a_type_error(self, n):
        with pytest.raises(
            TypeError, match=f"^set_num_threads: n must be an integer, not {type(n).__name__}$"
        ):
            rheobase.set_num_threads(n)

    def test_the_number_changes_no_bits(self):
        x = np.tile(points(np.float32, 1024), 256)
        function, random = getattr(rheobase, NAME), getattr(rheobase, RANDOM)
        results = []
        for n in (1, 2, 5):
            rheobase.set_num_threads(n)
            results.append((function(x), rheobase.softmax(x.reshape(256, -1)), random(x, seed=1)))
        for others in results[1:]:
            assert all(map(same, others, results[0]))


def test_at_first_it_is_the_environments_or_that_of_the_cpus():
    text = "import os, rheobase; print(rheobase.get_num_threads(), len(os.sched_getaffinity(0)))"
    assert run_python(text, RHEOBASE_NUM_THREADS="7")[0].split()[0] == "7"
    assert "RHEOBASE_NUM_THREADS is 'many'" in run_python(text, RHEOBASE_NUM_THREADS="many")
    if sys.platform == "linux":
        got, cpus = run_python(text, RHEOBASE_NUM_THREADS="")[0].split()
        assert got == cpus


@linux
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_what_was_set_counts_for_every_kind_of_call(call):
    before = "rheobase.set_num_threads({})".format
    assert started(call, LARGE, before(1), RHEOBASE_NUM_THREADS="3") == 0
    assert started(call, LARGE, before(2), RHEOBASE_NUM_THREADS="1") == 1


@linux
def test_it_counts_for_parameters_of_any_kind():
    for parameters in (
        "negative_slope=0.5",
        "negative_slope=np.array(0.5)",
        "negative_slope=np.full(1, 0.5)",
    ):
        call = f"rheobase.leaky_relu(x, {parameters})"
        assert started(call, LARGE, "rheobase.set_num_threads(1)", RHEOBASE_NUM_THREADS="3") == 0
        assert started(call, LARGE, "rheobase.set_num_threads(3)", RHEOBASE_NUM_THREADS="1") == 2
