/** The walk in two of its dimensions, the share of proposals kept, the loss. */

import { powers } from "../kit/axis.js";
import { html, write } from "../kit/dom.js";
import { cell } from "../kit/format.js";
import { Plot } from "../kit/plot.js";
import { decades } from "../kit/run.js";

const WINDOW = [-2, 2];
const LENGTHS = [-3, 1.5]; // log₁₀ of step length against distance
const DECADES = [-6, 0.5];
const BLOCK = 30; // steps that are counted together

const circle = (radius) =>
  Array.from({ length: 73 }, (_, k) => [
    radius * Math.cos((k * Math.PI) / 36),
    radius * Math.sin((k * Math.PI) / 36),
  ]);

/** Where the hiker goes, and where the proposals fell. */
export function pathView(parent) {
  const plot = new Plot(parent, {
    name: "path",
    title: "Path",
    xLabel: "x₀",
    yLabel: "x₁",
    left: 34,
    span: 10,
    height: 340,
  });
  const tail = html("span", { class: "ll-quiet-line" });
  plot.caption.replaceChildren(html("span", {}, "The walk in two of the dimensions"), tail);
  return {
    plot,
    drawGround() {
      plot.window(WINDOW, WINDOW, true);
      [2.4, 1.8, 1.2, 0.6].forEach((radius) => plot.line(`circle ${radius}`, circle(radius), { kind: "level" }));
    },
    draw({ run, dim }, step, colour) {
      write(tail, `${dim} dimensions in all; faint dots: proposals`);
      plot.dots("tried", run.tried.slice(0, step), { kind: "tried", colour });
      plot.line("run", run.path.slice(0, step + 1), { kind: "run", colour });
      plot.disc("start", run.path[0], { kind: "ring", colour, radius: 7 });
      plot.disc("now", run.path[step], { kind: "now", colour });
      plot.describe(
        `The walk in two of ${dim} dimensions, from (−1, 1) to (${run.path[step].map(cell).join(", ")}).`,
      );
    },
  };
}

/** How many proposals are kept, against the length of the step. */
export function keptView(parent) {
  const plot = new Plot(parent, {
    name: "kept",
    title: "Kept",
    xLabel: "step length / distance to the minimum",
    yLabel: "share kept",
    span: 10,
    height: 340,
    xTicks: powers(5),
    yTicks: () => ({ at: [0, 0.1, 0.2, 0.3, 0.4, 0.5], text: String }),
  });
  plot.caption.replaceChildren(
    html("span", {}, "Share of the proposals that are kept"),
    html("span", { class: "ll-quiet-line" }, `dashed: predicted; dots: ${BLOCK} steps each`),
  );
  const place = (length) => Math.min(LENGTHS[1], Math.max(LENGTHS[0], Math.log10(length)));
  return {
    plot,
    drawGround(curve) {
      plot.window(LENGTHS, [0, 0.62]);
      plot.lines("half", [[[LENGTHS[0], 0.5], [LENGTHS[1], 0.5]]], { kind: "thin" });
      plot.line("predicted", curve, { kind: "theory" });
    },
    /** @param {number[]} along the length of every step, against the distance */
    draw({ run, along, predict }, step, colour) {
      const dots = [];
      for (let t = 0; t < step; t += BLOCK) {
        const block = run.kept.slice(t, Math.min(step, t + BLOCK));
        if (block.length < BLOCK / 2) continue;
        const mean = along.slice(t, t + block.length).reduce((sum, l) => sum + Math.log10(l), 0);
        dots.push([place(10 ** (mean / block.length)), block.filter(Boolean).length / block.length]);
      }
      plot.dots("blocks", dots, { kind: "blocks", colour });
      const now = along[Math.min(step, along.length - 1)];
      plot.disc("now", [place(now), predict(now)], { kind: "ring", colour, radius: 7 });
      plot.describe(
        `Share of proposals kept against step length: predicted ${predict(now).toFixed(2)} where the ` +
          `walk is now, with steps of ${cell(now)} of the distance.`,
      );
    },
  };
}

/** The loss on a logarithmic axis. */
export function lossView(parent) {
  const plot = new Plot(parent, {
    name: "loss",
    title: "Loss against the first loss",
    xLabel: "step (one evaluation each)",
    yLabel: "loss / first loss",
    left: 44,
    height: 190,
    yTicks: powers(4),
  });
  return {
    plot,
    drawGround(steps) {
      plot.window([0, steps], DECADES);
    },
    draw({ run }, step, colour) {
      const line = decades(run.loss, DECADES[0]);
      plot.line("rest", line.slice(step), { kind: "rest", colour });
      plot.line("loss", line.slice(0, step + 1), { kind: "run", colour });
      plot.disc("now", line[step], { kind: "now", colour });
      plot.describe(`Loss on a logarithmic axis: ${cell(run.loss[step] / run.loss[0])} of the first at step ${step}.`);
    },
  };
}
