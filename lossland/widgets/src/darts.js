/**
 * Chapter 1: darts thrown at the round bowl in 2 to 100 dimensions, and the best of them so far with
 * its prediction.
 *
 * Traits of the Python side: tries, dim, seed (the state, both ways); key.
 */

import { colourOf } from "./kit/colours.js";
import { action, slider } from "./kit/controls.js";
import { html } from "./kit/dom.js";
import { cell, whole } from "./kit/format.js";
import { remembered } from "./kit/frame.js";
import { bestOnBowl } from "./kit/probability.js";
import { normals } from "./kit/random.js";
import { shareButtons, shell } from "./kit/shell.js";
import { createState, integer, seed } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { bestView, dartsView } from "./darts/views.js";
import { readout } from "./darts/words.js";
import "./darts/darts.css"; // after the kit's

const MOST_DARTS = 2000;
const MOST = 100; // dimensions; a dart's first ones do not change when there are more
const COLUMNS = ["try", "best so far", "predicted", "8 runs of 10"];

const FIELDS = { tries: integer(1, MOST_DARTS), dim: integer(2, MOST), seed: seed() };

/** All darts' heights ½‖x‖² in some dimensions. */
function heightsOf(numbers, dim) {
  return Float64Array.from({ length: MOST_DARTS }, (_, i) => {
    let squares = 0;
    for (let j = i * MOST; j < i * MOST + dim; j += 1) squares += numbers[j] * numbers[j];
    return squares / 2;
  });
}

/** The tries at which a dart was lower than all before, with its height. */
function recordsOf(heights, tries) {
  const records = [];
  for (let k = 0; k < tries; k += 1) {
    if (k === 0 || heights[k] < records.at(-1)[1]) records.push([k + 1, heights[k]]);
  }
  return records;
}

function render({ model, el }) {
  const once = remembered();

  const frame = shell(el, {
    key: model.get("key"),
    title: "Darts at the bowl.",
    hint: "Throw many, keep the best. Then add dimensions.",
    lines: [2, 5],
    draw,
    views: () => views,
  });
  const state = createState(frame.name, FIELDS, model, frame.request);
  const set = (patch) => state.set(patch);

  const tries = slider({
    label: "Darts",
    range: [1, MOST_DARTS],
    log: true,
    text: (value) => whole(Math.round(value)),
    changed: (value) => set({ tries: Math.round(value) }),
  });
  const dim = slider({
    label: "Dimensions",
    range: [2, MOST],
    steps: MOST - 2,
    text: (value) => String(Math.round(value)),
    changed: (value) => set({ dim: Math.round(value) }),
  });
  const again = action({ text: "Throw again", act: () => set({ seed: state.get().seed + 1 }) });
  const table = dataTable("The tries that were better than all before, and the last", COLUMNS);
  frame.controls.classList.add("ll-pair");
  frame.controls.append(
    ...[tries.element, dim.element],
    html("div", { class: "ll-row" }, again.element),
  );

  const darts = dartsView(frame.plots);
  const best = bestView(frame.plots);
  frame.plots.append(frame.words);
  const views = [darts, best];
  frame.foot.append(shareButtons(state), table.element);

  /** The prediction over the plot, in log₁₀. */
  const curveOf = (law) =>
    Array.from({ length: 41 }, (_, k) => MOST_DARTS ** (k / 40)).map((n) =>
      [n, law.mean(n), law.level(n, 0.1), law.level(n, 0.9)].map(Math.log10),
    );

  function draw() {
    const { layout } = frame;
    const now = state.get();
    const colour = colourOf("random search", frame.theme());
    const numbers = once("normals", [now.seed], () => normals(now.seed, MOST_DARTS * MOST));
    const heights = once("heights", [numbers, now.dim], () => heightsOf(numbers, now.dim));
    const law = once("law", [now.dim], () => bestOnBowl(now.dim));
    const records = recordsOf(heights, now.tries);
    const places = Array.from({ length: now.tries }, (_, i) => [numbers[i * MOST], numbers[i * MOST + 1]]);

    once("ground", [layout], () => darts.drawGround());
    once("curve", [layout, now.dim], () => best.drawGround(curveOf(law)));
    darts.draw({ places, best: records.at(-1)[0] - 1, dim: now.dim }, colour);
    best.draw({ records, tries: now.tries }, colour);

    tries.show(now.tries);
    dim.show(now.dim);
    frame.say(
      ...readout({
        ...now,
        best: records.at(-1)[1],
        mean: law.mean(now.tries),
        low: law.level(now.tries, 0.1),
        high: law.level(now.tries, 0.9),
      }),
    );
    table.show(() => rows(records, now.tries, law));
  }

  return frame.live(state);
}

/** The table's rows, one a record, and one for the last try. */
const rows = (records, tries, law) =>
  [...records, [tries, records.at(-1)[1]]].map(([k, height]) => [
    whole(k),
    cell(height),
    cell(law.mean(k)),
    `${cell(law.level(k, 0.1))} to ${cell(law.level(k, 0.9))}`,
  ]);

export default { render };
