r"""Formulas are set when the book is built: pages carry them finished, and load no script for them.

Authors write `$\mu$` and `$$ ... $$` as everywhere. MathJax (npm's package, on Node.js, one process
a build) makes HTML of them, with MathML beside it for programs that read aloud. So formulas are
there at once, also on paper, without scripts, from a disk, and on pages of any kind. A formula that
TeX would refuse fails the build. Macros are those of `mathjax3_config` in `_config.yml`.

`_static/formulas.css` holds what MathJax's own style sheet says of the letters that the book uses.
A page's content-security policy may forbid `style="..."`: what MathJax (and Sphinx) write there
becomes classes in `_static/styles.css`.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from tools import vendor

LOGGER = logging.getLogger(__name__)
NAME = "lossland"
SETTER = Path(__file__).with_name("formulas.mjs")
FONTS = "../vendor/mathjax"  # from the style sheet
SHEET = "formulas.css"
STYLES = "styles.css"
STYLE = re.compile(r'(<[a-zA-Z][^<>]*?) style="([^"<>]*)"([^<>]*>)')
CLASS = re.compile(r'\bclass="')
LETTER = re.compile(r"\bmjx-c[0-9A-F]+\b")
GIVEN = re.compile(r"\bs-[0-9a-f]{8}\b")
RULE = re.compile(r"^(\S[^{}]*) \{\n(.*?)\n\}", re.MULTILINE | re.DOTALL)
ENVIRONMENT = re.compile(r"\\begin\{(?:align|gather|multline|flalign|alignat|eqnarray|equation)")
KEPT = "lossland/styles.json"


class Setter:
    """A Node.js process that sets formulas."""

    def __init__(self, macros: dict[str, Any]) -> None:
        arguments = (str(vendor.MODULES.resolve() / "mathjax"), FONTS, json.dumps(macros))
        self.process = subprocess.Popen(
            [vendor.node_program(), str(SETTER), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf8",
        )
        atexit.register(self.process.kill)

    def ask(self, **question: Any) -> dict[str, str]:
        """One question, one answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps(question), file=self.process.stdin, flush=True)
        answer: dict[str, str] = json.loads(self.process.stdout.readline() or "{}")
        return answer or {"error": "MathJax's process ended; its message stands above."}


@cache
def setter(macros: str) -> Setter:
    """The build's one process, started with the first formula."""
    return Setter(json.loads(macros))


def macros(app: Sphinx) -> dict[str, Any]:
    """The TeX macros of the configuration."""
    found: dict[str, Any] = app.config.mathjax3_config.get("tex", {}).get("macros", {})
    return found


@cache
def _set(tex: str, display: bool, known: str) -> dict[str, str]:
    return setter(known).ask(tex=tex, display=display)


def set_formula(app: Sphinx, tex: str, display: bool, where: nodes.Node | None = None) -> str:
    """A formula as HTML; one that TeX refuses is a warning, which fails the build."""
    answer = _set(tex, display, json.dumps(macros(app)))
    if "error" in answer:
        LOGGER.warning("TeX cannot read '%s': %s.", tex, answer["error"], location=where)
        return ""
    return without_styles(app, answer["html"])


# --- the writer ----------------------------------------------------------------------------------


def inline(translator: HTML5Translator, node: nodes.math) -> None:
    """A formula in a line."""
    html = set_formula(translator.builder.app, node.astext(), False, node)
    translator.body.append(translator.starttag(node, "span", "", CLASS="math"))
    translator.body.append(f"{html}</span>")
    raise nodes.SkipNode


def displayed(translator: HTML5Translator, node: nodes.math_block) -> None:
    """A formula on lines of its own, with its number."""
    translator.body.append(translator.starttag(node, "div", "", CLASS="math"))
    if node.get("number"):
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    html = set_formula(translator.builder.app, lines(node), True, node)
    translator.body.append(f"{html}</div>\n")
    raise nodes.SkipNode


def lines(node: nodes.math_block) -> str:
    """The TeX of a displayed formula: `\\\\` outside of an environment splits it."""
    tex = node.astext().strip()
    if node.get("nowrap") or ENVIRONMENT.match(tex):
        return tex
    return f"\\begin{{split}}{tex}\\end{{split}}" if r"\\" in outside(tex) else tex


def outside(tex: str) -> str:
    """What of a formula stands in no environment."""
    found, depth = "", 0
    for part in re.split(r"(\\(?:begin|end)\{[^}]*\})", tex):
        depth += part.startswith(r"\begin{") - part.startswith(r"\end{")
        found += part if depth == 0 else ""
    return found


# --- styles --------------------------------------------------------------------------------------


def without_styles(app: Sphinx, html: str) -> str:
    """The HTML with a class in place of each style."""

    def replace(match: re.Match[str]) -> str:
        style = " ".join(match[2].split())
        name = f"s-{hashlib.sha256(style.encode()).hexdigest()[:8]}"
        known(app)[name] = style
        element = match[1] + match[3]
        if CLASS.search(element):
            return CLASS.sub(f'class="{name} ', element, count=1)
        end = -2 if element.endswith("/>") else -1
        return f'{element[:end]} class="{name}"{element[end:]}'

    return STYLE.sub(replace, html)


def known(app: Sphinx) -> dict[str, str]:
    """The styles by their classes, those of pages that are not written anew included."""
    if not hasattr(app, "lossland_styles"):
        path = Path(app.doctreedir) / KEPT
        kept = json.loads(path.read_text("utf8")) if path.is_file() else {}
        app.lossland_styles = kept  # type: ignore[attr-defined]
    styles: dict[str, str] = app.lossland_styles
    return styles


def complete(
    app: Sphinx,
    pagename: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Name the style sheets; the fonts of formulas are fetched with a page that has any."""
    if "body" in context:
        context["body"] = without_styles(app, context["body"])
    titles = (str(context.get(name, "")) for name in ("body", "lossland_pages", "toc"))
    context["lossland_formulas"] = "mjx-container" in " ".join(titles)


def write(app: Sphinx, exception: Exception | None) -> None:
    """Write the style sheets: the letters and the styles that pages use."""
    if exception is not None or app.builder.format != "html":
        return
    path = Path(app.doctreedir) / KEPT
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(known(app)), "utf8")
    text = "".join(page.read_text("utf8") for page in Path(app.outdir).rglob("*.html"))
    letters, classes = set(LETTER.findall(text)), set(GIVEN.findall(text))
    full = setter(json.dumps(macros(app))).ask(css=True)["css"]
    rules = [
        f"{' '.join(head.split())}{{{' '.join(body.split())}}}"
        for head, body in RULE.findall(full)
        if set(LETTER.findall(head)) <= letters
    ]
    static = Path(app.outdir, "_static")
    (static / SHEET).write_text("\n".join(rules) + "\n", "utf8")
    given = [
        f".{name}{{{important(style)}}}"
        for name, style in sorted(known(app).items())
        if name in classes
    ]
    (static / STYLES).write_text("\n".join(given) + "\n", "utf8")


def important(style: str) -> str:
    """A style with the weight that it had in its element."""
    parts = [part.strip() for part in style.split(";") if part.strip()]
    return ";".join(part if part.startswith("--") else f"{part}!important" for part in parts)


def register(app: Sphinx) -> None:
    """Set formulas in place of Sphinx's own renderers; look at pages after every other part."""
    app.add_html_math_renderer(
        NAME, inline_renderers=(inline, None), block_renderers=(displayed, None)
    )
    app.connect("html-page-context", complete, priority=980)
    app.connect("build-finished", write)
