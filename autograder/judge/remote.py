"""The conversation with a forked child of the student's process: questions, answers, callbacks."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from autograder import generators
from autograder.checks import nonfinite_allowed
from autograder.errors import HostTrouble, LibraryMissing, WireError
from autograder.frames import Connection, Hangup
from autograder.judge import shapes
from autograder.judge.copies import Copies
from autograder.judge.failures import (
    NotJudged,
    ProtocolViolation,
    SandboxFailure,
    StudentCrash,
    StudentTimeout,
    timeout_text,
)
from autograder.judge.finite import is_finite
from autograder.judge.objects import Objects
from autograder.judge.proxies import RemoteFunction
from autograder.judge.raised import Classes, ErrorReport, raised
from autograder.judge.refusals import EmptyResult, NotFinite, ResultRefused
from autograder.judge.stepping import RemoteIterator, stepper
from autograder.judge.surroundings import Surroundings
from autograder.limits import Limits
from autograder.sandbox.clock import Clock, NoVerdict, TooLong
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

MOST_NAMES = 10_000


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
