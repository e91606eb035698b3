// Snippets to paste into a frontend, with this server's address.

import { $, announce, el } from "/page/dom.js";
import * as token from "/page/token.js";

const origin = location.origin;

/** What stands for the token until it is asked for. */
const MASK = "YOUR_TOKEN";

/** Whether the token is shown as it is. */
let isShown = false;

/** The settings of the client, as many spaces from the left; with the token where one is wanted. */
function settings(indent, bearer, more = []) {
  const pad = " ".repeat(indent);
  const url = `url: "${origin}/chatkit"`;
  const key = 'domainKey: "local"';
  if (!bearer && more.length === 0) return `api: { ${url}, ${key} },`;
  const sent = bearer ? ["fetch: (input, init) => fetch(input, {", "  ...init,", `  headers: { ...init?.headers, Authorization: ${JSON.stringify(bearer)} },`, "}),"] : [];
  return ["api: {", ...[`${url},`, `${key},`, ...sent, ...more].map((line) => `${pad}  ${line}`), `${pad}},`].join("\n");
}

/** A word of a shell's command line. */
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function snippets() {
  const known = isShown && token.token();
  const bearer = token.isWanted() ? `Bearer ${known || MASK}` : null;
  const header = bearer ? ` --header ${quoted(`Authorization: ${bearer}`)}` : "";
  return [
    ["React", `import { ChatKit, useChatKit } from "@openai/chatkit-react";

export function Chat() {
  const { control } = useChatKit({
    ${settings(4, bearer)}
  });
  return <ChatKit control={control} className="h-[600px] w-[360px]" />;
}`],
    ["Web component", `<script src="https://cdn.platform.openai.com/deployments/chatkit/chatkit.js" async></script>
<openai-chatkit id="chat"></openai-chatkit>
<script type="module">
  await customElements.whenDefined("openai-chatkit");
  document.getElementById("chat").setOptions({
    ${settings(4, bearer)}
  });
</script>`],
    ["With uploads", `${settings(0, bearer, ['uploadStrategy: { type: "two_phase" },'])}
composer: { attachments: { enabled: true } },`],
    ["Hosted API", `export OPENAI_BASE_URL=${origin}/v1
export OPENAI_API_KEY=sk-any        # any key that is not empty`],
    ["Terminal", `chatkit send --url ${origin}/chatkit${header} "show all"
chatkit chat --url ${origin}/chatkit${header}`],
    ["In a test", `curl ${origin}/__mock/verify \\
  -d '{"request": {"operation": "threads.create", "text": "hello"}, "times": 1}'`],
  ];
}

function copy(text, name) {
  return async () => {
    await navigator.clipboard.writeText(text);
    announce(`${name} copied`);
  };
}

/** Draws the snippets, and what is known of the token. */
function draw() {
  const known = token.token();
  $("#token-kept").hidden = known === null;
  $("#token-shown").textContent = isShown && known !== null ? known : "•".repeat(8);
  $("#token-show").textContent = isShown ? "Hide" : "Show";
  $("#snippets").replaceChildren(...snippets().map(([name, text]) => el("section", { class: "snippet" },
    el("div", { class: "snippet-head" }, el("h3", {}, name),
      el("button", { type: "button", class: "quiet", "aria-label": `Copy: ${name}`, onclick: copy(text, name) }, "Copy")),
    el("pre", { class: "code", tabindex: "0", "aria-label": name }, text))));
}

/** Wires the panel; `again` asks the mock anew once the token is forgotten. */
export function begin(again) {
  $("#address").textContent = `${origin}/chatkit`;
  $("#copy-address").addEventListener("click", copy(`${origin}/chatkit`, "Address"));
  $("#official").addEventListener("click", () => {
    const frame = el("iframe", { src: "/page/official.html", title: "The official ChatKit element", class: "official" });
    $("#official-place").replaceChildren(frame);
  });
  $("#token-show").addEventListener("click", () => { isShown = !isShown; draw(); });
  $("#token-forget").addEventListener("click", () => { token.keep(null); again(); });
  token.onChange(() => { isShown = false; draw(); });
  draw();
}
