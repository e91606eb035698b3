// Markdown as elements: what answers use of it, and nothing that could be more than text.

import { el, imageUrl, picture, safeUrl } from "/page/dom.js";

/** The blocks of a text. */
export function markdown(text) {
  const lines = String(text ?? "").replace(/\r\n?/g, "\n").split("\n");
  return blocks(lines, 0);
}

const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const FENCE = /^\s{0,3}(```+|~~~+)\s*(\S*)/;
const ENTRY = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const DIVIDER = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

function blocks(lines, depth) {
  const found = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at];
    let match;
    if (!line.trim()) {
      at += 1;
    } else if ((match = FENCE.exec(line))) {
      const end = lines.findIndex((other, i) => i > at && other.trim().startsWith(match[1]));
      const last = end < 0 ? lines.length : end;
      found.push(el("pre", { tabindex: "0", class: "code", data: { language: match[2] } },
        el("code", {}, lines.slice(at + 1, last).join("\n"))));
      at = last + 1;
    } else if ((match = HEADING.exec(line))) {
      // The page has headings of its own above these.
      found.push(el(`h${Math.min(6, match[1].length + 2)}`, {}, inline(match[2])));
      at += 1;
    } else if (RULE.test(line)) {
      found.push(el("hr"));
      at += 1;
    } else if (line.trimStart().startsWith(">") && depth < 8) {
      const quoted = take(lines, at, (other) => other.trimStart().startsWith(">"));
      found.push(el("blockquote", {}, blocks(quoted.map((other) => other.replace(/^\s*> ?/, "")), depth + 1)));
      at += quoted.length;
    } else if (ENTRY.test(line) && depth < 8) {
      const taken = list(lines, at, depth);
      found.push(taken.element);
      at = taken.next;
    } else if (line.includes("|") && DIVIDER.test(lines[at + 1] ?? "")) {
      const rows = take(lines, at, (other) => other.includes("|"));
      found.push(table(rows));
      at += rows.length;
    } else {
      const paragraph = take(lines, at, (other, first) => first || (other.trim() && !begins(other)));
      found.push(el("p", {}, inline(paragraph.join("\n"))));
      at += paragraph.length;
    }
  }
  return found;
}

function begins(line) {
  return FENCE.test(line) || HEADING.test(line) || ENTRY.test(line) || RULE.test(line) || line.startsWith(">");
}

function take(lines, from, wanted) {
  let end = from;
  while (end < lines.length && wanted(lines[end], end === from)) end += 1;
  return lines.slice(from, Math.max(end, from + 1));
}

function list(lines, from, depth) {
  const first = ENTRY.exec(lines[from]);
  const ordered = /\d/.test(first[2]);
  const indent = first[1].length;
  const entries = [];
  let at = from;
  while (at < lines.length) {
    const match = ENTRY.exec(lines[at]);
    if (match && match[1].length <= indent + 1 && /\d/.test(match[2]) === ordered) {
      entries.push([match[3]]);
    } else if (entries.length && (/^\s{2,}/.test(lines[at]) || (!lines[at].trim() && /^\s{2,}\S/.test(lines[at + 1] ?? "")))) {
      entries.at(-1).push(lines[at].replace(/^\s{1,4}/, ""));
    } else {
      break;
    }
    at += 1;
  }
  const items = entries.map((entry) => el("li", {}, listItem(entry, depth)));
  const start = ordered ? parseInt(first[2], 10) : 1;
  return { element: el(ordered ? "ol" : "ul", start > 1 ? { start } : {}, items), next: at };
}

function listItem(lines, depth) {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(lines[0]);
  const box = task && el("input", { type: "checkbox", disabled: true, checked: task[1] !== " ", "aria-label": task[1] === " " ? "open" : "done" });
  if (task) lines = [task[2], ...lines.slice(1)];
  const inner = blocks(lines, depth + 1);
  // A tight list has no paragraphs.
  return [box, ...inner.flatMap((block) => (block.tagName === "P" ? [...block.childNodes] : [block]))];
}

function table(rows) {
  const cells = (row) => row.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, "|"));
  const align = cells(rows[1]).map((cell) => (cell.endsWith(":") ? (cell.startsWith(":") ? "center" : "right") : null));
  const cell = (tag) => (text, at) => el(tag, { style: align[at] ? { textAlign: align[at] } : {} }, inline(text));
  const scope = cells(rows[0]).map(cell("th"));
  return el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Table" },
    el("table", {},
      el("thead", {}, el("tr", {}, scope)),
      el("tbody", {}, rows.slice(2).map((row) => el("tr", {}, cells(row).map(cell("td")))))));
}

const INLINE = new RegExp([
  /\\([!-/:-@[-`{-~])/,
  /(`+)([^`]|[^`][\s\S]*?[^`])\2(?!`)/,
  /!\[([^\]]*)\]\(\s*(\S+?)(?:\s+"[^"]*")?\s*\)/,
  /\[([^\]]+)\]\(\s*(\S+?)(?:\s+"[^"]*")?\s*\)/,
  /(\*\*|__)(?=\S)([\s\S]+?)(?<=\S)\8/,
  /~~(?=\S)([\s\S]+?)(?<=\S)~~/,
  /([*_])(?=\S)([\s\S]+?)(?<=\S)\11(?![\p{L}\p{N}])/,
  /(https?:\/\/[^\s<>()]+[^\s<>().,;:!?"'])/,
  /( {2,}\n|\\\n)/,
].map((part) => part.source).join("|"), "u");

/** The text of a line, with what is set off in it. */
export function inline(text, depth = 0) {
  const found = [];
  let rest = text;
  for (let match; depth < 12 && (match = INLINE.exec(rest)); ) {
    if (match.index) found.push(rest.slice(0, match.index));
    found.push(mark(match, depth + 1));
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest) found.push(rest);
  return found;
}

function mark(match, depth) {
  if (match[1]) return match[1];
  if (match[2]) return el("code", {}, match[3].trim() || match[3]);
  if (match[5] !== undefined) {
    const src = imageUrl(match[5]);
    return src ? picture(src, { alt: match[4], loading: "lazy" }) : match[0];
  }
  if (match[7] !== undefined) return link(match[7], inline(match[6], depth)) ?? match[0];
  if (match[8]) return el("strong", {}, inline(match[9], depth));
  if (match[10]) return el("del", {}, inline(match[10], depth));
  if (match[11]) return el("em", {}, inline(match[12], depth));
  if (match[13]) return link(match[13], match[13]) ?? match[0];
  return el("br");
}

function link(address, children) {
  const href = safeUrl(address);
  return href && el("a", { href, target: "_blank", rel: "noopener noreferrer" }, children);
}
