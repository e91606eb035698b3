// A server on `chatkit-node-backend-sdk`, which shares no code with the reference server.
//
// Prints `{"listening": URL}` as its first line and serves until its standard input ends. It sends
// `null` where the reference server leaves a field out, and times with a `Z`.

import http from "node:http";
import { ChatKitServer, CustomStreamError, Store, StoreNotFoundError } from "chatkit-node-backend-sdk";

// The SDK logs to stdout, which is for the address alone.
console.log = console.error;
console.info = console.error;
console.debug = console.error;

function pageOf(rows, after, limit, order) {
  const ordered = order === "desc" ? rows.toReversed() : rows;
  const start = after ? ordered.findIndex((row) => row.id === after) + 1 : 0;
  const data = ordered.slice(start, start + limit);
  const has_more = start + limit < ordered.length;
  return { data, has_more, after: has_more ? data.at(-1).id : null };
}

class MemoryStore extends Store {
  threads = new Map();
  items = new Map();

  async loadThread(id) {
    if (!this.threads.has(id)) throw new StoreNotFoundError(`no thread ${id}`);
    return structuredClone(this.threads.get(id));
  }

  async saveThread(thread) {
    this.threads.set(thread.id, structuredClone(thread));
    if (!this.items.has(thread.id)) this.items.set(thread.id, new Map());
  }

  async loadThreads(limit, after, order) {
    return pageOf([...this.threads.values()], after, limit, order);
  }

  async deleteThread(id) {
    await this.loadThread(id);
    this.threads.delete(id);
    this.items.delete(id);
  }

  async loadThreadItems(threadId, after, limit, order) {
    await this.loadThread(threadId);
    return pageOf([...this.items.get(threadId).values()], after, limit, order);
  }

  async addThreadItem(threadId, item) {
    this.items.get(threadId).set(item.id, structuredClone(item));
  }

  async saveItem(threadId, item) {
    this.items.get(threadId).set(item.id, structuredClone(item));
  }

  async loadItem(threadId, itemId) {
    const item = this.items.get(threadId)?.get(itemId);
    if (!item) throw new StoreNotFoundError(`no item ${itemId}`);
    return structuredClone(item);
  }

  async deleteThreadItem(threadId, itemId) {
    this.items.get(threadId)?.delete(itemId);
  }

  async saveAttachment() {}

  async loadAttachment(id) {
    throw new StoreNotFoundError(`no attachment ${id}`);
  }

  async deleteAttachment() {}
}

class Backend extends ChatKitServer {
  async *respond(thread, message) {
    const last = (await this.store.loadThreadItems(thread.id, null, 1, "desc")).data[0];
    if (!message) {
      yield* this.say(thread, `the tool said ${JSON.stringify(last.output)}`);
      return;
    }
    const text = message.content.map((part) => part.text).join("");
    if (text.startsWith("error")) throw new CustomStreamError("out of credit", true);
    if (text.startsWith("tool")) {
      yield { type: "thread.item.done", item: this.toolCall(thread) };
      return;
    }
    if (!thread.title) thread.title = `About ${text}`;
    yield* this.say(thread, `you said: ${text}`);
  }

  async *action(thread, action) {
    yield* this.say(thread, `action ${action.type} with ${JSON.stringify(action.payload)}`);
  }

  base(thread, kind) {
    const id = this.store.generateItemId(kind, thread, {});
    return { id, thread_id: thread.id, created_at: new Date().toISOString() };
  }

  toolCall(thread) {
    const call = { status: "pending", call_id: "call_1", name: "get_weather" };
    return { type: "client_tool_call", ...call, arguments: { city: "Brest" }, ...this.base(thread, "tool_call") };
  }

  async *say(thread, text) {
    const item = { type: "assistant_message", content: [], ...this.base(thread, "message") };
    const part = (so_far) => ({ type: "output_text", text: so_far, annotations: [] });
    const update = (fields) => ({ type: "thread.item.updated", item_id: item.id, update: fields });
    const kind = "assistant_message.content_part";
    yield { type: "thread.item.added", item };
    yield update({ type: `${kind}.added`, content_index: 0, content: part("") });
    for (const delta of text.match(/\S+\s*/g)) {
      yield update({ type: `${kind}.text_delta`, content_index: 0, delta });
    }
    yield update({ type: `${kind}.done`, content_index: 0, content: part(text) });
    yield { type: "thread.item.done", item: { ...item, content: [part(text)] } };
  }
}

const backend = new Backend(new MemoryStore());

async function answer(request, response) {
  let body = "";
  for await (const chunk of request) body += chunk;
  const result = await backend.process(body, {});
  if (!result.isStreaming) {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(result.toJSON()));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  for await (const frame of result) response.write(frame);
  response.end();
}

const server = http.createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
    response.end("Internal Server Error");
  });
});

server.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  process.stdout.write(`${JSON.stringify({ listening: `http://127.0.0.1:${port}` })}\n`);
});

// Whoever started it is gone, however it went.
process.stdin.resume().on("end", () => process.exit(0));
