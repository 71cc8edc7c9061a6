"""``networks`` with one hidden layer, and between its two layers batch norm and dropout.

The way forward is X·W₁ + b₁, batch norm, max(0, ·), dropout, ·W₂ + b₂. The parameters stay one flat
vector: first those of ``networks``, then, with batch norm, gamma and beta of the hidden units.
Without either it is the same network::

    net = Net((196, 32, 10), norm=True, p=0.5)
    x, running = initial(net, rng), fresh(net)
    loss, gradient, running = loss_and_gradient(
        x, net, X, output_loss, running=running, rng=rng
    )
    scores = predict(x, net, X_test, running)
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossland import networks
from lossland.layers import (
    Running,
    batchnorm_backward,
    batchnorm_forward,
    dropout_backward,
    dropout_forward,
)
from lossland.networks import OutputLoss

Array = NDArray[np.float64]


class Net(NamedTuple):
    """widths (inputs, hidden, outputs); batch norm or not; p, the probability of dropping."""

    widths: tuple[int, int, int]
    norm: bool = False
    p: float = 0.0


class Parts(NamedTuple):
    """W1 (in, hidden), b1, W2 (hidden, out), b2, gamma and beta (hidden,): views of the vector."""

    W1: Array
    b1: Array
    W2: Array
    b2: Array
    gamma: Array
    beta: Array


def size(net: Net) -> int:
    """How many parameters it has."""
    return networks.size(net.widths) + 2 * net.widths[1] * net.norm


def parts(x: Array, net: Net) -> Parts:
    """The parameters that lie in x (size,), as views; gamma and beta are 1 and 0 without norm."""
    if x.shape != (size(net),):
        raise ValueError(f"x has shape {x.shape}: this net needs ({size(net)},)")
    end, hidden = networks.size(net.widths), net.widths[1]
    first, second = networks.layers(x[:end], net.widths)
    gamma, beta = (
        (x[end : end + hidden], x[end + hidden :])
        if net.norm
        else (np.ones(hidden), np.zeros(hidden))
    )
    return Parts(first.W, first.b, second.W, second.b, gamma, beta)


def initial(net: Net, rng: np.random.Generator) -> Array:
    """As ``networks.initial``, with the same draws; gamma 1, beta 0."""
    start = networks.initial(net.widths, rng)
    hidden = net.widths[1]
    return np.concatenate([start, np.ones(hidden), np.zeros(hidden)]) if net.norm else start


def fresh(net: Net) -> Running:
    """Running values before any batch: mean 0, variance 1."""
    return {"mean": np.zeros(net.widths[1]), "var": np.ones(net.widths[1])}


def predict(x: Array, net: Net, X: Array, running: Running) -> Array:
    """The scores (n, outputs) in evaluation: running values, nothing dropped."""
    W1, b1, W2, b2, gamma, beta = parts(x, net)
    z = X @ W1 + b1
    if net.norm:
        z, _, _ = batchnorm_forward(z, gamma, beta, running, train=False)
    return np.asarray(np.maximum(z, 0) @ W2 + b2)


def loss_and_gradient(
    x: Array,
    net: Net,
    X: Array,
    output_loss: OutputLoss,
    *,
    running: Running,
    rng: np.random.Generator,
) -> tuple[float, Array, Running]:
    """Loss and gradient (size,) in training for X (n, inputs), and the new running values.

    ``rng`` is drawn from only if p > 0. relu's derivative at 0 is taken as 0.
    """
    W1, b1, W2, b2, gamma, beta = parts(x, net)
    z = X @ W1 + b1
    if net.norm:
        z, cache, running = batchnorm_forward(z, gamma, beta, running, train=True)
    hidden, mask = dropout_forward(np.maximum(z, 0), net.p, rng, train=net.p > 0)
    loss, back = output_loss(hidden @ W2 + b2)

    gradient = np.zeros_like(x)
    slot = parts(gradient, net)
    slot.W2[:], slot.b2[:] = hidden.T @ back, back.sum(axis=0)
    back = dropout_backward(back @ W2.T, mask, net.p) * (z > 0)
    if net.norm:
        back, slot.gamma[:], slot.beta[:] = batchnorm_backward(back, cache)
    slot.W1[:], slot.b1[:] = X.T @ back, back.sum(axis=0)
    return loss, gradient, running
