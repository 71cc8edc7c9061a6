"""The allow-list: what a sandbox shows of the host, what its memory holds, and who makes sure."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

from autograder.batch import host
from autograder.batch.running import grade_class
from autograder.course.private import private_places
from autograder.errors import CourseError, SandboxUnavailable
from autograder.limits import Limits
from autograder.sandbox import landlock, view
from autograder.sandbox.client import Sandbox
from autograder.sandbox.hidden import module_files
from autograder.sandbox.hostcheck import check, modules_in
from autograder.sandbox.walls import Plan
from tests.autograder.classroom import Classroom, StandIn, threads

pytestmark = [
    pytest.mark.linux,
    pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's"),
]

ROOT = Path(__file__).parents[2]
LIMITS = Limits()


def run(code: str, plan: Plan) -> str:
    """What one cell prints, or its error."""
    with Sandbox(plan, LIMITS) as sandbox:
        if plan.namespaces and not sandbox.report.namespaces:
            pytest.skip("this host gives no namespaces")
        if not sandbox.report.namespaces and not sandbox.report.landlock:
            pytest.skip("this host gives neither namespaces nor Landlock")
        (output,) = sandbox.run_notebook([(0, textwrap.dedent(code))])
    return output.text + output.error


# -- the allow-list ---------------------------------------------------------------------------

EVERYTHING = """
    import os, json
    seen = {}
    for top in ["/", "/usr", "/usr/local", "/usr/share", "/usr/local/share", "/usr/local/lib",
                "/usr/lib", "/opt", "/var", "/srv", "/home", "/etc", "/root", "/mnt", "/media",
                "/sys", "/run", "/boot"]:
        try:
            seen[top] = os.listdir(top)
        except OSError:
            pass
    print(json.dumps(seen))
"""


@pytest.mark.parametrize("namespaces", [True, False])
def test_nothing_of_usr_and_opt_but_libraries(namespaces: bool) -> None:
    """Do the folders where courses and exchanges lie show at most the way to a library?"""
    seen: dict[str, list[str]] = json.loads(run(EVERYTHING, Plan(namespaces=namespaces)))
    places = [*view.interpreter(), *view.package("lossland"), *view.package("autograder")]
    met = [view.trail(path) for path in places]
    known = {end for _, end in met} | {link for links, _ in met for link in links}
    on_the_way = known | {above for path in known for above in view.ancestors(path)}
    for folder in ("/opt", "/usr/share", "/usr/local/share", "/usr/local", "/srv", "/var", "/home"):
        for name in seen.get(folder, []):
            assert os.path.join(folder, name) in on_the_way | {"/home/student"}


@pytest.mark.parametrize("namespaces", [True, False])
def test_files_of_the_system_are_out_of_reach(namespaces: bool) -> None:
    """Can nothing be read that no notebook needs, even where everybody on the host may?"""
    wanted = ["/usr/share/doc", "/usr/share/perl5", "/usr/lib/os-release", "/etc/passwd",
              "/etc/hostname", "/opt", "/usr/local/bin", "/usr/include", __file__]  # fmt: skip
    there = [path for path in wanted if os.path.exists(path)]
    code = f"""
    import os
    for path in {there!r}:
        for way in [path, "/proc/self/root" + path, "/proc/1/root" + path]:
            try:
                if os.listdir(way) if os.path.isdir(way) else open(way).read(1):
                    print("saw", way)
            except OSError:
                pass
    """
    assert run(code, Plan(namespaces=namespaces)) == ""


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    """A folder that the instructor shows, with a course in the middle of it."""
    folder = tmp_path / "shared"
    (folder / "course" / "source").mkdir(parents=True)
    (folder / "course" / "source" / "answer.py").write_text("the answer")
    (folder / "course" / "gradebook.db").write_text("all points")
    (folder / "data.txt").write_text("data")
    (folder / "helper.py").write_text("help")
    return folder


def test_a_course_inside_a_shown_folder_is_covered(shown: Path) -> None:
    """Is what the instructor names readable, and the course in the middle of it not?"""
    plan = Plan(shown=(str(shown),), unreachable=(str(shown / "course"),))
    code = f"""
    import os
    print(open({str(shown / "data.txt")!r}).read(), sorted(os.listdir({str(shown)!r})))
    for path in {[str(shown / "course/source/answer.py"), str(shown / "course/gradebook.db")]!r}:
        try:
            print(open(path).read())
        except OSError:
            pass
    print(os.listdir({str(shown / "course")!r}))
    """
    seen = run(code, plan)
    assert seen.startswith("data ['course', 'data.txt', 'helper.py']\nTraceback")
    assert "PermissionError" in seen


def test_a_shown_package_inside_a_covered_course_stays(shown: Path) -> None:
    """Is a folder that is named deeper than the course's own readable, and only that?"""
    package = shown / "course" / "library"
    package.mkdir()
    (package / "tool.py").write_text("tool")
    plan = Plan(shown=(str(shown), str(package)), unreachable=(str(shown / "course"),))
    assert run(f"print(open({str(package / 'tool.py')!r}).read())", plan) == "tool\n"
    assert check(plan, LIMITS) == check(Plan(), LIMITS)


def test_a_link_to_the_course_is_covered_too(shown: Path) -> None:
    """Is a course that is named by a symbolic link out of reach by its own name as well?"""
    link = shown.parent / "link"
    link.symlink_to(shown / "course")
    plan = Plan(shown=(str(shown),), unreachable=(str(link),))
    path = str(shown / "course" / "gradebook.db")
    assert "Error" in run(f"open({path!r}).read()", plan)


def test_the_canary_refuses_what_can_be_read(shown: Path) -> None:
    """Where a course cannot be covered, does the run stop with the path?"""
    if not landlock.version():
        pytest.skip("this kernel has no Landlock")
    course = str(shown / "course")
    plan = Plan(shown=(str(shown),), unreachable=(course,), namespaces=False)
    with pytest.raises(CourseError, match=f"{course} can be read by the students' code: move"):
        check(plan, LIMITS)


@pytest.mark.parametrize("namespaces", [True, False])
def test_the_canary_is_content_with_an_ordinary_course(tmp_path: Path, namespaces: bool) -> None:
    """Is a course in a folder of its own no reason to stop, even with the environment in it?"""
    (tmp_path / "gradebook.db").write_text("all points")
    places = (str(ROOT), str(tmp_path), str(tmp_path / "gradebook.db"), "/usr/local/share")
    plan = Plan(unreachable=places, namespaces=namespaces, imports=("numpy",))
    lines = check(plan, LIMITS, modules=["numpy", "lossland.losses", "matplotlib.pyplot"])
    assert all("namespaces" in line for line in lines)
    if namespaces:
        assert lines == check(Plan(), LIMITS)


def test_required_walls_are_required_of_the_first_sandbox() -> None:
    """Does --require-sandbox stop before anything is graded?"""
    with pytest.raises(SandboxUnavailable, match="namespaces"):
        check(Plan(namespaces=False), LIMITS, require=True)


# -- imports ----------------------------------------------------------------------------------

TRIAL = """
import sys
from autograder.limits import Limits
from autograder.sandbox.hostcheck import check
from autograder.sandbox.walls import Plan
plan = Plan(imports=tuple(sys.argv[1:]))
print(check(plan, Limits(), modules=["numpy", "matplotlib.pyplot", *sys.argv[1:]]))
"""


def trial(
    python: Path | str, *imports: str, umask: int = 0o022, path: str = ""
) -> subprocess.CompletedProcess[str]:
    """Check the host with another environment, umask or import path."""
    folders = os.pathsep.join(filter(None, [str(ROOT), path]))
    return subprocess.run(
        [str(python), "-c", TRIAL, *imports],
        capture_output=True, text=True, umask=umask, check=False,
        env={**os.environ, "PYTHONPATH": folders},
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["links", "pth"])
def test_packages_from_elsewhere_are_shown(kind: str, tmp_path: Path) -> None:
    """Do environments work whose packages are links, or come by a .pth file?"""
    base = os.path.realpath(sys.executable)
    subprocess.run([base, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    (site,) = (tmp_path / "env").glob("lib/python*/site-packages")
    import numpy

    packages = Path(numpy.__file__).parents[1]
    if kind == "pth":
        (site / "shared.pth").write_text(f"{packages}\n")
    else:
        for entry in packages.iterdir():
            if "lossland" not in entry.name:
                (site / entry.name).symlink_to(entry)
    done = trial(tmp_path / "env" / "bin" / "python")
    assert done.stdout == trial(sys.executable).stdout
    assert done.stdout.startswith("(")


def test_links_file_by_file_are_followed(tmp_path: Path) -> None:
    """Where a package manager links every file into its store, is each package shown whole?"""
    store = tmp_path / "store" / "archive"
    site = tmp_path / "site-packages"
    for number, name in enumerate("abcdefghijkl"):
        package = store / str(number) / name
        package.mkdir(parents=True)
        (site / name).mkdir(parents=True)
        for file in ("__init__.py", "part.py"):
            (package / file).touch()
            (site / name / file).symlink_to(package / file)
    met = set(view._links_out_of(str(site)))
    assert met == {str(store / str(n) / name) for n, name in enumerate("abcdefghijkl")}
    assert view._gathered(met) == [str(store)]
    few = sorted(met)[:3]
    assert view._gathered(few) == few


@pytest.mark.parametrize("umask", [0o027, 0o077])
def test_a_strict_umask_takes_no_wall_away(umask: int) -> None:
    """Are all walls up that are up otherwise, whatever the instructor's umask?"""
    assert trial(sys.executable, umask=umask).stdout == trial(sys.executable).stdout


def test_what_cannot_be_imported_inside_refuses_with_its_name(tmp_path: Path) -> None:
    """Does a package whose data lie elsewhere stop the run, with the name and what to do?"""
    (tmp_path / "lib" / "needy").mkdir(parents=True)
    (tmp_path / "elsewhere.txt").write_text("data")
    code = f"open({str(tmp_path / 'elsewhere.txt')!r}).read()\n"
    (tmp_path / "lib" / "needy" / "__init__.py").write_text(code)
    done = trial(sys.executable, "needy", path=str(tmp_path / "lib"))
    last = done.stderr.strip().splitlines()[-1]
    assert "needy cannot be imported inside the sandbox" in last
    assert "elsewhere.txt" in last
    assert "c.Judge.shown" in last


def test_imports_are_read_from_the_students_cells() -> None:
    """Are the modules those that run in the sandbox, magics and tests left aside?"""
    cells = [
        {"cell_type": "code", "metadata": {}, "source": "%matplotlib inline\nimport os.path as p"},
        {"cell_type": "code", "metadata": {}, "source": "def f():\n    from scipy import stats"},
        {"cell_type": "code", "metadata": {"nbgrader": {"grade": True}}, "source": "import torch"},
        {"cell_type": "code", "metadata": {}, "source": "from autograder import checks\nx = ("},
        {"cell_type": "markdown", "metadata": {}, "source": "import this"},
    ]
    assert modules_in({"cells": cells}) == ("os.path", "scipy")


# -- what memory holds ------------------------------------------------------------------------


def forbidden_anywhere() -> list[str]:
    """The modules that some problem set of this course forbids."""
    names: set[str] = set()
    for path in ROOT.glob("solutions/*/*.ipynb"):
        metadata = json.loads(path.read_bytes())["metadata"]
        names.update(metadata.get("lossland", {}).get("forbidden_imports", []))
    return sorted(names)


def marks(module: str) -> list[tuple[str, str]]:
    """The longest texts of a module in two halves each: a needle that is not in the haystack."""
    tree = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text("utf-8"))
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
    long = sorted({t[:60] for t in texts if isinstance(t, str) and len(t) > 60 and t.isascii()})
    return [(text[:30], text[30:]) for text in long[:3]]


SEARCH = """
    import gc, sys, numpy
    modules, needles, control = {modules!r}, {needles!r}, {control!r}
    for name in modules:
        if name in sys.modules:
            print("imported", name)
    for thing in gc.get_objects():
        if getattr(thing, "__module__", None) in modules and callable(thing):
            print("function", thing)
    found = set()
    with open("/proc/self/mem", "rb") as memory:
        for line in open("/proc/self/maps"):
            span, rights, *_ = line.split()
            start, end = (int(n, 16) for n in span.split("-"))
            if "r" not in rights or "[v" in line:
                continue
            memory.seek(start)
            try:
                data = memory.read(end - start)
            except (OSError, ValueError, OverflowError):
                continue
            for first, second in [*needles, control]:
                place = data.find(first.encode())
                while place >= 0:
                    if data[place + len(first):].startswith(second.encode()):
                        found.add(first)
                    place = data.find(first.encode(), place + 1)
    print(found == {{control[0]}} or found)
"""


@pytest.mark.parametrize("namespaces", [True, False])
def test_no_answer_is_in_a_sandboxs_memory(namespaces: bool) -> None:
    """Is no code of any module that some problem set forbids in the process, names or not?"""
    import numpy

    modules = forbidden_anywhere()
    needles = [needle for module in modules for needle in marks(module)]
    assert len(needles) >= len(modules) > 4
    doc = str(numpy.__doc__)[40:100]
    code = SEARCH.format(modules=modules, needles=needles, control=(doc[:30], doc[30:]))
    assert run(code, Plan(namespaces=namespaces)) == "True\n"


@pytest.mark.parametrize("namespaces", [True, False])
def test_forbidden_files_are_out_of_reach_and_their_neighbours_are_not(namespaces: bool) -> None:
    """Can a forbidden module not be read nor imported, with every trick, but its package can?"""
    plan = Plan(hidden=module_files(("lossland.optimizers",)), namespaces=namespaces)
    code = """
    import lossland, lossland.losses, importlib.util, os, sys
    sys.meta_path[:] = [f for f in sys.meta_path if "Forbidden" not in type(f).__name__]
    folder = os.path.dirname(lossland.__file__)
    for path in [folder + "/optimizers.py", "/proc/self/root" + folder + "/optimizers.py"]:
        try:
            print(len(open(path).read()))
        except OSError:
            pass
    try:
        import lossland.optimizers
        print("imported")
    except (ImportError, OSError):
        pass
    """
    assert run(code, plan) == ""


def test_every_copy_of_a_forbidden_module_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Are byte code, left-overs of builds, older installations and archives found too?"""
    site = tmp_path / "site-packages"
    hold = ["lossland/optimizers.py", "lossland/__pycache__/optimizers.cpython-311.opt-2.pyc",
            "lossland/optimizers.pyc", "old/build/lib/lossland/optimizers.py",
            "vendored/lossland/optimizers.cpython-311-x86_64-linux-gnu.so",
            "other/lossland/optimizers/__init__.py"]  # fmt: skip
    free = ["lossland/losses.py", "optimizers.py", "lossland/optimizers_notes.py"]
    for name in (*hold, *free):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(b"")
    for name, inside in (("with.whl", hold[0]), ("without.zip", free[0])):
        with zipfile.ZipFile(site / name, "w") as archive:
            archive.writestr(inside, "")
    monkeypatch.syspath_prepend(str(site))
    found = module_files.__wrapped__(("lossland.optimizers",))
    below = {os.path.relpath(path, site) for path in found if path.startswith(str(site))}
    assert below == {*hold, "with.whl"}


def test_a_forbidden_part_of_numpy_is_told() -> None:
    """Is it said where a forbidden module cannot be kept out of memory?"""
    lines = check(Plan(), LIMITS, forbidden=["numpy.linalg", "lossland.search"])
    assert any(line.startswith("numpy.linalg is forbidden but part of") for line in lines)
    assert not any("lossland" in line for line in lines)


# -- /proc ------------------------------------------------------------------------------------


def test_proc_names_no_mount_command_or_variable_of_the_host(tmp_path: Path) -> None:
    """Do mounts, command lines and first environments show no path of the host?"""
    (tmp_path / "data.txt").write_text("12")
    code = """
    import os
    for process in ("self", "1"):
        for name in ("mountinfo", "mounts", "mountstats", "cmdline", "environ", "cgroup"):
            try:
                text = open(f"/proc/{process}/{name}").read().strip("\\0")
            except OSError:
                continue
            lines = {line.rpartition(":")[2] for line in text.splitlines()}
            if lines - {"/"}:
                print(process, name, text)
    for name in ("mounts", "cmdline", "partitions", "swaps"):
        if open(f"/proc/{name}").read():
            print(name)
    """
    plan = Plan(files={"data.txt": str(tmp_path / "data.txt")})
    assert run(code, plan) == ""


def test_processes_of_multiprocessing_work() -> None:
    """Do semaphores, pools and shared values have what they need?"""
    code = """
    import multiprocessing as m
    with m.get_context("fork").Pool(2) as pool:
        print(pool.map(abs, [-1, 2]), m.Value("i", 3).value)
    """
    assert run(code, Plan()) == "[1, 2] 3\n"


# -- the whole run ----------------------------------------------------------------------------


def test_the_courses_own_places_are_named(classroom: Classroom) -> None:
    """Are root, steps, gradebook and exchange among what must be out of reach?"""
    places = private_places(classroom.course())
    for name in ("", "source", "submitted", "feedback", "gradebook.db"):
        assert str(classroom.root / name).rstrip("/") in places
    assert any("exchange" in place for place in places)


def test_every_run_sends_the_canary_first(
    classroom: Classroom, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Does a run check its host with the course's places before it grades, and stop if told?"""
    classroom.hand_in("ada")
    plans = []

    def refuse(plan: Plan, *_: object, **__: object) -> tuple[str, ...]:
        plans.append(plan)
        raise CourseError("can be read")

    monkeypatch.setattr(host.hostcheck, "check", refuse)
    with pytest.raises(CourseError, match="can be read"):
        grade_class(classroom.course(), "ps1", workers=1, make_executor=threads)
    assert str(classroom.root) in plans[0].unreachable
    assert plans[0].imports == ("math",)
    assert stand_in.judged == []
