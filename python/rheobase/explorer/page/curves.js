/* SPDX-License-Identifier: Apache-2.0
 * curves.js: a picture of functions, as SVG; jumps are gaps, as a jump has no slope. */
"use strict";

const FINE = 16; // parts of a step that may be a jump
const SVG = "http://www.w3.org/2000/svg";

function element(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Round numbers, about `count` of them, that divide [low, high]. */
function ticks(low, high, count) {
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((s) => s * power >= rough);
  const list = [];
  for (let i = Math.ceil(low / step); i * step <= high + 1e-9 * step; ++i) list.push(i * step);
  return list.map((value) => (Math.abs(value) < 1e-9 * step ? 0 : value));
}

/** Pieces [[x, y], ...] of a curve. Where almost all of a large step stays in one of its parts, it is a jump. */
function pieces(evaluate, low, high, count) {
  const x = Float64Array.from({ length: count + 1 }, (_, i) => low + ((high - low) * i) / count);
  const y = evaluate(x);
  const finite = y.filter(Number.isFinite);
  const height = Math.max(...finite) - Math.min(...finite);
  const found = [];
  let piece = [];
  const end = () => {
    if (piece.length > 1) found.push(piece);
    piece = [];
  };
  for (let i = 0; i <= count; ++i) {
    if (!Number.isFinite(y[i])) {
      end();
      continue;
    }
    const step = i > 0 ? Math.abs(y[i] - y[i - 1]) : 0;
    if (piece.length > 0 && step > 0.02 * height && jumps(evaluate, x[i - 1], x[i], step)) end();
    piece.push([x[i], y[i]]);
  }
  end();
  return found;
}

function jumps(evaluate, low, high, step) {
  const x = Float64Array.from({ length: FINE + 1 }, (_, i) => low + ((high - low) * i) / FINE);
  const y = evaluate(x);
  let largest = 0;
  for (let i = 1; i <= FINE; ++i) largest = Math.max(largest, Math.abs(y[i] - y[i - 1]));
  return largest > 0.8 * step;
}

/** Draws curves [{pieces, className, label}] into an svg element; returns the limits in use. */
function draw(svg, curves, low, high) {
  // In pixels of the page, so that text keeps its size on a telephone.
  const width = Math.max(300, svg.clientWidth || 720), height = Math.round(Math.max(220, 0.5 * width));
  const left = 52, right = 12, top = 12, bottom = 30;
  const points = curves.flatMap((curve) => curve.pieces.flat());
  const values = points.map((point) => point[1]);
  let least = Math.min(0, ...values), most = Math.max(0, ...values);
  if (!(most > least)) [least, most] = [least - 1, most + 1];
  const margin = 0.06 * (most - least);
  [least, most] = [least - margin, most + margin];
  const px = (x) => left + ((x - low) / (high - low)) * (width - left - right);
  const py = (y) => top + ((most - y) / (most - least)) * (height - top - bottom);
  const parts = [];
  const line = (x1, y1, x2, y2, className) => parts.push(element("line", { x1, y1, x2, y2, class: className }));
  for (const x of ticks(low, high, width / 90)) {
    line(px(x), top, px(x), height - bottom, x === 0 ? "axis" : "grid");
    parts.push(element("text", { x: px(x), y: height - 10, "text-anchor": "middle" }, short(x)));
  }
  for (const y of ticks(least, most, 6)) {
    line(left, py(y), width - right, py(y), y === 0 ? "axis" : "grid");
    parts.push(element("text", { x: left - 8, y: py(y) + 4, "text-anchor": "end" }, short(y)));
  }
  for (const curve of curves) {
    const path = curve.pieces
      .map((piece) => "M" + piece.map(([x, y]) => `${px(x).toFixed(2)},${py(y).toFixed(2)}`).join("L"))
      .join("");
    parts.push(element("path", { d: path, class: curve.className }));
  }
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("aria-label", curves.map((curve) => curve.label).join(", "));
  svg.replaceChildren(...parts);
}

/** A number in at most six digits. */
function short(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  return String(Number(value.toPrecision(6))).replace("-", "−");
}
