"""What a test has done to its surroundings, which the student's function must meet as well.

A test may seed the global random generators, redirect what is printed, put a function of its own
in the place of ``input``, watch for warnings. ``around`` describes the difference for a question to
the student's process (``sandbox/effects.py`` says how), ``take`` does here what the function has
done there.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from autograder import draws
from autograder.checks.calls import copied
from autograder.errors import WireError
from autograder.judge import reachable, shapes
from autograder.kinds import making
from autograder.sharing import assign

PATCHABLE = {
    "builtins": ("input", "print", "open"),
    "time": ("sleep", "time", "perf_counter"),
    "random": (
        "random", "randint", "randrange", "choice", "choices", "sample", "shuffle", "uniform",
        "gauss", "seed",
    ),
    "getpass": ("getpass",),
}  # fmt: skip
"""Functions that tests put others in the place of."""
MOST_PRINTED = 64 << 20
"""Characters that all calls of a submission may print into the tests' streams."""
MOST_WARNINGS = 10_000
_SHOWING = warnings.showwarning, warnings._showwarnmsg_impl  # type: ignore[attr-defined]
_IGNORING = ("ignore", None, Warning, None, 0)


class Surroundings:
    """The judge's process as it is before the first test; ``names`` are the test cells' globals."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names = names
        self._streams = sys.stdout, sys.stderr
        self._functions = [
            (module, vars(sys.modules[module]), name, vars(sys.modules[module])[name])
            for module, known in PATCHABLE.items()
            for name in known
            if module in sys.modules
        ]
        self._in_place: dict[int, tuple[Any, Callable[..., Any]]] = {}
        self._untouched = draws.fingerprint()
        self._last = draws.now()
        self._twists = reachable.MOST_TWISTS
        self._room = MOST_PRINTED
        self._warnings_left = MOST_WARNINGS
        self._kept: dict[int, tuple[Any, Any]] = {}
        self.shares = True
        """Whether calls may change the test's own objects."""
        making.look_in(self.own_class)

    def own_class(self, name: str) -> Any:
        """The class of this name that the test's own cells define; None where it has none."""
        found = dict.get(self._names, name) if isinstance(self._names, dict) else None
        own = isinstance(found, type) and found.__module__ not in ("builtins", "autograder")
        return found if own else None

    def rebind(self, name: str, value: Any) -> None:
        """Give a name of the test's the value that the student's process has given it."""
        shapes.refuse_empty(name, value)
        if isinstance(self._names, dict) and name in self._names:
            dict.__setitem__(self._names, name, value)

    def around(self) -> dict[str, Any]:
        """The difference that the test has made; empty where it has made none."""
        found: dict[str, Any] = {}
        if (sys.stdout, sys.stderr) != self._streams:
            found["streams"] = True
        patched = {
            f"{module}.{name}": self._handed(names[name])
            for module, names, name, original in self._functions
            if names[name] is not original
        }
        if patched:
            found["patched"] = patched
        filters = _filters()
        if filters is not None:
            found["warned"] = filters
        moved = self._drawn()
        if moved is not None:
            found["draws"] = moved
        return found

    def _drawn(self) -> dict[str, Any] | None:
        """The generators' states where the test has moved them; None while it never has."""
        if draws.fingerprint() == self._untouched:
            return None
        self._untouched = ()
        states = draws.now()
        moved = {n: state.plain() for n, state in states.items() if state != self._last.get(n)}
        self._last = states
        return moved

    def _handed(self, function: Any) -> Callable[..., Any]:
        """The same wrapping for the same function, under which the student's side knows it."""
        known = self._in_place.get(id(function))
        if known is None:
            known = self._in_place[id(function)] = function, _without_mocks(function)
        return known[1]

    def write(self, printed: Any) -> None:
        """Print here what the student's function has printed there."""
        for stream, text in _pairs(printed, str, str):
            self._room -= len(text)
            if self._room < 0:
                return
            here, before = (
                (sys.stdout, self._streams[0])
                if stream == "out"
                else (sys.stderr, self._streams[1])
            )
            if here is not before:
                here.write(text)

    def keep(self, value: Any) -> None:
        """Keep what an object of the test's holds before a call changes it."""
        if id(value) not in self._kept:
            self._kept[id(value)] = value, copied(value)

    def undo(self) -> None:
        """Put back what calls have changed since ``forget``."""
        for value, held in self._kept.values():
            assign(value, held)

    def forget(self) -> None:
        """What calls have changed stays as it is."""
        self._kept.clear()

    def take(self, effects: dict[str, Any]) -> None:
        """Do here what a call has done there: printed, drawn, warned."""
        self.write(effects.get("printed", []))
        moved = effects.get("draws", {})
        if type(moved) is not dict or not moved.keys() <= draws.SET.keys():
            raise WireError("states of random generators that are none")
        for name, data in moved.items():
            state = draws.checked(data)
            if name not in self._last:
                continue
            if reachable.leads_to(name, self._last[name], state, self._twists):
                draws.SET[name](state)
                self._last = {**self._last, name: state}
            else:
                self._twists = reachable.FEW_TWISTS
        for category, text in _pairs(effects.get("warned", []), type, str):
            self._warnings_left -= 1
            if self._warnings_left >= 0:
                _warn(category, text)


def _pairs(data: Any, *types: type) -> list[Any]:
    if type(data) is not list:
        raise WireError("effects that are no list")
    for pair in data:
        fits = type(pair) is list and len(pair) == len(types)
        if not fits or not all(map(isinstance, pair, types)):
            raise WireError("effects with fields of the wrong types")
    return data


def _without_mocks(function: Any) -> Callable[..., Any]:
    """The function; what a mock returns unless it is told to is nothing."""

    def patched(*args: Any, **kwargs: Any) -> Any:
        value = function(*args, **kwargs)
        mocks = sys.modules.get("unittest.mock")
        return None if mocks and isinstance(value, mocks.NonCallableMock) else value

    return patched


def _filters() -> list[list[Any]] | None:
    """The filters that the test has set, if it watches warnings at all."""
    showing = warnings.showwarning, warnings._showwarnmsg_impl  # type: ignore[attr-defined]
    own = []
    for action, message, category, module, line in warnings.filters:
        if (action, message, category, module, line) == _IGNORING:
            break
        if message is None and module is None and category.__module__ == "builtins":
            own.append([action, category])
    if not own and showing == _SHOWING:
        return None
    return own[:16]


def _warn(category: Any, text: str) -> None:
    """Warn here as the student's function did, by the filters of the test."""
    if not issubclass(category, Warning):
        raise WireError("a warning that is none")
    if _filters():
        warnings.warn_explicit(text, category, "<the student's function>", 1, registry={})
    else:
        shown = warnings.WarningMessage(category(text), category, "<the student's function>", 1)
        warnings._showwarnmsg(shown)  # type: ignore[attr-defined]
