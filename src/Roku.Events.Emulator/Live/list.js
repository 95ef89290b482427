import { el } from "./dom.js";

const spare = 8;

// A grid that keeps only the rows in sight in the document. Index 0 is on top; live rows come in there.
export class VirtualList {
  #pool = [];
  #count = 0;
  #chosen = null;
  #queued = false;

  constructor(root, { label, columns, fill, rowAt, onChoose }) {
    this.rowAt = rowAt;
    this.fill = fill;
    this.columns = columns;
    this.onChoose = onChoose;
    this.root = root;
    const head = el("div", { class: "row head", role: "row" }, ...columns.map(c => el("div", { role: "columnheader", class: c.class }, c.title)));
    this.body = el("div", { class: "sheet", role: "presentation" });
    this.scroller = el("div", { class: "scroller", role: "presentation", tabindex: "-1" }, this.body);
    root.setAttribute("role", "grid");
    root.setAttribute("aria-label", label);
    root.setAttribute("tabindex", "0");
    root.append(el("div", { role: "rowgroup", class: "head-group" }, head), this.scroller);
    this.body.setAttribute("role", "rowgroup");
    this.scroller.addEventListener("scroll", () => this.draw(), { passive: true });
    root.addEventListener("keydown", event => this.#onKey(event));
    this.body.addEventListener("click", event => this.#onClick(event));
    new ResizeObserver(() => this.draw()).observe(this.scroller);
  }

  // Rows that came in on top push the others down; whoever reads further down keeps the place.
  update(count, added) {
    this.#count = count;
    this.root.setAttribute("aria-rowcount", count + 1);
    this.body.style.height = `${count * this.rowHeight}px`;
    if (added > 0 && this.scroller.scrollTop > 0) this.scroller.scrollTop += added * this.rowHeight;
    this.draw();
  }

  draw() {
    if (this.#queued) return;
    this.#queued = true;
    requestAnimationFrame(() => {
      this.#queued = false;
      this.#drawNow();
    });
  }

  choose(row, index) {
    this.#chosen = row;
    this.chosenIndex = index;
    this.draw();
    this.onChoose(row);
  }

  forget() {
    this.#chosen = null;
    this.root.removeAttribute("aria-activedescendant");
    this.draw();
  }

  get rowHeight() {
    return this.height ??= parseFloat(getComputedStyle(this.root).getPropertyValue("--row")) || 30;
  }

  #drawNow() {
    const height = this.scroller.clientHeight;
    if (height === 0) return;
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / this.rowHeight) - spare);
    const last = Math.min(this.#count, Math.ceil((this.scroller.scrollTop + height) / this.rowHeight) + spare);
    while (this.#pool.length < last - first) this.#pool.push(this.#newRow());
    this.root.removeAttribute("aria-activedescendant");
    this.#pool.forEach((line, i) => this.#drawRow(line, first + i, first + i < last));
  }

  #drawRow(line, index, visible) {
    // A filter may have shortened the list since the last update.
    const row = visible ? this.rowAt(index) : undefined;
    line.hidden = row === undefined;
    if (row === undefined) {
      line.row = null;
      return;
    }
    const chosen = row === this.#chosen;
    line.style.transform = `translateY(${index * this.rowHeight}px)`;
    line.setAttribute("aria-rowindex", index + 2);
    line.setAttribute("aria-selected", chosen);
    line.index = index;
    if (chosen) {
      this.chosenIndex = index;
      this.root.setAttribute("aria-activedescendant", line.id);
    }
    if (line.row !== row) {
      line.row = row;
      this.fill(line, line.cells, row);
    }
  }

  #newRow() {
    const cells = this.columns.map(c => el("div", { role: "gridcell", class: c.class }));
    const line = el("div", { class: "row", role: "row", id: `${this.root.id}-row-${this.#pool.length}` }, ...cells);
    line.cells = cells;
    this.body.append(line);
    return line;
  }

  #onClick(event) {
    const line = event.target.closest(".row");
    if (line?.row) this.choose(line.row, line.index);
  }

  #onKey(event) {
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / this.rowHeight) - 1);
    const at = this.#chosen ? this.chosenIndex : -1;
    const target = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: this.#count - 1 }[event.key];
    if (target === undefined || this.#count === 0) return;
    event.preventDefault();
    const index = Math.min(this.#count - 1, Math.max(0, target));
    this.#bringIntoView(index);
    this.choose(this.rowAt(index), index);
  }

  #bringIntoView(index) {
    const top = index * this.rowHeight;
    const { scrollTop, clientHeight } = this.scroller;
    if (top < scrollTop) this.scroller.scrollTop = top;
    else if (top + this.rowHeight > scrollTop + clientHeight) this.scroller.scrollTop = top + this.rowHeight - clientHeight;
  }
}
