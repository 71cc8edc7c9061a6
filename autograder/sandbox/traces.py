"""What ``/proc`` tells a process about the machine it runs on, taken away before it can look."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

from autograder.sandbox import kernel

# Lines about this machine that no notebook needs.
COVERED = ("cmdline", "partitions", "swaps")
# Fields of /proc/PID/stat, counted from the one behind the command's name (proc(5): 48 … 51).
_ARGUMENTS, _ENVIRONMENT = slice(45, 47), slice(47, 49)


def cover_machine() -> None:
    """Make the files of ``/proc`` that describe the machine look empty; needs the mounts' owner."""
    for name in COVERED:
        if os.path.exists(f"/proc/{name}"):
            kernel.mount("/dev/null", f"/proc/{name}", None, kernel.MS_BIND)


def forget_mounts() -> None:
    """Keep the root, leave its mount namespace: ``/proc/self/mountinfo`` then has no line.

    Mounts are listed with their places on the host's disks. The kernel lists those of the
    process's namespace that lie below its root; this root belongs to the namespace left behind,
    which lives on as long as the guardian outside does. Mounts cannot be changed any more either.
    """
    root = os.open("/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        kernel.unshare(kernel.CLONE_NEWNS)
        kernel.mount(
            "tmpfs", "/mnt", "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=755,size=4k"
        )
        os.mkdir("/mnt/old")
        kernel.pivot_root("/mnt", "/mnt/old")
        kernel.unmount("/old")
        os.fchdir(root)
        os.chroot(".")
    finally:
        os.close(root)


def forget_arguments() -> None:
    """Wipe the command line and the first environment, which name folders of the host.

    Both lie in this process's own memory, as ``/proc/self/cmdline`` and ``environ`` show it;
    nothing points there any more once ``os.environ`` has been cleared.
    """
    fields = Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()
    for place in (_ARGUMENTS, _ENVIRONMENT):
        start, end = (int(number) for number in fields[place])
        if 0 < start < end:
            ctypes.memset(start, 0, end - start)
