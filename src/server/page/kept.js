// What the mock has of a thread, and whether it has a message that the page saw no answer to.

import { ask } from "/page/client.js";

/** More items than a person reads of a thread. */
const ITEMS = 1000;

/** How many new threads are looked into for a message. */
const THREADS = 5;

/** A thread with its items, as the mock has them. */
export async function everything(id) {
  const thread = await ask("threads.get_by_id", { thread_id: id });
  const items = [...thread.items.data];
  let { has_more: more, after } = thread.items;
  while (more && after && items.length < ITEMS) {
    const page = await ask("items.list", { thread_id: id, limit: 100, order: "asc", after });
    items.push(...page.data);
    ({ has_more: more, after } = page);
  }
  return { thread, items };
}

/** What a message says: the same words twice are told apart by what was there before. */
function said(content) {
  return (content ?? []).map((part) => part?.text ?? "").join("");
}

/**
 * The thread in which the mock has a message though no answer to it came: who says it again says it
 * twice. `before` has the ids of the items and of the threads that were there when it was sent;
 * `null` where it is not known to be there.
 */
export async function keeper(input, id, before) {
  try {
    for (const thread of id ? [id] : await newThreads(before)) {
      const all = await everything(thread);
      const isIt = (item) => item.type === "user_message" && !before.has(item.id) && said(item.content) === said(input.content);
      if (all.items.some(isIt)) return all;
    }
  } catch {
    // Whoever does not answer does not say either that the message is there.
  }
  return null;
}

async function newThreads(before) {
  const { data } = await ask("threads.list", { limit: THREADS, order: "desc" });
  return data.map((thread) => thread.id).filter((id) => !before.has(id));
}
