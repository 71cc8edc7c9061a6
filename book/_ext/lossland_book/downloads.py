"""Files that readers take home: executed notebooks, released problem sets, the course's library.

Every chapter with code is offered as `notebooks/NAME.ipynb`, outputs included, from its margin; its
text is written in plain Markdown (plain_markdown.py). A released problem set, with the files it
needs, the library, a requirements.txt for pip and a README.txt, is `problem-sets/NAME.zip`.
Chapters link to the zip and to the library by

    {problem-set}`Problem set 5 <05-momentum>`    {library}`the library`

and `{problem-sets}` as a directive lists every released set with its questions and points.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from jupyter_cache import get_cache
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import ReferenceRole, SphinxDirective

from lossland_book import sidecar
from lossland_book.plain_markdown import Piece, Writer

LOGGER = logging.getLogger(__name__)
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold: equal contents, equal bytes
LIBRARY = "library"  # the site's folder with the library's wheel; tools/library.py makes it
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
HIDDEN = {"hide-input", "remove-input", "hide-cell", "remove-cell"}


def assignments(app: Sphinx) -> Path:
    """The folder of released problem sets."""
    return Path(app.srcdir).parent / "assignments"


def released(app: Sphinx) -> list[Path]:
    """The released problem sets' folders, in reading order."""
    return sorted(p for p in assignments(app).glob("*") if any(p.glob("*.ipynb")))


def wheel(app: Sphinx) -> Path | None:
    """The library as a file that pip installs, if it has been made."""
    folder = Path(app.srcdir).parent / "_build" / "extra" / LIBRARY
    return next(iter(sorted(folder.glob("*.whl"))), None)


def notebook_of(app: Sphinx, pagename: str) -> Path:
    """Where MyST-NB leaves a page's notebook, if it is one; without outputs after a cache hit."""
    return Path(app.outdir).parent / "jupyter_execute" / f"{pagename}.ipynb"


# --- in the pages --------------------------------------------------------------------------------


def download(docname: str, target: str, title: str) -> nodes.reference:
    """A link to a file of the site, whose path is given from its root."""
    return nodes.reference(
        "", title, refuri="../" * docname.count("/") + target, classes=["download"]
    )


class ProblemSet(ReferenceRole):
    """{problem-set}: a link to the zip of a released problem set."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        if not (assignments(self.env.app) / self.target).is_dir():
            LOGGER.warning(
                "The problem set '%s' is not in %s.",
                self.target,
                assignments(self.env.app).name,
                location=self.get_location(),
                type="lossland",
                subtype="problem-set",
            )
        return [download(self.env.docname, f"problem-sets/{self.target}.zip", self.title)], []


class Library(ReferenceRole):
    """{library}: a link to the wheel of the course's library."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        file = wheel(self.env.app)
        if file is None:
            LOGGER.warning(
                "The library's wheel has not been made: run python -m tools.library.",
                location=self.get_location(),
                type="lossland",
                subtype="library",
            )
            return [nodes.Text(self.title)], []
        return [download(self.env.docname, f"{LIBRARY}/{file.name}", self.title)], []


class ProblemSets(SphinxDirective):
    """{problem-sets}: every released problem set, its notebook's size and points, and its zip."""

    def run(self) -> list[nodes.Node]:
        app = self.env.app
        self.env.note_reread()
        found = []
        for folder in released(app):
            notebooks = [nbformat.read(f, as_version=4) for f in sorted(folder.glob("*.ipynb"))]
            cells = [cell for notebook in notebooks for cell in notebook.cells]
            title = cells[0].source.splitlines()[0].lstrip("# ")
            marks = [cell.metadata.get("nbgrader", {}) for cell in cells]
            points = sum(mark.get("points", 0) for mark in marks if mark.get("grade"))
            link = download(self.env.docname, f"problem-sets/{folder.name}.zip", title)
            paragraph = nodes.paragraph("", "", link, nodes.Text(f", {points:g} points"))
            found.append(nodes.list_item("", paragraph))
        if not found:
            return [nodes.paragraph("", "No problem set has been released yet.")]
        return [nodes.bullet_list("", *found)]


# --- the notebooks -------------------------------------------------------------------------------


def numbers(app: Sphinx, docname: str) -> dict[str, dict[str, str]]:
    """The printed numbers of what stands on a page: kind → id → number."""

    def printed(known: dict[str, Any]) -> dict[str, str]:
        return {i: ".".join(map(str, number)) for i, number in known.items() if number}

    kinds = {kind: printed(n) for kind, n in app.env.toc_fignumbers.get(docname, {}).items()}
    own = app.env.toc_secnumbers.get(docname, {})
    sections = {anchor.lstrip("#"): number for anchor, number in own.items()}
    return {**kinds, "section": printed(sections)}


def keep_text(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Write a notebook page's text in plain Markdown while its resolved tree is at hand."""
    if app.builder.format != "html" or not notebook_of(app, docname).is_file():
        return
    base = app.config.html_baseurl
    writer = Writer(
        numbers(app, docname),
        app.config.mathjax3_config.get("tex", {}).get("macros", {}),
        f"{base.rstrip('/')}/{app.builder.get_target_uri(docname)}" if base else "",
        Path(app.srcdir),
    )
    sidecar.keep(app, "notebook", docname, [asdict(piece) for piece in writer.pieces(doctree)])


def introduction(app: Sphinx, pagename: str) -> str:
    """What a reader who opens the notebook somewhere must know to run it."""
    title = app.env.titles[pagename].astext()
    base = app.config.html_baseurl.rstrip("/")
    page = f"{base}/{app.builder.get_target_uri(pagename)}" if base else ""
    file = wheel(app)
    name = file.name if file else "lossland"
    library = f"{base}/{LIBRARY}/{name}" if base and file else name
    found = "" if base else f"\n\nThe book's page *Working on a problem set* offers `{name}`."
    chapter = f"[{title}]({page})" if page else f"*{title}*"
    return (
        f"This notebook is the chapter {chapter} of the book *{app.config.html_title}*, with its "
        "outputs. To run its cells, install the course's library:\n\n"
        f"```\npython -m pip install {library} jupyterlab\n```{found}"
    )


def assemble(
    executed: nbformat.NotebookNode, pieces: list[Piece], lead: str
) -> nbformat.NotebookNode:
    """The executed notebook with plain text between its code cells."""
    notebook = nbformat.v4.new_notebook(
        metadata={
            k: executed.metadata[k]
            for k in ("kernelspec", "language_info")
            if k in executed.metadata
        }
    )
    shown = {piece.cell for piece in pieces}
    unseen = [i for i, c in enumerate(executed.cells) if c.cell_type == "code" and i not in shown]

    def add_code(index: int) -> None:
        cell = executed.cells[index]
        tags = [str(tag) for tag in cell.metadata.get("tags", [])]
        metadata: dict[str, Any] = {"tags": tags} if tags else {}
        if HIDDEN & set(tags):
            metadata["jupyter"] = {"source_hidden": True}
        outputs = [output for output in cell.outputs if WIDGET_VIEW not in output.get("data", {})]
        notebook.cells.append(
            nbformat.v4.new_code_cell(
                cell.source,
                execution_count=cell.execution_count,
                metadata=metadata,
                outputs=outputs,
                id=f"code-{index}",
            )
        )

    notebook.cells.append(nbformat.v4.new_markdown_cell(lead, id="how-to-run"))
    for number, piece in enumerate(pieces):
        if piece.cell is None:
            cell = nbformat.v4.new_markdown_cell(piece.text, id=f"text-{number}")
            if piece.attachments:
                cell["attachments"] = piece.attachments
            notebook.cells.append(cell)
            continue
        while unseen and unseen[0] < piece.cell:
            add_code(unseen.pop(0))
        add_code(piece.cell)
    for index in unseen:
        add_code(index)
    return notebook


def write_notebooks(app: Sphinx) -> None:
    """Lay the chapters' notebooks into the site."""
    cache = get_cache(app.env.mystnb_config.execution_cache_path)
    for pagename in sorted(app.env.found_docs):
        source = notebook_of(app, pagename)
        kept = sidecar.recall(app, "notebook", pagename)
        if kept is None or not source.is_file():
            continue
        _, executed = cache.merge_match_into_notebook(nbformat.read(source, as_version=4))
        pieces = [Piece(**piece) for piece in kept]
        target = Path(app.outdir) / "notebooks" / f"{pagename}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        notebook = assemble(executed, pieces, introduction(app, pagename))
        nbformat.validate(notebook)
        nbformat.write(notebook, target)


# --- the zips ------------------------------------------------------------------------------------

README = """{title}

What is here
  {files}

Install the course's library and Jupyter, in this folder:
  python -m venv .venv
  . .venv/bin/activate               (on Windows: .venv\\Scripts\\activate)
  python -m pip install -r requirements.txt

Work
  jupyter lab {notebook}

Fill in the cells that say YOUR CODE HERE and run the tests below each of them. Keep the file's
name, and add or remove no cell that has points. Save before you check.

Check, and make the file to hand in
  python -m lossland check {notebook} --student YOUR-ID

The book's page "Working on a problem set" tells the rest, with VS Code and Colab.
"""
REQUIREMENTS = """# python -m pip install -r requirements.txt, in this folder
{library}
jupyterlab>=4
"""


def contents(app: Sphinx, folder: Path) -> dict[str, bytes]:
    """A problem set's files by their names in the zip."""
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts)
    }
    notebook = next(name for name in files if name.endswith(".ipynb"))
    cells = json.loads(files[notebook]).get("cells", [])
    title = "".join(cells[0]["source"]).splitlines()[0].lstrip("# ") if cells else folder.name
    library = wheel(app)
    if library is not None:
        files[library.name] = library.read_bytes()
    needed = f"./{library.name}" if library else "lossland"
    files["requirements.txt"] = REQUIREMENTS.format(library=needed).encode()
    files["README.txt"] = README.format(
        title=title,
        files="\n  ".join(files),
        notebook=notebook,
    ).encode()
    return files


def write_problem_sets(app: Sphinx) -> None:
    """Lay the zips into the site."""
    for folder in released(app):
        target = Path(app.outdir) / "problem-sets" / f"{folder.name}.zip"
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in contents(app, folder).items():
                entry = zipfile.ZipInfo(f"{folder.name}/{name}", EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, content)


def write(app: Sphinx, exception: Exception | None) -> None:
    """Lay the notebooks and the zips into the finished site."""
    if exception is None and app.builder.format == "html":
        write_notebooks(app)
        write_problem_sets(app)


def register(app: Sphinx) -> None:
    """Register the roles, the list and the copying."""
    app.add_role("problem-set", ProblemSet())
    app.add_role("library", Library())
    app.add_directive("problem-sets", ProblemSets)
    # Before other extensions wrap tables and pictures for the page.
    app.connect("doctree-resolved", keep_text, priority=100)
    app.connect("build-finished", write)
