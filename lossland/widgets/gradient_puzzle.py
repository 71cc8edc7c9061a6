"""Chapter 3's second opener: four gradients under the same check, of which three are wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import traitlets
from matplotlib.figure import Figure

from lossland import plots
from lossland.widgets.base import Widget

SUSPECTS = {"a": "gradient descent", "b": "momentum", "c": "nesterov", "d": "adagrad"}
"""The four gradients, and whose colours they have."""
CHECKS = ("quick", "trained", "penalty", "bias")
WIDTHS = tuple(10 ** (k / 2) for k in range(-24, -1))
"""The h of the check: 1e-12 to 0.1, two a decade."""
FLOOR = 1e-13  # smaller errors are drawn there

Errors = Mapping[str, Mapping[str, Sequence[float]]]


class GradientPuzzle(Widget):
    """Largest relative error of four gradients against h, under one of four checks.

    ``errors`` is what the page has computed: for each of CHECKS and each of SUSPECTS the error at
    each of WIDTHS. "quick" compares a few weights at the start, "trained" the same after some
    steps; "penalty" switches the regulariser on, "bias" compares biases. The other traits are the
    state that the page opens with; in a live notebook they follow the reader's hand.
    """

    bundle = "gradient-puzzle"
    heights = (579, 729)

    errors = traitlets.Dict().tag(sync=True)
    check = traitlets.Enum(CHECKS, "quick").tag(sync=True)
    h = traitlets.Float(1e-5, min=WIDTHS[0], max=WIDTHS[-1]).tag(sync=True)

    @traitlets.validate("errors")
    def _complete(self, proposal: dict[str, Errors]) -> Errors:
        errors = proposal["value"]
        for check in CHECKS:
            for name in SUSPECTS:
                count = len(errors.get(check, {}).get(name, ()))
                if count != len(WIDTHS):
                    raise traitlets.TraitError(
                        f"errors['{check}']['{name}'] has {count} numbers, not {len(WIDTHS)}"
                    )
        return errors

    def static_figure(self) -> Figure:
        """The widget's present state as a still picture, see the function of the same name."""
        return static_figure(self.errors, check=self.check)


def static_figure(errors: Errors, *, check: str = "quick") -> Figure:
    """What the widget shows at one setting, for print and for readers without scripts.

    One panel: the error against h, a colour and a letter for each gradient. ValueError for an
    unknown check. pyplot forgets the figure, so that a notebook shows it once.
    """
    if check not in CHECKS:
        raise ValueError(f"{check!r} is unknown: it must be one of {', '.join(CHECKS)}")
    figure, (ax,) = plots.panels(height=3.6)
    plt.close(figure)
    for place, (name, method) in enumerate(SUSPECTS.items()):
        shown = [max(error, FLOOR) for error in errors[check][name]]
        # Each dot in its own place, so that four equal curves do not hide each other.
        ax.loglog(WIDTHS, shown, color=plots.COLOURS[method], lw=1.4)
        dots = range(place, len(WIDTHS), 4)
        ax.loglog(
            [WIDTHS[k] for k in dots], [shown[k] for k in dots], "o", color=plots.COLOURS[method]
        )
        last = max(dots)
        plots.label_line(ax, WIDTHS[last], shown[last], name, method, side="above")
    for threshold, words in ((1e-2, "wrong"), (1e-7, "good")):
        ax.axhline(threshold, color=plots.COLOURS["random search"], lw=1, ls=":")
        side: plots.Side = "above" if words == "wrong" else "below"
        plots.label_line(ax, 4e-12, threshold, words, "random search", side=side)
    ax.set(ylim=(FLOOR / 3, 10), xlabel="h", ylabel="largest relative error")
    ax.set_title("Four gradients under one check")
    return figure
