"""Gradient descent and the momentum family against recorded torch walks and hand calculation."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lossland.optimizers import (
    Optimizer,
    buffer_from_velocity,
    from_ewma,
    gradient_descent,
    momentum,
    nesterov,
    to_ewma,
    velocity_from_buffer,
)
from lossland.surfaces import rosenbrock

Array = NDArray[np.float64]

METHODS = {
    "gradient descent": gradient_descent(0.1),
    "momentum": momentum(0.1, 0.9),
    "nesterov": nesterov(0.1, 0.9),
}

# Recorded with torch 2.13.0 in float64: six steps on (1 − x)² + 100·(y − x²)² from (−1.2, 1),
#   x = torch.tensor([-1.2, 1.0], dtype=torch.float64, requires_grad=True)
#   optimizer = torch.optim.SGD([x], lr=1e-3[, momentum=0.9[, nesterov=True]])
#   six times: optimizer.zero_grad(); f(x).backward(); optimizer.step(); print(x.tolist())
TORCH = {
    "gradient descent": (
        gradient_descent(1e-3),
        [
            [-0.9843999999999999, 1.088],
            [-1.0272715665664, 1.0642086720000001],
            [-1.0268830682337082, 1.0624243118951573],
            [-1.0260888245031374, 1.0608372166811408],
            [-1.0253114876941536, 1.0592414284989586],
            [-1.0245327492086536, 1.0576458721586866],
        ],
    ),
    "momentum": (
        momentum(1e-3, 0.9),
        [
            [-0.9843999999999999, 1.088],
            [-0.8332315665664001, 1.143408672],
            [-0.8432065067430705, 1.1034497111045394],
            [-0.980864939879644, 0.9889961466804873],
            [-1.1113499522431685, 0.8806079154197625],
            [-1.0669784295916724, 0.8539566674713363],
        ],
    ),
    "nesterov": (
        nesterov(1e-3, 0.9),
        [
            [-0.7903600000000001, 1.1672],
            [-0.9348047231690214, 1.0323181932480001],
            [-1.0188861829366709, 0.9483659971834222],
            [-0.96753610889066, 0.9354414803337201],
            [-0.9498999660710465, 0.9079122288176901],
            [-0.9344422748602437, 0.8808837993071748],
        ],
    ),
}


def walk(
    optimizer: Optimizer[Any], gradient: Callable[[Array], Array], x: Array, steps: int
) -> Array:
    """All the points after the start, (steps, ...)."""
    state, points = optimizer.init(x), []
    for _ in range(steps):
        step, state = optimizer.update(gradient(x), state, x)
        x = x + step
        points.append(x)
    return np.array(points)


@pytest.mark.parametrize("method", TORCH)
def test_walks_as_torch_does(method: str) -> None:
    """Does every method walk the path that torch.optim.SGD walked?"""
    optimizer, recorded = TORCH[method]
    points = walk(optimizer, rosenbrock().gradient, np.array([-1.2, 1.0]), 6)
    np.testing.assert_allclose(points, recorded, rtol=1e-13)


def test_momentum_by_hand() -> None:
    """Is v = mu·v − lr·g added to x, on ½x² from 1 with lr = ½ and mu = ½?"""
    # g = 1, v = −½, x = ½;  g = ½, v = −¼ − ¼ = −½, x = 0;  g = 0, v = −¼, x = −¼
    points = walk(momentum(0.5, 0.5), lambda x: x, np.array(1.0), 3)
    assert points.tolist() == [0.5, 0.0, -0.25]


def test_nesterov_by_hand() -> None:
    """Do the look-ahead points on ½x² from 1 with lr = ½ and mu = ½ come out as on paper?"""
    # z: position, y = z + v/2: look-ahead.  v = −½, z = ½, y = ¼;
    # v = −¼ − ⅛ = −⅜, z = ⅛, y = −1/16;  v = −3/16 + 1/32 = −5/32, z = −1/32, y = −7/64
    points = walk(nesterov(0.5, 0.5), lambda x: x, np.array(1.0), 3)
    assert points.tolist() == [0.25, -0.0625, -0.109375]


@pytest.mark.parametrize("mu", [0.9, lambda t: 1 - 3 / (t + 5)], ids=["constant", "schedule"])
def test_nesterov_is_the_look_ahead_form(mu: float | Callable[[int], float]) -> None:
    """Is the rearranged x the look-ahead z + mu·v of the published form, also when mu changes?"""
    gradient, lr = rosenbrock().gradient, 1e-3
    points = walk(nesterov(lr, mu), gradient, np.array([-1.2, 1.0]), 30)

    def at(t: int) -> float:
        return mu(t) if callable(mu) else mu

    z, v, look_ahead = np.array([-1.2, 1.0]), np.zeros(2), []
    for t in range(30):
        v = at(t) * v - lr * gradient(z + at(t) * v)
        z = z + v
        look_ahead.append(z + at(t + 1) * v)
    np.testing.assert_allclose(points, look_ahead, rtol=1e-10)


def test_from_ewma() -> None:
    """Does the converted velocity form walk the path of the averaging form?"""
    lr, beta = 0.02, 0.9
    gradient = rosenbrock().gradient
    x, m, averaged = np.array([0.5, 0.5]), np.zeros(2), []
    for _ in range(30):
        m = beta * m + (1 - beta) * gradient(x)
        x = x - lr * m
        averaged.append(x)
    points = walk(momentum(*from_ewma(lr, beta)), gradient, np.array([0.5, 0.5]), 30)
    np.testing.assert_allclose(points, averaged, rtol=1e-10)
    assert from_ewma(0.5, 0.75) == (0.125, 0.75)
    assert to_ewma(0.125, 0.75) == (0.5, 0.75)


def test_velocity_from_buffer() -> None:
    """Is −lr·buf the velocity after three steps of PyTorch's recurrence, written out by hand?"""
    # gradients 1, 2, 4 with mu = ½: buf = 1, 2.5, 5.25; v with lr = 0.1: −0.1, −0.25, −0.525
    state = momentum(0.1, 0.5).init(np.zeros(1))
    for g in (1.0, 2.0, 4.0):
        _, state = momentum(0.1, 0.5).update(np.array([g]), state, np.zeros(1))
    np.testing.assert_allclose(velocity_from_buffer(np.array([5.25]), 0.1), state.v, rtol=1e-15)
    np.testing.assert_allclose(buffer_from_velocity(state.v, 0.1), [5.25], rtol=1e-15)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 1, 3), (0,)], ids=str)
def test_any_shape(method: str, shape: tuple[int, ...]) -> None:
    """Does an array of any shape take the step that its numbers take one by one?"""
    rng = np.random.default_rng(0)
    x, factor = rng.standard_normal(shape), rng.uniform(0.5, 2, shape)
    together = walk(METHODS[method], lambda x: factor * x, x, 4)
    assert together.shape == (4, *shape)
    for where in np.ndindex(shape):
        alone = walk(METHODS[method], lambda x, w=where: factor[w] * x, x[where], 4)
        np.testing.assert_array_equal(together[(slice(None), *where)], alone)


@pytest.mark.parametrize("method", METHODS)
def test_update_is_pure(method: str) -> None:
    """Does update leave its arguments alone and give the same answer when asked again?"""
    optimizer = METHODS[method]
    x, gradient = np.array([1.0, 2.0]), np.array([3.0, -1.0])
    _, state = optimizer.update(gradient, optimizer.init(x), x)
    before = [x.copy(), gradient.copy(), *map(np.copy, state)]
    first, second = (optimizer.update(gradient, state, x) for _ in range(2))
    np.testing.assert_array_equal(first[0], second[0])
    for kept, now in zip(before, [x, gradient, *state], strict=True):
        np.testing.assert_array_equal(kept, now)


def test_momentum_without_memory_is_gradient_descent() -> None:
    """Do momentum and Nesterov with mu = 0 walk gradient descent's path?"""
    start, gradient = np.array([-1.2, 1.0]), rosenbrock().gradient
    plain = walk(gradient_descent(1e-3), gradient, start, 10)
    np.testing.assert_array_equal(walk(momentum(1e-3, 0.0), gradient, start, 10), plain)
    np.testing.assert_array_equal(walk(nesterov(1e-3, 0.0), gradient, start, 10), plain)


def test_schedules_see_the_steps_from_zero() -> None:
    """Is a schedule asked for t = 0, 1, 2, and its answer used in that step?"""
    seen: list[int] = []

    def halving(t: int) -> float:
        seen.append(t)
        return 0.5**t

    points = walk(gradient_descent(halving), np.ones_like, np.array(0.0), 3)
    assert seen == [0, 1, 2]
    assert points.tolist() == [-1.0, -1.5, -1.75]


@pytest.mark.parametrize("wrong", [0.0, -0.1, np.inf, np.nan])
def test_refuses_a_wrong_learning_rate(wrong: float) -> None:
    """Is a learning rate that is not a finite number above 0 refused, with its value?"""
    for make in (gradient_descent, lambda lr: momentum(lr, 0.9), lambda lr: nesterov(lr, 0.9)):
        with pytest.raises(ValueError, match=f"lr is {wrong}: it must be"):
            make(wrong)
    with pytest.raises(ValueError, match="lr is"):
        walk(gradient_descent(lambda t: wrong), lambda x: x, np.array(1.0), 1)


@pytest.mark.parametrize("wrong", [-0.1, 1.0, 1.5, np.nan])
def test_refuses_a_wrong_mu(wrong: float) -> None:
    """Is a mu outside [0, 1) refused, with its value?"""
    for make in (momentum, nesterov):
        with pytest.raises(ValueError, match=f"mu is {wrong}: it must be"):
            make(0.1, wrong)
    with pytest.raises(ValueError, match="mu is"):
        from_ewma(0.1, wrong)


@pytest.mark.parametrize("method", METHODS)
def test_refuses_a_gradient_of_another_shape(method: str) -> None:
    """Is a gradient that would broadcast refused with both shapes?"""
    x = np.zeros((2, 3))
    with pytest.raises(ValueError, match=r"\(3,\), x \(2, 3\)"):
        METHODS[method].update(np.zeros(3), METHODS[method].init(x), x)
