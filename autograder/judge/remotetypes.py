"""Classes that stand in the judge for the classes of remote objects.

One is made for each class that the student's process describes, with proxies of the same bases, so
that ``type(x).__name__``, ``isinstance``, ``issubclass`` and ``except`` answer as they would over
there. A class gets those special methods that its original defines; each asks over there. The
built-in data kinds and exceptions are real bases: ``isinstance(x, list)`` is true of a list.
"""

from __future__ import annotations

import abc
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from types import CellType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from autograder import kinds, operations
from autograder.errors import WireError
from autograder.operations import BINARY, COMPARISONS, IN_PLACE, UNARY

if TYPE_CHECKING:
    from autograder.judge.objects import Objects

LONGEST_LINE = 64
DATA: tuple[type, ...] = (int, float, complex, str, list, tuple, dict, set, frozenset)
"""Built-in kinds of which a remote object can be one."""
IMMUTABLE: tuple[type, ...] = (int, float, complex, str)
"""Of these the proxy itself holds the value."""
ASKED = frozenset({
    "__dict__", "__doc__", "__annotations__", "__bases__", "__base__", "__init__", "__slots__",
    "__abstractmethods__", "__dataclass_fields__", "__match_args__", "__members__", "__new__",
    "__signature__", "__wrapped__", "__code__", "__file__", "__all__", "__version__",
})  # fmt: skip
"""Names with two underscores that are asked over there; all others are answered here."""
OF_ERRORS = frozenset({"with_traceback", "add_note"})
OURS = ("autograder", "lossland")
_ABSTRACT = "collections.abc", "_collections_abc", "abc", "typing", "inspect"
ABSTRACT = ("abc.", "collections.", "numbers.")


class Handle(NamedTuple):
    """Which remote object a proxy stands for."""

    objects: Objects
    number: int
    name: str


def is_remote(value: Any) -> bool:
    """Whether this is a proxy of an object or of a class."""
    return type(type(value)) is RemoteType or type(value) is RemoteType


def is_module(value: Any) -> bool:
    """Whether this is a module, or the proxy of one."""
    return isinstance(value, ModuleType) or (is_remote(value) and type(value).__name__ == "module")


def handle_of(value: Any) -> Handle:
    """The handle of a proxy."""
    read = type.__getattribute__ if type(value) is RemoteType else object.__getattribute__
    return cast(Handle, read(value, "__handle__"))


def _here(name: str) -> bool:
    return name[:2] == "__" and name[-2:] == "__" and name not in ASKED


def _asked_by_python() -> bool:
    """Whether ``isinstance(x, Iterable)`` and its like ask for a class's methods."""
    return sys._getframe(2).f_globals.get("__name__") in _ABSTRACT


class RemoteType(type):
    """A class of the student's: calling it makes an instance over there."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> Any:
        """A proxy's class; one that a test derives from a proxy is made over there as well."""
        if "__handle__" not in namespace:
            base = next(base for base in bases if type(base) is RemoteType)
            return handle_of(base).objects.derive(name, bases, namespace)
        return super().__new__(mcs, name, bases, namespace)

    def __init__(cls, *_: Any) -> None:
        pass

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return handle_of(cls).objects.call(cls, args, kwargs)

    def __getattribute__(cls, name: str) -> Any:
        if _here(name) or name == "mro" or (name == "__dict__" and _asked_by_python()):
            return type.__getattribute__(cls, name)
        return handle_of(cls).objects.attribute(cls, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        if _here(name) and name != "__doc__":
            type.__setattr__(cls, name, value)
        else:
            handle_of(cls).objects.operate("setattr", cls, name, value)

    def __delattr__(cls, name: str) -> None:
        handle_of(cls).objects.operate("delattr", cls, name)

    def __dir__(cls) -> list[str]:
        return sorted(map(str, handle_of(cls).objects.operate("dir", cls)))

    def __instancecheck__(cls, value: Any) -> bool:
        if type.__instancecheck__(cls, value):
            return True
        of = type(value)  # a record of that name came as data, with a class made for it here
        made_here = of.__module__ == "__main__" and of.__name__ == cls.__name__
        return made_here and type(of) is not RemoteType and kinds.find(of) is not None

    def __iter__(cls) -> Iterator[Any]:
        return cast(Iterator[Any], handle_of(cls).objects.operate("iter", cls))

    def __len__(cls) -> int:
        return cast(int, handle_of(cls).objects.operate("len", cls))

    def __bool__(cls) -> bool:
        return True

    def __contains__(cls, item: Any) -> bool:
        return bool(handle_of(cls).objects.operate("contains", cls, item))

    def __getitem__(cls, key: Any) -> Any:
        return handle_of(cls).objects.operate("getitem", cls, key)

    def __repr__(cls) -> str:
        return f"<class '__main__.{cls.__name__}'>"


class RemoteObject:
    """What every proxy can do; see ``Objects`` for what comparisons may ask over there."""

    def __getattribute__(self, name: str) -> Any:
        if _here(name) or (name in OF_ERRORS and issubclass(type(self), Exception)):
            return object.__getattribute__(self, name)
        return handle_of(self).objects.attribute(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if _here(name) or (name in OF_ERRORS and issubclass(type(self), Exception)):
            object.__setattr__(self, name, value)
        else:
            handle_of(self).objects.operate("setattr", self, name, value)

    def __delattr__(self, name: str) -> None:
        handle_of(self).objects.operate("delattr", self, name)

    def __eq__(self, other: object) -> Any:
        return handle_of(self).objects.compare("eq", self, other)

    def __ne__(self, other: object) -> Any:
        return handle_of(self).objects.compare("ne", self, other)

    def __hash__(self) -> int:
        held = _immutable(self)
        return object.__hash__(self) if held is None else hash(held)

    def __repr__(self) -> str:
        return _told(handle_of(self).objects.operate("repr", self))

    def __str__(self) -> str:
        return _told(handle_of(self).objects.operate("str", self))

    def __format__(self, spec: str) -> str:
        return _told(handle_of(self).objects.operate("format", self, spec))

    def __dir__(self) -> list[str]:
        return sorted(map(str, handle_of(self).objects.operate("dir", self)))

    def __copy__(self) -> Any:
        return handle_of(self).objects.operate("copy", self)

    def __deepcopy__(self, memo: object) -> Any:
        return handle_of(self).objects.operate("deepcopy", self)

    def __reduce_ex__(self, protocol: object) -> Any:
        raise TypeError("an object of the student's process cannot be pickled")


def _told(text: Any) -> str:
    if not isinstance(text, str):
        raise TypeError("an object that tells of itself in something else than text")
    return str.__str__(text)


def _immutable(value: Any) -> Any:
    """The number or text that a proxy of such a kind is; None for others."""
    if isinstance(value, str):
        return str.__str__(value)
    for kind in (int, float, complex):
        if issubclass(type(value), kind):
            return getattr(kind, f"__{kind.__name__}__")(value)
    return None


def held(value: Any) -> Any:
    """What a proxy of a built-in data kind holds, as plain data; None for others."""
    if (plain := _immutable(value)) is not None:
        return plain
    if issubclass(type(value), DATA):
        got = handle_of(value).objects.operate("held", value)
        if not isinstance(got, DATA) or is_remote(got):
            raise TypeError("an object that holds something else than it is")
        return got
    return None


# -- special methods ---------------------------------------------------------------------


def _simple(op: str) -> Callable[..., Any]:
    def method(self: Any, *digits: Any) -> Any:
        return handle_of(self).objects.operate(op, self, *digits)

    return method


def _operator(op: str, names: tuple[str, str], swapped: bool) -> Callable[..., Any]:
    def method(self: Any, other: Any, modulus: Any = None) -> Any:
        objects = handle_of(self).objects
        if modulus is not None:
            return objects.operate("pow3", self, other, modulus)
        pair = (other, self) if swapped else (self, other)
        return objects.binary(op, names, pair, self)

    return method


def _in_place(op: str, name: str) -> Callable[..., Any]:
    def method(self: Any, other: Any) -> Any:
        return handle_of(self).objects.in_place(op, name, self, other)

    return method


def _ordering(op: str) -> Callable[..., Any]:
    def method(self: Any, other: Any) -> Any:
        return handle_of(self).objects.compare(op, self, other)

    return method


def _next(self: Any) -> Any:
    got = handle_of(self).objects.operate("next", self)
    if type(got) is not tuple or len(got) > 1:
        raise TypeError("an iterator that gives something else than a value")
    if not got:
        raise StopIteration
    return got[0]


def _call(self: Any, *args: Any, **kwargs: Any) -> Any:
    return handle_of(self).objects.call(self, args, kwargs)


def _contains(self: Any, item: Any) -> bool:
    return bool(handle_of(self).objects.contains(self, item))


def _exit(self: Any, kind: type | None, error: BaseException | None, _: Any) -> bool:
    return handle_of(self).objects.leave(self, error)


def _array(self: Any, dtype: Any = None, copy: bool | None = None) -> Any:
    got = handle_of(self).objects.operate("array", self)
    if type(got) is not np.ndarray:
        raise TypeError("an object whose array is none")
    return got if dtype is None else got.astype(dtype)


_METHODS: dict[str, Any] = {
    **{method: _simple(op) for op, method in UNARY.items()},
    **{names[0]: _operator(op, names, swapped=False) for op, names in BINARY.items()},
    **{names[1]: _operator(op, names, swapped=True) for op, names in BINARY.items()},
    **{method: _in_place(op, method) for op, method in IN_PLACE.items()},
    **{names[0]: _ordering(op) for op, names in COMPARISONS.items() if op not in ("eq", "ne")},
    **{f"__{op}__": _simple(op) for op in ("getitem", "setitem", "delitem")},
    "__next__": _next, "__call__": _call, "__contains__": _contains, "__exit__": _exit,
    "__array__": _array, "__array_priority__": 1000.0, "__array_ufunc__": None,
}  # fmt: skip


def _namespace(abilities: int) -> dict[str, Any]:
    """The special methods whose bits are set."""
    found = {n: method for n, method in _METHODS.items() if abilities & operations.bit(n)}
    if abilities & operations.UNHASHABLE:
        found["__hash__"] = None
    return found


# -- classes -----------------------------------------------------------------------------


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


def given_member(target: Any, name: str) -> tuple[Any, ...]:
    """A tuple of the method or property that an object of the instructor's class has from it."""
    given = vars_of(type(target)).get("__given__")
    found = None if given is None else inspect.getattr_static(given, name, None)
    if not isinstance(found, FunctionType | property | classmethod | staticmethod):
        return ()
    return (found.__get__(target, given),)


def vars_of(cls: type) -> Mapping[str, Any]:
    """What a class itself holds here."""
    return cast(Mapping[str, Any], type.__getattribute__(cls, "__dict__"))


class Inherited:
    """What ``super()`` finds in the proxy of a base class."""

    def __init__(self, cls: RemoteType, name: str) -> None:
        self._cls = cls
        self._name = name

    def __get__(self, value: Any, _: Any = None) -> Any:
        if value is None:
            return handle_of(self._cls).objects.attribute(self._cls, self._name)
        return handle_of(self._cls).objects.operate("inherited", self._cls, value, self._name)


def add_inherited(cls: RemoteType, names: Any) -> None:
    """Let ``super()`` find the members of the class that a proxy stands for."""
    own = vars_of(cls)
    for name in names if isinstance(names, list) else ():
        if type(name) is str and name.isidentifier() and name not in own:
            type.__setattr__(cls, name, Inherited(cls, name))


def make(
    name: str,
    ancestor: Ancestor,
    bases: list[type],
    handle: Handle,
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
    namespace = {**_namespace(own), "__handle__": handle, "__module__": "__main__"}
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
