"""``python -m autograder return``: feedback pages, an archive of them, and the grades."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from autograder.batch.deadlines import Rules, rules
from autograder.batch.exporting import ABSENT, GRADED, MANUAL
from autograder.batch.late_list import apply
from autograder.batch.store import publish
from autograder.course.directory import Course
from autograder.handback import grades, tables
from autograder.handback.archives import archive
from autograder.intake import roster
from autograder.intake.journal import Journal
from autograder.pages.feedback import write_feedback

MOST_NAMES = 5


def give_back(
    course: Course,
    assignment: str,
    platform: str,
    *,
    sheet: Path | None = None,
    column: str = "",
    out: Path | None = None,
    partial: bool = False,
) -> Iterator[str]:
    """Write everything; lines for the instructor.

    ``sheet`` is the platform's own table of grades, ``column`` the name of the one to fill;
    ``partial`` counts points to which more will come.
    Raises CourseError when nothing is graded yet.
    """
    journal = Journal(course, assignment)
    class_list = roster.load(course, None)
    notebooks = [path.stem for path in course.source_notebooks(assignment)]
    if rules(course, assignment) != Rules():
        yield from apply(course, assignment)
    pages: dict[str, list[Path]] = defaultdict(list)
    students = {
        course.folder("feedback", submission.student, assignment): submission.student
        for submission in course.submissions(assignment)
    }
    for path in write_feedback(course, assignment):
        pages[students[path.parent]].append(path)
    lines = grades.lines(course, assignment, class_list, notebooks, partial=partial)
    numbers = {
        student: number
        for (origin, number), student in journal.numbers.items()
        if origin == platform
    }
    if sheet is not None:
        table = tables.filled(sheet, column, lines, numbers)
    elif platform == "moodle":
        table = tables.moodle_table(lines, numbers)
    elif platform == "canvas":
        table = tables.canvas_table(column or assignment, lines, numbers)
    else:
        table = b""
    folder = out or course.folder("returned", ".", assignment)
    made = archive(platform, pages, journal)
    publish(folder / f"feedback-{platform}.zip", made.data, course.private_mode)
    yield f"{made.count} feedback pages in {course.shown(folder / f'feedback-{platform}.zip')}"
    if made.without:
        names = ", ".join(made.without[:MOST_NAMES])
        more = len(made.without) - MOST_NAMES
        yield (
            f"not in the archive, since their work did not come from {platform.title()}: {names}"
            + (f" and {more} more" if more > 0 else "")
            + "; --for plain has them all"
        )
    held_back = [line for line in lines if line.grade and not line.final]
    if table and held_back:
        yield (
            f"{len(held_back)} grades are left empty for {platform.title()}, since not all points "
            "are known yet; --partial writes the points so far"
        )
    if table:
        publish(folder / f"grades-{platform}.csv", table, course.private_mode)
        yield f"grades for {platform.title()} in {course.shown(folder / f'grades-{platform}.csv')}"
    if platform == "canvas" and not column and sheet is None:
        yield (
            f"Canvas will take {assignment!r} for a new assignment: name its own column, with the "
            "number, by --column, or pass its exported table with --sheet"
        )
    publish(folder / "grades.csv", tables.plain_table(assignment, lines), course.private_mode)
    yield f"grades with status in {course.shown(folder / 'grades.csv')}"
    count = Counter(line.standing.status for line in lines)
    rest = sum(count.values()) - count[GRADED] - count[MANUAL] - count[ABSENT]
    yield (
        f"{assignment}: {count[GRADED]} graded, {count[MANUAL]} waiting for a human, {rest} not "
        f"graded or in part, {count[ABSENT]} not handed in"
    )
