"""Problem set 6: does it tell right from wrong, and say which wrong it is?"""

from __future__ import annotations

import json

import numpy as np
import pytest

from tools.common import ROOT
from tools.rehearsal import Rehearsal

TORCH = np.load(ROOT / "tests" / "lossland" / "torch-trajectories.npz")
KEPT = json.loads(str(TORCH["about"]))["kept"]


def gradient(x: np.ndarray) -> np.ndarray:
    """Of the Rosenbrock function."""
    a, b = x
    return np.array([-2 * (1 - a) - 400 * a * (b - a**2), 200 * (b - a**2)])


@pytest.mark.parametrize(
    ("run", "function", "states", "constants"),
    [
        ("adagrad", "adagrad_step", 1, (0.05,)),
        ("rmsprop", "rmsprop_step", 1, (0.004,)),
        ("adadelta", "adadelta_step", 2, ()),
        ("adam", "adam_step", 2, (0.01,)),
        ("adamw", "adamw_step", 2, (0.01, 0.01)),
    ],
)
def test_steps_are_torch_s(
    ada_set: Rehearsal, run: str, function: str, states: int, constants: tuple[float, ...]
) -> None:
    """Does each solution walk Rosenbrock's valley as torch.optim did, to ten digits?"""
    x, state = np.array([-1.2, 1.0]), [np.zeros(2)] * states
    path = [x]
    for t in range(1, KEPT[-1] + 1):
        number = (t,) if function.startswith("adam") else ()
        made = ada_set.reference[function](x, *state, *number, gradient(x), *constants)
        x, state = made[0], list(made[1:])
        path.append(x)
    recorded = TORCH[f"run/{run} on rosenbrock"]
    np.testing.assert_allclose(np.array(path)[KEPT], recorded, rtol=1e-10)


def test_ewma_is_the_weighted_mean(ada_set: Rehearsal) -> None:
    """Is the corrected average NumPy's mean with the weights beta**age?"""
    values = [4, -2, 7, 1, 3]
    got = ada_set.reference["ewma"](values, 0.7)
    for t in range(1, 6):
        weights = 0.7 ** np.arange(t)[::-1]
        assert got[t - 1] == pytest.approx(np.average(values[:t], weights=weights), rel=1e-14)


def test_numbers_of_the_written_answer(ada_set: Rehearsal) -> None:
    """Are 3.16 lr, 6.6 lr at about step 12, 0.56 and step 4,613 right?"""
    t = np.arange(1, 6000)
    without = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
    assert without[0] == pytest.approx(0.1 / np.sqrt(0.001)) == pytest.approx(3.162, abs=1e-3)
    assert without.max() == pytest.approx(6.6, abs=0.05)
    assert t[without.argmax()] in range(11, 17)
    assert (1 / np.sqrt(0.1)) / np.sqrt(1 / np.sqrt(0.001)) == pytest.approx(0.562, abs=1e-3)
    assert t[1 / (1 - 0.999**t) < 1.01][0] == 4613
    (answer,) = (c.source for c in ada_set.notebook.cells if c.id == "written-correction")
    assert all(number in answer for number in ("3.16", "6.6", "0.56", "4{,}613"))


@pytest.mark.parametrize(("size", "far"), [(1e-2, 4.9e-5), (1e-3, 4.95e-3)])
def test_where_eps_stands_can_be_seen(ada_set: Rehearsal, size: float, far: float) -> None:
    """Does eps inside the root change Adam's first step by the worked share?"""
    outside, inside = (
        function(0.0, 0.0, 0.0, 1, size, 1.0)[0]
        for function in (ada_set.reference["adam_step"], ada_set.mistake("adam_eps_inside").call)
    )
    assert abs(inside / outside - 1) == pytest.approx(far, rel=0.03)


def test_decay_of_the_moved_x_can_be_seen(ada_set: Rehearsal) -> None:
    """Does it move x by lr²·weight_decay·(Adam's unit step) beside the right one?"""
    right, wrong = (
        function(1.0, 0.0, 0.0, 1, 2.0, 0.1, 0.5)[0]
        for function in (
            ada_set.reference["adamw_step"],
            ada_set.mistake("adamw_decays_moved").call,
        )
    )
    assert wrong - right == pytest.approx(0.1**2 * 0.5, rel=1e-7)


def test_a_wrong_step_is_found_behind_the_others(ada_set: Rehearsal) -> None:
    """Do questions 6 and 7 name the mistake of question 5 when they call the wrong step?"""
    wrong = ada_set.mistake("adam_uncorrected")
    adamw = (
        "def adamw_step(x, m, v, t, grad, lr, decay, beta1=0.9, beta2=0.999, eps=1e-8):\n"
        "    new, m, v = adam_step(x, m, v, t, grad, lr, beta1, beta2, eps)\n"
        "    return new - lr * decay * x, m, v\n"
    )
    train = (
        "def train_adam(loss_and_gradient, x, lr, steps, beta1=0.9, beta2=0.999, eps=1e-8):\n"
        "    m, v, losses = 0 * x, 0 * x, []\n"
        "    for k in range(steps):\n"
        "        loss, grad = loss_and_gradient(x)\n"
        "        losses.append(loss)\n"
        "        x, m, v = adam_step(x, m, v, k + 1, grad, lr, beta1, beta2, eps)\n"
        "    return np.array(losses + [loss_and_gradient(x)[0]])\n"
    )
    answers = {"adam_step": wrong.source_cell(), "adamw_step": adamw, "train_adam": train}
    told = {
        test: ada_set.run(test, answers, diagnosing=True).diagnosis
        for test in ("test_adam_step", "test_adamw_step", "test_train_adam")
    }
    assert told["test_adam_step"] == wrong.text
    assert wrong.text in told["test_adamw_step"]
    assert wrong.text.rstrip(".") in told["test_train_adam"]


def test_curves_are_shown_over_their_bands(ada_set: Rehearsal) -> None:
    """Does a right run leave two curves, each inside its band, and a wrong run one outside?"""
    shown = ada_set.run("test_train_adam", {}).evidence
    assert len(shown) == 2
    for one in shown:
        assert (np.array(one.low) <= one.got).all()
        assert (one.got <= np.array(one.high)).all()
    wrong = ada_set.mistake("train_gradient_descent")
    shown = ada_set.run(
        "test_train_adam", {"train_adam": wrong.source_cell()}, hidden_only=True
    ).evidence
    got, high = np.array(shown[0].got), np.array(shown[0].high)
    assert ((got < shown[0].low) | (got > high)).any()


def test_alternatives_keep_their_distance_on_long_runs(ada_set: Rehearsal) -> None:
    """Do right programs agree to nine digits after 60 steps, where nothing compares them?"""
    bowl = np.geomspace(1.0, 30.0, 6)

    def loss_and_gradient(x: np.ndarray) -> tuple[float, np.ndarray]:
        return float(0.5 * np.sum(bowl * x**2)), bowl * x

    runs = [ada_set.reference["train_adam"]] + [
        entry.call for entry in ada_set.catalogue.alternatives_of("train_adam")
    ]
    ends = [run(loss_and_gradient, np.linspace(1, 2, 6), 0.1, 60)[-1] for run in runs]
    np.testing.assert_allclose(ends, ends[0], rtol=1e-9)
