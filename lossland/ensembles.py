"""Many models instead of one: bagging, AdaBoost, averages of weights, distillation.

Members that err differently err less together. With σ² for a member's mean squared error and ρ for
the correlation of two members' errors, the average of M members has the error
ρσ² + (1 − ρ)σ²/M; ``error_law`` measures both numbers and ``ensemble_variance`` is the formula.
Trees for the members stand in ``lossland.trees`` (one number) and ``lossland.forests`` (classes).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lossland.losses import cross_entropy, softmax
from lossland.targets import soft_cross_entropy

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
Labels = NDArray[np.integer[Any]]
FitPredict = Callable[[Array, NDArray[Any], Array], Array]
"""(X, y, X_test) -> what a model fitted to X and y answers at X_test"""

LEAST = 1e-10
"""AdaBoost's weighted errors are kept this far from 0 and 1, so that every vote is finite."""


class Stump(NamedTuple):
    """Answers ``sign`` where x[feature] > threshold, and −sign elsewhere; sign is −1 or +1."""

    feature: int
    threshold: float
    sign: int

    def predict(self, X: ArrayLike) -> Array:
        """The answers −1 or +1, (n,), for X (n, features)."""
        X = np.asarray(X, dtype=np.float64)
        return np.where(X[:, self.feature] > self.threshold, 1.0, -1.0) * self.sign


def bootstrap_indices(n: int, rng: np.random.Generator) -> Rows:
    """n row numbers (n,) drawn from 0 … n − 1 *with replacement*: ``rng.integers(0, n, n)``.

    A row is left out with probability (1 − 1/n)ⁿ, about 1/e = 0.368. Source: Efron 1979.
    """
    return rng.integers(0, n, n)


def bagging_predict(  # noqa: PLR0917 - the order is the problem set's
    fit_predict: FitPredict,
    X: Array,
    y: NDArray[Any],
    X_test: Array,
    members: int,
    rng: np.random.Generator,
) -> Array:
    """The mean of what ``members`` models answer at X_test, each fitted to its own resample.

    For each member ``bootstrap_indices`` is drawn once and ``fit_predict`` called once. Source:
    Breiman 1996, bagging. ValueError when X and y disagree or there is no member.
    """
    if len(X) != len(y):
        raise ValueError(f"X has shape {X.shape}, y {y.shape}: they must agree in their first axis")
    _at_least_one("members", members)
    answers = []
    for _ in range(members):
        rows = bootstrap_indices(len(X), rng)
        answers.append(fit_predict(X[rows], y[rows], X_test))
    return np.asarray(np.mean(answers, axis=0))


def ensemble_variance(rho: ArrayLike, variance: ArrayLike, members: ArrayLike) -> Any:
    """ρσ² + (1 − ρ)σ²/M: the variance of the mean of M numbers of variance σ², correlated by ρ.

    Works element by element; ``variance`` may be the mean squared error σ² of a member, bias
    included, if ρ is the correlation that ``error_law`` measures. ρ ≥ −1/(M − 1): more than so
    many numbers cannot all disagree. A float for numbers, an array (M,) for an array of M.
    """
    rho, variance, members = np.asarray(rho), np.asarray(variance), np.asarray(members)
    value = rho * variance + (1 - rho) * variance / members
    return float(value) if value.ndim == 0 else value


def error_law(errors: ArrayLike) -> tuple[float, float]:
    """(ρ, σ²) of members' errors (members, …), such that their average has the error of the law.

    σ² is the mean of all squared errors, ρσ² the mean product of two different members' errors.
    Bias counts, since nothing is subtracted. ρ is 0 where all errors are. ValueError with fewer
    than 2 members. From (ΣeₘΣe_l) over all pairs: M²·mean((Σe/M)²) = M·σ² + M(M − 1)·ρσ².
    """
    e = np.asarray(errors, dtype=np.float64)
    if e.ndim < 2 or len(e) < 2:
        raise ValueError(f"errors has shape {e.shape}: need at least 2 members and their errors")
    square = float((e**2).mean())
    together = float((e.mean(axis=0) ** 2).mean())
    product = (len(e) * together - square) / (len(e) - 1)
    return (product / square if square else 0.0), square


def majority_of_independent(p: float, members: int) -> float:
    """Probability that more than half of ``members`` voters are right; a tie counts half.

    Each is right with probability p, independently of the others: a sum of binomial
    probabilities. Source: Condorcet 1785, the jury theorem.
    """
    _at_least_one("members", members)
    if not 0 <= p <= 1:
        raise ValueError(f"p is {p}: it must be a probability")
    total = 0.0
    for right in range(members + 1):
        share = math.comb(members, right) * p**right * (1 - p) ** (members - right)
        total += share * (1.0 if 2 * right > members else 0.5 if 2 * right == members else 0.0)
    return total


def adaboost(
    X: ArrayLike, y: Labels | Array, rounds: int
) -> tuple[tuple[Stump, ...], Array, Array]:
    """(stumps, alphas (rounds,), last weights (n,)) of AdaBoost with stumps on y in {−1, +1}.

    X is (n, features). Every round takes the stump of least weighted error e (constant answers
    included, e kept within [1e-10, 1 − 1e-10]), gives it the vote alpha = ½·ln((1 − e)/e), and
    multiplies the weight of example i by exp(−alpha·y_i·h(x_i)); then the weights are divided by
    their sum. Thresholds lie in the middle between neighbouring values. Of equal errors sign
    +1 comes before −1, then the lowest threshold, then the first feature. Source: Freund &
    Schapire 1997.
    ValueError for other labels, other shapes or rounds < 0.
    """
    X, sign = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if X.ndim != 2 or sign.shape != X.shape[:1] or not len(X):
        raise ValueError(
            f"X has shape {X.shape}, y {sign.shape}: need (n, features) and (n,), n at least 1"
        )
    if not (np.abs(sign) == 1).all():
        raise ValueError(f"y holds {np.unique(sign)}: labels must be −1 or +1")
    if rounds < 0:
        raise ValueError(f"rounds is {rounds}: it must be at least 0")
    search = _StumpSearch(X, sign)
    weights = np.full(len(X), 1 / len(X))
    stumps: list[Stump] = []
    alphas: list[float] = []
    for _ in range(rounds):
        stump = search.best(weights)
        answers = stump.predict(X)
        error = float(np.clip(weights[answers != sign].sum(), LEAST, 1 - LEAST))
        alpha = 0.5 * math.log((1 - error) / error)
        weights = weights * np.exp(-alpha * sign * answers)
        weights = weights / weights.sum()
        stumps.append(stump)
        alphas.append(alpha)
    return tuple(stumps), np.array(alphas), weights


def best_stump(X: ArrayLike, y: Labels | Array, weights: Array) -> Stump:
    """The stump of least weighted error, as every round of ``adaboost`` takes it.

    X is (n, features), y (n,) in {−1, +1}, weights (n,) sum to 1.
    """
    return _StumpSearch(np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)).best(
        weights
    )


def staged_votes(stumps: Sequence[Stump], alphas: ArrayLike, X: ArrayLike) -> Array:
    """The weighted sum of the stumps' answers after 0, 1, … rounds: (rounds + 1, n).

    Its sign is AdaBoost's answer after that round.
    """
    X, votes = np.asarray(X, dtype=np.float64), np.asarray(alphas, dtype=np.float64)
    steps = [vote * stump.predict(X) for stump, vote in zip(stumps, votes, strict=True)]
    return np.cumsum([np.zeros(len(X)), *steps], axis=0)


def average_weights(checkpoints: Sequence[ArrayLike], decay: float) -> Array:
    """A running average of parameters: starts at the first, then a ← decay·a + (1 − decay)·W.

    ``checkpoints`` are arrays of one shape, at least one; 0 ≤ decay < 1. Sources: Polyak &
    Juditsky 1992 (equal weights), Izmailov et al. 2018 (checkpoints of one run).
    """
    if not len(checkpoints):
        raise ValueError("checkpoints is empty: an average needs at least one")
    if not 0 <= decay < 1:
        raise ValueError(f"decay is {decay}: need 0 ≤ decay < 1")
    average = np.array(checkpoints[0], dtype=np.float64)
    for number, checkpoint in enumerate(checkpoints[1:], start=1):
        W = np.asarray(checkpoint, dtype=np.float64)
        if W.shape != average.shape:
            raise ValueError(
                f"checkpoint {number} has shape {W.shape}, the first {average.shape}: "
                "they must agree"
            )
        average = decay * average + (1 - decay) * W
    return average


def distillation_loss(
    student: Array, teacher: Array, y: Labels, temperature: float, alpha: float
) -> tuple[float, Array]:
    """alpha·T²·CE(softmax(teacher/T), softmax(student/T)) + (1 − alpha)·CE(y, softmax(student)).

    ``student`` and ``teacher`` are scores (n, C), T the temperature, the cross-entropies means over
    rows; with it the gradient (n, C) in the student's scores. The factor T² keeps the gradient of
    the soft part from falling as 1/T². Source: Hinton, Vinyals & Dean 2015, section 2.
    ValueError when shapes disagree, T is not above 0 or alpha not in [0, 1].
    """
    if student.ndim != 2 or teacher.shape != student.shape:
        raise ValueError(
            f"teacher has shape {teacher.shape}, student {student.shape}: both must be (n, C)"
        )
    if y.shape != student.shape[:1]:
        raise ValueError(
            f"y has shape {y.shape}, student {student.shape}: they must agree in their first axis"
        )
    if not temperature > 0 or not 0 <= alpha <= 1:
        raise ValueError(
            f"temperature {temperature}, alpha {alpha}: need temperature > 0, 0 ≤ alpha ≤ 1"
        )
    soft, pull = soft_cross_entropy(student / temperature, softmax(teacher / temperature))
    hard, push = cross_entropy(student, y)
    loss = alpha * temperature**2 * soft + (1 - alpha) * hard
    return loss, alpha * temperature * pull + (1 - alpha) * push


class _StumpSearch:
    """The best stump for any weights: features are sorted once, sums run along them every round."""

    def __init__(self, X: Array, sign: Array) -> None:
        self.sign = sign
        self.order = np.argsort(X, axis=0, kind="stable")
        self.values = np.take_along_axis(X, self.order, axis=0)
        self.between = self.values[1:] > self.values[:-1]  # equal values stay together

    def best(self, weights: Array) -> Stump:
        """The stump of least weighted error for weights (n,) that sum to 1."""
        signed = weights * self.sign
        constant = float(weights[self.sign < 0].sum())  # the error of always +1
        below = np.cumsum(signed[self.order], axis=0)[:-1]
        # Where the first k of a feature's order answer −1 and the rest +1, the error is that of
        # always +1 plus what the first k weigh, with their sign.
        errors = np.where(self.between, constant + below, 0.5)
        errors = np.vstack([np.full(self.values.shape[1], constant), errors])
        low, high = int(errors.argmin()), int(errors.argmax())
        plus = errors.flat[low] <= 1 - errors.flat[high]
        row, feature = divmod(low if plus else high, errors.shape[1])
        if row:
            threshold = float(self.values[row - 1 : row + 1, feature].mean())
        else:
            threshold = float(self.values[0, feature] - 1)
        return Stump(feature, threshold, 1 if plus else -1)


def _at_least_one(name: str, value: int) -> None:
    if value < 1:
        raise ValueError(f"{name} is {value}: it must be at least 1")
