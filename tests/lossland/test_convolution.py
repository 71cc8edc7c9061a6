"""Convolution against NumPy's own in one dimension, the Fourier transform in two, and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from lossland.convolution import as_matrix, correlate, correlate_gradient
from lossland.gradcheck import numerical_gradient, relative_error


def test_by_hand() -> None:
    """[1, 2, 4, 8] with the kernel [1, −1]: −1, −2, −4; not turned round?"""
    out = correlate(np.array([[[1.0, 2, 4, 8]]]), np.array([[[1.0, -1]]]))
    np.testing.assert_array_equal(out, [[[-1, -2, -4]]])


def test_one_dimension_is_numpys_correlate() -> None:
    rng = np.random.default_rng(0)
    x, k = rng.standard_normal(20), rng.standard_normal(5)
    out = correlate(x[None, None], k[None, None])[0, 0]
    np.testing.assert_allclose(out, np.correlate(x, k, "valid"), atol=1e-12)


def test_two_dimensions_are_scipys() -> None:
    """Printed by scipy.signal.correlate2d of SciPy 1.17 with mode="valid"."""
    X = np.array([[1.0, 2, 3, 4], [0, 1, 0, -1], [2, 2, 1, 0]])
    K = np.array([[1.0, -2], [3, 0.5]])
    expected = [[-2.5, -1.0, -5.5], [5.0, 7.5, 5.0]]
    np.testing.assert_array_equal(correlate(X[None, None], K[None, None])[0, 0], expected)


def test_two_dimensions_by_fourier_transform() -> None:
    """Product of transforms, one conjugated, is a correlation that wraps: is the inside ours?"""
    rng = np.random.default_rng(1)
    X, K = rng.standard_normal((3, 2, 9, 8)), rng.standard_normal((4, 2, 3, 2))
    spectrum = np.einsum("nchw,ochw->nohw", np.fft.fft2(X), np.fft.fft2(K, s=(9, 8)).conj())
    wrapped = np.fft.ifft2(spectrum).real
    np.testing.assert_allclose(correlate(X, K), wrapped[:, :, :7, :7], atol=1e-12)


def test_the_matrix_is_toeplitz() -> None:
    """In one dimension, has row p the kernel from column p on, and nothing else?"""
    kernel = np.array([1.0, -2.0, 3.0])
    expected = sum(value * np.eye(4, 6, offset) for offset, value in enumerate(kernel))
    np.testing.assert_array_equal(as_matrix(kernel, (6,)), expected)
    rng = np.random.default_rng(2)
    image, small = rng.standard_normal((5, 6)), rng.standard_normal((2, 3))
    by_matrix = as_matrix(small, (5, 6)) @ image.ravel()
    np.testing.assert_allclose(
        by_matrix, correlate(image[None, None], small[None, None]).ravel(), atol=1e-12
    )


@pytest.mark.parametrize("space", [(7,), (6, 5), (4, 3, 5)])
def test_gradients(space: tuple[int, ...]) -> None:
    """By centred differences, and as the transpose of the matrix: ⟨back, KX⟩ is linear in both?"""
    rng = np.random.default_rng(3)
    X = rng.standard_normal((2, 3, *space))
    K = rng.standard_normal((4, 3, *(2 for _ in space)))
    back = rng.standard_normal(correlate(X, K).shape)
    in_X, in_K = correlate_gradient(X, K, back)

    def loss_x(x: np.ndarray) -> float:
        return float((back * correlate(x, K)).sum())

    def loss_k(k: np.ndarray) -> float:
        return float((back * correlate(X, k)).sum())

    assert relative_error(in_X, numerical_gradient(loss_x, X)) < 1e-6
    assert relative_error(in_K, numerical_gradient(loss_k, K)) < 1e-6
    assert (in_X * X).sum() == pytest.approx(loss_x(X))  # the map is linear
    assert (in_K * K).sum() == pytest.approx(loss_k(K))


@pytest.mark.parametrize(
    ("x", "k", "message"),
    [
        ((1, 2, 5), (1, 3, 2), "channels"),
        ((1, 2, 5), (1, 2, 2, 2), "axes"),
        ((1, 1, 3), (1, 1, 4), "fit"),
        ((3, 3), (3, 3), "axes"),
    ],
)
def test_shapes_that_do_not_fit(x: tuple, k: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        correlate(np.zeros(x), np.zeros(k))
