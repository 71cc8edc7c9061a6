"""Starts the clean process and gathers what it tells, whatever happens to it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lossland
from lossland.handin.notebook import HandInError, Notebook

RESTARTS = 3
"""So many cells may end the process, each is left out the next time."""
GIVEN_UP = 3
"""The exit status of a process whose cell did not care to be interrupted."""
OUT_OF_TIME = "not ended when the time for everything was over"
SECONDS_TO_END = 5.0


@dataclass(frozen=True)
class Limits:
    """What a notebook may use while it is checked; the grader's own are about the same."""

    seconds: int = 30
    """Processor time of one cell."""
    memory_mb: int = 4096
    """Address space of the process, where the system can limit it."""
    total_seconds: int = 900
    """Time on the clock for everything."""


@dataclass(frozen=True)
class Outcome:
    """What a clean run made of one cell."""

    status: str
    """"ok", "error", "too long", "ended the process" or "not run"."""
    error: str = ""
    expected: str = ""
    found: str = ""
    yours: str = ""
    printed: str = ""
    value: str = ""


@dataclass
class Run:
    """All outcomes by the cell's number, and what was noticed on the way."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    """Files beside the notebook that its cells read."""
    memory_limited: bool = True

    def of(self, number: int) -> Outcome:
        return self.outcomes.get(number, Outcome("not run"))


def run(notebook: Notebook, limits: Limits) -> Run:
    """Run every code cell in a process of its own; HandInError when that cannot start."""
    result = Run()
    skipped: list[int] = []
    for _ in range(1 + RESTARTS):
        running, why = _one_process(notebook, limits, skipped, result)
        if running is None:
            break
        skipped.append(running)
        result.outcomes[running] = Outcome(why)
        if why == OUT_OF_TIME:
            break
    return result


def _one_process(
    notebook: Notebook, limits: Limits, skipped: list[int], result: Run
) -> tuple[int | None, str]:
    """One attempt; the cell that was running when the process ended before its time, and why."""
    job = {
        "notebook": str(notebook.path.absolute()),
        "seconds": limits.seconds,
        "memory_mb": limits.memory_mb,
        "skipped": skipped,
    }
    late = threading.Event()
    with subprocess.Popen(
        [sys.executable, "-m", "lossland.handin.child", json.dumps(job)],
        cwd=notebook.path.absolute().parent,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    ) as process:

        def stop() -> None:
            late.set()
            process.kill()

        last_words: list[str] = []
        listener = threading.Thread(target=lambda: last_words.extend(process.stderr or ()))
        alarm = threading.Timer(limits.total_seconds, stop)
        alarm.daemon = listener.daemon = True
        listener.start()
        alarm.start()
        try:
            running, done = _listened(process.stdout or (), result)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(SECONDS_TO_END)
        finally:
            alarm.cancel()
            process.kill()
            listener.join(SECONDS_TO_END)
    if done:
        return None, ""
    if running is None:
        why = last_words[-1].strip() if last_words else "it said nothing"
        raise HandInError(f"a clean Python process could not be started: {why}")
    if late.is_set():
        return running, OUT_OF_TIME
    return running, "too long" if process.returncode == GIVEN_UP else "ended the process"


def _listened(lines: Iterable[str], result: Run) -> tuple[int | None, bool]:
    running: int | None = None
    for line in lines:
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if "begins" in told:
            running = int(told["begins"])
        elif "limited" in told:
            result.memory_limited = bool(told["limited"])
        elif told.get("done"):
            return running, True
        elif "cell" in told:
            result.outcomes[int(told["cell"])] = _outcome(told)
            result.opened.update(told.get("opened", ()))
    return running, False


def _outcome(told: Mapping[str, Any]) -> Outcome:
    kept = ("status", "error", "expected", "found", "yours", "printed", "value")
    return Outcome(**{name: str(told.get(name, "")) for name in kept})


def _environment() -> dict[str, str]:
    """The caller's, with this library in reach, figures in memory, and one spelling of text.

    One thread a process, unless the caller wants more: each takes address space, and computes.
    """
    home = str(Path(lossland.__file__).resolve().parent.parent)
    path = os.pathsep.join(part for part in (os.environ.get("PYTHONPATH"), home) if part)
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    own = {"PYTHONPATH": path, "MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"}
    return {**threads, **os.environ, **own}
