"""Functions of the student as a test calls them, and the record of those calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.judge import shapes
from autograder.judge.introspection import Introspected, readable
from autograder.judge.journal import noted
from autograder.judge.refusals import NotFinite
from autograder.judge.remotetypes import is_remote
from autograder.judge.stepping import RemoteIterator
from autograder.keeping import Kept, weight
from autograder.recording import RecordedCall, frozen, watched
from autograder.wire import FunctionRef

if TYPE_CHECKING:
    from autograder.judge.remote import Conversation

MAX_RECORDED = 64
MAX_RECORDED_BYTES = 64 << 20


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
