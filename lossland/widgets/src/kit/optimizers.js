/**
 * The optimizers of lossland.optimizers and lossland.adaptive, one pair of pure functions each.
 *
 * A point, a gradient and a step are arrays of d numbers. `init(x)` makes the state that belongs to
 * the start x; `update(gradient, state, x)` gives [step, next state], and the iteration is
 * x ← x + step. A learning rate or a momentum is a number, or a function of the step t = 0, 1, …
 *
 * @typedef {ArrayLike<number>} Point
 * @typedef {number | ((t: number) => number)} Schedule
 * @typedef {{t: number, v?: number[], m?: number[], cache?: number[]}} State
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

/** Next weighted mean part·mean + (1 − part)·value, entry by entry. */
const average = (mean, values, part) => mean.map((old, i) => part * old + (1 - part) * values[i]);

/** @param {Point} values */
function squares(values) {
  const found = []; // many times faster than Array.from
  for (let i = 0; i < values.length; i += 1) found.push(values[i] * values[i]);
  return found;
}

/** step = −lr·g/(√cache + eps), with the cache that `next` makes. */
const cached = (lr, eps, next) => ({
  init: (x) => ({ cache: zeros(x), t: 0 }),
  update(gradient, { cache: before, t }) {
    const cache = next(before, squares(gradient));
    const rate = at(lr, t);
    return [cache.map((c, i) => (-rate * gradient[i]) / (Math.sqrt(c) + eps)), { cache, t: t + 1 }];
  },
});

/**
 * cache ← cache + g²; step = −lr·g/(√cache + eps). Source: Duchi, Hazan & Singer 2011.
 * @param {Schedule} lr parameter units, > 0
 * @returns {Optimizer}
 */
export const adagrad = (lr, eps = 1e-8) => cached(lr, eps, (cache, g2) => cache.map((c, i) => c + g2[i]));

/**
 * cache ← decay·cache + (1−decay)·g²; step as Adagrad's. Source: Tieleman & Hinton 2012.
 * @param {Schedule} lr parameter units, > 0
 * @returns {Optimizer}
 */
export const rmsprop = (lr, decay = 0.9, eps = 1e-8) =>
  cached(lr, eps, (cache, g2) => average(cache, g2, decay));

/**
 * cache ← rho·cache + (1−rho)·g²; Δ = −√(deltaCache + eps)/√(cache + eps)·g; step = lr·Δ; then
 * deltaCache ← rho·deltaCache + (1−rho)·Δ². Source: Zeiler 2012, with lr = 1.
 * @param {Schedule} lr a factor without unit
 * @returns {Optimizer}
 */
export function adadelta(lr = 1, rho = 0.95, eps = 1e-6) {
  return {
    init: (x) => ({ cache: zeros(x), deltaCache: zeros(x), t: 0 }),
    update(gradient, { cache: before, deltaCache, t }) {
      const cache = average(before, squares(gradient), rho);
      const delta = cache.map(
        (c, i) => (-Math.sqrt(deltaCache[i] + eps) / Math.sqrt(c + eps)) * gradient[i],
      );
      const rate = at(lr, t);
      const next = { cache, deltaCache: average(deltaCache, squares(delta), rho), t: t + 1 };
      return [delta.map((d) => rate * d), next];
    },
  };
}

/** m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; step = −lr·m̂/(√ŵ + eps), w being what `second` makes of v. */
function moments(lr, beta1, beta2, eps, second, decay = 0) {
  return {
    init: (x) => ({ m: zeros(x), v: zeros(x), ...second.init(x), t: 0 }),
    update(gradient, state, x) {
      const [t, rate] = [state.t + 1, at(lr, state.t)];
      const m = average(state.m, gradient, beta1);
      const v = average(state.v, squares(gradient), beta2);
      const { w, kept } = second.next(v, state);
      const [first, root] = [1 - beta1 ** t, 1 - beta2 ** t];
      const step = m.map(
        (mi, i) => (-rate * (mi / first)) / (Math.sqrt(w[i] / root) + eps) - rate * decay * x[i],
      );
      return [step, { m, v, ...kept, t }];
    },
  };
}

const itself = { init: () => ({}), next: (v) => ({ w: v, kept: {} }) };
const largest = {
  init: (x) => ({ vMax: zeros(x) }),
  next(v, { vMax }) {
    const w = v.map((vi, i) => Math.max(vi, vMax[i]));
    return { w, kept: { vMax: w } };
  },
};

/**
 * step = −lr·m̂/(√v̂ + eps), the hats being corrections by 1 − βᵗ, t from 1. Kingma & Ba 2015.
 * @param {Schedule} lr parameter units, > 0
 * @returns {Optimizer}
 */
export const adam = (lr, beta1 = 0.9, beta2 = 0.999, eps = 1e-8) =>
  moments(lr, beta1, beta2, eps, itself);

/**
 * Adam, and beside it −lr·weightDecay·x with x before the step. Loshchilov & Hutter 2019.
 * @param {Schedule} lr parameter units, > 0
 * @param {number} weightDecay per parameter unit, ≥ 0
 * @returns {Optimizer}
 */
export const adamw = (lr, weightDecay, beta1 = 0.9, beta2 = 0.999, eps = 1e-8) =>
  moments(lr, beta1, beta2, eps, itself, weightDecay);

/**
 * Adam with the largest v so far in place of v. Reddi, Kale & Kumar 2018, with Adam's corrections.
 * @param {Schedule} lr parameter units, > 0
 * @returns {Optimizer}
 */
export const amsgrad = (lr, beta1 = 0.9, beta2 = 0.999, eps = 1e-8) =>
  moments(lr, beta1, beta2, eps, largest);

/** Every optimizer by the name it has in lossland.plots.COLOURS. */
export const OPTIMIZERS = {
  "gradient descent": gradientDescent,
  momentum,
  nesterov,
  adagrad,
  adadelta,
  rmsprop,
  adam,
  adamw,
  amsgrad,
};

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
