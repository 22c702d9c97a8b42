# SPDX-License-Identifier: Apache-2.0
"""Which tests run: by default all but those that are marked slow, with --all every one.

Files that are named on the command line are run whole.
"""

import os
from pathlib import Path

import pytest

# OpenMP's threads, which are PyTorch's, wait without spinning: on cores that others use too, such as other
# processes of pytest-xdist, they spin for ten times as long as they compute. Read by the import of torch.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

LEFT_OUT = pytest.StashKey[int]()


def pytest_addoption(parser):
    parser.addoption("--all", action="store_true", help="also the tests that are marked slow")


@pytest.hookimpl(trylast=True)  # after -k and -m
def pytest_collection_modifyitems(config, items):
    if config.getoption("--all"):
        return
    named = {Path(config.invocation_params.dir, arg.split("::")[0]) for arg in config.args}
    slow = [item for item in items if item.get_closest_marker("slow") and item.path not in named]
    config.stash[LEFT_OUT] = len(slow)
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in set(slow)]


def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):  # of pytest-xdist, whose parent collects nothing itself
        session.config.workeroutput["left_out"] = session.config.stash.get(LEFT_OUT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter, config):
    if count := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(f"{count} slow test{'s' * (count > 1)} left out: --all runs all")
