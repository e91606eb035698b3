// Snippets to paste into a frontend, with this server's address.

import { $, announce, el } from "/page/dom.js";

const origin = location.origin;

const SNIPPETS = [
  ["React", `import { ChatKit, useChatKit } from "@openai/chatkit-react";

export function Chat() {
  const { control } = useChatKit({
    api: { url: "${origin}/chatkit", domainKey: "local" },
  });
  return <ChatKit control={control} className="h-[600px] w-[360px]" />;
}`],
  ["Web component", `<script src="https://cdn.platform.openai.com/deployments/chatkit/chatkit.js" async></script>
<openai-chatkit id="chat"></openai-chatkit>
<script type="module">
  await customElements.whenDefined("openai-chatkit");
  document.getElementById("chat").setOptions({
    api: { url: "${origin}/chatkit", domainKey: "local" },
  });
</script>`],
  ["With uploads", `api: {
  url: "${origin}/chatkit",
  domainKey: "local",
  uploadStrategy: { type: "two_phase" },
},
composer: { attachments: { enabled: true } },`],
  ["Hosted API", `export OPENAI_BASE_URL=${origin}/v1
export OPENAI_API_KEY=sk-any        # any key that is not empty`],
  ["Terminal", `chatkit send --url ${origin}/chatkit "show all"
chatkit chat --url ${origin}/chatkit`],
  ["In a test", `curl ${origin}/__mock/verify \\
  -d '{"request": {"operation": "threads.create", "text": "hello"}, "times": 1}'`],
];

export function begin() {
  const copy = (text, name) => async () => {
    await navigator.clipboard.writeText(text);
    announce(`${name} copied`);
  };
  $("#snippets").replaceChildren(...SNIPPETS.map(([name, text]) => el("section", { class: "snippet" },
    el("div", { class: "snippet-head" }, el("h3", {}, name),
      el("button", { type: "button", class: "quiet", "aria-label": `Copy: ${name}`, onclick: copy(text, name) }, "Copy")),
    el("pre", { class: "code", tabindex: "0", "aria-label": name }, text))));
  $("#address").textContent = `${origin}/chatkit`;
  $("#copy-address").addEventListener("click", copy(`${origin}/chatkit`, "Address"));
  $("#official").addEventListener("click", () => {
    const frame = el("iframe", { src: "/page/official.html", title: "The official ChatKit element", class: "official" });
    $("#official-place").replaceChildren(frame);
  });
}
