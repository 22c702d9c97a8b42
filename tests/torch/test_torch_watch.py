# SPDX-License-Identifier: Apache-2.0
"""watch: counts are exact, sick networks are diagnosed and healthy ones left alone, hooks go again."""

import copy
import fractions
import json
import math
import pickle

import pytest
import torch

import rheobase
import rheobase.torch as rt
from rheobase.lab import data, modules, training
from rheobase.lab.activations import parse
from rheobase.lab.settings import Case
from rheobase.torch._forms import torch_classes
from rheobase.torch.monitor import Thresholds, functions

F = torch.nn.functional


def network(activation=None, units=32) -> torch.nn.Sequential:
    torch.manual_seed(0)
    layers = [torch.nn.Linear(8, units), activation or rt.nn.ReLU(), torch.nn.Linear(units, 2)]
    return torch.nn.Sequential(*layers)


def hooks_of(model) -> int:
    return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in model.modules())


def steps(model, count=4, rows=300):
    torch.manual_seed(1)
    for _ in range(count):
        model(torch.randn(rows, 8)).square().sum().backward()


def train_digits(name, lr, shift=0.0, scale=1.0):
    """200 steps on the digits, watched closely."""
    torch.set_num_threads(1)
    digits, generator = data.load(0.25), torch.Generator().manual_seed(0)
    model = training.perceptron(modules.Factory(parse(name)), Case(name), 64, 10, "he", generator)
    with torch.no_grad():
        model[0].bias += shift
        model[0].weight *= scale
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    with rt.watch(model, every=8, window=8) as watch:
        for _ in range(200):
            at = torch.randint(0, len(digits.train_labels), (64,), generator=generator)
            training._step(model, optimizer, digits.train_inputs[at], digits.train_labels[at])
    return watch


@pytest.mark.parametrize("name", ["relu", "gelu", "tanh", "sigmoid", "hardtanh", "elu", "relu6"])
def test_a_healthy_network_is_left_alone(name):
    watch = train_digits(name, 0.3)
    assert watch.advice() == []
    (summary,) = watch.report().layers().values()
    assert summary.units == 256 and summary.elements == 8 * 64 and summary.dead < 0.05


@pytest.mark.parametrize("sick", [{"lr": 30.0}, {"lr": 0.3, "shift": -30.0}])
def test_units_killed_by_the_learning_rate_or_by_their_biases_are_diagnosed(sick):
    finding = train_digits("relu", **sick).advice()[0]
    assert (finding.kind, finding.limit) == ("dead", 0.2) and finding.value > 0.9
    for words in ("never above 0 in 512 inputs", "limit 20 %", "lower the learning rate", "leaky_relu"):
        assert words in finding.text


def test_a_saturated_network_is_diagnosed():
    (finding,) = train_digits("tanh", 0.3, scale=20.0).advice()
    assert finding.kind == "saturated" and "slope below 0.001" in finding.text


def test_shares_and_moments_are_those_of_the_elements():
    model = network(units=40)
    seen = []
    model[0].register_forward_hook(lambda module, args, output: seen.append(output.detach()))
    gradients = []
    model[1].register_forward_hook(lambda m, a, output: output.register_hook(gradients.append) and None)
    with rt.watch(model, every=1, window=3) as watch:
        steps(model, 5)
    (s,) = watch.report().layers().values()
    x = torch.cat(seen[-3:])
    assert (s.steps, s.elements) == (3, 900)
    assert s.dead == (x <= 0).all(0).double().mean().item()
    assert s.flat == pytest.approx((x <= 0).double().mean().item(), rel=1e-12)
    assert s.saturated == ((x > 0).double().mean(0) <= 0.01).double().mean().item()
    assert s.sparsity == (x <= 0).double().mean().item()
    terms = [fractions.Fraction(value) for value in x.flatten().tolist()]
    assert s.inputs.mean == float(sum(terms) / len(terms))  # exact, rounded once
    mean = sum(terms) / len(terms)
    assert s.inputs.variance == float(sum(t * t for t in terms) / len(terms) - mean * mean)
    norms = torch.stack([g.double().square().sum() for g in gradients[-3:]])
    assert s.gradient_norm == pytest.approx(norms.mean().sqrt().item(), rel=1e-12)


def test_states_merge_to_the_same_bits_in_any_order():
    states, whole = [], []
    for seed in range(3):
        torch.manual_seed(seed)
        model = network()
        with rt.watch(model, every=1, window=2) as watch:
            whole.append(torch.randn(300, 8) * 10**seed)
            model(whole[-1]).sum().backward()
        states.append(watch.state())
    first, second = (rt.watch(network()).merge(*order).state() for order in (states, states[::-1]))
    assert same(first, second)
    model = network()
    with rt.watch(model, every=1, window=8) as one:
        for x in whole:  # in one process
            model(x).sum().backward()
    assert same(first["layers"], one.state()["layers"])
    assert same(first, pickle.loads(pickle.dumps(first)))


def same(a, b) -> bool:
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return torch.equal(a, b) if isinstance(a, torch.Tensor) else a == b


def test_every_module_of_torch_that_the_registry_knows_is_watched_with_its_own_slope():
    x = torch.linspace(-2.9, 2.9, 41, dtype=torch.float64)  # no kink lies on it but 0
    x = x[x != 0]
    assert {torch.nn.GELU, torch.nn.PReLU, torch.nn.Threshold} <= torch_classes().keys()
    for kind, form in torch_classes().items():
        required = form.arguments.values() if kind is torch.nn.Threshold else ()
        module = kind(*required).double()
        y = x.clone().requires_grad_()
        (expected,) = torch.autograd.grad(module(y).sum(), y)
        slopes = functions.module_function(module).slopes(x)
        # Two evaluations of the same derivative; a constant of torch's, 1/6, is a float32.
        assert torch.allclose(slopes.detach(), expected, rtol=1e-7, atol=1e-12), kind


@pytest.mark.parametrize("name", [name for name in rheobase.names() if rheobase.info(name)["parameters"]])
@pytest.mark.parametrize("channels", [1, 8])
def test_learned_activations_are_watched_with_their_own_slope(name, channels):
    learned = rt.nn.Learned(name, channels=channels).double()
    with torch.no_grad():
        for parameter in learned.parameters():
            parameter *= 1.25
    x = torch.linspace(-2.9, 2.9, 80, dtype=torch.float64).reshape(10, 8).requires_grad_()
    (expected,) = torch.autograd.grad(learned(x).sum(), x)
    slopes = functions.module_function(learned).slopes(x.detach())
    assert torch.allclose(slopes, expected, rtol=1e-7, atol=1e-12)
    model = network(learned.float(), units=8)
    with rt.watch(model, every=1, functional=False) as watch:
        steps(model, 1)
    assert [(record["layer"], record["units"]) for record in watch.records()] == [("1", 8)]


def test_calls_of_functions_are_layers_that_say_where_they_stand():
    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.linear, self.act = torch.nn.Linear(8, 8), torch.nn.ReLU(inplace=True)

        def forward(self, x):
            x = self.act(F.gelu(self.linear(x)))
            x = self.act(rt.functional.mish(x) - 0.1)
            return torch.sigmoid(F.leaky_relu_(x * 1, 0.2))

    model = Net()
    with rt.watch(model, every=1) as watch:
        steps(model)
    layers = watch.report().layers()
    functions_seen = [name.rpartition(":")[2] for name in layers]
    assert functions_seen == ["gelu", "act", "mish", "act #2", "leaky_relu", "sigmoid"]
    assert all("test_torch_watch.py:" in name for name in layers if ":" in name)
    with rt.watch(model, every=1, functional=False) as watch:
        steps(model)
    assert list(watch.report().layers()) == ["act", "act #2"]


@pytest.mark.parametrize("shape, layer, units", [
    ((4, 8), torch.nn.Linear(8, 6), 6),
    ((2, 5, 8), torch.nn.Linear(8, 6), 6),
    ((8,), torch.nn.Linear(8, 6), 6),
    ((2, 3, 9, 9), torch.nn.Conv2d(3, 7, 2), 7),
    ((2, 3, 9), torch.nn.Conv1d(3, 7, 2), 7),
])  # fmt: skip
def test_units_are_what_the_layer_before_puts_out(shape, layer, units):
    model = torch.nn.Sequential(layer, torch.nn.ReLU())
    with rt.watch(model, every=1) as watch:
        model(torch.randn(shape))
    (summary,) = watch.report().layers().values()
    assert summary.units == units
    assert summary.elements * units == model(torch.randn(shape)).numel()


@pytest.mark.parametrize("x", [torch.tensor(0.5), torch.empty(0, 3), torch.ones(4).expand(5, 4).double(),
                               torch.randn(3, 4).t(), torch.randn(4, 4).bfloat16()])  # fmt: skip
def test_tensors_of_any_form_are_looked_at_or_passed_over(x):
    model = torch.nn.ReLU()
    with rt.watch(model, every=1) as watch:
        model(x)
    assert len(watch.records()) == (x.numel() > 0)


def test_of_a_large_tensor_a_part_is_looked_at_and_all_units():
    model = torch.nn.ReLU()
    with rt.watch(model, every=1, elements=1000) as watch:
        model(torch.randn(5000, 10))
    (summary,) = watch.report().layers().values()
    assert (summary.units, summary.elements) == (10, 100)


def test_numbers_that_are_not_finite_come_first_in_the_advice():
    model = network()
    with rt.watch(model, every=1) as watch:
        model(torch.full((300, 8), math.nan))
    (finding,) = watch.advice()
    assert finding.kind == "not_finite" and "NaN" in finding.text


def test_vanishing_gradients_are_seen_across_layers():
    torch.manual_seed(0)
    model = torch.nn.Sequential(*(m for _ in range(8) for m in (torch.nn.Linear(32, 32), torch.nn.Sigmoid())))
    with rt.watch(model, every=1) as watch:
        for _ in range(2):
            model(torch.randn(300, 32)).sum().backward()
    assert "vanishing" in [finding.kind for finding in watch.advice()]


def test_results_and_gradients_are_those_of_an_unwatched_model():
    x = torch.randn(16, 8)
    plain, watched = network(torch.nn.PReLU(32)), network(torch.nn.PReLU(32))
    with rt.watch(watched, every=1):
        state = torch.random.get_rng_state()
        assert torch.equal(plain(x), watched(x))
        watched(x).sum().backward()
        assert torch.equal(state, torch.random.get_rng_state())
    plain(x).sum().backward()
    pairs = zip(plain.parameters(), watched.parameters(), strict=True)
    assert all(torch.equal(a.grad, b.grad) for a, b in pairs)


def test_hooks_go_at_the_end_and_after_an_exception():
    model = network()
    with rt.watch(model, every=1) as watch:
        with pytest.raises(RuntimeError):
            model(torch.randn(3, 9))
        assert hooks_of(model) == 1
        assert torch.overrides._get_current_function_mode_stack() == []
        steps(model)
    assert hooks_of(model) == 0 and watch.steps == 5
    model(torch.randn(2, 8))
    assert watch.steps == 5


def test_copies_and_pickles_of_a_watched_model_are_not_watched():
    model = network(torch.nn.ReLU())
    with rt.watch(model, every=1) as watch:
        for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
            other(torch.randn(2, 8))
            assert hooks_of(other) == 0
        assert watch.steps == 0


def test_watches_nest():
    model = network()
    with (
        rt.watch(model, every=1) as outer,
        rt.watch(model, every=1) as inner,
        rt.watch(model[1], every=2) as part,
    ):
        steps(model)
    assert same(outer.state()["layers"], inner.state()["layers"])
    assert part.records()[0]["units"] == 32 and hooks_of(model) == 0


def test_sampled_steps_of_a_compiled_model_run_uncompiled():
    model = network()
    compiled = torch.compile(model, backend="eager")
    with rt.watch(compiled, every=2) as watch:
        steps(compiled, 6)
    assert watch.steps == 6 and watch.records()[0]["layer"] == "1" and watch.records()[0]["steps"] == 4
    assert hooks_of(compiled) == 0
    with rt.watch(model, every=1) as watch:  # the other way round nothing is seen, and nothing breaks
        steps(torch.compile(model, backend="eager"))
    assert watch.records() == []
    model.compile(backend="eager")
    with pytest.raises(ValueError, match="compiled in place"):
        rt.watch(model)


def test_a_module_that_the_registry_does_not_know_is_judged_by_its_output():
    class Step(torch.nn.Module):
        def forward(self, x):
            return torch.where(x > 100, 1.0, 0.0) * x

    for also in ("Step", "1", Step, [Step], lambda name, module: isinstance(module, Step)):
        model = network(Step())
        with rt.watch(model, every=1, also=also) as watch:
            steps(model)
        (finding,) = watch.advice()
        assert finding.kind == "dead" and "output never changed" in finding.text


def test_records_are_lines_of_json_and_tensorboard_gets_scalars(tmp_path):
    model, scalars = network(), {}

    class Writer:
        def add_scalar(self, name, value, step):
            scalars[name] = value, step

    with rt.watch(model, every=1) as watch:
        for _ in range(2):
            steps(model)
            watch.records(tmp_path / "run.jsonl")
        watch.tensorboard(Writer())
    lines = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [4, 8] and lines[1] == watch.records()[0]
    assert (
        scalars["1/dead"] == (lines[1]["dead"], 8) and scalars["1/inputs_mean"][0] == lines[1]["inputs_mean"]
    )


def test_the_table_shows_all_layers_and_marks_those_with_findings():
    from rich.console import Console

    console = Console(width=120, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    model = network()
    with torch.no_grad():
        model[0].bias -= 100
    with rt.watch(model, every=1) as watch, watch.live(per_second=1):
        steps(model)
    console.print(watch)
    text = console.export_text()
    assert "1 ReLU*" in text and "100.0" in text


def test_alternatives_of_a_rectifier_have_a_slope_on_the_left():
    assert len(functions.alternatives("relu")) == 3
    for name in functions.alternatives("relu"):
        assert rt.functional.derivative(name, torch.tensor(-2.0)).abs() > 1e-3
        assert name in rheobase.names()


BAD = {
    "no module": (lambda: rt.watch("model"), TypeError, "model must be a torch.nn.Module, not str"),
    "no activation": (
        lambda: rt.watch(torch.nn.Linear(2, 2), functional=False), ValueError, "no activation among its 1"),
    "every 0": (lambda: rt.watch(network(), every=0), ValueError, "every must be from 1"),
    "every as a float": (lambda: rt.watch(network(), every=1.5), TypeError, "every must be an int"),
    "no window": (lambda: rt.watch(network(), window=0), ValueError, "window"),
    "an unknown name": (lambda: rt.watch(network(), also="Relu"), ValueError, "did you mean 'ReLU'"),
    "a number as a name": (lambda: rt.watch(network(), also=[3]), TypeError, "names and classes, not int"),
    "a dictionary of thresholds": (lambda: rt.watch(network(), thresholds={}), TypeError, "thresholds"),
    "a threshold that is NaN": (lambda: Thresholds(dead=math.nan), ValueError, "dead must be"),
    "a state of something else": (lambda: rt.watch(network()).merge({}), ValueError, "state"),
    "a state of other thresholds": (
        lambda: rt.watch(network()).merge(rt.watch(network(), thresholds=Thresholds(slope=0.5)).state()),
        ValueError, "slope"),
    "a broken state": (
        lambda: rt.watch(network()).merge(rt.watch(network()).state() | {"layers": {"a": {}}}),
        ValueError, "not what Watch.state"),
}  # fmt: skip


@pytest.mark.parametrize("call, error, words", BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_clear_line(call, error, words):
    with pytest.raises(error) as caught:
        call()
    assert words in str(caught.value) and "\n" not in str(caught.value)
