"""The course's own steps of `make`: release the problem sets, grade the sample class, sum up.

`release` makes `assignments/` from `solutions/` by nbgrader; `sample` lays the invented students
of `tests/submissions` into the course, a class for each folder, grades them, writes their feedback
and the class reports, and compares every verdict with what the file's name says; `summary` tells
where all of it lies. What has not changed since is not made again.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from autograder.exchange.block import without
from tools.common import (
    BUILD,
    ROOT,
    SITE,
    ToolError,
    files_below,
    fingerprint,
    read_stamp,
    run,
    write_stamp,
)

SOLUTIONS = ROOT / "solutions"
ASSIGNMENTS = ROOT / "assignments"
COURSE = ROOT / "_course"
SAMPLES = ROOT / "tests" / "submissions"
CONFIG = ROOT / "nbgrader_config.py"


def problem_sets() -> list[str]:
    """The names of all problem sets, in reading order."""
    return sorted(path.name for path in SOLUTIONS.iterdir() if any(path.glob("*.ipynb")))


# -- release -------------------------------------------------------------------------------


def release() -> None:
    """Make each released problem set again whose source has changed, or that is not as made."""
    for name in problem_sets():
        stamp = BUILD / "stamps" / f"release-{name}"
        if read_stamp(stamp) == _state_of_release(name):
            print(f"assignments/{name}: up to date")
            continue
        COURSE.mkdir(exist_ok=True)
        _examine(name)
        _generate(name)
        write_stamp(stamp, _state_of_release(name))
        print(f"assignments/{name}: made from solutions/{name}")


def tell_library() -> None:
    """Let the library know what was released: `python -m lossland check` compares with it."""
    from lossland.handin.releases import TABLE, table  # noqa: PLC0415

    path = ROOT / "lossland" / "data" / TABLE
    text = table(ASSIGNMENTS)
    if not path.is_file() or path.read_text("utf8") != text:
        path.write_text(text, "utf8")
        print(f"{_shown(path)}: made from {_shown(ASSIGNMENTS)}")


def release_and_tell() -> None:
    """Both steps of `make assignments`."""
    release()
    tell_library()


def _examine(name: str) -> None:
    """Grade the instructor's own solution: nobody gets a problem set that its author would fail."""
    # Imported here: the other steps need neither nbgrader nor the judge.
    from autograder.batch.running import examine_assignment  # noqa: PLC0415
    from autograder.course.directory import Course  # noqa: PLC0415
    from autograder.errors import GraderError  # noqa: PLC0415

    try:
        examine_assignment(Course.load(ROOT), name)
    except GraderError as error:
        raise ToolError(str(error)) from error


def _generate(name: str) -> None:
    """Let nbgrader make one released problem set; what is there stays until it has succeeded.

    nbgrader takes the course's path for a pattern, in which brackets mean something: it works
    through a link without any.
    """
    with tempfile.TemporaryDirectory(prefix="release-") as place:
        root = Path(place, "course")
        root.symlink_to(ROOT)
        made = BUILD / "release"
        shutil.rmtree(made, ignore_errors=True)
        _command(
            "nbgrader", "generate_assignment", name, "--create", "--force", "--log-level=ERROR",
            f"--CourseDirectory.root={root}",
            f"--CourseDirectory.release_directory={made.relative_to(ROOT)}",
        )  # fmt: skip
        shutil.rmtree(ASSIGNMENTS / name, ignore_errors=True)
        shutil.move(made / name, ASSIGNMENTS / name)


def _state_of_release(name: str) -> str:
    return fingerprint(files_below(SOLUTIONS / name, ASSIGNMENTS / name), _settings())


def _settings() -> str:
    """The course's configuration; where its exchange lies changes nothing that is made here."""
    return without(CONFIG.read_text("utf8"))


# -- the sample class -----------------------------------------------------------------------


class Sample(NamedTuple):
    """One invented submission, as its file's name tells it: ``student-04__loses-A+B--why``."""

    student: str
    verdict: str
    path: Path

    @property
    def loses(self) -> frozenset[str]:
        """The test cells that must lose points; none for a full score."""
        parts = [part for part in self.verdict.split("--") if part.startswith("loses-")]
        return frozenset(parts[0].removeprefix("loses-").split("+")) if parts else frozenset()


def samples(name: str) -> list[Sample]:
    """The sample class of one problem set."""
    files = sorted((SAMPLES / name).glob("*__*.ipynb"))
    return [Sample(*path.stem.split("__", 1), path) for path in files]


def sample() -> None:
    """Grade the sample class of every problem set that has one and is not as graded."""
    wrong = []
    for name in problem_sets():
        class_ = samples(name)
        if not class_:
            continue
        stamp = BUILD / "stamps" / f"class-{name}"
        if read_stamp(stamp) == _state_of_class(name):
            print(f"{name}: the sample class is up to date")
            continue
        _hand_in(name, class_)
        verdicts = COURSE / "reports" / f"{name}.json"
        verdicts.parent.mkdir(parents=True, exist_ok=True)
        _autograder("grade", name, "--out", str(verdicts))
        _autograder("feedback", name)
        _autograder("report", name)
        differing = _compare(name, class_, json.loads(verdicts.read_text("utf8")))
        if not differing:
            write_stamp(stamp, _state_of_class(name))
        wrong += differing
    if wrong:
        raise ToolError("verdicts that differ from the file names: " + "; ".join(wrong))


def _state_of_class(name: str) -> str:
    code = [f for f in files_below(ROOT / "autograder", ROOT / "lossland") if f.suffix == ".py"]
    pages = files_below(COURSE / "reports", *COURSE.glob(f"feedback/*/{name}"))
    pages = [page for page in pages if name in (page.parent.name, page.stem)]
    files = [*files_below(SOLUTIONS / name, SAMPLES / name), *code, *pages]
    return fingerprint(files, _settings())


def _autograder(*arguments: str) -> None:
    """The grader's command, in this process: nine classes would import it 27 times."""
    from autograder.cli import main  # noqa: PLC0415

    if main([*arguments, "--course", str(ROOT)]):
        raise ToolError(f"`autograder {' '.join(arguments)}` failed; its last line says why")


def _hand_in(name: str, class_: list[Sample]) -> None:
    (notebook,) = (SOLUTIONS / name).glob("*.ipynb")
    for item in class_:
        target = COURSE / "submitted" / item.student / name / notebook.name
        data = item.path.read_bytes()
        if not target.is_file() or target.read_bytes() != data:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)


def _compare(name: str, class_: list[Sample], verdicts: dict[str, object]) -> list[str]:
    """One line for each sample whose verdict is not the one its file name says."""
    submissions = verdicts["submissions"]
    assert isinstance(submissions, list)
    found = {entry["student"]: entry for entry in submissions}
    wrong = []
    for item in class_:
        entry = found.get(item.student, {"status": "absent", "tests": {}})
        lost = {g for g, test in entry["tests"].items() if test["score"] != test["max_score"]}
        if entry["status"] != "graded" or lost != item.loses:
            wrong.append(f"{name}/{item.student} lost {sorted(lost) or 'nothing'}")
    print(f"{name}: {len(class_) - len(wrong)} of {len(class_)} verdicts equal their file names")
    return wrong


# -- summary --------------------------------------------------------------------------------


def summary() -> None:
    """Tell where everything lies and what to do next."""
    lines = [
        "",
        f"  the book           {_shown(SITE / 'index.html')}",
        f"  problem sets       {_shown(ASSIGNMENTS)}",
        f"  sample classes     {_shown(COURSE / 'reports')} (verdicts and a report each), "
        f"{_shown(COURSE / 'feedback')} (feedback)",
        "",
        "  make serve         read the book at http://localhost:8000",
        "  make test          run all tests",
        "  .venv/bin/jupyter lab assignments/05-momentum    work on a problem set",
        "",
    ]
    print("\n".join(lines))


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _command(*command: str) -> None:
    """Run a module of this environment in the course's folder."""
    bin_folder = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}
    line = [sys.executable, "-m", *command]
    done = subprocess.run(line, cwd=ROOT, env=environment, check=False)
    if done.returncode:
        raise ToolError(f"`{' '.join(command)}` failed; its last line says why")


COMMANDS = {"release": release_and_tell, "sample": sample, "summary": summary}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        sys.exit(f"usage: python -m tools.course {'|'.join(COMMANDS)}")
    run(COMMANDS[sys.argv[1]])
