"""Every optimizer on every surface."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lossland.experiment import Outcome, minimise
from lossland.optimizers import Optimizer, gradient_descent, momentum, nesterov
from lossland.surfaces import SURFACES, Surface, nesterov_worst, quadratic_bowl

METHODS: dict[str, Callable[[float], Optimizer[Any]]] = {
    "gradient descent": gradient_descent,
    "momentum": lambda lr: momentum(lr, 0.9),
    "nesterov": lambda lr: nesterov(lr, 0.9),
}
# (surface, learning rate about 1/λ_max on the way, steps that bring gradient descent within 1e-3)
CASES: dict[str, tuple[Surface, float, int]] = {
    "bowl": (SURFACES["bowl"], 0.1, 200),
    "rotated bowl": (SURFACES["rotated bowl"], 0.1, 200),
    "Rosenbrock": (SURFACES["Rosenbrock"], 1e-3, 20_000),
    "saddle": (SURFACES["saddle"], 0.3, 200),
    "Beale": (SURFACES["Beale"], 0.01, 4_000),
    "two minima": (SURFACES["two minima"], 0.1, 400),
    "pathological curvature": (SURFACES["pathological curvature"], 0.4, 1_500),
    "steep optimum": (SURFACES["steep optimum"], 0.03, 1_500),
    "bowl in five dimensions": (quadratic_bowl(20.0, angle=0.3, dim=5), 0.05, 400),
    "worst function": (nesterov_worst(5, eig_min=0.05), 1.0, 400),
}


def test_no_surface_is_forgotten() -> None:
    """Is every named surface among the cases?"""
    assert set(SURFACES) <= set(CASES)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", CASES)
def test_arrives(name: str, method: str) -> None:
    """Does the method arrive at one of the surface's known minima?"""
    surface, lr, steps = CASES[name]
    trace = minimise(surface.loss_and_gradient, surface.start, METHODS[method](lr), steps)
    assert trace.outcome is Outcome.FINISHED
    distance = min(np.linalg.norm(trace.x[-1] - minimum) for minimum in surface.minima)
    assert distance < 1e-3
    assert trace.gradient_norm[-1] < 1e-3
    assert trace.loss[-1] < trace.loss[0]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["bowl", "rotated bowl", "Rosenbrock", "Beale"])
def test_diverges_with_advice(name: str, method: str) -> None:
    """Does a learning rate a hundred times too large end in advice, not in an exception?"""
    surface, lr, _ = CASES[name]
    trace = minimise(surface.loss_and_gradient, surface.start, METHODS[method](100 * lr), 2_000)
    assert trace.outcome is not Outcome.FINISHED
    assert "smaller learning rate" in trace.outcome.value
    assert np.isfinite(trace.loss).all()
    assert len(trace.loss) == len(trace.x) < 2_001
