# SPDX-License-Identifier: Apache-2.0
"""Every block of code in the pages runs, prints what the page shows, or says why it is not run."""

import re

import pytest
from snippets import ROOT, Block, blocks, compiled, pages, program_of, run_program, run_python, run_sh

# Blocks that other tests run, more closely than this one would.
ELSEWHERE = {
    ("README.md", "python"): "tests/torch/test_torch_docs.py",
    ("docs/pytorch.md", "python"): "tests/torch/test_torch_docs.py",
    ("docs/compile.md", "python"): "tests/torch/test_torch_docs.py",
    ("docs/second.md", "python"): "tests/torch/test_torch_docs.py",
    ("docs/int8.md", "cpp"): "tests/capi/pages_test.py",
    ("docs/outputs.md", "cpp"): "tests/capi/pages_test.py",
    ("docs/simd.md", "cpp"): "tests/simd/test_simd_install.py",
    # In groups of processes.
    ("docs/distributed.md", "python"): "tests/distributed/checks_state.py",
    ("docs/distributed.md", "sh"): "tests/distributed/checks_state.py",
}
ALL = [block for page in pages() for block in blocks(page, (ROOT / page).read_text(encoding="utf-8"))]
RUN = [block for block in ALL if not block.reason and (block.page, block.language) not in ELSEWHERE]


def of(*languages: str) -> list[Block]:
    return [block for block in RUN if block.language in languages]


@pytest.mark.parametrize("block", of("sh", "bash"), ids=lambda block: block.place)
def test_commands_run_and_print_what_the_page_shows(block, program, tmp_path):
    printed = run_sh(block, tmp_path, program)
    assert block.printed is None or printed == block.printed


@pytest.mark.parametrize("page", dict.fromkeys(block.page for block in of("python")))
def test_the_python_of_a_page_runs_in_order_and_prints_what_the_page_shows(page, tmp_path, monkeypatch):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "__main__"}
    for block in of("python"):
        if block.page == page:
            printed = run_python(block, namespace)
            assert block.printed is None or printed == block.printed, block.place


@pytest.mark.parametrize(
    "block", [block for block in of("c", "cpp") if block.is_program], ids=lambda block: block.place
)
def test_programs_compile_and_print_what_the_page_shows(block, library, tmp_path):
    printed = run_program(compiled(block.code, block.language, tmp_path, library))
    assert block.printed is None or printed == block.printed


@pytest.mark.parametrize("language", ["c", "cpp"])
def test_parts_of_programs_compile_and_run(language, library, tmp_path):
    parts = [block for block in of(language) if not block.is_program]
    if parts:
        run_program(compiled(program_of(parts), language, tmp_path, library))


def test_the_tests_that_run_the_other_blocks_name_their_pages():
    for (page, _), test in ELSEWHERE.items():
        if page not in pages():
            continue  # of a part that this tree does not have
        stem = page.removesuffix(".md").removeprefix("docs/")
        assert re.search(rf"\b{stem}\b", (ROOT / test).read_text(encoding="utf-8")), (page, test)
        assert any((block.page, block.language) in ELSEWHERE for block in ALL if block.page == page)


def test_there_are_blocks_of_each_language():
    assert {block.language for block in RUN} >= {"sh", "python", "c", "cpp"}


PAGE = """# A page

<!-- given: x = 2 -->
```python
print(x + 1)
```
```text
3
```

<!-- not run: it takes an hour -->
```sh
scripts/test
```

```text
no code
```
"""


def test_marks_and_outputs_belong_to_the_block_beside_them():
    first, second = blocks("page.md", PAGE)
    assert (first.line, first.code, first.printed, first.given) == (5, "print(x + 1)\n", "3\n", "x = 2")
    assert (second.reason, second.printed, second.given) == ("it takes an hour", None, "")
    assert run_python(first, {}) == "3\n"


def test_a_command_that_fails_is_noticed(program, tmp_path):
    (block,) = blocks("page.md", "```sh\nfalse\ntrue\n```\n")
    with pytest.raises(AssertionError, match="exit code 1"):
        run_sh(block, tmp_path, program)


def test_a_part_that_does_not_compile_is_named_with_its_line(library, tmp_path):
    part = Block("page.md", 7, "cpp", "#include <cstdio>\nunknown();\n", None)
    with pytest.raises(AssertionError, match=r"page\.md:8"):
        compiled(program_of([part]), "cpp", tmp_path, library)
