# SPDX-License-Identifier: Apache-2.0
"""examples/train_distributed.py under torchrun: a killed rank, checkpoints, two hosts, bad use."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest
from distributed_launch import ended, started

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/train_distributed.py"
TORCHRUN = [sys.executable, "-m", "torch.distributed.run"]
# Learned parameters and exact sums: all of the package takes part.
TASK = [str(EXAMPLE), "--learn", "--activation", "swish", "--exact", "--watch"]
TASK += ["--steps", "80", "--lines", "1", "--rate", "0.003"]
LINE = re.compile(r"test accuracy (0\.\d+), digest of the parameters (\w{16})")


def load_example():
    spec = importlib.util.spec_from_file_location("train_distributed", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def finished(done: subprocess.CompletedProcess) -> tuple[float, str]:
    """Accuracy and digest that a run ended with."""
    found = LINE.search(done.stdout)
    assert done.returncode == 0 and found, done.stdout[-500:] + done.stderr[-3000:]
    return float(found[1]), found[2]


@functools.cache
def undisturbed() -> tuple[float, str]:
    with started([*TORCHRUN, "--standalone", "--nproc-per-node=2", *TASK]) as process:
        return finished(ended(process))


def children(pid: int) -> list[int]:
    return [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]


def kill_a_rank(command: list[str], latest: Path) -> subprocess.CompletedProcess:
    """Starts it, and kills one of its two ranks after the first checkpoint."""
    with started(command) as process:
        deadline = time.monotonic() + 60
        while not latest.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert latest.exists()
        os.kill(children(process.pid)[-1], signal.SIGKILL)
        return ended(process, 60)


def test_a_killed_rank_ends_the_run_clearly_and_it_goes_on_as_if_nothing_had_been(tmp_path):
    # So slowly that it cannot be over before the rank is killed: a checkpoint after each step.
    command = [*TORCHRUN, "--standalone", "--nproc-per-node=2", *TASK, "--checkpoint", str(tmp_path)]
    done = kill_a_rank([*command, "--every", "1"], tmp_path / "latest")
    assert done.returncode == 1
    assert "digest" not in done.stdout
    ends = [line for line in done.stderr.splitlines() if line.startswith("train_distributed.py: rank ")]
    assert len(ends) == 1, done.stderr[-3000:]
    assert re.search(r"stops in step \d+: .*the same command goes on from step-\d+ in ", ends[0])
    with started([*command, "--every", "1000"]) as process:
        again = ended(process)
    assert re.search(r"goes on from step \d+", again.stdout)
    assert finished(again) == undisturbed()


def test_it_learns():
    assert undisturbed()[0] > 0.9


@contextlib.contextmanager
def two_hosts():
    """Two network namespaces with an address each; they share nothing but a cable."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        pytest.skip("two network namespaces need root and iproute2")
    names = [f"rheobase-{uuid.uuid4().hex[:6]}" for _ in range(2)]
    made = subprocess.run(["ip", "netns", "add", names[0]], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"no network namespaces here: {made.stderr.strip()}")
    try:
        ends = [f"rb{name[-6:]}" for name in names]
        commands = [f"netns add {names[1]}", f"link add {ends[0]} type veth peer name {ends[1]}"]
        for i, (name, end) in enumerate(zip(names, ends, strict=True)):
            commands += [f"link set {end} netns {name}", f"-n {name} link set {end} name wire"]
            commands += [f"-n {name} addr add 10.199.7.{i + 1}/24 dev wire"]
            commands += [f"-n {name} link set wire up", f"-n {name} link set lo up"]
        for command in commands:
            made = subprocess.run(["ip", *command.split()], capture_output=True, text=True, timeout=10)
            if made.returncode:
                pytest.skip(f"ip {command}: {made.stderr.strip()}")
        yield names
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True, timeout=10)


def test_two_hosts_give_the_bits_of_one():
    with two_hosts() as names, contextlib.ExitStack() as stack:
        hosts = [
            stack.enter_context(
                started(
                    ["ip", "netns", "exec", name, *TORCHRUN, "--nnodes=2", "--nproc-per-node=1"]
                    + [f"--node-rank={i}", "--master-addr=10.199.7.1", "--master-port=29511", *TASK],
                    GLOO_SOCKET_IFNAME="wire",
                )
            )
            for i, name in enumerate(names)
        ]
        first, second = map(ended, hosts)
    assert finished(first) == undisturbed()
    assert second.returncode == 0
    assert "digest" not in second.stdout  # the first rank speaks for all


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--activation", "swosh"], "swish"),
        (["--learn", "--activation", "relu"], "--learn: relu has no parameters"),
        (["--learn", "--gate"], "do not go together"),
        (["--exact"], "it needs --learn"),
        (["--steps", "0"], "expected a whole number from 1"),
        (["--parallel", "magic"], "invalid choice"),
    ],
)
def test_bad_use_is_one_line_and_exit_code_2(arguments, text, capsys):
    assert load_example().main(arguments) == 2
    said = capsys.readouterr().err
    assert text in said and said.count("\n") == 1
