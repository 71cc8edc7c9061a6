"""The cached results of chapter 8: can some lines of them be made again?"""

import json
from typing import Any

import numpy as np
import pytest

from lossland import two_layer
from lossland.gradcheck import numerical_gradient
from tools import make_regularizers as maker


@pytest.fixture(scope="module")
def results() -> Any:
    return json.loads(maker.RESULTS.read_text("utf8"))


@pytest.mark.parametrize(
    ("task", "name", "which"),
    [("few", "nothing", 0), ("few", "dropout", 3), ("few", "rotate", 1), ("all", "L2", 2)],
)
def test_a_line_runs_again(results: Any, task: str, name: str, which: int) -> None:
    """Does one seed trained again give the numbers in the file?"""
    line = results[task][name]
    recipe = maker.way(name, line["strength"], results[task]["nothing"]["strength"])
    found = maker.final(task, recipe, maker.pictures(), maker.SEEDS[which])
    # Sums in another order on another machine may turn a few of the 1,000 pictures.
    assert found["accuracy"] == pytest.approx(line["runs"][which]["accuracy"], abs=0.5)
    assert found["loss"] == pytest.approx(line["runs"][which]["loss"], rel=0.02)


def test_every_way_has_the_same_protocol(results: Any) -> None:
    """Has every way all its strengths tried, a best one taken, and all seeds?"""
    for task in ("few", "all"):
        assert list(results[task]) == list(maker.STRENGTHS)
        for name, strengths in maker.STRENGTHS.items():
            line = results[task][name]
            assert len(line["tuning"]) == len(strengths)
            chosen = strengths.index(line["strength"])
            assert line["tuning"][chosen] == max(line["tuning"])
            assert len(line["runs"]) == len(maker.SEEDS)
        epsilons = [float(eps) for eps in results["smoothing"][task]]
        assert epsilons == [0.0, *maker.STRENGTHS["label smoothing"]]


@pytest.mark.parametrize("make", [maker.l2, maker.l1, maker.smoothness])
def test_penalty_gradients(make: Any) -> None:
    """Is each penalty's gradient that of its definition, and 0 for the biases?"""
    net = two_layer.Net((196, 2, 2))
    x = np.random.default_rng(0).standard_normal(two_layer.size(net))

    def value(x: np.ndarray) -> float:
        W1, _, W2, _, _, _ = two_layer.parts(x, net)
        image = W1.reshape(14, 14, 2)
        steps = [np.diff(image, axis=axis) for axis in (0, 1)]
        return float(
            {
                maker.l2: (W1**2).sum() + (W2**2).sum(),
                maker.l1: np.abs(W1).sum() + np.abs(W2).sum(),
                maker.smoothness: sum((step**2).sum() for step in steps),
            }[make]
        )

    expected = 0.3 * numerical_gradient(value, x)
    np.testing.assert_allclose(make(0.3)(x, net), expected, rtol=1e-6, atol=1e-7)


def test_early_stopping_holds_pictures_out() -> None:
    """Is it stopped before the end, at a multiple of the steps between checks?"""
    data = maker.pictures()
    at = maker.chosen_few("few", data.fit, 0)
    trained = maker.train(maker.Way(patience=2), data.images[at], data.y[at], seed=0)
    assert 0 < trained.steps < maker.STEPS
    assert trained.steps % maker.CHECK == 0
