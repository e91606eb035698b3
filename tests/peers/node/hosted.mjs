// The official `openai` SDK for Node, unchanged, against the mock's hosted API.
//
// `node hosted.mjs URL [--only PART…]` prints a JSON line a case. Threads are made over the
// protocol, with the client secret of a session.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import OpenAI, { toFile } from "openai";
import { main, test } from "./cases.mjs";

const WORKFLOW = { id: "wf_peer" };
const ROOMY = { max_requests_per_1_minute: 10_000 };
const base = `${process.argv[2]}/v1`;
const sdk = new OpenAI({ baseURL: base, apiKey: "sk-test", maxRetries: 0, timeout: 30_000 });
const { sessions, threads } = sdk.beta.chatkit;

const someone = () => `user-${randomUUID()}`;

function session(user, options = {}) {
  return sessions.create({ user, workflow: WORKFLOW, rate_limits: ROOMY, ...options });
}

/** One operation over the protocol, with a client secret. */
function converse(secret, type, params) {
  return fetch(`${base}/chatkit/conversation`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: JSON.stringify({ type, params }),
    signal: AbortSignal.timeout(30_000),
  });
}

function userInput(text, more = {}) {
  const content = [{ type: "input_text", text }];
  return { content, attachments: [], inference_options: {}, ...more };
}

/** The events of a new thread's first turn. */
async function say(secret, text, more = {}) {
  const response = await converse(secret, "threads.create", { input: userInput(text, more) });
  assert.equal(response.status, 200);
  const frames = (await response.text()).split("\n\n").filter(Boolean);
  return frames.map((frame) => JSON.parse(frame.replace(/^data: /, "")));
}

/** The ids of new threads of a user, oldest first. */
async function makeThreads(user, count, text = "show text 2") {
  const { client_secret } = await session(user);
  const made = [];
  for (let n = 0; n < count; n += 1) made.push((await say(client_secret, text))[0].thread.id);
  return made;
}

async function collect(pages) {
  const rows = [];
  for await (const row of pages) rows.push(row);
  return rows;
}

const ids = (rows) => rows.map((row) => row.id);

/** The call has to fail with the class of error that the SDK makes of the status. */
async function refused(kind, call) {
  const error = await call().then(
    () => assert.fail(`no ${kind.name} was thrown`),
    (thrown) => thrown,
  );
  assert.ok(error instanceof kind, `expected a ${kind.name}, found ${error}`);
  assert.deepEqual(Object.keys(error.error).sort(), ["code", "message", "param", "type"]);
  return error;
}

test("a session has its documented shape and defaults", async () => {
  const made = await sessions.create({ user: "ada", workflow: WORKFLOW });
  assert.match(made.id, /^cksess_[0-9a-f]{48}$/);
  assert.match(made.client_secret, /^ek_[0-9a-f]{48}_00.+/);
  assert.deepEqual([made.object, made.status, made.user], ["chatkit.session", "active", "ada"]);
  assert.ok(Math.abs(made.expires_at - Date.now() / 1000 - 600) <= 3, "it expires in ten minutes");
  assert.equal(made.max_requests_per_1_minute, 10);
  assert.deepEqual(made.rate_limits, { max_requests_per_1_minute: 10 });
  assert.equal(made.workflow.id, "wf_peer");
  assert.deepEqual(made.workflow.tracing, { enabled: true });
  const { automatic_thread_titling, file_upload, history } = made.chatkit_configuration;
  assert.deepEqual(automatic_thread_titling, { enabled: true });
  assert.deepEqual(file_upload, { enabled: false, max_file_size: 512, max_files: 10 });
  assert.deepEqual([history.enabled, history.recent_threads ?? null], [true, null]);
});

test("a session takes every option and gives it back", async () => {
  const workflow = {
    id: "wf_full",
    version: "7",
    state_variables: { name: "Ada", age: 36, vip: true },
    tracing: { enabled: false },
  };
  const chatkit_configuration = {
    automatic_thread_titling: { enabled: false },
    file_upload: { enabled: true, max_file_size: 5, max_files: 3 },
    history: { enabled: false, recent_threads: 4 },
  };
  const made = await sessions.create({
    user: "ada",
    workflow,
    chatkit_configuration,
    expires_after: { anchor: "created_at", seconds: 60 },
    rate_limits: { max_requests_per_1_minute: 33 },
  });
  assert.deepEqual(made.workflow, workflow);
  assert.deepEqual(made.chatkit_configuration, chatkit_configuration);
  assert.equal(made.max_requests_per_1_minute, 33);
  assert.ok(Math.abs(made.expires_at - Date.now() / 1000 - 60) <= 3, "it expires in a minute");
});

test("a session of no workflow, of no user, or of an expiry out of range is refused", async () => {
  await refused(OpenAI.BadRequestError, () => sessions.create({ user: "", workflow: WORKFLOW }));
  await refused(OpenAI.BadRequestError, () => sessions.create({ user: "ada", workflow: {} }));
  for (const seconds of [0, 601]) {
    const expires_after = { anchor: "created_at", seconds };
    await refused(OpenAI.BadRequestError, () => session("ada", { expires_after }));
  }
});

test("a cancelled session is cancelled, and its secret is refused with 401", async () => {
  const made = await session(someone());
  await say(made.client_secret, "show text 1");
  const cancelled = await sessions.cancel(made.id);
  assert.deepEqual([cancelled.id, cancelled.status], [made.id, "cancelled"]);
  assert.equal((await converse(made.client_secret, "threads.list", {})).status, 401);
  const nobody = `cksess_${"0".repeat(48)}`;
  await refused(OpenAI.NotFoundError, () => sessions.cancel(nobody));
});

test("a session over its rate limit is refused with 429 and a retry-after", async () => {
  const made = await session(someone(), { rate_limits: { max_requests_per_1_minute: 1 } });
  assert.equal((await converse(made.client_secret, "threads.list", {})).status, 200);
  const response = await converse(made.client_secret, "threads.list", {});
  assert.equal(response.status, 429);
  assert.ok(Number(response.headers.get("retry-after")) >= 1);
});

test("a thread has its documented shape", async () => {
  const user = someone();
  const [id] = await makeThreads(user, 1, "show title Tide tables");
  const thread = await threads.retrieve(id);
  assert.deepEqual([thread.id, thread.object, thread.user], [id, "chatkit.thread", user]);
  assert.deepEqual([thread.title, thread.status.type], ["Tide tables", "active"]);
  assert.ok(Number.isInteger(thread.created_at), "created_at is a whole number of seconds");
});

test("threads are walked through in pages of any size, in either order, each once", async () => {
  const user = someone();
  const made = await makeThreads(user, 5);
  for (const limit of [1, 2, 5, 100]) {
    assert.deepEqual(ids(await collect(threads.list({ user, limit, order: "asc" }))), made);
    assert.deepEqual(ids(await collect(threads.list({ user, limit }))), made.toReversed());
  }
});

test("after and before cut the list of threads out of its order", async () => {
  const user = someone();
  const newest = (await makeThreads(user, 5)).toReversed();
  const after = await threads.list({ user, after: newest[1], limit: 2 });
  assert.deepEqual(ids(after.data), newest.slice(2, 4));
  assert.deepEqual([after.has_more, after.last_id], [true, newest[3]]);
  const before = await threads.list({ user, before: newest[2] });
  assert.deepEqual(ids(before.data), newest.slice(0, 2));
});

test("a filter by user gives that user's threads and no others", async () => {
  const [ada, bob] = [someone(), someone()];
  const [ofAda, ofBob] = [await makeThreads(ada, 2), await makeThreads(bob, 1)];
  assert.deepEqual(ids(await collect(threads.list({ user: ada }))), ofAda.toReversed());
  assert.deepEqual(ids(await collect(threads.list({ user: bob }))), ofBob);
});

test("a thread that does not exist is a NotFoundError everywhere", async () => {
  const nobody = `cthr_${"0".repeat(48)}`;
  await refused(OpenAI.NotFoundError, () => threads.retrieve(nobody));
  await refused(OpenAI.NotFoundError, () => threads.delete(nobody));
  await refused(OpenAI.NotFoundError, () => collect(threads.listItems(nobody)));
});

test("a deleted thread says so and is gone", async () => {
  const [id] = await makeThreads(someone(), 1);
  assert.deepEqual(await threads.delete(id), { id, object: "chatkit.thread.deleted", deleted: true });
  await refused(OpenAI.NotFoundError, () => threads.retrieve(id));
});

test("every item of show all can be listed, with a type that the SDK knows", async () => {
  const [id] = await makeThreads(someone(), 1, "show all");
  const items = await collect(threads.listItems(id, { limit: 3, order: "asc" }));
  const known = ["user_message", "assistant_message", "widget", "client_tool_call", "task", "task_group"];
  for (const item of items) {
    assert.equal(item.object, "chatkit.thread_item");
    assert.equal(item.thread_id, id);
    assert.ok(known.includes(item.type.replace(/^chatkit\./, "")), `an item of type ${item.type}`);
  }
  assert.equal(new Set(ids(items)).size, items.length, "items that come once");
  for (const kind of known) {
    assert.ok(items.some((item) => item.type === `chatkit.${kind}`), `no chatkit.${kind}`);
  }
  const call = items.find((item) => item.type === "chatkit.client_tool_call");
  assert.equal(call.status, "in_progress");
  assert.equal(typeof JSON.parse(call.arguments), "object");
  const widget = items.find((item) => item.type === "chatkit.widget");
  assert.ok(JSON.parse(widget.widget).type, "the widget is a JSON string");
});

test("a user's message has its text, its quote and its options", async () => {
  const { client_secret } = await session(someone());
  const inference_options = { model: "m-1", tool_choice: { id: "search" } };
  const events = await say(client_secret, "hello", { quoted_text: "a quote", inference_options });
  const [item] = (await threads.listItems(events[0].thread.id, { order: "asc", limit: 1 })).data;
  const parts = Object.fromEntries(item.content.map((part) => [part.type, part.text]));
  assert.deepEqual(parts, { input_text: "hello", quoted_text: "a quote" });
  assert.deepEqual(item.inference_options, inference_options);
});

test("uploads are refused unless the session allows them", async () => {
  const upload = async (secret) => {
    const form = new FormData();
    form.set("file", await toFile(Buffer.from("hello"), "notes.txt", { type: "text/plain" }));
    const headers = { authorization: `Bearer ${secret}` };
    return fetch(`${base}/chatkit/files`, { method: "POST", headers, body: form });
  };
  const closed = await upload((await session(someone())).client_secret);
  assert.ok(closed.status >= 400 && closed.status < 500, `status ${closed.status}`);
  assert.equal((await closed.json()).error.code, "chatkit.file_upload_disabled");
  const chatkit_configuration = { file_upload: { enabled: true } };
  const open = await upload((await session(someone(), { chatkit_configuration })).client_secret);
  assert.equal(open.ok, true);
  const made = await open.json();
  assert.deepEqual([made.type, made.name, made.mime_type], ["file", "notes.txt", "text/plain"]);
});

await main();
