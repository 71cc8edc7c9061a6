"""Does each test start from the state after the notebook, or could it know of an earlier one?

Tests run in forks of the notebook's process, which belongs to the student. It is stopped while a
test runs, so it sees nothing itself; what is left are channels that a fork shares with it:

    descriptors   pipes, sockets and the like; of files, how far they were read, flags and locks
    memory        writable mappings that forks share
    signals       sent to the stopped process, and waiting there; one that wakes it up
    files         in the private folders: see ``folders``

Where one exists, or was used, the notebook runs again before the next test.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import stat
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.sandbox import mappings
from autograder.sandbox.mappings import Mapping
from autograder.sandbox.view import within

STOPPING_SECONDS = 1.0
_EXITING = 0x4  # the kernel's PF_EXITING
_CHILD = 1 << (signal.SIGCHLD - 1)
_STATUS = re.compile(r"^(Threads|SigPnd|ShdPnd|\w*voluntary_ctxt_switches):\s*(\w+)$", re.MULTILINE)


@dataclass(frozen=True)
class State:
    """What a fork could have changed about a stopped process, or learned through it."""

    stopped: bool
    """It is stopped, alone in its threads, and no fork shares more than plain files with it."""
    files: tuple[tuple[str, str], ...]
    """Its open files: where they lie; position, flags and locks."""
    ran: tuple[str, ...]
    """How often it was on a processor."""
    signals: int


def stop(process: int, own: str, private: Sequence[str], patience: float) -> State | None:
    """Stop a process as soon as it shares nothing but ``own``, its socket; None if it is gone.

    ``private`` are the folders it may write to. It gets a moment, ``patience`` seconds: a process
    that has just forked still holds the fork's socket.
    """
    until = time.monotonic() + patience
    try:
        while _channels(process, own) and time.monotonic() < until:
            time.sleep(0.002)
        os.kill(process, signal.SIGSTOP)
        until = time.monotonic() + STOPPING_SECONDS
        while _state(process) not in "TZX" and time.monotonic() < until:
            time.sleep(0.0005)
        return look(process, own, private)
    except OSError:
        return None


def look(process: int, own: str, private: Sequence[str]) -> State:
    """The state of a process; raises OSError if it is gone or does not let itself be seen."""
    status = dict(_STATUS.findall(_read(process, "status")))
    pending = int(status.pop("SigPnd"), 16) | int(status.pop("ShdPnd"), 16)
    alone = status.pop("Threads") == "1" and not shares(process, own, private)
    return State(
        alone and _state(process) == "T",
        tuple(_files(process)),
        tuple(status.values()),
        pending & ~_CHILD,
    )


def activity(process: int | None) -> tuple[str, ...]:
    """What changes when any thread of a process runs or ends; nothing for no process."""
    found: list[str] = []
    if process is not None:
        with contextlib.suppress(OSError):
            for thread in sorted(os.listdir(f"/proc/{process}/task")):
                found.append(str(_STATUS.findall(_read(process, f"task/{thread}/status"))))
    return tuple(found)


def holds(process: int, own: str) -> bool:
    """Whether a process holds the notebook's socket, which is not a test's."""
    try:
        return own in _descriptors(process).values()
    except OSError:  # it hides, or it is just ending: then it reads nothing any more
        return not _ends(process)


def go_on(process: int) -> None:
    """Let a stopped process run."""
    with contextlib.suppress(OSError):
        os.kill(process, signal.SIGCONT)


def shares(process: int, own: str, private: Sequence[str]) -> bool:
    """Whether forks of the process share a channel with it, plain files apart."""
    if _channels(process, own):
        return True
    # What nobody inside can write carries nothing: a library's table, for example.
    return any(_carries(mapping, private) for mapping in mappings.shared(process))


def _channels(process: int, own: str) -> bool:
    """Whether it has pipes, sockets and the like open, ``own`` apart."""
    return any(
        target not in {own, os.devnull} and _is_file(process, number) is False
        for number, target in _descriptors(process).items()
    )


def _carries(mapping: Mapping, private: Sequence[str]) -> bool:
    ours = any(within(mapping.path, folder) for folder in private)
    return mapping.writable or mapping.path.endswith("(deleted)") or ours


def _files(process: int) -> Iterator[tuple[str, str]]:
    """Where its open files lie, and how they are: position, flags and locks."""
    for number, target in _descriptors(process).items():
        with contextlib.suppress(FileNotFoundError):
            if _is_file(process, number):
                yield target, _read(process, f"fdinfo/{number}")


def _is_file(process: int, number: str) -> bool | None:
    """None if it was closed a moment ago: the process still runs."""
    try:
        found = os.stat(f"/proc/{process}/fd/{number}")
    except FileNotFoundError:
        return None
    return stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)


def _descriptors(process: int) -> dict[str, str]:
    folder = f"/proc/{process}/fd"
    found = {}
    for number in os.listdir(folder):
        with contextlib.suppress(FileNotFoundError):  # likewise
            found[number] = os.readlink(f"{folder}/{number}")
    return found


def _state(process: int) -> str:
    return _read(process, "stat").rpartition(")")[2].split()[0]


def _ends(process: int) -> bool:
    """Whether none of its code will ever run again, or it is gone."""
    try:
        fields = _read(process, "stat").rpartition(")")[2].split()
    except OSError:
        return True
    return fields[0] in "ZX" or bool(int(fields[6]) & _EXITING)


def _read(process: int, name: str) -> str:
    with open(f"/proc/{process}/{name}", encoding="utf-8", errors="replace") as file:
        return file.read()
