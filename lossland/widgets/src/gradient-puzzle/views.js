/** The error of each gradient against h. */

import { powers } from "../kit/axis.js";
import { cell } from "../kit/format.js";
import { legend } from "../kit/legend.js";
import { Plot } from "../kit/plot.js";

/** The four gradients, and whose colours they have. */
export const SUSPECTS = { a: "gradient descent", b: "momentum", c: "nesterov", d: "adagrad" };
/** What is compared. */
export const CHECKS = {
  quick: "start",
  trained: "4 steps",
  penalty: "penalty",
  bias: "biases",
};
/** The h of the check: 1e-12 to 0.1, two a decade. */
export const WIDTHS = Array.from({ length: 23 }, (_, k) => 10 ** (k / 2 - 12));

const FLOOR = -13; // log₁₀ of the error
const RISE = 0.13; // decades between curves that would hide each other
const THRESHOLDS = { wrong: -2, good: -7 };

/** The place in WIDTHS of an h. */
export const nearest = (h) => Math.round(2 * (Math.log10(h) + 12));

export function errorsView(parent) {
  const plot = new Plot(parent, {
    name: "errors",
    title: "Errors",
    xLabel: "h",
    yLabel: "largest relative error",
    left: 46,
    height: 264,
    xTicks: powers(6),
    yTicks: powers(7),
  });
  const keys = legend(
    plot,
    "Relative error (equal curves drawn apart)",
    Object.keys(SUSPECTS).map((name) => ({ text: name, colour: name })),
  );
  const log = (error) => Math.max(FLOOR, Math.log10(error));
  return {
    plot,
    drawGround(errors, colours) {
      plot.window([-12, -1], [FLOOR - 0.4, 1.2]);
      for (const [words, y] of Object.entries(THRESHOLDS)) {
        plot.line(words, [[-12, y], [-1, y]], { kind: "thin" });
        plot.label(`${words} name`, [-12, y], words, { kind: "quiet", dx: 6, dy: words === "wrong" ? -5 : 14 });
      }
      Object.keys(SUSPECTS).forEach((name, place) => {
        const points = errors[name].map((error, k) => [k / 2 - 12, log(error) + RISE * (place - 1.5)]);
        plot.line(name, points, { kind: "run", colour: colours[name] });
        plot.dots(`${name} dots`, points, { kind: "marks", colour: colours[name] });
      });
      keys.show(colours);
    },
    draw(errors, at, colours) {
      const x = at / 2 - 12;
      plot.line("here", [[x, FLOOR - 0.4], [x, 1.2]], { kind: "thin" });
      Object.keys(SUSPECTS).forEach((name, place) => {
        const y = log(errors[name][at]) + RISE * (place - 1.5);
        plot.disc(`${name} now`, [x, y], { kind: "now", colour: colours[name], radius: 5 });
      });
      const told = Object.keys(SUSPECTS).map((name) => `${name} ${cell(errors[name][at])}`);
      plot.describe(`Largest relative error of four gradients against h. At h = ${cell(WIDTHS[at])}: ${told.join(", ")}.`);
    },
  };
}
