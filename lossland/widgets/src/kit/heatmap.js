/** A field of values as colours on a plot's canvas, with hatching where there is no value. */

import { rgb } from "d3-color";
import { interpolateLab, piecewise } from "d3-interpolate";

/**
 * 256 colours through the given ones, evenly spaced for the eye (CIELAB).
 * @param {string[]} colours any CSS colours, first for 0, last for 1
 * @returns {Uint8ClampedArray} (256·4,) red, green, blue, alpha
 */
export function ramp(colours) {
  const at = piecewise(interpolateLab, colours);
  const table = new Uint8ClampedArray(256 * 4);
  for (let k = 0; k < 256; k += 1) {
    const { r, g, b } = rgb(at(k / 255));
    table.set([r, g, b, 255], 4 * k);
  }
  return table;
}

export class HeatMap {
  /** @param {import("./plot.js").Plot} plot one made with a canvas */
  constructor(plot) {
    this.plot = plot;
    this.context = plot.canvas.getContext("2d");
    this.small = new OffscreenCanvas(1, 1); // one pixel a value; made once, as contexts are dear
    this.smallContext = this.small.getContext("2d");
  }

  /** Give the canvas the plot's size. @returns {[number, number]} in the screen's pixels */
  fit() {
    const { canvas, width, height } = this.plot;
    this.ratio = Math.min(2, window.devicePixelRatio);
    const size = [width, height].map((length) => Math.round(length * this.ratio));
    if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
    return size;
  }

  /**
   * Paint a field over the whole canvas.
   * @param {Float64Array} shades (rows·columns,) from 0 to 1, from `sample`
   * @param {number} columns
   * @param {number} rows
   * @param {Uint8ClampedArray} table from `ramp`
   */
  paint(shades, columns, rows, table) {
    if (this.small.width !== columns || this.small.height !== rows) {
      this.small.width = columns;
      this.small.height = rows;
      this.image = new ImageData(columns, rows);
    }
    const pixels = new Uint32Array(this.image.data.buffer);
    const colours = new Uint32Array(table.buffer);
    for (let k = 0; k < shades.length; k += 1) {
      pixels[k] = colours[Math.max(0, Math.min(255, Math.round(255 * shades[k])))];
    }
    this.smallContext.putImageData(this.image, 0, 0);

    const size = this.fit();
    this.context.clearRect(0, 0, ...size);
    this.context.imageSmoothingQuality = "high";
    this.context.drawImage(this.small, 0, 0, ...size);
  }

  /**
   * A hatched region, where the field has no value: a picture to be laid over many fields.
   * @param {[number, number][]} corners of the region, in CSS pixels
   * @param {{ground: string, stroke: string}} colours
   * @returns {ImageBitmap}
   */
  hatching(corners, { ground, stroke }) {
    const { width, height } = this.plot;
    const picture = new OffscreenCanvas(...this.fit());
    const context = picture.getContext("2d");
    context.scale(this.ratio, this.ratio);
    context.beginPath();
    for (const corner of corners) context.lineTo(...corner);
    context.closePath();
    context.clip();
    context.fillStyle = ground;
    context.fillRect(0, 0, width, height);
    context.strokeStyle = stroke;
    context.lineWidth = 1;
    context.beginPath();
    for (let x = -height; x < width; x += 8) {
      context.moveTo(x, height);
      context.lineTo(x + height, 0);
    }
    context.stroke();
    return picture.transferToImageBitmap();
  }

  /** Lay a picture of the canvas' size over the field. @param {ImageBitmap} picture */
  lay(picture) {
    this.context.drawImage(picture, 0, 0);
  }
}
