"""The Python side of the momentum map: its traits, the reader's optimizer, the still picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import traitlets
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lossland import plots
from lossland.experiment import minimise
from lossland.optimizers import momentum
from lossland.surfaces import quadratic_bowl
from lossland.widgets import BundleMissingError, MomentumMap, base
from lossland.widgets.momentum_map import ANGLE, static_figure
from lossland.widgets.own import FAR, walk

Array = NDArray[np.float64]

pytestmark = pytest.mark.usefixtures("bundles")


@pytest.fixture(autouse=True)
def book_style() -> Iterator[None]:
    """Figures as the book makes them, in a backend that opens no window."""
    with mpl.rc_context({"backend": "agg"}):
        plots.style()
        yield


def step(x: Array, v: Array, gradient: Array, lr: float, mu: float) -> tuple[Array, Array]:
    """Momentum as problem set 5 asks for it."""
    v = mu * v - lr * gradient
    return x + v, v


def test_opens_with_its_script() -> None:
    """Does the widget carry its bundled script and style sheet, and name itself by its bundle?"""
    widget = MomentumMap()
    assert "export{" in widget._esm.replace(" ", "")
    assert ".lossland" in widget._css
    assert widget.key == "momentum-map"


def test_missing_bundle_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the bundle, is the reader told in one line which command makes it?"""
    monkeypatch.setattr(base, "STATIC", tmp_path)
    with pytest.raises(BundleMissingError, match=r"^lossland/\S+ is missing: run `make widgets`"):
        MomentumMap()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mu", 1.0),
        ("mu", -0.1),
        ("lr", -1.0),
        ("condition_number", 0.5),
        ("method", "adam"),
        ("start", [1.0]),
        ("start", [5.0, 0.0]),
        ("steps", 0),
    ],
)
def test_refuses_what_the_map_does_not_hold(name: str, value: object) -> None:
    """Is a value outside the map refused where it is written?"""
    with pytest.raises(traitlets.TraitError):
        MomentumMap(**{name: value})


def test_own_pair_walks_as_the_library() -> None:
    """Does a pair's path equal experiment.minimise on the same bowl?"""
    widget = MomentumMap(condition_number=20.0, start=[-1.0, 0.5], optimizer=momentum(0.03, 0.7))
    bowl = quadratic_bowl(20.0, ANGLE)
    trace = minimise(bowl.loss_and_gradient, [-1.0, 0.5], momentum(0.03, 0.7), widget.steps)
    np.testing.assert_allclose(widget.yours, trace.x, rtol=1e-12, atol=1e-15)


def test_own_step_follows_the_map() -> None:
    """Does a five-argument step use the map's pair, and follow when the reader moves it?"""
    widget = MomentumMap(lr=0.03, mu=0.5, optimizer=step)
    bowl = quadratic_bowl(50.0, ANGLE)
    for lr, mu in [(0.03, 0.5), (0.01, 0.9)]:
        widget.lr, widget.mu = lr, mu
        trace = minimise(bowl.loss_and_gradient, widget.start, momentum(lr, mu), widget.steps)
        np.testing.assert_allclose(widget.yours, trace.x, rtol=1e-9, atol=1e-12)


def test_own_three_argument_step_keeps_its_numbers() -> None:
    """Does a step with its own lr and mu stay as it is while the map's pair moves?"""
    widget = MomentumMap(optimizer=lambda x, v, gradient: step(x, v, gradient, 0.02, 0.6))
    before = widget.yours
    widget.lr = 0.01
    assert widget.yours == before
    widget.start = [1.0, 1.0]
    assert widget.yours[0] == [1.0, 1.0]


def test_own_optimizer_that_raises_is_told() -> None:
    """Is what the reader's code raises kept for the widget, and gone when it is mended?"""

    def broken(x: Array, v: Array, gradient: Array) -> tuple[Array, Array]:
        raise RuntimeError("no idea")

    widget = MomentumMap(optimizer=broken)
    assert (widget.yours, widget.trouble) == ([], "RuntimeError: no idea")
    widget.optimizer = step
    assert widget.trouble == ""
    assert len(widget.yours) == widget.steps + 1
    widget.optimizer = None
    assert widget.yours == []


@pytest.mark.parametrize(
    ("own", "told"),
    [
        (lambda x: x, "takes 1 argument"),
        (lambda x, v, gradient: (x[:1], v), r"shape \(1,\)"),
    ],
)
def test_own_step_of_the_wrong_form(own: Any, told: str) -> None:
    """Does the message name what a step function must take, or the two shapes?"""
    with pytest.raises(ValueError, match=told):
        walk(own, quadratic_bowl(5.0), np.ones(2), steps=3, lr=0.1, mu=0.5)


def test_own_path_that_diverges_is_cut() -> None:
    """Does a path that leaves for ever end before FAR, so that it can be sent to the page?"""
    path = walk(step, quadratic_bowl(50.0), np.ones(2), steps=500, lr=1.0, mu=0.5)
    assert 2 < len(path) < 20
    assert np.abs(path).max() < FAR


def test_own_step_may_change_its_arguments() -> None:
    """Is a step that works in place given copies, so that the path keeps its points?"""

    def in_place(x: Array, v: Array, gradient: Array) -> tuple[Array, Array]:
        v *= 0.5
        v -= 0.01 * gradient
        x += v
        return x, v

    path = walk(in_place, quadratic_bowl(5.0), np.ones(2), steps=3, lr=0.1, mu=0.5)
    assert len({tuple(point) for point in path.tolist()}) == 4


@pytest.mark.parametrize("method", ["momentum", "nesterov"])
@pytest.mark.parametrize("condition_number", [1.0, 50.0, 1000.0])
def test_still_picture(method: str, condition_number: float) -> None:
    """Does the still picture have the map, the path and the loss, also where the run diverges?"""
    widget = MomentumMap(
        method=method, condition_number=condition_number, lr=3.9 / condition_number
    )
    figure = widget.static_figure()
    assert isinstance(figure, Figure)
    figure.canvas.draw()
    assert [axes.get_title(loc="left")[:3] for axes in figure.axes] == ["Ste", "The", "The"]


def test_still_picture_refuses_another_method() -> None:
    """Does an unknown method's message name the known ones?"""
    with pytest.raises(ValueError, match="momentum, nesterov"):
        static_figure(method="adam")
