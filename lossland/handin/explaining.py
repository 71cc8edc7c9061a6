"""What a failed test expected, what it found, and which line of the student's it is about.

Works on the live objects of the clean process, right after the failure.
"""

from __future__ import annotations

import ast
import linecache
import traceback
from collections.abc import Iterator, Mapping
from types import CodeType, FrameType, TracebackType
from typing import Any

from lossland.handin.notebook import Cell, parsed

LONGEST = 160
UNWRITTEN = "it is not written yet: the line `raise NotImplementedError()` is still there"


def filename(cell: Cell) -> str:
    """How a cell is called in tracebacks."""
    return f"<cell {cell.name}>"


def explained(error: BaseException, cell: Cell, names: Mapping[str, Any]) -> dict[str, str]:
    """``expected``, ``found`` and ``yours``, each a line or empty."""
    frames = list(_frames(error.__traceback__))
    own = [each for each in frames if each[1].startswith("<cell ")]
    where = f"{own[-1][1][1:-1]}, line {own[-1][2]}: {_line(*own[-1][1:])}" if own else ""
    told = {"error": kind_and_text(error), "expected": "", "found": "", "yours": where}
    at = next((each for each in reversed(own) if each[1] == filename(cell)), None)
    if isinstance(error, NotImplementedError):
        told["found"] = UNWRITTEN
    elif isinstance(error, AssertionError) and at is not None:
        told |= _assertion(error, cell, at[0], at[2])
        if own[-1][1] == filename(cell):
            told["yours"] = _definition(cell, at[2], names)
    elif isinstance(error, EOFError) and "reading a line" in str(error):
        told["found"] = "it asks for input: nobody answers while grading"
    return told


def kind_and_text(error: BaseException) -> str:
    """``ValueError: the first line of its text``."""
    text = str(error).strip().split("\n")[0]
    kind = type(error).__name__
    return _short(f"{kind}: {text}" if text else kind)


def _frames(trace: TracebackType | None) -> Iterator[tuple[FrameType, str, int]]:
    for frame, line in traceback.walk_tb(trace):
        yield frame, frame.f_code.co_filename, line


def _line(name: str, number: int) -> str:
    return _short(linecache.getline(name, number).strip())


def _assertion(error: AssertionError, cell: Cell, frame: FrameType, line: int) -> dict[str, str]:
    test = next(
        (
            node.test
            for node in ast.walk(parsed(cell.source))
            if isinstance(node, ast.Assert) and node.lineno <= line <= (node.end_lineno or line)
        ),
        None,
    )
    message = str(error).strip().split("\n")[0]
    if test is None:
        return {"expected": message}
    text = _short(ast.unparse(test))
    expected = f"{message}  (`{text}`)" if message else f"`{text}`"
    return {"expected": expected, "found": "; ".join(_values(_false_part(test, frame), frame))}


def _false_part(test: ast.expr, frame: FrameType) -> ast.expr:
    """Of ``a and b`` the first part that does not hold."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for part in test.values:
            value = _value(part, frame)
            try:
                holds = bool(value[0]) if value else True
            except Exception:  # an array has no truth
                holds = False
            if not holds:
                return _false_part(part, frame)
    return test


def _values(test: ast.expr, frame: FrameType) -> Iterator[str]:
    """``x is [1, 2]`` for what the student's code had a part in."""
    if isinstance(test, ast.Compare):
        parts = [test.left, *test.comparators]
    elif isinstance(test, ast.Call):
        parts = list(test.args[:2])
    elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        parts = [test.operand]
    else:
        parts = [test]
    for part in parts:
        names = [node for node in ast.walk(part) if isinstance(node, ast.Name)]
        value = _value(part, frame) if names else None
        if value is not None:
            yield f"{_short(ast.unparse(part), 60)} is {_shown(value[0])}"


def _value(part: ast.expr, frame: FrameType) -> tuple[Any] | None:
    """What a part of the test gives when it is asked for once more; None when it raises."""
    try:
        code = compile(ast.Expression(part), "<test>", "eval")
        return (eval(code, frame.f_globals, frame.f_locals),)  # the notebook's own text
    except Exception:
        return None


def _definition(cell: Cell, line: int, names: Mapping[str, Any]) -> str:
    """Where the student's function is that the test called last before it failed."""
    calls = [
        (node.lineno, node.id)
        for node in ast.walk(parsed(cell.source))
        if isinstance(node, ast.Name) and node.lineno <= line
    ]
    for _, name in sorted(calls, reverse=True):
        code = getattr(names.get(name), "__code__", None)
        if isinstance(code, CodeType) and code.co_filename.startswith("<cell "):
            if code.co_filename == filename(cell):
                continue
            file, first = code.co_filename, code.co_firstlineno
            return f"{file[1:-1]}, line {first}: {_line(file, first)}"
    return ""


def _shown(value: Any) -> str:
    try:
        return _short(" ".join(repr(value).split()))
    except Exception as error:  # a class of the student's own
        return f"something that cannot be shown ({type(error).__name__})"


def _short(text: str, most: int = LONGEST) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
