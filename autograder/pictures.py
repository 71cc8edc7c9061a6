"""Pictures of strangers: only what a browser can draw in bounded memory is kept.

A file of 65 KB can ask for 20,000² points, which takes 2 GB in a browser; a PNG can also carry
compressed texts, colour profiles and animations that unpack to any size. Sizes are read from the
file's head, nothing is decoded, and of a PNG only the picture itself is kept.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

PNG = b"\x89PNG\r\n\x1a\n"
MAX_SIDE = 4_000
MAX_POINTS = 8_000_000
MAX_BYTES = 8 * 2**20
# A picture needs no more: texts, profiles, animations and private chunks are left out.
KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
# Start-of-frame markers of JPEG; 0xC4, 0xC8 and 0xCC mean something else.
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def safe_png(data: bytes) -> bytes | None:
    """The same picture with nothing else in the file; None when it is too large or no PNG."""
    if not data.startswith(PNG) or len(data) > MAX_BYTES:
        return None
    kept = [PNG]
    names: list[bytes] = []
    for name, body in _chunks(data):
        if name not in KEPT:
            continue
        if not names and not _is_head(name, body):
            return None
        if names and name == b"IHDR":
            return None
        names.append(name)
        kept.append(struct.pack(">I4s", len(body), name) + body)
        kept.append(struct.pack(">I", zlib.crc32(body, zlib.crc32(name))))
    if b"IDAT" not in names or names[-1] != b"IEND":
        return None
    return b"".join(kept)


def safe_picture(data: bytes) -> tuple[str, bytes] | None:
    """(MIME type, picture) of a PNG, JPEG or GIF; None when it is too large or none of these."""
    if data.startswith(PNG):
        png = safe_png(data)
        return None if png is None else ("image/png", png)
    if len(data) > MAX_BYTES:
        return None
    if data.startswith((b"GIF87a", b"GIF89a")) and len(data) > 10:
        return ("image/gif", data) if _fits(*struct.unpack_from("<HH", data, 6)) else None
    if data.startswith(b"\xff\xd8\xff"):
        return ("image/jpeg", data) if _fits(*_jpeg_size(data)) else None
    return None


def _fits(width: int, height: int) -> bool:
    return 0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and width * height <= MAX_POINTS


def _is_head(name: bytes, body: bytes) -> bool:
    return name == b"IHDR" and len(body) == 13 and _fits(*struct.unpack_from(">II", body))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(name, body) of each chunk up to IEND; a chunk that is cut off ends them."""
    place = len(PNG)
    while place + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        if place + 12 + length > len(data):
            return
        yield name, data[place + 8 : place + 8 + length]
        if name == b"IEND":
            return
        place += 12 + length


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """(width, height) of a JPEG as its frame's head says; (0, 0) when there is none."""
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:  # a fill byte
            place += 1
            continue
        if marker in FRAMES:
            height, width = struct.unpack_from(">HH", data, place + 5)
            return width, height
        place += 2 + struct.unpack_from(">H", data, place + 2)[0]
    return 0, 0
