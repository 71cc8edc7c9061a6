"""A notebook as it is on disk: cells, nbgrader's names for them, checksums."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAX_BYTES = 64 * 2**20
SAVE_AGAIN = "open it in Jupyter, save it, check again"


class HandInError(Exception):
    """One line that names the thing and the next step."""


@dataclass(frozen=True)
class Cell:
    """One cell; ``number`` counts all cells from 1, as they stand in the notebook."""

    number: int
    kind: str
    source: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    """nbgrader's metadata; empty for a cell that nbgrader does not know."""
    tags: tuple[str, ...] = ()
    count: int | None = None
    """In which turn the student's kernel ran it last; None: never, or outputs were cleared."""
    outputs: tuple[Mapping[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """nbgrader's name, or else the cell's place."""
        return self.grade_id or f"cell {self.number}"

    @property
    def grade_id(self) -> str:
        return str(self.settings.get("grade_id", "")) if self.role else ""

    @property
    def role(self) -> str:
        """ "answer", "test", "locked"; empty for an ordinary cell."""
        if self.settings.get("solution"):
            return "answer"
        if self.settings.get("grade"):
            return "test"
        if self.settings.get("task"):
            return "locked" if self.settings.get("locked") else "answer"
        return "locked" if self.settings.get("locked") else ""

    @property
    def checksum(self) -> str:
        """What nbgrader computes over the text, the kind and the settings."""
        graded = bool(self.settings.get("grade"))
        solution = bool(self.settings.get("solution"))
        locked = not solution and (graded or bool(self.settings.get("locked")))
        parts = [self.source, self.kind, str(graded), str(solution), str(locked)]
        parts.append(str(self.settings.get("grade_id", "")))
        if graded:
            parts.append(str(float(self.settings.get("points", 0))))
        text = "".join(parts).encode("utf-8", "surrogatepass")
        return hashlib.md5(text, usedforsecurity=False).hexdigest()

    @property
    def is_as_released(self) -> bool:
        """Is the text the one that nbgrader put there?"""
        return self.checksum == self.settings.get("checksum")

    @property
    def has_visible_test(self) -> bool:
        """Is it a test of which the student sees more than comments?"""
        if self.role != "test" or self.kind != "code":
            return False
        return any(line.strip() and not line.lstrip().startswith("#") for line in self.lines)

    @property
    def lines(self) -> list[str]:
        return self.source.split("\n")


@dataclass(frozen=True)
class Notebook:
    """All cells of a file, its bytes, and when it was saved."""

    path: Path
    data: bytes
    cells: tuple[Cell, ...]
    metadata: Mapping[str, Any]
    saved: float

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def code(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.kind == "code")

    @property
    def named(self) -> tuple[Cell, ...]:
        """The cells that nbgrader knows."""
        return tuple(cell for cell in self.cells if cell.grade_id)

    @property
    def tests(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.role == "test" and cell.kind == "code")

    @property
    def forbidden(self) -> tuple[str, ...]:
        """Modules that hold the answers."""
        found = self.metadata.get("lossland", {})
        names = found.get("forbidden_imports", ()) if isinstance(found, dict) else ()
        return tuple(str(name) for name in names) if isinstance(names, list) else ()

    @property
    def is_untouched(self) -> bool:
        """Does every answer still hold the released text?"""
        answers = [cell for cell in self.named if cell.role == "answer"]
        return bool(answers) and all(cell.is_as_released for cell in answers)


def read(path: Path) -> Notebook:
    """The notebook in a file; HandInError says what is wrong with it."""
    if path.is_dir():
        found = sorted(each.name for each in path.glob("*.ipynb"))
        hint = f"name the notebook in it, as in {path / found[0]}" if found else "no notebook in it"
        raise HandInError(f"{path} is a folder: {hint}")
    try:
        saved = path.stat().st_mtime
        if path.stat().st_size > MAX_BYTES:
            raise HandInError(f"{path} has more than {MAX_BYTES >> 20} MB: clear its outputs, save")
        data = path.read_bytes()
    except FileNotFoundError:
        raise HandInError(_not_there(path)) from None
    except OSError as error:
        raise HandInError(f"{path} cannot be read: {error.strerror}") from error
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise HandInError(f"{path.name} is no notebook ({_first(error)}): {SAVE_AGAIN}") from error
    if isinstance(content, dict) and "worksheets" in content:
        raise HandInError(f"{path.name} has an old format: {SAVE_AGAIN}")
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise HandInError(f"{path.name} is no notebook: it holds no list of cells")
    metadata = content.get("metadata")
    cells = tuple(_cells(content["cells"]))
    return Notebook(path, data, cells, metadata if isinstance(metadata, dict) else {}, saved)


def _cells(raw: list[Any]) -> Iterator[Cell]:
    for number, cell in enumerate(raw, 1):
        if not isinstance(cell, dict):
            continue
        found = cell.get("metadata")
        metadata: dict[str, Any] = found if isinstance(found, dict) else {}
        settings = metadata.get("nbgrader")
        tags = metadata.get("tags")
        count = cell.get("execution_count")
        outputs = cell.get("outputs")
        yield Cell(
            number,
            str(cell.get("cell_type", "")),
            text_of(cell.get("source", "")),
            settings if isinstance(settings, dict) else {},
            tuple(str(tag) for tag in tags) if isinstance(tags, list) else (),
            count if isinstance(count, int) else None,
            tuple(o for o in outputs if isinstance(o, dict)) if isinstance(outputs, list) else (),
        )


def text_of(value: Any) -> str:
    """A text that notebooks may also keep as a list of lines."""
    if isinstance(value, list):
        return "".join(str(part) for part in value)
    return value if isinstance(value, str) else ""


def parsed(source: str) -> ast.Module:
    """The syntax tree of a cell without IPython's own lines; empty where it is no Python."""
    plain = [
        "pass" if line.lstrip().startswith(("%", "!", "?")) else line for line in source.split("\n")
    ]
    try:
        return ast.parse("\n".join(plain))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _not_there(path: Path) -> str:
    folder = path.parent
    others = sorted(each.name for each in folder.glob("*.ipynb")) if folder.is_dir() else []
    if others:
        return f"there is no file {path}; in {folder} there are {', '.join(others[:5])}"
    return f"there is no file {path}: go to the folder of your notebook first, or name its path"


def _first(error: BaseException) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__
