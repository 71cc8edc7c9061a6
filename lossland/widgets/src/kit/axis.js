/**
 * Ticks beside a plot: where they stand, what they say, and their drawing.
 *
 * Every tick is kept and only what differs is written: a label written anew, even with the same text,
 * costs the browser a layout, and a plot whose window moves draws its axes sixty times a second.
 *
 * @typedef {{at: number[], text: (value: number) => string}} Ticks in data units
 * @typedef {import("d3-scale").ScaleLinear<number, number>} Scale
 */

import { put, svg, write } from "./dom.js";
import { powerOfTen } from "./format.js";

const LENGTH = 6; // pixels
const GAP = 3; // between a tick and its label

/** Round values, as many as fit with so many pixels for each. @returns {(scale: Scale) => Ticks} */
export const evenly = (spacing) => (scale) => {
  const [from, to] = scale.range();
  const count = Math.max(3, Math.floor(Math.abs(to - from) / spacing));
  return { at: scale.ticks(count), text: scale.tickFormat(count) };
};

/**
 * Whole powers of ten for an axis in log₁₀: as many as there is room for.
 * @param {number} most
 * @returns {(scale: Scale) => Ticks} for xTicks and yTicks
 */
export const powers = (most) => (scale) => {
  const [low, high] = scale.domain();
  const whole = Array.from({ length: Math.floor(high) - Math.ceil(low) + 1 }, (_, k) => Math.ceil(low) + k);
  const apart = Math.ceil(whole.length / most);
  return { at: whole.filter((value) => value % apart === 0), text: powerOfTen };
};

const KINDS = {
  bottom: {
    place: (pixel) => `translate(${pixel},0)`,
    line: { y2: LENGTH },
    text: { y: LENGTH + GAP, dy: "0.71em", "text-anchor": "middle" },
  },
  left: {
    place: (pixel) => `translate(0,${pixel})`,
    line: { x2: -LENGTH },
    text: { x: -LENGTH - GAP, dy: "0.32em", "text-anchor": "end" },
  },
};

/**
 * Draw an axis' ticks.
 * @param {SVGGElement} axis holds nothing else
 * @param {"bottom" | "left"} side
 * @param {Scale} scale
 * @param {Ticks} ticks
 */
export function drawTicks(axis, side, scale, { at, text }) {
  const { place, line, text: label } = KINDS[side];
  while (axis.childElementCount > at.length) axis.lastChild.remove();
  at.forEach((value, k) => {
    const tick = axis.children[k] ?? axis.appendChild(svg("g", {}, svg("line", line), svg("text", label)));
    put(tick, "transform", place(scale(value).toFixed(1)));
    write(tick.lastChild, text(value));
  });
}
