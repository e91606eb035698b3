// Form controls, and what a form hands in.

import { el } from "/page/dom.js";

export function textbox(attributes) {
  return el("input", { type: "text", class: "field", autocomplete: "off", ...attributes });
}

export function textarea(attributes, value) {
  return el("textarea", { class: "field", ...attributes }, value ?? "");
}

export function options(attributes, { options: list = [], placeholder, defaultValue }) {
  const option = ({ value, label, disabled }) => el("option", { value, disabled: Boolean(disabled), selected: value === defaultValue }, label ?? value);
  return el("select", { class: "field", ...attributes }, el("option", { value: "" }, placeholder ?? "–"), list.map(option));
}

/** A group of radio buttons, or of boxes where several may be ticked. */
export function choices({ name, options: list = [], ariaLabel, defaultValue, direction, multiple, required }, changed) {
  const one = ({ value, label, disabled }) => el("label", { class: "choice" },
    el("input", { type: multiple ? "checkbox" : "radio", name, value, disabled: Boolean(disabled), checked: value === defaultValue, required: Boolean(required) && !multiple, onchange: changed }),
    el("span", {}, label ?? value));
  return el("fieldset", { class: `choices ${direction ?? "col"}` }, el("legend", { class: "hidden" }, ariaLabel ?? name), list.map(one));
}

export function checkbox({ name, label, defaultChecked, required, disabled }, changed) {
  return el("label", { class: "choice" },
    el("input", { type: "checkbox", name, checked: Boolean(defaultChecked), required: Boolean(required), disabled: Boolean(disabled), onchange: changed, data: { single: "true" } }),
    el("span", {}, label ?? name));
}

/** The values of a form; a dot in a name makes an object of its own. */
export function payload(form) {
  const values = {};
  for (const control of form.elements) {
    if (!control.name || control.disabled || (control.type === "radio" && !control.checked)) continue;
    let value = control.type === "checkbox" ? control.checked : control.value;
    if (value === "") value = null;
    let place = values;
    const path = control.name.split(".");
    const own = path.every((part) => !["__proto__", "constructor", "prototype"].includes(part));
    if (!own) continue;
    for (const part of path.slice(0, -1)) place = place[part] ??= {};
    place[path.at(-1)] = value;
  }
  return values;
}
