"""Classes that a test derives from one of the student's: made in the student's process.

Their methods stay here and run as functions that were handed over do. ``super()`` in them finds
what the base classes have over there.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import FunctionType
from typing import TYPE_CHECKING, Any

from autograder.judge.remotetypes import RemoteType, add_inherited

if TYPE_CHECKING:
    from autograder.judge.objects import Objects

_NOT_SENT = ("__module__", "__qualname__", "__classcell__", "__static_attributes__")


def derive(
    objects: Objects, name: str, bases: tuple[type, ...], namespace: Mapping[str, Any]
) -> Any:
    """The proxy of the class that a ``class`` statement of a test describes."""
    for base in (ancestor for cls in bases for ancestor in type.mro(cls)):
        if type(base) is RemoteType:
            add_inherited(base, objects.operate("members", base))
    members = {key: _member(value) for key, value in namespace.items() if key not in _NOT_SENT}
    with objects.filling(namespace.get("__classcell__")):
        return objects.operate("derive", name, list(bases), members)


def _member(value: Any) -> list[Any]:
    """A member of a class body, in the parts that it is made of over there."""
    if isinstance(value, staticmethod | classmethod):
        return [type(value).__name__, value.__func__]
    if isinstance(value, property):
        return ["property", value.fget, value.fset]
    return ["function" if isinstance(value, FunctionType) else "data", value]
