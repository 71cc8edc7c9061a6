"""The table of methods: who a method is, in one place for figures, widgets and tests.

``methods.json`` holds it, so that the widgets' JavaScript reads the same file. A row is named as
the method is everywhere; the function has that name with underscores, in ``lossland.optimizers`` or
``lossland.adaptive``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from lossland import adaptive, optimizers
from lossland.optimizers import Optimizer, Schedule


class Method(NamedTuple):
    """A row of the table."""

    label: str
    """The name beside a line."""
    colour: str
    """As #rrggbb on the book's paper."""
    rule: str
    """The recurrence in one line, as the function's docstring begins."""
    lines: list[str]
    """The same as the race reads it, one assignment a line: ``lossland.widgets.lines``."""
    axes: bool
    """Whether the axes matter: a turn of the surface does not simply turn the path."""
    defaults: dict[str, float]
    """What the function asks for after lr, by name and in its order: a race's usual values."""


METHODS: dict[str, Method] = {
    name: Method(**row)
    for name, row in json.loads(Path(__file__).with_suffix(".json").read_text("utf8")).items()
}


def factory(name: str) -> Callable[..., Optimizer[Any]]:
    """The function that makes the method's optimizer; KeyError for a name outside the table."""
    if name not in METHODS:
        raise KeyError(f"{name!r} is no method of the table: {', '.join(METHODS)}")
    function = name.replace(" ", "_")
    home = optimizers if hasattr(optimizers, function) else adaptive
    made: Callable[..., Optimizer[Any]] = getattr(home, function)
    return made


def optimizer(name: str, lr: Schedule) -> Optimizer[Any]:
    """The method at a learning rate, all else at the table's values."""
    return factory(name)(lr, **METHODS[name].defaults)
