// The protocol from a page: documents, streams, uploads, and the mock's steering endpoints.

import { header, isRefusal, refused, token } from "/page/token.js";

export const endpoint = "/chatkit";

/** The ids of the page's own requests, the latest of them. */
const own = new Set();

/** Whether a request of the journal is one of the page's own. */
export function isOwn(id) {
  return own.has(id);
}

/** Sends an operation. */
async function send(type, params, more) {
  const { headers, ...rest } = more;
  const used = token();
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "content-type": "application/json", ...header(used), ...headers },
    body: JSON.stringify({ type, params }),
    ...rest,
  });
  own.add(response.headers.get("x-request-id"));
  if (own.size > 500) own.delete(own.values().next().value);
  if (!response.ok) {
    const error = await refusal(response);
    if (isRefusal(error)) refused(used);
    throw error;
  }
  return response;
}

/** What a server says when it refuses, in its own words if it has any. */
async function refusal(response) {
  const text = await response.text();
  try {
    const { message, code } = JSON.parse(text).error;
    return Object.assign(new Error(message), { code, status: response.status });
  } catch {
    const message = `${response.status} ${response.statusText} ${text.slice(0, 200)}`.trim();
    return Object.assign(new Error(message), { status: response.status });
  }
}

/** Reads a word from the protocol's address: one operation, one document. */
export async function ask(type, params) {
  const response = await send(type, params, {});
  return response.json();
}

/** Streams an operation; hands each event to `on` as it comes. A stream that stops short of an event's end throws. */
export async function stream(type, params, signal, on) {
  const response = await send(type, params, { headers: { accept: "text/event-stream" }, signal });
  const kind = response.headers.get("content-type") ?? "no content type";
  if (!kind.startsWith("text/event-stream")) throw new Error(`expected an event stream, got ${kind}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    // A carriage return at a chunk's end may have its line feed in the next one.
    rest = (rest + value).replace(/\r\n/g, "\n").replace(/\r(?!$)/g, "\n");
    const frames = rest.split("\n\n");
    rest = frames.pop();
    for (const frame of frames) event(frame, on);
  }
  if (rest.trim()) throw new Error("the stream ended in the middle of an event");
}

function event(frame, on) {
  const data = frame.split("\n").filter((line) => line.startsWith("data:"));
  if (data.length === 0) return;
  const text = data.map((line) => line.slice(5).replace(/^ /, "")).join("\n");
  let read;
  try {
    read = JSON.parse(text);
  } catch {
    on({ type: "error", code: "A malformed event", message: `It is no JSON: ${text.slice(0, 120)}`, allow_retry: true });
    return;
  }
  try {
    on(read);
  } catch {
    on({ type: "error", code: "A malformed event", message: `It is not as the protocol has it: ${text.slice(0, 120)}`, allow_retry: true });
  }
}

/** Uploads a file in both phases, as the browser client does. */
export async function upload(file) {
  const attachment = await ask("attachments.create", {
    name: file.name,
    size: file.size,
    mime_type: file.type || "application/octet-stream",
  });
  const { url, method, headers } = attachment.upload_descriptor ?? {
    url: attachment.upload_url, method: "PUT", headers: {},
  };
  const response = await fetch(url, { method, headers, body: file });
  if (!response.ok) throw await refusal(response);
  return attachment;
}

/** Asks one of the endpoints that steer the mock. */
export async function steer(method, path, body) {
  const response = await fetch(`/__mock${path}`, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!response.ok) throw await refusal(response);
  return response.json();
}
