/** The method's path over plain descent's in the ravine. */

import { cell } from "../kit/format.js";
import { METHODS } from "../kit/methods.js";
import { OPTIMIZERS, minimise } from "../kit/optimizers.js";
import { Plot } from "../kit/plot.js";
import { drawRavine } from "../kit/ravine.js";
import { quadraticBowl } from "../kit/surfaces.js";

/** The rate that choosing a method sets: as in two_scales.py. */
export const RATES = {
  "gradient descent": 0.0185,
  momentum: 0.01,
  adagrad: 0.4,
  rmsprop: 0.05,
  adam: 0.1,
};
export const NAMES = {
  "gradient descent": "Plain",
  momentum: "Momentum",
  adagrad: "Adagrad",
  rmsprop: "RMSprop",
  adam: "Adam",
};
export const RANGE = [1e-3, 1];

const WINDOW = [[-2, 0.6], [-1, 1.1]];
const HEIGHTS = [60, 20, 6, 2, 0.6, 0.15]; // of the level lines
const FAR = 1e6; // where a run that diverges is held

/**
 * Everything that is drawn for one state.
 * @param {{method: string, lr: number}} state
 * @param {{condition_number: number, start: number[], steps: number}} fixed
 */
export function compute({ method, lr }, { condition_number: conditionNumber, start, steps }) {
  const bowl = quadraticBowl(conditionNumber);
  const run = (name, rate) => {
    const optimizer = OPTIMIZERS[name](rate, ...Object.values(METHODS[name].defaults));
    return minimise(bowl, start, optimizer, steps).x.map((x) => Array.from(x, hold));
  };
  const path = run(method, lr);
  return {
    ...{ bowl, method, lr, path, steps, conditionNumber },
    plain: run("gradient descent", RATES["gradient descent"]),
    /** What is left of the way along and across, and the first step along and across. */
    left: [0, 1].map((i) => Math.abs(path[steps][i]) / (Math.abs(start[i]) || 1)),
    first: [0, 1].map((i) => Math.abs(path[1][i] - start[i])),
    slopes: bowl.gradient(start).map(Math.abs),
  };
}

const hold = (x) => (Number.isNaN(x) ? FAR : Math.min(FAR, Math.max(-FAR, x)));

/** @param {HTMLElement} parent */
export function ravineView(parent) {
  const plot = new Plot(parent, {
    name: "two-scales",
    title: "A ravine from above: flat along, a hundred times steeper across",
    xLabel: "along, x₀",
    yLabel: "across, x₁",
    left: 34,
    height: 270,
  });
  return {
    plot,
    drawGround: (bowl) => drawRavine(plot, bowl, WINDOW, HEIGHTS),
    draw({ path, plain, method, steps }, [blue, blueText], [colour, text]) {
      const other = method !== "gradient descent";
      plot.line("plain", other ? plain : [], { kind: "rest", colour: blue });
      plot.dots("plain steps", other ? plain : [], { kind: "marks", colour: blue });
      plot.line("path", path, { kind: "run", colour });
      plot.dots("path steps", path, { kind: "marks", colour });
      plot.disc("start", path[0], { kind: "ring", radius: 6 });
      plot.disc("plain end", other ? plain[steps] : null, { kind: "now", colour: blue, radius: 6 });
      plot.disc("end", path[steps], { kind: "now", colour, radius: 6 });
      plot.label("plain name", other ? plain[steps] : null, "plain", { dx: 0, dy: 22, anchor: "middle", colour: blueText });
      plot.label("name", path[0], NAMES[method], { dx: 12, dy: 4, colour: text });
      plot.describe(
        `Level lines of a narrow ravine along the axis. After ${steps} steps ${NAMES[method]} is at ` +
          `(${path[steps].map(cell).join(", ")}), plain descent at (${plain[steps].map(cell).join(", ")}); ` +
          "the minimum is at (0, 0).",
      );
    },
  };
}
