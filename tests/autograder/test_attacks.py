"""Attacks of other kinds, graded as one class through the command line, with a hog among them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.autograder.attacks import ATTACKS, CANARIES, HOG, QUESTIONS, Attack, source
from tests.autograder.classroom import CONFIG, empty_gradebook

pytestmark = pytest.mark.linux
STUDENTS = {f"student-{number:02}": name for number, name in enumerate(ATTACKS, start=1)}
OWNED = Path("/tmp/owned-by-a-student")


class Graded(NamedTuple):
    """The class after grading: its folder and the verdicts by student."""

    course: Path
    verdicts: dict[str, Any]


def autograder(course: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "autograder", *arguments, "--course", str(course)]
    done = subprocess.run(command, env={**os.environ}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    course = tmp_path_factory.mktemp("attacks") / "course"
    (course / "source" / "ps1").mkdir(parents=True)
    (course / "nbgrader_config.py").write_text(CONFIG)
    (course / "gradebook.db").write_bytes(empty_gradebook())
    (course / "source" / "ps1" / "attack.ipynb").write_text(json.dumps(source()))
    OWNED.unlink(missing_ok=True)
    for student, name in {**STUDENTS, "student-00": "hog"}.items():
        attack = ATTACKS.get(name, Attack(before=HOG))
        folder = course / "submitted" / student / "ps1"
        for file, data in {**attack.files, "attack.ipynb": attack.handed_in()}.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(data)
    out = course / "verdicts.json"
    limits = ["--limit", "cell_seconds=3", "--limit", "test_seconds=3"]
    autograder(course, "grade", "ps1", "--workers", "2", "--out", str(out), *limits)
    autograder(course, "feedback", "ps1")
    autograder(course, "report", "ps1")
    entries = json.loads(out.read_text())["submissions"]
    return Graded(course, {entry["student"]: entry for entry in entries})


@pytest.mark.parametrize("student", STUDENTS, ids=STUDENTS.values())
def test_every_attack_gets_what_it_deserves(graded: Graded, student: str) -> None:
    """Is the score of each question the deserved one, a hog being graded beside it?"""
    verdict = graded.verdicts[student]
    assert verdict["status"] == "graded", verdict["reason"]
    scores = tuple(verdict["tests"][f"test_{name}"]["score"] for name in QUESTIONS)
    assert scores == ATTACKS[STUDENTS[student]].deserved, verdict["tests"]


def test_there_are_enough_of_them() -> None:
    """Are there at least forty attacks beside the honest one, each of its own kind?"""
    assert len(ATTACKS) > 40


def test_no_hidden_value_is_shown(graded: Graded) -> None:
    """Does no page, verdict or graded notebook of a student hold a hidden value or a live tag?"""
    for student, name in STUDENTS.items():
        places = [graded.course / step / student for step in ("feedback", "autograded")]
        attack = ATTACKS[name]
        written = " ".join([*attack.answers.values(), attack.before, attack.after])
        paths = [p for place in places for p in place.rglob("*") if p.suffix in {".html", ".ipynb"}]
        assert paths, student
        for path in paths:
            text = path.read_text(errors="replace")
            assert [c for c in CANARIES if c in text and c not in written] == [], path
            if path.suffix == ".html":
                assert "<script>document.title" not in text
            assert 'evil.example/x.png"' not in text


def test_no_file_of_a_student_ran_outside(graded: Graded) -> None:
    """Did no handed-in module run in a process that is not the student's?"""
    assert graded.verdicts
    assert not OWNED.exists()
