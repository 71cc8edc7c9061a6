/** The numbers behind the picture, in a table that is made when the reader opens it. */

import { html } from "./dom.js";
import { afterPause } from "./frame.js";

/**
 * @param {string} caption
 * @param {string[]} columns
 * @returns {{element: HTMLElement, show: (rows: () => string[][]) => void}} show: rows are asked for
 *   only while the table is open
 */
export function dataTable(caption, columns) {
  const body = html("tbody");
  const heads = columns.map((column) => html("th", { scope: "col" }, column));
  const table = html(
    "table",
    { class: "ll-table" },
    html("caption", {}, caption),
    html("thead", {}, html("tr", {}, ...heads)),
    body,
  );
  const frame = { class: "ll-scroll", role: "group", tabindex: 0, "aria-label": caption };
  const details = html(
    "details",
    { class: "ll-details" },
    html("summary", {}, "The numbers as a table"),
    html("div", frame, table),
  );
  let rows = () => [];
  function fill() {
    const row = ([first, ...rest]) =>
      html("tr", {}, html("th", { scope: "row" }, first), ...rest.map((cell) => html("td", {}, cell)));
    body.replaceChildren(...rows().map(row));
  }
  const later = afterPause(fill, 150);
  details.addEventListener("toggle", () => details.open && fill());
  return {
    element: details,
    show(next) {
      rows = next;
      if (details.open) later();
    },
  };
}
