/** Where the reader writes a method: a few lines of text, begun from any of the book's methods. */

import { html, svg, write } from "../kit/dom.js";
import { afterPause } from "../kit/frame.js";
import { LABELS, METHODS } from "../kit/methods.js";
import { CALLS, GIVEN, MOST } from "./lines.js";

const ROWS = 6; // lines of the longest of the book's methods
const PAUSE = 500; // before a line half written is called wrong

const textOf = (name) => METHODS[name].lines.join("\n");
const NUMBERS = Object.entries(GIVEN).map(([name, value]) => `${name} ${String(value).replace("e-", "e−")}`);

/** @param {string} text of any origin */
const bounded = (text) => text.replace(/\r\n?/g, "\n").slice(0, MOST).replace(/\p{Surrogate}/gu, "\ufffd");

/** A character percent-encoded, also one that would end a link in a text. */
const encoded = (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;

/** The text as a field of the state: in the address it is percent-encoded, + for a space. */
export const written = {
  parse(text) {
    try {
      return bounded(decodeURIComponent(text.replaceAll("+", " ")));
    } catch {
      return undefined; // damaged
    }
  },
  print: (text) => encodeURIComponent(text).replaceAll("%20", "+").replace(/[()']/g, encoded),
  clean: (text) => bounded(typeof text === "string" ? text : ""),
};

/**
 * The text's place, a choice of the methods to begin from, and one line on what is wrong.
 * @param {{changed: (text: string) => void}} options
 * @returns {{element: HTMLElement, forget: () => void,
 *            show: (text: string, trouble: string, colour: string) => void}}
 */
export function writer({ changed }) {
  const id = `ll-lines-${Math.random().toString(36).slice(2, 8)}`;
  const swatch = svg("svg", { class: "ll-swatch", viewBox: "0 0 14 4", "aria-hidden": "true" }, svg("path", { d: "M0,2H14" }));
  const area = html("textarea", {
    ...{ id, class: "ll-lines", rows: ROWS, wrap: "off", placeholder: textOf("momentum") },
    ...{ spellcheck: "false", autocomplete: "off", autocapitalize: "off", autocorrect: "off" },
    "aria-describedby": `${id}-trouble ${id}-words`,
    "data-lm-suppress-shortcuts": "true", // a notebook's own keys
    oninput: () => changed(area.value),
    // Browsers bring the cursor's line into view; on a phone the whole place belongs below the picture.
    onfocus: () => area.scrollIntoView({ block: "nearest", behavior: "instant" }),
  });
  const option = (value, text, more = {}) => html("option", { value, ...more }, text);
  const choice = html(
    "select",
    { id: `${id}-choice`, onchange: () => changed(choice.value && textOf(choice.value)) },
    option("", "nothing"),
    ...Object.entries(LABELS).map(([name, label]) => option(name, label)),
    option("own", "lines of your own", { hidden: true, disabled: true }),
  );
  const trouble = html("p", { id: `${id}-trouble`, class: "ll-trouble", role: "status" });
  const tell = afterPause((text) => write(trouble, text), PAUSE);

  return {
    element: html(
      "div",
      { class: "ll-writer" },
      html("label", { for: id }, swatch, "Your method, an assignment a line"),
      area,
      html(
        "div",
        { class: "ll-writer-side" },
        html("label", { for: `${id}-choice` }, "Begin with"),
        choice,
        html(
          "p",
          { id: `${id}-words`, class: "ll-quiet-line" },
          `g is the gradient at x, t the step from 1; lr, ${NUMBERS.join(", ")}. Any other name starts at 0 ` +
            `and lasts from step to step. ${CALLS.join(", ")}; ** is a power.`,
        ),
      ),
      trouble,
    ),
    show(text, told, colour) {
      if (bounded(area.value) !== text) area.value = text; // else the reader's cursor would jump
      const method = Object.keys(LABELS).find((name) => textOf(name) === text.trimEnd());
      choice.value = text.trim() ? (method ?? "own") : "";
      swatch.style.setProperty("--ll-colour", colour);
      area.setAttribute("aria-invalid", String(told !== ""));
      tell.cancel();
      if (told) tell(told);
      else write(trouble, "");
    },
    forget: tell.cancel,
  };
}
