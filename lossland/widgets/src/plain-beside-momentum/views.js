/** Both paths over the ravine. */

import { cell } from "../kit/format.js";
import { minimise, momentum } from "../kit/optimizers.js";
import { Plot } from "../kit/plot.js";
import { drawRavine } from "../kit/ravine.js";
import { quadraticBowl } from "../kit/surfaces.js";

const WINDOW = [[-2, 0.9], [-1.45, 0.75]];
const HEIGHTS = [30, 10, 3, 1, 0.3, 0.1]; // of the level lines
const NEAR = 0.1; // as near to the lake, in parts of the first distance, counts as there
const LONGEST = 2000; // steps that are looked through for that

const away = (x) => Math.hypot(...x);

/** The steps after which a path stays near the lake, or null. */
function arrival(path) {
  const limit = NEAR * away(path[0]);
  const last = path.findLastIndex((x) => away(x) > limit);
  return last + 1 < path.length ? last + 1 : null;
}

/**
 * Everything that is drawn for one state.
 * @param {{mu: number}} state
 * @param {{lr: number, condition_number: number, start: number[], angle: number, steps: number}} fixed
 */
export function compute({ mu }, { lr, condition_number: conditionNumber, start, angle, steps }) {
  const bowl = quadraticBowl(conditionNumber, angle);
  const [plain, heavy] = [0, mu].map((m) => minimise(bowl, start, momentum(lr, m), LONGEST).x);
  return {
    ...{ bowl, mu, steps },
    plain: plain.slice(0, steps + 1),
    momentum: heavy.slice(0, steps + 1),
    left: [plain, heavy].map((path) => away(path[steps]) / away(start)),
    arrivals: [plain, heavy].map(arrival),
  };
}

/** @param {HTMLElement} parent */
export function ravineView(parent) {
  const plot = new Plot(parent, {
    name: "ravine",
    title: "A ravine from above; one learning rate for both",
    xLabel: "x₀",
    yLabel: "x₁",
    left: 34,
    span: 13,
    height: 280,
  });
  return {
    plot,
    drawGround: (bowl) => drawRavine(plot, bowl, WINDOW, HEIGHTS),
    draw({ plain, momentum, steps }, [[blue, blueText], [orange, orangeText]]) {
      plot.line("momentum", momentum, { kind: "run", colour: orange });
      plot.dots("momentum steps", momentum, { kind: "marks", colour: orange });
      plot.line("plain", plain, { kind: "run", colour: blue });
      plot.dots("plain steps", plain, { kind: "marks", colour: blue });
      plot.disc("start", plain[0], { kind: "ring", radius: 6 });
      plot.disc("plain end", plain[steps], { kind: "now", colour: blue, radius: 6 });
      plot.disc("momentum end", momentum[steps], { kind: "now", colour: orange, radius: 6 });
      plot.label("plain name", plain[steps], "plain descent", { dx: -4, dy: 30, colour: blueText });
      plot.label("momentum name", [0.02, -0.5], "momentum", { dx: 0, dy: 0, colour: orangeText });
      plot.describe(
        `Level lines of a narrow ravine. After ${steps} steps plain descent is at ` +
          `(${plain[steps].map(cell).join(", ")}), momentum at (${momentum[steps].map(cell).join(", ")}); ` +
          "the minimum is at (0, 0).",
      );
    },
  };
}
