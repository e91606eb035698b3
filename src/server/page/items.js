// Items of a thread, each as the user of a frontend would see it.

import { drawnOr, el, imageUrl, picture, safeUrl } from "/page/dom.js";
import { choices, textarea } from "/page/fields.js";
import { markdown } from "/page/markdown.js";
import { icon, widget } from "/page/widget.js";

/** Draws an item; `on` is what can be done about one. */
export function draw(item, on) {
  const kind = typeof item.type === "string" ? item.type : "?";
  const make = ITEMS[kind];
  // The page has classes of its own, and a type may be called like one: `hidden` is not to hide it.
  const article = (body) => el("article", { class: `item ${make ? kind : ""}`, "aria-label": LABELS[kind] ?? kind, data: { item: item.id } }, body);
  if (!make) return article(asItIs(item, `an item of type ${kind}`));
  return drawnOr(() => {
    const body = make(item, on);
    return body && article(body);
  }, () => article(asItIs(item, `an item of type ${kind} that cannot be drawn: its shape is not the protocol’s`)));
}

// Without a prototype: a backend may call its types as it likes, `constructor` too.
const LABELS = {
  __proto__: null,
  user_message: "You", assistant_message: "Assistant", widget: "Widget", workflow: "Workflow", task: "Task",
  client_tool_call: "Client tool", structured_input: "Questions", generated_image: "Image",
};

const ITEMS = {
  __proto__: null,
  user_message: (item, on) => [
    item.attachments?.length > 0 && el("div", { class: "attachments" }, item.attachments.map(attachment)),
    item.quoted_text && el("blockquote", {}, item.quoted_text),
    el("div", { class: "bubble" }, (item.content ?? []).map((part) =>
      part.type === "input_tag" ? el("span", { class: "tag" }, part.text) : el("span", {}, part.text ?? ""))),
    el("div", { class: "actions" }, el("button", { type: "button", class: "quiet", onclick: () => on.retry(item) }, "Retry from here")),
  ],
  assistant_message: (item, on) => [
    (item.content ?? []).filter(Boolean).map((part) => [
      el("div", { class: "prose" }, markdown(part.text)),
      part.annotations?.length > 0 && el("ol", { class: "sources", "aria-label": "Sources" }, part.annotations.map(({ source }) => el("li", {}, sourceOf(source)))),
    ]),
    item.content?.some((part) => part?.text) && el("div", { class: "actions" },
      feedback(item, on, "positive", "Good answer", "▲"),
      feedback(item, on, "negative", "Bad answer", "▼")),
  ],
  widget: (item, on) => widget(item.widget, (action, payload) => on.action(item, action, payload)),
  workflow: (item) => workflow(item.workflow),
  task: (item) => el("div", { class: "panel" }, task(item.task)),
  client_tool_call: (item, on) => tool(item, on),
  structured_input: (item, on) => questions(item, on),
  generated_image: (item) => image(item),
  end_of_turn: () => el("div", { class: "end" }, "end of turn"),
};

function asItIs(item, title) {
  return el("details", { class: "panel" }, el("summary", {}, title), el("pre", { class: "code", tabindex: "0" }, JSON.stringify(item, null, 2)));
}

function feedback(item, on, kind, label, mark) {
  return el("button", {
    type: "button", class: "quiet", "aria-label": label, title: label,
    onclick: (event) => { on.feedback(item, kind); event.currentTarget.classList.add("chosen"); },
  }, mark);
}

function attachment(file) {
  const preview = file.type === "image" && imageUrl(file.preview_url ?? "");
  return el("span", { class: "attachment" }, preview && picture(preview, { alt: "" }), file.name);
}

function sourceOf(source) {
  const href = source?.type === "url" && safeUrl(source.url);
  const name = source?.title ?? source?.filename ?? source?.id ?? "source";
  return href ? el("a", { href, target: "_blank", rel: "noopener noreferrer" }, name) : `${name}${source?.filename ? ` (${source.filename})` : ""}`;
}

function workflow(flow) {
  const seconds = flow.summary?.duration;
  const running = flow.tasks?.some((one) => one.status_indicator === "loading");
  const title = flow.summary?.title ?? (seconds !== undefined && seconds !== null ? `Thought for ${seconds} s` : flow.type === "reasoning" ? "Thinking" : "Working");
  return el("details", { class: "panel workflow", open: Boolean(flow.expanded || !flow.summary) },
    el("summary", {}, flow.summary?.icon && icon(flow.summary.icon), el("span", { class: running ? "shimmer" : "" }, title)),
    el("ol", {}, (flow.tasks ?? []).map((one) => el("li", {}, task(one)))));
}

const TASKS = { __proto__: null, web_search: "Search the web", thought: "Thought", file: "Read files", image: "Make an image", custom: "Step" };

function task(one) {
  const state = { __proto__: null, loading: "running", complete: "done", none: "" }[one.status_indicator] ?? "";
  const title = one.title ?? one.title_query ?? TASKS[one.type] ?? one.type;
  const queries = one.queries?.length > 0 && el("div", { class: "queries" }, one.queries.map((query) => el("span", { class: "tag" }, query)));
  const sources = one.sources?.length > 0 && el("ul", { class: "sources" }, one.sources.map((source) => el("li", {}, sourceOf(source))));
  return el("div", { class: `task ${state}` },
    el("div", { class: "task-title" }, el("span", { class: "dot", "aria-hidden": "true" }), title, state && el("span", { class: "hidden" }, ` (${state})`)),
    one.content && el("div", { class: "prose small" }, markdown(one.content)), queries, sources);
}

function tool(item, on) {
  const pending = item.status === "pending";
  const output = textarea({ rows: 3, "aria-label": `Output of ${item.name}, as JSON`, spellcheck: "false" }, JSON.stringify({ ok: true }));
  const send = () => {
    try {
      on.tool(item, JSON.parse(output.value));
    } catch {
      output.setCustomValidity("This is no JSON.");
      output.reportValidity();
    }
  };
  output.addEventListener("input", () => output.setCustomValidity(""));
  return el("div", { class: "panel" },
    el("div", { class: "panel-title" }, "Client tool ", el("code", {}, item.name), el("span", { class: `state ${item.status}` }, pending ? "waits for the page" : "answered")),
    el("pre", { class: "code", tabindex: "0" }, JSON.stringify(item.arguments, null, 2)),
    pending
      ? el("div", { class: "reply" }, output, el("button", { type: "button", class: "w-button primary", onclick: send }, "Send the output"))
      : el("pre", { class: "code", tabindex: "0", "aria-label": "Output" }, JSON.stringify(item.output ?? null, null, 2)));
}

function questions(item, on) {
  const pending = item.status === "pending";
  const question = (one) => {
    if (!pending) {
      const answer = one.answer?.values?.length ? one.answer.values.join(", ") : "skipped";
      return el("div", { class: "question" }, el("div", {}, one.question), el("div", { class: "answer" }, answer));
    }
    const control = one.type === "multiple_choice"
      ? choices({ name: one.id, ariaLabel: one.question, options: one.options, multiple: one.multiple })
      : textarea({ name: one.id, rows: 2, "aria-label": one.question, placeholder: one.description ?? "" });
    return el("div", { class: "question" }, el("div", { "aria-hidden": "true" }, one.question), control);
  };
  const hand = (status) => (event) => {
    event.preventDefault();
    const form = event.target.closest("form");
    const answers = {};
    for (const one of item.inputs) {
      const chosen = [...form.elements].filter((control) => control.name === one.id && (control.tagName === "TEXTAREA" ? control.value.trim() : control.checked));
      answers[one.id] = { values: chosen.map((control) => control.value), skipped: chosen.length === 0 };
    }
    on.answer(item, { status, answers: status === "skipped" ? {} : answers });
  };
  return el("form", { class: "panel questions", onsubmit: hand("answered"), "aria-label": "Questions" },
    item.inputs.map(question),
    pending && el("div", { class: "w-foot" },
      el("button", { type: "button", class: "w-button plain", onclick: hand("skipped") }, "Skip"),
      el("button", { type: "submit", class: "w-button primary" }, "Answer")));
}

function image(item) {
  const src = item.image && imageUrl(item.image.url);
  return el("figure", { class: "image" },
    src ? picture(src, { alt: "An image that was generated" }) : el("div", { class: "blank" }, "An image is being made"),
    item.progress !== undefined && item.progress !== null && item.progress < 1 && el("progress", { max: "1", value: String(item.progress), "aria-label": "Progress" }));
}
