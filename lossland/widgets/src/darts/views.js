/** The darts in two of their dimensions, and the best so far against the number of tries. */

import { powers } from "../kit/axis.js";
import { html, write } from "../kit/dom.js";
import { cell, whole } from "../kit/format.js";
import { Plot } from "../kit/plot.js";

const WINDOW = [-3.6, 3.6];
const RADII = [3.5, 2.8, 2.1, 1.4, 0.7];

const circle = (radius) =>
  Array.from({ length: 73 }, (_, k) => [
    radius * Math.cos((k * Math.PI) / 36),
    radius * Math.sin((k * Math.PI) / 36),
  ]);

/** The darts from above. */
export function dartsView(parent) {
  const plot = new Plot(parent, {
    name: "darts",
    title: "Darts",
    xLabel: "x₀",
    yLabel: "x₁",
    left: 34,
    span: 10,
    height: 340,
  });
  const tail = html("span", { class: "ll-quiet-line" });
  plot.caption.replaceChildren(html("span", {}, "The darts in two of the dimensions"), tail);
  return {
    plot,
    drawGround() {
      plot.window(WINDOW, WINDOW, true);
      RADII.forEach((radius) => plot.line(`circle ${radius}`, circle(radius), { kind: "level" }));
    },
    draw({ places, best, dim }, colour) {
      write(tail, `${dim} dimensions in all; ring: the best dart`);
      plot.dots("thrown", places, { kind: "thrown", colour });
      plot.disc("best", places[best], { kind: "ring", colour, radius: 8 });
      plot.disc("best dot", places[best], { kind: "now", colour, radius: 3.5 });
      plot.describe(
        `${whole(places.length)} darts in two of ${dim} dimensions; the best lies at ` +
          `(${places[best].map(cell).join(", ")}) there.`,
      );
    },
  };
}

/** The lowest height so far, with its prediction. */
export function bestView(parent) {
  const plot = new Plot(parent, {
    name: "best",
    title: "Best so far",
    xLabel: "tries",
    yLabel: "height",
    left: 46,
    span: 10,
    height: 340,
    xTicks: powers(5),
    yTicks(scale) {
      const [low, high] = scale.domain();
      if (high - low > 1.6) return powers(6)(scale);
      const values = [1, 2, 5, 10, 20, 30, 40, 50, 60, 80].map(Math.log10);
      return {
        at: values.filter((value) => value >= low && value <= high),
        text: (value) => String(Math.round(10 ** value)),
      };
    },
  });
  plot.caption.replaceChildren(
    html("span", {}, "Height of the best dart so far"),
    html("span", { class: "ll-quiet-line" }, "dashed: predicted mean; band: 8 runs of 10"),
  );
  return {
    plot,
    /** @param {[number, number, number, number][]} curve log₁₀ of tries, mean, low and high */
    drawGround(curve) {
      const [low, high] = [curve.at(-1)[2], curve[0][3]];
      plot.window([0, curve.at(-1)[0]], [low - 0.06 * (high - low) - 0.02, high + 0.02]);
      const edge = [...curve.map((c) => [c[0], c[3]]), ...curve.toReversed().map((c) => [c[0], c[2]])];
      plot.line("band", edge, { kind: "band" });
      plot.line("mean", curve.map((c) => [c[0], c[1]]), { kind: "theory" });
    },
    draw({ records, tries }, colour) {
      const points = records.flatMap(([k, height], i) => {
        const before = i > 0 ? [[Math.log10(k), Math.log10(records[i - 1][1])]] : [];
        return [...before, [Math.log10(k), Math.log10(height)]];
      });
      const last = [Math.log10(tries), Math.log10(records.at(-1)[1])];
      plot.line("run", [...points, last], { kind: "run", colour });
      plot.disc("now", last, { kind: "now", colour });
      plot.describe(
        `Best height so far against tries, both logarithmic: ${cell(records.at(-1)[1])} after ${whole(tries)} tries.`,
      );
    },
  };
}
