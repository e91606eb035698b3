// OpenAI's own element, pointed at this mock; its script comes from OpenAI's CDN.

import { header } from "/page/token.js";

const SCRIPT = "https://cdn.platform.openai.com/deployments/chatkit/chatkit.js";
const PATIENCE = 15000;

const note = document.getElementById("note");
const script = document.createElement("script");
script.src = SCRIPT;
const late = setTimeout(() => failed("took too long"), PATIENCE);
script.addEventListener("error", () => failed("could not be reached"));
script.addEventListener("load", begin);
document.head.append(script);

function failed(how) {
  clearTimeout(late);
  note.textContent = `The official element ${how}: it is loaded from ${new URL(SCRIPT).host}, and this machine may be offline. Everything else here works without it.`;
}

async function begin() {
  await customElements.whenDefined("openai-chatkit");
  clearTimeout(late);
  const chat = document.createElement("openai-chatkit");
  // What it is let in with is read when it asks: it may be given later, or be another one.
  const asked = (input, init) => fetch(input, { ...init, headers: { ...init?.headers, ...header() } });
  chat.setOptions({ api: { url: `${location.origin}/chatkit`, domainKey: "local", fetch: asked } });
  note.replaceWith(chat);
}
