"""Loss surfaces whose gradient, Hessian and minima are known exactly.

``value`` and ``gradient`` take one point (d,) or any stack of points (..., d), so that a
contour plot is one call. SURFACES holds the two-dimensional ones that are deterministic.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Surface:
    """A function of d variables with everything that is known about it.

    ``formula``, ``slope`` and ``curvature`` are the bare functions behind the three methods.
    ``minima`` lists the local minima, the global one first; ``domain`` is ((x0 low, x0 high),
    (x1 low, x1 high)), the window of a picture; ``start`` is where the book starts.
    """

    name: str
    formula: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    curvature: Callable[[Array], Array]
    minima: tuple[Array, ...]
    domain: tuple[tuple[float, float], tuple[float, float]]
    start: Array

    @property
    def dim(self) -> int:
        """The number d of variables."""
        return int(self.start.size)

    def value(self, x: ArrayLike) -> Array:
        """Heights (...) at the points x (..., d). ValueError when the last axis is not d."""
        return self.formula(self._points(x))

    def gradient(self, x: ArrayLike) -> Array:
        """Gradients (..., d) at the points x (..., d). ValueError when the last axis is not d."""
        return self.slope(self._points(x))

    def hessian(self, x: ArrayLike) -> Array:
        """Matrix of second derivatives (d, d) at one point x (d,)."""
        point = self._points(x)
        if point.ndim != 1:
            raise ValueError(
                f"x has shape {point.shape}: the Hessian needs one point ({self.dim},)"
            )
        return self.curvature(point)

    def loss_and_gradient(self, x: ArrayLike) -> tuple[float, Array]:
        """Height and gradient (d,) at one point x (d,), for ``experiment.minimise``."""
        return float(self.value(x)), self.gradient(x)

    def _points(self, x: ArrayLike) -> Array:
        points = np.asarray(x, dtype=np.float64)
        if points.ndim == 0 or points.shape[-1] != self.dim:
            raise ValueError(
                f"x has shape {points.shape}, {self.name} expects (..., {self.dim}): "
                "the last axis must hold the variables"
            )
        return points


def quadratic_bowl(condition_number: float, angle: float = 0.0, dim: int = 2) -> Surface:
    """½·xᵀHx; the eigenvalues of H run geometrically from 1 to ``condition_number``.

    At angle 0 the axes are the eigenvectors, flattest first. ``angle`` (radians) turns the
    plane of the flattest and the steepest axis counter-clockwise. The minimum is 0 at the origin.
    """
    hessian = _bowl_hessian(condition_number, angle, dim)
    return _quadratic(f"bowl, condition number {condition_number:g}", hessian)


def noisy_bowl(
    condition_number: float, noise: float, rng: np.random.Generator, angle: float = 0.0
) -> Surface:
    """``quadratic_bowl`` whose gradient carries fresh noise at every call.

    The noise is normal, independent in each coordinate, with standard deviation ``noise``;
    each call of ``gradient`` draws one number per entry of x. Value and Hessian are exact.
    """
    hessian = _bowl_hessian(condition_number, angle, dim=2)
    exact = _quadratic(f"noisy bowl, condition number {condition_number:g}", hessian)

    def slope(x: Array) -> Array:
        return exact.slope(x) + noise * rng.standard_normal(x.shape)

    return Surface(
        exact.name, exact.formula, slope, exact.curvature, exact.minima, exact.domain, exact.start
    )


def nesterov_worst(dim: int, eig_max: float = 1.0, eig_min: float = 0.0) -> Surface:
    """Nesterov's worst function: every gradient reveals just one more coordinate.

    (L−m)/4·(½·[x₁² + Σ(xᵢ−xᵢ₊₁)² + x_d²] − x₁) + m/2·‖x‖² with L = ``eig_max`` and
    m = ``eig_min``; all eigenvalues of its Hessian lie between m and L. From the start 0, after k
    gradients only the first k coordinates can have moved, whatever the method made of them.
    ``theory.nesterov_lower_bound`` and ``theory.worst_function_bound`` say how far that leaves
    the loss above its minimum.
    Source: Nesterov 2004, section 2.1.2 (m = 0) and section 2.1.4 (m > 0).
    """
    if not 0 <= eig_min < eig_max:
        raise ValueError(f"eig_min {eig_min} and eig_max {eig_max}: need 0 ≤ eig_min < eig_max")
    chain = 2 * np.eye(dim) - np.eye(dim, k=1) - np.eye(dim, k=-1)
    hessian = (eig_max - eig_min) / 4 * chain + eig_min * np.eye(dim)
    pull = np.zeros(dim)
    pull[0] = (eig_max - eig_min) / 4
    minimum = np.linalg.solve(hessian, pull).astype(np.float64)

    def formula(x: Array) -> Array:
        return np.asarray(0.5 * np.einsum("...i,ij,...j", x, hessian, x) - x @ pull)

    return Surface(
        name=f"Nesterov's worst function in {dim} dimensions",
        formula=formula,
        slope=lambda x: x @ hessian - pull,
        curvature=lambda x: hessian.copy(),
        minima=(minimum,),
        domain=((-0.5, 1.5), (-0.5, 1.5)),
        start=np.zeros(dim),
    )


def rosenbrock() -> Surface:
    """(1 − x)² + 100·(y − x²)²: a curved valley; minimum 0 at (1, 1).

    Source: Rosenbrock 1960, with its starting point (−1.2, 1).
    """

    def formula(p: Array) -> Array:
        x, y = p[..., 0], p[..., 1]
        return np.asarray((1 - x) ** 2 + 100 * (y - x**2) ** 2)

    def slope(p: Array) -> Array:
        x, y = p[..., 0], p[..., 1]
        return np.stack([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)], axis=-1)

    def curvature(p: Array) -> Array:
        x, y = p
        return np.array([[2 - 400 * y + 1200 * x**2, -400 * x], [-400 * x, 200.0]])

    return Surface(
        name="Rosenbrock",
        formula=formula,
        slope=slope,
        curvature=curvature,
        minima=(np.array([1.0, 1.0]),),
        domain=((-2.0, 2.0), (-1.0, 3.0)),
        start=np.array([-1.2, 1.0]),
    )


def beale() -> Surface:
    """Σᵢ (cᵢ − x + x·yⁱ)², c = 1.5, 2.25, 2.625, i = 1, 2, 3; minimum 0 at (3, ½).

    Flat plateaus, steep walls. Source: Beale 1958; number 5 in Moré, Garbow & Hillstrom 1981.
    """
    constants = np.array([1.5, 2.25, 2.625])
    powers = np.array([1, 2, 3])

    def parts(p: Array) -> tuple[Array, Array, Array, Array]:
        """Residuals r and their derivatives in x, in y, and in x and y; each (..., 3)."""
        x, y = p[..., :1], p[..., 1:]
        r_xy = powers * y ** (powers - 1)
        return constants - x * (1 - y**powers), y**powers - 1, x * r_xy, r_xy

    def formula(p: Array) -> Array:
        return np.asarray((parts(p)[0] ** 2).sum(axis=-1))

    def slope(p: Array) -> Array:
        r, r_x, r_y, _ = parts(p)
        return 2 * np.stack([(r * r_x).sum(axis=-1), (r * r_y).sum(axis=-1)], axis=-1)

    def curvature(p: Array) -> Array:
        r, r_x, r_y, r_xy = parts(p)
        r_yy = p[0] * np.array([0.0, 2.0, 6 * p[1]])
        mixed = r_x @ r_y + r @ r_xy
        return 2 * np.array([[r_x @ r_x, mixed], [mixed, r_y @ r_y + r @ r_yy]])

    return Surface(
        name="Beale",
        formula=formula,
        slope=slope,
        curvature=curvature,
        minima=(np.array([3.0, 0.5]),),
        domain=((-4.5, 4.5), (-4.5, 4.5)),
        start=np.array([1.0, 1.0]),
    )


def saddle() -> Surface:
    """½x² − ½y² + ¼y⁴: a saddle at the origin between the minima −¼ at (0, 1) and (0, −1).

    Near the origin it is ½(x² − y²); the quartic term keeps the loss bounded below.
    """
    return Surface(
        name="saddle",
        formula=lambda p: np.asarray(
            0.5 * p[..., 0] ** 2 - 0.5 * p[..., 1] ** 2 + 0.25 * p[..., 1] ** 4
        ),
        slope=lambda p: np.stack([p[..., 0], p[..., 1] ** 3 - p[..., 1]], axis=-1),
        curvature=lambda p: np.diag([1.0, 3 * p[1] ** 2 - 1]),
        minima=(np.array([0.0, 1.0]), np.array([0.0, -1.0])),
        domain=((-1.5, 1.5), (-1.5, 1.5)),
        start=np.array([-1.2, 0.01]),
    )


def two_minima(tilt: float = 0.2) -> Surface:
    """¼x⁴ − ½x² + tilt·x + ½y²: a deep well on the left, a shallow one on the right.

    0 < tilt < 2/(3√3) ≈ 0.385, above which the right well is gone. The start lies on the right
    slope, so a slow method stops in the shallow well. The stationary points solve
    x³ − x + tilt = 0, here in Viète's trigonometric form.
    """
    limit = 2 / (3 * np.sqrt(3))
    if not 0 < tilt < limit:
        raise ValueError(f"tilt is {tilt}: two wells need 0 < tilt < {limit:.4f}")
    turn = np.arccos(-tilt / limit) / 3
    right = 2 / np.sqrt(3) * np.cos(turn)
    left = 2 / np.sqrt(3) * np.cos(turn + 2 * np.pi / 3)
    return Surface(
        name="two minima",
        formula=lambda p: np.asarray(
            0.25 * p[..., 0] ** 4 - 0.5 * p[..., 0] ** 2 + tilt * p[..., 0] + 0.5 * p[..., 1] ** 2
        ),
        slope=lambda p: np.stack([p[..., 0] ** 3 - p[..., 0] + tilt, p[..., 1]], axis=-1),
        curvature=lambda p: np.diag([3 * p[0] ** 2 - 1, 1.0]),
        minima=(np.array([left, 0.0]), np.array([right, 0.0])),
        domain=((-2.0, 2.0), (-1.5, 1.5)),
        start=np.array([1.8, 1.0]),
    )


def pathological_curvature() -> Surface:
    """tanh²x + x²/100 + y²/100: a trench whose walls are steep only near its floor; minimum 0 at 0.

    Across, the curvature is 2.02 on the floor, negative on the walls and 0.02 far away; along, it
    is 0.02 everywhere. So the step that the floor allows is far too short for the way along it.
    The idea of such a surface: Lippe 2022, tutorial 4.
    """

    def slope(p: Array) -> Array:
        tanh = np.tanh(p[..., 0])
        across = 2 * tanh * (1 - tanh**2) + p[..., 0] / 50
        return np.stack([across, p[..., 1] / 50], axis=-1)

    def curvature(p: Array) -> Array:
        square = np.tanh(p[0]) ** 2
        return np.diag([2 * (1 - square) * (1 - 3 * square) + 0.02, 0.02])

    return Surface(
        name="pathological curvature",
        formula=lambda p: np.asarray(
            np.tanh(p[..., 0]) ** 2 + p[..., 0] ** 2 / 100 + p[..., 1] ** 2 / 100
        ),
        slope=slope,
        curvature=curvature,
        minima=(np.zeros(2),),
        domain=((-4.0, 4.0), (-4.0, 4.0)),
        start=np.array([-2.5, 3.0]),
    )


def steep_optimum() -> Surface:
    """x²/20 + y²/40 − exp(−r²/2), r = distance/0.2: a deep narrow hole in a wide flat bowl.

    The minimum −1 lies at 0, with curvatures of 25; a little outside the hole they are 0.1 and
    0.05. So the step that the flat bowl asks for jumps over the hole.
    The idea of such a surface: Lippe 2022, tutorial 4.
    """
    sharp, flat = 1 / 0.2**2, np.array([0.1, 0.05])

    def hole(p: Array) -> Array:
        return np.asarray(np.exp(-sharp * (p**2).sum(axis=-1) / 2))

    def curvature(p: Array) -> Array:
        deep = sharp * hole(p)
        return np.diag(flat + deep) - sharp * deep * np.outer(p, p)

    return Surface(
        name="steep optimum",
        formula=lambda p: np.asarray(p**2 @ flat / 2 - hole(p)),
        slope=lambda p: np.asarray((flat + sharp * hole(p)[..., None]) * p),
        curvature=curvature,
        minima=(np.zeros(2),),
        domain=((-2.0, 2.0), (-2.0, 2.0)),
        start=np.array([-1.5, 0.8]),
    )


def _bowl_hessian(condition_number: float, angle: float, dim: int) -> Array:
    if condition_number < 1:
        raise ValueError(f"condition_number is {condition_number}: it must be at least 1")
    if dim < 2:
        raise ValueError(f"dim is {dim}: a bowl with two extreme eigenvalues needs at least 2")
    turn = np.eye(dim)
    turn[0, 0] = turn[-1, -1] = np.cos(angle)
    turn[-1, 0], turn[0, -1] = np.sin(angle), -np.sin(angle)
    hessian: Array = turn * np.geomspace(1.0, condition_number, dim) @ turn.T
    return (hessian + hessian.T) / 2  # symmetric to the last bit


def _quadratic(name: str, hessian: Array) -> Surface:
    dim = len(hessian)
    return Surface(
        name=name,
        formula=lambda x: np.asarray(0.5 * np.einsum("...i,ij,...j", x, hessian, x)),
        slope=lambda x: x @ hessian,
        curvature=lambda x: hessian.copy(),
        minima=(np.zeros(dim),),
        domain=((-2.0, 2.0), (-2.0, 2.0)),
        start=np.array([-1.8, *[1.0] * (dim - 1)]),
    )


SURFACES: dict[str, Surface] = {
    "bowl": quadratic_bowl(10.0),
    "rotated bowl": quadratic_bowl(10.0, angle=np.pi / 6),
    "Rosenbrock": rosenbrock(),
    "saddle": saddle(),
    "Beale": beale(),
    "two minima": two_minima(),
    "pathological curvature": pathological_curvature(),
    "steep optimum": steep_optimum(),
}
