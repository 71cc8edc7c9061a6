"""HTML pages and pictures from the templates beside this file; everything is escaped."""

from __future__ import annotations

import re
from functools import cache
from itertools import cycle
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.text import printable

MAX_NAME = 60
ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
IGNORED = dict.fromkeys([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])


def render(template: str, **values: Any) -> Markup:
    """One template, filled in."""
    return Markup(_environment().get_template(template).render(values))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("autograder.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = plain
    environment.filters["ticked"] = ticked
    environment.filters["breakable"] = breakable
    environment.filters["points"] = points
    environment.filters["named"] = lambda name: printable(name, MAX_NAME)
    environment.filters["date"] = lambda moment: moment.strftime("%Y-%m-%d %H:%M UTC")
    return environment


def plain(text: str) -> str:
    """A program's output without colour codes; what would act instead of showing is escaped."""
    return printable(ANSI.sub("", text).translate(IGNORED), keep="\n\t\r")


def ticked(text: str) -> Markup:
    """Escaped text in which what stands between backticks is code."""
    pieces = (
        Markup("<code>{}</code>").format(piece) if inside else escape(piece)
        for inside, piece in zip(cycle((False, True)), text.split("`"), strict=False)
    )
    return Markup("").join(pieces) if text.count("`") % 2 == 0 else escape(text)


def breakable(name: str) -> Markup:
    """A name that may go on in the next line after an underscore."""
    return Markup("_<wbr>").join(escape(part) for part in name.split("_"))


def points(value: float | None) -> str:
    """2, 2.5 or – for points not known yet."""
    return "–" if value is None else f"{round(value, 2):g}"
