"""The few Linux system calls that Python 3.11 does not offer, through ctypes.

Numbers and structures are those of the kernel's own headers (``linux/sched.h``,
``linux/mount.h``, ``linux/prctl.h``, ``linux/capability.h``, ``linux/landlock.h``,
``linux/seccomp.h``, ``linux/filter.h``). Every function raises OSError with the call's name.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct

CLONE_VM, CLONE_FS, CLONE_FILES = 0x100, 0x200, 0x400
CLONE_VFORK, CLONE_THREAD = 0x4000, 0x10000
CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWTIME = 0x00000080
CLONE_NEW_ANY = (
    CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER
    | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP | CLONE_NEWTIME
)  # fmt: skip

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2
MADV_COLLAPSE = 25

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID = 1, 2
AT_RECURSIVE = 0x8000
AT_FDCWD = -100

# System calls without a wrapper in the C library; these numbers are the same everywhere.
SYS_MOUNT_SETATTR = 442
SYS_LANDLOCK_CREATE_RULESET = 444
SYS_LANDLOCK_ADD_RULE = 445
SYS_LANDLOCK_RESTRICT_SELF = 446
SYS_CLOSE_RANGE = 436
# These two differ by architecture.
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_SYS_CAPSET = {"x86_64": 126, "aarch64": 91}

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(name: str, result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def _syscall(name: str, number: int, *arguments: int | bytes | None) -> int:
    # Every integer as a long: a bare int would leave the upper half of a register undefined.
    values = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    _libc.syscall.restype = ctypes.c_long
    return _checked(name, _libc.syscall(ctypes.c_long(number), *values))


def _architecture(table: dict[str, int], name: str) -> int:
    machine = platform.machine()
    if machine not in table:
        raise OSError(38, f"{name}: not known on {machine}")
    return table[machine]


def unshare(flags: int) -> None:
    """Leave the namespaces named by ``flags`` for new ones."""
    _checked("unshare", _libc.unshare(ctypes.c_int(flags)))


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    """Call mount(2)."""
    encoded = [None if text is None else os.fsencode(text) for text in (source, target, kind)]
    result = _libc.mount(*encoded, ctypes.c_ulong(flags), os.fsencode(data))
    _checked(f"mount {target}", result)


def unmount(target: str) -> None:
    """Detach the mount at ``target``."""
    _checked(f"umount2 {target}", _libc.umount2(os.fsencode(target), ctypes.c_int(MNT_DETACH)))


def pivot_root(new: str, old: str) -> None:
    """Make ``new`` the root and put the old root at ``old``."""
    number = _architecture(_SYS_PIVOT_ROOT, "pivot_root")
    _syscall("pivot_root", number, os.fsencode(new), os.fsencode(old))


def make_read_only(path: str, *, below: bool = True) -> None:
    """Make the mount at ``path`` read-only and nosuid, with ``below`` every mount below it too."""
    attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID
    request = struct.pack("QQQQ", attributes, 0, 0, 0)
    _syscall(
        f"mount_setattr {path}", SYS_MOUNT_SETATTR,
        AT_FDCWD, os.fsencode(path), AT_RECURSIVE if below else 0, request, len(request),
    )  # fmt: skip


def prctl(option: int, value: int = 0) -> None:
    """Call prctl(2) with one argument."""
    zero = ctypes.c_ulong(0)
    _checked(f"prctl {option}", _libc.prctl(option, ctypes.c_ulong(value), zero, zero, zero))


def collapse(start: int, size: int) -> None:
    """Replace the small pages of this range by large ones: madvise(2) with MADV_COLLAPSE."""
    address, length = ctypes.c_void_p(start), ctypes.c_size_t(size)
    _checked("madvise", _libc.madvise(address, length, ctypes.c_int(MADV_COLLAPSE)))


def set_filter(program: bytes) -> None:
    """Install a seccomp filter, an array of ``struct sock_filter``, for this process."""
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    result = _libc.prctl(
        PR_SET_SECCOMP, ctypes.c_ulong(SECCOMP_MODE_FILTER), header,
        ctypes.c_ulong(0), ctypes.c_ulong(0),
    )  # fmt: skip
    _checked("prctl PR_SET_SECCOMP", result)


def drop_capabilities() -> None:
    """Give up every capability, now and for every program started later."""
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:
            break  # past the last capability this kernel knows
    header = struct.pack("Ii", 0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    _syscall("capset", _architecture(_SYS_CAPSET, "capset"), header, bytes(24))


def close_descriptors(keep: set[int]) -> None:
    """Close every descriptor from 3 upwards that is not in ``keep``."""
    first = 3
    for number in sorted(n for n in keep if n >= first):
        if number > first:
            os.closerange(first, number)
        first = number + 1
    _syscall("close_range", SYS_CLOSE_RANGE, first, 0xFFFFFFFF, 0)
