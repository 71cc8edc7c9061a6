"""What several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path

from autograder.text import printable


def course_option(command: argparse.ArgumentParser) -> None:
    """``--course DIR``."""
    command.add_argument(
        "--course",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="folder with nbgrader_config.py (default: the current one)",
    )


def say(line: str) -> None:
    """One line for the instructor; nothing in it acts on a terminal."""
    print(printable(line), flush=True)
