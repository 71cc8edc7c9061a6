"""Compare this grader with stock nbgrader on other people's source notebooks.

    python -m tools.compare_public FOLDER               # every source notebook below FOLDER
    python -m tools.compare_public FOLDER --only TEXT   # those whose path holds TEXT

A source notebook has nbgrader's test cells and solutions that are written out. Each becomes a
course of its own in a temporary folder, with what lies beside it, and is compared as
``python -m autograder compare`` does it. Prints a line a notebook and a table of differences by
kind. Notebooks of other languages are left out.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from autograder.compare.comparing import compare
from autograder.compare.stock import empty_gradebook
from autograder.course import release
from autograder.course.cells import is_answer, is_test
from autograder.course.directory import Course
from autograder.course.formats import language_of, upgraded
from autograder.errors import GraderError
from autograder.judge.process import in_own_process
from autograder.limits import Limits

CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "public"\n'
STUBS = ("NotImplementedError", "YOUR CODE HERE", "YOUR ANSWER HERE")
MAX_BESIDE = 30_000_000
PATIENCE = Limits(submission_seconds=90)
"""Computing of one comparison; ten times as much may pass on the clock."""
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
KINDS = {
    r"stock gave no score": "stock gives the submission no score",
    r"the reference itself fails": "the source's own solution fails with stock too",
    r"this grader could not judge": "not graded here",
    r"warning on stderr": "stock takes a warning for a failure",
    r"although nothing was written": "points for nothing",
    r"stock ended the cell": "stock's time limit",
    r"stock's test ended": "fails in stock alone",
    r"stock read ": "last value read differently",
    r"this grader:": "fails here alone",
}


@dataclass
class Result:
    """One notebook: how many cells were compared, and what differed."""

    path: str
    cells: int = 0
    differences: list[Mapping[str, Any]] = field(default_factory=list)
    trouble: str = ""

    @property
    def better(self) -> bool:
        """Is this grader right about every difference?"""
        return all(each["right"] == "this grader" for each in self.differences)

    def __str__(self) -> str:
        if self.trouble:
            return f"{self.path}: not compared: {self.trouble}"
        equal = self.cells - len(self.differences)
        return f"{self.path}: {equal} of {self.cells} equal"


def sources(folder: Path, only: str) -> Iterator[Path]:
    """Notebooks with tests and solutions, checkpoints left out, each text once."""
    seen: set[bytes] = set()
    for path in sorted(folder.rglob("*.ipynb")):
        if ".ipynb_checkpoints" in path.parts or only not in str(path):
            continue
        data = path.read_bytes()
        if b'"nbgrader"' in data and data not in seen and _is_source(path):
            seen.add(data)
            yield path


def _is_source(path: Path) -> bool:
    try:
        notebook = upgraded(release.read(path))
    except Exception:
        return False
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    tests = [cell for cell in code if is_test(cell) and cell.source.strip()]
    answers = [cell for cell in code if is_answer(cell)]
    written = [cell for cell in answers if not any(stub in cell.source for stub in STUBS)]
    return bool(tests) and 2 * len(written) > len(answers) and not language_of(notebook)


def compared(path: Path, folder: Path) -> Result:
    """Compare one notebook in a course of its own."""
    found = Result(str(path.relative_to(folder)))
    with tempfile.TemporaryDirectory(prefix="public-") as place:
        root = Path(place)
        name = _course(path, root)
        try:
            answer = in_own_process(lambda: _document(root, name), PATIENCE)
        except GraderError as error:
            answer = str(error)
    if isinstance(answer, str) or "error" in answer:
        found.trouble = answer if isinstance(answer, str) else answer["text"]
        return found
    found.cells = sum(answer["compared"].values())
    found.differences = answer["differences"]
    return found


def _document(root: Path, name: str) -> dict[str, Any]:
    return compare(Course.load(root), name, say=lambda _: None).to_json()


def _course(path: Path, root: Path) -> str:
    """A course with this notebook as its only assignment, which is named."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", path.stem).strip("-") or "notebook"
    source = root / "source" / name
    if sum(each.stat().st_size for each in path.parent.rglob("*") if each.is_file()) < MAX_BESIDE:
        ignored = shutil.ignore_patterns("*.ipynb", ".ipynb_checkpoints", ".git")
        shutil.copytree(path.parent, source, ignore=ignored)
    else:
        source.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    notebook = upgraded(release.read(path))
    notebook.metadata.kernelspec = KERNEL
    nbformat.write(notebook, source / f"{name}.ipynb")
    return name


def kind_of(why: str) -> str:
    """The kind of a difference, by the sentence that explains it."""
    return next((kind for text, kind in KINDS.items() if re.search(text, why)), why)


def table(results: list[Result]) -> Iterator[str]:
    """Totals, and the differences by kind and by who is right."""
    cells = sum(result.cells for result in results)
    differences = [each for result in results for each in result.differences]
    compared = [result for result in results if result.cells]
    whole = [result for result in compared if not result.differences]
    better = [result for result in compared if result.differences and result.better]
    yield (
        f"{len(whole)} of {len(results)} notebooks equal, {len(better)} more where only this "
        f"grader is right about what differs; {cells - len(differences)} of {cells} cells equal"
    )
    kinds = Counter((kind_of(each["why"]), each["right"]) for each in differences)
    for (kind, right), number in kinds.most_common():
        yield f"{number:5}  {kind} ({right})"


def main() -> None:
    """Compare all, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="part of the notebooks' paths")
    parser.add_argument("--details", action="store_true", help="print every difference")
    options = parser.parse_args()
    folder = options.folder.resolve()
    empty_gradebook()  # once, for all processes
    results = []
    for path in sources(folder, options.only):
        results.append(compared(path, folder))
        print(results[-1], flush=True)
        for each in results[-1].differences if options.details else ():
            print(f"    {each['who']}: {each['cell']}: {each['why']}", flush=True)
    print(*table(results), sep="\n")


if __name__ == "__main__":
    main()
