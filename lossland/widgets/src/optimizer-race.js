/**
 * Chapter 6: the book's methods, and one that the reader writes, race on one surface, at one shared
 * learning rate or each at its own best; the paths, the loss against the step, and the end of the race
 * against the rate.
 *
 * Traits of the Python side: surface, methods, lines, rates, lr, turn, start (the state, both ways); key,
 * condition_number, steps (fixed); yours, trouble (a path from Python, or what went wrong with it).
 */

import { checks, subset } from "./kit/choices.js";
import { colourOf } from "./kit/colours.js";
import { player, slider, switchOf } from "./kit/controls.js";
import { html } from "./kit/dom.js";
import { short } from "./kit/format.js";
import { remembered } from "./kit/frame.js";
import { handle } from "./kit/handle.js";
import { LABELS, RULES } from "./kit/methods.js";
import { shareButtons, shell } from "./kit/shell.js";
import { choice, createState, integer, number, point } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { stillness } from "./kit/theme.js";
import { followYours } from "./kit/yours.js";
import { LinesError, read } from "./optimizer-race/lines.js";
import { NAMES, PLACES, RATES, YOURS, run, square, sweep, sweeper, turned } from "./optimizer-race/race.js";
import { lossView, pathView, rateView } from "./optimizer-race/views.js";
import { readout, rows } from "./optimizer-race/words.js";
import { writer, written } from "./optimizer-race/writer.js";
import "./optimizer-race/optimizer-race.css"; // after the kit's

const ENDS = [RATES[0], RATES.at(-1)];
const COLUMNS = ["method", "rate", "loss", "best rate", "its loss"];

/** A point of the surface, or [] for the surface's own start. */
const anywhere = point([[-6, 6], [-6, 6]], 4);
const START = {
  parse: (text) => (text === "own" ? [] : anywhere.parse(text)),
  print: (value) => (value.length ? anywhere.print(value) : "own"),
  clean: (value) => (value.length ? anywhere.clean(value) : []),
};

const FIELDS = {
  surface: choice(Object.keys(PLACES)),
  methods: subset(Object.keys(LABELS)),
  lines: written,
  rates: choice(["shared", "tuned"]),
  lr: number(...ENDS, 4),
  turn: integer(0, 90),
  start: START,
};

/** The reader's method as a function of its rate, or null, and what is wrong with its lines. */
function understood(text) {
  try {
    return [read(text), ""];
  } catch (error) {
    if (error instanceof LinesError) return [null, error.message];
    throw error;
  }
}

function render({ model, el }) {
  const steps = model.get("steps");
  const conditionNumber = model.get("condition_number");
  const surfaces = Object.fromEntries(
    Object.entries(PLACES).map(([name, { make }]) => [name, make(conditionNumber)]),
  );
  const once = remembered();
  const sweepOf = sweeper();
  let step = steps;

  /** The start stays in the disc that the picture shows at every angle. */
  function settle(state) {
    if (state.start.length === 0) return state;
    const [[left, right], [low, high]] = square(surfaces[state.surface], 1.1);
    const [a, b] = [(left + right) / 2, (low + high) / 2];
    const [x, y] = [state.start[0] - a, state.start[1] - b];
    const shrink = Math.min(1, (right - a) / (Math.hypot(x, y) || 1));
    return shrink < 1 ? { ...state, start: [a + shrink * x, b + shrink * y] } : state;
  }

  const frame = shell(el, {
    key: model.get("key"),
    title: "The race.",
    hint: "Choose surface, methods and rates; turn the surface; drag the start; write a method.",
    lines: [4, 9],
    draw,
    views: () => views,
  });
  const state = createState(frame.name, FIELDS, model, frame.request, settle);
  const yours = followYours(model, frame.request);
  const set = (patch) => state.set(patch);

  // Controls
  const surface = switchOf({
    label: "Surface",
    options: Object.fromEntries(Object.entries(PLACES).map(([name, { text }]) => [name, text])),
    changed: (value) => set({ surface: value, start: [] }),
  });
  const rates = switchOf({
    label: "Learning rates",
    options: { shared: "One for all", tuned: "Each its best" },
    changed: (value) => set({ rates: value }),
  });
  const methods = checks({
    label: "Methods",
    options: LABELS,
    hints: RULES,
    changed: (value) => set({ methods: value }),
  });
  const lr = slider({
    label: "Shared learning rate",
    range: ENDS,
    log: true,
    text: (value) => (state.get().rates === "tuned" ? "each its own" : `lr = ${short(value, 2)}`),
    changed: (value) => set({ lr: value, rates: "shared" }),
  });
  const turn = slider({
    label: "Turn of the surface",
    range: [0, 90],
    steps: 90,
    text: (value) => `${value}°`,
    changed: (value) => set({ turn: Math.round(value) }),
  });
  const stepper = player({
    label: "Step",
    stillness: stillness(),
    changed(next) {
      step = Math.min(steps, next);
      frame.request();
    },
  });
  const own = writer({ changed: (value) => set({ lines: value }) });
  const caption = "The race at the step on show; best rate: of 26, from the surface's own start";
  const table = dataTable(caption, COLUMNS);
  frame.controls.classList.add("ll-pair");
  frame.controls.append(
    html("div", { class: "ll-row" }, surface.element, rates.element),
    html("div", { class: "ll-row" }, methods.element),
    ...[lr.element, turn.element, own.element],
  );

  // Plots, in the order of reading
  const paths = pathView(frame.plots);
  const loss = lossView(frame.plots);
  frame.plots.append(frame.words, stepper.element);
  const sweeps = rateView(frame.plots);
  const views = [paths, loss, sweeps];
  frame.foot.append(shareButtons(state), table.element);

  const course = () => {
    const { surface: place, turn: degrees } = state.get();
    return once("course", [place, degrees], () => turned(surfaces[place], degrees));
  };
  const startNow = () => {
    const { surface: place, start: chosen } = state.get();
    return chosen.length ? chosen : surfaces[place].start;
  };
  const start = handle(paths.plot, {
    label: "Start of the race",
    range: [-6, 6],
    moved: (value) => set({ start: course().back(value) }),
    nudged(across, up) {
      const [x, y] = course().place(startNow());
      set({ start: course().back([x + 0.05 * across, y + 0.05 * up]) });
    },
  });

  /** Everything that is drawn for the present state. */
  function compute() {
    const now = state.get();
    const held = course();
    const from = held.place(startNow());
    const tried = { place: now.surface, turn: now.turn, conditionNumber, steps };
    const [make, wrong] = once("lines", [now.lines], () => understood(now.lines));
    const found = Object.fromEntries(now.methods.map((name) => [name, sweepOf(held, tried, name)]));
    if (make) found[YOURS] = once("own sweep", [held, make], () => sweep(held, make, steps));
    const runs = Object.entries(found).map(([name, { best }]) => {
      const rate = now.rates === "tuned" ? best : now.lr;
      const method = name === YOURS ? make : undefined;
      return once(`run ${name}`, [held, now.start, rate, method], () => run(held, from, name, rate, steps, method));
    });
    const path = model.get("yours");
    return {
      ...{ course: held, place: now.surface, turn: now.turn, rates: now.rates, lr: now.lr },
      ...{ start: from, moved: now.start.length > 0, steps, sweeps: found, runs },
      wrong: wrong || (runs.find(({ name }) => name === YOURS)?.trouble ?? ""),
      yours: { path, gap: path.map((p) => Math.max(0, held.value(p) - held.lowest)) },
    };
  }

  function draw() {
    const { layout } = frame;
    const now = state.get();
    const theme = frame.theme();
    const [colours, inks] = once("colours", [theme], () =>
      [3, 4.5].map((least) => Object.fromEntries(Object.keys(NAMES).map((name) => [name, colourOf(name, theme, least)]))),
    );
    const race = compute();
    const lines = once("levels", [layout, now.surface], () => paths.prepare(race));
    once("ground", [lines, now.turn], () => paths.drawGround(race, lines));
    once("axes", [layout], () => {
      loss.drawGround(steps);
      sweeps.drawGround();
    });
    frame.root.drawn = race; // in full precision, for whoever looks closer
    paths.draw(race, step, colours);
    loss.draw(race, step, colours, inks);
    once("rates", [layout, theme, now], () => sweeps.draw(race, colours, inks));

    surface.show(now.surface);
    rates.show(now.rates);
    methods.show(now.methods, colours);
    own.show(now.lines, race.wrong, colours[YOURS]);
    lr.show(now.lr);
    turn.show(now.turn);
    stepper.show(step, steps);
    start.show(race.start, race.start.map((x) => x.toFixed(2)).join(", "), race.start[0]);

    const [lead, rest] = readout(race, step);
    frame.say(lead, yours.words(rest));
    table.show(() => rows(race, step));
  }

  return frame.live(state, yours.forget, own.forget, stepper.stop);
}

export default { render };
