"""Collects into a small classroom and looks at what came of it."""

from __future__ import annotations

from pathlib import Path

from autograder.course.directory import Course
from autograder.intake.collecting import Report, collect
from tests.autograder.arrivals import notebook
from tests.autograder.classroom import Classroom

LIST = """student_id,login,email,first name,last name
student-01,ada,ada@example.org,Ada,Lovelace
kim_min_jun,mjkim,kim1@example.org,민준,김
student-03,mkim,kim2@example.org,민준,김
student-04,jgarcia,jose@example.org,José,García
"""
HANDED_IN = notebook()


class Desk:
    """Collects into a classroom and remembers what was said."""

    def __init__(self, room: Classroom, folder: Path) -> None:
        self.room = room
        self.folder = folder
        self.list = folder / "class.csv"
        self.list.write_text(LIST, encoding="utf-8")
        self.said: list[str] = []

    def file(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def collect(self, *paths: Path, students: bool = True, **options: object) -> Report:
        self.said.clear()
        return collect(
            Course.load(self.room.root),
            "ps1",
            paths,
            students=self.list if students else None,
            say=self.said.append,
            **options,  # type: ignore[arg-type]
        )

    def placed(self, student: str) -> dict[str, bytes]:
        folder = self.room.root / "submitted" / student / "ps1"
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def kept(self) -> list[bytes]:
        folder = self.room.root / "collected" / "ps1" / "unplaced"
        return [p.read_bytes() for p in sorted(folder.glob("*")) if p.name != "reasons.json"]
