"""Python text taken apart: what a statement needs, so that a function can stand on its own."""

from __future__ import annotations

import ast
import builtins
import functools
import json
import re
import symtable
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

_SOLUTION = re.compile(r"\s*### (BEGIN|END) SOLUTION\s*")


@dataclass(frozen=True)
class Statement:
    """A statement of a module's top level: its text, without decorators, and its names."""

    node: ast.stmt
    text: str

    @property
    def imports(self) -> bool:
        """Whether it is an import."""
        return isinstance(self.node, ast.Import | ast.ImportFrom)

    @functools.cached_property
    def used(self) -> frozenset[str]:
        """Names of the module that it reads, at once or when it is called."""
        top = symtable.symtable(self.text, "<catalogue>", "exec")
        read = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_referenced()}
        inner = (symbol for table in _inside(top) for symbol in table.get_symbols())
        return frozenset(read | {symbol.get_name() for symbol in inner if symbol.is_global()})

    def renamed(self, old: str, new: str) -> str:
        """Its text with one name in place of another."""
        return re.sub(rf"\b{re.escape(old)}\b", new, self.text)


class Source:
    """The top level of a module, by the names that it defines. ValueError for one defined twice."""

    def __init__(self, text: str) -> None:
        self.statements: dict[str, Statement] = {}
        for statement in _statements(text):
            for name in _defined(statement.node):
                if name in self.statements:
                    raise ValueError(f"{name} is defined twice")
                self.statements[name] = statement

    def needed(self, name: str) -> list[Statement]:
        """The statements that ``name`` needs, itself included, in the order of the file."""
        found: dict[int, Statement] = {}
        waiting = [name]
        while waiting:
            statement = self.statements.get(waiting.pop())
            if statement is not None and statement.node.lineno not in found:
                found[statement.node.lineno] = statement
                waiting += statement.used
        return [found[line] for line in sorted(found)]

    def unknown_names(self, name: str) -> list[str]:
        """Names that ``name`` uses and nobody defines."""
        used = {other for statement in self.needed(name) for other in statement.used}
        return sorted(used - self.statements.keys() - vars(builtins).keys())

    def standalone(self, name: str, new_name: str) -> str:
        """Code that defines ``name`` under a new name, complete with all that it uses."""
        own = self.statements[name]
        needed = self.needed(name)
        rest = [s.renamed(name, new_name) if s is own else s.text for s in needed if not s.imports]
        head = "\n".join(s.text for s in needed if s.imports)
        return "\n\n\n".join([head] * bool(head) + rest) + "\n"


@functools.cache
def parsed(text: str) -> Source:
    """The source of this text; many entries share one."""
    return Source(text)


def answers_in(*notebooks: str) -> str:
    """What the answers and the instructor's other cells of source notebooks (JSON) define.

    Each name once, as its first cell has it; test cells and cells that are no plain Python,
    such as those with magic commands, count for nothing.
    """
    found: dict[str, str] = {}
    for notebook in notebooks:
        for cell in json.loads(notebook)["cells"]:
            about = cell.get("metadata", {}).get("nbgrader", {})
            tests = about.get("grade") and not about.get("solution")
            if cell.get("cell_type") != "code" or not about or tests:
                continue
            with suppress(SyntaxError):
                for statement in _statements("".join(cell["source"])):
                    for name in _defined(statement.node):
                        found.setdefault(name, statement.text)
    return "\n\n\n".join(dict.fromkeys(found.values())) + "\n"


def edited(
    answers: str, helpers: str, function: str, name: str, changes: Iterable[tuple[str, str] | str]
) -> str:
    """Code that defines ``name``: the answer ``function`` with changes, and what it needs.

    What it needs comes from ``helpers`` or from the other answers, which get a leading underscore
    so that they do not take the place of a student's own. A change is a pair of texts, old and
    new, or a new body. ValueError where the old text does not stand exactly once.
    """
    others = parsed(answers)
    text = _body(others.statements[function])
    for change in changes:
        if isinstance(change, str):
            text = _head(others.statements[function]) + textwrap.indent(change, "    ")
            continue
        old, new = change
        if text.count(old) != 1:
            times = f"stands {text.count(old)} times in the answer {function}, not once"
            raise ValueError(f"replaces {old!r}, which {times}")
        text = text.replace(old, new)
    text = re.sub(rf"\b{re.escape(function)}\b", name, text)
    pools = [{name: Statement(ast.parse(text).body[0], text)}]
    pools += [parsed(helpers).statements, others.statements]
    found: dict[str, tuple[int, Statement]] = {}
    waiting = [name]
    while waiting:
        wanted = waiting.pop()
        place = next((i for i, pool in enumerate(pools) if wanted in pool), -1)
        if place >= 0 and wanted not in found:
            found[wanted] = place, pools[place][wanted]
            waiting += pools[place][wanted].used
    ordered = sorted(
        found.values(), key=lambda one: (not one[1].imports, -one[0], one[1].node.lineno)
    )
    code = "\n\n\n".join(dict.fromkeys(statement.text for _, statement in ordered)) + "\n"
    for other, (place, statement) in found.items():
        if place == len(pools) - 1 and isinstance(statement.node, ast.FunctionDef):
            code = re.sub(rf"\b{re.escape(other)}\b", f"_{other}", code)
    return code


def _head(statement: Statement) -> str:
    """The lines of a function's def."""
    node = statement.node
    assert isinstance(node, ast.FunctionDef)
    lines = statement.text.splitlines(keepends=True)
    return "".join(lines[: node.body[0].lineno - node.lineno])


def _body(statement: Statement) -> str:
    """A function's text without its docstring and the marks around its solution."""
    node, lines = statement.node, statement.text.splitlines()
    if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
        first, last = node.body[0].lineno, node.body[0].end_lineno or node.body[0].lineno
        del lines[first - node.lineno : last - node.lineno + 1]
    return "\n".join(line for line in lines if not _SOLUTION.fullmatch(line))


def _statements(text: str) -> Iterator[Statement]:
    lines = text.splitlines()
    for node in ast.parse(text).body:
        yield Statement(node, "\n".join(lines[node.lineno - 1 : node.end_lineno]))


def _inside(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _inside(child)


def _defined(node: ast.stmt) -> list[str]:
    """Names that a top-level statement defines; the catalogue's own decorators do not count."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        if isinstance(node, ast.ImportFrom) and node.module == "autograder.catalogue":
            return []
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]
