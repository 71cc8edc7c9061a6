"""Every surface against other ways to differentiate it, and against published numbers."""

import numpy as np
import pytest

from lossland.gradcheck import complex_step
from lossland.surfaces import (
    SURFACES,
    Surface,
    nesterov_worst,
    noisy_bowl,
    quadratic_bowl,
    rosenbrock,
    two_minima,
)

ALL = {
    **SURFACES,
    "bowl in five dimensions": quadratic_bowl(50.0, angle=0.7, dim=5),
    "worst function": nesterov_worst(6),
    "worst function, strongly convex": nesterov_worst(6, eig_max=4.0, eig_min=0.5),
}
each = pytest.mark.parametrize("surface", ALL.values(), ids=ALL.keys())


def points(surface: Surface, n: int = 20) -> np.ndarray:
    """Random points (n, d) around the origin."""
    return np.random.default_rng(0).uniform(-1.5, 1.5, (n, surface.dim))


@each
def test_gradient(surface: Surface) -> None:
    """Does the gradient agree with the complex step at twenty points?"""
    for x in points(surface):
        expected = complex_step(surface.formula, x)
        np.testing.assert_allclose(surface.gradient(x), expected, rtol=1e-12, atol=1e-12)


@each
def test_hessian(surface: Surface) -> None:
    """Is the Hessian symmetric and the centred difference of the gradient?"""
    h = 1e-5
    for x in points(surface, 5):
        hessian = surface.hessian(x)
        differences = [
            (surface.gradient(x + h * e) - surface.gradient(x - h * e)) / (2 * h)
            for e in np.eye(surface.dim)
        ]
        np.testing.assert_array_equal(hessian, hessian.T)
        np.testing.assert_allclose(hessian, differences, rtol=1e-6, atol=1e-6)


@each
def test_minima(surface: Surface) -> None:
    """Is every listed minimum flat and curved upwards, the first the lowest?"""
    for minimum in surface.minima:
        np.testing.assert_allclose(surface.gradient(minimum), 0, atol=1e-14)
        assert np.linalg.eigvalsh(surface.hessian(minimum)).min() > 0
    heights = [float(surface.value(minimum)) for minimum in surface.minima]
    assert heights[0] == min(heights)


@each
def test_takes_stacks_of_points(surface: Surface) -> None:
    """Do a stack of points and its points one by one have the same heights and gradients?"""
    stack = points(surface, 6).reshape(2, 3, -1)
    value, gradient = surface.value(stack), surface.gradient(stack)
    assert value.shape == (2, 3)
    assert gradient.shape == stack.shape
    for where in np.ndindex(2, 3):
        height, slope = surface.loss_and_gradient(stack[where])
        np.testing.assert_allclose(value[where], height, rtol=1e-14)
        np.testing.assert_allclose(gradient[where], slope, rtol=1e-14, atol=1e-14)


@each
def test_refuses_points_of_another_dimension(surface: Surface) -> None:
    """Does a point with a variable too many raise, naming what came and what was expected?"""
    wrong = np.zeros(surface.dim + 1)
    for ask in (surface.value, surface.gradient, surface.hessian):
        with pytest.raises(ValueError, match=rf"\({wrong.size},\).*\(\.\.\., {surface.dim}\)"):
            ask(wrong)
    with pytest.raises(ValueError, match="needs one point"):
        surface.hessian(np.zeros((2, surface.dim)))


@pytest.mark.parametrize(
    ("name", "point", "height"),
    [
        # Moré, Garbow & Hillstrom 1981: start values and minima of problems 1 and 5
        ("Rosenbrock", (-1.2, 1.0), 24.2),
        ("Rosenbrock", (1.0, 1.0), 0.0),
        ("Beale", (1.0, 1.0), 14.203125),
        ("Beale", (3.0, 0.5), 0.0),
        # by hand
        ("bowl", (1.0, 2.0), 20.5),
        ("saddle", (0.0, 0.0), 0.0),
        ("saddle", (0.0, -1.0), -0.25),
        ("two minima", (1.0, 2.0), 1.95),
        ("pathological curvature", (0.0, 3.0), 0.09),
        ("pathological curvature", (np.log(3.0), 0.0), 0.64 + np.log(3.0) ** 2 / 100),  # tanh 4/5
        ("steep optimum", (0.0, 0.0), -1.0),
        ("steep optimum", (0.2, 0.0), 0.002 - np.exp(-0.5)),
    ],
)
def test_known_heights(name: str, point: tuple[float, float], height: float) -> None:
    """Do the surfaces have the heights in the literature and on paper?"""
    np.testing.assert_allclose(SURFACES[name].value(point), height, rtol=1e-14, atol=1e-14)


def test_rosenbrock_hessian() -> None:
    """Is the Hessian at the minimum [[802, −400], [−400, 200]], as in every textbook?"""
    assert rosenbrock().hessian([1, 1]).tolist() == [[802, -400], [-400, 200]]


@pytest.mark.parametrize("dim", [2, 3, 7])
def test_bowl_has_the_condition_number_asked_for(dim: int) -> None:
    """Do the eigenvalues run geometrically from 1 to the condition number at every angle?"""
    hessian = quadratic_bowl(64.0, angle=1.1, dim=dim).hessian(np.zeros(dim))
    expected = 64.0 ** (np.arange(dim) / (dim - 1))
    np.testing.assert_allclose(np.linalg.eigvalsh(hessian), expected, rtol=1e-12)


def test_bowl_turns_counter_clockwise() -> None:
    """Does a quarter of a right angle turn the flat axis to (cos, sin) of it?"""
    angle = np.pi / 8
    flat = np.array([np.cos(angle), np.sin(angle)])
    hessian = quadratic_bowl(9.0, angle=angle).hessian(np.zeros(2))
    np.testing.assert_allclose(hessian @ flat, flat, rtol=1e-14)


def test_saddle_is_a_saddle() -> None:
    """Does the origin have no slope, one upward and one downward direction?"""
    saddle = SURFACES["saddle"]
    assert saddle.gradient([0, 0]).tolist() == [0, 0]
    assert np.linalg.eigvalsh(saddle.hessian([0, 0])).tolist() == [-1, 1]


def test_curvatures_that_the_new_surfaces_promise() -> None:
    """Are they 2.02 on the floor, below 0 on the wall, 0.02 beyond; 25.1 in the hole, else 0.1?"""
    trench, hole = SURFACES["pathological curvature"], SURFACES["steep optimum"]
    assert np.diag(trench.hessian([0, 0])) == pytest.approx([2.02, 0.02])
    assert trench.hessian([1.0, 0])[0, 0] < 0  # past the bend, where tanh² is 1/3
    assert np.diag(trench.hessian([19.0, 0])) == pytest.approx([0.02, 0.02], rel=1e-5)
    assert np.diag(hole.hessian([0, 0])) == pytest.approx([25.1, 25.05])
    assert np.diag(hole.hessian([2, 2])) == pytest.approx([0.1, 0.05])


@pytest.mark.parametrize("tilt", [0.01, 0.2, 0.38])
def test_two_minima_solve_the_cubic(tilt: float) -> None:
    """Are the wells two of the three roots of x³ − x + tilt that np.roots finds?"""
    left, _, right = np.sort(np.roots([1, 0, -1, tilt]).real)
    got = [minimum[0] for minimum in two_minima(tilt).minima]
    np.testing.assert_allclose(got, [left, right], rtol=1e-6)


@pytest.mark.parametrize("tilt", [0.0, 0.39, -0.1])
def test_two_minima_refuses_a_tilt_without_two_wells(tilt: float) -> None:
    """Is a tilt that leaves one well, or two equal ones, refused?"""
    with pytest.raises(ValueError, match="two wells"):
        two_minima(tilt)


def test_noise_has_the_size_asked_for() -> None:
    """Is the gradient's noise fresh, without bias, and of the standard deviation asked for?"""
    bowl = noisy_bowl(10.0, noise=0.5, rng=np.random.default_rng(3))
    x = np.array([1.0, -1.0])
    drawn = bowl.gradient(np.tile(x, (20_000, 1))) - np.array([1.0, -10.0])
    # four standard errors of a mean and of a standard deviation
    np.testing.assert_allclose(drawn.mean(axis=0), 0, atol=4 * 0.5 / np.sqrt(20_000))
    np.testing.assert_allclose(drawn.std(axis=0), 0.5, atol=4 * 0.5 / np.sqrt(40_000))
    assert bowl.loss_and_gradient(x)[0] == 5.5


def test_worst_function_minimum() -> None:
    """Is the minimum at xᵢ = 1 − i/(d + 1), as in section 2.1.2 of Nesterov 2004?"""
    (minimum,) = nesterov_worst(9, eig_max=8.0).minima
    np.testing.assert_allclose(minimum, 1 - np.arange(1, 10) / 10, rtol=1e-12)


def test_worst_function_minimum_when_strongly_convex() -> None:
    """Do the first coordinates of the minimum fall as qⁱ, q = (√κ − 1)/(√κ + 1)?"""
    (minimum,) = nesterov_worst(60, eig_max=9.0, eig_min=1.0).minima
    np.testing.assert_allclose(minimum[:10], 0.5 ** np.arange(1, 11), rtol=1e-9)


def test_worst_function_eigenvalues() -> None:
    """Do all eigenvalues lie between eig_min and eig_max?"""
    eigenvalues = np.linalg.eigvalsh(nesterov_worst(40, 9.0, 1.0).hessian(np.zeros(40)))
    assert 1 < eigenvalues.min() < 1.1
    assert 8.9 < eigenvalues.max() < 9


@pytest.mark.parametrize(("kappa", "dim"), [(0.5, 2), (10.0, 1)])
def test_bowl_refuses_what_cannot_be(kappa: float, dim: int) -> None:
    """Is a condition number below 1 or a single dimension refused?"""
    with pytest.raises(ValueError, match=r"must be at least 1|needs at least 2"):
        quadratic_bowl(kappa, dim=dim)


def test_worst_function_refuses_crossed_eigenvalues() -> None:
    """Is eig_min ≥ eig_max refused?"""
    with pytest.raises(ValueError, match="eig_min"):
        nesterov_worst(5, eig_max=1.0, eig_min=1.0)
