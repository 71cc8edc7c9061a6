"""Widgets of a page: small, cached, and with a place kept free for them.

MyST-NB embeds the state of a page's widgets as JSON, each anywidget's whole script and style sheet
included, and loads ipywidgets' html-manager, a megabyte. Where every widget of a page is an
anywidget that stands alone, this module

* writes each script and style sheet once to `_static/widgets/NAME.HASH.js`, shared by all pages;
  the script becomes a classic one (esbuild), since modules do not load from a disk;
* leaves in the page the traits and the script's name;
* has the page load book/_theme/lossland/static/widgets.js in the html-manager's place;
* marks each widget's place and the height that its class declares, so that the text does not jump
  when it appears.

A page with any other widget (ipywidgets' own sliders, widgets that hold widgets) loads the manager;
formulas in its widgets' labels are set at build time too and wait in a template of the page.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from lossland_book.formulas import set_formula
from tools import vendor

STATE_TYPE = "application/vnd.jupyter.widget-state+json"
VIEW = re.compile(r'<script type="application/vnd\.jupyter\.widget-view\+json">(.*?)</script>')
REFERENCE = "IPY_MODEL_"
FOLDER = "_static/widgets"
FORM = 2  # counts the ways in which `classic` has written scripts: another way, other names
# What Jupyter keeps in every model and the page's host does not read.
UNREAD = re.compile(r"_(?!esm|css).*|layout|tabbable|tooltip")
LABEL = re.compile(r"\\\((.+?)\\\)|\$([^$]+)\$")
LABELS = {"description", "value", "placeholder"}  # traits in which a reader sees formulas


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
    """Write a script or style sheet under a name that changes with it; its place in _static."""
    key = f"{name}.{hashlib.sha256(f'{FORM} {text}'.encode()).hexdigest()[:12]}"
    target = Path(app.outdir, FOLDER, f"{key}.{suffix}")
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.is_file():
        target.write_text(classic(key, text) if suffix == "js" else text, "utf8")
    return f"widgets/{target.name}"


def classic(key: str, module: str) -> str:
    """An ES module as a script that leaves its exports in `losslandModules[key]`."""
    esbuild = vendor.MODULES / "esbuild" / "bin" / "esbuild"
    result = subprocess.run(
        [
            *(vendor.node_program(), str(esbuild), "--format=iife", "--target=es2022"),
            *("--minify-whitespace", "--charset=utf8", "--log-level=warning"),
            f"--global-name=losslandModules[{json.dumps(key)}]",
        ],
        input=module,
        capture_output=True,
        text=True,
        encoding="utf8",
        check=False,
    )
    if result.returncode:
        raise ExtensionError(f"The widget {key} is no module that esbuild reads: {result.stderr}")
    return result.stdout


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
    embedded = next(
        (js for js in context["script_files"] if js.attributes.get("type") == STATE_TYPE), None
    )
    if embedded is None:
        return
    models = json.loads(embedded.attributes["body"])["state"]
    widgets = {key: model for key, model in models.items() if not is_layout(model)}
    if not all(map(stands_alone, widgets.values())):
        context["body"] += label_formulas(app, widgets)
        return

    entries: dict[str, Any] = {}
    styles: dict[str, None] = {}
    scripts: dict[str, None] = {}
    for key, model in widgets.items():
        name, state = class_name(model), model["state"]
        kept = {trait: value for trait, value in state.items() if not UNREAD.fullmatch(trait)}
        script = publish(app, name, "js", state["_esm"])
        kept["_esm"] = Path(script).stem
        scripts[script] = None
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
    for script in scripts:
        app.add_js_file(script, priority=400)
    app.add_js_file("widgets.js", priority=400)
    app.add_css_file("widgets.css")
    for style in styles:
        app.add_css_file(style)

    def place(view: re.Match[str]) -> str:
        identifier = json.loads(view[1])["model_id"]
        return place_of(models[identifier], identifier)

    context["body"] = VIEW.sub(place, context["body"])


def label_formulas(app: Sphinx, models: dict[str, Any]) -> str:
    """The formulas in labels of ipywidgets' own controls, set, for require-config.js."""
    texts = [
        str(text)
        for model in models.values()
        for trait, text in model["state"].items()
        if trait in LABELS and isinstance(text, str)
    ]
    found = {m[0]: m[1] or m[2] for text in texts for m in LABEL.finditer(text)}
    items = [
        f'<span data-tex="{escape(text)}">{set_formula(app, tex, False)}</span>'
        for text, tex in found.items()
    ]
    return f'<template id="label-formulas">{"".join(items)}</template>' if items else ""


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
