"""``gradient_check``: does it accept right gradients, with kinks too, and see every wrong one?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.checks import CheckFailed, burn_in, gradient_check

POINTS = list(np.random.default_rng(2).standard_normal((3, 4, 3)))


def loss(W: np.ndarray) -> float:
    return float(np.sum(np.log(np.cosh(W)) + W**2 / 4))


def slope(W: np.ndarray) -> np.ndarray:
    return np.asarray(np.tanh(W) + W / 2)


def hinge(W: np.ndarray) -> float:
    return float(np.maximum(0.0, W).sum() + 0.01 * (W**2).sum())


def hinge_slope(W: np.ndarray) -> np.ndarray:
    return (W > 0) + 0.02 * W


def one_entry_wrong(W: np.ndarray) -> np.ndarray:
    gradient = slope(W)
    gradient[0, 0] *= 1.01
    return gradient


def numerical(W: np.ndarray, h: float = 1e-5) -> np.ndarray:
    gradient = np.zeros_like(W)
    for index in np.ndindex(W.shape):
        shift = np.zeros_like(W)
        shift[index] = h
        gradient[index] = (loss(W + shift) - loss(W - shift)) / (2 * h)
    return gradient


def test_right_gradient_passes() -> None:
    """Does the derivative pass at starts, after a burn-in, for plain numbers and in pieces?"""
    gradient_check("The gradient", loss, slope, [*POINTS, burn_in(slope, POINTS[0], 0.1, 20)])
    gradient_check("The gradient", loss, slope, [0.7, np.array(-0.3)])
    gradient_check("The gradient", loss, slope, POINTS, expected=slope)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda W: -slope(W), "by its own size or more"),
        (lambda W: slope(W) / 4, "12 of 12 entries"),
        (np.tanh, "by tens of per cent"),
        (lambda W: slope(W).T, "has shape (3, 4); its shape must be (4, 3)"),
        (lambda W: slope(W).astype(np.float32), "float32"),
        (lambda W: slope(W).tolist(), "is a list of 4"),
        (lambda W: slope(W) * np.nan, "not finite"),
        (one_entry_wrong, "at 1 of 12 entries"),
        (lambda W: slope(W) * (1 + 1e-4), "by less than 1 part in"),
    ],
)
def test_wrong_gradient_is_told(wrong: Callable[..., Any], words: str) -> None:
    """Is each wrong gradient refused, in its own words?"""
    with pytest.raises(CheckFailed) as failed:
        gradient_check("The gradient", loss, wrong, POINTS)
    assert words in str(failed.value)


def test_kinks_are_passed_over() -> None:
    """Is a right gradient accepted at a point whose entries lie on both sides of a kink?"""
    near = np.array([1e-7, -1e-7, 0.5, -0.5, 3.0])
    with pytest.raises(CheckFailed, match="at 2 of 5"):
        gradient_check("The gradient", hinge, hinge_slope, [near])
    gradient_check("The gradient", hinge, hinge_slope, [near], active=lambda W: W > 0)
    with pytest.raises(CheckFailed, match="at 2 of 3"):
        gradient_check(
            "The gradient",
            hinge,
            lambda W: hinge_slope(W) + (W > 0),
            [near],
            active=lambda W: W > 0,
        )


def test_a_point_without_free_coordinates_is_the_authors_error() -> None:
    """Is a check that could check nothing refused, instead of passed?"""
    with pytest.raises(ValueError, match="every coordinate crosses a kink"):
        gradient_check("The gradient", hinge, hinge_slope, [np.zeros(3)], active=lambda W: W > 0)


def test_every_block_is_checked() -> None:
    """Is a wrong gradient of the second of two parameter blocks found, and named?"""

    def both(W: np.ndarray, b: np.ndarray) -> float:
        return loss(W) + float((b**2).sum())

    point = (POINTS[0], np.array([1.0, -2.0]))
    gradient_check("The gradient", both, lambda W, b: (slope(W), 2 * b), [point])
    with pytest.raises(CheckFailed, match="The gradient, block 2, differs"):
        gradient_check("The gradient", both, lambda W, b: (slope(W), b), [point])
    with pytest.raises(CheckFailed, match="must return 2 things"):
        gradient_check("The gradient", both, lambda W, b: slope(W), [point])


def test_tiny_entries_are_not_judged_by_rounding() -> None:
    """Is an entry whose gradient is far below the loss's own rounding left in peace?"""

    def tall(W: np.ndarray) -> float:
        return 1e6 + 1e-7 * float(W.sum())

    gradient_check("The gradient", tall, lambda W: np.full_like(W, 1e-7), POINTS)
    gradient_check("The gradient", lambda W: 3.0, np.zeros_like, POINTS)


@pytest.mark.parametrize("wrong", [numerical, lambda W: slope(W.astype(np.float32)).astype(float)])
def test_numerical_differentiation_is_told(wrong: Callable[..., Any]) -> None:
    """Is a numerical derivative handed in as an analytic one told so?"""
    with pytest.raises(CheckFailed, match=r"right only to about \d+ digits.*finite differences"):
        gradient_check("The gradient", loss, wrong, POINTS, expected=slope)
