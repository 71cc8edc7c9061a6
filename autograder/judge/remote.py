"""The conversation with a student's process, and the proxies that stand for its functions.

    StudentError        the student's function raised; also an instance of the built-in type
                        it raised, so that a test may expect a ValueError
    SandboxFailure      the process is gone or cannot be believed: the end of this test cell
    ├── StudentTimeout      no answer within the test's time
    ├── StudentCrash        the process ended while it was computing
    ├── ProtocolViolation   an answer that no honest process gives
    └── NotJudged           no fault of this test: nothing of the submission is graded

``SandboxFailure`` is a BaseException: a test that expects an Exception is not satisfied by
a process that dies.
"""

from __future__ import annotations

import builtins
import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from autograder import generators
from autograder.checks import nonfinite_allowed
from autograder.errors import GraderError, HostTrouble, WireError
from autograder.frames import Connection, Hangup
from autograder.judge import shapes
from autograder.judge.introspection import Introspected, readable
from autograder.judge.journal import noted
from autograder.judge.objects import Objects
from autograder.judge.refusals import EmptyResult, NotFinite, ResultRefused
from autograder.judge.remotetypes import is_remote
from autograder.keeping import Kept, weight
from autograder.limits import Limits
from autograder.recording import RecordedCall, frozen, watched
from autograder.sandbox.clock import COMPUTING, Clock, NoVerdict, TooLong
from autograder.wire import Encoder, FunctionRef, GeneratorRef, ObjectRef, Reference, Refused, decode

MAX_RECORDED = 64
MOST_NAMES = 10_000
MAX_RECORDED_BYTES = 64 << 20


class StudentError(Exception):
    """The student's function raised; ``report`` says what and where, unverified."""

    def __init__(self, function: str, report: ErrorReport) -> None:
        super().__init__(f"{function} raised {report.kind}")
        self.function = function
        self.report = report


class SandboxFailure(BaseException):
    """The student's process gave no believable answer; the text is safe for the student."""


class StudentTimeout(SandboxFailure):
    """No answer in time."""


class StudentCrash(SandboxFailure):
    """The process ended."""


class NotJudged(SandboxFailure):
    """The host, or the submission as a whole, allows no verdict; ``trouble`` says why."""

    def __init__(self, trouble: GraderError) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble


class ProtocolViolation(SandboxFailure):
    """The process answered what no honest process answers."""


@dataclass(frozen=True)
class ErrorReport:
    """An error as the student's process reports it."""

    kind: str
    refused: str
    text: str
    cell: int
    line: int
    error: Any = None

    @classmethod
    def checked(cls, data: Any) -> ErrorReport:
        """The report, or WireError when it is none."""
        if not isinstance(data, dict):
            raise WireError("an error report that is no dict")
        kind, refused, text = (data.get(key, "") for key in ("kind", "refused", "text"))
        cell, line = data.get("cell", -1), data.get("line", 0)
        if [type(v) for v in (kind, refused, text, cell, line)] != [str, str, str, int, int]:
            raise WireError("an error report with fields of the wrong types")
        found = getattr(builtins, kind, None)
        known = isinstance(found, type) and issubclass(found, BaseException)
        return cls(kind if known else "Exception", refused[:200], text[:400], cell, line,
                   data.get("object"))  # fmt: skip


@functools.cache
def _student_error_type(kind: str) -> type[StudentError]:
    """StudentError joined with the built-in exception, where the two can be joined."""
    base = getattr(builtins, kind)
    if not issubclass(base, Exception) or base in (Exception, StopIteration, StopAsyncIteration):
        return StudentError
    try:
        return type(f"Student{kind}", (StudentError, base), {})
    except TypeError:  # layouts that do not mix
        return StudentError


def timeout_text(how: str, limits: Limits) -> str:
    """What is said of a test whose time was up."""
    if how == COMPUTING:
        return f"Stopped: no answer within {limits.test_seconds} seconds of computing."
    return f"Stopped: your code waited for {limits.test_seconds} seconds without computing."


# -- one conversation -------------------------------------------------------------------


class Conversation:
    """Questions to one forked child of the student's process, within one test's time."""

    def __init__(
        self,
        connection: Connection,
        limits: Limits,
        clock: Clock,
        reference: Mapping[str, Any] | None = None,
    ) -> None:
        self._connection = connection
        self._limits = limits
        self._clock = clock
        self._functions: dict[int, Callable[..., Any]] = {}
        self._generators: dict[int, np.random.Generator] = {}
        self._named: dict[str, FunctionRef | ObjectRef] = {}
        self.objects = Objects(self, reference or {})
        self._questions = 0
        self._depth = 0
        self._emptied = False
        self.over: SandboxFailure | None = None

    def look_up(self, name: str) -> Any:
        """The value of a name in the student's notebook; KeyError when it has none."""
        kind, answer = self._ask(["get", name], [])
        if kind == "error":
            report: ErrorReport = answer
            if report.refused == "undefined":
                raise KeyError(name)
            raise ResultRefused(name, report.refused, claimed=True)
        value = answer[0]
        if isinstance(value, RemoteFunction):
            self._named[name] = value.ref
        elif callable(value) and (reference := self.objects.reference_to(value)):
            self._named[name] = reference
        self.objects.journal.named(value, self._named.get(name), name)
        return value

    def named(self, name: str) -> FunctionRef | ObjectRef:
        """The function that this name meant when it was first looked up in this conversation."""
        if name not in self._named:
            self.look_up(name)
        return self._named[name]

    def names(self) -> list[str]:
        """The names of the student's notebook, without IPython's own."""
        kind, answer = self._ask(["names"], [])
        found = answer[0] if kind == "value" else None
        if not isinstance(found, list) or len(found) > MOST_NAMES:
            self.stop("the process sent what no list of names is")
        return [name for name in found if type(name) is str and name.isidentifier()]

    def stop(self, why: str) -> NoReturn:
        """End the test: from now on nothing is answered."""
        self.over = self.over or SandboxFailure(why)
        raise self.over

    def set(self, name: str, value: Any) -> None:
        """Give a name in the student's notebook another value, for this test only."""
        self._ask(["set", name, value], [])

    def delete(self, name: str) -> None:
        """Delete a name in the student's notebook, for this test only."""
        self._ask(["delete", name], [])

    def call(
        self, ref: FunctionRef | ObjectRef, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> tuple[Any, tuple[int, ...]]:
        """The value a function returned and the positions of arguments it changed in place."""
        with self.objects.noting(ref, args, kwargs) as note:
            value, changed = self._called(ref, args, kwargs)
            note(value)
        return value, changed

    def _called(
        self, ref: FunctionRef | ObjectRef, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> tuple[Any, tuple[int, ...]]:
        shared = [v for v in (*args, *kwargs.values()) if isinstance(v, np.random.Generator)]
        kind, answer = self._ask(["call", ref, list(args), dict(kwargs)], shared)
        if kind == "error":
            report: ErrorReport = answer
            if report.refused:
                raise ResultRefused(ref.name, report.refused, claimed=True)
            error = self.objects.raised(ref.name, report)
            raise error or _student_error_type(report.kind)(ref.name, report)
        if self._emptied:
            raise EmptyResult(ref.name, f"{shapes.EMPTY} to a function that it was given")
        value, changed = answer
        if not nonfinite_allowed.get() and not is_finite(value):
            raise NotFinite(ref.name, value)
        return value, changed

    def close(self) -> None:
        """Hang up; the child ends."""
        self._connection.close()

    # -- frames --------------------------------------------------------------------------

    def _ask(self, question: list[Any], shared: list[np.random.Generator]) -> tuple[str, Any]:
        """Ask and wait for the answer, serving callbacks meanwhile."""
        if self.over is not None:
            raise self.over
        self._questions += 1
        number = self._questions
        kind, *rest = question
        try:
            # All that were ever handed over: a test may have drawn from them since.
            self._send([kind, number, *rest, [*self._generators.values(), *shared]])
            return self._answer_to(number)
        except TooLong as late:
            self.over = StudentTimeout(timeout_text(late.how, self._limits))
        except NoVerdict as error:
            self.over = NotJudged(error.trouble)
        except HostTrouble as error:  # the keeper is gone
            self.over = NotJudged(error)
        except Hangup:
            self.over = StudentCrash("the process ended while it was computing")
        except (WireError, RecursionError) as error:
            self.over = ProtocolViolation(f"the process sent what no function returns: {error}")
        raise self.over from None

    def _answer_to(self, number: int) -> tuple[str, Any]:
        while True:
            message = self._receive()
            match message:
                case ["callback", int(callback), int(function), list(args), dict(kwargs), list()]:
                    self._serve_callback(callback, function, args, kwargs)
                case ["value", int(n), value, list(changed), list()] if n == number:
                    if not all(type(i) is int for i in changed):
                        raise WireError("changed arguments that are no positions")
                    return "value", (value, tuple(changed))
                case ["error", int(n), report, list()] if n == number:
                    return "error", ErrorReport.checked(report)
                case _:
                    raise WireError("an answer to another question")

    def _serve_callback(
        self, callback: int, function: int, args: list[Any], kwargs: dict[str, Any]
    ) -> None:
        if function not in self._functions or not all(type(key) is str for key in kwargs):
            raise WireError("a call of a function that was not handed over")
        if self._depth >= self._limits.callback_depth:
            raise WireError("functions that call each other without end")
        self._depth += 1
        try:
            shapes.refuse_empty("", [args, kwargs])
            reply = ["return", callback, self._functions[function](*args, **kwargs), []]
        except Exception as error:
            # The student's function may hold this one back.
            self._emptied = self._emptied or isinstance(error, EmptyResult)
            # Its text may hold the test's own values: only the type goes back.
            kind = next(t.__name__ for t in type(error).__mro__ if t.__module__ == "builtins")
            reply = ["raise", callback, kind, "the given function could not be evaluated here", []]
        finally:
            self._depth -= 1
        reply[-1] = list(self._generators.values())
        self._send(reply)

    def _send(self, message: list[Any]) -> None:
        encoder = Encoder(self._connection.bounds, self._reference)
        try:
            document = encoder.encode(message)
        except Refused as refused:
            raise TypeError(f"a test handed the student's function {refused}") from None
        self._connection.send(document, self._clock)

    def _receive(self) -> Any:
        document = self._connection.receive(self._clock)
        return decode(document, self._connection.bounds, self._resolve)

    # -- references ----------------------------------------------------------------------

    def _reference(self, value: Any) -> Reference | None:
        if isinstance(value, FunctionRef | ObjectRef):
            return value
        if type(value) is RemoteFunction:
            return self.named(value.ref.name) if value.by_name else value.ref
        if (reference := self.objects.reference_to(value)) is not None:
            return reference
        if isinstance(value, np.random.Generator):
            return generators.reference(self._number(self._generators, value), value)
        if callable(value) and not isinstance(value, type):
            name = getattr(value, "__name__", "function")
            return FunctionRef("judge", self._number(self._functions, value), name)
        return None

    @staticmethod
    def _number(known: dict[int, Any], value: Any) -> int:
        for number, other in known.items():
            if other is value:
                return number
        number = max(0, *known, 0) + 1 if known else 1
        known[number] = value
        return number

    def _resolve(self, ref: Reference) -> Any:
        if isinstance(ref, ObjectRef):
            return self.objects.resolve(ref)
        if isinstance(ref, FunctionRef):
            if ref.owner == "student":
                name = ref.name if ref.name.isidentifier() else "function"
                return RemoteFunction(ref._replace(name=name), lambda: self)
            if ref.owner == "judge" and ref.number in self._functions:
                return self._functions[ref.number]
            raise WireError("a function that was not handed over")
        generator = self._generators.get(ref.number)
        if generator is not None:
            generators.advance(generator, ref)
            return generator
        if ref.number > 0:
            raise WireError("a random generator that was not handed over")
        return generators.build(ref)


def is_finite(value: Any) -> bool:
    """Whether every number in plain data is finite."""
    if is_remote(value):
        return True
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, complex):
        return math.isfinite(value.real) and math.isfinite(value.imag)
    if isinstance(value, np.ndarray | np.number):
        return bool(np.isfinite(value).all())
    if isinstance(value, list | tuple):
        return all(is_finite(item) for item in value)
    if isinstance(value, dict):
        return all(is_finite(item) for item in value.values())
    return True


# -- proxies ----------------------------------------------------------------------------


@readable
class RemoteFunction(Introspected):
    """A function of the student, called like any other: ``svm_loss(W, X, y)``.

    Arguments travel as copies. ``call_with_report`` also tells which of them the function
    changed in place. With ``by_name`` the proxy outlives a conversation: in the next one it
    means the function that the name then has.
    """

    def __init__(
        self,
        ref: FunctionRef,
        conversation: Callable[[], Conversation],
        recorder: Callable[[], Recorder] | None = None,
        by_name: bool = False,
    ) -> None:
        self.ref = ref
        self.by_name = by_name
        self._conversation = conversation
        self._recorder = recorder

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.call_with_report(*args, **kwargs)[0]

    def call_with_report(self, *args: Any, **kwargs: Any) -> tuple[Any, tuple[int, ...]]:
        """The function's value and the positions of the arguments it changed."""
        conversation = self._conversation()
        ref = conversation.named(self.ref.name) if self.by_name else self.ref
        recorder = self._recorder() if self._recorder else None
        if self._owner is not None and args:
            conversation.objects.method_called(self._owner)
        if recorder is None:
            value, changed = conversation.call(ref, args, kwargs)
            shapes.refuse_empty(ref.name, value)
            return value, changed
        before = tuple(frozen(noted(value)) for value in args), frozen(noted(kwargs))
        visits: dict[int, Kept] = {}
        given = args
        if not recorder.full:
            given = tuple(
                value if _is_theirs(value) else watched(value, visits, index)
                for index, value in enumerate(args)
            )
        value, changed, error = None, (), ""
        try:
            value, changed = conversation.call(ref, given, kwargs)
        except NotFinite as refused:
            value = refused.value  # refused as an answer, but it may be a known mistake's
            raise
        except BaseException as problem:
            error = type(problem).__name__
            raise
        finally:
            recorder.keep(
                RecordedCall(
                    self.ref.name, *before, frozen(noted(value)), error, changed,
                    {index: tuple(points) for index, points in visits.items()},
                    _states(args),
                )
            )  # fmt: skip
        return value, changed

    def __repr__(self) -> str:
        return f"<the student's function {self.ref.name}>"


def _is_theirs(value: Any) -> bool:
    return isinstance(value, RemoteFunction) or is_remote(value)


class Recorder:
    """The calls of one test, kept within bounds for the diagnosis of a failure.

    ``witnesses`` are those by which a test that passed is asked for the shapes of its results.
    """

    def __init__(self) -> None:
        self.calls: list[RecordedCall] = []
        self.witnesses = shapes.Witnesses()
        self._bytes = 0

    @property
    def full(self) -> bool:
        """Whether nothing more is kept."""
        return len(self.calls) >= MAX_RECORDED or self._bytes >= MAX_RECORDED_BYTES

    def keep(self, call: RecordedCall) -> None:
        """Keep a call, if there is room."""
        held = weight([*call.args, *call.kwargs.values(), call.result])
        self.witnesses.note(call, held)
        if not self.full:
            self._bytes += held + weight(list((call.visits or {}).values()))
            self.calls.append(call)


def _states(args: tuple[Any, ...]) -> dict[int, str]:
    """The states in which random generators among the arguments are now."""
    return {
        index: repr(argument.bit_generator.state)
        for index, argument in enumerate(args)
        if isinstance(argument, np.random.Generator)
    }
