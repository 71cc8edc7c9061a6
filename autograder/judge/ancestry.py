"""Classes of proxies, made from what the student's process says of its own.

With proxies of the same bases, so that ``type(x).__name__``, ``isinstance`` and ``issubclass``
answer as they would over there. The built-in data kinds and exceptions are real bases:
``isinstance(x, list)`` is true of a list. A class that both sides have is what ``isinstance`` is
told of its objects.
"""

from __future__ import annotations

import abc
import sys
from collections.abc import Callable
from types import CellType, FunctionType
from typing import Any, NamedTuple, cast

from autograder import operations
from autograder.errors import WireError
from autograder.judge import specials
from autograder.judge.remotetypes import DATA, IMMUTABLE, Handle, RemoteObject, RemoteType

LONGEST_LINE = 64
OURS = ("autograder", "lossland")
ABSTRACT = ("abc.", "collections.", "numbers.")


class Ancestor(NamedTuple):
    """One class of a line: as the student's process describes it."""

    number: int  # 0 for a built-in class
    name: str
    bases: tuple[int, ...]
    abilities: int

    @classmethod
    def read(cls, text: str, place: int) -> Ancestor:
        """Raises WireError for a description that no honest process gives."""
        if text.startswith("builtins.") and " " not in text:
            return cls(0, text, (), 0)
        parts = text.split(" ")
        try:
            number, name, bases, own = int(parts[0]), parts[1], parts[2], int(parts[3], 16)
            places = tuple(int(base) for base in bases.split(",") if base)
        except (ValueError, IndexError):
            raise WireError("a class that is described as none can be") from None
        behind = all(place < base < LONGEST_LINE for base in places)
        if len(parts) != 4 or number < 1 or not behind or not 0 <= own <= operations.ALL:
            raise WireError("a class that is described as none can be")
        return cls(number, name[:300], places, own)


def builtin(name: str) -> type | None:
    """The built-in data kind or exception of that full name, if proxies may derive from it."""
    found = vars(sys.modules["builtins"]).get(name.partition(".")[2])
    if not isinstance(found, type):
        return None
    if found in DATA:
        return found
    loops = (StopIteration, StopAsyncIteration)
    raises = issubclass(found, Exception) and not issubclass(found, loops)
    return found if raises and found is not Exception else (Exception if raises else None)


def shared(name: str) -> type | None:
    """The class ``module:path`` of a library that is loaded here as well."""
    module, _, path = name.partition(":")
    found: Any = sys.modules.get(module)
    if found is None or module.partition(".")[0] in OURS or module == "__main__":
        return None
    for part in path.split("."):
        found = vars(found).get(part) if hasattr(found, "__dict__") else None
    return found if isinstance(found, type) and type(found) is not RemoteType else None


def library_class(name: str) -> type | None:
    """The class with the full name ``module.Class`` of a library that is loaded here as well."""
    module, _, last = name.rpartition(".")
    return shared(f"{module}:{last}")


def _runs_here(name: str, method: Any) -> bool:
    special = name in operations.SPECIAL or name in ("__eq__", "__ne__", "__repr__", "__str__")
    return special and isinstance(method, FunctionType)


def make(
    name: str,
    ancestor: Ancestor,
    bases: list[type],
    handle: Handle,
    *,
    given: type | None = None,
    cell: CellType | None = None,
) -> RemoteType:
    """The proxy class; ``bases`` are the proxies of its bases, and built-in classes.

    ``given`` is the class of that name that the instructor's cells define, of which instances are
    such as well; ``cell`` is what ``super()`` reads in the methods of a class that a test derives.
    """
    own = ancestor.abilities
    proxies = tuple(base for base in bases if type(base) is RemoteType)
    real = tuple(base for base in bases if type(base) is not RemoteType)
    parents: tuple[type, ...] = (*proxies, *real)
    if real:
        parents = (*proxies, RemoteObject, *real)
        for base in real:
            if base in DATA and base not in IMMUTABLE:
                own |= operations.abilities(base)
    elif not proxies:
        parents = (RemoteObject,)
    namespace = {**specials.methods(own), "__handle__": handle, "__module__": "__main__"}
    kind = library_class(ancestor.name) if ancestor.number else None
    kind = kind or given
    if kind is not None and ancestor.name.partition(".")[0] != "numpy":
        namespace["__class__"] = property(lambda self: kind)  # which ``isinstance`` asks for
    if given is not None:
        # The instructor's own methods run here: what they do is not the student's to say.
        namespace |= {n: f for n, f in vars(given).items() if _runs_here(n, f)}
        namespace["__given__"] = given
    if cell is not None:
        namespace["__classcell__"] = cell
    try:
        made = type.__new__(RemoteType, name, parents, namespace)
    except TypeError as error:
        raise WireError("a class with bases that do not mix") from error
    if isinstance(kind, abc.ABCMeta) and ancestor.name.startswith(ABSTRACT):
        cast(Any, kind).register(made)
    return made


def instance(cls: RemoteType, handle: Handle, holds: str) -> Any:
    """A proxy of an object of this class; ``holds`` is ``kind:text`` for a number or a text."""
    kind: Any = next((k for k in (*DATA, BaseException) if issubclass(cls, k)), object)
    if kind in IMMUTABLE:
        named, _, text = holds.partition(":")
        read: Callable[[str], Any] = float.fromhex if kind is float else kind
        try:
            made = kind.__new__(cls, read(text) if named == kind.__name__ else kind())
        except (ValueError, OverflowError):
            raise WireError("a number that is none") from None
    else:
        made = kind.__new__(cls)
    object.__setattr__(made, "__handle__", handle)
    return made
