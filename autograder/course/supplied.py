"""Modules that courses import and today's Python cannot have: they are laid beside the notebook."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterable
from pathlib import Path

from autograder.course.cells import Notebook
from autograder.repair.slots import plain_python

HERE = Path(__file__).parent
NOSE = {"nose/__init__.py": "", "nose/tools.py": "nose_tools.py"}
"""Name beside the notebook → the file of this folder with its text; empty for an empty one."""


def modules(notebooks: Iterable[Notebook]) -> dict[str, bytes]:
    """What these notebooks import and nobody has installed: file by name."""
    if not any(_imports(notebook, "nose") for notebook in notebooks):
        return {}
    if importlib.util.find_spec("nose") is not None:
        return {}
    return {name: (HERE / file).read_bytes() if file else b"" for name, file in NOSE.items()}


def _imports(notebook: Notebook, module: str) -> bool:
    for cell in notebook["cells"]:
        source = str(cell["source"])
        if cell["cell_type"] != "code" or module not in source:
            continue
        try:
            tree = ast.parse(plain_python(source))
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            if any(name.partition(".")[0] == module for name in names):
                return True
    return False
