"""What the build promises authors: gates that stop it, and no work that is not needed."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from tests.site.small_book import SmallBook
from tools import make_landscape
from tools.common import ROOT


def copy(book: SmallBook, root: Path) -> SmallBook:
    """The same book, built, in another folder."""
    shutil.copytree(book.root, root, symlinks=True)
    return SmallBook(root)


@pytest.fixture
def draft(small_book: SmallBook, tmp_path: Path) -> SmallBook:
    """A copy of the built small book that a test may spoil."""
    return copy(small_book, tmp_path / "root")


def test_nothing_changed(draft: SmallBook) -> None:
    """Is an unchanged book left alone?"""
    result = draft.build()
    assert result.returncode == 0
    assert "up to date" in result.stdout


def test_prose_changed(draft: SmallBook) -> None:
    """Does a change of prose execute no notebook, and reach the page?"""
    draft.edit("03-small.md", "shows a line.", "shows a straight line.")
    result = draft.build()
    assert result.returncode == 0, result.stderr
    assert "0 notebook(s) executed" in result.stdout
    assert re.search(r"longest page 0[23]-\w+ \([\d.]+ s\)", result.stdout)
    assert "shows a straight line." in (draft.html / "03-small.html").read_text("utf8")


def test_library_changed(draft: SmallBook) -> None:
    """Are outputs computed anew when the library that computes them has changed?"""
    page = draft.html / "03-small.html"
    before = page.stat().st_mtime_ns
    (draft.root / "lossland" / "new.py").write_text('"""New."""\n', "utf8")
    result = draft.build()
    assert result.returncode == 0, result.stderr
    assert "2 notebook(s) executed" in result.stdout
    assert page.stat().st_mtime_ns > before


NOTEBOOK = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {name: python3, display_name: Python 3, language: python}
---
"""
PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);\n```\n"
SPOILT = {
    "plot-without-text": (f"```{{code-cell}} ipython3\n{PLOT}", "has no alt text"),
    "plot-with-empty-phrase": (
        f"```{{code-cell}} ipython3\n---\nmystnb: {{image: {{alt: loss plot}}}}\n---\n{PLOT}",
        "has the alt text 'loss plot', which does not say what it shows",
    ),
    "picture-without-text": ("![](picture.png)", "A picture has no alt text"),
    "raw-picture": (
        '```{raw} html\n<img src="_static/favicon.svg">\n```',
        "A picture in raw HTML has no alt text",
    ),
    "answer-without-explanation": (
        ":::{selfcheck} Why?\n- [x] Because\n- [ ] No\n\n  Not so.\n:::",
        "The answer '[x] Because' has no explanation",
    ),
    "no-right-answer": (
        ":::{selfcheck} Why?\n- [ ] Because\n\n  Not so.\n:::",
        "needs an answer that is marked [x]",
    ),
    "answer-without-mark": (
        ":::{selfcheck} Why?\n- Because\n\n  It is so.\n:::",
        "Every answer starts with [x] or [ ]",
    ),
    "number-in-words": (
        ":::{selfcheck} How many?\n:numeric:\n- [x] ten\n\n  Count them.\n:::",
        "'ten' is not a number",
    ),
    "unknown-problem-set": ("{problem-set}`It <99-none>`", "'99-none' is not in assignments"),
    "tex-that-is-wrong": (r"It is $\frac{1}{$.", "TeX cannot read"),
    "unknown-command": (r"It is $\kapa$.", r"Undefined control sequence \kapa"),
    "unknown-equation": ("{eq}`eq-nowhere`", "eq-nowhere"),
    "unknown-citation": ("{cite:t}`nobody1900`", "nobody1900"),
}


@pytest.fixture(scope="module")
def complaints(small_book: SmallBook, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What a build says to a book with one page a mistake, when it is run for the second time."""
    draft = copy(small_book, tmp_path_factory.mktemp("spoilt") / "root")
    shutil.copyfile(ROOT / "book" / "_static" / "favicon.svg", draft.book / "picture.png")
    toc = (draft.book / "_toc.yml").read_text("utf8")
    for name, (text, _) in SPOILT.items():
        head = NOTEBOOK if "code-cell" in text else ""
        (draft.book / f"{name}.md").write_text(f"{head}# {name}\n\n{text}\n", "utf8")
        toc += f"      - file: {name}\n"
    (draft.book / "_toc.yml").write_text(toc, "utf8")
    assert draft.build().returncode == 1
    result = draft.build()
    assert result.returncode == 1
    return result.stderr.splitlines()


@pytest.mark.parametrize("name", SPOILT)
def test_gate(name: str, complaints: list[str]) -> None:
    """Does the build name the page and what is wrong with it?"""
    assert any(f"{name}.md" in line and SPOILT[name][1] in line for line in complaints)


def test_failing_notebook(draft: SmallBook) -> None:
    """Does a cell that raises stop the build with the page's name and the error?"""
    draft.edit("03-small.md", "ax.plot([1, 2, 3]);", "ax.plot([1, 2, 3]); 1 / 0")
    result = draft.build()
    assert result.returncode == 1
    assert "ZeroDivisionError" in result.stderr
    assert "03-small.md failed" in result.stderr.splitlines()[-1]


def test_executed_notebook_is_offered(small_book: SmallBook) -> None:
    """Does the page link to its notebook, and has that its outputs?"""
    assert 'href="notebooks/03-small.ipynb"' in (small_book.html / "03-small.html").read_text(
        "utf8"
    )
    notebook = json.loads((small_book.html / "notebooks" / "03-small.ipynb").read_text("utf8"))
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert "download>" not in (small_book.html / "index.html").read_text("utf8")


def test_problem_set_is_offered(small_book: SmallBook) -> None:
    """Is the released problem set a zip of its folder, linked from the page?"""
    page = (small_book.html / "03-small.html").read_text("utf8")
    assert 'href="problem-sets/03-small.zip"' in page
    with zipfile.ZipFile(small_book.html / "problem-sets" / "03-small.zip") as archive:
        assert "03-small/03-small.ipynb" in archive.namelist()


def test_landscape_is_up_to_date() -> None:
    """Is the landing page's map what its script draws?"""
    assert make_landscape.TARGET.read_text("utf8") == make_landscape.picture()


def test_page_names_no_other_host(small_book: SmallBook) -> None:
    """Does no element of a page load from another host?"""
    for page in small_book.html.glob("*.html"):
        text = page.read_text("utf8")
        assert 'src="http' not in text
        assert 'href="//' not in text
        assert "unpkg" not in text


def test_code_keeps_its_colours(small_book: SmallBook) -> None:
    """Are only such marks taken out of code as the style sheet does not colour?"""
    page = (small_book.html / "03-small.html").read_text("utf8")
    colours = (ROOT / "book" / "_static" / "lossland.css").read_text("utf8")
    coloured = {
        name
        for line in colours.splitlines()
        if line.startswith(".highlight")
        for name in re.findall(r"\.([a-z][a-z0-9]{0,2})\b", line.split("{")[0])
    }
    removed = {"n", "nb", "nn", "ne", "na", "nv", "bp", "p", "o", "w"}
    assert {"k", "s2", "mi"} <= coloured
    assert not removed & coloured
    assert not any(f'<span class="{name}">' in page for name in removed)
    assert '<span class="kn">import</span> matplotlib.pyplot' in page
