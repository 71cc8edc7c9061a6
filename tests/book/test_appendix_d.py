"""Appendix D: do its loops, its counts and its gradients agree with other ways to compute them?"""

from __future__ import annotations

import numpy as np
import pytest

from lossland.gradcheck import numerical_gradient, relative_error
from tests.book.page import Page

CHAPTER = "appendix-d-convolution"


def by_definition(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Σ K[a, b]·x[i + a, j + b], as a sum over the kernel's places."""
    h, w = kernel.shape
    rows, columns = image.shape[0] - h + 1, image.shape[1] - w + 1
    return sum(
        kernel[a, b] * image[a : a + rows, b : b + columns] for a in range(h) for b in range(w)
    )


def test_the_loops_are_the_definition(page: Page) -> None:
    rng = np.random.default_rng(0)
    image, kernel = rng.standard_normal((9, 7)), rng.standard_normal((3, 2))
    np.testing.assert_allclose(page["convolve"](image, kernel), by_definition(image, kernel))
    for kernel in (page["upright"], page["level"]):
        np.testing.assert_allclose(
            page["applied"](kernel), by_definition(page["boot"], kernel), atol=1e-12
        )


def test_parameters_are_counted(page: Page) -> None:
    """196·144 weights in full, 144·9 places of nine numbers; and the check's 24²?"""
    glued = page.glued
    assert glued["cv_full"] == 196 * 144
    assert (glued["cv_seen"], glued["cv_different"]) == (144 * 9, 9)
    assert page["parameters"](3, 3, 64, 64) == 9 * 64 * 64 + 64
    assert (28 - 5 + 1) ** 2 == 576
    assert glued["cv_conv_size"] == 8 * 9 + 8 + 72 * 10 + 10
    assert glued["cv_full_size"] == 197 * 8 + 9 * 10


def test_it_is_equivariant_and_not_invariant(page: Page) -> None:
    """For a random image, kernel and move: moved output, another output, the same sum?"""
    rng = np.random.default_rng(1)
    image, kernel = np.zeros((16, 16)), rng.standard_normal((3, 3))
    image[5:9, 5:9] = rng.random((4, 4))
    moved = np.roll(image, (2, 3), axis=(0, 1))
    here, there = page["convolve"](image, kernel), page["convolve"](moved, kernel)
    np.testing.assert_allclose(np.roll(here, (2, 3), axis=(0, 1)), there, atol=1e-12)
    assert not np.allclose(here, there)
    assert here.sum() == pytest.approx(there.sum())
    assert page["maxima"][0] == pytest.approx(page["maxima"][1])


def test_the_gradients(page: Page) -> None:
    """By centred differences on another image, and as the transpose of the matrix?"""
    rng = np.random.default_rng(2)
    image, kernel = rng.standard_normal((7, 6)), rng.standard_normal((3, 3))
    back = rng.standard_normal((5, 4))
    in_image, in_kernel = page["gradients"](image, kernel, back)
    for found, f, x in (
        (in_image, lambda x: (back * by_definition(x, kernel)).sum(), image),
        (in_kernel, lambda k: (back * by_definition(image, k)).sum(), kernel),
    ):
        assert relative_error(found, numerical_gradient(f, x)) < 1e-6
    matrix = page["as_matrix"](kernel, image.shape)
    np.testing.assert_allclose(in_image.ravel(), matrix.T @ back.ravel(), atol=1e-12)


def test_the_networks_gradient(page: Page) -> None:
    """Is the small network's whole gradient that of its loss, at places picked by a rule?"""
    rng = np.random.default_rng(3)
    x = page["conv_start"](rng)
    X, y = page["images"][:6], page["train"].y[:6]
    loss = page["conv_loss"]
    some = rng.choice(len(x), 25, replace=False)

    def f(values: np.ndarray) -> float:
        moved = x.copy()
        moved[some] = values
        return loss(moved, X, y)[0]

    assert relative_error(loss(x, X, y)[1][some], numerical_gradient(f, x[some])) < 1e-4


def test_what_the_text_says_of_the_two_networks(page: Page) -> None:
    """Not told apart in place, the kernels better when moved, and both much worse?"""
    results = page["results"]
    here = {name: runs[:, 0].mean() for name, runs in results.items()}
    moved = {name: runs[:, 2].mean() for name, runs in results.items()}
    assert abs(here["kernels"] - here["full layer"]) < 4
    assert moved["kernels"] > moved["full layer"] + 5
    assert all(moved[name] < here[name] - 20 for name in here)
    assert page.glued["cv_conv_size"] < 0.55 * page.glued["cv_full_size"]


def test_every_number_that_is_quoted_is_computed(page: Page) -> None:
    assert page.quoted() == set(page.glued)


def test_figures_say_what_they_show(page: Page) -> None:
    assert all(len(alt) > 80 for alt, _ in page.drawing())
