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
    height: 270,
  });
  const tail = html("span", { class: "ll-quiet-line" });
  plot.caption.replaceChildren(html("span", {}, "What each picture pays, and the sum"), tail);
  return {
    plot,
    drawGround(land, hues) {
      plot.window(WINDOW, HEIGHT);
      const places = [WINDOW[0], ...land.bends, WINDOW[1]];
      plot.line("sum", places.map((w) => [w, land.sum(w)]), { kind: "run", colour: "var(--ll-ink)" });
      hues.forEach((colour, i) => {
        plot.line(`term ${i}`, places.map((w) => [w, land.terms(w)[i]]), { kind: "curve", colour });
      });
      const name = (i, w, style) =>
        plot.label(`name ${i}`, [w, land.terms(w)[i]], `picture ${i + 1}`, { colour: hues[i], ...style });
      name(0, -1.2, { dx: -7, dy: 7, anchor: "end" });
      name(1, -1.95, { dy: -7 });
      name(2, 2.95, { dx: -14, dy: -2, anchor: "end" });
      plot.label("name sum", [-1.5, land.sum(-1.5)], "sum", { dx: 7, dy: -2 });
    },
    draw({ w, darts, best }, land, hues, grey) {
      write(tail, darts.length ? "grey: darts; grey ring: the best of them" : "no dart thrown yet");
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
