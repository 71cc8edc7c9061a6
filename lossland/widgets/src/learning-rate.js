/**
 * Chapter 4, the opener: one loss curve and the learning rate, with noisy gradients on a bowl. Behind
 * the reader's curve lie the four shapes that a learning rate can give it.
 *
 * Traits of the Python side: lr (the state, both ways); key, seed (fixed).
 */

import { colourOf } from "./kit/colours.js";
import { presets, slider } from "./kit/controls.js";
import { cell, short } from "./kit/format.js";
import { remembered } from "./kit/frame.js";
import { shareButtons, shell } from "./kit/shell.js";
import { createState, number } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { RANGE, REGIMES, diagnose, expected, run } from "./learning-rate/regimes.js";
import { lossView } from "./learning-rate/views.js";
import { readout } from "./learning-rate/words.js";
import "./learning-rate/learning-rate.css"; // after the kit's

const FIELDS = { lr: number(...RANGE, 3) };
const COLUMNS = ["step", "loss", "mean of many runs"];
const NAMES = Object.fromEntries(
  Object.entries(REGIMES).map(([key, { name }]) => [key, name[0].toUpperCase() + name.slice(1)]),
);

function render({ model, el }) {
  const once = remembered();
  const frame = shell(el, {
    key: model.get("key"),
    title: "One loss curve.",
    hint: "How long shall a step be?",
    lines: [2, 4],
    draw,
    views: () => [loss],
  });
  const state = createState(frame.name, FIELDS, model, frame.request);
  const rate = slider({
    label: "Learning rate",
    range: RANGE,
    log: true,
    text: (value) => short(value, 2),
    changed: (value) => state.set({ lr: value }),
  });
  const preset = presets({
    label: "Set it",
    options: NAMES,
    chosen: (key) => state.set({ lr: REGIMES[key].lr }),
  });
  const table = dataTable("The run step by step", COLUMNS);
  frame.controls.classList.add("ll-pair");
  frame.controls.append(rate.element, preset.element);
  frame.plots.classList.add("ll-one-curve");
  const loss = lossView(frame.plots);
  frame.plots.append(frame.words);
  frame.foot.append(shareButtons(state), table.element);

  function draw() {
    const { lr } = state.get();
    const seed = model.get("seed");
    const [losses, mean] = once("run", [lr, seed], () => [run(lr, seed), expected(lr)]);
    once("ground", [frame.layout], () => loss.drawGround());
    loss.draw({ lr, losses, mean }, colourOf("gradient descent", frame.theme()));
    rate.show(lr);
    preset.show(Object.keys(REGIMES).find((key) => Math.abs(REGIMES[key].lr / lr - 1) < 1e-6));
    frame.say(...readout(diagnose(lr)));
    table.show(() => losses.map((value, t) => [String(t), cell(value), cell(mean[t])]));
  }

  return frame.live(state);
}

export default { render };
