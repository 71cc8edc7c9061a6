"""Remote objects, the judge's end: what they are asked, and what of it is believed.

A proxy (``remotetypes``) turns every use of an object into an operation that its own process does,
as a function call; what comes back is data or again a remote object. What an object says is
believed about itself alone. So the test's own values are not handed to a method of the student's
to be judged by it: ``f(3) == 9`` asks no ``__eq__`` of the student's unless the instructor's class
of that name defines one, and what is asked then is noted, to be held against what the instructor's
own objects are at that place (``journal``). A number, text, list, tuple, set or dict of a class of
its own is compared by what it holds, here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from types import CellType, FunctionType
from typing import TYPE_CHECKING, Any

from autograder.errors import WireError
from autograder.judge import ancestry, shapes
from autograder.judge.ancestry import Ancestor
from autograder.judge.journal import Journal, defines
from autograder.judge.remotetypes import (
    Handle,
    RemoteType,
    add_inherited,
    given_member,
    handle_of,
    held,
    is_remote,
)
from autograder.operations import BINARY, COMPARISONS, NUMBERS, OPERATIONS
from autograder.wire import FunctionRef, ObjectRef

if TYPE_CHECKING:
    from autograder.judge.remote import Conversation

MOST_OBJECTS = 100_000
"""Remote objects that one test may be handed."""
MOST_OPERATIONS = 50_000
"""What one test may ask of them altogether."""


class Objects:
    """The remote objects of one conversation; ``reference`` are the instructor's own names."""

    def __init__(
        self,
        conversation: Conversation,
        reference: Mapping[str, Any],
        own_class: Callable[[str], Any],
    ) -> None:
        self._conversation = conversation
        self._own_class = own_class
        self._reference = reference
        self._objects: dict[int, Any] = {}
        self._classes: dict[int | str, RemoteType] = {}
        self._asked = 0
        self._cell: CellType | None = None
        self.journal = Journal()

    @property
    def used(self) -> bool:
        """Whether there is a remote object in this conversation."""
        return bool(self._objects or self._classes)

    # -- from and to the wire ------------------------------------------------------------

    def resolve(self, ref: ObjectRef) -> Any:
        """The proxy that a reference means, or a class that both sides have."""
        if ref.owner not in ("student", "shared") or ref.number < 1:
            raise WireError("an object that was not handed over")
        described = all(type(part) is str for part in ref.line) and ref.is_class in (0, 1)
        if not described or not 0 < len(ref.line) <= ancestry.LONGEST_LINE:
            raise WireError("an object that is described as none can be")
        if ref.owner == "shared" and ref.is_class and (known := ancestry.shared(ref.name)):
            return known
        if ref.is_class:
            return self._class(ref.line, 0, ref.number)
        if ref.number not in self._objects:
            if len(self._objects) >= MOST_OBJECTS:
                raise WireError("more objects than one test may hold")
            cls = self._class(ref.line, 0, 0)
            handle = Handle(self, ref.number, cls.__name__)
            try:
                self._objects[ref.number] = ancestry.instance(cls, handle, ref.holds)
            except TypeError:
                raise WireError("an object of a class that has none") from None
        return self._objects[ref.number]

    def _class(self, line: tuple[str, ...], place: int, number: int) -> Any:
        """The proxy of the class at a place of the line, whose bases stand behind it."""
        ancestor = Ancestor.read(line[place], place)
        found = None if ancestor.number else ancestry.builtin(ancestor.name)
        if place and not ancestor.number:
            return found or object
        # A built-in class of an object has no number: an exception's, a lock's, a module's.
        key = ancestor.number or number or ancestor.name
        if number and key != number:
            raise WireError("a class that is described as another")
        if key not in self._classes:
            if len(self._classes) >= MOST_OBJECTS:
                raise WireError("more classes than one test may hold")
            if any(base >= len(line) for base in ancestor.bases):
                raise WireError("a class that is described as none can be")
            bases = [self._class(line, base, 0) for base in ancestor.bases] + [found or object]
            handle = Handle(self, ancestor.number or number, _identifier(ancestor.name))
            parents = [base for base in bases if base is not object]
            given = self._given(ancestor)
            self._classes[key] = ancestry.make(
                handle.name, ancestor, parents, handle, given=given, cell=self._cell
            )
        return self._classes[key]

    def _given(self, ancestor: Ancestor) -> type | None:
        """The class that the instructor's cells define where the student's notebook has this."""
        module, _, name = ancestor.name.rpartition(".")
        found = self._own_class(name) if module == "__main__" else None
        own = isinstance(found, type) and not is_remote(found) and found.__module__ == "__main__"
        return found if own else None

    def reference_to(self, value: Any) -> ObjectRef | None:
        """How this value is spoken of to the student's process; None for what is no object."""
        if is_remote(value):
            handle = handle_of(value)
            if handle.objects is not self:
                raise TypeError("an object that another test was given is gone with that test")
            return ObjectRef("student", handle.number, handle.name)
        if isinstance(value, type) and not issubclass(value, BaseException):
            return ObjectRef("shared", 0, f"{value.__module__}:{value.__qualname__}")
        return None

    @contextlib.contextmanager
    def noting(
        self, ref: FunctionRef | ObjectRef, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Iterator[Callable[[Any], None]]:
        """Note a call in the journal, if it has to do with objects."""
        entry = self.journal.begin(ref, args, kwargs) if self.used else None
        result: Any = None

        def note(value: Any) -> None:
            nonlocal result
            result = value

        try:
            yield note
        finally:
            if self.used:
                self.journal.end(entry or self.journal.begin(ref, args, kwargs), result)

    # -- operations ----------------------------------------------------------------------

    def operate(self, op: str, *operands: Any) -> Any:
        """Ask for an operation over there."""
        self._asked += 1
        if self._asked > MOST_OPERATIONS:
            self._conversation.stop(f"Stopped: more than {MOST_OPERATIONS:,} uses of objects.")
        names = (handle_of(operand).name for operand in operands if is_remote(operand))
        name = operands[1] if op.endswith("attr") else next(names, "function")
        ref = FunctionRef("student", NUMBERS[op], str(name)[:80])
        return self._conversation.call(ref, operands, {})[0]

    def call(self, target: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Call an object, or make an instance of a class."""
        if args and type(target) is not RemoteType:
            self._handed(target)
        reference = self.reference_to(target)
        assert reference is not None
        value, _ = self._conversation.call(reference, args, kwargs, shared=True)
        shapes.refuse_empty(reference.name, value)
        return value

    def attribute(self, target: Any, name: str) -> Any:
        """An attribute; a method remembers whose it is."""
        if name == "__signature__":
            from autograder.judge.introspection import signature  # noqa: PLC0415

            return signature(self, target)
        if name == "__dict__":
            return self.operate("vars", target)
        if given := given_member(target, name):
            return given[0]
        value = self.operate("getattr", target, name)
        shapes.refuse_empty(name, value)
        if hasattr(type(value), "bound_to"):
            value.bound_to(target)
        return value

    def binary(self, op: str, names: tuple[str, str], pair: tuple[Any, Any], mine: Any) -> Any:
        """An arithmetic operator, as far as the student's class may be asked for it."""
        other = pair[1] if pair[0] is mine else pair[0]
        if is_remote(other) or self._allowed(mine, names):
            return self.operate(op, *pair)
        plain = held(mine)
        if plain is None:
            return NotImplemented
        return OPERATIONS[op](*(plain if part is mine else part for part in pair))

    def in_place(self, op: str, name: str, mine: Any, other: Any) -> Any:
        """``x += y``: of what changes in place, or of a class that may be asked."""
        changes = issubclass(type(mine), list | dict | set)
        ordinary = BINARY.get(op[1:]) or BINARY[f"{op[1:]}_"]
        if changes or is_remote(other) or self._allowed(mine, (name, *ordinary)):
            return self.operate(op, mine, other)
        return NotImplemented

    def compare(self, op: str, mine: Any, other: Any) -> Any:
        """A comparison: see this module's docstring for who is asked."""
        if mine is other and op in ("eq", "ne") and not self._defined(mine, COMPARISONS[op]):
            return op == "eq"
        names: tuple[str, ...] = COMPARISONS[op]
        names = (*names, "__eq__") if op == "ne" else names
        if is_remote(other):
            if self._defined(mine, names) or self._defined(other, names):
                return self.operate(op, mine, other)
            return self._by_contents(op, mine, held(other))
        if other is not None and self._allowed(mine, names):
            return self.operate(op, mine, other)
        return self._by_contents(op, mine, other)

    def _by_contents(self, op: str, mine: Any, other: Any) -> Any:
        plain = held(mine)
        if plain is None or other is None:
            return NotImplemented
        return OPERATIONS[op](plain, other)

    def contains(self, mine: Any, item: Any) -> Any:
        """``item in x``: asked over there if it may be, or found out here."""
        if is_remote(item) or self._allowed(mine, ("__contains__",)):
            return self.operate("contains", mine, item)
        plain = held(mine)
        return item in plain if plain is not None else any(item == part for part in iter(mine))

    def leave(self, mine: Any, error: BaseException | None) -> bool:
        """``__exit__``: may hold an error back, but never what a test found wrong."""
        if error is not None and (not isinstance(error, Exception) or _is_verdict(error)):
            return False
        kind: Any = ""
        if error is not None:
            known = map(self._conversation.raisable, type.mro(type(error)))
            kind = next(filter(None, known), "Exception")
        return self.operate("exit", mine, kind) is True

    # -- what may be asked ---------------------------------------------------------------

    def _defined(self, value: Any, names: tuple[str, ...]) -> bool:
        """Whether the instructor's class of this name defines one of these methods itself."""
        cls = type(value)
        if cls is RemoteType:
            return False
        found = self._reference.get(cls.__name__)
        return isinstance(found, type) and any(defines(found, name) for name in names)

    def _allowed(self, value: Any, names: tuple[str, ...]) -> bool:
        """The same, where a value of the test's is handed over: then it is noted as well."""
        if not self._defined(value, names):
            return False
        self.journal.believe(("object", handle_of(value).number), names)
        return True

    def _handed(self, target: Any) -> None:
        """A method or an object is called with arguments of the test's."""
        handle = handle_of(target)
        self.journal.believe(("object", handle.number), (), handle.name)

    def method_called(self, owner: Any) -> None:
        """A method of this object is called with arguments of the test's."""
        if type(owner) is not RemoteType:
            self._handed(owner)

    def derive(self, name: str, bases: tuple[type, ...], namespace: Mapping[str, Any]) -> Any:
        """A class that a test derives from one of the student's: made over there.

        Its methods run here, as functions that were handed over do.
        """
        for base in (ancestor for cls in bases for ancestor in type.mro(cls)):
            if type(base) is RemoteType:
                add_inherited(base, self.operate("members", base))
        members = {key: _member(value) for key, value in namespace.items() if key not in _NOT_SENT}
        self._cell = namespace.get("__classcell__")
        try:
            return self.operate("derive", name, list(bases), members)
        finally:
            self._cell = None


_NOT_SENT = ("__module__", "__qualname__", "__classcell__", "__static_attributes__")


def _member(value: Any) -> list[Any]:
    """A member of a class body, in the parts that it is made of over there."""
    if isinstance(value, staticmethod | classmethod):
        return [type(value).__name__, value.__func__]
    if isinstance(value, property):
        return ["property", value.fget, value.fset]
    return ["function" if isinstance(value, FunctionType) else "data", value]


def _identifier(name: str) -> str:
    """The last part of a full name, if it can be a name."""
    last = name.rpartition(".")[2]
    return last[:80] if last.isidentifier() else "object"


def _is_verdict(error: Exception) -> bool:
    from autograder.checks import CheckFailed  # noqa: PLC0415
    from autograder.judge.refusals import ResultRefused  # noqa: PLC0415

    return isinstance(error, AssertionError | CheckFailed | ResultRefused)
