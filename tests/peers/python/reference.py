"""The real `openai-chatkit` server behind FastAPI and uvicorn, as an app of the guides has it.

`reference.py [LOG]` prints `{"listening": URL}` as its first line and serves until its standard
input ends. LOG gets a JSON line for every request to `/chatkit`, `/broken/…` and the uploads: what was asked
(type, params, headers), and what was answered, word for word.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator
from typing import Any

import scenes_agent
import scenes_rich  # noqa: F401  Registers its scenes.
import uvicorn
from chatkit import types as t
from chatkit.server import ChatKitServer, StreamingResult
from chatkit.store import NotFoundError
from faults import add_faults
from fastapi import FastAPI, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from scenes import SCENES, Turn, parse, part, say
from store import MemoryStore, Uploads


class Log:
    """Appends JSON lines to a file, or to nothing."""

    def __init__(self, path: str | None) -> None:
        self.file = open(path, "a", encoding="utf-8") if path else None  # noqa: SIM115

    def write(self, **entry: Any) -> None:
        if self.file:
            self.file.write(json.dumps(entry) + "\n")
            self.file.flush()


class Reference(ChatKitServer[dict]):
    """Answers by the scene that the user's text names."""

    async def respond(
        self, thread: t.ThreadMetadata, input_user_message: t.UserMessageItem | None, context: dict
    ) -> AsyncIterator[t.ThreadStreamEvent]:
        if input_user_message is None:
            events = self.go_on(thread)
        else:
            text = "".join(p.text for p in input_user_message.content if p.type == "input_text")
            word, argument = parse(text)
            events = SCENES[word](Turn(thread, argument, input_user_message, self.store))
        async for event in events:
            yield event

    async def go_on(self, thread: t.ThreadMetadata) -> AsyncIterator[t.ThreadStreamEvent]:
        """The turn after a client tool's output or a structured input."""
        last = list(self.store.items[thread.id].values())[-1]
        turn = Turn(thread, store=self.store)
        if last.type == "structured_input":
            said = {i.id: i.answer.model_dump() for i in last.inputs if i.answer}
            answer = json.dumps({"status": last.status, "answers": said})
        else:
            if last.name == "first_of_two":
                async for event in SCENES["tool"](Turn(thread, "second_of_two")):
                    yield event
                return
            if last.name == "quiet":
                return
            if last.name == scenes_agent.TOOL:
                async for event in scenes_agent.after_call(turn, f"It is {last.output}."):
                    yield event
                return
            answer = f"{last.name} said {json.dumps(last.output, ensure_ascii=False)}"
        async for event in say(turn, [answer]):
            yield event

    async def action(
        self, thread: t.ThreadMetadata, action: t.Action, sender: t.WidgetItem | None, context: dict
    ) -> AsyncIterator[t.ThreadStreamEvent]:
        shown = {"type": action.type, "payload": action.payload, "sender": sender and sender.id}
        async for event in say(Turn(thread), [json.dumps(shown)]):
            yield event

    async def sync_action(
        self, thread: t.ThreadMetadata, action: t.Action, sender: t.WidgetItem | None, context: dict
    ) -> t.SyncCustomActionResponse:
        if sender is None or action.type == "nothing":
            return t.SyncCustomActionResponse()
        changed = sender.model_copy(update={"copy_text": f"pinned by {action.type}"})
        await self.store.save_item(thread.id, changed, context)
        return t.SyncCustomActionResponse(updated_item=changed)

    async def add_feedback(
        self, thread_id: str, item_ids: list[str], feedback: t.FeedbackKind, context: dict
    ) -> None:
        for item_id in item_ids:
            await self.store.load_item(thread_id, item_id, context)

    async def transcribe(self, audio_input: t.AudioInput, context: dict) -> t.TranscriptionResult:
        return t.TranscriptionResult(text=f"{len(audio_input.data)} bytes of {audio_input.media_type}")


async def logged(result: StreamingResult, log: Log, entry: dict) -> AsyncIterator[bytes]:
    """The stream as it is; what went out is logged, however the stream ends."""
    events: list[str] = []
    try:
        async for frame in result:
            events.append(frame.decode().removeprefix("data: ").removesuffix("\n\n"))
            yield frame
    finally:
        log.write(**entry, status=200, events=events)


def add_protocol(app: FastAPI, server: Reference, log: Log) -> None:
    @app.post("/chatkit")
    async def chatkit(request: Request) -> Response:
        body = await request.body()
        entry = {"headers": dict(request.headers), "path": "/chatkit", "request": json.loads(body)}
        try:
            result = await server.process(body, {})
        except Exception as cause:
            log.write(**entry, status=500, body=repr(cause))
            raise
        if isinstance(result, StreamingResult):
            return StreamingResponse(logged(result, log, entry), media_type="text/event-stream")
        log.write(**entry, status=200, body=result.json.decode())
        return Response(result.json, media_type="application/json")


def add_uploads(app: FastAPI, server: Reference, uploads: Uploads, log: Log) -> None:
    @app.api_route("/uploads/{attachment_id}", methods=["PUT", "POST"])
    async def upload(attachment_id: str, request: Request) -> Response:
        wanted = uploads.files.get(attachment_id)
        if wanted is None:
            return Response("no such attachment", 404)
        if request.method != wanted.method:
            return Response(f"use {wanted.method}", 405)
        if any(request.headers.get(name) != value for name, value in wanted.headers.items()):
            return Response("a header of the upload descriptor is missing", 401)
        wanted.content = await request.body()
        content = wanted.content.decode("latin-1")
        log.write(headers=dict(request.headers), path=request.url.path, method=request.method, content=content)
        attachment = await server.store.load_attachment(attachment_id, {})
        attachment.upload_descriptor = None
        await server.store.save_attachment(attachment, {})
        return Response(status_code=204)

    @app.post("/files")
    async def files(file: UploadFile) -> Response:
        content = await file.read()
        attachment = uploads.direct(file.filename or "file", file.content_type or "", content)
        await server.store.save_attachment(attachment, {})
        log.write(path="/files", method="POST", filename=file.filename, content=content.decode("latin-1"))
        return Response(attachment.model_dump_json(exclude_none=True), media_type="application/json")


def build(base: str, log: Log) -> FastAPI:
    app = FastAPI()
    uploads = Uploads(base)
    server = Reference(MemoryStore(), uploads)
    add_protocol(app, server, log)
    add_uploads(app, server, uploads, log)
    add_faults(app, log)
    return app


def leave_with_parent() -> None:
    """Ends the process when whoever started it is gone, however it went."""
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    log = Log(sys.argv[1] if len(sys.argv) > 1 else None)
    config = uvicorn.Config(build(base, log), log_level="warning", timeout_graceful_shutdown=1)
    print(json.dumps({"listening": base}), flush=True)
    threading.Thread(target=leave_with_parent, daemon=True).start()
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
