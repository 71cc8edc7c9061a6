/**
 * Random numbers by seed: the same in every browser, and in lossland.widgets.seeded.
 *
 * Ettinger's mulberry32 (2017): number k is a mixed-up seed + k·0x6D2B79F5, mixed up in turn.
 */

const STRIDE = 0x6d2b79f5;
const RANGE = 2 ** 32;

/** 32 bits, thoroughly mixed. @param {number} bits @returns {number} 0 to 2³² − 1 */
function mix(bits) {
  let z = Math.imul(bits ^ (bits >>> 15), bits | 1);
  z = (z + Math.imul(z ^ (z >>> 7), z | 61)) ^ z;
  return (z ^ (z >>> 14)) >>> 0;
}

/**
 * Standard normal numbers, two of every two mixed ones (Box & Muller 1958).
 * @param {number} seed a whole number
 * @param {number} count
 * @returns {Float64Array} (count,)
 */
export function normals(seed, count) {
  const values = new Float64Array(count + (count % 2));
  let state = mix(seed);
  const next = () => mix((state = (state + STRIDE) | 0));
  for (let k = 0; k < count; k += 2) {
    const radius = Math.sqrt(-2 * Math.log((next() + 0.5) / RANGE));
    const turn = (2 * Math.PI * next()) / RANGE;
    values[k] = radius * Math.cos(turn);
    values[k + 1] = radius * Math.sin(turn);
  }
  return values.subarray(0, count);
}
