/**
 * Chapter 2's opener: local search in the plane, every hop drawn, kept where it leads down.
 *
 * Traits of the Python side: step_size, seed (the state, both ways); key, steps.
 */

import { action, slider } from "./kit/controls.js";
import { cell, short } from "./kit/format.js";
import { remembered } from "./kit/frame.js";
import { normals } from "./kit/random.js";
import { shareButtons, shell } from "./kit/shell.js";
import { createState, number, seed } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { hopsView } from "./hops/views.js";
import { readout } from "./hops/words.js";
import { MOST, walk } from "./local-search/walk.js";
import "./hops/hops.css"; // after the kit's

const SIZES = [0.01, 3];
const COLUMNS = ["hop", "kept", "height tried", "height after"];
const FIELDS = { step_size: number(...SIZES, 3), seed: seed() };

function render({ model, el }) {
  const steps = model.get("steps");
  const once = remembered();

  const frame = shell(el, {
    key: model.get("key"),
    title: "How long should a hop be?",
    hint: "She keeps a hop only if it leads down.",
    lines: [4, 4],
    draw,
    views: () => [hops],
  });
  const state = createState(frame.name, FIELDS, model, frame.request);
  const size = slider({
    label: "Step size",
    range: SIZES,
    log: true,
    text: (value) => `σ = ${short(value, 2)}`,
    changed: (value) => state.set({ step_size: value }),
  });
  const again = action({ text: "Other hops", act: () => state.set({ seed: state.get().seed + 1 }) });
  const table = dataTable("Hop by hop; heights against the first one", COLUMNS);
  frame.controls.classList.add("ll-pair");
  frame.controls.append(size.element, again.element);

  const hops = hopsView(frame.plots);
  frame.words.classList.add("ll-beside");
  frame.plots.append(frame.words);
  frame.foot.append(shareButtons(state), table.element);

  function draw() {
    const now = state.get();
    const run = once("walk", [now], () =>
      walk({ dim: 2, stepSize: now.step_size, rule: "fixed", steps, normals: normals(now.seed, steps * MOST) }),
    );
    once("ground", [frame.layout], () => hops.drawGround());
    hops.draw(run);
    size.show(now.step_size);
    const kept = run.kept.filter(Boolean).length;
    frame.say(...readout({ kept, steps, left: run.loss[steps] / run.loss[0] }));
    table.show(() => rows(run));
  }

  return frame.live(state);
}

/** The table's rows, one a hop. */
const rows = ({ kept, tried, loss }) =>
  kept.map((keep, t) => [
    String(t + 1),
    keep ? "yes" : "no",
    ...[(tried[t][0] ** 2 + tried[t][1] ** 2) / 2, loss[t + 1]].map((height) => cell(height / loss[0])),
  ]);

export default { render };
