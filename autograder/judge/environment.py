"""What the instructor's code may change in its process, put back before the tests start."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import warnings
from collections.abc import Iterator

import numpy as np

_SIGNALS = (signal.SIGALRM, signal.SIGINT, signal.SIGTERM, signal.SIGPROF)


@contextlib.contextmanager
def restored() -> Iterator[None]:
    """Undo afterwards what the block did to the process-wide state that tests rely on."""
    import matplotlib as mpl  # noqa: PLC0415

    place, mask = os.getcwd(), os.umask(0o077)
    os.umask(mask)
    variables, path, finders = dict(os.environ), list(sys.path), list(sys.meta_path)
    streams = sys.stdin, sys.stdout, sys.stderr
    handlers = {number: signal.getsignal(number) for number in _SIGNALS}
    draws, numpy_draws = random.getstate(), np.random.get_state()  # noqa: NPY002
    errors, printing, depth = np.geterr(), np.get_printoptions(), sys.getrecursionlimit()
    settings = dict(mpl.rcParams)
    try:
        with warnings.catch_warnings():
            yield
    finally:
        os.chdir(place)
        os.umask(mask)
        os.environ.clear()
        os.environ.update(variables)
        sys.path[:], sys.meta_path[:] = path, finders
        sys.stdin, sys.stdout, sys.stderr = streams
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        random.setstate(draws)
        np.random.set_state(numpy_draws)  # noqa: NPY002
        np.seterr(**errors)
        np.set_printoptions(**printing)
        sys.setrecursionlimit(depth)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # matplotlib warns of settings that will go
            dict.update(mpl.rcParams, settings)
