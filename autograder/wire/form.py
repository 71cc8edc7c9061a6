"""What writer and reader of a message agree on: the extensions, the dtypes, the limits."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

MAX_DEPTH = 32
MAX_INT_BYTES = 128
MAX_LIST = 200_000
DTYPES = frozenset(
    np.dtype(kind).newbyteorder("<").str
    for kind in ("?", *np.typecodes["AllInteger"], "e", "f", "d", "F", "D")
)

# What MessagePack does not know. A new kind of value needs no number of its own: it is a KIND,
# and stands in ``autograder.kinds``; a new kind of reference is one too, and stands in REFERENCES.
TUPLE, ARRAY, COMPLEX, INT, GENERATOR, FUNCTION, SCALAR, KIND = range(1, 9)
RAW = frozenset({ARRAY, COMPLEX, INT, SCALAR})
"""Extensions that are no document of their own: an array is dtype:shape:bytes."""
ARRAY_HEADER = 600
"""Bytes within which an array's two colons stand."""
PARTS = struct.Struct("<dd")


@dataclass(frozen=True)
class Bounds:
    """How much one message may hold."""

    frame_bytes: int
    items: int


def is_plain_key(key: Any) -> bool:
    """Whether this may be a key: plain, and no integer so long that many can share a hash."""
    if type(key) is int:
        return -(2**63) <= key < 2**64
    return type(key) in (str, float, bool, type(None))
