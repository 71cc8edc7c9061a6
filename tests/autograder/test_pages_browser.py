"""Pages that show what a stranger wrote, in a real browser: formgrader, feedback, report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import autograder.judge
from autograder.batch.running import grade_class
from autograder.pages.feedback import write_feedback
from autograder.pages.report import class_report
from tests.autograder.classroom import Classroom, StandIn, cell, changed, handed_in
from tests.autograder.formgrader import TOKEN, Watched, here, serving, submission_ids, watching
from tests.autograder.hostile_words import ATTACHED, ELSEWHERE, HIT, WORDS
from tests.site.browser import browser  # noqa: F401 (the fixture)

pytestmark = [
    pytest.mark.browser,
    # nbgrader 0.9.6 makes its own rows in an order that SQLAlchemy 2.1 warns about.
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]


# One page shows several: loading it is what takes the time.
NAMES = [name for name in WORDS if name not in {"honest", "binds-the-score-box"}]
STUDENTS = {
    "honest": ["honest"],
    "binds-the-score-box": ["binds-the-score-box"],
    **{f"student-{n}": NAMES[n::5] for n in range(5)},
}
DATA = {"text/html": f"<script>{HIT}</script>", "application/javascript": HIT}
OUTPUTS = [{"output_type": "display_data", "data": DATA, "metadata": {}}]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """A class in which every student wrote something else, graded."""
    room = Classroom(tmp_path_factory.mktemp("formgrader") / "course")
    for name, group in STUDENTS.items():
        made = handed_in(words=WORDS[group[0]])
        for word in group:
            made["cells"].insert(2, cell("markdown", WORDS[word]))
            made["cells"].insert(5, cell("code", f"# {WORDS[word]}") | {"outputs": OUTPUTS})
            raw = cell("raw", WORDS[word]) | {"metadata": {"raw_mimetype": "text/html"}}
            made["cells"].append(raw)
        made["metadata"] |= {"title": f"</title><script>{HIT}</script>", "widgets": {"x": 1}}
        room.hand_in(name, changed(made, "words", attachments=ATTACHED))
    room.hand_in("<img src=x onerror=hit()>", handed_in())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(autograder.judge, "grade", Printing().grade)
        grade_class(room.course(), "ps1", workers=1, make_executor=here, say=print)
    return room


class Printing(StandIn):
    """Prints what the student wrote into every output."""

    def grade(self, source: Any, submission: Any, *, student: str, **more: Any) -> Any:
        verdict = super().grade(source, submission, student=student, **more)
        words = "\n".join(WORDS[word][:1_000] for word in STUDENTS.get(student, ()))
        output = replace(verdict.outputs[0], text=f"\x1b[31m{words}", error=f"ValueError: {words}")
        tests = {name: replace(test, message=words) for name, test in verdict.tests.items()}
        return replace(verdict, outputs=(output,), tests=tests, repairs=(words,))


@pytest.fixture(scope="module")
def formgrader(
    browser: Browser,  # noqa: F811 (pytest's way)
    room: Classroom,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Watched]:
    """The instructor's browser, logged in."""
    with serving(room.root, tmp_path_factory.mktemp("jupyter")) as address:
        watched = watching(browser, address)
        watched.open(f"tree?token={TOKEN}").close()
        yield watched
        watched.context.close()


@pytest.fixture
def ids(room: Classroom) -> dict[str, str]:
    return submission_ids(room.root)


def shown(formgrader: Watched, ids: dict[str, str], name: str) -> Page:
    """A student's page in formgrader, its score boxes filled."""
    page = formgrader.open(f"formgrader/submissions/{ids[name]}/?index=0")
    page.wait_for_function("() => formgrader.loaded && formgrader.comments.loaded")
    return page


def click_everywhere(page: Page) -> None:
    """Click every element of what the student wrote, and a grid of places over it."""
    page.evaluate(
        "() => document.querySelectorAll('.text_cell_render, .text_cell_render *, .output *')"
        ".forEach((e) => { if (!e.closest('[data-clicked]')?.isSameNode(e)) e.click() })"
    )
    box = page.locator(".nbgrader_cell .text_cell_render").last.bounding_box()
    assert box is not None
    page.mouse.move(0, 0)
    for across in (0.02, 0.2, 0.5, 0.9):
        for down in (0.1, 0.5, 0.9):
            page.mouse.click(
                box["x"] + across * box["width"], box["y"] + down * min(box["height"], 600)
            )


@pytest.mark.parametrize("name", STUDENTS)
def test_formgrader_obeys_nobody(
    formgrader: Watched, room: Classroom, ids: dict[str, str], name: str
) -> None:
    """Does no click on a student's text change a score, follow a link, ask or run anything?"""
    before = room.rows()
    formgrader.asked.clear()
    page = shown(formgrader, ids, name)
    address = page.url.partition("?")[0]
    boxes = page.evaluate(
        "() => [...document.querySelectorAll('input.score, textarea.comment')].map((e) => e.id)"
    )
    assert boxes == [
        "slope-comment", "test_slope", "height-comment", "test_height", "words", "words-comment"
    ]  # fmt: skip
    assert page.evaluate("() => document.querySelector('#words').value") == ""
    left = page.evaluate(
        """() => [...document.querySelectorAll('.text_cell_render *')].flatMap((e) =>
             [...e.attributes].filter((a) => !(a.name == 'style' && e.parentElement.matches(
               '.text_cell_render'))).map((a) => `${e.tagName} ${a.name}=${a.value}`))"""
    )
    allowed = ("TH align", "TD align", "IMG alt", "OL start", "DETAILS open")
    assert [text for text in left if not text.startswith(allowed)] == []
    click_everywhere(page)
    page.wait_for_timeout(50)
    assert len(formgrader.context.pages) == 1
    assert page.url.partition("?")[0] == address
    assert page.evaluate("() => window.hit") is None
    assert formgrader.foreign == []
    page.close()
    assert room.rows() == before


def test_formgrader_still_takes_points_and_comments(
    formgrader: Watched, room: Classroom, ids: dict[str, str]
) -> None:
    """Do the score box, the button and the comment of the right cell work on a hostile page?"""
    page = shown(formgrader, ids, "binds-the-score-box")
    with page.expect_response("**/api/grade/**"):
        page.locator("#words").fill("1.5")
        page.locator("#words").press("Tab")
    with page.expect_response("**/api/comment/**"):
        page.locator("#words-comment").fill("well said")
        page.locator("#words-comment").press("Tab")
    assert room.rows()["binds-the-score-box", "words"][1] == 1.5
    with page.expect_response("**/api/grade/**"):
        page.locator("#words").locator("xpath=ancestor::div[contains(@class, 'nbgrader_cell')]"
                                        ).locator(".full-credit").click()  # fmt: skip
    assert room.rows()["binds-the-score-box", "words"][1] == 2
    page.close()


def test_honest_words_look_as_written(formgrader: Watched, ids: dict[str, str]) -> None:
    """Are emphasis, lists and formulas of a written answer there for the reader?"""
    page = shown(formgrader, ids, "honest")
    answer = page.locator(".nbgrader_cell .text_cell_render").last
    assert answer.locator("strong").inner_text() == "it"
    assert answer.locator("li").all_inner_texts() == ["one", "two"]
    assert "$x < 1$" in answer.inner_text()
    page.close()


@pytest.mark.parametrize(
    "path",
    [
        "formgrader/manage_submissions/ps1",
        "formgrader/gradebook/ps1/hills",
        "formgrader/manage_students",
    ],
)
def test_a_folder_s_name_is_only_a_name(
    formgrader: Watched, ids: dict[str, str], path: str
) -> None:
    """Does a student's folder with a tag for its name reach no gradebook, and no page as a tag?"""
    assert not any("<" in name for name in ids)
    page = formgrader.open(path)
    page.wait_for_load_state("networkidle")
    page.evaluate("() => window.toggle_name?.(true)")
    assert page.evaluate("() => document.querySelectorAll('img[src=x]').length") == 0
    page.close()


def test_formgrader_s_policy_holds(formgrader: Watched, ids: dict[str, str]) -> None:
    """Would the browser refuse a remote picture, frame, form or request, were one in the page?"""
    formgrader.asked.clear()
    page = shown(formgrader, ids, "honest")
    page.evaluate(INJECT, ELSEWHERE)
    page.wait_for_timeout(200)
    assert formgrader.foreign == []
    page.close()


INJECT = """(elsewhere) => {
  new Image().src = elsewhere + '/pixel.png'
  fetch(elsewhere).catch(() => 0)
  document.body.insertAdjacentHTML('beforeend',
    `<iframe src="${elsewhere}"></iframe><form action="${elsewhere}" target="_blank"></form>`)
  document.forms[document.forms.length - 1].submit()
}"""


# Feedback and report --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def written(room: Classroom) -> dict[str, Path]:
    """Every student's feedback page, and the class report."""
    course = room.course()
    with course.gradebook() as book:
        for name, group in STUDENTS.items():
            comment = book.find_comment("words", "hills", "ps1", name)
            comment.manual_comment = "".join(WORDS[word][:2_000] for word in group)
        book.db.commit()
    pages = {path.parts[-3]: path for path in write_feedback(course, "ps1")}
    report = room.root / "report.html"
    report.write_text(class_report(course, "ps1"))
    return {**pages, "report": report}


@pytest.mark.parametrize("name", [*STUDENTS, "report"])
def test_feedback_and_report_obey_nobody(
    browser: Browser,  # noqa: F811
    written: dict[str, Path],
    name: str,
) -> None:
    """Does a page with a student's words in every place run, ask and follow nothing?"""
    watched = watching(browser, written[name].as_uri())
    page = watched.open("")
    page.evaluate("() => document.querySelectorAll('body *').forEach((e) => e.click?.())")
    assert page.evaluate("() => window.hit") is None
    assert page.url == written[name].as_uri()
    assert watched.asked == []
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    watched.context.close()


def test_the_policy_of_feedback_holds(browser: Browser, written: dict[str, Path]) -> None:  # noqa: F811
    """Would the browser refuse scripts and requests, were they in the page?"""
    watched = watching(browser, written["honest"].as_uri())
    page = watched.open("")
    page.evaluate(INJECT, ELSEWHERE)
    page.evaluate(
        f"() => {{ const s = document.createElement('script'); s.textContent = '{HIT}';"
        " document.body.append(s) }"
    )
    page.wait_for_timeout(200)
    assert watched.asked == []
    assert page.evaluate("() => window.hit") is None
    watched.context.close()
