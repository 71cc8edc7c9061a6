"""The shared mappings of a process, without a line for each of its hundreds of others.

Linux 6.11 and later answers for one mapping at a time, and passes over those that nobody asked
for (``PROCMAP_QUERY`` of ``linux/fs.h``); elsewhere all of ``/proc/PID/maps`` is read.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import re
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

_QUERY = 0xC0686611
_WRITABLE, _SHARED, _THIS_OR_NEXT = 0x02, 0x08, 0x10
# size, flags, address | start, end, flags, page size, offset, inode, device (2) | name's and build
# id's size and place
_ASKED = struct.Struct("9Q4I2Q")
_LONGEST = 4096
# Of the lines those with the right "s": rights, path.
_LINE = re.compile(rb" ([r-][w-][x-])s [0-9a-f]+ \S+ \d+ *([^\n]*)\n")


class Mapping(NamedTuple):
    """One shared mapping: may the process write to it, and the file behind it, if any."""

    writable: bool
    path: str


def shared(process: int) -> list[Mapping]:
    """The shared mappings of a process; raises OSError if it does not let itself be seen."""
    with open(f"/proc/{process}/maps", "rb") as maps:
        try:
            return list(_asked(maps))
        except OSError as error:
            if error.errno not in (errno.ENOTTY, errno.EINVAL, errno.ENAMETOOLONG):
                raise
        maps.seek(0)
        return [Mapping(b"w" in r, os.fsdecode(path)) for r, path in _LINE.findall(maps.read())]


def _asked(maps: BinaryIO) -> Iterator[Mapping]:
    address = 0
    name = ctypes.create_string_buffer(_LONGEST)
    where = ctypes.addressof(name)
    while True:
        query = bytearray(
            _ASKED.pack(
                _ASKED.size, _SHARED | _THIS_OR_NEXT, address,
                0, 0, 0, 0, 0, 0, 0, 0, _LONGEST, 0, where, 0,
            )
        )  # fmt: skip
        try:
            fcntl.ioctl(maps, _QUERY, query)
        except OSError as error:
            if error.errno == errno.ENOENT:
                return
            raise
        _, _, _, _, address, flags, *rest = _ASKED.unpack(query)
        path = os.fsdecode(name.value) if rest[5] else ""
        yield Mapping(bool(flags & _WRITABLE), path)
