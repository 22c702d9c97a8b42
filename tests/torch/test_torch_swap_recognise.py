# SPDX-License-Identifier: Apache-2.0
"""Modules of other libraries, and users' own, are recognised by what they compute, and by nothing else."""

import functools
import math

import pytest
import torch
from torch.nn import functional as F  # noqa: N812  (as everybody calls it)
from torch_swap_models import Gelu, Vocal

from rheobase.torch import nn, swap
from rheobase.torch._forms import returns_input
from rheobase.torch._ops import DESCRIPTIONS
from rheobase.torch._recognise import Found, Unknown, _reference, points, recognise

TANH_SCALE = math.sqrt(2 / math.pi)


def module(function, **attributes) -> torch.nn.Module:
    """One whose forward is that function of x alone."""
    made = type("Made", (torch.nn.Module,), {"forward": lambda self, x: function(x)})()
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


# As Hugging Face transformers and others write them.
FORMULAS = {
    "gelu": [
        lambda x: x * 0.5 * (1.0 + torch.erf(x / math.sqrt(2.0))),
        lambda x: F.gelu(x),
    ],
    "gelu_tanh": [
        lambda x: 0.5 * x * (1.0 + torch.tanh(TANH_SCALE * (x + 0.044715 * torch.pow(x, 3.0)))),
        lambda x: 0.5 * x * (1.0 + torch.tanh(x * 0.7978845608 * (1.0 + 0.044715 * x * x))),
    ],
    "gelu_sigmoid": [lambda x: x * torch.sigmoid(1.702 * x)],
    "silu": [lambda x: x * x.sigmoid(), lambda x: x / (1 + torch.exp(-x))],
    "mish": [lambda x: x * torch.tanh(F.softplus(x)), lambda x: x * torch.tanh(torch.log(1 + torch.exp(x)))],
    "relu": [lambda x: x.clamp(min=0), lambda x: torch.where(x > 0, x, 0.0), lambda x: (x + x.abs()) / 2],
    "relu_squared": [lambda x: torch.square(F.relu(x))],
    "relu6": [lambda x: x.clamp(0, 6)],
    "hardswish": [lambda x: x * F.relu6(x + 3) / 6],
    "sigmoid": [lambda x: 1 / (1 + torch.exp(-x)), lambda x: 0.5 * (1 + torch.tanh(x / 2))],
    "softsign": [lambda x: x / (1 + x.abs())],
    "logsigmoid": [lambda x: -F.softplus(-x)],
}
CASES = [(name, formula) for name, formulas in FORMULAS.items() for formula in formulas]


@pytest.mark.parametrize(("name", "formula"), CASES, ids=[name for name, _ in CASES])
def test_a_formula_is_recognised_by_its_values(name, formula):
    found = recognise(module(formula))
    assert isinstance(found, Found)
    assert found.name == name


@pytest.mark.parametrize(
    "name", [name for name, description in DESCRIPTIONS.items() if not returns_input(description)]
)
def test_every_function_of_ours_is_recognised_as_an_equal_one(name):
    ours = nn.module(name)
    found = recognise(module(lambda x: nn.module(name)(x)))
    assert torch.equal(found.module(**found.arguments)(points()), ours(points()))


def test_parameters_are_found_in_attributes_of_their_names():
    found = recognise(module(lambda x: torch.where(x > 0, x, 0.3 * torch.expm1(x)), alpha=0.3))
    assert (found.name, found.arguments["alpha"]) == ("elu", 0.3)
    found = recognise(module(lambda x: x * torch.sigmoid(2 * x), beta=2))
    assert (found.name, found.arguments["beta"]) == ("swish", 2.0)


class GuidedRelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, grad):
        return grad.clamp(min=0) * (ctx.saved_tensors[0] > 0) * 2


NEARLY = {
    "clipped far out": lambda x: F.gelu(x).clamp(-10, 10),
    "SELU's constants in float32": lambda x: 1.0507010221 * torch.where(x > 0, x, 1.6732632 * torch.expm1(x)),
    "a bend beside 0": lambda x: torch.where(x.abs() < 1e-4, 0 * x, F.silu(x)),
    "a leak": lambda x: F.leaky_relu(x, 1e-6),
    "an offset": lambda x: F.gelu(x) + 1e-8,
    "no one's": lambda x: torch.sin(x),
    "not finite": lambda x: torch.log(x),
}


@pytest.mark.parametrize("case", NEARLY)
def test_what_is_nearly_a_function_of_ours_is_not_taken_for_it(case):
    assert recognise(module(NEARLY[case])) == Unknown(
        "it computes an elementwise function that rheobase does not have"
    )


@pytest.mark.parametrize(
    "function", [GuidedRelu.apply, lambda x: F.relu(x.detach()), lambda x: F.relu(x).detach()]
)
def test_another_gradient_is_another_function(function):
    found = recognise(module(function))
    assert found == Unknown("it has the values of relu, but another gradient")


NO_ACTIVATION = {
    "a softmax": lambda x: torch.softmax(x, -1),
    "a norm": lambda x: x / x.norm(),
    "a sum along it": lambda x: torch.cumsum(x, -1),
    "a gate": lambda x: F.glu(x),
    "noise": lambda x: F.relu(x + torch.rand_like(x)),
    "dropout": lambda x: F.dropout(F.relu(x)),
    "itself": lambda x: x,
    "a scale": lambda x: 3 * x,
    "a shift": lambda x: x - 1,
    "a view": lambda x: x.flatten(),
    "no tensor": lambda x: (F.relu(x),),
    "no value": lambda x: None,
    "another dtype": lambda x: F.relu(x.float()),
    "always float32": lambda x: F.gelu(x.float()) if x.dtype != torch.float64 else F.gelu(x),
    "an error": lambda x: 1 / 0,
    "four dimensions only": lambda x: F.relu(x.permute(0, 2, 3, 1)),
}


@pytest.mark.parametrize("case", NO_ACTIVATION)
def test_what_is_not_elementwise_is_no_activation(case):
    assert recognise(module(NO_ACTIVATION[case])) is None


def test_a_function_that_differs_in_training_is_not_taken():
    class Moody(torch.nn.Module):
        def forward(self, x):
            return F.gelu(x, approximate="tanh") if self.training else F.gelu(x)

    assert isinstance(recognise(Moody()), Unknown)
    assert isinstance(recognise(Moody().eval()), Unknown)


def test_overwriting_the_input_is_seen():
    assert recognise(module(lambda x: x.clamp_(min=0))) == Unknown("it overwrites its input")


def test_asking_leaves_module_generator_and_hooks_alone():
    class Counting(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.calls, self.log, self.function = 0, [], self._one

        def _one(self, x):
            torch.rand(3)
            return F.relu(x)

        def forward(self, x):
            self.calls += 1
            self.log.append(self.calls)
            return self.function(x)

    asked = Counting().eval()
    asked.register_forward_hook(lambda *_: pytest.fail("a hook was called"))
    before = torch.random.get_rng_state()
    assert recognise(asked).name == "relu"
    assert torch.equal(torch.random.get_rng_state(), before)
    assert (asked.calls, asked.log, asked.training) == (0, [], False)


@pytest.mark.parametrize(
    "mode",
    [torch.no_grad(), torch.inference_mode(), torch.device("meta")],
    ids=["no_grad", "inference_mode", "meta"],
)
def test_modules_are_recognised_under_any_mode(mode):
    points.cache_clear()
    _reference.cache_clear()
    model = torch.nn.Sequential(Gelu())
    with mode:
        swap(model)
    assert isinstance(model[0], nn.GELU)


class Steep(torch.nn.Module):
    def __init__(self, beta):
        super().__init__()
        self.beta, self.function = beta, self._gate

    def _gate(self, x):
        return x * torch.sigmoid(self.beta * x)

    def forward(self, x):
        return self.function(x)


class Steeper(torch.nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.beta = torch.nn.Parameter(torch.rand(channels))

    def forward(self, x):
        return x * torch.sigmoid(self.beta * x)


def test_modules_that_are_alike_are_asked_once_and_others_by_themselves(monkeypatch):
    asked = []

    def counting(module):
        asked.append(module)
        return recognise(module)

    monkeypatch.setattr("rheobase.torch._swap.recognise", counting)
    model = torch.nn.Sequential(*(Steep(beta) for beta in (1.0, 2.0, 1.0, 2.0, 3.0)))
    unclear = torch.nn.Sequential(Steep(2.0), Steep(2.0))
    for module in unclear:
        module.note = []  # cannot be hashed
    swap(model)
    assert len(asked) == 3
    x = points()[:50]
    assert all(torch.allclose(m(x), x * torch.sigmoid(m.beta * x)) for m in model)
    swap(unclear)
    assert len(asked) == 5
    swap(torch.nn.Sequential(*(Steeper(n) for n in (3, 3, 1))))
    assert len(asked) == 7


def test_a_class_with_more_to_it_is_left():
    class Rated(Gelu):
        def rate(self):
            return 1

    class Slotted(Gelu):
        __slots__ = ("scale",)

    class Flexible(torch.nn.Module):
        def forward(self, x, scale=1.0):
            return F.relu(x) * scale

    class Weighted(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(1))

        def forward(self, x):
            return F.relu(x)

    model = torch.nn.Sequential(Rated(), Flexible(), Weighted(), Vocal(), Slotted(), Gelu())
    model[5].form = "a name that ours have another use for"
    report = swap(model)
    assert not report.changed
    reasons = {entry.name: entry.reason for entry in report.left if entry.unknown}
    assert reasons == {
        "0": "it has the values of gelu, but its class has a rate of its own",
        "1": "it has the values of relu, but its forward takes further arguments",
        "2": "it computes an elementwise function with parameters or buffers of its own: weight",
        "3": "it computes an elementwise function that rheobase does not have",
        "4": "it has the values of gelu, but its class has a __slots__ of its own",
        "5": "it has the values of gelu, but it has an attribute 'form'",
    }


def learning(function, buffers=(), **tensors):
    """A module whose forward is function(x, *tensors): parameters of its own but for those buffers."""

    def forward(self, x):
        return function(x, *(getattr(self, name) for name in tensors))

    made = type("Learning", (torch.nn.Module,), {"forward": forward})()
    for name, tensor in tensors.items():
        if name in buffers:
            made.register_buffer(name, tensor)
        else:
            made.register_parameter(name, torch.nn.Parameter(tensor))
    return made


def snake(x, a):
    return x + torch.sin(a * x) ** 2 / a


WITH_STATE = {
    "one for all": lambda: learning(snake, a=torch.ones(())),
    "channels last": lambda: learning(snake, a=torch.ones(5)),
    "of signals": lambda: learning(snake, a=torch.ones(1, 5, 1)),
    "of images": lambda: learning(snake, a=torch.ones(1, 5, 1, 1)),
    "at its start x itself": lambda: learning(lambda x, a: x + a * torch.sin(x), a=torch.zeros(1)),
    "coefficients": lambda: learning(lambda x, c: sum(a * x**i for i, a in enumerate(c)), c=torch.ones(4)),
    "16 bits": lambda: learning(lambda x, a: x * torch.sigmoid(a * x), a=torch.ones(5).bfloat16()),
    "a buffer": lambda: learning(lambda x, a: F.relu(x) * a, ["a"], a=torch.ones(1)),
    "elsewhere": lambda: learning(snake, a=torch.ones(5, device="meta")),
}


@pytest.mark.parametrize("kind", WITH_STATE)
def test_an_elementwise_function_with_parameters_is_an_activation_that_is_left(kind):
    module = WITH_STATE[kind]()
    before = {name: (t, t.detach().clone()) for name, t in module.state_dict(keep_vars=True).items()}
    message = "it computes an elementwise function with parameters or buffers of its own: "
    assert recognise(module) == Unknown(message + ", ".join(before))
    for name, tensor in module.state_dict(keep_vars=True).items():
        assert tensor is before[name][0] and (tensor.is_meta or torch.equal(tensor, before[name][1]))


NO_ACTIVATION_WITH_STATE = {
    "a root mean square norm": lambda: learning(
        lambda x, w: w * x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6), w=torch.ones(5)
    ),
    "a batch norm and a function": lambda: learning(
        lambda x, m, v: F.relu(F.batch_norm(x, m, v, training=True)), "mv", m=torch.zeros(5), v=torch.ones(5)
    ),
    "a scale": lambda: learning(lambda x, a: a * x, a=torch.ones(5)),
    "a frozen norm": lambda: learning(lambda x, a, b: a * x + b, "ab", a=torch.ones(5), b=torch.zeros(5)),
    "positions": lambda: learning(lambda x, p: x + p[: len(x)], p=torch.ones(50, 5)),
    "a product": lambda: learning(lambda x, w: F.relu(x @ w), w=torch.ones(5, 5)),
    "a table": lambda: learning(lambda x, w: F.embedding(x, w), w=torch.ones(5, 5)),
    "rows": lambda: learning(lambda x, a: torch.softmax(a * x, -1), a=torch.ones(1)),
    "dropout": lambda: learning(lambda x, a: F.dropout(F.relu(a * x)), a=torch.ones(1)),
    "a derived layer": lambda: type("Mine", (torch.nn.Linear,), {})(5, 5),
    "a derived norm": lambda: type("Mine", (torch.nn.LayerNorm,), {})(5),
    "a derived convolution": lambda: type("Mine", (torch.nn.Conv2d,), {})(5, 5, 1),
}


@pytest.mark.parametrize("kind", NO_ACTIVATION_WITH_STATE)
def test_layers_of_other_kinds_are_no_activations(kind):
    module = NO_ACTIVATION_WITH_STATE[kind]()
    assert recognise(module) is None
    report = swap(torch.nn.Sequential(module, torch.nn.ReLU()), strict=True)
    assert not [entry for entry in report.left if entry.unknown]


def test_a_recognised_module_computes_as_ours_with_its_own_attributes_kept():
    class Mine(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.act, self.inplace = functools.partial(F.gelu, approximate="tanh"), "no"

        def forward(self, x):
            return self.act(x)

    mine = Mine()
    before = dict(vars(mine))
    report = swap(mine)
    assert type(mine) is nn.GELU
    assert mine.approximate == "tanh"
    assert torch.equal(mine(points()), nn.GELU("tanh")(points()))
    assert not swap(mine).changed
    report.undo()
    assert type(mine) is Mine
    assert vars(mine) == before


HUGGING_FACE = {
    "gelu": "gelu",
    "gelu_10": None,
    "gelu_fast": "gelu_tanh",
    "gelu_new": "gelu_tanh",
    "gelu_python": "gelu",
    "gelu_pytorch_tanh": "gelu_tanh",
    "gelu_python_tanh": "gelu_tanh",
    "gelu_accurate": "gelu_tanh",
    "laplace": None,
    "linear": "",
    "mish": "mish",
    "quick_gelu": "gelu_sigmoid",
    "relu2": "relu_squared",
    "silu": "silu",
}


@pytest.mark.parametrize("name", HUGGING_FACE)
def test_hugging_faces_own_classes_are_recognised(name):
    activations = pytest.importorskip("transformers.activations", reason="transformers is not installed")
    if name not in activations.ACT2CLS:
        pytest.skip(f"this version of transformers has no {name}")
    found, expected = recognise(activations.ACT2FN[name]), HUGGING_FACE[name]
    if expected == "":
        assert found is None  # x itself
    elif expected is None:
        assert isinstance(found, Unknown)
    else:
        assert found.name == expected
