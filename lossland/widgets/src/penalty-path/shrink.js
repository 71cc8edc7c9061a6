/** A least-squares problem of two coefficients, penalised, and descent on it that stops early. */

/** Learning rate of the descent; the gradient is 2·A·(w − minimum). */
export const LR = 0.05;

/** The part of Σ|w| in each penalty; the rest is Σw². */
export const PENALTIES = { l2: 0, both: 0.5, l1: 1 };

/**
 * The loss (w − minimum)ᵀA(w − minimum): the mean squared error above its least, for two columns of
 * mean square 1.
 * @param {number} correlation ρ of the columns, −1 < ρ < 1: A = XᵀX/n = [[1, ρ], [ρ, 1]]
 * @param {[number, number]} minimum the least-squares solution
 */
export function leastSquares(correlation, minimum) {
  const times = ([x, y]) => [x + correlation * y, correlation * x + y];
  const loss = ([x, y]) => {
    const e = [x - minimum[0], y - minimum[1]];
    const [p, q] = times(e);
    return e[0] * p + e[1] * q;
  };
  const half = Math.SQRT1_2;
  return {
    ...{ correlation, minimum, loss },
    pull: times(minimum), // Xᵀy/n
    eigenvalues: [1 + correlation, 1 - correlation],
    axes: [[half, half], [half, -half]],
  };
}

/** mix·Σ|w| + (1 − mix)·Σw². */
export const penalty = ([x, y], mix) => mix * (Math.abs(x) + Math.abs(y)) + (1 - mix) * (x * x + y * y);

const SIGNS = [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [1, -1], [-1, 1], [-1, -1]];

/**
 * The minimiser of loss + reg·penalty, exactly: each pattern of signs makes a linear system, and one
 * meets the optimality conditions.
 * @returns {[number, number]}
 */
export function shrunk({ correlation, pull }, reg, mix) {
  const threshold = (reg * mix) / 2;
  const own = 1 + reg * (1 - mix); // diagonal of A + reg·(1 − mix)·I
  for (const signs of SIGNS) {
    const goal = pull.map((b, j) => b - threshold * signs[j]);
    const [on0, on1] = signs.map(Boolean);
    const w = on0 && on1 ? both(goal, own, correlation) : [on0 ? goal[0] / own : 0, on1 ? goal[1] / own : 0];
    const fits = signs.every((sign, j) =>
      sign ? sign * w[j] > 0 : Math.abs(pull[j] - correlation * w[1 - j]) <= threshold * (1 + 1e-12),
    );
    if (fits) return w;
  }
  return [0, 0];
}

/** The solution of [[own, ρ], [ρ, own]]·w = goal. */
function both([p, q], own, correlation) {
  const determinant = own * own - correlation * correlation;
  return [(own * p - correlation * q) / determinant, (own * q - correlation * p) / determinant];
}

/** Where descent from 0 stands after some steps, in closed form: each eigenvector runs by itself. */
export function stopped({ eigenvalues, axes, minimum }, steps) {
  const parts = axes.map(
    (axis, k) => (axis[0] * minimum[0] + axis[1] * minimum[1]) * (1 - (1 - 2 * LR * eigenvalues[k]) ** steps),
  );
  return [0, 1].map((j) => parts[0] * axes[0][j] + parts[1] * axes[1][j]);
}

/** The ridge strength near to descent stopped after some steps: 1/(2·lr·steps). */
export const matching = (steps) => 1 / (2 * LR * steps);

/**
 * The closed curve of equal penalty through the height `level`: circle, diamond or between.
 * @returns {[number, number][]}
 */
export function levelSet(level, mix, points = 180) {
  return Array.from({ length: points + 1 }, (_, k) => {
    const turn = (2 * Math.PI * k) / points;
    const [c, s] = [Math.cos(turn), Math.sin(turn)];
    const slope = mix * (Math.abs(c) + Math.abs(s));
    const bend = 1 - mix;
    // bend·r² + slope·r = level, in the form that also holds for bend = 0
    const r = (2 * level) / (slope + Math.sqrt(slope * slope + 4 * bend * level) || 1);
    return [r * c, r * s];
  });
}

/** Everything that is drawn for one state. */
export function compute({ correlation, minimum, kind, reg, steps }) {
  const problem = leastSquares(correlation, minimum);
  const mix = PENALTIES[kind];
  const w = shrunk(problem, reg, mix);
  const early = stopped(problem, steps);
  const match = matching(steps);
  const ridge = shrunk(problem, match, 0);
  return {
    ...{ problem, kind, mix, reg, steps, w, early, match, ridge },
    apart: Math.hypot(early[0] - ridge[0], early[1] - ridge[1]),
  };
}
