"""A fully connected network from scratch, its parameters in one flat vector.

An optimizer of ``lossland.optimizers`` moves one array, so all weights and biases of a network lie
behind each other in ``x`` (size,): layer by layer, first W (in, out) row by row, then b (out,).
``widths`` names the number of units from the inputs to the outputs: (196, 32, 10) has one hidden
layer. Hidden layers end in ``activation``, the last one is linear::

    widths = (196, 32, 10)
    x = initial(widths, rng)
    loss, gradient = loss_and_gradient(x, widths, X, lambda scores: cross_entropy(scores, y))
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Activation = Literal["relu", "tanh"]
OutputLoss = Callable[[Array], tuple[float, Array]]
"""outputs (n, last width) -> (loss, gradient in the outputs)"""


class Layer(NamedTuple):
    """W (in, out) and b (out,): views of the flat vector, not copies."""

    W: Array
    b: Array


def size(widths: Sequence[int]) -> int:
    """How many parameters a network of these widths has. ValueError without two positive widths."""
    if len(widths) < 2 or min(widths) < 1:
        raise ValueError(f"widths are {tuple(widths)}: at least two, each at least 1")
    return sum((before + 1) * after for before, after in itertools.pairwise(widths))


def layers(x: Array, widths: Sequence[int]) -> list[Layer]:
    """The layers that lie in x (size,), as views. ValueError when x has another size."""
    if x.shape != (size(widths),):
        raise ValueError(f"x has shape {x.shape}: widths {tuple(widths)} need ({size(widths)},)")
    found, at = [], 0
    for before, after in itertools.pairwise(widths):
        middle, end = at + before * after, at + (before + 1) * after
        found.append(Layer(x[at:middle].reshape(before, after), x[middle:end]))
        at = end
    return found


def initial(
    widths: Sequence[int], rng: np.random.Generator, activation: Activation = "relu"
) -> Array:
    """Normal weights of variance 2/in (relu) or 1/in (tanh), biases 0: x (size,).

    Draws one normal number a weight, layer by layer.
    Source: He, Zhang, Ren & Sun 2015, equation 10; for tanh LeCun, Bottou, Orr & Müller 1998.
    """
    x = np.zeros(size(widths))
    gain = 2.0 if activation == "relu" else 1.0
    for layer in layers(x, widths):
        layer.W[:] = rng.standard_normal(layer.W.shape) * np.sqrt(gain / len(layer.W))
    return x


def forward(
    x: Array, widths: Sequence[int], X: Array, activation: Activation = "relu"
) -> list[Array]:
    """What every layer puts out for X (n, first width): X itself first, the outputs last."""
    if X.ndim != 2 or X.shape[1] != widths[0]:
        raise ValueError(f"X has shape {X.shape}: it must be (n, {widths[0]})")
    values = [X]
    network = layers(x, widths)
    for k, (W, b) in enumerate(network):
        z = values[-1] @ W + b
        values.append(z if k == len(network) - 1 else _activate(z, activation))
    return values


def predict(x: Array, widths: Sequence[int], X: Array, activation: Activation = "relu") -> Array:
    """The outputs (n, last width) for X (n, first width)."""
    return forward(x, widths, X, activation)[-1]


def loss_and_gradient(
    x: Array,
    widths: Sequence[int],
    X: Array,
    output_loss: OutputLoss,
    activation: Activation = "relu",
) -> tuple[float, Array]:
    """The loss of the outputs for X, and its gradient (size,) in x, by backpropagation.

    Going back through z = a·W + b: dW = aᵀ·dz, db = Σ rows of dz, da = dz·Wᵀ. relu's derivative at
    0 is taken as 0. Source: Rumelhart, Hinton & Williams 1986.
    """
    values = forward(x, widths, X, activation)
    loss, back = output_loss(values[-1])
    gradient = np.zeros_like(x)
    pairs = list(zip(layers(x, widths), layers(gradient, widths), strict=True))
    for k in reversed(range(len(pairs))):
        layer, slot = pairs[k]
        slot.W[:] = values[k].T @ back
        slot.b[:] = back.sum(axis=0)
        if k:
            back = (back @ layer.W.T) * _slope(values[k], activation)
    return loss, gradient


def _activate(z: Array, activation: Activation) -> Array:
    return np.maximum(z, 0.0) if activation == "relu" else np.asarray(np.tanh(z))


def _slope(value: Array, activation: Activation) -> Array:
    """The activation's derivative, from what it put out."""
    return (value > 0).astype(np.float64) if activation == "relu" else 1.0 - value**2
