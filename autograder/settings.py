"""What a course may set about judging: ``c.Judge.…`` in its configuration, or ``--Judge.…``.

The same object serves our own command and nbgrader's pipeline, where it is the stage that
replaces nbgrader's Execute.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, List, TraitError, Unicode
from traitlets.config import Config, LazyConfigValue

from autograder.errors import CourseError
from autograder.limits import Limits

Resources = dict[str, Any]


class Words(List):
    """A list of texts; a single text counts as a list of one, a dictionary as ``name=value``s."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(Unicode(), **settings)

    def validate(self, obj: Any, value: Any) -> Any:
        if isinstance(value, str):
            value = [value]
        if isinstance(value, Mapping):
            value = [f"{name}={setting}" for name, setting in value.items()]
        return super().validate(obj, value)

    def from_string(self, text: str) -> Any:
        """From the command line: a Python list or dictionary, or one of its texts."""
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            return [text]
        return value if isinstance(value, list | tuple | dict) else [text]

    def from_string_list(self, texts: Iterable[str]) -> Any:
        """From an option that is given several times."""
        return [str(word) for text in texts for word in _words(self.from_string(text))]


def _words(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return [f"{name}={setting}" for name, setting in value.items()]
    return list(value)


def check_names(cls: Any, config: Config) -> None:
    """CourseError for a setting of this class in the course's configuration that there is not."""
    section = config.get(cls.__name__, {})
    known = sorted(cls.class_traits(config=True))
    for name in section:
        if name not in known and not isinstance(section[name], Config):
            raise CourseError(
                f"there is no setting {cls.__name__}.{name}; there are {', '.join(known)}"
            )


class Judge(NbGraderPreprocessor):
    """Runs the student's cells in the sandbox and the test cells in the judge."""

    limits = Words(help='Limits of grading, as in ["test_seconds=30", "memory_mb=4096"]').tag(
        config=True
    )
    require_sandbox = Bool(
        False, help="Refuse to grade where the host cannot isolate the student's code fully"
    ).tag(config=True)
    inside = Bool(
        True,
        help="Let test cells that cannot be judged from outside run in the student's process, as "
        "nbgrader does; without it nobody is graded by such cells",
    ).tag(config=True)
    shown = Words(
        help="Files and folders of this machine, besides Python and its libraries, that the "
        "student's code may read"
    ).tag(config=True)

    @classmethod
    def of(cls, config: Config) -> Judge:
        """The settings of a course; CourseError, in one line, for one that cannot be."""
        check_names(cls, config)
        try:
            return cls(config=config)
        except TraitError as error:
            raise CourseError(f"a setting of Judge cannot be used: {error}") from error

    def allowed(self, asked: Iterable[str] = ()) -> Limits:
        """The limits that the course and then the command line ask for."""
        return Limits().changed([*self.limits, *asked])

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        judged = getattr(self.parent, "judged", None)
        if judged is None:
            raise CourseError(
                "this stage needs Autograde.exporter_class: call configure(c) in nbgrader_config.py"
            )
        resources["graded"] = graded = judged(nb, resources)
        return nbformat.from_dict(graded.notebook), resources

    def _find_my_config(self, cfg: Config) -> Config:
        """``c.Judge.limits.update(test_seconds=30)`` counts: traitlets would drop it."""
        found: Config = super()._find_my_config(cfg)
        for name, value in list(found.items()):
            if isinstance(value, LazyConfigValue) and value._update:
                later = LazyConfigValue()
                later.extend([*value._extend, *_words(value._update)])
                later.prepend(value._prepend)
                later._inserts = value._inserts
                found[name] = later
        return found
