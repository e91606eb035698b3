//! `chatkit request`.

use serde_json::json;

use crate::backend::{Backend, Reply, created, streamed, turn};
use crate::dsl::chatkit;

#[test]
fn a_document_is_handed_on_as_it_was_received() {
    let body = "{ \"data\": [],\r\n \"has_more\" :false, \"new\": 1.50}".to_owned();
    let backend = Backend::new([Reply::Raw(200, "content-type: application/json\r\n", body)]);
    chatkit([
        "request",
        "threads.list",
        "{\"limit\": 3}",
        "--url",
        &backend.url(),
    ])
    .stdout("{ \"data\": [],   \"has_more\" :false, \"new\": 1.50}\n")
    .code(0);
    assert_eq!(
        backend.asked()[0].json(),
        json!({"type": "threads.list", "params": {"limit": 3}})
    );
}

#[test]
fn a_stream_becomes_json_lines() {
    let backend = Backend::new([turn(streamed("m", &["a", "b"]))]);
    let outcome = chatkit(["request", "threads.create", "-", "--url", &backend.url()])
        .stdin("{\"input\": 1}")
        .code(0);
    assert_eq!(outcome.lines().len(), 6);
    assert_eq!(outcome.stdout.lines().next().unwrap(), created());
}

#[test]
fn an_operation_that_is_not_known_is_sent_with_a_note() {
    let backend = Backend::new([Reply::Json(200, json!({"ok": true}))]);
    chatkit(["request", "threads.fly", "--url", &backend.url()])
        .stdout("{\"ok\":true}\n")
        .stderr_has("'threads.fly' is no operation that is known here")
        .code(0);
}

#[test]
fn bad_parameters_are_wrong_usage_and_bad_answers_a_breach() {
    chatkit(["request", "threads.list", "{limit", "--url", "http://x/"])
        .error("PARAMS-JSON is not JSON")
        .code(2);
    let page = Reply::Raw(200, "content-type: text/html\r\n", "<html>".into());
    let backend = Backend::new([page]);
    chatkit(["request", "threads.list", "--url", &backend.url()])
        .stdout("")
        .code(6);
}
