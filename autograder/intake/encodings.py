"""The text of a spreadsheet's CSV, whatever program and system saved it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from autograder.errors import CourseError

MAX_BYTES = 20_000_000
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
SEPARATORS = ",;\t|"


def table(path: Path) -> tuple[list[str], list[list[str]]]:
    """The header and the rows of a CSV file; CourseError names what is wrong with it."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise CourseError(f"{path} is larger than any class list: name the right file")
    if data.startswith(SPREADSHEETS):
        raise CourseError(f"{path} is a spreadsheet's own file: save it as CSV, and name that")
    text = decoded(data)
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first.lower().startswith("sep=") and len(first) == 5:  # Excel's own hint
        text = text.partition("\n")[2]
        separator = first[4]
    else:
        separator = max(SEPARATORS, key=lambda sign: _outside_quotes(first, sign))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False))
    except csv.Error as error:
        raise CourseError(f"{path} is no CSV table: {error}") from error
    rows = [[cell.strip() for cell in row] for row in rows]
    rows = [row for row in rows if any(row)]
    if not rows:
        raise CourseError(f"{path} is empty: it needs a line of column names and one a student")
    return rows[0], rows[1:]


def _outside_quotes(line: str, sign: str) -> int:
    return "".join(line.split('"')[::2]).count(sign)


def decoded(data: bytes) -> str:
    """UTF-8 or UTF-16 with or without mark, or else Korean or Western Windows."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp949")
        if any("가" <= sign <= "힣" for sign in text):
            return text
    except UnicodeDecodeError:
        pass
    return data.decode("cp1252", "replace")
