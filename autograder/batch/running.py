"""Grading a class: what is new is graded, and what is graded is never graded again.

A run reads the sources once, compares each submission with the verdict on disk, grades the new
and the changed ones in worker processes, and files each verdict as it arrives: one writer, no
matter how many workers. One bad submission never stops it.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from autograder.batch import deadlines, premises, store
from autograder.batch.changes import Changes, bounded
from autograder.batch.filing import Filing, Keys
from autograder.batch.gradebook import Writer
from autograder.batch.grading import Graded, Task, examine
from autograder.batch.host import make_plan
from autograder.batch.locking import one_writer
from autograder.batch.outcome import ClassVerdict
from autograder.batch.pool import Job, grade_all
from autograder.batch.rehearsal import opened_first, rehearse
from autograder.batch.verdicts import Tally, Verdicts
from autograder.batch.workers import MakePool, checked_workers, closing, process_pool
from autograder.course import datafiles, release, supplied
from autograder.course.directory import NEVER_HANDED_OUT, Course
from autograder.course.folder import Submission
from autograder.course.private import private_places
from autograder.course.release import SourceNotebook
from autograder.course.students import one_spelling
from autograder.errors import CourseError
from autograder.limits import Limits
from autograder.settings import Judge

Say = Callable[[str], None]


def grade_class(
    course: Course,
    assignment: str,
    *,
    limits: Limits | None = None,
    workers: int | None = None,
    force: bool = False,
    students: Sequence[str] = (),
    require_sandbox: bool = False,
    make_executor: MakePool = process_pool,
    say: Say = print,
) -> ClassVerdict:
    """Grade every new or changed submission of an assignment and store the verdicts.

    ``students`` restricts the run to some; ``force`` grades unchanged submissions again and
    tells the differences. Raises a GraderError when the class cannot be graded at all.
    """
    started = time.monotonic()
    number = checked_workers(workers)
    with contextlib.ExitStack() as held:
        held.enter_context(contextlib.chdir(course.root))
        notebooks = release.load(course, assignment, say)
        submissions = chosen(course, assignment, students)
        for line in datafiles.missing(course, assignment, notebooks):
            say(line)
        settings = Judge.of(course.config)
        settings.require_sandbox = settings.require_sandbox or require_sandbox
        held.enter_context(one_writer(course, say))
        ensure_registered(course, assignment, notebooks, say)
        premises.keep(private_places(course))
        tasks = make_tasks(course, assignment, notebooks, settings, limits)
        with course.gradebook() as book:
            filing = Filing(course, tasks, Writer(book, assignment, course.config))
            run = _Run(filing, submissions, say, force=force)
            run.plan()
            if run.jobs:
                run.grade(number, run.rehearsed(notebooks, number, make_executor))
            for line in deadlines.bring_up_to_date(course, assignment, book.db):
                say(line)
            for line in bounded(filing.revise_penalties(), "penalties more are other ones now"):
                say(line)
        return ClassVerdict(
            assignment,
            Verdicts(course, assignment, tuple(tasks), run.students),
            run.tally.scores,
            run.tally.most,
            run.unchanged,
            time.monotonic() - started,
        )


def examine_assignment(course: Course, assignment: str, say: Say = print) -> None:
    """What a run does before it grades anybody, for an assignment that is yet to be released.

    Raises CourseError where the instructor's own solution loses a point.
    """
    with contextlib.chdir(course.root):
        notebooks = release.load(course, assignment, say)
        for line in datafiles.missing(course, assignment, notebooks):
            say(line)
        premises.keep(private_places(course))
        tasks = make_tasks(course, assignment, notebooks, Judge.of(course.config))
        with closing(process_pool(1)) as pool:
            for task in tasks.values():
                report = pool.submit(examine, task).result()
                report.check()
                for note in report.notes:
                    say(note)


def chosen(course: Course, assignment: str, students: Sequence[str]) -> list[Submission]:
    """The submissions to grade; CourseError when there are none or a student has none."""
    submissions = course.submissions(assignment)
    handed_in = {submission.student for submission in submissions}
    for student in students:
        if one_spelling(student) not in handed_in:
            raise CourseError(
                f"{student} has handed in no {assignment}: nothing lies in "
                f"{course.shown(course.folder('submitted', student, assignment))}"
            )
    if not submissions:
        if not course.folder("release", ".", assignment).is_dir():
            raise CourseError(
                f"{assignment} was never released: run `nbgrader generate_assignment {assignment}`"
            )
        where = course.shown(course.folder("submitted", "STUDENT", assignment))
        raise CourseError(
            f"there are no submissions of {assignment}: "
            f"run `nbgrader collect {assignment}` or put them into {where}"
        )
    wanted = {one_spelling(student) for student in students}
    return [s for s in submissions if not wanted or s.student in wanted]


def ensure_registered(
    course: Course, assignment: str, notebooks: list[SourceNotebook], say: Say
) -> None:
    """The gradebook must know the assignment's cells before it can hold a grade."""
    with course.gradebook() as book:
        if release.is_registered(book, assignment, notebooks):
            return
    release.register(course, assignment, notebooks)
    source = course.shown(course.folder("source", ".", assignment))
    say(
        f"{assignment}: the gradebook did not know these test cells; it has them from {source} now."
        f" Next: nbgrader generate_assignment {assignment} --force"
    )


def make_tasks(
    course: Course,
    assignment: str,
    notebooks: list[SourceNotebook],
    settings: Judge,
    limits: Limits | None = None,
) -> dict[str, Task]:
    """One task for each notebook; ``limits`` take the place of the settings' own."""
    folder = course.folder("source", ".", assignment)
    catalogue = {name: folder / name for name in NEVER_HANDED_OUT if (folder / name).is_file()}
    beside = supplied.modules(notebook.source for notebook in notebooks)
    files = {**beside, **_contents(course.data_files(assignment))}
    modules = _contents(catalogue)
    return {
        notebook.name: Task(
            assignment=assignment,
            notebook=notebook.name,
            source=json.dumps(notebook.source),
            released=json.dumps(notebook.released),
            limits=limits or settings.allowed(),
            catalogue=modules,
            files=files,
            others=notebook.others,
            delimiters=course.hidden_delimiters,
            require_sandbox=settings.require_sandbox,
            plan=make_plan(notebooks, settings.shown),
            inside=settings.inside,
        )
        for notebook in notebooks
    }


def _contents(paths: Mapping[str, Path]) -> dict[str, bytes]:
    try:
        return {name: path.read_bytes() for name, path in paths.items()}
    except OSError as error:
        raise CourseError(f"{error.filename} cannot be read: {error.strerror}") from error


class _Run:
    """One run over a class: what is to do, what came out.

    Verdicts are on disk and nowhere else: a run of any length holds those that are under way.
    """

    def __init__(
        self, filing: Filing, submissions: Sequence[Submission], say: Say, *, force: bool
    ) -> None:
        self.tasks = filing.tasks
        self.filing = filing
        self.submissions = submissions
        self.students = tuple(submission.student for submission in submissions)
        self.say = say
        self.force = force
        self.jobs: deque[Job] = deque()
        self.keys: dict[tuple[str, str], Keys] = {}
        self.tally = Tally(self.students)
        self.unchanged = 0
        reports = filing.course.folder("reports", ".", "")
        self.changes = Changes(reports / f"{filing.assignment}-changes.csv")

    def plan(self) -> None:
        """Sort the submissions into those to grade and those whose verdict still holds."""
        course, assignment = self.filing.course, self.filing.assignment
        for submission in self.submissions:
            student, handed_in = submission.student, course.hand_in(submission)
            if trouble := course.timestamp(submission.folder).trouble:
                self.say(f"{student}: {trouble}; whether it was late is not known")
            for name, task in self.tasks.items():
                keys = self.filing.keys(handed_in, name)
                record = store.load(course, student, assignment, name)
                if record is None or self.force or not self.filing.holds(record, keys.whole, name):
                    self.jobs.append(Job(task, submission, course.hand_in))
                    self.keys[student, name] = keys
                    continue
                self.filing.keep(submission, name, record)
                self.tally.add(record.verdict)
                self.unchanged += 1

    def rehearsed(
        self, notebooks: list[SourceNotebook], workers: int, make_executor: MakePool
    ) -> MakePool:
        """Try out host and reference in the pool that then grades."""
        pool = make_executor(min(workers, len(self.jobs)))
        try:
            for line in rehearse(self.filing, notebooks, pool, again=self.force):
                self.say(line)
            # How cells are judged is known now.
            told = (replace(job, task=self.tasks[job.task.notebook]) for job in self.jobs)
            self.jobs = deque(told)
        except BaseException:
            pool.shutdown(now=True)
            raise
        return opened_first(pool, make_executor)

    def grade(self, workers: int, make_executor: MakePool) -> None:
        """Grade what is to be graded; each verdict is stored as it arrives."""
        bar = tqdm(
            total=len(self.jobs),
            desc=self.filing.assignment,
            unit="notebook",
            file=sys.stderr,
            disable=not (self.jobs and sys.stderr.isatty()),
        )
        with bar:
            for job, graded in grade_all(self.jobs, workers, make_executor):
                for line in self.stored(job, graded):
                    bar.clear()
                    self.say(line)
                bar.update()
        for line in self.changes.summary():
            self.say(line)

    def stored(self, job: Job, graded: Graded) -> Iterator[str]:
        """Store a verdict; a line if it was not graded, and one for each changed score."""
        student, name, verdict = job.submission.student, job.task.notebook, graded.verdict
        keys = self.keys.pop((student, name))
        course, assignment = self.filing.course, self.filing.assignment
        before = store.load(course, student, assignment, name, outputs=False)
        same = before is not None and before.submitted == keys.submitted
        again = same and before is not None and before.filed
        self.filing.file(job.submission, name, graded, keys, again=again)
        self.tally.add(verdict)
        if verdict.status == "not graded":
            yield f"{student}: not graded: {verdict.reason}"
        if graded.detail:
            path = store.path_of(course, student, assignment, name)
            last = graded.detail.strip().splitlines()[-1]
            yield f"{student}: the grader failed: {last} (more in {path})"
        if before is not None and same:
            several = name if len(self.tasks) > 1 else ""
            yield from self.changes.told(before.verdict, verdict, several)
