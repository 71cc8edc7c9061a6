"""The lines that the command writes into a course's configuration, and the rest without them."""

from __future__ import annotations

import re

BEGIN = "# >>> written by `python -m autograder exchange` >>>"
END = "# <<< written by `python -m autograder exchange` <<<"
BLOCK = re.compile(rf"\n*^{re.escape(BEGIN)}$.*?^{re.escape(END)}$\n?", re.MULTILINE | re.DOTALL)


def without(text: str) -> str:
    """The configuration as the instructor wrote it, ending in one line break."""
    # Lines may have been added behind the block since.
    return BLOCK.sub(lambda found: "\n" if found.start() else "", text).rstrip("\n") + "\n"


def written(line: str) -> str:
    """The block that holds this line."""
    return f"{BEGIN}\n{line}\n{END}\n"
