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

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from autograder import generators
from autograder.checks import nonfinite_allowed
from autograder.errors import GraderError, HostTrouble, LibraryMissing, WireError
from autograder.frames import Connection, Hangup
from autograder.judge import shapes
from autograder.judge.copies import Copies
from autograder.judge.finite import is_finite
from autograder.judge.introspection import Introspected, readable
from autograder.judge.journal import noted
from autograder.judge.objects import Objects
from autograder.judge.raised import Classes, ErrorReport, raised
from autograder.judge.refusals import EmptyResult, NotFinite, ResultRefused
from autograder.judge.remotetypes import is_remote
from autograder.judge.stepping import RemoteIterator, stepper
from autograder.judge.surroundings import Surroundings
from autograder.keeping import Kept, weight
from autograder.limits import Limits
from autograder.recording import RecordedCall, frozen, watched
from autograder.sandbox.clock import COMPUTING, Clock, NoVerdict, TooLong
from autograder.sharing import assign
from autograder.wire import (
    Again,
    ClassRef,
    Encoder,
    FunctionRef,
    GeneratorRef,
    Given,
    IteratorRef,
    ObjectRef,
    Refused,
    decode,
)

MAX_RECORDED = 64
MOST_NAMES = 10_000
MAX_RECORDED_BYTES = 64 << 20


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
        surroundings: Surroundings | None = None,
        reference: Mapping[str, Any] | None = None,
    ) -> None:
        self._connection = connection
        self._limits = limits
        self._clock = clock
        self._surroundings = surroundings or Surroundings({})
        self._classes = Classes(self._surroundings.own_class)
        self._copies = Copies(self._surroundings.rebind)
        self._given_iterators: dict[int, tuple[Iterator[Any], int]] = {}
        self._shared: list[Any] = []  # what the student's process may name by number just now
        self._asked = ""
        self._functions: dict[int, Callable[..., Any]] = {}
        self._generators: dict[int, np.random.Generator] = {}
        self._named: dict[str, FunctionRef | ObjectRef] = {}
        self.objects = Objects(self, reference or {}, self._surroundings.own_class)
        self._questions = 0
        self._depth = 0
        self._emptied = False
        self.over: SandboxFailure | None = None

    def look_up(self, name: str) -> Any:
        """The value of a name in the student's notebook; KeyError when it has none."""
        self._asked = name
        answer = self._ask(["get", name])
        if isinstance(answer, ErrorReport):
            if answer.refused == "undefined":
                raise KeyError(name)
            raise ResultRefused(name, answer.refused, claimed=True)
        value = answer[0]
        if isinstance(value, RemoteFunction):
            self._named[name] = value.ref
        elif (reference := self.objects.reference_to(value)) is not None:
            self._named[name] = reference
        self.objects.journal.named(value, self._named.get(name), name)
        self._copies.note(name, value)
        return value

    def named(self, name: str) -> FunctionRef | ObjectRef:
        """What this name meant when it was first looked up in this conversation."""
        if name not in self._named:
            self.look_up(name)
        return self._named[name]

    def names(self) -> list[str]:
        """The names of the student's notebook, without IPython's own."""
        answer = self._ask(["names"])
        found = None if isinstance(answer, ErrorReport) else answer[0]
        if type(found) is not list or len(found) > MOST_NAMES:
            raise self._violated("names that are none")
        return [name for name in found if type(name) is str and name.isidentifier()]

    def stop(self, why: str) -> NoReturn:
        """End the test: from now on nothing is answered."""
        self.over = self.over or SandboxFailure(why)
        raise self.over

    def set(self, name: str, value: Any) -> None:
        """Give a name in the student's notebook another value, for this test only."""
        self._ask(["set", name, value])
        self._copies.note(name, value)

    def delete(self, name: str) -> None:
        """Delete a name in the student's notebook, for this test only."""
        self._ask(["delete", name])
        self._copies.forget(name)

    def call(
        self, ref: FunctionRef | ObjectRef, args: tuple[Any, ...], kwargs: Mapping[str, Any], *,
        shared: bool = False,
    ) -> tuple[Any, tuple[int, ...]]:  # fmt: skip
        """The value a function returned and the positions of arguments it changed in place.

        With ``shared`` what it did to its arguments is done to these.
        """
        with self.objects.noting(ref, args, kwargs) as note:
            value, changed = self._called(ref, args, kwargs, shared)
            note(value)
        return value, changed

    def _called(
        self, ref: FunctionRef | ObjectRef, args: tuple[Any, ...], kwargs: Mapping[str, Any],
        shared: bool,
    ) -> tuple[Any, tuple[int, ...]]:  # fmt: skip
        shared = shared and self._surroundings.shares
        around = self._around()
        self._asked = ref.name
        drawing = [v for v in (*args, *kwargs.values()) if isinstance(v, np.random.Generator)]
        question = ["call", ref, Given(list(args)), Given(dict(kwargs)), shared, around]
        answer = self._ask(question, drawing, shared)
        if isinstance(answer, ErrorReport):
            self._raise(ref.name, answer)
        value, effects = answer
        return self._judgeable(ref.name, value), _positions(effects)

    def step(self, ref: IteratorRef, function: str, how: str, argument: Any) -> tuple[Any, bool]:
        """(the next values of an iterator of the student's, whether it has ended)."""
        answer = self._ask(["step", ref, how, argument, self._around()])
        if isinstance(answer, ErrorReport):
            self._raise(function, answer)
        match answer[0]:
            case [list(values), bool(done)] if how != "next" or len(values) <= argument:
                shapes.refuse_empty(function, values)
                return self._judgeable(function, values), done
            case _:
                raise self._violated("steps that are none")

    def _around(self) -> dict[str, Any]:
        """What the test has done that the student's process does not know of yet."""
        around = self._surroundings.around()
        changed = self._copies.changed()
        if changed:
            around["names"] = changed
        return around

    def _judgeable(self, function: str, value: Any) -> Any:
        if self._emptied:
            raise EmptyResult(function, f"{shapes.EMPTY} to a function that it was given")
        if not nonfinite_allowed.get() and not is_finite(value):
            raise NotFinite(function, value)
        return value

    def _raise(self, function: str, report: ErrorReport) -> NoReturn:
        if report.refused:
            raise ResultRefused(function, report.refused, claimed=True)
        raise raised(function, report)

    def close(self) -> None:
        """Hang up; the child ends."""
        self._connection.close()

    # -- frames --------------------------------------------------------------------------

    def _ask(
        self,
        question: list[Any],
        drawing: Sequence[np.random.Generator] = (),
        shared: bool = False,
    ) -> tuple[Any, dict[str, Any]] | ErrorReport:
        """Ask and wait for the answer, serving callbacks meanwhile."""
        if self.over is not None:
            raise self.over
        self._questions += 1
        number = self._questions
        kind, *rest = question
        outer = self._shared
        try:
            # All that were ever handed over: a test may have drawn from them since.
            numbered = self._send([kind, number, *rest, [*self._generators.values(), *drawing]])
            self._shared = numbered if shared else []
            return self._answer_to(number)
        except TooLong as late:
            self.over = StudentTimeout(timeout_text(late.how, self._limits))
        except NoVerdict as error:
            self.over = NotJudged(error.trouble)
        except HostTrouble as error:  # the keeper is gone
            self.over = NotJudged(error)
        except Hangup:
            self.over = StudentCrash("the process ended while it was computing")
        except LibraryMissing as error:
            why = f"a value of {error.library}, which the judge cannot import: install it there"
            raise ResultRefused(self._asked, why) from None
        except (WireError, RecursionError) as error:
            raise self._violated(str(error)) from None
        finally:
            self._shared = outer
        raise self.over from None

    def _violated(self, what: str) -> ProtocolViolation:
        over = ProtocolViolation(f"the process sent what no function returns: {what}")
        self.over = over
        return over

    def _answer_to(self, number: int) -> tuple[Any, dict[str, Any]] | ErrorReport:
        while True:
            message = self._receive()
            match message:
                case ["callback", int(callback), int(function), list(args), dict(kwargs), printed,
                      list()]:  # fmt: skip
                    self._surroundings.write(printed)
                    self._serve_callback(callback, function, args, kwargs)
                case ["value", int(n), value, dict(effects), list()] if n == number:
                    self._take(effects)
                    return value, effects
                case ["error", int(n), report, dict(effects), list()] if n == number:
                    self._take(effects)
                    return ErrorReport.checked(report)
                case _:
                    raise WireError("an answer to another question")

    def _take(self, effects: dict[str, Any]) -> None:
        """Do here what a call has done there, to its arguments and around it."""
        if not effects:
            return
        _positions(effects)
        written = effects.get("written", [])
        if type(written) is not list:
            raise WireError("changed arguments that are none")
        for change in written:
            match change:
                case [int(place), holds] if 0 <= place < len(self._shared):
                    self._surroundings.keep(self._shared[place])
                    assign(self._shared[place], holds)
                case _:
                    raise WireError("a changed argument that is none")
        self._copies.take(effects.get("names", {}))
        self._surroundings.take(effects)

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
            kind = next(filter(None, map(self.raisable, type(error).__mro__)))
            reply = ["raise", callback, kind, "the given function could not be evaluated here", []]
        finally:
            self._depth -= 1
        reply[-1] = list(self._generators.values())
        self._send(reply)

    def raisable(self, of: type) -> str | ClassRef | None:
        """What the student's process knows a class of exceptions by."""
        return of.__name__ if of.__module__ == "builtins" else self._classes.reference(of)

    def _send(self, message: list[Any]) -> list[Any]:
        """Send a message; the mutable values that it has numbered."""
        encoder = Encoder(self._connection.bounds, self._reference)
        try:
            document = encoder.encode(message)
        except Refused as refused:
            raise TypeError(f"a test handed the student's function {refused}") from None
        self._connection.send(document, self._clock)
        return encoder.shared

    def _receive(self) -> Any:
        document = self._connection.receive(self._clock)
        return decode(document, self._connection.bounds, self._resolve)

    # -- references ----------------------------------------------------------------------

    def _reference(self, value: Any) -> tuple[Any, ...] | None:  # noqa: PLR0911
        if type(value) is RemoteIterator:
            return value.ref
        if type(value) is RemoteFunction:
            return self.named(value.ref.name) if value.by_name else value.ref
        if (known := self.objects.reference_to(value, self._function_number)) is not None:
            return known
        if isinstance(value, np.random.Generator):
            return generators.reference(self._number(self._generators, value), value)
        if isinstance(value, type) and issubclass(value, BaseException):
            return self._classes.reference(value)
        if isinstance(value, Iterator) and not isinstance(value, io.IOBase):
            return self._iterator(value)
        if callable(value) and not isinstance(value, type):
            name = getattr(value, "__name__", "function")
            return FunctionRef("judge", self._number(self._functions, value), name)
        return None

    def _function_number(self, function: Callable[..., Any]) -> int:
        return self._number(self._functions, function)

    def _iterator(self, value: Iterator[Any]) -> IteratorRef:
        known = self._given_iterators.get(id(value))
        if known is None:
            number = self._number(self._functions, stepper(value))
            known = self._given_iterators[id(value)] = value, number
        return IteratorRef("judge", known[1], type(value).__name__)

    @staticmethod
    def _number(known: dict[int, Any], value: Any) -> int:
        for number, other in known.items():
            if other is value:
                return number
        number = max(0, *known, 0) + 1 if known else 1
        known[number] = value
        return number

    def _resolve(self, ref: Any) -> Any:  # noqa: PLR0911
        if isinstance(ref, FunctionRef):
            if ref.owner == "student":
                name = ref.name if ref.name.isidentifier() else "function"
                return RemoteFunction(ref._replace(name=name), lambda: self)
            if ref.owner == "judge" and ref.number in self._functions:
                return self._functions[ref.number]
            raise WireError("a function that was not handed over")
        if isinstance(ref, ObjectRef):
            return self.objects.resolve(ref)
        if isinstance(ref, IteratorRef):
            return self._resolved_iterator(ref)
        if isinstance(ref, ClassRef):
            return self._classes.resolve(ref)
        if isinstance(ref, Again):
            if not 0 <= ref.number < len(self._shared):
                raise WireError("an argument that was not handed over")
            return self._shared[ref.number]
        if not isinstance(ref, GeneratorRef):
            raise WireError("a reference of unknown kind")
        generator = self._generators.get(ref.number)
        if generator is not None:
            generators.advance(generator, ref)
            return generator
        if ref.number > 0:
            raise WireError("a random generator that was not handed over")
        return generators.build(ref)

    def _resolved_iterator(self, ref: IteratorRef) -> Iterator[Any]:
        if ref.owner == "student":
            return RemoteIterator(ref, self, self._asked)
        for iterator, number in self._given_iterators.values():
            if number == ref.number:
                return iterator
        raise WireError("an iterator that was not handed over")


def _positions(effects: dict[str, Any]) -> tuple[int, ...]:
    changed = effects.get("changed", [])
    if type(changed) is not list or not all(type(place) is int for place in changed):
        raise WireError("changed arguments that are no positions")
    return tuple(changed)


# -- proxies ----------------------------------------------------------------------------


@readable
class RemoteFunction(Introspected):
    """A function of the student, called like any other: ``svm_loss(W, X, y)``.

    Arguments travel as copies; what the function does to them is done to the test's own as well.
    ``call_with_report`` leaves those alone and tells which of them the function changed. With
    ``by_name`` the proxy outlives a conversation: in the next one it means the function that the
    name then has.
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
        self.__module__ = "__main__"
        self._conversation = conversation
        self._recorder = recorder

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._called(args, kwargs, shared=True)[0]

    def call_with_report(self, *args: Any, **kwargs: Any) -> tuple[Any, tuple[int, ...]]:
        """The function's value and the positions of the arguments it changed, in copies."""
        return self._called(args, kwargs, shared=False)

    def _called(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], *, shared: bool
    ) -> tuple[Any, tuple[int, ...]]:
        conversation = self._conversation()
        ref = conversation.named(self.ref.name) if self.by_name else self.ref
        recorder = self._recorder() if self._recorder else None
        if self._owner is not None and args:
            conversation.objects.method_called(self._owner)
        if recorder is None:
            value, changed = conversation.call(ref, args, kwargs, shared=shared)
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
            value, changed = conversation.call(ref, given, kwargs, shared=shared)
        except NotFinite as refused:
            value = refused.value  # refused as an answer, but it may be a known mistake's
            raise
        except BaseException as problem:
            error = type(problem).__name__
            raise
        finally:
            recorder.keep(
                RecordedCall(
                    self.ref.name, *before, _result(value), error, changed,
                    {index: tuple(points) for index, points in visits.items()},
                    _states(args),
                ),
                shared,
            )  # fmt: skip
        return value, changed

    def __deepcopy__(self, _: Any) -> RemoteFunction:
        return self  # it stands for one function, wherever it is held

    def __repr__(self) -> str:
        return f"<the student's function {self.ref.name}>"


class Recorder:
    """The calls of one test, kept within bounds for the diagnosis of a failure.

    ``witnesses`` are those by which a test that passed is asked for the shapes of its results,
    ``altering`` those that changed an object of the test's.
    """

    def __init__(self) -> None:
        self.calls: list[RecordedCall] = []
        self.witnesses = shapes.Witnesses()
        self.altering: list[RecordedCall] = []
        self._bytes = self._altering_bytes = 0

    @property
    def full(self) -> bool:
        """Whether nothing more is kept."""
        return len(self.calls) >= MAX_RECORDED or self._bytes >= MAX_RECORDED_BYTES

    def keep(self, call: RecordedCall, shared: bool = False) -> None:
        """Keep a call, if there is room; ``shared``: it could change the test's own objects."""
        held = weight([*call.args, *call.kwargs.values(), call.result])
        self.witnesses.note(call, held)
        if shared and call.changed and len(self.altering) < MAX_RECORDED:
            self._altering_bytes += held
            if self._altering_bytes < MAX_RECORDED_BYTES:
                self.altering.append(call)
        if not self.full:
            self._bytes += held + weight(list((call.visits or {}).values()))
            self.calls.append(call)


def _result(value: Any) -> Any:
    """A result as it is recorded: of an iterator, what the test is going to take of it."""
    return value.seen if type(value) is RemoteIterator else frozen(noted(value))


def _is_theirs(value: Any) -> bool:
    return type(value) is RemoteFunction or is_remote(value)


def _states(args: tuple[Any, ...]) -> dict[int, str]:
    """The states in which random generators among the arguments are now."""
    return {
        index: repr(argument.bit_generator.state)
        for index, argument in enumerate(args)
        if isinstance(argument, np.random.Generator)
    }
