// Where the token is asked for, and where it can be looked at and forgotten.

import { $, announce } from "/page/dom.js";
import * as token from "/page/token.js";

/** Wires the question; `again` asks the mock for what it has refused before. */
export function begin(again) {
  const given = $("#token");
  $("#door").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = given.value.trim();
    if (!text) return;
    // No header carries anything else, so that no mock can have been started with it.
    if (!/^[\x21-\x7e]+$/.test(text)) {
      note("A token has neither spaces nor letters beyond ASCII in it.");
      return;
    }
    given.value = "";
    given.type = "password";
    $("#token-seen").checked = false;
    token.keep(text);
    again();
    $("#composer-text").focus();
  });
  $("#token-seen").addEventListener("change", (event) => { given.type = event.target.checked ? "text" : "password"; });
  token.onChange(shown);
}

function shown(wasWrong) {
  const isOpen = token.isWanted() && token.token() === null;
  const wasOpen = !$("#door").hidden;
  $("#door").hidden = !isOpen;
  if (!isOpen) return;
  note(wasWrong ? "That is not the token that the mock was started with." : "It stays in this tab, and goes with it.");
  if (wasOpen) return;
  if (!wasWrong) announce("The mock asks for a token");
  $("#token").focus();
}

function note(text) {
  $("#token-note").textContent = text;
}
