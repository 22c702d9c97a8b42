/* SPDX-License-Identifier: Apache-2.0
 * bits.js: numbers as people type them, and as the bits of a format. */
"use strict";

/** The number that a text means: decimal, inf, nan; or null. */
function typed(text) {
  const trimmed = text.trim().replace("−", "-").toLowerCase();
  if (/^[+-]?(inf|infinity|∞)$/.test(trimmed)) return trimmed.startsWith("-") ? -Infinity : Infinity;
  if (trimmed === "nan") return NaN;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(trimmed)) return null;
  return Number(trimmed);
}

/** The bits that a text like 0x3f800000 means in a format, or null. */
function typedBits(text, format) {
  const digits = FORMATS[format].bytes * 2;
  const match = new RegExp(`^0x([0-9a-f]{1,${digits}})$`).exec(text.trim().toLowerCase());
  return match ? BigInt("0x" + match[1]) : null;
}

/** The shortest decimal text that reads back as the same number of the format. */
function shortest(kernels, format, bits) {
  const value = kernels.decode(format, bits);
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0";
  for (let digits = 1; digits <= 17; ++digits) {
    const text = value.toPrecision(digits);
    if (kernels.encode(format, Number(text)) === bits) return String(Number(text));
  }
  return String(value);
}

/** Sign, exponent and fraction as spans; hexadecimal beside them. */
function bitSpans(format, bits) {
  const { bytes, exponent, fraction } = FORMATS[format];
  const binary = bits.toString(2).padStart(8 * bytes, "0");
  const cell = document.createElement("span");
  cell.className = "bits";
  const parts = [
    ["sign", binary.slice(0, 1)],
    ["exponent", binary.slice(1, 1 + exponent)],
    ["fraction", binary.slice(1 + exponent, 1 + exponent + fraction)],
  ];
  for (const [className, text] of parts) {
    const span = document.createElement("span");
    span.className = className;
    span.title = className;
    span.textContent = text;
    cell.append(span);
  }
  return cell;
}

function hexadecimal(format, bits) {
  return "0x" + bits.toString(16).padStart(2 * FORMATS[format].bytes, "0");
}
