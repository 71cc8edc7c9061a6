/** The plane of both coefficients, their profile against the strength, and early stopping beside ridge. */

import { powers } from "../kit/axis.js";
import { ellipse } from "../kit/contours.js";
import { html, write } from "../kit/dom.js";
import { amount, short } from "../kit/format.js";
import { Plot } from "../kit/plot.js";
import { levelSet, matching, penalty, shrunk, stopped } from "./shrink.js";
import { pair } from "./words.js";

/** Where the least-squares solution may lie. */
export const WINDOW = [[-2, 2], [-2, 2]];
export const STRENGTHS = [1e-3, 10];
export const STEPS = [1, 2000];

const HEIGHTS = Array.from({ length: 8 }, (_, k) => 12 * 3 ** -k); // of the loss's level lines
const COLOUR = "var(--ll-penalty)";
const NAMES = ["w₀", "w₁"];
const WORDS = { l2: "Σw²", both: "½·(Σ|w| + Σw²)", l1: "Σ|w|" };

const logs = ([low, high], parts) =>
  Array.from({ length: parts + 1 }, (_, k) => low * (high / low) ** (k / parts));
const strengths = logs([1e-4, 1e3], 240);
const regs = logs(STRENGTHS, 200);
const times = logs(STEPS, 200);

/** Loss and penalty touching; the path of solutions, and descent's from 0. */
export function planeView(parent) {
  const plot = new Plot(parent, {
    ...{ name: "plane", title: "Coefficients", xLabel: "w₀", yLabel: "w₁", left: 34, span: 10, height: 360 },
  });
  const tail = html("span", { class: "ll-quiet-line" });
  plot.caption.replaceChildren(html("span", {}, "Level lines of the loss, and the penalty that touches"), tail);
  const bowl = ({ eigenvalues, axes, minimum }) => ({
    eigenvalues: eigenvalues.map((value) => 2 * value), // the loss has no ½
    ...{ axes, minima: [minimum] },
  });
  return {
    plot,
    drawFrame() {
      plot.window(...WINDOW.map(([low, high]) => [1.1 * low, 1.1 * high]), true);
      const [x, y] = [plot.x.domain(), plot.y.domain()];
      plot.layer("levels", "path"); // under the axes
      plot.lines("axes", [[[x[0], 0], [x[1], 0]], [[0, y[0]], [0, y[1]]]], { kind: "thin" });
    },
    drawLoss({ problem }) {
      HEIGHTS.forEach((height, k) => {
        plot.line(`level ${k}`, ellipse(bowl(problem), height), { kind: "level" });
      });
    },
    drawPaths({ problem, mix }, blue) {
      plot.line("solutions", strengths.map((reg) => shrunk(problem, reg, mix)), { kind: "curve", colour: COLOUR });
      plot.line("descent", [[0, 0], ...times.map((t) => stopped(problem, t))], { kind: "curve", colour: blue });
      const dots = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024].map((t) => stopped(problem, t));
      plot.dots("steps", dots, { kind: "steps", colour: blue });
    },
    draw({ problem, kind, mix, w, early, ridge, steps }, blue) {
      plot.line("budget", levelSet(penalty(w, mix), mix), { kind: "budget" });
      plot.line("touching", ellipse(bowl(problem), problem.loss(w)), { kind: "touching" });
      plot.disc("minimum", problem.minimum, { kind: "ring", radius: 7 });
      plot.disc("early", early, { kind: "now", colour: blue, radius: 6 });
      plot.disc("ridge", ridge, { kind: "match", radius: 9 });
      plot.disc("solution", w, { kind: "run", colour: COLOUR, radius: 6 });
      write(tail, `shape: ${WORDS[kind]}; dotted: descent, ring: its ridge`);
      plot.describe(
        `Level lines of the loss around its minimum ${pair(problem.minimum)}; the penalised solution ` +
          `${pair(w)}; descent after ${steps} steps ${pair(early)}; matching ridge ${pair(ridge)}.`,
      );
    },
  };
}

const NAME = 24; // pixels that the name of a line takes above or below it

/** The heights that hold some lines and 0, and the names above and below them. */
function room(plot, lines) {
  const heights = [0, ...lines.flat(2)];
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const more = ((high - low) * NAME) / (plot.height - 2 * NAME) || 0.1;
  return [low - more, high + more];
}

/** Each coefficient against the strength of the penalty. */
export function profileView(parent) {
  const plot = new Plot(parent, {
    ...{ name: "profile", title: "Profile", xLabel: "strength reg", yLabel: "coefficient", left: 40 },
    ...{ span: 10, height: 360, xTicks: powers(5) },
  });
  const tail = html("span", { class: "ll-quiet-line" });
  plot.caption.replaceChildren(html("span", {}, "Coefficients against the strength"), tail);
  return {
    plot,
    drawGround({ problem, mix, kind }) {
      const ws = regs.map((reg) => shrunk(problem, reg, mix));
      const x = STRENGTHS.map(Math.log10);
      plot.window(x, room(plot, [ws]));
      plot.line("zero", [[x[0], 0], [x[1], 0]], { kind: "thin" });
      nameLines(plot, ws, regs.map(Math.log10), { kind: "curve", colour: COLOUR, ink: COLOUR });
      write(tail, `reg·${WORDS[kind]} added to the mean squared error`);
    },
    draw({ reg, w }) {
      const at = Math.log10(reg);
      plot.line("chosen", [[at, -9], [at, 9]], { kind: "theory" });
      NAMES.forEach((name, j) => plot.disc(`now ${name}`, [at, w[j]], { kind: "run", colour: COLOUR, radius: 6 }));
      plot.describe(`Coefficients against the strength, logarithmic. At ${short(reg)} they are ${pair(w)}.`);
    },
  };
}

/** Both coefficients as lines that bear their names at their left or right end. */
function nameLines(plot, ws, xs, { ink, ...style }, end = 0) {
  const spots = NAMES.map((_, j) => ws.at(end)[j]);
  const close = Math.abs(plot.y(spots[0]) - plot.y(spots[1])) < 16;
  NAMES.forEach((name, j) => {
    plot.line(name, ws.map((w, k) => [xs[k], w[j]]), style);
    const above = spots[j] > spots[1 - j] || (spots[0] === spots[1] && j === 0);
    const side = end ? { anchor: "end", dx: -8 - (close ? 24 * j : 0) } : { dx: 8 + (close ? 24 * j : 0) };
    plot.label(`name ${name}`, [xs.at(end), spots[j]], name, { ...side, dy: above ? -6 : 16, colour: ink });
  });
}

/** Each coefficient against the steps of descent, and of ridge at the matching strength. */
export function stopView(parent) {
  const plot = new Plot(parent, {
    ...{ name: "stop", title: "Early stopping", xLabel: "steps t", yLabel: "coefficient", left: 40 },
    ...{ height: 230, xTicks: powers(4) },
  });
  const tail = html("span", { class: "ll-quiet-line" });
  plot.caption.replaceChildren(html("span", {}, "Descent from 0, lr = 0.05, beside ridge at reg = 1/(2·lr·t)"), tail);
  const xs = times.map(Math.log10);
  return {
    plot,
    drawGround({ problem }, blue, ink) {
      const walked = times.map((t) => stopped(problem, t));
      const ridges = times.map((t) => shrunk(problem, matching(t), 0));
      plot.window(STEPS.map(Math.log10), room(plot, [walked, ridges]));
      plot.line("zero", [[0, 0], [9, 0]], { kind: "thin" });
      NAMES.forEach((name, j) => {
        plot.line(`ridge ${name}`, ridges.map((w, k) => [xs[k], w[j]]), { kind: "theory" });
      });
      nameLines(plot, walked, xs, { kind: "curve", colour: blue, ink }, -1);
    },
    draw({ steps, early, ridge, apart }, blue) {
      const at = Math.log10(steps);
      plot.line("chosen", [[at, -9], [at, 9]], { kind: "thin" });
      NAMES.forEach((name, j) => {
        plot.line(`gap ${name}`, [[at, early[j]], [at, ridge[j]]], { kind: "reference" });
        plot.disc(`ridge now ${name}`, [at, ridge[j]], { kind: "ring", radius: 5 });
        plot.disc(`now ${name}`, [at, early[j]], { kind: "now", colour: blue });
      });
      write(tail, `full: descent; dashed: ridge; ${amount(apart)} apart`);
      plot.describe(
        `Coefficients against the steps of descent, logarithmic, beside ridge at the matching strength. ` +
          `At step ${steps}: descent ${pair(early)}, ridge ${pair(ridge)}.`,
      );
    },
  };
}
