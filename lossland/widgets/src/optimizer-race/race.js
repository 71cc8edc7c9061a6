/** The methods on one surface from one start: the runs, and which rate suits each. */

import { LABELS, METHODS } from "../kit/methods.js";
import { OPTIMIZERS, minimise } from "../kit/optimizers.js";
import { SURFACES, quadraticBowl } from "../kit/surfaces.js";
import { LinesError } from "./lines.js";

/** The method that the reader writes in the page; no other has this name. */
export const YOURS = "yours";

/** Every runner's label by its name. */
export const NAMES = { ...LABELS, [YOURS]: "yours" };

/** A method of the book as a function of its rate, all else at the table's values. */
export const maker = (name) => (lr) => OPTIMIZERS[name](lr, ...Object.values(METHODS[name].defaults));

/** The surfaces, by the names in the state; the bowl's condition number is the page's. */
export const PLACES = {
  bowl: { text: "Bowl", make: quadraticBowl },
  rosenbrock: { text: "Rosenbrock", make: () => SURFACES.Rosenbrock },
  saddle: { text: "Saddle", make: () => SURFACES.saddle },
  beale: { text: "Beale", make: () => SURFACES.Beale },
  wells: { text: "Two minima", make: () => SURFACES["two minima"] },
};

/** The rates that every method is tried at: five a decade. */
export const RATES = Array.from({ length: 26 }, (_, k) => 10 ** (-4 + k / 5));

/** The picture's square [[x0, x1], [y0, y1]] of a surface: its domain's longer side, a little more. */
export function square({ domain }, room = 1.15) {
  const half = (room * Math.max(...domain.map(([low, high]) => high - low))) / 2;
  return domain.map(([low, high]) => [(low + high) / 2 - half, (low + high) / 2 + half]);
}

/**
 * A surface turned counter-clockwise about the middle of its picture. `place` takes a point of the
 * surface to the picture, `back` the other way.
 * @param {import("../kit/surfaces.js").Surface} surface
 * @param {number} degrees
 */
export function turned(surface, degrees) {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const [a, b] = surface.domain.map(([low, high]) => (low + high) / 2);
  const place = ([x, y]) => [a + c * (x - a) - s * (y - b), b + s * (x - a) + c * (y - b)];
  const back = ([x, y]) => [a + c * (x - a) + s * (y - b), b - s * (x - a) + c * (y - b)];
  return {
    ...{ surface, place, back },
    lowest: surface.value(surface.minima[0]),
    minima: surface.minima.map(place),
    value: (p) => surface.value(back(p)),
    gradient(p) {
      const [gx, gy] = surface.gradient(back(p));
      return [c * gx - s * gy, s * gx + c * gy];
    },
  };
}

/** The step from which a run stays ten times above its start or has no loss, or Infinity. */
function lostAt(gap) {
  const bad = (g) => !(g <= 10 * gap[0]);
  let t = gap.length;
  while (t > 0 && bad(gap[t - 1])) t -= 1;
  return t < gap.length && gap[0] > 0 ? t : Infinity;
}

/**
 * One method's run. The reader's own may end before its time: its path then goes on without numbers.
 * @param {ReturnType<typeof turned>} course
 * @param {(lr: number) => import("../kit/optimizers.js").Optimizer} make
 * @returns {{name: string, lr: number, path: number[][], gap: number[], lost: number, stopped: number,
 *   trouble: string}} gap: loss above the lowest one, one entry a point; lost: the step from which it is
 *   lost, or Infinity; stopped: the step that could not be made, or Infinity, and trouble why
 */
export function run(course, start, name, lr, steps, make = maker(name)) {
  const [{ x: path, loss }, stopped, trouble] = walk(course, start, make(lr), steps);
  const gap = loss.map((value) => Math.max(0, value - course.lowest)); // rounding may go below
  for (let t = path.length; t <= steps; t += 1) {
    path.push([NaN, NaN]);
    gap.push(NaN);
  }
  return { name, lr, path, gap, lost: lostAt(gap), stopped, trouble };
}

/** The run, or as much of it as there is, and what ended it. */
function walk(course, start, method, steps) {
  try {
    return [minimise(course, start, method, steps), Infinity, ""];
  } catch (error) {
    if (!(error instanceof LinesError)) throw error;
    return [minimise(course, start, method, error.step - 1), error.step, error.message];
  }
}

const LAST = 10; // steps whose worst loss is a run's score: a lucky last step wins nothing

/** The largest gap of a run's last steps against its first; Infinity once it is far above that. */
function score(course, start, method, steps) {
  const first = course.value(start) - course.lowest;
  let x = Array.from(start);
  let state = method.init(x);
  let worst = 0;
  for (let t = 1; t <= steps; t += 1) {
    const [step, next] = method.update(course.gradient(x), state, x);
    x = x.map((xi, i) => xi + step[i]);
    state = next;
    const gap = course.value(x) - course.lowest;
    if (!(gap < 1e6 * first)) return Infinity;
    if (t > steps - LAST) worst = Math.max(worst, gap);
  }
  return worst / first;
}

/** The same, where a run that ends before its time is lost. */
function scoreOrLost(...run) {
  try {
    return score(...run);
  } catch (error) {
    if (error instanceof LinesError) return Infinity;
    throw error;
  }
}

/**
 * A method tried at every rate, from the surface's own start.
 * @param {ReturnType<typeof turned>} course
 * @param {(lr: number) => import("../kit/optimizers.js").Optimizer} make
 * @returns {{scores: number[], best: number}} best: the rate of the lowest score
 */
export function sweep(course, make, steps) {
  const start = course.place(course.surface.start);
  const scores = RATES.map((lr) => scoreOrLost(course, start, make(lr), steps));
  return { scores, best: RATES[scores.indexOf(Math.min(...scores))] };
}

/**
 * Sweeps of the book's methods that are made once: for each surface, angle and number of steps, and for
 * the methods that do not see the axes once for all angles.
 */
export function sweeper() {
  let kept = new Map();
  let kind = "";
  return (course, { place, turn, conditionNumber, steps }, name) => {
    const now = `${place} ${conditionNumber} ${steps}`;
    if (now !== kind) [kept, kind] = [new Map(), now];
    const key = METHODS[name].axes ? `${name} ${turn}` : name;
    if (!kept.has(key)) kept.set(key, sweep(course, maker(name), steps));
    return kept.get(key);
  };
}

/** How many of the methods have the lowest score at one of the rates at least. */
export function leaders(sweeps) {
  const first = RATES.map((_, k) => {
    const scores = Object.entries(sweeps).map(([name, { scores: all }]) => [all[k], name]);
    return scores.filter(([value]) => value < 1).sort(([a], [b]) => a - b)[0]?.[1];
  });
  return new Set(first.filter(Boolean)).size;
}
