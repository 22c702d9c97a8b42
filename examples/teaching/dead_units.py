# SPDX-License-Identifier: Apache-2.0
"""Dead units: how a rectifier stops learning for good, how to see it, and what helps."""

# %% [markdown]
# # Dead units
#
# A rectifier gives 0 for negative inputs, and so does its derivative. A unit whose input is negative for
# every example passes no gradient on: its weights never change again. One step that is too large is
# enough. This page kills units, finds them, and compares cures.
#
# It runs as a script too: `python dead_units.py [FOLDER]`. Pictures go to FOLDER, else to `teaching`.

# %%
import sys
from pathlib import Path

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits

import rheobase
import rheobase.torch
from rheobase.torch import functional, nn

# A notebook's own arguments are more than one.
FOLDER = Path(sys.argv[1] if len(sys.argv) == 2 else "teaching")
FOLDER.mkdir(parents=True, exist_ok=True)

digits = load_digits()
inputs = torch.tensor(digits.data / 16, dtype=torch.float32)
inputs = (inputs - inputs.mean()) / inputs.std()
labels = torch.tensor(digits.target)

# %% [markdown]
# ## Where the slope is 0
# Full circles are values, empty ones limits that are not taken: at 0 the rectifier's derivative is 0
# here, by convention.

# %%
NAMES = [function.__name__ for function in (functional.relu, functional.leaky_relu, functional.elu)]
functions = rheobase.plot(*NAMES, interval=(-3, 3))
functions.savefig(FOLDER / "dead_functions.png", dpi=150)
for curve in functions.found["curves"]:
    least, kinks = curve["derivative"]["least"], curve["value"]["kinks"]
    print(f"{curve['name']:10} slope at least {least:.3g} in view, kinks at {kinks}")


# %% [markdown]
# ## A network, watched
# Two hidden layers. The first steps are as long as `first` says, the others are modest. `watch` counts
# the units whose derivative is 0 for all inputs that it saw.


# %%
def train(activation, first, steps=100):
    """Trains; returns the model, what watch advises, shares of dead units on the way, and the accuracy."""
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Linear(64, 128),
        activation(),
        torch.nn.Linear(128, 128),
        activation(),
        torch.nn.Linear(128, 10),
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=first)
    generator = torch.Generator().manual_seed(1)
    dead = []
    with rheobase.torch.watch(model, every=1, window=4) as watch:
        for step in range(steps):
            optimizer.param_groups[0]["lr"] = first if step < 4 else 0.1
            batch = torch.randint(len(inputs), (256,), generator=generator)
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(inputs[batch]), labels[batch]).backward()
            optimizer.step()
            if step % 4 == 3:
                layers = watch.report().layers().values()
                dead.append(sum(layer.dead for layer in layers) / len(layers))
        advice = watch.advice()
    with torch.no_grad():
        accuracy = (model(inputs).argmax(1) == labels).double().mean().item()
    return model, advice, dead, accuracy


# %% [markdown]
# ## Killing units
# Four steps decide: the same network after four modest and after four reckless ones, all others being
# modest. What is lost is width: the units that are left still learn these easy digits, but the dead do
# not come back.

# %%
MODEST, RECKLESS = 0.1, 2.0
results = {}
for label, first in (("modest", MODEST), ("reckless", RECKLESS)):
    model, advice, dead, accuracy = train(nn.ReLU, first)
    results[f"ReLU, {label}"] = dead
    print(f"ReLU, {label}: {100 * dead[-1]:.0f} % dead, {100 * accuracy:.1f} % of digits recognised")
    for finding in advice:
        print(f"   watch: {finding}")

# %% [markdown]
# What arrives at the first activation of the last network, and how much of it finds a slope of 0.

# %%
with torch.no_grad():
    arriving = model[0](inputs)
picture = rheobase.plot(*NAMES, data=arriving, show=["derivative"])
picture.savefig(FOLDER / "dead_inputs.png", dpi=150)
for name, share in picture.found["data"]["flat"].items():
    print(f"{100 * share:.1f} % of these inputs find a slope below 0.001 in {name}")

# %% [markdown]
# ## Cures
# A slope on the left that is not 0 keeps units alive through the same reckless steps. Modest steps are
# the other cure.

# %%
for activation in (nn.LeakyReLU, nn.ELU, nn.GELU):
    _, _, dead, accuracy = train(activation, RECKLESS)
    label = f"{activation.__name__}, reckless"
    results[label] = dead
    print(f"{label}: {100 * dead[-1]:.0f} % dead, {100 * accuracy:.1f} % of digits recognised")

figure = Figure(figsize=(6.4, 4.4), layout="constrained")
axes = figure.add_subplot()
lines = ("-", "--", ":", "-.", (0, (8, 2)))
for line, (label, dead) in zip(lines, results.items(), strict=True):
    axes.plot(range(4, 4 * len(dead) + 1, 4), [100 * share for share in dead], label=label, linestyle=line)
axes.set(xlabel="step", ylabel="dead units, %", ylim=(-2, 60))
axes.legend(frameon=False)
figure.savefig(FOLDER / "dead_units.png", dpi=150)
