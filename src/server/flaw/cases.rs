//! Flaws that break a rule in another way than the first flaw of that rule: each a mistake that real
//! backends make, and that a rule which looks at one place only would pass over.

use serde_json::{Value, json};

use super::asked::Asked;
use super::{Act, Memory, Row};

macro_rules! document {
    ($name:literal, $change:expr) => {
        Row {
            name: $name,
            act: Act::Document($change),
        }
    };
}

macro_rules! request {
    ($name:literal, $kind:literal, $change:expr) => {
        Row {
            name: $name,
            act: Act::Request(|_, asked| {
                let change: fn(&mut Value) = $change;
                if asked.is($kind) {
                    let mut json = asked.json.clone();
                    change(&mut json["params"]);
                    asked.rewrite(json);
                }
                None
            }),
        }
    };
}

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "persistence/delete:another",
        act: Act::Another("threads.delete"),
    },
    Row {
        name: "persistence/rename:another",
        act: Act::Another("threads.update"),
    },
    // What a thread is when it has its new title.
    document!("persistence/rename:status", |_, asked, thread| {
        if asked.is("threads.get_by_id") && thread["title"].is_string() {
            thread["status"] = json!({"type": "locked", "reason": "renamed"});
        }
    }),
    document!("persistence/rename:letters", |_, asked, thread| {
        let is_one = asked.is("threads.get_by_id") || asked.is("threads.update");
        if let Some(title) = thread["title"].as_str().filter(|_| is_one) {
            let title: String = title.chars().filter(char::is_ascii).collect();
            thread["title"] = json!(title);
        }
    }),
    document!("persistence/times-kept:thread", |memory, asked, thread| {
        if asked.is("threads.get_by_id") && thread["created_at"].is_string() {
            thread["created_at"] = json!(another_time(memory));
        }
    }),
    document!("persistence/times-kept:zone", |_, asked, page| {
        if asked.is("items.list") {
            for row in page["data"].as_array_mut().into_iter().flatten() {
                let time = row["created_at"].as_str().unwrap_or_default();
                row["created_at"] = json!(time.replace('Z', "-05:00"));
            }
        }
    }),
    document!("persistence/thread-items:arguments", |_, asked, thread| {
        if asked.is("threads.get_by_id") {
            each(&mut thread["items"]["data"], "client_tool_call", |call| {
                call["arguments"] = json!({});
            });
        }
    }),
    document!("persistence/listed-items:arguments", |_, asked, page| {
        if asked.is("items.list") {
            each(&mut page["data"], "client_tool_call", |call| {
                call["arguments"] = json!({});
            });
        }
    }),
    document!("persistence/listed-items:files", |_, asked, page| {
        if asked.is("items.list") {
            each(&mut page["data"], "user_message", |message| {
                message["attachments"] = json!([]);
            });
        }
    }),
    document!(
        "persistence/thread-items:another",
        |memory, asked, thread| {
            if asked.is("threads.get_by_id") {
                let id = thread["id"].clone();
                foreign(memory, &id, &mut thread["items"]["data"]);
            }
        }
    ),
    document!("persistence/listed-items:another", |memory, asked, page| {
        // A page that is cut has no room for one more.
        if asked.is("items.list") && asked.json["params"]["limit"] == 100 {
            let id = json!(asked.thread());
            foreign(memory, &id, &mut page["data"]);
        }
    }),
    Row {
        name: "persistence/thread-items:options",
        act: Act::Json(|asked, json| {
            if !asked.is("threads.get_by_id") {
                choose(json);
            }
        }),
    },
    Row {
        name: "persistence/listed-items:options",
        act: Act::Json(|asked, json| {
            if !asked.is("items.list") {
                choose(json);
            }
        }),
    },
    request!("persistence/order:threads", "threads.list", |params| {
        params["order"] = json!("desc");
    }),
    request!(
        "persistence/default-order:threads",
        "threads.list",
        |params| {
            if params["order"].is_null() {
                params["order"] = json!("asc");
            }
        }
    ),
    document!("persistence/pages-complete:threads", |_, asked, page| {
        if asked.is("threads.list") && asked.json["params"]["limit"] != 9999 {
            page["has_more"] = json!(false);
        }
    }),
    Row {
        name: "persistence/pages-without-doubles:threads",
        act: Act::Request(|memory, asked| {
            let is_next = asked.is("threads.list") && asked.param("after").is_some();
            if is_next && memory.is_first("page") {
                let mut json = asked.json.clone();
                json["params"]["after"] = Value::Null;
                asked.rewrite(json);
            }
            None
        }),
    },
    document!("persistence/pages-without-doubles:last", repeat_the_last),
    request!("persistence/page-size:threads", "threads.list", |params| {
        if params["limit"].is_number() {
            params["limit"] = json!(9999);
        }
    }),
    Row {
        name: "stream/message-as-sent:letters",
        act: Act::Json(|_, json| each_message(json, |text| text.replace(not_ascii, ""))),
    },
    Row {
        name: "stream/message-as-sent:spaces",
        act: Act::Json(|_, json| {
            each_message(json, |text| {
                text.split_whitespace().collect::<Vec<_>>().join(" ")
            });
        }),
    },
    Row {
        name: "stream/message-as-sent:escaped",
        act: Act::Json(|_, json| each_message(json, |text| text.replace('<', "&lt;"))),
    },
    document!("stream/hidden-items:listed", |_, asked, page| {
        let rows = page["data"].as_array_mut();
        if let Some(rows) = rows.filter(|_| asked.is("items.list") && !is_cut(asked)) {
            rows.push(json!({
                "id": "hidden_1", "thread_id": asked.thread(), "type": "sdk_hidden_context",
                "created_at": "2026-11-20T10:00:00Z", "content": "for the model only",
            }));
        }
    }),
    Row {
        name: "stream/known-items:later",
        act: Act::Event(|stage, event| {
            let is_it = event["type"] == "stream_options" && stage.is_second_turn;
            stage.send(event);
            if is_it {
                stage.send(json!({"type": "thread.item.removed", "item_id": "msg_of_nobody"}));
            }
        }),
    },
    Row {
        name: "stream/ends-with-an-answer:retry",
        act: Act::Event(|stage, event| {
            let is_it = stage.kind == "threads.retry_after_item";
            if !is_it || event["type"] == "stream_options" {
                stage.send(event);
            }
        }),
    },
    document!("turns/tool-output:listed", |_, asked, page| {
        if asked.is("items.list") {
            each(&mut page["data"], "client_tool_call", |call| {
                call["output"] = Value::Null;
            });
        }
    }),
    document!("turns/form-answers:listed", |_, asked, page| {
        if asked.is("items.list") {
            each(&mut page["data"], "structured_input", |form| {
                form["status"] = json!("pending");
            });
        }
    }),
    Row {
        name: "turns/cancel-keeps:message",
        act: Act::Forget(|memory, asked, thread| {
            if asked.is("threads.get_by_id")
                && memory.was_left(asked.thread())
                && let Some(rows) = thread["items"]["data"].as_array_mut()
            {
                rows.retain(|row| row["type"] != "user_message");
            }
        }),
    },
];

/// Whether a page holds few rows, so that one more shows.
fn is_cut(asked: &Asked) -> bool {
    asked.json["params"]["limit"] == 2
}

fn each(rows: &mut Value, kind: &str, change: impl Fn(&mut Value)) {
    let rows = rows.as_array_mut().into_iter().flatten();
    rows.filter(|row| row["type"] == kind).for_each(change);
}

fn not_ascii(letter: char) -> bool {
    !letter.is_ascii()
}

/// Changes the text of every message of the user, in events and in documents.
fn each_message(json: &mut Value, change: impl Fn(&str) -> String + Copy) {
    match json {
        Value::Object(fields) if fields.get("type") == Some(&json!("input_text")) => {
            if let Some(text) = fields.get("text").and_then(Value::as_str) {
                let text = json!(change(text));
                fields.insert("text".into(), text);
            }
        }
        Value::Object(fields) => fields.values_mut().for_each(|it| each_message(it, change)),
        Value::Array(values) => values.iter_mut().for_each(|it| each_message(it, change)),
        _ => {}
    }
}

/// Has every message of the user name the model that is to answer it.
fn choose(json: &mut Value) {
    match json {
        Value::Object(fields) => {
            if fields.get("type") == Some(&json!("user_message")) {
                fields.insert("inference_options".into(), json!({"model": "gpt-check"}));
            }
            fields.values_mut().for_each(choose);
        }
        Value::Array(values) => values.iter_mut().for_each(choose),
        _ => {}
    }
}

/// A time that was never told before.
pub(super) fn another_time(memory: &Memory) -> String {
    let mut known = memory.known();
    let count = known.counts.entry("time").or_default();
    *count += 1;
    format!("2026-11-20T{:02}:{:02}:00Z", *count / 60 % 24, *count % 60)
}

/// An answer of the first thread that is read stands in every other one, too.
fn foreign(memory: &Memory, thread: &Value, rows: &mut Value) {
    let Some(rows) = rows.as_array_mut() else {
        return;
    };
    let own = rows.iter().find(|row| row["type"] == "assistant_message");
    let mut known = memory.known();
    if let (None, Some(own)) = (&known.document, own) {
        known.document = Some(own.clone());
    }
    if let Some(mut row) = known.document.clone()
        && row["thread_id"] != *thread
    {
        row["thread_id"] = thread.clone();
        rows.push(row);
    }
}

/// A page begins with the row that it has to begin behind, and is as long as it may be.
fn repeat_the_last(memory: &Memory, asked: &Asked, page: &mut Value) {
    if !(asked.is("items.list") && is_cut(asked)) {
        return;
    }
    let Some(rows) = page["data"].as_array_mut() else {
        return;
    };
    let mut known = memory.known();
    let before = asked.param("after").and_then(|id| known.rows.get(id));
    if let Some(before) = before {
        rows.insert(0, before.clone());
    }
    let is_long = rows.len() > 2;
    rows.truncate(2);
    let last = rows.last().cloned().unwrap_or_default();
    known.rows = rows
        .iter()
        .map(|row| {
            (
                row["id"].as_str().unwrap_or_default().to_owned(),
                row.clone(),
            )
        })
        .collect();
    if is_long {
        page["has_more"] = json!(true);
    }
    if page["has_more"] == true {
        page["after"] = last["id"].clone();
    }
}
