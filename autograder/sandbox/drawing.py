"""A notebook's figures as pictures: as a notebook shows them, drawn once.

``savefig(bbox_inches="tight")`` lays a figure out twice before it draws it, to know how far it
reaches. Here it is drawn with room around it, and what stayed empty is cut off; a figure that
reaches beyond the room is drawn the long way. What begins beyond the room is not shown.
"""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

DPI = 72
ROOM = 3.0
"""Inches around a figure in which legends and labels may stand."""
PAD = 7
"""Points around what is drawn: a tenth of an inch, as notebooks have it."""
MOST = 4_000_000
"""Points of a figure with its room: a larger one would take too much memory."""


def png(figure: Figure) -> bytes:
    """The figure as a PNG file."""
    width, height = (math.ceil((side + 2 * ROOM) * DPI) for side in figure.get_size_inches())
    if width * height <= MOST:
        picture = _cropped(_drawn(figure, width, height))
        if picture is not None:
            return _encoded(picture)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, bbox_inches="tight")
    return buffer.getvalue()


def _drawn(figure: Figure, width: int, height: int) -> NDArray[np.uint8]:
    """Red, green, blue and opacity of each point of the figure with its room, a row a line."""
    # A hundredth of a point more, since matplotlib rounds down.
    room = Bbox.from_bounds(-ROOM, -ROOM, (width + 0.01) / DPI, (height + 0.01) / DPI)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="rgba", dpi=DPI, bbox_inches=room)
    return np.frombuffer(buffer.getvalue(), dtype=np.uint8).reshape(height, width, 4)


def _cropped(picture: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """The part that is not empty, with a margin; None if it reaches to the edges."""
    colours = picture.view(np.uint32)[..., 0]
    drawn = colours != colours[0, 0]
    rows, columns = (np.flatnonzero(drawn.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return None
    top, bottom, left, right = rows[0], rows[-1], columns[0], columns[-1]
    if min(top, left) < PAD or bottom >= len(drawn) - PAD or right >= drawn.shape[1] - PAD:
        return None
    return picture[top - PAD : bottom + PAD + 1, left - PAD : right + PAD + 1]


def _encoded(picture: NDArray[np.uint8]) -> bytes:
    from PIL import Image  # noqa: PLC0415 (matplotlib has imported it by now)

    opaque = (picture[..., 3] == 255).all()
    buffer = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(picture[..., :3] if opaque else picture))
    image.save(buffer, format="png", compress_level=3)
    return buffer.getvalue()


def shown(plt: Any, most: int, room: int) -> list[bytes]:
    """The open figures as pictures, ``most`` of them and ``room`` bytes at most; then closed."""
    images: list[bytes] = []
    try:
        for number in plt.get_fignums()[:most]:
            picture = png(plt.figure(number))
            room -= len(picture)
            if room < 0:
                break
            images.append(picture)
        plt.close("all")
    except Exception:  # a figure that cannot be drawn is not worth a cell
        return images
    return images
