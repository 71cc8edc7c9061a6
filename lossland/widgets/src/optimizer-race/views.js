/** The race as pictures: paths on the level lines, loss against step, score against the rate. */

import { powers } from "../kit/axis.js";
import { rings, sample } from "../kit/contours.js";
import { html, write } from "../kit/dom.js";
import { cell, short } from "../kit/format.js";
import { Plot } from "../kit/plot.js";
import { decades } from "../kit/run.js";
import { NAMES, RATES, YOURS, square } from "./race.js";
import { apart, free } from "./spread.js";

const GRID = 128; // cells across, for the level lines
const LEVELS = 11;
const DECADES = [-10, 2]; // of loss against the first one
const SCORES = [-10, 1];

/** What the reader has written is dashed, so that a built-in shows beneath it. */
const kindOf = (kind, name) => (name === YOURS ? `${kind} ll-own` : kind);

/** Level lines in the surface's own coordinates, over the square that holds the turned window. */
function levelLines(surface, half) {
  const [xs, ys] = surface.domain.map(([low, high]) => [(low + high) / 2 - half, (low + high) / 2 + half]);
  const lowest = surface.value(surface.minima[0]);
  const heights = sample((x, y) => lowest - surface.value([x, y]), xs, ys, GRID, GRID); // darker is lower
  const sorted = heights.map((value) => -value).sort();
  const [low, high] = [sorted[Math.floor(0.01 * sorted.length)], sorted[Math.floor(0.97 * sorted.length)]];
  return Array.from({ length: LEVELS }, (_, k) =>
    rings(heights, GRID, GRID, -low * (high / low) ** (k / (LEVELS - 1))).map((ring) =>
      ring.map(([i, j]) => [xs[0] + i * (xs[1] - xs[0]), ys[1] - j * (ys[1] - ys[0])]),
    ),
  );
}

/** The paths on the surface. */
export function pathView(parent) {
  const plot = new Plot(parent, {
    ...{ name: "paths", title: "The paths", xLabel: "x₀", yLabel: "x₁", left: 34, span: 10, height: 360 },
  });
  const tail = html("span", { class: "ll-quiet-line" });
  plot.caption.replaceChildren(html("span", {}, "The paths, a dot a step"), tail);
  return {
    plot,
    /** The window, and the level lines before they are turned. */
    prepare({ course }) {
      plot.window(...square(course.surface), true);
      const reach = Math.hypot(...[plot.x, plot.y].map((axis) => axis.domain()[1] - axis.domain()[0]));
      return levelLines(course.surface, reach / 2);
    },
    drawGround({ course, turn }, lines) {
      lines.forEach((level, k) => {
        plot.lines(`level ${k}`, level.map((ring) => ring.map(course.place)), { kind: "level" });
      });
      for (const k of [0, 1]) {
        plot.label(`minimum ${k}`, course.minima[k] ?? null, "★", { kind: "star", anchor: "middle", dy: 6 });
      }
      write(tail, turn === 0 ? "★ minimum; axes upright" : `★ minimum; turned by ${turn}°`);
    },
    draw({ runs, start, yours, steps }, step, colours) {
      const [xs, ys] = [plot.x.domain(), plot.y.domain()];
      const far = ([x, y]) =>
        !(Math.abs(x - (xs[0] + xs[1]) / 2) < xs[1] - xs[0] && Math.abs(y - (ys[0] + ys[1]) / 2) < ys[1] - ys[0]);
      for (const name of Object.keys(NAMES)) {
        const path = runs.find((run) => run.name === name)?.path ?? [];
        const out = path.findIndex(far);
        const seen = out < 0 ? path : path.slice(0, out + 1);
        const colour = colours[name];
        plot.line(`rest ${name}`, seen.slice(step), { kind: kindOf("rest", name), colour });
        plot.line(`run ${name}`, seen.slice(0, step + 1), { kind: kindOf("run ll-slim", name), colour });
        plot.dots(`marks ${name}`, seen.slice(0, step + 1), { kind: "marks ll-slim", colour });
        plot.disc(`now ${name}`, seen[step] ?? null, { kind: "now", colour });
      }
      plot.line("yours", yours.path, { kind: "yours" });
      const two = runs.some(({ name }) => name === YOURS); // one from Python, one written here
      plot.label("yours name", yours.path[Math.min(3, yours.path.length - 1)] ?? null, two ? "from Python" : "yours", {
        ...{ dx: 6, dy: -6 },
      });
      plot.disc("start", start, { kind: "ring", radius: 7 });
      const names = runs.map(({ name }) => NAMES[name]).join(", ") || "no method";
      plot.describe(`Level lines with the paths of ${names}, up to step ${step} of ${steps}.`);
    },
  };
}

/** The loss above the minimum, on a logarithmic axis. */
export function lossView(parent) {
  const plot = new Plot(parent, {
    ...{ name: "loss", title: "Loss", xLabel: "step", yLabel: "loss above the minimum / first", left: 44 },
    ...{ span: 10, height: 360, yTicks: powers(7) },
  });
  plot.margin.right = 92; // names of the lines
  plot.caption.replaceChildren(
    html("span", {}, "Loss above the lowest minimum"),
    html("span", { class: "ll-quiet-line" }, "against the first one"),
  );
  return {
    plot,
    drawGround(steps) {
      plot.window([0, steps], DECADES);
    },
    draw({ runs, yours, steps }, step, colours, inks) {
      const lines = new Map(runs.map(({ name, gap }) => [name, decades(gap, DECADES[0])]));
      const ends = [...lines.values()].map((line) => {
        const height = line.findLast(([, y]) => !Number.isNaN(y))?.[1] ?? DECADES[1];
        return plot.y(Math.min(DECADES[1], Math.max(DECADES[0], height)));
      });
      const places = new Map([...lines.keys()].map((name, k) => [name, apart(ends, 15, plot.height)[k]]));
      for (const name of Object.keys(NAMES)) {
        const line = lines.get(name) ?? [];
        const colour = colours[name];
        plot.line(`rest ${name}`, line.slice(step), { kind: kindOf("rest", name), colour });
        plot.line(`run ${name}`, line.slice(0, step + 1), { kind: kindOf("run", name), colour });
        plot.disc(`now ${name}`, line[step] ?? null, { kind: "now", colour });
        const y = places.get(name);
        plot.label(`name ${name}`, y === undefined ? null : [steps, plot.y.invert(y)], NAMES[name], {
          ...{ dx: 6, dy: 4, colour: inks[name] },
        });
      }
      plot.line("yours", decades(yours.gap, DECADES[0]), { kind: "yours" });
      const said = runs.map(({ name, gap }) => `${NAMES[name]} ${cell(gap[step] / (gap[0] || 1))}`);
      plot.describe(`Loss on a logarithmic axis at step ${step}, against the first: ${said.join(", ")}.`);
    },
  };
}

/** The end of the race against the rate: every method has its own valley. */
export function rateView(parent) {
  const plot = new Plot(parent, {
    ...{ name: "rates", title: "Rates", xLabel: "learning rate", yLabel: "loss / first loss", left: 44 },
    ...{ height: 230, xTicks: powers(6), yTicks: powers(5) },
  });
  plot.caption.replaceChildren(
    html("span", {}, "Worst loss of the last ten steps against the learning rate"),
    html("span", { class: "ll-quiet-line" }, "26 rates, from the surface's own start; disc: the best"),
  );
  const ends = [Math.log10(RATES[0]), Math.log10(RATES.at(-1))];
  const height = (score) => Math.max(-40, Math.min(SCORES[1] + 1, Math.log10(score)));
  return {
    plot,
    drawGround() {
      plot.window([ends[0] - 0.1, ends[1] + 0.1], SCORES);
    },
    draw({ sweeps, rates, lr }, colours, inks) {
      const chosen = rates === "shared" ? Math.log10(lr) : null;
      plot.line("chosen", chosen === null ? [] : [[chosen, -99], [chosen, 99]], { kind: "theory" });
      plot.label("chosen name", chosen === null ? null : [chosen, SCORES[0]], "shared", {
        ...{ kind: "quiet", dy: -8, dx: chosen > 0.3 ? -5 : 5, anchor: chosen > 0.3 ? "end" : "start" },
      });
      const [across, down] = plot.pixel([chosen ?? 0, SCORES[0]]);
      const word = [across - 50, down - 22, across + 50, down];
      const placed = chosen === null ? [] : [word];
      const lines = Object.fromEntries(
        Object.entries(sweeps).map(([name, { scores }]) => [
          name,
          RATES.map((rate, k) => [Math.log10(rate), height(scores[k])]),
        ]),
      );
      const inWay = Object.values(lines).map((line) => line.map((point) => plot.pixel(point)));
      if (chosen !== null) inWay.push([[across, 0], [across, plot.height]]);
      for (const name of Object.keys(NAMES)) {
        const found = sweeps[name];
        const colour = colours[name];
        plot.line(`line ${name}`, lines[name] ?? [], { kind: kindOf("curve", name), colour });
        const best = found ? [Math.log10(found.best), Math.max(SCORES[0], height(Math.min(...found.scores)))] : null;
        plot.disc(`best ${name}`, best, { kind: "now", colour });
        const text = NAMES[name];
        const at = best && free(placed, inWay, plot.pixel(best), 7 * text.length, plot);
        plot.label(`name ${name}`, at ? best : null, text, { ...at, colour: inks[name] });
      }
      const said = Object.entries(sweeps).map(([name, { best }]) => `${NAMES[name]} ${short(best, 2)}`);
      plot.describe(`Loss at the end against the learning rate. Best rates: ${said.join(", ")}.`);
    },
  };
}
