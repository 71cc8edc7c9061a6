"""What every test shares: floating-point surprises are errors, not warnings."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import settings

LATE = ("browser", "slow")

# How long an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("lossland", deadline=None)
settings.load_profile("lossland")


@pytest.fixture(autouse=True)
def strict_numerics() -> Iterator[None]:
    """Overflow, invalid operations and division by zero raise inside every test."""
    with np.errstate(all="raise", under="ignore"):
        yield


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Quick answers first: browser tests come late, slow ones last.

    Side by side on several processors it is the other way round: what takes long begins first, or
    the last processor would be busy with it when all others have ended.
    """
    items.sort(key=lambda item: sum(2**n for n, mark in enumerate(LATE) if mark in item.keywords))
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: "slow" not in item.keywords)
        for item in items:
            item.add_marker(pytest.mark.xdist_group(group_of(item)))


def group_of(item: pytest.Item) -> str:
    """What a test shares a process with: its file, or the part of it that ``apart`` names.

    Fixtures of a file are built once that way. ``apart("name")`` parts the tests by their parameter
    of that name, and without a parameter every test from the others.
    """
    apart = item.get_closest_marker("apart")
    if apart is None:
        return item.path.stem
    parameters = getattr(item, "callspec", None)
    parts = [str(parameters.params[name]) if parameters else "" for name in apart.args]
    return "-".join([item.path.stem, *(parts or [item.name.replace("[", "-").strip("]")])])
