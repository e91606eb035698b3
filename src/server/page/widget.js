// Widgets, well enough to recognise them, with buttons that act and forms that submit.

import { drawnOr, el, imageUrl, picture } from "/page/dom.js";
import { markdown } from "/page/markdown.js";
import { checkbox, choices, options, payload, textarea, textbox } from "/page/fields.js";

/** A few of the protocol's icons as characters; the others show as a dot. */
const ICONS = {
  __proto__: null,
  sparkle: "✦", "sparkle-double": "✦", reload: "↻", plus: "+", check: "✓", "check-circle": "✓", "check-circle-filled": "✓",
  "external-link": "↗", "chevron-right": "›", "chevron-left": "‹", "dots-horizontal": "⋯", "dots-vertical": "⋮", star: "☆",
  "star-filled": "★", search: "⌕", globe: "◍", calendar: "▦", mail: "✉", phone: "☎", info: "i", "circle-question": "?",
  document: "▤", notebook: "▤", "square-text": "▤", "book-open": "▥", lightbulb: "✺", bolt: "ϟ", confetti: "✻", cube: "◆",
  suitcase: "▣", "map-pin": "⚑", user: "☺", profile: "☺", "write-alt": "✎", "square-code": "⌘", "square-image": "▨", images: "▨",
};

export function icon(name) {
  return el("span", { class: "icon", "aria-hidden": "true", title: name }, (typeof name === "string" && ICONS[name]) || "•");
}

let drawn = 0;

/** Draws a widget; `act(action, payload)` runs an action. */
export function widget(root, act) {
  // Two widgets may have fields of one name, and a label is to find its own.
  const scope = (drawn += 1);
  return draw(root, { act, id: (name) => `field-${scope}-${name}` });
}

const ALIGN = { __proto__: null, start: "flex-start", end: "flex-end", center: "center", baseline: "baseline", stretch: "stretch" };
const JUSTIFY = { __proto__: null, ...ALIGN, between: "space-between", around: "space-around", evenly: "space-evenly" };

function children(component, context) {
  const inner = component.children;
  const list = Array.isArray(inner) ? inner : inner ? [inner] : [];
  return list.map((child) => draw(child, context));
}

/** What lays children out in a row or a column. */
function flow(component, direction) {
  const gap = Number(component.gap);
  return {
    display: "flex",
    flexDirection: direction === "row" ? "row" : "column",
    gap: Number.isFinite(gap) ? `${gap * 4}px` : direction === "row" ? "8px" : "6px",
    alignItems: ALIGN[component.align] ?? (direction === "row" ? "center" : "stretch"),
    justifyContent: JUSTIFY[component.justify] ?? "flex-start",
    flexWrap: component.wrap === "wrap" || direction === "row" ? "wrap" : "nowrap",
  };
}

function draw(component, context) {
  if (!component || typeof component !== "object") return null;
  const kind = typeof component.type === "string" ? component.type : "?";
  const make = COMPONENTS[kind];
  // What is inside is drawn first, and once: it is there whatever becomes of what is around it.
  const inner = children(component, kind === "Table.Row" ? { ...context, header: component.header } : context);
  const unknown = (note) => el("div", { class: "w-unknown" }, el("span", { class: "tag" }, kind), note && el("span", { class: "note" }, ` ${note}`), inner);
  return make ? drawnOr(() => make(component, context, inner), () => unknown("cannot be drawn: its shape is not the protocol’s")) : unknown();
}

function button(label, attributes, ...icons) {
  return el("button", { type: "button", ...attributes }, icons[0] && icon(icons[0]), label && el("span", {}, label), icons[1] && icon(icons[1]));
}

function run(context, action, more) {
  if (action) context.act(action, { ...(action.payload ?? {}), ...more });
}

/** A form: fields below it hand in their values with its action. */
function form(component, context, action, inner) {
  const submit = (event) => {
    event.preventDefault();
    event.stopPropagation();
    run(context, action, payload(event.target));
  };
  return el("form", { class: "w-form", novalidate: false, onsubmit: submit, style: flow(component, component.direction ?? "col") }, inner);
}

const card = (component, context, inner) => {
  const status = component.status && el("div", { class: "w-status" }, component.status.icon && icon(component.status.icon), component.status.text);
  const ends = (end, kind) => end && el("button", {
    type: component.asForm && kind === "primary" ? "submit" : "button",
    class: `w-button ${kind}`,
    onclick: component.asForm && kind === "primary" ? undefined : () => run(context, end.action),
  }, end.label ?? kind);
  const foot = (component.confirm || component.cancel) && el("div", { class: "w-foot" }, ends(component.cancel, "plain"), ends(component.confirm, "primary"));
  const body = component.asForm
    ? form({ gap: 2 }, context, component.confirm?.action, [inner, foot])
    : el("div", { class: "w-body" }, inner, foot);
  return el("div", { role: "group", class: `w-card ${component.size ?? "md"}`, "aria-label": component.status?.text ?? "Widget" }, status, body);
};

const text = (tag, className) => (component) => {
  if (component.editable) {
    const { name, placeholder, required } = component.editable;
    return textbox({ name, placeholder, required, value: component.value, "aria-label": placeholder ?? name });
  }
  const style = {
    fontStyle: component.italic ? "italic" : "",
    textDecoration: component.lineThrough ? "line-through" : "",
    fontWeight: { __proto__: null, normal: 400, medium: 500, semibold: 600, bold: 700 }[component.weight] ?? "",
    textAlign: component.textAlign ?? "",
  };
  return el(tag, { class: `${className} size-${component.size ?? "md"}`, style }, component.value ?? "");
};

const field = (make) => (component, context) => {
  const changed = component.onChangeAction && ((event) => {
    const control = event.target;
    const value = control.type === "checkbox" ? control.checked : control.value;
    run(context, component.onChangeAction, { [component.name]: value });
  });
  return make(component, changed || undefined, context.id(component.name));
};

const COMPONENTS = {
  __proto__: null,
  Card: card,
  Basic: (component, context, inner) => el("div", { class: "w-basic", style: flow(component, component.direction ?? "col") }, inner),
  ListView: (component, context, inner) => {
    const all = inner.filter(Boolean);
    const limit = Number.isInteger(component.limit) ? component.limit : all.length;
    const list = el("ul", { class: "w-list" }, all.slice(0, limit));
    const more = all.length > limit && el("button", { type: "button", class: "w-button plain", onclick: () => { list.append(...all.slice(limit)); more.remove(); } }, `Show ${all.length - limit} more`);
    const status = component.status && el("div", { class: "w-status" }, component.status.icon && icon(component.status.icon), component.status.text);
    return el("section", { class: "w-card", "aria-label": component.status?.text ?? "List" }, status, list, more);
  },
  ListViewItem: (component, context, inner) => {
    const style = flow(component, "row");
    const action = component.onClickAction;
    return el("li", {}, action
      ? el("button", { type: "button", class: "w-entry", style, onclick: () => run(context, action) }, inner)
      : el("div", { class: "w-entry", style }, inner));
  },
  Row: (component, context, inner) => el("div", { class: "w-row", style: flow(component, "row") }, inner),
  Col: (component, context, inner) => el("div", { class: "w-col", style: flow(component, "col") }, inner),
  Box: (component, context, inner) => el("div", { class: `w-box ${component.background || component.border ? "framed" : ""}`, style: flow(component, component.direction ?? "col") }, inner),
  Form: (component, context, inner) => form(component, context, component.onSubmitAction, inner),
  Transition: (component, context, inner) => el("div", {}, inner),
  Title: text("div", "w-title"),
  Text: text("div", "w-text"),
  Caption: text("div", "w-caption"),
  Label: (component, context) => el("label", { class: "w-label", for: component.fieldName && context.id(component.fieldName) }, component.value ?? ""),
  Markdown: (component) => el("div", { class: "prose" }, markdown(component.value)),
  Badge: (component) => el("span", { class: `w-badge ${component.color ?? "secondary"}` }, component.label ?? ""),
  Icon: (component) => icon(component.name),
  Divider: () => el("hr"),
  Spacer: () => el("span", { class: "w-spacer" }),
  Image: (component) => {
    const side = Number(component.size ?? component.width);
    const src = imageUrl(component.src);
    return src && picture(src, { class: "w-image", alt: component.alt ?? "", style: Number.isFinite(side) ? { width: `${side}px` } : {} });
  },
  Button: (component, context) => {
    const style = component.style === "primary" || component.variant === "solid" ? "primary" : component.variant ?? "outline";
    const submits = component.submit;
    const name = component.label ? undefined : component.iconStart ?? "button";
    return button(component.label, {
      type: submits ? "submit" : "button",
      class: `w-button ${style} ${component.color ?? ""} ${component.block ? "block" : ""}`,
      disabled: Boolean(component.disabled),
      "aria-label": name,
      onclick: submits ? undefined : () => run(context, component.onClickAction),
    }, component.iconStart, component.iconEnd);
  },
  Input: field((component, changed, id) => textbox({
    id, name: component.name, type: component.inputType, placeholder: component.placeholder,
    value: component.defaultValue, required: Boolean(component.required), disabled: Boolean(component.disabled), pattern: component.pattern, onchange: changed,
  })),
  Textarea: field((component, changed, id) => textarea({
    id, name: component.name, rows: component.rows ?? 3, placeholder: component.placeholder,
    required: Boolean(component.required), disabled: Boolean(component.disabled), onchange: changed,
  }, component.defaultValue)),
  Select: field((component, changed, id) => options({
    id, name: component.name, required: Boolean(component.required), disabled: Boolean(component.disabled), onchange: changed,
  }, component)),
  DatePicker: field((component, changed, id) => textbox({
    id, name: component.name, type: "date", value: component.defaultValue?.slice(0, 10),
    min: component.min?.slice(0, 10), max: component.max?.slice(0, 10), disabled: Boolean(component.disabled), onchange: changed,
  })),
  RadioGroup: field((component, changed) => choices(component, changed)),
  Checkbox: field((component, changed) => checkbox(component, changed)),
  Table: (component, context, inner) => el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Table" }, el("table", {}, el("tbody", {}, inner))),
  "Table.Row": (component, context, inner) => el("tr", {}, inner),
  "Table.Cell": (component, context, inner) => el(context.header ? "th" : "td", { colspan: component.colSpan, rowspan: component.rowSpan, style: component.align === "end" ? { textAlign: "right" } : {} }, inner),
  Chart: (component) => chart(component),
};

/** Bars for every series: enough to see what is charted; the numbers are in the table for readers. */
function chart(component) {
  const rows = component.data ?? [];
  const series = component.series ?? [];
  const axis = typeof component.xAxis === "string" ? component.xAxis : component.xAxis?.dataKey;
  const numbers = rows.flatMap((row) => series.map((one) => Number(row[one.dataKey]) || 0));
  const top = Math.max(1, ...numbers);
  const bar = (row, one, at) => el("span", { class: `bar series-${at % 4}`, style: { height: `${(100 * (Number(row[one.dataKey]) || 0)) / top}%` }, title: `${one.label ?? one.dataKey}: ${row[one.dataKey]}` });
  const group = (row) => el("div", { class: "group" }, el("div", { class: "bars" }, series.map((one, at) => bar(row, one, at))), el("span", { class: "tick" }, row[axis] ?? ""));
  const legend = el("div", { class: "legend" }, series.map((one, at) => el("span", {}, el("i", { class: `series-${at % 4}` }), one.label ?? one.dataKey)));
  const told = rows.map((row) => `${row[axis]}: ${series.map((one) => `${one.label ?? one.dataKey} ${row[one.dataKey]}`).join(", ")}`).join("; ");
  return el("figure", { class: "w-chart", role: "img", "aria-label": told }, el("div", { class: "plot" }, rows.map(group)), legend);
}
