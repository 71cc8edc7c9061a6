"""Figures drawn once show what ``savefig(bbox_inches="tight")`` shows."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import matplotlib as mpl
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

mpl.use("agg")
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from autograder.sandbox import drawing


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """No figure of one test is open in the next."""
    yield
    plt.close("all")


def plotted() -> Figure:
    figure, axes = plt.subplots()
    axes.plot([1.0, 3.0, 2.0], label="loss")
    axes.set(title="Loss", xlabel="step", ylabel="loss")
    return figure


def with_a_legend_outside() -> Figure:
    figure = plotted()
    figure.axes[0].legend(loc="upper left", bbox_to_anchor=(1.05, 1.0))
    return figure


def coloured() -> Figure:
    figure, _ = plt.subplots(2, 2, figsize=(9.13, 7.3), layout="constrained")
    figure.set_facecolor("#e0e8f0")
    return figure


def transparent() -> Figure:
    figure = plotted()
    figure.patch.set_alpha(0.0)
    return figure


def with_words_far_away() -> Figure:
    figure = plotted()
    figure.axes[0].text(1.0, 1.5, "words " * 60)
    return figure


def of_many_points() -> Figure:
    return plt.subplots(figsize=(40, 30))[0]


def points(png: bytes) -> NDArray[np.float64]:
    """Grey values of a picture on its own background, from 0 to 1."""
    image = Image.open(io.BytesIO(png)).convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return np.asarray(Image.alpha_composite(white, image).convert("L"), dtype=np.float64) / 255


@pytest.mark.parametrize(
    "draw",
    [plotted, with_a_legend_outside, coloured, transparent, with_words_far_away, of_many_points],
)
def test_it_is_the_tight_picture(draw: Callable[[], Figure]) -> None:
    """Has it the size of the tight one within a few points, and as much ink?"""
    figure = draw()
    tight = io.BytesIO()
    figure.savefig(tight, format="png", dpi=drawing.DPI, bbox_inches="tight")
    theirs, ours = points(tight.getvalue()), points(drawing.png(figure))
    assert np.abs(np.subtract(theirs.shape, ours.shape)).max() <= 6
    ink = [(picture[0, 0] - picture).clip(0).sum() for picture in (theirs, ours)]
    assert ink[1] == pytest.approx(ink[0], rel=0.05)


def test_nothing_drawn_is_a_picture_too() -> None:
    """Is an empty figure no error?"""
    assert points(drawing.png(plt.figure())).size > 0


def test_all_open_figures_are_shown_and_closed() -> None:
    """As many as are allowed, as far as there is room?"""
    for _ in range(3):
        plotted()
    assert len(drawing.shown(plt, 2, 10**6)) == 2
    assert plt.get_fignums() == []
    plotted()
    assert drawing.shown(plt, 2, 10) == []
