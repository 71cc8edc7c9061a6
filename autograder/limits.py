"""All limits of grading in one place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from autograder.errors import GraderError

WALL_FACTOR = 10
"""Wall time may be so many times the time that counts; what ends by it, the host has delayed."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Every field is a whole number in the unit its name ends in.

    Times are processor seconds of all processes together, so a busy host costs nobody anything;
    time in which the code only waits (a sleep, a deadlock) has the same limit by itself. The
    defaults fit the course's problem sets with a factor of twenty and more to spare.
    """

    cell_seconds: int = 30
    """Computing of one notebook cell; then it is interrupted, and at last killed."""
    test_seconds: int = 15
    """The student's computing for one test cell; as much again for the test itself."""
    submission_seconds: int = 600
    """Computing and waiting of everything together; what takes longer is not graded."""
    memory_mb: int = 2048
    """Memory that all the submission's processes together take: shared pages count once."""
    address_space_mb: int = 4096
    """Address space of each single process."""
    processes: int = 48
    """Processes and threads that the submission may have at a time."""
    open_files: int = 256
    """File descriptors of each process."""
    disk_mb: int = 64
    """Size of the private home and of the private /tmp, and of any one file."""
    output_kb: int = 64
    """Text that one cell may print before the rest is dropped, and four times that for images."""
    frame_mb: int = 64
    """Size of one message between the student's process and the judge."""
    items: int = 1_000_000
    """Values in one message: an array counts as one."""
    callback_depth: int = 16
    """How deep the student's function and the judge's callbacks may call each other."""
    hard_failures: int = 4
    """Cells that may kill or freeze the process, and are skipped, before the notebook ends."""

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 1:
                raise GraderError(f"limit {field.name} must be at least 1")

    def changed(self, settings: Iterable[str]) -> Limits:
        """A copy with settings such as ``"test_seconds=5"`` applied.

        Raises GraderError for an unknown name or a value that is no whole number.
        """
        changes = {}
        known = {field.name for field in fields(self)}
        for setting in settings:
            name, _, value = setting.partition("=")
            if name not in known:
                names = ", ".join(sorted(known))
                raise GraderError(f"there is no limit called {name!r}; the limits are {names}")
            if not value.isdecimal():
                raise GraderError(f"limit {name} needs a whole number, as in {name}=10")
            changes[name] = int(value)
        return replace(self, **changes)
