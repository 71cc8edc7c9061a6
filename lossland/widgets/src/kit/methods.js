/**
 * The table of methods, lossland/methods.json: label, colour, rule, lines, axes (whether they
 * matter) and defaults by name, as lossland.methods says.
 */

import METHODS from "../../../methods.json" with { type: "json" };

export { METHODS };

const column = (name) => Object.fromEntries(Object.entries(METHODS).map(([method, row]) => [method, row[name]]));

/** Every method's label by its name, in the table's order. @type {Record<string, string>} */
export const LABELS = /* @__PURE__ */ column("label");

/** Every method's recurrence in one line. @type {Record<string, string>} */
export const RULES = /* @__PURE__ */ column("rule");
