/** What the picked pair does: the path on the bowl and the loss. */

import { colourOf } from "../kit/colours.js";
import { cell, perStep, powerOfTen } from "../kit/format.js";
import { minimise, momentum, nesterov } from "../kit/optimizers.js";
import { html } from "../kit/dom.js";
import { Plot } from "../kit/plot.js";
import { decades, dot, drawRun, plus } from "../kit/run.js";
import { quadraticBowl } from "../kit/surfaces.js";
import { optimalGd } from "../kit/theory.js";
import { diagnose } from "./words.js";

const DECADES = [-12, 3]; // of loss against the first loss

/**
 * Everything that is drawn for one state.
 * @param {{lr: number, mu: number, condition_number: number, method: string, start: number[]}} state
 * @param {{angle: number, steps: number, yours: number[][]}} fixed yours: a path from Python, or none
 */
export function compute(state, { angle, steps, yours }) {
  const { lr, mu, condition_number: conditionNumber, method, start } = state;
  const bowl = quadraticBowl(conditionNumber, angle);
  // Each eigen-direction runs by itself: nothing of a direction that diverges rounds into the other.
  const upright = quadraticBowl(conditionNumber);
  const first = bowl.axes.map((axis) => dot(axis, start));
  const run = minimise(upright, first, (method === "nesterov" ? nesterov : momentum)(lr, mu), steps);
  const plainLr = optimalGd(1, conditionNumber).lr;
  const found = diagnose(method, conditionNumber, lr, mu);
  return {
    bowl,
    steps,
    path: run.x.map((e) => plus(plus([0, 0], bowl.axes[0], e[0]), bowl.axes[1], e[1])),
    loss: run.loss,
    found,
    diverges: found.slowest.rate > 1,
    name: mu === 0 ? "gradient descent" : method,
    plainLoss: minimise(upright, first, momentum(plainLr, 0), steps).loss,
    yours: { x: yours, loss: yours.map(bowl.value) },
    directions: [0, 1].map((k) => run.x.map((e) => e[k])),
  };
}

/** The loss on a logarithmic axis, with theory's slope and plain descent at its best. */
export function lossView(parent) {
  const plot = new Plot(parent, {
    name: "loss",
    title: "Loss against the first loss",
    xLabel: "step",
    yLabel: "loss / first loss",
    left: 44,
    height: 220,
    yTicks: () => ({ at: [-12, -9, -6, -3, 0, 3], text: powerOfTen }),
  });
  plot.caption.replaceChildren(
    html("span", {}, "Loss against the first loss"),
    html("span", { class: "ll-quiet-line" }, "dashed: the slope that theory gives"),
  );

  /**
   * Height at step 0 of the theory's line: only its slope is theory's, so it is laid on the later half
   * of what the window shows of the run, touching it from above.
   */
  function intercept(line, slope) {
    const seen = line.filter(([, height]) => height > DECADES[0] && height < DECADES[1]);
    const late = seen.slice(Math.floor(seen.length / 2));
    return late.length ? Math.max(...late.map(([t, height]) => height - slope * t)) : 0;
  }

  /** Under the theory line's left end while it is shallow, else right of it. */
  function nameTheory(from, slope, text) {
    const room = plot.x.invert(140); // as wide as the text
    const shallow = slope < 0 && from < DECADES[1] && plot.y(from + slope * room) + 20 < plot.height;
    const height = slope < 0 ? -5.5 : 2;
    if (shallow) plot.label("theory name", [0, from + slope * room], text, { dx: 8, dy: 18 });
    else plot.label("theory name", [(height - from) / slope, height], text, { dx: 8, dy: slope < 0 ? 0 : 16 });
  }

  /** Over the right end of plain descent's line while it is shallow, else right of both lines. */
  function namePlain(line, from, slope, colour) {
    const text = "plain descent at its best";
    const [last, height] = line.at(-1);
    if (height > DECADES[0] + 1) {
      // Above the line's height where the text begins; under the line while a diverging run is above.
      const begin = Math.round(last - plot.x.invert(150));
      const place = slope < 0 ? [last, line[Math.max(0, begin)][1]] : [last, height];
      plot.label("plain name", place, text, { anchor: "end", dx: -2, dy: slope < 0 ? -5 : 15, colour });
      return;
    }
    const low = -9.5;
    const plainCrosses = line.findLast((p) => p[1] > low)?.[0] ?? 0;
    const crossing = Math.max(plainCrosses, slope < 0 ? (low - from) / slope : 0);
    const across = Math.min(crossing, plot.x.invert(plot.width - 158));
    plot.label("plain name", [across, low], text, { dx: 8, colour });
  }

  return {
    plot,
    drawGround(steps) {
      plot.window([0, steps], DECADES);
    },
    draw({ loss, plainLoss, yours, found, name, steps }, step, theme) {
      const colour = colourOf(name, theme);
      const shrink = found.slowest.rate;
      const slope = 2 * Math.log10(Math.max(shrink, 1e-9));
      const plainLine = decades(plainLoss, DECADES[0]);
      const here = decades(loss, DECADES[0]);
      const from = intercept(here, slope);
      plot.line("theory", [[0, from], [steps, from + slope * steps]], { kind: "theory" });
      plot.line("plain", plainLine, { kind: "reference", colour: colourOf("gradient descent", theme) });
      drawRun(plot, here, step, colour);
      plot.describe(
        `Loss on a logarithmic axis: ${cell(loss[step] / loss[0])} of the first loss at step ${step}. ` +
          `Theory: ${perStep(shrink)} squared per step.`,
      );
      plot.line("yours", decades(yours.loss, DECADES[0]), { kind: "yours" });
      plot.disc("now", here[step], { kind: "now", colour });
      nameTheory(from, slope, `theory: ${perStep(shrink)}² per step`);
      namePlain(plainLine, from, slope, colourOf("gradient descent", theme, 4.5));
    },
  };
}
