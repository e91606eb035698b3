//! Flaws of uploads, of who is let in, of speed, and of hosted sessions.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::apply::failure;
use super::asked::Asked;
use super::stage::{Out, Stage};
use super::{Act, Memory, Row};

/// Longer than the budgets that a check has unless it is given others: 2 s until the first event, 5 s
/// until the first text, 10 s between two events.
const LATE: Duration = Duration::from_millis(2500);
const LATE_TEXT: Duration = Duration::from_millis(5500);
const LONG_GAP: Duration = Duration::from_millis(10_500);

/// Long enough for a piece to come by itself.
const APART: Duration = Duration::from_millis(10);

/// Longer than any budget of a test, and short enough for a server to end.
const NEVER: Duration = Duration::from_secs(600);

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "attachments/descriptor",
        act: Act::Document(|_, asked, document| {
            if asked.is("attachments.create")
                && let Some(fields) = document.as_object_mut()
            {
                fields.remove("upload_descriptor");
            }
        }),
    },
    Row {
        name: "attachments/upload",
        act: Act::Request(|_, asked| asked.path().starts_with("/files/").then(failure)),
    },
    Row {
        name: "attachments/direct-upload",
        act: Act::Request(|_, asked| (asked.path() == "/files").then(failure)),
    },
    Row {
        name: "attachments/in-message",
        act: Act::Json(|_, json| {
            let (streamed, stored) = if json["item"].is_object() {
                (Some(&mut json["item"]), None)
            } else {
                let page = if json["items"].is_object() {
                    "/items/data"
                } else {
                    "/data"
                };
                (None, json.pointer_mut(page))
            };
            let stored = stored.and_then(Value::as_array_mut).into_iter().flatten();
            for item in streamed.into_iter().chain(stored) {
                if item["type"] == "user_message" {
                    item["attachments"] = json!([]);
                }
            }
        }),
    },
    Row {
        name: "attachments/delete",
        act: Act::Request(|_, asked| {
            // Something else is asked for in its place, which changes nothing.
            if asked.is("attachments.delete") && asked.is_sound() {
                asked.rewrite(json!({"type": "threads.list", "params": {"limit": 1}}));
            }
            None
        }),
    },
    Row {
        name: "security/asks-for-credentials",
        act: Act::Request(|memory, asked| pass_as_first(memory, asked, false)),
    },
    Row {
        name: "security/other-users",
        act: Act::Request(|memory, asked| pass_as_first(memory, asked, true)),
    },
    Row {
        name: "security/no-keys",
        act: Act::End(|stage| {
            let text = format!("the key is sk-{}", "proj-1a2b3c4d5e6f7g8h9i0j");
            stage.send(json!({"type": "progress_update", "text": text}));
        }),
    },
    Row {
        name: "security/no-stack-traces",
        act: Act::Document(|_, _, document| {
            say_more(document, "\nTraceback (most recent call last):\n  KeyError");
        }),
    },
    Row {
        name: "security/no-file-paths",
        act: Act::Document(|_, _, document| say_more(document, " at /app/chat.py")),
    },
    Row {
        name: "speed/first-event",
        act: Act::Event(|stage, event| {
            if stage.memory.is_first("late") {
                stage.put(Out::Wait(LATE));
            }
            stage.send(event);
        }),
    },
    Row {
        name: "speed/first-text",
        act: Act::Event(think),
    },
    Row {
        name: "speed/turn",
        act: Act::End(|stage| {
            if stage.kind == "threads.retry_after_item" {
                stage.put(Out::Wait(NEVER));
            }
        }),
    },
    Row {
        name: "speed/longest-gap",
        act: Act::Event(pause),
    },
    Row {
        name: "session/created",
        act: Act::Document(|_, asked, session| {
            if asked.path().ends_with("/sessions") {
                session["status"] = json!("expired");
            }
        }),
    },
    Row {
        name: "session/secret-works",
        act: Act::Request(first_secret_only),
    },
    Row {
        name: "session/cancelled",
        act: Act::Document(|_, asked, session| {
            if asked.path().ends_with("/cancel") {
                session["status"] = json!("active");
            }
        }),
    },
    Row {
        name: "session/secret-refused",
        act: Act::Request(|_, asked| asked.path().ends_with("/cancel").then(|| cancelled(asked))),
    },
];

fn say_more(document: &mut Value, more: &str) {
    if let Some(message) = document["error"]["message"].as_str() {
        document["error"]["message"] = json!(format!("{message}{more}"));
    }
}

/// Lets in whoever shows nothing, or something wrong, with what the first client showed.
fn pass_as_first(memory: &Memory, asked: &mut Asked, shows: bool) -> Option<Response> {
    let name = header::AUTHORIZATION;
    let given = asked.parts.headers.get(&name).cloned();
    let mut known = memory.known();
    let given_text = given.as_ref().and_then(|given| given.to_str().ok());
    let first = match (&known.first, given_text) {
        (None, Some(given)) => known.first.insert(given.to_owned()).clone(),
        (Some(first), _) => first.clone(),
        (None, None) => return None,
    };
    if given.is_some() == shows
        && let Ok(first) = HeaderValue::from_str(&first)
    {
        asked.parts.headers.insert(name, first);
    }
    None
}

/// Takes the secret of the first session that comes, and no other.
fn first_secret_only(memory: &Memory, asked: &mut Asked) -> Option<Response> {
    if !asked.path().ends_with("/conversation") {
        return None;
    }
    let given = asked.parts.headers.get(header::AUTHORIZATION);
    let given = given
        .and_then(|given| given.to_str().ok())
        .unwrap_or_default();
    let mut known = memory.known();
    let first = known.first.get_or_insert_with(|| given.to_owned());
    (first != given).then(|| {
        let error = json!({"error": {"message": "no such session", "code": "flaw"}});
        (StatusCode::UNAUTHORIZED, Json(error)).into_response()
    })
}

/// Says that a session is cancelled, and leaves it as it is.
fn cancelled(asked: &Asked) -> Response {
    let id = asked.path().rsplit('/').nth(1).unwrap_or_default();
    Json(json!({
        "id": id, "object": "chatkit.session", "client_secret": "ek_gone", "status": "cancelled",
        "expires_at": 1_795_219_005, "user": "u", "workflow": {"id": "wf"},
        "rate_limits": {"max_requests_per_1_minute": 10}, "max_requests_per_1_minute": 10,
        "chatkit_configuration": {},
    }))
    .into_response()
}

/// One answer has no text for a while; then its words come one after the other, since all at once
/// they would be held back, which is another mistake.
fn think(stage: &mut Stage, event: Value) {
    let is_text = event["update"]["type"] == "assistant_message.content_part.text_delta";
    if is_text && stage.has_struck() {
        stage.put(Out::Wait(APART));
    } else if is_text && stage.memory.is_first("think") {
        stage.is_first();
        stage.put(Out::Wait(LATE_TEXT));
    }
    stage.send(event);
}

/// Nothing comes for a while, in the middle of one answer.
fn pause(stage: &mut Stage, event: Value) {
    let is_end = event["update"]["type"] == "assistant_message.content_part.done";
    if is_end && stage.memory.is_first("gap") {
        stage.put(Out::Wait(LONG_GAP));
    }
    stage.send(event);
}
