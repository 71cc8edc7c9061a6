"""Small courses about classes: a solution, a wrong answer to all of it, and the tests of both.

Each test is one that a person would write, and that the solution passes and the wrong answer fails
when the notebook is run as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import dedent


@dataclass(frozen=True)
class Course:
    """A question about classes with its tests, by name."""

    solution: str
    wrong: str
    tests: dict[str, str] = field(default_factory=dict)
    given: str = "import numpy as np"


def course(solution: str, wrong: str, given: str = "import numpy as np", **tests: str) -> Course:
    texts = {name: dedent(text).strip() for name, text in tests.items()}
    return Course(dedent(solution).strip(), dedent(wrong).strip(), texts, given)
