"""Sessions, their secrets and limits, users kept apart, and uploads, through the `openai` SDK."""

from __future__ import annotations

import base64
import json
import re
import time

import openai
from cases import case, check, same
from hosted_api import WORKFLOW, Hosted, post_refused, raises, someone
from wire import user_input


@case("a session has its documented shape and defaults")
def session_defaults(h: Hosted) -> None:
    before = int(time.time())
    session = h.chatkit.sessions.create(user="ada", workflow=WORKFLOW)
    check(re.fullmatch(r"cksess_[0-9a-f]{48}", session.id), f"the id is {session.id}")
    same((session.object, session.status, session.user), ("chatkit.session", "active", "ada"), "session")
    check(before + 598 <= session.expires_at <= time.time() + 602, "it does not expire in ten minutes")
    same(session.max_requests_per_1_minute, 10, "requests a minute")
    same(session.rate_limits.max_requests_per_1_minute, 10, "the rate limit")
    same((session.workflow.id, session.workflow.version), ("wf_peer", None), "the workflow")
    same(session.workflow.tracing.enabled, True, "tracing")
    settings = session.chatkit_configuration
    same(settings.automatic_thread_titling.enabled, True, "titling")
    same(settings.history.enabled, True, "history")
    same(settings.history.recent_threads, None, "recent threads")
    upload = settings.file_upload
    same((upload.enabled, upload.max_file_size, upload.max_files), (False, 512, 10), "uploads")


@case("a session takes every option and gives it back")
def session_options(h: Hosted) -> None:
    workflow = {
        "id": "wf_full",
        "version": "7",
        "state_variables": {"name": "Ada", "age": 36, "rate": 0.5, "vip": True},
        "tracing": {"enabled": False},
    }
    session = h.chatkit.sessions.create(
        user="ada",
        workflow=workflow,
        expires_after={"anchor": "created_at", "seconds": 60},
        rate_limits={"max_requests_per_1_minute": 33},
        chatkit_configuration={
            "automatic_thread_titling": {"enabled": False},
            "file_upload": {"enabled": True, "max_file_size": 5, "max_files": 3},
            "history": {"enabled": False, "recent_threads": 4},
        },
    )
    same(session.workflow.to_dict(), workflow, "the workflow")
    check(abs(session.expires_at - time.time() - 60) <= 3, "it does not expire in a minute")
    same(session.max_requests_per_1_minute, 33, "requests a minute")
    settings = session.chatkit_configuration
    same(settings.automatic_thread_titling.enabled, False, "titling")
    upload = settings.file_upload
    same((upload.enabled, upload.max_file_size, upload.max_files), (True, 5, 3), "uploads")
    same((settings.history.enabled, settings.history.recent_threads), (False, 4), "history")


@case("a client secret carries its expiry, to be read without a call")
def secret_expiry(h: Hosted) -> None:
    session = h.session(someone())
    found = re.fullmatch(r"ek_[0-9a-f]{48}_00(.+)", session.client_secret)
    check(found, "the secret is not of the documented form")
    encoded = found.group(1)
    padded = encoded + "=" * (-len(encoded) % 4)
    inside = json.loads(base64.b64decode(padded, altchars=b"-_"))
    same(inside["expires_at"], session.expires_at, "the expiry inside")


@case("a session of no workflow, or of no user, is refused")
def session_bad(h: Hosted) -> None:
    create = h.chatkit.sessions.create
    error = raises(openai.BadRequestError, lambda: create(user="", workflow=WORKFLOW))
    same(error.param, "user", "param")
    error = raises(openai.BadRequestError, lambda: create(user="ada", workflow={}))
    check("workflow" in (error.param or ""), f"param is {error.param}")
    error = raises(openai.BadRequestError, lambda: create(user="ada", workflow={"id": ""}))
    check("workflow" in (error.param or ""), f"param is {error.param}")


@case("an expiry out of one to six hundred seconds is refused")
def session_expiry_range(h: Hosted) -> None:
    for seconds in (0, -1, 601):
        expires = {"anchor": "created_at", "seconds": seconds}
        error = raises(openai.BadRequestError, lambda: h.session("ada", expires_after=expires))
        check("expires_after" in (error.param or ""), f"param is {error.param}")
    for seconds in (1, 600):
        h.session("ada", expires_after={"anchor": "created_at", "seconds": seconds})
    wrong = {"anchor": "last_used_at", "seconds": 60}
    raises(openai.BadRequestError, lambda: h.session("ada", expires_after=wrong))


@case("limits below one and files above 512 MB are refused")
def session_limits(h: Hosted) -> None:
    none = {"max_requests_per_1_minute": 0}
    raises(openai.BadRequestError, lambda: h.session("ada", rate_limits=none))
    for upload in ({"max_file_size": 513}, {"max_file_size": 0}, {"max_files": 0}):
        settings = {"file_upload": {"enabled": True, **upload}}
        raises(openai.BadRequestError, lambda: h.session("ada", chatkit_configuration=settings))
    settings = {"history": {"recent_threads": 0}}
    raises(openai.BadRequestError, lambda: h.session("ada", chatkit_configuration=settings))


@case("a request without an API key is refused with 401 and the documented error")
def no_key(h: Hosted) -> None:
    body = {"user": "ada", "workflow": WORKFLOW}
    response = h.http.post(f"{h.base}/chatkit/sessions", json=body)
    same(response.status_code, 401, "status")
    same(response.headers["www-authenticate"], 'Bearer realm="OpenAI API"', "www-authenticate")
    error = response.json()["error"]
    same(error["type"], "invalid_request_error", "the type")


@case("a cancelled session is cancelled, and its secret is refused with 401")
def cancel(h: Hosted) -> None:
    session = h.session(someone())
    backend = h.backend(session.client_secret)
    backend.say("show text 1")
    cancelled = h.chatkit.sessions.cancel(session.id)
    same((cancelled.id, cancelled.status), (session.id, "cancelled"), "the session")
    same(cancelled.user, session.user, "the user")
    post_refused(h, session.client_secret, 401)


@case("a session that does not exist cannot be cancelled")
def cancel_unknown(h: Hosted) -> None:
    raises(openai.NotFoundError, lambda: h.chatkit.sessions.cancel("cksess_" + "0" * 48))


@case("an expired session is refused with 401")
def expired(h: Hosted) -> None:
    session = h.session(someone(), expires_after={"anchor": "created_at", "seconds": 1})
    time.sleep(2.1)
    post_refused(h, session.client_secret, 401)


@case("a secret that this server did not give is refused with 401")
def strange_secret(h: Hosted) -> None:
    post_refused(h, "ek_" + "0" * 48 + "_00e30=", 401)
    post_refused(h, "sk-test", 401)


@case("a session over its rate limit is refused with 429 and a retry-after")
def rate_limit(h: Hosted) -> None:
    session = h.session(someone(), rate_limits={"max_requests_per_1_minute": 2})
    backend = h.backend(session.client_secret)
    for _ in range(2):
        backend.call("threads.list")
    response = post_refused(h, session.client_secret, 429)
    seconds = int(response.headers["retry-after"])
    check(1 <= seconds <= 60, f"retry-after is {seconds}")
    h.threads(session.user, 1)


@case("two users do not see each other's threads over the conversation")
def users_apart(h: Hosted) -> None:
    ada, bob = someone(), someone()
    mine = h.threads(ada, 1)[0]
    other = h.backend(h.session(bob).client_secret)
    same(other.call("threads.list").data, [], "threads of the other")
    for kind in ("threads.get_by_id", "items.list", "threads.delete"):
        response = other.post({"type": kind, "params": {"thread_id": mine}})
        same(response.status_code, 404, f"status of {kind}")
    said = {"thread_id": mine, "input": user_input("hello")}
    response = other.post({"type": "threads.add_user_message", "params": said})
    same(response.status_code, 404, "status of threads.add_user_message")
    same(h.chatkit.threads.retrieve(mine).user, ada, "the owner")


@case("a user sees the threads of all of their sessions")
def user_again(h: Hosted) -> None:
    user = someone()
    made = h.threads(user, 1) + h.threads(user, 1)
    backend = h.backend(h.session(user).client_secret)
    same([t.id for t in backend.call("threads.list").data], made[::-1], "threads")


@case("uploads are refused unless the session allows them")
def uploads_off(h: Hosted) -> None:
    response = h.upload(h.session(someone()).client_secret)
    check(400 <= response.status_code < 500, f"status {response.status_code}")
    error = response.json()["error"]
    same(error["code"], "chatkit.file_upload_disabled", "code")
    same(error["message"], "File uploads are disabled for this session.", "message")


@case("uploads of a session that allows them can be sent with a message")
def uploads_on(h: Hosted) -> None:
    settings = {"file_upload": {"enabled": True}}
    session = h.session(someone(), chatkit_configuration=settings)
    response = h.upload(session.client_secret)
    check(response.is_success, f"status {response.status_code}")
    made = response.json()
    check(made["id"].startswith("cfile_"), f"the id is {made['id']}")
    same((made["type"], made["name"], made["mime_type"]), ("file", "notes.txt", "text/plain"), "file")
    turn = h.backend(session.client_secret).say("show text 1", attachments=[made["id"]])
    items = h.chatkit.threads.list_items(turn.thread_id, order="asc")
    kept = next(iter(items)).attachments
    same([(a.id, a.name, a.type) for a in kept], [(made["id"], "notes.txt", "file")], "attachments")


@case("uploads beyond the number or the size that a session allows are refused")
def uploads_limited(h: Hosted) -> None:
    settings = {"file_upload": {"enabled": True, "max_files": 1, "max_file_size": 1}}
    secret = h.session(someone(), chatkit_configuration=settings).client_secret
    too_big = h.upload(secret, b"x" * (1024 * 1024 + 1))
    check(400 <= too_big.status_code < 500, f"status of a file that is too big: {too_big.status_code}")
    check(h.upload(secret).is_success, "the first file was refused")
    second = h.upload(secret)
    check(400 <= second.status_code < 500, f"status of the second file: {second.status_code}")


@case("an upload without a secret is refused with 401")
def uploads_secret(h: Hosted) -> None:
    same(h.upload("nobody").status_code, 401, "status")
