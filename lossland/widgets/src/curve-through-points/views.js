/** The points and the curve. */

import { legend } from "../kit/legend.js";
import { Plot } from "../kit/plot.js";
import { ACROSS } from "../kit/regression.js";
import { error } from "./words.js";

/** @param {HTMLElement} parent */
export function curveView(parent) {
  const plot = new Plot(parent, {
    name: "curve",
    title: "Points",
    xLabel: "x",
    yLabel: "y",
    left: 34,
    span: 13,
    height: 300,
  });
  const names = legend(plot, "One curve, fitted to the filled points only", [
    { text: "fitted", kind: "dots", colour: "training" },
    { text: "held out", kind: "ring", colour: "total" },
    { text: "fit", colour: "var(--ll-ink)" },
  ]);
  return {
    plot,
    drawGround() {
      plot.window(ACROSS, [-2.4, 2.4]);
    },
    draw({ x, y, xOut, yOut }, fit, degree, colours) {
      names.show(colours);
      plot.line("fit", fit.curve, { kind: "run", colour: "var(--ll-ink)" });
      plot.dots("seen", Array.from(x, (place, i) => [place, y[i]]), { kind: "seen", colour: colours.training });
      xOut.forEach((place, i) =>
        plot.disc(`out ${i}`, [place, yOut[i]], { kind: "ring", colour: colours.total, radius: 5 }),
      );
      plot.describe(
        `A polynomial of degree ${degree} fitted to ${x.length} points, with ${xOut.length} others beside it. ` +
          `Mean squared error on the first ${error(fit.training)}, on the others ${error(fit.validation)}.`,
      );
    },
  };
}
