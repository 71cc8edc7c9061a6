"""The student's page: complete, safe, honest about what was and was not run."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from nbgrader.converters import GenerateFeedback
from nbgrader.exchange.default import ExchangeReleaseFeedback
from nbgrader.utils import notebook_hash

from autograder.batch import store
from autograder.batch.running import grade_class
from autograder.course import release
from autograder.course.questions import heading, questions_of
from autograder.errors import CourseError
from autograder.pages.charts import (
    curve_png,
    curve_svg,
    curves_svg,
    description,
    histogram_svg,
    leaves_at,
    tick,
    vertical,
)
from autograder.pages.feedback import tests_text as how_tests_went
from autograder.pages.feedback import write_feedback
from autograder.pages.rendering import breakable, plain, points, ticked
from autograder.verdict import Evidence, TestVerdict
from tests.autograder.classroom import (
    Classroom,
    StandIn,
    cell,
    handed_in,
    notebook,
    threads,
)

WRONG = "def height(x):\n    return x"
EVIL = '<script>alert("x")</script>&'


class Reader(HTMLParser):
    """What a browser would see of a page: tags, attributes, text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] != "style":
            self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.texts))


def pages(room: Classroom, students: tuple[str, ...] = ()) -> dict[str, str]:
    """Grade and write feedback: student → page."""
    course = room.course()
    grade_class(course, "ps1", workers=1, make_executor=threads, say=lambda line: None)
    return {path.parts[-3]: path.read_text() for path in write_feedback(course, "ps1", students)}


@pytest.fixture
def room(classroom: Classroom, stand_in: StandIn) -> Classroom:
    classroom.hand_in("student-01")
    classroom.hand_in("student-02", handed_in(height=WRONG))
    classroom.hand_in("student-03", b"{")
    return classroom


def test_a_page_lies_where_release_feedback_looks(room: Classroom) -> None:
    """Is there one page a student, with the files that nbgrader needs to hand it out?"""
    (room.folder("student-01") / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC")
    (room.folder("student-01") / "submission_secret.txt").write_text("secret")
    assert set(pages(room)) == {"student-01", "student-02", "student-03"}
    folder = room.root / "feedback" / "student-01" / "ps1"
    names = {path.name for path in folder.iterdir()}
    assert names == {"hills.html", "timestamp.txt", "submission_secret.txt"}
    assert (folder / "submission_secret.txt").read_text() == "secret"


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # nbgrader's own open files
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("way", ["feedback", "generate_feedback"])
def test_feedback_is_released_in_a_class_that_hands_in_in_two_ways(
    room: Classroom, tmp_path: Path, way: str
) -> None:
    """Does nbgrader release the page of who used its exchange, beside those of who did not?"""
    (room.folder("student-02") / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC")
    (room.folder("student-02") / "submission_secret.txt").write_text("secret")
    course = room.course()
    grade_class(course, "ps1", workers=1, make_executor=threads, say=lambda line: None)
    course.directory.assignment_id, course.directory.student_id = "ps1", "*"
    for _ in range(2):  # a second time nothing is made anew
        if way == "feedback":
            write_feedback(course, "ps1")
        else:
            GenerateFeedback(coursedir=course.directory, config=course.config, force=True).start()
        course.config.Exchange.root = str(tmp_path)
        ExchangeReleaseFeedback(coursedir=course.directory, config=course.config).start()
    released = {path.name for path in tmp_path.glob("*/feedback/*.html")}
    assert notebook_hash(secret="secret", notebook_id="hills") + ".html" in released
    graded = {"feedback": 3, "generate_feedback": 2}[way]  # nbgrader has no page for a ruin
    assert len(released) == graded


def test_points_message_diagnosis_and_curve(room: Classroom) -> None:
    """Does the page say what failed, why, and show the student's own curve?"""
    page = pages(room)["student-02"]
    text = Reader(page).text
    for wanted in (
        "2 of 7 points",
        "1 answer still to be read",
        "1 · Slope",
        "2 · Height",
        "✗ failed",
        "Likely cause. The factor 2 is missing.",
        "The expected band ends between 1 and 1.1",
        "It leaves the band at step 1.",
        "Errors in your own cells",
        "ValueError: <b>no</b>",
    ):
        assert wanted in text, wanted
    assert "<code>2 * x</code>" in page
    assert page.count('<svg class="chart"') == 1


def test_manual_points_and_comments(room: Classroom) -> None:
    """Do a human's points and words appear, and count?"""
    pages(room)
    with room.course().gradebook() as book:
        grade = book.find_grade("words", "hills", "ps1", "student-01")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        comment = book.find_comment("words", "hills", "ps1", "student-01")
        comment.manual_comment = f"Well said. {EVIL}"
        book.find_grade("test_slope", "hills", "ps1", "student-01").manual_score = 1.0
        book.db.commit()
    page = pages(room)["student-01"]
    text = Reader(page).text
    assert "5.5 of 7 points" in text
    assert f"Comment. Well said. {EVIL}" in text
    assert "Your instructor changed the points of this test." in text
    assert "still to be read" not in text


def test_a_page_for_what_was_not_graded(room: Classroom) -> None:
    """Does it give the reason, no points, and say that hidden tests did not run?"""
    text = Reader(pages(room)["student-03"]).text
    assert "This notebook was not graded" in text
    assert "hills.ipynb is not valid JSON" in text
    assert "– of 7 points" in text
    assert "Public tests: 1, in your notebook. Hidden tests: not run here." in text
    assert "passed" not in text


def test_a_page_needs_nothing_else(room: Classroom) -> None:
    """Is it one file without scripts, requests or event handlers?"""
    for page in pages(room).values():
        reader = Reader(page)
        assert not {"script", "link", "iframe", "object", "form"} & {tag for tag, _ in reader.tags}
        for tag, attributes in reader.tags:
            assert not any(name.startswith("on") for name in attributes), tag
            assert not (attributes.get("src") or "").startswith(("http", "//")), tag
        assert "url(" not in page
        assert "default-src 'none'" in page


def test_a_student_s_text_is_only_text(room: Classroom, stand_in: StandIn) -> None:
    """Is HTML in messages, names, repairs and tracebacks shown, not obeyed?"""
    pages(room)
    course = room.course()
    record = store.load(course, "student-02", "ps1", "hills")
    assert record is not None
    verdict = record.verdict
    output = replace(verdict.outputs[0], error=f"\x1b[31mValueError\x1b[0m: {EVIL}\0")
    test = replace(
        verdict.tests["test_height"],
        message=EVIL,
        diagnosis=EVIL,
        evidence=(Evidence(EVIL, (1.0,), (), (), EVIL, EVIL),),
    )
    evil = replace(
        verdict, repairs=(EVIL,), outputs=(output,),
        tests={**verdict.tests, "test_height": test},
    )  # fmt: skip
    store.save(course, "ps1", "hills", replace(record, verdict=evil))
    write_feedback(course, "ps1")
    page = (room.root / "feedback" / "student-02" / "ps1" / "hills.html").read_text()
    reader = Reader(page)
    assert "script" not in {tag for tag, _ in reader.tags}
    assert reader.text.count(EVIL) >= 6
    assert "\x1b" not in page
    assert "\0" not in page


def test_accessible(room: Classroom) -> None:
    """Has the page a language, a title, a main part, and words for every picture?"""
    for page in pages(room).values():
        reader = Reader(page)
        tags = [tag for tag, _ in reader.tags]
        assert ("html", {"lang": "en"}) in reader.tags
        assert tags.count("main") == tags.count("h1") == tags.count("title") == 1
        for tag, attributes in reader.tags:
            if tag == "svg":
                assert attributes["role"] == "img"
                assert attributes["aria-label"]
        ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
        assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_untouched_questions_are_told(room: Classroom) -> None:
    """Is "not attempted" said where the released text stands?"""
    room.hand_in("student-04", handed_in(height="# YOUR CODE HERE\nraise NotImplementedError()"))
    text = Reader(pages(room)["student-04"]).text
    assert text.count("not attempted") == 1
    assert "Note. No response." not in text


def test_an_empty_written_answer_is_not_called_graded(room: Classroom) -> None:
    """Does the page say that there is no answer, instead of a tick beside no points?"""
    room.hand_in("student-04", handed_in(words="YOUR ANSWER HERE"))
    made = pages(room)
    assert "– no answer" in Reader(made["student-04"]).text
    assert "✓ graded" not in Reader(made["student-04"]).text
    assert "– no answer" not in Reader(made["student-01"]).text


def test_nothing_graded_yet(room: Classroom) -> None:
    """Does the message name the next command?"""
    with pytest.raises(CourseError, match="run `python -m autograder grade ps1 --course"):
        write_feedback(room.course(), "ps1")


def test_one_student_only(room: Classroom) -> None:
    """Does --student write that page and no other?"""
    assert set(pages(room, ("student-02",))) == {"student-02"}


# How tests are told --------------------------------------------------------------------------


def made_questions(tmp_path: Path, *cells: dict[str, Any]) -> list[Any]:
    (loaded,) = release.load(Classroom(tmp_path / "course", notebook(*cells)).course(), "ps1")
    return questions_of(loaded)


def a_test(source: str, name: str) -> dict[str, Any]:
    return cell("code", source, name, grade=True, locked=True, points=1)


SECRET = "### BEGIN HIDDEN TESTS\nassert f(2)\n### END HIDDEN TESTS"


def test_public_tests_alone_are_never_all(tmp_path: Path) -> None:
    """Are public, hidden and mixed test cells counted apart?"""
    questions = made_questions(
        tmp_path,
        cell("code", "def f(x): return x", "f", solution=True),
        a_test("assert f(1)", "seen"),
        a_test(f"# A comment\n{SECRET}", "unseen"),
        a_test(f"assert f(1)\n{SECRET}", "mixed"),
    )
    (question,) = questions
    assert [(p.name, p.public, p.hidden) for p in question.parts] == [
        ("seen", True, False), ("unseen", False, True), ("mixed", True, True),
    ]  # fmt: skip
    passed = {n: TestVerdict(n, 1.0, 1.0, "passed") for n in ("seen", "unseen", "mixed")}
    assert how_tests_went(questions, passed) == (
        "Test cells: 1 of 1 passed, their hidden tests included; 1 of 1 passed, all of hidden "
        "tests; 1 of 1 passed, all of public tests."
    )
    only = {"seen": passed["seen"], "mixed": TestVerdict("mixed", None, 1.0, "not graded")}
    assert how_tests_went(questions, only) == "Test cells: 1 of 1 passed, all of public tests."
    assert "not run here" in how_tests_went(questions, {})


def test_questions_without_headings(tmp_path: Path) -> None:
    """Does an answer after tests start a question, named after it?"""
    questions = made_questions(
        tmp_path,
        cell("code", "def f(x): return x", "first_answer", solution=True),
        a_test("assert f(1)", "test_a"),
        cell("code", "def g(x): return x", "second_answer", solution=True),
        a_test("assert g(1)", "test_b"),
        a_test("assert g(2)", "test_c"),
    )
    found = [(q.title, q.answers, [p.name for p in q.parts]) for q in questions]
    assert found == [
        ("first answer", ["first_answer"], ["test_a"]),
        ("second answer", ["second_answer"], ["test_b", "test_c"]),
    ]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("## 2 · `nesterov_step` ##", "2 · nesterov_step"),
        ("text\n# **Bold**\n## more", "Bold"),
        ("#no heading\ntext", ""),
        ("", ""),
    ],
)
def test_headings(text: str, title: str) -> None:
    """Is the first heading taken, without Markdown's marks?"""
    assert heading(text) == title


# Pictures ------------------------------------------------------------------------------------

BAND = Evidence("Loss", (3.0, 2.0, 1.0), (3.0, 1.9, 0.9), (3.0, 2.1, 1.1))


@pytest.mark.parametrize(
    ("got", "place"),
    [
        ((3.0, 2.0, 1.0), None),
        ((3.0, 2.2, 1.0), 1),
        ((3.0, 2.0, 0.8), 2),
        ((3.0 * (1 + 1e-9), 2.0), None),
        ((3.0, math.inf, 1.0), 1),
        ((3.0, None, 1.0), 1),
        ((3.0, 2.0, 1.0, 0.5, math.nan), 4),
        ((), None),
    ],
)
def test_where_a_curve_leaves_its_band(got: Any, place: int | None) -> None:
    """Is it the first step outside, rounding aside, or the first that is no number?"""
    assert leaves_at(replace(BAND, got=got)) == place


def test_descriptions() -> None:
    """Do words say what the picture shows?"""
    assert description(BAND) == (
        "Your curve starts at 3 and ends at 1, step 2. "
        "The expected band ends between 0.9 and 1.1. It stays inside the band."
    )
    assert description(replace(BAND, got=(3.0, math.inf))).endswith(
        "ends at no finite number, step 1. The expected band ends between 0.9 and 1.1. "
        "It is no finite number at step 1."
    )
    assert description(replace(BAND, got=())) == "Your curve is empty."


CURVES = {
    "ordinary": BAND,
    "over decades": replace(BAND, got=tuple(10.0**-k for k in range(30)), low=(), high=()),
    "constant": replace(BAND, got=(1.0,) * 5, low=(), high=()),
    "all zero": replace(BAND, got=(0.0,) * 5, low=(0.0,) * 5, high=(0.0,) * 5),
    "one point": replace(BAND, got=(2.0,), low=(), high=()),
    "no number at all": replace(BAND, got=(math.nan, math.inf, -math.inf), low=(), high=()),
    "huge": replace(BAND, got=(1e308, -1e308, 1.0)),
    "tiny": replace(BAND, got=(5e-324, 1e-300)),
    "long": replace(BAND, got=tuple(math.sin(k / 50) for k in range(20_000)), low=(), high=()),
    "longer than its band": replace(BAND, got=(3.0, 2.0, 1.0, 0.5, 0.2)),
    "stored and read again": replace(BAND, got=(3.0, None, 1.0)),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", CURVES)
def test_every_curve_can_be_drawn(name: str) -> None:
    """Are all coordinates inside the picture, and is it small, whatever the values?"""
    svg = str(curve_svg(CURVES[name]))
    assert len(svg) < 20_000
    assert "nan" not in svg.replace("stands", "").lower().replace("finite number", "")
    for points_of in re.findall(r'points="([^"]*)"', svg):
        for pair in points_of.split():
            x, y = map(float, pair.split(","))
            assert 0 <= x <= 640
            assert 0 <= y <= 310
    assert curve_png(CURVES[name]).startswith(b"\x89PNG")


def test_curves_of_a_class_are_told_apart() -> None:
    """Are those outside drawn over those inside, over the bands of all inputs?"""
    other = replace(BAND, low=(4.0, 3.0, 2.0), high=(4.0, 3.0, 2.0))
    svg = str(curves_svg([other, BAND, BAND], "three"))
    assert svg.count('class="band"') == 2
    assert svg.count('class="inside"') == 2
    assert svg.rindex('class="outside"') > svg.rindex('class="inside"')


def test_the_histogram_counts_everybody() -> None:
    """Do the ends belong to the first and last bar, and corrected scores above all points too?"""
    svg = str(histogram_svg([0.0, 0.5, 10.0, 9.99, 12.0], 10.0))
    assert 'aria-label="Submissions by points: 2 from 0 to 1; 3 from 9 to 10."' in svg
    assert "none" in str(histogram_svg([], 0.0))


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (9999, "9999"), (20000, "2e4"), (25000, "2.5e4"), (1e-5, "1e-5"), (0.25, "0.25")],
)
def test_ticks_are_short(value: float, text: str) -> None:
    """Do labels fit the margin?"""
    assert tick(value) == text


@pytest.mark.parametrize("values", [[1.0, 2.0], [0.001, 1000.0], [-5.0, 5.0], [7.0], []])
def test_scales_have_ticks(values: list[float]) -> None:
    """Are there two to eight ticks, all on the scale?"""
    scale = vertical(values)
    assert 2 <= len(scale.ticks()) <= 8
    assert all(scale.low <= value <= scale.high for value in scale.ticks())


# Words ---------------------------------------------------------------------------------------


def test_small_filters() -> None:
    """Are colour codes gone, backticks code, names breakable, points short?"""
    assert plain("\x1b[1;31mred\x1b[0m\x00\x07\n") == "red\n"
    assert ticked("see `a<b`, ok") == "see <code>a&lt;b</code>, ok"
    assert ticked("a ` alone <") == "a ` alone &lt;"
    assert breakable("test_a_<") == "test_<wbr>a_<wbr>&lt;"
    assert [points(value) for value in (None, 2.0, 2.5, 1 / 3)] == ["–", "2", "2.5", "0.33"]
