/** What a check says about the four gradients, in words. */

import { cell } from "../kit/format.js";

const WHERE = {
  quick: "Eight weights at the start of training, no penalty",
  trained: "The same eight weights after four steps of training",
  penalty: "Small weights with a strong penalty",
  bias: "At the start, and two biases among the entries",
};

/**
 * The readout: [what stands in bold, the rest].
 * @param {Record<string, number[]>} errors of each gradient, against h
 * @param {number} at the place of h
 * @param {string} check
 * @returns {[string, string]}
 */
export function readout(errors, at, check) {
  const found = Object.entries(errors).map(([name, all]) => [name, all[at]]);
  const numbers = found.map(([name, error]) => `${name} ${cell(error)}`).join(", ");
  const wrong = found.filter(([, error]) => error > 1e-2).map(([name]) => name);
  const rest = `${WHERE[check]}: ${numbers}.`;
  if (wrong.length === 4) return ["All four look wrong.", `${rest} Is it the gradients, or h?`];
  if (wrong.length > 0) return [`Caught: ${wrong.join(" and ")}.`, `${rest} A wrong gradient has no h that helps.`];
  return ["Nothing is wrong, says this check.", rest];
}
