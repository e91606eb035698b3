"""Widgets against the strict classes of `chatkit.widgets`.

The types of items accept any component dynamically, so a misspelt property passes them. Here every
node is held against the class of its type, its properties by name and by value.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from typing import Any, get_args

from cases import check, same
from chatkit import widgets as w
from chatkit.actions import ActionConfig

warnings.simplefilter("ignore", DeprecationWarning)


def members(union: Any) -> tuple[Any, ...]:
    return get_args(get_args(union)[0])


STRICT = {
    cls.model_fields["type"].default: cls
    for cls in (*members(w.StrictWidgetComponent), *members(w.StrictWidgetRoot))
    if cls is not w.BasicRoot
}
ROOTS = {"Card", "ListView", "Basic"}
# The browser client draws these, and the Python package has no class for them.
DYNAMIC = {"Basic", "Table", "Table.Row", "Table.Cell"}
WIDGETS = {"widget", "component"}


def children_of(node: dict) -> list[dict]:
    children = node.get("children")
    if children is None:
        return []
    return children if isinstance(children, list) else [children]


def nodes(node: dict) -> Iterator[dict]:
    """A component and all that is inside it."""
    yield node
    for child in children_of(node):
        yield from nodes(child)


def judge_node(node: dict) -> None:
    kind = node.get("type")
    if kind in DYNAMIC:
        w.DynamicWidgetComponent.model_validate(node)
        return
    check(kind in STRICT, f"no component has the type {kind!r}")
    cls = STRICT[kind]
    same(sorted(set(node) - set(cls.model_fields)), [], f"properties that a {kind} does not have")
    cls.model_validate_json(json.dumps(node), strict=True)
    if kind == "ListView":
        same({child.get("type") for child in children_of(node)}, {"ListViewItem"}, "rows of a ListView")
    for action in actions(node):
        same(sorted(set(action) - set(ActionConfig.model_fields)), [], f"fields of an action of a {kind}")


def actions(node: dict) -> Iterator[dict]:
    """The actions of one component, those of a card's footer included."""
    for name, value in node.items():
        if name.startswith("on") and name.endswith("Action") and value:
            yield value
        if name in ("confirm", "cancel") and isinstance(value, dict):
            yield value["action"]


def judge_widgets(value: Any) -> None:
    """Judges every widget that is anywhere in an event, an item or a page."""
    if isinstance(value, list):
        for one in value:
            judge_widgets(one)
    if not isinstance(value, dict):
        return
    for name, inner in value.items():
        if name in WIDGETS and isinstance(inner, dict) and "type" in inner:
            if name == "widget":
                check(inner["type"] in ROOTS, f"a {inner['type']} is no root of a widget")
            for node in nodes(inner):
                judge_node(node)
        else:
            judge_widgets(inner)
