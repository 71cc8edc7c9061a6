"""With what handed functions are called: all arguments in order, or points around x in any."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from autograder.checks import CheckFailed, Counted, called_around, called_with

X = np.array([[1.0, -2.0], [30.0, 0.5], [0.0, 4.0]])
Y = np.array([2, 0, 1])


def batches_seen(*batches: Sequence[int]) -> Counted:
    """A handed function that was called with a weight and these rows and labels."""
    counted = Counted(lambda W, rows, labels: 0.0, "loss_and_gradient")
    for number, batch in enumerate(batches):
        counted(np.array(float(number)), X[list(batch)], Y[list(batch)])
    return counted


def test_right_batches_pass() -> None:
    """Do equal arguments pass, whatever integer type the labels have?"""
    seen = batches_seen([2, 0], [1])
    right = [(W, rows, labels.astype(np.uint8)) for W, rows, labels in seen.arguments]
    called_with("sgd", seen, right, "W", "X_batch", "y_batch")


@pytest.mark.parametrize(
    ("batches", "told"),
    [
        (([2, 0], [2]), "X_batch in the 2nd call is wrong in 2 of 2 entries"),
        (([0, 2], [1]), "X_batch in the 1st call is wrong"),
        (([2, 0, 1], [1]), r"X_batch in the 1st call has shape \(3, 2\)"),
    ],
)
def test_wrong_batches_are_named(batches: tuple[list[int], ...], told: str) -> None:
    """Does the text tell the argument, the call and what is wrong about it?"""
    right = batches_seen([2, 0], [1]).arguments
    with pytest.raises(CheckFailed, match=f"sgd calls `loss_and_gradient`: {told}"):
        called_with("sgd", batches_seen(*batches), right, "W", "X_batch", "y_batch")


def test_labels_of_other_rows_are_seen() -> None:
    """Is a call with the right rows and the labels of others refused?"""
    counted = Counted(lambda W, rows, labels: 0.0, "loss_and_gradient")
    counted(np.array(0.0), X[[2, 0]], Y[:2])
    with pytest.raises(CheckFailed, match="y_batch in the 1st call is wrong"):
        called_with("sgd", counted, batches_seen([2, 0]).arguments, "W", "X_batch", "y_batch")


def test_missing_arguments_are_counted() -> None:
    """Is a call with too few arguments told which ones the function takes?"""
    counted = Counted(lambda *_: 0.0, "loss_and_gradient")
    counted(np.array(0.0), X)
    with pytest.raises(CheckFailed, match="with 2 arguments; it takes W, X_batch and y_batch"):
        called_with("sgd", counted, batches_seen([2, 0]).arguments, "W", "X_batch", "y_batch")


def moved(x: np.ndarray, h: float, order: Sequence[int]) -> list[np.ndarray]:
    """x with each entry moved by +h and by −h, as points in this order."""
    points = []
    for sign in (1.0, -1.0):
        for place in np.ndindex(x.shape):
            point = x.copy()
            point[place] += sign * h
            points.append(point)
    return [points[k] for k in order]


def called_at_points(points: Sequence[np.ndarray]) -> Counted:
    counted = Counted(lambda x: 0.0, "f")
    for point in points:
        counted(point)
    return counted


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 1, 2), ()])
@pytest.mark.parametrize("h", [1e-5, 0.25])
def test_points_around_x_pass_in_any_order(shape: tuple[int, ...], h: float) -> None:
    """Are the 2·size points right in every order, and with the rounding of x + 2h − h?"""
    draw = np.random.default_rng(0)
    x = np.array(10 * draw.standard_normal(shape))
    points = moved(x, h, draw.permutation(2 * x.size))
    called_around("numerical_gradient", called_at_points(points), x, h)
    rounded = [np.asarray((point + 2 * h) - 2 * h) for point in points]
    called_around("numerical_gradient", called_at_points(rounded), x, h)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda x, h: moved(x, h, range(2 * x.size - 1)),
        lambda x, h: [x, *moved(x, h, range(1, 2 * x.size))],
        lambda x, h: moved(x, h / 2, range(2 * x.size)),
        lambda x, h: moved(x, 1.001 * h, range(2 * x.size)),
        lambda x, h: [*moved(x, h, range(x.size)), *moved(x, h, range(x.size))],
        lambda x, h: [x + h, x - h] * x.size,
        lambda x, h: [point.ravel() for point in moved(x, h, range(2 * x.size))],
        lambda x, h: [],
    ],
)
def test_other_points_are_refused(wrong: object) -> None:
    """Is every other set of points refused: too few, x itself, other steps, other shapes?"""
    assert callable(wrong)
    x = np.arange(6.0).reshape(2, 3)
    with pytest.raises(CheckFailed, match="with one entry moved by"):
        called_around("numerical_gradient", called_at_points(wrong(x, 1e-5)), x, 1e-5)
