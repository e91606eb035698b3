// What a person has in hand stays so where something is drawn anew: the focus, and what was typed.

const CONTROLS = "button, input, textarea, select, summary, a[href], [tabindex]";

/** What a control is called, among those of its element. */
function name(control) {
  const text = control.getAttribute("name") || control.getAttribute("aria-label") || control.textContent;
  return `${control.tagName} ${control.type ?? ""} ${control.value && control.type === "radio" ? control.value : ""} ${text}`;
}

function controls(element) {
  return [...element.querySelectorAll(CONTROLS)].filter((control) => !control.disabled);
}

/** The control of `next` that stands for one of `old`: of the same name, or else in its place. */
function twin(old, next, control) {
  const all = controls(old);
  const same = all.filter((other) => name(other) === name(control));
  const found = controls(next).filter((other) => name(other) === name(control));
  return found[same.indexOf(control)] ?? found[0] ?? controls(next)[all.indexOf(control)];
}

/** Carries what was typed into the fields of `old` over, where `next` says nothing else. */
function keepTyped(old, next) {
  for (const field of old.querySelectorAll("textarea, input:not([type=radio]):not([type=checkbox]):not([type=file])")) {
    if (field.value === field.defaultValue) continue;
    const other = twin(old, next, field);
    if (other && other.tagName === field.tagName && other.defaultValue === field.defaultValue) other.value = field.value;
  }
}

/**
 * Runs `swap`, which puts `next` in the place of `old`; who was in `old` is in `next` then, so that
 * the keyboard goes on from there.
 */
export function swapped(old, next, swap) {
  keepTyped(old, next);
  const { activeElement: active } = document;
  const inside = old.contains(active);
  const other = inside && active !== old ? twin(old, next, active) : null;
  const range = inside && active.tagName === "TEXTAREA" ? [active.selectionStart, active.selectionEnd] : null;
  swap();
  if (!inside) return;
  const place = other ?? next;
  if (!other) next.tabIndex = -1;
  place.focus({ preventScroll: true });
  if (range && place.tagName === "TEXTAREA") place.setSelectionRange(...range);
}

/** Runs `fill`, which draws a list anew; the focus stays at the entry of the same key, or its place. */
export function filled(list, fill) {
  const active = list.contains(document.activeElement) ? document.activeElement : null;
  const before = [...list.querySelectorAll("button")];
  const at = before.indexOf(active);
  fill();
  if (!active) return;
  const after = [...list.querySelectorAll("button")];
  const same = active.dataset.key && after.find((button) => button.dataset.key === active.dataset.key);
  (same ?? after[Math.min(at, after.length - 1)])?.focus({ preventScroll: true });
}
