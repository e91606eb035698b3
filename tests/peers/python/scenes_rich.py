"""The scenes with more than text in them: workflows, tasks, widgets, images, and all at once."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from chatkit import types as t
from chatkit import widgets as w
from chatkit.actions import ActionConfig
from chatkit.server import stream_widget
from scenes import SCENES, Events, Turn, say, scene, updated
from scenes_widgets import chart, form, gallery


def tasks() -> list[t.Task]:
    """One task of each kind."""
    page = t.URLSource(title="A page", url="https://example.com/page")
    return [
        t.CustomTask(title="Plan", icon="lightbulb", content="three steps", status_indicator="complete"),
        t.SearchTask(title="Search", title_query="tides", queries=["tides today"], sources=[page]),
        t.ThoughtTask(title="Think", content="The moon matters."),
        t.FileTask(title="Read", sources=[t.FileSource(title="A file", filename="tides.csv")]),
        t.ImageTask(title="Look"),
    ]


@scene("workflow")
async def workflow(turn: Turn) -> Events:
    item = t.WorkflowItem(
        workflow=t.Workflow(type="custom", tasks=[], expanded=True), **turn.base("workflow")
    )
    yield t.ThreadItemAddedEvent(item=item)
    done = tasks()
    for index, task in enumerate(done):
        loading = task.model_copy(update={"status_indicator": "loading"})
        yield updated(item.id, t.WorkflowTaskAdded(task_index=index, task=loading))
        yield updated(item.id, t.WorkflowTaskUpdated(task_index=index, task=task))
    summary = t.CustomSummary(title="Five things done", icon="check-circle")
    final = t.Workflow(type="custom", tasks=done, summary=summary, expanded=False)
    yield t.ThreadItemDoneEvent(item=item.model_copy(update={"workflow": final}))
    async for event in say(turn, ["high ", "tide ", "at ", "noon"]):
        yield event


@scene("reasoning")
async def reasoning(turn: Turn) -> Events:
    item = t.WorkflowItem(workflow=t.Workflow(type="reasoning", tasks=[]), **turn.base("workflow"))
    yield t.ThreadItemAddedEvent(item=item)
    thought = t.ThoughtTask(content="")
    yield updated(item.id, t.WorkflowTaskAdded(task_index=0, task=thought))
    for word in ("Six ", "times ", "seven."):
        thought = thought.model_copy(update={"content": thought.content + word})
        yield updated(item.id, t.WorkflowTaskUpdated(task_index=0, task=thought))
    summary = t.DurationSummary(duration=7)
    final = t.Workflow(type="reasoning", tasks=[thought], summary=summary)
    yield t.ThreadItemDoneEvent(item=item.model_copy(update={"workflow": final}))
    async for event in say(turn, ["42"]):
        yield event


@scene("task")
async def task(turn: Turn) -> Events:
    for one in tasks():
        yield t.ThreadItemDoneEvent(item=t.TaskItem(task=one, **turn.base("task")))
    async for event in say(turn, ["all tasks shown"]):
        yield event


def card(text: str, streaming: bool) -> w.Card:
    """A card whose text streams and whose button acts."""
    return w.Card(
        id="card",
        children=[
            w.Title(value="Tides"),
            w.Markdown(id="body", value=text, streaming=streaming),
            w.Button(
                label="Refresh",
                onClickAction=ActionConfig(type="tides.refresh", payload={"port": "Brest"}),
            ),
            w.Button(
                label="Pin",
                onClickAction=ActionConfig(type="tides.pin", payload={"pin": True}, streaming=False),
            ),
        ],
    )


async def card_states() -> AsyncGenerator[w.WidgetRoot, None]:
    text = ""
    for word in ("Hello ", "from ", "a ", "widget"):
        yield card(text, streaming=True)
        text += word
    # The streaming flag stays as it was: the server takes any other change for a new root.
    yield card(text, streaming=True)


@scene("widget")
async def widget(turn: Turn) -> Events:
    """A card that streams, or a widget that is done at once where the argument names one."""
    built = WIDGETS[turn.argument]() if turn.argument in WIDGETS else card_states()
    async for event in stream_widget(turn.thread, built, copy_text="a copy of the widget"):
        yield event


def list_view() -> w.ListView:
    rows = [w.ListViewItem(children=[w.Text(value=port)]) for port in ("Brest", "Dover")]
    return w.ListView(children=rows, limit=5, status={"text": "two ports"})


WIDGETS = {"list": list_view, "form": form, "chart": chart, "gallery": gallery}


@scene("root")
async def root(turn: Turn) -> Events:
    """A widget whose root is exchanged, and one of whose components is."""
    first = w.Card(id="card", children=[w.Text(id="line", value="first")])
    item = t.WidgetItem(widget=first, **turn.base("message"))
    yield t.ThreadItemAddedEvent(item=item)
    second = w.Card(id="card", children=[w.Text(id="line", value="second")])
    yield updated(item.id, t.WidgetRootUpdated(widget=second))
    component = w.Text(id="line", value="third")
    yield updated(item.id, t.WidgetComponentUpdated(component_id="line", component=component))
    final = w.Card(id="card", children=[component])
    yield t.ThreadItemDoneEvent(item=item.model_copy(update={"widget": final}))


@scene("basic")
async def basic(turn: Turn) -> Events:
    """A root without a frame, built from a template as `.widget` files are."""
    source = '{"type": "Basic", "children": [{"type": "Text", "value": {{ name | tojson }}}]}'
    template = w.WidgetTemplate({"version": "1.0", "name": "greeting", "template": source})
    built = template.build({"name": 'Ada "the first"'})
    async for event in stream_widget(turn.thread, built):
        yield event


@scene("image")
async def image(turn: Turn) -> Events:
    item = t.GeneratedImageItem(**turn.base("message"))
    yield t.ThreadItemAddedEvent(item=item)
    for progress in (0.25, 0.5, 1.0):
        shown = t.GeneratedImage(id="img_1", url=f"https://example.com/image-{progress}.png")
        yield updated(item.id, t.GeneratedImageUpdated(image=shown, progress=progress))
    final = t.GeneratedImage(id="img_1", url="https://example.com/image.png")
    yield t.ThreadItemDoneEvent(item=item.model_copy(update={"image": final}))


IN_ALL = (
    "progress cite workflow reasoning task notice effect title widget root image replace remove"
    " hidden lock form tool"
)


@scene("all")
async def everything(turn: Turn) -> Events:
    for word in IN_ALL.split():
        inner = Turn(turn.thread, "", turn.message)
        async for event in SCENES[word](inner):
            yield event
