//! Requests that must be refused: each is wrong in one way.

use serde_json::{Value, json};

use super::{NOBODY, Stage, input};
use crate::check::evidence::{Mistake, Purpose};
use crate::check::wire::Ask;
use crate::client::{HeaderValue, RawRequest};
use crate::error::Result;

pub(super) async fn run(stage: &Stage<'_>) -> Result<Option<String>> {
    // What is not refused may leave marks, so that no other rule may look at this thread.
    let own = stage.start(&stage.messages.short).await?;
    let thread = json!(own.thread);
    let mut is_marked = false;
    let message = own.items.iter().find(|item| item["type"] == "user_message");
    let on_message = message.map(|item| (Mistake::NoWidget, action(&thread, &item["id"])));
    for (mistake, body) in broken().into_iter().chain(wrong(&thread)).chain(on_message) {
        let renames = body.contains("threads.update");
        let mut request = RawRequest::json(body);
        // Servers close the connection on which they failed; no other request may wait on it.
        let close = HeaderValue::from_static("close");
        request.headers.insert("connection", close);
        let ask = Ask::raw(Purpose::Refuse(mistake), request);
        let reply = stage.wire.ask(ask).await?;
        is_marked |= renames && reply.is_good;
    }
    // A title that is none would break every list of threads, which one rule tells already.
    if is_marked && own.thread.is_some() {
        let params = json!({"thread_id": thread, "title": "chatkit check"});
        let ask = Ask::operation("threads.update", &params).with_purpose(Purpose::CleanUp);
        stage.wire.ask(ask).await?;
    }
    Ok(None)
}

/// Bodies that are no request at all.
fn broken() -> Vec<(Mistake, String)> {
    vec![
        (Mistake::EmptyObject, "{}".into()),
        (Mistake::NotJson, "{\"type\": \"threads.list\", ".into()),
        (Mistake::NotJson, "[]".into()),
        (
            Mistake::UnknownType,
            json!({"type": "threads.unheard_of", "params": {}}).to_string(),
        ),
        (
            Mistake::WrongType,
            json!({"type": 7, "params": {}}).to_string(),
        ),
        (
            Mistake::MissingField,
            json!({"type": "threads.get_by_id"}).to_string(),
        ),
    ]
}

/// Requests of each operation; the thread is a real one, so that nothing else is wrong with them.
fn wrong(thread: &Value) -> Vec<(Mistake, String)> {
    let mut requests = Vec::new();
    let mut add = |mistake, kind: &str, params: Value| {
        requests.push((mistake, json!({"type": kind, "params": params}).to_string()));
    };
    for kind in MISSING {
        add(Mistake::MissingField, kind, json!({}));
    }
    add(
        Mistake::MissingField,
        "threads.create",
        json!({"input": {"content": [{"type": "input_text"}], "attachments": [], "inference_options": {}}}),
    );
    add(
        Mistake::MissingField,
        "threads.update",
        json!({"thread_id": thread}),
    );
    add(
        Mistake::WrongType,
        "threads.create",
        json!({"input": "hello"}),
    );
    add(
        Mistake::WrongType,
        "threads.create",
        json!({"input": {"content": "hello", "attachments": [], "inference_options": {}}}),
    );
    add(
        Mistake::WrongType,
        "threads.get_by_id",
        json!({"thread_id": 7}),
    );
    add(Mistake::WrongType, "threads.list", json!({"limit": "many"}));
    add(
        Mistake::WrongType,
        "threads.update",
        json!({"thread_id": thread, "title": {}}),
    );
    add(
        Mistake::WrongType,
        "items.list",
        json!({"thread_id": [thread]}),
    );
    add(
        Mistake::WrongType,
        "items.feedback",
        json!({"thread_id": thread, "item_ids": "all", "kind": "positive"}),
    );
    add(
        Mistake::UnknownThread,
        "threads.get_by_id",
        json!({"thread_id": NOBODY}),
    );
    add(
        Mistake::UnknownThread,
        "threads.update",
        json!({"thread_id": NOBODY, "title": "x"}),
    );
    add(
        Mistake::UnknownThread,
        "items.list",
        json!({"thread_id": NOBODY}),
    );
    add(
        Mistake::UnknownThread,
        "threads.add_user_message",
        json!({"thread_id": NOBODY, "input": input("hello")}),
    );
    add(
        Mistake::UnknownThread,
        "threads.add_client_tool_output",
        json!({"thread_id": NOBODY, "result": {}}),
    );
    add(
        Mistake::UnknownThread,
        "threads.retry_after_item",
        json!({"thread_id": NOBODY, "item_id": NOBODY}),
    );
    add(
        Mistake::UnknownItem,
        "threads.retry_after_item",
        json!({"thread_id": thread, "item_id": NOBODY}),
    );
    add(
        Mistake::UnknownItem,
        "threads.add_structured_input",
        json!({"thread_id": thread, "item_id": NOBODY, "input": {"status": "skipped", "answers": {}}}),
    );
    requests.push((Mistake::UnknownItem, action(thread, &json!(NOBODY))));
    requests
}

/// A press of a button of an item.
fn action(thread: &Value, item: &Value) -> String {
    let action = json!({"type": "check", "payload": null});
    let params = json!({"thread_id": thread, "item_id": item, "action": action});
    json!({"type": "threads.custom_action", "params": params}).to_string()
}

/// The operations that cannot do without a parameter.
const MISSING: &[&str] = &[
    "threads.create",
    "threads.add_user_message",
    "threads.add_client_tool_output",
    "threads.add_structured_input",
    "threads.retry_after_item",
    "threads.custom_action",
    "threads.sync_custom_action",
    "threads.get_by_id",
    "threads.update",
    "threads.delete",
    "items.list",
    "items.feedback",
    "attachments.create",
    "attachments.delete",
    "input.transcribe",
];
