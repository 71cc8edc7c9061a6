"""Figures that can be read: on paper, on a phone, without full colour sight."""

from collections.abc import Iterator
from itertools import combinations

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from lossland import methods, plots
from lossland.experiment import minimise
from lossland.optimizers import momentum
from lossland.surfaces import SURFACES, quadratic_bowl

# Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB
SIGHT = {
    "full": np.eye(3),
    "without red cones": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "without green cones": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "without blue cones": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


@pytest.fixture(autouse=True)
def clean_figures() -> Iterator[None]:
    """Every test starts with the book's style and leaves nothing open."""
    with mpl.rc_context():
        plots.style()
        yield
        plt.close("all")


def lab(colour: str, sight: str) -> np.ndarray:
    """CIE L*a*b* (D65) of a colour as seen with the given sight."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    xyz = to_xyz @ np.clip(SIGHT[sight] @ linear, 0, 1) / [0.95047, 1.0, 1.08883]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


METHODS = tuple(name for name in plots.COLOURS if name not in plots.PARTS)


def test_every_method_has_a_colour() -> None:
    """Do all optimizers, both searches, theory and the reader's own have a colour of their own?"""
    others = {"random search", "local search", "theory", "yours"}
    assert {*methods.METHODS, *others} == set(METHODS)
    assert len(METHODS) == len({plots.COLOURS[name] for name in METHODS})


@pytest.mark.parametrize("names", [METHODS, (*plots.PARTS, "theory")], ids=["methods", "parts"])
@pytest.mark.parametrize("sight", SIGHT)
def test_colours_differ(sight: str, names: tuple[str, ...]) -> None:
    """Do any two of a picture differ by 15 or more (2.3 is just noticeable) in CIE L*a*b*?"""
    for one, other in combinations(names, 2):
        difference = np.linalg.norm(
            lab(plots.COLOURS[one], sight) - lab(plots.COLOURS[other], sight)
        )
        assert difference > 15, (one, other)


def test_contrast_by_known_values() -> None:
    """Is black on white 21 : 1 and mid-grey #767676 on white 4.54 : 1, as WCAG says?"""
    np.testing.assert_allclose(plots.contrast("#000000", "#ffffff"), 21)
    np.testing.assert_allclose(plots.contrast("#767676", "#ffffff"), 4.54, atol=0.005)


@pytest.mark.parametrize("method", plots.COLOURS)
def test_lines_and_labels_stand_out(method: str) -> None:
    """Has every line 3 times and every label 4.5 times the paper's contrast?"""
    assert plots.contrast(plots.COLOURS[method]) >= 3
    assert plots.contrast(plots.readable(method)) >= 4.5


def test_paper_is_opaque_and_light() -> None:
    """Is every figure saved on opaque light paper, so that it reads in the dark theme too?"""
    figure, _ = plots.panels()
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())
    assert (pixels[..., 3] == 255).all()
    assert pixels[0, 0, :3].min() > 240
    assert mpl.rcParams["savefig.transparent"] is False


def test_text_is_readable_on_a_phone() -> None:
    """Is the smallest text 9 pixels high or more when the figure is 330 pixels wide?"""
    pixels_a_point = 330 / plots.SIZE[0] / 72
    for size in ("font.size", "axes.labelsize", "xtick.labelsize", "ytick.labelsize"):
        assert mpl.rcParams[size] * pixels_a_point >= 9, size


def test_panels_are_stacked() -> None:
    """Do three panels share one column, three times as high as one?"""
    figure, axes = plots.panels(3, height=2.0)
    assert len(axes) == 3
    assert figure.get_size_inches().tolist() == [plots.SIZE[0], 6.0]


def test_theory_is_dashed_and_methods_are_not() -> None:
    """Does a line have its method's colour, theory dashes, and its name at its end?"""
    _, (ax,) = plots.panels()
    plots.curve(ax, [0, 1, 2], [3, 2, 1], "momentum")
    plots.curve(ax, [0, 1, 2], [4, 3, 2], "theory", label="bound", side="above")
    run, theory = ax.lines
    assert (run.get_color(), run.get_linestyle()) == (plots.COLOURS["momentum"], "-")
    assert (theory.get_color(), theory.get_linestyle()) == (plots.COLOURS["theory"], "--")
    assert [(text.get_text(), text.xy) for text in ax.texts] == [
        ("momentum", (2, 1)),
        ("bound", (2, 2)),
    ]


def test_band_shows_the_interval() -> None:
    """Is the line the mean of 1 and 3, and the band ±12.706·√2/√2 as for two seeds?"""
    _, (ax,) = plots.panels()
    plots.band(ax, [0.0, 1.0], [[1.0, 1.0], [3.0, 3.0]], "nesterov", label="")
    assert ax.lines[0].get_ydata().tolist() == [2.0, 2.0]
    heights = ax.collections[0].get_paths()[0].vertices[:, 1]
    np.testing.assert_allclose([heights.min(), heights.max()], [2 - 12.706, 2 + 12.706], rtol=1e-4)
    assert not ax.texts


@pytest.mark.parametrize("name", SURFACES)
def test_contours_and_paths_draw(name: str) -> None:
    """Does every surface show its window, its minima and a path, without a warning?"""
    surface = SURFACES[name]
    figure, (ax,) = plots.panels()
    plots.contour(ax, surface, points=60)
    trace = minimise(surface.loss_and_gradient, surface.start, momentum(1e-3, 0.5), 30)
    plots.path(ax, trace.x, "momentum", every=5)
    figure.canvas.draw()
    assert (ax.get_xlim(), ax.get_ylim()) == surface.domain
    stars = [line for line in ax.lines if line.get_marker() == "*"]
    assert len(stars) == len(surface.minima)
    walked = next(line for line in ax.lines if len(line.get_xydata()) == 31)
    np.testing.assert_array_equal(walked.get_xydata(), trace.x)


def test_log_loss_makes_linear_convergence_straight() -> None:
    """Does a geometric fall become a straight line on the figure?"""
    _, (ax,) = plots.panels()
    plots.curve(ax, range(5), 0.1 ** np.arange(5), "gradient descent")
    plots.log_loss(ax)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step", "loss")
    on_screen = ax.transData.transform(ax.lines[0].get_xydata())[:, 1]
    np.testing.assert_allclose(np.diff(on_screen, 2), 0, atol=1e-6)


def test_refuses_shapes_that_do_not_fit() -> None:
    """Do curves, bands, paths and contours name the shapes they cannot draw?"""
    _, (ax,) = plots.panels()
    with pytest.raises(ValueError, match=r"x has shape \(2,\), y \(3,\)"):
        plots.curve(ax, [0, 1], [0, 1, 2], "momentum")
    with pytest.raises(ValueError, match=r"x has shape \(3,\), runs \(2, 2\)"):
        plots.band(ax, [0, 1, 2], np.ones((2, 2)), "momentum")
    with pytest.raises(ValueError, match=r"xs has shape \(4, 3\)"):
        plots.path(ax, np.zeros((4, 3)), "momentum")
    with pytest.raises(ValueError, match="has 3 variables"):
        plots.contour(ax, quadratic_bowl(2.0, dim=3))
