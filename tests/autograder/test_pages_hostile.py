"""What strangers wrote, on pages: cleaned last, bounded, and in a time that ends."""

from __future__ import annotations

import base64
import contextlib
import gc
import json
import math
import re
import struct
import threading
import time
import weakref
import zlib
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbconvert.filters.strings import strip_files_prefix

from autograder.batch import store
from autograder.batch.running import grade_class
from autograder.pages import annotating, charts, feedback, markdown
from autograder.pages.annotating import annotated
from autograder.pages.cleaning import TAGS, clean, is_beside
from autograder.pages.feedback import write_feedback
from autograder.pages.markdown import framed, harmless, highlighted, safe_html, squeezed
from autograder.pages.report import class_report
from autograder.pictures import MAX_SIDE, PNG, safe_picture, safe_png
from autograder.text import printable
from autograder.timing import TookTooLong, can_stop, within
from autograder.verdict import CellOutput, Evidence, SubmissionVerdict
from tests.autograder.classroom import Classroom, StandIn, cell, handed_in, notebook, threads
from tests.autograder.hostile_words import WORDS
from tests.autograder.test_feedback import Reader

PATIENCE = 300
"""How much more than an ordinary text of the same size a text may take, before it is stopped and
the test fails: processor time beside processor time of the same machine in the same minute. The
slow ones take a tenth of it, or an hour."""
NOTHING: dict[str, Any] = {}


# Pictures ------------------------------------------------------------------------------------


def chunk(name: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(wide: int = 2, high: int = 2, *more: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0))
    rows = zlib.compress(b"".join(b"\0" + bytes(min(wide, 9)) for _ in range(min(high, 9))))
    return PNG + head + b"".join(more) + chunk(b"IDAT", rows) + chunk(b"IEND")


def test_an_ordinary_png_stays_byte_by_byte() -> None:
    """Is a picture that a browser can draw left as it is?"""
    assert safe_png(png(640, 480)) == png(640, 480)


@pytest.mark.parametrize(
    "data",
    [
        png(20_000, 20_000),
        png(MAX_SIDE + 1, 1),
        png(1, MAX_SIDE + 1),
        png(MAX_SIDE, MAX_SIDE),
        png(0, 5),
        png(2**31, 2),
        png()[:-20],
        png()[:40],
        PNG,
        PNG + chunk(b"IEND"),
        PNG + chunk(b"IDAT") + png()[8:],
        PNG + png()[8:33] + png(9_000, 9_000)[8:],
        PNG + struct.pack(">I", 2**32 - 1) + b"IHDR" + bytes(20),
        b"GIF89a" + bytes(20),
        b"",
    ],
    ids=range(15),
)
def test_a_png_that_nobody_can_draw_is_left_out(data: bytes) -> None:
    """Are giants, stumps and files with two heads refused?"""
    assert safe_png(data) is None


@pytest.mark.parametrize(
    "name", [b"zTXt", b"iTXt", b"tEXt", b"iCCP", b"acTL", b"fdAT", b"eXIf", b"vpAg", b"\x1b[2J"]
)
def test_a_png_carries_nothing_but_the_picture(name: bytes) -> None:
    """Are texts, profiles, animations and private chunks taken out, before and after the data?"""
    bomb = chunk(name, zlib.compress(bytes(1_000_000)))
    assert safe_png(png(2, 2, bomb) + bomb) == png()


def jpeg(wide: int, high: int) -> bytes:
    frame = struct.pack(">BHH", 8, high, wide) + bytes(10)
    return b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc2\x00\x0f" + frame


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (png(), "image/png"),
        (jpeg(300, 200), "image/jpeg"),
        (b"GIF89a" + struct.pack("<HH", 30, 20) + bytes(9), "image/gif"),
        (png(20_000, 20_000), None),
        (jpeg(60_000, 60_000), None),
        (b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + bytes(9), None),
        (b"\xff\xd8\xff", None),
        (b"\xff\xd8\xff\xe0\x00\x00" * 9, None),
        (b"<svg/>", None),
    ],
)
def test_pasted_pictures_are_measured(data: bytes, mime: str | None) -> None:
    """Are PNG, JPEG and GIF told by their heads, and giants refused?"""
    found = safe_picture(data)
    assert (found and found[0]) == mime


# Terminals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("student-01", "student-01"),
        ("Жанна 😀 Ångström", "Жанна 😀 Ångström"),
        ("\x1b]0;owned\x07\x1b[2J", "\\x1b]0;owned\\x07\\x1b[2J"),
        ("a\nb\r\tc\x85", "a\\x0ab\\x0d\\x09c\\x85"),
        ("user\u202egnp.exe", "user\\u202egnp.exe"),
        ("\u2066x\u2069\u2028", "\\u2066x\\u2069\\u2028"),
        ("bad\udcff", "bad\\udcff"),
        ("\U000e0041", "\\U000e0041"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_what_acts_is_shown_instead(text: str, shown: str) -> None:
    """Are control characters, turned writing and broken bytes visible, and words untouched?"""
    assert printable(text) == shown
    shown.encode()


def test_a_long_name_is_cut() -> None:
    """Does the limit count what is shown, and may lines stay where they are wanted?"""
    assert printable("x" * 300, 10) == "x" * 9 + "…"
    assert printable("a\nb\x1b", keep="\n") == "a\nb\\x1b"


# Time ----------------------------------------------------------------------------------------


def test_a_regular_expression_can_be_stopped() -> None:
    """Does the limit reach into one that would take for ever, and end with its block?"""
    with pytest.raises(TookTooLong), within(0.05):
        re.match(r"(a+)+$", "a" * 60 + "b")
    sum(range(3_000_000))


def test_a_limit_inside_another_leaves_it_standing() -> None:
    """Is work between and after inner limits still counted by the outer one?"""

    def endless() -> None:
        re.match(r"(a+)+$", "a" * 60 + "b")

    def work() -> None:
        for _ in range(2):
            with contextlib.suppress(TookTooLong), within(0.01):
                endless()
        endless()

    with pytest.raises(TookTooLong, match=r"0\.05 s"), within(0.05):
        work()


def test_in_a_thread_nothing_can_be_stopped() -> None:
    """Is it known where no signal comes, so that the input is bounded there?"""
    found = []

    def work() -> None:
        with within(0.01):
            found.append((can_stop(), safe_html(NOTHING, "*a_" * 30_000)[:5]))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [(False, "<pre>")]
    assert can_stop()


SLOW = {
    **{name: WORDS[name] for name in ("blank-lines", "blanks", "deep-elements", "deep-quotes")},
    "brackets": "[" * 90_000,
    "environments": "\\begin{a}" * 9_000,
    "displays": "\\\\[" * 30_000,
    "pictures": "![](" * 20_000,
    "half-links": "[a](" * 20_000,
    "code-of-blanks": "x = 1\n" + "\n" * 60_000 + "y" + " " * 99_000 + "= 2",
    "a-book": "word " * 300_000,
}


@pytest.fixture(scope="module")
def patience() -> float:
    """PATIENCE times the processor seconds that an ordinary text of 90,000 letters takes."""
    began = time.process_time()
    markdown2html_mistune("word " * 18_000)
    return PATIENCE * (time.process_time() - began)


@pytest.mark.parametrize("name", SLOW)
@pytest.mark.parametrize("shows", [safe_html, harmless, highlighted])
def test_every_text_is_shown_in_a_time_that_ends(
    name: str, shows: Any, patience: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is a page of bounded size there, whatever the text does to a parser?"""
    monkeypatch.setattr(markdown, "SECONDS", 0.1)
    with within(patience):
        if shows is safe_html:
            html = framed(NOTHING, safe_html(NOTHING, SLOW[name]))
        else:
            html = shows(SLOW[name], NOTHING) if shows is harmless else shows(SLOW[name])
    assert len(html) < 2_500_000
    assert html


def test_a_stored_text_is_fast_for_everybody(
    patience: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is what nbconvert's own filter is given then no longer slow?"""
    monkeypatch.setattr(markdown, "SECONDS", 0.1)
    for text in SLOW.values():
        stored = harmless(text, NOTHING)
        with within(patience):
            markdown2html_mistune(stored)


def test_blank_runs_are_squeezed_and_nothing_else() -> None:
    """Do honest blank lines and indents stay?"""
    honest = "def f():\n" + "\n" * 12 + "    return 1" + " " * 60 + "# why\n"
    assert squeezed(honest) == honest
    assert squeezed("a" + "\n \t" * 60_000 + "\nb").count("\n") <= 41
    assert len(squeezed("a" + "\t" * 99_000)) <= 201


def test_many_cells_share_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Are the cells after the limit shown as they were written, none left out?"""
    monkeypatch.setattr(annotating, "RENDERING_SECONDS", 0.0)
    made = notebook(*(cell("markdown", f"# {number}") for number in range(300)))
    shown = annotated(made, SubmissionVerdict("s", "graded"))["cells"]
    assert [each["source"] for each in shown[:2]] == [
        "<div><pre># 0</pre></div>\n", "<div><pre># 1</pre></div>\n",
    ]  # fmt: skip
    assert len(shown) == 300


# Markdown ------------------------------------------------------------------------------------


def acts(html: str) -> list[str]:
    """Tags and attributes that a page with the instructor's rights must not have."""
    plain = {"alt", "title", "align", "colspan", "rowspan", "start", "open"}
    found = []
    for tag, attributes in Reader(html).tags:
        if tag not in TAGS:
            found.append(tag)
        for name, value in attributes.items():
            picture = (value or "").startswith(("data:image/png", "data:image/jpeg"))
            if name not in plain and not (name == "src" and (picture or is_beside(value or ""))):
                found.append(f"{tag} {name}={value}")
    return found


@pytest.mark.parametrize("name", WORDS)
def test_nothing_acts_under_either_filter(name: str) -> None:
    """Is the text clean through our filter, and stored so that nbconvert's makes it no worse?"""
    ours = safe_html({"cell": {"attachments": {"x": {"image/png": "AAAA"}}}}, WORDS[name])
    assert acts(ours) == []
    assert clean(ours) == ours
    stored = harmless(WORDS[name], NOTHING)
    theirs = strip_files_prefix(markdown2html_mistune(stored))
    assert acts(theirs) == []
    assert not re.search(r"\\(href|class|cssId|style|require)\b", ours + theirs)


TEXT = st.text(st.sampled_from("<>/=\"'`&#;:!-[](){}$\\*_|~ \n\tabx\u00a0"), max_size=60)
PIECES = st.sampled_from([*(text[:200] for text in WORDS.values()), "<div ", "files/", "`", "\n\n"])


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXT | PIECES, max_size=6))
def test_no_mixture_acts(pieces: list[str]) -> None:
    """Is what nobody thought of clean too, and cleaning twice the same as once?"""
    text = "".join(pieces)
    ours = safe_html(NOTHING, text)
    assert acts(ours) == []
    assert clean(ours) == ours
    assert acts(strip_files_prefix(markdown2html_mistune(harmless(text, NOTHING)))) == []


@pytest.mark.parametrize("first", ["\xa0", "\n\n", "\r\n", "\r", "\0", "&nbsp;", "<pre>\n"])
def test_what_is_shown_as_it_was_written_stays_so(first: str) -> None:
    """Is text that is nested too deeply to be a page the same after another cleaning?"""
    ours = safe_html(NOTHING, f"{first}{'<div>' * 300}\xa0\r\n\0")
    assert ours.startswith("<pre>")
    assert clean(ours) == ours


HONEST = [
    "Because $a<b$ and *so* on, `x < 1`.",
    "- one\n- two\n\n1. three\n2. four\n",
    "| a | b |\n|---|:-:|\n| 1 | $x$ |",
    "$$\n\\sum_i x_i < \\infty\n$$\n\n\\begin{align}\na &= b\\\\\nc &< d\n\\end{align}",
    'Line one  \nline two & "three" it\'s\n\n> quoted\n\n---\n',
    "~~no~~ H<sub>2</sub>O, 5 % < 6 %, a_b_c, \\\\(y^2\\\\)",
]


@pytest.mark.parametrize("text", HONEST)
def test_honest_text_looks_as_nbconvert_shows_it(text: str) -> None:
    """Is an ordinary answer's page, formulas included, the same as without this grader?"""
    same = clean(strip_files_prefix(markdown2html_mistune(text))).strip()
    assert safe_html(NOTHING, text).strip() == same
    stored = clean(markdown2html_mistune(harmless(text, NOTHING))).strip()
    assert stored.removeprefix("<div>").removesuffix("</div>") == same


def test_an_ordinary_answer_is_stored_as_it_was_written() -> None:
    """Does whoever opens the graded notebook read the student's own Markdown?"""
    assert harmless(HONEST[0], NOTHING) == HONEST[0]
    assert harmless(HONEST[3], NOTHING) == HONEST[3]


def test_links_and_headings_keep_their_words() -> None:
    """Is an address there to be read, though not to be followed?"""
    html = safe_html(NOTHING, "# Why\n\nSee [the paper](https://a.example/p?x=1&y=2) or <b@c.de>.")
    assert "<h1>Why</h1>" in html
    assert "See the paper (https://a.example/p?x=1&amp;y=2) or" in html


def test_a_picture_beside_the_notebook_comes_into_the_page(tmp_path: Path) -> None:
    """Is a handed-in sketch shown, and a giant, a link or a place elsewhere not asked for?"""
    (tmp_path / "sketch.png").write_bytes(png())
    (tmp_path / "giant.png").write_bytes(png(20_000, 20_000))
    (tmp_path / "link.png").symlink_to(tmp_path / "sketch.png")
    context = {"resources": {"metadata": {"path": str(tmp_path)}}}
    source = "".join(
        f"![{name}]({name}.png) <img src={name}.png alt={name}> "
        for name in ("sketch", "giant", "link", "gone", "../sketch", "/logout")
    )
    html = framed(context, safe_html(context, source))
    address = f"data:image/png;base64,{base64.b64encode(png()).decode()}"
    sources = re.findall(r'src="([^"]*)"', html)
    assert sources == [address, address]


def test_pasted_pictures_are_checked_and_kept() -> None:
    """Is an attached picture in the stored text itself, and a giant one left out?"""
    pictures = {
        "p": {"image/png": base64.b64encode(png()).decode()},
        "g": {"image/png": base64.b64encode(png(20_000, 20_000)).decode()},
        "n": {"image/png": "no base64"},
    }
    stored = harmless("![p](attachment:p) ![g](attachment:g) ![n](attachment:n)", pictures)
    html = unescape(strip_files_prefix(markdown2html_mistune(stored)))
    assert html.count("data:image/png") == 1
    assert "[picture: g] [picture: n]" in html


# The graded notebook -------------------------------------------------------------------------


def test_outputs_hold_plain_text_and_small_pictures() -> None:
    """Are escape sequences, giants and what is no picture gone from the graded notebook?"""
    output = CellOutput(
        0, "\x1b[31mred\x1b[0m \x1b]0;t\x07\u202e", "Trace\nValueError: \x1b[2J\u2066",
        (png(), png(20_000, 20_000), b"<svg/>", png(2, 2, chunk(b"zTXt", b"x"))),
    )  # fmt: skip
    verdict = SubmissionVerdict("s", "graded", outputs=(output,))
    made = notebook(cell("code", "1"))
    made["cells"][0]["attachments"] = {"a": {"text/html": "<script>"}}
    (shown,) = annotated(made, verdict)["cells"]
    assert "attachments" not in shown
    assert shown["outputs"][0]["text"] == "red ]0;t\\u202e\n"
    assert shown["outputs"][-1]["evalue"] == "\\u2066"
    pictures = [o["data"] for o in shown["outputs"] if "data" in o]
    assert pictures == [{"image/png": base64.b64encode(png()).decode()}] * 2
    nbformat.validate(nbformat.from_dict(annotated(made, verdict)))


def test_the_instructor_s_cells_are_left_alone() -> None:
    """Do locked texts keep their headings, links and attachments?"""
    text = "# Title\n\n[the book](https://a.example)"
    locked = cell("markdown", text, "intro", locked=True) | {"attachments": {"p": {}}}
    (shown,) = annotated(notebook(locked), SubmissionVerdict("s", "graded"))["cells"]
    assert shown["source"] == text
    assert shown["attachments"] == {"p": {}}


# Charts --------------------------------------------------------------------------------------

EDGES = st.sampled_from(
    [1e290, -1e290, 1e308, 5e-324, 1e-310, -5e-324, 0.0, 1.0, 1e16, 1e16 + 2, math.nan, math.inf,
     -math.inf, None]
)  # fmt: skip
VALUES = st.lists(EDGES | st.floats(), max_size=6).map(tuple)


@settings(max_examples=300, deadline=None)
@given(VALUES, VALUES, VALUES)
def test_every_curve_becomes_a_drawing(got: Any, low: Any, high: Any) -> None:
    """Does no peak, gap or denormal number overflow, in words, alone or among a class?"""
    curve = Evidence("t", got, low, high)
    for svg in (charts.curve_svg(curve), charts.curves_svg([curve, curve], "two")):
        assert all(
            -1 <= float(number) <= 641
            for points in re.findall(r'points="([^"]*)"', svg)
            for number in re.split("[ ,]", points)
        )
    charts.description(curve)


@pytest.mark.parametrize(
    "got",
    [(1e290, 1.0), (1e290,), (1e290, -1e290), (1e290, 1e-300, 5e-324), (5e-324, 1e-323), (None,)],
)
@pytest.mark.parametrize("band", [(), (1e-320, 1e290), (1.0,) * 7])
def test_every_curve_becomes_a_picture(got: Any, band: Any) -> None:
    """Is it a PNG of the usual size, with a title that is no formula?"""
    made = charts.curve_png(Evidence("$\\bad{", got, band, band[:1], "$", "^_{"))
    assert safe_png(made)
    assert len(made) < 100_000


def test_a_large_class_fits_on_a_page() -> None:
    """Are 300 long curves with bands of their own drawn with bounded detail?"""
    curves = [
        Evidence("t", tuple(math.sin(k / 9) + n for k in range(2_000)), (float(n),) * 900,
                 (n + 1.0,) * 900)
        for n in range(300)
    ]  # fmt: skip
    assert len(charts.curves_svg(curves, "many")) < 600_000


# Feedback and report -------------------------------------------------------------------------


@pytest.fixture
def room(classroom: Classroom, stand_in: StandIn) -> Classroom:
    classroom.hand_in("student-01")
    classroom.hand_in("student-02")
    grade_class(classroom.course(), "ps1", workers=1, make_executor=threads, say=lambda line: None)
    return classroom


def rewritten(room: Classroom, student: str, **parts: Any) -> None:
    """Change what is stored about a student's verdict."""
    record = store.load(room.course(), student, "ps1", "hills")
    assert record is not None
    detail = parts.pop("detail", "")
    verdict = replace(record.verdict, **parts)
    store.save(room.course(), "ps1", "hills", replace(record, verdict=verdict, detail=detail))


def page_of(room: Classroom, student: str) -> str:
    write_feedback(room.course(), "ps1", (student,))
    return (room.root / "feedback" / student / "ps1" / "hills.html").read_text()


def test_what_could_not_be_judged_is_no_zero(room: Classroom) -> None:
    """Are its points named apart, at the top and at the question, and shown as a dash?"""
    record = store.load(room.course(), "student-01", "ps1", "hills")
    assert record is not None
    tests = dict(record.verdict.tests)
    tests["test_height"] = replace(
        tests["test_height"], score=None, status="not graded", message="The host had no memory."
    )
    rewritten(room, "student-01", tests=tests)
    with room.course().gradebook() as book:
        book.find_grade("test_height", "hills", "ps1", "student-01").auto_score = None
        book.db.commit()
    text = Reader(page_of(room, "student-01")).text
    assert "2 of 7 points" in text
    assert "? 3 points not graded yet" in text
    assert "– / 3 (3 not graded)" in text
    assert "The host had no memory." in text
    assert "not graded yet" not in Reader(page_of(room, "student-02")).text


def test_the_instructor_s_sentence_stays_with_the_instructor(room: Classroom) -> None:
    """Is the grader's own traceback in the report, bounded, and never in feedback?"""
    detail = "Traceback: the secret of the source " + "x" * 100_000 + " the end"
    rewritten(room, "student-01", status="not graded", reason="the grader failed", detail=detail)
    page = page_of(room, "student-01")
    assert "secret of the source" not in page
    assert "the end" not in page
    report = class_report(room.course(), "ps1")
    assert "the end" in report
    assert len(report) < 40_000


def test_one_page_s_trouble_is_a_plainer_page(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Does a page that cannot be drawn, or not in time, still tell the points?"""

    def fails(*_: Any) -> None:
        raise OverflowError

    monkeypatch.setattr(feedback, "tests_text", fails)
    text = Reader(page_of(room, "student-01")).text
    assert "test_slope : passed, 2 of 2 points" in text.replace("test_ slope", "test_slope")
    monkeypatch.setattr(feedback, "tests_text", lambda *_: re.match(r"(a+)+$", "a" * 60 + "b"))
    monkeypatch.setattr(feedback, "SECONDS", 0.05)
    assert "The details of this page could not be drawn" in page_of(room, "student-02")


def test_a_flood_of_errors_and_repairs_is_bounded(room: Classroom) -> None:
    """Do thousands of errors, repairs and characters leave pages that open?"""
    outputs = tuple(CellOutput(n, "", f"ValueError: {n} " + "x" * 20_000) for n in range(500))
    repairs = tuple(f"repair {n} \x1b[2J " + "y" * 5_000 for n in range(500))
    rewritten(room, "student-01", outputs=outputs, repairs=repairs)
    assert len(page_of(room, "student-01")) < 300_000
    report = class_report(room.course(), "ps1")
    assert len(report) < 100_000
    assert "\x1b" not in report


@pytest.mark.linux
def test_names_of_folders_are_shown_not_obeyed(classroom: Classroom, stand_in: StandIn) -> None:
    """Are escapes, turned writing, tags and endless names of folders harmless on both pages?"""
    names = ["\x1b[2Jx", "a\u202eb", "<b>bold", "n" * 200, "=1+1"]
    for name in names:
        classroom.hand_in(name)
    grade_class(classroom.course(), "ps1", workers=1, make_executor=threads, say=lambda line: None)
    written = [path.read_text() for path in write_feedback(classroom.course(), "ps1")]
    assert len(written) == len(names)
    for page in (*written, class_report(classroom.course(), "ps1")):
        assert "\x1b" not in page
        assert "\u202e" not in page
        assert "<b>bold" not in page
        assert "n" * 130 not in page


def test_stored_and_shown_are_the_same_notebook(room: Classroom) -> None:
    """Is the stored notebook read back without a word about HTML in its text?"""
    path = room.root / "autograded" / "student-01" / "ps1" / "hills.ipynb"
    made = json.loads(path.read_text())
    nbformat.validate(nbformat.from_dict(made))
    assert markdown.one_line_text("<b>") == "<div><pre>&lt;b&gt;</pre></div>\n"
    assert handed_in()["cells"][-1]["source"] in "".join(made["cells"][-1]["source"])


class Held:
    """An object of which a weak dictionary may hold a value."""


@pytest.mark.linux
@pytest.mark.parametrize("place", ["weakref", "del", "collector"])
def test_a_limit_that_meets_a_dying_object_holds(place: str) -> None:
    """Is work stopped in time, though Python swallows what is raised when objects go away?"""

    class Dying:
        def __del__(self) -> None:
            spin(0.05)

    def spin(seconds: float) -> None:
        ends = time.process_time() + seconds
        while time.process_time() < ends:
            pass

    def die(times: int) -> None:
        for _ in range(times):
            die_once()

    def die_once() -> None:
        if place == "del":
            Dying()
            spin(0.05)
            return
        if place == "collector":
            gc.collect(0)
            spin(0.05)
            return
        values: weakref.WeakKeyDictionary[Held, int] = weakref.WeakKeyDictionary()
        for _ in range(2_000):
            values[Held()] = 1

    def collecting(phase: str, info: dict[str, int]) -> None:
        spin(0.05)

    if place == "collector":
        gc.callbacks.append(collecting)
    try:
        with pytest.raises(TookTooLong), within(0.02):
            die(times=1_000)
    finally:
        if place == "collector":
            gc.callbacks.remove(collecting)
