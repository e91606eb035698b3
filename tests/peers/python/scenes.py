"""The answers of the reference server, one scene a word: every item, event and update there is.

The first word of the user's message names the scene and the rest is its argument; a leading
`show` is skipped, and so is anything from ` #` on, which lets a test mark its own message.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime

from chatkit import types as t
from chatkit.errors import CustomStreamError, ErrorCode, StreamError
from chatkit.store import Store, default_generate_id

Events = AsyncIterator[t.ThreadStreamEvent]
SCENES: dict[str, Callable[[Turn], Events]] = {}
BIG = 3 * 1024 * 1024


@dataclass
class Turn:
    """What a scene knows: its thread, its argument, and the whole message where there is one."""

    thread: t.ThreadMetadata
    argument: str = ""
    message: t.UserMessageItem | None = None
    store: Store | None = None

    def base(self, kind: str) -> dict:
        return {
            "id": default_generate_id(kind),
            "thread_id": self.thread.id,
            "created_at": datetime.now(),
        }


def scene(*words: str):
    def register(function: Callable[[Turn], Events]) -> Callable[[Turn], Events]:
        for word in words:
            SCENES[word] = function
        return function

    return register


def parse(text: str) -> tuple[str, str]:
    """The scene's word and its argument."""
    text = text.split(" #", 1)[0].strip().removeprefix("show ").strip()
    word, _, argument = text.partition(" ")
    return (word, argument) if word in SCENES else ("text", text)


def updated(item_id: str, update: t.ThreadItemUpdate) -> t.ThreadItemUpdatedEvent:
    return t.ThreadItemUpdatedEvent(item_id=item_id, update=update)


def part(text: str, annotations: list[t.Annotation] | None = None) -> t.AssistantMessageContent:
    return t.AssistantMessageContent(text=text, annotations=annotations or [])


async def say(
    turn: Turn,
    *parts: list[str],
    cited: tuple[t.Annotation, ...] = (),
    pace: float = 0.0,
) -> Events:
    """An assistant message: each part is a list of deltas; citations go to the first part."""
    item = t.AssistantMessageItem(content=[], **turn.base("message"))
    yield t.ThreadItemAddedEvent(item=item)
    done: list[t.AssistantMessageContent] = []
    for index, deltas in enumerate(parts):
        added = t.AssistantMessageContentPartAdded(content_index=index, content=part(""))
        yield updated(item.id, added)
        for delta in deltas:
            await asyncio.sleep(pace)
            change = t.AssistantMessageContentPartTextDelta(content_index=index, delta=delta)
            yield updated(item.id, change)
        notes = list(cited) if index == 0 else []
        for at, note in enumerate(notes):
            change = t.AssistantMessageContentPartAnnotationAdded(
                content_index=index, annotation_index=at, annotation=note
            )
            yield updated(item.id, change)
        done.append(part("".join(deltas), notes))
        change = t.AssistantMessageContentPartDone(content_index=index, content=done[-1])
        yield updated(item.id, change)
    yield t.ThreadItemDoneEvent(item=item.model_copy(update={"content": done}))


def words_of(text: str) -> list[str]:
    """Deltas that add up to `text`, a word each."""
    words = text.split(" ")
    return [word + " " for word in words[:-1]] + words[-1:]


@scene("text")
async def text(turn: Turn) -> Events:
    argument = turn.argument
    if argument.isdigit():
        argument = " ".join(f"word{number}" for number in range(int(argument)))
    async for event in say(turn, words_of(argument or "hello")):
        yield event


@scene("markdown")
async def markdown(turn: Turn) -> Events:
    source = "# Title\n\n- one\n- **two**\n\n```rust\nfn main() {}\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    async for event in say(turn, words_of(source)):
        yield event


@scene("parts")
async def parts(turn: Turn) -> Events:
    async for event in say(turn, ["first ", "part"], ["second ", "part"]):
        yield event


@scene("slow")
async def slow(turn: Turn) -> Events:
    async for event in say(turn, [f"word{number} " for number in range(600)], pace=0.05):
        yield event


@scene("unicode")
async def unicode(turn: Turn) -> Events:
    deltas = ["Grüße, ", "世界 ", "👩‍👩‍👧‍👦 ", "e\u0301 ", "שלום ", "line\u2028separator ", 'quote" \\ slash']
    async for event in say(turn, deltas):
        yield event


@scene("big")
async def big(turn: Turn) -> Events:
    async for event in say(turn, ["0123456789abcdef" * (BIG // 16)]):
        yield event


@scene("empty")
async def empty(turn: Turn) -> Events:
    async for event in say(turn):
        yield event


@scene("echo")
async def echo(turn: Turn) -> Events:
    """The user's message as the server received it, as JSON."""
    assert turn.message is not None
    shown = turn.message.model_dump_json(exclude_none=True)
    async for event in say(turn, [shown]):
        yield event


@scene("cite")
async def cite(turn: Turn) -> Events:
    sources = (
        t.URLSource(title="A page", url="https://example.com/page", attribution="Example"),
        t.FileSource(title="A file", filename="report.pdf", description="the report"),
        t.EntitySource(title="An entity", id="ent_1", icon="user", data={"kind": "person"}),
    )
    notes = tuple(t.Annotation(source=source, index=at) for at, source in enumerate(sources, 3))
    async for event in say(turn, ["See ", "the ", "sources."], cited=notes):
        yield event


@scene("progress")
async def progress(turn: Turn) -> Events:
    yield t.ProgressUpdateEvent(text="Looking it up", icon="search")
    yield t.ProgressUpdateEvent(text="Nearly there")
    async for event in say(turn, ["found"]):
        yield event


@scene("notice")
async def notice(turn: Turn) -> Events:
    level = turn.argument or "info"
    yield t.NoticeEvent(level=level, message="Mind the **gap**", title="A notice")
    async for event in say(turn, ["noted"]):
        yield event


@scene("effect")
async def effect(turn: Turn) -> Events:
    yield t.ClientEffectEvent(name="highlight", data={"target": "row-7", "times": 2})
    async for event in say(turn, ["done"]):
        yield event


@scene("title")
async def title(turn: Turn) -> Events:
    turn.thread.title = turn.argument or "A title"
    async for event in say(turn, ["titled"]):
        yield event


@scene("lock")
async def lock(turn: Turn) -> Events:
    turn.thread.status = t.LockedStatus(reason="under review")
    async for event in say(turn, ["locked"]):
        yield event


@scene("close")
async def close(turn: Turn) -> Events:
    turn.thread.status = t.ClosedStatus(reason="resolved")
    async for event in say(turn, ["closed"]):
        yield event


@scene("hidden")
async def hidden(turn: Turn) -> Events:
    yield t.ThreadItemDoneEvent(
        item=t.HiddenContextItem(content="a secret of the server", **turn.base("message"))
    )
    yield t.ThreadItemDoneEvent(
        item=t.SDKHiddenContextItem(content="a secret of the SDK", **turn.base("message"))
    )
    async for event in say(turn, ["nothing to see"]):
        yield event


@scene("end")
async def end(turn: Turn) -> Events:
    async for event in say(turn, ["the end"]):
        yield event
    yield t.ThreadItemDoneEvent(item=t.EndOfTurnItem(**turn.base("message")))


@scene("replace")
async def replace(turn: Turn) -> Events:
    item = t.AssistantMessageItem(content=[part("a draft")], **turn.base("message"))
    yield t.ThreadItemDoneEvent(item=item)
    final = item.model_copy(update={"content": [part("the final text")]})
    yield t.ThreadItemReplacedEvent(item=final)


@scene("remove")
async def remove(turn: Turn) -> Events:
    item = t.AssistantMessageItem(content=[part("a slip")], **turn.base("message"))
    yield t.ThreadItemDoneEvent(item=item)
    yield t.ThreadItemRemovedEvent(item_id=item.id)
    async for event in say(turn, ["kept"]):
        yield event


@scene("tool")
async def tool(turn: Turn) -> Events:
    call = t.ClientToolCallItem(
        name=turn.argument or "get_weather",
        call_id="call_1",
        arguments={"city": "Zürich", "days": 3},
        **turn.base("tool_call"),
    )
    yield t.ThreadItemDoneEvent(item=call)


@scene("form")
async def form(turn: Turn) -> Events:
    options = [t.StructuredInputMultipleChoiceOption(value=value) for value in ("red", "blue")]
    yield t.ThreadItemDoneEvent(
        item=t.StructuredInputItem(
            inputs=[
                t.StructuredInputMultipleChoice(id="colour", question="Which?", options=options),
                t.StructuredInputMultipleChoice(
                    id="extras", question="What else?", options=options, multiple=True
                ),
                t.StructuredInputFreeform(id="why", question="Why?", description="in short"),
            ],
            **turn.base("message"),
        )
    )


@scene("error")
async def error(turn: Turn) -> Events:
    async for event in say(turn, ["so far so good"]):
        yield event
    raise CustomStreamError(turn.argument or "out of credit", allow_retry=True)


@scene("final")
async def final(turn: Turn) -> Events:
    raise CustomStreamError("not again", allow_retry=False)
    yield  # Makes this an async generator, which is what the server iterates over.


@scene("crash")
async def crash(turn: Turn) -> Events:
    async for event in say(turn, ["so far so good"]):
        yield event
    raise RuntimeError("a bug in the answer")


@scene("overload")
async def overload(turn: Turn) -> Events:
    raise StreamError(ErrorCode.STREAM_ERROR, allow_retry=False)
    yield  # Makes this an async generator, which is what the server iterates over.
