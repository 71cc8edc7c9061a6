/**
 * Chapter 3's opener: the negative gradient at a point of the bowl, one step along it, and the loop.
 *
 * Traits of the Python side: lr, start (the state, both ways); key.
 */

import { colourOf } from "./kit/colours.js";
import { slider } from "./kit/controls.js";
import { cell, short } from "./kit/format.js";
import { remembered } from "./kit/frame.js";
import { startHandle } from "./kit/ravine.js";
import { WINDOW } from "./kit/run.js";
import { shareButtons, shell } from "./kit/shell.js";
import { createState, number, point } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { compute, RATES } from "./gradient-step/step.js";
import { lossView, mapView } from "./gradient-step/views.js";
import { readout } from "./gradient-step/words.js";
import "./gradient-step/gradient-step.css"; // after the kit's

const COLUMNS = ["step", "x₀", "x₁", "loss"];
const FIELDS = { lr: number(...RATES, 4), start: point(WINDOW) };

function render({ model, el }) {
  const once = remembered();
  const frame = shell(el, {
    key: model.get("key"),
    title: "One step along −g.",
    hint: "Choose how long it is; drag the point to start elsewhere.",
    lines: [2, 5],
    draw,
    views: () => views,
  });
  const state = createState(frame.name, FIELDS, model, frame.request);
  const lr = slider({
    label: "Learning rate",
    range: RATES,
    log: true,
    text: (value) => `lr = ${short(value, 2)}`,
    changed: (value) => state.set({ lr: Number(value.toPrecision(4)) }),
  });
  const table = dataTable("The loop step by step", COLUMNS);
  frame.controls.classList.add("ll-one");
  frame.controls.append(lr.element);

  const map = mapView(frame.plots);
  const loss = lossView(frame.plots);
  frame.plots.append(frame.words);
  const views = [map, loss];
  frame.foot.append(shareButtons(state), table.element);
  const start = startHandle(map.plot, state);

  function draw() {
    const now = state.get();
    const colour = colourOf("gradient descent", frame.theme());
    const drawn = compute(now);
    once("map", [frame.layout], () => map.drawGround());
    once("loss", [frame.layout, now.start], () => loss.drawGround(now.start, colour));
    map.draw(drawn, colour);
    loss.draw(drawn, colour);
    lr.show(now.lr);
    start.show(now.start);
    frame.say(...readout(drawn));
    table.show(() => drawn.run.x.map((x, t) => [String(t), ...[...x, drawn.run.loss[t]].map(cell)]));
  }

  return frame.live(state);
}

export default { render };
