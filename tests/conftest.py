"""What every test shares: floating-point surprises are errors, not warnings."""

from collections.abc import Iterator

import numpy as np
import pytest

LATE = ("browser", "slow")


@pytest.fixture(autouse=True)
def strict_numerics() -> Iterator[None]:
    """Overflow, invalid operations and division by zero raise inside every test."""
    with np.errstate(all="raise", under="ignore"):
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick answers first: browser tests come late, slow ones last."""
    items.sort(key=lambda item: sum(2**n for n, mark in enumerate(LATE) if mark in item.keywords))
