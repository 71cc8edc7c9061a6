"""Does the second opinion find where stock nbgrader and this grader differ, and say who is right?

The real comparison runs once, with stock nbgrader itself, over a small course whose tests show
where the two part; the rules are tested by themselves.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from autograder import cli
from autograder.compare import comparing
from autograder.compare.comparing import Comparison, compare, differences
from autograder.compare.reasons import REFERENCE, UNTOUCHED, reason
from autograder.compare.stock import StockCell, StockVerdict, stock_of
from autograder.errors import GraderError
from autograder.limits import Limits
from autograder.verdict import SubmissionVerdict, TestVerdict
from tests.autograder.classroom import CONFIG, Classroom, Notebook, cell, notebook

WARNS = "import warnings\n\ndef height(x):\n    warnings.warn('slow')\n    return x * x"
SOURCE = notebook(
    cell("code", "def slope(x):\n    return 2 * x", "slope", solution=True),
    cell("code", "assert slope(1) == 2", "test_slope", grade=True, locked=True, points=2),
    cell("code", "def height(x):\n    return x * x", "height", solution=True),
    cell("code", "assert height(3) == 9", "test_height", grade=True, locked=True, points=3),
)  # fmt: skip


def answered(height: str) -> Notebook:
    made = copy.deepcopy(SOURCE)
    made["cells"][2]["source"] = height
    return made


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Classroom, Comparison, list[str]]:
    """The small course, compared with one honest student and one who warns."""
    room = Classroom(tmp_path_factory.mktemp("compared"), SOURCE, CONFIG)
    room.hand_in("ann", SOURCE)
    room.hand_in("bob", answered(WARNS))
    room.hand_in("eve", answered("def height(x):\n    return 0"))
    said: list[str] = []
    return room, compare(room.course(), "ps1", submissions=2, say=said.append), said


def test_every_cell_of_every_notebook_is_compared(
    compared: tuple[Classroom, Comparison, list[str]],
) -> None:
    """Are reference, untouched release and as many submissions as asked for compared?"""
    _, found, _ = compared
    assert found.cells == {REFERENCE: 2, UNTOUCHED: 2, "ann": 2, "bob": 2}


def test_the_difference_is_told_with_both_scores_and_the_reason(
    compared: tuple[Classroom, Comparison, list[str]],
) -> None:
    """Is a warning on stderr, which stock takes for a failure, the only difference?"""
    _, found, said = compared
    (difference,) = found.differences
    assert (difference.who, difference.cell) == ("bob", "test_height")
    assert (difference.stock, difference.here) == (0.0, 3.0)
    assert said == [str(difference)]
    assert (
        "stock gives 0, this grader 3 of 3; this grader is right: stock gave 0 because of a"
        in said[0]
    )
    assert not found.equal


def test_nothing_of_the_course_is_written(
    compared: tuple[Classroom, Comparison, list[str]],
) -> None:
    """Does the comparison leave neither a grade nor a file behind?"""
    room, _, _ = compared
    assert room.rows() == {}
    there = {path.name for path in room.root.iterdir()}
    assert there == {"source", "submitted", "nbgrader_config.py", "gradebook.db"}


def test_a_release_that_stock_refuses_is_one_line(classroom: Classroom) -> None:
    """Is it told why stock nbgrader cannot make the student version?"""
    with stock_of(classroom.course(), "ps1", Limits()) as stock:
        path = stock.root / "source" / "ps1" / "hills.ipynb"
        path.write_text(path.read_text().replace("### END SOLUTION", ""))
        with pytest.raises(GraderError, match="stock nbgrader cannot release ps1: RuntimeError"):
            stock.release()


HEADED = f"""{CONFIG}
c.IncludeHeaderFooter.header = "source/header.ipynb"
c.IncludeHeaderFooter.footer = "footer.ipynb"
"""
GENERATED = notebook(
    cell("code", "height = 3", "height", solution=True),
    cell("code", "### AUTOTEST height", "test_height", grade=True, locked=True, points=3),
)  # fmt: skip
TEMPLATES = """
python3:
    setup: ""
    hash: "hash({{snippet}})"
    dispatch: type({{snippet}})
    normalize: str({{snippet}})
    check: assert str({{snippet}}) == "{{value}}", "{{message}}"
    success: ""
    templates:
        default:
            - test: "{{snippet}}"
              fail: "this is another height"
"""


def test_both_leave_out_a_notebook_of_another_language(classroom: Classroom) -> None:
    """Is stock, too, given the Python notebooks alone, so that it can grade them?"""
    rocks = {**SOURCE, "metadata": {"kernelspec": {"name": "ir", "display_name": "R"}}}
    (classroom.root / "source" / "ps1" / "rocks.ipynb").write_text(json.dumps(rocks))
    with stock_of(classroom.course(), "ps1", Limits()) as stock:
        assert set(stock.release()) == {"hills.ipynb"}


def test_stock_finds_what_lies_in_the_courses_root(tmp_path: Path) -> None:
    """Does stock's release hold header, footer and generated tests, as in the course itself?"""
    room = Classroom(tmp_path / "course", GENERATED, HEADED)
    (room.root / "source" / "header.ipynb").write_text(json.dumps(notebook(cell("code", "# top"))))
    (room.root / "footer.ipynb").write_text(json.dumps(notebook(cell("code", "# bottom"))))
    (room.root / "autotests.yml").write_text(TEMPLATES)
    with stock_of(room.course(), "ps1", Limits()) as stock:
        released = json.loads(stock.release()["hills.ipynb"])
    texts = ["".join(each["source"]) for each in released["cells"]]
    assert (texts[0], texts[-1]) == ("# top", "# bottom")
    assert "this is another height" in texts[2]


PASSED = TestVerdict("q", 2.0, 2.0, "passed")
FAILED = TestVerdict("q", 0.0, 2.0, "failed", "It is not right.")
NOT_JUDGED = TestVerdict("q", None, 2.0, "not graded", "It did not run.")
ALL = StockCell(2.0, 2.0)
NOTHING = StockCell(0.0, 2.0, error="NameError: name 'x' is not defined")


@pytest.mark.parametrize(
    ("who", "stock", "here", "right", "why"),
    [
        (REFERENCE, NOTHING, PASSED, "this grader", "stock's test ended with NameError"),
        (REFERENCE, ALL, FAILED, "stock", "this grader: It is not right."),
        (REFERENCE, ALL, NOT_JUDGED, "stock", "could not judge the cell: It did not run."),
        (UNTOUCHED, ALL, FAILED, "this grader", "stock gives points although nothing"),
        (UNTOUCHED, NOTHING, PASSED, "stock", "this grader gives points although nothing"),
        ("ann", None, PASSED, "this grader", "stock gave no score: it died"),
        ("ann", NOTHING, PASSED, "to be looked at", "stock's test ended with NameError"),
        ("ann", ALL, FAILED, "to be looked at", "this grader: It is not right."),
        ("ann", StockCell(0.0, 2.0, stderr="W: slow"), PASSED, "this grader", "because of a warn"),
        ("ann", StockCell(0.0, 2.0, error="CellTimeoutError"), PASSED, "this grader", "time limit"),
        ("ann", StockCell(1.0, 2.0, value="1"), PASSED, "to be looked at", "read 1 as 1 points"),
    ],
)
def test_who_is_right(
    who: str, stock: StockCell | None, here: TestVerdict, right: str, why: str
) -> None:
    """Does each kind of difference get its judgement and its sentence?"""
    found = reason(who, stock, "it died", here)
    assert found.right == right
    assert why in found.why


def test_a_cell_that_fails_for_its_author_is_told_apart() -> None:
    """Is a cell that nobody can pass, and that is given to nobody here, no fault of this grader?"""
    found = reason(UNTOUCHED, NOTHING, "", NOT_JUDGED, "FileNotFoundError: 'data.csv'")
    assert found.right == "this grader"
    assert found.why == "the reference itself fails with stock: FileNotFoundError: 'data.csv'"


def test_equal_scores_are_no_difference() -> None:
    """Are only those cells told that the two score differently, a missing score included?"""
    tests = {"q": PASSED, "r": NOT_JUDGED, "s": FAILED}
    here = SubmissionVerdict("ann", "graded", "", tests)
    stock = StockVerdict({("n", "q"): ALL, ("n", "r"): StockCell(None, 2.0), ("n", "s"): ALL})
    assert [each.cell for each in differences("ann", "n", stock, here)] == ["s"]
    gone = StockVerdict(trouble="it died")
    assert [each.cell for each in differences("ann", "n", gone, here)] == ["q", "s"]


@pytest.mark.parametrize(("equal", "status"), [(True, 0), (False, 1)])
def test_the_exit_status_tells_whether_all_is_equal(
    classroom: Classroom,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    equal: bool,
    status: int,
) -> None:
    """Is the command's answer readable by a program?"""
    found = Comparison("ps1", {REFERENCE: 1})
    if not equal:
        stock = StockVerdict({("hills", "q"): NOTHING})
        here = SubmissionVerdict("ann", "graded", "", {"q": PASSED})
        found.differences += differences("ann", "hills", stock, here)
    monkeypatch.setattr(comparing, "compare", lambda *_, **__: found)
    assert cli.main(["compare", "ps1", "--course", str(classroom.root), "--json"]) == status
    document = json.loads(capsys.readouterr().out)
    assert document["compared"] == {REFERENCE: 1}
    assert len(document["differences"]) == (0 if equal else 1)


def test_a_number_of_submissions_is_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    """Is a wrong number of submissions refused with a sentence?"""
    with pytest.raises(SystemExit):
        cli.main(["compare", "ps1", "--submissions", "few"])
    assert "'few' is no number of submissions" in capsys.readouterr().err
