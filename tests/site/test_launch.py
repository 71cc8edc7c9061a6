"""Links that open a chapter elsewhere: none unless a repository is named."""

from __future__ import annotations

import re
import shutil
import sys
from html import unescape
from pathlib import Path

import pytest
import yaml
from sphinx.errors import ConfigError

from tests.site.small_book import SmallBook
from tools import launch as branch
from tools.common import ROOT, ToolError

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from lossland_book.launch import places

REPOSITORY = "https://github.com/owner/lossland"
ALL = {
    "binder": "https://mybinder.org",
    "colab": "https://colab.research.google.com",
    "jupyterhub": "https://hub.example/",
}
# By hand, from the three services' own descriptions of their addresses.
EXPECTED = {
    "Binder": "https://mybinder.org/v2/gh/owner/lossland/notebooks?urlpath=lab/tree/03-small.ipynb",
    "Colab": "https://colab.research.google.com/github/owner/lossland/blob/notebooks/03-small.ipynb",
    "JupyterHub": "https://hub.example/hub/user-redirect/git-pull?repo=https%3A//github.com/owner/"
    "lossland&branch=notebooks&urlpath=lab/tree/lossland/03-small.ipynb",
}
LINK = re.compile(r'<a class="launch" href="([^"]+)"[^>]*>.*?<span>Open in (\w+)</span></a>', re.S)


@pytest.fixture(scope="module")
def launching(small_book: SmallBook, tmp_path_factory: pytest.TempPathFactory) -> SmallBook:
    """The small book, built with a repository and all three services."""
    root = tmp_path_factory.mktemp("launching") / "root"
    shutil.copytree(small_book.root, root, symlinks=True)
    path = root / "_config.yml"
    settings = yaml.safe_load(path.read_text("utf8"))
    settings["sphinx"]["config"].update(launch_repository=REPOSITORY, launch_buttons=ALL)
    path.write_text(yaml.safe_dump(settings), "utf8")
    book = SmallBook(root)
    result = book.build()
    assert result.returncode == 0, result.stderr
    return book


def test_off_by_default(small_book: SmallBook) -> None:
    """Does a page lead nowhere else as long as the book's own settings stand?"""
    for page in small_book.html.glob("*.html"):
        text = page.read_text("utf8")
        assert 'class="launch"' not in text
        assert "Open in" not in text


def test_on_with_a_repository(launching: SmallBook) -> None:
    """Has a page with a notebook one link a service, and has no other page any?"""
    text = (launching.html / "03-small.html").read_text("utf8")
    found = {name: unescape(address) for address, name in LINK.findall(text)}
    assert found == EXPECTED
    assert LINK.findall((launching.html / "index.html").read_text("utf8")) == []


def test_other_hosts() -> None:
    """Does Binder open repositories of other hosts, by their short name or whole?"""
    only = {"binder": "https://mybinder.org"}
    lab = places("https://gitlab.com/a/b.git", "notebooks", only, "p")
    assert lab[0].address == "https://mybinder.org/v2/gl/a%2Fb/notebooks?urlpath=lab/tree/p.ipynb"
    own = places("https://git.example/b", "x/y", only, "p")
    whole = "https://mybinder.org/v2/git/https%3A%2F%2Fgit.example%2Fb/x%2Fy?"
    assert own[0].address.startswith(whole)


@pytest.mark.parametrize(
    ("repository", "services", "complaint"),
    [
        ("owner/lossland", ALL, "launch_repository is 'owner/lossland'"),
        (REPOSITORY, {"binder": "mybinder.org"}, "launch_buttons.binder is 'mybinder.org'"),
        (REPOSITORY, {"thebe": "true"}, "launch_buttons has 'thebe'"),
        ("https://gitlab.com/a/b", ALL, "Colab opens notebooks of github.com only"),
    ],
)
def test_bad_addresses_are_told(repository: str, services: dict[str, str], complaint: str) -> None:
    """Does an address that cannot work stop the build, with the setting's name?"""
    with pytest.raises(ConfigError, match=re.escape(complaint)):
        places(repository, "notebooks", services, "p")


def test_the_branch_holds_what_the_links_open(small_book: SmallBook, tmp_path: Path) -> None:
    """Are the notebooks and the library laid out, once, in a folder of their own?"""
    folder = tmp_path / "branch"
    assert branch.lay_out(small_book.html, folder) == 2
    assert (folder / "03-small.ipynb").is_file()
    requirement = (folder / "requirements.txt").read_text("utf8").strip()
    assert (folder / requirement).suffix == ".whl"
    assert (folder / requirement).is_file()
    with pytest.raises(ToolError, match="not an empty folder"):
        branch.lay_out(small_book.html, folder)
    with pytest.raises(ToolError, match="not built yet"):
        branch.lay_out(tmp_path, tmp_path / "other")
