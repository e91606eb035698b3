"""Refusals: a bad request is answered with a 4xx and the error object, and changes nothing.

The reference server answers these with a 500 or a dead stream, which users take for a broken
install; PROTOCOL asks for better. That nothing changes is read from the lists, before and after.
"""

from __future__ import annotations

import json
from typing import Any

from cases import case, check, same
from wire import Backend, plain, user_input

NOBODY = "thr_nobody"


def state(b: Backend) -> Any:
    """All that a client can see: every thread with its items."""
    threads = b.call("threads.list", limit=9999).data
    return [(plain(thread), [plain(i) for i in b.items(thread.id)]) for thread in threads[:3]] + [
        thread.id for thread in threads
    ]


def refused(b: Backend, body: Any, param: str | None = None) -> dict:
    """The error object that `body` is refused with."""
    before = state(b)
    response = b.post(body)
    check(400 <= response.status_code < 500, f"status {response.status_code}: {response.text[:200]}")
    same(response.headers["content-type"].split(";")[0], "application/json", "content type")
    answer = response.json()
    same(list(answer), ["error"], "fields of the answer")
    error = answer["error"]
    same(sorted(error), ["code", "message", "param", "type"], "fields of the error")
    check(isinstance(error["message"], str) and error["message"], "the message is empty")
    check(isinstance(error["type"], str) and error["type"], "the type is empty")
    for name in ("param", "code"):
        check(error[name] is None or isinstance(error[name], str), f"{name} is {error[name]!r}")
    if param:
        check(error["param"] and param in error["param"], f"param is {error['param']!r}, not of {param}")
    same(state(b), before, "what is stored")
    return error


def op(kind: str, /, **params: Any) -> dict:
    return {"type": kind, "params": params}


@case("an empty object is refused", reference=False)
def empty_object(b: Backend) -> None:
    refused(b, {})


@case("a body that is no JSON is refused", reference=False)
def no_json(b: Backend) -> None:
    refused(b, b"not json {")
    refused(b, b"")


@case("a body that is JSON and no object is refused", reference=False)
def no_object(b: Backend) -> None:
    for body in ([], "threads.list", 7, None):
        refused(b, json.dumps(body).encode())


@case("an unknown operation is refused", reference=False)
def unknown_operation(b: Backend) -> None:
    error = refused(b, op("threads.explode"), "type")
    check("threads.explode" in error["message"], f"the message does not name it: {error['message']}")


@case("an operation without its params is refused", reference=False)
def no_params(b: Backend) -> None:
    refused(b, {"type": "threads.create"}, "params")
    refused(b, {"type": "threads.get_by_id", "params": {}}, "thread_id")


@case("a user's message without a required field is refused, and the field is named", reference=False)
def missing_input_field(b: Backend) -> None:
    for name in ("content", "attachments", "inference_options"):
        said = {key: value for key, value in user_input("hello").items() if key != name}
        refused(b, op("threads.create", input=said), name)


@case("a field of the wrong type is refused, and the field is named", reference=False)
def wrong_types(b: Backend) -> None:
    refused(b, op("threads.create", input=user_input("hello", attachments="none")), "attachments")
    refused(b, op("threads.create", input=user_input("hello", quoted_text=[])), "quoted_text")
    refused(b, op("threads.get_by_id", thread_id=7), "thread_id")
    refused(b, op("threads.list", order="sideways"), "order")
    refused(b, op("threads.list", limit="many"), "limit")


@case("a part of a message of an unknown type is refused", reference=False)
def unknown_content(b: Backend) -> None:
    said = user_input("hello")
    said["content"] = [{"type": "input_smell", "text": "hm"}]
    refused(b, op("threads.create", input=said), "content")


@case("an attachment that does not exist is refused, and no thread is made", reference=False)
def unknown_attachment(b: Backend) -> None:
    refused(b, op("threads.create", input=user_input("hello", attachments=["atc_nobody"])))


@case("every operation on a thread that does not exist is refused", reference=False)
def unknown_thread(b: Backend) -> None:
    action = {"type": "a", "payload": {}}
    for body in (
        op("threads.get_by_id", thread_id=NOBODY),
        op("threads.update", thread_id=NOBODY, title="x"),
        op("threads.delete", thread_id=NOBODY),
        op("threads.add_user_message", thread_id=NOBODY, input=user_input("hello")),
        op("threads.add_client_tool_output", thread_id=NOBODY, result={}),
        op("threads.add_structured_input", thread_id=NOBODY, item_id="x", input={}),
        op("threads.retry_after_item", thread_id=NOBODY, item_id="x"),
        op("threads.custom_action", thread_id=NOBODY, action=action),
        op("threads.sync_custom_action", thread_id=NOBODY, action=action),
        op("items.list", thread_id=NOBODY),
        op("items.feedback", thread_id=NOBODY, item_ids=["x"], kind="positive"),
    ):
        try:
            refused(b, body)
        except AssertionError as cause:
            raise AssertionError(f"{body['type']}: {cause}") from cause


@case("every operation on an item that does not exist is refused", reference=False)
def unknown_item(b: Backend) -> None:
    thread_id = b.say("hello").thread_id
    action = {"type": "a", "payload": {}}
    for body in (
        op("threads.add_structured_input", thread_id=thread_id, item_id="x", input={}),
        op("threads.retry_after_item", thread_id=thread_id, item_id="x"),
        op("threads.custom_action", thread_id=thread_id, item_id="x", action=action),
        op("threads.sync_custom_action", thread_id=thread_id, item_id="x", action=action),
        op("items.feedback", thread_id=thread_id, item_ids=["x"], kind="positive"),
    ):
        try:
            refused(b, body)
        except AssertionError as cause:
            raise AssertionError(f"{body['type']}: {cause}") from cause


@case("an attachment that does not exist cannot be deleted", reference=False)
def delete_unknown_attachment(b: Backend) -> None:
    refused(b, op("attachments.delete", attachment_id="atc_nobody"))


@case("a page after a row that does not exist is refused", reference=False)
def unknown_after(b: Backend) -> None:
    thread_id = b.say("hello").thread_id
    refused(b, op("threads.list", after="thr_nobody"), "after")
    refused(b, op("items.list", thread_id=thread_id, after="msg_nobody"), "after")


@case("a tool's output is refused where no call is pending", reference=False)
def no_pending_call(b: Backend) -> None:
    thread_id = b.say("show text 2").thread_id
    refused(b, op("threads.add_client_tool_output", thread_id=thread_id, result={}))


@case("a tool's output is refused the second time", reference=False)
def tool_twice(b: Backend) -> None:
    thread_id = b.say("show tool").thread_id
    b.stream("threads.add_client_tool_output", thread_id=thread_id, result={"ok": True})
    refused(b, op("threads.add_client_tool_output", thread_id=thread_id, result={"ok": False}))


@case("a form is refused the second time", reference=False)
def form_twice(b: Backend) -> None:
    turn = b.say("show form")
    params = {"thread_id": turn.thread_id, "item_id": turn.done("structured_input")[0].id}
    b.stream("threads.add_structured_input", **params, input={"status": "skipped"})
    refused(b, op("threads.add_structured_input", **params, input={"status": "answered"}))


@case("structured input for an item that is no form is refused", reference=False)
def no_form(b: Backend) -> None:
    turn = b.say("show text 2")
    item = turn.done("assistant_message")[0]
    params = {"thread_id": turn.thread_id, "item_id": item.id, "input": {"status": "skipped"}}
    refused(b, op("threads.add_structured_input", **params))


@case("a retry after an item that is no user's message is refused", reference=False)
def retry_after_answer(b: Backend) -> None:
    turn = b.say("show text 2")
    item = turn.done("assistant_message")[0]
    refused(b, op("threads.retry_after_item", thread_id=turn.thread_id, item_id=item.id))


@case("an action of an item that is no widget is refused or ends in an error, as in server.py", reference=False)
def action_of_text(b: Backend) -> None:
    turn = b.say("show text 2")
    params = {
        "thread_id": turn.thread_id,
        "item_id": turn.done("assistant_message")[0].id,
        "action": {"type": "a", "payload": {}},
    }
    response = b.post(op("threads.custom_action", **params))
    ends_in_error = response.status_code == 200 and '"code":"stream.error"' in response.text
    check(ends_in_error or 400 <= response.status_code < 500, f"status {response.status_code}")
    refused(b, op("threads.sync_custom_action", **params))


@case("feedback of a kind that is neither positive nor negative is refused", reference=False)
def feedback_kind(b: Backend) -> None:
    turn = b.say("show text 2")
    ids = [turn.done("assistant_message")[0].id]
    refused(b, op("items.feedback", thread_id=turn.thread_id, item_ids=ids, kind="meh"), "kind")


@case("audio whose base64 is cut short is refused", reference=False)
def bad_audio(b: Backend) -> None:
    refused(b, op("input.transcribe", audio_base64="abcde", mime_type="audio/webm"), "audio_base64")


@case("a GET of the endpoint is refused as a wrong method", reference=False)
def wrong_method(b: Backend) -> None:
    same(b.http.get(b.url).status_code, 405, "status")
