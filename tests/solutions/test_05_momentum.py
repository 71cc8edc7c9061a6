"""Problem set 5: does it tell right from wrong, and say which wrong it is?"""

from __future__ import annotations

import numpy as np
import pytest

from tools.rehearsal import Rehearsal, each_variant

ASSIGNMENT = "05-momentum"

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
    wrong = momentum_set.mistake("nesterov_velocity_first")
    start, rest, grad = np.array([1.0]), np.zeros(1), np.array([2.0])
    right, _ = momentum_set.reference["nesterov_step"](start, rest, grad, 0.1, 0.5)
    # By hand: −(1 + mu)·lr·grad = −0.3, and the book's mu²·v adds 0.25·(−0.2) = −0.05.
    assert right == pytest.approx(0.7)
    assert wrong.call(start, rest, grad, 0.1, 0.5)[0] == pytest.approx(0.65)


def test_a_wrong_step_is_found_behind_training(momentum_set: Rehearsal) -> None:
    """Does question 7 name the mistake of question 1 when training calls the wrong step?"""
    wrong = momentum_set.mistake("momentum_stale_velocity")
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
    wrong = momentum_set.mistake("train_nesterov")
    made = momentum_set.run(
        "test_train_momentum", {"train_momentum": wrong.source_cell()}, hidden_only=True
    )
    shown = made.evidence[0]
    assert (np.array(shown.got) < shown.low).any() or (np.array(shown.got) > shown.high).any()


def test_long_run_stays_far_inside_the_band(momentum_set: Rehearsal) -> None:
    """Do right programs agree a hundredfold better than the theory's band of ±10 % is wide?"""
    for _ in each_variant(ASSIGNMENT):
        expected = momentum_set.run("test_train_momentum", {}).evidence[-1]
        for entry in momentum_set.catalogue.alternatives_of("train_momentum"):
            answers = {"train_momentum": entry.source_cell()}
            shown = momentum_set.run("test_train_momentum", answers).evidence[-1]
            np.testing.assert_allclose(shown.got, expected.got, rtol=1e-3)
