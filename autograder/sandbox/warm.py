"""The warm parent: a process with the libraries imported, from which every sandbox is forked.

It is started with a clean environment and never sees a test, a reference, or a submission:
what it held in memory its forks could read. A request is one line of JSON, the plan of the
walls and the limits, and travels with the control socket of the sandbox to be.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import socket
import sys

from autograder.limits import Limits
from autograder.sandbox import keeper, kernel, runtime, shares, view, walls

# Other people's libraries alone. A module of ``lossland`` may be an answer that some assignment
# asks for, and what is in this process's memory a fork of it finds, whatever names are removed.
MODULES = (
    "numpy", "numpy.random", "numpy.linalg", "numpy.testing",
    "matplotlib", "matplotlib.pyplot", "matplotlib.backends.backend_agg",
    "matplotlib_inline.backend_inline", "IPython.core.interactiveshell", "IPython.display",
)  # fmt: skip
MAX_REQUEST = 1 << 20


def main(descriptor: int) -> None:
    """Serve requests on this socket until its other end is closed."""
    requests = socket.socket(fileno=descriptor)
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)  # it serves one worker only
    for name in MODULES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    runtime.make_shell()
    view.interpreter()  # worked out once for all sandboxes
    core = shares.claim_core()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended sandboxes need no burial
    requests.sendall(b"warm\n")
    while True:
        message, descriptors, _, _ = socket.recv_fds(requests, MAX_REQUEST, 1)
        if not message:
            return
        if os.fork() == 0:
            shares.hold(core)
            _become_keeper(requests, descriptors[0], message)
        os.close(descriptors[0])
        requests.sendall(b"forked\n")


def _become_keeper(requests: socket.socket, descriptor: int, message: bytes) -> None:
    status = 1
    try:
        requests.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        request = json.loads(message)
        plan = walls.Plan.from_json(request["plan"])
        keeper.run(socket.socket(fileno=descriptor), plan, Limits(**request["limits"]))
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main(int(sys.argv[1]))
