"""Links that open a page's notebook somewhere else: on Binder, in Colab, on a JupyterHub.

They appear once _config.yml gives `launch_repository`, below `sphinx: config:`. (Jupyter Book's own
settings belong to its theme: its extension would make buttons of them that our pages do not show,
from addresses of the sources.) What they open is a branch with the notebooks as the site offers
them, which `python -m tools.launch` lays out: a chapter's source is Markdown, which neither Binder
nor Colab opens as a notebook.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ConfigError

from lossland_book.downloads import notebook_of

SERVICES = {"binder": "Binder", "colab": "Colab", "jupyterhub": "JupyterHub"}
"""Settings below `launch_buttons`, in the order of the links, and what readers call the service."""


class Place(NamedTuple):
    """Where a notebook can be opened."""

    name: str
    address: str


def places(repository: str, branch: str, services: dict[str, str], pagename: str) -> list[Place]:
    """The links of a page, none without a repository. Raises ConfigError for a bad address."""
    if not repository:
        return []
    repository = repository.rstrip("/").removesuffix(".git")
    parts = web_address(repository, "launch_repository")
    if unknown := sorted(set(services) - set(SERVICES)):
        raise ConfigError(f"launch_buttons has '{unknown[0]}': it knows {', '.join(SERVICES)}.")
    branch = quote(branch, safe="")
    notebook = quote(f"{pagename}.ipynb")
    found = []
    for setting, name in SERVICES.items():
        service = str(services.get(setting) or "").rstrip("/")
        if not service:
            continue
        web_address(service, f"launch_buttons.{setting}")
        if setting == "binder":
            at = f"{service}/v2/{binder(repository)}/{branch}?urlpath=lab/tree/{notebook}"
        elif setting == "colab":
            if parts.netloc != "github.com":
                raise ConfigError(
                    "launch_buttons.colab: Colab opens notebooks of github.com only, and "
                    f"launch_repository is '{repository}'. Leave it empty."
                )
            at = f"{service}/github{parts.path}/blob/{branch}/{notebook}"
        else:
            folder = parts.path.rsplit("/", 1)[-1]
            wanted = {
                "repo": repository,
                "branch": branch,
                "urlpath": f"lab/tree/{folder}/{notebook}",
            }
            at = f"{service}/hub/user-redirect/git-pull?{urlencode(wanted, safe='/')}"
        found.append(Place(name, at))
    return found


def web_address(address: str, setting: str) -> Any:
    """The parts of an address that a browser can follow."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ConfigError(f"{setting} is '{address}': give an address like https://host/path.")
    return parts


def binder(repository: str) -> str:
    """How Binder writes a repository's address: its host has a short name or is quoted whole."""
    parts = urlsplit(repository)
    if parts.netloc == "github.com":
        return f"gh{parts.path}"
    if parts.netloc == "gitlab.com":
        return f"gl/{quote(parts.path.lstrip('/'), safe='')}"
    return f"git/{quote(repository, safe='')}"


def complete(
    app: Sphinx,
    pagename: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Give the template the links of a page that has a notebook."""
    is_notebook = notebook_of(app, pagename).is_file()
    config = app.config
    settings = (config.launch_repository, config.launch_branch, config.launch_buttons)
    context["lossland_launch"] = places(*settings, pagename) if is_notebook else []


def register(app: Sphinx) -> None:
    """Take the settings; complete pages as page.py does."""
    app.add_config_value("launch_repository", "", "html", [str])
    app.add_config_value("launch_branch", "notebooks", "html", [str])
    app.add_config_value("launch_buttons", {}, "html", [dict])
    app.connect("html-page-context", complete, priority=900)
