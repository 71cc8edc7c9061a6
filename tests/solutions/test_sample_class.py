"""The sample class: does every file do what its name says?"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest

from tests.solutions.rehearsal import ROOT, Rehearsal
from tests.solutions.releasing import release
from tools.make_sample_class import write
from tools.sample_classes import momentum

FOLDER = ROOT / "tests" / "submissions" / momentum.ASSIGNMENT
FILES = sorted(FOLDER.glob("*.ipynb"))
SECONDS = 4.0  # a right answer's test cell computes for a tenth of one


class TooLate(BaseException):
    """The time of a test cell is up."""


@contextmanager
def limited() -> Iterator[None]:
    """Give up on a function that never returns, as the grader does: by processor time."""

    def ring(*_: object) -> None:
        raise TooLate

    previous = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)


def expected_losses(path: Path) -> set[str]:
    """The test cells that lose points, by the file's name."""
    parts = path.stem.partition("__")[2].split("--")
    return {
        test
        for part in parts
        if part.startswith("loses-")
        for test in part.removeprefix("loses-").split("+")
    }


def answers_of(path: Path) -> dict[str, str]:
    """The code that the student wrote, cell by cell."""
    cells = nbformat.read(path, as_version=4).cells
    return {
        cell.id: cell.source
        for cell in cells
        if cell.cell_type == "code"
        and (cell.metadata.get("nbgrader", {}).get("solution") or cell.id.startswith("note-"))
    }


def test_files_are_made_by_the_tool(tmp_path: Path) -> None:
    """Does the tool write these very bytes from a fresh release?"""
    (released,) = release(momentum.ASSIGNMENT, tmp_path).glob("*.ipynb")
    written = write(released, momentum.STUDENTS, tmp_path / "class")
    assert [path.name for path in written] == [path.name for path in FILES]
    for path in written:
        assert path.read_bytes() == (FOLDER / path.name).read_bytes()
        nbformat.validate(nbformat.read(path, as_version=4))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_verdict_is_the_file_name(
    momentum_set: Rehearsal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Do exactly the named test cells fail, and is the named mistake diagnosed?"""
    import sys

    for module in momentum_set.notebook.metadata.lossland.forbidden_imports:
        monkeypatch.setitem(sys.modules, module, None)
    lost, told = set(), []
    for test in momentum_set.tests:
        try:
            with limited():
                made = momentum_set.run(test, answers_of(path), diagnosing=True)
        except TooLate:
            lost.add(test)
            continue
        if made.failure:
            lost.add(test)
            told.append(made.diagnosis)
    assert lost == expected_losses(path)
    named = [entry.text for entry in momentum_set.catalogue.mistakes if entry.name in path.stem]
    assert all(text in told for text in named)
    assert bool(named) == ("__loses" in path.stem)
