"""The student's end of the conversation with the judge: looks names up and calls functions.

Messages, each one frame (see ``autograder.frames``):

    judge → student   ["get", n, name]
                      ["call", n, function, args, kwargs, shared, around, states]
                      ["step", n, iterator, how, argument, around, states]
                      ["set", n, name, value, states]        ["delete", n, name]
                      ["names", n, states]
                      ["return", n, value, states]           ["raise", n, class, text, states]
    student → judge   ["ready"]                              once, when the child has been forked
                      ["value", n, value, effects, states]   ["error", n, report, effects, states]
                      ["callback", n, function, args, kwargs, printed, states]

``n`` numbers the question that a message belongs to; ``states`` carries random generators
that both sides hold, so that their draws stay the same; ``around`` and ``effects`` are what a call
finds and leaves besides its value (``effects.py``), empty in nearly every message; ``shared`` says
that what becomes of the arguments is to be done to the test's own. An iterator is stepped through
by "next", with the number of values wanted at most, "send" or "close"; the value is [values,
whether that was the end].

The student's threads may call handed functions too, but the conversation is one: a thread takes
the turn to ask the judge and keeps it until the answer is there. While a question of the judge's
is computed the turn is free; its answer goes out when no younger question is open.
"""

from __future__ import annotations

import builtins
import contextlib
import inspect
import io
import itertools
import os
import pathlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder import generators, kinds, operations
from autograder.frames import Connection
from autograder.sandbox.effects import Surroundings, Watched
from autograder.sandbox.handed import ELSEWHERE, JudgeFunction, JudgeIterator
from autograder.sandbox.lent import JudgeObject, Lent
from autograder.sandbox.objects import TABLE, hidden
from autograder.sandbox.reports import Classes, refusal, report
from autograder.sharing import Numbered
from autograder.wire import (
    Again,
    ClassRef,
    Encoder,
    FunctionRef,
    GeneratorRef,
    IteratorRef,
    ObjectRef,
    Refused,
    decode,
)

READY = ["ready"]
COROUTINE = "a coroutine (write the function without `async`)"


class StudentEnd:
    """Serves one test: names come from ``names``, the notebook's own namespace."""

    def __init__(self, connection: Connection, names: dict[str, Any]) -> None:
        self.connection = connection
        self.names = TABLE.names = names
        self._functions: dict[int, Callable[..., Any]] = {}
        self._numbers: dict[int, int] = {}
        self._iterators: dict[int, Iterator[Any]] = {}
        self._classes = Classes()
        self._surroundings = Surroundings()
        self._lent = Lent(self.call_back, names)
        self._watched = Watched(names)
        self._generators: dict[int, np.random.Generator] = {}
        self._own_generators = itertools.count(-1, -1)
        self._next_function = itertools.count(1)
        self._next_callback = itertools.count(1)
        self._process = os.getpid()
        self._changed = threading.Condition()
        self._taken = True  # by the thread that waits for the judge's first question
        self._open: list[int] = []  # the judge's questions that are being computed
        self._waiting: list[list[int]] = []  # for the turn: the question to be answered, or 0
        self._questions: dict[str, Callable[..., Any]] = {
            "get": self._get, "set": self._set, "delete": self._delete,
            "call": self._call, "step": self._step, "names": self._all_names,
        }  # fmt: skip
        kinds.values.here = pathlib.PosixPath
        kinds.making.look_in(names.get)

    # -- the conversation ----------------------------------------------------------------

    def serve(self) -> None:
        """Answer the judge until it hangs up."""
        while True:
            self._answer(self._receive())

    def _answer(self, message: list[Any]) -> None:
        kind, number, *rest = message
        self._open.append(number)
        self._give_turn()
        value: Any = None
        effects: dict[str, Any] = {}
        failed: dict[str, Any] | None = None
        try:
            value = self._questions[kind](effects, *rest)
        except Refused as refused:
            failed = refusal(refused)
        except (Exception, SystemExit, KeyboardInterrupt, GeneratorExit) as error:
            failed = report(error)
        self._take_turn(number)
        shared = effects.pop("shared", [])
        try:
            if failed is None:
                document = self._encode(["value", number, value, effects, self._states()], shared)
        except Refused as refused:
            failed = refusal(refused)
        if failed is not None:
            document = self._encoded_error(number, failed, effects, shared)
        self._open.pop()
        self.connection.send(document)

    def _encoded_error(
        self, number: int, failed: dict[str, Any], effects: dict[str, Any], shared: list[Any]
    ) -> bytes:
        try:
            return self._encode(["error", number, failed, effects, self._states()], shared)
        except Refused:  # what the call has left behind does not cross
            return self._encode(["error", number, failed, {}, self._states()])

    def call_back(self, ref: FunctionRef, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Ask the judge to run its function; answer its own questions meanwhile."""
        if os.getpid() != self._process:
            raise RuntimeError(ELSEWHERE)
        self._take_turn()
        try:
            number = next(self._next_callback)
            printed = self._surroundings.printed()
            question = ["callback", number, ref.number, list(args), kwargs, printed, self._states()]
            self.connection.send(self._encode(question))
            while True:
                message = self._receive()
                if message[0] == "return":
                    return message[2]
                if message[0] == "raise":
                    raise _exception(message[2], message[3])
                self._answer(message)
        finally:
            self._give_turn()

    def _take_turn(self, answers: int = 0) -> None:
        """Wait until the judge listens: answers go first, the innermost, then who came first."""
        ticket = [answers]
        with self._changed:
            self._waiting.append(ticket)
            self._changed.wait_for(lambda: not self._taken and self._next() is ticket)
            self._waiting = [other for other in self._waiting if other is not ticket]
            self._taken = True

    def _next(self) -> list[int] | None:
        for wanted in (*self._open[-1:], 0):
            for ticket in self._waiting:
                if ticket == [wanted]:
                    return ticket
        return None

    def _give_turn(self) -> None:
        with self._changed:
            self._taken = False
            self._changed.notify_all()

    # -- questions -----------------------------------------------------------------------

    def _get(self, _: dict[str, Any], name: str, *__: Any) -> Any:
        if name not in self.names:
            raise Refused("undefined")
        value = self.names[name]
        data = kinds.of_value(value) is not None or _is_exception(value)
        if callable(value) and not data and not TABLE.stays(value):
            return self._refer(value, name)
        self._watched.watch(name)
        return value

    def _all_names(self, *_: Any) -> list[str]:
        return [str(name) for name in self.names if not hidden(str(name))]

    def _set(self, _: dict[str, Any], name: str, value: Any, *__: Any) -> None:
        self.names[name] = value
        self._watched.watch(name)

    def _delete(self, _: dict[str, Any], name: str, *__: Any) -> None:
        self.names.pop(name, None)
        self._watched.forget(name)

    def _call(  # noqa: PLR0917 (the fields of the message)
        self, effects: dict[str, Any], function: Any, args: list[Any], kwargs: dict[str, Any],
        shared: bool, around: dict[str, Any], *_: Any,
    ) -> Any:  # fmt: skip
        given = Numbered(args, kwargs)
        try:
            with self._around(around, effects):
                value = function(*args, **kwargs)
        finally:
            changed, written = given.changes()
            if changed:
                effects["changed"] = changed
            if shared:
                effects["shared"] = given.values
                if written:
                    effects["written"] = written
        if inspect.iscoroutine(value):
            value.close()
            raise Refused(COROUTINE)
        return value

    @contextlib.contextmanager
    def _around(self, around: dict[str, Any], effects: dict[str, Any]) -> Iterator[None]:
        """Compute inside as the test would have it; ``effects`` hears what it leaves."""
        self._watched.renew(around.pop("names", {}))
        try:
            with self._surroundings.set_up(around, effects):
                yield
        finally:
            changed = self._watched.changed()
            if changed:
                effects["names"] = changed

    def _step(
        self, effects: dict[str, Any], iterator: Any, how: str, argument: Any,
        around: dict[str, Any], *_: Any,
    ) -> list[Any]:  # fmt: skip
        with self._around(around, effects):
            if how == "send":
                try:
                    return [[iterator.send(argument)], False]
                except StopIteration:
                    return [[], True]
            if how == "close":
                if hasattr(iterator, "close"):
                    iterator.close()
                return [[], True]
            values = list(itertools.islice(iterator, argument))
            return [values, len(values) < argument]

    # -- references ----------------------------------------------------------------------

    def _receive(self) -> list[Any]:
        message: list[Any] = decode(
            self.connection.receive(), self.connection.bounds, self._resolve
        )
        return message

    def _encode(self, message: list[Any], shared: list[Any] | None = None) -> bytes:
        return Encoder(self.connection.bounds, self._reference, shared).encode(message)

    def _reference(self, value: Any) -> tuple[Any, ...] | None:  # noqa: PLR0911
        if isinstance(value, FunctionRef):
            return value
        if isinstance(value, JudgeFunction | JudgeIterator):
            return value._ref
        if issubclass(type(value), JudgeObject):
            lent: ObjectRef = object.__getattribute__(value, "_lent_ref")
            return lent
        if TABLE.stays(value):
            return TABLE.refer(value)
        if isinstance(value, np.random.Generator):
            known = (n for n, generator in self._generators.items() if generator is value)
            number = next(known, None)
            if number is None:
                number = next(self._own_generators)
                self._generators[number] = value
            return generators.reference(number, value)
        if _is_exception(value):
            return self._classes.refer(value)
        if isinstance(value, Iterator) and not isinstance(value, io.IOBase):
            return self._refer_iterator(value)
        if callable(value) and not isinstance(value, type):
            return self._refer(value, getattr(value, "__name__", type(value).__name__))
        return TABLE.otherwise(value)

    def _refer_iterator(self, iterator: Iterator[Any]) -> IteratorRef:
        number = self._numbers.get(id(iterator))
        if number is None:
            number = self._numbers[id(iterator)] = next(self._next_function)
            self._iterators[number] = iterator
        return IteratorRef("student", number, type(iterator).__name__[:80])

    def _refer(self, function: Callable[..., Any], name: str) -> FunctionRef:
        number = self._numbers.get(id(function))
        if number is None:
            number = next(self._next_function)
            self._numbers[id(function)] = number
            self._functions[number] = function
        return FunctionRef("student", number, str(name)[:80])

    def _resolve(self, ref: Any) -> Any:  # noqa: PLR0911
        if isinstance(ref, GeneratorRef):
            generator = self._generators.get(ref.number)
            if generator is None:
                generator = self._generators[ref.number] = generators.build(ref)
            else:
                generators.set_state(generator, ref)
            return generator
        if isinstance(ref, Again):
            return ref  # its place among the arguments is known once all of them are there
        if isinstance(ref, ClassRef):
            return self._classes.by_number[ref.number]
        if isinstance(ref, ObjectRef):
            return self._lent.resolve(ref) if ref.owner == "judge" else TABLE.find(ref)
        if isinstance(ref, IteratorRef):
            if ref.owner == "judge":
                return JudgeIterator(self.call_back, ref)
            return self._iterators[ref.number]
        if ref.owner == "judge":
            return JudgeFunction(self.call_back, ref)
        if ref.number < 0:
            return operations.BY_NUMBER[ref.number]
        return self._functions[ref.number]

    def _states(self) -> list[Any]:
        # On the other side, reading the references sets the states.
        return list(self._generators.values())


def _is_exception(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, BaseException)


def _exception(kind: Any, text: str) -> BaseException:
    """The exception with which a function of the judge's ended, for the student's code."""
    found = getattr(builtins, kind, None) if isinstance(kind, str) else kind
    if isinstance(found, type) and issubclass(found, Exception):
        try:
            return found(text)
        except Exception:  # it wants other arguments
            return RuntimeError(text)
    return RuntimeError(text)
