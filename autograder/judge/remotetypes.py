"""Proxies: what stands in the judge for remote objects and for their classes.

A class of a proxy is an instance of ``RemoteType`` and derives from ``RemoteObject``; ``ancestry``
makes one for each class that the student's process describes. Attributes are asked over there,
special methods (``specials``) exist where the original has them.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Mapping
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from autograder import kinds

if TYPE_CHECKING:
    from autograder.judge.objects import Objects

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
_ABSTRACT = "collections.abc", "_collections_abc", "abc", "typing", "inspect"


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
