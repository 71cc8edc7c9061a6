"""Errors of the student's functions in the judge: with class, bases, text, arguments and data.

A ``StudentError`` is also an instance of the class that was raised: of Python's own or a library's
where it is one, of the instructor's where the judge has one of that name, and otherwise of a class
made for its name, so that ``except ValueError`` and ``assertRaises(MyError)`` find it. All of it
is the student's process's word: ``messages`` decides what of it is told.
"""

from __future__ import annotations

import builtins
import contextlib
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from autograder.errors import WireError
from autograder.wire import ClassRef

MAX_TEXT = 400
"""Characters of an error's text that may be weighed for the feedback."""
MAX_CLASSES = 200
_LIBRARIES = frozenset({
    "numpy", "scipy", "pandas", "sklearn", "matplotlib", "sympy", "networkx", "PIL", "json",
    "decimal", "zipfile", "csv", "struct", "socket", "subprocess", "statistics", "queue", "asyncio",
    "re", "configparser", "http", "urllib", "xml", "sqlite3", "dataclasses", "argparse", "copy",
    "pickle", "string", "binascii", "concurrent", "requests", "torch", "tensorflow", "zoneinfo",
})  # fmt: skip
"""Packages whose exception classes are taken as they are, where the judge has imported them."""
_JUDGES_OWN = frozenset({"autograder", "unittest", "pytest", "_pytest", "nose"})
"""Packages whose exceptions mean something to the judge: no student's error is one of them."""
_PLAIN = (Exception, StopIteration, StopAsyncIteration)
"""What no error is joined with: iteration would end by it without a word."""
_RESERVED = frozenset({"function", "report", "args"})


class StudentError(Exception):
    """The student's function raised; ``report`` says what and where, unverified."""

    def __init__(self, function: str, report: ErrorReport) -> None:
        super().__init__(function, report)
        self.function = function
        self.report = report
        self.args = report.args or ((report.said,) if report.said else ())

    def __str__(self) -> str:
        return self.report.said


@dataclass(frozen=True)
class ErrorReport:
    """An error as the student's process reports it; ``kind`` is the built-in type nearest to it.

    ``text`` may be weighed for the feedback, ``said`` is what the test sees.
    """

    kind: str
    refused: str
    text: str
    cell: int
    line: int
    said: str = ""
    of: type[BaseException] | None = None
    args: tuple[Any, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)
    cause: type[BaseException] | None = None

    @classmethod
    def checked(cls, data: Any) -> ErrorReport:
        """The report, or WireError when it is none."""
        if not isinstance(data, dict):
            raise WireError("an error report that is no dict")
        kind, refused, text = (data.get(key, "") for key in ("kind", "refused", "text"))
        cell, line = data.get("cell", -1), data.get("line", 0)
        if [type(v) for v in (kind, refused, text, cell, line)] != [str, str, str, int, int]:
            raise WireError("an error report with fields of the wrong types")
        args, attributes = data.get("args", ()), data.get("attributes", {})
        if type(args) is not tuple or type(attributes) is not dict:
            raise WireError("an error report with data of the wrong types")
        found = getattr(builtins, kind, None)
        known = isinstance(found, type) and issubclass(found, BaseException)
        return cls(
            kind if known else "Exception", refused[:200], text[:MAX_TEXT], cell, line, text,
            _exception_class(data.get("class")), args,
            {n: v for n, v in attributes.items() if type(n) is str},
            _exception_class(data.get("cause")),
        )  # fmt: skip


def _exception_class(value: Any) -> type[BaseException] | None:
    known = isinstance(value, type) and issubclass(value, BaseException)
    return value if known and not _means_something(value) else None


def _means_something(of: type) -> bool:
    """Whether the judge itself acts on exceptions of this class."""
    packages = {base.__module__.partition(".")[0] for base in of.__mro__}
    return bool(packages & _JUDGES_OWN)


class Classes:
    """The student's exception classes in one conversation, by the numbers that they came with."""

    def __init__(self, own_class: Callable[[str], Any]) -> None:
        self._own_class = own_class
        self._by_number: dict[int, type[BaseException]] = {}
        self._refs: dict[type, ClassRef] = {}

    def resolve(self, ref: ClassRef) -> type[BaseException]:
        """This side's class for the student's; raises WireError where none can be."""
        if ref.owner != "student":
            raise WireError("a class that was not handed over")
        if ref.number not in self._by_number:
            if len(self._by_number) >= MAX_CLASSES:
                raise WireError("exceptions of too many classes")
            self._by_number[ref.number] = found = self._found(ref)
            self._refs[found] = ref._replace(bases=())
        return self._by_number[ref.number]

    def reference(self, of: Any) -> ClassRef | None:
        """The student's class that this one stands for."""
        return self._refs.get(of) if isinstance(of, type) else None

    def _found(self, ref: ClassRef) -> type[BaseException]:
        module, _, name = ref.name.rpartition(":")
        for known in (_library_class(module, name), self._own_class(name)):
            if _exception_class(known) is not None and known not in self._refs:
                return known  # type: ignore[no-any-return]
        bases = tuple(_base(base) for base in ref.bases) or (Exception,)
        name = name.rpartition(".")[2]
        made = {"__module__": "__main__", "__doc__": None}
        try:
            return type(name if name.isidentifier() else "Exception", bases, made)
        except TypeError:  # bases that cannot be joined here
            return type("Exception", bases[:1], made)


def _base(base: Any) -> type[BaseException]:
    found = getattr(builtins, base, None) if isinstance(base, str) else base
    known = _exception_class(found)
    if known is None:
        raise WireError("an exception class with a base that is none")
    return known


def _library_class(module: str, name: str) -> Any:
    if module.partition(".")[0] not in _LIBRARIES or module not in sys.modules:
        return None
    return vars(sys.modules[module]).get(name)


_joined: dict[type[BaseException], type[StudentError]] = {}


def raised(function: str, report: ErrorReport) -> StudentError:
    """The exception to raise in the judge for one of the student's."""
    of = report.of or getattr(builtins, report.kind)
    joined = _joined.get(of)
    if joined is None:
        joined = _joined[of] = _join(of)
    error = _instance(joined, function, report)
    for name, value in report.attributes.items():
        if name not in _RESERVED and not name.startswith("_"):
            with contextlib.suppress(AttributeError, TypeError, ValueError):
                setattr(error, name, value)
    if report.cause is not None:
        error.__cause__ = raised(function, ErrorReport(report.kind, "", "", -1, 0, of=report.cause))
    return error


def _join(of: type[BaseException]) -> type[StudentError]:
    """StudentError joined with the class that was raised, where the two can be joined."""
    fits = issubclass(of, Exception | SystemExit) and not issubclass(of, _PLAIN[1:])
    if not fits or of is Exception:
        return StudentError
    try:
        return type(of.__name__, (StudentError, of), {"__module__": of.__module__})
    except TypeError:  # layouts that do not mix
        return StudentError


def _instance(joined: type[StudentError], function: str, report: ErrorReport) -> StudentError:
    """An instance that no constructor of the instructor's has seen."""
    native: Any = next(
        base for base in joined.__mro__
        if base.__module__ == "builtins" and "__new__" in vars(base)
    )  # fmt: skip
    try:
        error: StudentError = native.__new__(joined, function, report)
    except (TypeError, ValueError):  # a built-in that wants other arguments
        return StudentError(function, report)
    StudentError.__init__(error, function, report)
    return error
