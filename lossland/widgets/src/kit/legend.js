/** The names of a plot's lines, each beside a piece of its line, under the plot's caption. */

import { html } from "./dom.js";
import "./legend.css";

/**
 * @param {import("./plot.js").Plot} plot
 * @param {string} title the caption's first line
 * @param {{text: string, kind?: "full" | "thin" | "bold" | "dashed" | "dots" | "ring", colour: string}[]} entries
 *   colour: a key of COLOURS, or a CSS colour such as "var(--ll-ink)"
 * @returns {{show: (colours: Record<string, string>) => void}} show: the theme's colours by key
 */
export function legend(plot, title, entries) {
  const keys = entries.map(({ text, kind = "full" }) => html("span", { class: `ll-key ll-key-${kind}` }, text));
  plot.caption.replaceChildren(html("span", {}, title), html("span", { class: "ll-legend" }, ...keys));
  return {
    show(colours) {
      entries.forEach(({ colour }, k) => keys[k].style.setProperty("--ll-colour", colours[colour] ?? colour));
    },
  };
}
