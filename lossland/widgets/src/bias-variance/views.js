/** The fits to many samples, and the parts of the error against the degree. */

import { powers } from "../kit/axis.js";
import { ACROSS, truth } from "../kit/regression.js";
import { legend } from "../kit/legend.js";
import { cell } from "../kit/format.js";
import { Plot } from "../kit/plot.js";
import { AT, HIGHEST } from "./refits.js";

const SHOWN = 30; // refits that are drawn
const HALF = 0.5; // decades: the window of the errors ends at whole halves

const curve = (values) => Array.from(AT, (x, i) => [x, values[i]]);

/** One sample, the refits and their mean. */
export function fitsView(parent) {
  const plot = new Plot(parent, {
    name: "fits",
    title: "Fits",
    xLabel: "x",
    yLabel: "y",
    left: 34,
    span: 10,
    height: 340,
  });
  const names = legend(plot, `The truth, one sample, and ${SHOWN} refits`, [
    { text: "truth", kind: "dashed", colour: "var(--ll-ink)" },
    { text: "sample", kind: "dots", colour: "noise" },
    { text: "refits", kind: "thin", colour: "variance" },
    { text: "mean", colour: "bias" },
  ]);
  return {
    plot,
    drawGround() {
      plot.window(ACROSS, [-2.6, 2.6]);
    },
    draw({ fits, mean, sample, degree }, colours) {
      names.show(colours);
      plot.lines("refits", fits.slice(0, SHOWN).map(curve), { kind: "refits", colour: colours.variance });
      plot.dots("sample", sample, { kind: "sample", colour: colours.noise });
      plot.line("mean", curve(mean), { kind: "run", colour: colours.bias });
      plot.line("truth", curve(AT.map(truth)), { kind: "theory" });
      plot.describe(
        `${sample.length} labels of one sample, the truth, and polynomials of degree ${degree} fitted to ` +
          `${SHOWN} samples with their mean.`,
      );
    },
  };
}

/** Bias², variance, noise, their sum and the training error. */
export function errorView(parent) {
  const plot = new Plot(parent, {
    name: "parts",
    title: "Error",
    xLabel: "degree",
    yLabel: "mean squared error",
    left: 44,
    span: 10,
    height: 340,
    xTicks: () => ({ at: [0, 3, 6, 9, 12, 15], text: String }),
    yTicks: powers(6),
  });
  const names = legend(plot, "Exact error at new points; ring: measured", [
    { text: "bias²", colour: "bias" },
    { text: "variance", colour: "variance" },
    { text: "noise", kind: "thin", colour: "noise" },
    { text: "sum", kind: "bold", colour: "total" },
    { text: "training", colour: "training" },
  ]);
  const line = (parts, which) => parts.map((at, k) => [k, Math.log10(at[which])]);
  return {
    plot,
    drawGround(parts, colours) {
      names.show(colours);
      const low = Math.log10(parts[0].noise) - 2.2;
      const high = Math.log10(Math.max(...parts.map(({ total }) => total))) + 0.15;
      plot.window([-0.4, HIGHEST + 0.4], [Math.floor(low / HALF) * HALF, Math.ceil(high / HALF) * HALF]);
      plot.lines("here", [], { kind: "thin" }); // below the curves
      plot.line("noise", line(parts, "noise"), { kind: "part", colour: colours.noise });
      plot.line("training", line(parts, "training"), { kind: "run", colour: colours.training });
      plot.line("bias", line(parts, "bias2"), { kind: "run", colour: colours.bias });
      plot.line("variance", line(parts, "variance"), { kind: "run", colour: colours.variance });
      plot.line("sum", line(parts, "total"), { kind: "sum", colour: colours.total });
    },
    draw({ parts, degree, measured }, colours) {
      const { bias2, variance, total, training } = parts[degree];
      const place = (value) => [degree, Math.log10(value)];
      plot.lines("here", [plot.y.domain().map((end) => [degree, end])], { kind: "thin" });
      const dots = { bias: bias2, variance, training };
      for (const [name, value] of Object.entries(dots)) {
        plot.disc(`${name} now`, place(value), { kind: "now", colour: colours[name], radius: 4.5 });
      }
      plot.disc("measured", place(measured), { kind: "ring", colour: colours.total, radius: 7 });
      plot.disc("sum now", place(total), { kind: "now", colour: colours.total, radius: 4 });
      plot.describe(
        `Bias², variance, noise, their sum and the training error against the degree, on a logarithmic ` +
          `axis. At degree ${degree}: ${[bias2, variance, parts[degree].noise, total, training].map(cell).join(", ")}.`,
      );
    },
  };
}
