"""``python -m autograder collect FILES… --assignment A``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from autograder.commands.common import course_option, say


def register(commands: Any) -> None:
    """Add the command to the parser."""
    collect = commands.add_parser(
        "collect",
        help="bring in hand-in files, notebooks, folders and a platform's archives",
        description="Places what students handed in elsewhere (hand-in files, notebooks, folders,"
        " archives of Moodle, Canvas, Blackboard and Gradescope) where grading finds it, keeps"
        " every version, and reports what it could not place.",
    )
    collect.set_defaults(run=_run)
    collect.add_argument("files", nargs="+", type=Path, metavar="FILE")
    collect.add_argument("--assignment", required=True, metavar="NAME")
    collect.add_argument(
        "--students", type=Path, metavar="CSV", help="class list; it is kept for the next time"
    )
    collect.add_argument(
        "--received",
        default="",
        metavar="TIME",
        help="a time by which all of it had come, for what has no time of its own",
    )
    collect.add_argument("--dry-run", action="store_true", help="say what would be done")
    course_option(collect)


def _run(options: argparse.Namespace) -> None:
    from autograder.course.directory import Course  # noqa: PLC0415
    from autograder.intake.collecting import collect  # noqa: PLC0415

    collect(
        Course.load(options.course),
        options.assignment,
        [path.absolute() for path in options.files],
        students=options.students,
        received=options.received,
        dry_run=options.dry_run,
        say=say,
    )
