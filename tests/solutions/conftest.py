"""What the tests of all problem sets share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.checks import comparing, gradients
from tests.solutions.rehearsal import Rehearsal, rehearsal_of


@pytest.fixture
def search_set() -> Rehearsal:
    """Problem set 1."""
    return rehearsal_of("01-random-search")


@pytest.fixture
def local_set() -> Rehearsal:
    """Problem set 2."""
    return rehearsal_of("02-local-search")


@pytest.fixture
def gradient_set() -> Rehearsal:
    """Problem set 3."""
    return rehearsal_of("03-gradient")


@pytest.fixture
def descent_set() -> Rehearsal:
    """Problem set 4."""
    return rehearsal_of("04-gradient-descent")


@pytest.fixture
def momentum_set() -> Rehearsal:
    """Problem set 5."""
    return rehearsal_of("05-momentum")


@pytest.fixture
def ada_set() -> Rehearsal:
    """Problem set 6."""
    return rehearsal_of("06-ada-family")


@pytest.fixture
def excesses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Every comparison's largest deviation, counted in tolerances, in the order they are made."""
    found: list[float] = []
    measured = comparing.excess

    def measuring(*args: Any, **kwargs: Any) -> Any:
        result = measured(*args, **kwargs)
        found.append(float(np.max(result, initial=0.0)))
        return result

    tolerances: list[float] = []
    compare, relative_error, exact = (
        gradients._compare, gradients.relative_error, gradients._exact,
    )  # fmt: skip

    def comparing_gradients(*args: Any) -> None:
        tolerances.append(args[-1])
        compare(*args)

    def measuring_gradients(*args: Any) -> Any:
        error = relative_error(*args)
        found.append(float(np.max(error, initial=0.0)) / tolerances[-1])
        return error

    def measuring_distances(what: str, got: tuple[Any, ...], right: Any) -> None:
        for part, good in zip(got, right, strict=True):
            distance = float(np.linalg.norm(np.subtract(part, good)) / np.linalg.norm(good))
            found.append(distance / gradients.ANALYTIC)
        exact(what, got, right)

    monkeypatch.setattr(comparing, "excess", measuring)
    monkeypatch.setattr(gradients, "_compare", comparing_gradients)
    monkeypatch.setattr(gradients, "relative_error", measuring_gradients)
    monkeypatch.setattr(gradients, "_exact", measuring_distances)
    return found
