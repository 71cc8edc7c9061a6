/**
 * Chapter 7: polynomials fitted to many samples of one curve: the refits and their mean, and bias²,
 * variance and noise against the degree with the training error beside them.
 *
 * The parts are exact, from the hat matrix; the picture and the measured error come from refits.
 * Traits of the Python side: degree, noise, n, seed (the state, both ways); key.
 */

import { partColours } from "./kit/colours.js";
import { action, slider } from "./kit/controls.js";
import { html } from "./kit/dom.js";
import { cell, short } from "./kit/format.js";
import { remembered } from "./kit/frame.js";
import { normals } from "./kit/random.js";
import { shareButtons, shell } from "./kit/shell.js";
import { createState, integer, number, seed } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import * as refits from "./bias-variance/refits.js";
import { errorView, fitsView } from "./bias-variance/views.js";
import { readout } from "./bias-variance/words.js";
import "./bias-variance/bias-variance.css"; // after the kit's

const { HIGHEST, NOISES, NUMBERS, REFITS, SAMPLES } = refits;
const COLUMNS = ["degree", "bias²", "variance", "noise", "sum", "training"];

const FIELDS = {
  degree: integer(0, HIGHEST),
  noise: number(...NOISES, 3),
  n: integer(...SAMPLES),
  seed: seed(),
};

function render({ model, el }) {
  const once = remembered();

  const frame = shell(el, {
    key: model.get("key"),
    title: "Refits of a polynomial.",
    hint: "Raise the degree: the mean comes nearer, the fits scatter more.",
    lines: [3, 8],
    draw,
    views: () => views,
  });
  const state = createState(frame.name, FIELDS, model, frame.request);
  const set = (patch) => state.set(patch);

  const degree = slider({
    label: "Degree",
    range: [0, HIGHEST],
    steps: HIGHEST,
    text: (value) => String(Math.round(value)),
    changed: (value) => set({ degree: Math.round(value) }),
  });
  const noise = slider({
    label: "Noise of the labels",
    range: NOISES,
    steps: 100,
    log: true,
    text: (value) => `σ = ${short(value, 2)}`,
    changed: (value) => set({ noise: value }),
  });
  const n = slider({
    label: "Sample size",
    range: SAMPLES,
    steps: 90,
    log: true,
    text: (value) => `n = ${Math.round(value)}`,
    changed: (value) => set({ n: Math.round(value) }),
  });
  const again = action({ text: "Draw other samples", act: () => set({ seed: state.get().seed + 1 }) });
  const table = dataTable("Exact parts of the mean squared error, a degree each", COLUMNS);
  frame.controls.append(
    ...[degree.element, noise.element, n.element],
    html("div", { class: "ll-row" }, again.element),
  );

  const fits = fitsView(frame.plots);
  const error = errorView(frame.plots);
  frame.plots.append(frame.words);
  const views = [fits, error];
  frame.foot.append(shareButtons(state), table.element);

  function draw() {
    const { layout } = frame;
    const now = state.get();
    const theme = frame.theme();
    const colours = once("colours", [theme], () => partColours(theme));
    const numbers = once("normals", [now.seed], () => normals(now.seed, NUMBERS));
    const setting = once("setting", [now.n], () => refits.settingOf(now.n));
    const kicks = once("kicks", [setting, numbers], () => refits.kicksOf(setting, numbers));
    const parts = once("parts", [setting, now.noise], () => refits.partsOf(setting, now.noise));
    const { mean } = parts[now.degree];
    const drawn = refits.refit(setting, parts[now.degree], kicks, numbers, now);
    const sample = refits.sampleOf(setting, numbers, now.noise);

    once("ground", [layout], () => fits.drawGround());
    once("parts drawn", [layout, parts, theme], () => error.drawGround(parts, colours));
    fits.draw({ fits: drawn.fits, mean, sample, degree: now.degree }, colours);
    error.draw({ parts, degree: now.degree, measured: drawn.measured }, colours);

    degree.show(now.degree);
    noise.show(now.noise);
    n.show(now.n);
    frame.say(...readout({ parts, degree: now.degree, refits: REFITS, ...drawn }));
    table.show(() => rows(parts));
  }

  return frame.live(state);
}

/** The table's rows, one a degree. */
const rows = (parts) =>
  parts.map(({ bias2, variance, noise, total, training }, k) => [
    String(k),
    ...[bias2, variance, noise, total, training].map(cell),
  ]);

export default { render };
