"""A problem set's questions: which cells belong together, and under which heading."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from autograder.course import cells
from autograder.course.release import SourceNotebook

CODE_COMMENT = re.compile(r"^\s*(#.*)?$")


@dataclass(frozen=True)
class Part:
    """One cell that gives points."""

    name: str
    points: float
    manual: bool
    public: bool = True
    """Does the student's notebook show (a part of) the test?"""
    hidden: bool = False
    """Has it lines that students never see?"""


@dataclass
class Question:
    """Answer cells and the cells that give points for them."""

    title: str
    answers: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    @property
    def points(self) -> float:
        return sum(part.points for part in self.parts)


def questions_of(notebook: SourceNotebook) -> list[Question]:
    """The questions in order: a heading starts one, and so does an answer after tests."""
    shown = {cells.grade_id(cell): str(cell["source"]) for cell in notebook.released.cells}
    found: list[Question] = []
    title, current = "", Question("")
    for cell in notebook.registered.cells:
        if cell["cell_type"] == "markdown" and not cells.is_manual(cell):
            title = heading(str(cell["source"])) or title
        name = cells.grade_id(cell)
        graded = cells.is_test(cell) or cells.is_manual(cell)
        if not graded and not cells.is_answer(cell):
            continue
        starts = title or (cells.is_answer(cell) and current.parts)
        if starts or not found:
            current = Question(title or _readable(name))
            found.append(current)
            title = ""
        if cells.is_answer(cell):
            current.answers.append(name)
        if graded:
            current.parts.append(_part(cell, shown.get(name, "")))
    return [question for question in found if question.parts]


def _part(cell: cells.Cell, shown: str) -> Part:
    text = str(cell["source"])
    return Part(
        name=cells.grade_id(cell),
        points=cells.points(cell),
        manual=cells.is_manual(cell),
        public=any(not CODE_COMMENT.match(line) for line in shown.split("\n")),
        hidden=text.strip() != shown.strip(),
    )


def heading(text: str) -> str:
    """The first heading of a Markdown cell without its marks; empty when there is none."""
    for line in text.split("\n"):
        match = re.match(r"#{1,6}\s+(.*?)\s*#*\s*$", line)
        if match:
            return match[1].replace("`", "").replace("**", "")
    return ""


def _readable(name: str) -> str:
    return name.replace("_", " ")
