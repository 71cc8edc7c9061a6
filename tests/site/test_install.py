"""`pip install .` in a fresh clone gives a library whose widgets work."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import lossland_backend, vendor
from tools.common import ROOT

LOOK = """
import lossland, lossland.widgets as widgets
print(lossland.__file__)
print(len(widgets.DescentMap()._esm))
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What a clone holds of the library and of what builds it: no bundle."""
    for name in ("lossland", "autograder", "tools"):
        shutil.copytree(
            ROOT / name,
            tmp_path / "clone" / name,
            ignore=shutil.ignore_patterns("static", "__pycache__"),
        )
    for file in ROOT.iterdir():
        if file.is_file():
            shutil.copyfile(file, tmp_path / "clone" / file.name)
    (tmp_path / "clone" / "node_modules").symlink_to(vendor.MODULES)
    return tmp_path / "clone"


def test_pip_install(clone: Path, tmp_path: Path) -> None:
    """Does pip bundle the widgets, and can one be made from what it installed?"""
    target = tmp_path / "installed"
    command = [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--no-index", "--no-build-isolation", "--target", str(target), str(clone)),
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    looked = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(target)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert looked.returncode == 0, looked.stderr
    place, length = looked.stdout.split()
    assert Path(place).is_relative_to(target)
    assert int(length) > 10_000


def test_npm_is_asked_for_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Does the build ask for a Node.js where the machine has none and a bundle is missing?"""
    monkeypatch.setattr(lossland_backend.shutil, "which", lambda name: None)
    monkeypatch.setattr(lossland_backend, "missing", lambda: [Path("darts.js")])
    assert lossland_backend.NODE in lossland_backend.get_requires_for_build_wheel()
    monkeypatch.setattr(lossland_backend, "missing", list)
    assert lossland_backend.NODE not in lossland_backend.get_requires_for_build_wheel()
