# SPDX-License-Identifier: Apache-2.0
"""Coefficients as a header of src/math."""


def begin(script: str, text: str) -> None:
    """`script` without its suffix; `text` says what the numbers are."""
    print("// SPDX-License-Identifier: Apache-2.0")
    print(f"// {script}_coefficients.h: written by tools/coefficients/{script}.py{text}")
    print("#pragma once\n\nnamespace rheo {\n")
    print("// clang-format off")


def show(name: str, values: list[float], kind: str = "double", aligned: bool = False) -> None:
    """An array of `kind`, double or float; float32 numbers are shown in hexadecimal."""
    print(f"{'alignas(64) ' if aligned else ''}inline constexpr {kind} {name}[] = {{")
    for value in values:
        print(f"    {repr(value) if kind == 'double' else float(value).hex() + 'F'},")
    print("};")


def end() -> None:
    print("// clang-format on\n\n}  // namespace rheo")
