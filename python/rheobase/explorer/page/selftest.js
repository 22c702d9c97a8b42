/* SPDX-License-Identifier: Apache-2.0
 * selftest.js: digests of results, which tests compare with the native library's (python/rheobase/explorer/digest.py). */
"use strict";

const POINTS = 2048;

/** Inputs of all sizes and signs, NaN and infinities among them: spread bit patterns of the format. */
function patterns(format) {
  const { bytes } = FORMATS[format];
  const view = new DataView(new ArrayBuffer(POINTS * bytes));
  for (let i = 0; i < POINTS; ++i) {
    const spread = Math.imul(i, 2654435761) >>> 0;
    if (bytes === 2) view.setUint16(2 * i, spread >>> 16, true);
    else if (bytes === 4) view.setUint32(4 * i, spread, true);
    else {
      view.setUint32(8 * i, Math.imul(i, 40503) >>> 0, true);
      view.setUint32(8 * i + 4, spread, true);
    }
  }
  return new Uint8Array(view.buffer);
}

/** FNV-1a of 64 bits over the results; every NaN counts as the same one. */
function digest(format, bytes) {
  const size = FORMATS[format].bytes, { exponent, fraction } = FORMATS[format];
  const infinity = ((1n << BigInt(exponent)) - 1n) << BigInt(fraction);
  const sign = 1n << BigInt(exponent + fraction);
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < bytes.length; i += size) {
    let bits = 0n;
    for (let b = size - 1; b >= 0; --b) bits = (bits << 8n) | BigInt(bytes[i + b]);
    if ((bits & ~sign) > infinity) bits = infinity + 1n;
    hash = ((hash ^ bits) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash.toString(16).padStart(16, "0");
}

/** A line for each name, format and role. */
function selfTest(kernels) {
  const lines = [];
  for (const name of kernels.names())
    for (const format of Object.keys(FORMATS))
      for (const role of ["value", "derivative"])
        lines.push(`${name} ${format} ${role} ${digest(format, kernels.bytes(name, role, format, {}, patterns(format)))}`);
  return lines.join("\n");
}
