"""``python -m lossland check``: what a student sees before handing in, and what the file holds."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.intake.contents import Contents, unfolded
from lossland.handin import packing, releases
from lossland.handin.accidents import accidents
from lossland.handin.cli import main
from lossland.handin.notebook import Cell, read
from lossland.handin.running import Outcome, Run
from tests.autograder.classroom import cell, changed, find, handed_in, notebook

ROOT = Path(__file__).parents[2]
MOMENTUM = ROOT / "assignments" / "05-momentum" / "momentum.ipynb"
Notebook = dict[str, Any]


def released(made: Notebook) -> Notebook:
    """With the checksums that nbgrader leaves in released cells."""
    made = copy.deepcopy(made)
    for number, each in enumerate(made["cells"], 1):
        settings = each["metadata"].get("nbgrader")
        if settings:
            found = Cell(number, each["cell_type"], each["source"], settings)
            settings["checksum"] = found.checksum
    return made


STUB = "def {0}(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
RELEASE = released(handed_in(STUB.format("slope"), STUB.format("height"), "YOUR ANSWER HERE"))


def worked(slope: str = "def slope(x):\n    return 2 * x", **more: str) -> Notebook:
    """The released notebook with answers in it."""
    made = changed(RELEASE, "slope", source=slope)
    made = changed(made, "height", source="def height(x):\n    return x * x")
    for name, source in more.items():
        made = changed(made, name, source=source)
    return made


def with_cell(made: Notebook, source: str, at: int = 2, **parts: Any) -> Notebook:
    made = copy.deepcopy(made)
    made["cells"].insert(at, cell("code", source) | parts)
    return made


class Desk:
    """A student's folder beside the course's releases."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder / "my work"
        self.folder.mkdir()
        self.releases = folder / "assignments"
        self.capsys = capsys
        (self.releases / "ps1").mkdir(parents=True)
        (self.releases / "ps1" / "hills.ipynb").write_text(json.dumps(RELEASE))
        (self.releases / "ps2").mkdir()
        other = notebook(cell("code", "", "valley", solution=True))
        (self.releases / "ps2" / "valleys.ipynb").write_text(json.dumps(released(other)))

    def save(self, made: Notebook | bytes, name: str = "hills.ipynb") -> Path:
        path = self.folder / name
        path.write_bytes(made if isinstance(made, bytes) else json.dumps(made).encode())
        return path

    def check(self, made: Notebook | bytes, *options: str) -> tuple[int, str]:
        """Exit status and everything that was printed."""
        path = self.save(made)
        status = main(["check", str(path), "--release", str(self.releases), *options])
        said = self.capsys.readouterr()
        return status, said.out + said.err

    def warnings(
        self, made: Notebook, name: str = "hills.ipynb", result: Run | None = None
    ) -> list[str]:
        """The accidents that are seen without running anything."""
        path = self.save(made, name)
        known = releases.below(self.releases)
        found = read(path)
        release = releases.find(found, known)
        told = accidents(found, release, known, result or Run())
        return [("grave: " if each.grave else "") + each.text for each in told]


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


# Running ------------------------------------------------------------------------------------


def test_a_right_notebook(desk: Desk) -> None:
    """Are public tests counted, hidden ones never called passed, and the file packed?"""
    status, said = desk.check(worked(), "--student", "student-01")
    assert status == 0
    assert "  test_slope: passed\n" in said
    assert "  test_height: nothing of this test is visible\n" in said
    assert "public tests 1/1; hidden tests not run here\n" in said
    assert "all passed" not in said
    assert "\n! " not in said
    path = desk.folder / "student-01-ps1.zip"
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["manifest.json", "hills.ipynb"]
        assert archive.read("hills.ipynb") == (desk.folder / "hills.ipynb").read_bytes()
        manifest = archive.read("manifest.json")
    assert f"receipt: {hashlib.sha256(manifest).hexdigest()}\n" in said
    told = json.loads(manifest)
    assert (told["student"], told["assignment"]) == ("student-01", "ps1")
    assert told["public_tests"] == {"test_slope": "ok"}


FAILURES: dict[str, tuple[Notebook, list[str]]] = {
    "unwritten": (
        changed(RELEASE, "height", source="def height(x):\n    return x * x"),
        [
            "test_slope: failed: NotImplementedError",
            "found: it is not written yet: the line `raise NotImplementedError()` is still there",
            "your line: cell slope, line 3: raise NotImplementedError()",
        ],
    ),
    "wrong": (
        worked("def slope(x):\n    return 3 * x"),
        [
            "test_slope: failed: AssertionError",
            "expected: `slope(1) == 2`",
            "found: slope(1) is 3",
            "your line: cell slope, line 1: def slope(x):",
        ],
    ),
    "raises": (
        worked("def slope(x):\n    y = x[0]\n    return y"),
        [
            "test_slope: failed: TypeError: 'int' object is not subscriptable",
            "your line: cell slope, line 2: y = x[0]",
        ],
    ),
    "syntax": (
        worked("def slope(x)\n    return 2 * x"),
        ["slope (no test): failed: SyntaxError", "test_slope: failed: NameError"],
    ),
    "asks": (
        worked("def slope(x):\n    return int(input('x?'))"),
        ["found: it asks for input: nobody answers while grading"],
    ),
    "prints": (
        worked("def slope(x):\n    print('x' * 9_000_000)\n    return 3 * x"),
        ["found: slope(1) is 3"],
    ),
    "exits": (
        worked("def slope(x):\n    exit()"),
        ["test_slope: failed: "],
    ),
}


@pytest.mark.parametrize("kind", FAILURES)
def test_a_failure_is_explained(desk: Desk, kind: str) -> None:
    """Does each failed test tell what it expected, what it found, and the student's own line?"""
    made, told = FAILURES[kind]
    status, said = desk.check(made, "--no-file")
    assert status == 1
    for line in told:
        assert line in said
    assert "public tests 0/1; hidden tests not run here" in said


def test_what_does_not_end_costs_its_own_cell(desk: Desk) -> None:
    """Is an endless loop stopped, also one that swallows the interrupt, and the rest run?"""
    made = with_cell(worked("def slope(x):\n    while True:\n        pass"), "x = 1")
    made = with_cell(
        made, "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    )
    made = with_cell(made, "import os\nos._exit(0)")
    status, said = desk.check(made, "--no-file", "--seconds", "1")
    assert status == 1
    assert "test_slope: took too long and was stopped: is there a loop" in said
    assert "cell 4 (no test): took too long and was stopped" in said
    assert "cell 3 (no test): ended Python itself" in said
    assert "test_height: nothing of this test is visible" in said


def test_the_process_is_a_clean_one(desk: Desk) -> None:
    """Is it started in the notebook's folder, with its own modules and files, and no display?"""
    (desk.folder / "helper.py").write_text("FACTOR = 2")
    (desk.folder / "data.txt").write_text("7")
    code = (
        "import helper, numpy as np, matplotlib.pyplot as plt\n"
        "%matplotlib inline\n"
        "!echo run\n"
        "plt.plot([1, 2]); plt.show()\n"
        "seven = int(open('data.txt').read())\n"
        "await __import__('asyncio').sleep(0)\n"
        "seven"
    )
    made = with_cell(worked("def slope(x):\n    return helper.FACTOR * x"), code)
    status, said = desk.check(made, "--student", "student-01")
    assert (status, said.count("\n! ")) == (0, 0), said
    with zipfile.ZipFile(desk.folder / "student-01-ps1.zip") as archive:
        assert archive.namelist() == ["manifest.json", "hills.ipynb", "data.txt", "helper.py"]


def test_hidden_state_shows_in_a_clean_run(desk: Desk) -> None:
    """Is a name told that a deleted or a later cell defined, and an output that no run gives?"""
    ran: dict[str, Any] = {"execution_count": 1}
    stored = [{"output_type": "stream", "name": "stdout", "text": "5\n"}]
    made = with_cell(worked(), "print(later)", 1, **ran)
    made = with_cell(made, "gone + 1", 2, **ran)
    made = with_cell(made, "later = 1\nprint(6)", 3, **{"execution_count": 2, "outputs": stored})
    said = desk.check(made, "--no-file")[1]
    assert "! hidden state: cell 2 uses `later`, which cell 4 defines further down" in said
    assert "! hidden state: cell 3 uses `gone`, which no cell of this file defines" in said
    assert "! hidden state: cell 2, cell 3 ran in your kernel and fails in a clean one" in said
    assert "! other outputs: cell 4 shows in the file what a clean run does not give" in said


VALUES = {
    "f": "<function __main__.f()>",
    "{'b': 2, 'a': 1}, {3, 1, 2}": "({'b': 2, 'a': 1}, {1, 2, 3})",
    "np.linspace(0, 1, 3)": "array([0. , 0.5, 1. ])",
    "int": "int",
    "object()": "<object at 0x7f0000000000>",
    "print('a'); 1.5": "a1.5",
    "2;": "",
}


def test_outputs_as_a_notebook_stores_them(desk: Desk) -> None:
    """Does a value count as the same that IPython writes in another way than Python?"""
    made = with_cell(worked(), "import numpy as np\ndef f(): pass", 1)
    for at, (source, text) in enumerate(VALUES.items(), 2):
        stored = {"output_type": "execute_result", "data": {"text/plain": text}, "metadata": {}}
        made = with_cell(made, source, at, execution_count=at, outputs=[stored] if text else [])
    assert "! " not in desk.check(made, "--no-file")[1]


# Accidents ----------------------------------------------------------------------------------


def forbidding(made: Notebook) -> Notebook:
    return {**made, "metadata": {**made["metadata"], "lossland": {"forbidden_imports": ["json"]}}}


def without(made: Notebook, name: str) -> Notebook:
    made = copy.deepcopy(made)
    del made["cells"][find(made, name)]
    return made


def older(made: Notebook) -> Notebook:
    """As an earlier release had the test."""
    whole = released(changed(made, "test_slope", source="assert slope(2) == 4"))
    return notebook(*(
        new if new["id"] == "id-test_slope" else old
        for new, old in zip(whole["cells"], made["cells"], strict=True)
    ))  # fmt: skip


ACCIDENTS: dict[str, tuple[Notebook, str]] = {
    "untouched": (RELEASE, "grave: wrong file? Every answer is as it was released"),
    "no problem set": (notebook(cell("code", "1")), "grave: wrong file? It holds no cell"),
    "another version": (older(worked()), "another version: test_slope is not as in the version"),
    "test deleted": (without(worked(), "test_slope"), "deleted test cell: test_slope; the grader"),
    "answer deleted": (without(worked(), "slope"), "deleted answer cell: slope; what stands in it"),
    "given deleted": (without(worked(), "given"), "deleted locked cell: given; the grader puts"),
    "test changed": (worked(test_slope="pass"), "changed: test_slope is not yours to change"),
    "twice": (
        notebook(*worked()["cells"], worked()["cells"][find(RELEASE, "slope")]),
        "slope is there more than once",
    ),
    "out of order": (
        with_cell(with_cell(worked(), "b", 2, execution_count=3), "a", 3, execution_count=1),
        "hidden state? cell 4 was run before cell 3, which stands above it",
    ),
    "not there": (
        worked("import torch\ndef slope(x):\n    return 2 * x"),
        "slope imports torch, which is not among the course's packages",
    ),
    "forbidden": (
        forbidding(worked("from json import loads")),
        "slope imports json, which holds answers to this problem set",
    ),
    "absolute": (
        with_cell(worked(), "open('/home/me/points.csv')"),
        "cell 3, line 1: '/home/me/points.csv' lies on this machine alone",
    ),
    "windows": (with_cell(worked(), r"open(r'C:\me\a.csv')"), r"'C:\\me\\a.csv' lies on this"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ACCIDENTS)
def test_accidents(desk: Desk, kind: str) -> None:
    """Is each told, with what to do?"""
    made, told = ACCIDENTS[kind]
    assert [line for line in desk.warnings(made) if told in line]


def test_honest_work_gives_no_warning(desk: Desk) -> None:
    """Does nothing cry wolf about a notebook as it should be?"""
    made = with_cell(worked(), "import numpy as np, random\nopen('data.csv')\n'/usr'\n4 / 2")
    assert desk.warnings(made) == []


def test_another_set_under_this_name(desk: Desk) -> None:
    """Is a file that its name, or its folder's, belies told?"""
    other = json.loads((desk.releases / "ps2" / "valleys.ipynb").read_text())
    other = changed(other, "valley", source="mine")
    told = "grave: wrong file? {} holds the cells of ps2, not of ps1"
    assert any(told.format("ps1.ipynb") in line for line in desk.warnings(other, "ps1.ipynb"))
    assert any(
        told.format("student-01_ps1 (1).ipynb") in line
        for line in desk.warnings(other, "student-01_ps1 (1).ipynb")
    )
    assert not any("wrong file" in line for line in desk.warnings(other, "ps2.ipynb"))


def test_newer_work_beside_the_file(desk: Desk) -> None:
    """Are a newer checkpoint and a newer copy told, but no older and no equal one?"""
    checkpoint = desk.folder / ".ipynb_checkpoints" / "hills-checkpoint.ipynb"
    checkpoint.parent.mkdir()
    copied = desk.folder / "hills-Copy1.ipynb"
    path = desk.save(worked())
    os.utime(path, (1_000_000, 1_000_000))

    def told(made: Notebook, seconds: int) -> list[str]:
        for each in (checkpoint, copied):
            each.write_text(json.dumps(made))
            os.utime(each, (seconds, seconds))
        known = releases.below(desk.releases)
        found = read(path)
        return [each.text for each in accidents(found, known[0], known, Run())]

    newer = told(worked("def slope(x):\n    return x + x"), 1_000_100)
    assert newer[0].startswith("unsaved work? Jupyter's checkpoint of 1970-")
    assert newer[1].startswith("wrong copy? hills-Copy1.ipynb was saved later (1970-")
    assert told(worked("def slope(x):\n    return x + x"), 999_000) == []
    assert told(worked(), 1_000_100) == []


def test_what_looks_wrong_is_not_packed(desk: Desk) -> None:
    """Does the untouched release make no hand-in file, unless the student insists?"""
    status, said = desk.check(RELEASE)
    assert status == 1
    assert "no hand-in file was written" in said
    assert list(desk.folder.glob("*.zip")) == []
    assert "receipt: " in desk.check(RELEASE, "--anyway")[1]
    assert [path.name for path in desk.folder.glob("*.zip")] == ["ps1.zip"]


def test_several_notebooks_are_one_hand_in(desk: Desk) -> None:
    """Does a problem set's other notebook go into the file, and a missing one get its line?"""
    (desk.releases / "ps1" / "valleys.ipynb").write_text(json.dumps(released(notebook())))
    said = desk.check(worked())[1]
    assert "! valleys.ipynb belongs to this problem set, too, and does not lie beside" in said
    desk.save(notebook(), "valleys.ipynb")
    assert "(valleys.ipynb goes into the same file: check it as well)" in desk.check(worked())[1]
    with zipfile.ZipFile(desk.folder / "ps1.zip") as archive:
        assert archive.namelist() == ["manifest.json", "hills.ipynb", "valleys.ipynb"]


# Errors -------------------------------------------------------------------------------------

WRONG: dict[str, tuple[bytes, list[str], str]] = {
    "not there": (b"", ["{dir}/gone.ipynb"], "there is no file {dir}/gone.ipynb; in {dir} there"),
    "a folder": (b"{}", ["{dir}"], "{dir} is a folder: name the notebook in it, as in {dir}/hills"),
    "no JSON": (b"{", ["{dir}/hills.ipynb"], "hills.ipynb is no notebook (Expecting property name"),
    "no cells": (b"[]", ["{dir}/hills.ipynb"], "hills.ipynb is no notebook: it holds no list"),
    "old": (b'{"worksheets": []}', ["{dir}/hills.ipynb"], "hills.ipynb has an old format: open"),
    "no set": (MOMENTUM.read_bytes(), ["{dir}/hills.ipynb", "--assignment", "ps9"], "no problem s"),
    "no out": (b'{"cells": []}', ["{dir}/hills.ipynb", "--out", "{dir}/x"], "there is no such fol"),
    "no time": (b'{"cells": []}', ["{dir}/hills.ipynb", "--seconds", "0"], "must be at least 1"),
    "no release": (b'{"cells": []}', ["{dir}/hills.ipynb", "--release", "{dir}/x"], "no such f"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
def test_one_clear_line(desk: Desk, kind: str) -> None:
    """Is a wrong turn one line on standard error, status 2, and nothing written?"""
    data, arguments, told = WRONG[kind]
    desk.save(data)
    before = sorted(desk.folder.rglob("*"))
    assert main(["check", *(each.format(dir=desk.folder) for each in arguments)]) == 2
    said = desk.capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith("lossland: ")
    assert told.format(dir=desk.folder) in said.err
    assert sorted(desk.folder.rglob("*")) == before


# The file -----------------------------------------------------------------------------------


def packed(desk: Desk, time: str = "2026-11-20T10:00:00+00:00", **more: bytes) -> packing.Packed:
    import datetime

    found = read(desk.save(worked()))
    found = dataclasses.replace(found, saved=1e9)
    files = {"hills.ipynb": found.data, **more}
    now = datetime.datetime.fromisoformat(time)
    content = packing.manifest(
        found, files, assignment="ps1", student="student-01", now=now, tests={}
    )
    return packing.pack(desk.folder / "out.zip", content, files)


def test_the_same_work_gives_the_same_file(desk: Desk) -> None:
    """Do only the time and the content change file and receipt?"""
    one, data = packed(desk), (desk.folder / "out.zip").read_bytes()
    again = packed(desk)
    assert (again, (desk.folder / "out.zip").read_bytes()) == (one, data)
    assert packed(desk, "2026-11-20T11:00:00+00:00").receipt != one.receipt
    assert packed(desk, other=b"1").receipt != one.receipt


CHANGES: dict[str, tuple[Callable[[dict[str, bytes]], None], str]] = {
    "nothing": (lambda files: None, ""),
    "notebook": (lambda files: files.update({"hills.ipynb": b"{}"}), "hills.ipynb changed after"),
    "missing": (lambda files: files.pop("hills.ipynb"), "hills.ipynb changed after"),
    "added": (lambda files: files.update({"x.py": b"1"}), "x.py changed after the check"),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_the_receipt_is_verified(desk: Desk, kind: str) -> None:
    """Does collecting see what was changed after the check, however it was packed again?"""
    from tests.autograder.arrivals import zipped

    done = packed(desk)
    with zipfile.ZipFile(done.path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change, told = CHANGES[kind]
    change(files)
    again = zipped({f"unpacked/{name}": data for name, data in files.items()})
    found = unfolded(Contents({"student-01.zip": again}), ["hills"], 10**8)
    assert found.manifest is not None
    assert found.manifest.receipt == done.receipt
    assert told in found.manifest.trouble
    assert bool(told) == bool(found.manifest.trouble)
    assert "manifest.json" not in found.files


# The course's own problem sets --------------------------------------------------------------


def test_the_table_of_releases_is_up_to_date() -> None:
    """Does the library know the released notebooks as they are? `make assignments` writes it."""
    table = ROOT / "lossland" / "data" / releases.TABLE
    assert table.read_text(encoding="utf-8") == releases.table(ROOT / "assignments")


def test_checksums_are_nbgrader_s() -> None:
    """Is every cell of every released notebook as released, by nbgrader's own checksum?"""
    for path in sorted(ROOT.glob("assignments/*/*.ipynb")):
        found = read(path)
        assert found.named
        assert all(each.is_as_released for each in found.named), path
        assert found.is_untouched


def test_a_real_problem_set_in_a_process_of_its_own(tmp_path: Path) -> None:
    """Does the command work on a student's machine, without grader and nbgrader?"""
    (sample,) = ROOT.glob("tests/submissions/05-momentum/student-01__*.ipynb")
    path = tmp_path / "05-momentum.ipynb"
    path.write_bytes(sample.read_bytes())
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "for name in ('autograder', 'nbgrader', 'nbformat', 'nbconvert', 'sqlalchemy', 'yaml'):\n"
        "    sys.modules[name] = None\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "lossland", "check", str(path), "--student", "student-01"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
    )
    assert done.stderr == ""
    assert "public tests 9/9; hidden tests not run here" in done.stdout, done.stdout
    assert (tmp_path / "student-01-05-momentum.zip").is_file()


def test_outcomes_of_nothing() -> None:
    """Is a cell that was never reached not run?"""
    assert Run().of(3) == Outcome("not run")
