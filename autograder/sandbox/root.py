"""The root file system of one sandbox: put together in a tmpfs, then entered for good."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping

from autograder.sandbox import kernel
from autograder.sandbox.folders import COPIED_BYTES, GIVEN, HOME, TMP, copy
from autograder.sandbox.view import View, layers

DEVICES = ("null", "zero", "full", "random", "urandom")
_BARE = kernel.MS_NOSUID | kernel.MS_NODEV
_NOBODY = stat.S_IFREG  # a file that nobody may read


class Root:
    """Built by whoever owns the mounts; the private folders belong to ``owner``."""

    def __init__(self, view: View, files: Mapping[str, str], disk_mb: int, owner: int) -> None:
        self.view = view
        self.files = files
        self.disk_mb = disk_mb
        self.owner = owner

    def enter(self) -> None:
        kernel.mount(None, "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
        # Two steps: first the old root is moved aside, so that nothing of it can be covered.
        kernel.mount("tmpfs", TMP, "tmpfs", _BARE, "mode=755")
        os.mkdir(f"{TMP}/old")
        os.mkdir(f"{TMP}/new")
        kernel.pivot_root(TMP, f"{TMP}/old")
        os.chdir("/")
        kernel.mount("tmpfs", "/new", "tmpfs", _BARE, "mode=755")
        self._fill()
        kernel.make_read_only("/new", below=False)
        # A fresh /proc may be mounted later only while a whole, writable one is in sight.
        kernel.mount("/old/proc", "/new/proc", None, kernel.MS_BIND | kernel.MS_REC)
        kernel.pivot_root("/new", "/new/mnt")
        os.chdir("/")
        kernel.unmount("/mnt")

    def _fill(self) -> None:
        for folder in ("mnt", "proc", "dev", "tmp", "etc", "home", HOME.lstrip("/"), "given"):
            os.mkdir(f"/new/{folder}", 0o755)
        os.symlink(TMP, "/new/dev/shm")  # semaphores and shared memory of multiprocessing
        size = self.disk_mb + sum(map(_megabytes, self.files.values()))
        # The private folders come first: the libraries themselves may lie below /tmp or /home.
        for folder in (HOME, TMP):
            options = f"size={size}m,nr_inodes=8192,mode=700"
            options += f",uid={self.owner},gid={self.owner}"
            kernel.mount("tmpfs", f"/new{folder}", "tmpfs", _BARE, options)
        os.mkdir(f"/new{HOME}/work", 0o755)
        os.chown(f"/new{HOME}/work", self.owner, self.owner)
        for path, shown in layers(self.view):
            if shown:
                if os.path.exists(f"/old{path}"):  # it may have gone since the view was worked out
                    _show(f"/old{path}", f"/new{path}")
            else:
                _cover(f"/new{path}")
        for path, shown in layers(self.view):
            if not shown and os.path.exists(f"/new{path}"):
                kernel.make_read_only(f"/new{path}", below=False)
        for name in DEVICES:
            _show(f"/old/dev/{name}", f"/new/dev/{name}")
        for name, target in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1")):
            os.symlink(target, f"/new/dev/{name}")
        for link, target in self.view.links:
            _link(link, target)
        for name, path in self.files.items():
            copy(f"/old{os.path.realpath(path)}", f"/new{GIVEN}/{name}", _show)


def _megabytes(path: str) -> int:
    """What copies of the small files at a place take, rounded up."""
    files = [path] if os.path.isfile(path) else [
        f"{place}/{name}" for place, _, names in os.walk(path) for name in names
    ]  # fmt: skip
    sizes = (os.lstat(file).st_size for file in files)
    return 1 + (sum(size for size in sizes if size <= COPIED_BYTES) >> 20) if files else 0


def _show(source: str, target: str) -> None:
    """Bind a file or folder of the host, read-only."""
    is_folder = stat.S_ISDIR(os.stat(source).st_mode)
    if not os.path.exists(target):
        _make_folder(target if is_folder else os.path.dirname(target))
        if not is_folder:
            os.mknod(target, 0o644)
    kernel.mount(source, target, None, kernel.MS_BIND | kernel.MS_REC)
    kernel.make_read_only(target)


def _make_folder(path: str) -> None:
    if not os.path.isdir(path):
        os.makedirs(path, 0o755)


def _cover(target: str) -> None:
    """Put something empty and unreadable over a file or folder; what is shown below comes later."""
    if os.path.isdir(target):
        kernel.mount("tmpfs", target, "tmpfs", _BARE, "mode=111,size=64k,nr_inodes=512")
    elif os.path.exists(target):
        empty = "/new/given/.empty"
        if not os.path.exists(empty):
            os.mknod(empty, _NOBODY)
        kernel.mount(empty, target, None, kernel.MS_BIND)


def _link(path: str, target: str) -> None:
    if not os.path.lexists(f"/new{path}"):
        _make_folder(f"/new{os.path.dirname(path)}")
        os.symlink(target, f"/new{path}")
