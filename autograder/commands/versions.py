"""``python -m autograder versions A``: what was collected, whose a receipt is, going back."""

from __future__ import annotations

import argparse
from typing import Any

from autograder.commands.common import course_option, say
from autograder.errors import GraderError


def register(commands: Any) -> None:
    """Add the command to the parser."""
    versions = commands.add_parser(
        "versions",
        help="list every version that was collected, find a receipt, go back to a version",
        description="Lists every version that was collected; * marks the one that counts.",
    )
    versions.set_defaults(run=_run)
    versions.add_argument("assignment", metavar="ASSIGNMENT", help="the assignment's name")
    versions.add_argument("--student", default="", metavar="ID", help="only this student")
    versions.add_argument("--receipt", default="", help="only the hand-in file with this receipt")
    versions.add_argument(
        "--use", default="", metavar="HASH", help="let this version of the student count"
    )
    course_option(versions)


def _run(options: argparse.Namespace) -> None:
    from autograder.course.directory import Course  # noqa: PLC0415
    from autograder.intake.versions import listed, use  # noqa: PLC0415

    if options.use and not options.student:
        raise GraderError("--use needs --student ID: a version is one student's")
    course = Course.load(options.course)
    if options.use:
        say(use(course, options.assignment, options.student, options.use))
    for line in listed(
        course, options.assignment, student=options.student, receipt=options.receipt
    ):
        say(line)
