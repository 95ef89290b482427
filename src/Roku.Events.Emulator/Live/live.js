import { byId, count, el, money, size, timeOfDay } from "./dom.js";
import { Detail, strengths } from "./detail.js";
import { VirtualList } from "./list.js";
import { Plot } from "./plot.js";
import { E, Flag, R, Store } from "./store.js";

const store = new Store();
const plot = new Plot();
const detail = new Detail(store, () => { events.forget(); requests.forget(); });

// Groups of identifiers short enough for a row; the detail panel has them one by one.
const badges = [
  ["em", "e-mail", ["em"]], ["ph", "phone", ["ph"]], ["nm", "name, birth date or gender", ["fn", "ln", "db", "ge"]], ["ad", "place", ["ct", "st", "zp", "country"]],
  ["ip", "IP address", ["client_ip_address"]], ["ua", "user agent", ["client_user_agent"]], ["dv", "device id or cookie", ["aRI", "aGA", "AID", "aGI", "aDX", "aFC"]],
  ["id", "your own id", ["external_id", "subscription_id"]],
];

const events = new VirtualList(byId("events"), {
  label: "Events, newest first",
  rowAt: index => store.event(index),
  onChoose: row => detail.showEvent(row),
  fill: fillEvent,
  columns: [
    { title: "Received", class: "time" }, { title: "Event", class: "name" }, { title: "Source", class: "source" }, { title: "event_id", class: "id" }, { title: "Order", class: "order" },
    { title: "Value", class: "value number" }, { title: "Identifiers", class: "badges" }, { title: "Match", class: "strength" }, { title: "Marks", class: "marks" },
  ],
});

const requests = new VirtualList(byId("requests"), {
  label: "Requests, newest first",
  rowAt: index => store.request(index),
  onChoose: row => detail.showRequest(row),
  fill: fillRequest,
  columns: [
    { title: "Received", class: "time" }, { title: "Request", class: "name" }, { title: "Status", class: "status" }, { title: "Events", class: "fill" }, { title: "Bytes", class: "fill bytes" }, { title: "Problems", class: "marks" },
  ],
});

function fillEvent(line, cells, row) {
  const flags = row[E.flags];
  line.classList.toggle("refused", (flags & Flag.refused) !== 0);
  line.classList.toggle("duplicate", (flags & Flag.duplicate) !== 0);
  const texts = [timeOfDay(row[E.at]), row[E.name] || "–", row[E.source] || "–", row[E.id], row[E.order], row[E.value] === null ? "" : money(row[E.value], row[E.currency])];
  texts.forEach((text, i) => { cells[i].textContent = text; });
  cells[3].title = row[E.id];
  const refused = (flags & Flag.refused) !== 0;
  fillBadges(cells[6], refused ? null : row[E.bits]);
  cells[7].textContent = refused ? "" : strengths[row[E.strength]];
  cells[7].dataset.strength = row[E.strength];
  cells[8].replaceChildren(...[[Flag.refused, "refused"], [Flag.duplicate, "duplicate"], [Flag.pixel, "pixel"], [Flag.warned, "warning"]]
    .filter(([flag]) => flags & flag).map(([, text]) => el("span", { class: `mark ${text}` }, text)));
}

function fillBadges(cell, bits) {
  if (bits === null) {
    cell.replaceChildren();
    cell.removeAttribute("aria-label");
    return;
  }
  const carried = badges.map(([, , keys]) => keys.some(key => bits & (1 << store.about.identifiers.indexOf(key))));
  cell.replaceChildren(...badges.map(([text, meaning], i) => el("span", { class: carried[i] ? "badge present" : "badge", title: `${meaning}: ${carried[i] ? "present" : "absent"}` }, text)));
  cell.setAttribute("aria-label", badges.filter((_, i) => carried[i]).map(([, meaning]) => meaning).join(", ") || "no identifier");
}

function fillRequest(line, cells, row) {
  const { maxEvents, maxBytes } = store.about;
  line.classList.toggle("refused", row[R.status] >= 400);
  cells[0].textContent = timeOfDay(row[R.at]);
  cells[1].textContent = row[R.path];
  cells[2].textContent = row[R.fault] === "Reset" ? "broken" : row[R.status];
  gauge(cells[3], row[R.events], maxEvents, count(row[R.events]));
  gauge(cells[4], row[R.bytes], maxBytes, size(row[R.bytes]));
  const problems = row[R.problems].length;
  cells[5].textContent = [problems && `${count(problems)} refused`, row[R.warnings] && `${count(row[R.warnings])} warned`, row[R.fault] && `fault ${row[R.fault]}`].filter(Boolean).join(", ");
}

function gauge(cell, value, limit, text) {
  const percent = Math.min(100, (100 * value) / limit);
  const bar = el("span", { class: "gauge", "aria-hidden": "true" }, el("span"));
  bar.firstChild.style.width = `${percent}%`;
  cell.replaceChildren(bar, el("span", { title: `${percent.toFixed(1)} % of the limit` }, text));
}

/* Drawing */

let drawn = { events: 0, requests: 0, plot: 0 };
let queued = false;

function redraw() {
  if (queued) return;
  queued = true;
  requestAnimationFrame(() => {
    queued = false;
    drawTotals();
    drawLists();
    drawFilters();
    drawProblems();
    const now = performance.now();
    if (now - drawn.plot > 200) {
      drawn.plot = now;
      plot.draw(store);
    } else setTimeout(redraw, 200);
  });
}

function drawTotals() {
  const { totals, about } = store;
  byId("total-events").textContent = count(totals.events);
  byId("total-duplicates").textContent = count(totals.duplicates);
  byId("total-refused").textContent = count(totals.refused);
  byId("total-requests").textContent = count(totals.requests);
  const sums = Object.entries(store.revenue).sort((a, b) => b[1] - a[1]);
  byId("total-revenue").textContent = sums.slice(0, 3).map(([currency, sum]) => money(sum, currency)).join("  ·  ") + (sums.length > 3 ? ` + ${sums.length - 3}` : "") || "–";
  byId("key-hint").textContent = about ? `${about.anyKey ? "any API key" : "the API key it was started with"}, ${about.group ? `event group ${about.group}` : "any event group"}` : "";
  byId("pause").textContent = store.frozen ? `Go on (${count(store.newSincePause)} new)` : "Pause";
  document.querySelector(`input[name=fault][value="${CSS.escape(store.fault)}"]`).checked = true;
  byId("faults").classList.toggle("on", store.fault !== "none");
  const notice = byId("notice");
  notice.hidden = store.forgotten === 0;
  notice.textContent = `${count(store.forgotten)} older events are no longer remembered; the totals count them.`;
}

function drawLists() {
  const shown = store.shownEvents;
  byId("events").hidden = store.events.length === 0;
  byId("empty").hidden = store.events.length > 0 || store.about === null;
  events.update(shown, shown - drawn.events);
  requests.update(store.shownRequests, store.shownRequests - drawn.requests);
  drawn.events = shown;
  drawn.requests = store.shownRequests;
  byId("shown").textContent = store.filter ? `${count(shown)} of ${count(store.events.length)}` : `${count(shown)} shown`;
}

function drawFilters() {
  for (const [id, words] of [["filter-name", store.names], ["filter-source", store.sources]]) {
    const select = byId(id);
    const wanted = [...words.keys()].filter(word => word !== "").sort();
    if (select.options.length === wanted.length + 1) continue;
    const chosen = select.value;
    select.replaceChildren(select.options[0], ...wanted.map(word => el("option", { value: word }, word)));
    select.value = wanted.includes(chosen) ? chosen : "";
  }
}

let problemsDrawn = "";

function drawProblems() {
  const problems = [...store.problems.values()].sort((a, b) => a.warning - b.warning || b.count - a.count);
  const state = problems.map(p => `${p.key}:${p.count}`).join();
  if (state === problemsDrawn) return;
  problemsDrawn = state;
  byId("problem-count").textContent = problems.length > 0 ? String(problems.length) : "";
  byId("no-problems").hidden = problems.length > 0;
  byId("problems").replaceChildren(...problems.map(p => el("tr", { class: p.warning ? "warning" : "error" },
    el("th", { scope: "row" }, el("code", {}, p.field || p.code), p.warning ? el("span", { class: "mark warning" }, "warning") : null),
    el("td", {}, p.rule), el("td", {}, p.fix),
    el("td", { class: "muted" }, p.message, p.id ? el("span", {}, " · event_id ", el("code", {}, p.id)) : null),
    el("td", { class: "number" }, count(p.count)))));
}

/* The feed */

let source = null;
let lastId = "";

function connect() {
  source = new EventSource(`/live/feed${lastId ? `?after=${encodeURIComponent(lastId)}` : ""}`);
  source.onopen = () => state("live", "live");
  source.onmessage = event => {
    lastId = event.lastEventId;
    store.apply(JSON.parse(event.data));
    redraw();
  };
  source.onerror = () => {
    state("lost", "connection lost, trying again");
    source.close();
    setTimeout(connect, 1000);
  };
}

function state(name, text) {
  const connection = byId("connection");
  connection.dataset.state = name;
  connection.textContent = text;
}

/* Controls */

function filters() {
  const text = byId("search").value.trim().toLowerCase();
  const [name, from] = [byId("filter-name").value, byId("filter-source").value];
  const flags = (byId("only-duplicates").checked ? Flag.duplicate : 0);
  const problems = byId("only-problems").checked;
  if (!text && !name && !from && !flags && !problems) return null;
  return row =>
    (!name || row[E.name] === name) && (!from || row[E.source] === from) && (row[E.flags] & flags) === flags
    && (!problems || (row[E.flags] & (Flag.refused | Flag.warned)) !== 0)
    && (!text || row[E.id].toLowerCase().includes(text) || row[E.order].toLowerCase().includes(text) || row[E.name].toLowerCase().includes(text));
}

function refilter() {
  store.setFilter(filters());
  events.scroller.scrollTop = 0;
  redraw();
}

byId("filters").addEventListener("input", refilter);
byId("filters").addEventListener("submit", event => event.preventDefault());

byId("pause").addEventListener("click", () => {
  store.pause(store.frozen === null);
  byId("pause").setAttribute("aria-pressed", store.frozen !== null);
  redraw();
});

byId("clear").addEventListener("click", () => {
  detail.close();
  fetch("/live/clear", { method: "POST" }).catch(() => {});
});

byId("faults").addEventListener("change", event => fetch(`/live/faults?fault=${encodeURIComponent(event.target.value)}`, { method: "POST" }).catch(() => {}));

byId("export-full").addEventListener("change", event => {
  byId("export").href = `/live/events.jsonl${event.target.checked ? "?hashes=full" : ""}`;
});

const tabs = [...document.querySelectorAll("[role=tab]")];

function openTab(tab) {
  for (const other of tabs) {
    const isOpen = other === tab;
    other.setAttribute("aria-selected", isOpen);
    other.tabIndex = isOpen ? 0 : -1;
    byId(other.getAttribute("aria-controls")).hidden = !isOpen;
  }
  redraw();
}

for (const [i, tab] of tabs.entries()) {
  tab.addEventListener("click", () => openTab(tab));
  tab.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(i + step + tabs.length) % tabs.length];
    openTab(next);
    next.focus();
  });
}

const themes = ["system", "light", "dark"];

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  byId("theme").textContent = `Theme: ${theme}`;
  try { localStorage.setItem("theme", theme); } catch { /* The page works without. */ }
}

function savedTheme() {
  try { return themes.includes(localStorage.getItem("theme")) ? localStorage.getItem("theme") : "system"; } catch { return "system"; }
}

byId("theme").addEventListener("click", () => setTheme(themes[(themes.indexOf(document.documentElement.dataset.theme) + 1) % themes.length]));

setTheme(savedTheme());
byId("address").textContent = location.origin;
byId("empty-env").textContent = `Roku__Endpoint=${location.origin}\nRoku__ApiKey=any\nRoku__EventGroupId=any`;
byId("empty-curl").textContent = `curl ${location.origin}/v1/events -H "Authorization: Bearer any" -H "Accept: application/json" -H "Content-Type: application/json" \\\n`
  + `  -d '{"event_group_id":"any","events":[{"event_name":"PURCHASE","event_type":"conversion","event_time":${Math.floor(Date.now() / 1000)},"event_source":"website","event_id":"first",`
  + `"user_data":{"is_hashed":true,"client_ip_address":"203.0.113.7"},"custom_data":{"value":129.99,"currency":"USD"}}]}'`;
connect();
