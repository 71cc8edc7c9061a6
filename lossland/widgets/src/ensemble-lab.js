/**
 * Chapter 9: the average of members whose errors have a chosen correlation, its error against their
 * number; and trees that are fitted one after the other to what is left over.
 *
 * Traits of the Python side: mode, members, correlation, rounds, depth, seed (the state, both ways);
 * key, shrinkage (fixed).
 */

import { partColours } from "./kit/colours.js";
import { action, slider, switchOf } from "./kit/controls.js";
import { html } from "./kit/dom.js";
import { remembered } from "./kit/frame.js";
import { normals } from "./kit/random.js";
import { shareButtons, shell } from "./kit/shell.js";
import { choice, createState, integer, number, seed } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { MOST } from "./ensemble-lab/average.js";
import { DEPTHS, MOST_ROUNDS } from "./ensemble-lab/boosting.js";
import { averageScene, boostingScene, NUMBERS } from "./ensemble-lab/scenes.js";
import { errorView, fitsView } from "./ensemble-lab/views.js";
import "./ensemble-lab/ensemble-lab.css"; // after the kit's

const SCENES = { average: averageScene, boosting: boostingScene };
const TITLES = { average: "The ensemble.", boosting: "Boosting." }; // two on a page have two names

const FIELDS = {
  mode: choice(Object.keys(SCENES)),
  members: integer(1, MOST),
  correlation: number(0, 1, 3),
  rounds: integer(0, MOST_ROUNDS),
  depth: integer(...DEPTHS),
  seed: seed(),
};

function render({ model, el }) {
  const once = remembered();

  const frame = shell(el, {
    key: model.get("key"),
    title: TITLES[model.get("mode")],
    hint: "Average many members, or boost: one tree after the other.",
    lines: [3, 6],
    draw,
    views: () => views,
  });
  const state = createState(frame.name, FIELDS, model, frame.request);
  const set = (patch) => state.set(patch);
  /** A slider over whole numbers. */
  const counter = (label, name, [low, high], text) =>
    slider({
      ...{ label, text, range: [low, high], steps: high - low },
      changed: (value) => set({ [name]: Math.round(value) }),
    });

  const mode = switchOf({
    label: "Combine",
    options: { average: "Average", boosting: "Boosting" },
    changed: (value) => set({ mode: value }),
  });
  const again = action({ text: "Draw again", act: () => set({ seed: state.get().seed + 1 }) });
  const correlation = slider({
    label: "Correlation of their errors",
    range: [0, 1],
    steps: 100,
    text: (value) => `ρ = ${value.toFixed(2)}`,
    changed: (value) => set({ correlation: value }),
  });
  const sliders = {
    average: {
      members: counter("Members", "members", [1, MOST], (value) => `M = ${value}`),
      correlation,
    },
    boosting: {
      rounds: counter("Rounds", "rounds", [0, MOST_ROUNDS], String),
      depth: counter("Depth of a tree", "depth", DEPTHS, (value) => `${value}, up to ${2 ** value} leaves`),
    },
  };
  const tables = {
    average: dataTable("Squared error against the number of members", ["members", "mean", "this one", "theory"]),
    boosting: dataTable("Squared error after every round", ["rounds", "training", "test"]),
  };
  frame.controls.classList.add("ll-pair");
  frame.controls.append(html("div", { class: "ll-row" }, mode.element, again.element));

  const fits = fitsView(frame.plots);
  const error = errorView(frame.plots);
  frame.plots.append(frame.words);
  const views = [fits, error];
  frame.foot.append(shareButtons(state));

  /** Only the controls and the table of the mode on show are in the page; an open table stays open. */
  function furnish(chosen) {
    const other = chosen === "average" ? "boosting" : "average";
    for (const { element } of [...Object.values(sliders[other]), tables[other]]) element.remove();
    tables[chosen].element.open = tables[other].element.open;
    frame.controls.append(...Object.values(sliders[chosen]).map(({ element }) => element));
    frame.foot.append(tables[chosen].element);
  }

  function draw() {
    const { layout } = frame;
    const now = state.get();
    const theme = frame.theme();
    const colours = once("colours", [theme], () => partColours(theme));
    const numbers = once(`normals ${now.mode}`, [now.seed], () => normals(now.seed, NUMBERS[now.mode]));
    const scene = SCENES[now.mode]({ ...now, shrinkage: model.get("shrinkage") }, numbers, once);

    once("furniture", [now.mode], () => furnish(now.mode));
    once("ground", [layout, now.mode, colours], () => {
      for (const view of views) view.drawGround(now.mode, colours);
    });
    fits.draw(scene.fits, colours);
    error.draw(scene.error, colours);

    mode.show(now.mode);
    for (const [name, control] of Object.entries(sliders[now.mode])) control.show(now[name]);
    frame.say(...scene.words);
    tables[now.mode].show(scene.rows);
  }

  return frame.live(state);
}

export default { render };
