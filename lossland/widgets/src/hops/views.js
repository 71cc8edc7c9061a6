/** The walk in the plane, with every hop. */

import { cell } from "../kit/format.js";
import { Plot } from "../kit/plot.js";

const WINDOW = [-2, 2];
const ARM = 4; // pixels of a cross

const circle = (radius) =>
  Array.from({ length: 73 }, (_, k) => [
    radius * Math.cos((k * Math.PI) / 36),
    radius * Math.sin((k * Math.PI) / 36),
  ]);

/** Kept hops as a path, refused ones as spokes that end in a cross. */
export function hopsView(parent) {
  const plot = new Plot(parent, {
    name: "hops",
    title: "Level lines around the lake; crosses: hops she took back",
    xLabel: "x₀",
    yLabel: "x₁",
    left: 34,
    span: 13,
    height: 260,
  });
  return {
    plot,
    drawGround() {
      plot.window(WINDOW, WINDOW, true);
      const radii = [3.6, 3, 2.4, 1.8, 1.2, 0.6];
      radii.forEach((radius) => plot.line(`circle ${radius}`, circle(radius), { kind: "level" }));
      plot.disc("lake", [0, 0], { kind: "lake", radius: 5 });
    },
    draw({ path, tried, kept }) {
      const refused = tried.filter((_, t) => !kept[t]);
      const spokes = kept.flatMap((keep, t) => (keep ? [] : [[path[t], tried[t]]]));
      plot.lines("spokes", spokes, { kind: "spokes" });
      const crosses = refused.map((end) => {
        const [x, y] = plot.pixel(end).map((v) => Math.round(v * 10) / 10);
        return `M${x - ARM},${y - ARM}l${2 * ARM},${2 * ARM}m0,${-2 * ARM}l${-2 * ARM},${2 * ARM}`;
      });
      plot.path("crosses", crosses.join(""), { kind: "crosses" });
      const places = path.filter((_, t) => t === 0 || kept[t - 1]);
      plot.line("run", places, { kind: "run" });
      plot.dots("places", places, { kind: "places" });
      plot.disc("start", path[0], { kind: "start", radius: 7 });
      plot.label("start name", path[0], "start", { dx: -12, dy: 4, anchor: "end" });
      plot.label("lake name", [0, 0], "lake", { dx: 9, dy: 15 });
      plot.describe(
        `A walk from (−1, 1) to (${path.at(-1).map(cell).join(", ")}); the lake is at (0, 0). ` +
          `${places.length - 1} hops were kept and joined, ${refused.length} were refused.`,
      );
    },
  };
}
