/** The three terms, their sum, and the darts on it. */

import { html, write } from "../kit/dom.js";
import { cell } from "../kit/format.js";
import { Plot } from "../kit/plot.js";

/** Where the weight may lie. */
export const WINDOW = [-2, 3];
const HEIGHT = [0, 7.5];

export function termsView(parent) {
  const plot = new Plot(parent, {
    name: "terms",
    title: "Three hinge terms and their sum",
    xLabel: "weight w",
    yLabel: "loss",
    height: 240,
  });
  const title = html("span");
  plot.caption.replaceChildren(title);
  return {
    plot,
    drawGround(land, hues) {
      plot.window(WINDOW, HEIGHT);
      const grid = Array.from({ length: 51 }, (_, k) => WINDOW[0] + (k / 50) * (WINDOW[1] - WINDOW[0]));
      const places = [...grid, ...land.bends].sort((one, other) => one - other);
      plot.line("sum", places.map((w) => [w, land.sum(w)]), { kind: "run ll-sum", colour: "var(--ll-ink)" });
      hues.forEach((colour, i) => {
        plot.line(`term ${i}`, places.map((w) => [w, land.terms(w)[i]]), { kind: "curve", colour });
      });
      const along = (name, from, to, height, text, colour) => {
        const way = [from, to].map((w) => [w, height(w)]);
        const middle = way[0].map((value, k) => (value + way[1][k]) / 2);
        plot.labelAlong(name, [middle, way[1]], 0, text, { colour, dy: -6 });
      };
      [[-1.95, -1], [-1.95, -0.7], [2, 3]].forEach(([from, to], i) => {
        along(`name ${i}`, from, to, (w) => land.terms(w)[i], `picture ${i + 1}`, hues[i]);
      });
      along("name sum", -2, -1, land.sum, "sum");
    },
    draw({ w, darts, best }, land, hues, grey) {
      write(title, darts.length ? "Grey: the darts; ringed: the best of them" : "What each picture pays, and the sum");
      plot.line("here", [[w, HEIGHT[0]], [w, land.sum(w)]], { kind: "thin" });
      plot.dots("thrown", darts, { kind: "dart", colour: grey });
      plot.disc("best", darts.length ? best : null, { kind: "ring", colour: grey, radius: 8 });
      land.terms(w).forEach((height, i) => {
        plot.disc(`at ${i}`, [w, height], { kind: "now", colour: hues[i], radius: 4.5 });
      });
      plot.disc("ring", [w, land.sum(w)], { kind: "ring", colour: "var(--ll-accent)", radius: 9 });
      plot.disc("ring dot", [w, land.sum(w)], { kind: "now", colour: "var(--ll-accent)", radius: 3.5 });
      plot.describe(
        `Three hinge terms that add up to a bowl with corners at w = ${land.bends.map(cell).join(", ")}. ` +
          `At w = ${cell(w)} the sum is ${cell(land.sum(w))}. ${darts.length} darts.`,
      );
    },
  };
}
