"""Layers that behave otherwise in training than afterwards: dropout and the normalisations.

Each is a pair of functions. The forward one also returns what the backward one needs; the backward
one turns the gradient in the output into the gradient in the input and in the parameters. x is
(n, d), one example a row, unless a function says otherwise::

    out, mask = dropout_forward(x, 0.5, rng, train=True)
    dx = dropout_backward(dout, mask, 0.5)
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypedDict

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

EPS = 1e-5
"""Added to a variance before its root, as libraries do: a constant column stays finite."""


class Running(TypedDict):
    """What batch norm keeps for evaluation: moving averages of mean and variance, each (d,)."""

    mean: Array
    var: Array


class BatchNormCache(NamedTuple):
    """x̂ (n, d) normalised, 1/√(var + eps) (d,), gamma (d,)."""

    normalised: Array
    inverse: Array
    gamma: Array


def dropout_forward(
    x: Array, p: float, rng: np.random.Generator, train: bool
) -> tuple[Array, Mask]:
    """(out, mask): in training out = x·mask/(1 − p), each entry kept with probability 1 − p.

    So out has the mean x, and evaluation, which draws nothing, returns x and a mask of ones
    (*inverted* dropout). Any shape; every *entry* has its own draw, ``rng.random(x.shape) >= p``.
    ValueError unless 0 ≤ p < 1. Source: Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov
    2014, section 10 for the division in training.
    """
    _check_p(p)
    if not train:
        return x.copy(), np.ones(x.shape, dtype=np.bool_)
    mask = rng.random(x.shape) >= p
    return x * mask / (1 - p), mask


def dropout_backward(dout: Array, mask: Mask, p: float) -> Array:
    """dx = dout·mask/(1 − p): what was dropped has no influence."""
    _check_p(p)
    _check_same("dout", dout, "mask", mask)
    return dout * mask / (1 - p)


def batchnorm_forward(
    x: Array,
    gamma: Array,
    beta: Array,
    running: Running,
    train: bool,
    *,
    momentum: float = 0.9,
    eps: float = EPS,
) -> tuple[Array, BatchNormCache, Running]:
    """(out, cache, running): out = gamma·(x − mean)/√(var + eps) + beta, column by column.

    In training mean and var (divided by n) are the batch's, and the new running values are
    momentum·running + (1 − momentum)·batch; in evaluation they are the running ones, which stay.
    x (n, d), gamma, beta and running values (d,). ValueError for other shapes.
    Source: Ioffe & Szegedy 2015, algorithm 1. (PyTorch's momentum is 1 − ours.)
    """
    _check_columns(x, gamma=gamma, beta=beta, mean=running["mean"], var=running["var"])
    mean, var = running["mean"], running["var"]
    if train:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running = {
            "mean": momentum * running["mean"] + (1 - momentum) * mean,
            "var": momentum * running["var"] + (1 - momentum) * var,
        }
    inverse = 1 / np.sqrt(var + eps)
    normalised = (x - mean) * inverse
    return gamma * normalised + beta, BatchNormCache(normalised, inverse, gamma), running


def batchnorm_backward(dout: Array, cache: BatchNormCache) -> tuple[Array, Array, Array]:
    """(dx, dgamma, dbeta) in training, where mean and variance depend on x, too.

    dx = gamma/√(var + eps)·(dout − mean(dout) − x̂·mean(dout·x̂)): batch norm takes from a gradient
    its mean and its part along x̂. Source: Ioffe & Szegedy 2015, section 3, simplified.
    """
    x_hat = cache.normalised
    _check_same("dout", dout, "x", x_hat)
    dgamma, dbeta = (dout * x_hat).sum(axis=0), dout.sum(axis=0)
    n = len(dout)
    dx = cache.gamma * cache.inverse * (dout - dbeta / n - x_hat * dgamma / n)
    return dx, dgamma, dbeta


def normalise(x: Array, axes: tuple[int, ...], eps: float = EPS) -> Array:
    """(x − mean)/√(var + eps), both taken over ``axes``; any shape.

    For activations of images, (N, C, H, W): batch norm takes (0, 2, 3), layer norm (1, 2, 3),
    instance norm (2, 3), and group norm ``group_norm``. ValueError without an axis.
    """
    if not axes:
        raise ValueError("axes is empty: name at least one axis to average over")
    mean = x.mean(axis=axes, keepdims=True)
    return np.asarray((x - mean) / np.sqrt(x.var(axis=axes, keepdims=True) + eps))


def group_norm(x: Array, groups: int, eps: float = EPS) -> Array:
    """Activations (N, C, H, W), each image normalised over each of ``groups`` groups of channels.

    One group is layer norm, C groups are instance norm. ValueError unless ``groups`` divides C.
    Source: Wu & He 2018.
    """
    if x.ndim != 4 or groups < 1 or x.shape[1] % groups:
        raise ValueError(f"x has shape {x.shape}: it must be (N, C, H, W), {groups} dividing C")
    n, c, h, w = x.shape
    return normalise(x.reshape(n, groups, c // groups, h, w), (2, 3, 4), eps).reshape(x.shape)


def _check_p(p: float) -> None:
    if not 0 <= p < 1:
        raise ValueError(f"p is {p}: the probability of dropping lies in [0, 1)")


def _check_same(name: str, a: Array, other: str, b: NDArray[Any]) -> None:
    if a.shape != b.shape:
        raise ValueError(f"{name} has shape {a.shape}, {other} {b.shape}: they must agree")


def _check_columns(x: Array, **vectors: Array) -> None:
    if x.ndim != 2 or 0 in x.shape:
        raise ValueError(f"x has shape {x.shape}: it must be (n, d)")
    for name, vector in vectors.items():
        if vector.shape != x.shape[1:]:
            raise ValueError(f"{name} has shape {vector.shape}, x {x.shape}: it must be (d,)")
