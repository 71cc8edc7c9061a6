"""Images changed in ways that leave their label: more examples than were collected.

Images are (n, h, w), float64, with 0 for the ground; what comes in from outside is 0. Every image
of a batch has draws of its own, all from ``rng``, and nothing is changed in place. Two more,
``mixup`` and ``cut_and_paste``, also mix the targets (n, C).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def shift(images: Array, most: int, rng: np.random.Generator) -> Array:
    """Each image moved by whole pixels, −most … most, down and across."""
    n, h, w = _shape(images)
    if not 0 <= most < min(h, w):
        raise ValueError(f"most is {most}: it must lie in 0 … {min(h, w) - 1}")
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    down, across = rng.integers(0, 2 * most + 1, (2, n))
    rows = down[:, None, None] + np.arange(h)[:, None]
    columns = across[:, None, None] + np.arange(w)
    return np.asarray(padded[np.arange(n)[:, None, None], rows, columns])


def flip(images: Array, rng: np.random.Generator) -> Array:
    """Each image mirrored left to right with probability ½."""
    n, _, _ = _shape(images)
    mirrored = rng.random(n) < 0.5
    return np.where(mirrored[:, None, None], images[:, :, ::-1], images)


def scale(images: Array, most: float, rng: np.random.Generator) -> Array:
    """Each image magnified around its middle by a factor e^u, u uniform in ±``most``."""
    n, _, _ = _shape(images)
    factor = np.exp(-rng.uniform(-most, most, n))  # of the places where pixels are read
    return _read(images, factor[:, None, None] * np.eye(2), np.zeros((n, 2)))


def rotate(images: Array, most: float, rng: np.random.Generator) -> Array:
    """Each image turned around its middle by an angle uniform in ±``most`` degrees."""
    n, _, _ = _shape(images)
    turn = np.radians(rng.uniform(-most, most, n))
    c, s = np.cos(turn), np.sin(turn)
    return _read(images, np.stack([[c, -s], [s, c]]).transpose(2, 0, 1), np.zeros((n, 2)))


def crop(images: Array, size: int, rng: np.random.Generator) -> Array:
    """Of each image a window of ``size`` × ``size`` pixels somewhere in it, enlarged to the whole.

    The window's corners fall on the image's corners. ValueError unless 2 ≤ size ≤ the sides.
    """
    n, h, w = _shape(images)
    if not 2 <= size <= min(h, w):
        raise ValueError(f"size is {size}: it must lie in 2 … {min(h, w)}")
    factor = np.array([(size - 1) / (h - 1), (size - 1) / (w - 1)])
    room = np.array([h - size, w - size])
    middles = rng.integers(0, room + 1, (n, 2)) - room / 2
    return _read(images, np.broadcast_to(np.diag(factor), (n, 2, 2)), middles)


def jitter(images: Array, most: float, rng: np.random.Generator) -> Array:
    """Brightness and contrast of each image changed: a·(x − mean) + b·mean.

    The factors a and b are uniform in 1 ± ``most``; mean is the image's own.
    """
    n, _, _ = _shape(images)
    contrast, brightness = rng.uniform(1 - most, 1 + most, (2, n, 1, 1))
    mean = images.mean(axis=(1, 2), keepdims=True)
    return np.asarray(contrast * (images - mean) + brightness * mean)


def mixup(X: Array, targets: Array, alpha: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Examples and targets averaged with those of another order: share·A + (1 − share)·A[order].

    One share a batch, ``rng.beta(alpha, alpha)``, then ``rng.permutation(n)``. X has any shape
    (n, …). Source: Zhang, Cisse, Dauphin & Lopez-Paz 2018.
    """
    _check_pairs(X, targets, alpha)
    share = rng.beta(alpha, alpha)
    order = rng.permutation(len(X))
    mixed = [share * A + (1 - share) * A[order] for A in (X, targets)]
    return mixed[0], mixed[1]


def cut_and_paste(
    images: Array, targets: Array, alpha: float, rng: np.random.Generator
) -> tuple[Array, Array]:
    """A rectangle of each image replaced by that of another one, targets mixed by the area.

    One share = rng.beta(alpha, alpha) a batch, a permutation, and a middle uniform in the image;
    the sides are √(1 − share) of the image's, cut at its edges. The targets take the part of the
    pixels that were really kept. Source: Yun, Han, Oh, Chun, Choe & Yoo 2019 (CutMix).
    """
    n, h, w = _shape(images)
    _check_pairs(images, targets, alpha)
    part = np.sqrt(1 - rng.beta(alpha, alpha))
    order = rng.permutation(n)
    window = []
    for side in (h, w):
        length = int(part * side)
        low = int(rng.integers(0, side)) - length // 2
        window.append(slice(max(low, 0), min(low + length, side)))
    pasted = images.copy()
    pasted[:, window[0], window[1]] = images[order, window[0], window[1]]
    kept = 1 - (window[0].stop - window[0].start) * (window[1].stop - window[1].start) / (h * w)
    return pasted, kept * targets + (1 - kept) * targets[order]


def _read(images: Array, matrices: Array, middles: Array) -> Array:
    """Each image read at matrix·place + middle, places counted from the centre (n, 2, 2), (n, 2).

    Between pixels the four neighbours are weighted (bilinear); outside lie zeros.
    """
    n, h, w = images.shape
    centre = np.array([(h - 1) / 2, (w - 1) / 2])
    grid = np.stack(np.meshgrid(np.arange(h), np.arange(w), indexing="ij")).reshape(2, -1)
    places = matrices @ (grid - centre[:, None]) + (middles + centre)[:, :, None]
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    row, column = (np.clip(places[:, k] + 1, 0, side) for k, side in ((0, h + 1), (1, w + 1)))
    top = np.minimum(row.astype(int), h)
    left = np.minimum(column.astype(int), w)
    down, across = row - top, column - left
    which = np.arange(n)[:, None]
    found = (
        (1 - down) * (1 - across) * padded[which, top, left]
        + (1 - down) * across * padded[which, top, left + 1]
        + down * (1 - across) * padded[which, top + 1, left]
        + down * across * padded[which, top + 1, left + 1]
    )
    return np.asarray(found.reshape(n, h, w))


def _shape(images: Array) -> tuple[int, int, int]:
    if images.ndim != 3:
        raise ValueError(f"images have shape {images.shape}: they must be (n, h, w)")
    n, h, w = images.shape
    return n, h, w


def _check_pairs(X: Array, targets: Array, alpha: float) -> None:
    if targets.ndim != 2 or len(targets) != len(X):
        raise ValueError(
            f"X has shape {X.shape}, targets {targets.shape}: they must agree in their first axis"
        )
    if not 0 < alpha < np.inf:
        raise ValueError(f"alpha is {alpha}: it must be a finite number above 0")
