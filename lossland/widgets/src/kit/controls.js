/** Labelled controls: native inputs, so that keyboard, touch and screen readers work by themselves. */

import { html, put, write } from "./dom.js";

let made = 0;
/** An id that no other widget of the page has: modules may be loaded once a widget. */
const id = () => `ll-${(made += 1)}-${Math.random().toString(36).slice(2, 8)}`;

/**
 * A slider over a range of numbers.
 * @param {object} options
 * @param {string} options.label
 * @param {[number, number]} options.range
 * @param {number} [options.steps] positions from end to end
 * @param {boolean} [options.log] equal ways are equal factors
 * @param {(value: number) => string} options.text the value as the reader sees and hears it
 * @param {(value: number) => void} options.changed
 * @returns {{element: HTMLElement, show: (value: number) => void}}
 */
export function slider({ label, range: [low, high], steps = 200, log = false, text, changed }) {
  const name = id();
  const warp = log ? Math.log : Number;
  const unwarp = log ? Math.exp : Number;
  const span = warp(high) - warp(low);
  const valueAt = (position) =>
    position <= 0 ? low : position >= steps ? high : unwarp(warp(low) + (position / steps) * span);
  const input = html("input", { type: "range", id: name, min: 0, max: steps, step: 1 });
  const output = html("output", { for: name, class: "ll-value" });
  input.addEventListener("input", () => changed(valueAt(Number(input.value))));
  return {
    element: html(
      "div",
      { class: "ll-control ll-slider" },
      html("label", { for: name }, label),
      output,
      input,
    ),
    show(value) {
      const position = Math.round(((warp(value) - warp(low)) / span) * steps);
      if (Number(input.value) !== position) input.value = position;
      const words = text(value);
      write(output, words);
      put(input, "aria-valuetext", words);
    },
  };
}

/**
 * One of a few words, as a row of radio buttons.
 * @param {{label: string, options: Record<string, string>, changed: (value: string) => void}} options
 *   options: value to text
 * @returns {{element: HTMLElement, show: (value: string) => void}}
 */
export function switchOf({ label, options, changed }) {
  const name = id();
  const inputs = Object.keys(options).map((value) =>
    html("input", { type: "radio", name, value, onchange: () => changed(value) }),
  );
  const choices = inputs.map((input) =>
    html("label", { class: "ll-choice" }, input, html("span", {}, options[input.value])),
  );
  return {
    element: html(
      "fieldset",
      { class: "ll-control ll-switch" },
      html("legend", {}, label),
      html("div", { class: "ll-choices" }, ...choices),
    ),
    show(value) {
      for (const input of inputs) input.checked = input.value === value;
    },
  };
}

/**
 * A row of buttons that set the widget up; the one whose set-up is on show is marked.
 * @param {{label: string, options: Record<string, string>, chosen: (value: string) => void}} options
 * @returns {{element: HTMLElement, show: (value: string | undefined) => void}}
 */
export function presets({ label, options, chosen }) {
  const name = id();
  const buttons = Object.entries(options).map(([value, text]) =>
    html("button", { type: "button", class: "ll-button", value, onclick: () => chosen(value) }, text),
  );
  return {
    element: html(
      "div",
      { class: "ll-control ll-presets", role: "group", "aria-labelledby": name },
      html("span", { id: name }, label),
      html("div", { class: "ll-buttons" }, ...buttons),
    ),
    show(value) {
      for (const button of buttons) put(button, "aria-pressed", button.value === value);
    },
  };
}

/** One button that does something. @param {{text: string, act: () => void}} options */
export const action = ({ text, act }) => ({
  element: html("button", { type: "button", class: "ll-button ll-action", onclick: act }, text),
});

/**
 * A slider over the steps of a run with a button that plays them; the button is left out where the
 * reader asks for less motion.
 * @param {{label: string, stillness: boolean, changed: (step: number) => void}} options
 * @returns {{element: HTMLElement, show: (step: number, last: number) => void, stop: () => void}}
 */
export function player({ label, stillness, changed }) {
  const name = id();
  const input = html("input", { type: "range", id: name, min: 0, step: 1 });
  const output = html("output", { for: name, class: "ll-value" });
  const button = html("button", { type: "button", class: "ll-button ll-play", onclick: toggle });
  let timer = 0;

  function stop() {
    clearInterval(timer);
    timer = 0;
    button.replaceChildren(html("span", { "aria-hidden": "true" }, "▶"), " Play");
  }
  function toggle() {
    if (timer) return stop();
    button.replaceChildren(html("span", { "aria-hidden": "true" }, "❚❚"), " Pause");
    if (Number(input.value) >= Number(input.max)) changed(0);
    timer = setInterval(() => {
      changed(Number(input.value) + 1);
      if (Number(input.value) >= Number(input.max)) stop();
    }, 90);
    return undefined;
  }
  input.addEventListener("input", () => {
    stop();
    changed(Number(input.value));
  });
  stop();
  const heading = html("label", { for: name }, label);
  return {
    element: html(
      "div",
      { class: "ll-control ll-player" },
      html("div", { class: "ll-slider" }, heading, output, input),
      ...(stillness ? [] : [button]),
    ),
    show(step, last) {
      put(input, "max", last);
      if (Number(input.value) !== step) input.value = step;
      write(output, `${step} of ${last}`);
    },
    stop,
  };
}
