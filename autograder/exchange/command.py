"""``python -m autograder exchange [FOLDER]``: set up a shared server's exchange, or look at it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from autograder.commands.common import course_option, say


def register(commands: Any) -> None:
    """Add the command to the parser."""
    exchange = commands.add_parser(
        "exchange",
        help="set up nbgrader's exchange on a shared server, and say what is wrong with it",
        description="Makes the exchange's folders with the rights that students need, tells the"
        " course and the students' JupyterLab where it is, and says in a line each what is wrong"
        " and how far each assignment has come. It may be called any number of times.",
    )
    exchange.set_defaults(run=_run)
    exchange.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="FOLDER",
        help="where all students can go (default: where the course's exchange is)",
    )
    course_option(exchange)
    exchange.add_argument(
        "--students",
        type=Path,
        metavar="DIR",
        help="write the students' nbgrader_config.py into this folder, as in /etc/jupyter",
    )
    exchange.add_argument(
        "--change-rights",
        action="store_true",
        help="change the rights of folders that are there already",
    )
    exchange.add_argument("--check", action="store_true", help="only look, change nothing")


def _run(options: argparse.Namespace) -> None:
    # nbgrader takes a second to import: only the command that runs pays for it.
    from autograder.course.directory import Course  # noqa: PLC0415
    from autograder.exchange.setting_up import set_up  # noqa: PLC0415

    set_up(
        Course.load(options.course),
        options.folder,
        students=options.students,
        change_rights=options.change_rights,
        look_only=options.check,
        say=say,
    )
