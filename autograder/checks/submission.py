"""What belongs to the submission at hand: the reference and the seeds of its inputs.

The judge installs these before it runs a submission's test cells. Where nothing is installed,
an instructor runs the source notebook by hand: then ``reference`` is that notebook itself, and
the inputs are those of variant 0.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

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
    """Which assignment and which variant of its hidden inputs ``rng`` draws from."""

    def __init__(self) -> None:
        self.assignment = ""
        self.variant = 0


reference = Reference()
_seeds = _Seeds()


def install_reference(namespace: Mapping[str, Any] | None) -> None:
    """Make ``reference.NAME`` mean ``namespace["NAME"]``; None: the notebook run by hand."""
    reference.install(namespace)


def variant_of(assignment: str, student: str) -> int:
    """Which of the VARIANTS sets of hidden inputs this student's submission meets."""
    digest = hashlib.sha256(f"{student}\0{assignment}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % VARIANTS


def install_submission(assignment: str, student: str) -> None:
    """Draw hidden inputs from this submission's variant from now on."""
    _seeds.assignment = assignment
    _seeds.variant = variant_of(assignment, student)


def rng(label: str) -> np.random.Generator:
    """A fresh generator for the inputs called ``label``; the same label, the same draws."""
    text = f"{_seeds.assignment}\0{_seeds.variant}\0{label}"
    digest = hashlib.sha256(text.encode()).digest()
    return np.random.default_rng(np.frombuffer(digest, dtype="<u4"))
