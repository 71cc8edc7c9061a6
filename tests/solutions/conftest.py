"""What the tests of all problem sets share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.checks import comparing, gradients
from tests.solutions.rehearsal import ROOT, Rehearsal


@pytest.fixture(scope="session")
def momentum_set() -> Rehearsal:
    """Problem set 5."""
    return Rehearsal(ROOT / "solutions" / "05-momentum")


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
    compare, relative_error = gradients._compare, gradients.relative_error

    def comparing_gradients(*args: Any) -> None:
        tolerances.append(args[-1])
        compare(*args)

    def measuring_gradients(*args: Any) -> Any:
        error = relative_error(*args)
        found.append(float(np.max(error, initial=0.0)) / tolerances[-1])
        return error

    monkeypatch.setattr(comparing, "excess", measuring)
    monkeypatch.setattr(gradients, "_compare", comparing_gradients)
    monkeypatch.setattr(gradients, "relative_error", measuring_gradients)
    return found
