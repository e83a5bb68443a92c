// SPDX-License-Identifier: BSD-2-Clause
// Sorts the tables and filters their rows. The page is whole without it.
"use strict";

(() => {
  const collator = new Intl.Collator("en", {numeric: true, sensitivity: "base"});

  const valueOf = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
  };

  const compare = (one, other) =>
    typeof one === "number" && typeof other === "number" ? one - other
      : collator.compare(String(one), String(other));

  // Numbers begin with the largest, texts with the first.
  const sortBy = (table, head) => {
    const column = head.cellIndex;
    const now = head.getAttribute("aria-sort");
    const first = head.classList.contains("number") ? "descending" : "ascending";
    const second = first === "ascending" ? "descending" : "ascending";
    const next = now === first ? second : first;
    for (const other of table.tHead.rows[0].cells) {
      other.removeAttribute("aria-sort");
    }
    head.setAttribute("aria-sort", next);
    const sign = next === "ascending" ? 1 : -1;
    const body = table.tBodies[0];
    const rows = [...body.rows];
    rows.sort((one, other) => sign * compare(valueOf(one, column), valueOf(other, column)));
    body.append(...rows);
  };

  for (const table of document.querySelectorAll("table")) {
    for (const head of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.addEventListener("click", () => sortBy(table, head));
      head.replaceChildren(button);
    }
  }

  const rows = [...document.querySelectorAll("tbody tr, article")]
    .map((element) => ({element, text: element.textContent.toLowerCase()}));
  if (rows.length === 0) {
    return;
  }

  const label = document.createElement("label");
  const input = document.createElement("input");
  const count = document.createElement("output");
  label.className = "filter";
  label.append("Show only what has ", input, count);
  input.type = "search";
  input.placeholder = "a domain, a rule, a producer";
  document.querySelector(".tiles").after(label);

  const filter = () => {
    const wanted = input.value.trim().toLowerCase();
    let shown = 0;
    for (const {element, text} of rows) {
      element.hidden = !text.includes(wanted);
      shown += element.hidden ? 0 : 1;
    }
    count.textContent = wanted === "" ? "" : `${shown} of ${rows.length} rows`;
    for (const section of document.querySelectorAll("section")) {
      const all = section.querySelectorAll("tbody tr, article");
      section.hidden = [...all].every((row) => row.hidden);
    }
  };
  input.addEventListener("input", filter);
})();
