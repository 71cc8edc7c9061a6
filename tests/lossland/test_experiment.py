"""Runs, histories, slopes and intervals against hand calculation and published tables."""

import numpy as np
import pytest
from numpy.typing import NDArray

from lossland.datasets import scoreboard
from lossland.experiment import (
    History,
    Outcome,
    mean_interval,
    measured_rate,
    minimise,
    student_quantile,
    train,
)
from lossland.losses import accuracy, hinge_loss_and_gradient
from lossland.optimizers import gradient_descent, momentum

Array = NDArray[np.float64]


def parabola(x: Array) -> tuple[float, Array]:
    """½‖x‖² and its gradient."""
    return float(0.5 * (x * x).sum()), x.copy()


def test_minimise_by_hand() -> None:
    """Do two steps on ½x² with lr = ½ give x = 2, 1, ½ with their losses and gradients?"""
    start = np.array([2.0])
    trace = minimise(parabola, start, gradient_descent(0.5), 2)
    assert trace.x.tolist() == [[2.0], [1.0], [0.5]]
    assert trace.loss.tolist() == [2.0, 0.5, 0.125]
    assert trace.gradient_norm.tolist() == [2.0, 1.0, 0.5]
    assert (np.diff(trace.seconds) >= 0).all()
    assert trace.outcome is Outcome.FINISHED
    assert start.tolist() == [2.0]


def test_minimise_calls_once_a_point() -> None:
    """Is the loss asked for exactly steps + 1 times, also for no steps at all?"""
    for steps in (0, 1, 7):
        asked: list[Array] = []

        def counted(x: Array, asked: list[Array] = asked) -> tuple[float, Array]:
            asked.append(x)
            return parabola(x)

        trace = minimise(counted, np.ones((2, 3)), momentum(0.1, 0.5), steps)
        assert len(asked) == steps + 1
        assert trace.x.shape == (steps + 1, 2, 3)


def test_minimise_takes_no_step_beyond_the_last_point() -> None:
    """Is a schedule asked for the steps 0 … steps − 1 and no further?"""
    asked: list[int] = []

    def schedule(t: int) -> float:
        asked.append(t)
        return 0.1

    minimise(parabola, np.ones(2), gradient_descent(schedule), 3)
    assert asked == [0, 1, 2]


def test_divergence_is_an_outcome() -> None:
    """Does x⁴ with a huge rate end at its last finite loss, with advice?"""

    def quartic(x: Array) -> tuple[float, Array]:
        return float((x**4).sum()), 4 * x**3

    trace = minimise(quartic, np.array([3.0]), gradient_descent(1.0), 100)
    assert trace.outcome is Outcome.DIVERGED
    assert trace.outcome.value == "The loss became infinite: try a smaller learning rate."
    assert np.isfinite(trace.loss).all()
    assert len(trace.x) == len(trace.loss) == len(trace.seconds) < 101


@pytest.mark.parametrize(
    ("loss", "slope", "outcome"),
    [
        (np.inf, 1.0, Outcome.DIVERGED),
        (-np.inf, 1.0, Outcome.DIVERGED),
        (np.nan, 1.0, Outcome.UNDEFINED),
        (1.0, np.nan, Outcome.BAD_GRADIENT),
        (1.0, np.inf, Outcome.BAD_GRADIENT),
    ],
)
def test_every_way_to_go_wrong_has_its_outcome(loss: float, slope: float, outcome: Outcome) -> None:
    """Is the third point's trouble told apart, and the two good points kept?"""
    trouble = iter([(2.0, 1.0), (1.0, 1.0), (loss, slope)])

    def script(x: Array) -> tuple[float, Array]:
        value, derivative = next(trouble)
        return value, np.full_like(x, derivative)

    trace = minimise(script, np.zeros(2), gradient_descent(0.1), 10)
    assert trace.outcome is outcome
    assert trace.loss.tolist() == [2.0, 1.0]


def test_refuses_a_start_without_a_loss() -> None:
    """Is a start where the loss is not a number refused in words?"""
    with pytest.raises(ValueError, match=r"cannot start.*not a number"):
        minimise(lambda x: (np.nan, x), np.zeros(2), gradient_descent(0.1), 3)


def small_run(**changes: object) -> tuple[History, list[tuple[Array, Array]]]:
    """Seven examples in batches of three, two epochs; the loss pulls W to the batch's mean."""
    X, y = np.arange(7.0)[:, None], np.arange(7)
    seen: list[tuple[Array, Array]] = []

    def loss_and_gradient(W: Array, X: Array, y: NDArray[np.int64]) -> tuple[float, Array]:
        seen.append((X[:, 0], y))
        return float(0.5 * ((W - X) ** 2).mean()), (W - X).mean(axis=0)

    settings: dict[str, object] = {"batch_size": 3, "epochs": 2, "evaluate": lambda W: float(W[0])}
    settings |= {"rng": np.random.default_rng(5)} | changes
    history = train(loss_and_gradient, np.zeros(1), X, y, gradient_descent(0.5), **settings)
    return history, seen


def test_train_draws_one_permutation_an_epoch() -> None:
    """Are the batches slices of one fresh permutation an epoch, labels with their examples?"""
    _, seen = small_run()
    rng = np.random.default_rng(5)
    expected = [
        order[i : i + 3] for order in (rng.permutation(7), rng.permutation(7)) for i in (0, 3, 6)
    ]
    assert [batch.tolist() for _, batch in seen] == [batch.tolist() for batch in expected]
    for examples, labels in seen:
        np.testing.assert_array_equal(examples, labels)


def test_train_keeps_the_history() -> None:
    """Are losses those before each update, and the metric asked once an epoch, 0 included?"""
    history, seen = small_run()
    W, losses, metric = 0.0, [], [0.0]
    for number, (examples, _) in enumerate(seen, start=1):
        losses.append(0.5 * ((W - examples) ** 2).mean())
        W = W - 0.5 * (W - examples.mean())
        if number % 3 == 0:
            metric.append(W)
    np.testing.assert_allclose(history.loss, losses, rtol=1e-14)
    np.testing.assert_allclose(history.metric, metric, rtol=1e-14)
    np.testing.assert_allclose(history.W, [W], rtol=1e-14)
    assert history.step.tolist() == [0, 3, 6]
    assert history.epoch.tolist() == [0, 1, 2]
    assert history.seconds[0] == 0
    assert (np.diff(history.seconds) >= 0).all()


def test_train_at_the_borders() -> None:
    """Do no epochs return the start, and does a batch larger than the data hold all of it?"""
    history, seen = small_run(epochs=0, evaluate=None)
    assert seen == []
    assert history.W.tolist() == [0.0]
    assert history.metric.size == history.loss.size == 0
    _, seen = small_run(batch_size=100, epochs=1)
    assert [len(labels) for _, labels in seen] == [7]
    with pytest.raises(ValueError, match="batch_size is 0"):
        small_run(batch_size=0)


def test_train_refuses_examples_without_labels() -> None:
    """Are X and y of different lengths refused with both shapes?"""
    with pytest.raises(ValueError, match=r"X has shape \(4, 2\), y \(3,\)"):
        train(
            lambda W, X, y: (0.0, W),
            np.zeros(2),
            np.zeros((4, 2)),
            np.zeros(3, dtype=np.int64),
            gradient_descent(0.1),
            batch_size=2,
            epochs=1,
            rng=np.random.default_rng(0),
        )


def test_train_stops_when_it_diverges() -> None:
    """Does a run that overflows in its second epoch keep the first and advise?"""
    calls = iter(range(100))

    def overflow(W: Array, X: Array, y: NDArray[np.int64]) -> tuple[float, Array]:
        return (np.inf if next(calls) == 4 else 1.0), np.zeros_like(W)

    history = train(
        overflow,
        np.zeros(1),
        np.zeros((6, 1)),
        np.zeros(6, dtype=np.int64),
        gradient_descent(0.1),
        batch_size=2,
        epochs=5,
        rng=np.random.default_rng(0),
        evaluate=lambda W: 0.5,
    )
    assert history.outcome is Outcome.DIVERGED
    assert history.epoch.tolist() == [0, 1]
    assert len(history.metric) == 2
    assert len(history.loss) == 4


def test_scoreboard_of_tuned_momentum() -> None:
    """Does a linear SVM with tuned momentum reach the 0.81 to 0.84 measured beforehand?"""
    board = scoreboard()
    history = train(
        hinge_loss_and_gradient,
        np.zeros((197, 10)),
        board.X_train,
        board.y_train,
        momentum(3e-7, 0.9),
        batch_size=64,
        epochs=15,
        rng=np.random.default_rng(0),
        evaluate=lambda W: accuracy(W, board.X_test, board.y_test),
    )
    assert history.metric[0] == 0.1
    assert 0.81 < history.metric[-1] < 0.84


@pytest.mark.parametrize("rate", [0.5, 0.99, 1.02])
def test_measured_rate_of_a_geometric_series(rate: float) -> None:
    """Is the factor of an exact geometric series found, above its minimum, after its transient?"""
    loss = 3.0 + 5.0 * rate ** np.arange(60)
    loss[:4] = 100.0
    np.testing.assert_allclose(measured_rate(loss, minimum=3.0, skip=4), rate, rtol=1e-4)


def test_measured_rate_ignores_the_floor_of_rounding() -> None:
    """Does a plateau at the precision of float64 leave the slope as it was?"""
    loss = np.maximum(0.1 ** np.arange(40.0), 1e-16)
    loss[30:] = 0.0
    np.testing.assert_allclose(measured_rate(loss), 0.1, rtol=1e-12)


def test_measured_rate_needs_a_slope() -> None:
    """Are two heights, or a table of them, refused?"""
    with pytest.raises(ValueError, match="2 heights"):
        measured_rate([1.0, 0.5])
    with pytest.raises(ValueError, match=r"shape \(3, 3\)"):
        measured_rate(np.ones((3, 3)))


@pytest.mark.parametrize(
    ("probability", "degrees", "t"),
    [
        # the table in every statistics book, e.g. Abramowitz & Stegun 1964, table 26.10
        (0.975, 1, 12.706),
        (0.975, 2, 4.303),
        (0.975, 4, 2.776),
        (0.975, 9, 2.262),
        (0.975, 30, 2.042),
        (0.95, 5, 2.015),
        (0.995, 10, 3.169),
    ],
)
def test_student_quantile(probability: float, degrees: int, t: float) -> None:
    """Does the quantile equal the printed table to its last digit?"""
    np.testing.assert_allclose(student_quantile(probability, degrees), t, atol=5.1e-4)


def test_mean_interval_by_hand() -> None:
    """Is the interval of 1, 2, 3, 4 the mean 2.5 ± 3.182·1.291/2, column by column?"""
    mean, low, high = mean_interval(np.array([[1.0, 0.0], [2.0, 0.0], [3.0, 0.0], [4.0, 0.0]]))
    assert mean.tolist() == [2.5, 0.0]
    np.testing.assert_allclose(high - mean, [3.1824 * 1.29099 / 2, 0.0], rtol=1e-4)
    np.testing.assert_allclose(mean - low, high - mean)


def test_mean_interval_covers() -> None:
    """Do 90 % intervals from five normal seeds cover the true mean in 90 % of 20,000 cases?"""
    runs = np.random.default_rng(1).normal(3.0, 2.0, (5, 20_000))
    _, low, high = mean_interval(runs, level=0.9)
    assert abs(((low < 3) & (high > 3)).mean() - 0.9) < 4 * np.sqrt(0.9 * 0.1 / 20_000)


def test_mean_interval_needs_seeds() -> None:
    """Is one lucky run refused?"""
    with pytest.raises(ValueError, match="at least 2 seeds"):
        mean_interval([[1.0, 2.0]])
