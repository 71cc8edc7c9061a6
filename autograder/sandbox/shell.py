"""The IPython shell that runs a notebook's cells: its magics work, its shell lines do nothing.

``!pip install numpy`` or ``%%bash`` at the top of an answer is a habit, and there is no shell
while grading: such a line says so and the rest of the cell runs, as it does on the student's
machine.
"""

from __future__ import annotations

import importlib.util
import re
import tempfile
from typing import Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import LSString, SList
from traitlets.config import Config

SHELL_CELLS = ("bash", "sh", "script", "perl", "ruby", "cmd")
INSTALLERS = ("pip", "conda", "mamba", "micromamba", "uv")
_INSTALL = re.compile(r"\b(?:pip3?|conda|mamba|micromamba|uv)\s+(?:pip\s+)?(?:install|add)\b(.*)")
_PACKAGE = re.compile(r"[A-Za-z][\w.-]*")
_MODULES = {"scikit-learn": "sklearn", "pillow": "PIL", "opencv-python": "cv2", "pyyaml": "yaml"}
MAX_SHOWN = 60


class Shell(InteractiveShell):
    """A shell without windows, terminal or other programs; figures are collected after a cell."""

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no window to draw in."""

    def enable_matplotlib(self, gui: str | None = None) -> tuple[str | None, str]:
        """Figures stay in memory, whatever the notebook asks for."""
        return gui, "agg"

    def system(self, cmd: str) -> None:
        """What ``!cmd`` does: say that it did nothing."""
        print(not_run(f"!{cmd}", cmd))

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """What ``x = !cmd`` gives: no lines."""
        self.system(cmd)
        return SList() if split else LSString("")

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        """Run a line magic; one that is not there, or cannot do its work here, is skipped."""
        if self._find_with_lazy_load("line", magic_name) is None:
            print(f"`%{magic_name}` was skipped: there is no such magic while grading.")
            return None
        if magic_name not in ("config", "load_ext", "reload_ext"):
            return super().run_line_magic(magic_name, line, _stack_depth + 1)
        try:
            return super().run_line_magic(magic_name, line, _stack_depth + 1)
        except (UsageError, ImportError):
            print(f"`%{magic_name} {_short(line)}` was skipped: it is not there while grading.")
            return None

    def run_cell_magic(self, magic_name: str, line: str, cell: str) -> Any:
        """Run a cell magic; below one that is not there the cell runs as if it stood alone."""
        if self._find_with_lazy_load("cell", magic_name) is not None:
            return super().run_cell_magic(magic_name, line, cell)
        print(f"`%%{magic_name}` was skipped: there is no such magic while grading.")
        result = self.run_cell(cell, store_history=False)
        result.raise_error()
        return result.result


def make() -> Shell:
    """The one shell of this process."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.autocall = 0
    with tempfile.TemporaryDirectory(prefix="lossland-ipython-") as folder:
        shell: Shell = Shell.instance(config=config, ipython_dir=folder)
    for name in INSTALLERS:
        shell.register_magic_function(_line_not_run(name), "line", name)
    for name in SHELL_CELLS:
        shell.register_magic_function(_cell_not_run(name), "cell", name)
    return shell


def not_run(shown: str, command: str = "") -> str:
    """One line for the student about a line that was not run."""
    text = f"`{_short(shown)}` was not run: there is no shell while grading"
    packages = _packages(command)
    here = [name for name in packages if _importable(name)]
    missing = [name for name in packages if name not in here]
    if here:
        text += f"; installed already: {', '.join(here)}"
    if missing:
        text += f"; not installed: {', '.join(missing)}, ask your instructor"
    return f"{text}."


def _line_not_run(name: str) -> Any:
    return lambda line: print(not_run(f"%{name} {line}", f"{name} {line}"))


def _cell_not_run(name: str) -> Any:
    return lambda line, cell: print(not_run(f"%%{name} {line}".strip()))


def _short(text: str) -> str:
    first = text.strip().partition("\n")[0]
    return first if len(first) <= MAX_SHOWN else f"{first[: MAX_SHOWN - 1]}…"


def _packages(command: str) -> list[str]:
    """The names of the packages that a command would install."""
    found = _INSTALL.search(command)
    words = re.split(r"[\s'\";&|]+", found[1]) if found else []
    names = [_PACKAGE.match(word) for word in words if not word.startswith("-")]
    return [name[0] for name in names if name is not None][:8]


def _importable(package: str) -> bool:
    module = _MODULES.get(package.lower(), package.replace("-", "_"))
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False
