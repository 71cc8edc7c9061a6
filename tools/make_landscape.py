"""Draw the landing page's map into book/_static/landscape.svg: `python -m tools.make_landscape`.

The contour lines belong to a sum of Gaussian hills and hollows, and the trail is gradient descent
with momentum on it, as lossland computes it. The file is inline SVG without colours of its own; the
style sheet gives it those of the theme. Below the map stand the controls by which the reader plays
with it: book/_landing/landscape.js computes every other path, with the land's numbers from here.
"""

from __future__ import annotations

import json

import numpy as np
from contourpy import contour_generator

from lossland.experiment import minimise
from lossland.optimizers import momentum
from tools.common import ROOT

TARGET = ROOT / "book" / "_static" / "landscape.svg"
WIDTH, HEIGHT = 1200, 430  # of the picture
SCALE = 100  # picture units per unit of the landscape
LEVELS = 19
START, LR, MU, STEPS = (2.05, 0.72), 0.05, 0.9, 200
# height, centre, widths, turn of the axes in radians
HILLS = (
    (-2.6, (8.6, 2.75), (2.3, 0.75), 0.16),
    (1.5, (1.3, 0.5), (1.7, 1.0), 0.3),
    (1.1, (4.4, 3.9), (1.5, 1.1), -0.2),
    (1.0, (6.2, 0.1), (1.4, 0.8), 0.1),
    (-0.7, (3.1, 2.3), (1.3, 0.7), -0.5),
    (0.9, (11.6, 0.4), (1.3, 1.2), 0.4),
    (0.5, (11.4, 4.2), (1.1, 0.9), 0.0),
)
WAYS = {
    "gradient descent": "Gradient descent",
    "momentum": "Momentum",
    "nesterov": "Nesterov",
    "adam": "Adam",
}
CHOSEN = "momentum"
HINT = "Drag the hiker, or tap on the map. How does she walk?"
DESCRIPTION = (
    "A map of contour lines: hills on the left and right, a long hollow in between. "
    "A dotted trail starts at a blindfolded hiker on a slope, swings across the hollow's sides "
    "and reaches a lake at the lowest point."
)


def landscape(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Heights (...) and gradients (..., 2) at points (..., 2)."""
    height = np.zeros(x.shape[:-1])
    gradient = np.zeros(x.shape)
    for size, centre, widths, turn in HILLS:
        axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        shape = axes.T @ np.diag(1 / np.square(widths)) @ axes
        offset = x - np.array(centre)
        bump = size * np.exp(-0.5 * np.einsum("...i,ij,...j->...", offset, shape, offset))
        height += bump
        gradient -= bump[..., None] * (offset @ shape)
    return height, gradient


def loss_and_gradient(x: np.ndarray) -> tuple[float, np.ndarray]:
    """The landscape at one point, for lossland's loop."""
    height, gradient = landscape(x)
    return float(height), gradient


def points(line: np.ndarray) -> str:
    """SVG path data of a polyline in landscape units."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line * SCALE).replace(".0", "")


def contours() -> list[str]:
    """Path data, one path a level."""
    x, y, height = grid()
    generator = contour_generator(x, y, height)
    return ["".join(points(line) for line in generator.lines(level)) for level in levels(height)]


def levels(height: np.ndarray) -> np.ndarray:
    """The heights of the contour lines; the first is the lake's shore."""
    return np.linspace(height.min(), height.max(), LEVELS + 2)[1:-1]


def grid() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places across and down, and the heights (down, across)."""
    x, y = np.linspace(0, WIDTH / SCALE, 121), np.linspace(0, HEIGHT / SCALE, 44)
    return x, y, landscape(np.stack(np.meshgrid(x, y), axis=-1))[0]


def land() -> dict[str, object]:
    """What the script needs to know of the land."""
    return {
        "hills": [[size, *centre, *widths, turn] for size, centre, widths, turn in HILLS],
        "shore": round(float(levels(grid()[2])[0]), 4),
        "size": [WIDTH / SCALE, HEIGHT / SCALE],
        "start": START,
        "scale": SCALE,
    }


def walk() -> np.ndarray:
    """The first path: the start and every step until she is at the lake for good."""
    run = minimise(loss_and_gradient, np.array(START), momentum(LR, MU), STEPS)
    dry = np.flatnonzero(run.loss >= land()["shore"])[-1]
    return run.x[: dry + 2]


def path(number: int, data: str) -> str:
    """A contour; the lowest is the lake's shore, every fifth is drawn stronger."""
    kind = "lake" if number == 0 else "contour strong" if number % 5 == 0 else "contour"
    return f'<path class="{kind}" d="{data}"/>'


def hiker(x: float, y: float) -> str:
    """A small figure with a blindfold and a stick, its feet at the point."""
    return f"""<g class="hiker" transform="translate({x:.0f} {y:.0f})"><g class="figure">
    <path d="M-6 0L0-20L8 0M0-20L1-41M1-37L-8-26M1-37L12-30M11-38L17 0"/>
    <circle class="head" cx="2" cy="-50" r="8.500"/>
    <path class="blindfold" d="M-6-52H10.500M-7-52L-14-56M-7-52L-13-48"/>
  </g></g>"""


def controls(steps: int) -> str:
    """What the reader plays with, shown where scripts run; the words are the first path's."""
    ways = "\n    ".join(
        f'<label><input type="radio" name="way" value="{way}"{" checked" * (way == CHOSEN)}>'
        f"<span>{name}</span></label>"
        for way, name in WAYS.items()
    )
    words = f"With momentum (learning rate {LR}) she is at the lake after {steps} steps."
    return f"""<div class="landscape-play">
  <p class="landscape-hint" id="landscape-hint">{HINT}</p>
  <div class="landscape-ways" role="radiogroup" aria-labelledby="landscape-hint">
    {ways}
  </div>
  <p class="landscape-words" role="status">{words}</p>
</div>"""


def picture() -> str:
    """The whole figure: the map and its controls."""
    trail = walk()
    steps = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in trail[1:] * SCALE).replace(".0", "")
    lines = "\n  ".join(path(number, data) for number, data in enumerate(contours()))
    x, y = trail[0] * SCALE
    return (
        f"<figure class=\"landscape\" data-land='{json.dumps(land(), separators=(',', ':'))}'>\n"
        f'<div class="landscape-box">\n<svg viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'preserveAspectRatio="xMidYMid slice" role="img" aria-label="{DESCRIPTION}">'
        f'\n  {lines}\n  <path class="trail" d="{points(trail)}"/>\n'
        f'  <path class="steps" d="{steps}"/>\n  {hiker(x, y)}\n</svg>\n</div>\n'
        f"{controls(len(trail) - 1)}\n</figure>\n"
        '<script async src="landing/landscape.js"></script>\n'
    )


def main() -> None:
    """Write the picture."""
    TARGET.write_text(picture(), "utf8")


if __name__ == "__main__":
    main()
