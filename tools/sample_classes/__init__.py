"""The invented students of each problem set, for tests and for trying the grader out.

A module here describes one class by two names, ``ASSIGNMENT`` and ``STUDENTS``, and is found by
``classes()``. Where the catalogue beside the source notebook has the answers, a few lines do::

    ASSIGNMENT = "06-ada-family"
    STUDENTS = class_of(
        right(),
        wrong("test_adam_step", "adam_eps_inside"),
        wrong("test_ewma", "ewma_arrays_only", ewma="    return values.mean() * beta"),
        unfinished("test_train_adam+test_train_adam_calls", "train_adam"),
        raises("test_ewma", ewma="    return numpy.zeros(len(values))"),
        written={"written_axes": "Adam divides each entry by its own size."},
    )

The first argument names the test cells that lose points. A mistake by name is the catalogue's own
code, unless the student's code for that function stands beside it. All other functions are right:
the k-th student writes them in the k-th of the ways in ``alternatives.py``.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import NamedTuple


class Student(NamedTuple):
    """An invented student.

    ``answers`` are by grade_id: the lines below a function's docstring, or a written answer.
    ``mistakes`` are entries of ``mistakes.py``, for functions without an answer. Of the functions
    that are left, those in ``left_out`` stay as they were, and the others are right in the way
    number ``way`` of ``alternatives.py``; without a ``way`` they all stay as they were. ``notes``
    are free code cells, put before the first question.
    """

    name: str
    verdict: str
    answers: Mapping[str, str]
    notes: Sequence[str] = ()
    mistakes: Sequence[str] = ()
    left_out: Sequence[str] = ()
    way: int | None = None

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.name}__{self.verdict}.ipynb"


def class_of(*students: Student, written: Mapping[str, str]) -> tuple[Student, ...]:
    """The students of these descriptions, numbered; every other one hands in written answers."""
    return tuple(
        student._replace(
            name=f"student-{number:02}",
            answers={**(written if number % 2 else {}), **student.answers},
            way=number - 1,
        )
        for number, student in enumerate(students, start=1)
    )


def right(notes: Sequence[str] = (), **answers: str) -> Student:
    """All points."""
    return Student("", "full", answers, notes)


def wrong(loses: str, *mistakes: str, **answers: str) -> Student:
    """Loses the points of the cells ``test_A+test_B`` by the named mistakes, each told by name."""
    return Student("", f"loses-{loses}--{'+'.join(mistakes)}", answers, mistakes=mistakes)


def unfinished(loses: str, *functions: str) -> Student:
    """Has not begun these functions."""
    return Student("", f"half-done--loses-{loses}", {}, left_out=functions)


def raises(loses: str, **answers: str) -> Student:
    """Has answers that raise an exception."""
    return Student("", f"raises--loses-{loses}", answers)


def classes() -> list[ModuleType]:
    """The modules of all classes, in the order of their problem sets."""
    found = [
        importlib.import_module(f"{__name__}.{module.name}")
        for module in pkgutil.iter_modules(__path__)
    ]
    return sorted(found, key=lambda module: str(module.ASSIGNMENT))
