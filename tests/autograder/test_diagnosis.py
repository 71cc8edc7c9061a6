"""Diagnosis: from recorded calls to the likely mistake, for functions of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from autograder.catalogue import Catalogue, Entry
from autograder.checks import Counted, call
from autograder.diagnosis.naming import diagnose
from autograder.judge.raised import ErrorReport, raised
from autograder.recording import RecordedCall, record

RNG = np.random.default_rng(11)
X, Y = RNG.standard_normal((9, 4)), RNG.integers(0, 3, 9)
W = RNG.standard_normal((4, 3))


def entry(function: str, text: str, code: Callable[..., Any]) -> Entry:
    return Entry(function, "entry", text, code, "")


def watched(name: str, student: Callable[..., Any], *args: Any) -> RecordedCall:
    """A call as a judge records it that watches everything."""
    return record(name, args, {}, lambda *given: call(student, *given))


def bare(name: str, student: Callable[..., Any], *args: Any) -> RecordedCall:
    """A call as a judge records it that keeps arguments and result alone."""
    return RecordedCall(name, args, {}, call(student, *args).value)


def told(
    student: Callable[..., Any],
    right: Callable[..., Any],
    *inputs: tuple[Any, ...],
    mistakes: tuple[Entry, ...] = (),
) -> str:
    calls = [watched("f", student, *args) for args in inputs]
    return diagnose(calls, {"f": right}, Catalogue(mistakes=mistakes))


# -- named mistakes ------------------------------------------------------------------------


def test_right_answers_and_no_calls_have_no_diagnosis() -> None:
    """Is nothing said of a function that does what the reference does, or that is unknown?"""
    assert told(lambda x: 2 * x, lambda x: x + x, (W,)) == ""
    assert diagnose([], {"f": abs}, Catalogue()) == ""
    assert diagnose([bare("g", abs, -1.0)], {"f": abs}, Catalogue()) == ""


def test_mistake_must_agree_in_every_call() -> None:
    """Is a mistake named only if it agrees in all calls, and differs from the right answer?"""
    tripled = entry("f", "Three times.", lambda x: 3 * x)
    squared = entry("f", "Squared.", lambda x: x * x)
    right = entry("f", "Not wrong at all.", lambda x: 2 * x)
    mistakes = (right, squared, tripled)
    assert told(lambda x: x + x + x, lambda x: 2 * x, (3.0,), mistakes=mistakes) == "Squared."
    assert (
        told(lambda x: x + x + x, lambda x: 2 * x, (3.0,), (5.0,), mistakes=mistakes)
        == "Three times."
    )


def test_calls_with_a_handed_function_are_compared() -> None:
    """Is a mistake named that gives right values, and calls a handed function once too often?"""

    def right(gradient: Callable[..., Any], x: Any) -> Any:
        return x - gradient(x)

    def twice(gradient: Callable[..., Any], x: Any) -> Any:
        gradient(x)
        return x - gradient(x)

    def elsewhere(gradient: Callable[..., Any], x: Any) -> Any:
        gradient(x + 1)
        return x - gradient(x)

    mistakes = (entry("f", "Called elsewhere.", elsewhere), entry("f", "Called twice.", twice))
    assert told(twice, right, (np.tanh, W), mistakes=mistakes) == "Called twice."
    assert told(elsewhere, right, (np.tanh, W), mistakes=mistakes) == "Called elsewhere."
    # A judge that does not watch the handed function finds the calls in a Counted.
    catalogue = Catalogue(mistakes=mistakes)
    recorded = [bare("f", twice, Counted(np.tanh, "gradient"), W) for _ in range(2)]
    assert diagnose(recorded, {"f": right}, catalogue) == "Called twice."
    assert diagnose([bare("f", twice, np.tanh, W)], {"f": right}, catalogue) == ""


def test_changed_arguments_are_compared() -> None:
    """Is a mistake named that is right but for changing an argument in place?"""

    def in_place(x: np.ndarray) -> np.ndarray:
        x += 1
        return x

    mistakes = (entry("f", "In place.", in_place),)
    assert told(in_place, lambda x: x + 1, (W,), mistakes=mistakes) == "In place."


def test_random_draws_are_repeated_from_the_recorded_state() -> None:
    """Is a mistake in the use of a random generator named, in values or in draws alone?"""

    def right(loss: Callable[..., Any], tries: int, rng: np.random.Generator) -> float:
        return min(loss(rng.standard_normal(2)) for _ in range(tries))

    def uniform(loss: Callable[..., Any], tries: int, rng: np.random.Generator) -> float:
        return min(loss(rng.random(2)) for _ in range(tries))

    def extra(loss: Callable[..., Any], tries: int, rng: np.random.Generator) -> float:
        best = right(loss, tries, rng)
        rng.standard_normal(2)
        return best

    mistakes = (entry("f", "Uniform draws.", uniform), entry("f", "An extra draw.", extra))
    for student, text in ((uniform, "Uniform draws."), (extra, "An extra draw.")):
        args = (lambda w: float(w @ w), 5, np.random.default_rng(3))
        assert told(student, right, args, mistakes=mistakes) == text


def test_generators_texts_and_dicts_are_compared() -> None:
    """Are results of other kinds compared too: batches that are yielded, names, running means?"""

    def right(n: int, size: int) -> Iterator[Any]:
        for start in range(0, n, size):
            yield {"rows": np.arange(start, min(start + size, n)), "last": start + size >= n}

    def short(n: int, size: int) -> Iterator[Any]:
        return (batch for batch in right(n, size) if len(batch["rows"]) == size)

    mistakes = (entry("f", "The short batch is dropped.", short),)
    assert told(lambda n, k: list(short(n, k)), right, (7, 3), mistakes=mistakes)
    assert "text; a list is" in told(lambda n, k: "none", right, (7, 3), mistakes=mistakes)
    assert told(lambda n, k: list(right(n, k))[1:], right, (7, 3), mistakes=mistakes) == ""


def test_errors_are_compared_by_their_type() -> None:
    """Is a mistake named that raises where the student's function does, under the judge's name?"""

    def student(x: Any) -> Any:
        if isinstance(x, float):
            raise raised("f", ErrorReport("AttributeError", "", "", -1, 0))
        return x.copy()

    mistakes = (entry("f", "Numbers have no copy().", lambda x: x.copy()),)
    right = (W,), (3.0,)
    assert told(student, lambda x: 1 * x, *right, mistakes=mistakes) == "Numbers have no copy()."


def step(x: Any, grad: Any) -> Any:
    return x - grad


def run(x: Any, steps: int) -> Any:
    for _ in range(steps):
        x = step(x, x / 2)
    return x


def test_mistake_in_a_function_that_is_called() -> None:
    """Is a mistake found behind a function that only calls the wrong one?"""
    uphill = entry("step", "It goes uphill.", lambda x, grad: x + grad)
    recorded = [watched("run", lambda x, steps: x * 1.5**steps, 2.0, 3)]
    text = diagnose(recorded, {"run": run, "step": step}, Catalogue(mistakes=(uphill,)))
    assert text == "`run` goes wrong as `step` does in this case: It goes uphill."


# -- symptoms ------------------------------------------------------------------------------


def right_gradient(W: Any, X: Any, y: Any, reg: Any) -> Any:
    scores = X @ W
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    return X.T @ p / len(y) + 2 * reg * W


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (lambda *a: -right_gradient(*a), "It has the opposite sign."),
        (lambda *a: 2 * right_gradient(*a), "It is twice the right one"),
        (lambda *a: right_gradient(*a) / 2, "It is half the right one"),
        (lambda *a: 1.7 * right_gradient(*a), "off by a constant factor of about 1.7"),
        (lambda W, X, y, r: 9 * right_gradient(W, X, y, r), "the length of `X`"),
        (lambda W, X, y, r: right_gradient(W, X, y, 0.0), "lacks the term with `reg` and `W`"),
        (
            lambda W, X, y, r: right_gradient(W, X, y, r / 2),
            "lacks the term with `reg` and `W`",
        ),
        (lambda *a: right_gradient(*a).astype(np.float32), "single precision"),
        (lambda *a: right_gradient(*a).astype(np.float32).astype(float), "single precision"),
        (lambda *a: right_gradient(*a) * (1 + 1e-7 * np.cos(a[0])), "six digits or a few more"),
        (lambda *a: right_gradient(*a).T.copy(), "is the transpose of the right one"),
        (lambda *a: right_gradient(*a) + (a[0] == a[0].max()), "only a few places, 1 of 12"),
        (lambda *a: right_gradient(*a) + np.sin(a[0]), ""),
        (lambda *a: "text", "returns a text; an array is asked for"),
    ],
)
def test_gradient_symptoms(wrong: Callable[..., Any], text: str) -> None:
    """Is it told what a wrong gradient has in common with the right one?"""
    found = told(wrong, right_gradient, (W, X, Y, 0.1), (2 * W, X, Y, 0.3))
    assert text in found
    assert bool(text) == bool(found)


def step_rule(x: Any, v: Any, grad: Any, lr: float, mu: float) -> Any:
    v = mu * v - lr * grad
    return x + v, v


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (lambda *a: step_rule(*a)[::-1], "right but in the wrong order: they come as 2nd and 1st"),
        (lambda x, v, g, lr, mu: (step_rule(x, v, g, lr, mu)[0], mu * v), "`lr` and `grad`"),
        (
            lambda x, v, g, lr, mu: (x + mu * v - lr * g, -(mu * v - lr * g)),
            "2nd returned value has",
        ),
        (
            lambda x, v, g, lr, mu: (x + mu * v - lr * g, (mu * v - lr * g) / lr),
            "The 2nd returned value lacks a factor of `lr`.",
        ),
        (
            lambda x, v, g, lr, mu: (x + mu * v - lr * g, -(mu * v - lr * g) * (1 - mu)),
            "is multiplied by (1 − `mu`) without need and has the opposite sign",
        ),
        (
            lambda x, v, g, lr, mu: (mu * v - lr * g, mu * v - lr * g),
            "The 1st returned value differs by a multiple of `x`: a term is missing or doubled.",
        ),
    ],
)
def test_symptoms_of_one_of_two_results(wrong: Callable[..., Any], text: str) -> None:
    """Is the wrong one of two results named, and factors by the arguments that they equal?"""
    x, v, grad = RNG.standard_normal((3, 5))
    found = told(wrong, step_rule, (x, v, grad, 0.2, 0.9), (v, grad, x, 0.03, 0.7))
    assert text in found


def decay(x: Any, steps: int) -> Any:
    return float(x) * 0.8 ** np.arange(steps + 1)


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (lambda x, n: decay(x, n)[1:], "lacks its first entry"),
        (lambda x, n: decay(x, n)[:-1], "lacks its last entry"),
        (lambda x, n: np.append(decay(x, n), 1.0), "one entry too many at its end"),
        (lambda x, n: np.append(decay(x, n)[1:], 9.0), "one place too early"),
        (lambda x, n: np.append(9.0, decay(x, n)[:-1]), "one place too late"),
        (
            lambda x, n: np.where(np.arange(n + 1) < 4, decay(x, n), 1 / (1.0 + np.arange(n + 1))),
            "is right up to entry 3 and parts from there",
        ),
    ],
)
def test_sequence_symptoms(wrong: Callable[..., Any], text: str) -> None:
    """Is it told how a wrong curve lies against the right one, and where the two part?"""
    assert text in told(wrong, decay, (3.0, 12), (5.0, 20))


@pytest.mark.parametrize(
    ("wrong", "right", "text"),
    [
        (None, 3.0, "returns nothing (None): is a return missing? A single number is asked for."),
        ("done", 3.0, "returns a text; a single number is asked for."),
        ([1.0, 2.0], np.ones(2), "returns a list of 2; an array is asked for."),
        (np.ones(2), 3.0, "returns an array; a single number is asked for."),
        (3.0, (3.0, W), "returns a single number; a tuple of 2 is asked for."),
        ([3.0, W, 1], (3.0, W), "returns a list of 3; a tuple of 2 is asked for."),
    ],
)
def test_another_kind_of_thing_is_told(wrong: Any, right: Any, text: str) -> None:
    """Is it said what came back where all calls give another kind of thing than asked for?"""
    assert told(lambda x: wrong, lambda x: right, (1.0,), (2.0,)) == f"`f` {text}"


def test_things_of_the_right_kind_are_not_reproached() -> None:
    """Is nothing said of kinds if a list or an array of as many came, or one call was right?"""
    for pair in ([1.0, 2.0], np.array([1.0, 2.0])):
        assert "asked for" not in told(lambda x, pair=pair: pair, lambda x: (1.0, 3.0), (1.0,))
    sometimes = told(lambda x: x if x > 1 else None, lambda x: x + (x > 1), (1.0,), (2.0,))
    assert "asked for" not in sometimes


def test_whole_numbers_as_floats_are_named() -> None:
    """Is a mistake named whose only fault is 4.0 in place of 4, and nothing said of 4?"""
    mistakes = (entry("f", "Too much.", lambda x: x + 1), entry("f", "As a float.", float))
    assert told(np.float64, lambda x: x, (4,), (7,), mistakes=mistakes) == "As a float."
    assert told(np.int64, lambda x: x, (4,), (7,), mistakes=mistakes) == ""
    assert told(float, lambda x: x, (4,), mistakes=mistakes[:1]) == ""


def test_symptoms_need_every_wrong_call() -> None:
    """Is a symptom of one call alone passed over?"""
    wrong = {3.0: -2.0, 5.0: 4.0}
    assert told(lambda x: wrong[x], lambda x: {3.0: 2.0, 5.0: 3.0}[x], (3.0,), (5.0,)) == ""


def test_losses_without_their_regulariser() -> None:
    """Is a missing regulariser seen in a single number too?"""

    def loss(W: Any, reg: float) -> float:
        return float(np.sin(W).sum() + reg * (W * W).sum())

    found = told(lambda W, reg: loss(W, 0.0), loss, (W, 0.1), (2 * W, 0.4))
    assert "lacks the term with `reg` and `W`" in found


def test_symptoms_tell_no_values() -> None:
    """Is a factor that means nothing rounded to two digits?"""
    found = told(lambda x: 1.23456789 * x, lambda x: x, (W,))
    assert "about 1.2." in found
