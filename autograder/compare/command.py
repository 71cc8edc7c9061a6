"""``python -m autograder compare ASSIGNMENT``: a second opinion by stock nbgrader."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable

DIFFERENT = 1


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """Add the command; its parser, for what all commands have in common."""
    command = commands.add_parser(
        "compare",
        help="grade with stock nbgrader too and print every cell in which the two differ",
        description="Grades the reference, the untouched release and some submissions here and "
        "with stock nbgrader, in a scratch copy of the course. Exit status 0 when all scores are "
        "equal, 1 when not. Stock nbgrader runs what students wrote with your rights and without "
        "walls: ask for submissions only where you would run them yourself.",
    )
    command.set_defaults(run=run)
    command.add_argument(
        "--submissions",
        type=_number,
        default=0,
        metavar="N",
        help="compare up to N students' submissions too (default: none)",
    )
    command.add_argument(
        "--json", action="store_true", help="print one JSON document instead of lines"
    )
    return command


def _number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of submissions")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Compare, print, and tell by the exit status whether all is equal."""
    # nbgrader takes a second to import: only this command pays for it.
    from autograder.compare.comparing import compare  # noqa: PLC0415
    from autograder.course.directory import Course  # noqa: PLC0415
    from autograder.text import printable  # noqa: PLC0415

    def told(line: str) -> None:
        print(printable(line), flush=True)

    say: Callable[[str], None] = _unsaid if options.json else told
    course = Course.load(options.course)
    found = compare(
        course,
        options.assignment,
        submissions=options.submissions,
        students=options.student,
        say=say,
    )
    for note in found.notes:
        say(note)
    if options.json:
        json.dump(found.to_json(), sys.stdout, indent=1)
        print()
    say(found.summary())
    return 0 if found.equal else DIFFERENT


def _unsaid(line: str) -> None:
    """With --json nothing is printed but the document."""
