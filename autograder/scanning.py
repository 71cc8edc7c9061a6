r"""How many values a MessagePack document holds, told from its bytes before any is built.

An empty list takes one byte on the wire and sixty in memory: a document of sixty megabytes of
them would be gigabytes before anyone could count. ``count`` walks over the headers, looks into
the extensions as well (an extension that is a document holds values too) and stops at the first
value too many.

The layout is that of https://github.com/msgpack/msgpack/blob/master/spec.md.
"""

from __future__ import annotations

from autograder.errors import WireError

HARMLESS = 1 << 16
"""A document of so many bytes cannot hold more values than that: it needs no counting."""

WRAPPINGS = 4
"""How often one byte may lie in an extension, on average: each reads it once more."""

_FIXED = {0xC0: 0, 0xC2: 0, 0xC3: 0, 0xCA: 4, 0xCB: 8} | {
    0xCC + kind: 1 << kind % 4 for kind in range(8)
}
"""Header → bytes of a value of fixed size that follow it."""

_SIZED = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}
"""Header → bytes of the size that precedes bytes or a text."""

_ITEMS = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}
"""Header of a list or a dict → (bytes of its length, values an entry)."""

_EXTENSION = {0xC7: 1, 0xC8: 2, 0xC9: 4}
"""Header → bytes of an extension's size; those of fixed size have 0xD4 to 0xD8."""


def count(document: bytes, most: int, raw: frozenset[int] = frozenset()) -> None:
    """Raise WireError for a document of more than ``most`` values, or for a malformed one.

    The extensions of the codes ``raw`` hold bytes, all others a document of their own.
    """
    if len(document) <= HARMLESS:
        return
    left, wrapped = most, WRAPPINGS * len(document)
    end, place = len(document), 0
    open_values = 1  # values still to come in the innermost document
    outer: list[tuple[int, int]] = []  # (end, values to come) of the documents around it
    while True:
        while not open_values:
            if place != end:
                raise WireError("malformed message (more than one value)")
            if not outer:
                return
            end, open_values = outer.pop()
        if place >= end:
            raise WireError("malformed message (cut short)")
        left -= 1
        if left < 0:
            raise WireError("too many values in one message")
        open_values -= 1
        head = document[place]
        place += 1
        if head < 0x80 or head >= 0xE0:
            continue
        if head < 0xA0:
            open_values += (head & 0x0F) * (1 if head >= 0x90 else 2)
        elif head < 0xC0:
            place += head & 0x1F
        elif head in _FIXED:
            place += _FIXED[head]
        elif head in _SIZED:
            place += _SIZED[head] + _number(document, place, _SIZED[head])
        elif head in _ITEMS:
            width, each = _ITEMS[head]
            open_values += each * _number(document, place, width)
            place += width
        elif head in _EXTENSION or 0xD4 <= head <= 0xD8:
            width = _EXTENSION.get(head, 0)
            size = _number(document, place, width) if width else 1 << (head - 0xD4)
            place += width + 1
            if place + size > end:
                raise WireError("malformed message (cut short)")
            wrapped -= size
            if wrapped < 0:
                raise WireError("a message wrapped too often")
            if document[place - 1] in raw:
                place += size
            else:
                outer.append((end, open_values))
                end, open_values = place + size, 1
                left += 1  # a tuple is one value, and not itself and the list in it
        else:
            raise WireError("malformed message (no such header)")


def _number(document: bytes, place: int, width: int) -> int:
    return int.from_bytes(document[place : place + width], "big")
