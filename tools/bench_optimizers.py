"""Measure the optimizers by the rules of ``lossland.benchmark`` and keep the results.

    python -m tools.bench_optimizers            # all of it: about ten minutes on one core
    python -m tools.bench_optimizers --resume   # what is missing in the file
    python -m tools.bench_optimizers --only adam --only "adam, eps too"
    python -m tools.bench_optimizers --small    # seconds: the version that the tests repeat
    python -m tools.bench_optimizers --after-adam   # the methods after Adam, into their own file

Results go to ``lossland/data/benchmark.npz``, those of the methods after Adam to
``lossland/data/after-adam.npz``, the small ones to ``tests/lossland/benchmark-small.npz``, after
each task. All numbers but the seconds are those of
every machine, up to rounding. Set OPENBLAS_NUM_THREADS=1: threads gain nothing here.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from lossland.benchmark import (
    AFTER_ADAM,
    CACHE,
    ENTRIES,
    FULL,
    SMALL,
    TASKS,
    VARIANTS,
    Entry,
    Protocol,
    Results,
    empty,
    measure,
    newcomers,
    read,
    write,
)
from tools.common import ROOT, ToolError, run

SMALL_CACHE = ROOT / "tests" / "lossland" / "benchmark-small.npz"
EVERYONE = {**ENTRIES, **VARIANTS}


def everyone(task: str) -> dict[str, Entry]:
    """All methods that take part in a task."""
    return {**EVERYONE, **newcomers(TASKS[task])}


def measured(
    protocol: Protocol, pairs: list[tuple[str, str]], known: Results, file: Path | None
) -> Results:
    """``known`` with these pairs of task and method measured; each is kept in ``file`` at once."""
    cells = dict(known.cells)
    for task, name in pairs:
        started = time.process_time()
        cells[task, name] = measure(everyone(task)[name], TASKS[task], protocol)
        order = [(t, n) for t in TASKS for n in everyone(t) if (t, n) in cells]
        known = Results(protocol, {key: cells[key] for key in order})
        if file:
            write(file, known)
            print(f"{task}, {name}: {time.process_time() - started:.1f} s of CPU", flush=True)
    return known


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(description="Measure the optimizers again.")
    parser.add_argument("--small", action="store_true", help="the version that the tests repeat")
    parser.add_argument("--after-adam", action="store_true", help="the methods after Adam")
    parser.add_argument("--resume", action="store_true", help="only what the file does not have")
    parser.add_argument("--only", action="append", metavar="METHOD", help="keep all others")
    asked = parser.parse_args()
    protocol, file = (SMALL, SMALL_CACHE) if asked.small else (FULL, CACHE)
    pairs = [(task, n) for group in (ENTRIES, VARIANTS) for task in TASKS for n in group]
    if asked.after_adam:
        file, pairs = AFTER_ADAM, [(t, n) for t in TASKS for n in newcomers(TASKS[t])]
    everybody = list(dict.fromkeys(name for _, name in pairs))
    names = asked.only or everybody
    if unknown := set(names) - set(everybody):
        raise ToolError(f"{sorted(unknown)} are no methods of it: {', '.join(everybody)}")
    known = read(file) if (asked.only or asked.resume) and file.is_file() else empty(protocol)
    if known.protocol != protocol:
        raise ToolError(f"{file} was measured by other rules: measure all of it again")
    skipped = known.cells if asked.resume else ()
    pairs = [(task, n) for task, n in pairs if n in names and (task, n) not in skipped]
    measured(protocol, pairs, known, file)


if __name__ == "__main__":
    run(main)
