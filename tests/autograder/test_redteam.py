"""Thirty-six submissions, most of them hostile, through the command line, as one class.

``tests/redteam/manifest.csv`` says what each deserves and what nbgrader 0.9.6 and otter-grader
7.0.0 gave it.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest

REDTEAM = Path(__file__).parents[1] / "redteam"
MANIFEST = list(csv.DictReader((REDTEAM / "manifest.csv").read_text().splitlines()))
CANARY = "canary-7c1e"
EXFIL_PORT = 47111

pytestmark = pytest.mark.linux


class Graded(NamedTuple):
    """The class after grading, and what the host saw meanwhile."""

    course: Path
    home: Path
    verdicts: dict[str, Any]
    heard: list[bytes]
    before: dict[Path, bytes]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    root = tmp_path_factory.mktemp("redteam")
    course, home = root / "course", root / "home"
    shutil.copytree(REDTEAM / "course", course)
    home.mkdir()
    for row in MANIFEST:
        folder = course / "submitted" / row["slug"] / "svm"
        folder.mkdir(parents=True)
        shutil.copy(REDTEAM / "submissions" / f"{row['slug']}.ipynb", folder / "svm.ipynb")
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    heard: list[bytes] = []
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", EXFIL_PORT))
        server.listen()
        threading.Thread(target=listen, args=(server, heard), daemon=True).start()
        out = root / "verdicts.json"
        command = [sys.executable, "-m", "autograder", "grade", "svm", "--course", str(course)]
        limits = ["--limit", "cell_seconds=5", "--limit", "test_seconds=3"]
        done = subprocess.run(
            [*command, "--workers", "2", "--out", str(out), *limits],
            env={**os.environ, "COURSE_TOKEN": CANARY, "HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        server.shutdown(socket.SHUT_RDWR)
    verdicts = json.loads(out.read_text())
    found = {entry["student"]: entry for entry in verdicts["submissions"]}
    return Graded(course, home, found, heard, before)


def listen(server: socket.socket, heard: list[bytes]) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            heard.append(connection.recv(1 << 16))


@pytest.mark.parametrize("row", MANIFEST, ids=lambda row: row["slug"])
def test_each_gets_what_it_deserves(graded: Graded, row: dict[str, str]) -> None:
    """Is the score the deserved one, or the submission not graded with its reason?"""
    verdict = graded.verdicts[row["slug"]]
    if row["slug"] == "d_badjson":
        assert verdict["status"] == "not graded"
        assert "JSON" in verdict["reason"]
        assert verdict["score"] is None
    else:
        assert verdict["status"] == "graded", verdict["reason"]
        assert verdict["score"] == float(row["deserved_points"]), verdict["tests"]
    assert verdict["max_score"] == 10


def test_what_cannot_be_graded_is_no_silent_zero(graded: Graded) -> None:
    """Do damaged notebooks say what was repaired?"""
    assert graded.verdicts["t_dup_ids"]["repairs"]
    assert graded.verdicts["t_delete_tests"]["repairs"]
    assert graded.verdicts["c_honest"]["repairs"] == []


def test_nobody_else_is_touched(graded: Graded) -> None:
    """Is every file that was there before still there, byte for byte?"""
    changed = [path for path, data in graded.before.items() if path.read_bytes() != data]
    assert changed == []


def test_nothing_leaves(graded: Graded) -> None:
    """Did nobody connect, and does no canary stand in anything the class is shown?"""
    assert graded.heard == []
    for path in graded.course.rglob("*"):
        if path.is_file():
            assert CANARY.encode() not in path.read_bytes(), path


def test_nothing_is_left_behind(graded: Graded) -> None:
    """Are the home as empty as before, the temporary folder clean, and all processes gone?"""
    left = [path for path in graded.home.rglob("*") if path.is_file()]
    assert [path for path in left if ".cache" not in path.parts] == []
    for _ in range(50):
        listed = subprocess.run(["ps", "axwwo", "args"], capture_output=True, text=True, check=True)
        if "time.sleep(20)" not in listed.stdout:
            break
        time.sleep(0.1)
    assert "time.sleep(20)" not in listed.stdout


def test_the_gradebook_holds_the_same_scores_and_no_manual_ones(graded: Graded) -> None:
    """Did nobody give himself a manual score, and are the stored scores the verdicts'?"""
    with sqlite3.connect(f"file:{graded.course / 'gradebook.db'}?mode=ro", uri=True) as db:
        rows = db.execute(
            "select sa.student_id, sum(g.auto_score), count(g.manual_score) from grade g "
            "join submitted_notebook sn on sn.id = g.notebook_id "
            "join submitted_assignment sa on sa.id = sn.assignment_id group by 1"
        ).fetchall()
    db.close()
    stored = {student: (auto, manual) for student, auto, manual in rows}
    for student, verdict in graded.verdicts.items():
        if verdict["status"] == "graded":
            assert stored[student] == (verdict["score"], 0)


def test_feedback_of_hostile_submissions_shows_no_hidden_test(graded: Graded) -> None:
    """Do feedback pages and graded notebooks hold no line of a hidden test?"""
    command = [sys.executable, "-m", "autograder", "feedback", "svm"]
    done = subprocess.run(
        [*command, "--course", str(graded.course)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    hidden = (
        "_ref_svm(",
        "_expected_curve",
        "2.9571003853185287",
        "default_rng(11)",
        "HIDDEN TESTS",
    )
    for folder in ("feedback", "autograded"):
        pages = [path for path in (graded.course / folder).rglob("*") if path.is_file()]
        assert len(pages) >= len(MANIFEST) - 1
        for page in pages:
            text = page.read_text(errors="replace")
            slug = page.relative_to(graded.course / folder).parts[0]
            own = (REDTEAM / "submissions" / f"{slug}.ipynb").read_text(errors="replace")
            assert [line for line in hidden if line in text and line not in own] == [], page
