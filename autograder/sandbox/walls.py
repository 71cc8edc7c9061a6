"""The walls around one submission: namespaces, a root of its own, no privileges, two filters.

``raise_walls`` runs in the freshly forked keeper before any line of the student's code does.
Each wall that the host cannot give is left out and named in the report; whether that is good
enough is for the judge's side to say (``--require-sandbox``).
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from autograder.sandbox import kernel, landlock, seccomp, traces
from autograder.sandbox.folders import GIVEN, Folders
from autograder.sandbox.root import DEVICES, Root
from autograder.sandbox.view import View, layers, view, within

STUDENT_ID = 1000
# As root, every sandbox gets a user number of its own, far from any account's.
FIRST_PRIVATE_ID = 2_000_000
NAMESPACES = (
    kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS | kernel.CLONE_NEWPID
    | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS | kernel.CLONE_NEWNET | kernel.CLONE_NEWCGROUP
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What the judge asks for: files to show, modules to hide, sizes, which walls to raise."""

    files: dict[str, str] = field(default_factory=dict)
    """Name in the working folder → path on the host; the student gets copies to write to."""
    shown: tuple[str, ...] = ()
    """Paths on the host that the instructor wants to be readable inside, beside the libraries."""
    imports: tuple[str, ...] = ()
    """Top-level modules that the notebooks import; shown wherever the import system finds them."""
    hidden: tuple[str, ...] = ()
    """Paths on the host that must not be readable, although a library folder holds them."""
    unreachable: tuple[str, ...] = ()
    """The course's own places on the host: none of it may be readable inside."""
    disk_mb: int = 64
    namespaces: bool = True
    filters: bool = True

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Plan:
        lists = {name: tuple(value) for name, value in data.items() if isinstance(value, list)}
        return cls(**{**data, **lists})

    def view(self) -> View:
        """What of the host this sandbox shows."""
        return view(self.shown, self.imports, (*self.unreachable, *self.hidden))


@dataclass(frozen=True)
class Report:
    """Which walls stand, and why the others do not."""

    namespaces: bool
    landlock: bool
    seccomp: bool
    missing: tuple[str, ...] = ()


# -- all of it ---------------------------------------------------------------------------


def enter_namespaces(plan: Plan) -> None:
    """Put this process's future children into namespaces of their own, around a fresh root.

    As root the process first becomes an unprivileged user that nobody else is: root mapped
    into a namespace would be exempt from the limit on processes.
    """
    if os.geteuid() == 0:
        private = FIRST_PRIVATE_ID + os.getpid()
        kernel.unshare(kernel.CLONE_NEWNS)
        _root(plan, private).enter()
        os.setgroups([])
        os.setresgid(private, private, private)
        os.setresuid(private, private, private)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # or the maps below are not ours to write
        kernel.unshare(NAMESPACES)
        _map_ids(private, private)
    else:
        user, group = os.geteuid(), os.getegid()
        kernel.unshare(NAMESPACES)
        _map_ids(user, group)
        _root(plan, STUDENT_ID).enter()
    socket.sethostname("sandbox")


def _root(plan: Plan, owner: int) -> Root:
    return Root(plan.view(), plan.files, plan.disk_mb, owner)


def _map_ids(user: int, group: int) -> None:
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{STUDENT_ID} {user} 1"),
        ("gid_map", f"{STUDENT_ID} {group} 1"),
    ):
        Path(f"/proc/self/{name}").write_text(text)


def finish_namespaces(plan: Plan) -> Folders:
    """The steps for the first process inside: its own /proc, no namespaces below these."""
    flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    kernel.mount("proc", "/proc", "proc", flags)
    with contextlib.suppress(OSError):  # not every kernel lets the inside write it; seccomp does
        Path("/proc/sys/user/max_user_namespaces").write_text("0")
    traces.cover_machine()
    kernel.mount(None, "/proc", None, flags | kernel.MS_REMOUNT | kernel.MS_RDONLY | kernel.MS_BIND)
    traces.forget_mounts()
    return Folders(given={name: f"{GIVEN}/{name}" for name in plan.files})


def private_folders(plan: Plan) -> Folders:
    """Where there are no namespaces: a fresh folder for everything."""
    folder = tempfile.mkdtemp(prefix="lossland-")
    folders = Folders(folder, folder, plan.files)
    os.mkdir(folders.work)
    return folders


def drop_privileges(plan: Plan, view: View, folders: Folders, inside: bool) -> Report:
    """Give up what is left: capabilities, new privileges, files, system calls.

    ``inside`` tells whether this process is in namespaces of its own.
    """
    missing = []
    if not inside:
        missing.append("namespaces: processes, network and file names of the host are in sight")
    locked = filtered = False
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        if plan.filters:
            locked = _attempt(missing, "landlock", lambda: _restrict_files(view, folders, inside))
        if inside or os.geteuid() == 0:
            kernel.drop_capabilities()
        if plan.filters:
            filtered = _attempt(missing, "seccomp", seccomp.install)
    return Report(inside, locked, filtered, tuple(missing))


def _restrict_files(view: View, folders: Folders, inside: bool) -> None:
    listed: list[str] = []
    readable = ["/proc", *(f"/dev/{name}" for name in DEVICES), *folders.given.values()]
    for path in (path for path, shown in layers(view) if shown):
        # Inside, what is covered is covered by a mount already.
        readable += [path] if inside else _around(path, view.covered, listed)
    landlock.restrict(readable, [folders.home, folders.tmp, "/dev/null"], listed)


def _around(path: str, covered: tuple[str, ...], listed: list[str]) -> list[str]:
    """All of ``path`` but what is covered; folders that had to be parted go to ``listed``."""
    if path in covered:
        return []
    if not any(within(place, path) for place in covered):
        return [path]
    listed.append(path)
    return [
        found for name in os.listdir(path) for found in _around(f"{path}/{name}", covered, listed)
    ]


def _attempt(missing: list[str], name: str, step: Any) -> bool:
    try:
        step()
    except OSError as error:
        missing.append(f"{name}: {error.strerror}")
        return False
    return True
