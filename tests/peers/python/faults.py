"""What a backend does wrong, and what is right but rare: one address each, under `/broken/`.

Nothing here uses the reference server: these are bytes that it would not send.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable

from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

NOW = "2026-11-20T23:56:45.910444"
THREAD = {
    "id": "thr_b",
    "created_at": NOW,
    "status": {"type": "active"},
    "items": {"data": [], "has_more": False},
}


def item(**fields: object) -> dict:
    return {"thread_id": "thr_b", "created_at": NOW, **fields}


def assistant(text: str, item_id: str = "msg_a") -> dict:
    content = [{"type": "output_text", "text": text, "annotations": []}] if text else []
    return item(id=item_id, type="assistant_message", content=content)


OPENING = [
    {"type": "thread.created", "thread": THREAD},
    {"type": "stream_options", "stream_options": {"allow_cancel": True}},
]
HALF = [
    {"type": "thread.item.added", "item": assistant("")},
    {
        "type": "thread.item.updated",
        "item_id": "msg_a",
        "update": {
            "type": "assistant_message.content_part.text_delta",
            "content_index": 0,
            "delta": "half an ans",
        },
    },
]
WHOLE = [{"type": "thread.item.done", "item": assistant("a whole answer")}]
STRANGE = [
    {"type": "thread.mood_changed", "mood": "sunny", "depth": {"of": [1, 2.5, None, "ünï"]}},
    {"type": "progress_update", "text": "odd", "icon": "not-an-icon-yet", "extra": {"a": 1}},
    {"type": "thread.item.done", "item": item(id="x_1", type="hologram", beam=[1, 2])},
]


def frames(events: list[dict]) -> bytes:
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


def sse(body: AsyncIterator[bytes] | bytes, status: int = 200) -> Response:
    if isinstance(body, bytes):
        return Response(body, status, media_type="text/event-stream")
    return StreamingResponse(body, status, media_type="text/event-stream")


async def then_cut(body: bytes) -> AsyncIterator[bytes]:
    yield body
    await asyncio.sleep(0.05)
    raise ConnectionResetError("the test wants this connection cut")


async def by_bytes(body: bytes) -> AsyncIterator[bytes]:
    for at in range(len(body)):
        yield body[at : at + 1]
        await asyncio.sleep(0)


async def forever() -> AsyncIterator[bytes]:
    yield frames(OPENING)
    await asyncio.sleep(600)


def odd_but_legal() -> bytes:
    """A BOM, comments, CR LF, bare CR, fields of no meaning, and data over many lines."""
    opening, options = (json.dumps(event, ensure_ascii=False) for event in OPENING)
    pretty = json.dumps(WHOLE[0], indent=1)
    lines = "".join(f"data: {line}\r\n" for line in pretty.splitlines())
    return (
        f"\ufeff: a comment\r\n\r\ndata:{opening}\r\n\r\n"
        f"event: message\nid: 7\nretry: 10\ndata: {options}\n\n"
        f": keep-alive\n\n{lines}\r\n: bye\r\r"
    ).encode()


def error_object(status: int, code: str, headers: dict[str, str] | None = None) -> Response:
    body = {
        "error": {
            "message": f"refused with {code}",
            "type": "invalid_request_error",
            "param": "params.input",
            "code": code,
        }
    }
    return Response(json.dumps(body), status, headers, media_type="application/json")


FAULTS: dict[str, Callable[[], Response]] = {
    "500": lambda: Response("Internal Server Error", 500, media_type="text/plain"),
    "401": lambda: error_object(401, "invalid_api_key", {"www-authenticate": "Bearer"}),
    "403": lambda: error_object(403, "forbidden_origin"),
    "422": lambda: error_object(422, "bad_input", {"x-request-id": "req_peer_1"}),
    "429": lambda: error_object(429, "rate_limit_exceeded", {"retry-after": "7"}),
    "html": lambda: Response("<html>sign in</html>", media_type="text/html"),
    "empty": lambda: sse(b""),
    "open": lambda: sse(frames(OPENING + HALF)),
    "cut": lambda: sse(then_cut(frames(OPENING + HALF))),
    "cut-head": lambda: sse(then_cut(frames(OPENING) + b'data: {"type": "thr')),
    "garbage": lambda: sse(frames(OPENING) + b"data: {not json\n\n"),
    "malformed": lambda: sse(frames(OPENING) + b'data: {"type": "thread.item.done", "item": 7}\n\n'),
    "strange": lambda: sse(frames(OPENING + STRANGE + WHOLE)),
    "bytes": lambda: sse(by_bytes(frames(OPENING + WHOLE))),
    "legal": lambda: sse(odd_but_legal()),
    "hang": lambda: sse(forever()),
    "whole": lambda: sse(frames(OPENING + WHOLE)),
}


def add_faults(app: FastAPI, log) -> None:
    @app.post("/broken/{name}")
    async def broken(name: str, request: Request) -> Response:
        body = await request.body()
        log.write(path=f"/broken/{name}", headers=dict(request.headers), request=json.loads(body))
        if name == "elsewhere":
            # Another name of the same machine is another origin.
            location = f"http://localhost:{request.url.port}/broken/whole"
            return Response(status_code=307, headers={"location": location})
        return FAULTS[name]()
