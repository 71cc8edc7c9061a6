/** Light or dark, as the page says, and as it changes its mind. */

/** The page's theme: the book's data-theme, else JupyterLab's, else VS Code's, else light. */
function pageTheme() {
  const book = document.documentElement.dataset.theme;
  if (book === "dark" || book === "light") return book;
  const { jpThemeLight, vscodeThemeKind } = document.body.dataset;
  return jpThemeLight === "false" || vscodeThemeKind?.includes("dark") ? "dark" : "light";
}

/**
 * Keep `root.dataset.theme` equal to the page's theme; the style sheet hangs its colours on it. Paper is
 * light.
 * @param {HTMLElement} root
 * @param {() => void} draw draws in the new theme, at once
 * @returns {() => void} stop watching
 */
export function followTheme(root, draw) {
  root.dataset.theme = pageTheme();
  const show = (theme) => {
    if (root.dataset.theme === theme) return;
    root.dataset.theme = theme;
    draw();
  };
  const follow = () => show(pageTheme());
  const print = () => show("light");
  const observer = new MutationObserver(follow);
  const attributeFilter = ["data-theme", "data-jp-theme-light", "data-vscode-theme-kind"];
  observer.observe(document.documentElement, { attributeFilter });
  observer.observe(document.body, { attributeFilter });
  addEventListener("beforeprint", print);
  addEventListener("afterprint", follow);
  return () => {
    observer.disconnect();
    removeEventListener("beforeprint", print);
    removeEventListener("afterprint", follow);
  };
}

/** A colour of the style sheet, for what is drawn on a canvas. @param {string} name "--ll-…" */
export const token = (root, name) => getComputedStyle(root).getPropertyValue(name).trim();

/** Does the reader ask for less motion? */
export const stillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
