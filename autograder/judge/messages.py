"""What a failed test may tell the student: never the hidden source, its literals or values.

A ``CheckFailed`` is written for the student and shown whole. Of other failures in hidden
lines only a constant text of the instructor's own ``assert`` or ``raise`` is shown. An error
in the student's function is shown by its type and the student's own line; its text only as far
as ``claims`` lets it through.
"""

from __future__ import annotations

import ast
import traceback
from collections.abc import Mapping
from types import TracebackType

from autograder.checks import CheckFailed
from autograder.judge.assignment import SourceCell
from autograder.judge.claims import claimed, line_of, standard_text, written
from autograder.judge.failures import SandboxFailure
from autograder.judge.raised import StudentError
from autograder.judge.refusals import ResultRefused

MAX_MESSAGE = 600


def explain(
    error: BaseException, cell: SourceCell, sources: Mapping[int, str], undefined: set[str]
) -> str:
    """One or two sentences for the student about the exception that ended a test cell.

    ``sources`` are the student's own cells by number; ``undefined`` the names the test looked
    for in vain.
    """
    if isinstance(error, CheckFailed | SandboxFailure):
        return _sentence(str(error))
    if isinstance(error, ResultRefused):
        why = claimed(error.why, sources) if error.claimed else error.why
        return f"`{_own(error.function, sources)}` gave {why}, which the test does not take."
    if isinstance(error, StudentError):
        names = line_of(error.report.cell, error.report.line, sources).names | {error.function}
        return _student_error(error, sources, standard_text(error.report.text, names))
    if isinstance(error, NameError) and undefined:
        name = sorted(undefined)[0]
        return f"`{name}` is not defined after your notebook has run."
    line = _line(error, cell)
    constant = _constant_text(error, cell, line)
    if line in cell.hidden or not line:
        return constant or "A hidden test of this question failed."
    return _joined(_visible(cell, line), constant)


def _own(name: str, sources: Mapping[int, str]) -> str:
    """A function's name, unless the student's process made it up."""
    return name if written(name, sources) else "a function that yours returned"


def _student_error(error: StudentError, sources: Mapping[int, str], text: str) -> str:
    report = error.report
    line = line_of(report.cell, report.line, sources).text
    place = f" in the line `{line}`" if line else ""
    name = _own(error.function, sources)
    return f"`{name}` raised {report.kind}{place}{': ' + text if text else ''}."


def _line(error: BaseException, cell: SourceCell) -> int:
    """The last line of the test cell that the exception passed through; 0 if none."""
    trace: TracebackType | None = error.__traceback__
    lines = [f.lineno for f in traceback.extract_tb(trace) if f.filename == cell.filename]
    return (lines[-1] or 0) if lines else 0


def _statement(cell: SourceCell, line: int) -> ast.stmt | None:
    """The innermost statement of the test cell that this line belongs to."""
    try:
        tree = ast.parse(cell.source)
    except SyntaxError:  # magics: the line numbers are those of the transformed source
        return None
    found = None
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0):
            found = node
    return found


def _constant_text(error: BaseException, cell: SourceCell, line: int) -> str:
    """The instructor's own text, where it is a constant of the failing statement."""
    statement = _statement(cell, line)
    if isinstance(statement, ast.Assert) and not isinstance(error, AssertionError):
        return ""
    return _constant_of(cell, line)


def _constant_of(cell: SourceCell, line: int) -> str:
    statement = _statement(cell, line)
    text: ast.expr | None = None
    if isinstance(statement, ast.Assert):
        text = statement.msg
    elif isinstance(statement, ast.Raise) and isinstance(statement.exc, ast.Call):
        text = statement.exc.args[0] if statement.exc.args else None
    if isinstance(text, ast.Constant) and isinstance(text.value, str):
        return _sentence(text.value)
    return ""


def stopped_inside(cell: SourceCell, kind: str, line: int) -> str:
    """One sentence about a test that stopped in the student's process: ``kind`` is its word."""
    if kind == "TimeoutError" and not line:
        return "Stopped: the test and your code computed or waited too long."
    if not line:
        return "The process ended, or could not be believed, before this test was done."
    if line in cell.hidden:
        known = kind == "AssertionError" and _constant_of(cell, line)
        return known or "A hidden test of this question failed."
    return _visible(cell, line)


def in_sight(error: BaseException, cell: SourceCell) -> bool:
    """Whether the cell ended in a line that students can read, and not all is said of it yet."""
    line = _line(error, cell)
    told = isinstance(error, CheckFailed | SandboxFailure | ResultRefused)
    return bool(line) and line not in cell.hidden and not told


def has_more_to_say(
    error: BaseException, cell: SourceCell, sources: Mapping[int, str], undefined: set[str]
) -> bool:
    """Whether ``in_full`` would say more than ``explain``."""
    if undefined or not in_sight(error, cell):
        return False
    return in_full(error, cell, sources) != explain(error, cell, sources, undefined)


def in_full(error: BaseException, cell: SourceCell, sources: Mapping[int, str]) -> str:
    """The same as ``explain``, with the whole text of what went wrong in a visible line.

    Only for a run in which the student's process has met no hidden input: the text may hold
    what the student's functions returned.
    """
    if isinstance(error, StudentError):
        return _sentence(_student_error(error, sources, error.report.text))
    text = text_of(error).strip()
    if not isinstance(error, AssertionError):
        text = f"{type(error).__name__}: {text}"
    return _joined(_visible(cell, _line(error, cell)), text)


def _joined(visible: str, text: str) -> str:
    """A visible line and what it says of itself, unless that stands in the line."""
    return _sentence(visible if text in visible else f"{visible} {text}")


def text_of(error: BaseException) -> str:
    """The text of an exception; empty where an object of the student's in it has none to give."""
    try:
        return str(error)
    except (Exception, SandboxFailure):
        return ""


def _visible(cell: SourceCell, line: int) -> str:
    lines = cell.source.splitlines()
    code = lines[line - 1].strip() if line <= len(lines) else ""
    return f"The visible test fails at `{code[:160]}`."


def _sentence(text: str) -> str:
    text = text.strip()
    return text if len(text) <= MAX_MESSAGE else text[: MAX_MESSAGE - 1] + "…"
