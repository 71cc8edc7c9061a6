"""What every test shares: floating-point surprises are errors, not warnings."""

import os

# Test files run side by side, on all processors: more threads would only wait for each other. It
# must be said before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from xdist.scheduler.loadscope import LoadScopeScheduling

LATE = ("browser", "slow")
PARTS = {
    "test_kills.py": re.compile(r"::(\w+)"),  # every test by itself
    "test_problem_sets.py": re.compile(r"\[(\d\d)-"),  # a problem set
    "test_through_the_judge.py": re.compile(r"\[(\d\d)-"),
    "test_every_widget_browser.py": re.compile(r"\[(\w+)"),  # widgets by their first word
    "test_kinds_of_tests.py": re.compile(r"\[(\w+)"),  # a family of kinds
    "test_pages.py": re.compile(r"\[(\d\d|appendix-\w)-"),  # a chapter, an appendix
}

# How long an example takes says how busy the machine is, and nothing of the code. The same examples
# are drawn in every run: what fails once fails again.
settings.register_profile("lossland", deadline=None, derandomize=True)
settings.load_profile("lossland")


@pytest.fixture(autouse=True)
def strict_numerics() -> Iterator[None]:
    """Overflow, invalid operations and division by zero raise inside every test."""
    with np.errstate(all="raise", under="ignore"):
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Quick answers first: browser tests come late, slow ones last.

    Side by side on several processors it is the other way round: what takes long begins first, or
    the last processor would be busy with it when all others have ended. Browser tests stay late:
    tests of the grader kill children of their process, and a browser is one.
    """
    items.sort(key=lambda item: sum(2**n for n, mark in enumerate(LATE) if mark in item.keywords))
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: "slow" not in item.keywords)


class Parted(LoadScopeScheduling):
    """Files side by side, and of the longest files their parts."""

    def _split_scope(self, nodeid: str) -> str:
        return part_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than processors: a test often waits, for a browser or for what sleeps."""
    affinity = getattr(os, "sched_getaffinity", None)
    return 1 + (len(affinity(0)) if affinity is not None else os.cpu_count() or 1)


@pytest.hookimpl(optionalhook=True)  # without xdist there is nothing to deal out
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Parted | None:
    """Refine --dist loadfile; any other way of dealing out tests stays as it is."""
    return Parted(config, log) if config.getvalue("dist") == "loadfile" else None


def part_of(nodeid: str) -> str:
    """What a test shares a process with: its file, or the part of it that PARTS finds.

    Fixtures of a file are built once that way, and those of a long file once in each part.
    """
    file = nodeid.partition("::")[0]
    pattern = PARTS.get(file.rpartition("/")[2])
    found = pattern.search(nodeid) if pattern else None
    return f"{file} {found[1]}" if found else file
