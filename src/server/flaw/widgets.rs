//! Flaws of widgets: one more widget, which is wrong in one way and goes away again.

use serde_json::{Value, json};

use super::stage::Stage;
use super::{Act, Row};

const ID: &str = "msg_flawed_widget";

macro_rules! widget {
    ($rule:literal, $widget:expr) => {
        Row {
            name: $rule,
            act: Act::Event(|stage, event| show(stage, event, &$widget, None)),
        }
    };
}

pub(super) const ROWS: &[Row] = &[
    widget!("widgets/root", json!({"type": "Panel", "children": []})),
    widget!(
        "widgets/known-components",
        card(&json!([{"type": "Hologram", "depth": 3}]))
    ),
    widget!(
        "widgets/props",
        card(&json!([{"type": "Text", "value": 5}]))
    ),
    widget!(
        "widgets/props:children",
        card(&json!([{"type": "Row", "children": {"type": "Text", "value": "x"}}]))
    ),
    widget!(
        "widgets/unique-ids",
        card(&json!([
            {"type": "Text", "id": "a", "value": "one"},
            {"type": "Text", "id": "a", "value": "two"},
        ]))
    ),
    widget!(
        "widgets/actions",
        card(&json!([
            {"type": "Button", "label": "go", "onClickAction": {"type": "go", "handler": "browser"}},
        ]))
    ),
    Row {
        name: "widgets/ids-kept",
        act: Act::Event(|stage, event| {
            let text = json!({"type": "Text", "id": "t", "value": "x"});
            let update = json!({
                "type": "widget.component.updated", "component_id": "gone", "component": text,
            });
            show(stage, event, &card(&json!([text])), Some(update));
        }),
    },
    Row {
        name: "widgets/streamable",
        act: Act::Event(|stage, event| {
            let title = json!({"type": "Title", "id": "t", "value": "x"});
            let update = json!({
                "type": "widget.streaming_text.value_delta", "component_id": "t",
                "delta": "y", "done": true,
            });
            show(stage, event, &card(&json!([title])), Some(update));
        }),
    },
];

fn card(children: &Value) -> Value {
    json!({"type": "Card", "children": children})
}

/// Shows the widget behind the first event of the answer, and takes it away.
fn show(stage: &mut Stage, event: Value, widget: &Value, update: Option<Value>) {
    let is_it = event["type"] == "stream_options" && stage.kind == "threads.create";
    stage.send(event);
    if !is_it {
        return;
    }
    let item = json!({
        "id": ID, "thread_id": stage.thread, "created_at": "2026-11-20T10:00:00Z",
        "type": "widget", "widget": widget,
    });
    stage.send(json!({"type": "thread.item.added", "item": item}));
    if let Some(update) = update {
        stage.send(json!({"type": "thread.item.updated", "item_id": ID, "update": update}));
    }
    stage.send(json!({"type": "thread.item.removed", "item_id": ID}));
}
