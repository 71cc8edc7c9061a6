/**
 * Chapter 3's second opener: the error of four gradients against h, under one of four checks. Which of
 * them are wrong?
 *
 * Traits of the Python side: errors (what the page has computed); check, h (the state, both ways); key.
 */

import { colourOf } from "./kit/colours.js";
import { slider, switchOf } from "./kit/controls.js";
import { cell } from "./kit/format.js";
import { remembered } from "./kit/frame.js";
import { shareButtons, shell } from "./kit/shell.js";
import { choice, createState, number } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { CHECKS, errorsView, nearest, SUSPECTS, WIDTHS } from "./gradient-puzzle/views.js";
import { readout } from "./gradient-puzzle/words.js";

const RANGE = [WIDTHS[0], WIDTHS.at(-1)];
const FIELDS = { check: choice(Object.keys(CHECKS)), h: number(...RANGE, 4) };

function render({ model, el }) {
  const once = remembered();
  const frame = shell(el, {
    key: model.get("key"),
    title: "Four gradients, three of them wrong.",
    hint: "Check them in other ways until you know which.",
    lines: [2, 6],
    draw,
    views: () => [view],
  });
  const state = createState(frame.name, FIELDS, model, frame.request);
  const check = switchOf({
    label: "Compare",
    options: CHECKS,
    changed: (value) => state.set({ check: value }),
  });
  const h = slider({
    label: "Width of the difference",
    range: RANGE,
    steps: WIDTHS.length - 1,
    log: true,
    text: (value) => `h = ${cell(value)}`,
    changed: (value) => state.set({ h: value }),
  });
  const table = dataTable("Largest relative error of each gradient", ["h", ...Object.keys(SUSPECTS)]);
  frame.controls.classList.add("ll-pair");
  frame.controls.append(check.element, h.element);
  const view = errorsView(frame.plots);
  frame.plots.append(frame.words);
  frame.foot.append(shareButtons(state), table.element);

  function draw() {
    const now = state.get();
    const theme = frame.theme();
    const errors = model.get("errors")[now.check];
    const colours = Object.fromEntries(
      Object.entries(SUSPECTS).map(([name, method]) => [name, colourOf(method, theme)]),
    );
    once("curves", [frame.layout, theme, errors], () => view.drawGround(errors, colours));
    const at = nearest(now.h);
    view.draw(errors, at, colours);
    check.show(now.check);
    h.show(now.h);
    frame.say(...readout(errors, at, now.check));
    table.show(() =>
      WIDTHS.map((width, k) => [cell(width), ...Object.keys(SUSPECTS).map((name) => cell(errors[name][k]))]),
    );
  }

  return frame.live(state);
}

export default { render };
