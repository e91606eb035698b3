"""The reference server behind an app that refuses properly: 4xx with an error object.

What the guides' own app answers with 500 or with a stream of no bytes is told apart here before the
answer begins: the request is read first, and the first event is waited for. Prints
`{"listening": URL}` as its first line and serves until its standard input ends.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import AsyncIterator

import uvicorn
from chatkit.server import StreamingResult
from chatkit.store import NotFoundError
from chatkit.types import ChatKitReq
from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import TypeAdapter, ValidationError
from reference import Log, Reference, add_uploads, leave_with_parent
from store import MemoryStore, Uploads

REQUESTS: TypeAdapter[ChatKitReq] = TypeAdapter(ChatKitReq)
HEADERS = {"cache-control": "no-cache", "x-accel-buffering": "no"}


def refuse(status: int, message: str, code: str, param: str | None = None) -> Response:
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return JSONResponse({"error": error}, status)


def invalid(cause: ValidationError) -> Response:
    first = cause.errors()[0]
    place = ".".join(str(step) for step in first["loc"])
    return refuse(400, f"{place}: {first['msg']}", "invalid_request", place)


async def go_on(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for frame in rest:
        yield frame


async def answer(server: Reference, body: bytes) -> Response:
    REQUESTS.validate_json(body)
    result = await server.process(body, {})
    if not isinstance(result, StreamingResult):
        return Response(result.json, media_type="application/json")
    frames = aiter(result)
    try:
        first = await anext(frames)
    except StopAsyncIteration:
        # A retry of a message that does not exist yields nothing at all.
        return refuse(404, "there is no such item", "item_not_found")
    stream = go_on(first, frames)
    return StreamingResponse(stream, media_type="text/event-stream", headers=HEADERS)


def build(base: str) -> FastAPI:
    app = FastAPI()
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
    uploads = Uploads(base)
    server = Reference(MemoryStore(), uploads)
    add_uploads(app, server, uploads, Log(None))

    @app.post("/chatkit")
    async def chatkit(request: Request) -> Response:
        try:
            return await answer(server, await request.body())
        except ValidationError as cause:
            return invalid(cause)
        except NotFoundError as cause:
            return refuse(404, str(cause), "not_found")
        except ValueError as cause:
            return refuse(400, str(cause), "invalid_value")

    return app


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(build(base), log_level="warning", timeout_graceful_shutdown=1)
    print(json.dumps({"listening": base}), flush=True)
    threading.Thread(target=leave_with_parent, daemon=True).start()
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
