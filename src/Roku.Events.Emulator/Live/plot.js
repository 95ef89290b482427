import { byId, count, dayAndTime, el, fullTime, money } from "./dom.js";

const width = 1000;
const height = 100;

function svg(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

// Bars for events, a line for the revenue of one currency, each on its own scale from zero.
export class Plot {
  constructor() {
    this.svg = byId("plot");
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.currency = byId("plot-currency");
    this.time = byId("plot-time");
    this.readout = byId("plot-readout");
    this.table = byId("plot-table");
    this.svg.addEventListener("pointermove", event => this.#point(event));
    this.svg.addEventListener("pointerleave", () => this.#tell());
    for (const control of [this.currency, this.time]) control.addEventListener("change", () => this.draw(this.store));
    this.table.addEventListener("toggle", () => this.#fillTable());
  }

  draw(store) {
    this.store = store;
    this.#offerCurrencies(Object.keys(store.revenue));
    this.line = store[this.time.value];
    const events = this.line?.events ?? [];
    const revenue = this.line?.revenue[this.currency.value] ?? [];
    const step = width / Math.max(1, events.length);
    this.svg.replaceChildren(...bars(events, step), ...curve(revenue, step));
    this.svg.setAttribute("aria-label", this.#summary(events, revenue));
    this.#tell();
    if (this.table.open) this.#fillTable();
  }

  #offerCurrencies(currencies) {
    if (currencies.length === this.currency.options.length) return;
    const chosen = this.currency.value;
    this.currency.replaceChildren(...currencies.map(c => el("option", { value: c }, c || "no currency")));
    if (currencies.includes(chosen)) this.currency.value = chosen;
  }

  #start(bucket) { return (this.line.start + bucket * this.line.width) * 1000; }

  #summary(events, revenue) {
    if (events.length === 0) return "No events yet";
    const all = events.reduce((a, b) => a + b, 0);
    const peak = events.indexOf(Math.max(...events));
    const earned = revenue.length > 0 ? ` Revenue ${money(revenue.reduce((a, b) => a + b, 0), this.currency.value)}.` : "";
    return `${count(all)} events from ${fullTime(this.#start(0))} to ${fullTime(this.#start(events.length))}; most at ${fullTime(this.#start(peak))}: ${count(events[peak])}.${earned}`;
  }

  #tell(bucket) {
    const events = this.line?.events ?? [];
    if (events.length === 0) this.readout.textContent = "";
    else if (bucket === undefined) this.readout.textContent = `${dayAndTime(this.#start(0))} – ${dayAndTime(this.#start(events.length))}, a bar is ${span(this.line.width)}`;
    else {
      const revenue = this.line.revenue[this.currency.value]?.[bucket] ?? 0;
      this.readout.textContent = `${fullTime(this.#start(bucket))}: ${count(events[bucket])} events, ${money(revenue, this.currency.value)}`;
    }
  }

  #point(event) {
    const events = this.line?.events ?? [];
    const box = this.svg.getBoundingClientRect();
    const bucket = Math.floor(((event.clientX - box.left) / box.width) * events.length);
    if (bucket >= 0 && bucket < events.length) this.#tell(bucket);
  }

  #fillTable() {
    const events = this.line?.events ?? [];
    const rows = events.flatMap((n, i) => n === 0 ? [] : [el("tr", {},
      el("td", {}, fullTime(this.#start(i))), el("td", {}, count(n)), el("td", {}, money(this.line.revenue[this.currency.value]?.[i] ?? 0, this.currency.value)))]);
    this.table.querySelector("tbody").replaceChildren(...rows);
  }
}

function bars(events, step) {
  const most = Math.max(1, ...events);
  const gap = Math.min(1, step * 0.15);
  const path = events.map((n, i) => n === 0 ? "" : `M${(i * step + gap).toFixed(2)} ${height}V${(height - (n / most) * (height - 6)).toFixed(2)}H${((i + 1) * step - gap).toFixed(2)}V${height}Z`);
  return [svg("path", { class: "bars", d: path.join("") })];
}

function curve(revenue, step) {
  const most = Math.max(0, ...revenue);
  if (most === 0) return [];
  const points = revenue.map((sum, i) => `${((i + 0.5) * step).toFixed(2)},${(height - (Math.max(0, sum) / most) * (height - 6)).toFixed(2)}`);
  return [svg("polyline", { class: "curve", points: points.join(" ") })];
}

function span(seconds) {
  const [n, unit] = seconds < 60 ? [seconds, "second"] : seconds < 3600 ? [seconds / 60, "minute"] : [seconds / 3600, "hour"];
  const rounded = Math.round(n * 10) / 10;
  return `${rounded} ${unit}${rounded === 1 ? "" : "s"}`;
}
