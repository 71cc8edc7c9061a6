"""``python -m autograder collect``: bring in what was handed in elsewhere, and say what came of it.

The order of work is such that a run that ends at any point loses nothing and can be repeated:
versions are kept first, placed afterwards, and what is known already is not done again.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from autograder.batch.deadlines import Clock, rules
from autograder.course.directory import Course
from autograder.course.folder import TIMESTAMP
from autograder.errors import CourseError, GraderError
from autograder.intake import contents, roster, sources
from autograder.intake.archives import ArrivalError, Item
from autograder.intake.belonging import Assignments
from autograder.intake.contents import Contents
from autograder.intake.journal import Journal, Version
from autograder.intake.matching import Matcher
from autograder.intake.placing import alone, place, there, tidy
from autograder.intake.plain import Naming
from autograder.intake.platforms import Bundle, renumbered
from autograder.intake.report import Report
from autograder.intake.roster import Roster
from autograder.intake.sorting import Sorting
from autograder.intake.unplaced import Unplaced
from autograder.text import named

FOUND_THERE = "lay there already"


def collect(
    course: Course,
    assignment: str,
    paths: Sequence[Path],
    *,
    students: Path | None = None,
    received: str = "",
    dry_run: bool = False,
    say: Callable[[str], None] = print,
) -> Report:
    """Place everything that students handed in for one assignment.

    ``received`` is a time by which all of it had come, for what has no time of its own. Raises
    GraderError when nothing can be collected at all.
    """
    notebooks = [path.stem for path in course.source_notebooks(assignment)]
    clock = Clock.of(course)
    by_then = clock.utc(received, "--received") if received else None
    class_list = roster.load(course, students)
    work = _Work(
        course,
        assignment,
        notebooks,
        class_list,
        clock=clock,
        by_then=by_then,
        dry_run=dry_run,
    )
    with contextlib.nullcontext() if dry_run else alone(work.journal.folder, assignment):
        work.take(paths)
        if students is not None and not dry_run:
            roster.keep(course, class_list)
        work.sort()
        work.bring()
    work.tell_late()
    kept = "" if dry_run else course.shown(work.unplaced.folder)
    for line in work.report.lines(assignment, kept):
        say(line)
    if dry_run:
        say("nothing was written: --dry-run")
    return work.report


class _Work:
    """One run: bundles, whose they are, what was read of them."""

    def __init__(
        self,
        course: Course,
        assignment: str,
        notebooks: Sequence[str],
        class_list: Roster,
        *,
        clock: Clock,
        by_then: datetime.datetime | None,
        dry_run: bool,
    ) -> None:
        self.course = course
        self.assignment = assignment
        self.notebooks = notebooks
        self.roster = class_list
        self.clock = clock
        self.by_then = by_then
        self.dry_run = dry_run
        self.journal = Journal(course, assignment)
        self.matcher = Matcher(class_list, self.journal.numbers)
        self.report = Report()
        self.limit = 1000 * course.directory.max_dir_size
        self.now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        self.unplaced = Unplaced(self.journal.folder, self.limit, self.journal.mode)
        self.taken = sources.Taken()
        self.belongs: dict[str, list[Bundle]] = {}

    def take(self, paths: Sequence[Path]) -> None:
        words = {self.assignment, *self.notebooks}
        for name in self.course.assignments():
            words |= {name, *(path.stem for path in self.course.source_notebooks(name))}
        self.taken = sources.take(paths, Naming(self.matcher.known, frozenset(words)))
        for item, why in self.taken.troubles:
            self.leave(item.path, why, [item])
        if not self.taken.bundles and not self.taken.troubles:
            names = ", ".join(str(path) for path in paths)
            raise CourseError(f"{names}: nothing was handed in there, no file that could be read")

    def sort(self) -> None:
        """Find whose each bundle is."""
        sorting = Sorting(self.matcher, self.journal.numbers, self.notebooks, self.limit)
        self.belongs, nobodys = sorting.sorted_out(renumbered(self.taken.bundles))
        for bundle, why in nobodys:
            reason = why or f"its name tells no student: call it STUDENT_{self.assignment}.ipynb"
            self.leave(bundle.key, reason, [item for _, item in bundle.items])

    def bring(self) -> None:
        """Keep the versions of each student, place the one that counts."""
        if not self.dry_run:
            tidy(self.course, "-", self.assignment)
        for student in sorted(self.belongs):
            kept = [self._kept(student, bundle) for bundle in self.belongs[student]]
            added = [version for version in kept if version is not None]
            if added or student in self.journal.versions:
                self._placed(student, added)

    def tell_late(self) -> None:
        """Say that there is something to be looked at, before it costs anybody a point."""
        asked = rules(self.course, self.assignment)
        late = 0
        for student in self.belongs:
            version = self.journal.current(student)
            due = asked.own.get(student, asked.due)
            late += bool(version and version.time and due and version.time > _written(due))
        if late:
            self.report.notes.append(
                f"{late} came after the deadline: see `python -m autograder deadlines "
                f"{self.assignment}`"
            )

    def _kept(self, student: str, bundle: Bundle) -> Version | None:
        """The version, if it is a new one; None when it was there or holds no notebook."""
        items = [item for _, item in bundle.items]
        try:
            came = contents.raw(bundle, self.limit)
        except ArrivalError as error:
            self.leave(bundle.key, f"{student}: {error}", items)
            return None
        found = contents.unfolded(came, self.notebooks, self.limit)
        if why := self._unfit(found, came):
            self.leave(bundle.key, f"{student}: {why}", items)
            return None
        version = self._version(student, bundle, came, found)
        self._found(items)
        if self.journal.holds(version):
            return None
        for note in version.notes:
            self.report.notes.append(f"{student}: {note}")
        if not self.dry_run:
            self._keep_what_lies_there(student)
            self.journal.add(version, came)
        else:
            self.journal.versions[student].append(version)
        return version

    def _unfit(self, found: Contents, came: Contents) -> str:
        """Why there is nothing to place."""
        if not found.notebooks:
            if found.notes:
                return "; ".join(found.notes)
            names = ", ".join(named(name) for name in list(came.files)[:3])
            return f"it holds no notebook, only {names}" if names else "it holds nothing"
        other = self._others.of(found)
        if other:
            return (
                f"the notebook is of {other}, not of {self.assignment}: collect it with "
                f"--assignment {other}"
            )
        meant = found.manifest.assignment if found.manifest is not None else ""
        if meant in self._others.others:
            found.note(f"the hand-in file says that it is for {meant}")
        return ""

    @cached_property
    def _others(self) -> Assignments:
        return Assignments(self.course, self.assignment)

    def leave(self, what: str, why: str, items: Sequence[Item]) -> None:
        """Keep what could not be placed, and say why."""
        self.report.unplaced.append((what, why))
        if not self.dry_run:
            self.unplaced.keep(what, why, items, self.now)

    def _found(self, items: Sequence[Item]) -> None:
        if not self.dry_run:
            self.unplaced.forget(items)

    def _version(self, student: str, bundle: Bundle, came: Contents, found: Contents) -> Version:
        time, told_by = self._time(student, bundle)
        manifest = found.manifest
        told = list(found.notes)
        if manifest is not None and manifest.student not in ("", student):
            told.append(f"the hand-in file says that it is from {named(manifest.student)}")
        if bundle.late:
            told.append(f"{bundle.platform.title()} marked it as late")
        return Version(
            student=student,
            hash=contents.digest(came.files),
            collected=self.now,
            time=time,
            told_by=told_by,
            claimed=manifest.time if manifest else "",
            platform=bundle.platform,
            key=bundle.key,
            names=tuple(item.name for _, item in bundle.items),
            number=bundle.claims.number[1],
            attempt=bundle.attempt,
            late=bundle.late,
            source=bundle.items[0][1].source if bundle.items else "",
            receipt=manifest.receipt if manifest and not manifest.trouble else "",
            notes=tuple(dict.fromkeys(told)),
        )

    def _time(self, student: str, bundle: Bundle) -> tuple[str, str]:
        """When it came and who says so; what a student's clock or a download says counts not."""
        listed = self.roster.students.get(student)
        for text, told_by in (
            (bundle.time, bundle.platform),
            (listed.submitted if listed else "", "class list"),
        ):
            if text and text != "-":
                try:
                    return _written(self.clock.utc(text, "")), told_by
                except GraderError as error:
                    self.report.notes.append(f"{student}: its time is not known: {error}")
        return (_written(self.by_then), "--received") if self.by_then else ("", "")

    def _keep_what_lies_there(self, student: str) -> None:
        """What came another way, by nbgrader or by hand, is a version too before it is replaced."""
        if self.journal.versions.get(student) or not there(self.course, student, self.assignment):
            return
        handed_in = self.course.hand_in(self.course.submission(student, self.assignment))
        files = {name: data for name, data in handed_in.files.items() if name != TIMESTAMP}
        if not files:
            return
        moment = self.course.timestamp(self.course.folder("submitted", student, self.assignment))
        version = Version(
            student,
            contents.digest(files),
            self.now,
            time=_written(moment.time) if moment.time else "",
            told_by=TIMESTAMP if moment.time else "",
            notes=(FOUND_THERE,),
        )
        self.journal.add(version, Contents(files, dict(handed_in.modified)))

    def _placed(self, student: str, added: list[Version]) -> None:
        best = self.journal.current(student)
        if best is None:
            return
        lies = there(self.course, student, self.assignment)
        if not added and self.journal.placed.get(student) == best.hash and lies:
            self.report.unchanged.append(student)
            return
        if not self.dry_run:
            came = self.journal.contents(best)
            found = contents.unfolded(came, self.notebooks, self.limit)
            place(self.course, student, self.assignment, found, best.time)
            self.journal.note_placed(best)
        (self.report.renewed if lies else self.report.placed).append(student)
        if added and added[-1] is not best:
            self.report.notes.append(f"{student}: an earlier version came; the newer one stays")


def _written(time: datetime.datetime) -> str:
    """As nbgrader writes its timestamps."""
    return time.strftime("%Y-%m-%d %H:%M:%S UTC")
