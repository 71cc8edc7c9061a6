/** The landing page's walk: from any place on the map, by one of four methods, until the lake. */

import { OPTIMIZERS, minimise } from "../../lossland/widgets/src/kit/optimizers.js";
import { hills } from "../../lossland/widgets/src/kit/surfaces.js";

/** How she may walk. The learning rates are chosen by hand for this map. */
export const WAYS = {
  "gradient descent": { name: "gradient descent", settings: [0.3] },
  momentum: { name: "momentum", settings: [0.05, 0.9] },
  nesterov: { name: "Nesterov’s momentum", settings: [0.05, 0.9] },
  adam: { name: "Adam", settings: [0.2] },
};
export const STEPS = 200;

/**
 * @typedef {{hills: number[][], shore: number, size: [number, number]}} Land shore: the height of the
 *   lake's edge; size: of the map, in the land's units
 */

/**
 * Her way, cut where she leaves the map or when she is at the lake for good.
 * @param {Land} land
 * @param {[number, number]} start
 * @param {string} way a key of WAYS
 * @returns {{x: number[][], end: "lake" | "edge" | "under way"}} x: the start and every step
 */
export function walk(land, start, way) {
  const { x, loss } = minimise(hills(land.hills), start, OPTIMIZERS[way](...WAYS[way].settings), STEPS);
  const gone = x.findIndex(([east, south]) => !inside(land, east, south));
  if (gone >= 0) return { x: x.slice(0, gone + 1), end: "edge" };
  const dry = loss.findLastIndex((height) => !(height < land.shore));
  if (dry === STEPS) return { x, end: "under way" };
  return { x: x.slice(0, dry + 2), end: "lake" };
}

const inside = ({ size }, east, south) => east >= 0 && east <= size[0] && south >= 0 && south <= size[1];

/** What happened, in a sentence. @param {string} way @param {ReturnType<typeof walk>} walked */
export function tell(way, { x, end }) {
  const { name, settings } = WAYS[way];
  const how = `With ${name} (learning rate ${settings[0]})`;
  const steps = x.length - 1;
  const count = steps === 1 ? "1 step" : `${steps} steps`;
  if (end === "edge") return `${how} she leaves the map after ${count}: the ground under her boots slopes that way.`;
  if (end === "under way") return `${how} she is still on her way after ${count}.`;
  return steps === 0 ? "She stands at the lake already." : `${how} she is at the lake after ${count}.`;
}
