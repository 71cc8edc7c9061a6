"""A book of three pages with the real book's machinery, for tests to build and to spoil."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import library
from tools.common import BUILD, ROOT

PAGES = Path(__file__).parent / "small"


class SmallBook:
    """The book below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.book = root / "book"
        self.html = root / "_build" / "html"

    def build(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the book's build command."""
        return subprocess.run(
            [sys.executable, "-m", "tools.build", "book"],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(self.root), **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def edit(self, page: str, old: str, new: str) -> None:
        """Replace a text that stands once on a page."""
        path = self.book / page
        text = path.read_text("utf8")
        assert text.count(old) == 1, f"'{old}' stands {text.count(old)} times in {page}"
        path.write_text(text.replace(old, new), "utf8")


def create(root: Path) -> SmallBook:
    """Lay the book out in a new folder: pages, the real theme and extensions, a bare library."""
    book = SmallBook(root)
    shutil.copytree(PAGES, book.book)
    for name in ("_ext", "_theme", "_static"):
        shutil.copytree(ROOT / "book" / name, book.book / name)
    shutil.copytree(ROOT / "tools", root / "tools")
    for name in ("_config.yml", "package.json", "package-lock.json", *library.DESCRIPTION):
        shutil.copyfile(ROOT / name, root / name)
    (root / "assignments" / "03-small").mkdir(parents=True)
    (root / "assignments" / "03-small" / "03-small.ipynb").write_text("{}", "utf8")
    (root / "lossland").mkdir()
    shutil.copyfile(ROOT / "lossland" / "__init__.py", root / "lossland" / "__init__.py")
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    shutil.copytree(BUILD / "extra", root / "_build" / "extra")
    shutil.copytree(
        BUILD / "stamps", root / "_build" / "stamps", ignore=shutil.ignore_patterns("book")
    )
    return book
