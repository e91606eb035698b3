//! Flaws of whole turns.

use serde_json::{Value, json};

use super::stage::{Stage, item_kind, update_kind};
use super::{Act, Row};

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "turns/answers",
        act: Act::Json(|_, json| silence(json)),
    },
    Row {
        name: "turns/remembers",
        act: Act::Event(|stage, event| {
            if !stage.is_second_turn {
                return stage.send(event);
            }
            let text = event.to_string().replace("tamarind", "something");
            stage.send(serde_json::from_str(&text).unwrap_or(event));
        }),
    },
    Row {
        name: "turns/retry",
        act: Act::RetryAsMessage,
    },
    Row {
        name: "turns/tool-ends-the-turn",
        act: Act::Event(more_behind_the_call),
    },
    Row {
        name: "turns/tool-output",
        act: Act::Document(|_, asked, thread| {
            if asked.is("threads.get_by_id") {
                each_item(thread, "client_tool_call", |item| {
                    item["status"] = json!("pending");
                    item["output"] = Value::Null;
                });
            }
        }),
    },
    Row {
        name: "turns/form-replaced",
        act: Act::Event(|stage, event| {
            let is_form = item_kind(&event) == "structured_input";
            if !(is_form && event["type"] == "thread.item.replaced") {
                stage.send(event);
            }
        }),
    },
    Row {
        name: "turns/form-answers",
        act: Act::Document(|_, asked, thread| {
            if asked.is("threads.get_by_id") {
                each_item(thread, "structured_input", |item| {
                    item["status"] = json!("pending");
                });
            }
        }),
    },
    Row {
        name: "turns/sync-action-item",
        act: Act::Document(|_, asked, document| {
            if asked.is("threads.sync_custom_action") && document["updated_item"].is_object() {
                document["updated_item"]["id"] = json!("msg_of_another");
            }
        }),
    },
    Row {
        name: "turns/cancel-keeps",
        act: Act::Forget(|memory, asked, thread| {
            if asked.is("threads.get_by_id")
                && memory.was_left(asked.thread())
                && let Some(rows) = thread["items"]["data"].as_array_mut()
            {
                rows.retain(|row| row["type"] != "assistant_message");
            }
        }),
    },
    Row {
        name: "turns/cancel-goes-on",
        act: Act::Lock,
    },
];

fn each_item(thread: &mut Value, kind: &str, change: impl Fn(&mut Value)) {
    let rows = thread["items"]["data"].as_array_mut();
    for row in rows.into_iter().flatten().filter(|row| row["type"] == kind) {
        change(row);
    }
}

/// Takes the words out of every message of the assistant, in events and in documents.
fn silence(json: &mut Value) {
    if update_kind(json).starts_with("assistant_message.") {
        if json["update"]["delta"].is_string() {
            json["update"]["delta"] = json!("");
        }
        if json["update"]["content"].is_object() {
            json["update"]["content"]["text"] = json!("");
        }
        return;
    }
    match json {
        Value::Object(fields) if fields.get("type") == Some(&json!("output_text")) => {
            fields.insert("text".into(), json!(""));
        }
        Value::Object(fields) => fields.values_mut().for_each(silence),
        Value::Array(values) => values.iter_mut().for_each(silence),
        _ => {}
    }
}

/// Something comes behind the pending call, and goes away again.
fn more_behind_the_call(stage: &mut Stage, event: Value) {
    let is_call = item_kind(&event) == "client_tool_call" && event["item"]["status"] == "pending";
    let thread = event["item"]["thread_id"].clone();
    stage.send(event);
    if is_call {
        let item = json!({
            "id": "msg_behind", "thread_id": thread, "created_at": "2026-11-20T10:00:00Z",
            "type": "assistant_message", "content": [],
        });
        stage.send(json!({"type": "thread.item.added", "item": item}));
        stage.send(json!({"type": "thread.item.removed", "item_id": "msg_behind"}));
    }
}
