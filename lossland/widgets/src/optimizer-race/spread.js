/** Names of many lines, kept clear of each other. */

/** Label places pushed apart to `gap` pixels, between 0 and `height`. @param {number[]} wanted */
export function apart(wanted, gap, height) {
  const order = wanted.map((_, k) => k).sort((i, j) => wanted[i] - wanted[j]);
  const found = [...wanted];
  let floor = gap / 2;
  for (const k of order) floor = (found[k] = Math.max(wanted[k], floor)) + gap;
  let roof = height;
  for (const k of order.toReversed()) roof = (found[k] = Math.min(found[k], roof)) - gap;
  return found;
}

const SIDES = [
  { dx: 8, dy: 4, anchor: "start" },
  { dx: -8, dy: 4, anchor: "end" },
  { dx: 4, dy: 19, anchor: "start" },
  { dx: 4, dy: -10, anchor: "start" },
  { dx: -4, dy: 19, anchor: "end" },
  { dx: -4, dy: -10, anchor: "end" },
];

/** Does a line through pixels enter a box? */
function enters(line, [left, top, right, bottom]) {
  return line.some(([x, y], k) => {
    const [fromX, fromY] = line[k - 1] ?? [x, y];
    let [start, end] = [0, 1]; // the part of this piece that may lie in the box
    for (const [from, way, low, high] of [[fromX, x - fromX, left, right], [fromY, y - fromY, top, bottom]]) {
      if (way === 0 && (from < low || from > high)) return false;
      const [one, other] = way === 0 ? [0, 1] : [(low - from) / way, (high - from) / way];
      start = Math.max(start, Math.min(one, other));
      end = Math.min(end, Math.max(one, other));
    }
    return start <= end;
  });
}

/**
 * The side of a point where a name fits beside those that stand already and lies over the fewest lines,
 * or null.
 * @param {number[][]} placed boxes [left, top, right, bottom] in pixels; the new one is added
 * @param {[number, number][][]} lines in pixels
 * @param {[number, number]} point pixels
 * @param {number} width of the name, pixels
 * @param {{width: number, height: number}} plot
 * @returns {{dx: number, dy: number, anchor: string} | null}
 */
export function free(placed, lines, [x, y], width, plot) {
  const sides = SIDES.map((side) => {
    const left = side.anchor === "start" ? x + side.dx : x + side.dx - width;
    const box = [left, y + side.dy - 12, left + width, y + side.dy + 4];
    const inside = box[0] > 0 && box[2] < plot.width && box[1] > 0 && box[3] < plot.height + 2;
    const clear = placed.every((b) => b[2] < box[0] || b[0] > box[2] || b[3] < box[1] || b[1] > box[3]);
    return { side, box, over: inside && clear ? lines.filter((line) => enters(line, box)).length : Infinity };
  });
  const best = sides.reduce((one, other) => (other.over < one.over ? other : one));
  if (best.over === Infinity) return null;
  placed.push(best.box);
  return best.side;
}
