//! Flaws of the order and the meaning of events.

use serde_json::{Map, Value, json};

use super::stage::{Stage, item_kind, update_kind};
use super::{Act, Row};

macro_rules! event {
    ($rule:literal, $act:expr) => {
        Row {
            name: $rule,
            act: Act::Event($act),
        }
    };
}

const ADDED: &str = "thread.item.added";
const DONE: &str = "thread.item.done";

pub(super) const ROWS: &[Row] = &[
    event!("stream/event-shape", |stage, event| {
        behind_options(
            stage,
            event,
            |_| json!({"type": "notice", "message": "no level"}),
        );
    }),
    event!("stream/known-events", |stage, event| {
        behind_options(
            stage,
            event,
            |_| json!({"type": "thread.mood", "mood": "good"}),
        );
    }),
    Row {
        name: "stream/known-parts",
        // The parts of the assistant's messages are of a type that another API has.
        act: Act::Json(|_, json| {
            each_object(json, &|fields| {
                if fields.get("type").is_some_and(|kind| kind == "output_text") {
                    fields["type"] = json!("text");
                }
            });
        }),
    },
    event!("stream/thread-created-first", |stage, event| {
        if event["type"] != "thread.created" {
            stage.send(event);
        }
    }),
    event!("stream/thread-created-once", |stage, event| {
        if event["type"] == "thread.created" {
            stage.send(event.clone());
        }
        stage.send(event);
    }),
    event!("stream/thread-ids", |stage, mut event| {
        if event["type"] == "thread.created" {
            event["thread"]["id"] = json!("");
        }
        stage.send(event);
    }),
    Row {
        name: "stream/thread-updated",
        act: Act::Document(|_, asked, thread| {
            if asked.is("threads.get_by_id") && thread["title"].is_null() {
                thread["title"] = json!("Named in silence");
            }
        }),
    },
    event!("stream/user-message-first", late_message),
    event!("stream/stream-options", |stage, event| {
        if event["type"] != "stream_options" {
            stage.send(event);
        }
    }),
    event!("stream/update-before-add", |stage, event| {
        if !is_answer(&event, ADDED) {
            stage.send(event);
        }
    }),
    event!("stream/update-after-done", |stage, event| {
        let late = is_answer(&event, DONE).then(|| text_delta(&event["item"]["id"]));
        stage.send(event);
        if let Some(late) = late {
            stage.send(late);
        }
    }),
    event!("stream/added-once", |stage, event| twice(
        stage, event, ADDED
    )),
    event!("stream/done-once", |stage, event| twice(stage, event, DONE)),
    event!("stream/left-open", |stage, event| {
        if !is_answer(&event, DONE) {
            stage.send(event);
        }
    }),
    event!("stream/indexes", |stage, mut event| {
        if update_kind(&event) == "assistant_message.content_part.added" {
            event["update"]["content_index"] = json!(1);
        }
        stage.send(event);
    }),
    event!("stream/deltas-add-up", |stage, mut event| {
        if update_kind(&event) == "assistant_message.content_part.done" {
            event["update"]["content"]["text"] = json!("not what was streamed");
        }
        stage.send(event);
    }),
    event!("stream/fitting-updates", |stage, event| {
        let strange = is_answer(&event, ADDED).then(|| task(&event["item"]["id"]));
        stage.send(event);
        if let Some(strange) = strange {
            stage.send(strange);
        }
    }),
    event!("stream/known-items", |stage, event| {
        behind_options(
            stage,
            event,
            |_| json!({"type": "thread.item.removed", "item_id": "msg_of_nobody"}),
        );
    }),
    event!("stream/own-ids", old_id),
    event!("stream/own-thread", |stage, mut event| {
        if item_kind(&event) == "assistant_message" {
            event["item"]["thread_id"] = json!("thr_of_another");
        }
        stage.send(event);
    }),
    Row {
        name: "stream/message-as-sent",
        act: Act::Json(|_, json| {
            each_object(json, &|fields| {
                if fields
                    .get("type")
                    .is_some_and(|kind| kind == "user_message")
                {
                    fields.insert("quoted_text".into(), json!("what nobody quoted"));
                }
            });
        }),
    },
    event!("stream/hidden-items", |stage, event| {
        behind_options(stage, event, |thread| {
            let item = json!({
                "id": "hidden_1", "thread_id": thread, "created_at": "2026-11-20T10:00:00Z",
                "type": "hidden_context_item", "content": "for the model only",
            });
            json!({"type": DONE, "item": item})
        });
    }),
    event!("stream/ends-with-an-answer", |stage, event| {
        let begins = ["thread.created", "stream_options"].contains(&kind(&event));
        if begins || item_kind(&event) == "user_message" {
            stage.send(event);
        }
    }),
    Row {
        name: "stream/no-errors",
        act: Act::End(|stage| {
            let code = "stream.error";
            stage.send(json!({"type": "error", "code": code, "allow_retry": true}));
        }),
    },
    event!("stream/times", |stage, mut event| {
        for holder in ["item", "thread"] {
            if let Some(time) = event[holder]["created_at"].as_str() {
                event[holder]["created_at"] = json!(time.trim_end_matches('Z'));
            }
        }
        stage.send(event);
    }),
    event!("stream/iso-times", |stage, mut event| {
        for holder in ["item", "thread"] {
            if event[holder]["created_at"].is_string() {
                event[holder]["created_at"] = json!(1_795_219_005);
            }
        }
        stage.send(event);
    }),
];

/// Changes every object in a document or an event.
fn each_object(json: &mut Value, change: &dyn Fn(&mut Map<String, Value>)) {
    match json {
        Value::Object(fields) => {
            change(fields);
            fields
                .values_mut()
                .for_each(|json| each_object(json, change));
        }
        Value::Array(values) => values.iter_mut().for_each(|json| each_object(json, change)),
        _ => {}
    }
}

fn kind(event: &Value) -> &str {
    event["type"].as_str().unwrap_or_default()
}

/// Whether an event is of this type and carries a message of the assistant.
fn is_answer(event: &Value, of: &str) -> bool {
    kind(event) == of && item_kind(event) == "assistant_message"
}

/// Sends something behind the options of the stream, made for its thread.
pub(super) fn behind_options(stage: &mut Stage, event: Value, make: impl Fn(&str) -> Value) {
    // Once in a thread, so that what is sent has an id that nothing else has.
    let is_it = kind(&event) == "stream_options" && stage.kind == "threads.create";
    stage.send(event);
    if is_it {
        let thread = stage.thread.clone().unwrap_or_default();
        stage.send(make(&thread));
    }
}

/// The user's message comes behind the first event of the answer.
fn late_message(stage: &mut Stage, event: Value) {
    if item_kind(&event) == "user_message" {
        return stage.hold(event);
    }
    let begins = event.get("item").is_some();
    stage.send(event);
    if begins {
        stage.release();
    }
}

fn text_delta(item: &Value) -> Value {
    let kind = "assistant_message.content_part.text_delta";
    let update = json!({"type": kind, "content_index": 0, "delta": ""});
    json!({"type": "thread.item.updated", "item_id": item, "update": update})
}

fn task(item: &Value) -> Value {
    let task = json!({"type": "custom", "title": "nobody's", "status_indicator": "none"});
    let update = json!({"type": "workflow.task.added", "task_index": 0, "task": task});
    json!({"type": "thread.item.updated", "item_id": item, "update": update})
}

fn twice(stage: &mut Stage, event: Value, of: &str) {
    if is_answer(&event, of) {
        stage.send(event.clone());
    }
    stage.send(event);
}

/// A second turn adds an item under the id of the first one's answer, and removes it again.
fn old_id(stage: &mut Stage, event: Value) {
    let memory = std::sync::Arc::clone(&stage.memory);
    let is_done = is_answer(&event, DONE);
    if is_done && stage.kind == "threads.create" {
        let mut known = memory.known();
        let thread = event["item"]["thread_id"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        known.document.get_or_insert_with(|| json!({}))[thread] = event["item"].clone();
    }
    let old = memory
        .known()
        .document
        .as_ref()
        .map(|items| items[stage.thread.as_deref().unwrap_or_default()].clone());
    stage.send(event);
    if let Some(item) = old.filter(Value::is_object)
        && is_done
        && stage.is_second_turn
        && stage.is_first()
    {
        stage.send(json!({"type": ADDED, "item": item}));
        stage.send(json!({"type": "thread.item.removed", "item_id": item["id"]}));
    }
}
