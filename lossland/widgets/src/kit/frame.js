/** Drawing once a frame, and only what changed. */

/**
 * Join any number of requests into one call at the next frame.
 * @param {() => void} draw
 * @returns {{request: () => void, now: () => void, cancel: () => void}} now: draw without waiting
 */
export function oncePerFrame(draw) {
  let pending = 0;
  const cancel = () => {
    cancelAnimationFrame(pending);
    pending = 0;
  };
  const now = () => {
    cancel();
    draw();
  };
  return { request: () => (pending ||= requestAnimationFrame(now)), now, cancel };
}

/**
 * Do the last of many requests after a pause.
 * @param {(...values: unknown[]) => void} act
 * @param {number} pause milliseconds
 */
export function afterPause(act, pause) {
  let timer = 0;
  const later = (...values) => {
    clearTimeout(timer);
    timer = setTimeout(act, pause, ...values);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}

/**
 * A cache of one entry a name: `make` runs again only when an input is another one than last time.
 * @returns {<T>(name: string, inputs: unknown[], make: () => T) => T}
 */
export function remembered() {
  const entries = new Map();
  return (name, inputs, make) => {
    const entry = entries.get(name);
    if (entry && inputs.every((input, i) => Object.is(input, entry.inputs[i]))) return entry.value;
    const value = make();
    entries.set(name, { inputs, value });
    return value;
  };
}
