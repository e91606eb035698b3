"""Folds events into the items of a thread, as `openai-chatkit` stores and updates them.

The rules are `_process_events` and `_apply_assistant_message_update` of its `server.py`: what is
done or replaced is stored, what is removed is gone, and updates build up an item that is not done.
"""

from __future__ import annotations

from typing import Any

from cases import check, same
from wire import Turn
from widget_rules import nodes


class Fold:
    """The items of one thread, oldest first, from the turns that it is given."""

    def __init__(self) -> None:
        self.stored: dict[str, Any] = {}
        self.open: dict[str, Any] = {}
        self.thread: Any = None

    def turn(self, turn: Turn) -> Fold:
        for event in turn.events:
            self.apply(event)
        check(not self.open, f"items that were added and never done: {list(self.open)}")
        return self

    def apply(self, event: Any) -> None:
        match event.type:
            case "thread.created" | "thread.updated":
                self.thread = event.thread
            case "thread.item.added":
                check(event.item.id not in self.stored, f"{event.item.id} was added twice")
                self.open[event.item.id] = event.item.model_copy(deep=True)
            case "thread.item.updated":
                check(event.item_id in self.open, f"{event.item_id} was updated and is not open")
                update(self.open[event.item_id], event.update)
            case "thread.item.done":
                self.finish(event.item)
            case "thread.item.replaced":
                self.open.pop(event.item.id, None)
                self.stored[event.item.id] = event.item
            case "thread.item.removed":
                self.open.pop(event.item_id, None)
                self.stored.pop(event.item_id, None)

    def finish(self, item: Any) -> None:
        check(item.id not in self.stored, f"{item.id} was done twice")
        streamed = self.open.pop(item.id, None)
        if streamed is not None:
            agrees(streamed, item)
        self.stored[item.id] = item

    def ids(self) -> list[str]:
        return list(self.stored)


def update(item: Any, change: Any) -> None:
    kind, _, rest = change.type.partition(".")
    if kind == "assistant_message":
        update_message(item, change)
    elif change.type == "workflow.task.added":
        same(change.task_index, len(item.workflow.tasks), "the index of an added task")
        item.workflow.tasks.append(change.task)
    elif change.type == "workflow.task.updated":
        item.workflow.tasks[change.task_index] = change.task
    elif change.type == "generated_image.updated":
        item.image = change.image
    elif change.type == "widget.root.updated":
        item.widget = change.widget
    elif change.type.startswith("widget."):
        change_component(item, change)


def update_message(item: Any, change: Any) -> None:
    at = change.content_index
    if change.type.endswith("part.added"):
        same(at, len(item.content), "the index of an added part")
        item.content.append(change.content.model_copy(deep=True))
        return
    check(at < len(item.content), f"an update of part {at}, which was never added")
    if change.type.endswith("text_delta"):
        item.content[at].text += change.delta
    elif change.type.endswith("annotation_added"):
        item.content[at].annotations.insert(change.annotation_index, change.annotation)
    else:
        same(item.content[at].text, change.content.text, "the deltas of a part, against its done text")
        item.content[at] = change.content.model_copy(deep=True)


def change_component(item: Any, change: Any) -> None:
    """Rebuilds the widget, because its nodes may be of any class."""
    widget = item.widget.model_dump(mode="json")
    found = [node for node in nodes(widget) if node.get("id") == change.component_id]
    same(len(found), 1, f"components with the id {change.component_id}")
    node = found[0]
    if change.type == "widget.component.updated":
        node.clear()
        node.update(change.component.model_dump(mode="json"))
    else:
        check(node["type"] in ("Text", "Markdown"), f"a {node['type']} cannot stream text")
        node["value"] = node.get("value", "") + change.delta
    item.widget = type(item.widget).model_validate(widget)


def agrees(streamed: Any, item: Any) -> None:
    """What was streamed has to add up to what is done."""
    same(item.type, streamed.type, "the type of an item, done against added")
    if item.type == "assistant_message":
        same(dump(item.content), dump(streamed.content), "the content of a message")
    elif item.type == "workflow":
        same(dump(item.workflow.tasks), dump(streamed.workflow.tasks), "the tasks of a workflow")
    elif item.type == "widget":
        same(values(item.widget), values(streamed.widget), "the streamed text of a widget")


def dump(models: list[Any]) -> list[dict]:
    return [model.model_dump(mode="json") for model in models]


def values(widget: Any) -> dict[str, str]:
    """The text of every component that can stream, by id."""
    found = nodes(widget.model_dump(mode="json"))
    texts = [node for node in found if node["type"] in ("Text", "Markdown") and node.get("id")]
    return {node["id"]: node.get("value") for node in texts}
