"""Named wrong solutions and right solutions written differently, beside each source notebook.

``mistakes.py`` and ``alternatives.py`` are ordinary modules::

    from functools import partial

    from autograder.catalogue import edit, mistake

    momentum = partial(edit, "momentum_step")

    momentum_uphill = momentum(
        "The gradient is added, so every step goes uphill.", ("- lr * grad", "+ lr * grad")
    )

    @mistake("momentum_step", "The step is drawn by lot.")
    def momentum_by_lot(x, v, grad, lr, mu):
        import random

        return x + random.random(), v

An edit is the notebook's own solution with some lines changed; a whole function is for what is no
such change. The text of a mistake is shown to students whose answers agree with it. An entry may
use what its module imports or defines, and an edit what the notebook's answers define besides;
nothing else: so it also runs on its own, in a notebook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

from autograder.errors import CourseError
from autograder.sources import answers_in, edited, parsed

Function = TypeVar("Function", bound=Callable[..., Any])

KINDS = {"mistakes.py": "mistake", "alternatives.py": "alternative"}
_MARK = "__lossland_entry__"


class _Mark(NamedTuple):
    kind: str
    function: str
    text: str


class Edit(NamedTuple):
    """A wrong way to write ``function``: the notebook's solution, with these changes."""

    function: str
    text: str
    changes: tuple[tuple[str, str] | str, ...]


def mistake(function: str, text: str) -> Callable[[Function], Function]:
    """Mark a wrong way to write ``function``; ``text`` tells the student which, in a sentence."""
    return _marked(_Mark("mistake", function, text))


def edit(function: str, text: str, *changes: tuple[str, str] | str) -> Edit:
    """A wrong way to write ``function`` that differs from its solution by ``(old, new)`` texts.

    They are replaced one after the other; each ``old`` must stand in the solution exactly once.
    A change that is one text alone is a whole new body.
    """
    return Edit(function, text, changes)


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
        return parsed(self.source).standalone(self.name, self.function)


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
    """The entries beside the source notebooks; an empty catalogue where the files are absent.

    Raises CourseError, naming the file, for code that does not run, an entry without a text or
    with the name of another, an entry that would not run on its own, and an edit that does not
    fit its solution, or whose function no notebook of the folder defines.
    """
    paths = [directory / name for name in KINDS]
    sources = {path.name: path.read_bytes() for path in paths if path.exists()}
    notebooks = [path.read_text(encoding="utf-8") for path in sorted(directory.glob("*.ipynb"))]
    return _catalogue(sources, answers_in(*notebooks) if sources else "", directory, strict=True)


def from_sources(sources: Mapping[str, bytes], notebook: str) -> Catalogue:
    """The entries in the files ``mistakes.py`` and ``alternatives.py``, as bytes.

    ``notebook`` is the source notebook, as JSON; edits of functions that it does not define are
    left out, since they belong to another notebook of the assignment. Raises CourseError as load.
    """
    answers = answers_in(notebook) if sources else ""
    return _catalogue(sources, answers, Path(), strict=False)


def _catalogue(
    sources: Mapping[str, bytes], answers: str, where: Path, *, strict: bool
) -> Catalogue:
    found = {
        kind: tuple(_entries(where / name, sources[name], answers, strict))
        for name, kind in KINDS.items()
        if name in sources
    }
    return Catalogue(found.get("mistake", ()), found.get("alternative", ()))


def _entries(path: Path, data: bytes, answers: str, strict: bool) -> Iterator[Entry]:
    kind = KINDS[path.name]
    try:
        text = data.decode("utf-8")
        # Run from its text, since importing would leave byte code beside the source notebook.
        module = ModuleType(path.stem)
        exec(compile(text, str(path), "exec"), vars(module))
        parsed(text)
    except Exception as error:
        raise CourseError(f"{path}: {type(error).__name__}: {error}") from error
    for name, value in vars(module).items():
        mark = value if isinstance(value, Edit) else getattr(value, _MARK, None)
        if not isinstance(mark, Edit | _Mark):
            continue
        if getattr(mark, "kind", "mistake") != kind or (kind == "mistake" and not mark.text):
            raise CourseError(f"{path}: {name} must be marked as {kind}, with a text")
        try:
            yield _entry(mark, name, value, text, answers)
        except _Elsewhere:
            if strict:
                raise CourseError(
                    f"{path}: {name} edits {mark.function}, which no notebook here defines"
                ) from None
        except ValueError as error:
            raise CourseError(f"{path}: {name} {error}") from error
        except Exception as error:
            raise CourseError(f"{path}: {name}: {type(error).__name__}: {error}") from error


class _Elsewhere(Exception):
    """The function that an edit changes stands in another notebook."""


def _entry(mark: Edit | _Mark, name: str, value: Any, text: str, answers: str) -> Entry:
    call, code = value, text
    if isinstance(mark, Edit):
        if mark.function not in parsed(answers).statements:
            raise _Elsewhere
        code = edited(answers, text, mark.function, name, mark.changes)
        namespace = vars(ModuleType(name))
        exec(compile(code, f"<{name}>", "exec"), namespace)
        call = namespace[name]
    unknown = parsed(code).unknown_names(name)
    if unknown:
        raise ValueError(f"uses {', '.join(unknown)}, which stands nowhere")
    return Entry(mark.function, name, mark.text, call, code)
