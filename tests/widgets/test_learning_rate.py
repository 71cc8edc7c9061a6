"""The opener of chapter 4: its run, its mean and its words, in both languages and by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lossland.widgets import learning_rate

Node = Callable[[object], Any]


@pytest.mark.parametrize("lr", learning_rate.REGIMES.values())
def test_same_curve(node: Node, lr: float) -> None:
    """Are the live run, its mean and the four named rates those of the still picture?"""
    got = node([{"ask": "learning rate", "lr": lr, "seed": 3}])[0]
    np.testing.assert_allclose(got["loss"], learning_rate.run(lr, 3), rtol=1e-9)
    np.testing.assert_allclose(got["mean"], learning_rate.expected(lr), rtol=1e-12)
    named = {regime["name"]: regime["lr"] for regime in got["regimes"].values()}
    assert named == learning_rate.REGIMES


def test_mean_by_hand() -> None:
    """At lr = 0.04: ½·(0.96² + 0.016²) + 5·(0.6² + 0.016²) = 2.262208 after one step?"""
    assert learning_rate.expected(0.04)[:2] == pytest.approx([5.5, 2.262208], rel=1e-12)


@pytest.mark.parametrize("lr", learning_rate.REGIMES.values())
def test_mean_of_many_runs(lr: float) -> None:
    """Do the losses of 300 seeds have the predicted mean?"""
    runs = np.array([learning_rate.run(lr, seed) for seed in range(300)])
    error = runs.std(axis=0) / np.sqrt(300)
    assert (np.abs(runs.mean(axis=0) - learning_rate.expected(lr)) <= 4.5 * error + 1e-12).all()


SAID = {
    3e-4: ["Too low.", "hardly moves"],
    4e-4: ["Too low.", "49 % of the loss is left"],  # (10·0.996²⁰⁰ + 0.9996²⁰⁰)/11
    0.04: ["Good.", "No learning rate leaves less"],
    0.19: ["High.", "then hangs", "2.9 %"],  # ½·0.19·0.16·(1/1.81 + 1/0.1)/5.5 = 0.0292
    0.2: ["Too high."],
    0.21: ["Too high.", "× 1.21 per step"],  # (1 − 2.1)²
}


def test_in_words(node: Node) -> None:
    """Does the readout name the regime and give the number of a hand calculation?"""
    got = node([{"ask": "learning rate words", "lrs": list(SAID)}])[0]
    for said, parts in zip(got, SAID.values(), strict=True):
        assert all(part in said for part in parts), said


def test_each_name_covers_one_stretch(node: Node) -> None:
    """From short to long, are the names too low, good, high, too high, each once?"""
    lrs = list(np.geomspace(3e-4, 0.3, 200))
    names = [said.split(".")[0] for said in node([{"ask": "learning rate words", "lrs": lrs}])[0]]
    stretches = [name for k, name in enumerate(names) if k == 0 or names[k - 1] != name]
    assert stretches == ["Too low", "Good", "High", "Too high"]
