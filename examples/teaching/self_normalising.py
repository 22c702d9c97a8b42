# SPDX-License-Identifier: Apache-2.0
"""Self-normalising networks: a fixed point of mean and variance, found, followed through layers, and used."""

# %% [markdown]
# # Self-normalising networks
#
# If inputs of a layer have mean 0 and variance 1, and its weights variance 1 / inputs, what it passes on
# has the mean and variance of f(z), z standard normal. SELU's two constants are chosen so that these are
# 0 and 1 again, and so that other values are drawn there (Klambauer et al. 2017,
# https://arxiv.org/abs/1706.02515). No normalisation layer is needed.
#
# It runs as a script too: `python self_normalising.py [FOLDER]`. Pictures go to FOLDER, else to
# `teaching`.

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
NAMES = [
    function.__name__ for function in (functional.selu, functional.elu, functional.relu, functional.tanh)
]

# %%
rheobase.plot(*NAMES, interval=(-4, 3)).savefig(FOLDER / "normalising_functions.png", dpi=150)

# %% [markdown]
# ## The fixed point
# What becomes of mean and variance in a layer is two integrals: those of f and f^2 under a normal
# distribution.


# %%
def moments(name, mean=0.0, variance=1.0):
    """Mean and variance of f(z) for normal z, by the midpoint rule in float64."""
    z = torch.linspace(-10, 10, 40001, dtype=torch.float64)
    weights = torch.exp(-z * z / 2)
    y = getattr(functional, name)(mean + variance**0.5 * z)
    first = (weights * y).sum() / weights.sum()
    return first.item(), ((weights * y * y).sum() / weights.sum() - first**2).item()


for name in NAMES:
    mean, variance = moments(name)
    print(f"{name:5} turns mean 0 and variance 1 into {mean:+.4f} and {variance:.4f}")

# %% [markdown]
# `rheobase.analyze` finds all fixed points of that map by itself, and says whether they attract.

# %%
for name in NAMES:
    for point in rheobase.analyze(name).as_dict()["self_normalising"]["fixed_points"]:
        kind = "attracts" if point["stable"] else "does not attract"
        print(f"{name:5} fixed point: mean {point['mean']:+.4f}, variance {point['variance']:.4f}, {kind}")

# %% [markdown]
# Started elsewhere, layer after layer leads there.

# %%
for start in (0.25, 3.0):
    mean, variance = 0.0, start
    for _ in range(30):
        mean, variance = moments(NAMES[0], 0.0, variance + mean**2)
    print(f"{NAMES[0]} from variance {start:g}, after 30 layers: mean {mean:+.4f}, variance {variance:.4f}")

# %% [markdown]
# ## In a network
# 32 layers of 128 units with weights of variance 1 / inputs, standard normal inputs. `watch` reports mean
# and variance of each layer's outputs.

# %%
DEPTH, UNITS = 32, 128


def stack(name, depth=DEPTH, dropout=None):
    """Hidden layers with weights of variance 1 / inputs."""
    torch.manual_seed(0)
    layers = []
    for _ in range(depth):
        layer = torch.nn.Linear(UNITS, UNITS, bias=False)
        torch.nn.init.normal_(layer.weight, std=UNITS**-0.5)
        layers += [layer, rheobase.torch.nn.module(name)]
        layers += [dropout()] if dropout else []
    return torch.nn.Sequential(*layers)


def outputs(model):
    """Mean and variance of the outputs of each activation."""
    torch.manual_seed(1)
    with rheobase.torch.watch(model, every=1) as watch, torch.no_grad():
        model(torch.randn(512, UNITS))
    return [(record["outputs_mean"], record["outputs_variance"]) for record in watch.records()]


followed = {name: outputs(stack(name)) for name in NAMES}
for name, layers in followed.items():
    print(f"{name:5} after {DEPTH} layers: mean {layers[-1][0]:+.2g}, variance {layers[-1][1]:.2g}")

figure = Figure(figsize=(6.4, 4.4), layout="constrained")
axes = figure.add_subplot()
for name, line in zip(NAMES, ("-", "--", ":", "-."), strict=True):
    axes.plot(range(1, DEPTH + 1), [variance for _, variance in followed[name]], linestyle=line, label=name)
axes.set(yscale="log", xlabel="layer", ylabel="variance of outputs")
axes.legend(frameon=False)
figure.savefig(FOLDER / "normalising_variance.png", dpi=150)

# %% [markdown]
# ## Dropout
# Ordinary dropout sets units to 0 and enlarges the rest: the variance is wrong from the first layer on.
# Alpha dropout sets them to SELU's limit at -infinity and corrects mean and variance.

# %%
dropouts = {}
for label, dropout in (("ordinary", lambda: torch.nn.Dropout(0.1)), ("alpha", lambda: nn.AlphaDropout(0.1))):
    dropouts[label] = outputs(stack(NAMES[0], dropout=dropout))[-1]
    mean, variance = dropouts[label]
    print(f"{label} dropout: mean {mean:+.3f}, variance {variance:.3f} in the last layer")

# %% [markdown]
# ## Training
# 16 layers on handwritten digits, no normalisation, the same plain gradient descent for all.

# %%
digits = load_digits()
inputs = torch.tensor(digits.data / 16, dtype=torch.float32)
inputs = (inputs - inputs.mean()) / inputs.std()
labels = torch.tensor(digits.target)


def train(name, steps=80, rate=0.02):
    """Share of digits recognised after training."""
    torch.manual_seed(0)
    first, last = torch.nn.Linear(64, UNITS), torch.nn.Linear(UNITS, 10)
    torch.nn.init.normal_(first.weight, std=64**-0.5)
    model = torch.nn.Sequential(first, rheobase.torch.nn.module(name), stack(name, 15), last)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    generator = torch.Generator().manual_seed(1)
    for _ in range(steps):
        batch = torch.randint(len(inputs), (128,), generator=generator)
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(inputs[batch]), labels[batch]).backward()
        optimizer.step()
    with torch.no_grad():
        return (model(inputs).argmax(1) == labels).double().mean().item()


learned = {name: train(name) for name in NAMES}
for name, share in learned.items():
    print(f"{name:5} {100 * share:.1f} % of digits recognised")

# %% [markdown]
# `rheobase choose --self-normalising` finds the same function from its moments, and says what goes with
# it.

# %%
print(rheobase.choose(self_normalising=True, depth=DEPTH, device="gpu").text(top=1))
