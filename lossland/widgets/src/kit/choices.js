/** Any of a few words: a group of switches for the reader, a list of words in the state. */

import { html, svg } from "./dom.js";

/**
 * Any of a few words, as a row of check boxes, each with a stroke in its colour.
 * @param {object} options
 * @param {string} options.label
 * @param {Record<string, string>} options.options value to text
 * @param {Record<string, string>} [options.hints] value to what a pointer at rest is told
 * @param {(values: string[]) => void} options.changed called with the chosen ones, in their order
 * @returns {{element: HTMLElement, show: (values: string[], colours: Record<string, string>) => void}}
 */
export function checks({ label, options, hints = {}, changed }) {
  const inputs = Object.keys(options).map((value) =>
    html("input", {
      type: "checkbox",
      value,
      onchange: () => changed(inputs.filter((input) => input.checked).map((input) => input.value)),
    }),
  );
  const swatches = inputs.map(() =>
    svg("svg", { class: "ll-swatch", viewBox: "0 0 14 4", "aria-hidden": "true" }, svg("path", { d: "M0,2H14" })),
  );
  const boxes = inputs.map((input, k) =>
    html("label", { class: "ll-choice", title: hints[input.value] }, input, html("span", {}, swatches[k], options[input.value])),
  );
  return {
    element: html(
      "fieldset",
      { class: "ll-control ll-switch" },
      html("legend", {}, label),
      html("div", { class: "ll-checks" }, ...boxes),
    ),
    show(values, colours) {
      inputs.forEach((input, k) => {
        input.checked = values.includes(input.value);
        swatches[k].style.setProperty("--ll-colour", colours[input.value]);
      });
    },
  };
}

const inAddress = (word) => word.replaceAll(" ", "-");

/**
 * A list of some of a few words, kept in their order; spaces become hyphens in the address.
 * @param {string[]} words
 * @returns {import("./state.js").Field}
 */
export function subset(words) {
  const clean = (values) => words.filter((word) => values.includes(word));
  return {
    parse(text) {
      const asked = text === "none" ? [] : text.split(",");
      const found = words.filter((word) => asked.includes(inAddress(word)));
      return found.length === asked.length ? found : undefined;
    },
    print: (values) => values.map(inAddress).join(",") || "none",
    clean,
  };
}
