"""The network against hand-worked numbers, the linear classifier and the complex step."""

import numpy as np
import pytest

from lossland import networks
from lossland.gradcheck import complex_step, numerical_gradient
from lossland.losses import cross_entropy, softmax_loss_and_gradient, squared_error

WIDTHS = (3, 5, 4, 2)


def problem(widths: tuple[int, ...] = WIDTHS) -> tuple[np.ndarray, ...]:
    """Random parameters, inputs (6, first width), labels and targets."""
    rng = np.random.default_rng(11)
    x = rng.standard_normal(networks.size(widths))
    X = rng.standard_normal((6, widths[0]))
    return x, X, rng.integers(0, widths[-1], 6), rng.standard_normal((6, widths[-1]))


def test_two_units_by_hand() -> None:
    """Are outputs, loss and gradient of a net of one hidden unit those on paper?"""
    # h = max(0, 2·1 + 1) = 3; out = −1·3 + 0.5 = −2.5; target −2: loss 0.25, d out = −1
    x = np.array([2.0, 1.0, -1.0, 0.5])
    X, target = np.array([[1.0]]), np.array([[-2.0]])
    loss, gradient = networks.loss_and_gradient(x, (1, 1, 1), X, lambda s: squared_error(s, target))
    assert networks.predict(x, (1, 1, 1), X).tolist() == [[-2.5]]
    assert loss == 0.25
    assert gradient.tolist() == [1.0, 1.0, -3.0, -1.0]


@pytest.mark.parametrize("widths", [(3, 2), (3, 5, 2), WIDTHS])
def test_gradient_of_tanh_by_the_complex_step(widths: tuple[int, ...]) -> None:
    """Does backpropagation agree with the complex step to rounding?"""
    x, X, _, target = problem(widths)

    def loss(point: np.ndarray) -> complex:
        values = X.astype(point.dtype)
        parts = networks.layers(point, widths)
        for k, (W, b) in enumerate(parts):
            values = values @ W + b
            values = np.tanh(values) if k < len(parts) - 1 else values
        return ((values - target) ** 2).mean()

    _, gradient = networks.loss_and_gradient(
        x, widths, X, lambda s: squared_error(s, target), "tanh"
    )
    np.testing.assert_allclose(gradient, complex_step(loss, x), rtol=1e-12, atol=1e-14)


def test_gradient_of_relu_by_centred_differences() -> None:
    """Does backpropagation through relu and cross-entropy pass a gradient check?"""
    x, X, y, _ = problem()

    def both(point: np.ndarray) -> tuple[float, np.ndarray]:
        return networks.loss_and_gradient(point, WIDTHS, X, lambda s: cross_entropy(s, y))

    expected = numerical_gradient(lambda point: both(point)[0], x)
    np.testing.assert_allclose(both(x)[1], expected, rtol=1e-5, atol=1e-9)


def test_without_hidden_layer_it_is_the_linear_classifier() -> None:
    """Is a net without hidden layer the softmax classifier with a column of ones?"""
    x, X, y, _ = problem((3, 2))
    loss, gradient = networks.loss_and_gradient(x, (3, 2), X, lambda s: cross_entropy(s, y))
    ones = np.hstack([X, np.ones((6, 1))])
    expected, slope = softmax_loss_and_gradient(x.reshape(4, 2), ones, y)
    assert loss == pytest.approx(expected, rel=1e-15)
    np.testing.assert_allclose(gradient, slope.ravel(), rtol=1e-13)


def test_layers_are_views() -> None:
    """Does writing into a layer write into the vector, in the documented order?"""
    x = np.zeros(networks.size((2, 1, 1)))
    first, second = networks.layers(x, (2, 1, 1))
    first.W[1], first.b[0], second.W[0], second.b[0] = 1, 2, 3, 4
    assert x.tolist() == [0, 1, 2, 3, 4]


def test_initial_spread() -> None:
    """Have the weights the variance 2/in or 1/in, and the biases 0?"""
    for activation, gain in (("relu", 2.0), ("tanh", 1.0)):
        x = networks.initial((400, 100, 1), np.random.default_rng(0), activation)
        first = networks.layers(x, (400, 100, 1))[0]
        assert first.W.var() == pytest.approx(gain / 400, rel=0.05)
        assert not first.b.any()


@pytest.mark.parametrize(
    ("x", "widths", "X", "words"),
    [
        (np.zeros(3), (3, 2), np.zeros((1, 3)), r"need \(8,\)"),
        (np.zeros(8), (3, 2), np.zeros((1, 2)), r"must be \(n, 3\)"),
        (np.zeros(8), (3,), np.zeros((1, 3)), "at least two"),
    ],
)
def test_shapes_are_named(
    x: np.ndarray, widths: tuple[int, ...], X: np.ndarray, words: str
) -> None:
    """Does a wrong shape raise with the shape that is needed?"""
    with pytest.raises(ValueError, match=words):
        networks.predict(x, widths, X)


def test_output_losses_name_shapes() -> None:
    """Do the losses of outputs refuse shapes that would broadcast?"""
    with pytest.raises(ValueError, match="must agree"):
        squared_error(np.zeros((3, 1)), np.zeros(3))
    with pytest.raises(ValueError, match="must agree"):
        cross_entropy(np.zeros((3, 2)), np.zeros(2, int))
