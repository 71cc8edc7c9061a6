"""When a submission was handed in, as people and platforms write it.

What can be read in two ways is not guessed: a late penalty hangs on it.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import re
import zoneinfo
from dataclasses import dataclass
from pathlib import Path

import dateutil.parser

from autograder.course.opening import read_file, why_no_file
from autograder.errors import SubmissionError

MAX_BYTES = 1_000
EARLIEST, LATEST = datetime.datetime(1990, 1, 1), datetime.datetime(2100, 1, 1)
# Abbreviations with one usual meaning, in hours from UTC. CST (America, China), IST (India, Israel,
# Ireland), BST, AST, GST, SST, ECT and others have several and are refused.
ZONES = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2,
    "EET": 2, "EEST": 3, "MSK": 3, "SAST": 2, "JST": 9, "KST": 9, "HKT": 8, "WIB": 7,
    "PKT": 5, "NPT": 5.75, "NZST": 12, "NZDT": 13, "AEST": 10, "AEDT": 11, "ACST": 9.5,
    "ACDT": 10.5, "AWST": 8, "HST": -10, "AKST": -9, "AKDT": -8, "PST": -8, "PDT": -7,
    "MST": -7, "MDT": -6, "CDT": -5, "EST": -5, "EDT": -4,
    "NST": -3.5, "NDT": -2.5, "BRT": -3, "CLT": -4,
}  # fmt: skip
REGION = re.compile(r"\b[A-Z][A-Za-z]+(?:/[A-Z][A-Za-z0-9_+-]+){1,2}")
BRACKETED = re.compile(r"\s*[\[(]([^\[\]()]{1,60})[\])]\s*$")  # as Java and JavaScript write it
EPOCH = re.compile(r"[0-9]{9,10}(?:\.[0-9]{1,9})?|[0-9]{13}")
FULL_YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?:[0-9]{4})?(?![0-9])")
CLOCK = re.compile(r":|T[0-9]{4}")
DAY_FIRST = re.compile(r"\b([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})\b")
# What a text leaves out is taken from these; so both answers agree when nothing is missing.
DEFAULTS = datetime.datetime(2000, 1, 1, 0, 0), datetime.datetime(2004, 2, 2, 1, 1)


@dataclass(frozen=True)
class Moment:
    """A point in time, in UTC and without zone as nbgrader stores it, or why it is not known.

    Both are empty when there is no timestamp at all.
    """

    time: datetime.datetime | None = None
    trouble: str = ""


def moment(path: Path) -> Moment:
    """The moment in a file that may be anything, or not there; never raises."""
    try:
        if trouble := why_no_file(os.lstat(path).st_mode):
            return Moment(trouble=f"its {path.name} {trouble}")
        return read(read_file(path, MAX_BYTES))
    except FileNotFoundError:
        return Moment()
    except OSError as error:
        return Moment(trouble=f"its {path.name} cannot be read: {error.strerror}")
    except SubmissionError as error:
        return Moment(trouble=f"its {error}")


def read(data: bytes, home: datetime.tzinfo | None = None) -> Moment:
    """The moment in a ``timestamp.txt``; never raises.

    ``home`` is the zone of a time that names none; without it that is UTC, nbgrader's own rule.
    """
    text = _decoded(data[:MAX_BYTES]).strip("\ufeff\0 \t\r\n")
    shown = "".join(c if c.isprintable() else "?" for c in text[:60])
    try:
        time = _time(text, home)
    except (ValueError, OverflowError, TypeError, ArithmeticError) as error:
        why = str(error) if isinstance(error, _Unclear) else "it is no date and time"
        return Moment(trouble=f"its timestamp {shown!r} cannot be used: {why}")
    if not EARLIEST <= time < LATEST:
        return Moment(trouble=f"its timestamp {shown!r} cannot be used: it is in no course's time")
    return Moment(time)


class _Unclear(ValueError):
    """Its text says what is missing or has two meanings."""


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if len(data) > 3 and data[1::2].count(0) > len(data) // 4:
        return data.decode("utf-16-le", "replace")
    if len(data) > 3 and data[::2].count(0) > len(data) // 4:
        return data.decode("utf-16-be", "replace")
    return data.decode("utf-8-sig", "replace")


def _time(text: str, home: datetime.tzinfo | None) -> datetime.datetime:
    if not text:
        raise _Unclear("the file is empty")
    if EPOCH.fullmatch(text):
        seconds = float(text) / (1000 if len(text) == 13 else 1)
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).replace(tzinfo=None)
    return _in_utc(*_zone_apart(text), home)


def _zone_apart(text: str) -> tuple[str, datetime.tzinfo | None]:
    """The text without a zone's long name, and that zone."""
    note = BRACKETED.search(text)
    if note is not None and (re.search(r"[+-][0-9]{2}:?[0-9]{2}|Z", text[: note.start()])):
        text = text[: note.start()]  # the offset counts, the rest is a comment
    elif note is not None:
        text = f"{text[: note.start()]} {note[1]}"
    region = REGION.search(text)
    if region is None:
        return text, None
    try:
        zone = zoneinfo.ZoneInfo(region[0])
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise _Unclear(f"the time zone {region[0]!r} is not known") from None
    return f"{text[: region.start()]} {text[region.end() :]}".strip(), zone


def _in_utc(
    text: str, zone: datetime.tzinfo | None, home: datetime.tzinfo | None
) -> datetime.datetime:
    moment = _parsed(text)
    if zone is not None:
        if moment.tzinfo is not None:
            raise _Unclear("it names two time zones")
        moment = moment.replace(tzinfo=zone)
    if moment.tzinfo is None and home is None:
        return moment  # nbgrader's own rule: no zone means UTC
    if moment.tzinfo is None:
        moment = _once(moment, home)
    return moment.astimezone(datetime.UTC).replace(tzinfo=None)


def _once(moment: datetime.datetime, zone: datetime.tzinfo | None) -> datetime.datetime:
    """The moment on the clocks of a zone; raises where they show it twice, or never."""
    there = moment.replace(tzinfo=zone)
    if there.utcoffset() == there.replace(fold=1).utcoffset():
        return there
    if there.astimezone(datetime.UTC).astimezone(zone).replace(tzinfo=None) == moment:
        raise _Unclear("clocks go back then, and show it twice; write an offset as in +01:00")
    raise _Unclear("clocks go forward then, and never show it")


def _parsed(text: str) -> datetime.datetime:
    """The moment as it is written; raises when it leaves open which it is."""
    if CLOCK.search(text):
        with contextlib.suppress(ValueError):
            return datetime.datetime.fromisoformat(text)
    numeric = DAY_FIRST.search(text)
    day_first = numeric is not None and (numeric[2] == "." or int(numeric[1]) > 12)
    if numeric is not None and not day_first and int(numeric[3]) <= 12 and numeric[1] != numeric[3]:
        raise _Unclear("day and month could be either; write the year first")
    # "UTC+9" means what it says; dateutil would turn the sign around.
    plain = re.sub(r"\b(?:UTC|GMT)\s?(?=[+-][0-9])", "", text)
    one, other = (
        dateutil.parser.parse(plain, dayfirst=day_first, default=default, tzinfos=_offset)
        for default in DEFAULTS
    )
    complete = one.replace(tzinfo=None) == other.replace(tzinfo=None) and ":" in text
    if not complete or not FULL_YEAR.search(text):
        raise _Unclear("it names no full date, with a year of four digits, and time")
    moment: datetime.datetime = one
    return moment


def _offset(name: str | None, offset: int | None) -> datetime.tzinfo | None:
    """dateutil asks: what does this zone mean?"""
    if name is None and offset is None:
        return None
    if offset is not None:
        return datetime.timezone(datetime.timedelta(seconds=offset))
    if name not in ZONES:
        raise _Unclear(
            f"the time zone {name!r} is not known or has several meanings; "
            "write an offset as in +09:00"
        )
    return datetime.timezone(datetime.timedelta(hours=ZONES[name]))
