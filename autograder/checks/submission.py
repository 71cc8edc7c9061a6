"""What belongs to the submission at hand: the reference and the seeds of its inputs.

The judge installs these before it runs a submission's test cells. Where nothing is installed,
an instructor runs the source notebook by hand: then ``reference`` is that notebook itself, and
the inputs are those of variant 0.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np

Case = TypeVar("Case")

VARIANTS = 8
"""Different sets of hidden inputs of one assignment: few, so that results can be cached."""


class Reference:
    """The instructor's own functions: ``reference.momentum_step(x, v, grad, lr, mu)``."""

    def __init__(self) -> None:
        self._installed: Mapping[str, Any] | None = None

    def install(self, namespace: Mapping[str, Any] | None) -> None:
        self._installed = namespace

    def __getattr__(self, name: str) -> Any:
        namespace = self._installed
        if namespace is None:
            if os.environ.get("NBGRADER_EXECUTION") == "autograde":
                # Without the judge the running notebook is the student's, and agrees with itself.
                raise RuntimeError(
                    "a submission cannot be its own reference: the judge must grade it"
                )
            namespace = vars(sys.modules["__main__"])
        if name not in namespace:
            raise AttributeError(f"the instructor's notebook defines no {name}")
        return namespace[name]


class _Seeds:
    """From what ``rng`` draws hidden inputs, and ``shuffled`` their order."""

    def __init__(self) -> None:
        self.assignment = ""
        self.student = ""
        self.secret = ""
        self.variant = 0
        self.none_yet = False


reference = Reference()
_seeds = _Seeds()


def install_reference(namespace: Mapping[str, Any] | None) -> None:
    """Make ``reference.NAME`` mean ``namespace["NAME"]``; None: the notebook run by hand."""
    reference.install(namespace)


def variant_of(assignment: str, student: str, secret: str = "") -> int:
    """Which of the VARIANTS sets of hidden inputs this student's submission meets.

    Without the assignment's secret, which no student has, nobody can tell it or choose it.
    """
    return int.from_bytes(_digest(secret, student, assignment)[:8], "big") % VARIANTS


def install_submission(assignment: str, student: str, secret: str = "") -> None:
    """Draw hidden inputs from this submission's variant from now on.

    ``secret`` is derived from the hidden tests: the same inputs in every regrade, and no way to
    compute them from what students know.
    """
    _seeds.assignment = assignment
    _seeds.student = student
    _seeds.secret = secret
    _seeds.variant = variant_of(assignment, student, secret)


@contextlib.contextmanager
def before_any_submission() -> Iterator[None]:
    """A block that no submission has part in: whoever draws inputs in it gets a LookupError."""
    _seeds.none_yet = True
    try:
        yield
    finally:
        _seeds.none_yet = False


def rng(label: str) -> np.random.Generator:
    """A fresh generator for the inputs called ``label``; the same label, the same draws."""
    return _generator(_seeds.assignment, str(_seeds.variant), label)


def shuffled(cases: Iterable[Case], label: str = "cases") -> list[Case]:
    """The cases in an order of this submission's own, the same in every regrade.

    Hidden cases whose answers come sorted, first all True and then all False, could be answered
    by counting calls. This order is another one for each student, unlike the inputs of ``rng``.
    """
    kept = list(cases)
    draw = _generator("order", _seeds.assignment, _seeds.student, label)
    return [kept[index] for index in draw.permutation(len(kept))]


def _generator(*what: str) -> np.random.Generator:
    if _seeds.none_yet:
        raise LookupError("inputs are drawn for a submission, and there is none yet")
    return np.random.default_rng(np.frombuffer(_digest(_seeds.secret, *what), dtype="<u4"))


def _digest(secret: str, *what: str) -> bytes:
    return hmac.digest(secret.encode(), "\0".join(what).encode(), "sha256")
