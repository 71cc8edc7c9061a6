/** The points, the truth and the penalised fit. */

import { amount } from "../kit/format.js";
import { legend } from "../kit/legend.js";
import { Plot } from "../kit/plot.js";
import { ACROSS, truth } from "../kit/regression.js";
import { AT } from "./fit.js";

const curve = (values) => Array.from(AT, (x, i) => [x, values[i]]);

/** @param {HTMLElement} parent */
export function fitView(parent) {
  const plot = new Plot(parent, {
    ...{ name: "wiggly", title: "Fit", xLabel: "x", yLabel: "y", left: 34, span: 13, height: 270 },
  });
  const names = legend(plot, "Degree 15 through 20 points", [
    { text: "truth", kind: "dashed", colour: "var(--ll-ink)" },
    { text: "points", kind: "dots", colour: "noise" },
    { text: "fit", colour: "var(--ll-penalty)" },
  ]);
  return {
    plot,
    drawGround(colours) {
      names.show(colours);
      plot.window(ACROSS, [-2.6, 2.6]);
      plot.line("truth", curve(AT.map(truth)), { kind: "theory" });
    },
    draw({ points, curve: fitted, training, test }, colours) {
      plot.line("fit", curve(fitted), { kind: "run", colour: "var(--ll-penalty)" });
      plot.dots("points", points, { kind: "sample", colour: colours.noise });
      plot.describe(
        `20 noisy points of a curve, and a polynomial of degree 15 with a penalty. Its error is ` +
          `${amount(training)} on the points and ${amount(test)} at new ones.`,
      );
    },
  };
}
