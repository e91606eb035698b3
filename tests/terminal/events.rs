//! What a backend streams, event by event, and a conversation with a server that does.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::server::Server;
use crate::terminal::{Started, chat};

pub fn item(id: &str, kind: &str, mut body: Value) -> Value {
    body["id"] = id.into();
    body["type"] = kind.into();
    body["thread_id"] = "thr_1".into();
    body["created_at"] = "2026-01-01T00:00:00Z".into();
    body
}

pub fn message(id: &str, text: &str) -> Value {
    let part = json!({"type": "output_text", "text": text, "annotations": []});
    let content = if text.is_empty() {
        json!([])
    } else {
        json!([part])
    };
    item(id, "assistant_message", json!({ "content": content }))
}

pub fn card(text: &str) -> Value {
    let text = json!({"type": "Text", "id": "t", "value": text, "streaming": true});
    let card = json!({"type": "Card", "status": {"text": "A card"}, "children": [text]});
    item("wid_1", "widget", json!({ "widget": card }))
}

pub fn added(item: &Value) -> Value {
    json!({"type": "thread.item.added", "item": item})
}

pub fn done(item: &Value) -> Value {
    json!({"type": "thread.item.done", "item": item})
}

pub fn update(id: &str, update: &Value) -> Value {
    json!({"type": "thread.item.updated", "item_id": id, "update": update})
}

pub fn begins(id: &str) -> [Value; 2] {
    let part = json!({"type": "output_text", "text": "", "annotations": []});
    let part = json!({"type": "assistant_message.content_part.added", "content_index": 0, "content": part});
    [added(&message(id, "")), update(id, &part)]
}

pub fn text(id: &str, delta: &str) -> Value {
    let kind = "assistant_message.content_part.text_delta";
    update(
        id,
        &json!({"type": kind, "content_index": 0, "delta": delta}),
    )
}

pub fn value(delta: &str) -> Value {
    let kind = "widget.streaming_text.value_delta";
    update(
        "wid_1",
        &json!({"type": kind, "component_id": "t", "delta": delta, "done": false}),
    )
}

/// A conversation with a server that streams these events, a moment apart; null is time to look.
pub fn streaming(events: &[Value]) -> (Server, Started) {
    let server = server(events);
    let terminal = chat(["--url", &server.url]).start();
    (server, terminal)
}

/// A server that streams these events likewise.
pub fn server(events: &[Value]) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.yaml");
    let mut scenario = "version: 1\nrules:\n  - then:\n".to_owned();
    for event in events {
        let _ = match event {
            Value::Null => writeln!(scenario, "      - wait: 3s"),
            event => write!(scenario, "      - raw: {event}\n      - wait: 5ms\n"),
        };
    }
    std::fs::write(&file, scenario).unwrap();
    Server::with(&["--scenario", &file.to_string_lossy()])
}
