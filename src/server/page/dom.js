// Elements from values. Text goes in as text: nothing here or elsewhere on the page parses HTML.

/** Makes an element; `null` and `false` among the children stand for nothing. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "style") Object.assign(element.style, value);
    else if (name in element && typeof value === "boolean") element[name] = value;
    else element.setAttribute(name, value === true ? "" : words(value));
  }
  append(element, children);
  return element;
}

export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : words(child));
  }
  return element;
}

/** A value as text: what ought to be a text may be an object where a backend errs. */
function words(value) {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/**
 * What `make` draws, or, where it cannot, what `instead` draws. A backend sends what it likes, and
 * what cannot be drawn costs nothing beside it: items and components both come through here.
 */
export function drawnOr(make, instead) {
  try {
    const made = make();
    if (made) return made;
  } catch {
    // The value stands in the place of what was to be made of it, which says more than the error.
  }
  return instead();
}

export const $ = (selector, root = document) => root.querySelector(selector);

/** An address that may be followed, or nothing: no `javascript:` leaves this function. */
export function safeUrl(text, schemes = ["http:", "https:", "mailto:"]) {
  try {
    const url = new URL(text, location.href);
    return schemes.includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

export function imageUrl(text) {
  return safeUrl(text, ["http:", "https:", "data:", "blob:"]);
}

/** Images of other servers that were asked for. */
const wanted = new Set();

/**
 * An image. One that stands on another server is loaded when it is asked for: the page fetches
 * nothing from the network by itself.
 */
export function picture(src, attributes) {
  const url = new URL(src, location.href);
  const isHere = url.protocol === "data:" || url.protocol === "blob:" || url.origin === location.origin;
  if (isHere || wanted.has(url.href)) return el("img", { src, ...attributes });
  const load = (event) => {
    wanted.add(url.href);
    const image = el("img", { src, ...attributes, tabindex: "-1" });
    event.currentTarget.replaceWith(image);
    image.focus({ preventScroll: true });
  };
  const alt = attributes.alt ? `: ${attributes.alt}` : "";
  return el("button", { type: "button", class: "load-image", title: url.href, onclick: load }, `Load the image from ${url.host}${alt}`);
}

/** Milliseconds as people read them. */
export function time(ms) {
  if (ms === null || ms === undefined) return "…";
  if (ms < 1) return "<1 ms";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(ms < 10000 ? 2 : 1)} s`;
}

export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Tells those who listen, and not those who look. */
export function announce(text) {
  const region = $("#announcer");
  region.textContent = "";
  // The same words twice are a change only if there was nothing in between.
  requestAnimationFrame(() => { region.textContent = text; });
}
