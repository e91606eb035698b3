//! Flaws of what is stored, or read back.

use serde_json::{Value, json};

use super::asked::Asked;
use super::cases::another_time;
use super::{Act, Row};

macro_rules! document {
    ($rule:literal, $kind:literal, $change:expr) => {
        Row {
            name: $rule,
            act: Act::Document(|_, asked, document| {
                let change: fn(&Asked, &mut Value) = $change;
                if asked.is($kind) {
                    change(asked, document);
                }
            }),
        }
    };
}

pub(super) const ROWS: &[Row] = &[
    document!(
        "persistence/thread-items",
        "threads.get_by_id",
        |_, thread| {
            forget_words(&mut thread["items"]["data"]);
        }
    ),
    document!("persistence/listed-items", "items.list", |_, page| {
        forget_words(&mut page["data"]);
    }),
    document!("persistence/order", "items.list", |asked, page| {
        if asked.param("order") == Some("desc")
            && let Some(rows) = page["data"].as_array_mut()
        {
            rows.reverse();
        }
    }),
    Row {
        name: "persistence/default-order",
        act: Act::Request(|_, asked| {
            if asked.is("items.list") && asked.json["params"]["order"].is_null() {
                let mut json = asked.json.clone();
                json["params"]["order"] = json!("asc");
                asked.rewrite(json);
            }
            None
        }),
    },
    document!("persistence/ages", "threads.get_by_id", |_, thread| {
        let rows = thread["items"]["data"].as_array_mut();
        for (index, row) in rows.into_iter().flatten().enumerate() {
            let second = 59 - index.min(59);
            row["created_at"] = json!(format!("2026-11-20T10:00:{second:02}Z"));
        }
    }),
    Row {
        name: "persistence/times-kept",
        act: Act::Document(|memory, asked, page| {
            if asked.is("items.list") {
                for row in page["data"].as_array_mut().into_iter().flatten() {
                    row["created_at"] = json!(another_time(memory));
                }
            }
        }),
    },
    document!("persistence/pages-complete", "items.list", |asked, page| {
        if asked.json["params"]["limit"] == 2 {
            page["has_more"] = json!(false);
        }
    }),
    Row {
        name: "persistence/pages-without-doubles",
        act: Act::Request(|memory, asked| {
            if asked.is("items.list") && asked.param("after").is_some() && memory.is_first("page") {
                let mut json = asked.json.clone();
                if let Some(params) = json["params"].as_object_mut() {
                    params.remove("after");
                }
                asked.rewrite(json);
            }
            None
        }),
    },
    Row {
        name: "persistence/page-size",
        act: Act::Request(|_, asked| {
            if asked.is("items.list") && asked.json["params"]["limit"] == 2 {
                let mut json = asked.json.clone();
                json["params"]["limit"] = json!(3);
                asked.rewrite(json);
            }
            None
        }),
    },
    Row {
        name: "persistence/after",
        act: Act::Document(|_, _, page| {
            if page["has_more"] == true {
                page["after"] = Value::Null;
            }
        }),
    },
    document!("persistence/listed-threads", "threads.list", |_, page| {
        if page["has_more"] != true
            && let Some(rows) = page["data"].as_array_mut()
        {
            rows.pop();
        }
    }),
    document!("persistence/rename", "threads.get_by_id", |_, thread| {
        if thread["title"].is_string() {
            thread["title"] = Value::Null;
        }
    }),
    Row {
        name: "persistence/delete",
        act: Act::Request(|_, asked| {
            // The thread is read instead of deleted, and what it is shows in no answer.
            if asked.is("threads.delete") && asked.is_sound() {
                let params = asked.json["params"].clone();
                asked.rewrite(json!({"type": "items.feedback", "params": {
                    "thread_id": params["thread_id"], "item_ids": [], "kind": "positive",
                }}));
            }
            None
        }),
    },
];

/// What the user said is stored wrongly.
fn forget_words(rows: &mut Value) {
    for row in rows.as_array_mut().into_iter().flatten() {
        if row["type"] == "user_message" {
            row["content"][0]["text"] = json!("something else");
        }
    }
}
