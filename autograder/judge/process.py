"""A judge in a process of its own: what it answers, or one line saying why there is none.

Neither a test cell nor a submission can then touch the next one, and if the process dies or
exceeds its time, nothing is graded: a score needs a verdict that arrived whole.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from autograder.errors import GraderError
from autograder.limits import Limits
from autograder.sandbox import kernel

Job = Callable[[], Any]


def in_own_process(job: Job, limits: Limits) -> Any:
    """The job's JSON result from a forked process, or one line saying why there is none."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        # Some callers have threads; the judge's process starts none of theirs and execs nothing.
        warnings.simplefilter("ignore", DeprecationWarning)
        process = os.fork()
    if process == 0:
        _be_judge(job, reading, writing, limits)
    os.close(writing)
    deadline = time.monotonic() + limits.submission_seconds
    try:
        document = b"".join(_read_until(reading, deadline))
    except TimeoutError:
        return f"not judged within {limits.submission_seconds} seconds"
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    try:
        return json.loads(document)
    except ValueError:
        return "the judging process ended without a verdict"


def _read_until(descriptor: int, deadline: float) -> Iterator[bytes]:
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            raise TimeoutError
        chunk = os.read(descriptor, 1 << 20)
        if not chunk:
            return
        yield chunk


def _be_judge(job: Job, reading: int, writing: int, limits: Limits) -> NoReturn:
    """Run the job and leave: nothing of the caller's clean-up may happen here."""
    try:
        if sys.platform == "linux":
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        os.close(reading)
        # What a submission returns may be large; what the tests make of it is bounded as well.
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        room = 2 * limits.address_space_mb << 20
        if hard == resource.RLIM_INFINITY or room < hard:
            resource.setrlimit(resource.RLIMIT_AS, (room, hard))
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1):
            os.dup2(nowhere, number)
        try:
            answer = job()
        except GraderError as error:
            answer = {"error": type(error).__name__, "text": str(error)}
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(json.dumps(answer).encode())
    except BrokenPipeError:
        pass  # nobody waits for the verdict any more
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)
