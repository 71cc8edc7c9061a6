"""The reference leaves nothing behind, ends when it must, and is graded before anybody else."""

from __future__ import annotations

import os
import random
import re
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

from autograder.errors import CourseError, HostTrouble
from autograder.judge import ReferenceReport, examine_reference, grade
from autograder.judge.grading import close_reference
from autograder.limits import Limits
from tests.autograder.courses import check, given, notebook, outcome, solution

HASTY = Limits(cell_seconds=1, test_seconds=4)
RIGHT = "def f(x):\n    return x + 1"
TRUE = "assert f(1) == 2"


def surroundings() -> dict[str, Any]:
    """What of this process a reference could have changed."""
    return {
        "place": os.getcwd(),
        "files": sorted(os.listdir()),
        "variables": dict(os.environ),
        "path": list(sys.path),
        "numpy": np.geterr(),
        "draws": np.random.get_state()[1][:3].tolist(),  # noqa: NPY002
        "random": random.getstate()[1][:3],
        "figures": mpl.rcParams["figure.dpi"],
        "module": "made_up" in sys.modules,
        "streams": (sys.stdout, sys.stderr),
    }


UNTIDY = (
    "import os, sys, random, types, numpy as np, matplotlib\n"
    "open('answer.txt', 'w').write('42')\nopen('data.txt', 'a').write('3')\n"
    "os.environ['ANSWER'] = '42'\nsys.path.insert(0, '/nowhere')\n"
    "sys.modules['made_up'] = types.ModuleType('made_up')\n"
    "np.seterr(all='raise')\nnp.random.seed(3)\nrandom.seed(3)\n"
    "matplotlib.rcParams['figure.dpi'] = 7\nsys.stdout = None\nos.umask(0o777)\nos.chdir('/')\n"
)


def test_the_reference_leaves_nothing_behind() -> None:
    """Does an untidy reference change neither this process nor what tests and students meet?"""
    before = surroundings()
    looking = (
        "import os\nseen = [os.path.exists('answer.txt'), open('data.txt').read(), "
        "'ANSWER' in os.environ]\n" + RIGHT
    )
    test = (
        "import os, sys, numpy as np\nassert seen == [False, '12', False]\n"
        "assert open('data.txt').read() == '12' and os.listdir() == ['data.txt']\n"
        "assert 'ANSWER' not in os.environ and '/nowhere' not in sys.path\n"
        "assert np.geterr()['divide'] != 'raise' and os.getcwd() != '/'\n"
        f"open('mine.txt', 'w').write('x')\n{TRUE}"
    )
    reference = UNTIDY + "seen = [False, '12', False]\n" + RIGHT
    for _ in range(2):  # what one submission's test wrote, the next must not find
        result = outcome(looking, test, reference=reference, files={"data.txt": b"12"})
        assert (result.score, result.message) == (1.0, "")
    assert surroundings() == before


def test_the_reference_runs_once_for_many_submissions() -> None:
    """Is the reference kept between submissions, and made anew when the source changes?"""
    reference = "import time\nmade = time.time_ns()\n" + RIGHT
    telling = (
        "from autograder.checks import CheckFailed, reference\n"
        "raise CheckFailed(f'made at {reference.made}')"
    )
    one, two = (outcome(RIGHT, telling, reference=reference).message for _ in range(2))
    other = outcome(RIGHT, telling, reference=reference + "\n").message
    assert one.startswith("made at")
    assert one == two != other


@pytest.mark.linux
@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("while True: pass", "cell solution runs for more than 1 seconds"),
        (
            "while True:\n    try:\n        while True: pass\n    except Exception: pass",
            "cell solution",
        ),
        ("import os\nos._exit(3)", "cell solution ends the process"),
        ("import os\nos.kill(os.getpid(), 9)", "cell solution ends the process"),
    ],
)
def test_a_source_that_does_not_end_or_dies_is_named(line: str, says: str) -> None:
    """Is a reference cell that never ends, or ends its process, one clear line about the source?"""
    with pytest.raises(CourseError, match=says):
        outcome(RIGHT, TRUE, reference=f"{RIGHT}\n{line}", limits=HASTY)
    assert outcome(RIGHT, TRUE, limits=HASTY).score == 1.0


def test_a_reference_process_that_is_gone_is_made_again() -> None:
    """Is the next submission graded when the reference's process has been killed?"""
    dying = "import os\nos.kill(os.getppid(), 9)\n" + TRUE
    with pytest.raises(HostTrouble, match="was killed"):
        outcome(RIGHT, dying)
    assert outcome(RIGHT, TRUE).score == 1.0


def test_files_handed_in_are_shown_and_the_instructors_win() -> None:
    """Does the student's code see its own files, the tests only the instructor's?"""
    source = notebook(
        given("import os"), solution("def f():\n    return 1"),
        check("assert f() == ['12', 'own', 'deep'] and os.listdir() == ['data.txt']"),
    )  # fmt: skip
    answer = "def f():\n    return [open(n).read() for n in ('data.txt', 'own.txt', 'a/b.txt')]"
    handed_in = {
        "data.txt": b"mine", "own.txt": b"own", "a/b.txt": b"deep",
        "../out.txt": b"x", "/tmp/lossland-out.txt": b"x", "own.txt/x": b"x",
        "a\0b": b"x", "": b"x",
    }  # fmt: skip
    result = grade(
        source, notebook(given("import os"), solution(answer)),
        student="student-01", assignment="a", files={"data.txt": b"12"}, handed_in=handed_in,
        limits=HASTY,
    )  # fmt: skip
    assert result.score == 1.0, result.tests
    assert not Path("/tmp/lossland-out.txt").exists()


@pytest.mark.linux
def test_nothing_is_left_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Are all scratch copies gone when the reference's process is closed?"""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    outcome(RIGHT, TRUE, files={"a/data.txt": b"12"}, reference=RIGHT + "\ntidy = True")
    (room,) = tmp_path.glob("judging-*")
    assert list(room.iterdir()) == []
    close_reference()
    assert list(tmp_path.glob("judging-*")) == []


# -- the reference goes first --------------------------------------------------------------------


RARELY = "from autograder.checks import rng\nassert rng('x').random() < 0.1"


def examined(*cells: dict[str, Any], **settings: Any) -> ReferenceReport:
    return examine_reference(notebook(*cells), assignment="a", limits=HASTY, **settings)


def test_a_sound_source_has_no_problems() -> None:
    """Is a notebook whose author passes every test, in every variant, let through in silence?"""
    report = examined(
        given("import os"), solution(RIGHT), check(TRUE),
        check("from autograder.checks import reference, rng\nx = rng('x').random()\n"
              "assert f(x) == reference.f(x)", "two"),
        variants=3,
    )  # fmt: skip
    assert report == ReferenceReport()
    report.check()


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ([solution(RIGHT), check("assert f(1) == 3", "t1", 2)], r"0 of 2 points in t1"),
        ([solution(RIGHT), check("(f(1) == 2) / 4", "t1")], r"0.25 of 1 points in t1"),
        ([solution(RIGHT), check("%%bash\nfalse", "t1")], "t1 can be given to nobody.*%%bash"),
        ([solution(RIGHT), check("def t():\n    assert 0", "t1")], "calls none of them"),
        ([solution("1 / 0\n" + RIGHT), check(TRUE)], "cell solution.*ZeroDivisionError"),
        ([solution(RIGHT), given("f.x"), check(TRUE), check("f.y", "t2")], "0 of 1 points in t2"),
        ([solution(RIGHT), given("f.x\ng = 1"), check("g")], "cell given.*AttributeError"),
        (
            [solution(RIGHT), check(RARELY)],
            "0 of 1 points in test",
        ),
    ],
)  # fmt: skip
def test_what_the_author_would_lose_is_a_course_error(cells: list[Any], says: str) -> None:
    """Is every point that the instructor's own solution loses named, and what fails before it?"""
    report = examined(*cells, variants=2)
    with pytest.raises(CourseError, match=says):
        report.check()


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ([solution(RIGHT), given("f.x.y"), check(TRUE)], "cell given fails.*AttributeError"),
        ([solution(RIGHT + "\n1 / 0"), check(TRUE)], "cell solution.*ZeroDivisionError"),
    ],
)
def test_a_failing_cell_that_costs_nothing_is_a_note(cells: list[Any], says: str) -> None:
    """Is the instructor told, and the class graded, where a cell fails and no test loses by it?"""
    report = examined(*cells)
    report.check()
    assert re.search(says, report.notes[0])
    assert report.notes[0].endswith("; no test loses a point by it")


def test_a_cell_that_is_meant_to_raise_may() -> None:
    """Is a cell with Jupyter's tag for it no problem, and one that displays something neither?"""
    showing = given("display(1)\nraise ValueError('as it should')")
    showing["metadata"]["tags"] = ["raises-exception"]
    assert examined(given("display(1)"), showing, solution(RIGHT), check(TRUE)).problems == ()


def test_points_for_nothing_are_told() -> None:
    """Is the instructor told of a test that an empty notebook passes?"""
    report = examined(solution(RIGHT), check(TRUE), check("assert True", "free", 3))
    assert report.problems == ()
    assert report.notes == ("a: free gives 3 of 3 points to whoever writes nothing at all",)
