"""How long the instructor's own code may run, and in which quiet."""

from __future__ import annotations

import contextlib
import signal
import time
import warnings
from collections.abc import Callable, Iterator

import numpy as np

from autograder.errors import HostTrouble
from autograder.judge.failures import NotJudged
from autograder.limits import WALL_FACTOR

AGAIN_SECONDS = 1.0  # it keeps ringing: a test cell may swallow one exception


class JudgeTimeout(BaseException):
    """The instructor's cell itself ran too long; no ``except Exception`` holds it."""


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Warnings never change a score, and nobody reads them here."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raise JudgeTimeout inside when this process has computed for so many seconds.

    When it was held up for far longer than that, NotJudged is raised: the host was too busy.
    """
    started = time.process_time()

    def held_up() -> BaseException:
        used = time.process_time() - started
        text = f"the host was too busy: a test computed {used:.0f} seconds and was not done"
        return NotJudged(HostTrouble(text))

    with _ringing(seconds, held_up):
        yield


@contextlib.contextmanager
def cpu_alarm(seconds: float) -> Iterator[None]:
    """Raise JudgeTimeout inside when this process has computed so long, or waited far longer."""
    with _ringing(seconds, JudgeTimeout):
        yield


@contextlib.contextmanager
def _ringing(seconds: float, held_up: Callable[[], BaseException]) -> Iterator[None]:
    def computed(*_: object) -> None:
        raise JudgeTimeout

    def waited(*_: object) -> None:
        raise held_up()

    previous = signal.signal(signal.SIGPROF, computed), signal.signal(signal.SIGALRM, waited)
    signal.setitimer(signal.ITIMER_PROF, max(seconds, 0.01), AGAIN_SECONDS)
    expect_wall(seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGPROF, previous[0])
        signal.signal(signal.SIGALRM, previous[1])


def expect_wall(seconds: float) -> None:
    """From now on wait for WALL_FACTOR times these seconds of computing, ours and the student's.

    The student's own clock ends a conversation after as long; this is for what hangs here.
    """
    signal.setitimer(signal.ITIMER_REAL, 2 * WALL_FACTOR * max(seconds, 0.01), AGAIN_SECONDS)
