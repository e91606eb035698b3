"""What the reference server's own agent loop streams, fed with the events of a model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace as Raw

from chatkit.agents import AgentContext, ClientToolCall, stream_agent_response
from scenes import Events, Turn, scene

TOOL = "get_place"
"""The tool that is called while the agent reasons."""


class Run:
    """A run of an agent, as far as `stream_agent_response` looks at it."""

    def __init__(self, *events: Raw) -> None:
        self.events = events

    async def stream_events(self) -> AsyncIterator[Raw]:
        for event in self.events:
            yield Raw(type="raw_response_event", data=event)
            await asyncio.sleep(0)


def reasoning(text: str) -> list[Raw]:
    summary = {"item_id": "rs", "summary_index": 0}
    return [
        Raw(type="response.output_item.added", item=Raw(type="reasoning", id="rs")),
        Raw(type="response.reasoning_summary_text.delta", delta=text, **summary),
        Raw(type="response.reasoning_summary_text.done", text=text, **summary),
        Raw(type="response.output_item.done", item=Raw(type="reasoning", id="rs")),
    ]


def message(item_id: str, text: str) -> list[Raw]:
    at = {"item_id": item_id, "content_index": 0}
    empty, part = (Raw(type="output_text", text=said, annotations=[]) for said in ("", text))
    added = Raw(type="message", id=item_id, content=[])
    done = Raw(type="message", id=item_id, content=[part])
    return [
        Raw(type="response.output_item.added", item=added),
        Raw(type="response.content_part.added", part=empty, **at),
        Raw(type="response.output_text.delta", delta=text, **at),
        Raw(type="response.output_item.done", item=done),
    ]


def agent(turn: Turn) -> AgentContext:
    return AgentContext(thread=turn.thread, store=turn.store, request_context={})


@scene("reason_and_call")
async def reason_and_call(turn: Turn) -> Events:
    """A tool call in the middle of a workflow, which stays open for the turn after it."""
    context = agent(turn)
    context.client_tool_call = ClientToolCall(name=TOOL, arguments={})
    async for event in stream_agent_response(context, Run(*reasoning("Where is that?"))):
        yield event


async def after_call(turn: Turn, text: str) -> Events:
    """The turn after it, which goes on with the workflow and ends it."""
    run = Run(*reasoning("Now it is known."), *message(f"{turn.thread.id}_said", text))
    async for event in stream_agent_response(agent(turn), run):
        yield event
