// Named cases, as `cases.py` has them: a JSON line a case, `{"case", "ok", "why"}`.
//
// The names are written as literals, because the Rust side reads them from the source.

import assert from "node:assert/strict";

const CASES = [];

/** Registers a case: an async function that throws when the peer finds a fault. */
export function test(name, run) {
  assert.ok(!CASES.some((known) => known.name === name), `two cases are named ${name}`);
  CASES.push({ name, run });
}

/** Runs every case, or those that contain a word given after `--only`. */
export async function main(...args) {
  const at = process.argv.indexOf("--only");
  const only = at < 0 ? [""] : process.argv.slice(at + 1);
  for (const { name, run } of CASES) {
    if (!only.some((part) => name.includes(part))) continue;
    let why = null;
    try {
      await run(...args);
    } catch (error) {
      why = String(error?.stack ?? error).slice(0, 2000);
    }
    console.log(JSON.stringify({ case: name, ok: why === null, why }));
  }
}
