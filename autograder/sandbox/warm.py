"""The warm parent: a process with the libraries imported, from which every sandbox is forked.

It is started with a clean environment and never sees a test, a reference, or a submission:
what it held in memory its forks could read. A request is one line of JSON, the plan of the
walls and the limits, and travels with the control socket of the sandbox to be. Whoever sends
COMPANY with a socket lets another worker ask by that one.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
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
from autograder.sandbox.parent import COMPANY, WARM

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
    """Serve requests until the other end of this socket is closed."""
    requests = socket.socket(fileno=descriptor)
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)  # it serves who started it
    with starting.importing():
        for name in MODULES:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        runtime.make_shell()
        _draw_once()
    view.interpreter()  # worked out once for all sandboxes
    gc.collect()
    gc.freeze()  # a fork's collections leave alone, and so shared, what all have inherited
    pages.gather()
    _greet(requests)
    _serve(requests)


def _greet(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):  # who wanted to ask may be gone
        sock.sendall(WARM + b"\n")


def _serve(first: socket.socket) -> None:
    """Answer everybody in turn; each has a processor for its sandboxes."""
    asking = [first]
    cores: dict[socket.socket, shares.Core | None] = {}
    while True:
        for sock in select.select(asking, [], [])[0]:
            message, descriptors, _, _ = socket.recv_fds(sock, MAX_REQUEST, 1)
            if message == COMPANY:
                asking.append(socket.socket(fileno=descriptors[0]))
                _greet(asking[-1])
            elif message:
                if sock not in cores:
                    cores[sock] = shares.claim_core()
                _fork_keeper(sock, descriptors[0], message, cores[sock])
            elif sock is first:
                return
            else:
                asking.remove(sock)
                sock.close()
                core = cores.pop(sock, None)
                if core is not None:
                    core.claim.close()


def _fork_keeper(
    sock: socket.socket, descriptor: int, message: bytes, core: shares.Core | None
) -> None:
    processes.reap(set())  # buried, so that the kernel adds up what they have computed
    with contextlib.suppress(Exception):  # the keeper fails by itself, and says why
        keeper.prepare(walls.Plan.from_json(json.loads(message)["plan"]))
    if os.fork() == 0:
        if core is not None:
            core.hold()
        _become_keeper(descriptor, message)
    os.close(descriptor)
    with contextlib.suppress(OSError):  # who asked may be gone
        sock.sendall(b"forked\n")


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


def _become_keeper(descriptor: int, message: bytes) -> None:
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        request = json.loads(message)
        plan = walls.Plan.from_json(request["plan"])
        keeper.run(socket.socket(fileno=descriptor), plan, Limits(**request["limits"]))
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main(int(sys.argv[1]))
