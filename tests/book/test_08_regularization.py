"""Chapter 8: does what the page measures agree with what theory says?

The page's own cells are executed, and what they measured is compared with formulas that are written
out here again, with linear systems that NumPy solves, or with the complex step.
"""

from typing import Any

import numpy as np
import pytest

from lossland import two_layer
from lossland.gradcheck import complex_step
from tests.book.page import Page

CHAPTER = "08-regularization"


@pytest.fixture
def page(executed: Page) -> Page:
    """The page up to what is read from the cached results."""
    return executed.run(until="import json")


def stacked(X: np.ndarray, y: np.ndarray, reg: float) -> np.ndarray:
    """Ridge as least squares with √(n·reg)·I below X, which uses no normal equations."""
    d = X.shape[1]
    tall = np.vstack([X, np.sqrt(len(y) * reg) * np.eye(d)])
    return np.asarray(np.linalg.lstsq(tall, np.concatenate([y, np.zeros(d)]))[0])


def test_the_method_is_the_gradient(page: Page) -> None:
    """Is the gradient of the first cell the derivative of its loss?"""
    X, y = page["X"], page["y"]
    w = np.random.default_rng(0).standard_normal(16)

    def loss(w: np.ndarray) -> Any:
        return ((X @ w - y) ** 2).mean() + 0.03 * (w * w).sum()

    value, gradient = page["ridge_loss"](w, X, y, 0.03)
    assert value == pytest.approx(loss(w), rel=1e-12)
    np.testing.assert_allclose(gradient, complex_step(loss, w), rtol=1e-11, atol=1e-12)


def test_ridge_shrinks_each_direction(page: Page) -> None:
    """Is the part that ridge leaves λ/(λ + 2α), by a solution without normal equations?"""
    X, y = page["X"], page["y"]
    eigs, axes = np.linalg.eigh(2 * X.T @ X / len(y))
    free = np.linalg.lstsq(X, y)[0]
    part = (axes.T @ stacked(X, y, 0.05)) / (axes.T @ free)
    np.testing.assert_allclose(part, eigs / (eigs + 0.1), rtol=1e-6)
    np.testing.assert_allclose(page["way_ridge"], eigs / (eigs + 2 * 0.05), rtol=1e-6)


def test_errors_against_the_strength(page: Page) -> None:
    """Do the errors of 200 samples lie on the exact ones, which are written out here again?"""
    X, at, strengths = page["X"], page["X_places"], page["strengths"]
    truth, aims = page["truth"](page["x"]), page["truth"](page["places"])
    for name in ("training", "total"):
        measured, expected = page["measured_error"][name], page["expected_error"][name]
        assert measured == pytest.approx(expected, rel=0.2)
    for k in (0, 14, 28):
        # the hat matrix column by column, from fits to unit vectors
        fits = np.array([stacked(X, unit, strengths[k]) for unit in np.eye(20)]).T
        hat, own = at @ fits, X @ fits
        bias2, variance = ((hat @ truth - aims) ** 2).mean(), 0.09 * (hat**2).sum(axis=1).mean()
        assert page["expected_error"]["total"][k] == pytest.approx(
            bias2 + variance + 0.09, rel=1e-6
        )
        rest = np.eye(20) - own
        training = ((rest @ truth) ** 2).mean() + 0.09 * np.trace(rest @ rest.T) / 20
        assert page["expected_error"]["training"][k] == pytest.approx(training, rel=1e-6)
    total = np.array(page["expected_error"]["total"])
    assert total.min() < min(total[0], total[-1]) / 4
    assert (np.diff(page["expected_error"]["training"]) > 0).all()


def test_bending(page: Page) -> None:
    """Is wᵀKw the integral of f″², and does charging for it do better here than ridge?"""
    w = np.random.default_rng(1).standard_normal(16)
    x = np.linspace(-1, 1, 200_001)
    second = np.polynomial.legendre.Legendre(w).deriv(2)(x)
    assert w @ page["K"] @ w == pytest.approx(np.trapezoid(second**2, x), rel=1e-6)
    straight = np.zeros(16)
    straight[:2] = 3, -2
    assert straight @ page["K"] @ straight == pytest.approx(0, abs=1e-9)
    assert page.glued["reg_bend_gain"] > 1.2


def test_lasso_has_corners(page: Page) -> None:
    """Does lasso win where few weights matter and ridge where all do, beyond the intervals?"""
    duel = page["duel"]
    for kind, winner, loser in (("4 of 40", "lasso", "ridge"), ("all 40", "ridge", "lasso")):
        gain = duel[kind, loser] - duel[kind, winner]
        # 2.262: Student's 97.5 % quantile for 9 degrees of freedom, from a printed table
        assert gain.mean() > 2.262 * gain.std(ddof=1) / np.sqrt(10)


@pytest.mark.parametrize(
    ("losses", "patience", "expected"),
    [
        ([3, 2, 1], 1, 2),
        ([1, 2, 0], 1, 0),
        ([1, 2, 0], 2, 2),
        ([1, 1, 1, 0], 2, 0),  # an equal loss is no improvement
        ([5], 4, 0),
    ],
)
def test_early_stopping_by_hand(
    page: Page, losses: list[float], patience: int, expected: int
) -> None:
    """Does the function stop where one does by hand?"""
    assert page["early_stopping"](losses, patience) == expected


def test_early_stopping_helps_the_net(page: Page) -> None:
    """Do all four validation losses rise after the stop, while the training losses fall?"""
    for run, stop in zip(page["curves"], page["stops"], strict=True):
        assert run[-1, 1] > 1.15 * run[stop // 10, 1]
        assert run[-1, 0] < run[stop // 10, 0] / 3


def test_stopped_descent_beside_ridge(page: Page) -> None:
    """Is the walked part 1 − (1 − ηλ)ᵗ, and its largest distance to s/(1 + s) what is said?"""
    eigs = page["eigs"]
    np.testing.assert_allclose(page["way_stopped"], 1 - (1 - 0.05 * eigs) ** 200, rtol=1e-6)
    s = 2.5  # where the distance is largest: eˢ = (1 + s)², by Newton's steps
    for _ in range(20):
        s -= (np.exp(s) - (1 + s) ** 2) / (np.exp(s) - 2 * (1 + s))
    assert page.glued["reg_gap"] == pytest.approx(1 - np.exp(-s) - s / (1 + s), rel=1e-6)
    assert np.abs(page["way_stopped"] - page["way_ridge"]).max() < 0.22


def test_matching_strength_on_the_pictures(page: Page) -> None:
    """Is the nearest strength the predicted one up to a factor that does not depend on t?"""
    ratios = np.array(page["ratios"])
    assert ((ratios > 0.5) & (ratios < 1)).all()
    assert ratios.max() / ratios.min() < 1.4  # while t grows 300 times
    assert 1 < page.glued["reg_risk_ratio"] < 1.69


def test_decay_and_penalty_part_in_adam(page: Page) -> None:
    """Does AdamW shrink all weights by (1 − lr·decay)ᵗ, and L2 in Adam only some of them?"""
    np.testing.assert_allclose(page["decoupled_left"], (1 - 5e-4) ** 1000, atol=0.01)
    left = page["coupled_left"]
    assert left[0] < 0.4
    assert left[2] > 0.97


def test_input_noise_is_ridge(page: Page) -> None:
    """Are all weights fitted to noisy copies those of ridge with σ², to their own noise?"""
    X, y = page["X"], page["y"]
    for k, sd in enumerate(page["sds"]):
        expected = stacked(X, y, sd**2)
        np.testing.assert_allclose(
            page["noisy"][:, k].mean(axis=0), expected, atol=0.1 * np.abs(expected).max()
        )


def test_noise_in_a_net(page: Page) -> None:
    """Do the measured rises follow σ²·slopes² and ½·σ²·tr H, with slope two?"""
    small = page["small"][:4]
    for name, cost in (("inputs", page["input_cost"]), ("weights", page["trace"] / 2)):
        rise = np.array(page["rises"][name][:4])
        assert rise == pytest.approx(cost * small**2, rel=0.15)
        assert np.polyfit(np.log(small), np.log(rise), 1)[0] == pytest.approx(2, abs=0.06)
    # slopes of the net from its formula, tanh' = 1 − tanh²
    W, b, V = np.split(page["p"], [12, 24])[0], page["p"][12:24], page["p"][24:36]
    h = np.tanh(page["column"] * W + b)
    slope = ((1 - h**2) * W) @ V
    bend = (-2 * h * (1 - h**2) * W**2) @ V
    rest = h @ V + page["p"][36] - page["y"]
    assert page["input_cost"] == pytest.approx((slope**2 + rest * bend).mean(), rel=1e-3)


def test_results_are_the_files(whole: Page) -> None:
    """Do both tasks have all ways, and are the gains differences seed by seed?"""
    for task in ("few", "all"):
        assert len(whole["board"][task]) == 17
        runs = whole["results"][task]
        for name, gains in whole["board"][task].items():
            for gain, run, base in zip(
                gains, runs[name]["runs"], runs["nothing"]["runs"], strict=True
            ):
                assert gain == pytest.approx(run["accuracy"] - base["accuracy"], abs=1e-9)


def test_what_the_scoreboard_says(whole: Page) -> None:
    """Are the ways that the text names the only ones whose interval lies above zero?"""
    above: dict[str, list[str]] = {"few": [], "all": []}
    for task, lines in whole["board"].items():
        for name, gains in lines.items():
            # 2.365: Student's 97.5 % quantile for 7 degrees of freedom, from a printed table
            if gains.mean() > 2.365 * gains.std(ddof=1) / np.sqrt(8):
                above[task].append(name)
    assert above == {"few": ["L2"], "all": ["mixup"]}
    worst = sorted(whole["changed"], key=lambda name: whole["board"]["all"][name].mean())
    assert set(worst[:2]) == {"shift", "crop"}
    assert whole["mean_of"]("few", "L2", "loss") < 0.7 * whole["mean_of"]("few", "nothing", "loss")


def test_label_smoothing(whole: Page) -> None:
    """Do targets sum to one, and is the gap of the best scores ln 91 at ε = 0.1?"""
    targets = whole["smooth_labels"](np.array([0, 3]), 10, 0.3)
    np.testing.assert_allclose(targets.sum(axis=1), 1)
    assert targets[0, 0] == pytest.approx(0.73)
    assert whole.glued["reg_score_gap"] == pytest.approx(np.log(91))


@pytest.mark.parametrize("task", ["few", "all"])
def test_calibration_under_smoothing(whole: Page, task: str) -> None:
    """Does confidence fall with ε much faster than accuracy, down to far too little?"""
    confidence = whole["over_seeds"](task, "confidence").mean(axis=0)
    accuracy = whole["over_seeds"](task, "accuracy").mean(axis=0)
    assert (np.diff(confidence) < 0).all()
    assert np.ptp(accuracy) < 4
    assert confidence[0] > accuracy[0]
    assert confidence[-1] < accuracy[-1] - 10


def test_smoothing_helps_only_the_overconfident(whole: Page) -> None:
    """Does the calibration error fall on few pictures and only rise on all?"""
    few, every = whole["calibration"]["few"], whole["calibration"]["all"]
    assert few.min() < few[0] / 2
    assert every.argmin() == 0
    assert every[-1] > 10 * every[0]


def test_dropout_is_an_average(whole: Page) -> None:
    """Does the mean score of M masks close in on the full one as the variance on paper says?"""
    gap = whole["score_gap"].mean(axis=0)
    members = np.array(whole["MEMBERS"])
    assert gap == pytest.approx(whole["spread"] / np.sqrt(members), rel=0.06)
    # one mask's variance, p/(1 − p) = 1 at ½: each hidden value is 0 or doubled
    hidden, W2 = whole["hidden"][:5], whole["W2"]
    coins = np.random.default_rng(0).integers(0, 2, (20_000, *hidden.shape))
    spread = (2 * coins * hidden @ W2).std(axis=0)
    np.testing.assert_allclose(spread, np.sqrt(hidden**2 @ W2**2), rtol=0.04)
    assert whole.glued["reg_one_mask"] > whole.glued["reg_no_mask"]


def test_dropout_of_inputs_is_ridge(whole: Page) -> None:
    """Is dropout on the inputs of least squares ridge with a price for each feature?"""
    X, y = whole["X"], whole["y"]
    extra = np.sqrt(0.25 * (X**2).sum(axis=0)) * np.eye(16)
    tall = np.vstack([X, extra])
    expected = np.linalg.lstsq(tall, np.concatenate([y, np.zeros(16)]))[0]
    np.testing.assert_allclose(whole["w_price"], expected, rtol=1e-8)
    assert whole["drop_gap"] < 0.03


def test_batch_norm_by_hand(whole: Page) -> None:
    """A column of 1 and 3: are −1 and 1 put out, and the running values moved by a tenth?"""
    z = np.array([[1.0], [3.0]])
    running = {"mean": np.array([5.0]), "var": np.array([2.0])}
    out, after = whole["batchnorm"](z, 2.0, 10.0, running, True)
    np.testing.assert_allclose(out, [[8.0], [12.0]], rtol=1e-4)
    assert after["mean"] == pytest.approx(0.9 * 5 + 0.1 * 2)
    assert after["var"] == pytest.approx(0.9 * 2 + 0.1 * 1)
    out, after = whole["batchnorm"](z, 1.0, 0.0, running, False)
    np.testing.assert_allclose(out, (z - 5) / np.sqrt(2), rtol=1e-4)
    assert after is running


def test_axes_of_the_norms(whole: Page) -> None:
    """Are the marked cells those over which each norm averages?"""
    cells = {name: int(mask.sum()) for name, mask in whole["KINDS"].items()}
    # of a cube of 4 × 4 × 4: batch N·HW, layer C·HW, instance HW, two groups C/2·HW
    assert list(cells.values()) == [16, 16, 4, 8]
    n, c, _ = np.nonzero(whole["KINDS"]["batch norm"])
    assert len(set(n)) == 4
    assert len(set(c)) == 1
    n, c, _ = np.nonzero(whole["KINDS"]["layer norm"])
    assert len(set(n)) == 1
    assert len(set(c)) == 4


def test_every_gradient_of_the_two_layer_net(whole: Page) -> None:
    """Are all gradients right to rounding by the complex step, and are they the library's?"""
    params, X, targets = whole["params"], whole["X_small"], whole["soft"]
    settings = whole["settings"]
    mask = np.random.default_rng(settings["seed"]).random((9, 5)) >= settings["p"]

    def loss(name: str, block: np.ndarray) -> Any:
        W1, b1, gamma, beta, W2, b2 = {**params, name: block}.values()
        z = X @ W1 + b1
        mean = z.sum(axis=0) / 9
        u = gamma * (z - mean) / np.sqrt(((z - mean) ** 2).sum(axis=0) / 9 + 1e-5) + beta
        hidden = np.where(u.real > 0, u, 0) * mask / (1 - settings["p"])
        scores = hidden @ W2 + b2
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        penalty = settings["reg"] * ((W1**2).sum() + (W2**2).sum())
        return -(targets * log_p).sum() / 9 + penalty

    value, gradients = whole["two_layers"](params, X, targets, **settings)
    assert value == pytest.approx(loss("b2", params["b2"]), rel=1e-13)
    for name, block in params.items():
        expected = complex_step(lambda b, name=name: loss(name, b), block)
        np.testing.assert_allclose(gradients[name], expected, rtol=1e-7, atol=1e-10)
    assert np.abs(gradients["b1"]).max() < 1e-12  # batch norm takes the bias away
    assert max(e for name, e in whole["worst_error"].items() if name != "b1") < 1e-6

    net = two_layer.Net((6, 5, 3), norm=True, p=settings["p"])
    order = ("W1", "b1", "W2", "b2", "gamma", "beta")
    x = np.concatenate([params[name].ravel() for name in order])
    _, gradient, _ = two_layer.loss_and_gradient(
        x,
        net,
        X,
        lambda s: whole["soft_cross_entropy"](s, targets),
        running=two_layer.fresh(net),
        rng=np.random.default_rng(settings["seed"]),
    )
    for name, found in two_layer.parts(gradient, net)._asdict().items():
        penalty = 2 * settings["reg"] * params[name] if name[0] == "W" else 0.0
        np.testing.assert_allclose(found + penalty, gradients[name], rtol=1e-9, atol=1e-12)


def test_train_eval_bug(whole: Page) -> None:
    """Is each forgotten switch as costly as the page says, and one example at a time useless?"""
    bug = {name: float(np.mean(values)) for name, values in whole["bug"].items()}
    assert bug["dropout left on"] < bug["dropout, evaluation mode"] - 3
    right = bug["batch norm, evaluation mode"]
    assert abs(bug["left in training, batches of 100"] - right) < 3
    assert bug["left in training, batches of 100, one class each"] < right - 40
    assert bug["left in training, batches of 2"] < right - 20
    assert bug["left in training, one at a time"] == 10  # every picture gets the same answer


def test_stillness_is_not_the_reason(whole: Page) -> None:
    """Does batch norm bear a rate at which the plain net diverges, shaken or not?"""
    loss, moved = whole["shift_loss"], whole["shift_moved"]
    assert loss["neither", 0.5].min() > 10
    assert loss["batch norm", 0.5].max() < 0.3
    assert loss["batch norm, shaken", 0.5].max() < 0.5
    assert moved["batch norm, shaken", 0.5].min() > 5 * moved["neither", 0.2].max()
    assert loss["neither", 0.2].mean() < loss["batch norm", 0.2].mean() + 0.02


def test_numbers_in_the_text(whole: Page) -> None:
    """Is every number that a sentence quotes computed, and every computed number quoted?"""
    assert whole.quoted() == set(whole.glued)


def test_figures_have_words(executed: Page) -> None:
    """Does every cell that draws carry a text that says what the figure shows?"""
    assert len(executed.drawing()) >= 12
    for alt, source in executed.drawing():
        assert len(alt.split()) > 20, source[:60]
