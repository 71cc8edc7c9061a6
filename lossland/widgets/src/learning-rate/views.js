/** The loss curve of one learning rate over the four named ones. */

import { html, write } from "../kit/dom.js";
import { cell, powerOfTen, short } from "../kit/format.js";
import { Plot } from "../kit/plot.js";
import { decades } from "../kit/run.js";
import { REGIMES, STEPS, expected } from "./regimes.js";

const DECADES = [-4, 3]; // of the loss against the first loss
/** Where each name stands: the step, and the way from the line in pixels. */
const PLACES = { low: [100, -9, "end"], good: [100, 18, "end"], high: [100, -10, "end"], burst: [31, 0, "start"] };

export function lossView(parent) {
  const plot = new Plot(parent, {
    name: "loss",
    title: "Loss against the first loss",
    xLabel: "step",
    yLabel: "loss / first loss",
    left: 44,
    height: 270,
    yTicks: () => ({ at: [-4, -3, -2, -1, 0, 1, 2, 3], text: powerOfTen }),
  });
  const tail = html("span", { class: "ll-quiet-line" }, "dashed: the mean of many runs");
  const head = html("span", {});
  plot.caption.replaceChildren(head, tail);
  return {
    plot,
    drawGround() {
      plot.window([0, STEPS], DECADES);
      plot.line("first", [[0, 0], [STEPS, 0]], { kind: "thin" });
      for (const [key, { name, lr }] of Object.entries(REGIMES)) {
        const colour = `var(--ll-regime-${key})`;
        const points = decades(expected(lr), DECADES[0]);
        plot.line(key, points, { kind: "ghost", colour });
        const [step, dy, anchor] = PLACES[key];
        plot.label(`${key} name`, points[step], name, { anchor, dx: anchor === "end" ? -6 : 8, dy, colour });
      }
    },
    draw({ lr, losses, mean }, colour) {
      plot.line("theory", decades(mean, DECADES[0]), { kind: "theory" });
      plot.line("run", decades(losses, DECADES[0]), { kind: "run", colour });
      const end = losses[STEPS] / losses[0];
      write(head, `One run with the learning rate ${short(lr, 2)}`);
      plot.describe(
        `Loss on a logarithmic axis over ${STEPS} steps with the learning rate ${short(lr, 2)}: it ends at ` +
          `${cell(end)} of the first loss. Faint behind it the four named learning rates.`,
      );
    },
  };
}
