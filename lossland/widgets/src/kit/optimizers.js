/**
 * The optimizers of lossland.optimizers, one pair of pure functions each.
 *
 * A point, a gradient and a step are arrays of d numbers. `init(x)` makes the state that belongs to
 * the start x; `update(gradient, state, x)` gives [step, next state], and the iteration is
 * x ← x + step. A learning rate or a momentum is a number, or a function of the step t = 0, 1, …
 *
 * @typedef {ArrayLike<number>} Point
 * @typedef {number | ((t: number) => number)} Schedule
 * @typedef {{v?: number[], t: number}} State
 * @typedef {{init: (x: Point) => State,
 *            update: (gradient: Point, state: State, x: Point) => [number[], State]}} Optimizer
 */

/** @param {Schedule} value @param {number} t */
const at = (value, t) => (typeof value === "function" ? value(t) : value);

/** @param {Point} x */
const zeros = (x) => Array.from(x, () => 0);

/** Next velocity v ← mu·v − lr·g. */
const velocity = (v, gradient, lr, mu) => v.map((vi, i) => mu * vi - lr * gradient[i]);

/**
 * Plain descent: step = −lr·g.
 * @param {Schedule} lr parameter units per gradient unit, > 0
 * @returns {Optimizer}
 */
export function gradientDescent(lr) {
  return {
    init: () => ({ t: 0 }),
    update(gradient, { t }) {
      const rate = at(lr, t);
      return [Array.from(gradient, (g) => -rate * g), { t: t + 1 }];
    },
  };
}

/**
 * Momentum in velocity form: v ← mu·v − lr·g; step = v.
 * Source: Polyak 1964; in velocity form Sutskever et al. 2013, equations 1 and 2.
 * @param {Schedule} lr parameter units per gradient unit, > 0
 * @param {Schedule} mu 0 ≤ mu < 1
 * @returns {Optimizer}
 */
export function momentum(lr, mu) {
  return {
    init: (x) => ({ v: zeros(x), t: 0 }),
    update(gradient, { v, t }) {
      const next = velocity(v, gradient, at(lr, t), at(mu, t));
      return [next, { v: next, t: t + 1 }];
    },
  };
}

/**
 * Nesterov's momentum, rearranged so that x is the look-ahead point and the gradient is taken there:
 * v ← mu·v − lr·g; step = −mu·v_old + (1 + mu)·v_new, the last mu being the next step's.
 * Source: Nesterov 1983; rearranged as in Bengio, Boulanger-Lewandowski & Pascanu 2013,
 * equations 6 and 7.
 * @param {Schedule} lr parameter units per gradient unit, > 0
 * @param {Schedule} mu 0 ≤ mu < 1
 * @returns {Optimizer}
 */
export function nesterov(lr, mu) {
  return {
    init: (x) => ({ v: zeros(x), t: 0 }),
    update(gradient, { v, t }) {
      const [now, ahead] = [at(mu, t), at(mu, t + 1)];
      const next = velocity(v, gradient, at(lr, t), now);
      return [next.map((vi, i) => -now * v[i] + (1 + ahead) * vi), { v: next, t: t + 1 }];
    },
  };
}

/** Every optimizer by the name it has in lossland.plots.COLOURS. */
export const OPTIMIZERS = { "gradient descent": gradientDescent, momentum, nesterov };

/**
 * Follow an optimizer for a fixed number of steps, also past the edge of the number range: values
 * that overflow become ±Infinity or NaN and stay in the record, for the caller to cut.
 * @param {{value: (x: Point) => number, gradient: (x: Point) => number[]}} surface
 * @param {Point} start
 * @param {Optimizer} optimizer
 * @param {number} steps
 * @returns {{x: number[][], loss: number[], states: State[]}} steps + 1 entries each, the start first
 */
export function minimise(surface, start, optimizer, steps) {
  let x = Array.from(start);
  let state = optimizer.init(x);
  const trace = { x: [x], loss: [surface.value(x)], states: [state] };
  for (let t = 0; t < steps; t += 1) {
    const [step, next] = optimizer.update(surface.gradient(x), state, x);
    x = x.map((xi, i) => xi + step[i]);
    state = next;
    trace.x.push(x);
    trace.loss.push(surface.value(x));
    trace.states.push(state);
  }
  return trace;
}
