"""``python -m autograder return A --for moodle|canvas|plain``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from autograder.commands.common import course_option, say
from autograder.errors import GraderError

PLATFORMS = ("moodle", "canvas", "plain")


def register(commands: Any) -> None:
    """Add the command to the parser."""
    give_back = commands.add_parser(
        "return",
        help="write feedback pages, an archive of them for a platform, and the grades",
        description="Writes each student's feedback page, all of them as an archive that the"
        " platform takes back, and the grades as CSV.",
    )
    give_back.set_defaults(run=_run)
    give_back.add_argument("assignment", metavar="ASSIGNMENT", help="the assignment's name")
    give_back.add_argument("--for", dest="platform", choices=PLATFORMS, default="plain")
    give_back.add_argument(
        "--sheet", type=Path, metavar="CSV", help="the platform's own table of grades, to be filled"
    )
    give_back.add_argument(
        "--column", default="", metavar="NAME", help="its column, as in 'Momentum (4711)'"
    )
    give_back.add_argument(
        "--partial", action="store_true", help="write grades to which more points will come, too"
    )
    give_back.add_argument("--out", type=Path, metavar="DIR", help="where to (default: the course)")
    course_option(give_back)


def _run(options: argparse.Namespace) -> None:
    from autograder.course.directory import Course  # noqa: PLC0415
    from autograder.handback.returning import give_back  # noqa: PLC0415

    if options.out is not None and not options.out.is_dir():
        raise GraderError(f"--out {options.out}: there is no such folder")
    if options.sheet is not None and options.platform == "plain":
        raise GraderError("--sheet needs --for moodle or --for canvas")
    course = Course.load(options.course)
    for line in give_back(
        course,
        options.assignment,
        options.platform,
        sheet=options.sheet,
        column=options.column,
        partial=options.partial,
        out=options.out and options.out.absolute(),
    ):
        say(line)
