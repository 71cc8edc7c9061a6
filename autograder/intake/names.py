"""Names in archives, as whoever packed them meant them, and whether they may be a path."""

from __future__ import annotations

import re
import struct
import unicodedata
import zipfile
import zlib

UTF8_FLAG = 0x800
UNICODE_PATH = 0x7075
DRIVE = re.compile(r"[A-Za-z]:")
MAX_PART = 200
MADE_BY_MACHINES = re.compile(r"__MACOSX|\._.*|\.DS_Store|Thumbs\.db|desktop\.ini", re.IGNORECASE)


def name_of(entry: zipfile.ZipInfo) -> str:
    """The entry's name with composed letters.

    A ZIP without the mark for UTF-8 holds bytes in the packer's own code page: Python takes them
    for CP437. They are UTF-8 where they can be, Korean where that gives Hangul alone.
    """
    name = entry.orig_filename
    if not entry.flag_bits & UTF8_FLAG and not name.isascii():
        name = _recoded(entry, name)
    return unicodedata.normalize("NFC", name)


def _recoded(entry: zipfile.ZipInfo, name: str) -> str:
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    told = _unicode_path(entry.extra, raw)
    if told:
        return told
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        korean = raw.decode("cp949")
    except UnicodeDecodeError:
        return name
    foreign = [c for c in korean if not c.isascii()]
    return korean if all("가" <= c <= "힣" for c in foreign) else name


def _unicode_path(extra: bytes, raw: bytes) -> str:
    """The name in the extra field that Info-ZIP writes, if it is about this very name."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind != UNICODE_PATH or len(field) < 6 or field[0] != 1:
            continue
        if int.from_bytes(field[1:5], "little") == zlib.crc32(raw):
            return field[5:].decode("utf-8", "replace")
    return ""


def parts_of(name: str) -> tuple[tuple[str, ...], str]:
    """The name's parts, and why it cannot be one; a folder's name ends in ``/``."""
    text = name.replace("\\", "/")
    if "\0" in text:
        return (), "its name holds a zero byte"
    if text.startswith("/") or DRIVE.match(text):
        return (), "its name is an absolute path"
    parts = tuple(part for part in text.split("/") if part not in ("", "."))
    if ".." in parts:
        return (), "its name leads out of the archive"
    if any(len(part.encode("utf-8", "replace")) > MAX_PART for part in parts):
        return (), "its name is too long"
    return parts, "" if parts else "it has no name"


def made_by_machines(parts: tuple[str, ...]) -> bool:
    """Is it what a file manager adds to archives and folders?"""
    return any(MADE_BY_MACHINES.fullmatch(part) for part in parts)
