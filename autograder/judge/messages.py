"""What a failed test may tell the student: never the hidden source, its literals or values.

A ``CheckFailed`` is written for the student and shown whole. Of other failures in hidden
lines only a constant text of the instructor's own ``assert`` or ``raise`` is shown. An error
in the student's function is shown by its type and the student's own line; its text only where
it is one of Python's or NumPy's standard sentences, since the submission itself composes it
and could write down the hidden inputs in it.
"""

from __future__ import annotations

import ast
import re
import traceback
from collections.abc import Mapping
from types import TracebackType

from autograder.checks import CheckFailed
from autograder.judge.assignment import SourceCell
from autograder.judge.remote import ResultRefused, SandboxFailure, StudentError

MAX_MESSAGE = 600
_WORD = r"[A-Za-z_]\w{0,39}"
_SHAPES = r"[\d(), and]{1,80}"
_STANDARD = [
    re.compile(pattern)
    for pattern in (
        rf"name '{_WORD}' is not defined",
        rf"(cannot access|local variable|free variable) [a-z ]*'{_WORD}'[a-z' ]*",
        rf"{_WORD}\(\) missing \d+ required (positional|keyword-only) arguments?: [\w', ]{{1,120}}",
        rf"{_WORD}\(\) takes (from )?\d+( to \d+)? positional arguments? but \d+ (was|were) given",
        rf"{_WORD}\(\) got an unexpected keyword argument '{_WORD}'",
        rf"unsupported operand type\(s\) for [^:\w]{{1,4}}=?: '{_WORD}' and '{_WORD}'",
        rf"'{_WORD}' object (is not (callable|iterable|subscriptable)"
        rf"|has no attribute '{_WORD}'|does not support item assignment)",
        rf"module '{_WORD}' has no attribute '{_WORD}'",
        rf"operands could not be broadcast together with shapes {_SHAPES}",
        rf"shapes {_SHAPES} not aligned: [\d (dim)!=]{{1,60}}",
        r"matmul: Input operand \d does not have enough dimensions \(has \d+, gufunc core with "
        r"signature \(n\?,k\),\(k,m\?\)->\(n\?,m\?\) requires \d+\)",
        r"matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature "
        r"\(n\?,k\),\(k,m\?\)->\(n\?,m\?\) \(size \d+ is different from \d+\)",
        r"index \d+ is out of bounds for axis \d with size \d+",
        r"(list|tuple) index out of range|division by zero|float division by zero",
        r"too many values to unpack \(expected \d+(, got \d+)?\)",
        r"not enough values to unpack \(expected \d+, got \d+\)",
        r"cannot unpack non-iterable \w{1,40} object",
        r"maximum recursion depth exceeded[a-z ]*",
        r"The truth value of an array with more than one element is ambiguous\. "
        r"Use a\.any\(\) or a\.all\(\)",
        r"only (0-dimensional|length-1|size-1) arrays can be converted to Python scalars",
    )
]


def standard_text(text: str, sources: Mapping[int, str]) -> str:
    """The error's text if it is a standard sentence about the student's own names, else ""."""
    if not any(pattern.fullmatch(text) for pattern in _STANDARD):
        return ""
    written = "\n".join(sources.values())
    names = re.findall(rf"'({_WORD})'|^({_WORD})\(\)", text)
    known = all(name in written or name in _KINDS for pair in names for name in pair if name)
    return text if known else ""


_KINDS = {"int", "float", "list", "tuple", "dict", "str", "NoneType", "function", "bool"} | {
    "ndarray", "numpy", "float64", "int64", "generator", "method",
}  # fmt: skip


def explain(
    error: BaseException, cell: SourceCell, sources: Mapping[int, str], undefined: set[str]
) -> str:
    """One or two sentences for the student about the exception that ended a test cell.

    ``sources`` are the student's own cells by number; ``undefined`` the names the test looked
    for in vain.
    """
    if isinstance(error, CheckFailed | ResultRefused | SandboxFailure):
        return _sentence(str(error))
    if isinstance(error, StudentError):
        return _student_error(error, sources)
    if isinstance(error, NameError) and undefined:
        name = sorted(undefined)[0]
        return f"`{name}` is not defined after your notebook has run."
    line = _line(error, cell)
    if line in cell.hidden or not line:
        return _constant_text(error, cell, line) or "A hidden test of this question failed."
    return _visible(error, cell, line)


def _student_error(error: StudentError, sources: Mapping[int, str]) -> str:
    report = error.report
    lines = sources.get(report.cell, "").splitlines()
    place = ""
    if 0 < report.line <= len(lines):
        place = f" in the line `{lines[report.line - 1].strip()[:120]}`"
    text = standard_text(report.text, sources)
    return f"`{error.function}` raised {report.kind}{place}{': ' + text if text else ''}."


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
    text: ast.expr | None = None
    if isinstance(statement, ast.Assert) and isinstance(error, AssertionError):
        text = statement.msg
    elif isinstance(statement, ast.Raise) and isinstance(statement.exc, ast.Call):
        text = statement.exc.args[0] if statement.exc.args else None
    if isinstance(text, ast.Constant) and isinstance(text.value, str):
        return _sentence(text.value)
    return ""


def _visible(error: BaseException, cell: SourceCell, line: int) -> str:
    """Visible lines are the student's to read, and so is what they say."""
    lines = cell.source.splitlines()
    code = lines[line - 1].strip() if line <= len(lines) else ""
    text = str(error).strip()
    kind = "" if isinstance(error, AssertionError) else f"{type(error).__name__}: "
    detail = f" {kind}{text}" if text or kind else ""
    return _sentence(f"The visible test fails at `{code[:160]}`.{detail}")


def _sentence(text: str) -> str:
    text = text.strip()
    return text if len(text) <= MAX_MESSAGE else text[: MAX_MESSAGE - 1] + "…"
