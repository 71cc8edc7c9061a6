/** What every widget has around its plots: heading, controls, words, table, link, theme, sizes. */

import "./kit.css";
import "./hold.css";
import { html, write } from "./dom.js";
import { afterPause, oncePerFrame } from "./frame.js";
import { followTheme } from "./theme.js";

/** Names in use on the page; kept on the window because a page may load this module twice. */
const taken = () => (window[Symbol.for("lossland.widgets")] ??= new Set());

/**
 * A name for the address bar that no other widget of the page has: key, key-2, key-3, …
 * @param {string} key
 */
function claim(key) {
  let name = key;
  for (let k = 2; taken().has(name); k += 1) name = `${key}-${k}`;
  taken().add(name);
  return name;
}

/**
 * Put the picture and what moves it into one box. On a phone the picture comes first and stays in sight
 * while the box is scrolled through; on a desk the box is none, and all lie in the order in which the
 * widget made them.
 * @param {HTMLElement} controls
 * @param {HTMLElement} plots holds the panels; the picture is the first, or the one marked ll-kept
 */
function hold(controls, plots) {
  const picture = plots.querySelector(":scope > .ll-kept") ?? plots.querySelector(":scope > .ll-panel");
  const parts = [controls, ...plots.children];
  parts.forEach((part, k) => part.style.setProperty("--ll-order", k));
  const held = parts.filter(
    (part) => part === picture || part.matches(".ll-controls, .ll-player, .ll-say"),
  );
  picture?.classList.add("ll-sight");
  plots.prepend(html("div", { class: "ll-hold" }, ...held));
}

/**
 * Lay a widget out and call `draw` whenever its picture must be made again.
 * @param {HTMLElement} el where the page wants the widget
 * @param {object} options
 * @param {string} options.key the widget's own name in the address bar
 * @param {string} options.title
 * @param {string} options.hint one sentence on what to do
 * @param {[number, number]} [options.lines] lines of its longest words, on a desk and on a phone
 * @param {() => void} options.draw draw everything; called once a frame at most, once there is a size
 * @param {() => {plot: import("./plot.js").Plot}[]} options.views what is resized before draw
 */
export function shell(el, { key, title, hint, lines = [3, 5], draw, views }) {
  const name = claim(key);
  const controls = html("div", { class: "ll-controls" });
  const plots = html("div", { class: "ll-plots" });
  const text = html("p", { class: "ll-words" });
  // The place is as high as the longest words, so that nothing moves; their box is as high as they are.
  const words = html("div", { class: "ll-say" }, text);
  words.style.setProperty("--ll-lines", lines[0]);
  words.style.setProperty("--ll-lines-phone", lines[1]);
  const live = html("p", { class: "ll-unseen", role: "status", "aria-live": "polite" });
  const foot = html("div", { class: "ll-foot" });
  const root = html(
    "section",
    { class: "lossland", "aria-label": title },
    html("p", { class: "ll-title" }, html("strong", {}, title), " ", html("span", {}, hint)),
    ...[controls, plots, words, foot, live],
  );
  el.append(root);

  let layout = 0;
  const frame = oncePerFrame(() => {
    if (layout > 0) draw();
  });
  const unfollow = followTheme(root, frame.now);
  let width = 0;
  const sizes = new ResizeObserver(() => {
    if (plots.clientWidth === width || plots.clientWidth === 0) return;
    width = plots.clientWidth;
    for (const { plot } of views()) plot.resize();
    layout += 1;
    frame.now();
  });
  sizes.observe(plots);

  const announce = afterPause((text) => write(live, text), 700);
  let spoken = false;
  return {
    ...{ root, name, controls, plots, words, foot },
    request: frame.request,
    theme: () => root.dataset.theme,
    /** A number that is another one after every change of the sizes. */
    get layout() {
      return layout;
    },
    /**
     * Say in words what the picture shows; screen readers hear it when the reader pauses, and not
     * at the start.
     * @param {string} lead printed in bold
     * @param {string} rest
     */
    say(lead, rest) {
      const said = `${lead} ${rest}`;
      if (text.textContent === said) return;
      text.replaceChildren(html("strong", {}, lead), ` ${rest}`);
      if (spoken) announce(said);
      spoken = true;
    },
    /**
     * Bring a shared view before the reader's eyes, unless the page has been scrolled already.
     * @param {ReturnType<typeof import("./state.js").createState>} state
     * @param {...(() => void)} ends what the widget itself has to end
     * @returns {() => void} ends the widget
     */
    live(state, ...ends) {
      hold(controls, plots);
      if (state.isShared && window.scrollY === 0) {
        const target = document.getElementById(state.anchor()) ?? root;
        target.scrollIntoView({ behavior: "instant" });
      }
      return () => {
        for (const end of ends) end();
        state.destroy();
        taken().delete(name);
        frame.cancel();
        announce.cancel();
        sizes.disconnect();
        unfollow();
        root.remove();
      };
    },
  };
}

/**
 * Buttons to start again and to copy the address of this view.
 * @param {{reset: () => void, address: () => string}} state
 * @returns {HTMLElement}
 */
export function shareButtons(state) {
  const said = html("span", { class: "ll-said", role: "status" });
  async function copy() {
    try {
      await navigator.clipboard.writeText(state.address());
      write(said, "Copied.");
    } catch {
      write(said, "The address bar holds the link.");
    }
    setTimeout(() => write(said, ""), 4000);
  }
  const button = (text, onclick) =>
    html("button", { type: "button", class: "ll-button", onclick }, text);
  return html(
    "div",
    { class: "ll-share" },
    button("Start again", () => state.reset()),
    button("Copy a link to this view", copy),
    said,
  );
}
