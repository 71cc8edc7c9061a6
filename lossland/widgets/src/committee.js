/**
 * Chapter 9's opener: what trees get wrong alone, and what the first M of them get wrong together.
 *
 * Traits of the Python side: members (the state, both ways); key, alone, together (fixed).
 */

import { colourOf, partColours } from "./kit/colours.js";
import { slider } from "./kit/controls.js";
import { html } from "./kit/dom.js";
import { cell } from "./kit/format.js";
import { remembered } from "./kit/frame.js";
import { shareButtons, shell } from "./kit/shell.js";
import { createState, integer } from "./kit/state.js";
import { dataTable } from "./kit/table.js";
import { MOST, errorView } from "./committee/views.js";
import { readout } from "./committee/words.js";
import "./committee/committee.css"; // after the kit's

const COLUMNS = ["members M", "the last alone, %", "together, %"];

const FIELDS = { members: integer(1, MOST) };

function render({ model, el }) {
  const once = remembered();
  const [alone, together] = [model.get("alone"), model.get("together")];

  const frame = shell(el, {
    key: model.get("key"),
    title: "A committee of trees.",
    hint: "Let more of them answer together.",
    lines: [8, 6],
    draw,
    views: () => views,
  });
  const state = createState(frame.name, FIELDS, model, frame.request);
  const members = slider({
    label: "Members",
    range: [1, MOST],
    steps: MOST - 1,
    text: (value) => `M = ${Math.round(value)}`,
    changed: (value) => state.set({ members: Math.round(value) }),
  });
  const table = dataTable("Errors of the trees, one after the other", COLUMNS);

  const error = errorView(frame.plots);
  frame.plots.append(html("div", { class: "ll-beside-trees" }, members.element, frame.words));
  const views = [error];
  frame.foot.append(shareButtons(state), table.element);

  function draw() {
    const theme = frame.theme();
    const { members: count } = state.get();
    once("ground", [frame.layout], () => error.drawGround(alone, together));
    error.draw({ alone, together, count }, partColours(theme), {
      variance: colourOf("variance", theme, 4.5),
      total: colourOf("total", theme, 4.5),
    });
    members.show(count);
    frame.say(...readout(alone, together, count));
    table.show(() => alone.map((value, k) => [String(k + 1), cell(value), cell(together[k])]));
  }

  return frame.live(state);
}

export default { render };
