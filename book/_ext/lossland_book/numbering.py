"""Numbers from file names: sections, figures and equations of `05-momentum` start with 5.

Sphinx counts chapters as the table of contents lists them, so that chapter 5 would be 1 until the
chapters before it exist, and every reference to "Equation (5.3)" would move with each new chapter.

A chapter may have a second page, `03-gradient-check`, as a section of the first in the table of
contents. Sphinx then counts on: its title is the section behind the last of the first page, and so
are its figures and equations.

Sections of an appendix have no numbers; its figures and equations are C.1, C.2, …
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

CHAPTER = re.compile(r"(?:.*/)?(\d{2})-[^/]*$")
APPENDIX = re.compile(r"(?:.*/)?appendix-([a-z])-[^/]*$")


def renumber(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Replace the first part of every number that Sphinx assigned in a numbered chapter."""
    for docname, sections in env.toc_secnumbers.items():
        match = CHAPTER.match(docname)
        if match is None:
            continue
        chapter = int(match[1])
        env.toc_secnumbers[docname] = {
            anchor: (chapter, *number[1:]) for anchor, number in sections.items() if number
        }
        kinds = env.toc_fignumbers.get(docname, {})
        for kind, numbers in kinds.items():
            kinds[kind] = {key: (chapter, *number[1:]) for key, number in numbers.items()}
        for node in [env.titles[docname], *env.tocs[docname].findall(nodes.reference)]:
            if node.get("secnumber"):
                node["secnumber"] = (chapter, *node["secnumber"][1:])
    for docname, kinds in env.toc_fignumbers.items():
        if match := APPENDIX.match(docname):
            for numbers in kinds.values():
                for k, key in enumerate(sorted(numbers, key=lambda key: numbers[key]), 1):
                    numbers[key] = (match[1].upper(), k)
    return []


def register(app: Sphinx) -> None:
    """Renumber after Sphinx's own collectors (priority 500) have counted."""
    app.connect("env-get-updated", renumber, priority=600)
