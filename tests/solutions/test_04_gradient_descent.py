"""Problem set 4: does it tell right from wrong, and say which wrong it is?"""

from __future__ import annotations

import numpy as np
import pytest

from tools.rehearsal import Rehearsal, each_variant

ASSIGNMENT = "04-gradient-descent"


def test_gradient_descent_is_the_matrix_power(descent_set: Rehearsal) -> None:
    """On ½·xᵀHx, is the point after k steps (I − lr·H)ᵏ times the start, and its loss the last?"""
    H, start = np.array([[3.0, 1.0], [1.0, 2.0]]), np.array([1.0, -2.0])
    run = descent_set.reference["gradient_descent"]
    x, losses = run(lambda x: (0.5 * x @ H @ x, H @ x), start, 0.3, 9)
    expected = np.linalg.matrix_power(np.eye(2) - 0.3 * H, 9) @ start
    np.testing.assert_allclose(x, expected, rtol=1e-13)
    assert losses[-1] == pytest.approx(0.5 * expected @ H @ expected, rel=1e-13)


def test_one_batch_of_all_is_gradient_descent(descent_set: Rehearsal) -> None:
    """Is sgd with batch_size = n the run of gradient_descent, but for its last loss?"""
    draw = np.random.default_rng(0)
    X, y = draw.standard_normal((12, 3)), draw.integers(0, 2, 12)

    def squares(W: np.ndarray, X: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
        miss = X @ W - y
        return float(np.mean(miss**2)), 2 * X.T @ miss / len(y)

    sgd, descent = (descent_set.reference[name] for name in ("sgd", "gradient_descent"))
    W, losses = sgd(squares, np.ones(3), X, y, 0.2, 12, 8, np.random.default_rng(1))
    V, right = descent(lambda W: squares(W, X, y), np.ones(3), 0.2, 8)
    np.testing.assert_allclose(W, V, rtol=1e-12)
    np.testing.assert_allclose(losses, right[:-1], rtol=1e-12)


def test_every_epoch_deals_out_all(descent_set: Rehearsal) -> None:
    """Does each epoch hold every example once, in another order than the epoch before?"""
    rng = np.random.default_rng(0)
    first, second = (
        np.concatenate(descent_set.reference["minibatches"](50, 7, rng)) for _ in range(2)
    )
    np.testing.assert_array_equal(np.sort(first), np.arange(50))
    np.testing.assert_array_equal(np.sort(second), np.arange(50))
    assert (first != second).any()


def test_decays_solve_their_equations(descent_set: Rehearsal) -> None:
    """Does the exponential rule fall at the rate k·lr, and the 1/t rule at k·lr²/lr₀?"""
    h = 1e-4
    for name, rate in [
        ("exponential_decay", lambda lr: 0.3 * lr),
        ("inverse_time_decay", lambda lr: 0.3 * lr**2 / 0.8),
    ]:
        decay = descent_set.reference[name]
        slope = (decay(0.8, 2.0 + h, 0.3) - decay(0.8, 2.0 - h, 0.3)) / (2 * h)
        assert slope == pytest.approx(-rate(decay(0.8, 2.0, 0.3)), rel=1e-7)


def test_largest_stable_lr_is_the_edge(descent_set: Rehearsal) -> None:
    """Is the spectral radius of I − lr·H exactly 1 at the limit, for [[3, 1], [1, 2]]?"""
    H = np.array([[3.0, 1.0], [1.0, 2.0]])
    limit = descent_set.reference["largest_stable_lr"](H)
    assert limit == pytest.approx(4 / (5 + np.sqrt(5)))  # the roots of λ² − 5λ + 5, by hand
    assert np.abs(np.linalg.eigvalsh(np.eye(2) - limit * H)).max() == pytest.approx(1.0)


def test_wrong_batches_are_found_behind_training(descent_set: Rehearsal) -> None:
    """Does question 3 name the mistake of question 2 when training calls the wrong batches?"""
    wrong = descent_set.mistake("minibatches_drop_rest")
    train = (
        "def sgd(loss_and_gradient, W, X, y, lr, batch_size, epochs, rng):\n"
        "    losses = np.zeros(0)\n"
        "    for epoch in range(epochs):\n"
        "        for batch in minibatches(len(y), batch_size, rng):\n"
        "            loss, gradient = loss_and_gradient(W, X[batch], y[batch])\n"
        "            losses = np.append(losses, loss)\n"
        "            W = W - lr * gradient\n"
        "    return W, losses\n"
    )
    answers = {"minibatches": wrong.source_cell(), "sgd": train}
    cutting = descent_set.run("test_minibatches", answers, diagnosing=True)
    assert cutting.diagnosis == wrong.text
    # sgd has the same mistake in its own catalogue, which speaks first.
    own = descent_set.mistake("sgd_drops_rest")
    assert descent_set.run("test_sgd", answers, diagnosing=True).diagnosis == own.text


def test_curves_are_shown_over_their_bands(descent_set: Rehearsal) -> None:
    """Do right runs leave their curves, each inside its band, and a wrong run one outside?"""
    shown = {test: descent_set.run(test, {}).evidence for test in descent_set.tests}
    lengths = {test: [len(curve.got) for curve in curves] for test, curves in shown.items()}
    assert lengths.pop("test_gradient_descent") == [16, 16, 61]
    assert lengths.pop("test_sgd") == [100, 20]
    assert not any(lengths.values())
    for curve in (curve for curves in shown.values() for curve in curves):
        assert (np.array(curve.low) <= curve.got).all()
        assert (np.array(curve.high) >= curve.got).all()
    for test, name in [("gradient_descent", "descent_with_decay"), ("sgd", "sgd_divides_again")]:
        (wrong,) = (entry for entry in descent_set.catalogue.mistakes if entry.name == name)
        made = descent_set.run(f"test_{test}", {test: wrong.source_cell()}, hidden_only=True)
        curve = made.evidence[0]
        assert (np.array(curve.got) < curve.low).any() or (np.array(curve.got) > curve.high).any()


def test_long_runs_stay_far_inside_their_bands(descent_set: Rehearsal) -> None:
    """Do right programs agree a hundredfold better than the bands of 5 and 10 % are wide?"""
    for _ in each_variant(ASSIGNMENT):
        for function in ("gradient_descent", "sgd"):
            expected = descent_set.run(f"test_{function}", {}).evidence[-1]
            for entry in descent_set.catalogue.alternatives_of(function):
                answers = {function: entry.source_cell()}
                shown = descent_set.run(f"test_{function}", answers).evidence[-1]
                np.testing.assert_allclose(shown.got, expected.got, rtol=5e-4)
