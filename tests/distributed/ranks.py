# SPDX-License-Identifier: Apache-2.0
"""Runs checks on some gloo ranks: python ranks.py RESULTS FILES, FILES being a JSON object: by the number of
ranks, which files of ``check_*`` they run.

Processes are forked after everything is imported. Results are a JSON object: by the number of ranks and the
check's name, what each rank says, "" where all is well. After a check that failed on any rank nothing else is
run on so many.
"""

from __future__ import annotations

import datetime
import importlib.util
import itertools
import json
import multiprocessing
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path

import torch
import torch._dynamo  # DTensor imports it: once, before processes fork
import torch.distributed as dist

import rheobase.torch.distributed  # noqa: F401  (its rules)

sys.path.insert(0, str(Path(__file__).parent))
TIMEOUT = 30  # seconds that one rank waits for another


def load(file: str) -> dict:
    spec = importlib.util.spec_from_file_location(Path(file).stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: value for name, value in vars(module).items() if name.startswith("check_")}


def run(rank: int, ranks: int, folder: str, checks: dict) -> None:
    torch.set_num_threads(1)
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    dist.init_process_group(
        "gloo",
        init_method=f"file://{folder}/store",
        rank=rank,
        world_size=ranks,
        timeout=datetime.timedelta(seconds=TIMEOUT),
    )
    said = {}
    for name, check in checks.items():
        torch.manual_seed(0)
        start = time.monotonic()
        try:
            check(rank, ranks)
            said[name] = ""
        except Exception:
            said[name] = traceback.format_exc()
        Path(folder, f"{rank}.json").write_text(json.dumps(said))
        if rank == 0 and os.environ.get("RHEOBASE_SHOW"):
            print(f"{name}: {time.monotonic() - start:.2f} s", file=sys.stderr, flush=True)
        try:
            failed = torch.tensor([bool(said[name])], dtype=torch.int64)
            dist.all_reduce(failed)
        except RuntimeError:  # somebody else has gone
            os._exit(1)
        if failed.item():
            break
    os._exit(0)  # groups of gloo may wait for each other when they are taken down


def run_on(ranks: int, checks: dict) -> dict[str, list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        fork = multiprocessing.get_context("fork")
        processes = [fork.Process(target=run, args=(r, ranks, folder, checks)) for r in range(ranks)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        parts = [Path(folder, f"{r}.json") for r in range(ranks)]
        said = [json.loads(part.read_text()) if part.exists() else {} for part in parts]
    return {name: [s.get(name, "not run") for s in said] for name in checks}


def main(results: str, files_of: dict[str, list[str]]) -> None:
    loaded = {file: load(file) for file in dict.fromkeys(itertools.chain(*files_of.values()))}
    said = {}
    for ranks, files in files_of.items():
        said[ranks] = run_on(int(ranks), {name: c for file in files for name, c in loaded[file].items()})
        Path(results).write_text(json.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
