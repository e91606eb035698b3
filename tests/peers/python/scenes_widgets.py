"""Widgets with every component there is, built from the strict classes of `chatkit.widgets`."""

from __future__ import annotations

from datetime import datetime

from chatkit import widgets as w
from chatkit.actions import ActionConfig

SAVE = ActionConfig(type="form.save", payload={"form": 1})


def form() -> w.Card:
    """Every kind of field, with a button and a footer to submit them."""
    options = [{"value": "a", "label": "Option A"}, {"value": "b", "label": "Option B"}]
    fields = [
        w.Label(value="Name", fieldName="name"),
        w.Input(name="name", placeholder="Ada", required=True),
        w.Textarea(name="notes", rows=3, defaultValue="a note"),
        w.Select(name="kind", options=options, onChangeAction=ActionConfig(type="form.kind")),
        w.RadioGroup(name="side", options=options, defaultValue="a"),
        w.Checkbox(name="agreed", label="Agreed", defaultChecked=True),
        w.DatePicker(name="day", min=datetime(2026, 1, 1)),
        w.Button(label="Save", submit=True, style="primary"),
    ]
    return w.Card(
        children=[w.Form(onSubmitAction=SAVE, direction="col", children=fields)],
        confirm={"label": "Confirm it", "action": SAVE},
        cancel={"label": "Cancel it", "action": ActionConfig(type="form.cancel")},
    )


def chart() -> w.Card:
    """Three series over two months."""
    rows = [{"month": "Jan", "high": 7, "low": 1.5}, {"month": "Feb", "high": 9, "low": 2}]
    series = [
        w.BarSeries(dataKey="high", label="High"),
        w.AreaSeries(dataKey="low", label="Low"),
        w.LineSeries(dataKey="high", label="Trend", curveType="natural"),
    ]
    return w.Card(children=[w.Chart(data=rows, series=series, xAxis={"dataKey": "month"})])


def table() -> dict:
    """A table, for which the Python package has no class."""
    cells = [[("Port", True), ("Tide", True)], [("Brest", False), ("7.1 m", False)]]
    rows = [
        {
            "type": "Table.Row",
            "header": any(header for _, header in row),
            "children": [
                {"type": "Table.Cell", "children": [{"type": "Text", "value": text}]} for text, _ in row
            ],
        }
        for row in cells
    ]
    return {"type": "Table", "children": rows}


def gallery() -> w.DynamicWidgetRoot:
    """All of them in one card."""
    shown = [
        w.Title(value="A title"),
        w.Text(value="A text"),
        w.Caption(value="A caption"),
        w.Markdown(value="Some **markdown**"),
        w.Badge(label="A badge", color="success"),
        w.Icon(name="check-circle"),
        w.Image(src="https://example.com/picture.png", alt="A picture"),
        w.Divider(),
        w.Row(children=[w.Text(value="left"), w.Spacer(), w.Text(value="right")]),
        w.Col(children=[w.Box(children=[w.Text(value="boxed")])]),
        w.Transition(children=w.Text(value="in transition")),
        w.Button(label="A button", onClickAction=ActionConfig(type="gallery.click")),
        *form().children,
        *chart().children,
    ]
    children = [component.model_dump(mode="json") for component in shown]
    return w.DynamicWidgetRoot.model_validate({"type": "Card", "children": [*children, table()]})
