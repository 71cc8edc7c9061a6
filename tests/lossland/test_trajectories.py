"""Do the optimizers walk where torch.optim walked? Its trajectories are recorded, torch is absent.

``tools/record_trajectories.py`` made the file: losses, gradients and steps are torch's there, and
all of it is ``lossland``'s here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from lossland.adaptive import Cache, adadelta, adagrad, adam, adamw, amsgrad, rmsprop
from lossland.losses import cross_entropy, quadratic, squared_error
from lossland.methods import METHODS
from lossland.networks import loss_and_gradient
from lossland.optimizers import (
    Optimizer,
    gradient_descent,
    momentum,
    nesterov,
    velocity_from_buffer,
)
from lossland.surfaces import rosenbrock

Array = NDArray[np.float64]
Gradient = Callable[[Array, int], Array]

RECORDED = dict(np.load(Path(__file__).with_name("torch-trajectories.npz")))
ABOUT = json.loads(str(RECORDED["about"]))
KEPT = ABOUT["kept"]
STEPS = KEPT[-1]
WALKED = [run for run in ABOUT["runs"] if " on " in run]
RECORDED_METHODS = (
    "gradient descent", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam", "adamw",
    "amsgrad",
)  # fmt: skip
AGREE = 1e-12
"""Relative to the scale of x: the largest entry of the path."""


class Problem(NamedTuple):
    """gradient(x, t) in step t, counted from 0; the start of all runs."""

    gradient: Gradient
    start: Array


def data(name: str) -> Any:
    return RECORDED[f"data/{name}"]


def logistic(x: Array, t: int) -> Array:
    W = x.reshape(5, 3)
    _, pull = cross_entropy(data("logistic_X") @ W, data("logistic_y"))
    return (data("logistic_X").T @ pull + 2 * 0.01 * W).ravel()


def network(x: Array, t: int) -> Array:
    def output_loss(outputs: Array) -> tuple[float, Array]:
        return squared_error(outputs, data("network_targets"))

    widths = tuple(data("network_widths"))
    return loss_and_gradient(x, widths, data("network_X"), output_loss, "tanh")[1]


def sparse(x: Array, t: int) -> Array:
    batch = data("sparse_batches")[t]
    X, targets = data("sparse_X")[batch], data("sparse_targets")[batch]
    return X.T @ squared_error(X @ x, targets)[1]


BOWL = quadratic(data("quadratic_hessian"), data("quadratic_minimum"))
GRADIENTS: dict[str, Gradient] = {
    "quadratic": lambda x, t: BOWL(x)[1],
    "flat": lambda x, t: 1e-8 * (x + 1),
    "rosenbrock": lambda x, t: rosenbrock().gradient(x),
    "logistic": logistic,
    "network": network,
    "sparse": sparse,
}
PROBLEMS = {name: Problem(f, data(f"{name}_start")) for name, f in GRADIENTS.items()}


def ours(run: str) -> Optimizer[Any]:
    """The optimizer with the constants that torch's call had, which writes out all but defaults."""
    about = ABOUT["runs"][run]
    given = dict(about["arguments"])
    change, later = about["change"], about["later"]
    first = given.pop("lr", None)
    lr: Any = (lambda t: later if t >= change else first) if change < STEPS else first
    if about["optimizer"] == "SGD":
        mu, ahead = given.get("momentum", 0.0), given.get("nesterov", False)
        return nesterov(lr, mu) if ahead else momentum(lr, mu) if mu else gradient_descent(lr)
    if about["optimizer"] == "Adagrad":
        return adagrad(lr, given.get("eps", 1e-10))
    if about["optimizer"] == "Adadelta":
        return adadelta(lr or 1.0, given.get("rho", 0.9), given.get("eps", 1e-6))
    if about["optimizer"] == "RMSprop":
        return rmsprop(lr, given.get("alpha", 0.99), given.get("eps", 1e-8))
    betas, eps = given.get("betas", (0.9, 0.999)), given.get("eps", 1e-8)
    if about["optimizer"] == "AdamW":
        return adamw(lr, given["weight_decay"], *betas, eps)
    return (amsgrad if given.get("amsgrad") else adam)(lr, *betas, eps)


def walk(
    optimizer: Optimizer[Any],
    problem: Problem,
    *,
    state: Any = None,
    at_step: Callable[[int, Any], Any] = lambda t, state: state,
) -> Array:
    """The points at the steps KEPT; ``at_step(t, state)`` may replace the state before step t."""
    x = problem.start
    state = optimizer.init(x) if state is None else state
    points = [x]
    for t in range(STEPS):
        state = at_step(t, state)
        step, state = optimizer.update(problem.gradient(x, t), state, x)
        x = x + step
        points.append(x)
    return np.array(points)[KEPT]


def apart(run: str, points: Array) -> Array:
    """How far the points are from torch's at the steps KEPT, relative to the path's scale."""
    torch = RECORDED[f"run/{run}"]
    return np.asarray(np.abs(points - torch).max(axis=1) / np.abs(torch).max())


def problem_of(run: str) -> Problem:
    return PROBLEMS[ABOUT["runs"][run]["problem"]]


# -- where the definitions coincide ----------------------------------------------------------


def test_the_record_is_complete() -> None:
    """Nine methods, five problems or more, 200 steps or more, and the version that walked?"""
    assert len(PROBLEMS) >= 5
    assert STEPS >= 200
    assert set(WALKED) == {f"{m} on {p}" for m in RECORDED_METHODS for p in PROBLEMS}
    assert set(RECORDED_METHODS) <= set(METHODS)
    assert set(ABOUT["versions"]) == {"torch", "numpy", "python"}


@pytest.mark.parametrize("run", WALKED)
def test_walks_where_torch_walked(run: str) -> None:
    """Does the method walk torch's path, each with its own gradients, to twelve digits?"""
    path = walk(ours(run), problem_of(run))
    assert apart(run, path).max() < AGREE
    assert np.abs(path[-1] - path[0]).max() > 1e4 * AGREE * np.abs(path).max(), "nothing moved"


SAME = [
    "adam, lr falls",
    "adagrad, defaults",
    "adadelta, defaults",
    "adadelta, half of each step",
    "rmsprop, defaults",
    "adamw, strong decay",
    "adam, other betas",
]


@pytest.mark.parametrize("run", SAME)
def test_walks_where_torch_walked_with_its_constants(run: str) -> None:
    """Given torch's own constants, is the path torch's?"""
    assert apart(run, walk(ours(run), problem_of(run))).max() < AGREE


def test_rmsprop_jumps_about_the_minimum() -> None:
    """Once it has arrived, do roundings grow, and stay as small as its jumps of about lr?"""
    run = "rmsprop, arrived"
    distance = apart(run, walk(ours(run), problem_of(run)))
    assert distance[np.array(KEPT) <= 100].max() < AGREE
    assert 1e-6 < distance.max() * np.abs(RECORDED[f"run/{run}"]).max() < 0.02


# -- where they differ -----------------------------------------------------------------------


@pytest.mark.parametrize("run", ["momentum, lr falls", "nesterov, lr falls"])
def test_momentum_parts_from_torch_when_lr_changes(run: str) -> None:
    """Is the path torch's until lr falls, and again if the velocity is rescaled there?

    torch's buffer holds gradients alone, ours v = −lr·buf holds the lr of their time.
    """
    about = ABOUT["runs"][run]
    change, later, first = about["change"], about["later"], about["arguments"]["lr"]
    distance = apart(run, walk(ours(run), problem_of(run)))
    before = np.array(KEPT) <= change
    assert distance[before].max() < AGREE
    assert distance[~before].min() > 1e-3

    def rescaled(t: int, state: Any) -> Any:
        if t != change:
            return state
        return state._replace(v=velocity_from_buffer(-state.v / first, later))

    assert apart(run, walk(ours(run), problem_of(run), at_step=rescaled)).max() < AGREE


def test_nesterov_s_x_is_the_point_ahead() -> None:
    """Is torch's x where the look-ahead form asks for the gradient, and not its position?"""
    run = "nesterov on network"
    lr, mu = ABOUT["runs"][run]["arguments"]["lr"], 0.9
    problem = problem_of(run)
    z, v = problem.start, np.zeros_like(problem.start)
    ahead, positions = [z], [z]
    for t in range(STEPS):
        v = mu * v - lr * problem.gradient(z + mu * v, t)
        z = z + v
        ahead.append(z + mu * v)
        positions.append(z)
    assert apart(run, np.array(ahead)[KEPT]).max() < AGREE
    assert apart(run, np.array(positions)[KEPT])[1:21].min() > 1e-4


def test_adagrad_s_cache_may_start_above_zero() -> None:
    """Is torch's initial_accumulator_value our first state's cache, and another path than 0's?"""
    run = "adagrad, a cache to start from"
    optimizer, problem = ours(run), problem_of(run)
    full = Cache(0, np.full_like(problem.start, 0.1))
    assert apart(run, walk(optimizer, problem, state=full)).max() < AGREE
    assert apart(run, walk(optimizer, problem))[1] > 1e-3


def test_adagrad_s_eps_decides_where_gradients_are_as_small() -> None:
    """With gradients of 1e-8, do torch's eps = 1e-10 and our 1e-8 differ by a factor near 2?"""
    run = "adagrad, defaults"
    problem = problem_of(run)
    first = walk(adagrad(0.1), problem)[1] - problem.start
    torch = RECORDED[f"run/{run}"][1] - problem.start
    size = np.abs(problem.gradient(problem.start, 0))
    np.testing.assert_allclose(torch / first, (size + 1e-8) / (size + 1e-10), rtol=1e-9)
    assert (torch / first).max() > 1.4


@pytest.mark.parametrize(
    ("run", "make"),
    [
        ("adadelta, defaults", adadelta),
        ("rmsprop, defaults", lambda: rmsprop(0.001)),
    ],
    ids=["adadelta", "rmsprop"],
)
def test_defaults_are_the_papers_and_not_torch_s(
    run: str, make: Callable[[], Optimizer[Any]]
) -> None:
    """Do Adadelta's 0.95 (torch: 0.9) and RMSprop's 0.9 (torch: 0.99) part from torch at once?"""
    assert apart(run, walk(make(), problem_of(run)))[1] > 1e-5


def test_adadelta_s_eps_stands_inside_the_roots() -> None:
    """Is torch's first step √eps/√((1−rho)·g² + eps)·g, far longer than with eps outside?"""
    run = "adadelta on logistic"
    problem = problem_of(run)
    g = problem.gradient(problem.start, 0)
    torch = RECORDED[f"run/{run}"][1] - problem.start
    np.testing.assert_allclose(torch, -np.sqrt(1e-6) / np.sqrt(0.05 * g**2 + 1e-6) * g, rtol=1e-9)
    outside = -(0 + 1e-6) / (np.sqrt(0.05 * g**2) + 1e-6) * g
    assert np.abs(outside / torch).max() < 0.01


def test_adam_s_eps_stands_outside_the_root() -> None:
    """With gradients of 1e-8, is torch's first step lr·g/(|g| + eps), a half of lr?"""
    problem = PROBLEMS["flat"]
    g = problem.gradient(problem.start, 0)
    for method in ("adam", "amsgrad"):
        torch = RECORDED[f"run/{method} on flat"][1] - problem.start
        np.testing.assert_allclose(torch, -0.02 * g / (np.abs(g) + 1e-8), rtol=1e-9)
        assert np.abs(-0.02 * g / np.sqrt(g**2 + 1e-8) / torch).max() < 1e-3


def test_a_decay_in_the_gradient_is_not_adamw() -> None:
    """Is torch's Adam(weight_decay) our adam on g + weight_decay·x, and not our adamw?"""
    run = "adam, decay in the gradient"
    problem = problem_of(run)
    penalised = Problem(lambda x, t: problem.gradient(x, t) + 0.1 * x, problem.start)
    assert apart(run, walk(adam(0.02), penalised)).max() < AGREE
    assert apart(run, walk(adamw(0.02, 0.1), problem)).max() > 1e-2
