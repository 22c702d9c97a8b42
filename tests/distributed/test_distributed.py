# SPDX-License-Identifier: Apache-2.0
"""Two and four gloo ranks: what each rank found, check by check (checks_*.py)."""

from __future__ import annotations

import distributed_launch as ranks_started
import pytest

CASES = [(ranks, name) for ranks in ranks_started.FILES for name in ranks_started.checks(ranks)]


@pytest.mark.parametrize(("ranks", "name"), CASES)
def test_on_some_ranks(ranks, name):
    said = ranks_started.launch(ranks)[name]
    assert len(said) == ranks
    for rank, text in enumerate(said):
        assert text == "", f"rank {rank}: {text}"
