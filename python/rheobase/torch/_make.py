# SPDX-License-Identifier: Apache-2.0
"""Functions with true signatures, made from text as dataclasses does; Python itself then checks arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from torch import Tensor
from torch.overrides import handle_torch_function, has_torch_function_unary

_CELLS = {
    "Tensor": Tensor,
    "_overrides": has_torch_function_unary,
    "_override": handle_torch_function,
}
_ANNOTATIONS = {str: "str", bool: "bool", float: "float"}


def parameters_text(defaults: dict[str, object]) -> str:
    """For example ``alpha: float = _default_alpha``."""
    return ", ".join(
        f"{name}: {_ANNOTATIONS[type(value)]} = _default_{name}" for name, value in defaults.items()
    )


def override_lines(keywords: Iterable[str]) -> list[str]:
    """The first lines of a function of ``input`` and those: a class with ``__torch_function__`` decides
    itself what is done with an input of it. So torch.fx records the call."""
    given = "".join(f", {name}={name}" for name in keywords)
    return [
        "if type(input) is not Tensor and _overrides(input):",
        f"    return _override(_this, (input,), input{given})",
    ]


def make_function(
    head: str, body: Iterable[str], defaults: dict[str, object], scope: dict[str, object], module: str
) -> Callable:
    """The function with that head, say ``f(input, alpha=_default_alpha)``, and those lines of body.

    Args:
        defaults: their values, which the head calls ``_default_<name>``
        body: may call the function ``_this``, as an argument may have its name
        scope: what else head and body refer to; they are closure cells, because torch.compile looks for a
            function's globals in the module that it says it is from
        module: where it will be found
    """
    name = head.partition("(")[0]
    cells = _CELLS | scope | {f"_default_{key}": value for key, value in defaults.items()}
    lines = [
        f"def make({', '.join(cells)}):",
        f"  def {head}:",
        *(f"    {line}" for line in body),
        f"  _this = {name}",
        "  return _this",
    ]
    namespace: dict[str, Callable] = {}
    exec(compile("\n".join(lines), f"<rheobase {name}>", "exec", dont_inherit=True), namespace)
    function = namespace["make"](**cells)
    function.__module__, function.__qualname__ = module, name
    return function
