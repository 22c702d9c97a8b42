# SPDX-License-Identifier: Apache-2.0
"""swap makes a model's activations ours and leaves all else as it is; undo takes it back."""

import copy
import io
import pickle

import pytest
import torch
from torch_cases import TORCH_MODULES, argument_sets, required
from torch_swap_models import Gelu, Net, encoder, used

import rheobase.torch
from rheobase.torch import nn, swap
from rheobase.torch._form_modules import RandomModule, RowModule
from rheobase.torch._forms import FORMS, returns_input

# Not the one that returns its input, which ours would copy.
SWAPPED = [
    name
    for name in TORCH_MODULES
    if not returns_input(next(form for form in FORMS.values() if form.module == name).description)
]
ACTIVATIONS = [name for name in torch.nn.modules.activation.__all__ if name != "MultiheadAttention"]
WITHOUT = [name for name in ACTIVATIONS if name not in SWAPPED]
X = torch.linspace(-6, 6, 96)


def torch_module(name: str, **arguments) -> torch.nn.Module:
    cls = getattr(torch.nn, name)
    return cls(**(required(cls, name) | arguments))


def state(module: torch.nn.Module) -> dict[str, object]:
    return {"class": type(module), **vars(module)}


@pytest.mark.parametrize("name", SWAPPED)
def test_every_class_of_torch_becomes_ours_with_its_arguments(name):
    form = next(form for form in FORMS.values() if form.module == name)
    for arguments in argument_sets(form.function):
        if form.choice and arguments.get(form.choice.argument) not in (None, "none", "tanh"):
            continue  # torch has no such choice
        module = torch_module(name, **arguments)
        exact = module(X.double())
        model = torch.nn.Sequential(module)
        report = swap(model, strict=True)
        assert model[0] is module
        assert type(module) is getattr(nn, name)
        assert repr(module) == repr(
            getattr(nn, name)(**(required(getattr(torch.nn, name), name) | arguments))
        )
        assert torch.allclose(model(X.double()), exact, rtol=1e-12, atol=1e-14)
        assert torch.allclose(model(X).double(), exact, rtol=3e-7, atol=1e-9)
        (change,) = report.changed
        assert change.name == "0"
        assert change.old.startswith(f"torch.nn.{name}(")
        assert change.new.startswith(f"rheobase.torch.nn.{name}(")
        assert change.bounds["float32"]["value"] <= 1
        assert not report.left


@pytest.mark.parametrize("name", WITHOUT)
def test_an_activation_of_torchs_that_ours_lack_is_left_and_named(name, monkeypatch):
    monkeypatch.delattr(nn, name, raising=False)  # ours have nearly all
    model = torch.nn.Sequential(torch.nn.ReLU(), getattr(torch.nn, name)())
    report = swap(model)
    assert type(model[1]) is getattr(torch.nn, name)
    assert [(entry.name, entry.reason) for entry in report.left] == [
        ("1", f"rheobase.torch.nn has no {name}")
    ]
    assert len(report.changed) == 1


ROWS = [name for name in ACTIVATIONS if issubclass(getattr(nn, name, object), RowModule)]
RANDOM = [name for name in ACTIVATIONS if issubclass(getattr(nn, name, object), RandomModule)]


@pytest.mark.parametrize("name", ROWS)
def test_functions_of_rows_become_ours_with_their_axis(name):
    module = getattr(torch.nn, name)(dim=1)
    x = torch.randn(3, 7, 2)
    exact = module(x.double())
    (change,) = swap(module, strict=True).changed
    assert type(module) is getattr(nn, name)
    assert (change.old, change.new) == (f"torch.nn.{name}(dim=1)", f"rheobase.torch.nn.{name}(dim=1)")
    assert change.bounds["float32"]["value"] <= 2
    assert torch.allclose(module(x).double(), exact, rtol=1e-6)


@pytest.mark.filterwarnings("ignore:Implicit dimension choice:UserWarning")
@pytest.mark.parametrize("name", ROWS)
def test_functions_of_rows_without_an_axis_still_choose_torchs(name):
    module, x = getattr(torch.nn, name)(), torch.randn(3, 7, 2)
    exact = module(x.double())
    (change,) = swap(module, strict=True).changed
    assert change.new == f"rheobase.torch.nn.{name}(dim=None)"
    assert torch.allclose(module(x).double(), exact, rtol=1e-6)


@pytest.mark.parametrize(("module", "bound"), [(torch.nn.GLU(1), None), (torch.nn.Softmax2d(), 2)], ids=str)
def test_gates_and_functions_of_images_become_ours(module, bound):
    x = torch.randn(2, 4, 3, 5)
    exact, printed = module(x.double()), repr(module)
    (change,) = swap(module, strict=True).changed
    assert change.new.startswith(f"rheobase.torch.nn.{type(module).__name__}(")
    assert repr(module) == printed
    assert (change.bounds and change.bounds["float32"]["value"]) == bound
    assert torch.allclose(module(x).double(), exact, rtol=1e-6)


@pytest.mark.parametrize("name", RANDOM)
def test_functions_that_draw_become_ours_and_still_know_the_mode(name):
    module = getattr(torch.nn, name)().eval()
    expected = module(X)
    (change,) = swap(module, strict=True).changed
    assert type(module) is getattr(nn, name)
    assert change.bounds is None
    assert torch.allclose(module(X), expected)
    assert not torch.equal(module.train()(X), expected)


def test_there_are_functions_of_rows_and_of_random_numbers():
    assert len(ROWS) >= 3
    assert RANDOM


def test_parameters_stay_the_same_objects():
    model = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.PReLU(3))
    with torch.no_grad():
        model[1].weight.copy_(torch.tensor([0.1, -0.2, 0.3]))
    weight, keys = model[1].weight, list(model.state_dict())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    x = torch.randn(5, 4)
    before = model(x)
    report = swap(model, strict=True)
    assert type(model[1]) is nn.PReLU
    assert model[1].weight is weight
    assert list(model.state_dict()) == keys
    assert torch.allclose(model(x), before)
    model(x).sum().backward()
    optimizer.step()
    assert weight.grad is not None
    report.undo()
    assert type(model[1]) is torch.nn.PReLU
    assert model[1].weight is weight


def test_a_shared_module_stays_one_and_has_all_its_names():
    act = torch.nn.SiLU()
    model = torch.nn.ModuleDict({"a": act, "b": torch.nn.Sequential(act, torch.nn.Linear(2, 2)), "c": act})
    report = swap(model)
    assert [change.names for change in report.changed] == [("a", "b.0", "c")]
    assert model["a"] is model["b"][0] is model["c"] is act
    assert "a = b.0 = c" in repr(report)


def test_references_that_are_no_submodules_are_the_same_module_too():
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh())
    kept = [model[1]]
    swap(model)
    assert isinstance(kept[0], nn.Tanh)


def test_hooks_fire_and_their_handles_still_remove_them():
    model = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.ELU(alpha=0.5))
    seen = []
    handles = [
        model[1].register_forward_pre_hook(lambda *_: seen.append("before")),
        model[1].register_forward_hook(lambda *_: seen.append("after")),
        model[1].register_full_backward_pre_hook(lambda *_: seen.append("gradient in")),
        model[1].register_full_backward_hook(lambda *_: seen.append("gradient out")),
    ]
    swap(model)
    model(torch.randn(2, 3)).sum().backward()
    assert seen == ["before", "after", "gradient in", "gradient out"]
    for handle in handles:
        handle.remove()
    model(torch.randn(2, 3)).sum().backward()
    assert len(seen) == 4


def test_modes_and_attributes_of_the_users_stay():
    model = torch.nn.Sequential(torch.nn.GELU().eval(), torch.nn.GELU())
    model[0].note = "mine"
    report = swap(model)
    assert [m.training for m in model] == [False, True]
    assert model[0].note == "mine"
    model.eval()
    report.undo()
    assert not model[1].training


def test_undo_restores_everything():
    model = torch.nn.Sequential(Net(), Gelu(), torch.nn.ReLU(inplace=True), encoder(), torch.nn.PReLU())
    before = {name: state(module) for name, module in model.named_modules()}
    for functional in (False, True):
        report = swap(model, functional=functional)
        assert report.changed
        report.undo()
        assert {name: state(module) for name, module in model.named_modules()} == before
        report.undo()  # nothing left to do
        assert {name: state(module) for name, module in model.named_modules()} == before


def test_undo_leaves_what_others_have_changed_since():
    model = torch.nn.Sequential(torch.nn.ELU(), encoder().layers[0])
    report = swap(model)
    model[0].alpha = 0.25
    model[1].activation = torch.tanh
    report.undo()
    assert type(model[0]) is torch.nn.ELU
    assert model[0].alpha == 0.25
    assert model[1].activation is torch.tanh


def test_a_second_swap_finds_nothing():
    model = torch.nn.Sequential(Net(), Gelu(), torch.nn.ReLU(), encoder())
    for functional in (False, True):
        swap(model, functional=functional)
        again = swap(model, functional=functional)
        assert not again.changed
        again.undo()
        assert isinstance(model[2], nn.ReLU)


def test_a_model_that_is_an_activation_itself_becomes_ours():
    model = torch.nn.GELU(approximate="tanh")
    report = swap(model)
    assert type(model) is nn.GELU
    assert model.approximate == "tanh"
    assert "(the model itself)" in repr(report)


def test_copies_pickles_and_state_dicts_are_as_those_of_any_module():
    model = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Softplus(beta=2), Gelu())
    keys = list(model.state_dict())
    swap(model)
    assert list(model.state_dict()) == keys
    x = torch.randn(3, 4)
    file = io.BytesIO()
    torch.save(model, file)
    file.seek(0)
    for other in (
        copy.deepcopy(model),
        pickle.loads(pickle.dumps(model)),
        torch.load(file, weights_only=False),
    ):
        assert [type(m) for m in other] == [type(m) for m in model]
        assert torch.equal(other(x), model(x))


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.float16])
def test_swapped_models_run_in_other_dtypes(dtype):
    model = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Mish(), Gelu()).to(dtype)
    x = torch.randn(3, 4, dtype=dtype)
    before = model(x)
    swap(model)
    after = model(x)
    assert after.dtype == dtype
    # Two roundings may differ by one unit each, and each is amplified by slopes below 1.13.
    assert torch.allclose(after, before, rtol=4 * torch.finfo(dtype).eps, atol=4 * torch.finfo(dtype).eps)


def test_compiled_models_follow_a_swap_and_its_undo():
    torch._dynamo.reset()
    model = torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.Hardswish(), Gelu())
    compiled = torch.compile(model, backend="aot_eager", fullgraph=True)
    x = torch.randn(4, 8)
    before = compiled(x)
    report = swap(compiled)
    assert [change.name for change in report.changed] == ["_orig_mod.1", "_orig_mod.2"]
    assert torch.equal(compiled(x), model(x))
    assert torch.allclose(compiled(x), before, atol=1e-6)
    report.undo()
    assert torch.equal(compiled(x), before)


def test_a_function_in_an_attribute_is_replaced_and_the_fused_path_is_off():
    model = encoder().eval()
    x, mask = torch.randn(2, 5, 8), torch.tensor([[0, 0, 0, 0, 1], [0, 0, 0, 1, 1]], dtype=torch.bool)
    with torch.no_grad():
        before = model(x, src_key_padding_mask=mask)
        assert not used(lambda: model(x, src_key_padding_mask=mask))
        report = swap(model)
        changed = [change.name for change in report.changed]
        assert changed[:2] == ["layers.0.activation", "layers.1.activation"]
        assert changed[2:] == [
            "layers.0.activation_relu_or_gelu",
            "layers.1.activation_relu_or_gelu",
            "use_nested_tensor",
        ]
        assert used(lambda: model(x, src_key_padding_mask=mask))
        after = model(x, src_key_padding_mask=mask)
    assert torch.allclose(after[:, :3], before[:, :3], atol=1e-5)
    report.undo()
    with torch.no_grad():
        assert not used(lambda: model(x, src_key_padding_mask=mask))


def test_the_fused_path_can_be_kept_and_is_mentioned():
    model = encoder().eval()
    report = swap(model, keep_fused=True, strict=True)
    assert [change.name for change in report.changed] == ["layers.0.activation", "layers.1.activation"]
    assert {entry.reason for entry in report.left} == {"kept; it has activations of its own"}
    with torch.no_grad():
        assert not used(lambda: model(torch.randn(2, 3, 8)))
    assert used(lambda: model.train()(torch.randn(2, 3, 8)))


def test_an_encoder_layer_with_a_module_does_not_go_round_it():
    layer = torch.nn.TransformerEncoderLayer(8, 2, 8, batch_first=True, activation=torch.nn.GELU()).eval()
    swap(layer)
    with torch.no_grad():
        assert used(lambda: layer(torch.randn(2, 3, 8)))


def test_a_partial_of_torchs_function_keeps_its_arguments():
    import functools

    model = torch.nn.Linear(2, 2)
    model.function = functools.partial(torch.nn.functional.gelu, approximate="tanh")
    (change,) = swap(model).changed
    assert change.name == "function"
    assert model.function.func is rheobase.torch.functional.gelu
    assert model.function.keywords == {"approximate": "tanh"}


class Same(torch.nn.GELU):
    """Only another constructor."""

    def __init__(self):
        super().__init__(approximate="tanh")


class Other(torch.nn.GELU):
    def forward(self, input):
        return 2 * super().forward(input)


class More(torch.nn.ReLU):
    def rate(self):
        return 0.5


def test_a_subclass_is_swapped_only_where_it_adds_nothing():
    model = torch.nn.Sequential(Same(), Other(), More())
    report = swap(model)
    assert [type(module) for module in model] == [nn.GELU, Other, More]
    assert model[0].approximate == "tanh"
    assert "forward of its own" in report.left[0].reason
    assert "rate of its own" in report.left[1].reason


def test_a_forward_on_the_instance_is_left():
    model = torch.nn.Sequential(torch.nn.ReLU(), Gelu(), torch.nn.Linear(2, 2))
    for module in model:
        module.forward = lambda x: x - 1
    report = swap(model)
    assert not report.changed
    assert [entry.name for entry in report.left] == ["0"]
    assert "attribute of this instance" in report.left[0].reason


def test_arguments_that_ours_refuse_are_left_with_what_is_wrong():
    model = torch.nn.Sequential(
        torch.nn.LeakyReLU(float("nan")), torch.nn.ELU(torch.tensor(0.5)), torch.nn.CELU()
    )
    del model[2].alpha
    report = swap(model)
    assert not report.changed
    reasons = [entry.reason for entry in report.left]
    assert "negative_slope must be a finite number" in reasons[0]
    assert "alpha must be a Python number, not Tensor" in reasons[1]
    assert reasons[2] == "it has no attribute 'alpha'"


def test_what_is_no_activation_is_not_mentioned():
    model = torch.nn.Sequential(
        torch.nn.Linear(3, 3),
        torch.nn.Dropout(),
        torch.nn.Identity(),
        torch.nn.Flatten(),
        torch.nn.LayerNorm(3, elementwise_affine=False),
        torch.nn.MultiheadAttention(4, 2),
        torch.nn.LSTM(3, 3),
    )
    report = swap(model, strict=True)
    assert not report.changed
    assert not report.left
