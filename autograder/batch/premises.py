"""What lies on this machine and no student's code may read.

A task says nothing of it, since it may be graded on another machine, where other things lie. The
process that reads a course keeps its places here, worker processes of the same machine are
started with them, and ``on_these`` adds them to a plan where sandboxes are made. Whoever brings
workers of other machines tells them what lies there: ``keep`` in each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autograder.sandbox.walls import Plan

_kept: list[str] = []


def keep(places: Sequence[str]) -> None:
    """From now on these are the places, absolute paths; those before are forgotten."""
    _kept[:] = places


def kept() -> tuple[str, ...]:
    """The places that were kept last."""
    return tuple(_kept)


def on_these(plan: Plan) -> Plan:
    """The plan, with the places of this machine out of reach."""
    return replace(plan, unreachable=(*plan.unreachable, *_kept))
