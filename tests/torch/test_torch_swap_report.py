# SPDX-License-Identifier: Apache-2.0
"""What swap prints, and what it refuses."""

import pytest
import torch
from torch_swap_models import Vocal

from rheobase.torch import swap


def test_a_report_prints_each_kind_of_change_once():
    model = torch.nn.Sequential(
        *(torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.GELU()) for _ in range(9))
    )
    text = repr(swap(model))
    assert text.splitlines()[0] == "swap: 9 changed, 0 left"
    assert "0.1 and 8 more: torch.nn.GELU" in text
    assert "float32 <= 1 ulp" in text
    assert len(text.splitlines()) == 3


def test_strict_raises_before_anything_is_changed(monkeypatch):
    monkeypatch.delattr("rheobase.torch.nn.GLU")
    model = torch.nn.Sequential(torch.nn.ReLU(), Vocal(), torch.nn.GLU())
    with pytest.raises(ValueError, match=r"^swap: no replacement for 1, .*Vocal: .* \(and for 1 more\)$"):
        swap(model, strict=True)
    assert type(model[0]) is torch.nn.ReLU


def test_strict_names_an_activation_that_learns():
    class Snake(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.a = torch.nn.Parameter(torch.ones(4))

        def forward(self, x):
            return x + torch.sin(self.a * x) ** 2 / self.a

    model = torch.nn.Sequential(torch.nn.Linear(4, 4), Snake(), torch.nn.LayerNorm(4), torch.nn.ReLU())
    with pytest.raises(ValueError, match=r"^swap: no replacement for 1, .*Snake: it computes .* own: a$"):
        swap(model, strict=True)
    assert type(model[3]) is torch.nn.ReLU
    assert "  1: " in repr(swap(model)) and model[1].a.tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize(
    "model", [None, 3, "gelu", torch.nn.GELU, torch.nn.functional.gelu, [torch.nn.GELU()]]
)
def test_what_is_no_module_is_refused(model):
    with pytest.raises(TypeError, match=r"^swap: model must be a torch.nn.Module, not "):
        swap(model)


def test_a_model_on_another_device_is_refused(monkeypatch):
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU())
    monkeypatch.setattr("rheobase.torch._swap.DEVICES", ("somewhere",))
    with pytest.raises(NotImplementedError, match=r"^swap: parameter 0.weight of model is on device cpu"):
        swap(model)
    assert type(model[1]) is torch.nn.ReLU


def test_modules_of_torchscript_are_left(recwarn):
    scripted = torch.jit.script(torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU()))
    with pytest.raises(TypeError, match="TorchScript"):
        swap(scripted)
    report = swap(torch.nn.Sequential(scripted, torch.nn.ReLU()), strict=True)
    assert [change.name for change in report.changed] == ["1"]
    assert [(entry.name, entry.reason) for entry in report.left] == [("0", "TorchScript has compiled it")]


class Tallying(torch.nn.Module):
    """A norm that counts its calls, in a tensor and in a list."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(4))
        self.steps, self.seen = torch.zeros((), dtype=torch.long), {"calls": []}

    def forward(self, x):
        self.steps += 1
        self.seen["calls"].append(x)
        return x / x.norm() * self.weight


def test_what_a_module_keeps_for_itself_is_not_changed_by_asking_it():
    module = Tallying()
    swap(torch.nn.Sequential(module))
    assert module.steps == 0 and module.seen == {"calls": []}


class OwnLazy(torch.nn.LazyLinear):
    pass


def test_modules_that_are_not_complete_yet_are_passed_over():
    model = torch.nn.Sequential(OwnLazy(3), torch.nn.ReLU())
    assert [change.name for change in swap(model).changed] == ["1"]
