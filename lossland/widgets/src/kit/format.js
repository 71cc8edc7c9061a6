/** Numbers as a reader wants them. */

/** A number with `digits` significant digits and no trailing zeros; a power of ten when it is far from 1. */
export const short = (value, digits = 3) => String(Number(value.toPrecision(digits))).replaceAll("-", "−");

/** A whole number with thin spaces between its thousands. */
export const whole = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, "\u202f");

/** A number for a narrow column of a table. */
export function cell(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "none" : value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const text = size === 0 || (size >= 0.1 && size < 1e4) ? short(value) : value.toExponential(1);
  return text.replaceAll("-", "−").replace("e+", "e");
}

/** A number in a sentence: two digits, and a power of ten only far from 1. */
export const amount = (value) =>
  value >= 1e-3 && value < 1e4 ? short(value, 2) : cell(value);

/**
 * A rate a step: two digits, and near 1 as many as tell it from 1.
 * @param {number} rate ≥ 0
 */
export function perStep(rate) {
  const gap = Math.abs(1 - rate);
  const digits = gap >= 0.095 || gap === 0 ? 2 : Math.min(6, 1 - Math.floor(Math.log10(gap)));
  return rate.toFixed(digits);
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** 10 to a whole power, as text: 10⁻⁸. */
export function powerOfTen(exponent) {
  if (exponent === 0) return "1";
  const digits = [...String(Math.abs(exponent))].map((d) => SUPERSCRIPTS[d]).join("");
  return `10${exponent < 0 ? "⁻" : ""}${exponent === 1 ? "" : digits}`;
}
