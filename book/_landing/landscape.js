/**
 * The landing page's map, played with: the reader moves the hiker and chooses how she walks. The map,
 * the controls and the first path are in the page already (tools/make_landscape.py); this script
 * follows the reader. Bundled into one classic script, which also runs in a page opened as a file.
 */

import { colourOf } from "../../lossland/widgets/src/kit/colours.js";
import { oncePerFrame } from "../../lossland/widgets/src/kit/frame.js";
import { handle } from "../../lossland/widgets/src/kit/handle.js";
import { followTheme, stillness } from "../../lossland/widgets/src/kit/theme.js";
import { tell, walk } from "./walk.js";

const NUDGE = 0.1; // of an arrow key, in the land's units
const PACE = 26; // milliseconds a step when her way is drawn anew
const LONGEST = 1600; // milliseconds

function play(figure) {
  const { scale, ...land } = JSON.parse(figure.dataset.land);
  const find = (selector) => figure.querySelector(selector);
  const [picture, box, words] = ["svg", ".landscape-box", ".landscape-words"].map(find);
  const [trail, dots, hiker] = [".trail", ".steps", ".hiker"].map(find);
  const state = { start: land.start, way: find("input:checked").value };
  let shown = Infinity; // steps of the path that are drawn
  let walked = walk(land, state.start, state.way);

  // What the kit's handle asks of a plot
  const toPage = () => picture.getScreenCTM();
  const plot = {
    box,
    margin: { left: 0, top: 0 },
    at(event) {
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(toPage().inverse());
      return { point: [point.x / scale, point.y / scale], inside: true };
    },
    pixel([x, y]) {
      const point = new DOMPoint(x * scale, y * scale).matrixTransform(toPage());
      const { left, top } = box.getBoundingClientRect();
      return [point.x - left, point.y - top];
    },
  };

  /** The part of the map that this window shows, so that she cannot get lost behind its edge. */
  function visible() {
    const frame = box.getBoundingClientRect();
    const corners = [[frame.left, frame.top], [frame.right, frame.bottom]];
    return corners.map(([clientX, clientY]) => plot.at({ clientX, clientY }).point);
  }

  function place([x, y]) {
    const [[left, top], [right, bottom]] = visible();
    const within = (value, low, high) => Math.min(high, Math.max(low, value));
    state.start = [within(x, left + 0.15, right - 0.15), within(y, top + 0.65, bottom - 0.1)];
    walked = walk(land, state.start, state.way);
    shown = Infinity;
    frame.request();
  }

  const knob = handle(plot, {
    label: "The hiker’s start",
    range: [0, 100],
    moved: place,
    nudged: (across, up) => place([state.start[0] + NUDGE * across, state.start[1] - NUDGE * up]),
  });

  let begun = 0;
  function grow(now) {
    begun ||= now;
    const pace = Math.min(PACE, LONGEST / walked.x.length);
    const steps = Math.floor((now - begun) / pace);
    shown = steps < walked.x.length ? steps : Infinity;
    draw();
    if (shown < Infinity) requestAnimationFrame(grow);
  }

  figure.addEventListener("change", (event) => {
    state.way = event.target.value;
    walked = walk(land, state.start, state.way);
    if (stillness()) return frame.request();
    const running = shown !== Infinity;
    [begun, shown] = [0, 0];
    if (!running) requestAnimationFrame(grow);
  });

  function draw() {
    const colour = colourOf(state.way, figure.dataset.theme);
    const points = walked.x.slice(0, shown + 1).map(([x, y]) => `${round(x * scale)} ${round(y * scale)}`);
    trail.setAttribute("d", `M${points.join("L")}`);
    dots.setAttribute("d", points.slice(1).map((point) => `M${point}h0`).join(""));
    figure.style.setProperty("--way", colour);
    const [x, y] = state.start.map((value) => Math.round(value * scale));
    hiker.setAttribute("transform", `translate(${x} ${y})`);
    const told = tell(state.way, walked);
    if (words.textContent !== told && shown === Infinity) words.textContent = told;
    const across = Math.round((100 * state.start[0]) / land.size[0]);
    const down = Math.round((100 * state.start[1]) / land.size[1]);
    knob.show(state.start, `${across} % from the left, ${down} % from the top. ${told}`, across);
  }

  const frame = oncePerFrame(draw);
  figure.classList.add("playing"); // where a policy forbids the page's inline script, which says "js"
  followTheme(figure, draw);
  new ResizeObserver(frame.request).observe(box);
}

const round = (value) => Math.round(10 * value) / 10;

document.querySelectorAll(".landscape[data-land]").forEach(play);
