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

_EXTENSIONS = frozenset({0xC7, 0xC8, 0xC9})

_SIZED = {
    **{0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0)},  # bytes
    **{0xD9: (1, 0), 0xDA: (2, 0), 0xDB: (4, 0)},  # texts
    **{0xC7: (1, 0), 0xC8: (2, 0), 0xC9: (4, 0)},  # extensions
    **{0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)},  # lists and dicts
}
"""Header → (bytes of the number that follows it, values for each that it counts)."""


def count(document: bytes, most: int, raw: frozenset[int] = frozenset()) -> None:
    """Raise WireError for a document of more than ``most`` values, or for a malformed one.

    The extensions of the codes ``raw`` hold bytes, all others a document of their own.
    """
    if len(document) <= HARMLESS:
        return
    left, room = most, WRAPPINGS * len(document)
    end, place = len(document), 0
    to_come = 1  # values of the innermost document
    outer: list[tuple[int, int]] = []  # (end, values to come) of the documents around it
    while True:
        while not to_come:
            if place != end:
                raise WireError("malformed message (of another length)")
            if not outer:
                return
            end, to_come = outer.pop()
        if place >= end:
            raise WireError("malformed message (cut short)")
        left -= 1
        if left < 0:
            raise WireError("too many values in one message")
        head = document[place]
        place += 1
        inside = 0
        if 0x80 <= head < 0xE0:
            place, inside, size = _body(document, place, head)
            if size is not None:
                room -= size
                if room < 0 or place + size > end:
                    raise WireError("malformed message (wrapped too often, or cut short)")
                if document[place - 1] in raw:
                    place += size
                else:
                    outer.append((end, to_come - 1))
                    end, to_come = place + size, 2
                    left += 1  # a tuple is one value, and not itself and the list in it
        to_come += inside - 1


def _body(document: bytes, place: int, head: int) -> tuple[int, int, int | None]:
    """Where the value ends, how many values lie in it, and for an extension how long it is.

    An extension's place is where its bytes begin, one after its code.
    """
    if head < 0xA0:
        return place, (head & 0x0F) * (1 if head >= 0x90 else 2), None
    if head < 0xC0:
        return place + (head & 0x1F), 0, None
    if head in _FIXED:
        return place + _FIXED[head], 0, None
    if 0xD4 <= head <= 0xD8:
        return place + 1, 0, 1 << (head - 0xD4)
    width, each = _SIZED.get(head, (0, 0))
    if not width:
        raise WireError("malformed message (no such header)")
    number = int.from_bytes(document[place : place + width], "big")
    if head in _EXTENSIONS:
        return place + width + 1, 0, number
    return place + width + (0 if each else number), each * number, None
