"""The methods after Adam beside their papers' recurrences, written out here again, and by hand.

Other authorities: the singular value decomposition, matrix powers by it, and what is known of
averages.
"""

from __future__ import annotations

import numpy as np
import pytest

from lossland import after_adam as aa
from lossland import benchmark, networks
from lossland.benchmark import AFTER_ADAM, ENTRIES, FULL, TASKS, generator, newcomers, run
from lossland.optimizers import gradient_descent, momentum
from lossland.surfaces import rosenbrock

STEPS = 40


def slope(x: np.ndarray) -> np.ndarray:
    """A gradient that is neither symmetric nor small: Rosenbrock's, at a tenth."""
    return rosenbrock().loss_and_gradient(x)[1] / 10


def walk(optimizer, x: np.ndarray, gradient, steps: int = STEPS) -> tuple[list[np.ndarray], list]:
    """The places of a walk, and the states."""
    state, places, states = optimizer.init(x), [x], []
    for _ in range(steps):
        step, state = optimizer.update(gradient(x), state, x)
        x = x + step
        places.append(x)
        states.append(state)
    return places, states


def test_lion_is_algorithm_2() -> None:
    """Chen et al. 2023: c = β₁m + (1−β₁)g; θ ← θ − η(sign(c) + λθ); m ← β₂m + (1−β₂)g?"""
    lr, b1, b2, decay = 0.01, 0.9, 0.95, 0.1
    theta, m = np.array([-1.2, 1.0]), np.zeros(2)
    places, _ = walk(aa.lion(lr, b1, b2, decay), theta, slope)
    for place in places:
        np.testing.assert_allclose(place, theta, rtol=0, atol=1e-12)
        g = slope(theta)
        c = b1 * m + (1 - b1) * g
        theta = theta - lr * (np.sign(c) + decay * theta)
        m = b2 * m + (1 - b2) * g


def test_lion_by_hand() -> None:
    """Gradients 4 and −1 with β₁ = 0.5, β₂ = 0.75: does the second step still go down?"""
    optimizer = aa.lion(0.1, 0.5, 0.75)
    state = optimizer.init(np.zeros(1))
    first, state = optimizer.update(np.array([4.0]), state, np.zeros(1))
    second, state = optimizer.update(np.array([-1.0]), state, np.zeros(1))
    assert (first[0], second[0]) == (-0.1, 0.0)  # 0.5·1 − 0.5·1 = 0: the sign of nothing
    assert state.v[0] == 0.75 * 1.0 - 0.25


def test_orthogonalised_keeps_the_directions() -> None:
    """Are the singular vectors those of G, and each singular value the quintic's fifth iterate?"""
    rng = np.random.default_rng(0)
    for shape in ((7, 4), (4, 7), (5, 5)):
        G = rng.standard_normal(shape)
        U, sigma, Vt = np.linalg.svd(G, full_matrices=False)
        s = sigma / np.sqrt((sigma**2).sum())
        for _ in range(5):
            s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
        np.testing.assert_allclose(aa.orthogonalised(G), U * s @ Vt, atol=1e-12)


def test_the_band_of_the_quintic() -> None:
    """Do singular values from 0.01 to 1 end between 0.68 and 1.14, as the docstring says?"""
    s = np.linspace(0.01, 1, 100_001)
    for _ in range(5):
        s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
    assert 0.68 <= s.min() <= 0.70
    assert 1.12 <= s.max() <= 1.14
    assert not np.any(aa.orthogonalised(np.zeros((3, 2))))
    with pytest.raises(ValueError, match="matrix"):
        aa.orthogonalised(np.zeros(3))


def test_muon_is_its_recurrence() -> None:
    """B ← μB + G; W ← W − η·0.2·√max(in, out)·NS(G + μB), and Adam for the biases?"""
    widths, lr, mu = (3, 4, 2), 0.03, 0.9
    rng = np.random.default_rng(1)
    x = networks.initial(widths, rng)
    pulls = rng.standard_normal((STEPS, len(x)))
    calls = iter(pulls)
    places, _ = walk(aa.muon(lr, mu, widths), x, lambda _: next(calls))
    start = 0
    for rows, columns in ((3, 4), (4, 2)):
        W = slice(start, start + rows * columns)
        b = slice(W.stop, W.stop + columns)
        start = b.stop
        B, m, v = np.zeros((rows, columns)), np.zeros(columns), np.zeros(columns)
        at_W, at_b = x[W].reshape(rows, columns), x[b]
        for t, g in enumerate(pulls, 1):
            G = g[W].reshape(rows, columns)
            B = mu * B + G
            U, s, Vt = np.linalg.svd(G + mu * B, full_matrices=False)
            s = s / np.linalg.norm(s)
            for _ in range(5):
                s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
            at_W = at_W - lr * 0.2 * np.sqrt(max(rows, columns)) * (U * s @ Vt)
            m, v = 0.9 * m + 0.1 * g[b], 0.999 * v + 0.001 * g[b] ** 2
            at_b = at_b - lr * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
            np.testing.assert_allclose(places[t][W], at_W.ravel(), atol=1e-10)
            np.testing.assert_allclose(places[t][b], at_b, atol=1e-10)


def test_muons_step_is_as_long_as_adams() -> None:
    """Is the root mean square of a wide matrix's step near 0.2·lr?"""
    widths = (200, 100)
    optimizer = aa.muon(1.0, 0.0, widths)
    x = np.zeros(networks.size(widths))
    g = np.random.default_rng(2).standard_normal(x.shape)
    step, _ = optimizer.update(g, optimizer.init(x), x)
    rms = np.sqrt((networks.layers(step, widths)[0].W ** 2).mean())
    assert rms == pytest.approx(0.2, rel=0.2)
    with pytest.raises(ValueError, match="widths"):
        optimizer.init(np.zeros(3))


def test_shampoo_is_algorithm_1() -> None:
    """Gupta et al. 2018: L += GGᵀ, R += GᵀG, W −= η L^(−1/4) G R^(−1/4)?"""
    rng = np.random.default_rng(3)
    W, pulls = rng.standard_normal((4, 3)), rng.standard_normal((6, 4, 3))
    calls = iter(pulls)
    places, states = walk(aa.shampoo(0.1, eps=0.01), W, lambda _: next(calls), len(pulls))
    L, R = 0.01 * np.eye(4), 0.01 * np.eye(3)
    for G, before, after, state in zip(pulls, places, places[1:], states, strict=False):
        L, R = L + G @ G.T, R + G.T @ G
        np.testing.assert_allclose(state.left, L, atol=1e-12)
        root_l, root_r = (np.linalg.matrix_power(aa._fourth_root(M), 4) @ M for M in (L, R))
        np.testing.assert_allclose(root_l, np.eye(4), atol=1e-9)  # it is the power −1/4
        np.testing.assert_allclose(root_r, np.eye(3), atol=1e-9)
        step = -0.1 * aa._fourth_root(L) @ G @ aa._fourth_root(R)
        np.testing.assert_allclose(after - before, step, atol=1e-12)


def test_shampoos_first_step_is_orthogonal() -> None:
    """With a tiny eps, is it −lr·UVᵀ, the matrix that Muon aims at (Bernstein & Newhouse 2024)?"""
    G = np.random.default_rng(4).standard_normal((5, 3))
    optimizer = aa.shampoo(1.0, eps=1e-12)
    step, _ = optimizer.update(G, optimizer.init(G), G)
    U, _, Vt = np.linalg.svd(G, full_matrices=False)
    np.testing.assert_allclose(step, -U @ Vt, atol=1e-4)


def test_schedule_free_is_equations_1_to_3() -> None:
    """Defazio et al. 2024: y = (1−β)z + βx; z ← z − γ∇f(y); x ← (1−c)x + cz, c = 1/t?"""
    lr, beta = 0.01, 0.8
    optimizer = aa.schedule_free(lr, beta)
    z = x = y = np.array([-1.2, 1.0])
    places, states = walk(optimizer, y, slope)
    for t in range(1, STEPS + 1):
        y = (1 - beta) * z + beta * x
        np.testing.assert_allclose(places[t - 1], y, atol=1e-12)
        z = z - lr * slope(y)
        x = (1 - 1 / t) * x + z / t
        np.testing.assert_allclose(optimizer.average(places[t], states[t - 1]), x, atol=1e-12)


def test_without_beta_it_is_polyaks_average() -> None:
    """Is z plain SGD, and x the mean of what SGD visited after its start?"""
    start = np.array([-1.2, 1.0])
    places, states = walk(aa.schedule_free(0.01, 0.0), start, slope)
    plain, _ = walk(gradient_descent(0.01), start, slope)
    np.testing.assert_allclose(places, plain, atol=1e-12)
    np.testing.assert_allclose(states[-1].mean, np.mean(plain[1:], axis=0), atol=1e-12)


def test_schedule_free_adamw_is_algorithm_1() -> None:
    """v ← β₂v + (1−β₂)g²; z ← z − γ(g/(√v+ε) + λy), γ = lr√(1−β₂ᵗ); c = γ²/Σγ²?"""
    lr, b1, b2, decay, eps = 0.02, 0.9, 0.95, 0.1, 1e-8
    optimizer = aa.schedule_free_adamw(lr, b1, b2, decay, eps)
    z = x = np.array([-1.2, 1.0])
    v, total = np.zeros(2), 0.0
    places, states = walk(optimizer, x, slope)
    for t in range(1, STEPS + 1):
        y = (1 - b1) * z + b1 * x
        np.testing.assert_allclose(places[t - 1], y, atol=1e-12)
        g = slope(y)
        v = b2 * v + (1 - b2) * g**2
        gamma = lr * np.sqrt(1 - b2**t)
        z = z - gamma * (g / (np.sqrt(v) + eps) + decay * y)
        total += gamma**2
        x = x + gamma**2 / total * (z - x)
        np.testing.assert_allclose(states[t - 1].mean, x, atol=1e-12)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: aa.lion(0.1, beta1=1.0), "beta1"),
        (lambda: aa.lion(0.1, weight_decay=-1.0), "weight_decay"),
        (lambda: aa.lion(0.0), "lr"),
        (lambda: aa.muon(0.1, 1.0, (2, 2)), "mu"),
        (lambda: aa.shampoo(0.1, eps=0.0), "eps"),
        (lambda: aa.shampoo(0.1).init(np.zeros(3)), "matrix"),
        (lambda: aa.schedule_free(0.1, beta=1.0), "beta"),
        (lambda: aa.schedule_free_adamw(0.1, beta2=1.0), "beta2"),
    ],
)
def test_constants_out_of_range_are_refused(make, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        make()


# --- in the benchmark ----------------------------------------------------------------------------


def test_they_take_part_by_the_rules_of_the_nine() -> None:
    """Do their rates span five decades, and do their memories have the ranges of the others?"""
    for task in TASKS.values():
        entries = newcomers(task)
        assert ("muon" in entries) == (task.name in {"softmax", "network"})
        for entry in entries.values():
            rate = entry.ranges["lr"]
            assert rate.high / rate.low == pytest.approx(1e5)
            known = {wide for nine in ENTRIES.values() for wide in nine.ranges.values()}
            assert set(entry.ranges.values()) <= known
            assert set(entry.untuned) == set(entry.ranges)


def test_scores_are_those_of_the_average() -> None:
    """On the bowl, is what is scored the mean of all z and not where the gradient was asked for?"""
    task, seen = TASKS["quadratic"], {}
    for beta in (0.0, 0.9):
        problem = task.make(generator("fresh", task.stream, 0))
        found = run(problem, aa.schedule_free(0.5, beta), task, 20)
        x = z = problem.x
        for t in range(1, 21):
            z = z - 0.5 * problem.loss_and_gradient((1 - beta) * z + beta * x)[1]
            x = x + (z - x) / t
        assert found.held_out == pytest.approx(problem.held_out(x), abs=1e-9)
        seen[beta] = found.held_out
    plain = run(task.make(generator("fresh", task.stream, 0)), momentum(0.5, 0.0), task, 20)
    assert plain.held_out not in seen.values()


def test_the_kept_results_are_those_of_this_code() -> None:
    """Do single runs of methods after Adam, picked by a rule, come out as they are kept?"""
    kept = benchmark.read(AFTER_ADAM)
    assert kept.protocol == FULL
    assert set(kept.cells) == {(t, n) for t, task in TASKS.items() for n in newcomers(task)}
    for k, ((name, method), cell) in enumerate(kept.cells.items()):
        task, entry = TASKS[name], newcomers(TASKS[name])[method]
        trial = np.argsort(cell.validation, kind="stable")[k % FULL.finalists]
        settings = entry.settings(task.stream, FULL.trials)[trial]
        seed = k % FULL.seeds
        problem = task.make(generator("fresh", task.stream, seed))
        again = run(problem, entry.make(**settings), task, task.evaluations)
        assert again.held_out == pytest.approx(cell.held_out[trial, seed], abs=5e-3), (name, method)


def test_the_nine_stay_as_they_are() -> None:
    """Beside the newcomers, are the nine's outcomes what they were without them?"""
    alone, together = benchmark.results(), benchmark.with_newcomers()
    assert together.methods[:9] == alone.methods
    assert together.entered("quadratic") == (
        *alone.methods,
        *(n for n in newcomers(TASKS["quadratic"])),
    )
    for task in alone.tasks:
        table = together.table(task)
        for name, row in alone.table(task).items():
            assert table[name] == row
