/** One eigenvector's run: position against velocity, and position against step with theory's hull. */

import { html, write } from "../kit/dom.js";
import { cell, perStep, short } from "../kit/format.js";
import { minimise, momentum, nesterov } from "../kit/optimizers.js";
import { Plot } from "../kit/plot.js";
import { inSight } from "../kit/run.js";
import { envelope, rate } from "../kit/theory.js";

const WIDEST = 4; // starts: what is shown of a run that diverges

/** The bowl ½·a·e² of one variable, with learning rate 1: a is lr·λ. */
const parabola = (a) => ({ value: ([e]) => (a * e * e) / 2, gradient: ([e]) => [a * e] });

/** Everything that is drawn for one state. @param {{product: number, mu: number, method: string}} state */
export function compute({ product: a, mu, method }, steps) {
  const run = minimise(parabola(a), [1], (method === "nesterov" ? nesterov : momentum)(1, mu), steps);
  const shrink = rate(method, a, mu);
  return {
    ...{ steps, shrink },
    diverges: shrink > 1,
    position: run.x.map(([e]) => e),
    velocity: run.states.map(({ v }) => v[0]),
    hull: run.x.map((_, t) => envelope(method, a, mu, t)),
  };
}

/** The largest of 1, 2 or 5 times a power of ten that is not above a number. */
function round(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [5, 2, 1].find((k) => k * power <= value) * power;
}

/** Half the window: all of the run; of one that diverges no more than WIDEST. */
function reach(values, least, diverges) {
  const far = Math.max(...values.filter(Number.isFinite).map(Math.abs));
  return 1.12 * Math.max(least, diverges ? Math.min(far, WIDEST) : far);
}

const three = (scale) => {
  const end = round(scale.domain()[1]);
  return { at: [-end, 0, end], text: (x) => short(x).replace("-", "−") };
};

/** Position and velocity. */
export function phaseView(parent) {
  const plot = new Plot(parent, {
    ...{ name: "phase", title: "Phase plane", xLabel: "position", yLabel: "velocity" },
    ...{ left: 46, span: 9, height: 270, xTicks: three, yTicks: three },
  });
  const tail = html("span", { class: "ll-quiet-line" });
  plot.caption.replaceChildren(html("span", {}, "Phase plane"), tail);
  return {
    plot,
    draw({ position, velocity, steps, diverges }, colour) {
      const [x, y] = [reach(position, 1, diverges), reach(velocity, 0.02, diverges)];
      plot.window([-x, x], [-y, y]);
      plot.lines("cross", [[[-x, 0], [x, 0]], [[0, -y], [0, y]]], { kind: "thin" });
      const points = position.map((e, t) => [e, velocity[t]]);
      const last = inSight(points, [[-x, x], [-y, y]], { diverges, steps });
      plot.line("run", points.slice(0, last + 1), { kind: "run", colour });
      plot.dots("marks", points.slice(0, last + 1), { kind: "marks", colour });
      plot.disc("start", points[0], { kind: "ring", colour, radius: 6 });
      write(tail, diverges ? "the run leaves the window" : "each dot one step; ring: the start");
      plot.describe(
        `Phase plane: position against velocity from (1, 0) to (${cell(position[steps])}, ` +
          `${cell(velocity[steps])}) in ${steps} steps.`,
      );
    },
  };
}

/** The position step by step, theory's hull beneath it. */
export function positionView(parent) {
  const plot = new Plot(parent, {
    ...{ name: "position", title: "Position", xLabel: "step", yLabel: "position" },
    ...{ left: 40, span: 11, height: 270, yTicks: three },
  });
  const tail = html("span", { class: "ll-quiet-line" });
  plot.caption.replaceChildren(html("span", {}, "Position, step by step"), tail);
  return {
    plot,
    drawGround(steps) {
      plot.window([0, steps], [-1.2, 1.2]);
    },
    draw({ position, hull, steps, diverges, shrink }, colour) {
      const y = reach(position, 1, diverges);
      plot.window([0, steps], [-y, y]);
      plot.line("zero", [[0, 0], [steps, 0]], { kind: "thin" });
      const side = (sign) => hull.map((size, t) => [t, sign * Math.min(size, 1e6)]);
      plot.lines("hull", [side(1), side(-1)], { kind: "theory" });
      const points = position.map((e, t) => [t, e]);
      const last = inSight(points, [[-steps, steps], [-y, y]], { diverges, steps });
      plot.line("run", points.slice(0, last + 1), { kind: "run", colour });
      plot.dots("marks", points.slice(0, last + 1), { kind: "marks", colour });
      write(tail, `dashed: theory, × ${perStep(shrink)} per step in the long run`);
      plot.describe(
        `Position against step: ${cell(position[steps])} after ${steps} steps. ` +
          `Theory: ${perStep(shrink)} per step in the long run.`,
      );
    },
  };
}
