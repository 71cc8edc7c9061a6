"""The Ada family against hand-worked steps and the published claims.

``test_trajectories.py`` holds it against torch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lossland.adaptive import adadelta, adagrad, adam, adamw, amsgrad, rmsprop
from lossland.optimizers import Optimizer

Array = NDArray[np.float64]

ALL: dict[str, Callable[[], Optimizer[Any]]] = {
    "adagrad": lambda: adagrad(0.05),
    "adadelta": adadelta,
    "rmsprop": lambda: rmsprop(0.004),
    "adam": lambda: adam(0.01),
    "adamw": lambda: adamw(0.01, 0.1),
    "amsgrad": lambda: amsgrad(0.01),
}


def steps_of(optimizer: Optimizer[Any], gradients: list[float], x: float = 1.0) -> list[float]:
    """The steps from one variable x under given gradients."""
    at = np.array(x)
    state, steps = optimizer.init(at), []
    for gradient in gradients:
        step, state = optimizer.update(np.array(gradient), state, at)
        at = at + step
        steps.append(float(step))
    return steps


WORKED = {
    # cache 4, then 5: 0.1·2/2 and 0.1·1/√5
    "adagrad": (adagrad(0.1), [2.0, 1.0], [-0.1, -0.0447213595]),
    # cache 0.1·4 = 0.4, then 0.36 + 0.1 = 0.46: 0.2/√0.4 and 0.1/√0.46
    "rmsprop": (rmsprop(0.1), [2.0, 1.0], [-0.3162277660, -0.1474419562]),
    # m 0.2, v 0.004; then m 0.28/0.19 = 1.4736842, v 0.004996/0.001999 = 2.4992496
    "adam": (adam(0.1), [2.0, 1.0], [-0.1, -0.0932179]),
    # beside it 0.1·0.5·1, then 0.1·0.5·0.85
    "adamw": (adamw(0.1, 0.5), [2.0, 1.0], [-0.15, -0.0932179 - 0.0425]),
    # then m 0.18/0.19, largest v still 0.004: /0.001999 = 2.0010005, root 1.4145673
    "amsgrad": (amsgrad(0.1), [2.0, 0.0], [-0.1, -0.0669723]),
}


@pytest.mark.parametrize("name", WORKED)
def test_first_steps_by_hand(name: str) -> None:
    """Are the first two steps those of a hand calculation?"""
    optimizer, gradients, expected = WORKED[name]
    assert steps_of(optimizer, gradients) == pytest.approx(expected, rel=2e-6)


def test_adadelta_by_hand() -> None:
    """Are Adadelta's first two steps, with the old delta_cache, those worked by hand?"""
    # cache 0.05·4 = 0.2: Δ = −√1e-6/√0.200001·2 = −0.004472125; delta_cache = 0.05·Δ² = 1e-6.
    # cache 0.19 + 0.05 = 0.24: Δ = −√2e-6/√0.240001·1 = −0.002886739
    assert steps_of(adadelta(), [2.0, 1.0]) == pytest.approx([-0.004472125, -0.00288674], rel=3e-6)


def test_adadelta_has_no_units() -> None:
    """Does a loss in other units leave Adadelta's steps alone, but for the small eps?"""
    steps, scaled = (steps_of(adadelta(), [k * g for g in (2.0, 1.0, 3.0)]) for k in (1, 1000))
    assert scaled == pytest.approx(steps, rel=1e-4)


def test_without_correction_the_first_step_is_too_long() -> None:
    """Is lr·(1−β₁)/√(1−β₂) ≈ 3.16·lr what Adam's correction takes back to lr?"""
    assert steps_of(adam(0.01), [0.3]) == pytest.approx([-0.01], rel=1e-6)
    uncorrected = 0.01 * 0.1 * 0.3 / np.sqrt(0.001 * 0.3**2)
    assert uncorrected == pytest.approx(0.0316, rel=1e-2)


def test_eps_stands_outside_the_root() -> None:
    """With a gradient as small as eps, is the step lr·g/(|g| + eps)?"""
    for make in (adam, adagrad, amsgrad):
        assert steps_of(make(0.1, eps=1e-8), [1e-8]) == pytest.approx([-0.05])


def test_adagrad_s_rate_vanishes() -> None:
    """Under a constant gradient, is the t-th step lr/√t?"""
    steps = steps_of(adagrad(0.1), [3.0] * 100)
    assert steps == pytest.approx(-0.1 / np.sqrt(np.arange(1, 101)))


def test_decay_does_not_pass_through_the_moments() -> None:
    """With a zero gradient, does AdamW shrink x by 1 − lr·weight_decay, and Adam leave it?"""
    assert steps_of(adamw(0.1, 0.5), [0.0, 0.0], x=2.0) == pytest.approx([-0.1, -0.095])
    assert steps_of(adam(0.1), [0.0], x=2.0) == [0.0]


def test_amsgrad_repairs_the_counterexample() -> None:
    """On Reddi's sequence, gradient C every third step and −1 else, does Adam go the wrong way?"""

    def end(optimizer: Optimizer[Any]) -> float:
        x = np.array(0.0)
        state = optimizer.init(x)
        for t in range(3000):
            gradient = np.array(3.0 if t % 3 == 0 else -1.0)  # mean 1/3: x should fall to −1
            step, state = optimizer.update(gradient, state, x)
            x = np.clip(x + step, -1, 1)
        return float(x)

    beta2 = 1 / (1 + 3.0**2)  # the theorem's: 1/(1 + C²), with beta1 = 0
    assert end(adam(0.01, beta1=0.0, beta2=beta2)) > 0.9
    assert end(amsgrad(0.01, beta1=0.0, beta2=beta2)) < -0.9


@pytest.mark.parametrize("name", ALL)
def test_any_shape_and_nothing_changed(name: str) -> None:
    """Does a step take any shape, leave its arguments alone, and say when shapes differ?"""
    optimizer = ALL[name]()
    x, gradient = np.ones((2, 3)), np.full((2, 3), 0.5)
    state = optimizer.init(x)
    before = [np.copy(part) for part in state]
    step, after = optimizer.update(gradient, state, x)
    assert step.shape == (2, 3)
    assert (x == 1).all()
    assert (gradient == 0.5).all()
    assert all(np.array_equal(old, part) for old, part in zip(before, state, strict=True))
    assert after.t == 1
    with pytest.raises(ValueError, match=r"\(3,\), x \(2, 3\)"):
        optimizer.update(np.ones(3), state, x)


def test_schedule_counts_from_zero() -> None:
    """Is a scheduled lr asked for step 0, 1, 2?"""
    asked: list[int] = []

    def lr(t: int) -> float:
        asked.append(t)
        return 0.1 / (t + 1)

    steps = steps_of(adam(lr), [1.0, 1.0, 1.0])
    assert asked == [0, 1, 2]
    assert steps == pytest.approx([-0.1, -0.05, -0.1 / 3], rel=1e-6)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: adam(0.0), "lr is 0"),
        (lambda: adam(0.1, beta1=1.0), "beta1 is 1"),
        (lambda: amsgrad(0.1, beta2=-0.1), "beta2 is -0.1"),
        (lambda: rmsprop(0.1, decay=1.5), "decay is 1.5"),
        (lambda: adadelta(rho=1.0), "rho is 1"),
        (lambda: adagrad(0.1, eps=0.0), "eps is 0"),
        (lambda: adamw(0.1, -1.0), "weight_decay is -1"),
    ],
)
def test_wrong_constants_are_told_at_once(make: Callable[[], object], told: str) -> None:
    """Is a constant outside its range refused where it is written?"""
    with pytest.raises(ValueError, match=told):
        make()
