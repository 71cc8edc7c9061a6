"""Classification trees and forests, against hand calculation and brute force over all cuts."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from lossland.forests import fit_class_tree, random_forest
from lossland.trees import fit_tree


def gini(y: np.ndarray) -> float:
    """n times the Gini impurity, n·(1 − Σ share²), from its definition."""
    return len(y) * (1 - sum((np.mean(y == c)) ** 2 for c in np.unique(y))) if len(y) else 0.0


def test_tree_by_hand() -> None:
    """Levels 0 0 1 2 2 with classes a a b c c: cut after 0, then after 1, leaves pure?"""
    X, y = np.array([[0], [0], [1], [2], [2]]), np.array([0, 0, 1, 2, 2])
    tree = fit_class_tree(X, y, 3, depth=5, tried=1, levels=3, rng=np.random.default_rng(0))
    # Both cuts leave the same impurity (2·½·½·… is symmetric): the first one is taken.
    assert (tree.feature[0], tree.cut[0], tree.left[0]) == (0, 0, 1)
    np.testing.assert_allclose(tree.share[0], [0.4, 0.2, 0.4])
    np.testing.assert_array_equal(tree.predict(X), np.eye(3)[y])
    assert tree.depth == 2


@pytest.mark.parametrize("seed", range(6))
def test_cut_by_brute_force(seed: int) -> None:
    """Over all features and cuts, does no other leave less impurity?"""
    rng = np.random.default_rng(seed)
    X, y = rng.integers(0, 5, (20, 3)), rng.integers(0, 3, 20)
    tree = fit_class_tree(X, y, 3, depth=1, tried=3, levels=5, rng=rng)
    kept = {
        (feature, cut): gini(y[X[:, feature] > cut]) + gini(y[X[:, feature] <= cut])
        for feature, cut in product(range(3), range(4))
    }
    assert kept[int(tree.feature[0]), int(tree.cut[0])] == pytest.approx(min(kept.values()))


def test_two_classes_split_as_a_regression_tree() -> None:
    """With labels 0 and 1, are the shares those of the library's regression tree?"""
    rng = np.random.default_rng(3)
    X, y = rng.integers(0, 16, (80, 4)), rng.integers(0, 2, 80)
    tree = fit_class_tree(X, y, 2, depth=3, tried=4, levels=16, rng=rng)
    # The same gain (twice the fall of the sum of squares), the same first of equal ones.
    other = fit_tree(X.astype(float), y.astype(float), 3)
    np.testing.assert_allclose(tree.predict(X)[:, 1], other.predict(X.astype(float)))


def test_tree_that_cannot_ask() -> None:
    """Are equal rows, equal labels and depth 0 one leaf?"""
    rng = np.random.default_rng(0)
    same, y = np.ones((4, 2), dtype=int), np.array([0, 1, 1, 1])
    for X, labels, depth in ((same, y, 3), (np.arange(8).reshape(4, 2), y * 0, 3), (same, y, 0)):
        tree = fit_class_tree(X, labels, 2, depth=depth, tried=2, levels=8, rng=rng)
        assert len(tree.left) == 1
        np.testing.assert_allclose(tree.predict(X), np.tile(tree.share[0], (4, 1)))


def test_few_features_are_drawn_anew_in_every_node() -> None:
    """Trying one of two features, does the rng decide which, as rng.choice says?"""
    X, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 2, 3])
    for seed in range(5):
        rng = np.random.default_rng(seed)
        tree = fit_class_tree(X, y, 4, depth=1, tried=1, levels=2, rng=rng)
        expected = np.random.default_rng(seed).choice(2, 1, replace=False)[0]
        assert tree.feature[0] == expected


def test_forest_knows_what_its_trees_have_not_seen() -> None:
    """Is out_of_bag what each bootstrap sample leaves out, and does a forest start with it?"""
    rng = np.random.default_rng(4)
    X, y = rng.integers(0, 4, (30, 3)), rng.integers(0, 3, 30)
    forest = random_forest(X, y, 3, 40, depth=4, tried=2, levels=4, rng=np.random.default_rng(8))
    rows = np.random.default_rng(8).integers(0, 30, 30)
    np.testing.assert_array_equal(
        np.flatnonzero(forest.out_of_bag[0]), sorted(set(range(30)) - set(rows))
    )
    assert forest.out_of_bag.mean() == pytest.approx((1 - 1 / 30) ** 30, abs=0.03)
    shares = forest.member_shares(X)
    assert shares.shape == (40, 30, 3)
    np.testing.assert_allclose(shares.sum(axis=2), 1.0)


def test_refusals() -> None:
    """Does each wrong argument get one line that names it?"""
    X, y, rng = np.array([[0, 1], [2, 3]]), np.array([0, 1]), np.random.default_rng(0)
    settings = {"depth": 1, "tried": 1, "levels": 4, "rng": rng}
    with pytest.raises(ValueError, match="levels are 0 to 2"):
        fit_class_tree(X, y, 2, **{**settings, "levels": 3})
    with pytest.raises(ValueError, match="classes are 0 to 0"):
        fit_class_tree(X, y, 1, **settings)
    with pytest.raises(ValueError, match="tried is 3"):
        fit_class_tree(X, y, 2, **{**settings, "tried": 3})
    with pytest.raises(ValueError, match="n at least 1"):
        fit_class_tree(X, y[:1], 2, **settings)
