"""Two functions of one line and a test for each: what grading costs when nothing is computed."""

from __future__ import annotations

from tools.grading_bench.course import (
    Kind,
    Notebook,
    Template,
    cell,
    check,
    given,
    notebook,
    solution,
)


def source() -> Notebook:
    """The instructor's notebook."""
    return notebook(
        cell("markdown", "# Hills"),
        given("import math", "setup"),
        solution("def slope(x):", "    return 2 * x", "slope"),
        check("assert slope(1) == 2", 'assert slope(31) == 62, "2 x"', "test_slope", 2),
        solution("def height(x):", "    return x * x", "height"),
        check("assert height(2) == 4", 'assert height(41) == 1681, "x²"', "test_height", 3),
        cell("markdown", "YOUR ANSWER HERE", "words", grade=True, solution=True, points=2),
    )


def _kind(name: str, slope: str | None, height: str | None, *loses: str) -> Kind:
    answers = {"slope": slope, "height": height, "words": "Because it is round."}
    return Kind(name, answers, frozenset(f"test_{part}" for part in loses))


RIGHT = _kind("right", "    return 2 * x", "    return x * x")

TEMPLATE = Template(
    "little",
    source,
    dict,
    (
        RIGHT,
        _kind("right, written otherwise", "    return x + x", "    return x**2"),
        _kind("wrong", "    return 2 * x", "    return 2 * x", "height"),
        RIGHT,
        _kind("raises", "    return 2 * x", "    return x[0]", "height"),
        RIGHT,
        _kind("half done", "    return 2 * x", None, "height"),
        RIGHT,
        _kind("wrong where it is not shown", "    return 2 * min(x, 30)", "    return x * x",
              "slope"),
        RIGHT,
    ),
)  # fmt: skip
