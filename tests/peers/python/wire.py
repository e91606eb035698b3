"""The protocol over plain HTTP, and the pydantic types of `openai-chatkit` as its judge.

Every event that passes through here is validated: its type, its fields, the widgets in it against
the strict widget classes, and that no hidden item is among them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
from cases import check, same
from chatkit import types as t
from pydantic import BaseModel, TypeAdapter
from widget_rules import judge_widgets

EVENT = TypeAdapter(t.ThreadStreamEvent)
HIDDEN = ("hidden_context_item", "sdk_hidden_context")
ANSWERS: dict[str, Any] = {
    "threads.get_by_id": t.Thread,
    "threads.list": t.Page[t.Thread],
    "threads.update": t.Thread,
    "items.list": t.Page[t.ThreadItem],
    "attachments.create": t.Attachment,
    "input.transcribe": t.TranscriptionResult,
    "threads.sync_custom_action": t.SyncCustomActionResponse,
}


def unknown_fields(raw: Any, known: Any, path: str = "$") -> list[str]:
    """Paths of what was sent and is no field of the type that it was read as."""
    if isinstance(raw, dict) and isinstance(known, dict):
        lost = [f"{path}.{name}" for name, value in raw.items() if name not in known and value is not None]
        inner = [unknown_fields(raw[name], known[name], f"{path}.{name}") for name in raw if name in known]
        return lost + [one for found in inner for one in found]
    if isinstance(raw, list) and isinstance(known, list):
        pairs = enumerate(zip(raw, known, strict=False))
        return [one for at, (a, b) in pairs for one in unknown_fields(a, b, f"{path}[{at}]")]
    return []


def judged(adapter: TypeAdapter, text: str | bytes) -> Any:
    """`text` as the type of `adapter`, or a fault that names the field."""
    value = adapter.validate_json(text, strict=True)
    raw = json.loads(text)
    dumped = adapter.dump_python(value, mode="json", exclude_unset=True)
    same(unknown_fields(raw, dumped), [], "fields that the type does not have")
    judge_widgets(raw)
    for hidden in HIDDEN:
        check(hidden not in json.dumps(raw), f"a {hidden} was sent")
    return value


@dataclass
class Turn:
    """The events of one streamed answer, validated and as they were sent."""

    events: list[Any] = field(default_factory=list)
    raw: list[dict] = field(default_factory=list)

    def names(self) -> list[str]:
        return [event.type for event in self.events]

    def updates(self, kind: str = "") -> list[Any]:
        found = [event.update for event in self.events if event.type == "thread.item.updated"]
        return [update for update in found if update.type.startswith(kind)]

    def done(self, kind: str) -> list[Any]:
        items = [event.item for event in self.events if event.type == "thread.item.done"]
        return [item for item in items if item.type == kind]

    def of(self, name: str) -> list[Any]:
        return [event for event in self.events if event.type == name]

    @property
    def thread_id(self) -> str:
        named = [event.thread.id for event in self.events if hasattr(event, "thread")]
        items = [event.item.thread_id for event in self.events if hasattr(event, "item")]
        check(named + items, "no event names the thread")
        return (named + items)[0]

    def text(self) -> str:
        parts = [part.text for item in self.done("assistant_message") for part in item.content]
        return "".join(parts)


def frames(chunks: Iterator[str]) -> Iterator[str]:
    """The data of each SSE frame, of which the reference server writes `data: {json}` only."""
    rest = ""
    for chunk in chunks:
        rest += chunk
        while "\n\n" in rest:
            frame, rest = rest.split("\n\n", 1)
            check(frame.startswith("data: "), f"a frame that is not data: {frame[:80]!r}")
            check("\n" not in frame, f"a frame of more than one line: {frame[:80]!r}")
            yield frame.removeprefix("data: ")
    same(rest, "", "bytes after the last frame")


def user_input(text: str, **more: Any) -> dict:
    content = [{"type": "input_text", "text": text}]
    return {"content": content, "attachments": [], "inference_options": {}, **more}


class Backend:
    """One ChatKit endpoint."""

    def __init__(self, url: str, headers: dict[str, str] | None = None) -> None:
        self.url = url
        self.http = httpx2.Client(timeout=30, trust_env=False, headers=headers)

    def post(self, body: Any) -> httpx2.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.http.post(self.url, content=content, headers={"content-type": "application/json"})

    def open(self, kind: str, /, **params: Any):
        """The response of a streaming operation, not yet read."""
        body = {"type": kind, "params": params}
        return self.http.stream("POST", self.url, json=body, headers={"accept": "text/event-stream"})

    def stream(self, kind: str, turn: Turn | None = None, /, **params: Any) -> Turn:
        """Every event of a streaming operation; `turn` keeps those that came before a fault."""
        turn = turn if turn is not None else Turn()
        with self.open(kind, **params) as response:
            if response.status_code != 200:
                response.read()
            same(response.status_code, 200, f"status of {kind}")
            media = response.headers["content-type"].split(";")[0]
            same(media, "text/event-stream", f"content type of {kind}")
            for data in frames(response.iter_text()):
                turn.events.append(judged(EVENT, data))
                turn.raw.append(json.loads(data))
        return turn

    def call(self, kind: str, /, **params: Any) -> Any:
        """The answer of an operation that does not stream, as its type."""
        response = self.post({"type": kind, "params": params})
        same(response.status_code, 200, f"status of {kind} ({response.text[:200]})")
        media = response.headers["content-type"].split(";")[0]
        same(media, "application/json", f"content type of {kind}")
        if kind not in ANSWERS:
            same(response.json(), {}, f"answer of {kind}")
            return {}
        return judged(TypeAdapter(ANSWERS[kind]), response.content)

    def say(self, text: str, thread_id: str | None = None, **more: Any) -> Turn:
        """A user's message, in a new thread unless one is named."""
        if thread_id is None:
            return self.stream("threads.create", input=user_input(text, **more))
        return self.stream("threads.add_user_message", thread_id=thread_id, input=user_input(text, **more))

    def items(self, thread_id: str) -> list[Any]:
        """All items of a thread, oldest first."""
        found: list[Any] = []
        after = None
        while True:
            more = {"after": after} if after else {}
            page = self.call("items.list", thread_id=thread_id, order="asc", limit=50, **more)
            found += page.data
            if not page.has_more:
                return found
            after = page.after


def plain(value: BaseModel) -> dict:
    return value.model_dump(mode="json")
