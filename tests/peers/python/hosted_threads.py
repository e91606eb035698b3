"""Threads and their items through the `openai` SDK: shapes, pages, filters, deletion."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import openai
from cases import case, check, same
from hosted_api import Hosted, raises, someone


@case("a thread has its documented shape")
def thread_shape(h: Hosted) -> None:
    user = someone()
    turn = h.say(user, "show title Tide tables")
    thread = h.chatkit.threads.retrieve(turn.thread_id)
    same((thread.id, thread.object, thread.user), (turn.thread_id, "chatkit.thread", user), "thread")
    same((thread.title, thread.status.type), ("Tide tables", "active"), "title and status")
    check(abs(thread.created_at - time.time()) <= 30, "created_at is not now, in unix seconds")
    check(re.fullmatch(r"cthr_[0-9a-f]{48}", thread.id), f"the id is {thread.id}")


@case("a locked and a closed thread say so, with the reason")
def thread_status(h: Hosted) -> None:
    for word, wanted in (("lock", "locked"), ("close", "closed")):
        thread = h.chatkit.threads.retrieve(h.say(someone(), f"show {word}").thread_id)
        same(thread.status.type, wanted, "status")
        check(thread.status.reason, "no reason")


@case("threads are listed newest first, twenty a page, and walked through to the end")
def list_default(h: Hosted) -> None:
    user = someone()
    made = h.threads(user, 23)
    page = h.chatkit.threads.list(user=user)
    same([t.id for t in page.data], made[::-1][:20], "the first page")
    same((page.has_more, page.last_id), (True, made[3]), "has_more and last_id")
    same([t.id for t in h.chatkit.threads.list(user=user)], made[::-1], "the whole walk")


@case("threads are walked through in pages of any size, in either order, each once")
def list_walk(h: Hosted) -> None:
    user = someone()
    made = h.threads(user, 7)
    for limit in (1, 3, 7, 100):
        up = [t.id for t in h.chatkit.threads.list(user=user, limit=limit, order="asc")]
        down = [t.id for t in h.chatkit.threads.list(user=user, limit=limit, order="desc")]
        same((up, down), (made, made[::-1]), f"threads at a limit of {limit}")


@case("after and before cut the list of threads out of its order")
def list_window(h: Hosted) -> None:
    user = someone()
    made = h.threads(user, 6)
    newest = made[::-1]
    after = h.chatkit.threads.list(user=user, after=newest[1], limit=2)
    same([t.id for t in after.data], newest[2:4], "after")
    before = h.chatkit.threads.list(user=user, before=newest[2])
    same([t.id for t in before.data], newest[:2], "before")
    both = h.chatkit.threads.list(user=user, order="asc", after=made[0], before=made[4])
    same([t.id for t in both.data], made[1:4], "after and before")


@case("the list of threads names its first and last row")
def list_envelope(h: Hosted) -> None:
    user = someone()
    made = h.threads(user, 3)
    raw = h.chatkit.threads.with_raw_response.list(user=user, limit=2)
    body = json.loads(raw.content)
    wanted = {"object": "list", "first_id": made[2], "last_id": made[1], "has_more": True}
    same({name: body[name] for name in wanted}, wanted, "the page")
    nobody = json.loads(h.chatkit.threads.with_raw_response.list(user=someone()).content)
    same((nobody["data"], nobody["has_more"]), ([], False), "the list of nobody's threads")


@case("a filter by user gives that user's threads and no others")
def list_user(h: Hosted) -> None:
    ada, bob = someone(), someone()
    of_ada, of_bob = h.threads(ada, 2), h.threads(bob, 1)
    same([t.id for t in h.chatkit.threads.list(user=ada)], of_ada[::-1], "threads of one")
    same([t.id for t in h.chatkit.threads.list(user=bob)], of_bob, "threads of the other")
    everyone = {t.id for t in h.chatkit.threads.list(limit=100)}
    check({*of_ada, *of_bob} <= everyone, "the list without a filter leaves threads out")


@case("a limit out of range or an order of no such name is refused")
def list_bad(h: Hosted) -> None:
    for options in ({"limit": 101}, {"limit": -1}, {"order": "sideways"}):
        error = raises(openai.BadRequestError, lambda: h.chatkit.threads.list(**options))
        same(error.param, next(iter(options)), "param")


@case("a thread that does not exist is a NotFoundError everywhere")
def thread_unknown(h: Hosted) -> None:
    nobody = "cthr_" + "0" * 48
    raises(openai.NotFoundError, lambda: h.chatkit.threads.retrieve(nobody))
    raises(openai.NotFoundError, lambda: h.chatkit.threads.delete(nobody))
    raises(openai.NotFoundError, lambda: h.chatkit.threads.list_items(nobody))


@case("a deleted thread says so and is gone")
def delete(h: Hosted) -> None:
    user = someone()
    thread_id = h.threads(user, 1)[0]
    answer = h.chatkit.threads.delete(thread_id)
    wanted = (thread_id, True, "chatkit.thread.deleted")
    same((answer.id, answer.deleted, answer.object), wanted, "the answer")
    raises(openai.NotFoundError, lambda: h.chatkit.threads.retrieve(thread_id))
    same(list(h.chatkit.threads.list(user=user)), [], "threads")


def item_of(h: Hosted, text: str, kind: str, **more: Any) -> Any:
    """The items of that REST type after one message."""
    backend = h.backend(h.session(someone()).client_secret)
    turn = backend.say(text, **more)
    items = list(h.chatkit.threads.list_items(turn.thread_id, order="asc"))
    check(all(item.object == "chatkit.thread_item" for item in items), "object")
    check(all(item.thread_id == turn.thread_id for item in items), "thread_id")
    check(all(abs(item.created_at - time.time()) <= 30 for item in items), "created_at")
    found = [item for item in items if item.type == kind]
    check(found, f"no {kind} among {[item.type for item in items]}")
    return turn, found[0]


@case("a user's message has its text, its quote and its options")
def item_user(h: Hosted) -> None:
    options = {"model": "m-1", "tool_choice": {"id": "search"}}
    more = {"quoted_text": "a quote", "inference_options": options}
    _, item = item_of(h, "show text 1", "chatkit.user_message", **more)
    parts = {part.type: part.text for part in item.content}
    same(parts, {"input_text": "show text 1", "quoted_text": "a quote"}, "content")
    same(item.inference_options.to_dict(), options, "options")
    same(item.attachments, [], "attachments")


@case("an assistant's message has its text and its citations")
def item_assistant(h: Hosted) -> None:
    turn, item = item_of(h, "show cite", "chatkit.assistant_message")
    same("".join(part.text for part in item.content), turn.text(), "text")
    notes = [note for part in item.content for note in part.annotations]
    check(notes, "no annotation")
    check(all(note.type == note.source.type for note in notes), "an annotation and its source differ")


@case("a widget is a JSON string of what was streamed")
def item_widget(h: Hosted) -> None:
    turn, item = item_of(h, "show widget", "chatkit.widget")
    streamed = turn.done("widget")[0].widget.model_dump(mode="json", exclude_none=True)
    stored = json.loads(item.widget)
    same((stored["type"], len(stored["children"])), (streamed["type"], len(streamed["children"])), "widget")


@case("a client tool call is in progress, then completed, with its JSON as strings")
def item_tool(h: Hosted) -> None:
    user = someone()
    backend = h.backend(h.session(user).client_secret)
    turn = backend.say("show tool open_map")
    call = turn.events[-1].item
    items = h.chatkit.threads.list_items(turn.thread_id)
    found = [item for item in items if item.type == "chatkit.client_tool_call"][0]
    same((found.name, found.call_id, found.status), ("open_map", call.call_id, "in_progress"), "call")
    same((json.loads(found.arguments), found.output), (call.arguments, None), "arguments and output")
    backend.stream("threads.add_client_tool_output", thread_id=turn.thread_id, result={"ok": True})
    items = h.chatkit.threads.list_items(turn.thread_id)
    found = [item for item in items if item.type == "chatkit.client_tool_call"][0]
    same((found.status, json.loads(found.output)), ("completed", {"ok": True}), "the completed call")


@case("a task and a workflow are a task and a group of tasks")
def item_task(h: Hosted) -> None:
    _, task = item_of(h, "show task", "chatkit.task")
    check(task.task_type in ("custom", "thought"), f"task_type is {task.task_type}")
    _, group = item_of(h, "show workflow", "chatkit.task_group")
    check(group.tasks, "a group without tasks")


@case("every item of show all can be listed by the SDK, which knows each type")
def item_all(h: Hosted) -> None:
    turn = h.say(someone(), "show all")
    known = {
        "chatkit.user_message",
        "chatkit.assistant_message",
        "chatkit.widget",
        "chatkit.client_tool_call",
        "chatkit.task",
        "chatkit.task_group",
    }
    items = list(h.chatkit.threads.list_items(turn.thread_id, limit=3, order="asc"))
    same(sorted({item.type for item in items} - known), [], "types that the SDK does not know")
    same(len({item.id for item in items}), len(items), "items that come once")


@case("items are walked through in either order, and cut by after and before")
def item_pages(h: Hosted) -> None:
    backend = h.backend(h.session(someone()).client_secret)
    thread_id = backend.say("show text 1").thread_id
    for _ in range(3):
        backend.say("show text 1", thread_id)
    listing = h.chatkit.threads.list_items
    up = [item.id for item in listing(thread_id, order="asc", limit=100)]
    same(len(up), 8, "items")
    same([item.id for item in listing(thread_id)], up[::-1], "the default order")
    for limit in (1, 3):
        same([item.id for item in listing(thread_id, order="asc", limit=limit)], up, "the walk")
    page = listing(thread_id, order="asc", after=up[1], before=up[4])
    same([item.id for item in page.data], up[2:4], "after and before")
