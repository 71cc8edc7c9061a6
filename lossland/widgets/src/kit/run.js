/** A run on the bowl as every widget shows it: the path over the level lines, the loss in decades. */

import { ellipse } from "./contours.js";
import { cell, short } from "./format.js";
import { remembered } from "./frame.js";
import { Plot } from "./plot.js";

/** Where the start may lie, in both variables. */
export const WINDOW = [[-2, 2], [-2, 2]];

const HEIGHTS = Array.from({ length: 9 }, (_, k) => 4 ** -k); // of the level lines, against the corner

export const dot = (a, b) => a[0] * b[0] + a[1] * b[1];
export const plus = (a, b, times) => [a[0] + times * b[0], a[1] + times * b[1]];

/**
 * log₁₀ of a loss against the first one, kept near the window that begins at `low`; a start in the
 * minimum has no loss.
 */
export const decades = (losses, low) =>
  losses.map((loss, t) => [t, Math.max(Math.log10(loss / (losses[0] || 1)), low - 20)]);

/** A run as the reader sees it: done up to the step on show, still to come after it. */
export function drawRun(plot, points, step, colour) {
  plot.line("rest", points.slice(step), { kind: "rest", colour });
  plot.line("run", points.slice(0, step + 1), { kind: "run", colour });
}

/** The number of steps until a diverging run is far outside a window, or all of them. */
export function inSight(points, [[left, right], [low, high]], { diverges, steps }) {
  if (!diverges) return steps;
  const out = points.findIndex(
    ([x, y]) => Math.max(Math.abs(x) / Math.max(-left, right), Math.abs(y) / Math.max(-low, high)) > 1.6,
  );
  return out < 0 ? steps : out;
}

/**
 * The bowl with its level lines, its eigenvectors, the path and yours.
 * @param {HTMLElement} parent
 * @param {{span?: number, height?: number}} size as for Plot
 */
export function bowlView(parent, size = {}) {
  const plot = new Plot(parent, {
    name: "bowl",
    ...size,
    title: "The path on the bowl",
    xLabel: "x₀",
    yLabel: "x₁",
    left: 34,
  });
  const once = remembered();
  return {
    plot,
    drawGround(bowl) {
      once("window", [plot.width, plot.height], () => plot.window(...WINDOW, true));
      const corner = bowl.value([2, -2]);
      plot.lines("levels", HEIGHTS.map((h) => ellipse(bowl, corner * h)), { kind: "level" });
      const spots = { flat: 1.35, steep: -1.35 }; // clear of the path from the book's start
      Object.entries(spots).forEach(([name, way], k) => {
        const [low, spot, far] = [-4, way, 4].map((t) => plus([0, 0], bowl.axes[k], t));
        const text = `${name}, λ = ${short(bowl.eigenvalues[k])}`;
        plot.line(`${name} axis`, [low, far], { kind: "thin" });
        plot.labelAlong(name, [spot, far], 0, text, { kind: "quiet", dy: -4 });
      });
    },
    draw(drawn, step, colour) {
      const { path, yours } = drawn;
      const last = inSight(path, WINDOW, drawn);
      drawRun(plot, path.slice(0, last + 1), step, colour);
      plot.dots("marks", path.slice(0, step + 1), { kind: "marks", colour });
      const [from, to] = [path[0], path[step]].map((p) => `(${cell(p[0])}, ${cell(p[1])})`);
      plot.describe(`Level lines of the bowl with the path from ${from} to ${to} at step ${step}.`);
      const gone = last < drawn.steps ? `leaves the picture at step ${last}` : "";
      plot.label("gone", [plot.x.domain()[1], plot.y.domain()[0]], gone, {
        anchor: "end",
        dx: -8,
        dy: -10,
      });
      plot.line("yours", yours.x, { kind: "yours" });
      plot.label("yours name", yours.x[Math.min(3, yours.x.length - 1)] ?? null, "yours", { dx: 6, dy: -6 });
      plot.disc("start", path[0], { kind: "ring", colour, radius: 7 });
      plot.disc("now", path[step], { kind: "now", colour });
    },
  };
}
