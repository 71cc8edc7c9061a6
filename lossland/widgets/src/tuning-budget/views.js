/** One row a method: the mean of its scores as a disc, its interval as a bar. */

import { evenly, powers } from "../kit/axis.js";
import { write } from "../kit/dom.js";
import { LABELS } from "../kit/methods.js";
import { Plot } from "../kit/plot.js";
import { score, trials } from "./words.js";

/** The range of scores, at every budget the same, as `window` of tuning_budget.py. */
export function range({ rows }) {
  const means = Object.values(rows).flat().map(([mean]) => mean);
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const room = 0.08 * (high - low);
  return [low - room, high + room];
}

/** @param {HTMLElement} parent @param {string[]} methods in the order of their rows */
export function scoresView(parent, methods) {
  let decades = false;
  const plot = new Plot(parent, {
    name: "scores",
    title: "Expected score and its 95 % interval, lower is better",
    xLabel: "score",
    yLabel: "",
    left: 106,
    height: 280,
    xTicks: (scale) => (decades ? powers(5) : evenly(60))(scale),
    yTicks: () => ({ at: methods.map((_, k) => k), text: (k) => LABELS[methods[k]] }),
  });
  return {
    plot,
    drawGround(shown) {
      decades = shown.decades;
      write(plot.names.x, shown.axis);
      const [low, high] = range(shown);
      plot.window([low, high], [methods.length - 0.4, -0.6]);
      methods.forEach((name, k) => plot.line(`${name} row`, [[low, k], [high, k]], { kind: "lane" }));
    },
    draw(rows, colours, shown, budget) {
      const best = Math.min(...methods.map((name) => rows[name][0]));
      plot.line("best", [[best, -0.6], [best, methods.length - 0.4]], { kind: "thin" });
      methods.forEach((name, k) => {
        const [mean, low, high] = rows[name];
        plot.line(`${name} interval`, [[low, k], [high, k]], { kind: "marks", colour: colours[name] });
        plot.disc(name, [mean, k], { kind: "now", colour: colours[name], radius: 6 });
      });
      const told = methods.map((name) => `${LABELS[name]} ${score(rows[name][0], shown)}`);
      plot.describe(`${shown.axis}, lower is better, after ${trials(budget)} of tuning: ${told.join(", ")}.`);
    },
  };
}
