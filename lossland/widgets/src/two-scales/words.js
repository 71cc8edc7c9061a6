/** What the path shows, in words. */

import { amount, cell } from "../kit/format.js";
import { NAMES } from "./views.js";

/** What is left of a way. */
function percent(part) {
  const per = 100 * part;
  if (per > 999) return "more than ten times";
  if (per < 0.1) return "less than 0.1 %";
  return `${per < 10 ? per.toFixed(1) : Math.round(per)} %`;
}

const length = (value) => (value < 1e4 ? amount(value) : cell(value));

/**
 * The readout: [what stands in bold, the rest].
 * @param {ReturnType<typeof import("./views.js").compute>} found
 * @returns {[string, string]}
 */
export function readout({ method, steps, left: [along, across], first, slopes }) {
  if (slopes[0] === 0 || slopes[1] === 0) return ["The start is on an axis.", "One of the slopes is 0."];
  const name = method === "gradient descent" ? "plain descent" : NAMES[method];
  const lead = `After ${steps} steps ${name} has ${percent(along)} of the way along left, and ${percent(across)} across.`;
  const times = Math.round(slopes[1] / slopes[0]);
  const ratio = first[1] / first[0];
  const lesson =
    ratio < 1.01
      ? `although the slope across is ${times} times as steep.`
      : `as the slope across is ${times} times as steep.`;
  return [lead, `Its first step was ${length(first[0])} along and ${length(first[1])} across, ${lesson}`];
}
