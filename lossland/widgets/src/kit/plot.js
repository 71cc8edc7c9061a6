/**
 * One panel: a caption, axes and named layers in data units, over an optional canvas.
 *
 * Layers are kept: calling `line("path", …)` again moves the line that is there. The panel's size
 * comes from the style sheet, so that nothing moves when the drawing arrives.
 *
 * @typedef {[number, number]} XY
 */

import { scaleLinear } from "d3-scale";

import { drawTicks, evenly } from "./axis.js";
import { html, put, svg, write } from "./dom.js";

const FAR = 1e4; // pixels: beyond this, browsers draw long lines wrongly

/** The path "M…L…" through pixels. @param {XY[]} pixels */
const polyline = (pixels) =>
  pixels.length ? `M${pixels.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L")}` : "";

export class Plot {
  /**
   * @param {HTMLElement} parent
   * @param {object} options
   * @param {string} options.name a word for the style sheet: the panel's class is ll-panel-NAME
   * @param {string} options.title the caption
   * @param {string} options.xLabel name and unit under the axis
   * @param {string} options.yLabel name and unit above the axis
   * @param {boolean} [options.canvas] a canvas under the lines
   * @param {(scale: import("./axis.js").Scale) => import("./axis.js").Ticks} [options.xTicks]
   * @param {(scale: import("./axis.js").Scale) => import("./axis.js").Ticks} [options.yTicks]
   * @param {number} [options.left] pixels for the labels of the y axis
   * @param {number} [options.span] of the layout's 20 columns; all of them on a phone
   * @param {number} [options.height] pixels
   */
  constructor(parent, { name, title, xLabel, yLabel, canvas, xTicks, yTicks, left = 40, span, height }) {
    this.margin = { top: 22, right: 10, bottom: 38, left };
    this.ticks = { x: xTicks ?? evenly(60), y: yTicks ?? evenly(36) };
    this.x = scaleLinear();
    this.y = scaleLinear();
    this.layers = new Map();
    this.caption = html("figcaption", { class: "ll-caption" }, title);
    this.canvas = canvas ? html("canvas", { class: "ll-canvas", "aria-hidden": "true" }) : null;
    this.axes = { x: svg("g", { class: "ll-axis" }), y: svg("g", { class: "ll-axis" }) };
    this.names = {
      x: svg("text", { class: "ll-axis-name", "text-anchor": "end" }, xLabel),
      y: svg("text", { class: "ll-axis-name", x: 2, y: 12 }, yLabel),
    };
    this.inner = svg("svg", { class: "ll-inner" }); // a nested svg clips without ids
    this.frame = svg("rect", { class: "ll-frame" });
    this.over = svg("g");
    this.picture = svg(
      "svg",
      { class: "ll-picture", role: "img", "aria-label": title },
      ...[this.axes.x, this.axes.y, this.inner, this.frame, this.over, this.names.x, this.names.y],
    );
    this.box = html("div", { class: "ll-box" }, ...(this.canvas ? [this.canvas] : []), this.picture);
    this.element = html("figure", { class: `ll-panel ll-panel-${name}` }, this.caption, this.box);
    if (span) this.element.style.setProperty("--ll-span", span);
    if (height) this.element.style.setProperty("--ll-height", `${height}px`);
    parent.append(this.element);
  }

  /** Read the size that the style sheet gives; call before drawing in a new layout. */
  resize() {
    const { clientWidth, clientHeight } = this.box;
    const { top, right, bottom, left } = this.margin;
    this.width = Math.max(20, clientWidth - left - right);
    this.height = Math.max(20, clientHeight - top - bottom);
    for (const node of [this.inner, this.frame]) {
      for (const [key, value] of [["x", left], ["y", top]]) put(node, key, value);
      for (const key of ["width", "height"]) put(node, key, this[key]);
    }
    put(this.over, "transform", `translate(${left},${top})`);
    put(this.axes.x, "transform", `translate(${left},${top + this.height})`);
    put(this.axes.y, "transform", `translate(${left},${top})`);
    put(this.names.x, "x", left + this.width);
    put(this.names.x, "y", top + this.height + 33);
    this.x.range([0, this.width]);
    this.y.range([this.height, 0]);
    if (this.canvas) {
      const place = { left, top, width: this.width, height: this.height };
      for (const [key, value] of Object.entries(place)) this.canvas.style[key] = `${value}px`;
    }
  }

  /**
   * Set the window in data units and draw the axes.
   * @param {XY} x
   * @param {XY} y
   * @param {boolean} equal widen one of them so that a unit is as long across as up
   */
  window(x, y, equal = false) {
    if (equal) {
      const unit = Math.max((x[1] - x[0]) / this.width, (y[1] - y[0]) / this.height);
      const around = ([low, high], pixels) => {
        const middle = (low + high) / 2;
        return [middle - (unit * pixels) / 2, middle + (unit * pixels) / 2];
      };
      [x, y] = [around(x, this.width), around(y, this.height)];
    }
    this.x.domain(x);
    this.y.domain(y);
    drawTicks(this.axes.x, "bottom", this.x, this.ticks.x(this.x));
    drawTicks(this.axes.y, "left", this.y, this.ticks.y(this.y));
  }

  /** The layer's element, made at first use. Layers lie in the order of their first use. */
  layer(name, tag, parent = this.inner) {
    if (!this.layers.has(name)) this.layers.set(name, parent.appendChild(svg(tag)));
    return this.layers.get(name);
  }

  /** Pixels [across, down] of a point, kept in the range that browsers draw well. */
  pixel([x, y]) {
    const bound = (value) => Math.min(FAR, Math.max(-FAR, value));
    return [bound(this.x(x)), bound(this.y(y))];
  }

  /**
   * A line through points; it ends before the first one that is no number.
   * @param {string} name
   * @param {XY[]} points
   * @param {{kind: string, colour?: string}} style kind: a class of the style sheet
   */
  line(name, points, { kind, colour }) {
    const end = points.findIndex((p) => !Number.isFinite(p[0]) || !Number.isFinite(p[1]));
    const known = end < 0 ? points : points.slice(0, end);
    this.path(name, polyline(known.map((p) => this.pixel(p))), { kind, colour });
  }

  /** Several lines as one layer. @param {XY[][]} lines */
  lines(name, lines, style) {
    const paths = lines.map((points) => polyline(points.map((p) => this.pixel(p))));
    this.path(name, paths.join(""), style);
  }

  /** Round dots of the stroke's width, as one layer. @param {XY[]} points */
  dots(name, points, style) {
    const known = points.filter((p) => Number.isFinite(p[0]) && Number.isFinite(p[1]));
    this.path(name, known.map((p) => `${polyline([this.pixel(p)])}h0`).join(""), style);
  }

  /** A layer from a path in pixels. */
  path(name, d, { kind, colour }) {
    const node = this.layer(name, "path");
    put(node, "class", `ll-line ll-${kind}`);
    put(node, "d", d);
    if (colour) node.style.setProperty("--ll-colour", colour);
  }

  /** A disc at a point; null hides it. @param {XY | null} point */
  disc(name, point, { kind, colour, radius = 5 }) {
    const node = this.layer(name, "circle");
    const shown = point !== null && point.every(Number.isFinite);
    node.style.display = shown ? "" : "none";
    if (!shown) return;
    const [cx, cy] = this.pixel(point);
    put(node, "class", `ll-disc ll-${kind}`);
    put(node, "cx", cx);
    put(node, "cy", cy);
    put(node, "r", radius);
    if (colour) node.style.setProperty("--ll-colour", colour);
  }

  /**
   * Text at a point, with a halo of paper; null hides it. It may reach over the frame.
   * @param {XY | null} point
   * @param {string} text
   * @param {object} [style] dx, dy: pixels, along and across the
   *   text; anchor: start, middle or end; angle: degrees clockwise
   */
  label(name, point, text, { kind = "note", dx = 0, dy = 0, anchor = "start", angle = 0, colour } = {}) {
    const place = this.layer(name, "g", this.over); // moved in the text's stead, which would be laid out anew
    place.style.display = point ? "" : "none";
    if (!point) return;
    const [x, y] = this.pixel(point);
    put(place, "transform", `translate(${x},${y}) rotate(${angle}) translate(${dx},${dy})`);
    const node = place.firstChild ?? place.appendChild(svg("text"));
    put(node, "class", `ll-label ll-${kind}`);
    put(node, "text-anchor", anchor);
    if (colour) node.style.setProperty("--ll-colour", colour);
    write(node, text);
  }

  /**
   * Text along a line of points, at a part of its way.
   * @param {XY[]} points at least two
   * @param {number} part 0 to 1
   */
  labelAlong(name, points, part, text, style = {}) {
    const k = Math.min(points.length - 2, Math.floor(part * (points.length - 1)));
    const [[x0, y0], [x1, y1]] = [this.pixel(points[k]), this.pixel(points[k + 1])];
    let angle = (Math.atan2(y1 - y0, x1 - x0) * 180) / Math.PI;
    if (Math.abs(angle) > 90) angle += 180;
    this.label(name, points[k], text, { anchor: "middle", dy: -5, ...style, angle });
  }

  /** What a screen reader says instead of the picture. */
  describe(text) {
    put(this.picture, "aria-label", text);
  }

  /** The data point under a pointer event, or null outside the frame. @param {PointerEvent} event */
  at(event) {
    const { left, top } = this.box.getBoundingClientRect();
    const across = event.clientX - left - this.margin.left;
    const down = event.clientY - top - this.margin.top;
    const inside = across >= 0 && across <= this.width && down >= 0 && down <= this.height;
    return { point: [this.x.invert(across), this.y.invert(down)], inside };
  }
}
