"""Search without a gradient, and what probability promises about it.

The methods ask for nothing but ``loss(W) -> float``; W is an array of any shape. All randomness
comes from the ``rng`` that is passed in, one ``standard_normal`` of W's shape a call of the loss.

The promises: the best of N tries is about the 1/N-quantile of a single try (``best_level``,
``best_of_normal``, ``extreme_normal``, ``best_on_bowl``), and in many dimensions almost every
direction stands at almost a right angle to the one that is wanted (``cap_probability``).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Loss = Callable[[Array], float]


# --- methods -------------------------------------------------------------------------------------


def random_search(
    loss: Loss, shape: int | tuple[int, ...], tries: int, scale: float, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Throw ``tries`` darts, W = scale·rng.standard_normal(shape), and keep the best.

    Returns (W_best, best_so_far): of equal losses the first is kept, best_so_far (tries,) includes
    try i and never rises. ``loss`` is called once a try. ValueError when tries < 1, or when no try
    has a loss below infinity.
    """
    if tries < 1:
        raise ValueError(f"tries is {tries}: it must be at least 1")
    best, W_best, best_so_far = math.inf, None, np.empty(tries)
    for i in range(tries):
        W = np.asarray(scale * rng.standard_normal(shape))
        value = float(loss(W))
        if value < best:  # never true of "not a number"
            best, W_best = value, W
        best_so_far[i] = best
    if W_best is None:
        raise ValueError(f"none of {tries} tries has a loss below infinity: try a smaller scale")
    return W_best, best_so_far


def local_search(
    loss: Loss, W: ArrayLike, steps: int, step_size: float, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Propose W + step_size·rng.standard_normal(W.shape); keep it only if the loss falls.

    Returns (W, losses): losses (steps + 1,), the start first, losses[k] the kept loss after step
    k. ``loss`` is called steps + 1 times. ValueError when the start's loss is not a number.
    """
    W, losses, _ = adaptive_local_search(loss, W, steps, step_size, rng, up=1.0, down=1.0)
    return W, losses


def adaptive_local_search(  # noqa: PLR0917 - the order is the problem set's
    loss: Loss,
    W: ArrayLike,
    steps: int,
    step_size: float,
    rng: np.random.Generator,
    up: float = 1.5,
    down: float = 0.9,
) -> tuple[Array, Array, Array]:
    """``local_search`` that multiplies its step size by ``up`` or ``down`` after every step.

    By ``up`` if the proposal was kept, by ``down`` if not. Returns (W, losses, step_sizes), the
    last two (steps + 1,): step_sizes[0] is the start, [k] the size after step k. The size rests
    where ``balanced_rate(up, down)`` of the proposals succeed, about 1 in 5 for the defaults: the
    1/5-success rule (Rechenberg 1973), in the form with one factor a step (Kern et al. 2004).
    ValueError when the start's loss is not a number.
    """
    W = np.array(W, dtype=np.float64)
    best = float(loss(W))
    if math.isnan(best):
        raise ValueError("the loss of the start is not a number: no proposal can be compared")
    losses, sizes = [best], [float(step_size)]
    for _ in range(steps):
        proposal = np.asarray(W + sizes[-1] * rng.standard_normal(W.shape))
        value = float(loss(proposal))
        success = value < best
        if success:
            W, best = proposal, value
        losses.append(best)
        sizes.append(sizes[-1] * (up if success else down))
    return W, np.array(losses), np.array(sizes)


def acceptance_rate(losses: ArrayLike) -> float:
    """The share of steps whose loss fell strictly; ``losses`` is (steps + 1,), steps ≥ 1."""
    values = np.asarray(losses, dtype=np.float64)
    if values.ndim != 1 or values.size < 2:
        raise ValueError(f"losses has shape {values.shape}: it must be (steps + 1,), steps ≥ 1")
    return float((values[1:] < values[:-1]).mean())


def balanced_rate(up: float, down: float) -> float:
    """The success rate p at which up^p·down^(1−p) = 1: the step size neither grows nor shrinks."""
    if not down < 1 < up:
        raise ValueError(f"up {up} and down {down}: need down < 1 < up")
    return math.log(down) / (math.log(down) - math.log(up))


# --- the best of N tries -------------------------------------------------------------------------


def tries_needed(p: float, confidence: float) -> int:
    """The least n with 1 − (1−p)ⁿ ≥ confidence: tries until one of chance p has succeeded.

    0 < p ≤ 1, 0 < confidence < 1; ValueError otherwise. About −ln(1 − confidence)/p for small p.
    """
    if not (0 < p <= 1 and 0 < confidence < 1):
        raise ValueError(f"p {p}, confidence {confidence}: need 0 < p ≤ 1 and 0 < confidence < 1")
    return 1 if p == 1 else math.ceil(math.log1p(-confidence) / math.log1p(-p))


def best_level(tries: ArrayLike, probability: ArrayLike) -> Array:
    """The share q of single tries that lie below the best of N with this probability.

    1 − (1−q)^N = probability, so the best of N lies below a single try's q-quantile with
    ``probability``, whatever the distribution. The median of the best has q ≈ ln 2/N.
    """
    n = np.asarray(tries, dtype=np.float64)
    return np.asarray(-np.expm1(np.log1p(-np.asarray(probability)) / n))


def best_of_normal(tries: ArrayLike) -> Array:
    """E[smallest of N standard normal numbers] (negative), the shape of ``tries``; N ≥ 1.

    The integral of z·d(Φ(z)^N), by parts and by the trapezoidal rule, which is exact to 1e-12 for
    so smooth a function. About −√(2 ln N). Source: David & Nagaraja 2003, section 3.1.
    """
    z = np.linspace(-12.0, 38.0, 2001)
    tail = np.array([math.erfc(x / math.sqrt(2)) / 2 for x in z])
    log_cdf = np.log1p(-np.minimum(tail, 1 - 1e-16))
    n = np.asarray(tries, dtype=np.float64)[..., None]
    return np.asarray(np.trapezoid(np.exp(n * log_cdf), z, axis=-1) - z[-1])


def extreme_normal(tries: int) -> tuple[float, float]:
    """(location, spread) of the extreme-value limit of the smallest of N standard normal numbers.

    location = Φ⁻¹(1/N), spread = location − Φ⁻¹(1/(eN)). For large N the smallest, z, has
    P(z > x) ≈ exp(−exp((x − location)/spread)), Gumbel's distribution, of mean
    location − 0.5772·spread. N ≥ 2. Source: Leadbetter, Lindgren & Rootzén 1983, theorem 1.5.3;
    its constants are the expansions of these two in ln N, which are less exact for small N.
    """
    if tries < 2:
        raise ValueError(f"tries is {tries}: a limit for many needs at least 2")
    location = NormalDist().inv_cdf(1 / tries)
    return location, location - NormalDist().inv_cdf(1 / (math.e * tries))


def best_on_bowl(tries: ArrayLike, dim: int) -> Array:
    """E[best of N darts] on the bowl ½‖x‖², x standard normal in ``dim`` dimensions.

    A dart's height is Gamma(dim/2, 1); the mean of the best is the integral of P(height > t)^N.
    For many darts it falls as Γ(1 + 2/dim)·(Γ(1 + dim/2)/N)^(2/dim). Exact to 1e-6 for N ≤ 1e8.
    ``tries`` has any shape, N ≥ 1; dim ≥ 1. Source of the survival function: Abramowitz & Stegun
    1964, 26.4.4 and 26.4.5.
    """
    if dim < 1:
        raise ValueError(f"dim is {dim}: it must be at least 1")
    s = np.linspace(-60.0, math.log(dim + 60.0) + 1, 4001)  # t = eˢ: sharp at any height
    t = np.exp(s)
    odd = dim % 2
    above = np.array([math.erfc(math.sqrt(x)) for x in t]) if odd else np.zeros_like(t)
    for k in range(dim // 2):
        power = k + odd / 2
        above += np.exp(power * s - t - math.lgamma(power + 1))
    log_above = np.log(np.clip(above, 1e-300, 1))
    n = np.asarray(tries, dtype=np.float64)[..., None]
    return np.asarray(np.trapezoid(np.exp(n * log_above + s), s, axis=-1))


# --- angles in many dimensions -------------------------------------------------------------------


def cap_probability(angle: ArrayLike, dim: ArrayLike) -> Array:
    """P(a uniformly random direction lies within ``angle`` of a given one); see the logarithm."""
    return np.asarray(np.exp(cap_log_probability(angle, dim)))


def cap_log_probability(angle: ArrayLike, dim: ArrayLike) -> Array:
    """ln P(a uniformly random direction lies within ``angle`` radians of a given one).

    P = ½·I_{sin²θ}((D − 1)/2, ½) for θ ≤ π/2, and 1 − P(π − θ) beyond: the share of the sphere
    that a cap covers (Li 2011). The logarithm stays finite where P is too small for a float.
    Relative error of P below 1e-9 for D ≤ 1e6. 0 < angle ≤ π and whole dim ≥ 2, ValueError
    otherwise; they broadcast.
    """
    theta, d = np.broadcast_arrays(np.asarray(angle, dtype=np.float64), np.asarray(dim))
    if not ((theta > 0) & (theta <= math.pi)).all() or not (d >= 2).all():
        raise ValueError("need 0 < angle ≤ π (radians) and dim ≥ 2")
    acute = np.minimum(theta, math.pi - theta)
    with np.errstate(divide="ignore"):  # angle π: the cap's complement is empty
        log_sine, log_cosine = np.log(np.sin(acute)), np.log(np.abs(np.cos(acute)))
    x, a = np.exp(2 * log_sine), (d - 1) / 2
    # the fraction converges fast on one side of the distribution's bulk only
    narrow = x < (a + 1) / (a + 2.5)
    first, second = np.where(narrow, a, 0.5), np.where(narrow, 0.5, a)
    fraction = _beta_fraction(np.where(narrow, x, np.exp(2 * log_cosine)), first, second)
    log_gamma = np.vectorize(math.lgamma, otypes=[np.float64])
    log_beta = log_gamma(a) + math.lgamma(0.5) - log_gamma(a + 0.5)
    log_part = 2 * a * log_sine + log_cosine - log_beta - np.log(first) + np.log(fraction)
    inside = np.exp(np.where(narrow, -1.0, log_part))  # of the band around the equator
    log_acute = math.log(0.5) + np.where(narrow, log_part, np.log1p(-inside))
    obtuse = theta > math.pi / 2
    return np.where(obtuse, np.log1p(-np.exp(np.where(obtuse, log_acute, -1.0))), log_acute)


def _beta_fraction(x: Array, a: Array, b: Array) -> Array:
    """I_x(a, b)·a·B(a, b)/(xᵃ(1−x)ᵇ), a continued fraction, for x < (a + 1)/(a + b + 2).

    Evaluated from its far end, where nothing cancels; the number of terms it needs grows as the
    root of the larger of a and b. Source: NIST DLMF, 8.17.22 and 8.17.23.
    """
    value = np.ones_like(x)
    for m in range(40 + 4 * math.isqrt(int(np.max(a + b))), -1, -1):
        k = m + 1
        even = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        value = 1 + odd / (1 + even / value)
    return np.asarray(1 / value)
