"""What a wrong answer has in common with the right one, when no named mistake fits.

Every symptom must hold in all calls that went wrong, so a coincidence in one does not speak.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograder.checks import wording
from autograder.checks.comparing import excess, relative_deviation

RTOL = 1e-9
Array = NDArray[np.float64]


class Case(NamedTuple):
    """One call that went wrong: the arguments, what came back, what should have come back."""

    args: tuple[Any, ...]
    got: Any
    want: Any


def symptom(cases: Sequence[Case], right: Callable[..., Any]) -> str:
    """The first symptom that all cases show, or the empty text.

    ``right`` is the reference; its parameters' names appear in the text.
    """
    names = list(inspect.signature(right).parameters)
    parts = _split(cases)
    if parts is None:
        return _as_number_or_array("It", cases, names)
    order = _permuted(cases)
    if order:
        places = wording.listed([wording.ordinal(place + 1) for place in order])
        return f"The returned values are right but in the wrong order: they come as {places}."
    for number, part in enumerate(parts, start=1):
        wrong = [case for case in part if not _close(case.got, case.want)]
        text = _as_number_or_array(f"The {wording.ordinal(number)} returned value", wrong, names)
        if text:
            return text
    return ""


def _split(cases: Sequence[Case]) -> list[list[Case]] | None:
    """The cases of each returned value, where tuples of one length were asked for and came."""
    lengths = {
        len(part) if isinstance(part, list | tuple) else None
        for case in cases
        for part in (case.got, case.want)
    }
    if len(lengths) != 1 or None in lengths:
        return None
    return [
        [Case(case.args, case.got[i], case.want[i]) for case in cases]
        for i in range(next(iter(lengths)) or 0)
    ]


def _permuted(cases: Sequence[Case]) -> tuple[int, ...]:
    """The order in which the right values came back; empty if they did not."""
    length = len(cases[0].want)
    if length > 4:
        return ()
    for order in permutations(range(length)):
        if all(
            _close(case.got[i], case.want[place]) for case in cases for i, place in enumerate(order)
        ):
            return order
    return ()


def _as_number_or_array(subject: str, cases: Sequence[Case], names: list[str]) -> str:
    numeric = [Case(c.args, _array(c.got), _array(c.want)) for c in cases]
    if not numeric or any(c.got is None or c.want is None for c in numeric):
        return ""
    for finding in _FINDINGS:
        text = finding(subject, numeric, names)
        if text:
            return text
    return ""


# -- one function a symptom: (subject, cases, argument names) -> text or nothing ----------


def _single_precision(subject: str, cases: Sequence[Case], names: list[str]) -> str:
    if not _same_shapes(cases):
        return ""
    far = [relative_deviation(case.got, case.want) for case in cases]
    if any(case.got.dtype == np.float32 for case in cases) or (
        max(far) < 3e-6 and min(far) > 1e-9 and all(_fits_single(case.got) for case in cases)
    ):
        return f"{subject} was computed in single precision (float32); the course uses float64."
    if max(far) < 3e-6:
        return (
            f"{subject} is right only to six digits or a few more: was something rounded, "
            "computed in single precision (float32) or differentiated numerically?"
        )
    return ""


def _transposed(subject: str, cases: Sequence[Case], names: list[str]) -> str:
    if all(c.got.ndim == 2 and _close(c.got.T, c.want) for c in cases):
        return f"{subject} is the transpose of the right one."
    return ""


def _factor(subject: str, cases: Sequence[Case], names: list[str]) -> str:
    if not _same_shapes(cases):
        return ""
    factors = [_ratio(case.got, case.want) for case in cases]
    if any(factor is None or factor == 0 for factor in factors):
        return ""
    found = np.array(factors, dtype=np.float64)
    if _close(found, np.full_like(found, -1.0)):
        return f"{subject} has the opposite sign."
    for sign, words in ((1.0, ""), (-1.0, " and has the opposite sign")):
        for factor, name in _known_factors(cases, names):
            if factor is not None and _close(found, sign * factor):
                return f"{subject} {name}{words}."
    if _close(found, np.full_like(found, found[0])) and 1e-3 < abs(found[0]) < 1e3:
        return f"{subject} is off by a constant factor of about {found[0]:.2g}."
    return ""


def _known_factors(cases: Sequence[Case], names: list[str]) -> Iterator[tuple[Array | None, str]]:
    """Factors with a meaning, one value a case, and what an answer off by them has wrong."""
    ones = np.ones(len(cases))
    yield 2 * ones, "is twice the right one: look for a missing ½ or a needless 2"
    yield ones / 2, "is half the right one: look for a needless ½ or a missing 2"
    for index, name in enumerate(names):
        number = _column(cases, index, _scalar)
        if number is not None and (number != 0).all():
            yield number, f"is multiplied by `{name}` once too often"
            yield 1 / number, f"lacks a factor of `{name}`"
            yield 1 - number, f"is multiplied by (1 − `{name}`) without need"
            yield 1 + number, f"is multiplied by (1 + `{name}`) without need"
        length = _column(cases, index, lambda value: len(value) if np.ndim(value) else None)
        if length is not None and (length > 1).all():
            yield length, f"lacks the factor 1/n, n being the length of `{name}`"
            yield 1 / length, f"is divided by n once too often, n being the length of `{name}`"


def _missing_term(subject: str, cases: Sequence[Case], names: list[str]) -> str:
    """The answer lacks a multiple of an argument, as a gradient without its regulariser does."""
    if not _same_shapes(cases):
        return ""
    for index, name in enumerate(names):
        found = _multiples(cases, index)
        if found is None:
            continue
        for other, factor in enumerate(names):
            number = _column(cases, other, _scalar)
            if number is not None and any(
                np.allclose(found, known * number, rtol=1e-6, atol=0.0) for known in (1, 2, -1, -2)
            ):
                return (
                    f"{subject} lacks the term with `{factor}` and `{name}`, "
                    "or has it with the wrong factor."
                )
        if cases[0].want.ndim and np.ptp(found) <= 1e-6 * np.abs(found).max():
            return f"{subject} differs by a multiple of `{name}`: a term is missing or doubled."
    return ""


def _multiples(cases: Sequence[Case], index: int) -> Array | None:
    """For each case the number c with want − got = c·argument, or c·Σargument² for a loss."""
    multiples: list[float | None] = []
    for case in cases:
        term = _array(case.args[index]) if index < len(case.args) else None
        if term is None or not np.any(term):
            return None
        if term.shape == case.want.shape:
            multiples.append(_ratio(case.want - case.got, term, slack=1e-6))
        elif not case.want.ndim:
            multiples.append(float(case.want - case.got) / float((term**2).sum()))
        else:
            return None
    return None if None in multiples else np.array(multiples, dtype=np.float64)


def _sequence(subject: str, cases: Sequence[Case], names: list[str]) -> str:
    if any(case.want.ndim != 1 or case.got.ndim != 1 or len(case.want) < 3 for case in cases):
        return ""
    for skew, words in _SKEWED:
        if all(_close(*skew(case.got, case.want)) for case in cases):
            return f"{subject} {words}."
    if not _same_shapes(cases):
        return ""
    wrong = [excess(case.got, case.want, RTOL) > 1 for case in cases]
    firsts = {int(np.argmax(entries)) for entries in wrong}
    start = min(firsts)
    if len(firsts) == 1 and start > 0 and all(e[start:].mean() > 0.8 for e in wrong):
        return f"{subject} is right up to entry {wording.rough(start - 1)} and parts from there."
    return ""


_SKEWED: tuple[tuple[Callable[[Array, Array], tuple[Array, Array]], str], ...] = (
    (lambda got, want: (got, want[1:]), "lacks its first entry; all others are right"),
    (lambda got, want: (got, want[:-1]), "lacks its last entry; all others are right"),
    (lambda got, want: (got[:-1], want), "has one entry too many at its end"),
    (
        lambda got, want: (got[:-1], want[1:]),
        "comes one place too early: entry k holds what belongs to k + 1",
    ),
    (
        lambda got, want: (got[1:], want[:-1]),
        "comes one place too late: entry k holds what belongs to k − 1",
    ),
)


def _few_places(subject: str, cases: Sequence[Case], names: list[str]) -> str:
    if not _same_shapes(cases):
        return ""
    wrong = [int((excess(case.got, case.want, RTOL) > 1).sum()) for case in cases]
    total = [case.want.size for case in cases]
    if all(w <= t / 10 for w, t in zip(wrong, total, strict=True)):
        return (
            f"{subject} is wrong at only a few places, "
            f"{wording.near(wrong[0], total[0])} of {total[0]}: "
            "look at special cases such as ties, kinks, the first or the last element."
        )
    return ""


_FINDINGS = (_single_precision, _transposed, _factor, _missing_term, _sequence, _few_places)


# -- reading numbers --------------------------------------------------------------------


def _array(value: Any) -> Any:
    """A numeric array of the value, or None."""
    if isinstance(value, np.ndarray) and value.dtype == np.float32:
        return value
    if isinstance(value, np.ndarray | int | float | np.number) and not isinstance(value, bool):
        array = np.asarray(value)
        return array.astype(np.float64) if array.dtype.kind in "iuf" else None
    return None


def _same_shapes(cases: Sequence[Case]) -> bool:
    return all(case.got.shape == case.want.shape for case in cases)


def _close(got: Any, want: Any) -> bool:
    got, want = _array(got), _array(want)
    if got is None or want is None or got.shape != want.shape:
        return False
    return not (excess(got, want, RTOL) > 1).any()


def _ratio(got: Array, want: Array, slack: float = RTOL) -> float | None:
    """The number c with got = c·want, if there is one."""
    square = float((want**2).sum())
    if not square:
        return None
    c = float((got * want).sum()) / square
    return c if not (excess(got, c * want, slack) > 1).any() else None


def _fits_single(value: Array) -> bool:
    return bool((value.astype(np.float32) == value).all())


def _column(cases: Sequence[Case], index: int, read: Callable[[Any], float | None]) -> Array | None:
    """One number read off the argument ``index`` of each case, or None."""
    values = [read(case.args[index]) if index < len(case.args) else None for case in cases]
    return None if any(v is None for v in values) else np.array(values, dtype=np.float64)


def _scalar(value: Any) -> float | None:
    plain = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return float(value) if plain else None
