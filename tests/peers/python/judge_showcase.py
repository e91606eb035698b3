"""Every word of the showcase: what it provokes, in the order of the reference server.

Reading a turn already validates each event; these cases say what has to be among them.
"""

from __future__ import annotations

import time

import httpx2
from cases import case, check, same
from chatkit.errors import ErrorCode
from fold import Fold
from widget_rules import STRICT, actions, nodes
from wire import Backend, Turn, plain, user_input

UPDATES = {
    "assistant_message.content_part.added",
    "assistant_message.content_part.text_delta",
    "assistant_message.content_part.annotation_added",
    "assistant_message.content_part.done",
    "widget.streaming_text.value_delta",
    "widget.root.updated",
    "widget.component.updated",
    "workflow.task.added",
    "workflow.task.updated",
    "generated_image.updated",
}


def shown(b: Backend, words: str) -> Turn:
    """A turn in the order of the reference server, folded without a fault, and stored as streamed."""
    turn = b.say(f"show {words}")
    same(turn.names()[:3], ["thread.created", "thread.item.done", "stream_options"], "the opening")
    same(turn.events[1].item.type, "user_message", "the first item that is done")
    fold = Fold().turn(turn)
    stored = b.items(turn.thread_id)
    same([plain(i) for i in stored], [plain(i) for i in fold.stored.values()], "stored, against streamed")
    return turn


def widget_of(turn: Turn) -> dict:
    widgets = turn.done("widget")
    same(len(widgets), 1, "widgets that are done")
    return plain(widgets[0])["widget"]


def kinds(widget: dict) -> set[str]:
    return {node["type"] for node in nodes(widget)}


@case("plain text gets a streamed assistant message")
def plain_text(b: Backend) -> None:
    turn = b.say("Good morning, what is the time?")
    Fold().turn(turn)
    check(turn.text().strip(), "the answer has no text")
    check(len(turn.updates("assistant_message.content_part.text_delta")) > 1, "it is not streamed")


@case("show text 5 streams five words, a delta each")
def text(b: Backend) -> None:
    turn = shown(b, "text 5")
    same(len(turn.updates("assistant_message.content_part.text_delta")), 5, "deltas")
    same(len(turn.text().split()), 5, "words")


@case("show text 1 streams one word, and show text 200 two hundred")
def text_counts(b: Backend) -> None:
    same(len(shown(b, "text 1").text().split()), 1, "words")
    same(len(shown(b, "text 200").text().split()), 200, "words")


@case("show markdown streams a heading, a list, a table and a fenced block")
def markdown(b: Backend) -> None:
    source = shown(b, "markdown").text()
    for mark in ("#", "- ", "|", "```"):
        check(mark in source, f"no {mark!r} in the answer")


@case("show cite adds annotations one by one and keeps them in the done item")
def cite(b: Backend) -> None:
    turn = shown(b, "cite")
    added = turn.updates("assistant_message.content_part.annotation_added")
    check(added, "no annotation was added")
    kept = [note for item in turn.done("assistant_message") for part in item.content for note in part.annotations]
    same([plain(note) for note in kept], [plain(update.annotation) for update in added], "annotations")
    same({note.source.type for note in kept}, {"url", "file", "entity"}, "kinds of sources")


@case("show workflow adds and updates tasks, and ends with a workflow that is done")
def workflow(b: Backend) -> None:
    turn = shown(b, "workflow")
    check(turn.updates("workflow.task.added"), "no task was added")
    check(turn.updates("workflow.task.updated"), "no task was updated")
    check(turn.done("workflow"), "no workflow is done")


@case("show task ends with a task item")
def task(b: Backend) -> None:
    check(shown(b, "task").done("task"), "no task item")


@case("show progress sends progress updates")
def progress(b: Backend) -> None:
    check(shown(b, "progress").of("progress_update"), "no progress_update")


@case("show notice sends a notice, of the level that is named")
def notice(b: Backend) -> None:
    check(shown(b, "notice").of("notice"), "no notice")
    for level in ("info", "warning", "danger"):
        levels = {event.level for event in shown(b, f"notice {level}").of("notice")}
        same(levels, {level}, "levels")


@case("show effect sends a client effect")
def effect(b: Backend) -> None:
    effects = shown(b, "effect").of("client_effect")
    check(effects and effects[0].name, "no client_effect with a name")


@case("show title TEXT renames the thread and says so")
def title(b: Backend) -> None:
    turn = shown(b, "title Tide tables")
    titles = [event.thread.title for event in turn.of("thread.updated")]
    check("Tide tables" in titles, f"titles in thread.updated: {titles}")
    same(b.call("threads.get_by_id", thread_id=turn.thread_id).title, "Tide tables", "the stored title")


@case("show title without a text gives the thread a title")
def title_bare(b: Backend) -> None:
    turn = shown(b, "title")
    check(any(event.thread.title for event in turn.of("thread.updated")), "no title")


@case("show widget streams the text of a card that has a button with an action")
def widget(b: Backend) -> None:
    turn = shown(b, "widget")
    check(turn.updates("widget.streaming_text.value_delta"), "no text was streamed")
    card = widget_of(turn)
    same(card["type"], "Card", "the root")
    buttons = [node for node in nodes(card) if node["type"] == "Button"]
    check(any(list(actions(button)) for button in buttons), "no button has an action")


@case("show widget list is a list view with items")
def widget_list(b: Backend) -> None:
    root = widget_of(shown(b, "widget list"))
    same(root["type"], "ListView", "the root")
    check("ListViewItem" in kinds(root), "no item")


@case("show widget form has a form, fields, and an action to submit them")
def widget_form(b: Backend) -> None:
    root = widget_of(shown(b, "widget form"))
    check("Form" in kinds(root) or root.get("asForm"), "neither a Form nor a card as a form")
    fields = {"Input", "Textarea", "Select", "Checkbox", "RadioGroup", "DatePicker"}
    check(kinds(root) & fields, "no field")
    submits = [name for node in nodes(root) for name in ("onSubmitAction", "confirm") if node.get(name)]
    check(submits, "nothing submits it")


@case("show widget chart has a chart with a bar, an area and a line series")
def widget_chart(b: Backend) -> None:
    root = widget_of(shown(b, "widget chart"))
    charts = [node for node in nodes(root) if node["type"] == "Chart"]
    same({s["type"] for chart in charts for s in chart["series"]}, {"bar", "area", "line"}, "series")


@case("show widget gallery has every component of the strict types, and a table")
def widget_gallery(b: Backend) -> None:
    turn = shown(b, "widget gallery")
    found: set[str] = set()
    for item in turn.done("widget"):
        found |= kinds(plain(item)["widget"])
    components = set(STRICT) - {"Card", "ListView"}
    missing = (components | {"Table", "Table.Row", "Table.Cell"}) - found
    # A list view is a root, so its items may stand in a widget of their own or be left out.
    same(sorted(missing - {"ListViewItem"}), [], "components that are not there")


@case("show form asks for structured input and waits")
def form(b: Backend) -> None:
    turn = shown(b, "form")
    items = turn.done("structured_input")
    same([item.status for item in items], ["pending"], "status")
    same({i.type for i in items[0].inputs}, {"multiple_choice", "freeform"}, "kinds of inputs")
    same(turn.events[-1].item.type, "structured_input", "the last item of the turn")


@case("show tool ends the turn with a pending client tool call")
def tool(b: Backend) -> None:
    last = shown(b, "tool").events[-1]
    same((last.type, last.item.type), ("thread.item.done", "client_tool_call"), "the last event")
    same((last.item.status, last.item.output), ("pending", None), "the call")
    check(last.item.call_id, "the call has no id")


@case("show tool NAME calls the tool of that name")
def tool_name(b: Backend) -> None:
    same(shown(b, "tool open_map").events[-1].item.name, "open_map", "the tool")


@case("show image updates a generated image up to its end")
def image(b: Backend) -> None:
    turn = shown(b, "image")
    steps = [update.progress for update in turn.updates("generated_image.updated")]
    check(steps, "no generated_image.updated")
    known = [step for step in steps if step is not None]
    same(known, sorted(known), "progress")
    check(all(0 <= step <= 1 for step in known), f"progress out of range: {known}")
    check(turn.done("generated_image")[0].image, "the done item has no image")


@case("show replace replaces an item of the thread")
def replace(b: Backend) -> None:
    turn = shown(b, "replace")
    replaced = turn.of("thread.item.replaced")
    check(replaced, "no thread.item.replaced")
    stored = {item.id: plain(item) for item in b.items(turn.thread_id)}
    same(stored[replaced[-1].item.id], plain(replaced[-1].item), "the stored item")


@case("show hidden keeps the hidden item out of the stream, of items.list and of get_by_id")
def hidden(b: Backend) -> None:
    turn = shown(b, "hidden")
    # Each of these reads refuses a hidden item by itself.
    b.items(turn.thread_id)
    thread = b.call("threads.get_by_id", thread_id=turn.thread_id)
    same([i.id for i in thread.items.data], Fold().turn(turn).ids(), "items")


@case("show lock locks the thread, with a reason")
def lock(b: Backend) -> None:
    status_is(b, shown(b, "lock"), "locked")


@case("show close closes the thread, with a reason")
def close(b: Backend) -> None:
    status_is(b, shown(b, "close"), "closed")


def status_is(b: Backend, turn: Turn, wanted: str) -> None:
    updates = turn.of("thread.updated")
    check(updates, "no thread.updated")
    same(updates[-1].thread.status.type, wanted, "status that was sent")
    check(updates[-1].thread.status.reason, "no reason")
    stored = b.call("threads.get_by_id", thread_id=turn.thread_id)
    same(stored.status.type, wanted, "status that is stored")


@case("show error ends with a custom error that may be retried")
def error(b: Backend) -> None:
    last = b.say("show error").events[-1]
    same((last.type, last.code, last.allow_retry), ("error", "custom", True), "the last event")


@case("show error MESSAGE carries that message")
def error_message(b: Backend) -> None:
    same(b.say("show error out of credit").events[-1].message, "out of credit", "the message")


@case("show crash ends with stream.error, without a message, and may be retried")
def crash(b: Backend) -> None:
    last = b.say("show crash").events[-1]
    wanted = ("error", ErrorCode.STREAM_ERROR, None, True)
    same((last.type, last.code, last.message, last.allow_retry), wanted, "the last event")


@case("show drop cuts the connection in the middle of an answer", reference=False)
def drop(b: Backend) -> None:
    turn = Turn()
    try:
        b.stream("threads.create", turn, input=user_input("show drop"))
    except (httpx2.RemoteProtocolError, httpx2.ReadError):
        check(turn.of("thread.item.added"), "nothing had begun when it was cut")
        open_ids = {event.item.id for event in turn.of("thread.item.added")}
        done_ids = {event.item.id for event in turn.of("thread.item.done")}
        check(open_ids - done_ids, "every item was done when it was cut")
        return
    raise AssertionError("the stream ended as if nothing were wrong")


@case("show slow sends a word every 100 ms, whatever the pace")
def slow(b: Backend) -> None:
    # A busy machine reads late, and then several at once; it never reads what was not sent yet.
    begun = time.monotonic()
    words = 0
    with b.open("threads.create", input=user_input("show slow")) as response:
        for chunk in response.iter_text():
            words += chunk.count("content_part.text_delta")
            if words >= 6:
                break
    took = time.monotonic() - begun
    check(words >= 6, f"{words} words")
    check(0.2 <= took <= 10, f"{words} words in {took * 1000:.0f} ms")


@case("show all sends every event that is not an error, in one turn")
def everything(b: Backend) -> None:
    turn = shown(b, "all")
    wanted = {
        "thread.created",
        "thread.updated",
        "thread.item.added",
        "thread.item.updated",
        "thread.item.done",
        "thread.item.replaced",
        "stream_options",
        "progress_update",
        "client_effect",
        "notice",
    }
    same(sorted(wanted - set(turn.names())), [], "events that are not there")
    check("error" not in turn.names(), "there is an error")


@case("show all sends all ten updates")
def all_updates(b: Backend) -> None:
    found = {update.type for update in shown(b, "all").updates()}
    same(sorted(UPDATES - found), [], "updates that are not there")


@case("show all removes an item that was done before")
def all_removes(b: Backend) -> None:
    check(shown(b, "all").of("thread.item.removed"), "no thread.item.removed")


@case("show all has every type of item that is sent")
def all_items(b: Backend) -> None:
    turn = shown(b, "all")
    found = {event.item.type for event in turn.of("thread.item.done")}
    wanted = {
        "user_message",
        "assistant_message",
        "client_tool_call",
        "widget",
        "generated_image",
        "structured_input",
        "workflow",
        "task",
    }
    same(sorted(wanted - found), [], "items that are not there")
