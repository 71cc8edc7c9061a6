"""The two-layer net against ``networks``, the complex step and centred differences."""

from typing import Any

import numpy as np
import pytest

from lossland import networks, two_layer
from lossland.gradcheck import numerical_gradient
from lossland.losses import cross_entropy
from lossland.two_layer import Net

WIDTHS = (5, 4, 3)


def problem(net: Net) -> tuple[np.ndarray, ...]:
    """Parameters, inputs (7, 5) and labels."""
    rng = np.random.default_rng(3)
    x = two_layer.initial(net, rng) + 0.2 * rng.standard_normal(two_layer.size(net))
    return x, rng.standard_normal((7, 5)), rng.integers(0, 3, 7)


def test_without_both_it_is_the_plain_network() -> None:
    """Without norm and dropout, are scores, loss and gradient those of ``networks``?"""
    net = Net(WIDTHS)
    x, X, y = problem(net)
    running = two_layer.fresh(net)
    rng = np.random.default_rng(0)
    loss, gradient, after = two_layer.loss_and_gradient(
        x, net, X, lambda s: cross_entropy(s, y), running=running, rng=rng
    )
    expected, slope = networks.loss_and_gradient(x, WIDTHS, X, lambda s: cross_entropy(s, y))
    assert loss == pytest.approx(expected, rel=1e-15)
    np.testing.assert_allclose(gradient, slope, rtol=1e-13, atol=1e-16)
    np.testing.assert_allclose(
        two_layer.predict(x, net, X, running), networks.predict(x, WIDTHS, X), rtol=1e-13
    )
    assert after is running
    assert rng.random() == np.random.default_rng(0).random()  # nothing was drawn
    same = two_layer.initial(net, np.random.default_rng(5))
    np.testing.assert_array_equal(same, networks.initial(WIDTHS, np.random.default_rng(5)))


@pytest.mark.parametrize("norm", [False, True])
@pytest.mark.parametrize("p", [0.0, 0.4])
def test_gradient_by_centred_differences(norm: bool, p: float) -> None:
    """With seeded coins, does every block of the gradient pass the check?"""
    net = Net(WIDTHS, norm, p)
    x, X, y = problem(net)

    def both(point: np.ndarray) -> tuple[float, np.ndarray]:
        loss, gradient, _ = two_layer.loss_and_gradient(
            point,
            net,
            X,
            lambda s: cross_entropy(s, y),
            running=two_layer.fresh(net),
            rng=np.random.default_rng(1),
        )
        return loss, gradient

    expected = numerical_gradient(lambda point: both(point)[0], x)
    np.testing.assert_allclose(both(x)[1], expected, rtol=1e-5, atol=1e-9)


def test_running_values_and_evaluation() -> None:
    """After many equal batches, does evaluation give that batch's own normalised scores?"""
    net = Net(WIDTHS, norm=True)
    x, X, y = problem(net)
    running = two_layer.fresh(net)
    for _ in range(400):
        _, _, running = two_layer.loss_and_gradient(
            x,
            net,
            X,
            lambda s: cross_entropy(s, y),
            running=running,
            rng=np.random.default_rng(0),
        )
    W1, b1, W2, b2, gamma, beta = two_layer.parts(x, net)
    z = X @ W1 + b1
    z_hat = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + 1e-5)
    expected = np.maximum(gamma * z_hat + beta, 0) @ W2 + b2
    np.testing.assert_allclose(two_layer.predict(x, net, X, running), expected, rtol=1e-9)


def test_parts_are_views_behind_each_other() -> None:
    """Does writing into gamma and beta write into the vector's end?"""
    net = Net((1, 2, 1), norm=True)
    x = np.zeros(two_layer.size(net))
    found = two_layer.parts(x, net)
    found.gamma[:], found.beta[:], found.W2[:] = 7, 8, 5
    assert x.tolist() == [0, 0, 0, 0, 5, 5, 0, 7, 7, 8, 8]


def test_shapes_are_named() -> None:
    """Does a vector of another size raise with the size that is needed?"""
    net = Net(WIDTHS, norm=True)
    arguments: Any = (np.zeros(3), net, np.zeros((1, 5)), two_layer.fresh(net))
    with pytest.raises(ValueError, match=r"needs \(47,\)"):
        two_layer.predict(*arguments)
