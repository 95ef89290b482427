// What the page remembers: at most maxRows of each kind; the emulator's totals stay right beyond that.

// Places in a row of an event, as LiveRows.cs writes them. refused is the page's own, for events that only a request's problems tell of.
export const E = { seq: 0, at: 1, time: 2, name: 3, source: 4, id: 5, order: 6, value: 7, currency: 8, bits: 9, strength: 10, flags: 11, refused: 12 };
export const R = { seq: 0, at: 1, path: 2, status: 3, events: 4, bytes: 5, group: 6, fault: 7, warnings: 8, problems: 9 };
export const Flag = { duplicate: 1, pixel: 2, warned: 4, refused: 8 };
const P = { index: 0, id: 1, name: 2, code: 3, field: 4, message: 5 };

const maxRows = 100_000;
const slack = 10_000;

export class Store {
  about = null;
  totals = { requests: 0, events: 0, duplicates: 0, refused: 0 };
  fault = "none";
  forgotten = 0;
  events = [];
  requests = [];
  problems = new Map();
  names = new Map();
  sources = new Map();
  revenue = {};
  byTime = null;
  byArrival = null;
  filter = null;
  matches = this.events;
  frozen = null;

  apply(message) {
    if (message.about) this.#reset(message.about);
    this.totals = message.totals;
    this.fault = message.fault;
    this.forgotten += message.forgotten;
    const rows = message.events;
    for (const request of message.requests) {
      this.requests.push(request);
      if (request[R.problems].length > 0) rows.push(...refusedRows(request));
    }
    this.#trim(this.requests);
    this.#add(rows, message.more);
    if (message.figures) this.#figures(message.figures);
  }

  setFilter(filter) {
    this.filter = filter;
    this.#match();
    if (this.frozen !== null) this.frozen = { events: this.matches.length, requests: this.requests.length, total: this.frozen.total };
  }

  pause(paused) {
    this.frozen = paused ? { events: this.matches.length, requests: this.requests.length, total: this.totals.events } : null;
  }

  get newSincePause() { return this.frozen ? Math.max(0, this.totals.events - this.frozen.total) : 0; }
  get shownEvents() { return this.frozen ? Math.min(this.frozen.events, this.matches.length) : this.matches.length; }
  get shownRequests() { return this.frozen ? Math.min(this.frozen.requests, this.requests.length) : this.requests.length; }
  event(index) { return this.matches[this.shownEvents - 1 - index]; }
  request(index) { return this.requests[this.shownRequests - 1 - index]; }

  advice(code, field) {
    const path = (field ?? "").replace(/\[\d+\]/g, "[]");
    for (const problem of this.problems.values()) {
      if (problem.code === code && problem.field === path) return problem;
    }
    return null;
  }

  siblings(row) {
    return row[E.id] === "" ? [] : this.events.filter(other => other !== row && other[E.id] === row[E.id] && other[E.name] === row[E.name]);
  }

  #reset(about) {
    this.about = about;
    this.forgotten = 0;
    this.events = [];
    this.requests = [];
    this.problems.clear();
    this.names.clear();
    this.sources.clear();
    this.#match();
    if (this.frozen) this.frozen = { events: 0, requests: 0, total: 0 };
  }

  #add(rows, more) {
    let last = this.events.length > 0 ? this.events[this.events.length - 1][E.at] : 0;
    let ordered = true;
    for (const row of rows) {
      row[E.name] = known(this.names, row[E.name]);
      row[E.source] = known(this.sources, row[E.source]);
      ordered &&= row[E.at] >= last;
      last = row[E.at];
      this.events.push(row);
      if (this.matches !== this.events && this.filter(row)) this.matches.push(row);
    }
    this.unsorted ||= !ordered;
    if (this.unsorted && !more && this.frozen === null) {
      this.unsorted = false;
      this.events.sort((a, b) => a[E.at] - b[E.at] || a[E.seq] - b[E.seq]);
      this.#match();
    }
    this.#trim(this.events);
  }

  #trim(rows) {
    const over = rows.length - maxRows;
    if (over < slack) return;
    rows.splice(0, over);
    if (rows !== this.events) {
      if (this.frozen) this.frozen.requests = Math.max(0, this.frozen.requests - over);
      return;
    }
    const before = this.matches.length;
    this.#match();
    if (this.frozen) this.frozen.events = Math.max(0, this.frozen.events - (this.filter ? before - this.matches.length : over));
  }

  #match() {
    this.matches = this.filter ? this.events.filter(this.filter) : this.events;
  }

  #figures(figures) {
    this.revenue = figures.revenue;
    this.byTime = figures.byTime;
    this.byArrival = figures.byArrival;
    for (const problem of figures.problems) this.problems.set(problem.key, problem);
  }
}

// One string for all the rows that carry the same.
function known(words, word) {
  const found = words.get(word);
  if (found !== undefined) return found;
  if (words.size < 500) words.set(word, word);
  return word;
}

function refusedRows(request) {
  const rows = new Map();
  for (const problem of request[R.problems]) {
    if (problem[P.index] < 0) continue;
    const found = rows.get(problem[P.index]);
    const entry = { code: problem[P.code], field: problem[P.field], message: problem[P.message] };
    if (found) found[E.refused].push(entry);
    else {
      const source = request[R.path].endsWith("/pixel") ? "pixel" : "";
      rows.set(problem[P.index], [-request[R.seq], request[R.at], null, problem[P.name] ?? "", source, problem[P.id], "", null, "", 0, 0, Flag.refused, [entry]]);
    }
  }
  return rows.values();
}
