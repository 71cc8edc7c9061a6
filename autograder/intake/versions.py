"""``python -m autograder versions``: what was collected, whose a receipt is, and going back."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.course.directory import Course
from autograder.errors import CourseError
from autograder.intake import contents
from autograder.intake.journal import Journal, Version
from autograder.intake.placing import alone, place

SHORT = 12


def listed(
    course: Course, assignment: str, *, student: str = "", receipt: str = ""
) -> Iterator[str]:
    """A line for each version, the one that counts with a mark.

    Raises CourseError for a student or a receipt that nothing was collected for.
    """
    journal = _journal(course, assignment)
    wanted = receipt.strip().lower()
    if student:
        _known(journal, student, assignment)
    count = 0
    for name, versions in sorted(journal.versions.items()):
        for version in versions:
            if student not in ("", name) or (wanted and version.receipt != wanted):
                continue
            count += 1
            yield _line(version, counts=version is journal.current(name))
    if not count:
        raise CourseError(
            f"no hand-in of {assignment} has this receipt: compare it with the student's, sign for"
            " sign; a changed file has none"
        )


def use(course: Course, assignment: str, student: str, beginning: str) -> str:
    """Let an earlier version count; it stays so until the student hands in again."""
    journal = _journal(course, assignment)
    versions = _known(journal, student, assignment)
    fitting = {v.hash: v for v in versions if v.hash.startswith(beginning.lower())}
    if len(fitting) != 1 or not beginning:
        raise CourseError(
            f"{student} has {len(fitting) or 'no'} versions that begin with {beginning!r}: there is"
            f" {', '.join(dict.fromkeys(version.hash[:SHORT] for version in versions))}"
        )
    (version,) = fitting.values()
    notebooks = [path.stem for path in course.source_notebooks(assignment)]
    limit = 1000 * course.directory.max_dir_size
    found = contents.unfolded(journal.contents(version), notebooks, limit)
    with alone(journal.folder, assignment):
        journal.choose(version)
        place(course, student, assignment, found, version.time)
        journal.note_placed(version)
    return f"{student}: version {version.hash[:SHORT]} counts now: grade {assignment} again"


def _journal(course: Course, assignment: str) -> Journal:
    course.source_notebooks(assignment)  # CourseError for one that there is not
    journal = Journal(course, assignment)
    if not journal.versions:
        raise CourseError(
            f"nothing of {assignment} was collected yet: "
            f"run `python -m autograder collect FILES --assignment {assignment}`"
        )
    return journal


def _known(journal: Journal, student: str, assignment: str) -> list[Version]:
    versions = journal.versions.get(student)
    if not versions:
        raise CourseError(f"nothing of {student} was collected for {assignment}")
    return versions


def _line(version: Version, *, counts: bool) -> str:
    time = f"came {version.time} ({version.told_by})" if version.time else "not known when it came"
    parts = [
        version.hash[:SHORT],
        time,
        *([f"the student's clock said {version.claimed}"] if version.claimed else []),
        f"collected {version.collected} from {version.source or 'the course itself'}",
        *([f"receipt {version.receipt}"] if version.receipt else []),
        *version.notes,
    ]
    return f"{'*' if counts else ' '} {version.student}: {', '.join(parts)}"
