"""The sample classes: does every file do what its name says?"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import numpy as np
import pytest

from autograder.catalogue import load
from tests.solutions.releasing import release
from tools.common import ROOT
from tools.make_sample_class import submission, write
from tools.rehearsal import rehearsal_of
from tools.sample_classes import Student, classes, wrong

FOLDER = ROOT / "tests" / "submissions"
CLASSES = {class_.ASSIGNMENT: class_.STUDENTS for class_ in classes()}
FILES = sorted(FOLDER.glob("*/*.ipynb"))
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


def test_every_folder_is_a_class_of_eight_or_more() -> None:
    """Has each class its folder, each folder its class, and are good and bad among them?"""
    assert {path.name for path in FOLDER.iterdir()} == set(CLASSES)
    for students in CLASSES.values():
        verdicts = [student.verdict for student in students]
        assert len(verdicts) >= 8
        assert len({student.name for student in students}) == len(students)
        for kind in ("full", "loses-", "half-done--", "raises--"):
            assert any(verdict.startswith(kind) for verdict in verdicts), kind


@pytest.mark.parametrize("name", CLASSES)
def test_files_are_made_by_the_tool(name: str, tmp_path: Path) -> None:
    """Does the tool write these very bytes from a fresh release?"""
    (released,) = release(name, tmp_path).glob("*.ipynb")
    catalogue = load(ROOT / "solutions" / name)
    written = write(released, CLASSES[name], tmp_path / "class", catalogue)
    assert [path.name for path in written] == [p.name for p in FILES if p.parent.name == name]
    for path in written:
        assert path.read_bytes() == (FOLDER / name / path.name).read_bytes()
        nbformat.validate(nbformat.read(path, as_version=4))


@pytest.mark.parametrize(
    ("student", "told"),
    [
        (Student("ann", "full", {"sing": "    return 1"}), "ann answers sing, which nobody asked"),
        (wrong("test_f", "slip")._replace(name="bob"), "bob makes the mistake slip"),
    ],
)
def test_what_nobody_can_write_is_told(student: Student, told: str) -> None:
    """Are an answer to no question and a mistake of no catalogue refused?"""
    with pytest.raises(ValueError, match=told):
        submission({"cells": []}, student, load(ROOT / "solutions" / "none"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_verdict_is_the_file_name(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do exactly the named test cells fail, and are the named mistakes diagnosed?"""
    import sys

    problem_set = rehearsal_of(path.parent.name)
    for module in problem_set.notebook.metadata.lossland.forbidden_imports:
        monkeypatch.setitem(sys.modules, module, None)
    lost, told = set(), []
    for test in problem_set.tests:
        try:
            # As in a student's notebook, 0/0 is no exception.
            with limited(), np.errstate(all="ignore"):
                made = problem_set.run(test, answers_of(path), diagnosing=True)
        except TooLate:
            lost.add(test)
            continue
        if made.failure:
            lost.add(test)
            told.append(made.diagnosis)
    assert lost == expected_losses(path)
    names = path.stem.rpartition("--")[2].split("+")
    named = [entry.text for entry in problem_set.catalogue.mistakes if entry.name in names]
    assert all(text in told for text in named)
    assert bool(named) == ("__loses" in path.stem)
