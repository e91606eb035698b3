// What other clients do, as the live feed tells of it: their threads, and their turns in the open one.

import { isOwn } from "/page/client.js";

/** Operations after which nothing is otherwise than before. */
const READS = new Set(["threads.list", "threads.get_by_id", "items.list"]);

/** How long the page waits for more before it asks the mock what has changed. */
const PATIENCE = 150;

/** Follows the requests of others; `on` is told of their events and of what they have changed. */
export class Others {
  constructor(on) {
    this.on = on;
    this.asked = new Map();
    this.ended = [];
  }

  begun(request) {
    if (request.method === "GET" || READS.has(request.operation)) return;
    this.asked.set(request.id, request);
  }

  /** An event of a stream that is not the page's own. */
  event({ id, event }) {
    const request = this.asked.get(id);
    if (event && request && !isOwn(id)) this.on.event(request.thread_id, event);
  }

  /** What was asked is answered; several at once are looked into once. */
  over({ id }) {
    const request = this.asked.get(id);
    this.asked.delete(id);
    if (!request) return;
    this.ended.push(request);
    if (this.ended.length === 1) setTimeout(() => this.look(), PATIENCE);
  }

  look() {
    // By now it is known which of them were the page's own.
    const others = this.ended.filter((request) => !isOwn(request.id));
    this.ended = [];
    if (others.length > 0) this.on.changed(new Set(others.map((request) => request.thread_id)));
  }
}
