/** The target with its arrows, and both parts of how they miss. */

import { cell } from "../kit/format.js";
import { legend } from "../kit/legend.js";
import { Plot } from "../kit/plot.js";

const EDGE = 2.4;
const RINGS = [2, 1.5, 1, 0.5];

const circle = (radius) =>
  Array.from({ length: 73 }, (_, k) => [
    radius * Math.cos((k * Math.PI) / 36),
    radius * Math.sin((k * Math.PI) / 36),
  ]);

/** @param {HTMLElement} parent */
export function targetView(parent) {
  const plot = new Plot(parent, {
    name: "target",
    title: "A target",
    xLabel: "across",
    yLabel: "up",
    left: 34,
    span: 13,
    height: 320,
  });
  const names = legend(plot, "Each dot is one arrow, the blue one their centre", [
    { text: "arrow", kind: "dots", colour: "var(--ll-ink)" },
    { text: "bias", colour: "bias" },
    { text: "spread", kind: "thin", colour: "variance" },
  ]);
  return {
    plot,
    drawGround() {
      plot.window([-EDGE, EDGE], [-EDGE, EDGE], true);
      RINGS.forEach((radius) => plot.line(`ring ${radius}`, circle(radius), { kind: "level" }));
    },
    draw(hits, { centre, total }, colours) {
      names.show(colours);
      plot.lines("spread", hits.map((hit) => [centre, hit]), { kind: "sticks", colour: colours.variance });
      plot.dots("arrows", hits, { kind: "arrows", colour: "var(--ll-ink)" });
      plot.line("bias", [[0, 0], centre], { kind: "bias", colour: colours.bias });
      plot.disc("centre", centre, { kind: "now", colour: colours.bias, radius: 5.5 });
      plot.disc("eye", [0, 0], { kind: "ring", colour: "var(--ll-ink)", radius: 5 });
      plot.describe(
        `${hits.length} arrows on a target. Their centre lies at (${centre.map(cell).join(", ")}), the bull’s eye at ` +
          `(0, 0). Their mean squared distance from the bull’s eye is ${cell(total)}.`,
      );
    },
  };
}
