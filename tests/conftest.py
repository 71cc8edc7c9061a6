"""What every test shares: floating-point surprises are errors, not warnings."""

from collections.abc import Iterator

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def strict_numerics() -> Iterator[None]:
    """Overflow, invalid operations and division by zero raise inside every test."""
    with np.errstate(all="raise", under="ignore"):
        yield
