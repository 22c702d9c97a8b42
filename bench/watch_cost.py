# SPDX-License-Identifier: Apache-2.0
"""What rheobase.torch.watch costs: whole training steps with and without it, side by side in one run.

    python bench/watch_cost.py [--rounds N] [--every N] [--tokens N] [--threads N] [--worst]

Two models: the digits network of `rheobase compare` (64-256-10, batches of 64) and a block 768-3072-768.
Each round trains `--every` steps without and as many with the watch, of which one is sampled, in turns.
Printed are the median of the rounds' quotients and their quartiles, of the process's CPU time: other
programs on the machine would disturb the time on the clock. `--worst` samples every step.
"""

import argparse
import statistics
import time

import torch

import rheobase.torch
from rheobase._arguments import whole
from rheobase.lab import activations, data, modules, training
from rheobase.lab.settings import CLASSES, PIXELS, Case, Settings


def digits():
    settings, digits = Settings(), data.load(0.25)
    case, generator = Case(rheobase.names()[0]), torch.Generator().manual_seed(0)
    factory = modules.Factory(activations.parse(case.activation))
    model = training.perceptron(factory, case, PIXELS, CLASSES, settings.init, generator)
    model[1] = torch.nn.GELU()
    inputs, labels = digits.train_inputs[: settings.batch], digits.train_labels[: settings.batch]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    return model, lambda: training._step(model, optimizer, inputs, labels)


def block(tokens: int):
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(768, 3072), torch.nn.GELU(), torch.nn.Linear(3072, 768))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    inputs, targets = torch.randn(tokens, 768), torch.randn(tokens, 768)

    def step():
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(inputs), targets).backward()
        optimizer.step()

    return model, step


def seconds(step, count: int) -> float:
    start = time.process_time()
    for _ in range(count):
        step()
    return time.process_time() - start


def measure(name: str, model, step, every: int, sampled: int, rounds: int) -> None:
    seconds(step, max(2, every // 8))
    with rheobase.torch.watch(model, every=sampled) as watch:
        watch.steps = sampled  # past the first steps, which are sampled more often
        seconds(step, sampled if sampled < every else 1)
    quotients, plain = [], []
    for _ in range(rounds):
        plain.append(seconds(step, every))
        with rheobase.torch.watch(model, every=sampled) as watch:
            watch.steps = sampled
            quotients.append(seconds(step, every) / plain[-1])
    low, middle, high = statistics.quantiles(quotients, n=4)
    milliseconds = 1e3 * statistics.median(plain) / every
    print(
        f"{name:22} step {milliseconds:8.3f} ms, watched {100 * (middle - 1):+.1f} % "
        f"(quartiles {100 * (low - 1):+.1f} to {100 * (high - 1):+.1f}), {rounds} rounds of {every} steps",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rounds", type=whole(2, 10000), default=15, help="of the block; of the digits 20 times as many"
    )
    parser.add_argument(
        "--every", type=whole(1, 10000), default=200, help="as watch's (default: %(default)s)"
    )
    parser.add_argument(
        "--tokens", type=whole(1, 2**20), default=512, help="rows of the block (default: %(default)s)"
    )
    parser.add_argument("--threads", type=whole(1, 1024), default=1, help="of PyTorch (default: %(default)s)")
    parser.add_argument("--worst", action="store_true", help="sample every step")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    sampled = 1 if given.worst else given.every
    measure("digits 64-256-10", *digits(), given.every, sampled, 20 * given.rounds)
    measure(f"768-3072-768, {given.tokens} rows", *block(given.tokens), given.every, sampled, given.rounds)


if __name__ == "__main__":
    main()
