"""An exception of the student's code as the judge hears of it: class, text, arguments, place."""

from __future__ import annotations

import inspect
import itertools
import traceback
from collections.abc import Iterator
from typing import Any

from autograder.kinds.registry import NotPlain
from autograder.wire import Bounds, ClassRef, Encoder, Refused

MAX_TEXT = 4000
MAX_ATTRIBUTES = 32
_ROOM = Bounds(frame_bytes=1 << 16, items=1000)
"""What one argument or attribute of an exception may take."""
_BUILT_IN = (
    "errno", "strerror", "filename", "code", "name", "path", "value", "msg", "lineno", "offset",
    "text", "encoding", "start", "end", "reason",
)  # fmt: skip
"""Attributes that exceptions of Python's own have besides their arguments."""


class Classes:
    """The exception classes that the judge has been told of, by number."""

    def __init__(self) -> None:
        self.by_number: dict[int, type[BaseException]] = {}
        self._numbers: dict[type, int] = {}
        self._next = itertools.count(1)

    def refer(self, of: type[BaseException]) -> ClassRef:
        """The class as it crosses: ``module:name`` and its bases that are exceptions."""
        number = self._numbers.get(of)
        if number is None:
            number = self._numbers[of] = next(self._next)
            self.by_number[number] = of
        bases = [base for base in of.__bases__ if issubclass(base, BaseException)]
        name = f"{of.__module__}:{of.__qualname__}".removeprefix("__main__:")
        return ClassRef("student", number, name[:200], tuple(map(self._base, bases)))

    def _base(self, of: type[BaseException]) -> Any:
        return of.__name__ if of.__module__ == "builtins" else self.refer(of)


def refusal(refused: Refused) -> dict[str, Any]:
    """The report of a value that does not cross."""
    return {"kind": "TypeError", "refused": str(refused), "text": "", "line": 0, "cell": -1}


def report(error: BaseException) -> dict[str, Any]:
    """Class, text, data and place of an error, for the judge to weigh."""
    bases = [base.__name__ for base in type(error).__mro__ if base.__module__ == "builtins"]
    place = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith("<cell ")
    ]
    text = _text(error)
    return {
        "kind": bases[0] if bases else "Exception",
        "refused": "",
        "text": text,
        "line": (place[-1].lineno or 0) if place else 0,
        "cell": int(place[-1].filename[6:-1]) - 1 if place else -1,
        "class": type(error),
        "args": _arguments(error, text),
        "attributes": dict(itertools.islice(_attributes(error), MAX_ATTRIBUTES)),
        "cause": type(error.__cause__) if error.__cause__ is not None else None,
    }


def _text(error: BaseException) -> str:
    try:
        return str(error)[:MAX_TEXT]
    except Exception:  # an exception may refuse to be printed
        return ""


def _arguments(error: BaseException, text: str) -> tuple[Any, ...]:
    """The error's arguments, or its text where one of them is more than data."""
    arguments = tuple(error.args)
    return arguments if _crosses(arguments) else (text,)


def _attributes(error: BaseException) -> Iterator[tuple[str, Any]]:
    found = {
        name: getattr(error, name)
        for name in _BUILT_IN
        if inspect.ismemberdescriptor(inspect.getattr_static(type(error), name, None))
    }
    found |= getattr(error, "__dict__", {})
    for name, value in found.items():
        if type(name) is str and not name.startswith("_") and _crosses(value):
            yield name, value


def _crosses(value: Any) -> bool:
    try:
        Encoder(_ROOM).encode(value)
    except (Refused, NotPlain, RecursionError):
        return False
    return True
