/** The predictions, and the squared error against members or rounds. */

import { evenly, powers } from "../kit/axis.js";
import { write } from "../kit/dom.js";
import { legend } from "../kit/legend.js";
import { Plot } from "../kit/plot.js";
import { ACROSS, middles, truth } from "../kit/regression.js";
import { MOST } from "./average.js";
import { MOST_ROUNDS } from "./boosting.js";

const TRUTH = Array.from(middles(100), (x) => [x, truth(x)]);
const FITS = {
  average: [
    "The members' predictions and their average",
    [
      { text: "truth", kind: "dashed", colour: "var(--ll-ink)" },
      { text: "members", kind: "thin", colour: "variance" },
      { text: "average", kind: "bold", colour: "total" },
    ],
  ],
  boosting: [
    "The sum of the trees so far",
    [
      { text: "truth", kind: "dashed", colour: "var(--ll-ink)" },
      { text: "labels", kind: "dots", colour: "noise" },
      { text: "sum of trees", kind: "bold", colour: "total" },
    ],
  ],
};
const ERRORS = {
  average: {
    names: [
      "Squared error of the average",
      [
        { text: "theory", kind: "dashed", colour: "var(--ll-ink)" },
        { text: "mean", colour: "total" },
        { text: "this one", kind: "thin", colour: "variance" },
      ],
    ],
    x: [-0.06, Math.log10(MOST) + 0.06],
    y: [-2.7, 0],
    across: "members M",
    xTicks: () => ({ at: [1, 2, 5, 10, 20, 50].map(Math.log10), text: (v) => String(Math.round(10 ** v)) }),
    yTicks: powers(4),
  },
  boosting: {
    names: [
      "Squared error of the sum",
      [
        { text: "test", colour: "total" },
        { text: "training", colour: "training" },
        { text: "noise σ²", kind: "dashed", colour: "var(--ll-ink)" },
      ],
    ],
    x: [-2, MOST_ROUNDS + 2],
    y: [-0.02, 0.85],
    across: "rounds",
    xTicks: evenly(60),
    yTicks: evenly(36),
  },
};

/**
 * The truth and the predictions.
 * @typedef {[number, number]} XY
 */
export function fitsView(parent) {
  const plot = new Plot(parent, {
    name: "fits",
    title: "Predictions",
    xLabel: "x",
    yLabel: "prediction",
    left: 34,
    span: 10,
    height: 340,
  });
  return {
    plot,
    drawGround(mode, colours) {
      legend(plot, ...FITS[mode]).show(colours);
      plot.window(ACROSS, [-2.6, 2.6]);
    },
    /** @param {{thin: XY[][], dots: XY[], main: XY[], text: string}} scene */
    draw({ thin, dots, main, text }, colours) {
      plot.lines("members", thin, { kind: "member", colour: colours.variance });
      plot.line("main", main, { kind: "main", colour: colours.total });
      plot.dots("labels", dots, { kind: "labels", colour: colours.noise });
      plot.line("truth", TRUTH, { kind: "theory" });
      plot.describe(text);
    },
  };
}

/** The errors against the number of members (both logarithmic) or of rounds. */
export function errorView(parent) {
  let ground = ERRORS.average;
  const plot = new Plot(parent, {
    name: "error",
    title: "Error",
    xLabel: "members M",
    yLabel: "mean squared error",
    left: 44,
    span: 10,
    height: 340,
    xTicks: (scale) => ground.xTicks(scale),
    yTicks: (scale) => ground.yTicks(scale),
  });
  return {
    plot,
    drawGround(mode, colours) {
      ground = ERRORS[mode];
      legend(plot, ...ground.names).show(colours);
      write(plot.names.x, ground.across);
      plot.window(ground.x, ground.y);
    },
    /**
     * @param {{main: XY[], second: XY[], theory: XY[], floor: [number, string] | null, at: number,
     *   secondColour: string, text: string}} scene floor: a height and its name; at: where the reader is
     */
    draw({ main, second, theory, floor, at, secondColour, text }, colours) {
      const end = (line) => (floor ? line.map((x) => [x, floor[0]]) : []);
      plot.lines("floor", [end(plot.x.domain())], { kind: "thin" });
      plot.line("second", second, { kind: secondColour === "training" ? "run" : "member-error", colour: colours[secondColour] });
      plot.line("main", main, { kind: "run", colour: colours.total });
      plot.line("theory", theory, { kind: "theory" });
      plot.label("floor name", floor && [plot.x.domain()[0], floor[0]], floor?.[1] ?? "", { kind: "quiet", dx: 6, dy: 14 });
      plot.disc("second now", second[at], { kind: "now", colour: colours[secondColour], radius: 4.5 });
      plot.disc("main now", main[at], { kind: "now", colour: colours.total, radius: 6 });
      plot.describe(text);
    },
  };
}
