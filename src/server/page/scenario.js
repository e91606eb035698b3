// The scenario in force: what it is, what is wrong with it, and another one in its place.

import { $, announce, el } from "/page/dom.js";
import { steer } from "/page/client.js";

/** Whether the user has written into the text, which is not to be overwritten then. */
let touched = false;

/** Wires the panel; `failed` shows what went wrong. */
export function begin(failed) {
  const text = $("#scenario-text");
  text.addEventListener("input", () => { touched = true; });
  $("#scenario-put").addEventListener("click", () => put(text.value).catch(failed));
  $("#scenario-back").addEventListener("click", async () => {
    try {
      touched = false;
      show(await steer("DELETE", "/scenario"));
      announce("The mock answers as it was set up to");
    } catch (error) {
      failed(error);
    }
  });
  refresh().catch(failed);
}

/** Shows the scenario as it is now. */
export async function refresh() {
  show(await steer("GET", "/scenario"));
}

/** Answers by this text from now on; why it is none is shown beside it. */
async function put(text) {
  const response = await fetch("/__mock/scenario", { method: "PUT", body: text });
  const answer = await response.json();
  if (response.ok) {
    touched = false;
    show(answer);
    announce(`In force: ${counted(answer)}`);
    return;
  }
  if (!answer.findings) throw new Error(answer.error.message);
  findings(answer.findings);
  announce(`Not taken: ${answer.error.message}`);
}

function show(scenario) {
  $("#scenario-what").textContent = what(scenario);
  $("#scenario-back").hidden = scenario.origin !== "put";
  findings([...scenario.refused, ...scenario.findings]);
  const several = scenario.texts.length > 1;
  $("#scenario-texts").replaceChildren(...(several ? scenario.texts.map(whole) : []));
  const text = $("#scenario-text");
  if (!touched) text.value = several ? "" : scenario.texts[0]?.text ?? "";
}

function what(scenario) {
  if (scenario.origin === "none") return "There is none: the words of the showcase are answered, and any other text.";
  const otherwise = scenario.strict ? "what no rule matches is refused" : "what no rule matches is the showcase’s";
  const from = scenario.origin === "put" ? "put here, in the place of the one it was started with" : scenario.texts.map(({ name }) => name).join(", ");
  return `${counted(scenario)}, ${from}; ${otherwise}.`;
}

function counted({ rules, threads }) {
  const of = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;
  return threads ? `${of(rules, "rule")} and ${of(threads, "thread")}` : of(rules, "rule");
}

function whole({ name, text }) {
  return el("details", { class: "panel" }, el("summary", {}, name), el("pre", { class: "code", tabindex: "0", "aria-label": name }, text));
}

function findings(found) {
  $("#scenario-findings").replaceChildren(...found.map(({ file, line, column, severity, message, help }) => el("li", { class: `finding ${severity}` },
    el("code", {}, [file, line, column].filter((part) => part !== undefined && part !== null).join(":")), " ", message, help && el("span", { class: "note" }, ` (${help})`))));
}
