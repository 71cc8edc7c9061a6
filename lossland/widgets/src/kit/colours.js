/**
 * One colour a method through the whole book, and one a part of an error: lossland.plots.COLOURS, and
 * their dark-theme shades.
 */

import { METHODS } from "./methods.js";

export const COLOURS = {
  ...Object.fromEntries(Object.entries(METHODS).map(([name, { colour }]) => [name, colour])),
  "random search": "#5c6367",
  "local search": "#373632",
  theory: "#0d0d0d",
  yours: "#8c19ff",
  bias: "#0072b2",
  variance: "#d55e00",
  noise: "#5c6367",
  total: "#6c246d",
  training: "#009e73",
};

/** What lies under the lines: the papers of kit.css. */
export const PAPER = { light: "#fdfcf9", dark: "#15191c" };

const channels = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
const toHex = (rgb) => `#${rgb.map((c) => Math.round(c).toString(16).padStart(2, "0")).join("")}`;

/** Relative luminance, 0 to 1 (WCAG 2.2). */
function luminance(hex) {
  const [r, g, b] = channels(hex).map((c) =>
    c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2.2's contrast ratio of two colours, 1 to 21. */
function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/**
 * A colour of the book on a theme's paper: moved towards the ink until it has the asked contrast.
 * @param {string} method a key of COLOURS
 * @param {"light" | "dark"} theme
 * @param {number} least 3 for lines (WCAG 1.4.11), 4.5 for small text (WCAG 1.4.3)
 */
export function colourOf(method, theme, least = 3) {
  const target = theme === "dark" ? 255 : 0;
  let shade = COLOURS[method];
  while (contrast(shade, PAPER[theme]) < least) {
    shade = toHex(channels(shade).map((c) => c + 0.06 * (target - c)));
  }
  return shade;
}

/** The parts of an error, which share no picture with the methods. */
export const PARTS = ["bias", "variance", "noise", "total", "training"];

/** All their colours on a theme's paper. @returns {Record<string, string>} */
export const partColours = (theme) =>
  Object.fromEntries(PARTS.map((part) => [part, colourOf(part, theme)]));
