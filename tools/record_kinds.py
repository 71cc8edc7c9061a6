"""Record what stock nbgrader gives to each kind of test in the catalogue.

    python -m tools.record_kinds            # all kinds
    python -m tools.record_kinds state      # one family, or one notebook of it: state-2
    python -m tools.record_kinds --here     # grade all with this grader; writes not_yet.txt

Writes ``tests/autograder/kinds_of_tests/stock.json``. Kinds that need a library which is not
installed keep what was recorded before. Where stock gives a right answer less than all points, or
anything for nothing, the catalogue must say what is right: such kinds are printed.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from autograder.compare.stock import StockVerdict, stock_of
from autograder.course.directory import Course
from tests.autograder.kinds_of_tests.building import Group, groups
from tests.autograder.kinds_of_tests.grading import judged
from tests.autograder.kinds_of_tests.reading import (
    ANSWERS,
    FOLDER,
    NOT_YET,
    Kind,
    Scores,
    kinds,
    stock_scores,
)

RECORD = FOLDER / "stock.json"
CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "kinds"\n'


def recorded(group: Group) -> dict[str, Scores]:
    """Name → answer → scores, for the kinds of one notebook."""
    with tempfile.TemporaryDirectory() as folder:
        course = _course(Path(folder), group)
        with stock_of(course, group.name) as stock:
            files = stock.release()
            notebook = f"{group.name}.ipynb"
            released = json.loads(files[notebook])
            verdicts = {}
            for answer in ANSWERS:
                text = json.dumps(group.answered(released, answer)).encode()
                verdicts[answer] = stock.grade(answer, {**files, notebook: text})
                if trouble := verdicts[answer].trouble:
                    print(f"{group.name}: {answer}: {trouble}")
    return {kind.name: _scores(group, kind, verdicts) for kind in group.kinds}


def _course(root: Path, group: Group) -> Course:
    source = root / "source" / group.name
    source.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    (source / f"{group.name}.ipynb").write_text(json.dumps(group.source()))
    for name, data in group.files.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return Course.load(root)


def _scores(group: Group, kind: Kind, verdicts: dict[str, StockVerdict]) -> Scores:
    scores: Scores = {}
    for answer, verdict in verdicts.items():
        cells = [verdict.cells.get((group.name, test)) for test in group.tests(kind)]
        scores[answer] = [cell.score if cell else None for cell in cells]
        said = [cell.error or cell.stderr for cell in cells if cell and cell.score == 0]
        if answer == "solution" and any(said):
            print(f"{kind.name}: {'; '.join(said)}")
    return scores


def unsettled(kind: Kind, scores: Scores) -> Iterator[str]:
    """What stock gives that nobody should, and the catalogue does not set right."""
    right = kind.expected(scores)
    if right["solution"] != kind.points:
        yield f"a right answer gets {right['solution']} of {kind.points}"
    if any(right["untouched"]) or None in right["untouched"]:
        yield f"an untouched one gets {right['untouched']}"
    if right["wrong"] == right["solution"] and any(kind.points):
        yield "a wrong one gets all points"


def here(known: list[Kind]) -> list[str]:
    """Names of the kinds that this grader scores otherwise; each is tried alone before."""
    stock = stock_scores()

    def wrong(some: list[Group]) -> Iterator[str]:
        for group in some:
            if group.needs and find_spec(group.needs) is None:
                print(f"{group.name}: {group.needs} is not installed")
                continue
            with tempfile.TemporaryDirectory() as folder:
                scores = judged(group, Path(folder) / "course")
            names = [k.name for k in group.kinds if scores[k.name] != k.expected(stock[k.name])]
            print(
                f"{group.name}: {len(group.kinds) - len(names)} of {len(group.kinds)}", flush=True
            )
            yield from names

    suspects = list(wrong(groups(known)))
    alone = [kind for kind in known if kind.name in suspects]
    return list(wrong(groups(alone, suspects)))


def main() -> None:
    """Record what is asked for, and print what the catalogue has to set right."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("only", nargs="*", help="families or notebooks (default: all)")
    parser.add_argument("--here", action="store_true", help="grade here and write not_yet.txt")
    options = parser.parse_args()
    known = kinds()
    if options.here:
        names = here(known)
        NOT_YET.write_text("".join(f"{name}\n" for name in names))
        print(f"{len(known) - len(names)} of {len(known)} kinds are scored as they should be")
        return
    found = stock_scores() if RECORD.is_file() else {}
    for group in groups(known):
        if options.only and not {group.name, group.kinds[0].family} & set(options.only):
            continue
        if group.needs and find_spec(group.needs) is None:
            print(f"{group.name}: {group.needs} is not installed")
            continue
        found |= recorded(group)
        names = [kind.name for kind in known if kind.name in found]
        lines = [f" {json.dumps(name)}: {json.dumps(found[name])}" for name in names]
        RECORD.write_text("{\n" + ",\n".join(lines) + "\n}\n")
        for kind in group.kinds:
            for line in unsettled(kind, found[kind.name]):
                print(f"{kind.family}: {kind.title}: {line}", flush=True)


if __name__ == "__main__":
    main()
