/** Words and controls that stay with a picture, on a desk and on a phone. */

import "./stage.css";
import { html } from "./dom.js";

/**
 * On a phone, keep one panel in view while the reader scrolls to the controls below it.
 * @param {HTMLElement} plots the shell's
 * @param {import("./plot.js").Plot} plot
 */
export function keepInView(plots, plot) {
  plots.classList.add("ll-stage");
  plot.element.classList.add("ll-kept");
}

/** Controls among the plots, in a row on a desk. @param {...HTMLElement} elements */
export const controlsBelow = (...elements) => html("div", { class: "ll-controls ll-below" }, ...elements);

/**
 * A place that is as high as the longest words, so that nothing moves, while their box is as high as
 * they are.
 * @param {HTMLElement} words the shell's
 */
export function wordsPlace(words) {
  const place = html("div", { class: "ll-say" }, words);
  for (const name of ["--ll-lines", "--ll-lines-phone"]) {
    place.style.setProperty(name, words.style.getPropertyValue(name));
  }
  return place;
}
