"""Makes notebooks of the catalogue: several kinds in one, so that few kernels start.

Kinds that share a notebook get names of their own: what a kind's cells bind is given the number of
the kind. What it imports keeps its name.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from tests.autograder.kinds_of_tests.reading import Kind, Part

TOGETHER = 60
"""So many kinds share a notebook, at most."""
BOUND = re.compile(
    r"^(?:async[ ]+)?(?:def|class|for|with .*? as)[ ]+(\w+)|^(\w+)[ ]*(?::[^=\n]*)?=(?!=)"
    r"|^(\w+(?:,[ ]*[\w.]+)+)[ ]*=(?!=)",
    re.MULTILINE,
)
PREFIXES = frozenset("frbu")
COMMON = "import numpy as np"


@dataclass(frozen=True)
class Group:
    """Kinds in one notebook, which is an assignment of its own."""

    name: str
    kinds: tuple[Kind, ...]
    apart: bool = False

    @property
    def needs(self) -> str:
        return self.kinds[0].needs

    @property
    def files(self) -> dict[str, bytes]:
        """What lies beside the notebook."""
        return {name: text.encode() for kind in self.kinds for name, text in kind.files.items()}

    def source(self) -> dict[str, Any]:
        """nbgrader's source notebook."""
        cells = [_cell("given", Part("given", COMMON), "common")]
        for number, kind in enumerate(self.kinds):
            for place, part in enumerate(self._renamed(number, kind)):
                cells.append(_cell(part.role, part, f"{kind.name}-{place}"))
        return notebook(cells)

    def tests(self, kind: Kind) -> list[str]:
        """The grade_ids of a kind's tests."""
        places = enumerate(kind.parts)
        return [f"{kind.name}-{place}" for place, part in places if part.role == "test"]

    def answered(self, released: dict[str, Any], answer: str) -> dict[str, Any]:
        """The released notebook with all solutions, or the wrong answers, or untouched."""
        handed_in: dict[str, Any] = json.loads(json.dumps(released))
        if answer == "untouched":
            return handed_in
        texts = {}
        for number, kind in enumerate(self.kinds):
            for place, part in enumerate(self._renamed(number, kind)):
                wrong = answer == "wrong" and part.wrong
                texts[f"{kind.name}-{place}"] = part.wrong if wrong else part.text
        for cell in handed_in["cells"]:
            settings = cell["metadata"].get("nbgrader", {})
            if settings.get("solution"):
                cell["source"] = texts[settings["grade_id"]]
        return handed_in

    def _renamed(self, number: int, kind: Kind) -> tuple[Part, ...]:
        return kind.parts if self.apart else renamed(kind, f"_{number}")


def groups(kinds: list[Kind], alone: Collection[str] = ()) -> list[Group]:
    """Every kind in one notebook; those with a library's needs apart from the others.

    The kinds that are named in ``alone`` each have a notebook of their own: what is wrong with one
    of them shall not concern the others.
    """
    sorts: dict[tuple[str, str, bool], list[Kind]] = defaultdict(list)
    made = [Group(f"alone-{kind.name}", (kind,), True) for kind in kinds if kind.name in alone]
    for kind in kinds:
        if kind.name not in alone:
            sorts[kind.family, kind.needs, kind.apart].append(kind)
    for (family, needs, apart), members in sorts.items():
        name = "-".join(filter(None, (family, needs, "apart" if apart else "")))
        for start in range(0, len(members), TOGETHER):
            some = tuple(members[start : start + TOGETHER])
            made.append(Group(f"{name}-{start // TOGETHER + 1}", some, apart))
    return made


def renamed(kind: Kind, suffix: str) -> tuple[Part, ...]:
    """The kind's cells, every name that one of them binds with the suffix."""
    texts = [text for part in kind.parts for text in (part.text, part.wrong)]
    found = {
        name.strip()
        for text in texts
        for match in BOUND.findall(text)
        for names in match
        for name in names.split(",")
    }
    bound = {name for name in found if name.isidentifier() and name != "_"}

    def put(text: str) -> str:
        for name in bound:
            # The f of f"…" is no name.
            end = r"(?![\"'])" if name in PREFIXES else ""
            text = re.sub(rf"\b{name}\b{end}", name + suffix, text)
        return text

    return tuple(replace(p, text=put(p.text), wrong=put(p.wrong)) for p in kind.parts)


def notebook(cells: list[dict[str, Any]]) -> dict[str, Any]:
    """A notebook of the newest format."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "cells": [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells)],
    }


def _cell(role: str, part: Part, name: str) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "grade": role == "test", "locked": role in ("test", "given"),
        "solution": role == "solution", "task": False, "grade_id": name, "schema_version": 3,
    }  # fmt: skip
    if role == "test":
        settings["points"] = part.points
    return {
        "cell_type": "code",
        "metadata": {} if role == "plain" else {"nbgrader": settings},
        "source": part.text,
        "outputs": [],
        "execution_count": None,
    }
