"""The warm parent: a process with the libraries imported, from which every sandbox is forked.

It is started with a clean environment and never sees a test, a reference, or a submission:
what it held in memory its forks could read. A request is one line of JSON, the plan of the
walls and the limits, and travels with the control socket of the sandbox to be.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys

from autograder import starting
from autograder.limits import Limits
from autograder.sandbox import (
    fonts,
    keeper,
    kernel,
    pages,
    processes,
    runtime,
    shares,
    view,
    walls,
)

# Other people's libraries alone. A module of ``lossland`` may be an answer that some assignment
# asks for, and what is in this process's memory a fork of it finds, whatever names are removed.
MODULES = (
    "numpy", "numpy.random", "numpy.linalg", "numpy.testing",
    "matplotlib", "matplotlib.pyplot", "matplotlib.backends.backend_agg",
    "matplotlib_inline.backend_inline", "IPython.core.interactiveshell", "IPython.display",
    "IPython.core.logger", "bdb",
)  # fmt: skip
MAX_REQUEST = 1 << 20


def main(descriptor: int) -> None:
    """Serve requests on this socket until its other end is closed."""
    requests = socket.socket(fileno=descriptor)
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)  # it serves one worker only
    with starting.importing():
        for name in MODULES:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        runtime.make_shell()
        _draw_once()
    view.interpreter()  # worked out once for all sandboxes
    core = shares.claim_core()
    gc.collect()
    gc.freeze()  # a fork's collections leave alone, and so shared, what all have inherited
    pages.gather()
    requests.sendall(b"warm\n")
    while True:
        message, descriptors, _, _ = socket.recv_fds(requests, MAX_REQUEST, 1)
        if not message:
            return
        processes.reap(set())  # buried, so that the kernel adds up what they have computed
        with contextlib.suppress(Exception):  # the keeper fails by itself, and says why
            walls.Plan.from_json(json.loads(message)["plan"]).view()  # so its forks know it
        if os.fork() == 0:
            shares.hold(core)
            _become_keeper(requests, descriptors[0], message)
        os.close(descriptors[0])
        requests.sendall(b"forked\n")


def _draw_once() -> None:
    """Draw a figure as notebooks do: what that loads and works out, every sandbox then has."""
    with contextlib.suppress(Exception), fonts.kept_in_memory():  # else whoever draws is told
        plt = importlib.import_module("matplotlib.pyplot")
        figure, axes = plt.subplots()
        axes.semilogy([1e-9, 1e6], label="-")
        axes.set(title="-", xlabel="$x$", ylabel="-", yticks=[10.0**k for k in range(-9, 7)])
        axes.legend()
        importlib.import_module("autograder.sandbox.drawing").png(figure)
        plt.close("all")


def _become_keeper(requests: socket.socket, descriptor: int, message: bytes) -> None:
    status = 1
    try:
        requests.close()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        request = json.loads(message)
        plan = walls.Plan.from_json(request["plan"])
        keeper.run(socket.socket(fileno=descriptor), plan, Limits(**request["limits"]))
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main(int(sys.argv[1]))
