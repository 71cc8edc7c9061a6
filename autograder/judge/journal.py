"""What a test did with remote objects, done once more with the instructor's own.

A student's object may be asked whether it equals a value of the test's where the instructor's
class defines ``__eq__``. That is right where the instructor's function gives such an object too,
and wrong where it gives a number: there the object would judge itself. So every operation of a test
is noted, and after the test has passed, all of them are done again to the reference's functions and
classes, in a process that ends with that. Where an object was believed and the reference has none,
or where an array has another shape than the reference's, the test counts as failed. What cannot be
confirmed is not believed.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from autograder import kinds
from autograder.checks.calls import copied
from autograder.checks.evidence import empty_allowed, shape_allowed
from autograder.judge import shapes
from autograder.judge.remotetypes import handle_of, is_remote
from autograder.judge.stepping import RemoteIterator
from autograder.keeping import weight
from autograder.operations import BY_NUMBER, NUMBERS
from autograder.wire import FunctionRef, ObjectRef

MOST_ENTRIES = 20_000
MOST_BYTES = 64 << 20
STRANGER = (
    "One of your results is an object of a class of its own where your answer should be "
    "another kind of value."
)
HELD_BACK = "A `with` block of yours holds back an error that should leave it."
EXIT, NEXT = NUMBERS["exit"], NUMBERS["next"]


class Thing(NamedTuple):
    """Stands for a remote object or function in what is noted."""

    kind: str  # "object", "function", or "name " and the function's name
    number: int


@dataclass
class Entry:
    """One operation: on what, with what, and what came of it."""

    target: Thing | int  # an operation's number is below zero
    args: Any
    kwargs: Any
    result: Any = None
    free: bool = False


@dataclass
class Journal:
    """The operations of one conversation."""

    entries: list[Entry] = field(default_factory=list)
    names: dict[Thing, str] = field(default_factory=dict)
    _believed: dict[tuple[str, int], tuple[set[str], str]] = field(default_factory=dict)
    _bytes: int = 0
    _full: bool = False

    def named(self, value: Any, ref: FunctionRef | ObjectRef | None, name: str) -> None:
        """A name of the notebook means this function or object."""
        if isinstance(ref, FunctionRef):
            self.names[Thing("function", ref.number)] = name
        elif is_remote(value):
            self.names[Thing("object", handle_of(value).number)] = name

    def begin(self, ref: FunctionRef | ObjectRef, args: Any, kwargs: Mapping[str, Any]) -> Entry:
        """Note what is about to be asked."""
        target: Thing | int = ref.number
        if isinstance(ref, ObjectRef):
            target = Thing("object", ref.number)
        elif ref.number >= 0:
            target = Thing("function", ref.number)
        return Entry(target, noted(args), noted(dict(kwargs)))

    def end(self, entry: Entry, result: Any) -> None:
        """Note what came of it; nothing, if it raised."""
        entry.result = noted(result)
        entry.free = shape_allowed.get() or (empty_allowed.get() and shapes.has_empty(entry.result))
        self._bytes += weight(entry.args) + weight(entry.kwargs) + weight(entry.result)
        self._full = self._full or len(self.entries) >= MOST_ENTRIES or self._bytes > MOST_BYTES
        if not self._full:
            self.entries.append(entry)

    def believe(self, key: tuple[str, int], methods: tuple[str, ...], cls: str = "") -> None:
        """An object was asked about a value of the test's, by one of these methods."""
        known = self._believed.setdefault(key, (set(), cls))
        known[0].update(methods or {""})

    def fault(self, reference: Mapping[str, Any]) -> str:
        """Why what a test took for right is not, in one sentence; empty if it is."""
        if self._full and self._believed:
            return STRANGER
        return _Replay(self, reference).fault()

    def unconfirmed(self) -> str:
        """The fault where the instructor's objects gave no answer in time."""
        return STRANGER if self._believed else ""

    def believes(self, thing: Thing) -> tuple[set[str], str] | None:
        """By which methods an object was believed, if it was."""
        return self._believed.get((thing.kind, thing.number))


class _Replay:
    """The instructor's objects at the places of the student's."""

    def __init__(self, journal: Journal, reference: Mapping[str, Any]) -> None:
        self._journal = journal
        self._reference = reference
        self._twins: dict[Thing, Any] = {}
        self._seen: set[Thing] = set()

    def fault(self) -> str:
        for thing, name in self._journal.names.items():
            if name in self._reference:
                self._twins[thing] = self._reference[name]
                if why := self._compared(thing, self._reference[name], free=True):
                    return why
        for entry in self._journal.entries:
            try:
                target = self._target(entry.target)
                args, kwargs = self._twin(entry.args), self._twin(entry.kwargs)
                twin = target(*args, **kwargs)
            except Exception:  # what the reference does not answer confirms nothing
                if self._is_believed(entry.result):
                    return STRANGER
                continue
            if entry.target == EXIT and args[1] and entry.result is True and not twin:
                return HELD_BACK
            ends = entry.target == NEXT and len(entry.result or ()) != len(twin)
            if why := self._compared(entry.result, twin, entry.free or ends):
                return why
        return "" if self._all_seen() else STRANGER

    def _all_seen(self) -> bool:
        return all(Thing(*key) in self._seen for key in self._journal._believed)

    def _target(self, target: Thing | int) -> Any:
        return BY_NUMBER[target] if isinstance(target, int) else self._twins[target]

    def _twin(self, value: Any) -> Any:
        """The reference's counterpart of what was handed over; KeyError if it is not known."""
        if type(value) is Thing:
            by_name = value.kind.removeprefix("name ")
            return self._twins[value] if by_name == value.kind else self._reference[by_name]
        if type(value) in (list, tuple):
            return type(value)(self._twin(item) for item in value)
        if type(value) is dict:
            return {key: self._twin(item) for key, item in value.items()}
        return copied(value)

    def _is_believed(self, value: Any) -> bool:
        if type(value) is Thing:
            return self._journal.believes(value) is not None
        if type(value) is dict:
            return any(map(self._is_believed, value.values()))
        return type(value) in (list, tuple) and any(map(self._is_believed, value))

    def _compared(self, got: Any, twin: Any, free: bool) -> str:
        """What is wrong with a result where the reference has another; empty if nothing."""
        if type(got) is Thing:
            return self._met(got, twin)
        if type(got) in (list, tuple) and isinstance(twin, list | tuple) and len(got) == len(twin):
            pairs = zip(got, twin, strict=True)
            return next((why for g, t in pairs if (why := self._compared(g, t, free))), "")
        if type(got) is dict and isinstance(twin, dict):
            both = [(got[key], twin[key]) for key in got if key in twin]
            if len(both) == len(got):
                return next((why for g, t in both if (why := self._compared(g, t, free))), "")
        if self._is_believed(got):
            return STRANGER
        why = "" if free else shapes.misfit(got, twin)
        return f"One of your results is {why}." if why else ""

    def _met(self, thing: Thing, twin: Any) -> str:
        """An object, where the reference has this."""
        believed = self._journal.believes(thing)
        if believed is not None and twin is not None:
            methods, cls = believed
            operators = methods - {""}
            if operators and not any(defines(type(twin), name) for name in operators):
                return STRANGER
            if "" in methods and not _is_such(twin, cls):
                return STRANGER
            self._seen.add(thing)
        if twin is not None or thing not in self._twins:
            self._twins[thing] = twin
        return ""


def defines(cls: type, name: str) -> bool:
    """Whether a class of the instructor's notebook has a special method that is not built in."""
    for base in type.mro(cls) if cls.__module__ == "__main__" else ():
        if name in vars(base):
            return base.__module__ != "builtins" and vars(base)[name] is not None
    return False


def _is_such(twin: Any, cls: str) -> bool:
    """Whether this is an object of a class as the student's is, and no plain data."""
    kind = type(twin)
    if kinds.of_value(twin) is not None or hasattr(builtins, kind.__name__):
        return False
    return kind.__module__ == "__main__" or kind.__name__ == cls


def noted(value: Any) -> Any:
    """A copy of data in which a ``Thing`` stands for each remote object and function."""
    if is_remote(value):
        return Thing("object", handle_of(value).number)
    if hasattr(type(value), "call_with_report"):
        by_name = f"name {value.ref.name}" if value.by_name else "function"
        return Thing(by_name, value.ref.number)
    if type(value) is RemoteIterator:
        return None
    if type(value) in (list, tuple):
        return type(value)(noted(item) for item in value)
    if type(value) is dict:
        return {key: noted(item) for key, item in value.items()}
    return copied(value)
