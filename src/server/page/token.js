// The token of `serve --token`: what the page lets itself in with, kept for this tab alone.

const KEY = "chatkit-token";

/** What the mock refuses with when it is missing or another one. */
const REFUSALS = new Set(["missing_token", "invalid_token"]);

const listeners = [];
let known = stored();
let wanted = known !== null;

/** A browser may forbid the storage; the token is known until the page is loaded anew, then. */
function stored() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function store(text) {
  try {
    if (text === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, text);
  } catch {
    // It is known all the same.
  }
}

/** The token, or `null`. */
export function token() {
  return known;
}

/** Whether the mock asks for one, as far as is known. */
export function isWanted() {
  return wanted;
}

/** Lets in from now on; `null` forgets it. */
export function keep(text) {
  known = text;
  store(text);
  tell();
}

/** The header that lets in, of this token or of none. */
export function header(text = known) {
  return text === null ? {} : { authorization: `Bearer ${text}` };
}

/** Whether an answer says that another token is wanted than the one that was sent. */
export function isRefusal({ status, code }) {
  return status === 401 && REFUSALS.has(code);
}

/** Notes that a request was refused that was sent with `used`. */
export function refused(used) {
  // Meanwhile another one may have been given.
  if (used !== known) return;
  wanted = true;
  known = null;
  store(null);
  tell(used !== null);
}

/** Calls with whether a token was refused, whenever one is wanted, given or forgotten. */
export function onChange(listener) {
  listeners.push(listener);
}

function tell(wasWrong = false) {
  for (const listener of listeners) listener(wasWrong);
}
