/**
 * Answers questions about the kit: reads JSON on standard input, writes JSON on standard output.
 * Numbers that JSON does not know are written as the strings "Infinity", "-Infinity" and "NaN".
 */

import { readFileSync } from "node:fs";

import { COLOURS, PAPER, colourOf } from "../../lossland/widgets/src/kit/colours.js";
import { ellipse, rings, sample } from "../../lossland/widgets/src/kit/contours.js";
import * as format from "../../lossland/widgets/src/kit/format.js";
import { OPTIMIZERS, minimise } from "../../lossland/widgets/src/kit/optimizers.js";
import { SURFACES, noisyBowl, quadraticBowl } from "../../lossland/widgets/src/kit/surfaces.js";
import { bestOnBowl, keptShare } from "../../lossland/widgets/src/kit/probability.js";
import { normals } from "../../lossland/widgets/src/kit/random.js";
import * as theory from "../../lossland/widgets/src/kit/theory.js";
import * as refits from "../../lossland/widgets/src/bias-variance/refits.js";
import { readout as refitReadout } from "../../lossland/widgets/src/bias-variance/words.js";
import * as curves from "../../lossland/widgets/src/curve-through-points/fits.js";
import { readout as curveReadout } from "../../lossland/widgets/src/curve-through-points/words.js";
import { compute } from "../../lossland/widgets/src/descent-map/views.js";
import { readout as committeeReadout } from "../../lossland/widgets/src/committee/words.js";
import * as average from "../../lossland/widgets/src/ensemble-lab/average.js";
import * as boosting from "../../lossland/widgets/src/ensemble-lab/boosting.js";
import { averageScene, boostingScene, NUMBERS } from "../../lossland/widgets/src/ensemble-lab/scenes.js";
import { fitTree } from "../../lossland/widgets/src/ensemble-lab/trees.js";
import * as targets from "../../lossland/widgets/src/four-targets/arrows.js";
import { readout as targetReadout } from "../../lossland/widgets/src/four-targets/words.js";
import { remembered } from "../../lossland/widgets/src/kit/frame.js";
import {
  diagnose as diagnoseDescent,
  readout as descentReadout,
} from "../../lossland/widgets/src/descent-map/words.js";
import * as regimes from "../../lossland/widgets/src/learning-rate/regimes.js";
import { readout as rateReadout } from "../../lossland/widgets/src/learning-rate/words.js";
import { measure } from "../../lossland/widgets/src/finite-difference/difference.js";
import { readout as differenceReadout } from "../../lossland/widgets/src/finite-difference/words.js";
import { MOST, walk } from "../../lossland/widgets/src/local-search/walk.js";
import { diagnose, readout } from "../../lossland/widgets/src/momentum-map/words.js";
import { LinesError, read } from "../../lossland/widgets/src/optimizer-race/lines.js";
import { PLACES, RATES, leaders, maker, run, sweep, turned } from "../../lossland/widgets/src/optimizer-race/race.js";
import { apart, free } from "../../lossland/widgets/src/optimizer-race/spread.js";
import { readout as phaseReadout } from "../../lossland/widgets/src/phase-plane/words.js";
import { compute as bothPaths } from "../../lossland/widgets/src/plain-beside-momentum/views.js";
import { readout as openerReadout } from "../../lossland/widgets/src/plain-beside-momentum/words.js";
import * as scales from "../../lossland/widgets/src/two-scales/views.js";
import { readout as scalesReadout } from "../../lossland/widgets/src/two-scales/words.js";
import * as shrink from "../../lossland/widgets/src/penalty-path/shrink.js";
import { readout as penaltyReadout } from "../../lossland/widgets/src/penalty-path/words.js";
import { written } from "../../lossland/widgets/src/optimizer-race/writer.js";
import * as wiggly from "../../lossland/widgets/src/wiggly-fit/fit.js";
import { readout as wigglyReadout } from "../../lossland/widgets/src/wiggly-fit/words.js";
import { readout as raceReadout } from "../../lossland/widgets/src/optimizer-race/words.js";

/** A number, or a schedule given as {start, end, steps}: a straight line, then constant. */
const schedule = (value) =>
  typeof value === "number"
    ? value
    : (t) => value.start + (value.end - value.start) * Math.min(1, t / value.steps);

/** What the refits of one state show, as their widget computes it. */
function refitted({ degree, noise, n, seed }) {
  const numbers = normals(seed, refits.NUMBERS);
  const setting = refits.settingOf(n);
  const parts = refits.partsOf(setting, noise);
  const kicks = refits.kicksOf(setting, numbers);
  const found = refits.refit(setting, parts[degree], kicks, numbers, { degree, noise });
  return { ...found, parts, degree, refits: refits.REFITS, sample: refits.sampleOf(setting, numbers, noise) };
}

/** What is wrong with a text, at once or in its first steps on the bowl; "" where nothing is. */
function linesTold(text) {
  try {
    const make = read(text);
    const course = turned(PLACES.bowl.make(30), 0);
    if (!make) return "no line";
    const { gap, stopped, trouble } = run(course, course.surface.start, "yours", 0.02, 5, make);
    return gap.slice(0, stopped).every(Number.isFinite) ? trouble : ""; // Python ends a run at an infinite loss
  } catch (error) {
    if (error instanceof LinesError) return error.message;
    throw error;
  }
}

/** The points of one seed and all fits to them, as the opener of chapter 7 computes them. */
function curvesOf(seed) {
  const points = curves.pointsOf(normals(seed, curves.NUMBERS));
  return { points, fits: curves.fitsOf(points) };
}

/** Arrows at a target and the parts of their miss. */
function shot({ seed, ...state }) {
  const hits = targets.arrowsOf(state, normals(seed, targets.NUMBERS));
  return { hits, ...targets.partsOf(hits) };
}

const ANSWERS = {
  names: () => ({ optimizers: Object.keys(OPTIMIZERS), surfaces: Object.keys(SURFACES) }),
  run({ optimizer, settings, surface, noise, start, steps }) {
    let place = SURFACES[surface];
    if (noise) {
      let next = 0;
      place = noisyBowl(noise.conditionNumber, noise.deviation, () => noise.normals[next++]);
    }
    const method = OPTIMIZERS[optimizer](...settings.map(schedule));
    const trace = minimise(place, start ?? place.start, method, steps);
    return { x: trace.x, loss: trace.loss, state: trace.states.at(-1) };
  },
  surface({ surface, points }) {
    const { value, gradient, hessian, minima, domain, start } = SURFACES[surface];
    return {
      ...{ minima, domain, start },
      value: points.map(value),
      gradient: points.map(gradient),
      hessian: points.map(hessian),
    };
  },
  bowl: ({ conditionNumber, angle }) => quadraticBowl(conditionNumber, angle),
  theory: ({ name, cases }) => cases.map((values) => theory[name](...values)),
  format: ({ name, cases }) => cases.map((values) => format[name](...values)),
  rings({ surface, columns, rows, level }) {
    const { value, domain } = SURFACES[surface];
    const values = sample((x, y) => value([x, y]), ...domain, columns, rows);
    const [[left, right], [bottom, top]] = domain;
    return rings(values, columns, rows, level).map((ring) =>
      ring.map(([across, down]) => [left + across * (right - left), top - down * (top - bottom)]),
    );
  },
  ellipse: ({ conditionNumber, angle, level }) =>
    ellipse(quadraticBowl(conditionNumber, angle), level),
  normals: ({ seed, count }) => [...normals(seed, count)],
  kept: ({ dim, lengths }) => lengths.map(keptShare(dim)),
  best({ dim, tries }) {
    const { mean, level } = bestOnBowl(dim);
    const at = (p) => tries.map((n) => level(n, p));
    return { mean: tries.map(mean), low: at(0.1), high: at(0.9) };
  },
  walk: ({ seed, steps, ...options }) =>
    walk({ ...options, steps, normals: normals(seed, steps * MOST) }),
  descent({ state, angle, steps }) {
    const numbers = normals(state.seed, 2 * steps);
    const { path, loss, bound } = compute(state, { angle, steps, normals: numbers, yours: [] });
    return { path, loss, bound };
  },
  "descent words": ({ state }) =>
    descentReadout(diagnoseDescent(state), state.condition_number, state.noise),
  "learning rate": ({ lr, seed }) => ({
    loss: regimes.run(lr, seed),
    mean: regimes.expected(lr),
    regimes: regimes.REGIMES,
  }),
  "learning rate words": ({ lrs }) => lrs.map((lr) => rateReadout(regimes.diagnose(lr)).join(" ")),
  difference: ({ states }) =>
    states.map((state) => {
      const { quotient, slope, error, truncation, rounding } = measure(state);
      return { quotient, slope, error, truncation, rounding };
    }),
  "difference words": ({ state }) => differenceReadout(measure(state)),
  race({ place, turn, methods, lr, steps, sweeping }) {
    const course = turned(PLACES[place].make(30), turn);
    const start = course.place(course.surface.start);
    const tried = sweeping ? methods.map((name) => [name, sweep(course, maker(name), steps)]) : [];
    const runs = methods.map((name) => run(course, start, name, lr, steps));
    return { start, minima: course.minima, runs, sweeps: Object.fromEntries(tried), rates: RATES };
  },
  "lines told": ({ texts }) => texts.map(linesTold),
  "lines race"({ place, turn, text, lr, steps, sweeping }) {
    const course = turned(PLACES[place].make(30), turn);
    const start = course.place(course.surface.start);
    const make = read(text);
    return { ...run(course, start, "yours", lr, steps, make), sweep: sweeping && sweep(course, make, steps) };
  },
  written: ({ texts }) =>
    texts.map((text) => {
      const kept = written.clean(text);
      return { kept, address: written.print(kept), back: written.parse(written.print(kept)) ?? null };
    }),
  "written parsed": ({ texts }) => texts.map((text) => written.parse(text) ?? null),
  "race words": ({ race, step }) => raceReadout({ course: { minima: [] }, sweeps: {}, ...race }, step),
  penalty: ({ states }) =>
    states.map((state) => {
      const { w, early, match, ridge, apart, problem } = shrink.compute(state);
      return { w, early, match, ridge, apart, loss: problem.loss(w) };
    }),
  "level set": ({ level, mix }) => shrink.levelSet(level, mix),
  "penalty words": ({ state }) => penaltyReadout(shrink.compute(state)),
  wiggly({ reg, seed }) {
    const sample = wiggly.sampleOf(seed);
    const found = wiggly.fit(sample.y, reg);
    return {
      ...{ points: sample.points, best: sample.best },
      ...{ ...found, curve: [...found.curve], words: wigglyReadout({ reg, ...sample, ...found }) },
    };
  },
  leaders: ({ scores }) =>
    leaders(Object.fromEntries(scores.map((all, k) => [k, { scores: RATES.map((_, i) => all[i] ?? 2) }]))),
  free: ({ lines, point, width }) => free([], lines, point, width, { width: 300, height: 200 }),
  apart: ({ wanted, gap, height }) => apart(wanted, gap, height),
  parts: ({ n, noise }) =>
    refits.partsOf(refits.settingOf(n), noise).map((part) => ({ ...part, mean: [...part.mean] })),
  refits(state) {
    const { fits, ...found } = refitted(state);
    return { ...found, fits: fits.map((fit) => [...fit]) };
  },
  curves({ seed }) {
    const { points, fits } = curvesOf(seed);
    return { points: Object.values(points).map((values) => [...values]), fits };
  },
  "curve words": ({ seed, degree }) => curveReadout(curvesOf(seed).fits, degree),
  shot,
  "target words": (state) => targetReadout(shot(state), targets.ARROWS),
  "refit words": (state) => refitReadout(refitted(state)),
  members({ seed, rho, x, members }) {
    const curves = average.curvesOf(normals(seed, average.NUMBERS), Float64Array.from(x));
    return average.errorsOf(curves, rho, members).map((errors) => [...errors]);
  },
  "average errors": ({ seed, rho }) =>
    average.errorCurves(average.productsOf(normals(seed, average.NUMBERS)), rho),
  tree({ y, depth }) {
    const into = new Float64Array(y.length);
    fitTree(Float64Array.from(y), depth, into);
    return [...into];
  },
  boosting({ seed, depth, shrinkage }) {
    const labels = boosting.labelsOf(normals(seed, boosting.X.length));
    const { stages, training, test } = boosting.roundsOf(labels, depth, shrinkage);
    return { labels: [...labels], stages: stages.map((stage) => [...stage]), training, test };
  },
  "committee words": ({ alone, together, members }) => committeeReadout(alone, together, members),
  "ensemble words"({ mode, seed, ...state }) {
    const scene = { average: averageScene, boosting: boostingScene }[mode];
    return scene(state, normals(seed, NUMBERS[mode]), remembered()).words;
  },
  colours: () => ({
    ...{ COLOURS, PAPER },
    dark: Object.fromEntries(
      Object.keys(COLOURS).map((name) => [name, [3, 4.5].map((c) => colourOf(name, "dark", c))]),
    ),
  }),
  "phase words": ({ state }) => phaseReadout(state),
  "opener words": ({ mu, fixed }) => openerReadout(bothPaths({ mu }, fixed)),
  "two scales"({ states, fixed }) {
    const found = states.map((state) => scales.compute(state, fixed));
    const words = found.map((one) => scalesReadout(one).join(" "));
    return { rates: scales.RATES, range: scales.RANGE, paths: found.map(({ path }) => path), words };
  },
  words: ({ method, conditionNumber, lr, mu }) =>
    readout(diagnose(method, conditionNumber, lr, mu), method, conditionNumber, mu),
};

const plain = (key, value) =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
const questions = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(questions.map((q) => ANSWERS[q.ask](q)), plain));
