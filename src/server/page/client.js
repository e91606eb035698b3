// The protocol from a page: documents, streams, uploads, and the mock's steering endpoints.

export const endpoint = "/chatkit";

/** What a server says when it refuses, in its own words if it has any. */
async function refusal(response) {
  const text = await response.text();
  try {
    const { message, code } = JSON.parse(text).error;
    return Object.assign(new Error(message), { code });
  } catch {
    return new Error(`${response.status} ${response.statusText} ${text.slice(0, 200)}`.trim());
  }
}

/** Reads a word from the protocol's address: one operation, one document. */
export async function ask(type, params) {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ type, params }),
  });
  if (!response.ok) throw await refusal(response);
  return response.json();
}

/** Streams an operation; hands each event to `on` as it comes. */
export async function stream(type, params, signal, on) {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify({ type, params }),
    signal,
  });
  if (!response.ok) throw await refusal(response);
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
}

function event(frame, on) {
  const data = frame.split("\n").filter((line) => line.startsWith("data:"));
  if (data.length === 0) return;
  const text = data.map((line) => line.slice(5).replace(/^ /, "")).join("\n");
  try {
    on(JSON.parse(text));
  } catch {
    on({ type: "error", code: "page", message: `An event is no JSON: ${text.slice(0, 120)}`, allow_retry: true });
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
