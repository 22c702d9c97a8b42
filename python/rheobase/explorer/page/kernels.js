/* SPDX-License-Identifier: Apache-2.0
 * kernels.js: the WebAssembly module as objects: names, descriptions, numbers of every format. */
"use strict";

const ROLES = { value: 1, derivative: 2, second: 5 };
const FORMATS = {
  float64: { code: 2, bytes: 8, exponent: 11, fraction: 52 },
  float32: { code: 1, bytes: 4, exponent: 8, fraction: 23 },
  bfloat16: { code: 3, bytes: 2, exponent: 8, fraction: 7 },
  float16: { code: 4, bytes: 2, exponent: 5, fraction: 10 },
};

class Kernels {
  constructor(module) {
    this.module = module;
    this.memory = [];
  }

  /** Calls f with a function that allocates; all of it is freed afterwards. */
  borrowing(f) {
    const taken = [];
    try {
      return f((bytes) => {
        const at = this.module._malloc(Math.max(bytes, 8));
        taken.push(at);
        return at;
      });
    } finally {
      taken.forEach((at) => this.module._free(at));
    }
  }

  text(allocate, string) {
    const size = this.module.lengthBytesUTF8(string) + 1;
    const at = allocate(size);
    this.module.stringToUTF8(string, at, size);
    return at;
  }

  view() {
    // Memory that grows gets another buffer.
    return new DataView(this.module.HEAPU8.buffer);
  }

  names() {
    return this.module.UTF8ToString(this.module._explorer_names()).trim().split("\n");
  }

  describe(name) {
    return this.borrowing((allocate) => {
      const text = this.module._explorer_describe(this.text(allocate, name));
      if (!text) throw new Error(this.error());
      return JSON.parse(this.module.UTF8ToString(text));
    });
  }

  error() {
    return this.module.UTF8ToString(this.module._explorer_error());
  }

  /** Results as bytes, from inputs as bytes; `parameters` maps names to numbers. Throws the library's message. */
  bytes(name, role, format, parameters, input) {
    const { code, bytes } = FORMATS[format];
    const entries = Object.entries(parameters);
    return this.borrowing((allocate) => {
      const callee = this.text(allocate, name);
      const keys = entries.map(([key]) => this.text(allocate, key));
      const list = allocate(4 * keys.length), values = allocate(8 * keys.length);
      const x = allocate(input.length), y = allocate(input.length);
      const view = this.view();
      keys.forEach((key, i) => view.setUint32(list + 4 * i, key, true));
      entries.forEach(([, value], i) => view.setFloat64(values + 8 * i, value, true));
      this.module.HEAPU8.set(input, x);
      const status = this.module._explorer_run(
        callee, ROLES[role], code, list, values, keys.length, x, y, input.length / bytes);
      if (status !== 0) throw new Error(this.error());
      return this.module.HEAPU8.slice(y, y + input.length);
    });
  }

  /** f, f' or f'' of float64 numbers. */
  curve(name, role, parameters, x) {
    const input = new Float64Array(x);
    const output = this.bytes(name, role, "float64", parameters, new Uint8Array(input.buffer));
    return new Float64Array(output.buffer);
  }

  /** A number's bits in a format, as a BigInt; rounded once. */
  encode(format, value) {
    const view = new DataView(new ArrayBuffer(8));
    if (format === "float64") {
      view.setFloat64(0, value);
      return view.getBigUint64(0);
    }
    if (format === "float32") {
      view.setFloat32(0, value);
      return BigInt(view.getUint32(0));
    }
    return BigInt(this.module._explorer_narrowed(FORMATS[format].code, value));
  }

  decode(format, bits) {
    const view = new DataView(new ArrayBuffer(8));
    if (format === "float64") {
      view.setBigUint64(0, bits);
      return view.getFloat64(0);
    }
    if (format === "float32") {
      view.setUint32(0, Number(bits));
      return view.getFloat32(0);
    }
    return this.module._explorer_widened(FORMATS[format].code, Number(bits));
  }

  /** The result's bits for an input's bits. */
  of(name, role, format, parameters, bits) {
    const { bytes } = FORMATS[format];
    const input = Uint8Array.from({ length: bytes }, (_, i) => Number((bits >> BigInt(8 * i)) & 255n));
    const output = this.bytes(name, role, format, parameters, input);
    return output.reduceRight((all, byte) => (all << 8n) | BigInt(byte), 0n);
  }
}
