"""Write the sample class: submissions of invented students, from a released problem set.

    python -m tools.make_sample_class                 # tests/submissions/, from assignments/
    python -m tools.make_sample_class --out DIR --released FILE

A submission's file name is its expected verdict: ``student-05__loses-TEST+TEST--MISTAKE.ipynb``
loses the points of exactly these test cells, and its diagnosis is that named mistake. The same
notebook and the same students give the same bytes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.sample_classes import Student, momentum

ROOT = Path(__file__).parents[1]
STUB = "    # YOUR CODE HERE\n    raise NotImplementedError()"


def submission(released: Mapping[str, Any], student: Student) -> str:
    """The student's notebook as text; ValueError for an answer to no question."""
    notebook = json.loads(json.dumps(released))
    left = dict(student.answers)
    first = None
    for index, cell in enumerate(notebook["cells"]):
        about = cell["metadata"].get("nbgrader", {})
        if not about.get("solution"):
            continue
        first = index if first is None else first
        answer = left.pop(about["grade_id"], None)
        if answer is not None:
            source = "".join(cell["source"])
            text = source.replace(STUB, answer) if cell["cell_type"] == "code" else answer
            cell["source"] = text.splitlines(keepends=True)
    if left:
        raise ValueError(f"{student.name} answers {', '.join(left)}, which nobody asked")
    for number, note in enumerate(student.notes, start=1):
        notebook["cells"].insert(first or 0, _note(note, f"note-{number}"))
        first = (first or 0) + 1
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _note(source: str, name: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {},
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }


def write(released: Path, students: Sequence[Student], out: Path) -> list[Path]:
    """Write every student's submission into ``out``; files of the same kind go first."""
    notebook = json.loads(released.read_text(encoding="utf-8"))
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("student-*__*.ipynb"):
        old.unlink()
    for student in students:
        (out / student.file).write_text(submission(notebook, student), encoding="utf-8")
    return [out / student.file for student in students]


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    assignment = ROOT / "assignments" / momentum.ASSIGNMENT
    parser.add_argument("--released", type=Path, default=assignment / "momentum.ipynb")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "tests" / "submissions" / momentum.ASSIGNMENT
    )
    options = parser.parse_args(arguments)
    if not options.released.exists():
        parser.exit(2, f"{options.released} is missing: run make, which releases it\n")
    written = write(options.released, momentum.STUDENTS, options.out)
    print(f"{len(written)} submissions in {options.out}")


if __name__ == "__main__":
    main()
