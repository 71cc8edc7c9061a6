"""Files that readers take home: executed notebooks and released problem sets.

Every chapter with code is offered as `notebooks/NAME.ipynb`, outputs included, from its margin. A
released problem set, with the files it needs, is `problem-sets/NAME.zip`; chapters link to it by

    {problem-set}`Problem set 5 <05-momentum>`
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import nbformat
from docutils import nodes
from jupyter_cache import get_cache
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import ReferenceRole

LOGGER = logging.getLogger(__name__)
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold: equal contents, equal bytes


def assignments(app: Sphinx) -> Path:
    """The folder of released problem sets."""
    return Path(app.srcdir).parent / "assignments"


def notebook_of(app: Sphinx, pagename: str) -> Path:
    """Where MyST-NB leaves a page's notebook, if it is one; without outputs after a cache hit."""
    return Path(app.outdir).parent / "jupyter_execute" / f"{pagename}.ipynb"


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
        up = "../" * self.env.docname.count("/")
        uri = f"{up}problem-sets/{self.target}.zip"
        return [nodes.reference("", self.title, refuri=uri, classes=["download"])], []


def write(app: Sphinx, exception: Exception | None) -> None:
    """Lay the notebooks and the zips into the finished site."""
    if exception is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    cache = get_cache(app.env.mystnb_config.execution_cache_path)
    for pagename in sorted(app.env.found_docs):
        source = notebook_of(app, pagename)
        if source.is_file():
            notebook = nbformat.read(source, as_version=4)
            _, executed = cache.merge_match_into_notebook(notebook)
            for key in ("jupytext", "source_map"):
                executed.metadata.pop(key, None)
            target = out / "notebooks" / f"{pagename}.ipynb"
            target.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(executed, target)
    for folder in sorted(p for p in assignments(app).glob("*") if p.is_dir()):
        target = out / "problem-sets" / f"{folder.name}.zip"
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(p for p in folder.rglob("*") if p.is_file()):
                if not any(part.startswith(".") for part in file.relative_to(folder).parts):
                    entry = zipfile.ZipInfo(f"{folder.name}/{file.relative_to(folder)}", EPOCH)
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    entry.external_attr = 0o644 << 16
                    archive.writestr(entry, file.read_bytes())


def register(app: Sphinx) -> None:
    """Register the role and the copying."""
    app.add_role("problem-set", ProblemSet())
    app.connect("build-finished", write)
