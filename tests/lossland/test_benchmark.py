"""Is the benchmark fair, are its statistics right, and does it make again what it has kept?

Authorities outside the code: searches drawn one by one, Monte Carlo with a known truth, hand
counting, gradients by finite differences, and another way to write a task.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from lossland import benchmark
from lossland.benchmark import ENTRIES, FULL, SMALL, TASKS, VARIANTS, Protocol, generator
from lossland.benchmark.budgets import outcome, quantiles, winners
from lossland.benchmark.running import run
from lossland.benchmark.tasks import BATCH, LEAST, SPARSE, Problem, Task, sparse_data
from lossland.gradcheck import numerical_gradient, relative_error
from lossland.methods import METHODS
from lossland.optimizers import gradient_descent
from tools.bench_optimizers import EVERYONE, SMALL_CACHE, measured

# --- searches ------------------------------------------------------------------------------------


@pytest.mark.parametrize("budget", [1, 2, 3, 5, 6])
def test_winners_are_counted_by_hand(budget: int) -> None:
    """Does each trial win as often as among all sets of so many trials, taken one by one?"""
    validation = np.array([0.3, 0.1, 0.5, 0.2, 0.6, 0.4])
    wins = np.zeros(6)
    searches = list(itertools.combinations(range(6), budget))
    for search in searches:
        wins[min(search, key=lambda k: validation[k])] += 1
    np.testing.assert_allclose(winners(validation, budget), wins / len(searches), rtol=1e-12)


def test_winners_by_the_binomials() -> None:
    """Is it C(N−r, b−1)/C(N, b) for the trial of rank r?"""
    chance = winners(np.arange(96.0), 16)
    shares = [math.comb(96 - r, 15) / math.comb(96, 16) for r in range(1, 97)]
    np.testing.assert_allclose(chance, shares, rtol=1e-10)
    assert chance.sum() == pytest.approx(1, abs=1e-12)


def test_of_equal_trials_the_first_wins() -> None:
    """As a search does that keeps what it has until something better comes."""
    assert winners(np.array([1.0, 0.0, 0.0]), 3).tolist() == [0, 1, 0]


@pytest.mark.parametrize("budget", [0, 4])
def test_a_budget_beyond_the_trials_is_refused(budget: int) -> None:
    with pytest.raises(ValueError, match="from 1 to the 3 trials"):
        winners(np.zeros(3), budget)


def pool(rng: np.random.Generator, trials: int = 32, seeds: int = 10) -> list[np.ndarray]:
    """Trials of a known world: quality uniform on 0 … 1, noise of 0.05 wherever it is measured."""
    quality = rng.random(trials)
    validation = quality + 0.05 * rng.standard_normal(trials)
    fresh = quality[:, None] + 0.05 * rng.standard_normal((trials, seeds))
    finalists = np.argsort(validation)[:4]
    held_out = np.full((trials, seeds), np.nan)
    for k in range(trials):
        if k in finalists:
            held_out[k] = fresh[k]
        else:
            held_out[k, k % seeds] = fresh[k, k % seeds]
    return [validation, held_out, np.where(np.isnan(held_out), np.nan, 10.0)]


@pytest.mark.parametrize("budget", [1, 4, 16])
def test_the_mean_is_unbiased_and_its_interval_holds(budget: int) -> None:
    """Against a million searches of that world: no bias, and 95 of 100 intervals hold the truth?"""
    rng = np.random.default_rng(5)
    quality = rng.random((200_000, budget))
    seen = quality + 0.05 * rng.standard_normal(quality.shape)
    truth = np.take_along_axis(quality, seen.argmin(axis=1)[:, None], axis=1).mean()
    rows = [outcome(*pool(rng), 1.0, budget) for _ in range(400)]
    means = np.array([row.mean for row in rows])
    error = means.std() / np.sqrt(len(rows))
    assert abs(means.mean() - truth) < 4 * error
    assert error < 0.006  # so that a bias of a hundredth would be seen
    inside = np.mean([row.low <= truth <= row.high for row in rows])
    assert 0.9 <= inside <= 0.995


def test_drawing_with_replacement_is_biased() -> None:
    """Why not simply redraw? The same trial twice counts as two, so the mean is too high."""
    rng = np.random.default_rng(6)
    exact, redrawn = [], []
    for _ in range(300):
        scores = rng.random(8)
        exact.append(winners(scores, 8) @ scores)
        redrawn.append(scores[rng.integers(0, 8, (50, 8))].min(axis=1).mean())
    assert np.mean(exact) == pytest.approx(1 / 9, abs=0.02)  # the mean least of 8 uniform numbers
    assert np.mean(redrawn) > 1 / 9 + 0.03


def test_luck_and_target_by_hand() -> None:
    """Two trials, a budget of one: are quantiles, share and time those of the four runs?"""
    validation = np.array([0.0, 1.0])
    held_out = np.array([[0.0, 2.0], [8.0, np.nan]])
    reached = np.array([[10.0, 30.0], [np.inf, np.nan]])
    row = outcome(validation, held_out, reached, seconds=0.5, budget=1)
    assert row.mean == 4.5  # (1 + 8)/2
    assert (row.lucky, row.median, row.unlucky) == (0.0, 2.0, 8.0)
    assert row.reached == 0.5
    assert (row.evaluations, row.seconds) == (30.0, 15.0)
    assert quantiles(np.array([3.0, 1.0]), np.array([1.0, 3.0]), (0.75, 0.76)) == [1.0, 3.0]


# --- fairness ------------------------------------------------------------------------------------


def test_every_method_takes_part_by_the_same_rules() -> None:
    """Do all methods of the table take part, with rates over equally many decades?"""
    assert list(ENTRIES) == list(METHODS)
    spans = {
        name: round(math.log10(entry.ranges["lr"].high / entry.ranges["lr"].low), 9)
        for name, entry in ENTRIES.items()
    }
    assert set(spans.values()) == {5}
    for entry in EVERYONE.values():
        for name, value in entry.untuned.items():
            if name in entry.ranges:
                low, high, rest = entry.ranges[name]
                assert low * (1 - 1e-9) <= (1 - value if rest else value) <= high * (1 + 1e-9)
        entry.make(**entry.untuned)


def test_settings_are_even_in_the_logarithm() -> None:
    """Does each decade of the rate, and of 1 − mu, get its share, and do the first ones stay?"""
    drawn = ENTRIES["momentum"].settings("a task", 4000)
    rates = np.log10([settings["lr"] for settings in drawn])
    counts = np.histogram(rates, bins=np.arange(-4, 2))[0]
    assert counts.sum() == 4000
    assert np.abs(counts - 800).max() < 5 * np.sqrt(800)
    rests = np.array([1 - settings["mu"] for settings in drawn])
    assert rests.min() >= 0.01 * (1 - 1e-9)
    assert rests.max() <= 0.5
    assert np.mean(rests < np.sqrt(0.01 * 0.5)) == pytest.approx(0.5, abs=0.05)
    assert ENTRIES["momentum"].settings("a task", 3) == drawn[:3]


def test_all_methods_see_the_same() -> None:
    """Do two runs of one seed start alike and see the same batches, and two seeds others?"""
    for task in TASKS.values():
        one, again, other = (task.make(generator("fresh", task.stream, k)) for k in (0, 0, 1))
        np.testing.assert_array_equal(one.x, again.x)
        for _ in range(3):
            here, there = one.loss_and_gradient(one.x), again.loss_and_gradient(again.x)
            assert here[0] == there[0]
            np.testing.assert_array_equal(here[1], there[1])
        assert not np.array_equal(other.loss_and_gradient(other.x)[1], here[1]), task.name


def test_a_turn_changes_nothing_for_methods_without_axes() -> None:
    """On the two bowls, do the plain methods end equally high, and Adagrad not?"""
    bowl, turned = TASKS["quadratic"], TASKS["rotated"]
    settings = {"gradient descent": {"lr": 1.0}, "momentum": {"lr": 0.3, "mu": 0.9}}
    for name, chosen in {**settings, "adagrad": {"lr": 0.5}}.items():
        ends = [
            run(
                task.make(generator("fresh", task.stream, 0)),
                ENTRIES[name].make(**chosen),
                task,
                100,
            )
            for task in (bowl, turned)
        ]
        same = ends[0].held_out == pytest.approx(ends[1].held_out, abs=1e-9)
        assert same == (name != "adagrad")


# --- tasks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", TASKS.values(), ids=list(TASKS))
def test_gradients(task: Task) -> None:
    """Is the gradient of each task that of its loss, by centred differences?"""
    problem = task.make(generator("test", task.name))
    rng = np.random.default_rng(0)
    x = problem.x + 0.1 * rng.standard_normal(problem.x.shape)
    some = rng.choice(x.size, min(x.size, 12), replace=False)

    def loss_and_gradient(place: np.ndarray) -> tuple[float, np.ndarray]:
        return task.make(generator("test", task.name)).loss_and_gradient(place)  # the first batch

    def f(values: np.ndarray) -> float:
        moved = x.copy()
        moved[some] = values
        return loss_and_gradient(moved)[0]

    analytic = loss_and_gradient(x)[1][some]
    tiny = 1e-7 * np.abs(loss_and_gradient(x)[1]).max()  # an absent feature has derivative 0
    seen = np.abs(analytic) > tiny
    assert relative_error(analytic[seen], numerical_gradient(f, x[some])[seen]) < 1e-5


def test_start_scores() -> None:
    """Is a surface's start at 0 decades, and a linear model's at ln C?"""
    for name, expected in {
        "quadratic": 0.0,
        "rotated": 0.0,
        "rosenbrock": 0.0,
        "logistic": np.log(2),
        "softmax": np.log(10),
        "sparse": np.log(2),
    }.items():
        problem = TASKS[name].make(generator("test", name))
        assert problem.validation(problem.x) == pytest.approx(expected, abs=1e-12)
        assert problem.held_out(problem.x) == pytest.approx(expected, abs=1e-12)


def test_the_parts_of_the_data_do_not_overlap() -> None:
    """Are training, validation and held-out examples different ones, and batches full?"""
    data = sparse_data()
    assert [len(part.y) for part in data] == [3600, 400, 1000]
    for name in ("logistic", "softmax", "network", "sparse"):
        problem = TASKS[name].make(generator("test", name))
        assert (
            problem.validation(problem.x) != pytest.approx(problem.held_out(problem.x), abs=1e-15)
            or name != "network"
        )
    assert BATCH == 50


def test_sparse_features_are_as_rare_as_the_formula_says() -> None:
    """Is feature j present in a share (j + 1)^−0.8 of the examples, within its scatter?"""
    X = np.vstack([part.X for part in sparse_data()])
    share = (1.0 + np.arange(SPARSE)) ** -0.8
    scatter = np.sqrt(share * (1 - share) / len(X)) + 1e-12
    assert (np.abs(X.mean(axis=0) - share) / scatter).max() < 4.5
    assert set(np.unique(X)) == {0.0, 1.0}


# --- a run ---------------------------------------------------------------------------------------


def slope() -> Problem:
    """x², whose score is its value; the start is 1."""
    return Problem(
        np.array([1.0]),
        lambda x: (float(x @ x), 2 * x),
        lambda x: float(x @ x),
        lambda x: 3 * float(x @ x),
    )


HALVING = Task("slope", "a slope", lambda rng: slope(), False, target=1e-3, every=4)


def test_a_run_by_hand() -> None:
    """lr 0.25 halves x in each step: are end, target and evaluations those of 2^−k?"""
    found = run(slope(), gradient_descent(0.25), HALVING, 10)
    assert found.validation == 2.0**-20
    assert found.held_out == 3 * 2.0**-20
    assert found.reached == 8  # 2^−16 at the second look, after 8; 2^−10 would do after 5
    assert found.evaluations == 10


@pytest.mark.parametrize("lr", [1.5, 1e200])
def test_whoever_diverges_counts_as_the_start(lr: float) -> None:
    """Whether it ends above the start or beyond all numbers?"""
    found = run(slope(), gradient_descent(lr), HALVING, 400)
    assert (found.validation, found.held_out, found.reached) == (1.0, 3.0, np.inf)


# --- what is kept --------------------------------------------------------------------------------


def test_the_small_version_is_made_again() -> None:
    """Does a fresh small benchmark agree with the kept one in everything but the seconds?"""
    kept = benchmark.read(SMALL_CACHE)
    fresh = measured(SMALL, list(kept.cells), benchmark.empty(SMALL), None)
    assert kept.protocol == SMALL
    assert list(fresh.cells) == [(task, name) for task in TASKS for name in EVERYONE]
    for key, cell in fresh.cells.items():
        for name, value in cell._asdict().items():
            if name != "seconds":
                np.testing.assert_allclose(
                    getattr(kept.cells[key], name), value, rtol=2e-4, atol=2e-4, err_msg=str(key)
                )


def test_the_kept_results_are_those_of_this_code() -> None:
    """Do single runs of the whole benchmark, picked by a rule, come out as they are kept?"""
    found = benchmark.results()
    assert found.protocol == FULL
    assert found.methods == tuple(ENTRIES)
    assert found.variants == tuple(VARIANTS)
    assert found.tasks == tuple(TASKS)
    for k, (task, method) in enumerate(itertools.product(TASKS.values(), ENTRIES)):
        cell = found.cells[task.name, method]
        trial = np.argsort(cell.validation, kind="stable")[k % FULL.finalists]
        settings = ENTRIES[method].settings(task.stream, FULL.trials)[trial]
        np.testing.assert_allclose(cell.settings[trial], list(settings.values()), rtol=1e-6)
        if k % 3 == 0:
            seed = k % FULL.seeds
            problem = task.make(generator("fresh", task.stream, seed))
            again = run(problem, ENTRIES[method].make(**settings), task, task.evaluations)
            near = 1.0 if cell.held_out[trial, seed] < np.log10(LEAST) + 3 else 2e-3
            assert again.held_out == pytest.approx(cell.held_out[trial, seed], abs=near), (
                task,
                method,
            )


def test_every_run_that_the_protocol_asks_for_is_there() -> None:
    """Has each trial one fresh run, each finalist all, and nobody more?"""
    for cell in benchmark.results().cells.values():
        runs = np.isfinite(cell.held_out).sum(axis=1)
        best = np.argsort(cell.validation, kind="stable")[: FULL.finalists]
        expected = np.ones(FULL.trials)
        expected[best] = FULL.seeds
        np.testing.assert_array_equal(runs, expected)
        assert cell.sweep.shape == (len(FULL.sweep), FULL.sweep_seeds)
        assert cell.untuned.shape == (1 + FULL.seeds,)


def test_results_survive_the_file(tmp_path: object) -> None:
    """Is what is read what was written, to float32, and another version refused?"""
    from pathlib import Path

    file = Path(str(tmp_path)) / "some.npz"
    found = benchmark.read(SMALL_CACHE)
    benchmark.write(file, found)
    again = benchmark.read(file)
    assert again.protocol == found.protocol
    for key, cell in found.cells.items():
        for name in cell._fields:
            np.testing.assert_array_equal(getattr(again.cells[key], name), getattr(cell, name))
    with pytest.raises(FileNotFoundError, match="bench_optimizers"):
        benchmark.read(file.with_name("none.npz"))


def test_the_interface_reads_consistently() -> None:
    """Do ranking, spread, level and difference say the same as the table?"""
    found = benchmark.results()
    for task in found.tasks:
        rows = found.table(task, 16)
        best, *_, worst = found.ranking(task, 16)
        assert rows[best].mean == min(row.mean for row in rows.values())
        assert found.spread(task, 16) == pytest.approx(rows[worst].mean - rows[best].mean)
        level = found.level(task, 16)
        assert best in level
        for name in found.methods:
            gap, low, high = found.difference(task, name, best, 16)
            assert low <= gap <= high
            assert (low <= 0) == (name in level)
        tuned = [found.outcome(task, best, b).mean for b in (1, 64)]
        assert tuned[1] < tuned[0]
        assert 0 <= found.sensitivity(task, best).share <= 1
        assert found.untuned(task).method in found.methods


def test_a_method_is_entered_by_one_entry() -> None:
    """Can a method that is not in the table be measured, kept and read beside the others?"""
    entry = benchmark.Entry(
        "slow descent",
        lambda lr: gradient_descent(lr / 10),
        {"lr": benchmark.Range(1e-3, 1e2)},
        {"lr": 1e-2},
    )
    little = Protocol(
        trials=3, finalists=1, seeds=2, budgets=(1, 2), sweep=(1.0,), sweep_seeds=1, shorter=10
    )
    cell = benchmark.measure(entry, TASKS["quadratic"], little)
    found = benchmark.Results(little, {("quadratic", "slow descent"): cell})
    assert found.methods == ("slow descent",)
    assert found.level("quadratic", 2) == ["slow descent"]
