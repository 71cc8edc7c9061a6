"""A judge in a process of its own: what it answers, or one line saying why there is none.

Neither a test cell nor a submission can then touch the next one, and if the process dies or
exceeds its time, nothing is graded: a score needs a verdict that arrived whole.
"""

from __future__ import annotations

import contextlib
import errno
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

from autograder.errors import GraderError, HostTrouble
from autograder.limits import WALL_FACTOR, Limits
from autograder.sandbox import kernel

Job = Callable[[], Any]
SHORTAGES = {
    errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.EIO,
}  # fmt: skip


def in_own_process(job: Job, limits: Limits) -> Any:
    """The job's JSON result from a forked process, or one line saying why there is none.

    Raises HostTrouble where the host could not run the process, or ended it.
    """
    reading, process = _started(job, limits)
    deadline = time.monotonic() + WALL_FACTOR * limits.submission_seconds
    status = 0
    try:
        document = b"".join(_read_until(reading, deadline))
    except TimeoutError:
        raise HostTrouble("the host was too busy to judge this submission") from None
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
    try:
        return json.loads(document)
    except ValueError:
        pass
    if not os.WIFSIGNALED(status):
        return "the judging process ended without a verdict"
    if os.WTERMSIG(status) == signal.SIGXCPU:
        return f"not judged within {limits.submission_seconds} seconds of computing"
    name = signal.Signals(os.WTERMSIG(status)).name
    raise HostTrouble(f"the judging process was killed ({name}), perhaps because memory ran out")


@contextlib.contextmanager
def what_the_host_lacks(what: str) -> Iterator[None]:
    """Turn an error that a short host causes into HostTrouble: ``what`` could not be done."""
    try:
        yield
    except OSError as error:
        if error.errno not in SHORTAGES:
            raise
        raise HostTrouble(f"{what}: {error.strerror}") from None


def forked() -> int:
    """Fork: 0 in the new process."""
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        # Some callers have threads; the new process uses none of theirs and execs nothing.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _started(job: Job, limits: Limits) -> tuple[int, int]:
    """(where to read the answer, the judge's process)."""
    with what_the_host_lacks("no judge could be started"):
        reading, writing = os.pipe()
        process = forked()
    if process == 0:
        _be_judge(job, reading, writing, limits)
    os.close(writing)
    return reading, process


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
        _limit(resource.RLIMIT_AS, 2 * limits.address_space_mb << 20)
        _limit(resource.RLIMIT_CPU, limits.submission_seconds)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1):
            os.dup2(nowhere, number)
        try:
            with what_the_host_lacks("the judge could not go on"):
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


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard == resource.RLIM_INFINITY or value < hard:
        resource.setrlimit(kind, (value, hard))
