/**
 * The benchmark's opener: each method's expected score on a task after so many trials of tuning, with
 * its interval.
 *
 * Traits of the Python side: outcomes (what was measured, tuning_budget.outcomes_of); task, budget
 * (the state, both ways); key.
 */

import { colourOf } from "./kit/colours.js";
import { slider, switchOf } from "./kit/controls.js";
import { remembered } from "./kit/frame.js";
import { LABELS } from "./kit/methods.js";
import { shareButtons, shell } from "./kit/shell.js";
import { choice, createState, integer } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { scoresView } from "./tuning-budget/views.js";
import { readout, score, toTarget, trials } from "./tuning-budget/words.js";
import "./tuning-budget/tuning-budget.css"; // after the kit's

const COLUMNS = ["method", "mean", "from", "to", "target"];

/** One of a few numbers, the nearest in its logarithm. @returns {import("./kit/state.js").Field} */
function oneOf(numbers) {
  const field = integer(numbers[0], numbers.at(-1));
  const away = (value) => (number) => Math.abs(Math.log(number / value));
  const clean = (value) => [...numbers].sort((a, b) => away(value)(a) - away(value)(b))[0];
  return { ...field, parse: (text) => (field.parse(text) === undefined ? undefined : clean(field.parse(text))), clean };
}

function render({ model, el }) {
  const { budgets, order, methods, tasks } = model.get("outcomes");
  const names = Object.fromEntries(order.map((task) => [task, tasks[task].name]));
  const once = remembered();
  const frame = shell(el, {
    key: model.get("key"),
    title: "Which method, tuned how long?",
    hint: "Choose a task, and give every method the same number of trials.",
    lines: [4, 6],
    draw,
    views: () => [view],
  });
  const fields = { task: choice(order), budget: oneOf(budgets) };
  const state = createState(frame.name, fields, model, frame.request);
  const task = switchOf({ label: "Task", options: names, changed: (value) => state.set({ task: value }) });
  task.element.style.gridColumn = "1 / -1";
  const budget = slider({
    label: "Tuning budget",
    range: [budgets[0], budgets.at(-1)],
    steps: budgets.length - 1,
    log: true,
    text: (value) => trials(value),
    changed: (value) => state.set({ budget: value }),
  });
  budget.element.style.gridColumn = "1 / -1";
  const table = dataTable("Expected score, lower is better, and evaluations to the target", COLUMNS);
  frame.controls.append(task.element, budget.element);
  const view = scoresView(frame.plots, methods);
  frame.plots.append(frame.words);
  frame.foot.append(shareButtons(state), table.element);

  function draw() {
    const now = state.get();
    const theme = frame.theme();
    const shown = tasks[now.task];
    const place = budgets.indexOf(now.budget);
    const rows = Object.fromEntries(methods.map((name) => [name, shown.rows[name][place]]));
    const colours = Object.fromEntries(methods.map((name) => [name, colourOf(name, theme)]));
    once("ground", [frame.layout, now.task], () => view.drawGround(shown));
    view.draw(rows, colours, shown, now.budget);
    task.show(now.task);
    budget.show(now.budget);
    frame.say(...readout(rows, shown, now.budget));
    table.show(() =>
      methods.map((name) => {
        const [mean, low, high] = rows[name].slice(0, 3).map((value) => score(value, shown));
        return [LABELS[name], mean, low, high, toTarget(rows[name])];
      }),
    );
  }

  return frame.live(state);
}

export default { render };
