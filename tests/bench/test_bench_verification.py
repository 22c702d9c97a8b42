# SPDX-License-Identifier: Apache-2.0
"""Nothing is timed unchecked: what is wrong is found, and listed."""

import functools
import math

import numpy as np
import pytest
from bench_fakes import CONDITIONS, peer, right, wrong

import rheobase
from rheobase.bench import comparison, library, oracle, places
from rheobase.bench.contender import Unsupported


def verified(fake, name: str = "relu", role: str = "value", dtype: str = "float32"):
    """The entry of a fake peer, verified, beside rheobase's."""
    found = comparison.gather(rheobase.info(name), role, dtype, 1, {"fake": fake})
    comparison.verify(found)
    return found


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("role", ["value", "derivative", "backward"])
def test_rheobase_itself_is_within_its_bounds_by_this_count_too(role, dtype):
    for name in ("gelu", "elu", "softplus"):
        own = library.contender(rheobase.info(name), role, dtype, 1)
        verdict = oracle.verify(own, oracle.truth(rheobase.info(name), role, dtype))
        assert verdict.worst <= (1.5 if role == "backward" else 1), verdict
        assert verdict.worst_normal <= verdict.worst
        assert verdict.wrong_specials == []
        assert verdict.points > 20_000


def test_a_right_contender_is_found_right():
    entry = verified(peer("right", right)).entries[1]
    assert (entry.verdict.worst, entry.verdict.wrong_specials, entry.failure) == (0, [], "")


def test_a_wrong_contender_is_kept_with_its_error_and_its_wrong_specials():
    entry = verified(peer("wrong", wrong)).entries[1]
    assert entry.verdict.gross and math.isinf(entry.verdict.worst)  # the largest numbers overflow
    assert entry.verdict.wrong_specials == ["inf gives 0"]
    assert entry.failure == ""


def test_one_nan_at_a_finite_point_is_an_infinite_error_and_its_place_is_named():
    def one_nan(x, y):
        right(x, y)
        y[x == 1] = np.nan

    verdict = verified(peer("nan", one_nan)).entries[1].verdict
    assert math.isinf(verdict.worst) and verdict.at == 1 and math.isnan(verdict.got)


def test_a_special_value_that_is_wrong_only_at_the_end_of_an_array_is_found():
    def tail(x, y):
        right(x, y)
        y[-8:] = np.where(np.isnan(x[-8:]), 0, y[-8:])

    assert verified(peer("tail", tail)).entries[1].verdict.wrong_specials == ["nan gives 0"]


def test_a_contender_that_writes_nothing_is_not_taken_for_right():
    assert math.isinf(verified(peer("lazy", lambda x, y: None)).entries[1].verdict.worst)


def test_a_contender_that_changes_its_input_or_raises_is_listed_as_failed():
    def spoils(x, y):
        right(x, y)
        x[:9] = 7

    def raises(x, y):
        raise ValueError("no\nluck")

    assert "changed its input" in verified(peer("spoils", spoils)).entries[1].failure
    assert verified(peer("raises", raises)).entries[1].failure == "ValueError: no luck"


def test_a_peer_that_breaks_when_asked_is_a_failed_row_and_one_that_declines_is_a_blank():
    def breaks(*_):
        raise KeyError("x")

    def declines(*_):
        raise Unsupported("not mine")

    found = verified(peer("breaks", right, contenders=breaks))
    assert [entry.failure for entry in found.entries] == ["", "KeyError: 'x'"]
    found = verified(peer("declines", right, contenders=declines))
    assert [(blank.peer, blank.reason) for blank in found.blanks] == [("declines", "not mine")]


def test_a_contender_that_is_right_in_the_sample_and_wrong_in_a_large_array_is_listed_as_failed():
    def forgets_the_end(x, y):
        right(x, y)
        if x.size == 65_536:
            y[-1] = -1

    found = verified(peer("forgets", forgets_the_end))
    arguments = ("uniform", 1, 0.1, CONDITIONS, lambda: False, lambda share: None)
    rows = {row.contender: row for row in comparison.time_at(found, 65_536, *arguments)}
    assert rows["forgets"].failure.startswith("gives -1 at element 65,535 of 65,536, in a small array ")
    assert rows["forgets"].ulp == 0 and rows["forgets"].median is None and rows["rheobase"].median > 0
    rows = {row.contender: row for row in comparison.time_at(found, 1024, *arguments)}
    assert rows["forgets"].failure == "" and rows["forgets"].median > 0


def test_the_convention_at_a_kink_is_reported_apart_from_errors():
    def slope_one_at_zero(x, y):
        np.copyto(y, (x >= 0) | np.isnan(x))
        y[np.isnan(x)] = np.nan

    verdict = verified(peer("other", slope_one_at_zero), role="derivative").entries[1].verdict
    assert verdict.worst == 0
    assert verdict.wrong_specials == ["0 gives 1", "-0 gives 1"]


@functools.cache
def truth(name: str, role: str) -> oracle.Truth:
    return oracle.truth(rheobase.info(name), role, "float32")


def peers_that_run() -> dict:
    """Those that are here, without the one that compiles for seconds."""
    return {n: m for n, m in places.peers().items() if n != "torch_compile" and not m.available()}


def test_every_peer_offers_what_the_bench_asks_for():
    modules = places.peers()
    assert {"numpy", "pytorch", "torch_compile", "jax", "onnxruntime", "onednn", "sleef", "xnnpack"} <= set(
        modules
    )
    for module in modules.values():
        reason = module.available()
        assert module.NAME and isinstance(reason, str) and "\n" not in reason
        assert reason or module.version()


@pytest.mark.parametrize("role", ["value", "derivative", "backward"])
@pytest.mark.parametrize("peer_name", sorted(peers_that_run()))
def test_a_peer_computes_the_function_that_it_is_compared_with(peer_name, role):
    module, compared = places.peers()[peer_name], 0
    for name in rheobase.names():
        found = comparison.gather(rheobase.info(name), role, "float32", 1, {peer_name: module})
        against = truth(name, role)
        for entry in found.entries[1:]:
            assert not entry.failure, (name, entry.failure)
            try:
                y, n = oracle.computed(entry.contender, against), against.sample.points
            except Unsupported:  # this version of it has no such function; a blank in the bench
                continue
            parts = (part[:n] for part in (y, against.high, against.low, against.shift))
            usual = np.abs(against.sample.x[:n]) < 4
            # Wrong parameters or another function would be off by a share of the result nearly everywhere;
            # the peers' own errors are far smaller at most of these points.
            assert np.median(oracle.ulps(*parts, "float32")[usual]) < 50, (name, entry.contender.name)
            compared += 1
    assert compared or role != "value"


@pytest.mark.parametrize("role", ["value", "derivative", "backward"])
def test_numpy_has_a_formula_of_every_activation_and_scipy_some_with_its_functions(role):
    module = places.peers()["numpy"]
    found = {name: set(module.formulas(rheobase.info(name), role)) for name in rheobase.names()}
    scipy = {"sigmoid", "logsigmoid", "softplus", "softplus_torch", "silu", "swish", "gelu_sigmoid", "gelu"}
    if not module._HAS_SCIPY:
        scipy = set()
    assert {name for name, contenders in found.items() if "SciPy" in contenders} == scipy
    assert {name for name, contenders in found.items() if "NumPy" not in contenders} == {"gelu"}
