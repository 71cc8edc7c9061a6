/**
 * The state of a widget: one flat record, kept in step with the address bar and, in a live notebook,
 * with the Python object.
 *
 * The fragment holds, after an optional heading's anchor, one entry a widget with what differs from
 * the page's own state:  #some-heading&momentum-map=lr:0.04;mu:0.8&other=…  A link to such a fragment,
 * in the text or shared by a reader, sets the widgets it names.
 *
 * @typedef {{parse: (text: string) => unknown, print: (value: unknown) => string,
 *            clean: (value: unknown) => unknown}} Field
 *   parse gives undefined for nonsense; clean brings any value of the right type into its range.
 */

import { afterPause } from "./frame.js";

const close = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** A number kept in [low, high] and printed with `digits` significant digits. @returns {Field} */
export function number(low, high, digits = 4) {
  const clean = (value) => Math.min(high, Math.max(low, value));
  return {
    parse: (text) => (text !== "" && Number.isFinite(Number(text)) ? clean(Number(text)) : undefined),
    print: (value) => String(Number(value.toPrecision(digits))),
    clean,
  };
}

/** A whole number kept in [low, high]. @returns {Field} */
export function integer(low, high) {
  const { parse, clean } = number(low, high);
  const nearest = (value) => Math.round(clean(value));
  return { parse: (text) => (parse(text) === undefined ? undefined : nearest(Number(text))), print: String, clean: nearest };
}

/** What a run's random numbers begin with. @returns {Field} */
export const seed = () => integer(0, 1e9);

/** One of a few words. @param {string[]} words @returns {Field} */
export const choice = (words) => ({
  parse: (text) => (words.includes(text) ? text : undefined),
  print: String,
  clean: (value) => (words.includes(value) ? value : words[0]),
});

/** A point of the plane in a window [[x0, x1], [y0, y1]]. @returns {Field} */
export function point(window, digits = 3) {
  const axes = window.map(([low, high]) => number(low, high, digits));
  return {
    parse(text) {
      const parts = text.split(",").map((part, i) => axes[i]?.parse(part));
      return parts.length === 2 && !parts.includes(undefined) ? parts : undefined;
    },
    print: (value) => value.map((part, i) => axes[i].print(part)).join(","),
    clean: (value) => axes.map((axis, i) => axis.clean(value[i])),
  };
}

/** A percent-encoded text decoded, or as it stands where it is damaged. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The fragment as [anchor, Map from a widget's key to its text]. */
function readFragment() {
  const [first, ...rest] = location.hash.slice(1).split("&");
  const [anchor, entries] = first.includes("=") ? ["", [first, ...rest]] : [first, rest];
  const pairs = entries.map((entry) => entry.split("="));
  return [anchor, new Map(pairs.filter((pair) => pair.length === 2))];
}

/**
 * Make a widget's state.
 * @param {string} key the widget's name in the address bar, one a widget on a page
 * @param {Record<string, Field>} fields
 * @param {{get: Function, set: Function, on: Function, off: Function, save_changes: Function}} model
 *   the Python object's traits, of the same names as the fields; their values are the page's own state
 * @param {() => void} changed called after every change
 * @param {(state: Record<string, unknown>) => Record<string, unknown>} settle brings fields that
 *   depend on each other into their common range
 */
export function createState(key, fields, model, changed, settle = (state) => state) {
  const names = Object.keys(fields);
  const clean = (values) =>
    settle(Object.fromEntries(names.map((name) => [name, fields[name].clean(values[name])])));
  const own = clean(Object.fromEntries(names.map((name) => [name, model.get(name)])));
  let state = own;

  /** What the fragment says about this widget, or undefined. */
  function shared() {
    const text = readFragment()[1].get(key);
    if (text === undefined) return undefined;
    const found = { ...own };
    for (const part of text.split(";")) {
      const [name, value] = part.split(":");
      const parsed = Object.hasOwn(fields, name) ? fields[name].parse(value ?? "") : undefined;
      if (parsed !== undefined) found[name] = parsed;
    }
    return clean(found);
  }

  /** The address of this view. */
  function address() {
    const [anchor, entries] = readFragment();
    const parts = names
      .filter((name) => fields[name].print(state[name]) !== fields[name].print(own[name]))
      .map((name) => `${name}:${fields[name].print(state[name])}`);
    if (parts.length) entries.set(key, parts.join(";"));
    else entries.delete(key);
    const all = [...entries].map(([name, text]) => `${name}=${text}`);
    const fragment = (anchor ? [anchor, ...all] : all).join("&");
    return `${location.pathname}${location.search}${fragment ? `#${fragment}` : ""}`;
  }

  const record = afterPause(() => history.replaceState(history.state, "", address()), 250);
  let storing = false;
  const store = afterPause(() => {
    storing = true; // the model tells of each field while the next ones are still old
    for (const name of names) if (!close(model.get(name), state[name])) model.set(name, state[name]);
    storing = false;
    model.save_changes();
  }, 50);

  function take(patch) {
    const next = clean({ ...state, ...patch });
    if (close(next, state)) return false;
    state = next;
    changed();
    return true;
  }

  function followFragment() {
    const found = shared();
    if (found && take(found)) store();
  }
  const news = new Set();
  const followModel = Object.fromEntries(
    names.map((name) => [
      `change:${name}`,
      () => {
        if (storing) return;
        if (news.size === 0) queueMicrotask(takeNews); // fields that change together are taken together
        news.add(name);
      },
    ]),
  );
  function takeNews() {
    take(Object.fromEntries([...news].map((name) => [name, model.get(name)])));
    news.clear();
  }

  addEventListener("hashchange", followFragment);
  for (const [event, follow] of Object.entries(followModel)) model.on(event, follow);
  const start = shared();
  if (start) {
    state = start;
    store();
  }

  return {
    get: () => state,
    /** Is this view asked for by the address the reader came with? */
    isShared: start !== undefined,
    /** The id of the heading in that address, or "". */
    anchor: () => decoded(readFragment()[0]),
    /** Change some fields. @param {Record<string, unknown>} patch */
    set(patch) {
      if (!take(patch)) return;
      record();
      store();
    },
    /** Back to the page's own state. */
    reset() {
      this.set(own);
    },
    address: () => new URL(address(), location.href).href,
    destroy() {
      record.cancel();
      store.cancel();
      removeEventListener("hashchange", followFragment);
      for (const [event, follow] of Object.entries(followModel)) model.off(event, follow);
    },
  };
}
