/* SPDX-License-Identifier: Apache-2.0
 * explorer.js: the page: a function is chosen, sliders change its parameters, everything else follows. */
"use strict";

const byId = (id) => document.getElementById(id);

/** The values that a slider may take: around the default, inside the parameter's domain. */
function sliderRange(parameter) {
  const centre = Number(parameter.default);
  const reach = Math.max(3, 2 * Math.abs(centre));
  const floor = { positive: 0.05, nonnegative: 0 }[parameter.domain] ?? centre - reach;
  return [floor, centre + reach];
}

class Explorer {
  constructor(kernels) {
    this.kernels = kernels;
    this.values = {};
    this.fillNames();
    for (const id of ["low", "high", "value", "derivative", "second"])
      byId(id).addEventListener("input", () => this.update());
    byId("number").addEventListener("input", () => this.updateBits());
    window.addEventListener("resize", () => this.update());
    byId("reset").addEventListener("click", () => this.choose(byId("name").value));
    byId("name").addEventListener("change", () => this.choose(byId("name").value));
    const wanted = new URLSearchParams(location.hash.slice(1)).get("name");
    const names = this.kernels.names();
    this.choose(names.includes(wanted) ? wanted : names[0]);
  }

  fillNames() {
    byId("name").replaceChildren(...this.kernels.names().map((name) => new Option(name, name)));
  }

  choose(name) {
    if (!this.kernels.names().includes(name)) {
      byId("message").textContent = `this build of the explorer has no ${name}`;
      return;
    }
    byId("name").value = name;
    this.info = this.kernels.describe(name);
    this.values = Object.fromEntries(this.info.parameters.map((p) => [p.name, Number(p.default)]));
    byId("title").textContent = this.info.title;
    byId("summary").textContent = this.info.summary;
    byId("formula").textContent = this.info.formula;
    byId("parameters").replaceChildren(...this.info.parameters.flatMap((p) => this.control(p)));
    byId("reset").hidden = this.info.parameters.length === 0;
    byId("references").replaceChildren(...this.info.references.map(referenceItem));
    this.update();
  }

  control(parameter) {
    const [low, high] = sliderRange(parameter);
    const label = document.createElement("label"), name = document.createElement("span");
    name.textContent = parameter.name;
    label.title = parameter.meaning;
    const slider = Object.assign(document.createElement("input"), {
      type: "range", min: low, max: high, step: "any", value: this.values[parameter.name],
    });
    const box = Object.assign(document.createElement("input"), {
      type: "number", step: "any", value: this.values[parameter.name],
    });
    slider.setAttribute("aria-label", `${parameter.name}, slider`);
    box.setAttribute("aria-label", parameter.name);
    const set = (source, other) => () => {
      const number = Number(source === slider ? Number(source.value).toPrecision(4) : source.value);
      if (source.value === "") return;
      other.value = number;
      this.values[parameter.name] = number;
      this.update();
    };
    slider.addEventListener("input", set(slider, box));
    box.addEventListener("input", set(box, slider));
    label.append(name, slider, box);
    return [label];
  }

  update() {
    const low = Number(byId("low").value), high = Number(byId("high").value);
    try {
      if (!(low < high) || !Number.isFinite(high - low)) throw new Error("from must be a number below to");
      this.drawCurves(low, high);
      this.updateBits();
      byId("message").textContent = "";
    } catch (error) {
      byId("message").textContent = error.message;
    }
  }

  drawCurves(low, high) {
    const evaluate = (role) => (x) => this.kernels.curve(this.info.name, role, this.values, x);
    const curves = [];
    for (const [role, label] of [["value", "f"], ["derivative", "f′"], ["second", "f″"]])
      if (byId(role).checked)
        curves.push({ className: role, label, pieces: pieces(evaluate(role), low, high, 800) });
    draw(byId("picture"), curves, low, high);
    this.showProperties(low, high, evaluate);
  }

  showProperties(low, high, evaluate) {
    const count = 4000;
    const x = Float64Array.from({ length: count + 1 }, (_, i) => low + ((high - low) * i) / count);
    const y = evaluate("value")(x), slope = evaluate("derivative")(x).map(Math.abs);
    const ends = evaluate("value")([-Infinity, Infinity, 0, -0]);
    const share = (list, test) => `${((100 * list.filter(test).length) / list.length).toFixed(1)} %`;
    const rows = [
      ["smallest and largest f here", `${short(Math.min(...y))} … ${short(Math.max(...y))}`],
      ["steepest |f′| here", short(Math.max(...slope))],
      ["|f′| below 0.001, of this interval", share(slope, (s) => s < 1e-3)],
      ["f exactly 0, of this interval", share(y, (v) => v === 0)],
      ["f(−∞), f(∞)", `${short(ends[0])}, ${short(ends[1])}`],
      ["f(0)", short(ends[2])],
      ["odd", this.info.facts.odd ? "yes, exactly" : "no"],
      ["error bound, float32", `${this.info.bounds.float32.value} ulp, gradient ${this.info.bounds.float32.derivative} ulp`],
    ];
    byId("properties").replaceChildren(...rows.map(([key, value]) => tableRow([key, value])));
  }

  updateBits() {
    const text = byId("number").value, rows = [];
    for (const format of Object.keys(FORMATS)) {
      const number = typed(text), bits = typedBits(text, format) ?? (number === null ? null : this.kernels.encode(format, number));
      if (bits === null) continue;
      rows.push(...this.bitRows(format, bits));
    }
    byId("bits").replaceChildren(...rows);
    byId("number-message").textContent =
      rows.length > 0 ? "" : `"${text}" is no number: type 0.1, -2e-3, inf, nan, or bits as 0x3f80`;
  }

  bitRows(format, bits) {
    const at = (role) => this.kernels.of(this.info.name, role, format, this.values, bits);
    return [["x", bits], ["f(x)", at("value")], ["f′(x)", at("derivative")]].map(([what, number], i) => {
      const row = tableRow([
        i === 0 ? format : "", what, shortest(this.kernels, format, number), hexadecimal(format, number), "",
      ]);
      row.lastElementChild.append(bitSpans(format, number));
      if (i === 0) row.className = "first";
      return row;
    });
  }
}

function tableRow(cells) {
  const row = document.createElement("tr");
  cells.forEach((text, i) => {
    const cell = document.createElement(i === 0 ? "th" : "td");
    if (i === 0) cell.scope = "row";
    cell.textContent = text;
    row.append(cell);
  });
  return row;
}

function referenceItem(reference) {
  const item = document.createElement("li"), link = document.createElement("a");
  link.href = reference.url;
  link.textContent = reference.text;
  item.append(link);
  return item;
}

rheobaseModule()
  .then((module) => {
    const kernels = new Kernels(module);
    if (location.hash === "#selftest") byId("selftest").textContent = selfTest(kernels);
    window.explorer = new Explorer(kernels);
    document.body.dataset.ready = "yes";
  })
  .catch((error) => {
    byId("message").textContent = `This browser cannot run the kernels: ${error.message}`;
  });
