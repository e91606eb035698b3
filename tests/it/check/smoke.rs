//! `chatkit check --smoke`: one turn, one line.

use serde_json::{Value, json};

use super::check;
use crate::backend::{Backend, Reply, created, done, item, streamed};
use crate::dsl::chatkit;

#[test]
fn a_smoke_check_is_one_line() {
    let outcome = check(&["--smoke"]).code(0);
    assert_eq!(outcome.stdout.lines().count(), 1);
    assert!(outcome.stdout.starts_with("ok: http://127.0.0.1:"));
    assert!(outcome.stdout.contains("the thread was read back"));
    let json = check(&["--smoke", "--json"]).code(0).json();
    assert_eq!(
        (&json["ok"], &json["failure"]),
        (&json!(true), &Value::Null)
    );
}

/// A turn, and the thread that it makes.
pub fn turn_and_thread() -> (Reply, Value) {
    let text = json!({"type": "input_text", "text": "hi"});
    let message = item("m1", "user_message", &json!({"content": [text]}));
    let mut frames = vec![created(), done(&message)];
    frames.extend(streamed("a1", &["Hel", "lo"]));
    let mut thread = crate::backend::thread("thr_1", None);
    thread["items"]["data"] = json!([message, crate::backend::message("a1", "Hello")]);
    (Reply::Events(frames), thread)
}

#[test]
fn a_smoke_check_cleans_up() {
    let (turn, thread) = turn_and_thread();
    let backend = Backend::new([turn, Reply::Json(200, thread), Reply::Json(200, json!({}))]);
    chatkit(["check", "--smoke", "--url", &backend.url()]).code(0);
    let asked: Vec<_> = backend
        .asked()
        .iter()
        .map(|asked| asked.json()["type"].clone())
        .collect();
    assert_eq!(
        asked,
        [
            "threads.create",
            "threads.get_by_id",
            "threads.delete",
            "threads.get_by_id"
        ]
    );
}

#[test]
fn a_smoke_check_sees_a_thread_that_is_not_told_first() {
    let message = crate::backend::message("m1", "hi");
    let mut thread = crate::backend::thread("thr_1", None);
    thread["items"]["data"] = json!([message]);
    let backend = Backend::new([
        Reply::Events(vec![done(&message), created()]),
        Reply::Json(200, thread),
        Reply::Json(200, json!({})),
        Reply::Json(404, json!({"error": {"message": "no such thread"}})),
    ]);
    chatkit(["check", "--smoke", "--url", &backend.url()])
        .error("stream/thread-created-first: threads.create, frame 1: another event comes first")
        .code(3);
}

#[test]
fn a_smoke_check_says_what_is_wrong() {
    let mut frames = vec![created()];
    frames.extend(streamed("a1", &["Hel", "lo"]).into_iter().take(3));
    let backend = Backend::new([Reply::Events(frames), Reply::Json(200, json!({}))]);
    chatkit(["check", "--smoke", "--url", &backend.url()])
        .error("requests/threads.get_by_id: threads.get_by_id: missing field `id`")
        .code(3);
}

#[test]
fn a_smoke_check_writes_the_reports_that_are_wanted() {
    let frames = [created()].into_iter().chain(streamed("a1", &["Hi"]));
    let whole = frames.clone().collect();
    let cut = frames.take(3).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("smoke.xml");
    let junit = format!("junit={}", path.display());
    for (reply, found, code) in [
        (Reply::Events(cut), "stream/left-open (must)::request 1", 3),
        (
            Reply::Cut(whole),
            "transport/whole-answers (must)::request 1",
            3,
        ),
        (Reply::Json(401, json!({})), "chatkit check::", 4),
    ] {
        let backend = Backend::new([reply]);
        let url = backend.url();
        let args = ["check", "--smoke", "--url", &url, "--report", "github"];
        let run = chatkit(args.into_iter().chain(["--report", &junit])).code(code);
        let expected = format!("::error title={found}");
        assert!(run.stdout.contains(&expected), "{}", run.stdout);
        assert!(!run.stdout.contains("ok: "), "{}", run.stdout);
        let written = std::fs::read_to_string(&path).unwrap();
        assert!(written.contains("<failure"), "{written}");
    }
}

#[test]
fn a_smoke_check_tells_a_server_that_asks_for_credentials_apart() {
    let refusal = json!({"error": {"message": "who are you?"}});
    let backend = Backend::new([Reply::Json(401, refusal)]);
    chatkit(["check", "--smoke", "--url", &backend.url()])
        .error("the backend answered 401 Unauthorized: who are you?")
        .code(4);
}

#[test]
fn a_smoke_check_sees_a_deletion_that_deletes_nothing() {
    let (turn, thread) = turn_and_thread();
    let backend = Backend::new([
        turn,
        Reply::Json(200, thread.clone()),
        Reply::Json(200, json!({})),
        Reply::Json(200, thread),
    ]);
    chatkit(["check", "--smoke", "--url", &backend.url()])
        .error("persistence/delete: ")
        .code(3);
}

#[test]
fn an_answer_that_cannot_be_read_is_not_well() {
    let gzip = "content-type: text/event-stream\r\ncontent-encoding: gzip\r\n";
    let backend = Backend::new([Reply::Raw(200, gzip, "no gzip".into())]);
    chatkit(["check", "--smoke", "--url", &backend.url()])
        .error("transport/unasked-encoding: threads.create: ")
        .code(3);
}

#[test]
fn a_short_check_does_not_wait_long_for_a_backend_that_limits_the_rate() {
    let late = "content-type: application/json\r\nretry-after: 9\r\n";
    let backend = Backend::new((0..9).map(|_| Reply::Raw(429, late, "{}".into())));
    chatkit(["check", "--smoke", "--url", &backend.url()])
        .error("the backend limits the rate: 1 request was refused, after 9.0 s of waiting")
        .code(3);
    assert_eq!(backend.asked().len(), 2);
}
