"""Regression trees by the best split, and gradient boosting on residuals.

A tree asks at every node whether one feature lies above a threshold, and answers in a leaf with
the mean of the labels that came there. Source: Breiman, Friedman, Olshen & Stone 1984, section 8;
boosting: Friedman 2001, algorithms 1 and 2, for the squared error.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

TIE = 1e-12
"""Gains that differ by less than this part are equal: rounding does not choose the split. Its
square, times the labels' squares, is no gain at all."""


class Split(NamedTuple):
    """x[feature] > threshold goes right; ``gain`` is the fall of the sum of squared errors."""

    feature: int
    threshold: float
    gain: float


class Tree(NamedTuple):
    """A node: ``value`` is the mean of its labels; a leaf has neither split nor branches."""

    value: float
    split: Split | None = None
    left: Tree | None = None
    right: Tree | None = None

    def predict(self, X: ArrayLike) -> Array:
        """The answers (n,) for X (n, features)."""
        X = np.asarray(X, dtype=np.float64)
        if self.split is None or self.left is None or self.right is None:
            return np.full(len(X), self.value)
        above = X[:, self.split.feature] > self.split.threshold
        answers = np.empty(len(X))
        answers[above], answers[~above] = self.right.predict(X[above]), self.left.predict(X[~above])
        return answers


class Boosted(NamedTuple):
    """The sum ``start`` + ``shrinkage``·Σ trees."""

    start: float
    trees: tuple[Tree, ...]
    shrinkage: float

    def staged(self, X: ArrayLike) -> Array:
        """The predictions after 0, 1, … rounds, (rounds + 1, n), for X (n, features)."""
        X = np.asarray(X, dtype=np.float64)
        steps = [self.shrinkage * tree.predict(X) for tree in self.trees]
        return np.cumsum([np.full(len(X), self.start), *steps], axis=0)

    def predict(self, X: ArrayLike) -> Array:
        """The predictions (n,) after all rounds."""
        return np.asarray(self.staged(X)[-1])


def best_split(X: ArrayLike, y: ArrayLike) -> Split | None:
    """The split that lowers the sum of squared errors most; None where no split lowers it.

    X is (n, features), y (n,). Thresholds lie in the middle between neighbouring values of a
    feature. With sums L, R and counts l, r of both sides the gain is L²/l + R²/r − (L + R)²/n. Of
    equal gains the first feature wins, then the lowest threshold. ValueError when the shapes
    differ or there are no rows.
    """
    X, y = _checked(X, y)
    n = len(y)
    centred = y - np.cumsum(y)[-1] / n  # the same gains, with less cancellation
    best: Split | None = None
    for feature in range(X.shape[1]):
        order = np.argsort(X[:, feature], kind="stable")
        x, sums = X[order, feature], np.cumsum(centred[order])
        left = np.arange(1, n)
        gains = sums[:-1] ** 2 / left + (sums[-1] - sums[:-1]) ** 2 / (n - left)
        gains[x[1:] <= x[:-1]] = 0.0  # equal values stay together
        most = gains.max(initial=0.0)
        least = TIE**2 * float(y @ y) if best is None else best.gain * (1 + TIE)
        if most > least:
            k = int(np.flatnonzero(gains >= most * (1 - TIE))[0])
            best = Split(feature, float((x[k] + x[k + 1]) / 2), float(gains[k]))
    return best


def fit_tree(X: ArrayLike, y: ArrayLike, depth: int) -> Tree:
    """The tree grown by ``best_split``, node by node, to at most ``depth`` questions in a row.

    X is (n, features), y (n,); depth 1 is a stump, depth 0 the mean. ValueError when the shapes
    differ, there are no rows, or depth < 0.
    """
    X, y = _checked(X, y)
    if depth < 0:
        raise ValueError(f"depth is {depth}: it must be at least 0")
    value = float(np.cumsum(y)[-1] / len(y))
    split = best_split(X, y) if depth else None
    if split is None:
        return Tree(value)
    above = X[:, split.feature] > split.threshold
    left, right = (fit_tree(X[side], y[side], depth - 1) for side in (~above, above))
    return Tree(value, split, left, right)


def boost(X: ArrayLike, y: ArrayLike, rounds: int, depth: int, shrinkage: float = 0.1) -> Boosted:
    """Start from the mean of y; ``rounds`` times add shrinkage·(a tree fitted to the residuals).

    X is (n, features), y (n,); 0 < shrinkage ≤ 1. For the loss ½·Σ(y − F)² the residuals y − F are
    the negative gradient in F: gradient descent in the space of functions.
    """
    X, y = _checked(X, y)
    if not 0 < shrinkage <= 1:
        raise ValueError(f"shrinkage is {shrinkage}: need 0 < shrinkage ≤ 1")
    start = float(np.cumsum(y)[-1] / len(y))
    found, trees = np.full(len(y), start), []
    for _ in range(rounds):
        trees.append(fit_tree(X, y - found, depth))
        found = found + shrinkage * trees[-1].predict(X)
    return Boosted(start, tuple(trees), shrinkage)


def _checked(X: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """X (n, features) and y (n,) as arrays, n ≥ 1."""
    X, y = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if X.ndim != 2 or y.shape != X.shape[:1] or not y.size:
        raise ValueError(
            f"X has shape {X.shape}, y {y.shape}: need (n, features) and (n,), n at least 1"
        )
    return X, y
