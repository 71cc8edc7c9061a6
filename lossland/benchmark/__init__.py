"""An honest benchmark of the optimizers: every method tuned by the same budget, on fresh seeds.

Reading, which is all that a page needs::

    from lossland import benchmark

    found = benchmark.results()              # the cached results, measured once
    found.tasks, found.methods               # names; labels are in TASKS[…].label and METHODS
    row = found.outcome("softmax", "adam", budget=16)
    row.mean, row.low, row.high              # held-out score on fresh seeds, 95 % interval
    row.lucky, row.median, row.unlucky       # of single searches: 10 %, 50 %, 90 %
    row.reached, row.evaluations, row.seconds  # the target: share, half of the searches after …
    found.spread("softmax")                  # worst mean minus best, after 64 trials
    found.level("softmax")                   # methods that are not told from the best
    found.ranking("softmax")                 # the best mean first
    found.difference("rotated", "adam", "momentum")  # (mean, low, high), below 0: better
    found.sensitivity("softmax", "adam")     # factors, scores, share of settings that work
    found.untuned("softmax")                 # the best of nine methods as they come
    found.variants                           # "adam, lr only" and "adam, eps too", for outcome
    benchmark.with_newcomers()               # the same with the methods after Adam

A score is better when it is lower: log₁₀ of the height left on the surfaces (−3: a thousandth),
cross-entropy of held-out examples with data. Budgets are 1, 4, 16 and 64 trials. These names stay.

Measuring: ``python -m tools.bench_optimizers`` makes ``lossland/data/benchmark.npz`` again, and
``--small`` a small version that the tests repeat. ``protocol.py`` holds the rules, ``entries.py``
the methods with their ranges, ``newcomers.py`` those after Adam, ``tasks.py`` the tasks,
``running.py`` the runs, ``budgets.py`` the statistics, ``cached.py`` the file.

Why no existing frame: DeepOBS (Schneider, Balles & Hennig 2019) has the tuning and the fresh seeds,
but its methods are those of TensorFlow or PyTorch and its data are downloaded, while this course
runs on NumPy alone. benchopt organises the installing and timing of solvers in many languages; what
makes this comparison, searches of equal budget reported on fresh seeds, would still be our code.
"""

from lossland.benchmark.budgets import Outcome, outcome, winners
from lossland.benchmark.cached import (
    CACHE,
    Results,
    Sensitivity,
    Untuned,
    empty,
    read,
    results,
    write,
)
from lossland.benchmark.entries import ENTRIES, VARIANTS, Entry, Range
from lossland.benchmark.newcomers import AFTER_ADAM, LABELS, newcomers, with_newcomers
from lossland.benchmark.protocol import FULL, SMALL, VERSION, Protocol, generator
from lossland.benchmark.running import Cell, Run, measure, run
from lossland.benchmark.tasks import TASKS, Problem, Task

__all__ = [
    "AFTER_ADAM",
    "CACHE",
    "ENTRIES",
    "FULL",
    "LABELS",
    "SMALL",
    "TASKS",
    "VARIANTS",
    "VERSION",
    "Cell",
    "Entry",
    "Outcome",
    "Problem",
    "Protocol",
    "Range",
    "Results",
    "Run",
    "Sensitivity",
    "Task",
    "Untuned",
    "empty",
    "generator",
    "measure",
    "newcomers",
    "outcome",
    "read",
    "results",
    "run",
    "winners",
    "with_newcomers",
    "write",
]
