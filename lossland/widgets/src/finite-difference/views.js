/** The function with tangent and secant, and the V of the error against h. */

import { powers } from "../kit/axis.js";
import { html, write } from "../kit/dom.js";
import { cell, short } from "../kit/format.js";
import { Plot } from "../kit/plot.js";
import { FUNCTIONS, measure } from "./difference.js";

/** Where the point may lie. */
export const WINDOW = [-2, 2];
/** log₁₀ of h. */
export const WIDTHS = [-15, 0];

const ERRORS = [-17, 1.5]; // log₁₀
const LOWEST = -16.9; // an error of 0 is drawn on the floor

const grid = ([low, high], parts) =>
  Array.from({ length: parts + 1 }, (_, k) => low + (k / parts) * (high - low));

/** A straight line through a point, across the whole window. */
const through = ([x, y], slope) => [-4, 4].map((at) => [at, y + slope * (at - x)]);

/** The curve, its tangent and the secant. */
export function functionView(parent) {
  const plot = new Plot(parent, {
    name: "function",
    title: "Function",
    xLabel: "x",
    yLabel: "f(x)",
    span: 10,
    height: 340,
  });
  const [head, tail] = [html("span"), html("span", { class: "ll-quiet-line" })];
  plot.caption.replaceChildren(head, tail);
  return {
    plot,
    drawGround(name) {
      const { f, window, text } = FUNCTIONS[name];
      plot.window(WINDOW, window);
      write(head, `f(x) = ${text}`);
      write(tail, "dashed: tangent; full: secant");
      plot.line("curve", grid(WINDOW, 240).map((x) => [x, f(x)]), { kind: "curve", colour: "var(--ll-soft)" });
    },
    draw({ chosen, x, h, low, high, quotient, slope, formula }, colour) {
      const { f } = chosen;
      plot.line("tangent", through([x, f(x)], slope), { kind: "theory" });
      plot.line("secant", through([low, f(low)], quotient), { kind: "run", colour });
      plot.disc("low", formula === "centred" ? [low, f(low)] : null, { kind: "end", colour, radius: 4.5 });
      plot.disc("high", [high, f(high)], { kind: "end", colour, radius: 4.5 });
      plot.disc("point", [x, f(x)], { kind: "ring", colour, radius: 7 });
      plot.describe(
        `The function at x = ${short(x)} with h = ${cell(h)}: tangent of slope ${short(slope, 4)}, ` +
          `secant of slope ${short(quotient, 4)}.`,
      );
    },
  };
}

/** Both formulas' errors against h. */
export function errorView(parent) {
  const plot = new Plot(parent, {
    name: "error",
    title: "Error",
    xLabel: "h",
    yLabel: "error",
    left: 46,
    span: 10,
    height: 340,
    xTicks: powers(6),
    yTicks: powers(7),
  });
  const tail = html("span", { class: "ll-quiet-line" });
  plot.caption.replaceChildren(html("span", {}, "Error of the difference against h"), tail);
  const log = (value) => Math.max(LOWEST, Math.log10(value));
  const line = (state, formula, which) =>
    grid(WIDTHS, 180).map((k) => [k, log(measure({ ...state, formula, h: 10 ** k })[which])]);
  return {
    plot,
    drawGround(state, colours) {
      plot.window(WIDTHS, ERRORS);
      const other = state.formula === "centred" ? "forward" : "centred";
      plot.line("other", line(state, other, "error"), { kind: "faint", colour: colours[other] });
      plot.line("this", line(state, state.formula, "error"), { kind: "curve", colour: colours[state.formula] });
      for (const which of ["truncation", "rounding"]) {
        const theory = line(state, state.formula, which).filter(([, y]) => y > LOWEST);
        plot.line(which, theory, { kind: "theory" });
      }
      write(tail, `bold: ${state.formula}; thin: ${other}; dashed: theory`);
      plot.label("rounding name", [-14.6, ERRORS[1]], "rounding", { kind: "quiet", dy: 16 });
      plot.label("truncation name", [WIDTHS[1], ERRORS[1]], "truncation", {
        kind: "quiet",
        anchor: "end",
        dx: -6,
        dy: 16,
      });
    },
    draw({ h, error, formula }, colour) {
      const point = [Math.log10(h), log(error)];
      plot.line("drop", [[point[0], ERRORS[0]], point], { kind: "thin" });
      plot.disc("now", point, { kind: "now", colour, radius: 6 });
      plot.describe(`Error of the ${formula} difference against h, both logarithmic. At h = ${cell(h)} it is ${cell(error)}.`);
    },
  };
}
