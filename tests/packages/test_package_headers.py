# SPDX-License-Identifier: Apache-2.0
"""The public headers say of every function what it does, how it fails and how long what it gives lives."""

import re

import headers

CODES = set(headers.STATUS.values()) - {"OK"}


def test_every_function_is_explained():
    """A comment ends right above it, or above the functions it is declared with."""
    found = list(headers.functions())
    assert len(found) > 40
    for function in found:
        assert function.comment.endswith("*/") and len(function.comment) > 30, function


def test_every_function_with_a_status_lists_its_errors():
    assert len(CODES) > 10
    for function in headers.functions():
        if function.declaration.startswith("RHEO_API rheo_status"):
            assert function.errors() and function.errors() <= CODES, function
        else:
            assert not function.errors(), function


def test_what_a_function_gives_has_a_lifetime():
    """Texts, lists and handles: as long as the process, or until some call."""
    found = [function for function in headers.functions() if function.gives_pointers()]
    assert {"rheo_names", "rheo_find", "rheo_describe", "rheo_version"} <= {f.name for f in found}
    for function in found:
        text = function.comment
        assert re.search(r"lives? as long as|[Vv]alid until|\*json as above", text), function


def test_every_class_is_explained():
    """A comment stands above each class, or above the group of structs that it belongs to."""
    for header in headers.FOLDER.glob("*.hpp"):
        lines = header.read_text(encoding="utf-8").splitlines()
        private = inner = False
        for before, line in zip(lines, lines[1:], strict=False):
            inner = inner or line == "namespace detail {"
            if line == "}  // namespace detail":
                inner = False
            private = (private or line.startswith((" private:", " protected:"))) and line != "};"
            if not inner and not private and re.match(r"(class|struct|enum class) \w+( :| \{)", line):
                assert before.lstrip().startswith(("//", "template", "}")), f"{header.name}: {line}"


def test_every_public_member_is_explained():
    """Constructors too; of overloads below each other the first one."""
    found = list(headers.members())
    assert {"gate", "fused", "statistics", "row_function"} <= {member.owner for member in found}
    assert [member for member in found if not member.explained] == []
