"""All sixteen operations with good input: their answers, their order of events, and what is stored."""

from __future__ import annotations

import base64
import json
import time

from cases import case, check, same
from chatkit.types import Attachment
from fold import Fold
from pydantic import TypeAdapter
from wire import Backend, Turn, plain, user_input
from widget_rules import actions, nodes


def opening(turn: Turn, *wanted: str) -> None:
    same(turn.names()[: len(wanted)], list(wanted), "the opening of the turn")


def widget_turn(b: Backend) -> tuple[Turn, str, dict]:
    """A turn with a widget, the id of its item, and the first action in it."""
    turn = b.say("show widget")
    item = turn.done("widget")[0]
    found = [action for node in nodes(plain(item)["widget"]) for action in actions(node)]
    check(found, "the widget has no action")
    return turn, item.id, {"type": found[0]["type"], "payload": found[0].get("payload")}


@case("threads.create opens with thread.created, the user's message, stream_options")
def create(b: Backend) -> None:
    turn = b.say("hello there")
    opening(turn, "thread.created", "thread.item.done", "stream_options")
    created, done = turn.events[0].thread, turn.events[1].item
    same(created.status.type, "active", "the status of a new thread")
    same(created.items.data, [], "the items of thread.created")
    same(done.thread_id, created.id, "the thread of the message")
    same([part.text for part in done.content], ["hello there"], "the message")
    check({event.item.thread_id for event in turn.of("thread.item.done")} == {created.id}, "thread ids")


@case("threads.create keeps the quote, the tags, the model and the tool choice")
def create_full(b: Backend) -> None:
    tag = {"type": "input_tag", "id": "t1", "text": "Ada", "data": {"n": 1}, "interactive": True}
    options = {"model": "m-1", "tool_choice": {"id": "search"}}
    said = user_input("hello", quoted_text="a quote", inference_options=options)
    said["content"].append(tag)
    turn = b.stream("threads.create", input=said)
    item = turn.events[1].item
    same(item.quoted_text, "a quote", "the quote")
    same(plain(item.inference_options), {"model": "m-1", "tool_choice": {"id": "search"}}, "options")
    same(plain(item.content[1]), {**tag, "group": None}, "the tag")
    same(plain(b.items(turn.thread_id)[0]), plain(item), "the stored message")


@case("threads.create ignores metadata and fields that it does not know")
def create_extra(b: Backend) -> None:
    body = {
        "type": "threads.create",
        "metadata": {"trace": "abc"},
        "later": True,
        "params": {"input": user_input("hello", mood="sunny"), "extra": [1]},
    }
    same(b.post(body).status_code, 200, "status")


@case("threads.add_user_message opens with the user's message and stream_options")
def add_user_message(b: Backend) -> None:
    first = b.say("show text 3")
    second = b.say("show text 4", first.thread_id)
    opening(second, "thread.item.done", "stream_options")
    same(second.events[0].item.thread_id, first.thread_id, "the thread")
    fold = Fold().turn(first).turn(second)
    same([i.id for i in b.items(first.thread_id)], fold.ids(), "items, oldest first")


@case("threads.add_client_tool_output completes the call and goes on with an answer")
def client_tool(b: Backend) -> None:
    asked = b.say("show tool open_map")
    call = asked.events[-1].item
    result = {"ok": True, "places": ["Zürich", None, 3.5]}
    turn = b.stream("threads.add_client_tool_output", thread_id=asked.thread_id, result=result)
    opening(turn, "stream_options")
    check(turn.text().strip(), "no answer follows")
    stored = {item.id: item for item in b.items(asked.thread_id)}
    same((stored[call.id].status, stored[call.id].output), ("completed", result), "the call")
    same(stored[call.id].call_id, call.call_id, "the call's id")


@case("threads.add_client_tool_output takes any JSON as the result")
def client_tool_results(b: Backend) -> None:
    for result in ("text", 7, False, [1, 2], {}):
        asked = b.say("show tool")
        b.stream("threads.add_client_tool_output", thread_id=asked.thread_id, result=result)
        call = [item for item in b.items(asked.thread_id) if item.type == "client_tool_call"][0]
        same((call.status, call.output), ("completed", result), "the call")


@case("threads.add_structured_input replaces the form with its answers, then answers")
def structured_input(b: Backend) -> None:
    asked = b.say("show form")
    form = asked.done("structured_input")[0]
    answers = {question.id: {"values": [first_value(question)]} for question in form.inputs}
    turn = b.stream(
        "threads.add_structured_input",
        thread_id=asked.thread_id,
        item_id=form.id,
        input={"status": "answered", "answers": answers},
    )
    opening(turn, "stream_options", "thread.item.replaced")
    item = turn.events[1].item
    same((item.id, item.status), (form.id, "answered"), "the replaced item")
    given = {i.id: (i.answer.values, i.answer.skipped) for i in item.inputs}
    same(given, {name: (answer["values"], False) for name, answer in answers.items()}, "answers")
    check(turn.text().strip(), "no answer follows")
    stored = {i.id: plain(i) for i in b.items(asked.thread_id)}
    same(stored[form.id], plain(item), "the stored item")


def first_value(question) -> str:
    return question.options[0].value if question.type == "multiple_choice" else "because"


@case("threads.add_structured_input skips every question of a form that is skipped")
def structured_input_skipped(b: Backend) -> None:
    asked = b.say("show form")
    form = asked.done("structured_input")[0]
    answers = {form.inputs[0].id: {"values": [first_value(form.inputs[0])]}}
    turn = b.stream(
        "threads.add_structured_input",
        thread_id=asked.thread_id,
        item_id=form.id,
        input={"status": "skipped", "answers": answers},
    )
    item = turn.of("thread.item.replaced")[0].item
    same(item.status, "skipped", "status")
    same({(tuple(i.answer.values), i.answer.skipped) for i in item.inputs}, {((), True)}, "answers")


@case("threads.add_structured_input marks an unanswered question as skipped and ignores a strange one")
def structured_input_partial(b: Backend) -> None:
    asked = b.say("show form")
    form = asked.done("structured_input")[0]
    answers = {form.inputs[0].id: {"values": [first_value(form.inputs[0])]}, "nobody": {"values": ["x"]}}
    turn = b.stream(
        "threads.add_structured_input",
        thread_id=asked.thread_id,
        item_id=form.id,
        input={"answers": answers},
    )
    item = turn.of("thread.item.replaced")[0].item
    same(item.status, "answered", "status")
    same([i.answer.skipped for i in item.inputs], [False] + [True] * (len(form.inputs) - 1), "skipped")


@case("threads.add_structured_input keeps one value of a question that takes one")
def structured_input_single(b: Backend) -> None:
    asked = b.say("show form")
    form = asked.done("structured_input")[0]
    single = [i for i in form.inputs if i.type == "multiple_choice" and not i.multiple]
    check(single, "the form has no question of a single choice")
    turn = b.stream(
        "threads.add_structured_input",
        thread_id=asked.thread_id,
        item_id=form.id,
        input={"answers": {single[0].id: {"values": ["one", "two"]}}},
    )
    item = turn.of("thread.item.replaced")[0].item
    same([i.answer.values for i in item.inputs if i.id == single[0].id], [["one"]], "values")


@case("threads.retry_after_item removes the later items and answers again")
def retry(b: Backend) -> None:
    first = b.say("show text 3")
    second = b.say("show text 4", first.thread_id)
    third = b.say("show text 5", first.thread_id)
    kept = second.events[0].item
    turn = b.stream("threads.retry_after_item", thread_id=first.thread_id, item_id=kept.id)
    opening(turn, "stream_options")
    same(len(turn.text().split()), 4, "words of the new answer")
    new = [item.id for item in turn.done("assistant_message")]
    gone = set(Fold().turn(third).ids()) | {i.id for i in second.done("assistant_message")}
    wanted = [*Fold().turn(first).ids(), kept.id, *new]
    found = [item.id for item in b.items(first.thread_id)]
    same(found, wanted, "items")
    check(not gone & set(found), "an item of before the retry is there")


@case("threads.custom_action streams an answer to a widget's action")
def custom_action(b: Backend) -> None:
    asked, item_id, action = widget_turn(b)
    turn = b.stream("threads.custom_action", thread_id=asked.thread_id, item_id=item_id, action=action)
    opening(turn, "stream_options")
    same(turn.of("error"), [], "errors")
    Fold().turn(turn)


@case("threads.custom_action needs no item")
def custom_action_bare(b: Backend) -> None:
    asked = b.say("hello")
    turn = b.stream("threads.custom_action", thread_id=asked.thread_id, action={"type": "anything", "payload": {"n": 1}})
    opening(turn, "stream_options")
    same(turn.of("error"), [], "errors")


@case("threads.sync_custom_action answers with an item of the thread, or with none")
def sync_action(b: Backend) -> None:
    asked, item_id, action = widget_turn(b)
    answer = b.call("threads.sync_custom_action", thread_id=asked.thread_id, item_id=item_id, action=action)
    if answer.updated_item is not None:
        same(answer.updated_item.id, item_id, "the updated item")
        stored = {item.id: plain(item) for item in b.items(asked.thread_id)}
        same(stored[item_id], plain(answer.updated_item), "the stored item")


@case("threads.get_by_id has the thread and its first items, oldest first")
def get_by_id(b: Backend) -> None:
    turn = b.say("show all")
    fold = Fold().turn(turn)
    thread = b.call("threads.get_by_id", thread_id=turn.thread_id)
    same((thread.id, thread.title), (turn.thread_id, fold.thread.title), "the thread")
    same(plain(thread.status), plain(fold.thread.status), "the status")
    wanted = [plain(item) for item in fold.stored.values()][:20]
    same([plain(item) for item in thread.items.data], wanted, "items")


@case("threads.update renames a thread")
def update(b: Backend) -> None:
    turn = b.say("hello")
    same(b.call("threads.update", thread_id=turn.thread_id, title="Größe 7").title, "Größe 7", "title")
    same(b.call("threads.get_by_id", thread_id=turn.thread_id).title, "Größe 7", "the stored title")


@case("threads.delete removes a thread and its items")
def delete(b: Backend) -> None:
    turn = b.say("hello")
    b.call("threads.delete", thread_id=turn.thread_id)
    listed = [thread.id for thread in b.call("threads.list", limit=9999).data]
    check(turn.thread_id not in listed, "it is still listed")
    refused = b.post({"type": "items.list", "params": {"thread_id": turn.thread_id}})
    check(refused.status_code >= 400, "its items can still be read")


@case("items.feedback takes both kinds, for several items")
def feedback(b: Backend) -> None:
    turn = b.say("show text 3")
    ids = [item.id for item in turn.done("assistant_message")]
    for kind in ("positive", "negative"):
        b.call("items.feedback", thread_id=turn.thread_id, item_ids=ids, kind=kind)


@case("input.transcribe answers with a text")
def transcribe(b: Backend) -> None:
    audio = base64.b64encode(b"\x1aE\xdf\xa3 not really sound").decode()
    for media in ("audio/webm;codecs=opus", "audio/mp4", "audio/ogg"):
        result = b.call("input.transcribe", audio_base64=audio, mime_type=media)
        check(result.text.strip(), f"no text for {media}")


@case("attachments.create takes the bytes where its descriptor says, and the message carries it")
def attachment(b: Backend) -> None:
    content = b"tides of the week\n"
    made = b.call("attachments.create", name="tides.txt", size=len(content), mime_type="text/plain")
    same((made.type, made.name, made.mime_type), ("file", "tides.txt", "text/plain"), "the attachment")
    upload(b, made, content)
    turn = b.say("look at this", attachments=[made.id])
    kept = turn.events[1].item.attachments
    same([(a.id, a.name, a.thread_id) for a in kept], [(made.id, "tides.txt", turn.thread_id)], "attachments")


def upload(b: Backend, made, content: bytes) -> None:
    descriptor = made.upload_descriptor
    check(descriptor is not None, "no upload_descriptor")
    response = b.http.request(descriptor.method, str(descriptor.url), content=content, headers=descriptor.headers)
    check(response.is_success, f"the upload was answered with {response.status_code}")


@case("attachments.create makes an image, with a preview, of an image type")
def image_attachment(b: Backend) -> None:
    content = b"\x89PNG\r\n\x1a\n" + bytes(16)
    made = b.call("attachments.create", name="dot.png", size=len(content), mime_type="image/png")
    same(made.type, "image", "the type")
    upload(b, made, content)


@case("attachments.delete removes an attachment, which no message can carry any more", reference=False)
def attachment_delete(b: Backend) -> None:
    made = b.call("attachments.create", name="a.txt", size=1, mime_type="text/plain")
    upload(b, made, b"a")
    b.call("attachments.delete", attachment_id=made.id)
    said = user_input("hello", attachments=[made.id])
    refused = b.post({"type": "threads.create", "params": {"input": said}})
    check(400 <= refused.status_code < 500, f"a message with it was answered with {refused.status_code}")


@case("a direct upload to /files answers with the attachment")
def direct_upload(b: Backend) -> None:
    address = b.url.removesuffix("/chatkit") + "/files"
    response = b.http.post(address, files={"file": ("notes.md", b"# notes\n", "text/markdown")})
    check(response.is_success, f"answered with {response.status_code}")
    made = TypeAdapter(Attachment).validate_json(response.content)
    same((made.type, made.name, made.mime_type), ("file", "notes.md", "text/markdown"), "the attachment")
    turn = b.say("look", attachments=[made.id])
    same([a.id for a in turn.events[1].item.attachments], [made.id], "attachments")


@case("a client that leaves keeps the partial answer, and the thread works on")
def cancel(b: Backend) -> None:
    thread_id, seen = leave_after(b, 3)
    partial = wait_for_partial(b, thread_id)
    check(partial.startswith(seen), f"stored {partial!r}, streamed {seen!r}")
    time.sleep(0.5)
    same(wait_for_partial(b, thread_id), partial, "the partial answer, a little later")
    Fold().turn(b.say("show text 2", thread_id))
    b.call("threads.get_by_id", thread_id=thread_id)


def leave_after(b: Backend, count: int) -> tuple[str, str]:
    """Reads that many deltas of a slow answer, then drops the connection."""
    thread_id, deltas = "", []
    with b.open("threads.create", input=user_input("show slow")) as response:
        for line in response.iter_lines():
            event = json.loads(line.removeprefix("data: ")) if line else {}
            thread_id = event.get("thread", {}).get("id", thread_id)
            update = event.get("update", {})
            if update.get("type", "").endswith("text_delta"):
                deltas.append(update["delta"])
            if len(deltas) == count:
                break
    return thread_id, "".join(deltas)


def wait_for_partial(b: Backend, thread_id: str) -> str:
    end = time.monotonic() + 5
    while time.monotonic() < end:
        messages = [item for item in b.items(thread_id) if item.type == "assistant_message"]
        if messages:
            return "".join(part.text for part in messages[0].content)
        time.sleep(0.05)
    raise AssertionError("no partial answer was stored within five seconds")
