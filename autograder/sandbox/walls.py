"""The walls around one submission: namespaces, a root of its own, no privileges, two filters.

``raise_walls`` runs in the freshly forked keeper before any line of the student's code does.
Each wall that the host cannot give is left out and named in the report; whether that is good
enough is for the judge's side to say (``--require-sandbox``).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import stat
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from autograder.sandbox import kernel, landlock, seccomp

HOME = "/home/student"
WORK = f"{HOME}/work"
TMP = "/tmp"
STUDENT_ID = 1000
# As root, every sandbox gets a user number of its own, far from any account's.
FIRST_PRIVATE_ID = 2_000_000
DEVICES = ("null", "zero", "full", "random", "urandom")
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/opt")
ETC = ("/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/etc/ssl/openssl.cnf")

NAMESPACES = (
    kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS | kernel.CLONE_NEWPID
    | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS | kernel.CLONE_NEWNET
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What the judge asks for: files to show, modules to hide, sizes, which walls to raise."""

    files: dict[str, str] = field(default_factory=dict)
    """Name in the working folder → path on the host; shown read-only."""
    hidden: tuple[str, ...] = ()
    """Paths on the host that must look empty, although a library folder holds them."""
    disk_mb: int = 64
    namespaces: bool = True
    filters: bool = True

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Plan:
        return cls(**{**data, "hidden": tuple(data["hidden"])})


@dataclass(frozen=True)
class Report:
    """Which walls stand, and why the others do not."""

    namespaces: bool
    landlock: bool
    seccomp: bool
    missing: tuple[str, ...] = ()


def library_paths() -> list[str]:
    """Folders and files that a Python process of this environment reads, without the course."""
    import lossland  # noqa: PLC0415 (only where the walls are built)

    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sysconfig.get_path("purelib")}
    packages = {str(Path(lossland.__file__).parent)}
    found = sorted({os.path.realpath(p) for p in prefixes | packages} | prefixes | packages)
    inside = [p for p in found if not any(_within(p, q) for q in SYSTEM if not os.path.islink(q))]
    # A folder below another one of the list comes along with it.
    return [p for p in inside if not any(p != q and _within(p, q) for q in inside)]


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


# -- the root ----------------------------------------------------------------------------


class _Root:
    """A root file system put together in a tmpfs, then entered for good."""

    def __init__(self, plan: Plan, owner: int) -> None:
        self.plan = plan
        self.owner = owner

    def enter(self) -> None:
        kernel.mount(None, "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
        # Two steps: first the old root is moved aside, so that nothing of it can be covered.
        kernel.mount("tmpfs", TMP, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=755")
        os.mkdir(f"{TMP}/old")
        os.mkdir(f"{TMP}/new")
        kernel.pivot_root(TMP, f"{TMP}/old")
        os.chdir("/")
        kernel.mount("tmpfs", "/new", "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=755")
        self._fill()
        kernel.make_read_only("/new", below=False)
        # A fresh /proc may be mounted later only while a whole, writable one is in sight.
        kernel.mount("/old/proc", "/new/proc", None, kernel.MS_BIND | kernel.MS_REC)
        kernel.pivot_root("/new", "/new/mnt")
        os.chdir("/")
        kernel.unmount("/mnt")

    def _fill(self) -> None:
        for folder in ("mnt", "proc", "dev", "tmp", "etc", "home", HOME.lstrip("/")):
            os.mkdir(f"/new/{folder}", 0o755)
        # The private folders come first: the libraries themselves may lie below /tmp or /home.
        for folder in (HOME, TMP):
            options = f"size={self.plan.disk_mb}m,nr_inodes=8192,mode=700"
            options += f",uid={self.owner},gid={self.owner}"
            flags = kernel.MS_NOSUID | kernel.MS_NODEV
            kernel.mount("tmpfs", f"/new{folder}", "tmpfs", flags, options)
        os.mkdir(f"/new{WORK}", 0o755)
        os.chown(f"/new{WORK}", self.owner, self.owner)
        for path in [*SYSTEM, *ETC, *library_paths()]:
            source = f"/old{path}"
            if os.path.islink(source):
                os.symlink(os.readlink(source), f"/new{path}")
            elif os.path.exists(source):
                self._show(source, f"/new{path}")
        for name in DEVICES:
            self._show(f"/old/dev/{name}", f"/new/dev/{name}")
        # Semaphores and shared memory lie in /tmp, and count there.
        links = ("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("shm", TMP)
        for name, target in links:
            os.symlink(target, f"/new/dev/{name}")
        for path in self.plan.hidden:
            if os.path.exists(f"/new{path}"):
                kernel.mount("/old/dev/null", f"/new{path}", None, kernel.MS_BIND)
        for name, path in self.plan.files.items():
            self._show(f"/old{path}", f"/new{WORK}/{name}")

    @staticmethod
    def _show(source: str, target: str) -> None:
        """Bind a file or folder of the host, read-only."""
        os.makedirs(os.path.dirname(target), 0o755, exist_ok=True)
        if stat.S_ISDIR(os.stat(source).st_mode):
            os.makedirs(target, 0o755, exist_ok=True)
        else:
            os.close(os.open(target, os.O_CREAT | os.O_WRONLY, 0o644))
        kernel.mount(source, target, None, kernel.MS_BIND | kernel.MS_REC)
        kernel.make_read_only(target)


# -- all of it ---------------------------------------------------------------------------


def enter_namespaces(plan: Plan) -> None:
    """Put this process's future children into namespaces of their own, around a fresh root.

    As root the process first becomes an unprivileged user that nobody else is: root mapped
    into a namespace would be exempt from the limit on processes.
    """
    if os.geteuid() == 0:
        private = FIRST_PRIVATE_ID + os.getpid()
        kernel.unshare(kernel.CLONE_NEWNS)
        _Root(plan, private).enter()
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
        _Root(plan, STUDENT_ID).enter()
    socket.sethostname("sandbox")


def _map_ids(user: int, group: int) -> None:
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{STUDENT_ID} {user} 1"),
        ("gid_map", f"{STUDENT_ID} {group} 1"),
    ):
        Path(f"/proc/self/{name}").write_text(text)


def finish_namespaces() -> None:
    """The steps for the first process inside: its own /proc, no namespaces below these."""
    flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    kernel.mount("proc", "/proc", "proc", flags)
    with contextlib.suppress(OSError):  # not every kernel lets the inside write it; seccomp does
        Path("/proc/sys/user/max_user_namespaces").write_text("0")
    kernel.mount(None, "/proc", None, flags | kernel.MS_REMOUNT | kernel.MS_RDONLY | kernel.MS_BIND)
    os.chdir(WORK)


@dataclass(frozen=True)
class Folders:
    """The folders a student may write to: the first holds ``work``, where the notebook runs."""

    home: str = HOME
    tmp: str = TMP

    @property
    def work(self) -> str:
        return f"{self.home}/work"

    def contents(self) -> dict[str, set[str]]:
        """The names in each of the folders."""
        return {folder: set(os.listdir(folder)) for folder in {self.home, self.tmp, self.work}}

    def empty(self, keep: Mapping[str, set[str]]) -> None:
        """Remove all that was written since ``keep`` was what ``contents`` said."""
        for folder, names in keep.items():
            _clear(folder, names)


def _clear(folder: str, keep: set[str]) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name in keep:
                continue
            with contextlib.suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    os.unlink(entry.path)


def private_folders(plan: Plan) -> Folders:
    """Where there are no namespaces: a fresh folder with links to the data files."""
    folder = tempfile.mkdtemp(prefix="lossland-")
    folders = Folders(folder, folder)
    os.mkdir(folders.work)
    for name, path in plan.files.items():
        os.symlink(path, f"{folders.work}/{name}")
    os.chdir(folders.work)
    return folders


def drop_privileges(plan: Plan, folders: Folders, inside: bool) -> Report:
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
            locked = _attempt(missing, "landlock", lambda: _restrict_files(plan, folders))
        if inside or os.geteuid() == 0:
            kernel.drop_capabilities()
        if plan.filters:
            filtered = _attempt(missing, "seccomp", seccomp.install)
    return Report(inside, locked, filtered, tuple(missing))


def _restrict_files(plan: Plan, folders: Folders) -> None:
    readable = [*SYSTEM, *ETC, *library_paths(), "/proc", "/dev", *plan.files.values()]
    landlock.restrict(readable, [folders.home, folders.tmp, "/dev/null"])


def _attempt(missing: list[str], name: str, step: Any) -> bool:
    try:
        step()
    except OSError as error:
        missing.append(f"{name}: {error.strerror}")
        return False
    return True
