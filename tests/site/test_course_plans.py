"""Are the times of the course plans those that the pages carry?"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tools.build import BOOK, pages
from tools.common import ROOT

ROW = re.compile(r"^\| \{doc\}`(?:[^<`]*<)?([\w-]+)>?` \|(.+)\|$", re.MULTILINE)
TIME = re.compile(r'class="page-time"[^>]*>(.*?)</p>', re.DOTALL)
ROWS = {
    match[1]: [cell.strip() for cell in match[2].split("|")]
    for match in ROW.finditer((BOOK / "course-plans.md").read_text("utf8"))
}
SLACK = 1  # minutes: a sentence more on a page is no reason to edit the plan


def test_no_chapter_is_forgotten() -> None:
    """Has every page that is read in order, and no other, a line?"""
    read = [p.stem for p in pages() if re.match(r"\d\d-|appendix-|primer", p.stem)]
    assert list(ROWS) == read


@pytest.mark.parametrize("name", ROWS)
def test_reading_times(name: str, site: Path) -> None:
    """Are trail and side paths as long as the built page says?"""
    told = TIME.search((site / f"{name}.html").read_text("utf8"))
    assert told is not None
    minutes = [int(n) for n in re.findall(r"(\d+)\s+minutes?", re.sub(r"<[^>]+>", "", told[1]))]
    planned = [0 if cell == "–" else int(cell) for cell in ROWS[name][:2]]
    assert planned == pytest.approx([*minutes, 0][:2], abs=SLACK)


@pytest.mark.parametrize("name", [name for name in ROWS if "{problem-set}" in ROWS[name][2]])
def test_what_is_to_be_written(name: str) -> None:
    """Are functions and answers counted as the source notebook has them?"""
    folder = next((ROOT / "solutions").glob(f"{name[:2]}-*"))
    cells = [c for f in folder.glob("*.ipynb") for c in json.loads(f.read_text("utf8"))["cells"]]
    solved = [c["cell_type"] for c in cells if c["metadata"].get("nbgrader", {}).get("solution")]
    counted = [int(n) for n in re.findall(r"\d+", ROWS[name][3])]
    assert counted == [solved.count("code"), solved.count("markdown")]
