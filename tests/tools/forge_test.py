# SPDX-License-Identifier: Apache-2.0
"""tools/forge: what it finds out of a formula, what its tables leave of it, and what it refuses."""

import json
import re
import subprocess
import sys
from pathlib import Path

import mpmath
import numpy as np
import pytest

import rheobase

pytest.importorskip("flint", reason="python-flint is not installed")
ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(sys.executable).with_name("rheobase")
sys.path.insert(0, str(ROOT / "tools"))

from flint import arb  # noqa: E402
from forge import emit  # noqa: E402
from forge.__main__ import Forge, parse  # noqa: E402
from forge.fit import fused  # noqa: E402
from forge.formula import Formula, Refused  # noqa: E402
from forge.search import Search, Table  # noqa: E402
from forge.shape import sides  # noqa: E402
from forge.tail import Tail, tails  # noqa: E402

# Functions that no file has. Steps as `rheobase list --json` gives them.
UNSEEN = {
    "x tanh(exp x)": [["input", "x"], ["exp", 0], ["tanh", 1], ["*", 0, 2]],
    "exp(-x^2)": [["input", "x"], ["exp_minus_square", 0]],
    "x tanh(x)^2": [["input", "x"], ["tanh", 0], ["*", 0, 1], ["*", 2, 1]],  # x^3 beside 0
    "x tanh(x)": [["input", "x"], ["tanh", 0], ["*", 0, 1]],  # x^2
}
POLE = [["input", "x"], ["number", "1"], ["/", 1, 0]]
STEP = [["input", "x"], ["number", "1"], [">", 0, 1], ["number", "0"], ["select", 2, 0, 3]]
# |x|^1.5; x sigmoid(3000 (x - 2)), whose left tail no float64 holds.
NOT_SMOOTH = [["input", "x"], ["*", 0, 0], ["number", "1"], ["-", 1, 2], ["log1p", 3], ["number", "0.75"],
              ["*", 4, 5], ["exp", 6]]  # fmt: skip
TOO_STEEP = [["input", "x"], ["number", "2"], ["-", 0, 1], ["number", "3000"], ["*", 2, 3], ["sigmoid", 4],
             ["*", 0, 5]]  # fmt: skip
SEVERAL_ZEROS = [["input", "x"], ["number", "1"], ["-", 0, 1], ["number", "2"], ["-", 0, 3], ["*", 2, 4]]


def described(trace: list, kinks=()) -> dict:
    facts = {"kinks": list(kinks)}
    return {"name": "unseen", "activation": "unseen", "file": "unseen", "trace": trace, "parameters": [],
            "facts": facts, "formula": "?"}  # fmt: skip


def forged(info: dict, role: str, **options) -> Table:
    return Search(Formula(info, role), **options).best()


def evaluate(table: Table, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The value kernel's results, and which x the table covers; written apart from the fit's simulation."""
    plan, side, f32 = table.plan, table.plan.side, np.float32
    x = (-x if side.mirrored else x).astype(f32)
    z = x if side.fold == "kPlain" else np.minimum(x, 0) if side.fold == "kOneSided" else np.abs(x)
    low, high = plan.reach(table.scale)
    covered = (z >= low) & (z <= high)
    z = np.where(covered, z, f32(0))
    sign = -1 if side.high == 0 else 1
    offset = 1.5 * 2**23 + (plan.entries // 2 + plan.shift if plan.kept else 0)
    line = fused(z, f32(plan.bend / table.scale), f32(sign / table.scale))
    index = fused(z, line, f32(offset)).view(np.int32) & (plan.entries - 1)
    rows = {name: np.array([getattr(e, name) for e in table.entries], f32)[index]
            for name in ("center", "value", "slope")}  # fmt: skip
    u = z - rows["center"]
    p = np.zeros_like(z)
    for k in range(plan.degree)[::-1]:
        p = fused(p, u, np.array([e.p[k] for e in table.entries], f32)[index])
    rest = fused(p, u, rows["value"])
    root = f32(float(side.zero)) if plan.slope == "kRoot" else f32(0)
    if side.fold in ("kRectified", "kLowered"):
        head = np.maximum(x, 0) if side.fold == "kRectified" else np.minimum(x, 0)
        return rest + fused(rows["slope"], z, head), covered
    y = fused(rows["slope"], z - root, rest)
    if side.squared:
        low = fused(p, u, rows["value"] - rest) + (fused(rows["slope"], z - root, -y) + rest)
        y = ((np.float64(y) + low) * np.float64(z) ** 2).astype(f32)
    if side.fold == "kReflected":
        y = np.where(x > 0, f32(side.total) - y, y)
    if side.fold == "kOdd":
        y = np.copysign(1, x).astype(f32) * y
    if side.fold == "kOneSided":
        assert side.line == "kIdentity"
        y, covered = np.where(x > 0, x, y), covered | (x > 0)
    return y, covered


def errors(y: np.ndarray, exact: list) -> np.ndarray:
    """In ulp; exact are balls."""
    found = []
    for got, truth in zip(y, exact, strict=True):
        size = max(abs(float(truth)), 2.0**-126)
        found.append(abs(float(arb(float(got)) - truth)) / 2.0 ** (np.floor(np.log2(size)) - 23))
    return np.array(found)


def test_formulas_are_evaluated_as_the_program_evaluates_them():
    points = (-7.5, -0.4, 0.3, 2.25)
    for name in rheobase.names():
        info = rheobase.info(name)
        done = subprocess.run(
            [PROGRAM, "eval", name, "--dtype", "float64", "--json", "--", *map(str, points)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        for x, row in zip(points, json.loads(done.stdout)["results"], strict=True):
            for role in ("value", "derivative"):
                assert float(Formula(info, role)(arb(x))) == pytest.approx(row[role], rel=1e-15, abs=0), name


def test_a_table_of_a_function_that_nobody_has_seen_is_within_an_ulp():
    random = np.random.default_rng(7)
    for name, trace in UNSEEN.items():
        info = described(trace)
        table = forged(info, "value")
        x = random.uniform(-8, 8, 4000).astype(np.float32)
        x = np.concatenate([x, x * 2.0**-30])
        y, covered = evaluate(table, x)
        assert covered.mean() > 0.5, name
        exact = [Formula(info, "value")(arb(float(v))) for v in x[covered]]
        worst = errors(y[covered], exact).max()
        assert worst < 1, (name, worst)


def test_the_samples_error_is_that_of_the_kernel():
    # Of a table whose largest error is known from its own dense sample.
    info = rheobase.info("silu")
    table = forged(info, "value")
    x = np.random.default_rng(3).uniform(-8, 8, 20000).astype(np.float32)
    y, covered = evaluate(table, x)
    exact = [Formula(info, "value")(arb(float(v))) for v in x[covered]]
    assert 0.8 < errors(y[covered], exact).max() < table.error + 0.05


def test_symmetries_zeros_and_saturation_are_found():
    found = {
        name: sides(Formula(rheobase.info(name), "value"))[0] for name in ("tanh", "sigmoid", "silu", "elu")
    }
    assert [side.fold for side in found.values()] == ["kOdd", "kReflected", "kRectified", "kOneSided"]
    assert found["sigmoid"].total == 1 and found["sigmoid"].order == 0
    assert 9 <= found["tanh"].end < 9.5 and found["tanh"].order == 1
    slope = sides(Formula(rheobase.info("silu"), "derivative"))[0]
    assert float(slope.zero) == pytest.approx(1.2784645427610738, rel=1e-15)  # of y, which is f' at -z
    assert found["elu"].line == "kIdentity" and not found["elu"].mirrored
    flat = sides(Formula(rheobase.info("tanhshrink"), "value"))[0]  # x^3 / 3 beside 0, divided by x^2
    assert flat.squared and flat.order == 1 and flat.end == np.inf
    slope = sides(Formula(rheobase.info("tanhshrink"), "derivative"))[0]
    assert slope.squared and slope.order == 0
    assert not any(side.squared for side in found.values())
    with mpmath.workdps(30):
        assert float(found["tanh"].y(arb(0.5))) == pytest.approx(float(mpmath.tanh("0.5")), rel=1e-15)


@pytest.mark.parametrize(
    "trace, kinks, reason",
    [
        (POLE, (), "a pole at 0"),
        (STEP, (1,), "a kink at 1"),
        (SEVERAL_ZEROS, (), "several zeros"),
        (NOT_SMOOTH, (), "not smooth"),
        (TOO_STEEP, (), "too steep"),
        ([["input", "x"], ["sin", 0]], (), "'sin'"),  # periodic functions have no primitive
        ([["input", "x"], ["bessel", 0]], (), "'bessel'"),
    ],
)
def test_what_it_cannot_do_is_refused_with_the_reason(trace, kinks, reason):
    with pytest.raises(Refused) as refused:
        forged(described(trace, kinks), "value")
    assert reason in str(refused.value) and "\n" not in str(refused.value)


def beyond(tail: Tail, x: np.ndarray) -> np.ndarray:
    """The tail's f in float64, as src/block/tail-inl.h has it."""
    u = np.clip(x, tail.low, tail.high) * tail.scale + tail.shift
    e = np.exp(np.polyval(tail.q[::-1], u))
    return (
        tail.line[0] + tail.line[1] * x + e * (np.polyval(tail.r[::-1], u) + e * np.polyval(tail.s[::-1], u))
    )


@pytest.mark.parametrize(
    "name, role, sign, start, end",
    [("gelu", "value", -1, 6.0, 13.0), ("silu", "derivative", -1, 9.0, 120.0),
     ("silu", "value", 1, 11.0, 400.0), ("softplus", "value", 1, 9.0, 90.0),
     ("softplus_torch", "value", 1, 14.0, 99.0)],
)  # fmt: skip
def test_tails_are_within_a_hundredth_of_a_rounding(name, role, sign, start, end):
    formula = Formula(rheobase.info(name), role)
    (tail,) = tails(formula, [(sign, start)])
    x = sign * np.random.default_rng(5).uniform(start, end, 500)
    exact = np.array([float(formula(arb(float(v)))) for v in x])
    assert np.abs(beyond(tail, x) / exact - 1).max() < 2.0**-31
    assert abs(beyond(tail, np.array([sign * 1e30]))[0] - float(formula(arb(sign * 1e30)))) <= 1e-33 * 1e30


def test_what_falls_slower_than_an_exponential_has_no_tail():
    with pytest.raises(Refused) as refused:
        tails(Formula(rheobase.info("softsign"), "value"), [(1, 8.0)])
    assert "does not fall" in str(refused.value)


def test_what_float32_itself_evaluates_gets_no_table(capsys):
    for name in ("elu", "hardswish", "relu", "sigmoid", "silu", "tanh"):
        assert "value" in rheobase.info(name)["plain"], name
        assert Forge(parse(["--search", "--role", "value", name]), rheobase.info(name)).run()
        assert "float32 itself evaluates its value" in capsys.readouterr().out, name
    assert rheobase.info("elu")["plain"] == ["value"]
    assert rheobase.info("gelu")["plain"] == []


def test_the_same_seed_gives_the_same_table():
    info = rheobase.info("sigmoid")
    formula = Formula(info, "value")
    texts = [emit.text(formula, forged(info, "value", seed=s), s, 0) for s in (1, 1, 2)]
    assert texts[0] == texts[1]
    rows = [re.sub(r"//.*", "", text) for text in texts]
    assert rows[0] != rows[2]


TABLES = sorted((ROOT / "tables").glob("*/*.h"))


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_a_committed_table_belongs_to_its_formula(path):
    name, role = path.stem.rsplit("_", 1)
    info = rheobase.info(name)
    text = path.read_text()
    assert path == emit.path(ROOT, info, role)
    assert f"// Formula {emit.mark(info)}: " in text, "the formula has changed: scripts/forge " + name
    assert f'activation = "{info["activation"]}"' in text and f"Role::k{role.capitalize()};" in text


@pytest.mark.parametrize("name", sorted({path.stem.rsplit("_", 1)[0] for path in TABLES}))
def test_a_committed_table_has_a_proof(name):
    proof = json.loads((ROOT / "proofs" / f"{name}.json").read_text())
    for path in TABLES:
        owner, role = path.stem.rsplit("_", 1)
        if owner == name:
            assert proof[role]["maximum"] <= rheobase.info(name)["bounds"]["float32"][role]
