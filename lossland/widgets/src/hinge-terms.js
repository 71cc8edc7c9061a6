/**
 * Chapter 1's opener: three hinge terms in one weight, their sum, and darts thrown at it.
 *
 * Traits of the Python side: w, tries (the state, both ways); pixels (what the terms are made of); key.
 */

import { partColours, colourOf } from "./kit/colours.js";
import { slider } from "./kit/controls.js";
import { cell, whole } from "./kit/format.js";
import { remembered } from "./kit/frame.js";
import { handle } from "./kit/handle.js";
import { normals } from "./kit/random.js";
import { shareButtons, shell } from "./kit/shell.js";
import { createState, integer, number } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { landOf } from "./hinge-terms/land.js";
import { termsView, WINDOW } from "./hinge-terms/views.js";
import { readout } from "./hinge-terms/words.js";
import "./hinge-terms/hinge-terms.css"; // after the kit's

const MOST_DARTS = 50;
const SEED = 31;
const COLUMNS = ["w", "picture 1", "picture 2", "picture 3", "sum"];

const FIELDS = { w: number(...WINDOW, 3), tries: integer(0, MOST_DARTS) };

function render({ model, el }) {
  const once = remembered();
  const land = landOf(model.get("pixels"));
  const numbers = Array.from(normals(SEED, MOST_DARTS));

  const frame = shell(el, {
    key: model.get("key"),
    title: "Three pictures pull at one weight.",
    hint: "Drag the ring. Then throw darts.",
    lines: [2, 5],
    draw,
    views: () => [view],
  });
  const state = createState(frame.name, FIELDS, model, frame.request);
  const to = (w) => state.set({ w: Number(w.toFixed(2)) });

  const weight = slider({
    label: "Weight",
    range: WINDOW,
    steps: 100,
    text: (value) => `w = ${value.toFixed(2).replace("-", "−")}`,
    changed: to,
  });
  const tries = slider({
    label: "Darts",
    range: [0, MOST_DARTS],
    steps: MOST_DARTS,
    text: (value) => whole(Math.round(value)),
    changed: (value) => state.set({ tries: Math.round(value) }),
  });
  frame.controls.classList.add("ll-pair");
  frame.controls.append(weight.element, tries.element);

  const view = termsView(frame.plots);
  frame.plots.append(frame.words);
  const table = dataTable("The three terms and their sum where the sum bends, and where you stand", COLUMNS);
  frame.foot.append(shareButtons(state), table.element);
  const ring = handle(view.plot, {
    label: "Ring on the sum",
    range: WINDOW,
    moved: ([w]) => to(w),
    nudged: (across, up) => {
      to(state.get().w + 0.05 * across);
      state.set({ tries: state.get().tries + up });
    },
  });

  function draw() {
    const { layout } = frame;
    const { w, tries: count } = state.get();
    const theme = frame.theme();
    const parts = partColours(theme);
    const hues = [parts.bias, parts.variance, parts.training];
    once("ground", [layout, theme], () => view.drawGround(land, hues));
    const darts = numbers.slice(0, count).map((place) => [place, land.sum(place)]);
    const best = darts.reduce((low, dart) => (dart[1] < low[1] ? dart : low), [NaN, Infinity]);
    view.draw({ w, darts, best }, land, hues, colourOf("random search", theme));
    weight.show(w);
    tries.show(count);
    ring.show([w, land.sum(w)], `w ${cell(w)}, loss ${cell(land.sum(w))}`, w);
    frame.say(...readout({ w, count, best, land }));
    table.show(() =>
      [...land.bends, w].map((place) => [place, ...land.terms(place), land.sum(place)].map(cell)),
    );
  }

  return frame.live(state);
}

export default { render };
