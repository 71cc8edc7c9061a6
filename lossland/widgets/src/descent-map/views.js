/** What one learning rate does: the run on the bowl, its loss beside theory, and both directions' factors. */

import { cell, perStep, powerOfTen, short } from "../kit/format.js";
import { html, write } from "../kit/dom.js";
import { gradientDescent, minimise } from "../kit/optimizers.js";
import { Plot } from "../kit/plot.js";
import { decades, dot, drawRun, plus } from "../kit/run.js";
import { quadraticBowl } from "../kit/surfaces.js";
import { diagnose } from "./words.js";

const DECADES = [-12, 3]; // of loss against the first loss

/** Largest lr·λ_max: a little beyond the last stable 2. */
export const LAST = 2.4;

/**
 * Everything that is drawn for one state.
 * @param {{lr: number, condition_number: number, noise: number, start: number[]}} state
 * @param {object} fixed
 * @param {number} fixed.angle of the bowl, radians
 * @param {number} fixed.steps
 * @param {Float64Array} fixed.normals two a step
 * @param {number[][]} fixed.yours a path from Python, or none
 */
export function compute(state, { angle, steps, normals, yours }) {
  const { lr, condition_number: conditionNumber, noise, start } = state;
  const bowl = quadraticBowl(conditionNumber, angle);
  // Each eigen-direction runs by itself: nothing of a direction that diverges rounds into the other.
  const upright = quadraticBowl(conditionNumber);
  let drawn = 0;
  const place = {
    value: upright.value,
    gradient(e) {
      const kick = normals.subarray(drawn, (drawn += 2));
      return upright.gradient(e).map((g, k) => g + noise * dot(bowl.axes[k], kick));
    },
  };
  const first = bowl.axes.map((axis) => dot(axis, start));
  const run = minimise(place, first, gradientDescent(lr), steps);
  const found = diagnose(state);
  const bound = run.loss.map((_, t) => run.loss[0] * found.rate ** (2 * t) + found.floor);
  return {
    ...{ bowl, steps, found, bound },
    diverges: found.diverges,
    path: run.x.map((e) => plus(plus([0, 0], bowl.axes[0], e[0]), bowl.axes[1], e[1])),
    loss: run.loss,
    yours: { x: yours, loss: yours.map(bowl.value) },
  };
}

/** The loss on a logarithmic axis over theory's line. */
export function lossView(parent) {
  const plot = new Plot(parent, {
    name: "loss",
    title: "Loss",
    xLabel: "step",
    yLabel: "loss / first loss",
    left: 44,
    span: 10,
    yTicks: () => ({ at: [-12, -9, -6, -3, 0, 3], text: powerOfTen }),
  });
  const tail = html("span", { class: "ll-quiet-line" });
  plot.caption.replaceChildren(html("span", {}, "Loss against the first loss"), tail);
  return {
    plot,
    drawGround(steps) {
      plot.window([0, steps], DECADES);
    },
    draw({ loss, bound, found, yours, steps }, step, colour, noise) {
      const here = decades(loss, DECADES[0]);
      const scale = loss[0] || 1;
      const line = bound.map((height, t) => [t, Math.max(Math.log10(height / scale), -32)]);
      plot.line("theory", line, { kind: "theory" });
      drawRun(plot, here, step, colour);
      plot.line("yours", decades(yours.loss, DECADES[0]), { kind: "yours" });
      plot.disc("now", here[step], { kind: "now", colour });
      const rate = perStep(found.rate);
      write(tail, `dashed: theory, × ${rate}² per step${noise > 0 ? " and the noise floor" : ""}`);
      const floor = found.floor > 0 ? Math.log10(found.floor / scale) : -99;
      plot.label("floor", floor > DECADES[0] && !found.diverges ? [steps, floor] : null, "noise floor", {
        anchor: "end",
        dx: -6,
        dy: floor < DECADES[0] + 1.5 ? -16 : 24,
      });
      plot.describe(
        `Loss on a logarithmic axis: ${cell(loss[step] / scale)} of the first loss at step ${step}. ` +
          `Theory: ${rate} squared per step.`,
      );
    },
  };
}

const REGIONS = [
  [0.5, ["comes down", "on one side"]],
  [1.5, ["jumps across,", "still converges"]],
  [2.2, ["diverges"]],
];

/** The factor per step against lr·λ, with both eigen-directions on it. */
export function factorView(parent) {
  const plot = new Plot(parent, {
    name: "factor",
    title: "Factor of the error per step, |1 − lr·λ|",
    xLabel: "lr·λ",
    yLabel: "factor",
    left: 40,
    height: 190,
    xTicks: () => ({ at: [0, 0.5, 1, 1.5, 2], text: String }),
    yTicks: () => ({ at: [0, 0.5, 1], text: String }),
  });
  return {
    plot,
    drawGround() {
      plot.window([0, LAST], [0, 1.55]);
      plot.lines("marks", [[[1, 0], [1, 9]], [[0, 1], [LAST, 1]]], { kind: "thin" });
      plot.line("edge", [[2, 0], [2, 9]], { kind: "reference" });
      plot.line("law", [[0, 1], [1, 0], [LAST, LAST - 1]], { kind: "theory" });
      for (const [at, lines] of REGIONS) {
        lines.forEach((text, k) => {
          plot.label(text, [at, 1.52], text, { kind: "quiet", anchor: "middle", dy: 12 + 15 * k });
        });
      }
    },
    draw({ found, bowl }, colour) {
      const spots = ["flat", "steep"].map((name, k) => {
        const { lrTimes, factor } = found[name];
        const point = [lrTimes, Math.abs(factor)];
        plot.disc(name, point, { kind: "now", colour, radius: 6 });
        return { name, point, text: `${name}, λ = ${short(bowl.eigenvalues[k])}` };
      });
      const apart = plot.x(spots[1].point[0]) - plot.x(spots[0].point[0]);
      for (const [k, { name, point, text }] of spots.entries()) {
        const right = point[0] < 1.2; // the law falls left of 1 and rises right of it
        const hidden = k === 0 && apart < 12;
        plot.label(`${name} name`, hidden ? null : point, hidden ? "" : text, {
          anchor: right ? "start" : "end",
          dx: right ? 10 : -12,
          dy: k === 0 ? -2 : right && apart < 120 ? 14 : 4,
        });
      }
      const said = spots.map(({ text, point }) => `${text}: lr·λ ${short(point[0])}, factor ${perStep(point[1])}`);
      plot.describe(`Factor of the error per step against lr·λ. ${said.join(". ")}.`);
    },
  };
}
