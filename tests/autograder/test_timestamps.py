"""When a submission was handed in: as people and platforms write it, never guessed."""

from __future__ import annotations

import datetime
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.timestamps import MAX_BYTES, Moment, moment, read
from tests.autograder.classroom import Classroom, StandIn
from tests.autograder.test_batch import grade

SAME = datetime.datetime(2026, 11, 20, 14, 59)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20 14:59:00 UTC",
        "2026-11-20 14:59:00.000000 UTC",
        "2026-11-20T23:59:00+09:00",
        "2026-11-20 23:59:00+0900",
        "2026-11-20 23:59:00 +0900",
        "2026-11-20 23:59:00 +9",
        "2026-11-20 23:59:00 UTC+9",
        "2026-11-20 23:59:00 GMT+0900",
        "2026-11-20 23:59:00 Asia/Seoul",
        "2026-11-20 06:59 US/Pacific",
        "2026-11-20T23:59:00+09:00[Asia/Seoul]",
        "2026-11-20 23:59:00 KST",
        "2026-11-20 06:59:00 PST",
        "2026-11-20 09:59:00 EST",
        "2026-11-20 15:59 CET",
        "Fri Nov 20 23:59:00 KST 2026",
        "Fri, 20 Nov 2026 14:59:00 GMT",
        "Fri Nov 20 2026 23:59:00 GMT+0900 (Korean Standard Time)",
        "Friday, 20 November 2026, 2:59 PM",
        "20.11.2026 15:59 CET",
        "20/11/2026 14:59",
        "11/20/2026 2:59 PM",
        "2026/11/20 14:59",
        "20261120T145900Z",
        "2026-W47-5T14:59",
        "1795186740",
        "1795186740000",
        "  2026-11-20 14:59:00 UTC\r\n",
    ],
)
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_one_moment_written_in_many_ways(text: str, codec: str) -> None:
    """Is each of them 14:59 UTC, in whatever encoding an editor saved it?"""
    assert read(text.encode(codec)) == Moment(SAME)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the file is empty"),
        ("\0\0", "the file is empty"),
        ("23:59", "no full date"),
        ("2026-11-20", "no full date"),
        ("Nov 2026 14:59", "no full date"),
        ("2026-11 14:59", "no full date"),
        ("20 Nov 26 14:59", "a year of four digits"),
        ("2026-11-20 14.59", "no date and time"),
        ("05/11/2026 23:59", "day and month could be either"),
        ("05-11-2026 23:59", "day and month could be either"),
        ("2026-11-20 23:59:00 CST", "'CST' is not known or has several meanings"),
        ("2026-11-20 23:59:00 IST", "'IST' is not known or has several meanings"),
        ("2026-11-20 23:59:00 XYZ", "'XYZ' is not known"),
        ("2026-11-20 23:59:00 Asia/Soul", "'Asia/Soul' is not known"),
        ("2026-11-20 23:59:00 Asia/../etc/passwd", "is not known|no date"),
        ("2026-11-20 15:59 Europe/Berlin CET", "two time zones"),
        ("2026-13-20 14:59", "no date and time"),
        ("2026-02-30 10:00", "no date and time"),
        ("2026-11-20 25:59", "no date and time"),
        ("yesterday, I think", "no date and time"),
        ("1979-11-20 14:59", "in no course's time"),
        ("9" * 100_000, "no date and time|no course's time"),
        ("99999999999999999999-01-01 10:00", "no date and time|no full date"),
    ],
)
def test_what_is_not_clear_is_not_guessed(text: str, why: str) -> None:
    """Does a time that is missing a part, or has two meanings, say so and give none?"""
    found = read(text.encode())
    assert found.time is None
    assert re.search(why, found.trouble), found.trouble
    assert len(found.trouble) < 250


@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_any_bytes_are_a_moment_or_a_reason(data: bytes) -> None:
    """Is there always either a time or one printable line, never an error?"""
    found = read(data)
    assert (found.time is None) == bool(found.trouble)
    assert found.trouble.isprintable()


def test_no_file_is_no_trouble(tmp_path: Path) -> None:
    """Is a submission without a timestamp told from one whose timestamp cannot be read?"""
    assert moment(tmp_path / "timestamp.txt") == Moment()


def make_large(path: Path) -> None:
    path.write_bytes(b"1" * (MAX_BYTES + 1))


@pytest.mark.linux
@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: path.symlink_to("/etc/hostname"), "is a symbolic link"),
        (lambda path: path.symlink_to(path), "is a symbolic link"),
        (Path.mkdir, "is a directory"),
        (os.mkfifo, "is a named pipe"),
        (make_large, "the limit is"),
    ],
    ids=["link", "loop", "folder", "pipe", "large"],
)
def test_only_a_file_is_a_timestamp(tmp_path: Path, make: object, why: str) -> None:
    """Does anything else in its place say what it is, without being opened?"""
    make(tmp_path / "timestamp.txt")  # type: ignore[operator]
    found = moment(tmp_path / "timestamp.txt")
    assert found.time is None
    assert why in found.trouble


def test_an_unreadable_time_is_said_and_the_work_graded(
    classroom: Classroom, stand_in: StandIn
) -> None:
    """Is the instructor told that nobody knows whether it was late, and the work still graded?"""
    classroom.hand_in("ann")
    (classroom.folder("ann") / "timestamp.txt").write_text("23:59")
    outcome, said = grade(classroom)
    assert outcome.submissions[0].score == 5.0
    told = [line for line in said if line.startswith("ann: its timestamp '23:59' cannot be used")]
    assert len(told) == 1
    assert told[0].endswith("whether it was late is not known")
