"""Named wrong solutions and right solutions written differently, beside each source notebook.

``mistakes.py`` and ``alternatives.py`` are ordinary modules::

    import numpy as np
    from autograder.catalogue import mistake

    @mistake("momentum_step", "The gradient is added, so every step goes uphill.")
    def momentum_uphill(x, v, grad, lr, mu):
        v = mu * v + lr * grad
        return x + v, v

The text of a mistake is shown to students whose answers agree with it. An entry may use what
its module imports or defines, and nothing else: so it also runs on its own, in a notebook.
"""

from __future__ import annotations

import ast
import builtins
import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

from autograder.errors import CourseError

Function = TypeVar("Function", bound=Callable[..., Any])

_MARK = "__lossland_entry__"


class _Mark(NamedTuple):
    kind: str
    function: str
    text: str


def mistake(function: str, text: str) -> Callable[[Function], Function]:
    """Mark a wrong way to write ``function``; ``text`` tells the student which, in a sentence."""
    return _marked(_Mark("mistake", function, text))


def alternative(function: str, text: str = "") -> Callable[[Function], Function]:
    """Mark a right way to write ``function``; ``text`` says what is different about it."""
    return _marked(_Mark("alternative", function, text))


def _marked(mark: _Mark) -> Callable[[Function], Function]:
    def decorate(call: Function) -> Function:
        setattr(call, _MARK, mark)
        return call

    return decorate


@dataclass(frozen=True)
class Entry:
    """One way to write a function of the problem set.

    ``function`` is that function's name, ``name`` the entry's own, ``call`` the code to run.
    """

    function: str
    name: str
    text: str
    call: Callable[..., Any]
    source: str

    def source_cell(self) -> str:
        """Code that defines ``function`` in this way, complete with all that it uses."""
        return _standalone(_module(self.source), self.name, self.function)


@dataclass(frozen=True)
class Catalogue:
    """All entries of one problem set, in the order of their files."""

    mistakes: tuple[Entry, ...] = ()
    alternatives: tuple[Entry, ...] = ()

    @property
    def functions(self) -> tuple[str, ...]:
        """Names of the functions that have entries, each once."""
        return tuple(dict.fromkeys(e.function for e in self.mistakes + self.alternatives))

    def mistakes_of(self, function: str) -> tuple[Entry, ...]:
        """The mistakes of this function."""
        return tuple(entry for entry in self.mistakes if entry.function == function)

    def alternatives_of(self, function: str) -> tuple[Entry, ...]:
        """The alternatives of this function."""
        return tuple(entry for entry in self.alternatives if entry.function == function)


def load(directory: Path) -> Catalogue:
    """The entries beside a source notebook; an empty catalogue where the files are absent.

    Raises CourseError, naming the file, for code that does not run, an entry without a text or
    with the name of another, and an entry that would not run on its own.
    """
    return Catalogue(
        mistakes=tuple(_entries(directory / "mistakes.py", "mistake")),
        alternatives=tuple(_entries(directory / "alternatives.py", "alternative")),
    )


def _entries(path: Path, kind: str) -> Iterator[Entry]:
    if not path.exists():
        return
    try:
        source = path.read_text(encoding="utf-8")
        # Run from its text, since importing would leave byte code beside the source notebook.
        module = ModuleType(f"{path.parent.name} {path.stem}")
        exec(compile(source, str(path), "exec"), vars(module))
        tree = _module(source)
    except Exception as error:
        raise CourseError(f"{path}: {type(error).__name__}: {error}") from error
    for name, value in vars(module).items():
        mark = getattr(value, _MARK, None)
        if not isinstance(mark, _Mark):
            continue
        if mark.kind != kind or (kind == "mistake" and not mark.text):
            raise CourseError(f"{path}: {name} must be marked as {kind}, with a text")
        unknown = tree.unknown_names(name)
        if unknown:
            raise CourseError(f"{path}: {name} uses {', '.join(unknown)}, which stands nowhere")
        yield Entry(mark.function, name, mark.text, value, source)


class _Module:
    """What stands at the top level of a module, by the names it defines."""

    def __init__(self, source: str) -> None:
        self.lines = source.splitlines()
        self.nodes: dict[str, ast.stmt] = {}
        for node in ast.parse(source).body:
            for name in _defined(node):
                if name in self.nodes:
                    raise ValueError(f"{name} is defined twice")
                self.nodes[name] = node

    def needed(self, name: str) -> list[ast.stmt]:
        """The statements that ``name`` needs, itself included, in the order of the file."""
        found: dict[int, ast.stmt] = {}
        waiting = [name]
        while waiting:
            node = self.nodes.get(waiting.pop())
            if node is not None and node.lineno not in found:
                found[node.lineno] = node
                waiting += _used(node)
        return [found[line] for line in sorted(found)]

    def unknown_names(self, name: str) -> list[str]:
        """Names that ``name`` uses and nobody defines."""
        unknown: set[str] = set()
        for node in self.needed(name):
            unknown |= _used(node) - _bound(node) - self.nodes.keys() - vars(builtins).keys()
        return sorted(unknown)

    def text(self, node: ast.stmt) -> str:
        """The statement's source, without decorators."""
        return "\n".join(self.lines[node.lineno - 1 : node.end_lineno])


@functools.cache
def _module(source: str) -> _Module:
    return _Module(source)


def _standalone(module: _Module, name: str, function: str) -> str:
    blocks = []
    for node in module.needed(name):
        text = module.text(node)
        own = name in _defined(node)
        blocks.append(re.sub(rf"\b{re.escape(name)}\b", function, text) if own else text)
    imports = sum(isinstance(n, ast.Import | ast.ImportFrom) for n in module.needed(name))
    head = "\n".join(blocks[:imports])
    return "\n\n\n".join([head] * bool(head) + blocks[imports:]) + "\n"


def _defined(node: ast.stmt) -> list[str]:
    """Names that a top-level statement defines; the catalogue's own decorators do not count."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        if isinstance(node, ast.ImportFrom) and node.module == __name__:
            return []
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]


def _used(node: ast.stmt) -> set[str]:
    """Names that a statement reads; for a function, decorators do not count."""
    parts: list[ast.AST] = [node]
    if isinstance(node, ast.FunctionDef):
        parts = [node.args, *node.body]
    names = (n for part in parts for n in ast.walk(part) if isinstance(n, ast.Name))
    return {n.id for n in names if isinstance(n.ctx, ast.Load)}


def _bound(node: ast.stmt) -> set[str]:
    """Names that a statement binds anywhere inside: arguments, variables, inner functions."""
    bound: set[str] = set()
    for n in ast.walk(node):
        if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load):
            bound.add(n.id)
        elif isinstance(n, ast.arg):
            bound.add(n.arg)
        elif isinstance(n, ast.FunctionDef | ast.ExceptHandler) and n.name:
            bound.add(n.name)
    return bound
