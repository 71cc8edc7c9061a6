"""Record where torch.optim walks: tests/lossland/torch-trajectories.npz.

    python tools/record_trajectories.py [FILE]

Needs torch and NumPy and nothing else; run it in an environment of its own, since the project does
not depend on torch. The tests read the file alone. Losses are written here in torch, their
gradients are torch's automatic ones and the steps are ``torch.optim``'s own, all in float64: not a
line of it is shared with ``lossland``.

The file holds the data of the problems (fixed draws, so nobody needs the generator again), the
points of every run at the steps KEPT, and ``about``: versions, and for each run its problem, the
optimizer with its arguments, and the step from which lr is another one, if it changes.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.nn import functional

FILE = Path(__file__).parents[1] / "tests" / "lossland" / "torch-trajectories.npz"
STEPS = 250
KEPT = [t for t in range(STEPS + 1) if t <= 20 or t % 5 == 0]
REG = 0.01


class Problem(NamedTuple):
    """loss(x, t) at the point x in step t, counted from 0, and where the runs start."""

    loss: Callable[[torch.Tensor, int], torch.Tensor]
    start: np.ndarray


class Run(NamedTuple):
    """One optimizer on one problem; in step ``change`` and later lr is ``later``."""

    problem: str
    optimizer: str
    arguments: dict[str, Any]
    change: int = STEPS
    later: float = 0.0


def data() -> dict[str, np.ndarray]:
    """The numbers behind the problems, drawn once and kept in the file."""
    rng = np.random.default_rng(20_150_507)
    axes, _ = np.linalg.qr(rng.standard_normal((6, 6)))
    hessian = axes * np.geomspace(0.01, 100, 6) @ axes.T  # condition number 10,000
    y = rng.choice(3, size=60, p=[0.6, 0.3, 0.1])
    X = np.hstack([rng.standard_normal((60, 4)) * [1, 3, 0.3, 1], np.ones((60, 1))])
    X[:, 0] += y
    inputs = rng.uniform(-2, 2, (40, 3))
    targets = np.column_stack([np.sin(2 * inputs[:, 0]), inputs[:, 1] * inputs[:, 2]])
    # A feature is there in a half, a quarter … a 1/32 of the rows: rare ones see few gradients.
    there = rng.random((64, 10)) < 0.5 ** np.arange(1, 6).repeat(2)
    features = rng.standard_normal((64, 10)) * there
    responses = features @ rng.standard_normal(10) + 0.3 * rng.standard_normal(64)
    return {
        "quadratic_hessian": (hessian + hessian.T) / 2,
        "quadratic_minimum": rng.standard_normal(6),
        "quadratic_start": rng.standard_normal(6),
        "flat_start": rng.standard_normal(6),
        "rosenbrock_start": np.array([-1.2, 1.0]),
        "logistic_X": X,
        "logistic_y": y,
        "logistic_start": 0.1 * rng.standard_normal(15),
        "network_X": inputs,
        "network_targets": targets,
        "network_widths": np.array([3, 4, 2]),
        "network_start": 0.5 * rng.standard_normal(26),
        "sparse_X": features,
        "sparse_targets": responses,
        "sparse_batches": rng.integers(0, 64, (STEPS, 4)),
        "sparse_start": rng.standard_normal(10),
    }


def problems(made: dict[str, np.ndarray]) -> dict[str, Problem]:
    """The losses, in torch."""
    tensors = {name: torch.tensor(array) for name, array in made.items()}

    def quadratic(x: torch.Tensor, t: int) -> torch.Tensor:
        e = x - tensors["quadratic_minimum"]
        return 0.5 * e @ tensors["quadratic_hessian"] @ e

    def flat(x: torch.Tensor, t: int) -> torch.Tensor:
        """Gradients as small as eps: where eps stands decides the path."""
        return 1e-8 * (0.5 * x @ x + x.sum())

    def rosenbrock(x: torch.Tensor, t: int) -> torch.Tensor:
        return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2

    def logistic(x: torch.Tensor, t: int) -> torch.Tensor:
        scores = tensors["logistic_X"] @ x.reshape(5, 3)
        return functional.cross_entropy(scores, tensors["logistic_y"]) + REG * (x**2).sum()

    def network(x: torch.Tensor, t: int) -> torch.Tensor:
        hidden = torch.tanh(tensors["network_X"] @ x[:12].reshape(3, 4) + x[12:16])
        outputs = hidden @ x[16:24].reshape(4, 2) + x[24:]
        return functional.mse_loss(outputs, tensors["network_targets"])

    def sparse(x: torch.Tensor, t: int) -> torch.Tensor:
        batch = tensors["sparse_batches"][t]
        outputs = tensors["sparse_X"][batch] @ x
        return functional.mse_loss(outputs, tensors["sparse_targets"][batch])

    losses = (quadratic, flat, rosenbrock, logistic, network, sparse)
    return {f.__name__: Problem(f, made[f"{f.__name__}_start"]) for f in losses}


# RMSprop's rates are so small that it does not arrive within the steps: from then on it jumps about
# the minimum, a rounding grows fourfold in a step, and no two programs agree for long.
MOMENTUM = {"momentum": 0.9}
NESTEROV = {"momentum": 0.9, "nesterov": True}
RATES = {
    #             SGD, momentum, Nesterov; Adagrad; RMSprop; Adam and its relatives
    "quadratic": (0.015, 0.005, 0.004, 0.3, 0.001, 0.02),
    "flat": (1e7, 2e6, 2e6, 0.1, 0.01, 0.02),
    "rosenbrock": (5e-4, 1e-4, 1e-4, 0.05, 0.004, 0.01),
    "logistic": (0.1, 0.02, 0.02, 0.1, 0.001, 0.02),
    "network": (0.2, 0.05, 0.05, 0.1, 0.0004, 0.01),
    "sparse": (0.1, 0.02, 0.02, 0.3, 0.01, 0.03),
}


def runs() -> dict[str, Run]:
    """The nine methods of ``lossland.methods`` on every problem, then where definitions differ.

    Where a constant is not torch's default, it is written out.
    """
    found: dict[str, Run] = {}
    for problem, (plain, heavy, ahead, adagrad, rmsprop, adam) in RATES.items():
        for method, optimizer, arguments in (
            ("gradient descent", "SGD", {"lr": plain}),
            ("momentum", "SGD", {"lr": heavy, **MOMENTUM}),
            ("nesterov", "SGD", {"lr": ahead, **NESTEROV}),
            ("adagrad", "Adagrad", {"lr": adagrad, "eps": 1e-8}),
            ("adadelta", "Adadelta", {"lr": 1.0, "rho": 0.95, "eps": 1e-6}),
            ("rmsprop", "RMSprop", {"lr": rmsprop, "alpha": 0.9, "eps": 1e-8}),
            ("adam", "Adam", {"lr": adam}),
            ("adamw", "AdamW", {"lr": adam, "weight_decay": 0.01}),
            ("amsgrad", "Adam", {"lr": adam, "amsgrad": True}),
        ):
            found[f"{method} on {problem}"] = Run(problem, optimizer, arguments)
    found |= {
        # lr falls to a tenth in step 100: the two forms of momentum part there.
        "momentum, lr falls": Run("rosenbrock", "SGD", {"lr": 1e-4, **MOMENTUM}, 100, 1e-5),
        "nesterov, lr falls": Run("rosenbrock", "SGD", {"lr": 1e-4, **NESTEROV}, 100, 1e-5),
        "adam, lr falls": Run("rosenbrock", "Adam", {"lr": 0.01}, 100, 0.001),
        # torch's defaults, where they are not the paper's or the book's
        "adagrad, defaults": Run("flat", "Adagrad", {"lr": 0.1}),
        "adadelta, defaults": Run("logistic", "Adadelta", {}),
        "rmsprop, defaults": Run("logistic", "RMSprop", {"lr": 0.001}),
        "rmsprop, arrived": Run("logistic", "RMSprop", {"lr": 0.004, "alpha": 0.9}),
        # what torch can do besides
        "adagrad, a cache to start from": Run(
            "logistic", "Adagrad", {"lr": 0.1, "eps": 1e-8, "initial_accumulator_value": 0.1}
        ),
        "adadelta, half of each step": Run(
            "logistic", "Adadelta", {"lr": 0.5, "rho": 0.95, "eps": 1e-6}
        ),
        "adam, decay in the gradient": Run("logistic", "Adam", {"lr": 0.02, "weight_decay": 0.1}),
        "adamw, strong decay": Run("logistic", "AdamW", {"lr": 0.02, "weight_decay": 1.0}),
        "adam, other betas": Run("sparse", "Adam", {"lr": 0.03, "betas": [0.6, 0.95], "eps": 1e-3}),
    }
    return found


def walk(run: Run, problem: Problem) -> np.ndarray:
    """The points of the run at the steps KEPT, (len(KEPT), d)."""
    x = torch.tensor(problem.start, requires_grad=True)
    optimizer = getattr(torch.optim, run.optimizer)([x], **run.arguments)
    points = [x.detach().numpy().copy()]
    for t in range(STEPS):
        if t == run.change:
            optimizer.param_groups[0]["lr"] = run.later
        optimizer.zero_grad()
        problem.loss(x, t).backward()
        optimizer.step()
        points.append(x.detach().numpy().copy())
    return np.array(points)[KEPT]


def main() -> None:
    """Record all runs and write the file."""
    torch.set_num_threads(1)
    made = data()
    landscapes, recorded = problems(made), runs()
    walked = {name: walk(run, landscapes[run.problem]) for name, run in recorded.items()}
    bad = [name for name, points in walked.items() if not np.isfinite(points).all()]
    if bad:
        sys.exit(f"not finite: {', '.join(bad)}")
    about = {
        "versions": {
            "torch": torch.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
        "kept": KEPT,
        "runs": {name: run._asdict() for name, run in recorded.items()},
    }
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    arrays = {f"data/{name}": array for name, array in made.items()}
    arrays |= {f"run/{name}": points for name, points in walked.items()}
    np.savez_compressed(path, allow_pickle=False, about=np.array(json.dumps(about)), **arrays)
    print(f"{len(walked)} runs of {STEPS} steps in {path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
