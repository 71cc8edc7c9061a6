/* Makes the page's anywidgets live without a server: reads the state that Jupyter embedded, takes each widget's
   module from window.losslandModules and calls it as anywidget does (initialize once a model, render once a place).
   The build (lossland_book/widget_state.py) writes modules as scripts, because a browser imports none from a disk. */
(() => {
const STATE = 'script[type="application/vnd.jupyter.widget-state+json"]';
const PLACES = ".widget-place[data-model]";

/** A model without a kernel: what views share. `send` has nobody to send to. */
function makeModel({ state, buffers = [] }) {
  for (const { path, data } of buffers) {
    const parent = path.slice(0, -1).reduce((value, key) => value[key], state);
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    parent[path.at(-1)] = new DataView(bytes.buffer);
  }
  const listeners = new Map();
  const of = (event) => listeners.get(event) ?? listeners.set(event, new Set()).get(event);
  const tell = (event, ...details) => [...of(event)].forEach((listener) => listener(...details));
  const changed = (name, value) =>
    typeof value === "object" ? JSON.stringify(state[name]) !== JSON.stringify(value) : state[name] !== value;
  const model = {
    get: (name) => state[name],
    set(names, value) {
      const patch = typeof names === "object" ? names : { [names]: value };
      const news = Object.keys(patch).filter((name) => changed(name, patch[name]));
      Object.assign(state, patch);
      for (const name of news) tell(`change:${name}`, model, patch[name]);
      if (news.length) tell("change", model);
    },
    save_changes() {},
    send() {},
    on: (events, listener) => events.split(" ").forEach((event) => of(event).add(listener)),
    off(events, listener) {
      for (const event of events?.split(" ") ?? listeners.keys()) {
        if (listener) of(event).delete(listener);
        else of(event).clear();
      }
    },
  };
  return model;
}

/** The module's widget, and its model after `initialize`. */
async function load(entry) {
  const module = window.losslandModules?.[entry.state._esm];
  if (!module) throw new Error(`The script of ${entry.state._esm} did not load.`);
  const definition = module.default ?? module;
  const widget = typeof definition === "function" ? await definition() : definition;
  const model = makeModel(entry);
  return { widget, model, cleanup: await widget.initialize?.({ model }) };
}

/** In place of a widget that did not start: a copy of the picture for readers without scripts, and why it is there. */
function standIn(place, error) {
  console.error(error);
  const words = document.createElement("p");
  words.className = "widget-trouble";
  const pictures = [];
  let sibling = place.closest(".cell")?.previousElementSibling;
  for (; sibling?.matches(".instead"); sibling = sibling.previousElementSibling) {
    pictures.unshift(...[...sibling.querySelectorAll("img")].map((img) => img.cloneNode()));
  }
  words.textContent = pictures.length
    ? "This figure could not start; the picture shows one of its settings. Reload the page to try again."
    : "This figure could not start. Reload the page to try again.";
  place.replaceChildren(words, ...pictures);
}

/** Start every widget of the page, each on its own: one in trouble stops no other. */
async function start() {
  const { state: entries } = JSON.parse(document.querySelector(STATE).textContent);
  const loaded = new Map();
  const cleanups = new Set();
  const once = (id) => loaded.get(id) ?? loaded.set(id, load(entries[id])).get(id);

  async function mount(place) {
    try {
      const { widget, model, cleanup } = await once(place.dataset.model);
      const el = document.createElement("div");
      place.append(el);
      cleanups.add(await widget.render?.({ model, el })).add(cleanup);
    } catch (error) {
      standIn(place, error);
    }
    place.classList.add("widget-started");
  }

  addEventListener("pagehide", ({ persisted }) => {
    if (!persisted) for (const cleanup of cleanups) cleanup?.();
  });
  await Promise.all([...document.querySelectorAll(PLACES)].map(mount));
  for (let frames = 0; frames < 2; frames += 1) await new Promise(requestAnimationFrame);
}

// Scripts run: what stands in for them goes (theme.js said so already, if it came).
document.documentElement.classList.add("js");
window.losslandWidgets = start();
})();
