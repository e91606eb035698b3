//! `chatkit feedback`.

use serde_json::json;

use crate::backend::{Backend, Reply};
use crate::dsl::chatkit;

#[test]
fn feedback_names_the_items_and_the_kind() {
    let backend = Backend::new([Reply::Json(200, json!({})), Reply::Json(200, json!({}))]);
    let url = backend.url();
    chatkit(["feedback", "thr_1", "m1", "m2", "--negative", "--url", &url])
        .stdout("")
        .code(0);
    chatkit([
        "feedback",
        "thr_1",
        "m1",
        "--positive",
        "--json",
        "--url",
        &url,
    ])
    .stdout("{}\n")
    .code(0);
    assert_eq!(
        backend.asked()[0].json(),
        json!({"type": "items.feedback",
               "params": {"thread_id": "thr_1", "item_ids": ["m1", "m2"], "kind": "negative"}})
    );
}

#[test]
fn feedback_is_either_one_or_the_other() {
    chatkit(["feedback", "t", "m", "--url", "http://x/"]).code(2);
    chatkit([
        "feedback",
        "t",
        "m",
        "--positive",
        "--negative",
        "--url",
        "http://x/",
    ])
    .code(2);
}
