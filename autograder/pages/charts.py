"""Curves over their expected band: as SVG that follows the page's theme, and as PNG."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from autograder.pages.rendering import render
from autograder.verdict import Evidence

WIDTH, HEIGHT = 640, 310
LEFT, RIGHT, TOP, BOTTOM = 84, 18, 16, 58
MAX_POINTS = 300
MAX_POINTS_OF_A_CLASS = 15_000
LOG_FROM_RATIO = 50
SAME = 1e-6
# What is farther from 1 is no loss that anybody compares: it is not drawn, or drawn as 0.
HUGE, TINY = 1e100, 1e-100


# In words -----------------------------------------------------------------------------------


def description(evidence: Evidence, whose: str = "Your curve") -> str:
    """What the picture shows, for those who do not see it."""
    got, low, high = numbers(evidence.got), numbers(evidence.low), numbers(evidence.high)
    if not got:
        return f"{whose} is empty."
    sentences = [
        f"{whose} starts at {number(got[0])} and ends at {number(got[-1])}, "
        f"{evidence.xlabel} {len(got) - 1}."
    ]
    if low and high:
        ends = f"{number(low[-1])} and {number(high[-1])}"
        sentences.append(f"The expected band ends between {ends}.")
    left = leaves_at(evidence)
    if left is None:
        sentences += ["It stays inside the band."] if low else []
    elif math.isfinite(got[left]):
        sentences.append(f"It leaves the band at {evidence.xlabel} {left}.")
    else:
        sentences.append(f"It is no finite number at {evidence.xlabel} {left}.")
    return " ".join(sentences)


def leaves_at(evidence: Evidence) -> int | None:
    """First place where the curve is outside its band or not finite; None when nowhere."""
    low, high = numbers(evidence.low), numbers(evidence.high)
    for index, value in enumerate(numbers(evidence.got)):
        if not math.isfinite(value):
            return index
        if index < min(len(low), len(high)):
            slack = SAME * max(abs(low[index]), abs(high[index]))
            if value < low[index] - slack or value > high[index] + slack:
                return index
    return None


def numbers(values: Iterable[float | None]) -> list[float]:
    """Values as stored; what was not finite is stored as null and comes back as NaN."""
    return [math.nan if value is None else float(value) for value in values]


def number(value: float) -> str:
    """A number as a reader wants it."""
    return f"{value:.4g}" if math.isfinite(value) else "no finite number"


# Scales -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scale:
    """From a value to a place on the page; logarithmic when the values span decades."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        low, high = self.low, self.high
        if self.log:
            low, high, value = math.log10(low), math.log10(high), math.log10(value)
        share = (value - low) / (high - low) if high > low else 0.5
        return round(self.start + share * (self.end - self.start), 1)

    def shows(self, value: float) -> bool:
        """Can this value be drawn?"""
        return math.isfinite(value) and abs(value) < HUGE and (value > TINY or not self.log)

    def ticks(self) -> list[float]:
        """About five round values."""
        if self.log:
            first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
            every = max(1, -(-(last - first + 1) // 6))
            return [10.0**power for power in range(first, last + 1, every)]
        raw = (self.high - self.low) / 5
        unit = 10.0 ** math.floor(math.log10(raw))
        step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= raw * 0.999)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [i * step for i in range(first, last + 1)]


def vertical(values: Iterable[float]) -> Scale:
    """The scale that shows all finite values with a little air."""
    finite = [
        value if abs(value) > TINY else 0.0
        for value in values
        if math.isfinite(value) and abs(value) < HUGE
    ]
    low, high = min(finite, default=0.0), max(finite, default=1.0)
    log = low > 0 and high / low > LOG_FROM_RATIO
    if log:
        low, high = low / 1.2, high * 1.2
    else:
        air = 0.06 * (high - low) or 0.1 * abs(high) or 1.0
        low, high = low - air, high + air
    return Scale(low, high, HEIGHT - BOTTOM, TOP, log)


# SVG ----------------------------------------------------------------------------------------


def curve_svg(evidence: Evidence) -> Markup:
    """The student's curve over the band; colours come from the page's style."""
    return _chart([evidence], ["yours"], description(evidence))


def curves_svg(
    curves: Sequence[Evidence], text: str, points: int = MAX_POINTS_OF_A_CLASS
) -> Markup:
    """Many students' curves in one picture, of about so many points at most.

    Those outside their band lie on top.
    """
    inside = [curve for curve in curves if leaves_at(curve) is None]
    outside = [curve for curve in curves if leaves_at(curve) is not None]
    styles = ["inside"] * len(inside) + ["outside"] * len(outside)
    return _chart([*inside, *outside], styles, text, min(points, MAX_POINTS_OF_A_CLASS))


def _chart(
    curves: Sequence[Evidence],
    styles: Sequence[str],
    text: str,
    points: int = MAX_POINTS_OF_A_CLASS,
) -> Markup:
    lines = [numbers(curve.got) for curve in curves]
    # Students who had other inputs have other bands.
    bands = {(tuple(numbers(c.low)), tuple(numbers(c.high))) for c in curves if c.low}
    most = max(2, min(MAX_POINTS, points // (len(curves) + len(bands))))
    edges = [edge for band in bands for edge in band]
    longest = max(len(values) for values in (*lines, *edges))
    x = Scale(0, max(longest - 1, 1), LEFT, WIDTH - RIGHT)
    y = vertical(value for values in (*lines, *edges) for value in values)
    return render(
        "chart.svg.j2",
        text=text,
        xlabel=curves[0].xlabel,
        ylabel=curves[0].ylabel,
        rows=[(y(value), tick(value)) for value in y.ticks()],
        columns=[(x(value), tick(value)) for value in x.ticks()],
        bands=sorted(filter(None, (_band(x, y, low, high, most) for low, high in bands))),
        lines=[
            (style, run)
            for style, values in zip(styles, lines, strict=True)
            for run in _runs(x, y, values, most)
        ],
        **_frame(),
    )


def _frame() -> dict[str, float]:
    """The drawing area, for the templates."""
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "top": TOP,
        "bottom": HEIGHT - BOTTOM,
    }


def tick(value: float) -> str:
    """A tick's label, short enough for the margin: 1e-5, not 1e-05; 2e4, not 20000."""
    text = f"{value:.6g}" if abs(value) < 1e4 else f"{value:.3g}"
    return text.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")


def _band(x: Scale, y: Scale, low: Sequence[float], high: Sequence[float], most: int) -> str:
    length = min(len(low), len(high))
    steps = [i for i in _chosen(length, most) if y.shows(low[i]) and y.shows(high[i])]
    there = [f"{x(i)},{y(high[i])}" for i in steps]
    back = [f"{x(i)},{y(low[i])}" for i in reversed(steps)]
    return " ".join([*there, *back])


def _runs(x: Scale, y: Scale, values: list[float], most: int) -> list[str]:
    """The curve as pieces between values that cannot be drawn; a lone point is a short line."""
    runs: list[list[str]] = [[]]
    for i in _chosen(len(values), most):
        if y.shows(values[i]):
            runs[-1].append(f"{x(i)},{y(values[i])}")
        elif runs[-1]:
            runs.append([])
    return [" ".join(run if len(run) > 1 else run * 2) for run in runs if run]


def _chosen(length: int, most: int) -> list[int]:
    """At most ``most`` places of a long curve, its ends among them."""
    if length <= most:
        return list(range(length))
    return [round(i * (length - 1) / (most - 1)) for i in range(most)]


def histogram_svg(scores: Sequence[float], highest: float, bins: int = 10) -> Markup:
    """How many submissions reached which share of the points."""
    counts = [0] * bins
    for score in scores:
        share = score / highest if highest else 0.0
        counts[min(max(int(share * bins), 0), bins - 1)] += 1
    x = Scale(0, bins, LEFT, WIDTH - RIGHT)
    y = Scale(0, max(counts) or 1, HEIGHT - BOTTOM, TOP + 18)
    edges = [highest * i / bins for i in range(bins + 1)]
    text = "; ".join(
        f"{count} from {edges[i]:g} to {edges[i + 1]:g}" for i, count in enumerate(counts) if count
    )
    return render(
        "histogram.svg.j2",
        text=f"Submissions by points: {text or 'none'}.",
        bars=[(x(i) + 2, y(count), x(i + 1) - x(i) - 4, count) for i, count in enumerate(counts)],
        columns=[(x(i), tick(edge)) for i, edge in enumerate(edges)],
        **_frame(),
    )


# PNG ----------------------------------------------------------------------------------------


def curve_png(evidence: Evidence) -> bytes:
    """The same picture for a notebook's output."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    got, low, high = numbers(evidence.got), numbers(evidence.low), numbers(evidence.high)
    y = vertical([*got, *low, *high])
    got, low, high = (
        [value if y.shows(value) else math.nan for value in values] for values in (got, low, high)
    )
    figure = Figure(figsize=(6.4, 3.2), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    band = range(min(len(low), len(high)))
    axes.fill_between(
        band, low[: len(band)], high[: len(band)], color="#0072b2", alpha=0.25, label="expected"
    )
    axes.plot(range(len(got)), got, color="#d55e00", linewidth=1.8, label="yours")
    axes.set_yscale("log" if y.log else "linear")
    axes.set_title(evidence.title, parse_math=False)
    axes.set_xlabel(evidence.xlabel, parse_math=False)
    axes.set_ylabel(evidence.ylabel, parse_math=False)
    axes.legend(frameon=False)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
