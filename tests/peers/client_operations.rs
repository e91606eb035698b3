//! The sixteen operations through `chatkit request`.

use serde_json::{Value, json};

use crate::bench::{Bench, Case, Peer};
use crate::cli::{Desk, answer, done};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, run: fn(&Bench)| cases.push(Case::new(name, Peer::Python, run));
    case("client: request threads.create streams the events", create);
    case(
        "client: request threads.add_user_message streams the events",
        add_user_message,
    );
    case(
        "client: request threads.add_client_tool_output streams the events",
        add_client_tool_output,
    );
    case(
        "client: request threads.add_structured_input begins with the replaced form",
        add_structured_input,
    );
    case(
        "client: request threads.retry_after_item removes the later items",
        retry_after_item,
    );
    case(
        "client: request threads.custom_action streams the events",
        custom_action,
    );
    case(
        "client: request threads.sync_custom_action answers with the item",
        sync_custom_action,
    );
    case(
        "client: request threads.get_by_id answers with the thread",
        get_by_id,
    );
    case("client: request threads.list answers with a page", list);
    case(
        "client: request threads.update answers with the thread",
        update,
    );
    case(
        "client: request threads.delete answers with an empty object",
        delete,
    );
    case("client: request items.list answers with a page", items);
    case(
        "client: request items.feedback answers with an empty object",
        items_feedback,
    );
    case(
        "client: request attachments.create answers with a descriptor",
        attachment,
    );
    case(
        "client: request attachments.delete answers with an empty object",
        attachment_delete,
    );
    case(
        "client: request input.transcribe answers with a text",
        transcribe,
    );
    case(
        "client: request - reads the params from standard input",
        params_from_stdin,
    );
    case(
        "client: request of an operation that the server does not know exits 1",
        unknown,
    );
    case(
        "client: request of params that are no JSON is wrong usage",
        bad_params,
    );
    cases
}

/// A streaming operation: its events.
fn stream(desk: &Desk, operation: &str, params: &Value) -> Vec<Value> {
    desk.run(["request", operation, &params.to_string(), "--json"])
        .code(0)
        .lines()
}

/// An operation that answers with one document.
fn call(desk: &Desk, operation: &str, params: &Value) -> Value {
    desk.run(["request", operation, &params.to_string(), "--json"])
        .code(0)
        .json()
}

fn input(text: &str) -> Value {
    let content = [json!({"type": "input_text", "text": text})];
    json!({"content": content, "attachments": [], "inference_options": {}})
}

/// The first item of this type that was done.
pub fn first(events: &[Value], kind: &str) -> String {
    done(events, kind)
        .into_iter()
        .next()
        .unwrap_or_else(|| panic!("no {kind} in {events:?}"))
}

/// A thread with a widget: its id, and the widget's.
pub fn widget(desk: &Desk) -> (String, String) {
    let (thread, events) = desk.say("widget");
    (thread, first(&events, "widget"))
}

fn create(bench: &Bench) {
    let events = stream(
        &bench.desk(),
        "threads.create",
        &json!({"input": input("text one two")}),
    );
    assert_eq!(events[0]["type"], "thread.created");
    assert_eq!(answer(&events), "one two");
}

fn add_user_message(bench: &Bench) {
    let desk = bench.desk();
    let (thread, _) = desk.say("text one");
    let params = json!({"thread_id": thread, "input": input("text two")});
    let events = stream(&desk, "threads.add_user_message", &params);
    assert_eq!(events[0]["type"], "thread.item.done");
    assert_eq!(answer(&events), "two");
}

fn add_client_tool_output(bench: &Bench) {
    let desk = bench.desk();
    let (thread, _) = desk.say("tool a");
    let params = json!({"thread_id": thread, "result": [1, "two"]});
    let events = stream(&desk, "threads.add_client_tool_output", &params);
    assert_eq!(answer(&events), r#"a said [1, "two"]"#);
}

fn add_structured_input(bench: &Bench) {
    let desk = bench.desk();
    let (thread, events) = desk.say("form");
    let item = first(&events, "structured_input");
    let input = json!({"status": "answered", "answers": {"why": {"values": ["so"]}}});
    let params = json!({"thread_id": thread, "item_id": item, "input": input});
    let events = stream(&desk, "threads.add_structured_input", &params);
    // The options of the stream come first: the replacement goes through `_process_events`.
    let types: Vec<_> = events.iter().take(2).map(|event| &event["type"]).collect();
    assert_eq!(types, ["stream_options", "thread.item.replaced"]);
    assert_eq!(events[1]["item"]["status"], "answered");
}

fn retry_after_item(bench: &Bench) {
    let desk = bench.desk();
    let (thread, events) = desk.say("text one");
    desk.run(["send", "text two", "--thread", &thread]).code(0);
    let item = first(&events, "user_message");
    let params = json!({"thread_id": thread, "item_id": item});
    let retried = stream(&desk, "threads.retry_after_item", &params);
    assert_eq!(answer(&retried), "one");
    let page = call(
        &desk,
        "items.list",
        &json!({"thread_id": thread, "order": "asc"}),
    );
    let kept: Vec<_> = page["data"]
        .as_array()
        .expect("a page")
        .iter()
        .map(|i| &i["id"])
        .collect();
    assert_eq!(kept, [&item, &first(&retried, "assistant_message")]);
}

fn custom_action(bench: &Bench) {
    let desk = bench.desk();
    let (thread, item) = widget(&desk);
    let action = json!({"type": "a", "payload": 7});
    let params = json!({"thread_id": thread, "item_id": item, "action": action});
    let events = stream(&desk, "threads.custom_action", &params);
    assert!(answer(&events).contains(r#""payload": 7"#));
}

fn sync_custom_action(bench: &Bench) {
    let desk = bench.desk();
    let (thread, item) = widget(&desk);
    let params = json!({"thread_id": thread, "item_id": item, "action": {"type": "a"}});
    let said = call(&desk, "threads.sync_custom_action", &params);
    assert_eq!(said["updated_item"]["copy_text"], "pinned by a");
}

fn get_by_id(bench: &Bench) {
    let desk = bench.desk();
    let (thread, events) = desk.say("title Tides");
    let said = call(&desk, "threads.get_by_id", &json!({"thread_id": thread}));
    assert_eq!(
        (&said["id"], &said["title"]),
        (&json!(thread), &json!("Tides"))
    );
    let message = &events.last().expect("the done message")["item"];
    assert_eq!(said["items"]["data"][1], *message);
}

fn list(bench: &Bench) {
    let desk = bench.desk();
    let (thread, _) = desk.say("text x");
    let page = call(&desk, "threads.list", &json!({"limit": 9999}));
    assert!(
        page["data"]
            .as_array()
            .expect("a page")
            .iter()
            .any(|row| row["id"] == thread)
    );
}

fn update(bench: &Bench) {
    let desk = bench.desk();
    let (thread, _) = desk.say("text x");
    let said = call(
        &desk,
        "threads.update",
        &json!({"thread_id": thread, "title": "New"}),
    );
    assert_eq!(said["title"], "New");
}

fn delete(bench: &Bench) {
    let desk = bench.desk();
    let (thread, _) = desk.say("text x");
    assert_eq!(
        call(&desk, "threads.delete", &json!({"thread_id": thread})),
        json!({})
    );
    desk.run(["thread", "show", &thread]).code(1);
}

fn items(bench: &Bench) {
    let desk = bench.desk();
    let (thread, _) = desk.say("text x");
    let page = call(
        &desk,
        "items.list",
        &json!({"thread_id": thread, "limit": 1}),
    );
    assert_eq!(
        (&page["has_more"], &page["after"]),
        (&json!(true), &page["data"][0]["id"])
    );
    assert_eq!(page["data"][0]["type"], "assistant_message");
}

fn items_feedback(bench: &Bench) {
    let desk = bench.desk();
    let (thread, events) = desk.say("text x");
    let item = first(&events, "assistant_message");
    let params = json!({"thread_id": thread, "item_ids": [item], "kind": "positive"});
    assert_eq!(call(&desk, "items.feedback", &params), json!({}));
}

fn made(desk: &Desk) -> Value {
    let params = json!({"name": "a.txt", "size": 1, "mime_type": "text/plain"});
    call(desk, "attachments.create", &params)
}

fn attachment(bench: &Bench) {
    let desk = bench.desk();
    let said = made(&desk);
    assert_eq!(
        (&said["type"], &said["name"]),
        (&json!("file"), &json!("a.txt"))
    );
    assert_eq!(said["upload_descriptor"]["method"], "PUT");
    assert!(said["upload_descriptor"]["headers"]["x-upload-token"].is_string());
}

fn attachment_delete(bench: &Bench) {
    let desk = bench.desk();
    let params = json!({"attachment_id": made(&desk)["id"]});
    assert_eq!(call(&desk, "attachments.delete", &params), json!({}));
    desk.run(["request", "attachments.delete", &params.to_string()])
        .code(1);
}

fn transcribe(bench: &Bench) {
    let params = json!({"audio_base64": "AAECAw==", "mime_type": "audio/webm;codecs=opus"});
    let said = call(&bench.desk(), "input.transcribe", &params);
    assert_eq!(said, json!({"text": "4 bytes of audio/webm"}));
}

fn params_from_stdin(bench: &Bench) {
    let params = json!({"input": input("text piped")}).to_string();
    let outcome = bench.desk().run_with(
        ["request", "threads.create", "-", "--json"],
        params.as_bytes(),
    );
    assert_eq!(answer(&outcome.code(0).lines()), "piped");
}

fn unknown(bench: &Bench) {
    bench
        .desk()
        .run(["request", "threads.explode", "{}"])
        .code(1)
        .notes(&["500"]);
}

fn bad_params(bench: &Bench) {
    bench
        .desk()
        .run(["request", "threads.list", "{not json"])
        .code(2);
}
