"""Deadlines, extensions, penalties: one table, one rule, told before it costs anybody a point."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from nbgrader.preprocessors import AssignLatePenalties

from autograder.batch.deadlines import Clock, rules
from autograder.batch.late_list import apply, length, told
from autograder.batch.lateness import LateRule
from autograder.batch.running import grade_class
from autograder.errors import CourseError
from autograder.intake.collecting import collect
from autograder.intake.journal import Journal
from autograder.intake.versions import use
from tests.autograder.arrivals import notebook
from tests.autograder.classroom import CONFIG, Classroom, StandIn, handed_in, threads

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

HOUR, DAY = 3_600.0, 86_400.0
BERLIN = 'c.Deadlines.time_zone = "Europe/Berlin"\n'
RULE = "c.LateRule.percent_per_day = 20\nc.LateRule.grace_minutes = 15\n"


def table(room: Classroom, *lines: str, header: str = "assignment,student,due,note") -> None:
    (room.root / "deadlines.csv").write_text("\n".join([header, *lines]), encoding="utf-8-sig")


def configured(room: Classroom, *more: str) -> Classroom:
    (room.root / "nbgrader_config.py").write_text(CONFIG + "".join(more))
    return room


def came(room: Classroom, student: str, time: str) -> None:
    room.hand_in(student, handed_in(words="YOUR ANSWER HERE"))
    if time:
        (room.folder(student) / "timestamp.txt").write_text(time)


def grade(room: Classroom) -> list[str]:
    said: list[str] = []
    grade_class(room.course(), "ps1", workers=1, make_executor=threads, say=said.append)
    return said


def penalties(room: Classroom) -> dict[str, float]:
    with room.course().gradebook() as book:
        return {
            each.student.id: each.late_submission_penalty
            for each in book.assignment_submissions("ps1")
        }


# The rule -----------------------------------------------------------------------------------

RULES: dict[str, tuple[dict[str, float], float, float | None]] = {
    "no rule": ({}, 5 * DAY, None),
    "within the grace": ({"percent_per_day": 10, "grace_minutes": 15}, 900, None),
    "after the grace": ({"percent_per_day": 10, "grace_minutes": 15}, 901, 1.0),
    "a second": ({"percent_per_day": 10}, 1, 1.0),
    "a day": ({"percent_per_day": 10}, DAY, 1.0),
    "a day and a second": ({"percent_per_day": 10}, DAY + 1, 2.0),
    "more than all": ({"percent_per_day": 60}, 2 * DAY, 10.0),
    "never more": ({"percent_per_day": 60, "most_percent": 50}, 9 * DAY, 5.0),
    "not closed yet": ({"percent_per_day": 10, "closed_after_days": 3}, 3 * DAY, 3.0),
    "closed": ({"closed_after_days": 3}, 3 * DAY + 1, 10.0),
}


@pytest.mark.parametrize("kind", RULES)
def test_the_rule(kind: str) -> None:
    """Does ten points' work lose what the documentation says?"""
    settings, late, lost = RULES[kind]
    assert LateRule(**settings).late_submission_penalty("student-01", 10.0, late) == lost


def test_nbgrader_s_own_rule_is_kept(classroom: Classroom) -> None:
    """Do `penalty_method` and a plugin of the course's own go on to count?"""
    zero = configured(classroom, "c.LateSubmissionPlugin.penalty_method = 'zero'\n").course()
    stage = AssignLatePenalties(config=zero.config)
    stage.init_plugin()
    assert isinstance(stage.plugin_inst, LateRule)
    assert stage.plugin_inst.late_submission_penalty("student-01", 7.0, 1.0) == 7.0
    own = CONFIG.replace(
        "from autograder",
        "c.AssignLatePenalties.plugin_class = 'nbgrader.plugins.LateSubmissionPlugin'\n"
        "from autograder",
    )
    (classroom.root / "nbgrader_config.py").write_text(own)
    stage = AssignLatePenalties(config=classroom.course().config)
    stage.init_plugin()
    assert not isinstance(stage.plugin_inst, LateRule)


# The table ----------------------------------------------------------------------------------


def test_times_are_the_course_s(classroom: Classroom) -> None:
    """Are zones, lengths, summer and winter what a calendar says?"""
    table(
        configured(classroom, BERLIN),
        "ps1,,2026-10-24 23:59,",
        "ps1,a,2026-10-25 23:59,the day the clocks go back",
        "ps1,b,+1 day,",
        "ps1,c,2026-10-25 23:59 Asia/Seoul,",
        "ps1,d,+1.5 h,",
        "ps2,,2026-01-01 00:00,",
    )
    found = rules(classroom.course(), "ps1")
    assert found.due == datetime.datetime(2026, 10, 24, 21, 59)
    assert found.extension("a") == datetime.timedelta(hours=25)
    assert found.extension("b") == datetime.timedelta(hours=24)
    assert found.extension("c") == datetime.timedelta(hours=17)
    assert found.extension("d") == datetime.timedelta(hours=1.5)
    assert found.extension("e") is None
    assert found.notes == {"a": "the day the clocks go back"}
    clock = Clock.of(classroom.course())
    assert clock.shown(datetime.datetime(2026, 10, 24, 21, 59)) == "2026-10-24 23:59 CEST"
    assert clock.shown(datetime.datetime(2026, 10, 25, 22, 59)) == "2026-10-25 23:59 CET"


FAULTS: dict[str, tuple[list[str], str]] = {
    "twice on that day": (["ps1,,2026-10-25 02:30"], "clocks go back then, and show it twice"),
    "never on that day": (["ps1,,2026-03-29 02:30"], "clocks go forward then, and never show it"),
    "no time": (["ps1,,tomorrow"], "deadlines.csv, line 2: 'tomorrow' cannot be used"),
    "day or month": (["ps1,,03/04/2026 23:59"], "day and month could be either"),
    "nothing": (["ps1,,"], "line 2: the deadline is missing"),
    "two for all": (["ps1,,2026-03-01 12:00", "ps1,,2026-03-02 12:00"], "line 3: ps1 has two dead"),
    "two for one": (["ps1,,2026-03-01 12:00", "ps1,a,+1 d", "ps1,a,+2 d"], "line 4: a has two"),
    "none for all": (["ps1,a,2026-03-01 12:00"], "ps1 has no deadline for everybody: add a line"),
    "earlier": (["ps1,,2026-03-02 12:00", "ps1,a,2026-03-01 12:00"], "before everybody's deadline"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_one_line_for_each_fault(classroom: Classroom, fault: str) -> None:
    """Does it name the file, the line and the next step?"""
    lines, what = FAULTS[fault]
    table(configured(classroom, BERLIN), *lines)
    with pytest.raises(CourseError) as caught:
        rules(classroom.course(), "ps1")
    assert what in str(caught.value)
    assert str(caught.value).startswith("deadlines.csv, line ")


def test_settings_that_cannot_be(classroom: Classroom) -> None:
    """Are a zone that is none, a setting that is none and a negative rule told?"""
    table(classroom, "ps1,,2026-03-01 12:00")
    for setting, what in {
        "c.Deadlines.time_zone = 'Berlin'\n": "is no time zone: write one as Europe/Berlin",
        "c.Deadlines.zone = 'Europe/Berlin'\n": "no setting Deadlines.zone; there are table",
        "c.LateRule.percent = 10\n": "no setting LateRule.percent; there are closed_after_days",
        "c.LateRule.percent_per_day = -10\n": "a rule for lateness cannot be -10",
    }.items():
        with pytest.raises(CourseError, match=what):
            list(told(configured(classroom, setting).course(), "ps1"))


def test_a_table_without_columns(classroom: Classroom) -> None:
    """Is a table of something else told?"""
    table(classroom, "a,b", header="name,points")
    with pytest.raises(CourseError, match="has no column 'assignment'"):
        rules(classroom.course(), "ps1")


# Grading ------------------------------------------------------------------------------------


def test_grading_follows_the_table(classroom: Classroom, stand_in: StandIn) -> None:
    """Does an extension undo a penalty, and does taking it back bring the penalty back?"""
    configured(classroom, BERLIN, RULE)
    came(classroom, "late", "2026-10-26 00:30:00 Europe/Berlin")
    came(classroom, "nearly", "2026-10-25 00:10:00 Europe/Berlin")
    came(classroom, "unknown", "")
    table(classroom, "ps1,,2026-10-24 23:59,")
    grade(classroom)
    # From Saturday 23:59 to Monday 0:30 that night has 25 hours and 31 minutes: two days began.
    assert penalties(classroom) == {"late": 2.0, "nearly": 0.0, "unknown": 0.0}
    table(classroom, "ps1,,2026-10-24 23:59,", "ps1,late,+26 h,ill")
    assert grade(classroom) == [
        "late: due 2026-10-26 00:59 CET now",
        "late: hills: the penalty for lateness is 0 points now, not 2",
    ]
    assert penalties(classroom)["late"] == 0.0
    table(classroom, "ps1,,2026-10-24 23:59,")
    assert list(apply(classroom.course(), "ps1")) == [
        "late: due 2026-10-24 23:59 CEST now",
        "late: hills: the penalty for lateness is 2 points now, not 0",
    ]
    assert grade(classroom) == []


def test_without_a_table_the_gradebook_counts(classroom: Classroom, stand_in: StandIn) -> None:
    """Do a deadline and an extension that formgrader or nbgrader set stay as they are?"""
    configured(classroom, RULE)
    came(classroom, "late", "2026-03-02 12:00:00 UTC")
    with classroom.course().gradebook() as book:
        book.update_or_create_assignment("ps1", duedate=datetime.datetime(2026, 3, 1, 12))
    grade(classroom)
    assert penalties(classroom) == {"late": 1.0}
    with classroom.course().gradebook() as book:
        book.grant_extension("ps1", "late", days=1)
    grade(classroom)
    assert penalties(classroom) == {"late": 0.0}
    assert list(told(classroom.course(), "ps1"))[-1] == "ps1: 1 in time, 0 late, 0 not known"
    with pytest.raises(CourseError, match="has no line for ps1"):
        list(apply(classroom.course(), "ps1"))


# The preview --------------------------------------------------------------------------------


def test_the_preview(classroom: Classroom, stand_in: StandIn, tmp_path: Path) -> None:
    """Is everybody who is late, extended or unknown told, with the price, before and after?"""
    configured(classroom, BERLIN, RULE)
    came(classroom, "late", "2026-10-25 23:59:30 Europe/Berlin")
    came(classroom, "in-time", "2026-10-24 12:00:00 Europe/Berlin")
    came(classroom, "grace", "2026-10-25 00:10:00 Europe/Berlin")
    came(classroom, "ill", "2026-10-26 12:00:00 Europe/Berlin")
    came(classroom, "unclear", "03/04/2026 10:00")
    table(classroom, "ps1,,2026-10-24 23:59,", "ps1,ill,+48 h,ill", "ps1,gone,+48 h,")
    before = list(told(classroom.course(), "ps1"))
    due = "due 2026-10-24 23:59 CEST"
    assert before[0] == (f"grace: came 2026-10-25 00:10 CEST, {due}, late by 11 min, costs nothing")
    assert before[1] == (
        "ill: came 2026-10-26 12:00 CET, due 2026-10-26 22:59 CET (extended), in time, note: ill"
    )
    assert before[2] == (
        f"late: came 2026-10-25 23:59 CET, {due}, late by 1 d 1 h, costs 40 % of the points"
    )
    assert before[3].startswith("unclear: not known when: its timestamp '03/04/2026 10:00' cannot")
    assert before[4].startswith("gone: not known when: nothing of theirs lies there")
    assert before[5] == "ps1: 2 in time, 2 late, 2 not known"
    grade(classroom)
    after = list(told(classroom.course(), "ps1", everybody=True))
    assert after[2] == f"in-time: came 2026-10-24 12:00 CEST, {due}, in time"
    assert after[3].endswith("costs 40 % of the points: 2")


def test_a_version_that_came_in_time(classroom: Classroom, tmp_path: Path) -> None:
    """Is the instructor told of it, beside what the late one costs?"""
    configured(classroom, RULE)
    table(classroom, "ps1,,2026-11-20 23:59,")
    course = classroom.course()
    said: list[str] = []
    for words, received in (("one", "2026-11-20 12:00"), ("two", "2026-11-21 12:00")):
        path = tmp_path / "student-01_hills.ipynb"
        path.write_bytes(notebook(words=words))
        collect(course, "ps1", [path], received=received, say=said.append)
    assert said.count("1 came after the deadline: see `python -m autograder deadlines ps1`") == 1
    first = Journal(course, "ps1").versions["student-01"][0]
    assert next(told(course, "ps1")) == (
        "student-01: came 2026-11-21 12:00 UTC, due 2026-11-20 23:59 UTC, late by 12 h 1 min, "
        f"costs 20 % of the points, version {first.hash[:12]} came in time (`versions --use`)"
    )
    use(course, "ps1", "student-01", first.hash)
    assert list(told(course, "ps1")) == ["ps1: 1 in time, 0 late, 0 not known"]


def test_no_deadline_at_all(classroom: Classroom) -> None:
    """Is the next step named?"""
    came(classroom, "late", "2026-10-25 23:59:30 UTC")
    with pytest.raises(CourseError, match="write a line of assignment,student,due into deadlines"):
        list(told(classroom.course(), "ps1"))


def test_lengths() -> None:
    """Are they read at a glance?"""
    assert [length(s) for s in (5, 60, 3600, 93_900, DAY)] == [
        "5 s", "1 min", "1 h", "1 d 2 h 5 min", "1 d",
    ]  # fmt: skip
