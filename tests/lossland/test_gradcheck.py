"""The gradient checker on functions whose derivatives are known, right and wrong on purpose."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from lossland.gradcheck import (
    Verdict,
    check_gradient,
    complex_step,
    judge,
    numerical_gradient,
    relative_error,
)

Array = NDArray[np.float64]


def rng() -> np.random.Generator:
    """The same draws for every check."""
    return np.random.default_rng(0)


def cubes(x: Array) -> tuple[float, Array]:
    """Σx³ and its gradient 3x²."""
    return float((x**3).sum()), 3 * x**2


def test_finite_differences_by_hand() -> None:
    """Are the differences of x³ at 2 with h = ½ those on paper?"""

    def cube(x: Array) -> float:
        return float(x**3)

    # (2.5³ − 1.5³)/1 = 12.25;  (2.5³ − 2³)/½ = 15.25;  the derivative is 12
    assert numerical_gradient(cube, 2.0, h=0.5) == 12.25
    assert numerical_gradient(cube, 2.0, h=0.5, method="forward") == 15.25


def test_orders_of_the_error() -> None:
    """Does a tenth of h make the forward error 10 and the centred error 100 times smaller?"""

    def f(x: Array) -> float:
        return float(np.exp(x).sum())

    def error(h: float, method: str) -> float:
        return float(numerical_gradient(f, [1.0], h, method)[0] - np.e)

    np.testing.assert_allclose(error(1e-2, "forward") / error(1e-3, "forward"), 10, rtol=0.01)
    np.testing.assert_allclose(error(1e-2, "centred") / error(1e-3, "centred"), 100, rtol=0.01)


@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (0,)], ids=str)
def test_calls_and_shapes(shape: tuple[int, ...]) -> None:
    """Are there 2·size centred and size + 1 forward calls, all in x's shape, x untouched?"""
    x = np.arange(np.prod(shape, dtype=int), dtype=float).reshape(shape)
    kept = x.copy()
    for method, calls in (("centred", 2 * x.size), ("forward", x.size + 1)):
        seen: list[tuple[int, ...]] = []

        def f(p: Array, seen: list[tuple[int, ...]] = seen) -> float:
            seen.append(p.shape)
            p += 1  # a careless function must not reach the caller's array
            return float((p**2).sum())

        got = numerical_gradient(f, x, method=method)
        assert seen == [shape] * calls
        assert got.shape == shape
        np.testing.assert_allclose(got, 2 * (x + 1), rtol=1e-4)
        np.testing.assert_array_equal(x, kept)


def test_complex_step_is_exact() -> None:
    """Is the derivative of eˣ/√(sin³x + cos³x) at 1.5 right to the last digits?"""
    # the example of Martins, Sturdza & Alonso 2003; with g = sin³x + cos³x the derivative is
    # f·(1 − g'/2g), g' = 3·sin x·cos x·(sin x − cos x)

    def f(z: NDArray[np.complex128]) -> complex:
        return complex(np.exp(z) / np.sqrt(np.sin(z) ** 3 + np.cos(z) ** 3))

    x, sin, cos = 1.5, np.sin(1.5), np.cos(1.5)
    g, slope = sin**3 + cos**3, 3 * sin * cos * (sin - cos)
    expected = np.exp(x) / np.sqrt(g) * (1 - slope / (2 * g))
    np.testing.assert_allclose(complex_step(f, x), expected, rtol=1e-15)


def test_complex_step_refuses_a_real_result() -> None:
    """Is a function that drops the imaginary part told so?"""
    with pytest.raises(TypeError, match="stay complex"):
        complex_step(lambda z: float(z.real.sum()), [1.0])


@pytest.mark.parametrize(
    ("a", "b", "error"),
    [
        (1.0, 1.0, 0.0),
        (0.0, 0.0, 0.0),
        (0.0, 1e-300, 1.0),
        (1.0, -1.0, 2.0),
        (100.0, 99.0, 0.01),
        ([1.0, 0.0, 4.0], [1.0, 0.0, 5.0], 0.2),
        ([], [], 0.0),
    ],
)
def test_relative_error(a: object, b: object, error: float) -> None:
    """Is the error relative to the larger of the two, and zero where both are zero?"""
    np.testing.assert_allclose(relative_error(a, b), error, rtol=1e-15)


def test_relative_error_refuses_other_shapes() -> None:
    """Is a comparison that would broadcast refused with both shapes?"""
    with pytest.raises(ValueError, match=r"\(2,\), b \(2, 1\)"):
        relative_error(np.zeros(2), np.zeros((2, 1)))


@pytest.mark.parametrize(
    ("error", "smooth", "kinked"),
    [
        (1e-7, Verdict.GOOD, Verdict.GOOD),
        (1.1e-7, Verdict.TOO_MUCH, Verdict.ACCEPTABLE),
        (1e-4, Verdict.TOO_MUCH, Verdict.ACCEPTABLE),
        (1.1e-4, Verdict.UNEASY, Verdict.UNEASY),
        (1e-2, Verdict.UNEASY, Verdict.UNEASY),
        (1.1e-2, Verdict.WRONG, Verdict.WRONG),
        (np.nan, Verdict.WRONG, Verdict.WRONG),
    ],
)
def test_thresholds(error: float, smooth: Verdict, kinked: Verdict) -> None:
    """Are the borders 1e-7, 1e-4 and 1e-2 where CS231n's notes put them?"""
    assert judge(error) is smooth
    assert judge(error, kinks=True) is kinked


def test_right_gradient_passes() -> None:
    """Does a right gradient pass at the start and after the burn-in, and say so?"""
    report = check_gradient(cubes, np.array([1.0, -2.0, 3.0]), rng=rng())
    assert report.passed
    assert {entry.point for entry in report.entries} == {"at the start", "after the burn-in"}
    assert str(report).startswith("At most 1e-7: the gradient is right. 6 derivatives judged.")


@pytest.mark.parametrize(
    ("mistake", "verdict"),
    [
        (lambda g: -g, Verdict.WRONG),
        (lambda g: 2 * g, Verdict.WRONG),
        (lambda g: g * [1, 1, 0], Verdict.WRONG),
        (lambda g: g * [1, 1, np.nan], Verdict.WRONG),
        (lambda g: 1.001 * g, Verdict.UNEASY),
        (lambda g: (1 + 1e-6) * g, Verdict.TOO_MUCH),
    ],
    ids=["sign", "factor", "missing entry", "nan", "per mille", "millionth"],
)
def test_wrong_gradients_fail(mistake: Callable[[Array], Array], verdict: Verdict) -> None:
    """Does every planted mistake get its verdict, at the entry that has it?"""
    report = check_gradient(
        lambda x: (cubes(x)[0], mistake(cubes(x)[1])), np.array([1.0, -2.0, 3.0]), rng=rng()
    )
    assert report.verdict is verdict
    assert not report.passed
    assert "Largest relative error" in str(report)


def test_rule_4_refuses_single_precision() -> None:
    """Is a float32 gradient refused?"""
    with pytest.raises(ValueError, match="float32: compute it in float64"):
        check_gradient(lambda x: (0.0, x.astype(np.float32)), np.ones(2), rng=rng())


def test_rule_5_leaves_out_what_drowns_in_rounding() -> None:
    """Are derivatives of 1e-12 in a loss of 1000 counted as tiny instead of judged?"""
    report = check_gradient(
        lambda x: (1000.0 + 1e-12 * float(x.sum()), np.full_like(x, 1e-12)), np.ones(3), rng=rng()
    )
    assert report.tiny == 6
    assert report.verdict is Verdict.UNTESTED
    assert not report.passed
    assert "6 too small to judge." in str(report)


def test_rule_6_and_7_leave_out_crossed_kinks() -> None:
    """Is an entry 1e-7 from the kink of |x| left out, one 1e-5 from it judged at small h?"""

    def absolute(x: Array) -> tuple[float, Array]:
        return float(np.abs(x).sum()), np.sign(x)

    x = np.array([1e-7, 1e-5, 1.0])
    blind = check_gradient(absolute, x, rng=rng(), burn_in=0)
    assert blind.verdict is Verdict.WRONG
    report = check_gradient(absolute, x, rng=rng(), burn_in=0, winners=lambda x: x > 0)
    assert report.passed
    assert report.crossed == 1
    assert {entry.where: entry.h for entry in report.entries}[1,] == 1e-6
    assert "1 crossed a kink" in str(report)


def test_rule_9_finds_a_mistake_away_from_the_start() -> None:
    """Is a mistake that shows only in the other mode found after the burn-in?"""

    def late(x: Array) -> tuple[float, Array]:
        return float((x**2).sum()), np.where(x > 0.99, 2 * x, 3 * x)

    assert check_gradient(late, np.ones(2), rng=rng(), burn_in=0).passed
    report = check_gradient(late, np.ones(2), rng=rng())
    assert report.verdict is Verdict.WRONG
    assert report.worst is not None
    assert report.worst.point == "after the burn-in"


def test_rule_10_checks_the_regulariser_alone() -> None:
    """Is a forgotten factor in a penalty found even where the data loss is 1e6 times larger?"""

    def data(x: Array) -> tuple[float, Array]:
        return 1e6 * float((x**2).sum()), 2e6 * x

    report = check_gradient(
        data, np.ones(3), rng=rng(), regulariser=lambda x: (float((x * x).sum()), x)
    )
    assert report.verdict is Verdict.WRONG
    assert report.worst is not None
    assert report.worst.part == "regulariser"
    whole = check_gradient(
        lambda x: (data(x)[0] + float((x * x).sum()), data(x)[1] + x), np.ones(3), rng=rng()
    )
    assert whole.verdict is not Verdict.WRONG


def test_rule_11_refuses_randomness() -> None:
    """Is a loss with dropout left on refused in words?"""
    noise = np.random.default_rng(1)

    def dropped(x: Array) -> tuple[float, Array]:
        mask = noise.random(x.shape) < 0.5
        return float((mask * x).sum()), mask.astype(float)

    with pytest.raises(ValueError, match="turn dropout and augmentation off"):
        check_gradient(dropped, np.ones(50), rng=rng())


def test_rule_12_looks_into_every_block() -> None:
    """Is a mistake in the one bias among a thousand weights found when the blocks are named?"""

    def loss(x: Array) -> tuple[float, Array]:
        return float(0.5 * (x * x).sum()), np.where(np.arange(x.size) < 1000, x, 0.0)

    x = np.ones(1001)
    blocks = {"weights": np.s_[:1000], "bias": np.s_[1000:]}
    assert check_gradient(loss, x, rng=rng()).passed
    report = check_gradient(loss, x, rng=rng(), blocks=blocks)
    assert report.verdict is Verdict.WRONG
    assert report.worst is not None
    assert (report.worst.block, report.worst.where) == ("bias", (1000,))
    counts = [entry.block for entry in report.entries]
    assert (counts.count("weights"), counts.count("bias")) == (16, 2)


def test_rule_12_draws_different_entries() -> None:
    """Are the entries of a block drawn at random, each once, and anew for another seed?"""

    def drawn(seed: int) -> set[tuple[int, ...]]:
        report = check_gradient(
            cubes, np.ones((30, 30)), rng=np.random.default_rng(seed), per_block=20, burn_in=0
        )
        return {entry.where for entry in report.entries}

    assert len(drawn(1)) == len(drawn(2)) == 20
    assert len(drawn(1) & drawn(2)) < 10
    assert drawn(1) == drawn(1)


def test_refuses_a_gradient_of_another_shape() -> None:
    """Is a gradient that is not shaped like x refused with both shapes?"""
    with pytest.raises(ValueError, match=r"\(2, 1\), x \(2,\)"):
        check_gradient(lambda x: (0.0, np.zeros((2, 1))), np.zeros(2), rng=rng())


def test_leaves_x_alone() -> None:
    """Is x the same after the check, even when the loss writes into its argument?"""

    def careless(x: Array) -> tuple[float, Array]:
        loss, gradient = cubes(x)
        x += 1
        return loss, gradient

    x = np.array([1.0, 2.0])
    assert check_gradient(careless, x, rng=rng()).passed
    assert x.tolist() == [1.0, 2.0]
