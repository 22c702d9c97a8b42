# SPDX-License-Identifier: Apache-2.0
"""Every scenario has an answer with the properties that it asks for, and reasons that can be traced."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

import rheobase
from rheobase._evaluate import evaluate, evaluate_rows
from rheobase.choosing import candidates, choice, conflicts, outputs, rules
from rheobase.choosing.choice import rank
from rheobase.choosing.rules import Measurements
from rheobase.choosing.scenario import QUESTIONS, scenario

NAMES = rheobase.names()
# All cost the same: a busy machine has no say here.
EVEN_COSTS = Measurements(dict.fromkeys(NAMES, 1.0), "even")
CHEAP_LINES = Measurements(
    {name: 1.0 if candidates.Candidate(name).arithmetic else 2.5 for name in NAMES}, "arithmetic is cheap"
)

SCENARIOS = {
    "a hidden layer in general": ({}, {"relu", "leaky_relu", "elu", "gelu", "swish", "mish"}),
    "a deep network": ({"depth": 50}, {"leaky_relu", "elu", "selu", "swish", "mish", "relu"}),
    "smooth": ({"smooth": True}, {"swish", "gelu", "mish"}),
    "self-normalising": ({"self_normalising": True, "depth": 50}, {"selu"}),
    "a binary output": ({"output": "binary"}, {"sigmoid"}),
    "a multi-label output": ({"output": "multi-label"}, {"sigmoid"}),
    "a multi-class output": ({"output": "multi-class"}, {"softmax"}),
    "regression": ({"output": "regression"}, {"identity"}),
    "positive regression": ({"output": "positive"}, {"softplus"}),
    "bounded regression": ({"output": "bounded"}, {"tanh"}),
    "regression of shares": ({"output": "bounded", "range": (0, 1)}, {"sigmoid"}),
    "a microcontroller": ({"device": "microcontroller"}, {"relu", "leaky_relu"}),
    "an edge device in int8": (
        {"device": "microcontroller", "precision": "int8"},
        {"hardtanh", "clipped_relu"},
    ),
    "a transformer": (
        {"architecture": "transformer", "depth": 24, "normalisation": "layer", "device": "gpu"},
        {"gelu", "swish", "mish"},
    ),
    "a convolutional network": ({"architecture": "cnn", "normalisation": "batch"}, {"relu", "leaky_relu"}),
    "a recurrent network": ({"architecture": "rnn"}, {"tanh", "hardtanh"}),
    "learned parameters": ({"learnable": True}, {"leaky_relu", "prelu", "elu", "swish"}),
}


@pytest.mark.parametrize("costs", [EVEN_COSTS, CHEAP_LINES], ids=["even costs", "cheap arithmetic"])
@pytest.mark.parametrize("given, expected", SCENARIOS.values(), ids=SCENARIOS.keys())
def test_every_scenario_has_an_answer_that_the_field_would_give(given, expected, costs):
    found = rank(scenario(**given), costs)
    assert found.best.name in expected
    assert found.best.score > 75
    assert not found.conflicts


def best(**given):
    return rank(scenario(**given), EVEN_COSTS).best.name


X = np.linspace(-30, 30, 6001)


def test_answers_have_what_was_asked_for_by_their_own_values():
    assert evaluate(best(output="binary"), np.array([0.0])) == 0.5
    y = evaluate(best(output="binary"), X)
    assert 0 < y.min() < 1e-12 and 1 - 1e-12 < y.max() <= 1
    positive = evaluate(best(output="positive"), X)
    assert positive.min() > 0 and positive.max() > 29
    assert evaluate(best(output="regression"), X).tolist() == X.tolist()
    assert np.allclose(evaluate_rows(best(output="multi-class"), np.array([[1.0, 2, 3]])).sum(), 1)
    random = np.random.default_rng(0).standard_normal((8, 1000, 1000)).astype(np.float32)
    x = random[0]
    for layer in random[1:]:  # weights of variance 1 / inputs
        x = evaluate(best(self_normalising=True), x) @ layer / np.float32(np.sqrt(1000))
    assert abs(x.mean()) < 0.02 and abs(x.var() - 1) < 0.1
    smooth = np.diff(evaluate(best(smooth=True), X, "second"))
    assert np.abs(smooth).max() < 0.02


@pytest.mark.parametrize("given", [given for given, _ in SCENARIOS.values()], ids=SCENARIOS.keys())
def test_every_reason_names_its_evidence_and_weights_make_the_score(given):
    found = rank(scenario(**given), EVEN_COSTS)
    for answer in found.ranked:
        assert answer.reasons
        assert sum(reason.weight for reason in answer.reasons) == pytest.approx(1)
        assert answer.score == pytest.approx(100 * sum(r.weight * r.score for r in answer.reasons), abs=0.06)
        for reason in answer.reasons:
            assert reason.text and 0 <= reason.score <= 1
            assert any(evidence.source != "paper" for evidence in reason.evidence)
            for evidence in reason.evidence:
                assert evidence.source in ("analyze", "registry", "measured", "timing", "results", "paper")
                if evidence.source == "paper":
                    assert evidence.value.startswith("https://")


def test_evidence_from_the_registry_and_of_properties_is_what_those_say():
    found = rank(scenario(architecture="cnn"), EVEN_COSTS)
    for answer in found.ranked:
        by_field = {e.field: e.value for reason in answer.reasons for e in reason.evidence}
        info = rheobase.info(answer.name)
        assert by_field["forms.mask.possible"] == info["forms"]["mask"]["possible"]
        assert by_field["torch"] == [torch["module"] for torch in info["torch"]]
        z = np.random.default_rng(1).standard_normal(400_000)
        y, slope = evaluate(answer.name, z), evaluate(answer.name, z, "derivative")
        assert by_field["moments.mean"] == pytest.approx(y.mean(), abs=0.02 * (1 + y.std()))
        assert by_field["moments.derivative_second_moment"] == pytest.approx((slope**2).mean(), rel=0.03)
        assert by_field["sparsity"] == pytest.approx((y == 0).mean(), abs=0.005)
        assert by_field["shares.normal.vanishing"] == pytest.approx((abs(slope) < 1e-3).mean(), abs=0.005)


def test_all_functions_are_ranked_listed_as_variants_or_left_out_with_a_reason():
    found = rank(scenario(smooth=True), EVEN_COSTS)
    told = {answer.name for answer in found.ranked} | set(found.excluded)
    told |= {name for answer in found.ranked for name in answer.variants}
    same = {name for first, names in candidates.distinct().items() if first.name in told for name in names}
    assert told | same == set(NAMES)
    assert all(found.excluded.values())


def test_the_same_function_is_one_answer_under_its_plainest_name():
    names = {answer.name: answer.variants for answer in rank(scenario(), EVEN_COSTS).ranked}
    assert "silu" in names["swish"] and "gelu_tanh" in names["gelu"]
    assert {"threshold", "prelu_keras"} <= set(names["relu"])
    assert "relu6" in names["clipped_relu"]


def test_contradictions_are_explained_in_words():
    cases = [
        ({"self_normalising": True, "normalisation": "batch"}, "batch normalisation do the same work twice"),
        ({"self_normalising": True, "smooth": True}, "'self-normalising' and 'smooth'"),
        ({"self_normalising": True, "device": "microcontroller"}, "'self-normalising' and 'arithmetic only'"),
        ({"self_normalising": True, "architecture": "cnn"}, "proven for fully connected layers"),
        ({"self_normalising": True, "learnable": True}, "move the fixed point"),
        ({"self_normalising": True, "output": "binary"}, "no effect here"),
        ({"smooth": True, "device": "microcontroller"}, "'arithmetic only' and 'smooth'"),
        ({"smooth": True, "precision": "int8"}, "lost in int8"),
        ({"device": "microcontroller", "precision": "bfloat16"}, "rarely calculate in bfloat16"),
        ({"architecture": "rnn", "depth": 100}, "gates (LSTM, GRU)"),
    ]
    for given, said in cases:
        found = rank(scenario(**given), EVEN_COSTS)
        assert any(said in text for text in found.conflicts), given
        assert found.ranked, given
        assert said.split()[0] in str(found)


def test_a_condition_that_is_given_up_still_counts():
    found = rank(scenario(smooth=True, device="microcontroller"), EVEN_COSTS)
    assert candidates.Candidate(found.best.name).arithmetic
    first = next(reason for reason in found.best.reasons if reason.rule == "smooth")
    assert first.score > 0.5


def test_no_rule_knows_a_name():
    known = {*NAMES, *rheobase.names("rows"), *rheobase.names("random")}
    known |= {alias for name in NAMES for alias in rheobase.info(name)["aliases"]}
    for module in (rules, outputs, conflicts, choice, candidates):
        text = Path(module.__file__).read_text()
        # What is said to people, and titles of papers, may hold names.
        text = re.sub(r'"""(.|\n)*?"""|paper\((.|\n)*?\)', "", text)
        words = re.findall(r"[a-z0-9_]+", text.lower())
        # Words of mathematics and of other things; each is looked at by people when it is added here.
        assert known & set(words) <= {"identity", "threshold", "none", "linear", "shrink"}, module.__name__


def test_a_stored_comparison_counts(tmp_path):
    folder = tmp_path / "results.json"
    entries = [("mish", 0.97, True), ("relu", 0.90, False), ("elu", 0.90, False), ("leaky_relu", 0.9, False)]
    folder.write_text(
        json.dumps(
            {"activations": [{"name": n, "accuracy": {"mean": a}, "within_noise": w} for n, a, w in entries]}
        )
    )
    found = rheobase.choose(results=folder, device="gpu")
    assert found.best.name == "mish"
    (reason,) = [reason for reason in found.best.reasons if reason.rule == "training"]
    assert reason.evidence[0].value == 0.97 and str(folder) in reason.evidence[0].field
    lines = [
        json.dumps({"type": "run", "activation": name, "accuracy": accuracy + noise}) + "\n"
        for name, accuracy, _ in entries
        for noise in (-0.001, 0.001)
    ]
    runs = tmp_path / "runs.jsonl"
    runs.write_text('{"type": "header"}\n' + "".join(lines) + '{"type": "run", "activ')
    assert rheobase.choose(results=runs, device="gpu").best.name == "mish"


def test_a_bench_table_counts():
    table = next((Path(__file__).resolve().parents[2] / "bench/results").glob("*.csv"))
    found = rheobase.choose(bench=table)
    costs = {reason.rule: reason for reason in found.best.reasons}["cost"]
    assert str(table) in costs.evidence[0].field


def test_every_word_of_every_question_is_answered():
    for name, question in QUESTIONS.items():
        for word in question.words:
            given = {name: word} if (name, word) != ("place", "output") else {"output": "binary"}
            assert rank(scenario(**given), EVEN_COSTS).ranked, (name, word)


def test_the_answer_is_plain_values():
    found = rank(scenario(self_normalising=True), EVEN_COSTS)
    again = json.loads(choice.as_json(found), parse_constant=pytest.fail)
    assert again == json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert again["ranked"][0]["name"] == found.best.name
    assert again["scenario"]["self_normalising"] is True
    assert any("alpha_dropout" in note for note in again["notes"])


BAD = {
    "an unknown argument": ({"size": 3}, TypeError, "size"),
    "an unknown word": ({"device": "toaster"}, ValueError, "'toaster'"),
    "a depth of text": ({"depth": "deep"}, TypeError, "depth"),
    "no layers": ({"depth": 0}, ValueError, "depth"),
    "a switch of text": ({"smooth": "yes"}, TypeError, "smooth"),
    "an output of a hidden layer": ({"place": "hidden", "output": "binary"}, ValueError, "output"),
    "an output layer for nothing": ({"place": "output"}, ValueError, "output"),
    "a range of anything": ({"range": (0, 1)}, ValueError, "range"),
    "an empty range": ({"output": "bounded", "range": (1, 1)}, ValueError, "range"),
    "an infinite range": ({"output": "bounded", "range": (0, float("inf"))}, ValueError, "range"),
    "a range of words": ({"output": "bounded", "range": "ab"}, TypeError, "range"),
}


@pytest.mark.parametrize("given, kind, mentioned", BAD.values(), ids=BAD.keys())
def test_bad_arguments_are_named(given, kind, mentioned):
    with pytest.raises(kind, match=mentioned):
        rheobase.choose(**given)
