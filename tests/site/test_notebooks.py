"""The notebooks that readers take home: plain Markdown, complete, and they run."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from docutils import nodes

from tests.site.small_book import SmallBook
from tools.build import pages
from tools.common import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from lossland_book.downloads import assemble
from lossland_book.markdown_text import escape, expand
from lossland_book.plain_markdown import Piece, Writer

# What only the book's own parser understands.
MYST = re.compile(r"\{[a-z:-]+\}`|^:::|^`{3,}\{|^\(.+\)=$|\]\(#|\{eval\}|glue:", re.MULTILINE)
CHAPTERS = [p.stem for p in pages() if "code-cell" in p.read_text("utf8")]


def write(*children: nodes.Node, address: str = "", **numbers: dict[str, str]) -> str:
    """The Markdown of a page that holds these nodes."""
    document = nodes.document(None, None)
    document.extend(children)
    return "\n\n".join(
        p.text for p in Writer(numbers, {"R": r"\mathbb{R}"}, address).pieces(document)
    )


def paragraph(*children: nodes.Node | str) -> nodes.paragraph:
    """A paragraph of nodes and plain texts."""
    return nodes.paragraph("", "", *[nodes.Text(c) if isinstance(c, str) else c for c in children])


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("2 * 3 costs $5", r"2 \* 3 costs \$5"),
        ("learning_rate and _this_", r"learning_rate and \_this\_"),
        ("a < b, but <b>", "a < b, but &lt;b>"),
        ("see [1](two)", r"see [1\](two)"),
        ("two\nlines", "two lines"),
    ],
)
def test_text_stays_text(text: str, markdown: str) -> None:
    """Is a sign that Markdown would read otherwise escaped, and no other?"""
    assert escape(text) == markdown


@pytest.mark.parametrize("start", ["1. ", "- ", "# ", "> ", "+ "])
def test_line_starts_as_text(start: str) -> None:
    """Does a paragraph that begins like a list or a heading stay a paragraph?"""
    from markdown_it import MarkdownIt

    html = MarkdownIt().render(write(paragraph(f"{start}first")))
    assert html.strip() == f"<p>{start.replace('>', '&gt;')}first</p>"


def test_macros_are_written_out() -> None:
    """Is a macro replaced, and a longer command that begins like it left alone?"""
    assert expand(r"\R^n \Rightarrow x", {"R": r"\mathbb{R}"}) == r"\mathbb{R}^n \Rightarrow x"


def test_equation_has_its_number() -> None:
    """Does an equation stand between double dollars, with the number that the book prints?"""
    block = nodes.math_block("", "x^2", ids=["equation-a"], nowrap=False)
    assert write(block, displaymath={"equation-a": "5.3"}) == "$$\nx^2 \\tag{5.3}\n$$"


def test_links_need_an_address() -> None:
    """Does a link into the book lead to its published page, or become plain text without one?"""
    link = nodes.reference("", "the table", refuri="notation.html#table", internal=True)
    home = "https://host.example/lossland/05-momentum.html"
    assert write(paragraph("See ", link)) == "See the table"
    assert write(paragraph("See ", link.deepcopy()), address=home) == (
        "See [the table](https://host.example/lossland/notation.html#table)"
    )
    outside = nodes.reference("", "distill", refuri="https://distill.example/")
    assert write(paragraph(outside)) == "[distill](https://distill.example/)"


def test_bar_in_a_table() -> None:
    """Does a bar in a formula not end its cell?"""
    entry = nodes.entry("", paragraph(nodes.math("", "|x|")))
    body = nodes.tbody("", nodes.row("", entry))
    head = nodes.thead("", nodes.row("", nodes.entry("", paragraph("size"))))
    table = nodes.table("", nodes.tgroup("", head, body))
    assert write(table) == "| size |\n| --- |\n| $\\vert x\\vert $ |"


def test_nested_list() -> None:
    """Is a paragraph below a list item indented, so that it belongs to it?"""
    item = nodes.list_item("", paragraph("one"), paragraph("more"))
    assert write(nodes.enumerated_list("", item)) == "1. one\n\n   more"


def test_picture_travels_with_its_cell(tmp_path: Path) -> None:
    """Is a picture from a file attached to the cell that shows it?"""
    (tmp_path / "map.png").write_bytes(b"png")
    document = nodes.document(None, None)
    document += nodes.image(uri="map.png", alt="A map of the land.")
    (piece,) = Writer({}, {}, source=tmp_path).pieces(document)
    assert piece.text == "![A map of the land.](attachment:map.png)"
    assert piece.attachments == {"map.png": {"image/png": "cG5n"}}


def test_cells_that_the_page_hides() -> None:
    """Is code that the page does not show kept in its place, folded, and a dead widget left out?"""
    view = nbformat.v4.new_output(
        "display_data", {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}
    )
    cells = [
        nbformat.v4.new_code_cell("a = 1", metadata={"tags": ["remove-cell"]}),
        nbformat.v4.new_code_cell("widget", metadata={"tags": ["remove-input"]}, outputs=[view]),
    ]
    made = assemble(nbformat.v4.new_notebook(cells=cells), [Piece("Text."), Piece(cell=1)], "Lead.")
    assert [cell.source for cell in made.cells] == ["Lead.", "Text.", "a = 1", "widget"]
    assert made.cells[3].metadata["jupyter"] == {"source_hidden": True}
    assert made.cells[3].outputs == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_chapter_is_plain_markdown(name: str, site: Path) -> None:
    """Is nothing left that only the book's parser reads, and is every output of a figure there?"""
    notebook = nbformat.read(site / "notebooks" / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    texts += [
        output.data["text/markdown"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "text/markdown" in output.get("data", {})
    ]
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", "\n\n".join(texts), flags=re.DOTALL)
    assert MYST.findall("\n\n".join(texts)) == []
    assert prose.count("$$") % 2 == 0
    assert "Figure" in prose
    assert "pip install lossland-" in texts[0]


def test_everything_authors_may_write(small_book: SmallBook) -> None:
    """Do boxes, questions, citations, numbers and tables arrive in words?"""
    path = small_book.html / "notebooks" / "03-small.ipynb"
    notebook = nbformat.read(path, as_version=4)
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    for part in (
        "# 3 A small chapter",
        "The heavy ball is due to Polyak [1964]; (3.1) sums",
        "Figure 3.1 shows a line.",
        "\\tag{3.1}",
        "**Figure 3.1.** A line.",
        "> **Myth or fact?** *“Velocity is a running mean, and $\\mu$ is the friction.”*",
        "> **A myth.** Velocity is a decaying *sum*",
        "**Check yourself.** Which quantity acts like friction?",
        "- $1 - \\mu$",
        "$1 - \\mu$ — **Right.**",
        "<details><summary>All answers, explained</summary>",
        "| gradient descent | long ago | 312 |",
        "*Run the next cell",
    ):
        assert part in text
    assert MYST.findall(text) == []


def test_notebook_runs(small_book: SmallBook, tmp_path: Path) -> None:
    """Do the cells of a notebook run in order, in an empty folder?"""
    path = small_book.html / "notebooks" / "03-small.ipynb"
    notebook = nbformat.read(path, as_version=4)
    code = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        env={"MPLBACKEND": "Agg", "PATH": "", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


def test_zip_is_complete(site: Path) -> None:
    """Has every released problem set its files, the library and instructions that name them?"""
    released = sorted(p for p in (ROOT / "assignments").iterdir() if any(p.glob("*.ipynb")))
    (library,) = (site / "library").glob("*.whl")
    page = (site / "problem-sets.html").read_text("utf8")
    assert library.name in page
    for folder in released:
        with zipfile.ZipFile(site / "problem-sets" / f"{folder.name}.zip") as archive:
            names = set(archive.namelist())
            readme = archive.read(f"{folder.name}/README.txt").decode()
            needed = archive.read(f"{folder.name}/requirements.txt").decode()
        files = {p for p in folder.rglob("*") if p.is_file()}
        own = {f"{folder.name}/{p.relative_to(folder)}" for p in files if p.name[0] != "."}
        added = {"README.txt", "requirements.txt", library.name}
        assert names == own | {f"{folder.name}/{name}" for name in added}
        assert all(name in readme for name in added - {"README.txt"})
        assert f"./{library.name}" in needed.splitlines()
        assert f'href="problem-sets/{folder.name}.zip"' in page


def test_zip_installs(site: Path, tmp_path: Path) -> None:
    """Does pip take the zip's requirements, in the folder where a student unpacks it?"""
    with zipfile.ZipFile(site / "problem-sets" / "05-momentum.zip") as archive:
        archive.extractall(tmp_path)
    command = [
        *(sys.executable, "-m", "pip", "install", "--dry-run", "--no-index"),
        *("--disable-pip-version-check", "--requirement", "requirements.txt"),
    ]
    done = subprocess.run(
        command, cwd=tmp_path / "05-momentum", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "lossland" in done.stdout


def test_library_is_alone(site: Path) -> None:
    """Does the library's wheel hold lossland with data and widgets, and nothing of the grader?"""
    (library,) = (site / "library").glob("*.whl")
    with zipfile.ZipFile(library) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top.split("-")[0] for top in tops} == {"lossland"}
    assert "lossland/data/fashion-mnist-14x14.npz" in names
    assert any(re.fullmatch(r"lossland/widgets/static/.*\.js", name) for name in names)
    assert not any("/src/" in name for name in names)
