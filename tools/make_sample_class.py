"""Write the sample classes: submissions of invented students, from the released problem sets.

    python -m tools.make_sample_class                   # tests/submissions/, from assignments/
    python -m tools.make_sample_class 05-momentum       # one class alone

A submission's file name is its expected verdict: ``student-05__loses-TEST+TEST--MISTAKE.ipynb``
loses the points of exactly these test cells, and its diagnosis is that named mistake. The same
notebook and the same students give the same bytes. ``tools/sample_classes`` describes the classes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.catalogue import Catalogue, Entry, load
from tools.sample_classes import Student, classes

ROOT = Path(__file__).parents[1]
STUB = "    # YOUR CODE HERE\n    raise NotImplementedError()"


def submission(released: Mapping[str, Any], student: Student, catalogue: Catalogue) -> str:
    """The student's notebook as text; ValueError for an answer to no question."""
    notebook = json.loads(json.dumps(released))
    left, entries = dict(student.answers), _entries(student, catalogue)
    first = None
    for index, cell in enumerate(notebook["cells"]):
        about = cell["metadata"].get("nbgrader", {})
        if not about.get("solution"):
            continue
        first = index if first is None else first
        name, source = about["grade_id"], "".join(cell["source"])
        if name in left:
            answer = left.pop(name)
            text = source.replace(STUB, answer) if cell["cell_type"] == "code" else answer
        else:
            text = entries[name].source_cell().rstrip() if name in entries else source
        cell["source"] = text.splitlines(keepends=True)
    if left:
        raise ValueError(f"{student.name} answers {', '.join(left)}, which nobody asked")
    for number, note in enumerate(student.notes, start=1):
        notebook["cells"].insert(first or 0, _note(note, f"note-{number}"))
        first = (first or 0) + 1
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _entries(student: Student, catalogue: Catalogue) -> dict[str, Entry]:
    """The entries of the catalogue that the student has written, by function.

    ValueError for a mistake that is not there, or of a function that the student left out.
    """
    found: dict[str, Entry] = {}
    if student.way is not None:
        for function in catalogue.functions:
            ways = catalogue.alternatives_of(function)
            found[function] = ways[student.way % len(ways)]
    known = {entry.name: entry for entry in catalogue.mistakes}
    for name in student.mistakes:
        if name not in known or known[name].function in student.left_out:
            raise ValueError(f"{student.name} makes the mistake {name}, which nobody can make here")
        found[known[name].function] = known[name]
    return {name: entry for name, entry in found.items() if name not in student.left_out}


def _note(source: str, name: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {},
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }


def write(
    released: Path, students: Sequence[Student], out: Path, catalogue: Catalogue
) -> list[Path]:
    """Write every student's submission into ``out``; files of the same kind go first."""
    notebook = json.loads(released.read_text(encoding="utf-8"))
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("student-*__*.ipynb"):
        old.unlink()
    for student in students:
        text = submission(notebook, student, catalogue)
        (out / student.file).write_text(text, encoding="utf-8")
    return [out / student.file for student in students]


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("assignments", nargs="*", help="which classes (default: all)")
    options = parser.parse_args(arguments)
    known = {class_.ASSIGNMENT: class_ for class_ in classes()}
    for name in options.assignments or known:
        if name not in known:
            parser.exit(2, f"{name} has no class: there are {', '.join(known)}\n")
        released = sorted((ROOT / "assignments" / name).glob("*.ipynb"))
        if not released:
            parser.exit(2, f"assignments/{name} is missing: make assignments releases it\n")
        out = ROOT / "tests" / "submissions" / name
        made = write(released[0], known[name].STUDENTS, out, load(ROOT / "solutions" / name))
        print(f"{len(made)} submissions in {out.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
