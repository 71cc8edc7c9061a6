"""What is known about each student's work, ready for a table. What is not known is no zero."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from autograder.batch.exporting import ABSENT, GRADED, NOT_GRADED, Standing, standings
from autograder.batch.store import load
from autograder.course.directory import Course
from autograder.errors import CourseError
from autograder.intake.roster import Roster, Student


@dataclass(frozen=True)
class Line:
    """One student, handed in or not."""

    student: Student
    standing: Standing
    most: float
    reason: str = ""
    """Why it was not graded."""

    partial: bool = False
    """Do points count for a platform that are not all the points yet?"""

    @property
    def grade(self) -> str:
        """The points after penalties; empty for what is not known."""
        return "" if self.standing.score is None else number(self.standing.score)

    @property
    def final(self) -> str:
        """The grade for a platform, which knows no "so far"."""
        return self.grade if self.partial or self.standing.status == GRADED else ""


def number(value: float) -> str:
    """Points without needless digits, never as a power of ten."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def lines(
    course: Course,
    assignment: str,
    roster: Roster,
    notebooks: Iterable[str],
    *,
    partial: bool = False,
) -> list[Line]:
    """Everybody of the class list and everybody who handed in, ordered by id.

    What lies there and was never graded is not graded, not absent. Raises CourseError when the
    gradebook does not know the assignment.
    """
    names = list(notebooks)
    handed_in = {submission.student for submission in course.submissions(assignment)}
    with course.gradebook() as book:
        known = {each.name: each for each in book.assignments}
        if assignment not in known:
            raise CourseError(
                f"nothing of {assignment} is graded yet: run `python -m autograder grade "
                f"{assignment} --course {course.root}`"
            )
        found = standings(book, known[assignment])
        most = float(known[assignment].max_score)
    result = []
    for student in sorted({*roster.students, *handed_in, *found}):
        standing = found.get(student, Standing(NOT_GRADED if student in handed_in else ABSENT))
        reasons = []
        if standing.status not in (ABSENT,) and standing.score is None:
            records = [load(course, student, assignment, name) for name in names]
            reasons = [record.verdict.reason for record in records if record is not None]
        result.append(
            Line(
                roster.students.get(student, Student(student)),
                standing,
                most,
                "; ".join(dict.fromkeys(reason for reason in reasons if reason)),
                partial,
            )
        )
    return result
