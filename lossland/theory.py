"""What theory promises on quadratics, so that every measured curve has a line to meet.

A method on a quadratic treats every eigenvector of the Hessian on its own. Along one with
eigenvalue λ the error e = x − x* and the velocity v follow a 2×2 matrix, and the *rate* is
that matrix's spectral radius: the factor by which the error shrinks per step in the long run
(the loss shrinks by its square; a rate of 1 or more does not converge).

The rates work element by element: ``eig``, ``lr`` and ``mu`` may be numbers or arrays and
broadcast as NumPy arrays do. The rate on a whole quadratic is the largest over its eigenvalues,
so a heat map is ``momentum_rate(eigs[:, None, None], lrs[:, None], mus).max(axis=0)``.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Damping = Literal["over", "critical", "under", "alternating"]


def gd_rate(eig: ArrayLike, lr: ArrayLike) -> Array:
    """|1 − lr·λ|: gradient descent's error e ← (1 − lr·λ)·e."""
    return np.asarray(np.abs(1 - np.multiply(lr, eig)))


def momentum_rate(eig: ArrayLike, lr: ArrayLike, mu: ArrayLike) -> Array:
    """Spectral radius of ``momentum_matrix``: √mu while the error oscillates.

    The characteristic equation is r² − (1 + mu − lr·λ)·r + mu = 0 (Polyak 1964).
    """
    return _largest_root(1 + np.asarray(mu) - np.multiply(lr, eig), mu)


def nesterov_rate(eig: ArrayLike, lr: ArrayLike, mu: ArrayLike) -> Array:
    """Spectral radius of ``nesterov_matrix``: heavy ball with mu·(1 − lr·λ) in place of mu.

    The characteristic equation is r² − (1 + mu)(1 − lr·λ)·r + mu·(1 − lr·λ) = 0
    (Lessard, Recht & Packard 2016).
    """
    shrink = 1 - np.multiply(lr, eig)
    return _largest_root((1 + np.asarray(mu)) * shrink, mu * shrink)


def momentum_matrix(eig: float, lr: float, mu: float) -> Array:
    """The (2, 2) matrix that takes (e, v) to the next (e, v) of heavy-ball momentum.

    v ← mu·v − lr·λ·e, then e ← e + v.
    """
    a = lr * eig
    return np.array([[1 - a, mu], [-a, mu]])


def nesterov_matrix(eig: float, lr: float, mu: float) -> Array:
    """The (2, 2) matrix that takes (e, v) to the next one; e is the error of the ordinary position.

    v ← mu·v − lr·λ·(e + mu·v), then e ← e + v. The look-ahead point's error is e + mu·v.
    """
    a = lr * eig
    return np.array([[1 - a, mu * (1 - a)], [-a, mu * (1 - a)]])


def damping(eig: float, lr: float, mu: float) -> Damping:
    """How heavy-ball momentum approaches the minimum along one eigenvector.

    "over": lr·λ < (1 − √mu)², two real positive roots, no oscillation.
    "critical": equality (to 1e-9 relative), a double root √mu; the fastest for this mu.
    "under": complex roots of modulus √mu, a decaying oscillation.
    "alternating": lr·λ ≥ (1 + √mu)², real negative roots, the error changes sign each step;
    no spring does this, it comes from steps that are too long. Beyond lr·λ = 2(1 + mu) it grows.
    """
    a, root = lr * eig, np.sqrt(mu)
    if np.isclose(a, (1 - root) ** 2, rtol=1e-9, atol=0.0):
        return "critical"
    if a < (1 - root) ** 2:
        return "over"
    return "under" if a < (1 + root) ** 2 else "alternating"


def envelope(product: float, mu: float, steps: ArrayLike, method: str = "momentum") -> Array:
    """What the error's size keeps to in the long run along one eigenvector, from 1 at rest.

    The larger root's share |A|·|r|ᵗ where the roots are real, the hull 2|A|·|r|ᵗ of the swing where
    they are complex, and |1 + b·t|·|r|ᵗ for a double root, all from the errors at steps 0 and 1.
    ``product`` is lr·λ; ``steps`` holds t (any shape). Nesterov's error is the look-ahead point's.
    """
    t = np.asarray(steps, dtype=np.float64)
    ahead = method == "nesterov"
    total = (1 + mu) * (1 - product) if ahead else 1 + mu - product
    root_product = mu * (1 - product) if ahead else mu
    first = 1 - (1 + mu) * product if ahead else 1 - product
    middle, half = total / 2, np.sqrt(abs(total**2 - 4 * root_product)) / 2
    if half < 1e-7:  # a double root
        if abs(middle) < 1e-7:
            return np.where(t == 0, 1.0, np.where(t == 1, abs(first), 0.0))
        return np.asarray(np.abs(1 + (first / middle - 1) * t) * np.abs(middle) ** t)
    if total**2 < 4 * root_product:
        return np.asarray(np.hypot(first - middle, half) / half * np.sqrt(root_product) ** t)
    way = -half if total < 0 else half
    return np.asarray(np.abs((first - middle + way) / (2 * way)) * np.abs(middle + way) ** t)


def optimal_gd(eig_min: float, eig_max: float) -> float:
    """The learning rate 2/(L + m) with the least rate, ``optimal_gd_rate``. 0 < m ≤ L."""
    _check_eigenvalues(eig_min, eig_max)
    return 2 / (eig_min + eig_max)


def optimal_momentum(eig_min: float, eig_max: float) -> tuple[float, float]:
    """The heavy ball's best (lr, mu) = (4/(√L + √m)², ((√κ−1)/(√κ+1))²), κ = L/m. 0 < m ≤ L.

    Both extreme eigenvalues then have a double root, of modulus √mu: the smallest +√mu (critically
    damped), the largest −√mu (alternating). Source: Polyak 1964.
    """
    _check_eigenvalues(eig_min, eig_max)
    low, high = np.sqrt(eig_min), np.sqrt(eig_max)
    return float(4 / (high + low) ** 2), float(((high - low) / (high + low)) ** 2)


def optimal_nesterov(eig_min: float, eig_max: float) -> tuple[float, float]:
    """Nesterov's best (lr, mu) = (4/(3L + m), (√(3κ+1)−2)/(√(3κ+1)+2)) on quadratics. 0 < m ≤ L.

    Source: Lessard, Recht & Packard 2016, proposition 1.
    """
    _check_eigenvalues(eig_min, eig_max)
    root = np.sqrt(3 * eig_max / eig_min + 1)
    return 4 / (3 * eig_max + eig_min), float((root - 2) / (root + 2))


def optimal_gd_rate(condition_number: float) -> float:
    """(κ − 1)/(κ + 1), reached by ``optimal_gd``."""
    return (condition_number - 1) / (condition_number + 1)


def optimal_momentum_rate(condition_number: float) -> float:
    """(√κ − 1)/(√κ + 1), reached by ``optimal_momentum``, where the error shrinks as k·rateᵏ."""
    root = float(np.sqrt(condition_number))
    return (root - 1) / (root + 1)


def optimal_nesterov_rate(condition_number: float) -> float:
    """1 − 2/√(3κ + 1), reached by ``optimal_nesterov``."""
    return 1 - 2 / float(np.sqrt(3 * condition_number + 1))


def nesterov_lower_bound(
    steps: ArrayLike, eig_max: float, distance: float, eig_min: float = 0.0
) -> Array:
    """Loss above the minimum that no first-order method can beat on the worst function.

    For methods whose every point is the start plus a combination of the gradients seen so far,
    with ``distance`` = ‖start − minimum‖:

    m = 0: 3L·distance²/(32·(k + 1)²) on ``surfaces.nesterov_worst(2k + 1)``, another function
    for every k (Nesterov 2004, theorem 2.1.7; for one function and all k see
    ``worst_function_bound``);
    m > 0: m/2·((√κ−1)/(√κ+1))²ᵏ·distance² for all k on ``surfaces.nesterov_worst`` with these
    eigenvalues and dim infinite: so large that the minimum's last coordinates, about
    ((√κ−1)/(√κ+1))^dim, no longer count (Nesterov 2004, theorem 2.1.13).

    ``steps`` holds the numbers of steps k ≥ 0 (any shape); the result has its shape.
    """
    k = np.asarray(steps, dtype=np.float64)
    if not 0 <= eig_min <= eig_max:
        raise ValueError(f"eig_min {eig_min} and eig_max {eig_max}: need 0 ≤ eig_min ≤ eig_max")
    if eig_min == 0:
        return np.asarray(3 * eig_max * distance**2 / (32 * (k + 1) ** 2))
    rate = optimal_momentum_rate(eig_max / eig_min)
    return np.asarray(eig_min / 2 * rate ** (2 * k) * distance**2)


def worst_function_bound(steps: ArrayLike, dim: int, eig_max: float = 1.0) -> Array:
    """Loss above the minimum on ``surfaces.nesterov_worst(dim)``, m = 0, that no method can beat.

    L/8·(1/(k + 1) − 1/(dim + 1)) after k = 0 … dim steps from 0: the least loss on the first k
    coordinates, so the bound is met by the best combination of the gradients.
    Source: Nesterov 2004, section 2.1.2, from the minimum −L/8·(1 − 1/(k + 1)) of each chain.
    """
    k = np.asarray(steps, dtype=np.float64)
    return np.asarray(eig_max / 8 * np.maximum(1 / (k + 1) - 1 / (dim + 1), 0))


def stationary_variance(eig: ArrayLike, lr: ArrayLike, mu: ArrayLike, noise: ArrayLike) -> Array:
    """Long-run variance of the error when every gradient carries independent noise.

    lr·(1 + mu)·noise² / (λ·(1 − mu)·(2(1 + mu) − lr·λ)), noise being a standard deviation; mu = 0
    is gradient descent. The error is the autoregression e ← (1 + mu − lr·λ)·e − mu·e_before − lr·ξ,
    whose variance is in Box & Jenkins 1976, section 3.2.4. At equal lr/(1 − mu) and small lr,
    momentum fluctuates as gradient descent does. Meaningful where ``momentum_rate`` is below 1.
    Arguments broadcast, as in the rates.
    """
    lr, mu, eig = np.asarray(lr), np.asarray(mu), np.asarray(eig)
    scale = eig * (1 - mu) * (2 * (1 + mu) - lr * eig)
    return np.asarray(lr * (1 + mu) * np.square(noise) / scale)


def _largest_root(trace: ArrayLike, determinant: ArrayLike) -> Array:
    """Largest modulus among the roots of r² − trace·r + determinant = 0."""
    trace, determinant = np.asarray(trace, dtype=float), np.asarray(determinant, dtype=float)
    discriminant = trace**2 - 4 * determinant
    real = (np.abs(trace) + np.sqrt(np.maximum(discriminant, 0))) / 2
    complex_pair = np.sqrt(np.maximum(determinant, 0))
    return np.asarray(np.where(discriminant >= 0, real, complex_pair))


def _check_eigenvalues(eig_min: float, eig_max: float) -> None:
    if not 0 < eig_min <= eig_max:
        raise ValueError(f"eig_min {eig_min} and eig_max {eig_max}: need 0 < eig_min ≤ eig_max")
