# SPDX-License-Identifier: Apache-2.0
"""The package around the functions: import, names, copies, threads, fork."""

import copy
import os
import pickle
import threading

import numpy as np
import pytest
from numpy_cases import NAMES, WITH_PARAMETERS, others, points, run_python, same

import rheobase
from rheobase import _core

NAME = WITH_PARAMETERS[0]
ALL = [name for kind in ("unary", "rows", "random") for name in rheobase.names(kind)]


def test_numpy_is_imported_by_the_first_function_alone():
    text = "import sys, rheobase; dir(rheobase); print('numpy' in sys.modules)"
    assert run_python(text) == ["False"]
    text = f"import sys, rheobase; rheobase.{NAME}; print('numpy' in sys.modules, 'torch' in sys.modules)"
    assert run_python(text) == ["True False"]


def test_dir_lists_every_function():
    assert {*ALL, "gate", "info", "names", "target"} <= set(dir(rheobase))
    assert dir(rheobase) == sorted(dir(rheobase))


@pytest.mark.parametrize("name", ALL)
def test_a_function_is_made_once_and_found_by_aliases(name):
    function = getattr(rheobase, name)
    assert getattr(rheobase, name) is function
    assert repr(function) == f"<function rheobase.{name}>"
    for alias in rheobase.info(name)["aliases"] if name in NAMES else []:
        try:
            info = rheobase.info(alias)
        except ValueError:
            continue  # ambiguous
        assert getattr(rheobase, alias) is getattr(rheobase, info["name"])


def test_an_unknown_attribute_suggests_the_nearest_name():
    long = max(NAMES, key=len)
    with pytest.raises(AttributeError, match=f"no attribute '{long}e'.*did you mean '{long}'"):
        getattr(rheobase, long + "e")
    assert not hasattr(rheobase, "_nothing")


def parts(name):
    function = getattr(rheobase, name)
    found = [function, getattr(function, "derivative", None), getattr(function, "backward", None)]
    if name in NAMES:
        found += [function.second, rheobase.gate(name), rheobase.gate(name).backward]
        found += [function.derivative_by[parameter] for parameter in others(name)]
    return [part for part in found if part is not None]


@pytest.mark.parametrize("name", ALL)
def test_functions_are_pickled_and_copied_by_name(name):
    for part in parts(name):
        assert pickle.loads(pickle.dumps(part)) is part
        assert copy.copy(part) is copy.deepcopy(part) is part


def test_a_function_is_freed_with_all_that_belongs_to_it():
    import gc
    import weakref

    from rheobase._numpy import _elements

    made = _elements(NAME)
    made(np.ones(3), **others(NAME))
    made(np.ones(3), **{key: np.full(3, value) for key, value in others(NAME).items()})
    alive = weakref.ref(made)
    made.itself = made  # a cycle
    del made
    gc.collect()
    assert alive() is None


def test_large_arrays_have_the_bits_of_small_ones():
    x = np.tile(points(np.float32, 1024), 512)
    function = getattr(rheobase, NAME)
    want = np.tile(function(x[:1024]), 512)
    assert same(function(x), want)
    assert same(function(x.reshape(512, 1024).T), want.reshape(512, 1024).T)
    assert same(function(x[::-2]), want[::-2])


def test_threads_of_the_callers_own_do_not_disturb_each_other():
    x = np.tile(points(np.float64, 1000), 200)
    function, results = getattr(rheobase, NAME), [None] * 8
    want = function(x)

    def work(at):
        for _ in range(5):
            results[at] = function(x, **others(NAME)) if at % 2 else function(x)
            getattr(rheobase, NAMES[at])(x[:10])

    threads = [threading.Thread(target=work, args=(at,)) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(same(result, want) for result in results[::2])
    assert all(same(result, function(x, **others(NAME))) for result in results[1::2])


def test_the_interpreter_runs_on_during_a_large_call():
    """Another thread counts while a call of some 0.1 s goes on."""
    x, counted, stop = np.tile(points(np.float64, 1000), 2_000), [0], threading.Event()

    def count():
        while not stop.is_set():
            counted[0] += 1

    thread = threading.Thread(target=count)
    thread.start()
    try:
        before = counted[0]
        getattr(rheobase, NAME).second(x)
        after = counted[0]
    finally:
        stop.set()
        thread.join()
    assert after > before + 100


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_evaluates_large_arrays():
    text = f"""
import os, numpy as np, rheobase
x = np.linspace(-3, 3, 1 << 20)
want = rheobase.{NAME}(x)
child = os.fork()
if child == 0:
    os._exit(0 if np.array_equal(rheobase.{NAME}(x), want) else 3)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), np.array_equal(rheobase.{NAME}(x), want))
"""
    assert run_python(text, PYTHONWARNINGS="ignore") == ["0 True"]


def test_one_thread_and_any_instruction_set_give_the_same_bits():
    text = f"""
import sys, zlib, numpy as np, rheobase
x = np.linspace(-30, 30, 1 << 17).astype(np.float32)
print(zlib.crc32(rheobase.{NAME}(x)), zlib.crc32(rheobase.{NAME}.backward(x, x)))
"""
    want = run_python(text)
    assert len(want) == 1
    assert run_python(text, RHEOBASE_NUM_THREADS="1") == want
    for target in ("AVX2", "SSE2"):
        got = run_python(text, RHEOBASE_TARGET=target)
        assert got == want or f"RHEOBASE_TARGET is '{target}'" in got


def test_a_bad_environment_is_an_error_at_the_first_function():
    got = run_python(f"import rheobase; rheobase.{NAME}", RHEOBASE_NUM_THREADS="many")
    assert "RHEOBASE_NUM_THREADS is 'many'" in got


def test_a_missing_numpy_or_extension_module_is_an_import_error(tmp_path):
    text = f"import sys; sys.modules['numpy'] = None; import rheobase; rheobase.{NAME}"
    assert run_python(text) == "ImportError: rheobase: functions of arrays need NumPy: pip install numpy"
    library = tmp_path / "librheobase.so"
    library.symlink_to(_core.library_path().resolve())
    text = f"import rheobase; rheobase._core.__file__ = {str(tmp_path / 'x')!r}; rheobase.{NAME}"
    got = run_python(text, RHEOBASE_LIBRARY=str(library))
    assert got.startswith("ImportError: rheobase: no _rheobase_numpy beside ")


def test_without_ml_dtypes_everything_but_bfloat16_works():
    text = f"import sys; sys.modules['ml_dtypes'] = None; import rheobase; print(rheobase.{NAME}(0.0))"
    assert run_python(text) == [str(getattr(rheobase, NAME)(0.0))]
