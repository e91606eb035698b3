// The wire: every request and event as it happens, from the mock's live feed.

import { $, el, size, time } from "/page/dom.js";
import { steer } from "/page/client.js";

/** How many requests are kept on the page. */
const REQUESTS = 120;

/** How many rows of events a request has at most; the journal has the others. */
const ROWS = 400;

const rows = new Map();
let filter = "";

/** Begins to listen; `others` is told of what is asked and answered. */
export function listen(changed, others) {
  const list = $("#wire-list");
  $("#wire-filter").addEventListener("input", (event) => {
    filter = event.target.value.trim().toLowerCase();
    for (const row of rows.values()) row.sift();
    count();
  });
  $("#wire-clear").addEventListener("click", async () => {
    await steer("DELETE", "/requests");
    forget(list);
  });
  const feed = new EventSource("/__mock/events");
  const state = $("#feed-state");
  const told = (text, kind) => { state.textContent = text; state.dataset.state = kind; };
  feed.addEventListener("open", () => told("live", "live"));
  feed.addEventListener("error", () => told("not connected", "lost"));
  const on = (kind, handle) => feed.addEventListener(kind, (event) => handle(JSON.parse(event.data)));
  on("request", (request) => {
    others.begun(request);
    row(list, request);
  });
  on("response", (request) => row(list, request).answered(request.response));
  on("event", (event) => {
    rows.get(event.id)?.event(event);
    if (filter !== "") count();
    others.event(event);
  });
  on("end", (end) => {
    rows.get(end.id)?.ended(end);
    others.over(end);
  });
  on("lagged", ({ missed }) => list.prepend(el("li", { class: "lagged" }, `This page was too slow for ${missed} happenings; the journal has them.`)));
  on("steered", ({ by }) => {
    if (by === "reset" || by === "requests") forget(list);
    changed(by);
  });
  // Who may not steer the mock learns why, and talks to it all the same.
  earlier(list).catch((error) => list.prepend(el("li", { class: "lagged" }, error.message)));
}

async function earlier(list) {
  const { requests } = await steer("GET", "/requests?limit=30");
  for (const request of requests) {
    if (rows.has(request.id)) continue;
    const known = row(list, request);
    if (request.response) known.answered(request.response);
    if (request.response?.duration_ms !== null && request.response) known.ended({ duration_ms: request.response.duration_ms, outcome: request.response.outcome });
  }
}

function forget(list) {
  rows.clear();
  list.replaceChildren();
  count();
}

/** How many requests the filter lets through. */
function count() {
  const shown = [...rows.values()].filter((one) => !one.element.hidden).length;
  const text = filter === "" ? "" : `${shown} of ${rows.size} requests`;
  if ($("#wire-found").textContent !== text) $("#wire-found").textContent = text;
}

function row(list, request) {
  const known = rows.get(request.id);
  if (known) return known;
  const made = new Row(request);
  rows.set(request.id, made);
  list.prepend(made.element);
  while (rows.size > REQUESTS) {
    const [id, oldest] = rows.entries().next().value;
    oldest.element.remove();
    rows.delete(id);
  }
  count();
  return made;
}

/** One request with its events. */
class Row {
  constructor(request) {
    this.request = request;
    this.text = JSON.stringify(request).toLowerCase();
    this.count = 0;
    this.status = el("span", { class: "status" }, "…");
    this.took = el("span", { class: "took" });
    this.size = el("span", { class: "count" });
    this.events = el("ol", { class: "events", "aria-label": "Events" });
    this.raw = el("div", { class: "raw" });
    const name = request.operation ?? `${request.path}${request.query ? `?${request.query}` : ""}`;
    this.details = el("details", { class: "request", ontoggle: () => this.opened() },
      el("summary", {}, el("span", { class: "method" }, request.method), el("span", { class: "name", title: name }, name), this.size, this.status, this.took),
      this.events, this.raw);
    this.element = el("li", { class: "row", data: { id: request.id } }, this.details);
    this.sift();
  }

  answered(response) {
    this.status.textContent = String(response.status);
    this.status.dataset.class = String(Math.floor(response.status / 100));
    this.took.textContent = time(response.first_byte_ms);
    this.took.title = "to the first byte";
  }

  ended({ duration_ms: took, outcome }) {
    this.took.textContent = time(took);
    this.took.title = "to the end";
    this.element.dataset.outcome = outcome;
    if (outcome !== "complete") this.events.append(el("li", { class: "outcome" }, outcome === "cancelled" ? "the client left" : "the connection was broken"));
  }

  /** Deltas of one item in a row are one line, which counts them. */
  event(event) {
    this.count += 1;
    this.size.textContent = `${this.count} ${this.count === 1 ? "event" : "events"}`;
    this.text += JSON.stringify(event).toLowerCase();
    const kind = String(event.event?.update?.type ?? event.event?.type ?? "not an event");
    const about = event.event?.item_id ?? event.event?.item?.type ?? "";
    const key = kind.endsWith("delta") ? `${kind} ${about}` : null;
    if (key && this.run?.key === key) {
      this.run.add(event);
    } else if (this.events.childElementCount < ROWS) {
      this.run = new Run(key, kind, about, event);
      this.events.append(this.run.element);
    }
    if (filter) this.sift();
  }

  async opened() {
    if (!this.details.open || this.loaded) return;
    this.loaded = true;
    try {
      const whole = await steer("GET", `/requests/${this.request.id}`);
      const part = (name, value) => value !== null && value !== undefined && el("details", {}, el("summary", {}, name), el("pre", { class: "code", tabindex: "0" }, typeof value === "string" ? value : JSON.stringify(value, null, 2)));
      if (this.count === 0) for (const event of whole.response?.events ?? []) this.event(event);
      this.raw.replaceChildren(...[
        part("Request headers", whole.headers),
        part(`Request body, ${size(whole.body_bytes)}`, whole.body),
        part("Response headers", whole.response?.headers),
        part(`Response body, ${size(whole.response?.bytes ?? 0)}`, whole.response?.body),
      ].filter(Boolean));
    } catch (error) {
      this.loaded = false;
      this.raw.textContent = error.message;
    }
  }

  sift() {
    this.element.hidden = filter !== "" && !this.text.includes(filter);
  }
}

/** One line of events. */
class Run {
  constructor(key, kind, about, event) {
    this.key = key;
    this.all = [event];
    this.times = el("span", { class: "times" });
    this.element = el("li", {}, el("details", { ontoggle: (toggled) => this.opened(toggled.target) },
      el("summary", {}, el("span", { class: "at" }, time(event.at_ms)), el("span", { class: `kind ${family(kind)}` }, short(kind)), el("span", { class: "about" }, about), this.times)));
  }

  add(event) {
    this.all.push(event);
    this.times.textContent = `× ${this.all.length}`;
  }

  opened(details) {
    details.querySelector("pre")?.remove();
    if (!details.open) return;
    const lines = this.all.slice(-100).map((one) => (one.event ? JSON.stringify(one.event, null, this.all.length > 1 ? 0 : 2) : one.raw));
    details.append(el("pre", { class: "code", tabindex: "0" }, lines.join("\n")));
  }
}

function short(kind) {
  return kind.replace("assistant_message.content_part.", "").replace("widget.streaming_text.", "").replace("thread.item.", "item.");
}

function family(kind) {
  if (kind === "error" || kind === "not an event") return "k-bad";
  if (kind.startsWith("thread.item")) return "k-item";
  if (kind.startsWith("thread")) return "k-thread";
  if (kind.includes("delta")) return "k-delta";
  return "k-other";
}
