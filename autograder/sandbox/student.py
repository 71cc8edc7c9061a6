"""The student's end of the conversation with the judge: looks names up and calls functions.

Messages, each one frame (see ``autograder.frames``):

    judge → student   ["get", n, name]            ["call", n, function, args, kwargs, states]
                      ["set", n, name, value, states]        ["delete", n, name]
                      ["names", n, states]
                      ["return", n, value, states]           ["raise", n, kind, text, states]
    student → judge   ["ready"]                              once, when the child has been forked
                      ["value", n, value, changed, states]   ["error", n, report, states]
                      ["callback", n, function, args, kwargs, states]

``n`` numbers the question that a message belongs to; ``states`` carries random generators
that both sides hold, so that their draws stay the same; ``changed`` lists the positions of
arguments that the call changed in place.

The student's threads may call handed functions too, but the conversation is one: a thread takes
the turn to ask the judge and keeps it until the answer is there. While a question of the judge's
is computed the turn is free; its answer goes out when no younger question is open.
"""

from __future__ import annotations

import builtins
import inspect
import itertools
import os
import threading
import traceback
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder import generators, operations
from autograder.frames import Connection
from autograder.sandbox.objects import Table, hidden
from autograder.wire import Encoder, FunctionRef, GeneratorRef, ObjectRef, Refused, decode

MAX_DRAINED = 100_000
TABLE = Table()
"""The objects of the one test that this process serves."""
MAX_TEXT = 400
READY = ["ready"]
COROUTINE = "a coroutine (write the function without `async`)"
ELSEWHERE = (
    "a function that was handed over can be called in this process and its threads, "
    "not in a process of multiprocessing"
)


class JudgeFunction:
    """A function of the judge, callable from the student's code."""

    def __init__(self, end: StudentEnd, ref: FunctionRef) -> None:
        self._end = end
        self._ref = ref
        self.__name__ = ref.name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._end.call_back(self._ref, args, kwargs)

    def __reduce__(self) -> Any:
        raise TypeError(ELSEWHERE)

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"


class StudentEnd:
    """Serves one test: names come from ``names``, the notebook's own namespace."""

    def __init__(self, connection: Connection, names: dict[str, Any]) -> None:
        self.connection = connection
        self.names = TABLE.names = names
        self._functions: dict[int, Callable[..., Any]] = {}
        self._numbers: dict[int, int] = {}
        self._generators: dict[int, np.random.Generator] = {}
        self._own_generators = itertools.count(-1, -1)
        self._next_function = itertools.count(1)
        self._next_callback = itertools.count(1)
        self._process = os.getpid()
        self._changed = threading.Condition()
        self._taken = True  # by the thread that waits for the judge's first question
        self._open: list[int] = []  # the judge's questions that are being computed
        self._waiting: list[list[int]] = []  # for the turn: the question to be answered, or 0

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
        changed: list[int] = []
        report: dict[str, Any] | None = None
        try:
            if kind == "get":
                value = self._get(rest[0])
            elif kind == "set":
                self.names[rest[0]] = rest[1]
            elif kind == "names":
                value = [str(name) for name in self.names if not hidden(name)]
            elif kind == "delete":
                self.names.pop(rest[0], None)
            else:
                value, changed = _called(*rest[:3])
        except Refused as refused:
            report = _refusal(refused)
        except (Exception, SystemExit, KeyboardInterrupt, GeneratorExit) as error:
            report = _report(error)
        self._take_turn(number)
        try:
            if report is None:
                document = self._encode(["value", number, value, changed, self._states()])
        except Refused as refused:
            report = _refusal(refused)
        if report is not None:
            document = self._encode(["error", number, report, self._states()])
        self._open.pop()
        self.connection.send(document)

    def call_back(self, ref: FunctionRef, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Ask the judge to run its function; answer its own questions meanwhile."""
        if os.getpid() != self._process:
            raise RuntimeError(ELSEWHERE)
        self._take_turn()
        try:
            number = next(self._next_callback)
            question = ["callback", number, ref.number, list(args), kwargs, self._states()]
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

    def _get(self, name: str) -> Any:
        if name not in self.names:
            raise Refused("undefined")
        value = self.names[name]
        if callable(value) and not TABLE.stays(value):
            return self._refer(value, name)
        return value

    # -- references ----------------------------------------------------------------------

    def _receive(self) -> list[Any]:
        message: list[Any] = decode(
            self.connection.receive(), self.connection.bounds, self._resolve
        )
        return message

    def _encode(self, message: list[Any]) -> bytes:
        encoder = Encoder(self.connection.bounds, self._reference, TABLE.otherwise)
        return encoder.encode(_drained(message))

    def _reference(self, value: Any) -> FunctionRef | GeneratorRef | ObjectRef | None:
        if isinstance(value, FunctionRef):
            return value
        if TABLE.stays(value):
            return TABLE.refer(value)
        if isinstance(value, JudgeFunction):
            return value._ref
        if isinstance(value, np.random.Generator):
            known = (n for n, generator in self._generators.items() if generator is value)
            number = next(known, None)
            if number is None:
                number = next(self._own_generators)
                self._generators[number] = value
            return generators.reference(number, value)
        if callable(value) and not isinstance(value, type):
            return self._refer(value, getattr(value, "__name__", type(value).__name__))
        return None

    def _refer(self, function: Callable[..., Any], name: str) -> FunctionRef:
        number = self._numbers.get(id(function))
        if number is None:
            number = next(self._next_function)
            self._numbers[id(function)] = number
            self._functions[number] = function
        return FunctionRef("student", number, str(name)[:80])

    def _resolve(self, ref: FunctionRef | GeneratorRef | ObjectRef) -> Any:
        if isinstance(ref, ObjectRef):
            return TABLE.find(ref)
        if isinstance(ref, GeneratorRef):
            generator = self._generators.get(ref.number)
            if generator is None:
                generator = self._generators[ref.number] = generators.build(ref)
            else:
                generators.set_state(generator, ref)
            return generator
        if ref.owner == "judge":
            return JudgeFunction(self, ref)
        if ref.number < 0:
            return operations.BY_NUMBER[ref.number]
        return self._functions[ref.number]

    def _states(self) -> list[Any]:
        # On the other side, reading the references sets the states.
        return list(self._generators.values())


def _called(function: Any, args: list[Any], kwargs: dict[str, Any]) -> tuple[Any, list[int]]:
    """What a function returns and the positions of the arguments it changed in place."""
    before = [_fingerprint(value) for value in (*args, *kwargs.values())]
    value = _drained(function(*args, **kwargs))
    if inspect.iscoroutine(value):
        value.close()
        raise Refused(COROUTINE)
    after = [_fingerprint(value) for value in (*args, *kwargs.values())]
    return value, [i for i, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]


def _exception(kind: str, text: str) -> Exception:
    found = getattr(builtins, kind, None)
    if isinstance(found, type) and issubclass(found, Exception):
        with_text: Exception = found(text)
        return with_text
    return RuntimeError(text)


def _drained(value: Any) -> Any:
    """Generators and other lazy sequences of plain data become lists, inside lists as well."""
    if TABLE.stays(value):
        return value
    if isinstance(value, types.GeneratorType | map | filter | zip | range | enumerate | Iterator):
        items = list(itertools.islice(value, MAX_DRAINED + 1))
        if len(items) > MAX_DRAINED:
            raise Refused(f"a generator of more than {MAX_DRAINED} values")
        return [_drained(item) for item in items]
    if isinstance(value, list):
        return [_drained(item) for item in list.__iter__(value)]
    if isinstance(value, tuple) and not isinstance(value, FunctionRef | GeneratorRef):
        return tuple(_drained(item) for item in tuple.__iter__(value))
    if type(value) is dict:
        return {key: _drained(item) for key, item in value.items()}
    return value


def _fingerprint(value: Any) -> Any:
    """What a value holds, in a form that a later change of the value cannot reach."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, list | tuple):
        return [_fingerprint(item) for item in value]
    if isinstance(value, dict):
        return [(key, _fingerprint(item)) for key, item in value.items()]
    return value if isinstance(value, int | float | complex | str | np.generic) else None


def _refusal(refused: Refused) -> dict[str, Any]:
    return {"kind": "TypeError", "refused": str(refused), "text": "", "line": 0}


def _report(error: BaseException) -> dict[str, Any]:
    """Type, text and place of an error, for the judge to weigh."""
    bases = [base.__name__ for base in type(error).__mro__ if base.__module__ == "builtins"]
    place = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith("<cell ")
    ]
    try:
        text = str(error)[:MAX_TEXT]
    except Exception:  # an exception may refuse to be printed
        text = ""
    return {
        "kind": bases[0] if bases else "Exception",
        "refused": "",
        "text": text,
        "line": (place[-1].lineno or 0) if place else 0,
        "cell": int(place[-1].filename[6:-1]) - 1 if place else -1,
        **({"object": error} if TABLE.stays(error) else {}),
    }
