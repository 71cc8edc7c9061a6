"""Classification trees on features with few levels, and random forests of them.

A pixel of 0 … 255 divided by 16 has 16 levels, and then the best question of a node needs no
sorting: one count of how often each level of each feature meets each class gives the gain of every
cut. The gain is that of ``lossland.trees`` with one-hot labels, the fall of the Gini impurity.
Sources: Breiman, Friedman, Olshen & Stone 1984, section 4.3; Breiman 2001, random forests.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lossland.ensembles import bootstrap_indices

Array = NDArray[np.float64]
Levels = NDArray[np.integer[Any]]
Labels = NDArray[np.integer[Any]]


class ClassTree(NamedTuple):
    """Nodes in arrays; node 0 is the root.

    Node k asks x[feature[k]] > cut[k]: no goes to left[k], yes to left[k] + 1. A leaf has
    left[k] = 0. share (nodes, C) holds the classes' shares among the examples that came there.
    """

    feature: NDArray[np.int64]
    cut: NDArray[np.int64]
    left: NDArray[np.int64]
    share: Array
    depth: int

    def predict(self, X: Levels) -> Array:
        """The classes' shares (n, C) in the leaves that X (n, features) comes to."""
        rows, at = np.arange(len(X)), np.zeros(len(X), dtype=np.int64)
        for _ in range(self.depth):
            above = X[rows, self.feature[at]] > self.cut[at]
            at = np.where(self.left[at] > 0, self.left[at] + above, at)
        return self.share[at]


class Forest(NamedTuple):
    """Trees, and which examples each has not seen: out_of_bag (members, n)."""

    trees: tuple[ClassTree, ...]
    out_of_bag: NDArray[np.bool_]

    def member_shares(self, X: Levels) -> Array:
        """What every tree answers, (members, n, C); their mean over axis 0 is the forest's."""
        return np.array([tree.predict(X) for tree in self.trees])


def fit_class_tree(
    X: Levels,
    y: Labels,
    classes: int,
    *,
    depth: int,
    tried: int,
    levels: int,
    rng: np.random.Generator,
) -> ClassTree:
    """A tree of at most ``depth`` questions in a row; each node looks at ``tried`` random features.

    X is (n, features), whole numbers 0 … levels − 1; y (n,) 0 … classes − 1. A node draws
    ``rng.choice(features, tried, replace=False)``, nothing where all features are tried, and takes
    the cut with the largest fall of n·Gini, Σ_c L_c²/l + Σ_c R_c²/r − Σ_c N_c²/n; of equal ones the
    first. It stays a leaf where its labels are equal or no cut gains. ValueError for X or y out of
    range, shapes that disagree, or tried outside 1 … features.
    """
    _check(X, y, classes, levels, tried)
    features = X.shape[1]
    nodes: list[tuple[int, int, int]] = []  # feature, cut, left
    shares: list[Array] = []
    waiting = [(np.arange(len(X)), 0)]  # grows while it is walked through: breadth first
    deepest = 0
    for rows, level in waiting:
        counts = np.bincount(y[rows], minlength=classes)
        shares.append(counts / len(rows))
        split = None
        if level < depth and counts.max() < len(rows):
            if tried < features:
                looked_at = rng.choice(features, tried, replace=False)
                values = X[rows[:, None], looked_at]
            else:
                looked_at = np.arange(features)
                values = X[rows]
            split = _best_cut(values, y[rows], counts, levels)
        if split is None:
            nodes.append((0, 0, 0))
            continue
        feature, cut = split
        nodes.append((int(looked_at[feature]), cut, len(waiting)))
        above = values[:, feature] > cut
        waiting += [(rows[~above], level + 1), (rows[above], level + 1)]
        deepest = level + 1
    feature_of, cut_of, left_of = np.array(nodes, dtype=np.int64).T
    return ClassTree(feature_of, cut_of, left_of, np.array(shares), deepest)


def random_forest(
    X: Levels,
    y: Labels,
    classes: int,
    members: int,
    *,
    depth: int,
    tried: int,
    levels: int,
    rng: np.random.Generator,
) -> Forest:
    """``members`` trees, each fitted to a bootstrap sample; for the arguments see fit_class_tree.

    With ``tried`` = all features this is bagging; fewer make the trees less alike.
    """
    trees, unseen = [], []
    for _ in range(members):
        rows = bootstrap_indices(len(X), rng)
        trees.append(
            fit_class_tree(
                X[rows], y[rows], classes, depth=depth, tried=tried, levels=levels, rng=rng
            )
        )
        unseen.append(np.bincount(rows, minlength=len(X)) == 0)
    return Forest(tuple(trees), np.array(unseen))


def _best_cut(values: Levels, y: Labels, counts: Labels, levels: int) -> tuple[int, int] | None:
    """(feature, cut) of the largest gain among values (n, tried); None where nothing is gained."""
    n, tried = values.shape
    classes = len(counts)
    place = (np.arange(tried) * levels + values) * classes + y[:, None]
    table = np.bincount(place.ravel(), minlength=tried * levels * classes)
    low = table.reshape(tried, levels, classes).cumsum(axis=1)[:, :-1].astype(np.float64)
    high = counts - low
    n_low = low.sum(axis=2)
    kept = (low**2).sum(axis=2) / np.maximum(n_low, 1)
    kept += (high**2).sum(axis=2) / np.maximum(n - n_low, 1)
    best = int(kept.argmax())
    if kept.flat[best] <= (counts.astype(np.float64) ** 2).sum() / n * (1 + 1e-12):
        return None
    feature, cut = divmod(best, levels - 1)
    return feature, cut


def _check(X: Levels, y: Labels, classes: int, levels: int, tried: int) -> None:
    if X.ndim != 2 or y.shape != X.shape[:1] or not len(X):
        raise ValueError(
            f"X has shape {X.shape}, y {y.shape}: need (n, features) and (n,), n at least 1"
        )
    if X.min() < 0 or X.max() >= levels:
        raise ValueError(f"X holds {X.min()} to {X.max()}: levels are 0 to {levels - 1}")
    if y.min() < 0 or y.max() >= classes:
        raise ValueError(f"y holds {y.min()} to {y.max()}: classes are 0 to {classes - 1}")
    if not 1 <= tried <= X.shape[1]:
        raise ValueError(f"tried is {tried}: it must be 1 to {X.shape[1]} features")
