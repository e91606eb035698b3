// Switches: pace, faults, the clock, reset.

import { $, announce, el, time } from "/page/dom.js";
import { steer } from "/page/client.js";

const PACES = [0, 5, 15, 50, 150, 400];

/** Wires the switches; `failed` shows what went wrong. */
export function begin(failed) {
  const attempt = (work) => async (event) => {
    try {
      await work(event);
    } catch (error) {
      failed(error);
    }
  };
  $("#pace").addEventListener("input", attempt(async (event) => {
    const pace = PACES[Number(event.target.value)];
    showPace(pace);
    await steer("PUT", "/state", { pace_ms: pace });
  }));
  for (const button of document.querySelectorAll("[data-advance]")) {
    button.addEventListener("click", attempt(async () => {
      showClock(await steer("POST", "/clock", { advance: button.dataset.advance }));
      announce(`The clock is ${button.dataset.advance} ahead`);
    }));
  }
  $("#faults").addEventListener("change", attempt(async (event) => {
    const { name, checked } = event.target;
    try {
      if (checked) await steer("POST", "/faults", name);
      else await steer("DELETE", `/faults/${name}`);
    } catch (error) {
      // One that leaves another no room is refused, and stays off.
      event.target.checked = !checked;
      throw error;
    }
  }));
  $("#reset").addEventListener("click", attempt(async () => {
    if (await reset()) announce("The mock was reset");
  }));
  refresh().catch(failed);
}

/** Resets the mock; threads that are meant to outlive it go only if the user says so. */
async function reset() {
  try {
    await steer("POST", "/reset", {});
  } catch (error) {
    if (error.code !== "store_is_kept") throw error;
    if (!confirm("This deletes every thread in the mock's database. Go on?")) return false;
    await steer("POST", "/reset?store=true", {});
  }
  return true;
}

/** Shows the mock's settings as they are now. */
export async function refresh() {
  showFaults(await steer("GET", "/faults"));
  const state = await steer("GET", "/state");
  const nearest = PACES.reduce((best, pace) => (Math.abs(pace - state.pace_ms) < Math.abs(best - state.pace_ms) ? pace : best));
  $("#pace").value = String(PACES.indexOf(nearest));
  showPace(state.pace_ms);
  showClock(state.clock);
  $("#version").textContent = `${state.version}${state.seed === null ? "" : ` · seed ${state.seed}`}`;
}

/** A switch for every fault that needs no more than its name. */
function showFaults({ faults, known }) {
  const armed = new Map(faults.map((fault) => [fault.name, fault]));
  for (const { name, does } of known) {
    const old = document.getElementById(`fault-${name}`);
    const box = old ?? el("input", { type: "checkbox", id: `fault-${name}`, name });
    box.checked = armed.has(name);
    if (!old) $("#faults").append(el("label", { class: "fault" }, box, el("span", {}, el("span", { class: "name" }, name), el("span", { class: "does" }, does), el("span", { class: "does struck" }))));
    const struck = armed.get(name)?.struck;
    box.closest("label").querySelector(".struck").textContent = struck ? `struck ${struck} ${struck === 1 ? "time" : "times"}` : "";
  }
  $("#fault-count").textContent = armed.size ? `${armed.size} on` : "none on";
}

function showPace(pace) {
  const text = pace === 0 ? "as fast as it goes" : `${time(pace)} between two words`;
  $("#pace-shown").textContent = text;
  $("#pace").setAttribute("aria-valuetext", text);
}

function showClock(clock) {
  const ahead = clock.advanced_ms / 60000;
  $("#clock-shown").replaceChildren(el("span", {}, clock.now.replace("T", " ").replace(/\.\d+Z$/, "Z")), ahead > 0 ? `, ${Math.round(ahead)} min ahead` : "");
}
