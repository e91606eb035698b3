"""The official `openai` SDK, unchanged, at the mock's hosted API; what the cases share.

Responses are validated by the SDK's own types, strictly. Threads are made over the protocol, with
the client secret of a session.
"""

from __future__ import annotations

import uuid
from typing import Any

import httpx2
import openai
from cases import check, same
from wire import Backend, Turn, user_input

WORKFLOW = {"id": "wf_peer"}
ROOMY = {"max_requests_per_1_minute": 10_000}


class Hosted:
    """The hosted API at one address."""

    def __init__(self, url: str) -> None:
        self.base = f"{url}/v1"
        self.sdk = openai.OpenAI(
            base_url=self.base,
            api_key="sk-test",
            max_retries=0,
            timeout=30,
            _strict_response_validation=True,
            http_client=openai.DefaultHttpxClient(trust_env=False),
        )
        self.chatkit = self.sdk.beta.chatkit
        self.http = httpx2.Client(timeout=30, trust_env=False)

    def session(self, user: str, **options: Any):
        options.setdefault("rate_limits", ROOMY)
        return self.chatkit.sessions.create(user=user, workflow=WORKFLOW, **options)

    def backend(self, secret: str) -> Backend:
        headers = {"authorization": f"Bearer {secret}"}
        return Backend(f"{self.base}/chatkit/conversation", headers)

    def threads(self, user: str, count: int, text: str = "show text 2") -> list[str]:
        """The ids of new threads, oldest first."""
        backend = self.backend(self.session(user).client_secret)
        return [backend.say(text).thread_id for _ in range(count)]

    def say(self, user: str, text: str) -> Turn:
        return self.backend(self.session(user).client_secret).say(text)

    def upload(self, secret: str, content: bytes = b"hello") -> httpx2.Response:
        return self.http.post(
            f"{self.base}/chatkit/files",
            headers={"authorization": f"Bearer {secret}"},
            files={"file": ("notes.txt", content, "text/plain")},
        )


def someone() -> str:
    return f"user-{uuid.uuid4().hex[:8]}"


def raises(wanted: type[openai.APIStatusError], call: Any) -> openai.APIStatusError:
    """The error of the class that the SDK makes of the status."""
    try:
        call()
    except wanted as error:
        body = error.body
        check(isinstance(body, dict), f"the body is no error object: {body!r}")
        same(sorted(body), ["code", "message", "param", "type"], "fields of the error")
        check(body["message"] and body["type"], f"the error says nothing: {body}")
        return error
    raise AssertionError(f"no {wanted.__name__} was raised")


def post_refused(h: Hosted, secret: str, status: int) -> httpx2.Response:
    backend = h.backend(secret)
    response = backend.post({"type": "threads.create", "params": {"input": user_input("hello")}})
    same(response.status_code, status, "status")
    same(sorted(response.json()["error"]), ["code", "message", "param", "type"], "the error")
    return response
