# SPDX-License-Identifier: Apache-2.0
"""Docstrings, from what the activations' files declare."""

from __future__ import annotations

from rheobase.torch._evaluate import domain_text
from rheobase.torch._forms import Form

_DTYPES = "float32, float64, bfloat16 or float16"


def _heading(form: Form) -> list[str]:
    description = form.description
    return [
        f"{description['title']}. {description['summary']}",
        "",
        f"    f(x) = {description['formula']}",
        "",
    ]


def _argument_lines(form: Form) -> list[str]:
    lines = []
    if form.choice:
        known = ", ".join(
            f"{value!r} ({callee.operators.name})" for value, callee in form.choice.callees.items()
        )
        lines.append(f"    {form.choice.argument}: one of {known}. Default: {form.choice.default!r}")
    declared = {p["name"]: p for p in form.description["parameters"]}
    for name, default in form.arguments.items():
        wanted = domain_text(declared[name]["domain"])
        lines.append(f"    {name}: {declared[name]['meaning']}; {wanted}. Default: {default}")
    if form.inplace:
        lines.append(
            "    inplace: overwrite the input, in eager mode without a copy if no gradient is recorded."
        )
    return lines


def _promises(form: Form) -> list[str]:
    float32, float64 = (form.description["bounds"][name] for name in ("float32", "float64"))
    lines = [
        "Accuracy:",
        f"    largest error in ulp, float32: value {float32['value']}, derivative {float32['derivative']}; "
        f"float64: {float64['value']}, {float64['derivative']}",
    ]
    if references := form.description["references"]:
        lines += ["", "References:"]
        lines += [f"    {reference['text']}. {reference['url']}" for reference in references]
    return lines


def function_text(form: Form) -> str:
    """The docstring of the function."""
    lines = _heading(form)
    lines += [
        "Args:",
        f"    input: a {_DTYPES} tensor of any shape and strides, on the CPU",
    ]
    lines += _argument_lines(form)
    lines += [
        "    out: a tensor of the input's shape and dtype, or the input itself, that gets the values; not",
        "        where autograd would have to record them. Default: None",
        "",
        "Returns:",
        "    ``out``, or a tensor of the input's shape and dtype, laid out as ``torch.empty_like(input)``",
        "",
    ]
    lines += [
        "Raises:",
        "    TypeError: the input is no tensor or of another dtype, a parameter is no Python number, or out",
        "        has another dtype than the input",
        "    ValueError: a parameter is NaN or outside its domain once rounded to the input's dtype, or out",
        "        has another shape than the input",
        "    RuntimeError: out is given where a gradient would have to be recorded",
        "    NotImplementedError: the input is on another device",
        "",
    ]
    return "\n".join(lines + _promises(form)) + "\n"


def module_text(form: Form) -> str:
    """The docstring of the module."""
    lines = _heading(form)
    if arguments := _argument_lines(form):
        lines += ["Args:", *arguments, ""]
    if form.ignores_arguments:
        lines += ["Args:", "    any, which are ignored", ""]
    lines += [
        "Shape:",
        f"    input and output: any, the same; {_DTYPES}, on the CPU",
        "",
    ]
    lines += ["Raises:", "    as ``rheobase.torch.functional." + form.function + "``", ""]
    return "\n".join(lines + _promises(form)) + "\n"
