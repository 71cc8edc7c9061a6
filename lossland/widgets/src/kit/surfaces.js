/**
 * The loss surfaces of lossland.surfaces that a widget can draw: functions of two variables with
 * known gradient, Hessian and minima.
 *
 * @typedef {ArrayLike<number>} Point two numbers
 * @typedef {{name: string,
 *            value: (p: Point) => number,
 *            gradient: (p: Point) => [number, number],
 *            hessian: (p: Point) => [[number, number], [number, number]],
 *            minima: [number, number][],
 *            domain: [[number, number], [number, number]],
 *            start: [number, number]}} Surface
 *   minima: the local ones, the global one first; domain: the window [x0, x1] of a picture.
 */

/**
 * ½·xᵀHx with eigenvalues 1 (flat) and `conditionNumber` (steep); minimum 0 at the origin.
 * @param {number} conditionNumber κ ≥ 1
 * @param {number} angle radians by which the eigenvectors are turned counter-clockwise
 * @returns {Surface & {eigenvalues: [number, number], axes: [Point, Point]}} axes: unit eigenvectors
 */
export function quadraticBowl(conditionNumber, angle = 0) {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const xx = c * c + conditionNumber * s * s;
  const xy = (1 - conditionNumber) * c * s;
  const yy = s * s + conditionNumber * c * c;
  return {
    name: `bowl, condition number ${conditionNumber}`,
    value: ([x, y]) => 0.5 * (xx * x * x + 2 * xy * x * y + yy * y * y),
    gradient: ([x, y]) => [xx * x + xy * y, xy * x + yy * y],
    hessian: () => [[xx, xy], [xy, yy]],
    minima: [[0, 0]],
    domain: [[-2, 2], [-2, 2]],
    start: [-1.8, 1],
    eigenvalues: [1, conditionNumber],
    axes: [[c, s], [-s, c]],
  };
}

/**
 * `quadraticBowl` whose gradient carries fresh normal noise in each coordinate at every call.
 * @param {number} conditionNumber κ ≥ 1
 * @param {number} noise standard deviation, gradient units
 * @param {() => number} normal one standard normal number a call
 * @param {number} angle radians
 */
export function noisyBowl(conditionNumber, noise, normal, angle = 0) {
  const exact = quadraticBowl(conditionNumber, angle);
  return {
    ...exact,
    name: `noisy ${exact.name}`,
    gradient: (p) => exact.gradient(p).map((g) => g + noise * normal()),
  };
}

/**
 * (1 − x)² + 100·(y − x²)²: a curved valley. Source: Rosenbrock 1960, with its start.
 * @returns {Surface}
 */
export const rosenbrock = () => ({
  name: "Rosenbrock",
  value: ([x, y]) => (1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x),
  gradient: ([x, y]) => [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)],
  hessian: ([x, y]) => [[2 - 400 * y + 1200 * x * x, -400 * x], [-400 * x, 200]],
  minima: [[1, 1]],
  domain: [[-2, 2], [-1, 3]],
  start: [-1.2, 1],
});

/**
 * Σ (cᵢ − x + x·yⁱ)², c = 1.5, 2.25, 2.625: flat plateaus, steep walls. Source: Beale 1958;
 * number 5 in Moré, Garbow & Hillstrom 1981.
 * @returns {Surface}
 */
export function beale() {
  /** Residuals r and their derivatives in x, in y, in x and y, and twice in y; i = 1, 2, 3. */
  const parts = ([x, y]) =>
    [1.5, 2.25, 2.625].map((c, k) => {
      const power = [y, y * y, y * y * y][k];
      const slope = [1, 2 * y, 3 * y * y][k];
      return {
        r: c - x * (1 - power),
        rx: power - 1,
        ry: x * slope,
        rxy: slope,
        ryy: x * [0, 2, 6 * y][k],
      };
    });
  const sum = (p, term) => parts(p).reduce((total, part) => total + term(part), 0);
  return {
    name: "Beale",
    value: (p) => sum(p, ({ r }) => r * r),
    gradient: (p) => [2 * sum(p, ({ r, rx }) => r * rx), 2 * sum(p, ({ r, ry }) => r * ry)],
    hessian(p) {
      const xx = 2 * sum(p, ({ rx }) => rx * rx);
      const xy = 2 * sum(p, ({ r, rx, ry, rxy }) => rx * ry + r * rxy);
      const yy = 2 * sum(p, ({ r, ry, ryy }) => ry * ry + r * ryy);
      return [[xx, xy], [xy, yy]];
    },
    minima: [[3, 0.5]],
    domain: [[-4.5, 4.5], [-4.5, 4.5]],
    start: [1, 1],
  };
}

/**
 * ½x² − ½y² + ¼y⁴: a saddle at the origin between minima at (0, ±1).
 * @returns {Surface}
 */
export const saddle = () => ({
  name: "saddle",
  value: ([x, y]) => 0.5 * x * x - 0.5 * y * y + 0.25 * y * y * y * y,
  gradient: ([x, y]) => [x, y * y * y - y],
  hessian: ([, y]) => [[1, 0], [0, 3 * y * y - 1]],
  minima: [[0, 1], [0, -1]],
  domain: [[-1.5, 1.5], [-1.5, 1.5]],
  start: [-1.2, 0.01],
});

/**
 * ¼x⁴ − ½x² + tilt·x + ½y²: a deep well on the left, a shallow one on the right; the stationary
 * points solve x³ − x + tilt = 0, here in Viète's trigonometric form.
 * @param {number} tilt in (0, 2/(3√3))
 * @returns {Surface}
 */
export function twoMinima(tilt = 0.2) {
  const turn = Math.acos((-tilt * 3 * Math.sqrt(3)) / 2) / 3;
  const root = (phase) => (2 / Math.sqrt(3)) * Math.cos(turn + phase);
  return {
    name: "two minima",
    value: ([x, y]) => 0.25 * x * x * x * x - 0.5 * x * x + tilt * x + 0.5 * y * y,
    gradient: ([x, y]) => [x * x * x - x + tilt, y],
    hessian: ([x]) => [[3 * x * x - 1, 0], [0, 1]],
    minima: [[root((2 * Math.PI) / 3), 0], [root(0), 0]],
    domain: [[-2, 2], [-1.5, 1.5]],
    start: [1.8, 1],
  };
}

/**
 * tanh²x + x²/100 + y²/100: a trench whose walls are steep only near its floor. As in the library.
 * @returns {Surface}
 */
export const pathologicalCurvature = () => ({
  name: "pathological curvature",
  value: ([x, y]) => Math.tanh(x) ** 2 + (x * x) / 100 + (y * y) / 100,
  gradient([x, y]) {
    const tanh = Math.tanh(x);
    return [2 * tanh * (1 - tanh * tanh) + x / 50, y / 50];
  },
  hessian([x]) {
    const square = Math.tanh(x) ** 2;
    return [[2 * (1 - square) * (1 - 3 * square) + 0.02, 0], [0, 0.02]];
  },
  minima: [[0, 0]],
  domain: [[-4, 4], [-4, 4]],
  start: [-2.5, 3],
});

/**
 * x²/20 + y²/40 − exp(−r²/2), r = distance/0.2: a deep narrow hole in a wide flat bowl.
 * @returns {Surface}
 */
export function steepOptimum() {
  const sharp = 1 / 0.2 ** 2;
  const hole = ([x, y]) => Math.exp((-sharp * (x * x + y * y)) / 2);
  return {
    name: "steep optimum",
    value: ([x, y]) => (x * x) / 20 + (y * y) / 40 - hole([x, y]),
    gradient([x, y]) {
      const deep = sharp * hole([x, y]);
      return [(0.1 + deep) * x, (0.05 + deep) * y];
    },
    hessian([x, y]) {
      const deep = sharp * hole([x, y]);
      const xy = -sharp * deep * x * y;
      return [[0.1 + deep - sharp * deep * x * x, xy], [xy, 0.05 + deep - sharp * deep * y * y]];
    },
    minima: [[0, 0]],
    domain: [[-2, 2], [-2, 2]],
    start: [-1.5, 0.8],
  };
}

/**
 * A land of Gaussian hills and hollows, the map of the landing page: Σ size·exp(−½·offsetᵀS·offset).
 * tools/make_landscape.py draws the same.
 * @param {number[][]} bumps [size, centre x, centre y, width along, width across, turn in radians]
 * @returns {{value: (p: Point) => number, gradient: (p: Point) => [number, number]}}
 */
export function hills(bumps) {
  const parts = bumps.map(([size, x, y, along, across, turn]) => {
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    const [a, b] = [1 / (along * along), 1 / (across * across)];
    return { size, x, y, xx: c * c * a + s * s * b, xy: c * s * (a - b), yy: s * s * a + c * c * b };
  });
  /** The heights of all bumps at p, and their slopes down, in x and in y. */
  const terms = ([px, py]) =>
    parts.map(({ size, x, y, xx, xy, yy }) => {
      const [dx, dy] = [px - x, py - y];
      const [gx, gy] = [xx * dx + xy * dy, xy * dx + yy * dy];
      const height = size * Math.exp(-0.5 * (dx * gx + dy * gy));
      return [height, -height * gx, -height * gy];
    });
  const sum = (p, entry) => terms(p).reduce((total, term) => total + term[entry], 0);
  return { value: (p) => sum(p, 0), gradient: (p) => [sum(p, 1), sum(p, 2)] };
}

/**
 * The deterministic surfaces, by the names they have in lossland.surfaces.SURFACES; bundles without them
 * leave them out.
 */
export const SURFACES = /* @__PURE__ */ (() => ({
  bowl: quadraticBowl(10),
  "rotated bowl": quadraticBowl(10, Math.PI / 6),
  Rosenbrock: rosenbrock(),
  saddle: saddle(),
  Beale: beale(),
  "two minima": twoMinima(),
  "pathological curvature": pathologicalCurvature(),
  "steep optimum": steepOptimum(),
}))();
