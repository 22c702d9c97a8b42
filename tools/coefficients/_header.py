# SPDX-License-Identifier: Apache-2.0
"""Coefficients as a header of src/math."""


def begin(script: str, text: str) -> None:
    """`script` without its suffix; `text` says what the numbers are."""
    print("// SPDX-License-Identifier: Apache-2.0")
    print(f"// {script}_coefficients.h: written by tools/coefficients/{script}.py{text}")
    print("#pragma once\n\nnamespace rheo {\n")
    print("// clang-format off")


def show(name: str, values: list[float], aligned: bool = False) -> None:
    print(f"{'alignas(64) ' if aligned else ''}inline constexpr double {name}[] = {{")
    for value in values:
        print(f"    {value!r},")
    print("};")


def show_float32(name: str, values: list[float], aligned: bool = False) -> None:
    """Values that are float32 numbers."""
    print(f"{'alignas(64) ' if aligned else ''}inline constexpr float {name}[] = {{")
    for value in values:
        print(f"    {float(value).hex()}F,")
    print("};")


def end() -> None:
    print("// clang-format on\n\n}  // namespace rheo")
