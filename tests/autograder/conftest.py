"""Fixtures of the autograder's tests."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox import hostcheck
from tests.autograder.classroom import Classroom, StandIn
from tests.autograder.desk import Desk


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    """A course with one assignment and nothing handed in yet."""
    return Classroom(tmp_path / "course")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every account of the machine may enter, as an exchange must be."""
    folder = Path(tempfile.mkdtemp(prefix="exchange-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """A judge that compares texts takes the place of the real one."""
    import autograder.judge

    made = StandIn()
    monkeypatch.setattr(autograder.judge, "grade", made.grade)
    monkeypatch.setattr(autograder.judge, "examine_reference", made.examine_reference)
    monkeypatch.setattr(hostcheck, "check", lambda *_, **__: ())
    return made


@pytest.fixture
def desk(classroom: Classroom, tmp_path: Path) -> Desk:
    """A folder of downloads, and a class list beside the course."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    return Desk(classroom, folder)
