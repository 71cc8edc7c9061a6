"""``python -m lossland check NOTEBOOK``: run the visible tests, warn of accidents, pack.

Exit status 0: every visible test passed; 1: some did not, or nothing was packed; 2: the command
could not be carried out, with one line that says why.
"""

from __future__ import annotations

import argparse
import datetime
import io
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lossland.handin import imports, packing, releases
from lossland.handin.accidents import accidents, when
from lossland.handin.notebook import Cell, HandInError, Notebook, read
from lossland.handin.running import Limits, Outcome, Run, run

NOT_ALL_WELL, FAILED = 1, 2
MOST_BESIDE = 10 * 2**20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a sign that a console lacks is no error
            stream.reconfigure(errors="backslashreplace")
    try:
        return _check(options)
    except HandInError as error:
        print(f"lossland: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("lossland: interrupted; nothing was written", file=sys.stderr)
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lossland")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    check = commands.add_parser("check", help="run the visible tests and write a hand-in file")
    check.add_argument("notebook", type=Path, metavar="NOTEBOOK", help="the file, as it is on disk")
    check.add_argument("--student", default="", metavar="ID", help="your id, for the file's name")
    check.add_argument("--assignment", default="", metavar="NAME", help="as in 05-momentum")
    check.add_argument("--out", type=Path, metavar="DIR", help="where the hand-in file goes")
    check.add_argument("--no-file", action="store_true", help="write no hand-in file")
    check.add_argument("--anyway", action="store_true", help="write it though it looks wrong")
    check.add_argument("--release", type=Path, metavar="DIR", help="another course's releases")
    check.add_argument("--seconds", type=int, default=Limits.seconds, help="time for one cell")
    check.add_argument("--memory", type=int, default=Limits.memory_mb, metavar="MB")
    return parser


def _check(options: argparse.Namespace) -> int:
    notebook = read(options.notebook)
    if options.out is not None and not options.out.is_dir():
        raise HandInError(f"--out {options.out}: there is no such folder")
    if min(options.seconds, options.memory) < 1:
        raise HandInError("--seconds and --memory must be at least 1")
    known = releases.below(options.release) if options.release else releases.known()
    release = releases.find(notebook, known)
    names = sorted({each.assignment for each in known})
    if options.assignment and options.assignment not in names and release is not None:
        raise HandInError(
            f"there is no problem set {options.assignment!r}; there are {', '.join(names)}"
        )
    name = release.assignment if release else options.assignment or notebook.path.stem
    print(f"{name}: {notebook.path}, as saved at {when(notebook.saved)}")
    print("(what is only in an open tab cannot be seen from here: save first)")
    result = run(notebook, Limits(seconds=options.seconds, memory_mb=options.memory))
    if not result.memory_limited:
        print("(this system cannot limit memory: the grader can)")
    for line in results(notebook, result):
        print(line)
    found = accidents(notebook, release, known, result, assignment=options.assignment)
    for accident in found:
        print(f"! {accident.text}")
    passed, public = _counts(notebook, result)
    print(f"public tests {passed}/{public}; hidden tests not run here")
    if options.no_file:
        written = True
    elif any(accident.grave for accident in found) and not options.anyway:
        print("no hand-in file was written; if the file is right all the same, add --anyway")
        written = False
    else:
        own = f"{release.notebook}.ipynb" if release else notebook.path.name
        files = {own: notebook.data}
        whole = [f"{each.notebook}.ipynb" for each in known if release and each.assignment == name]
        for other in sorted(set(whole) - {own}):
            files |= _other(notebook, other)
        written = _packed(options, notebook, name, files | _beside(notebook, result), result)
    return 0 if written and passed == public else NOT_ALL_WELL


def results(notebook: Notebook, result: Run) -> Iterator[str]:
    """A line for each test, and what a failed one expected; then errors elsewhere."""
    for cell in notebook.tests:
        outcome = result.of(cell.number)
        if not cell.has_visible_test and outcome.status in ("ok", "not run"):
            yield f"  {cell.name}: nothing of this test is visible"
        elif outcome.status == "ok":
            yield f"  {cell.name}: passed"
        else:
            yield f"  {cell.name}: {_failure(outcome)}"
            yield from _details(outcome)
    for cell in notebook.code:
        outcome = result.of(cell.number)
        if cell.role == "test" or outcome.status in ("ok", "not run") or _may_raise(cell):
            continue
        yield f"  {cell.name} (no test): {_failure(outcome)}"
        yield from _details(outcome)


def _may_raise(cell: Cell) -> bool:
    return "raises-exception" in cell.tags


def _failure(outcome: Outcome) -> str:
    if outcome.status == "too long":
        return "took too long and was stopped: is there a loop that does not end?"
    if outcome.status == "ended the process":
        return "ended Python itself: a crash, exit(), or too much memory"
    if outcome.status == "error":
        return f"failed: {outcome.error}"
    return outcome.status


def _details(outcome: Outcome) -> Iterator[str]:
    for label, text in (
        ("expected", outcome.expected),
        ("found", outcome.found),
        ("your line", outcome.yours),
    ):
        if text:
            yield f"      {label}: {text}"


def _counts(notebook: Notebook, result: Run) -> tuple[int, int]:
    """Visible tests that passed, and all of them."""
    public = [cell for cell in notebook.tests if cell.has_visible_test]
    return sum(result.of(cell.number).status == "ok" for cell in public), len(public)


def _other(notebook: Notebook, name: str) -> dict[str, bytes]:
    """Another notebook of the problem set, as it lies beside the checked one."""
    try:
        found = read(notebook.path.absolute().parent / name)
    except HandInError:
        print(f"! {name} belongs to this problem set, too, and does not lie beside this notebook")
        return {}
    print(f"({name} goes into the same file: check it as well)")
    return {name: found.data}


def _packed(
    options: argparse.Namespace,
    notebook: Notebook,
    assignment: str,
    files: Mapping[str, bytes],
    result: Run,
) -> bool:
    """Write the hand-in file, the checked notebook first, and say what to do with it."""
    student = options.student or os.environ.get("LOSSLAND_STUDENT", "")
    now = datetime.datetime.now(datetime.UTC)
    tests = {
        cell.name: result.of(cell.number).status for cell in notebook.tests if cell.has_visible_test
    }
    content = packing.manifest(
        notebook, files, assignment=assignment, student=student, now=now, tests=tests
    )
    folder = options.out or notebook.path.absolute().parent
    packed = packing.pack(folder / packing.file_name(student, assignment), content, files)
    print(f"hand in: {packed.path}  ({', '.join(files)})")
    print(f"receipt: {packed.receipt}")
    print("keep the receipt: it proves what this file holds, not that it arrived")
    if not student:
        print("(add --student ID and the file says whose it is)")
    return True


def _beside(notebook: Notebook, result: Run) -> dict[str, bytes]:
    """Files beside the notebook that it needs: modules and data of the student's own."""
    folder = notebook.path.absolute().parent
    found: dict[str, bytes] = {}
    for name in sorted({*imports.local_modules(notebook), *result.opened}):
        path = folder / name
        parts = Path(name).parts
        if path.suffix in (".ipynb", ".pyc", ".zip") or any(p.startswith(".") for p in parts):
            continue
        if path.is_file() and path.stat().st_size <= MOST_BESIDE:
            found[Path(name).as_posix()] = path.read_bytes()
    return found
