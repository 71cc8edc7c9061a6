/** The reader's own optimizer, which Python runs: its path, or what went wrong with it. */

const TRAITS = ["yours", "trouble"];

/**
 * Draw again when Python has an answer.
 * @param {object} model anywidget's
 * @param {() => void} redraw
 * @returns {{words: (rest: string) => string, forget: () => void}} words: a readout with the trouble
 */
export function followYours(model, redraw) {
  for (const name of TRAITS) model.on(`change:${name}`, redraw);
  return {
    words(rest) {
      const trouble = model.get("trouble");
      return trouble ? `${rest} Your optimizer stopped: ${trouble}` : rest;
    },
    forget() {
      for (const name of TRAITS) model.off(`change:${name}`, redraw);
    },
  };
}
