"""Landlock: the kernel lets a process shut itself out of files, for good, without privileges.

Where namespaces are at hand this is the second wall; where they are not, it is the first.
Source: ``linux/landlock.h`` and the kernel's document "Landlock: unprivileged access control".
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable

from autograder.sandbox import kernel

_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
# How many access rights each version of the interface knows: bits 0 … n−1.
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_NET_BIND_CONNECT = 3
_SCOPE_SOCKET_SIGNAL = 3


def version() -> int:
    """The interface's version on this host; 0 where there is no Landlock."""
    try:
        return kernel._syscall(
            "landlock", kernel.SYS_LANDLOCK_CREATE_RULESET, None, 0, _CREATE_RULESET_VERSION
        )
    except OSError:
        return 0


def restrict(readable: Iterable[str], writable: Iterable[str], listed: Iterable[str] = ()) -> None:
    """Allow reading below ``readable``, everything below ``writable``, and nothing else.

    Of what lies below ``listed``, folders can be listed and files not be read.

    Connections by TCP, abstract sockets and signals to processes outside are cut as well
    where this kernel's Landlock can (versions 4 and 6). Raises OSError; call it after
    ``PR_SET_NO_NEW_PRIVS``. Paths that do not exist are passed over.
    """
    known = version()
    if not known:
        raise OSError(38, "landlock: not on this host")
    handled = (1 << _RIGHTS.get(known, 16)) - 1
    attributes = struct.pack("Q", handled)
    if known >= 4:
        attributes += struct.pack("Q", _NET_BIND_CONNECT)
    if known >= 6:
        attributes += struct.pack("Q", _SCOPE_SOCKET_SIGNAL)
    ruleset = kernel._syscall(
        "landlock_create_ruleset", kernel.SYS_LANDLOCK_CREATE_RULESET,
        attributes, len(attributes), 0,
    )  # fmt: skip
    try:
        for path in readable:
            _allow(ruleset, path, _READ & handled)
        for path in listed:
            _allow(ruleset, path, _READ_DIR)
        for path in writable:
            _allow(ruleset, path, handled)
        kernel._syscall("landlock_restrict_self", kernel.SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= _ON_FILES
        rule = struct.pack("=Qi", rights, descriptor)
        kernel._syscall(
            "landlock_add_rule", kernel.SYS_LANDLOCK_ADD_RULE,
            ruleset, _RULE_PATH_BENEATH, rule, 0,
        )  # fmt: skip
    finally:
        os.close(descriptor)
