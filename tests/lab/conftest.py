# SPDX-License-Identifier: Apache-2.0
"""One small comparison that several tests look at."""

import pytest
from lab_run import TINY, Comparison, run


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> Comparison:
    return run(tmp_path_factory.mktemp("tiny") / "report", *TINY)
