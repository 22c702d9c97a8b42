# SPDX-License-Identifier: Apache-2.0
"""Vanishing gradients: why a deep network of logistic units does not learn, seen, computed and put right."""

# %% [markdown]
# # Vanishing gradients
#
# Backpropagation multiplies the gradient by f' in every layer. Where f' is small, little is left of it
# after many layers, and the first layers learn nothing. This page looks at f', predicts the loss per
# layer, measures it in a network, and repairs it.
#
# It runs as a script too: `python vanishing_gradients.py [FOLDER]`. Pictures go to FOLDER, else to
# `teaching`.

# %%
import sys
from pathlib import Path

import torch
from matplotlib.figure import Figure
from sklearn.datasets import load_digits

import rheobase
import rheobase.torch
from rheobase.torch import functional

# A notebook's own arguments are more than one.
FOLDER = Path(sys.argv[1] if len(sys.argv) == 2 else "teaching")
FOLDER.mkdir(parents=True, exist_ok=True)
NAMES = [function.__name__ for function in (functional.sigmoid, functional.tanh, functional.relu)]
DEPTH, UNITS = 12, 64

# %% [markdown]
# ## The derivative
# The logistic function's slope is 1/4 at most. The others' reaches 1.

# %%
picture = rheobase.plot(*NAMES)
picture.savefig(FOLDER / "vanishing_functions.png", dpi=150)
for curve in picture.found["curves"]:
    print(f"{curve['name']:8} f' is {curve['derivative']['largest']:.3f} at most")

# %% [markdown]
# ## A prediction
# Let weights be such that each layer keeps the mean square of its signal: their variance is gain^2 /
# inputs, with gain = 1 / sqrt(E f(z)^2) for standard normal z. A gradient's mean square is then
# multiplied by gain^2 E f'(z)^2 in each layer (Schoenholz et al. 2017, https://arxiv.org/abs/1611.01232).


# %%
def factor_per_layer(name):
    """How the root mean square of a gradient changes from a layer to the one before it."""
    gain = rheobase.torch.init.calculate_gain
    return gain(name) / gain(name, of="derivative")


for name in NAMES:
    factor = factor_per_layer(name)
    print(f"{name:8} {factor:.3f} per layer, {factor**DEPTH:9.2g} over {DEPTH} layers")

# %% [markdown]
# ## A measurement
# A network of 12 hidden layers on handwritten digits, before any training. `watch` sees the gradients
# that arrive at each activation.

# %%
digits = load_digits()
inputs = torch.tensor(digits.data / 16, dtype=torch.float32)
inputs = (inputs - inputs.mean()) / inputs.std()
labels = torch.tensor(digits.target)


def network(name, gain=None):
    """DEPTH hidden layers; weights with variance gain^2 / inputs, or torch's own where there is no gain."""
    torch.manual_seed(0)
    layers = [torch.nn.Linear(64, UNITS), rheobase.torch.nn.module(name)]
    for _ in range(DEPTH - 1):
        layers += [torch.nn.Linear(UNITS, UNITS), rheobase.torch.nn.module(name)]
    layers += [torch.nn.Linear(UNITS, 10)]
    for layer in layers[::2]:
        if gain is not None:
            torch.nn.init.normal_(layer.weight, std=gain / layer.in_features**0.5)
            torch.nn.init.zeros_(layer.bias)
    return torch.nn.Sequential(*layers)


def gradients(model):
    """Root mean square of the loss's gradient at each activation, first to last, and what watch advises."""
    with rheobase.torch.watch(model, every=1) as watch:
        torch.nn.functional.cross_entropy(model(inputs[:512]), labels[:512]).backward()
    return [record["gradients_root_mean_square"] for record in watch.records()], watch.advice()


measured = {}
for name in NAMES:
    measured[name], advice = gradients(network(name))
    print(
        f"{name:8} first layer's gradient over the last one's: {measured[name][0] / measured[name][-1]:.2g}"
    )
    for finding in advice:
        if finding.kind == "vanishing":
            print(f"         watch: {finding}")

# %% [markdown]
# ## The cure
# Weights of the right size help where f' is near 1 for most inputs. The logistic function cannot be
# repaired so.

# %%
for name in NAMES:
    right = network(name, rheobase.torch.init.calculate_gain(name))
    measured[f"{name}, gain"], _ = gradients(right)
    ratio = measured[f"{name}, gain"][0] / measured[f"{name}, gain"][-1]
    print(f"{name:8} with its gain: {ratio:.2g}, predicted {factor_per_layer(name) ** (DEPTH - 1):.2g}")

figure = Figure(figsize=(6.4, 4.4), layout="constrained")
axes = figure.add_subplot()
for i, (label, sizes) in enumerate(measured.items()):
    style = {"color": f"C{i % len(NAMES)}", "linestyle": "-" if "gain" in label else "--"}
    axes.plot(range(1, DEPTH + 1), sizes, label=label, **style)
axes.set(yscale="log", xlabel="hidden layer", ylabel="root mean square of the gradient")
axes.legend(ncols=2, frameon=False)
figure.savefig(FOLDER / "vanishing_gradients.png", dpi=150)

# %% [markdown]
# ## Does it matter?
# The same training for all: gradient descent with momentum, 100 steps.


# %%
def train(model, steps=100, rate=0.03):
    """Share of all digits that are recognised after some steps on batches of 128."""
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)
    generator = torch.Generator().manual_seed(1)
    for _ in range(steps):
        batch = torch.randint(len(inputs), (128,), generator=generator)
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(inputs[batch]), labels[batch]).backward()
        optimizer.step()
    with torch.no_grad():
        return (model(inputs).argmax(1) == labels).double().mean().item()


learned = {}
for name in NAMES:
    learned[name] = train(network(name)), train(network(name, rheobase.torch.init.calculate_gain(name)))
    print(
        f"{name:8} torch's weights {100 * learned[name][0]:5.1f} %, its gain {100 * learned[name][1]:5.1f} %"
    )
