// The page: threads, the conversation, and what can be done in it.

import { $, announce, append, el } from "/page/dom.js";
import { ask, stream, upload } from "/page/client.js";
import { filled, swapped } from "/page/focus.js";
import { Conversation } from "/page/fold.js";
import { draw } from "/page/items.js";
import { everything, keeper } from "/page/kept.js";
import { Others } from "/page/live.js";
import { markdown } from "/page/markdown.js";
import { icon } from "/page/widget.js";
import * as connect from "/page/connect.js";
import * as door from "/page/door.js";
import * as scenario from "/page/scenario.js";
import * as switches from "/page/steer.js";
import { isRefusal } from "/page/token.js";
import * as wire from "/page/wire.js";

const conversation = new Conversation();
const drawn = new Map();
let running = null;
/** What is tried again when the last turn broke off. */
let retry = again;
/** How often another thread, or none, was put on the page. */
let shown = 0;
/** The threads that are listed. */
let known = new Set();
let files = [];
let changed = new Set();

const on = {
  retry: (item) => turn("threads.retry_after_item", { thread_id: item.thread_id, item_id: item.id }, () => {
    const ids = [...conversation.items.keys()];
    for (const id of ids.slice(ids.indexOf(item.id) + 1)) forget(id);
  }),
  feedback: (item, kind) => attempt(async () => {
    await ask("items.feedback", { thread_id: item.thread_id, item_ids: [item.id], kind });
    announce("Feedback sent");
  }),
  action: (item, action, payload) => act(item, action, payload),
  tool: (item, result) => turn("threads.add_client_tool_output", { thread_id: item.thread_id, result }, () => {
    conversation.items.set(item.id, { ...item, status: "completed", output: result });
    touch(item.id);
  }),
  answer: (item, input) => turn("threads.add_structured_input", { thread_id: item.thread_id, item_id: item.id, input }),
};

async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    failed(error);
  }
}

function failed(error) {
  // The door says so, where something can be done about it.
  if (isRefusal(error)) return;
  const toast = el("div", { class: "toast" }, error.message, el("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: () => toast.remove() }, "×"));
  $("#toasts").append(toast);
  setTimeout(() => toast.remove(), 8000);
}

/* The conversation. */

async function act(item, action, payload) {
  if (action.handler === "client") {
    signal("effect", [icon("bolt"), "For the page: ", el("code", {}, `${action.type} ${JSON.stringify(payload)}`)]);
    return;
  }
  const params = { thread_id: item.thread_id, item_id: item.id, action: { type: action.type, payload } };
  if (action.streaming !== false) {
    await press(params);
    return;
  }
  await attempt(async () => {
    const { updated_item: updated } = await ask("threads.sync_custom_action", params);
    if (updated) {
      conversation.items.set(updated.id, updated);
      touch(updated.id);
    }
  });
}

/** Runs a streamed action. What goes wrong behind it is tried again by pressing again: its message had its answer. */
async function press(params, begun) {
  const id = params.item_id;
  const repeat = async () => {
    // The widget may have gone in the answer that broke off.
    if (conversation.items.get(id)?.type !== "widget") return again();
    const broken = [...conversation.open];
    await press(params, () => broken.forEach(forget));
    // What the mock has kept of the first answer is its own to say.
    if (conversation.thread?.id === params.thread_id) await attempt(() => renew(params.thread_id));
  };
  await turn("threads.custom_action", params, begun, repeat);
}

/**
 * Runs one streamed operation to its end; whether what was sent came through. `begun` is called when
 * the first event comes: what is refused changes nothing. `repeat` is what trying again means.
 */
async function turn(type, params, begun, repeat = again) {
  if (running) return;
  running = new AbortController();
  retry = repeat;
  const { signal: stopped } = running;
  busy(true);
  $("#signals").replaceChildren();
  const follow = atEnd();
  const came = { event: false, message: !params.input?.content, error: false };
  conversation.begin();
  const before = new Set([...conversation.items.keys(), ...known]);
  const place = shown;
  try {
    await stream(type, params, stopped, (event) => {
      if (!came.event) begun?.();
      came.event = true;
      came.message ||= event?.item?.type === "user_message";
      came.error ||= event?.type === "error";
      received(event, follow);
    });
    whole(came);
    if (!came.error) announce(spoken());
  } catch (error) {
    const isRefused = error.status >= 400 && error.status < 500;
    const kept = !came.message && !isRefused && await wasKept(params, before, place);
    came.message ||= kept;
    if (error.name === "AbortError") signal("notice info", ["You stopped the answer."]);
    else if (came.event) brokeOff(error.message, came.message);
    else complain([`There is no answer: ${error.message}`], kept && retryButton());
  } finally {
    running = null;
    conversation.progress = null;
    busy(false);
    touch();
    await threads();
  }
  return came.message && (came.event || Boolean(params.input?.content));
}

/** Whether the mock has a message that did not come back; it is shown then, and can be answered anew. */
async function wasKept(params, before, place) {
  const { thread } = conversation;
  // Whoever has gone on to another thread is left there.
  const found = place === shown && await keeper(params.input, params.thread_id ?? thread?.id, before);
  if (!found || place !== shown) return false;
  if (thread) bring(found);
  else show(found.thread, found.items);
  return true;
}

/** Throws where a stream that ended in order has not told the whole answer. */
function whole(came) {
  if (!came.event) throw new Error("the stream ended without an event");
  const { size } = conversation.open;
  // After an error, which is told, items may stay open.
  if (size > 0 && !came.error) throw new Error(`the stream ended before ${size === 1 ? "an item was" : `${size} items were`} done`);
}

function brokeOff(why, canRetry) {
  complain([`The answer broke off: ${why}`], canRetry && retryButton());
}

function retryButton() {
  return el("button", { type: "button", class: "w-button outline", onclick: () => retry() }, "Retry");
}

/** What went wrong, for those who look and for those who listen. */
function complain(words, button) {
  signal("notice danger", [...words, button]);
  announce(words.map((word) => word.textContent ?? word).join(" "));
}

/* What other clients do. */

const others = new Others({
  event: (thread, event) => {
    // While the page has a turn of its own, theirs is looked at when it is over.
    if (event.type === "thread.created") threads();
    if (running || !thread || thread !== conversation.thread?.id) return;
    try {
      touch(conversation.apply(event), atEnd());
    } catch {
      // An event that cannot be applied is on the wire; what became of it is asked for at the end.
    }
  },
  changed: async (ids) => {
    await threads();
    const id = conversation.thread?.id;
    if (id && !running && ids.has(id)) await attempt(() => renew(id));
  },
});

/** What a screen reader is told when an answer is whole. */
function spoken() {
  const item = conversation.last;
  const text = Array.isArray(item?.content) && item.content.map((part) => part?.text ?? "").join(" ");
  return text ? `Assistant: ${text.slice(0, 600)}` : "The answer is complete";
}

function received(event, follow) {
  const id = conversation.apply(event);
  if (event.type === "thread.created") threads();
  if (event.type === "notice") signal(`notice ${event.level}`, [event.title && el("strong", {}, event.title), el("div", {}, markdown(event.message))]);
  if (event.type === "client_effect") signal("effect", [icon("bolt"), "Client effect ", el("code", {}, `${event.name} ${JSON.stringify(event.data ?? {})}`)]);
  if (event.type === "error") {
    complain([el("strong", {}, event.code === "custom" ? "The answer failed" : event.code), el("div", {}, event.message ?? "The backend failed while it answered.")], event.allow_retry && retryButton());
  }
  touch(id, follow);
}

function again() {
  const message = [...conversation.items.values()].findLast((item) => item.type === "user_message");
  if (message) on.retry(message);
}

function signal(kind, children) {
  $("#signals").append(el("div", { class: `signal ${kind}`, role: "note" }, children));
  scroll();
}

function atEnd() {
  const log = $("#log");
  return log.scrollHeight - log.scrollTop - log.clientHeight < 120;
}

function scroll() {
  const log = $("#log");
  log.scrollTop = log.scrollHeight;
}

/** Marks an item as changed; all that changed is drawn with the next frame. */
function touch(id, follow = true) {
  if (changed.size === 0) requestAnimationFrame(() => paint(follow));
  changed.add(id ?? "");
}

function forget(id) {
  conversation.items.delete(id);
  touch(id);
}

function paint(follow) {
  const place = $("#items");
  const stay = !follow || !atEnd();
  for (const id of changed) {
    if (!id) continue;
    const item = conversation.items.get(id);
    const old = drawn.get(id);
    const next = item && draw(item, on);
    if (next && old) keepOpen(old, next);
    if (next) old ? swapped(old, next, () => old.replaceWith(next)) : place.append(next);
    else old?.remove();
    if (next) drawn.set(id, next);
    else drawn.delete(id);
  }
  changed = new Set();
  head();
  if (!stay) scroll();
}

/** What a person opened or closed stays so while the item goes on. */
function keepOpen(old, next) {
  const before = old.querySelectorAll("details");
  next.querySelectorAll("details").forEach((details, at) => {
    if (before[at]?.dataset.touched) { details.open = before[at].open; details.dataset.touched = "1"; }
  });
}

document.addEventListener("click", (event) => {
  const summary = event.target.closest?.("#items summary");
  if (summary) summary.parentElement.dataset.touched = "1";
});

function head() {
  const { thread } = conversation;
  $("#thread-title").textContent = thread ? thread.title || "Untitled thread" : "New thread";
  const status = thread?.status?.type ?? "active";
  const shown = $("#thread-status");
  shown.hidden = status === "active";
  shown.textContent = thread?.status?.reason ? `${status}: ${thread.status.reason}` : status;
  $("#delete-thread").hidden = !thread;
  const closed = status === "locked" || status === "closed";
  $("#composer-text").disabled = closed;
  $("#send").disabled = closed;
  $("#welcome").hidden = conversation.items.size > 0 || running !== null || $("#signals").childElementCount > 0;
  $("#quick").hidden = !$("#welcome").hidden;
  const progress = conversation.progress;
  const old = $("#signals .progress");
  const line = progress && el("div", { class: "signal progress" }, icon(progress.icon ?? "sparkle"), el("span", { class: "shimmer" }, progress.text));
  if (old) line ? old.replaceWith(line) : old.remove();
  else if (line) $("#signals").append(line);
}

function busy(is) {
  const { activeElement: active } = document;
  $("#log").setAttribute("aria-busy", String(is));
  $("#stop").hidden = !is;
  $("#send").hidden = is;
  head();
  // The button that goes hands the keyboard on.
  if (active === $("#send") && is) $("#stop").focus();
  if (active === $("#stop") && !is) $("#composer-text").focus();
}

/* Threads. */

let listed = 50;

async function threads() {
  await attempt(async () => {
    const { data, has_more: more } = await ask("threads.list", { limit: listed, order: "desc" });
    known = new Set(data.map((thread) => thread.id));
    $("#no-threads").hidden = data.length > 0;
    const older = el("li", {}, el("button", { type: "button", class: "older", onclick: () => { listed += 200; threads(); } }, "Older threads"));
    filled($("#thread-list"), () => $("#thread-list").replaceChildren(...data.map((thread) => el("li", {}, el("button", {
      type: "button",
      data: { key: thread.id },
      "aria-current": thread.id === conversation.thread?.id ? "true" : undefined,
      onclick: () => open(thread.id),
    }, el("span", { class: "title" }, thread.title || "Untitled thread"), el("time", { datetime: thread.created_at }, when(thread.created_at))))), ...(more ? [older] : [])));
  });
}

function when(text) {
  const date = new Date(/Z|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(date.valueOf()) ? "" : date.toLocaleString([], { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
}

async function open(id) {
  running?.abort();
  await attempt(async () => {
    const { thread, items } = await everything(id);
    show(thread, items);
    pane("chat");
    await threads();
  });
}

/** Brings the open thread up to date after somebody else has changed it. */
async function renew(id) {
  let now;
  try {
    now = await everything(id);
  } catch (error) {
    if (error.status !== 404 || conversation.thread?.id !== id) throw error;
    show(null, []);
    signal("notice info", ["Another client has deleted the thread that was open here."]);
    head();
    return;
  }
  // Meanwhile another one may have been opened, or a turn begun.
  if (conversation.thread?.id !== id || running) return;
  bring(now);
}

/** Brings the open thread to what the mock has of it. */
function bring(now) {
  conversation.thread = now.thread;
  const there = new Set(now.items.map((item) => item.id));
  for (const item of [...conversation.items.keys()]) if (!there.has(item)) forget(item);
  const follow = atEnd();
  for (const item of now.items) {
    const known = conversation.items.get(item.id);
    if (known && JSON.stringify(known) === JSON.stringify(item)) continue;
    conversation.items.set(item.id, item);
    touch(item.id, follow);
  }
  head();
}

function show(thread, items) {
  shown += 1;
  drawn.clear();
  changed = new Set();
  conversation.load(thread, items);
  $("#signals").replaceChildren();
  $("#items").replaceChildren();
  for (const item of items) {
    const element = draw(item, on);
    if (element) { drawn.set(item.id, element); $("#items").append(element); }
  }
  head();
  requestAnimationFrame(scroll);
}

function fresh() {
  running?.abort();
  show(null, []);
  threads();
  pane("chat");
  $("#composer-text").focus();
}

/* The composer. */

async function say(text) {
  if (running || (!text.trim() && files.length === 0)) return;
  const sent = files;
  files = [];
  showFiles();
  const attachments = await attempt(() => Promise.all(sent.map(upload)));
  if (!attachments) { files = sent; showFiles(); return; }
  $("#composer-text").value = "";
  grow();
  const input = { content: [{ type: "input_text", text }], attachments: attachments.map((file) => file.id), inference_options: {} };
  const { thread } = conversation;
  const through = await (thread ? turn("threads.add_user_message", { thread_id: thread.id, input }) : turn("threads.create", { input }));
  // What was refused, or did not come back, can be said again.
  if (through === false && !$("#composer-text").value && files.length === 0) {
    $("#composer-text").value = text;
    files = sent;
    showFiles();
    grow();
  }
}

function grow() {
  const box = $("#composer-text");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 180)}px`;
}

function showFiles() {
  $("#files").replaceChildren(...files.map((file) => el("span", { class: "attachment" }, file.name, el("button", {
    type: "button", class: "quiet", "aria-label": `Remove ${file.name}`,
    onclick: () => { files = files.filter((other) => other !== file); showFiles(); },
  }, "×"))));
}

async function words() {
  const all = await (await fetch("/page/words.json")).json();
  const plain = (meaning) => meaning.split("`").map((part, at) => (at % 2 ? el("code", {}, part) : part));
  const play = (word) => () => say(`show ${word.name}`);
  append($("#words"), all.map((word) => el("button", { type: "button", class: "word", onclick: play(word) },
    el("span", { class: "word-name" }, word.name), el("span", { class: "word-meaning" }, plain(word.meaning)))));
  append($("#quick"), all.map((word) => el("button", { type: "button", class: "chip", title: word.meaning.replaceAll("`", ""), onclick: play(word) }, word.name)));
}

/* Panes and tabs. */

function pane(name) {
  document.body.dataset.pane = name;
  for (const button of document.querySelectorAll("[data-show]")) {
    if (button.dataset.show === name) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

function tabs() {
  const all = [...document.querySelectorAll('[role="tab"]')];
  const choose = (tab) => {
    for (const other of all) {
      other.setAttribute("aria-selected", String(other === tab));
      other.tabIndex = other === tab ? 0 : -1;
      document.getElementById(other.getAttribute("aria-controls")).hidden = other !== tab;
    }
  };
  all.forEach((tab, at) => {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const next = event.key === "Home" ? all[0] : event.key === "End" ? all.at(-1) : step && all.at((at + step) % all.length);
      if (!next) return;
      event.preventDefault();
      choose(next);
      next.focus();
    });
  });
}

function begin() {
  $("#composer").addEventListener("submit", (event) => { event.preventDefault(); say($("#composer-text").value); });
  $("#composer-text").addEventListener("input", grow);
  $("#composer-text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); say(event.target.value); }
    if (event.key === "Escape") running?.abort();
  });
  $("#stop").addEventListener("click", () => running?.abort());
  $("#file").addEventListener("change", (event) => { files.push(...event.target.files); event.target.value = ""; showFiles(); });
  $("#new-thread").addEventListener("click", fresh);
  $("#delete-thread").addEventListener("click", () => attempt(async () => { await ask("threads.delete", { thread_id: conversation.thread.id }); fresh(); }));
  for (const button of document.querySelectorAll("[data-show]")) button.addEventListener("click", () => pane(button.dataset.show));
  tabs();
  door.begin(threads);
  connect.begin(threads);
  switches.begin(failed);
  scenario.begin(failed);
  wire.listen((by) => {
    if (by === "reset") fresh();
    if (by === "threads" || by === "scenario") threads();
    if (by === "scenario" || by === "reset") attempt(scenario.refresh);
    attempt(switches.refresh);
  }, others);
  attempt(words);
  threads();
  head();
}

begin();

