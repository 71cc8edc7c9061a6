"""Do the files that a release touches agree, and are the licences where they are said to be?"""

from __future__ import annotations

import re
import tomllib
import zipfile

import yaml

from tests.site.small_book import SmallBook
from tools.common import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf8"))
RELEASE = re.compile(r"^## (\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)$", re.MULTILINE)


def test_one_version() -> None:
    """Do package, citation and the newest entry of the changelog name one version and one day?"""
    version, day = RELEASE.findall((ROOT / "CHANGELOG.md").read_text("utf8"))[0]
    assert PROJECT["version"] == version == CITATION["version"]
    assert str(CITATION["date-released"]) == day


def test_citation_has_what_the_format_asks_for() -> None:
    """Are the fields there that version 1.2.0 of the format requires, and the licences ours?"""
    assert CITATION["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(CITATION)
    assert CITATION["license"] == [PROJECT["license"], "CC-BY-4.0"]


def test_the_wheel_carries_licence_and_notices(small_book: SmallBook) -> None:
    """Does what readers install hold the code's licence?"""
    with zipfile.ZipFile(next((small_book.html / "library").glob("*.whl"))) as wheel:
        assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist())
    for name in ("fashion-mnist", "mauna-loa-co2"):
        assert (ROOT / "lossland" / "data" / f"NOTICE-{name}.txt").is_file()
