"""``python -m autograder deadlines A``: who is late, by how much, and what it costs."""

from __future__ import annotations

import argparse
from typing import Any

from autograder.commands.common import course_option, say


def register(commands: Any) -> None:
    """Add the command to the parser."""
    deadlines = commands.add_parser(
        "deadlines",
        help="show who is late, by how much, and what it costs",
        description="Shows who is late, extended or of unknown time, and what the course's rule"
        " takes off. deadlines.csv in the course's folder holds deadlines and extensions:"
        " assignment,student,due. Nothing is changed without --apply.",
    )
    deadlines.set_defaults(run=_run)
    deadlines.add_argument("assignment", metavar="ASSIGNMENT", help="the assignment's name")
    deadlines.add_argument("--all", action="store_true", help="show those in time, too")
    deadlines.add_argument(
        "--apply",
        action="store_true",
        help="bring the gradebook and its penalties up to deadlines.csv (grading does it as well)",
    )
    course_option(deadlines)


def _run(options: argparse.Namespace) -> None:
    from autograder.batch import late_list  # noqa: PLC0415
    from autograder.course.directory import Course  # noqa: PLC0415

    course = Course.load(options.course)
    if options.apply:
        for line in late_list.apply(course, options.assignment):
            say(line)
    for line in late_list.told(course, options.assignment, everybody=options.all):
        say(line)
