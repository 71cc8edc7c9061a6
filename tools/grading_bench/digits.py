"""Pictures of digits, 8×8 pixels in grey, drawn from seven strokes with noise: data for a class."""

from __future__ import annotations

import io

import numpy as np

EXAMPLES = 1_797
STROKES = {
    "a": (slice(0, 1), slice(1, 4)), "b": (slice(1, 3), slice(4, 5)),
    "c": (slice(4, 6), slice(4, 5)), "d": (slice(6, 7), slice(1, 4)),
    "e": (slice(4, 6), slice(0, 1)), "f": (slice(1, 3), slice(0, 1)),
    "g": (slice(3, 4), slice(1, 4)),
}  # fmt: skip
DIGITS = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg")
MOST = 16


def file() -> bytes:
    """``digits.npy``: a row a picture, 64 grey values from 0 to 16, then the digit; uint8."""
    draw = np.random.default_rng(0)
    labels = draw.integers(10, size=EXAMPLES)
    pictures = np.zeros((EXAMPLES, 8, 8))
    for picture, label in zip(pictures, labels, strict=True):
        down, right = draw.integers(2), draw.integers(1, 4)
        for stroke in DIGITS[label]:
            rows, columns = STROKES[stroke]
            picture[down : down + 7, right : right + 5][rows, columns] = draw.uniform(8, MOST)
    pictures += draw.normal(0.0, 2.0, pictures.shape)
    grey = np.clip(np.rint(pictures), 0, MOST).astype(np.uint8).reshape(EXAMPLES, 64)
    buffer = io.BytesIO()
    np.save(buffer, np.column_stack([grey, labels.astype(np.uint8)]), allow_pickle=False)
    return buffer.getvalue()
