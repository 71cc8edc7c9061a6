"""What the tests of all problem sets share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tools.margins import measured
from tools.rehearsal import Rehearsal, rehearsal_of


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
def excesses() -> Iterator[list[float]]:
    """Every comparison's largest deviation, counted in tolerances, in the order they are made."""
    with measured() as found:
        yield found
