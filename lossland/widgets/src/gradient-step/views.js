/** The step on the map, and the loss against the learning rate. */

import { powers } from "../kit/axis.js";
import { ellipse } from "../kit/contours.js";
import { html } from "../kit/dom.js";
import { cell, short } from "../kit/format.js";
import { Plot } from "../kit/plot.js";
import { inSight, plus, WINDOW } from "../kit/run.js";
import { BOWL, compute, left, RATES, STEPS } from "./step.js";

const HEIGHTS = Array.from({ length: 8 }, (_, k) => 2.2 ** -k); // of the level lines, against the corner
const LENGTHS = [0.02, 0.05, 0.1, 0.2]; // of steps, marked along the arrow
const ARROW = 0.9; // its length
const DECADES = [-6, 2]; // of loss against the first loss

/** Shaft and head of an arrow of fixed length. @param {number[]} way a unit vector */
function arrowOf(from, way) {
  const tip = plus(from, way, ARROW);
  const barbs = [-0.5, 0.5].map((turn) => {
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    return plus(tip, [c * way[0] - s * way[1], s * way[0] + c * way[1]], -0.2);
  });
  return [[from, tip], [barbs[0], tip, barbs[1]]];
}

/** The bowl with the arrow −g, one step and the loop. */
export function mapView(parent) {
  const plot = new Plot(parent, {
    name: "map",
    title: "Map",
    xLabel: "x₀",
    yLabel: "x₁",
    left: 34,
    span: 10,
    height: 340,
  });
  plot.caption.replaceChildren(
    html("span", {}, "Arrow: −g; dashed: four step lengths along it"),
    html("span", { class: "ll-quiet-line" }, `large dot: one step; thin line: ${STEPS} steps`),
  );
  return {
    plot,
    drawGround() {
      plot.window(...WINDOW, true);
      const corner = BOWL.value([2, -2]);
      plot.lines("levels", HEIGHTS.map((h) => ellipse(BOWL, corner * h)), { kind: "level" });
      plot.label("lake", [0, 0], "minimum", { kind: "quiet", dx: 8, dy: 14 });
      plot.disc("minimum", [0, 0], { kind: "now", colour: "var(--ll-ink)", radius: 3 });
    },
    draw({ lr, start, g, slope, run }, colour) {
      const along = (length) => plus(start, g, -length);
      plot.line("ray", slope > 0 ? [start, along(9 / slope)] : [], { kind: "theory" });
      const marks = LENGTHS.map(along);
      plot.dots("lengths", slope > 0 ? marks : [], { kind: "length", colour: "var(--ll-ink)" });
      LENGTHS.forEach((length, k) => {
        const apart = slope > 1.5 && marks[k].every((value) => Math.abs(value) < 1.9);
        plot.label(`length ${k}`, apart ? marks[k] : null, String(length), { kind: "quiet", dx: 7, dy: 4 });
      });
      const last = inSight(run.x, WINDOW, { diverges: run.loss[STEPS] > run.loss[0], steps: STEPS });
      plot.line("loop", run.x.slice(0, last + 1), { kind: "loop", colour });
      plot.dots("loop dots", run.x.slice(0, last + 1), { kind: "marks", colour });
      plot.line("step", [start, run.x[1]], { kind: "run ll-step", colour });
      const arrow = slope > 0 ? arrowOf(start, g.map((value) => -value / slope)) : [];
      plot.lines("arrow", arrow, { kind: "arrow", colour: "var(--ll-ink)" });
      plot.disc("start", start, { kind: "ring", colour, radius: 7 });
      plot.disc("one", run.x[1], { kind: "now", colour, radius: 7 });
      plot.describe(
        `Level lines of a bowl. From (${start.map(cell).join(", ")}) one step of learning rate ${short(lr)} along the ` +
          `negative gradient leads to (${run.x[1].map(cell).join(", ")}).`,
      );
    },
  };
}

const log = (share) => Math.min(DECADES[1] + 1, Math.max(DECADES[0], Math.log10(share)));

/** The loss after one and after all steps, for every learning rate. */
export function lossView(parent) {
  const plot = new Plot(parent, {
    name: "loss",
    title: "Loss",
    xLabel: "learning rate",
    yLabel: "loss / first loss",
    left: 46,
    span: 10,
    height: 340,
    xTicks: powers(5),
    yTicks: powers(9),
  });
  plot.caption.replaceChildren(
    html("span", {}, "Loss against the learning rate"),
    html("span", { class: "ll-quiet-line" }, `thick: after one step; thin: after ${STEPS} steps`),
  );
  const xs = RATES.map(Math.log10);
  return {
    plot,
    drawGround(start, colour) {
      plot.window(xs, DECADES);
      const rates = Array.from({ length: 161 }, (_, k) => xs[0] + (k / 160) * (xs[1] - xs[0]));
      const shares = rates.map((x) => [x, ...left(compute({ lr: 10 ** x, start })).map(log)]);
      plot.line("even", [[xs[0], 0], [xs[1], 0]], { kind: "thin" });
      plot.line("after all", shares.map(([x, , all]) => [x, all]), { kind: "loop", colour });
      plot.line("after one", shares.map(([x, one]) => [x, one]), { kind: "run ll-step", colour });
      const regime = { kind: "quiet", dy: -10 };
      plot.label("small", [xs[0], DECADES[0]], "too small", { ...regime, dx: 8 });
      plot.label("large", [xs[1], DECADES[0]], "too large", { ...regime, anchor: "end", dx: -8 });
    },
    draw(drawn, colour) {
      const x = Math.log10(drawn.lr);
      const [one, all] = left(drawn).map(log);
      plot.line("here", DECADES.map((y) => [x, y]), { kind: "thin" });
      plot.disc("all", [x, all], { kind: "now", colour, radius: 4.5 });
      plot.disc("one", [x, one], { kind: "now", colour, radius: 7 });
      plot.describe(
        `Loss over first loss against the learning rate, both logarithmic. At ${short(drawn.lr)} it is ` +
          `${left(drawn).map(cell).join(" after one step and ")} after ${STEPS}.`,
      );
    },
  };
}
