"""Trees and boosting, against hand-worked examples and brute force over all splits."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from lossland.trees import Split, Tree, best_split, boost, fit_tree

Array = NDArray[np.float64]


def squares(y: Array) -> float:
    return float(((y - y.mean()) ** 2).sum()) if len(y) else 0.0


def column(*values: float) -> Array:
    return np.array(values)[:, None]


def test_split_by_hand() -> None:
    """Labels 1, 1, 5, 7 at 0, 1, 2, 4: is the split at 1.5, of gain 27 − 2 = 25?

    Around the mean 3.5 the squares sum to 6.25·2 + 2.25 + 12.25 = 27; the halves keep 0 and 2.
    """
    split = best_split(column(0, 1, 2, 4), [1, 1, 5, 7])
    assert split is not None
    assert (split.feature, split.threshold) == (0, 1.5)
    assert split.gain == pytest.approx(25)


def test_tree_by_hand() -> None:
    """Two questions deep, does the same example end in the leaves 1, 5, 7, with means inside?"""
    tree = fit_tree(column(4, 0, 2, 1), [7, 1, 5, 1], 2)
    assert tree.value == 3.5
    assert tree.left == Tree(1.0)  # equal labels are not split
    assert tree.right is not None
    assert tree.right.split is not None
    assert (tree.right.value, tree.right.split.threshold) == (6.0, 3.0)
    np.testing.assert_array_equal(tree.predict(column(-9, 1.5, 1.6, 3, 3.1)), [1, 1, 5, 5, 7])


@pytest.mark.parametrize("seed", range(8))
def test_split_by_brute_force(seed: int) -> None:
    """Over all features and all thresholds, does no split keep less of the squares?"""
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 6, (14, 3)).astype(np.float64)  # many equal values
    y = rng.standard_normal(14)
    kept = []
    for feature, threshold in product(range(3), np.arange(-0.5, 6)):
        above = X[:, feature] > threshold
        kept.append((squares(y[above]) + squares(y[~above]), feature, threshold))
    split = best_split(X, y)
    assert split is not None
    least, feature, threshold = min(kept)
    assert squares(y) - split.gain == pytest.approx(least)
    above = X[:, split.feature] > split.threshold
    np.testing.assert_array_equal(above, X[:, feature] > threshold)


def test_equal_gains_take_the_first() -> None:
    """Of two equal features the first, of two equal thresholds the lowest?"""
    X = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    split = best_split(X, [1.0, 0.0, 1.0])
    assert split is not None
    assert (split.feature, split.threshold) == (0, 0.5)


@pytest.mark.parametrize(
    ("X", "y"),
    [(column(1, 2, 3), [0.1, 0.1, 0.1]), (column(1, 1, 1), [1.0, 2.0, 3.0]), (column(1), [4.0])],
)
def test_no_split_where_nothing_is_gained(X: Array, y: list[float]) -> None:
    """Are equal labels, equal places and a single row left whole?"""
    assert best_split(X, y) is None
    assert fit_tree(X, y, 3) == Tree(pytest.approx(np.mean(y)))


def test_deep_tree_learns_by_heart() -> None:
    """With places all different and depth enough, is the training error 0?"""
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((16, 2)), rng.standard_normal(16)
    np.testing.assert_allclose(fit_tree(X, y, 15).predict(X), y)


def test_boosting_by_hand() -> None:
    """Labels 0, 0, 6 with stumps and shrinkage ½: are two rounds those of pencil and paper?

    Mean 2, residuals −2, −2, 4: the stump keeps 0, F = 1, 1, 4. Residuals −1, −1, 2: F = ½, ½, 5.
    """
    found = boost(column(0, 1, 2), [0.0, 0.0, 6.0], 2, 1, 0.5)
    expected = [[2, 2, 2], [1, 1, 4], [0.5, 0.5, 5]]
    np.testing.assert_allclose(found.staged(column(0, 1, 2)), expected)
    np.testing.assert_allclose(found.predict(column(1.4, 1.6)), [0.5, 5])
    assert found.trees[0].split == Split(0, 1.5, pytest.approx(24))


def test_training_error_falls_every_round() -> None:
    """Does each round lower the training error by ν(2 − ν)·gain, as the squared loss says?"""
    rng = np.random.default_rng(4)
    X, y, shrinkage = rng.uniform(-1, 1, (40, 1)), rng.standard_normal(40), 0.3
    found = boost(X, y, 12, 1, shrinkage)
    errors = ((y - found.staged(X)) ** 2).sum(axis=1)
    gains = [tree.split.gain for tree in found.trees if tree.split is not None]
    np.testing.assert_allclose(-np.diff(errors), shrinkage * (2 - shrinkage) * np.array(gains))


def test_no_rounds_are_the_mean() -> None:
    """Before the first round, is the prediction the mean everywhere?"""
    found = boost(column(0, 1), [1.0, 4.0], 0, 2)
    np.testing.assert_allclose(found.predict(column(-3, 8)), [2.5, 2.5])


def test_refuses_what_cannot_be_fitted() -> None:
    """Are other shapes, no rows and settings out of range named?"""
    with pytest.raises(ValueError, match=r"X has shape \(2, 1\), y \(3,\)"):
        fit_tree(column(1, 2), [1.0, 2.0, 3.0], 1)
    with pytest.raises(ValueError, match=r"X has shape \(3,\)"):
        best_split([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="n at least 1"):
        boost(np.empty((0, 1)), [], 3, 1)
    with pytest.raises(ValueError, match="depth is -1"):
        fit_tree(column(1, 2), [1.0, 2.0], -1)
    with pytest.raises(ValueError, match="shrinkage is 0"):
        boost(column(1, 2), [1.0, 2.0], 3, 1, 0)
