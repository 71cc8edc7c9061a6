"""Shared mappings, asked for one by one, are those that ``/proc/PID/maps`` lists."""

from __future__ import annotations

import errno
import fcntl
import mmap
import os
from pathlib import Path

import pytest

from autograder.sandbox import mappings
from autograder.sandbox.mappings import Mapping, shared

pytestmark = pytest.mark.linux


def listed() -> list[Mapping]:
    """What the file says, read by its columns."""
    lines = (line.split(maxsplit=5) for line in Path("/proc/self/maps").read_text().splitlines())
    return [
        Mapping("w" in rights, path[0] if path else "")
        for _, rights, _, _, _, *path in lines
        if rights.endswith("s")
    ]


@pytest.fixture
def mapped(tmp_path: Path) -> list[mmap.mmap]:
    """Memory without a file, a file that is gone, and one that is only read."""
    made = [mmap.mmap(-1, 3 * mmap.PAGESIZE)]
    for name, access in (("gone", mmap.ACCESS_WRITE), ("a name", mmap.ACCESS_READ)):
        path = tmp_path / name
        path.write_bytes(bytes(mmap.PAGESIZE))
        with path.open("r+b") as file:
            made.append(mmap.mmap(file.fileno(), 0, access=access))
    (tmp_path / "gone").unlink()
    return made


def test_they_are_those_of_the_list(mapped: list[mmap.mmap], tmp_path: Path) -> None:
    """Are all found, with their rights and paths, and no private one?"""
    found = shared(os.getpid())
    assert sorted(found) == sorted(listed())
    assert Mapping(False, f"{tmp_path}/a name") in found
    assert Mapping(True, f"{tmp_path}/gone (deleted)") in found
    assert len(mapped) == 3


def test_an_older_kernel_is_read(
    mapped: list[mmap.mmap], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is the answer the same where the kernel cannot be asked?"""

    def not_known(*_: object) -> None:
        raise OSError(errno.ENOTTY, "")

    asked = shared(os.getpid())
    monkeypatch.setattr(fcntl, "ioctl", not_known)
    assert sorted(shared(os.getpid())) == sorted(asked)


def test_a_process_that_is_gone() -> None:
    """Is it an error of the system's, not an empty list?"""
    with pytest.raises(OSError, match="No such"):
        mappings.shared(2**22 + 1)
