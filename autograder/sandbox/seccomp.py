"""A system-call filter: what no notebook needs and an attack would want answers EPERM.

The filter is a short program for the kernel's classic packet-filter machine (``struct
sock_filter`` of ``linux/filter.h``), written out here since it needs no more than loads,
comparisons and returns. It forbids by name and allows the rest: NumPy, matplotlib and
IPython use a few hundred calls, and the namespaces are the first wall.
"""

from __future__ import annotations

import platform
import struct
from functools import lru_cache

from autograder.sandbox import kernel

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_ERRNO = 0x00050000
_EPERM, _ENOSYS, _EAFNOSUPPORT = 1, 38, 97
_OFFSET_NUMBER, _OFFSET_ARCH, _OFFSET_FIRST = 0, 4, 16
_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000
_AF_UNIX, _AF_INET, _AF_INET6 = 1, 2, 10

# name: (x86_64, aarch64); None where the architecture has no such call
_FORBIDDEN: dict[str, tuple[int | None, int | None]] = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "kcmp": (312, 272), "pidfd_getfd": (438, 438), "process_madvise": (440, 440),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "move_mount": (429, 429), "open_tree": (428, 428), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "setns": (308, 268), "unshare": (272, 97),
    "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "swapon": (167, 224),
    "swapoff": (168, 225), "reboot": (169, 142), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "clock_adjtime": (305, 266), "adjtimex": (159, 171),
    "acct": (163, 89), "quotactl": (179, 60), "syslog": (103, 116), "vhangup": (153, 58),
    "personality": (135, 92), "fanotify_init": (300, 262), "lookup_dcookie": (212, 18),
    "iopl": (172, None), "ioperm": (173, None), "modify_ldt": (154, None),
    "landlock_create_ruleset": (444, 444), "seccomp": (317, 277),
    # A sandbox keeps to its processor, and makes no memory that belongs to no process.
    "sched_setaffinity": (203, 122), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "shmget": (29, 194),
    # What outlives the process that made it, or marks another one, tells the next test something.
    "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180), "setxattr": (188, 5),
    "lsetxattr": (189, 6), "fsetxattr": (190, 7), "ioprio_set": (251, 30),
}  # fmt: skip
# Calls about a process, with the place of its number: 0 is the caller, and only that is allowed.
_ON_ITSELF: dict[str, tuple[int, int, int]] = {
    "prlimit64": (302, 261, 0), "sched_setattr": (314, 274, 0), "sched_setscheduler": (144, 119, 0),
    "sched_setparam": (142, 118, 0), "setpriority": (141, 140, 1),
}  # fmt: skip
_CLONE = (56, 220)
_CLONE3 = (435, 435)
_SOCKET = (41, 198)


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


@lru_cache(maxsize=4)
def program(machine: str | None = None) -> bytes:
    """The filter for this machine; raises OSError where its call numbers are not known."""
    machine = machine or platform.machine()
    if machine not in _ARCH:
        raise OSError(_ENOSYS, f"seccomp: call numbers of {machine} are not known")
    column = 0 if machine == "x86_64" else 1
    refuse = _step(_RETURN, _ERRNO | _EPERM)
    steps = [
        _step(_LOAD, _OFFSET_ARCH),
        _step(_EQUAL, _ARCH[machine], if_true=1),
        _step(_RETURN, _KILL),
        _step(_LOAD, _OFFSET_NUMBER),
    ]
    if column == 0:  # the x32 calls are a second door to the same rooms
        steps += [_step(_AT_LEAST, _X32_BIT, if_false=1), refuse]
    for numbers in _FORBIDDEN.values():
        number = numbers[column]
        if number is not None:
            steps += [_step(_EQUAL, number, if_false=1), refuse]
    for *itself, place in _ON_ITSELF.values():
        steps += [
            _step(_EQUAL, itself[column], if_false=4),
            _step(_LOAD, _OFFSET_FIRST + 8 * place),
            _step(_EQUAL, 0, if_true=1),
            refuse,
            _step(_RETURN, _ALLOW),
        ]
    # clone3's flags lie in memory where a filter cannot look: the C library falls back to clone.
    steps += [_step(_EQUAL, _CLONE3[column], if_false=1), _step(_RETURN, _ERRNO | _ENOSYS)]
    # A process is a thread of its parent, shares its memory until it runs a program, or nothing:
    # a fork with the notebook's memory, folder or open files would leave it notes of a test.
    allow = _step(_RETURN, _ALLOW)
    steps += [
        _step(_EQUAL, _CLONE[column], if_false=12),
        _step(_LOAD, _OFFSET_FIRST),
        _step(_ANY_BIT, kernel.CLONE_NEW_ANY & ~kernel.CLONE_NEWTIME, if_false=1),
        refuse,
        _step(_ANY_BIT, kernel.CLONE_THREAD, if_false=1),
        allow,
        _step(_ANY_BIT, kernel.CLONE_FS | kernel.CLONE_FILES, if_false=1),
        refuse,
        _step(_ANY_BIT, kernel.CLONE_VM, if_true=1),
        allow,
        _step(_ANY_BIT, kernel.CLONE_VFORK, if_true=1),
        refuse,
        allow,
    ]
    # Sockets of other families do not all stay inside a network namespace.
    steps += [
        _step(_EQUAL, _SOCKET[column], if_false=6),
        _step(_LOAD, _OFFSET_FIRST),
        _step(_EQUAL, _AF_UNIX, if_true=3),
        _step(_EQUAL, _AF_INET, if_true=2),
        _step(_EQUAL, _AF_INET6, if_true=1),
        _step(_RETURN, _ERRNO | _EAFNOSUPPORT),
        _step(_RETURN, _ALLOW),
    ]
    return b"".join([*steps, _step(_RETURN, _ALLOW)])


def install() -> None:
    """Filter this process and all it starts; call it after ``PR_SET_NO_NEW_PRIVS``."""
    kernel.set_filter(program())
