"""Where the exchange is: a block in the course's configuration, and a file for the students.

The block stands at the end of ``nbgrader_config.py``, so that it wins; whether it did is looked up
with nbgrader's own loader, and the file is put back as it was if not.
"""

from __future__ import annotations

import os
from pathlib import Path

from jupyter_core.paths import jupyter_config_path
from nbgrader.exchange.default.exchange import Exchange as Configured

from autograder.batch.store import publish
from autograder.course.directory import CONFIG_NAME, Course
from autograder.errors import CourseError, GraderError
from autograder.exchange import block
from autograder.exchange.lines import Line


def configured_root(course: Course) -> Path:
    """The exchange that this course uses now."""
    return Path(os.path.abspath(Configured(config=course.config).root))


def point(course: Course, root: Path) -> Line:
    """Let the course use this exchange. Raises CourseError where its configuration forbids that."""
    place = course.root / CONFIG_NAME
    if configured_root(course) == root:
        return Line(f"{place}: Exchange.root is {root}")
    path = place.resolve()
    before = path.read_bytes() if path.exists() else b""
    own = block.written(f"get_config().Exchange.root = {str(root)!r}  # noqa: F821")
    publish(path, f"{block.without(before.decode('utf8'))}\n{own}".lstrip("\n").encode())
    try:
        taken = configured_root(Course.load(course.root)) == root
        why = "something else sets Exchange.root"
    except GraderError as error:
        taken, why = False, str(error)
    if not taken:
        publish(path, before)
        raise CourseError(
            f"{place} does not take the exchange: {why}; set Exchange.root to {str(root)!r} there "
            "by hand"
        )
    return Line(f"{place}: Exchange.root set to {root}")


def lines_for_students(course_id: str, root: Path) -> str:
    """What the students' ``nbgrader_config.py`` must hold."""
    return (
        "c = get_config()\n"
        f"c.CourseDirectory.course_id = {course_id!r}\n"
        f"c.Exchange.root = {str(root)!r}\n"
    )


def for_students(course_id: str, root: Path, folder: Path | None, *, look_only: bool) -> list[Line]:
    """Write the students' file into a folder that Jupyter reads, or say what it must hold."""
    text = lines_for_students(course_id, root)
    if folder is None:
        reads = ", ".join(map(str, _read_by_everyone()))
        return [
            Line(
                f"students need these lines in {CONFIG_NAME}, in a folder that their JupyterLab "
                f"reads ({reads}); --students FOLDER writes them:"
            ),
            *(Line(f"    {line}") for line in text.splitlines()),
        ]
    path = folder / CONFIG_NAME
    there = path.read_text("utf8") if path.is_file() else None
    if there == text:
        return [Line(f"{path}: names the course and its exchange"), *_unread(folder)]
    if there is not None:
        return [
            Line(f"{path} holds other lines: add these yourself: {_one_line(text)}", wrong=True)
        ]
    if look_only:
        return [Line(f"{path} is not there: run this command without --check", wrong=True)]
    folder.mkdir(parents=True, exist_ok=True)
    publish(path, text.encode())
    path.chmod(0o644)
    return [Line(f"{path}: written for the students"), *_unread(folder)]


def _one_line(text: str) -> str:
    return "; ".join(text.splitlines()[1:])


def _read_by_everyone() -> list[Path]:
    """Folders of configuration that are nobody's home, the more particular first."""
    home = Path.home()
    found = [Path(place) for place in jupyter_config_path()]
    return [place for place in found if not place.is_relative_to(home / ".jupyter")]


def _unread(folder: Path) -> list[Line]:
    known = [Path(place).resolve() for place in jupyter_config_path()]
    if folder.resolve() in known:
        return []
    return [
        Line(
            f"note: Jupyter of this environment does not read {folder}; the students' must, as "
            "with JUPYTER_CONFIG_PATH"
        )
    ]
