"""The clean process: runs a notebook's code cells from top to bottom and tells each outcome.

Started by ``running.py`` with one argument, a JSON object; each line that it writes is a JSON
object. What cells print goes elsewhere. A cell that computes too long is interrupted, and when it
does not care the process ends: the one who started it sees which cell was running.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import io
import json
import linecache
import os
import signal
import sys
import tempfile
import threading
import time
import types
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import LSString, SList
from traitlets.config import Config

from lossland.handin import notebook
from lossland.handin.explaining import explained, filename, kind_and_text
from lossland.handin.notebook import Cell
from lossland.handin.running import GIVEN_UP

GRACE = 3.0
"""Seconds that an interrupted cell has to end."""
WALL_FACTOR = 10.0
"""A cell that only waits, or is kept from computing, may take so many times its seconds."""
MOST_TEXT = 20_000


class Shell(InteractiveShell):
    """What ``get_ipython()`` gives: magics work, other programs and windows there are none."""

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no window."""

    def enable_matplotlib(self, gui: str | None = None) -> tuple[str | None, str]:
        """Figures stay in memory."""
        return gui, "agg"

    def system(self, cmd: str) -> None:
        """``!cmd`` does nothing here, as while grading."""
        print(f"`!{cmd}` was not run: there is no shell while grading")

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """``x = !cmd`` gives no lines."""
        self.system(cmd)
        return SList() if split else LSString("")


class Printed(io.StringIO):
    """What a cell prints; an endless line of it is dropped."""

    def write(self, text: str) -> int:
        """Keep what there is room for."""
        super().write(text[: max(0, MOST_TEXT - self.tell())])
        return len(text)


class Watch:
    """Interrupts the main thread when a cell has computed for too long, at last ends the process.

    Processor time counts, so that a busy machine costs nothing.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.began: tuple[float, float] | None = None
        self.fired = False
        threading.Thread(target=self._run, daemon=True).start()

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        self.fired = False
        self.began = time.process_time(), time.monotonic()
        try:
            yield
        finally:
            self.began = None

    def _run(self) -> None:
        interrupted = 0.0
        while True:
            time.sleep(0.05)
            began = self.began
            if began is None:
                interrupted = 0.0
                continue
            computed, waited = time.process_time() - began[0], time.monotonic() - began[1]
            if computed < self.seconds and waited < WALL_FACTOR * self.seconds:
                continue
            if not interrupted:
                self.fired, interrupted = True, time.monotonic()
                _interrupt()
            elif time.monotonic() - interrupted > GRACE:
                os._exit(GIVEN_UP)


def _interrupt() -> None:
    """Ctrl-C for the main thread, also where it sleeps."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:  # Windows
        import _thread  # noqa: PLC0415

        _thread.interrupt_main()


class Runner:
    """Runs cells in one namespace, as a kernel does, and goes on after an error."""

    def __init__(self, seconds: float, folder: Path) -> None:
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        self.names: dict[str, Any] = module.__dict__
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        with tempfile.TemporaryDirectory(prefix="lossland-ipython-") as home:
            self.shell = Shell.instance(
                config=config, user_ns=self.names, user_module=module, ipython_dir=home
            )
        self.names["get_ipython"] = lambda: self.shell
        self.watch = Watch(seconds)
        self.opened: set[str] = set()
        self.listening = False
        sys.addaudithook(self._heard)
        self.folder = str(folder.resolve())

    def run(self, cell: Cell) -> dict[str, Any]:
        """One cell: what it printed, its value, or its error."""
        printed = Printed()
        told: dict[str, Any] = {"cell": cell.number, "status": "ok", "value": ""}
        self.opened.clear()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(Printed()):
            try:
                with self.watch.watching():
                    self.listening = True
                    value = self._executed(cell)
                    self.listening = False
                    if value is not None:  # as a notebook stores it
                        plain = self.shell.display_formatter.formatters["text/plain"]
                        told["value"] = str(plain(value) or "")[:MOST_TEXT]
            except KeyboardInterrupt as error:
                told["status"] = "too long" if self.watch.fired else "error"
                told |= self._told(error, cell)
            except BaseException as error:
                told["status"] = "error"
                told |= self._told(error, cell)
            finally:
                self.listening = False
        with contextlib.suppress(Exception):
            sys.modules["matplotlib.pyplot"].close("all")
        return {**told, "printed": printed.getvalue(), "opened": sorted(self.opened)}

    def _executed(self, cell: Cell) -> Any:
        """Run the statements; the value of the last one, if it is an expression."""
        name = filename(cell)
        source = TransformerManager().transform_cell(cell.source)
        lines = [line + "\n" for line in cell.lines]
        linecache.cache[name] = len(cell.source), None, lines, name
        tree = ast.parse(source, name)
        last = None
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            last = ast.Expression(tree.body.pop().value)
            if cell.source.rstrip().endswith(";"):
                tree.body.append(ast.Expr(last.body))
                ast.fix_missing_locations(tree)
                last = None
        self._evaluated(compile(tree, name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT))
        if last is None:
            return None
        return self._evaluated(compile(last, name, "eval", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT))

    def _evaluated(self, code: types.CodeType) -> Any:
        value = eval(code, self.names)
        if code.co_flags & inspect.CO_COROUTINE:
            return asyncio.run(value)
        return value

    def _told(self, error: BaseException, cell: Cell) -> dict[str, str]:
        try:
            with self.watch.watching(), contextlib.redirect_stdout(Printed()):
                return explained(error, cell, self.names)
        except (Exception, KeyboardInterrupt):  # an error that cannot show itself
            return {"error": type(error).__name__}

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit hook: which files beside the notebook are read?"""
        if event != "open" or not self.listening or not isinstance(arguments[0], str | bytes):
            return
        path, mode = os.fsdecode(arguments[0]), arguments[1]
        if isinstance(mode, str) and set(mode) & set("wax+"):
            return
        whole = os.path.abspath(path)
        if os.path.dirname(whole).startswith(self.folder) and "__pycache__" not in whole:
            self.opened.add(os.path.relpath(whole, self.folder))


def limit_memory(megabytes: int) -> bool:
    """Limit the address space; False where the system cannot."""
    try:
        import resource  # noqa: PLC0415

        size = megabytes * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    except (ImportError, ValueError, OSError):
        return False
    return sys.platform == "linux"


def main() -> None:
    """Run the notebook that the argument names."""
    job = json.loads(sys.argv[1])
    # What a cell prints, its programs' output included, must not mix with what is told.
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)

    def tell(**message: Any) -> None:
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    path = Path(job["notebook"])
    found = notebook.read(path)
    runner = Runner(job["seconds"], path.parent)
    tell(limited=limit_memory(job["memory_mb"]))
    warnings.simplefilter("ignore")
    _run_all(found, runner, set(job["skipped"]), tell)
    tell(done=True)
    os._exit(0)  # threads that the notebook left behind keep nothing waiting


def _run_all(
    found: notebook.Notebook, runner: Runner, skipped: set[int], tell: Callable[..., None]
) -> None:
    for cell in found.code:
        if cell.number in skipped or not cell.source.strip():
            continue
        tell(begins=cell.number)
        try:
            tell(**runner.run(cell))
        except KeyboardInterrupt as error:  # it came a moment late
            tell(cell=cell.number, status="too long", error=kind_and_text(error))


if __name__ == "__main__":
    main()
