//! `chatkit action`.

use serde_json::json;

use crate::backend::{Backend, Reply, done, item, turn};
use crate::dsl::chatkit;

#[test]
fn an_action_streams_what_it_changes() {
    let card = json!({"type": "Card", "children": [{"type": "Text", "value": "sent"}]});
    let widget = item("w", "widget", &json!({"widget": card}));
    let replaced = json!({"type": "thread.item.replaced", "item": widget}).to_string();
    let backend = Backend::new([Reply::Events(vec![replaced])]);
    chatkit([
        "action",
        "thr_1",
        "w",
        "order.send",
        "--payload",
        "{\"id\":7}",
        "--url",
        &backend.url(),
    ])
    .stdout("sent\n")
    .code(0);
    assert_eq!(
        backend.asked()[0].json(),
        json!({"type": "threads.custom_action", "params": {"thread_id": "thr_1", "item_id": "w",
               "action": {"type": "order.send", "payload": {"id": 7}}}})
    );
}

#[test]
fn the_numbers_of_a_payload_go_on_as_they_were_written() {
    let backend = Backend::new([Reply::Json(200, json!({}))]);
    let payload = r#"{"id":12345678901234567890123,"price":1.10}"#;
    let action = [
        "action",
        "thr_1",
        "w",
        "buy",
        "--sync",
        "--payload",
        payload,
    ];
    let url = backend.url();
    chatkit(action.into_iter().chain(["--url", &url])).code(0);
    let body = &backend.asked()[0].body;
    assert!(body.contains(&format!("\"payload\":{payload}")), "{body}");
}

#[test]
fn a_synchronous_action_answers_with_the_item() {
    let card = json!({"type": "Card", "children": [{"type": "Text", "value": "on"}]});
    let answer = json!({"updated_item": item("w", "widget", &json!({"widget": card}))});
    let backend = Backend::new([
        Reply::Json(200, answer.clone()),
        Reply::Json(200, answer.clone()),
        Reply::Json(200, json!({})),
    ]);
    let url = backend.url();
    chatkit(["action", "thr_1", "w", "toggle", "--sync", "--url", &url])
        .stdout("on\n")
        .stderr_has("updated: w")
        .code(0);
    let outcome = chatkit([
        "action", "thr_1", "w", "toggle", "--sync", "--json", "--url", &url,
    ])
    .code(0);
    assert_eq!(outcome.json(), answer);
    chatkit(["action", "thr_1", "w", "toggle", "--sync", "--url", &url])
        .stdout("")
        .code(0);
    assert_eq!(
        backend.asked()[0].json()["type"],
        "threads.sync_custom_action"
    );
}

#[test]
fn a_payload_that_no_value_holds_is_refused_before_anything_is_sent() {
    for payload in [r#"{"s":"\ud800"}"#, r#"{"n":1e400}"#] {
        let backend = Backend::new([]);
        chatkit(["action", "thr_1", "m", "x", "--payload", payload])
            .env("CHATKIT_URL", &backend.url())
            .error("the payload cannot be sent")
            .code(2);
    }
}

#[test]
fn a_payload_that_is_not_json_is_wrong_usage() {
    chatkit([
        "action",
        "t",
        "w",
        "x",
        "--payload",
        "{",
        "--url",
        "http://x/",
    ])
    .error("the payload is not JSON")
    .code(2);
    // An event stream is no answer to an action that asks for a document.
    let text = done(&item("e", "end_of_turn", &json!({})));
    let backend = Backend::new([Reply::Events(vec![text])]);
    chatkit(["action", "t", "w", "x", "--sync", "--url", &backend.url()]).code(6);
}

#[test]
fn an_action_that_leaves_a_tool_waiting_says_how_it_is_answered() {
    let call = json!({"status": "pending", "call_id": "c", "name": "pick", "arguments": {}});
    let backend = Backend::new([turn([done(&item("t", "client_tool_call", &call))])]);
    chatkit(["action", "thr_1", "w", "go", "--url", &backend.url()])
        .stderr_has("the assistant waits for the client tool 'pick'")
        .hint("answer it with --tool pick=JSON or --tool-cmd pick=COMMAND; later, with: chatkit send --thread thr_1 --tool pick=JSON")
        .code(0);
}
