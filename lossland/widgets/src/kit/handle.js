/** A point of a plot that the reader moves: by mouse, by touch or pen, or with the arrow keys. */

import { html, put } from "./dom.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * The mouse may press anywhere in the plot; a finger taps anywhere, or drags the handle itself, so
 * that a swipe over the plot still scrolls the page.
 * @param {import("./plot.js").Plot} plot
 * @param {object} options
 * @param {string} options.label what the handle is, for screen readers
 * @param {[number, number]} options.range of the number that `show` is given
 * @param {(point: [number, number]) => void} options.moved called with data units, in any place
 * @param {(across: number, up: number) => void} options.nudged arrow keys, in steps (±1, with
 *   Shift ±10)
 * @returns {{show: (point: [number, number], text: string, value: number) => void}} text and value:
 *   what a screen reader says
 */
export function handle(plot, { label, range, moved, nudged }) {
  const knob = html("div", {
    class: "ll-knob",
    role: "slider",
    tabindex: 0,
    "aria-label": label,
    "aria-roledescription": "two-dimensional slider",
    "aria-valuemin": range[0],
    "aria-valuemax": range[1],
  });
  plot.box.append(knob);

  knob.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    nudged(...arrow.map((step) => step * (event.shiftKey ? 10 : 1)));
  });

  let held = null; // the pointer that drags
  let byFinger = false;
  const follow = (event) => moved(plot.at(event).point);
  plot.box.addEventListener("pointerdown", (event) => {
    const onKnob = event.target === knob;
    byFinger = event.pointerType === "touch";
    if (held !== null || event.button !== 0 || (byFinger && !onKnob)) return;
    if (!onKnob && !plot.at(event).inside) return;
    event.preventDefault(); // no text selection while dragging
    held = event.pointerId;
    plot.box.setPointerCapture(held);
    knob.focus({ preventScroll: true, focusVisible: false });
    if (!onKnob) follow(event);
  });
  plot.box.addEventListener("pointermove", (event) => {
    if (event.pointerId === held) follow(event);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    plot.box.addEventListener(end, (event) => {
      if (event.pointerId === held) held = null;
    });
  }
  plot.box.addEventListener("click", (event) => {
    if (byFinger && plot.at(event).inside) follow(event);
  });

  return {
    show(point, text, value) {
      const [across, down] = plot.pixel(point);
      knob.style.transform = `translate(${across + plot.margin.left}px, ${down + plot.margin.top}px)`;
      put(knob, "aria-valuetext", text);
      put(knob, "aria-valuenow", value);
    },
  };
}
