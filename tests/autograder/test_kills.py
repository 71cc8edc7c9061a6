"""Killing what computes, what judges and what writes, at random moments, again and again.

No kill may ever lead to a score above the true one, and a rerun completes the class. The moments
are drawn from a fixed seed; which process they hit depends on the machine, and the answer must not.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from autograder.errors import GraderError
from autograder.judge import grade
from autograder.sandbox.parent import warm_parent
from autograder.verdict import SubmissionVerdict
from tests.autograder.courses import BRISK, check, given, notebook, solution

pytestmark = [pytest.mark.linux, pytest.mark.slow]

PROCESS_TRIALS = 100
JUDGE_TRIALS = 85
WRITER_TRIALS = 20

SOURCE = notebook(
    given("import numpy as np"),
    solution("def f(x):\n    return x + 1", "f"),
    solution("def g(x):\n    return x * 2", "g"),
    check("import time\nfor i in range(9):\n    time.sleep(0.001)\n    assert f(i) == i + 1", "tf"),
    check("import time\nfor i in range(9):\n    time.sleep(0.001)\n    assert g(i) == i * 2", "tg"),
)
HALF_RIGHT = notebook(
    given("import numpy as np"),
    solution("import time\ndef f(x):\n    time.sleep(0.001)\n    return x + 1", "f"),
    solution("def g(x):\n    return x", "g"),
)
TRUE = {"tf": 1.0, "tg": 0.0}


def graded() -> SubmissionVerdict:
    return grade(SOURCE, HALF_RIGHT, student="student-01", assignment="k", limits=BRISK)


@contextlib.contextmanager
def killing(find: Callable[[], list[psutil.Process]], after: float) -> Iterator[list[int]]:
    """Kill one of the processes found, ``after`` seconds from now; tells which it hit."""
    draw = random.Random(after)
    hit: list[int] = []

    def kill() -> None:
        time.sleep(after)
        with contextlib.suppress(psutil.Error):
            found = find()
            if found:
                chosen = draw.choice(found)
                chosen.kill()
                hit.append(chosen.pid)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield hit
    finally:
        thread.join()


def inside() -> list[psutil.Process]:
    """Every process of the sandbox: keeper, notebook, a test's child."""
    warm = psutil.Process(warm_parent().process)
    return warm.children(recursive=True)


def judges() -> list[psutil.Process]:
    """The judge's process: the child of this one that is not the warm parent."""
    own = psutil.Process()
    return [p for p in own.children() if p.pid != warm_parent().process]


def never_above_the_truth(verdict: SubmissionVerdict) -> None:
    for name, test in verdict.tests.items():
        assert test.score is None or test.score <= TRUE[name], test
        if test.score is None:
            assert test.status == "not graded"


@pytest.mark.parametrize(("find", "trials"), [(inside, PROCESS_TRIALS), (judges, JUDGE_TRIALS)])
def test_killing_what_computes_or_judges(
    find: Callable[[], list[psutil.Process]], trials: int
) -> None:
    """Is every verdict after a kill at most the true one, and the next one exactly it?"""
    started = time.monotonic()
    assert {n: t.score for n, t in graded().tests.items()} == TRUE
    span = time.monotonic() - started  # on a busy machine the moments lie further apart
    draw = random.Random(7)
    hits = 0
    for _ in range(trials):
        moment = draw.uniform(0.0, span)
        with killing(find, moment) as hit, contextlib.suppress(GraderError):
            never_above_the_truth(graded())
        hits += len(hit)
    assert hits > trials // 10
    assert {n: t.score for n, t in graded().tests.items()} == TRUE


def test_killing_the_writer(tmp_path: Path) -> None:
    """Does a class survive the grading command's end at any moment, and a rerun complete it?"""
    course = tmp_path / "course"
    lay_out(course)
    truth = [0.0, 1.0, 2.0]
    command = [sys.executable, "-m", "autograder", "grade", "k", "--course", str(course)]
    command += ["--workers", "2", "--limit", "test_seconds=3"]
    started = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    whole = time.monotonic() - started
    draw = random.Random(11)
    finished = 0
    for _ in range(WRITER_TRIALS):
        process = subprocess.Popen(
            [*command, "--force"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            finished += process.wait(draw.uniform(0.3, 1.1) * whole) == 0
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        for student, score in stored(course).items():
            assert score <= truth[int(student[-1])], student
    assert finished < WRITER_TRIALS
    out = tmp_path / "verdicts.json"
    subprocess.run([*command, "--out", str(out)], check=True, capture_output=True)
    verdicts = json.loads(out.read_text())["submissions"]
    assert [entry["score"] for entry in verdicts] == truth
    assert stored(course) == {entry["student"]: entry["score"] for entry in verdicts}


def lay_out(course: Path) -> None:
    """A course whose three students deserve 0, 1 and 2 points."""
    import nbformat

    source = course / "source" / "k" / "k.ipynb"
    source.parent.mkdir(parents=True)
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'k'\n"
    )
    nbformat.write(nbformat.from_dict(whole_notebook(SOURCE)), source)
    answers = [
        ("return 0", "return 0"),
        ("return x + 1", "return 0"),
        ("return x + 1", "return 2 * x"),
    ]
    for number, (f, g) in enumerate(answers):
        folder = course / "submitted" / f"student-0{number}" / "k"
        folder.mkdir(parents=True)
        cells = notebook(
            given("import numpy as np"),
            solution(f"def f(x):\n    {f}", "f"),
            solution(f"def g(x):\n    {g}", "g"),
            *SOURCE["cells"][3:],
        )
        nbformat.write(nbformat.from_dict(whole_notebook(cells)), folder / "k.ipynb")


def whole_notebook(short: dict[str, Any]) -> dict[str, Any]:
    """A valid notebook of the short form that the judge's own tests use."""
    cells = [
        {"id": f"cell-{n}", "execution_count": None, "outputs": [], **cell}
        for n, cell in enumerate(short["cells"])
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {**short, "metadata": {"kernelspec": kernel}, "cells": cells}


def stored(course: Path) -> dict[str, float]:
    """The scores in the gradebook."""
    path = course / "gradebook.db"
    if not path.exists():
        return {}
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
    try:
        rows = db.execute(
            "select sa.student_id, sum(g.auto_score) from grade g "
            "join submitted_notebook sn on sn.id = g.notebook_id "
            "join submitted_assignment sa on sa.id = sn.assignment_id group by 1"
        ).fetchall()
    finally:
        db.close()
    return {student: score for student, score in rows if score is not None}
