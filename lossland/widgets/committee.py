"""Chapter 9's opener: trees that answer alone and together, alive and as a still picture."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure

from lossland import plots
from lossland.widgets.base import Widget

MOST = 50  # members


class Committee(Widget):
    """Per cent of the pictures that trees get wrong, alone and together; the reader adds trees.

    ``alone`` is the error of each of MOST trees, ``together`` that of the first 1, 2, … MOST; the
    page computes both. ``members`` is the state that the page opens with; in a live notebook it
    follows the reader's hand.
    """

    bundle = "committee"
    heights = (432, 651)

    alone = traitlets.List(traitlets.Float(min=0.0, max=100.0)).tag(sync=True)
    together = traitlets.List(traitlets.Float(min=0.0, max=100.0)).tag(sync=True)
    members = traitlets.Int(1, min=1, max=MOST).tag(sync=True)

    @traitlets.validate("alone", "together")
    def _complete(self, proposal: dict[str, Sequence[float]]) -> Sequence[float]:
        errors = proposal["value"]
        if len(errors) != MOST:
            raise traitlets.TraitError(f"there are {len(errors)} errors, not {MOST}")
        return errors

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture, see the function of the same name."""
        return static_figure(self.alone, self.together, members=self.members)


def static_figure(alone: Sequence[float], together: Sequence[float], *, members: int = 1) -> Figure:
    """What the widget shows at one setting, for print and for readers without scripts.

    One panel: a dot for each tree alone, a line for the first M together. pyplot forgets the
    figure, so that a notebook shows it once.
    """
    figure, (ax,) = plots.panels(height=3.4)
    plt.close(figure)
    number = np.arange(1, MOST + 1)
    colours = plots.COLOURS
    ax.plot(number, alone, "o", ms=4.5, mew=0, color=colours["variance"], alpha=0.3)
    ax.plot(number[:members], alone[:members], "o", ms=4.5, color=colours["variance"])
    mean = float(np.mean(alone[:members]))
    ax.plot([0, members + 0.5], [mean, mean], color=colours["variance"], lw=1)
    ax.plot(number, together, color=colours["total"], lw=1.2, alpha=0.45)
    ax.plot(number[:members], together[:members], color=colours["total"], lw=3)
    ax.plot(members, together[members - 1], "o", ms=9, color=colours["total"], mec=plots.PAPER)
    plots.label_line(ax, 12, float(np.max(alone)), "each tree alone", "variance", side="above")
    plots.label_line(ax, 30, together[29], "the first M together", "total", side="below")
    low, high = window(alone, together)
    ax.set(xlim=(0, MOST + 1), ylim=(low, high), xlabel="members M", ylabel="pictures wrong, %")
    ax.set_title(f"{members} of {MOST} trees" if members > 1 else "One tree, and 49 more")
    return figure


def window(alone: Sequence[float], together: Sequence[float]) -> tuple[float, float]:
    """The axis of the errors: whole per cents with room for the names."""
    return float(np.floor(min(*alone, *together)) - 2), float(np.ceil(max(*alone, *together)) + 3)
