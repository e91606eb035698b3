// What an event does to the items of a thread. One that is not as the protocol has it throws before
// it has changed anything; who hands it in says so.

/** The thread that is open, with its items in order. */
export class Conversation {
  thread = null;
  items = new Map();
  /** Signals of the running turn that are no items. */
  progress = null;
  /** The items that the running turn added and has not done. */
  open = new Set();

  load(thread, items) {
    this.thread = thread;
    this.items = new Map(items.map((item) => [item.id, item]));
    this.progress = null;
    this.open.clear();
  }

  /** A turn begins: what an earlier one left open is not its fault. */
  begin() {
    this.open.clear();
  }

  get last() {
    return [...this.items.values()].at(-1);
  }

  /** Applies an event; returns the id of the item that it changed. */
  apply(event) {
    switch (event.type) {
      case "thread.created":
      case "thread.updated":
        this.thread = { ...this.thread, ...withId(event.thread) };
        return null;
      case "thread.item.added":
      case "thread.item.done":
      case "thread.item.replaced":
        this.items.set(withId(event.item).id, event.item);
        if (event.type === "thread.item.added") this.open.add(event.item.id);
        if (event.type === "thread.item.done") this.open.delete(event.item.id);
        this.progress = null;
        return event.item.id;
      case "thread.item.removed":
        this.items.delete(event.item_id);
        this.open.delete(event.item_id);
        return event.item_id;
      case "thread.item.updated": {
        const item = this.items.get(event.item_id);
        if (item) update(item, event.update);
        return event.item_id;
      }
      case "progress_update":
        if (typeof event.text !== "string") throw new TypeError("progress without a text");
        this.progress = event;
        return null;
      default:
        return null;
    }
  }
}

/** A thread or an item, which has an id or is none. */
function withId(value) {
  if (typeof value?.id !== "string") throw new TypeError("there is no id");
  return value;
}

/** More parts or tasks than any answer has: a list with one at the place 4,000,000,000 stops the page. */
const PLACES = 10_000;

function placeOf(index) {
  if (!Number.isInteger(index) || index < 0 || index > PLACES) throw new RangeError("there is no such place");
  return index;
}

function update(item, change) {
  switch (change.type) {
    case "assistant_message.content_part.added":
    case "assistant_message.content_part.done":
      (item.content ??= [])[placeOf(change.content_index)] = change.content;
      break;
    case "assistant_message.content_part.text_delta":
      ((item.content ??= [])[placeOf(change.content_index)] ??= { type: "output_text", text: "", annotations: [] }).text += change.delta;
      break;
    case "assistant_message.content_part.annotation_added":
      item.content?.[placeOf(change.content_index)]?.annotations?.splice(placeOf(change.annotation_index), 0, change.annotation);
      break;
    case "widget.streaming_text.value_delta": {
      const component = find(item.widget, change.component_id);
      if (component) component.value = (component.value ?? "") + change.delta;
      break;
    }
    case "widget.root.updated":
      item.widget = change.widget;
      break;
    case "widget.component.updated":
      item.widget = replaced(item.widget, change.component_id, change.component);
      break;
    case "workflow.task.added":
      item.workflow.tasks.splice(placeOf(change.task_index), 0, change.task);
      break;
    case "workflow.task.updated":
      item.workflow.tasks[placeOf(change.task_index)] = change.task;
      break;
    case "generated_image.updated":
      item.image = change.image;
      item.progress = change.progress;
      break;
  }
}

function children(component) {
  const inner = component?.children;
  return Array.isArray(inner) ? inner : inner ? [inner] : [];
}

function find(component, id) {
  if (!component || component.id === id) return component ?? null;
  for (const child of children(component)) {
    const found = find(child, id);
    if (found) return found;
  }
  return null;
}

function replaced(component, id, other) {
  if (!component || component.id === id) return other;
  const inner = component.children;
  if (!inner) return component;
  const walk = (child) => (find(child, id) ? replaced(child, id, other) : child);
  return { ...component, children: Array.isArray(inner) ? inner.map(walk) : walk(inner) };
}
