"""Widgets of a page: small, cached, and with a place kept free for them.

MyST-NB embeds the state of a page's widgets as JSON, each anywidget's whole script and style sheet
included, and loads ipywidgets' html-manager, a megabyte. Where every widget of a page is an
anywidget that stands alone, this module

* writes each script and style sheet once to `_static/widgets/NAME.HASH.js`, shared by all pages;
* leaves in the page the traits and the two addresses;
* has the page load book/_theme/lossland/static/widgets.js in the html-manager's place;
* marks each widget's place and the height that its class declares, so that the text does not jump
  when it appears.

A page with any other widget (ipywidgets' own sliders, widgets that hold widgets) stays as it is.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

STATE_TYPE = "application/vnd.jupyter.widget-state+json"
VIEW = re.compile(r'<script type="application/vnd\.jupyter\.widget-view\+json">(.*?)</script>')
REFERENCE = "IPY_MODEL_"
FOLDER = "_static/widgets"
# What Jupyter keeps in every model and the page's host does not read.
UNREAD = re.compile(r"_(?!esm|css).*|layout|tabbable|tooltip")


def stands_alone(model: dict[str, Any]) -> bool:
    """Whether a model is an anywidget that refers to no other widget but its layout."""
    others = [value for name, value in model["state"].items() if name != "layout"]
    return model["model_module"] == "anywidget" and REFERENCE not in json.dumps(others)


def is_layout(model: dict[str, Any]) -> bool:
    """Whether a model is the layout that every widget has."""
    return model["model_name"] == "LayoutModel"


def class_name(model: dict[str, Any]) -> str:
    """The Python class of an anywidget."""
    return str(model["state"].get("_anywidget_id", "widget")).rsplit(".", 1)[-1]


def publish(app: Sphinx, name: str, suffix: str, text: str) -> str:
    """Write a script or style sheet under a name that changes with it; gives its place."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    place = f"{FOLDER}/{name}.{digest}.{suffix}"
    target = Path(app.outdir, place)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf8")
    return place


def place_of(model: dict[str, Any], identifier: str) -> str:
    """The element that a widget is put into."""
    style = ""
    if heights := model["state"].get("_heights"):
        style = ' style="--widget-height: {}px; --widget-height-phone: {}px"'.format(*heights)
    return f'<div class="widget-place" data-model="{identifier}"{style}></div>'


def lighten(
    app: Sphinx,
    pagename: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Let a page of anywidgets load its own host."""
    context["lossland_preloads"] = []
    embedded = next(
        (js for js in context["script_files"] if js.attributes.get("type") == STATE_TYPE), None
    )
    if embedded is None:
        return
    models = json.loads(embedded.attributes["body"])["state"]
    widgets = {key: model for key, model in models.items() if not is_layout(model)}
    if not all(map(stands_alone, widgets.values())):
        return

    entries: dict[str, Any] = {}
    styles: dict[str, None] = {}
    modules: dict[str, None] = {}
    for key, model in widgets.items():
        name, state = class_name(model), model["state"]
        kept = {trait: value for trait, value in state.items() if not UNREAD.fullmatch(trait)}
        kept["_esm"] = context["pathto"](publish(app, name, "js", state["_esm"]), 1)
        modules[kept["_esm"]] = None
        if css := kept.pop("_css", ""):
            styles[publish(app, name, "css", css)] = None
        entries[key] = {"state": kept}
        if "buffers" in model:
            entries[key]["buffers"] = model["buffers"]

    unused = {embedded.filename, *map(static, app.config.nb_ipywidgets_js)}
    context["script_files"][:] = [
        js for js in context["script_files"] if js is not embedded and js.filename not in unused
    ]
    body = json.dumps({"state": entries}, separators=(",", ":")).replace("</", "<\\/")
    app.add_js_file(None, type=STATE_TYPE, body=body, priority=400)
    app.add_js_file("widgets.js", type="module", priority=400)  # before MathJax
    app.add_css_file("widgets.css")
    for style in styles:
        app.add_css_file(style.removeprefix("_static/"))
    context["lossland_preloads"] += [("modulepreload", address) for address in modules]

    def place(view: re.Match[str]) -> str:
        identifier = json.loads(view[1])["model_id"]
        return place_of(models[identifier], identifier)

    context["body"] = VIEW.sub(place, context["body"])


def static(name: str) -> str:
    """How Sphinx names a script of the static folder."""
    return f"_static/{name}"


def sweep(app: Sphinx, exception: Exception | None) -> None:
    """Remove what no page loads any more."""
    out = Path(app.outdir)
    if exception is not None or app.builder.format != "html" or not (out / FOLDER).is_dir():
        return
    pages = "".join(page.read_text("utf8") for page in out.rglob("*.html"))
    for file in (out / FOLDER).iterdir():
        if file.name not in pages:
            file.unlink()


def register(app: Sphinx) -> None:
    """Work on a page when MyST-NB has added its scripts, before `page` completes it."""
    app.connect("html-page-context", lighten, priority=800)
    app.connect("build-finished", sweep)
