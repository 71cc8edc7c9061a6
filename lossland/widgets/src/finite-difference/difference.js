/** Difference quotients, their error, and what theory says about it. */

/** The distance from 1 to the next larger float. */
export const EPS = 2 ** -52;

const ramp = (x) => Math.max(0, x);
const step = (x) => (x > 0 ? 1 : 0);

/**
 * f with its first three derivatives, the window of its picture, and the place of its kink.
 * @type {Record<string, {text: string, f: Function, d1: Function, d2: Function, d3: Function,
 *                        window: [number, number], kink: number | null}>}
 */
export const FUNCTIONS = {
  exp: { text: "eˣ", f: Math.exp, d1: Math.exp, d2: Math.exp, d3: Math.exp, window: [-1, 5], kink: null },
  sine: {
    text: "sin x",
    f: Math.sin,
    d1: Math.cos,
    d2: (x) => -Math.sin(x),
    d3: (x) => -Math.cos(x),
    window: [-1.7, 1.7],
    kink: null,
  },
  hinge: { text: "max(0, x)", f: ramp, d1: step, d2: () => 0, d3: () => 0, window: [-0.9, 2.4], kink: 0 },
  bend: {
    text: "½x² + max(0, x)",
    f: (x) => 0.5 * x * x + ramp(x),
    d1: (x) => x + step(x),
    d2: () => 1,
    d3: () => 0,
    window: [-1, 4.4],
    kink: 0,
  },
};

/**
 * The two points that a formula compares, and its value.
 * @param {(x: number) => number} f
 * @param {"forward" | "centred"} formula
 */
export function difference(f, formula, x, h) {
  const [low, high] = [formula === "centred" ? x - h : x, x + h];
  const quotient = (f(high) - f(low)) / (formula === "centred" ? 2 * h : h);
  return { low, high, quotient };
}

/** What a formula leaves out: ½·|f″|·h, or |f‴|·h²/6. */
export const truncation = ({ d2, d3 }, formula, x, h) =>
  formula === "centred" ? (Math.abs(d3(x)) * h * h) / 6 : (Math.abs(d2(x)) * h) / 2;

/**
 * What rounding adds at most: half a unit in the last place of each value of f, and of each x ± h.
 * The centred formula divides by twice the width.
 */
export function rounding({ f, d1 }, formula, x, h) {
  const [value, moved] = [Math.abs(f(x)), Math.abs(x * d1(x)) / 2];
  return (EPS * (formula === "centred" ? value / 2 + moved : value + moved)) / h;
}

/**
 * One formula at one point.
 * @param {{function: string, formula: "forward" | "centred", x: number, h: number}} state
 */
export function measure({ function: name, formula, x, h }) {
  const chosen = FUNCTIONS[name];
  const { low, high, quotient } = difference(chosen.f, formula, x, h);
  const slope = chosen.d1(x);
  const { kink } = chosen;
  return {
    ...{ chosen, formula, x, h, low, high, quotient, slope },
    error: Math.abs(quotient - slope),
    truncation: truncation(chosen, formula, x, h),
    rounding: rounding(chosen, formula, x, h),
    atKink: x === kink,
    crossed: kink !== null && low < kink && high > kink,
  };
}
