/** The (lr, mu) map: how many steps every pair takes, with the boundaries that theory draws. */

import { ticks } from "d3-array";

import { sample } from "../kit/contours.js";
import { HeatMap, ramp } from "../kit/heatmap.js";
import { remembered } from "../kit/frame.js";
import { Plot } from "../kit/plot.js";
import { short, whole } from "../kit/format.js";
import {
  criticalDamping,
  interval,
  optimal,
  optimalGd,
  optimalMomentum,
  rate,
  stabilityEdge,
  stepsToGain,
} from "../kit/theory.js";
import { token } from "../kit/theme.js";
import { FACTOR } from "./words.js";

/** Largest lr·λ_max on the map: a little beyond momentum's last stable 4. */
export const LAST = 4.3;

const FASTEST = 5; // steps at the strong end of the colour scale, or as many as the best pair takes
const SPAN = 1.7; // decades of steps from there to its weak end
const LEVELS = [10, 20, 50, 100, 200, 500, 1000, 2000];

/** lr·λ_max and mu along a boundary, mu from 0 to 1. */
const along = (edge) => Array.from({ length: 121 }, (_, k) => [edge(k / 120), k / 120]);

/**
 * The closed line around all pairs with a rate of at most r, in lr·λ_max and mu; empty if none has.
 * At each mu the flat direction gives its left end, the steep one its right end.
 */
function levelLine(method, conditionNumber, r) {
  const ends = (mu) => {
    const [low, high] = interval(method, mu, r) ?? [1, 0];
    return conditionNumber * low <= high ? [Math.max(0, conditionNumber * low), high] : null;
  };
  const grid = Array.from({ length: 201 }, (_, k) => k / 200);
  const first = grid.findIndex((mu) => ends(mu));
  const last = grid.findLastIndex((mu) => ends(mu));
  if (first < 0) return [];
  /** Between a mu inside and one outside, the last one inside. */
  const border = (inside, outside) => {
    for (let k = 0; k < 12; k += 1) {
      const middle = (inside + outside) / 2;
      if (ends(middle)) inside = middle;
      else outside = middle;
    }
    return inside;
  };
  const mus = grid.slice(first, last + 1).filter((_, k) => k % 10 === 0 || method === "nesterov");
  if (first > 0) mus.unshift(border(grid[first], grid[first - 1]));
  if (last < 200) mus.push(border(grid[last], grid[last + 1]));
  const left = mus.map((mu) => [ends(mu)[0], mu]);
  const right = mus.map((mu) => [ends(mu)[1], mu]);
  return [...left, ...right.reverse(), left[0]];
}

/** The largest mu at which a closed line from `levelLine` reaches across a column; 0 if none. */
function topOf(line, column) {
  let top = 0;
  for (let k = 1; k < line.length; k += 1) {
    const [[a0, mu0], [a1, mu1]] = [line[k - 1], line[k]];
    if (a0 !== a1 && (a0 - column) * (a1 - column) <= 0) {
      top = Math.max(top, mu0 + ((column - a0) / (a1 - a0)) * (mu1 - mu0));
    }
  }
  return top;
}

/** log₁₀ of the steps to gain FACTOR; divergence gives a large number. */
function logSteps(method, conditionNumber, a, mu) {
  const shrink = Math.max(
    rate(method, a, mu),
    conditionNumber === 1 ? 0 : rate(method, a / conditionNumber, mu),
  );
  if (shrink >= 1) return 9;
  return shrink < 1e-4 ? 0 : Math.log10(Math.log(FACTOR) / -Math.log(shrink));
}

/**
 * Make the map's plot. Its x axis is lr·λ_max inside and lr on the ticks.
 * @param {HTMLElement} parent
 */
export function makeMap(parent) {
  let lambda = 1;
  const plot = new Plot(parent, {
    name: "map",
    title: "Steps to come 10⁴ times closer, for every pair",
    xLabel: "learning rate lr",
    yLabel: "momentum mu",
    canvas: true,
    span: 11,
    height: 350,
    xTicks() {
      const at = ticks(0, LAST / lambda, plot.width / 60).map((lr) => lr * lambda);
      return { at, text: (a) => short(a / lambda) };
    },
  });

  const heat = new HeatMap(plot);
  const once = remembered();
  /** The stability edge, which no condition number moves. */
  const edgeOf = (method) => once("edge", [method], () => along((mu) => stabilityEdge(method, mu)));
  /** The theme's colours, asked for once a theme. */
  const palette = (root) =>
    once("palette", [root.dataset.theme], () => ({
      table: ramp(["slow", "middle", "fast"].map((name) => token(root, `--ll-heat-${name}`))),
      ground: token(root, "--ll-void"),
      stroke: token(root, "--ll-void-line"),
    }));

  function field(root, method, conditionNumber) {
    const [columns, rows] = [plot.width, plot.height].map((pixels) => Math.ceil(pixels / 3));
    // Both methods have the heavy ball's scale, so that they can be compared.
    const best = stepsToGain(optimalMomentum(1, conditionNumber).rate, FACTOR);
    const low = Math.log10(Math.max(FASTEST, best));
    const shade = (a, mu) => 1 - (logSteps(method, conditionNumber, a, mu) - low) / SPAN;
    const shades = sample(shade, plot.x.domain(), plot.y.domain(), columns, rows);
    const { table, ground, stroke } = palette(root);
    heat.paint(shades, columns, rows, table);
    const beyond = once("beyond", [method, table, plot.width, plot.height, heat.ratio], () => {
      const corners = edgeOf(method).map((p) => plot.pixel(p));
      return heat.hatching([...corners, [plot.width, 0], [plot.width, plot.height]], { ground, stroke });
    });
    heat.lay(beyond);
  }

  /** The level lines, each with its number of steps where it crosses a column of the map on top. */
  function levels(method, conditionNumber) {
    const column = method === "nesterov" ? 1.15 : 2.2;
    const lines = LEVELS.map((steps) => levelLine(method, conditionNumber, FACTOR ** (-1 / steps)));
    plot.lines("levels", lines, { kind: "contour" });
    let above = -Infinity;
    LEVELS.toReversed().forEach((steps, k) => {
      const top = topOf(lines.at(-1 - k), column);
      const down = plot.y(top);
      const room = top > 0.02 && down > 8 && down - above > 15;
      if (room) above = down;
      plot.label(`level ${steps}`, room ? [column, top] : null, whole(steps), {
        kind: "level-name",
        anchor: "middle",
        dy: 4,
      });
    });
  }

  /** The stability edge's name and formula, on its diverging side, clear of the best pair. */
  function nameEdge(method, edge, bestMu) {
    if (method === "nesterov") {
      const up = bestMu > 0.42 ? 0.36 : 0.68;
      const [name, formula] = [up, up - 0.075].map((mu) => [stabilityEdge(method, mu), mu]);
      plot.label("edge name", name, "stability edge", { kind: "map-name", dx: 12 });
      plot.label("edge formula", formula, "lr·λ = 2(1 + mu)/(1 + 2mu)", { kind: "map-name", dx: 12 });
      return;
    }
    let parts = [0.58 * bestMu, 0.54 + 0.5 * bestMu];
    if (bestMu < 0.35) parts = [0.52, 0.86];
    else if (bestMu > 0.68) parts = [0.24, 0.6];
    plot.labelAlong("edge formula", edge, parts[0], "lr·λ = 2(1 + mu)", { kind: "map-name", dy: 15 });
    plot.labelAlong("edge name", edge, parts[1], "stability edge", { kind: "map-name", dy: 15 });
  }

  /** The lines that theory draws, each with its name on it where the others leave room. */
  function boundaries(method, conditionNumber) {
    const edge = edgeOf(method);
    const [steep, other] = once("steep", [method], () =>
      [0, 1].map((k) => along((mu) => criticalDamping(method, mu)[k])),
    );
    const flat = along((mu) => conditionNumber * criticalDamping(method, mu)[0]).filter(
      ([a, mu]) => a <= stabilityEdge(method, mu),
    );
    plot.lines("steep", [steep, other], { kind: "critical-steep" });
    plot.line("flat", flat, { kind: "critical-flat" });
    plot.line("edge", edge, { kind: "edge" });

    const best = optimal(method, 1, conditionNumber);
    nameEdge(method, edge, best.mu);
    // The flat direction's line is the steep one's neighbour while the bowl is nearly round.
    const [name, named] = conditionNumber > 4 ? ["steep: critical", "flat: critical"] : ["critical", ""];
    plot.labelAlong("steep name", steep, 0.4, name, { kind: "map-name", dy: -5 });
    const clear = flat.filter(([a]) => a < 0.75 * best.lr * conditionNumber);
    plot.labelAlong("flat name", clear, 0.06, named, { kind: "map-name", dy: 15 });
    plot.label("void", [LAST, 0.16], "diverges", { kind: "map-name", anchor: "end", dx: -10 });
  }

  let bestAt = [0, 0];
  /** The best pair, and the best one on the lower edge. */
  function bests(method, conditionNumber) {
    const [at, plainAt] = [optimal(method, 1, conditionNumber), optimalGd(1, conditionNumber)].map(
      ({ lr, mu }) => [lr * conditionNumber, mu],
    );
    bestAt = at;
    const apart = plot.y(plainAt[1]) - plot.y(at[1]) > 24;
    plot.disc("plain best", apart ? plainAt : null, { kind: "best", radius: 4.5 });
    plot.disc("best", at, { kind: "best", radius: 6 });
    const crowded = at[0] > 0.8 * LAST; // no room on its right
    const side = crowded ? { anchor: "end", dx: -13, dy: -7 } : { dx: 13, dy: -1 };
    plot.label("best name", at, "best pair", { kind: "map-name", ...side });
    plot.label("plain name", apart ? plainAt : null, "best without momentum", {
      kind: "map-name",
      dx: 10,
      dy: -7,
    });
  }

  return {
    plot,
    /** Draw what does not depend on the picked point. */
    drawGround(root, method, conditionNumber) {
      lambda = conditionNumber;
      plot.window([0, LAST], [0, 1]);
      field(root, method, conditionNumber);
      levels(method, conditionNumber);
      boundaries(method, conditionNumber);
      bests(method, conditionNumber);
    },
    /** Draw the picked pair. @param {[number, number]} point lr·λ_max, mu */
    drawPick(point, colour) {
      const [a, mu] = point;
      const words = ([x, y]) => `learning rate ${short(x / lambda)}, momentum ${short(y)}`;
      plot.describe(`Map of the steps. Picked: ${words(point)}. Best pair: ${words(bestAt)}.`);
      plot.lines("cross", [[[a, 0], point], [[0, mu], point]], { kind: "cross" });
      plot.disc("pick halo", point, { kind: "pick-halo", radius: 9 });
      plot.disc("pick", point, { kind: "pick", radius: 9, colour });
    },
  };
}
