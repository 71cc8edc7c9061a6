/** The errors against the number of members. */

import { evenly } from "../kit/axis.js";
import { Plot } from "../kit/plot.js";

export const MOST = 50; // members

/** @param {HTMLElement} parent */
export function errorView(parent) {
  const plot = new Plot(parent, {
    name: "trees",
    title: "Test pictures that are answered wrongly",
    xLabel: "members M",
    yLabel: "pictures wrong, %",
    left: 34,
    span: 13,
    height: 280,
    yTicks: evenly(36),
  });
  const points = (errors) => errors.map((error, k) => [k + 1, error]);
  return {
    plot,
    /** @param {number[]} alone @param {number[]} together per cents */
    drawGround(alone, together) {
      const all = [...alone, ...together];
      plot.window([0, MOST + 1], [Math.floor(Math.min(...all)) - 2, Math.ceil(Math.max(...all)) + 3]);
    },
    draw({ alone, together, count }, colours, texts) {
      plot.dots("others", points(alone), { kind: "other-trees", colour: colours.variance });
      plot.dots("trees", points(alone).slice(0, count), { kind: "trees", colour: colours.variance });
      const mean = alone.slice(0, count).reduce((sum, value) => sum + value, 0) / count;
      plot.lines("mean alone", [[[0, mean], [count + 0.5, mean]]], { kind: "mean-alone", colour: colours.variance });
      plot.line("all", points(together), { kind: "all-members", colour: colours.total });
      plot.line("together", points(together).slice(0, count), { kind: "members-so-far", colour: colours.total });
      plot.disc("now", [count, together[count - 1]], { kind: "now", colour: colours.total, radius: 6 });
      const top = Math.max(...alone);
      plot.label("alone name", [2, top], "each tree alone", { dy: -8, colour: texts.variance });
      plot.label("together name", [30, together[29]], "the first M together", { dy: 20, colour: texts.total });
      plot.describe(
        `Pictures answered wrongly against the number of trees. The trees alone lie between ` +
          `${Math.min(...alone).toFixed(1)} and ${top.toFixed(1)} per cent; the first ${count} together are at ` +
          `${together[count - 1].toFixed(1)} per cent.`,
      );
    },
  };
}
