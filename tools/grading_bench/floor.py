"""The students' own computing: their cells alone, in a process that has imported everything.

    python -m tools.grading_bench.floor COURSE ASSIGNMENT

Runs every submission's code cells that are no tests, without walls, forks or tests, and prints
processor seconds as JSON: of the cells, and of drawing their figures as a notebook does.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("agg")
import matplotlib.pyplot as plt
import numpy as np

Seconds = tuple[float, float]


def computed(notebook: dict[str, Any], place: Path) -> Seconds:
    """Processor seconds of a submission's cells, and of its figures."""
    names: dict[str, Any] = {"__name__": "__main__"}
    cells = [
        "".join(cell["source"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and not _is_test(cell)
    ]
    cell_seconds = figure_seconds = 0.0
    with contextlib.chdir(place), contextlib.redirect_stdout(io.StringIO()):
        for source in cells:
            started = time.process_time()
            # A student's cell may raise anything; the next one runs nevertheless.
            with contextlib.suppress(Exception):
                exec(compile(source, "<cell>", "exec"), names)
            ended = time.process_time()
            for number in plt.get_fignums():
                plt.figure(number).savefig(io.BytesIO(), format="png", dpi=72, bbox_inches="tight")
            plt.close("all")
            cell_seconds += ended - started
            figure_seconds += time.process_time() - ended
    return cell_seconds, figure_seconds


def _is_test(cell: dict[str, Any]) -> bool:
    about = cell["metadata"].get("nbgrader", {})
    return bool(about.get("grade") and not about.get("solution"))


def main(course: str, assignment: str) -> None:
    """Print the means over the class; the first submission runs twice, the first time unseen."""
    places = sorted(Path(course, "submitted").glob(f"*/{assignment}"))
    submissions = [
        (json.loads((place / f"{assignment}.ipynb").read_text("utf8")), place) for place in places
    ]
    computed(*submissions[0])
    with np.errstate(all="ignore"):
        found = [computed(*submission) for submission in submissions]
    cells, figures = (sum(part) / len(found) for part in zip(*found, strict=True))
    print(json.dumps({"cells": cells, "figures": figures}))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:3])
