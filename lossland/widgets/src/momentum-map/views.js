/** What the picked pair does: the path on the bowl, both phase planes, the loss. */

import { colourOf } from "../kit/colours.js";
import { ellipse } from "../kit/contours.js";
import { cell, perStep, powerOfTen, short } from "../kit/format.js";
import { minimise, momentum, nesterov } from "../kit/optimizers.js";
import { html, write } from "../kit/dom.js";
import { Plot } from "../kit/plot.js";
import { quadraticBowl } from "../kit/surfaces.js";
import { optimalGd } from "../kit/theory.js";
import { describeDirection, diagnose } from "./words.js";

/** Where the start may lie, in both variables. */
export const WINDOW = [[-2, 2], [-2, 2]];

const DECADES = [-12, 3]; // of loss against the first loss
const HEIGHTS = Array.from({ length: 9 }, (_, k) => 4 ** -k); // of the level lines, against the corner

const dot = (a, b) => a[0] * b[0] + a[1] * b[1];
const plus = (a, b, times) => [a[0] + times * b[0], a[1] + times * b[1]];

/**
 * Everything that is drawn for one state.
 * @param {{lr: number, mu: number, condition_number: number, method: string, start: number[]}} state
 * @param {{angle: number, steps: number, yours: number[][]}} fixed yours: a path from Python, or none
 */
export function compute(state, { angle, steps, yours }) {
  const { lr, mu, condition_number: conditionNumber, method, start } = state;
  const bowl = quadraticBowl(conditionNumber, angle);
  // Each eigen-direction runs by itself: nothing of a direction that diverges rounds into the other.
  const upright = quadraticBowl(conditionNumber);
  const first = bowl.axes.map((axis) => dot(axis, start));
  const run = minimise(upright, first, (method === "nesterov" ? nesterov : momentum)(lr, mu), steps);
  const plainLr = optimalGd(1, conditionNumber).lr;
  return {
    bowl,
    steps,
    path: run.x.map((e) => plus(plus([0, 0], bowl.axes[0], e[0]), bowl.axes[1], e[1])),
    loss: run.loss,
    found: diagnose(method, conditionNumber, lr, mu),
    name: mu === 0 ? "gradient descent" : method,
    plainLoss: minimise(upright, first, momentum(plainLr, 0), steps).loss,
    yours: { x: yours, loss: yours.map(bowl.value) },
    directions: [0, 1].map((k) => ({
      position: run.x.map((e) => e[k]),
      velocity: run.states.map(({ v }) => v[k]),
    })),
  };
}

/** A run as the reader sees it: done up to the step on show, still to come after it. */
function drawRun(plot, points, step, colour) {
  plot.line("rest", points.slice(step), { kind: "rest", colour });
  plot.line("run", points.slice(0, step + 1), { kind: "run", colour });
}

/** The number of steps until a diverging run is far outside a window, or all of them. */
function inSight(points, [[left, right], [low, high]], { found, steps }) {
  if (found.slowest.rate <= 1) return steps;
  const out = points.findIndex(
    ([x, y]) => Math.max(Math.abs(x) / Math.max(-left, right), Math.abs(y) / Math.max(-low, high)) > 1.6,
  );
  return out < 0 ? steps : out;
}

/** The bowl with its level lines, its eigenvectors, the path and yours. */
export function bowlView(parent) {
  const plot = new Plot(parent, {
    name: "bowl",
    title: "The path on the bowl",
    xLabel: "x₀",
    yLabel: "x₁",
    left: 30,
  });
  return {
    plot,
    drawGround(bowl) {
      plot.window(...WINDOW, true);
      const corner = bowl.value([2, -2]);
      HEIGHTS.forEach((h, k) => {
        plot.line(`level ${k}`, ellipse(bowl, corner * h), { kind: "level" });
      });
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

/** The largest of 1, 2 or 5 times a power of ten that is not above a number. */
function round(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [5, 2, 1].find((k) => k * power <= value) * power;
}

/** Position and velocity along one eigenvector. @param {"flat" | "steep"} name */
export function phaseView(parent, name, k) {
  const plot = new Plot(parent, {
    name,
    title: name,
    xLabel: "position",
    yLabel: "velocity",
    left: 42,
    xTicks(axis) {
      const end = round(plot.x.domain()[1]);
      return axis.tickValues([-end, 0, end]).tickFormat((x) => short(x).replace("-", "−"));
    },
  });
  const [head, tail] = [html("span"), html("span", { class: "ll-quiet-line" })];
  plot.caption.replaceChildren(head, tail);
  /** Half the window: what the run needs, but no more than a few starts wide when it diverges. */
  const reach = (values, least) => {
    const far = Math.max(...values.filter(Number.isFinite).map(Math.abs));
    return 1.15 * Math.min(Math.max(far, 0.05), 4 * least);
  };
  return {
    plot,
    draw(drawn, step, colour) {
      const { position, velocity } = drawn.directions[k];
      const least = Math.max(Math.abs(position[0]), 0.2);
      const [x, y] = [reach(position, least), reach(velocity, least)];
      plot.window([-x, x], [-y, y]);
      plot.lines("cross", [[[-x, 0], [x, 0]], [[0, -y], [0, y]]], { kind: "thin" });
      const points = position.map((p, i) => [p, velocity[i]]);
      const last = inSight(points, [[-x, x], [-y, y]], drawn);
      drawRun(plot, points.slice(0, last + 1), step, colour);
      plot.dots("marks", points.slice(0, step + 1), { kind: "marks", colour });
      plot.disc("start", points[0], { kind: "ring", colour, radius: 5 });
      plot.disc("now", points[step], { kind: "now", colour });
      const [title, words] = describeDirection(name, drawn.found[name]);
      write(head, title);
      write(tail, words);
      plot.describe(`Phase plane. ${title}: ${words}.`);
    },
  };
}

/** log₁₀ of a loss against the first one, kept near the window; a start in the minimum has no loss. */
const decades = (losses) =>
  losses.map((loss, t) => [t, Math.max(Math.log10(loss / (losses[0] || 1)), DECADES[0] - 20)]);

/** The loss on a logarithmic axis, with theory's slope and plain descent at its best. */
export function lossView(parent) {
  const plot = new Plot(parent, {
    name: "loss",
    title: "Loss against the first loss",
    xLabel: "step",
    yLabel: "loss / first loss",
    left: 44,
    yTicks: (axis) => axis.tickValues([-12, -9, -6, -3, 0, 3]).tickFormat(powerOfTen),
  });
  plot.caption.replaceChildren(
    html("span", {}, "Loss against the first loss"),
    html("span", { class: "ll-quiet-line" }, "dashed: the slope that theory gives"),
  );

  /**
   * Height at step 0 of the theory's line: only its slope is theory's, so it is laid on the later half
   * of what the window shows of the run, touching it from above.
   */
  function intercept(line, slope) {
    const seen = line.filter(([, height]) => height > DECADES[0] && height < DECADES[1]);
    const late = seen.slice(Math.floor(seen.length / 2));
    return late.length ? Math.max(...late.map(([t, height]) => height - slope * t)) : 0;
  }

  /** Under the theory line's left end while it is shallow, else right of it. */
  function nameTheory(from, slope, text) {
    const room = plot.x.invert(140); // as wide as the text
    const shallow = slope < 0 && plot.y(from + slope * room) + 20 < plot.height;
    const height = slope < 0 ? -5.5 : 2;
    if (shallow) plot.label("theory name", [0, from + slope * room], text, { dx: 8, dy: 18 });
    else plot.label("theory name", [(height - from) / slope, height], text, { dx: 8, dy: slope < 0 ? 0 : 16 });
  }

  /** Over the right end of plain descent's line while it is shallow, else right of both lines. */
  function namePlain(line, from, slope, colour) {
    const text = "plain descent at its best";
    const [last, height] = line.at(-1);
    if (height > DECADES[0] + 1) {
      // Above the line's height where the text begins; under the line while a diverging run is above.
      const begin = Math.round(last - plot.x.invert(150));
      const place = slope < 0 ? [last, line[Math.max(0, begin)][1]] : [last, height];
      plot.label("plain name", place, text, { anchor: "end", dx: -2, dy: slope < 0 ? -5 : 15, colour });
      return;
    }
    const low = -9.5;
    const plainCrosses = line.findLast((p) => p[1] > low)?.[0] ?? 0;
    const crossing = Math.max(plainCrosses, slope < 0 ? (low - from) / slope : 0);
    const across = Math.min(crossing, plot.x.invert(plot.width - 158));
    plot.label("plain name", [across, low], text, { dx: 8, colour });
  }

  return {
    plot,
    drawGround(steps) {
      plot.window([0, steps], DECADES);
    },
    draw({ loss, plainLoss, yours, found, name, steps }, step, theme) {
      const colour = colourOf(name, theme);
      const shrink = found.slowest.rate;
      const slope = 2 * Math.log10(Math.max(shrink, 1e-9));
      const plainLine = decades(plainLoss);
      const here = decades(loss);
      plot.line("plain", plainLine, { kind: "reference", colour: colourOf("gradient descent", theme) });
      drawRun(plot, here, step, colour);
      plot.describe(
        `Loss on a logarithmic axis: ${cell(loss[step] / loss[0])} of the first loss at step ${step}. ` +
          `Theory: ${perStep(shrink)} squared per step.`,
      );
      const from = intercept(here, slope);
      plot.line("theory", [[0, from], [steps, from + slope * steps]], { kind: "theory" });
      plot.line("yours", decades(yours.loss), { kind: "yours" });
      plot.disc("now", here[step], { kind: "now", colour });
      nameTheory(from, slope, `theory: ${perStep(shrink)}² per step`);
      namePlain(plainLine, from, slope, colourOf("gradient descent", theme, 4.5));
    },
  };
}
