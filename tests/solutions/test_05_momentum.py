"""Problem set 5: does it tell right from wrong, and say which wrong it is?"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from autograder.catalogue import Catalogue, Entry, load
from tests.solutions.rehearsal import Rehearsal, each_variant

ASSIGNMENT = "05-momentum"
CATALOGUE: Catalogue = load(Path(__file__).parents[2] / "solutions" / ASSIGNMENT)
FUNCTIONS = (
    "momentum_step",
    "nesterov_lookahead_step",
    "nesterov_step",
    "pytorch_step",
    "from_ewma",
    "optimal_momentum",
    "train_momentum",
)

# torch 2.13.0, float64, SGD(lr=0.1, momentum=0.8), loss ½·x₀² + 2·x₁² + x₀·x₁ from (1, −2):
# plain momentum with lr = 0.01 from the fourth step on, and nesterov=True with lr = 0.1.
TORCH_MOMENTUM = [
    (1.1, -1.3), (1.2, -0.33), (1.193, 0.458),
    (1.17593, 0.49079), (1.1456068, 0.4856311), (1.105035861, 0.450622668),
]  # fmt: skip
TORCH_NESTEROV = [
    (1.18, -0.74), (1.1648, 0.0284), (0.973064, 0.270608),
    (0.69127024, 0.19665712), (0.4055020672, 0.0359143264),
    (0.168466766912, -0.073296697984),
]  # fmt: skip


def torch_gradient(x: np.ndarray) -> np.ndarray:
    return np.array([x[0] + x[1], 4 * x[1] + x[0]])


def named(entry: Entry) -> str:
    return entry.name


# -- the source notebook itself ------------------------------------------------------------


def test_own_solution_gets_all_points(momentum_set: Rehearsal) -> None:
    """Do the instructor's solutions pass every test cell, for every variant of students?"""
    for _ in each_variant(ASSIGNMENT):
        failures = {test: momentum_set.run(test, {}).failure for test in momentum_set.tests}
        assert failures == dict.fromkeys(momentum_set.tests, "")


def test_points_and_questions(momentum_set: Rehearsal) -> None:
    """Does every function have its test cells, and the set its 20 + 5 points?"""
    assert momentum_set.catalogue.functions == FUNCTIONS
    tests = [momentum_set.tests_of(function) for function in FUNCTIONS]
    assert sorted(test for cells in tests for test in cells) == sorted(momentum_set.tests)
    assert all(1 <= len(cells) <= 2 for cells in tests)
    about = [cell.metadata.get("nbgrader", {}) for cell in momentum_set.notebook.cells]
    by_test = sum(cell["points"] for cell in about if cell.get("grade") and not cell["solution"])
    by_hand = sum(cell["points"] for cell in about if cell.get("grade") and cell["solution"])
    assert (by_test, by_hand) == (20, 5)


def test_pytorch_step_is_pytorchs(momentum_set: Rehearsal) -> None:
    """Does the solution of question 4 walk as torch.optim.SGD did, a change of lr included?"""
    x, buf = np.array([1.0, -2.0]), np.zeros(2)
    for step, expected in enumerate(TORCH_MOMENTUM):
        lr = 0.1 if step < 3 else 0.01
        x, buf = momentum_set.reference["pytorch_step"](x, buf, torch_gradient(x), lr, 0.8)
        np.testing.assert_allclose(x, expected, rtol=1e-12)


def test_both_nesterov_forms_are_pytorchs(momentum_set: Rehearsal) -> None:
    """Do the look-ahead points of questions 2 and 3 equal PyTorch's parameters?"""
    rearranged = x = np.array([1.0, -2.0])
    v_rearranged = v = np.zeros(2)
    for expected in TORCH_NESTEROV:
        rearranged, v_rearranged = momentum_set.reference["nesterov_step"](
            rearranged, v_rearranged, torch_gradient(rearranged), 0.1, 0.8
        )
        x, v = momentum_set.reference["nesterov_lookahead_step"](x, v, torch_gradient, 0.1, 0.8)
        np.testing.assert_allclose(rearranged, expected, rtol=1e-12)
        np.testing.assert_allclose(x + 0.8 * v, expected, rtol=1e-12)


def test_optimal_momentum_is_the_best(momentum_set: Rehearsal) -> None:
    """Does a fine grid of (lr, mu) hold no better pair for eigenvalues 1 and 25?"""

    def rate(lr: np.ndarray, mu: np.ndarray) -> np.ndarray:
        """Largest root of r² − (1 + mu − lr·λ)·r + mu over both eigenvalues."""
        rates = []
        for eig in (1.0, 25.0):
            half = (1 + mu - lr * eig) / 2
            root = np.sqrt((half**2 - mu).astype(complex))
            rates.append(np.maximum(np.abs(half + root), np.abs(half - root)))
        return np.maximum(*rates)

    lr, mu = momentum_set.reference["optimal_momentum"](1.0, 25.0)
    lrs, mus = np.meshgrid(np.linspace(0.02, 0.2, 181), np.linspace(0.0, 0.98, 197))
    best = rate(np.array(lr), np.array(mu))
    assert best == pytest.approx((5 - 1) / (5 + 1), rel=1e-6)
    assert rate(lrs, mus).min() >= best - 1e-6


def test_book_code_parts_at_the_first_step(momentum_set: Rehearsal) -> None:
    """Does the well-known error of question 3 part from the right sequence at step 1?"""
    (wrong,) = (entry for entry in CATALOGUE.mistakes if entry.name == "nesterov_velocity_first")
    start, rest, grad = np.array([1.0]), np.zeros(1), np.array([2.0])
    right, _ = momentum_set.reference["nesterov_step"](start, rest, grad, 0.1, 0.5)
    # By hand: −(1 + mu)·lr·grad = −0.3, and the book's mu²·v adds 0.25·(−0.2) = −0.05.
    assert right == pytest.approx(0.7)
    assert wrong.call(start, rest, grad, 0.1, 0.5)[0] == pytest.approx(0.65)


def test_notebook_runs_from_top_to_bottom(
    momentum_set: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Do all cells run by hand, hidden tests and pictures included, with no reference installed?"""
    import sys
    from types import ModuleType

    import matplotlib.pyplot as plt

    notebook = ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", notebook)
    figures = 0
    for cell in momentum_set.notebook.cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, cell.id, "exec"), vars(notebook))
            figures += len(plt.get_fignums())
            plt.close("all")
    assert figures == 5


# -- mistakes and alternatives -------------------------------------------------------------


def test_there_are_enough_entries() -> None:
    """Has every function six mistakes or more, and three alternatives or more?"""
    assert all(len(CATALOGUE.mistakes_of(function)) >= 6 for function in FUNCTIONS)
    assert all(len(CATALOGUE.alternatives_of(function)) >= 3 for function in FUNCTIONS)
    texts = [(entry.function, entry.text) for entry in CATALOGUE.mistakes]
    assert len(set(texts)) == len(texts), "two mistakes of one function must not sound the same"


@pytest.mark.parametrize("entry", CATALOGUE.alternatives, ids=named)
def test_alternative_gets_all_points(
    momentum_set: Rehearsal, excesses: list[float], entry: Entry
) -> None:
    """Does a right solution written differently pass, a hundredfold inside every tolerance?"""
    for _ in each_variant(ASSIGNMENT):
        for test in momentum_set.tests_of(entry.function):
            assert momentum_set.run(test, {entry.function: entry.source_cell()}).failure == ""
    assert max(excesses) < 0.01


@pytest.mark.parametrize("entry", CATALOGUE.mistakes, ids=named)
def test_mistake_loses_points(momentum_set: Rehearsal, excesses: list[float], entry: Entry) -> None:
    """Does a mistake fail the hidden tests, its numbers a hundredfold beyond the tolerance?"""
    for _ in each_variant(ASSIGNMENT):
        kinds = []
        for test in momentum_set.tests_of(entry.function):
            made = momentum_set.run(test, {entry.function: entry.source_cell()}, hidden_only=True)
            kinds.append(made.kind)
        assert any(kinds)
        assert set(kinds) <= {"", "CheckFailed", "StudentRaised"}
    assert all(excess < 0.01 or excess > 100 for excess in excesses)


@pytest.mark.parametrize("hidden_only", [False, True], ids=["whole cell", "hidden part"])
@pytest.mark.parametrize("rounding", [0.0, 3e-15], ids=["as it is", "rounded differently"])
def test_diagnosis_names_the_mistake(
    momentum_set: Rehearsal, hidden_only: bool, rounding: float
) -> None:
    """Does the diagnosis name nine mistakes in ten or more, also if written in another way?"""
    missed = []
    for entry in CATALOGUE.mistakes:
        source = entry.source_cell() + _nudging(entry.function, rounding)
        told = [
            momentum_set.run(
                test, {entry.function: source}, hidden_only=hidden_only, diagnosing=True
            ).diagnosis
            for test in momentum_set.tests_of(entry.function)
        ]
        if not any(text == entry.text for text in told):
            missed.append((entry.name, *told))
    right = len(CATALOGUE.mistakes) - len(missed)
    print(f"\ndiagnosed by name: {right} of {len(CATALOGUE.mistakes)}; missed: {missed}")
    assert right >= 0.9 * len(CATALOGUE.mistakes)


def _nudging(function: str, rounding: float) -> str:
    """Code that makes a function's floating-point results differ by a few roundings."""
    if not rounding:
        return ""
    return f"""

def _nudged(value):
    if isinstance(value, (list, tuple)):
        return type(value)(_nudged(part) for part in value)
    if isinstance(value, np.ndarray):
        return value * (1 + {rounding} * np.cos(np.arange(value.size)).reshape(value.shape))
    return value * (1 + {rounding})


def _wrapped(wrong):
    return lambda *args: _nudged(wrong(*args))


{function} = _wrapped({function})
"""


def test_a_wrong_step_is_found_behind_training(momentum_set: Rehearsal) -> None:
    """Does question 7 name the mistake of question 1 when training calls the wrong step?"""
    (wrong,) = (entry for entry in CATALOGUE.mistakes if entry.name == "momentum_stale_velocity")
    train = (
        "def train_momentum(loss_and_gradient, x, lr, mu, steps):\n"
        "    v, losses = 0 * x, []\n"
        "    for _ in range(steps):\n"
        "        loss, grad = loss_and_gradient(x)\n"
        "        losses.append(loss)\n"
        "        x, v = momentum_step(x, v, grad, lr, mu)\n"
        "    return np.array(losses + [loss_and_gradient(x)[0]])\n"
    )
    answers = {"momentum_step": wrong.source_cell(), "train_momentum": train}
    step = momentum_set.run("test_momentum_step", answers, diagnosing=True)
    training = momentum_set.run("test_train_momentum", answers, diagnosing=True)
    assert step.diagnosis == wrong.text
    assert wrong.text.removeprefix("x ") in training.diagnosis


def test_nothing_hidden_is_told(momentum_set: Rehearsal) -> None:
    """Do failure texts and diagnoses hold none of the hidden cells' decimal numbers or labels?"""
    for entry in CATALOGUE.mistakes:
        for test in momentum_set.tests_of(entry.function):
            hidden = momentum_set.tests[test].partition("### BEGIN HIDDEN TESTS")[2]
            answers = {entry.function: entry.source_cell()}
            made = momentum_set.run(test, answers, hidden_only=True, diagnosing=True)
            told = f"{made.failure} {made.diagnosis}"
            for number in re.findall(r"\d+\.\d+|\d+e-\d+", hidden):
                assert not re.search(rf"(?<![\d.]){re.escape(number)}(?![\d.])", told)


def test_curves_are_shown_over_their_bands(momentum_set: Rehearsal) -> None:
    """Does a right run leave three curves, each inside its band, and a wrong run one outside?"""
    right = momentum_set.run("test_train_momentum", {}).evidence
    assert [len(curve.got) for curve in right] == [21, 16, 51]
    for curve in right:
        assert (np.array(curve.low) <= curve.got).all()
        assert (np.array(curve.high) >= curve.got).all()
        # A band that lay evenly about the reference would give the reference away.
        middle = (np.array(curve.low) + curve.high) / 2
        assert np.median(np.abs(middle / curve.got - 1)) > 1e-5
    (wrong,) = (entry for entry in CATALOGUE.mistakes if entry.name == "train_nesterov")
    made = momentum_set.run(
        "test_train_momentum", {"train_momentum": wrong.source_cell()}, hidden_only=True
    )
    shown = made.evidence[0]
    assert (np.array(shown.got) < shown.low).any() or (np.array(shown.got) > shown.high).any()


def test_long_run_stays_far_inside_the_band(momentum_set: Rehearsal) -> None:
    """Do right programs agree a hundredfold better than the theory's band of ±10 % is wide?"""
    for _ in each_variant(ASSIGNMENT):
        expected = momentum_set.run("test_train_momentum", {}).evidence[-1]
        for entry in CATALOGUE.alternatives_of("train_momentum"):
            answers = {"train_momentum": entry.source_cell()}
            shown = momentum_set.run("test_train_momentum", answers).evidence[-1]
            np.testing.assert_allclose(shown.got, expected.got, rtol=1e-3)
