/** The book's methods on one surface from one start: the runs, and which rate suits each. */

import { METHODS } from "../kit/methods.js";
import { OPTIMIZERS, minimise } from "../kit/optimizers.js";
import { SURFACES, quadraticBowl } from "../kit/surfaces.js";

/** A method at a rate, all else at the table's values. */
export const optimizer = (name, lr) => OPTIMIZERS[name](lr, ...Object.values(METHODS[name].defaults));

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
 * One method's run.
 * @param {ReturnType<typeof turned>} course
 * @returns {{name: string, lr: number, path: number[][], gap: number[], lost: number}} gap: loss
 *   above the lowest one, one entry a point; lost: the step from which it is lost, or Infinity
 */
export function run(course, start, name, lr, steps) {
  const { x: path, loss } = minimise(course, start, optimizer(name, lr), steps);
  const gap = loss.map((value) => Math.max(0, value - course.lowest)); // rounding may go below
  return { name, lr, path, gap, lost: lostAt(gap) };
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

/**
 * A method tried at every rate, from the surface's own start.
 * @param {ReturnType<typeof turned>} course
 * @returns {{scores: number[], best: number}} best: the rate of the lowest score
 */
export function sweep(course, name, steps) {
  const start = course.place(course.surface.start);
  const scores = RATES.map((lr) => score(course, start, optimizer(name, lr), steps));
  return { scores, best: RATES[scores.indexOf(Math.min(...scores))] };
}

/**
 * Sweeps that are made once: for each surface, angle and number of steps, and for the methods that
 * do not see the axes once for all angles.
 */
export function sweeper() {
  let kept = new Map();
  let kind = "";
  return (course, { place, turn, conditionNumber, steps }, name) => {
    const now = `${place} ${conditionNumber} ${steps}`;
    if (now !== kind) [kept, kind] = [new Map(), now];
    const key = METHODS[name].axes ? `${name} ${turn}` : name;
    if (!kept.has(key)) kept.set(key, sweep(course, name, steps));
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
