import { byId, count, el, fullTime, money, size } from "./dom.js";
import { E, Flag, R } from "./store.js";

const maxProblems = 50;
export const strengths = ["none", "weak", "medium", "strong"];

const meanings = {
  em: "e-mail", ph: "phone", aRI: "Roku advertising id", aGA: "Google advertising id", AID: "Apple advertising id", aGI: "device id (aGI)",
  aDX: "device id (aDX)", aFC: "pixel's first-party cookie", external_id: "your customer id", subscription_id: "your subscription id",
  fn: "first name", ln: "last name", db: "birth date", ge: "gender", ct: "city", st: "state", zp: "postal code", country: "country",
  client_ip_address: "IP address", client_user_agent: "user agent", ga_session_id: "Google Analytics session", ga_client_id: "Google Analytics client",
  ga_gclid: "Google click id", ga_measurement_ids: "Google Analytics properties",
};

export class Detail {
  constructor(store, onClose) {
    this.store = store;
    this.panel = byId("detail");
    this.onClose = onClose;
    document.addEventListener("keydown", event => { if (event.key === "Escape" && !this.panel.hidden) this.close(); });
  }

  close() {
    this.row = null;
    this.panel.hidden = true;
    this.onClose();
  }

  showRequest(row) {
    this.row = row;
    const { maxEvents, maxBytes } = this.store.about;
    const problems = row[R.problems].map(([, id, , code, field, message]) => ({ id, code, field, message }));
    this.#fill(
      `Request ${row[R.status]}`,
      facts([
        ["Request", row[R.path]],
        ["Received", fullTime(row[R.at])],
        ["Event group", row[R.group] || "–"],
        ["Events", `${count(row[R.events])} of at most ${count(maxEvents)}`],
        ["Size", `${size(row[R.bytes])} of at most ${size(maxBytes)}`],
        ["Warnings", count(row[R.warnings])],
        row[R.fault] ? ["Fault", row[R.fault]] : null,
      ]),
      this.#problems(problems));
  }

  async showEvent(row) {
    this.row = row;
    const head = [
      facts([
        ["event_id", row[E.id] || "none"],
        row[E.time] === null ? null : ["Happened", fullTime(row[E.time] * 1000)],
        ["Received", fullTime(row[E.at])],
        ["Source", row[E.source] || "–"],
        row[E.order] ? ["Order", row[E.order]] : null,
        row[E.value] === null ? null : ["Value", money(row[E.value], row[E.currency])],
      ]),
      this.#siblings(row),
    ];
    const name = row[E.name] || "Unnamed event";
    if (row[E.flags] & Flag.refused) {
      this.#fill(name, ...head, this.#problems(row[E.refused]), el("p", { class: "muted" }, "The JSON of a refused event is not kept."));
      return;
    }
    this.#fill(name, ...head, el("p", { class: "muted" }, "Loading…"));
    const loaded = await this.#load(row, false);
    if (this.row !== row) return;
    this.#fill(name, ...head, ...(loaded ? this.#body(row, loaded) : [el("p", { class: "muted" }, "The emulator has forgotten this event.")]));
  }

  async #load(row, full) {
    try {
      const response = await fetch(`/live/events/${row[E.seq]}${full ? "?hashes=full" : ""}`);
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  #body(row, { group, json, warnings }) {
    const body = el("div");
    const fill = shown => body.replaceChildren(...this.#identifiers(row, shown), el("h3", {}, "JSON as received"), el("pre", { tabindex: "0", "aria-label": "JSON" }, JSON.stringify(shown, null, 2)));
    fill(json);
    const toggle = el("button", { type: "button", "aria-pressed": "false" }, "Show full hashes");
    toggle.addEventListener("click", async () => {
      const full = toggle.getAttribute("aria-pressed") !== "true";
      const loaded = await this.#load(row, full);
      if (!loaded || this.row !== row) return;
      toggle.setAttribute("aria-pressed", full);
      toggle.textContent = full ? "Shorten hashes" : "Show full hashes";
      fill(loaded.json);
    });
    return [el("p", { class: "muted" }, `Event group ${group}`), this.#problems(warnings), toggle, body];
  }

  #identifiers(row, json) {
    const user = json.user_data ?? {};
    const lines = this.store.about.identifiers.map((key, bit) => {
      const present = (row[E.bits] & (1 << bit)) !== 0;
      const value = user[key] ?? (key === "AID" ? user.aID : undefined);
      return el("tr", { class: present ? "present" : "absent" },
        el("th", { scope: "row" }, el("code", {}, key), ` ${meanings[key] ?? ""}`), el("td", {}, present ? "present" : "absent"), el("td", { class: "value" }, present ? String(value ?? "") : ""));
    });
    return [
      el("h3", {}, `Identifiers: ${strengths[row[E.strength]]} match`),
      el("p", { class: "muted" }, "The strength is this library's own reading, not Roku's: strong with e-mail, phone or Roku id; medium with another device, cookie or customer id; weak with anything less."),
      el("table", { class: "identifiers" }, el("tbody", {}, ...lines)),
    ];
  }

  #siblings(row) {
    const others = this.store.siblings(row).slice(0, 10);
    if (others.length === 0) return null;
    return el("div", {}, el("h3", {}, "Same name and event_id"), el("ul", { class: "siblings" }, ...others.map(other => {
      const apart = Math.round((other[E.at] - row[E.at]) / 100) / 10;
      const when = apart < 0 ? `${-apart} s before` : `${apart} s after`;
      const kept = other[E.flags] & Flag.refused ? "refused" : other[E.flags] & Flag.duplicate ? "duplicate" : "counted";
      return el("li", {}, `${other[E.flags] & Flag.pixel ? "pixel" : "server"}, ${when}: ${kept}`);
    })));
  }

  #problems(problems) {
    if (problems.length === 0) return null;
    const shown = problems.slice(0, maxProblems).map(problem => {
      const { rule, fix } = problem.rule ? problem : this.store.advice(problem.code, problem.field) ?? {};
      return el("li", {}, el("strong", {}, problem.message), rule ? el("p", {}, `Rule: ${rule}`) : null, fix ? el("p", {}, `Fix: ${fix}`) : null,
        problem.id ? el("p", { class: "muted" }, `event_id ${problem.id}`) : null);
    });
    const more = problems.length - shown.length;
    return el("div", {}, el("h3", {}, "Problems"), el("ul", { class: "problem-list" }, ...shown), more > 0 ? el("p", { class: "muted" }, `and ${count(more)} more`) : null);
  }

  #fill(title, ...content) {
    const close = el("button", { type: "button", class: "close", "aria-label": "Close details", onclick: () => this.close() }, "Close");
    this.panel.replaceChildren(el("div", { class: "detail-head" }, el("h2", {}, title), close), ...content.filter(part => part !== null));
    this.panel.hidden = false;
  }
}

function facts(pairs) {
  return el("dl", { class: "facts" }, ...pairs.filter(pair => pair !== null).flatMap(([term, text]) => [el("dt", {}, term), el("dd", {}, text)]));
}
