//! Flaws of what is answered: operations that fail, and mistakes that are not refused.

use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::apply::failure;
use super::asked::Asked;
use super::{Act, Row};

macro_rules! fails {
    ($rule:literal, $kind:literal) => {
        Row {
            name: $rule,
            act: Act::Fail($kind),
        }
    };
}

/// What a backend need not offer may be refused, but if it is answered, then by its shape.
macro_rules! misshapen {
    ($rule:literal, $kind:literal) => {
        Row {
            name: $rule,
            act: Act::Document(|_, asked, document| {
                if asked.is($kind) && document.get("error").is_none() {
                    *document = Value::Array(Vec::new());
                }
            }),
        }
    };
}

macro_rules! unrefused {
    ($rule:literal, $is_meant:expr) => {
        Row {
            name: $rule,
            act: Act::Head(|asked, response| {
                let is_meant: fn(&Asked, &str) -> bool = $is_meant;
                if response.status().is_client_error() && is_meant(asked, code(response)) {
                    *response = failure();
                }
            }),
        }
    };
}

pub(super) const ROWS: &[Row] = &[
    fails!("requests/threads.create", "threads.create"),
    fails!(
        "requests/threads.add_user_message",
        "threads.add_user_message"
    ),
    fails!(
        "requests/threads.add_client_tool_output",
        "threads.add_client_tool_output"
    ),
    fails!(
        "requests/threads.add_structured_input",
        "threads.add_structured_input"
    ),
    fails!(
        "requests/threads.retry_after_item",
        "threads.retry_after_item"
    ),
    fails!("requests/threads.custom_action", "threads.custom_action"),
    misshapen!(
        "requests/threads.sync_custom_action",
        "threads.sync_custom_action"
    ),
    fails!("requests/threads.get_by_id", "threads.get_by_id"),
    fails!("requests/threads.list", "threads.list"),
    fails!("requests/threads.update", "threads.update"),
    fails!("requests/threads.delete", "threads.delete"),
    fails!("requests/items.list", "items.list"),
    fails!("requests/items.feedback", "items.feedback"),
    misshapen!("requests/attachments.create", "attachments.create"),
    misshapen!("requests/attachments.delete", "attachments.delete"),
    misshapen!("requests/input.transcribe", "input.transcribe"),
    unrefused!("requests/unknown-type", |_, code| code == "unknown_type"),
    unrefused!("requests/empty-object", |asked, _| &*asked.body == b"{}"),
    unrefused!("requests/not-json", |asked, _| {
        !asked.json.is_object() && !asked.body.is_empty()
    }),
    unrefused!("requests/missing-field", |asked, code| {
        code == "missing_required_parameter" && &*asked.body != b"{}"
    }),
    unrefused!("requests/wrong-type", |asked, code| {
        code == "invalid_type" && asked.json.is_object()
    }),
    unrefused!("requests/unknown-thread", |_, code| code
        == "thread_not_found"),
    unrefused!("requests/unknown-item", |_, code| code == "item_not_found"),
    Row {
        name: "requests/action-on-no-widget",
        act: Act::Head(|asked, response| {
            if asked.is("threads.custom_action") && code(response) == "invalid_value" {
                let stream = [(CONTENT_TYPE, "text/event-stream")];
                let done = "data: {\"type\":\"progress_update\",\"text\":\"done\"}\n\n";
                *response = (stream, done).into_response();
            }
        }),
    },
    Row {
        name: "requests/error-object",
        act: Act::Head(|_, response| {
            if response.status().is_client_error() {
                // A page may still read it.
                let plain = "no\n".into_response();
                let (head, body) = plain.into_parts();
                *response.body_mut() = body;
                response.headers_mut().remove(CONTENT_LENGTH);
                response.headers_mut().extend(head.headers);
            }
        }),
    },
    Row {
        name: "requests/error-fields",
        act: Act::Document(|_, _, document| {
            if let Some(error) = document["error"].as_object_mut() {
                error.shift_remove("code");
            }
        }),
    },
];

/// The code of a refusal, which the routes leave for whoever looks.
fn code(response: &Response) -> &'static str {
    let code = response.extensions().get::<super::super::refusal::Code>();
    code.map_or("", |code| code.0)
}
