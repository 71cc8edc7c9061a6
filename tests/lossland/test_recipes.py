"""The recipes for ensembles of networks: what they spend, and whether the record is theirs."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from lossland import networks, recipes
from lossland.recipes import RECIPES, pictures, recorded, run, scores
from tools.make_ensemble_record import SMALL, small


@pytest.fixture(scope="module")
def data() -> recipes.Pictures:
    return pictures()


def test_record_is_what_the_recipes_give(data: recipes.Pictures) -> None:
    """Run again in small, has every recipe the accuracy and cross-entropy of the record?"""
    kept = recorded()["small"]
    assert {name: kept[name] for name in SMALL} == SMALL
    again = small(data)
    assert set(again) == set(kept["results"]) == set(RECIPES) == set(recorded()["recipes"])
    for name, (accuracy, loss) in again.items():
        assert accuracy == pytest.approx(kept["results"][name][0], abs=0.002), name
        assert loss == pytest.approx(kept["results"][name][1], rel=1e-3), name


def test_record_is_complete() -> None:
    """Has every recipe as many seeds as the record says, all of its epochs, and no twins?"""
    record = recorded()
    for found in record["recipes"].values():
        assert len(found["accuracy"]) == record["seeds"]
        assert found["epochs"] == record["epochs"]
        assert len(set(found["cross_entropy"])) == record["seeds"]


@pytest.mark.parametrize("name", RECIPES)
def test_equal_compute(name: str, data: recipes.Pictures, monkeypatch: pytest.MonkeyPatch) -> None:
    """Does every recipe multiply as often as one network of 8 epochs, the last batch aside?

    Counted are the multiplications of all gradients: pictures times weights.
    """
    few = data.first(500)
    spent = 0
    real = networks.loss_and_gradient

    def counting(x, widths, X, output_loss, activation="relu"):  # type: ignore[no-untyped-def]
        nonlocal spent
        spent += len(X) * sum(a * b for a, b in itertools.pairwise(widths))
        return real(x, widths, X, output_loss, activation)

    monkeypatch.setattr(networks, "loss_and_gradient", counting)
    answer = RECIPES[name](few, 8, np.random.default_rng(0))
    assert spent == pytest.approx(8 * 500 * (196 * 32 + 32 * 10), rel=1e-12)
    assert answer.shares.shape == (1000, 10)
    np.testing.assert_allclose(answer.shares.sum(axis=1), 1.0)


def test_cycles_end_at_rest(data: recipes.Pictures) -> None:
    """Do the parameters hardly move at the end of each cosine cycle, and leap after it?"""
    seen = run(data.first(2500), 8, np.random.default_rng(0), cycles=2)
    moves = [float(np.linalg.norm(b - a)) for a, b in itertools.pairwise(seen)]
    assert len(seen) == 9
    assert moves[3] < 0.5 * min(moves[2], moves[4])
    assert moves[7] < 0.5 * moves[6]


def test_scores_find_the_width(data: recipes.Pictures) -> None:
    """Is the width of the hidden layer read from the number of parameters?"""
    x = networks.initial((196, 128, 10), np.random.default_rng(0))
    np.testing.assert_array_equal(
        scores(x, data.X_test), networks.predict(x, (196, 128, 10), data.X_test)
    )
