const faults = [];
const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true });
const name = (element) => (element.getAttribute("aria-label") || element.labels?.[0]?.innerText || element.labels?.[0]?.textContent
  || element.innerText || element.title || element.getAttribute("aria-labelledby") || element.getAttribute("alt") || "").trim();
const where = (element) => `${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ""}.${element.className} ${(element.innerText ?? "").slice(0, 30)}`;

for (const element of document.querySelectorAll("button, input, textarea, select, a, iframe, [role=tab], [role=region], [tabindex='0']")) {
  if (shown(element) && !name(element)) faults.push(`no name: ${where(element)}`);
}
for (const element of document.querySelectorAll("img")) if (!element.hasAttribute("alt")) faults.push(`no alt: ${where(element)}`);
const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
for (const wanted of ["header", "main", "nav", "aside"]) if (!document.querySelector(wanted)) faults.push(`no landmark ${wanted}`);
for (const id of ["composer-text", "log", "announcer"]) if (ids.filter((other) => other === id).length !== 1) faults.push(`id ${id}`);

const parse = (text) => {
  const match = /rgba?\(([^)]+)\)/.exec(text);
  if (!match) return null;
  const [r, g, b, a = 1] = match[1].split(/[ ,/]+/).map(Number);
  return { r, g, b, a };
};
const over = (top, below) => ({ r: top.r * top.a + below.r * (1 - top.a), g: top.g * top.a + below.g * (1 - top.a), b: top.b * top.a + below.b * (1 - top.a), a: 1 });
const light = ({ r, g, b }) => {
  const [x, y, z] = [r, g, b].map((value) => { const c = value / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const background = (element) => {
  const layers = [];
  for (let at = element; at; at = at.parentElement) {
    const color = parse(getComputedStyle(at).backgroundColor);
    if (color?.a) layers.push(color);
    if (color?.a === 1) break;
  }
  return layers.reverse().reduce((below, top) => over(top, below), parse(getComputedStyle(document.body).backgroundColor));
};
const opacity = (element) => { let all = 1; for (let at = element; at; at = at.parentElement) all *= Number(getComputedStyle(at).opacity); return all; };
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  if (!own || !shown(element) || element.closest(":disabled, .hidden, [aria-hidden=true], .skip") || element.getAnimations({ subtree: false }).length) continue;
  const below = background(element);
  const color = parse(getComputedStyle(element).color);
  color.a *= opacity(element);
  const [a, b] = [light(over(color, below)), light(below)].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  const { fontSize, fontWeight } = getComputedStyle(element);
  const large = parseFloat(fontSize) >= 24 || (parseFloat(fontSize) >= 18.66 && Number(fontWeight) >= 700);
  if (ratio < (large ? 3 : 4.5)) faults.push(`contrast ${ratio.toFixed(2)}: ${where(element)}`);
}
const page = document.scrollingElement;
if (page.scrollWidth > innerWidth + 1) faults.push(`the page is ${page.scrollWidth} wide in ${innerWidth}`);
for (const element of document.querySelectorAll(".log, .look > section, .top, .threads")) {
  if (shown(element) && element.scrollWidth > element.clientWidth + 1) faults.push(`${where(element)} is ${element.scrollWidth} wide in ${element.clientWidth}`);
}
return [...new Set(faults)];
