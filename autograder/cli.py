"""The command line: ``python -m autograder grade | feedback | report | compare ASSIGNMENT …``.

The commands around grading, ``collect``, ``versions``, ``deadlines`` and
``return``, stand in ``commands``.

What goes wrong is told in one line on standard error, with exit status 2.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from autograder import starting
from autograder.commands import collect, deadlines, give_back, versions
from autograder.commands.common import course_option, say
from autograder.compare import command as compare
from autograder.errors import GraderError
from autograder.exchange import command as exchange
from autograder.text import printable

FAILED = 2
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that it cannot print is no error
            stream.reconfigure(errors="backslashreplace")
    starting.begin()
    try:
        status: int | None = options.run(options)
    except GraderError as error:
        return _failed(str(error))
    except KeyboardInterrupt:
        print(
            "autograder: interrupted; what is graded is stored, the same command goes on",
            file=sys.stderr,
        )
        return INTERRUPTED
    except BrokenPipeError:
        # Nobody reads on; the interpreter must not try to flush once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        return _failed(f"{error.filename or 'the disk'}: {error.strerror or error}")
    else:
        return status or 0
    return 0


def _failed(reason: str) -> int:
    print(f"autograder: {printable(' '.join(reason.split()))}", file=sys.stderr)
    return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m autograder",
        description="Grades the notebooks of an nbgrader course; nbgrader stays its gradebook.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    grade = commands.add_parser("grade", help="grade new and changed submissions")
    grade.set_defaults(run=_grade)
    _common(grade)
    grade.add_argument("--workers", type=int, metavar="N", help="processes (default: all cores)")
    grade.add_argument(
        "--scheduler", metavar="ADDRESS", help="grade on the workers of a Dask scheduler"
    )
    grade.add_argument("--out", type=Path, metavar="FILE", help="write all verdicts as JSON")
    grade.add_argument(
        "--force", action="store_true", help="grade unchanged submissions again, tell differences"
    )
    grade.add_argument(
        "--require-sandbox",
        action="store_true",
        help="refuse to grade where the host cannot isolate the student's code fully",
    )
    grade.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="change a limit, as in test_seconds=30; may be repeated",
    )
    feedback = commands.add_parser("feedback", help="write each student's feedback page")
    feedback.set_defaults(run=_feedback)
    _common(feedback)
    report = commands.add_parser("report", help="write the class report for the instructor")
    report.set_defaults(run=_report)
    _common(report)
    report.add_argument("--out", type=Path, metavar="FILE", help="where to (default: the course)")
    _common(compare.add(commands))
    for command in (collect, versions, deadlines, exchange, give_back):
        command.register(commands)
    return parser


def _common(command: argparse.ArgumentParser) -> None:
    command.add_argument("assignment", metavar="ASSIGNMENT", help="the assignment's name")
    course_option(command)
    command.add_argument(
        "--student",
        action="append",
        default=[],
        metavar="ID",
        help="only this student; may be repeated",
    )


# nbgrader takes a second to import: only the command that runs pays for it.


def _grade(options: argparse.Namespace) -> None:
    from autograder.sandbox.parent import begun  # noqa: PLC0415

    # Sandboxes' libraries are imported while this process imports nbgrader.
    with begun() if options.scheduler is None else contextlib.nullcontext():
        _graded(options)


def _graded(options: argparse.Namespace) -> None:
    from autograder.batch.running import grade_class  # noqa: PLC0415
    from autograder.batch.store import dump_json, publish  # noqa: PLC0415
    from autograder.course.directory import Course  # noqa: PLC0415
    from autograder.settings import Judge  # noqa: PLC0415

    out = _writable(options.out)
    course = Course.load(options.course)
    limits = Judge.of(course.config).allowed(options.limit)
    with _elsewhere(options) as workers:
        outcome = grade_class(
            course,
            options.assignment,
            limits=limits,
            workers=options.workers,
            force=options.force,
            students=options.student,
            require_sandbox=options.require_sandbox,
            say=say,
            **workers,
        )
    if out is not None:
        publish(out, dump_json(outcome.to_json()))
    say(outcome.summary())


@contextlib.contextmanager
def _elsewhere(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """The workers that were asked for, if they are not this machine's."""
    if options.scheduler is None:
        yield {}
        return
    if options.workers is not None:
        raise GraderError(
            "--workers counts processes of this machine: leave it out beside --scheduler"
        )
    from autograder.batch.cluster import connected  # noqa: PLC0415

    with connected(options.scheduler, say) as make_executor:
        yield {"make_executor": make_executor}


def _feedback(options: argparse.Namespace) -> None:
    from autograder.course.directory import Course  # noqa: PLC0415
    from autograder.pages.feedback import write_feedback  # noqa: PLC0415

    course = Course.load(options.course)
    written = write_feedback(course, options.assignment, students=options.student)
    folder = course.folder("feedback", "STUDENT", options.assignment)
    say(f"{options.assignment}: {len(written)} feedback pages in {course.shown(folder)}")


def _report(options: argparse.Namespace) -> None:
    from autograder.batch.store import publish  # noqa: PLC0415
    from autograder.course.directory import Course  # noqa: PLC0415
    from autograder.pages.report import class_report  # noqa: PLC0415

    out = _writable(options.out)
    course = Course.load(options.course)
    page = class_report(course, options.assignment, students=options.student)
    path = out or course.folder("reports", ".", "") / f"{options.assignment}.html"
    publish(path, page.encode("utf-8", "replace"))
    say(f"{options.assignment}: class report in {path}")


def _writable(path: Path | None) -> Path | None:
    """The absolute path; GraderError now rather than after an hour of grading."""
    if path is None:
        return None
    path = path.absolute()
    if path.is_dir():
        raise GraderError(f"--out {path} is a directory: name a file")
    if not path.parent.is_dir():
        raise GraderError(f"--out {path}: there is no directory {path.parent}")
    return path
