/* SPDX-License-Identifier: Apache-2.0
 * report.js: sorting, filtering, colours, and the explorer's start. Without it everything is there, unsorted. */
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  /** Sorts by a column; cells without a key stay last either way. */
  function sort(table, index, direction, kind) {
    const key = (row) => row.cells[index].dataset.key;
    const compare = (a, b) =>
      kind === "text" ? a.localeCompare(b, "en") : number(a) - number(b) || 0;
    const rows = all("tbody tr", table);
    const known = rows.filter((row) => key(row) !== undefined);
    known.sort((a, b) => direction * compare(key(a), key(b)));
    table.tBodies[0].append(...known, ...rows.filter((row) => key(row) === undefined));
    all("thead th[aria-sort]", table).forEach((head) => head.removeAttribute("aria-sort"));
    table.tHead.rows[0].cells[index].setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
  }

  /** Keys are numbers as Python writes them. */
  function number(text) {
    return text === "inf" ? Infinity : text === "-inf" ? -Infinity : Number(text);
  }

  for (const table of all("table.sortable"))
    for (const head of all("thead th[data-kind]", table))
      head.firstElementChild.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") === "ascending";
        sort(table, head.cellIndex, up ? -1 : 1, head.dataset.kind);
      });

  /** All words of the filter, and all checked properties. */
  function filter() {
    const words = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    const flags = all("[data-flag]").filter((box) => box.checked).map((box) => box.dataset.flag);
    let count = 0;
    for (const row of all("#overview-table tbody tr")) {
      const has = row.dataset.flags.split(" ");
      const fits = words.every((word) => row.dataset.text.includes(word)) && flags.every((flag) => has.includes(flag));
      row.hidden = !fits;
      byId(`f-${row.dataset.name}`).hidden = !fits;
      count += fits;
    }
    const total = all("#overview-table tbody tr").length;
    byId("count").textContent = count === total ? `${total} functions` : `${count} of ${total}`;
    byId("nothing").hidden = count > 0;
  }
  byId("filter").addEventListener("input", filter);
  all("[data-flag]").forEach((box) => box.addEventListener("change", filter));
  document.addEventListener("keydown", (event) => {
    if (event.target === byId("filter") && event.key === "Escape") {
      byId("filter").value = "";
      filter();
    }
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    byId("filter").focus();
  });
  filter();

  byId("theme").addEventListener("change", () => {
    document.documentElement.dataset.theme = byId("theme").value;
    themeExplorer();
  });

  /** A link to a function opens it, also one that the filter hides. */
  function follow() {
    const target = location.hash.startsWith("#f-") && byId(location.hash.slice(1));
    if (!target) return;
    target.hidden = false;
    target.open = true;
    target.scrollIntoView();
  }
  addEventListener("hashchange", follow);
  follow();

  byId("expand").addEventListener("click", () => {
    const open = byId("expand").textContent === "open all";
    all("details.function").forEach((one) => (one.open = open));
    byId("expand").textContent = open ? "close all" : "open all";
  });
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    closed.forEach((one) => (one.open = true));
  });
  addEventListener("afterprint", () => closed.forEach((one) => (one.open = false)));

  const groups = byId("group");
  if (groups) {
    const show = () => all(".group").forEach((group) => (group.hidden = group.id !== groups.value));
    groups.addEventListener("change", show);
    show();
  }

  const frame = byId("explorer-frame");
  let explorer = null; // a promise of the explorer's window, once it has been started

  function startExplorer() {
    explorer ??= new Promise((resolve) => {
      byId("start-explorer").hidden = true;
      frame.hidden = false;
      frame.srcdoc = JSON.parse(byId("explorer-page").textContent);
      frame.addEventListener("load", () => {
        const wait = setInterval(() => {
          if (!frame.contentDocument.body.dataset.ready) return;
          clearInterval(wait);
          const fit = () => (frame.style.height = `${frame.contentDocument.body.offsetHeight + 2}px`);
          new ResizeObserver(fit).observe(frame.contentDocument.body);
          fit();
          themeExplorer();
          document.body.dataset.explorer = "ready";
          resolve(frame.contentWindow);
        }, 50);
      });
    });
    return explorer;
  }

  function themeExplorer() {
    if (frame && frame.contentDocument) frame.contentDocument.documentElement.dataset.theme = byId("theme").value;
  }

  if (frame) {
    byId("start-explorer").addEventListener("click", startExplorer);
    all(".explore").forEach((button) =>
      button.addEventListener("click", () => {
        byId("explorer").scrollIntoView();
        startExplorer().then((view) => view.explorer.choose(button.dataset.name));
      }),
    );
  }
  document.body.dataset.ready = "yes";
})();
