//! What is told beside the answer.

use std::process::{Command, Stdio};

use serde_json::json;

use crate::backend::{Backend, Reply, done, item, streamed, turn};
use crate::dsl::chatkit;

fn send(backend: &Backend) -> crate::dsl::Run {
    chatkit(["send", "hi", "--url", &backend.url()])
}

#[test]
fn the_sources_of_an_answer_are_told_on_stderr_and_shown_with_the_thread() {
    let part = json!({"type": "output_text", "text": "So it is.", "annotations": [
        {"type": "annotation", "index": 2, "source": {"type": "url", "title": "A", "url": "https://a.example/"}},
        {"type": "annotation", "source": {"type": "file", "title": "", "filename": "b.pdf"}},
    ]});
    let cited = item("m", "assistant_message", &json!({"content": [part]}));
    let page = json!({"data": [cited], "has_more": false});
    let backend = Backend::new([
        turn([done(&cited)]),
        Reply::Json(200, crate::backend::thread("thr_1", None)),
        Reply::Json(200, page),
    ]);
    send(&backend)
        .stdout("So it is.\n")
        .stderr_has("source: [1] A (https://a.example/)\nsource: [2] b.pdf\n")
        .code(0);
    chatkit(["thread", "show", "thr_1", "--url", &backend.url()])
        .stdout_has("So it is.\n[1] A (https://a.example/)\n[2] b.pdf\n")
        .code(0);
}

#[test]
#[cfg(unix)]
fn where_stdout_and_stderr_are_one_a_note_stands_on_a_line_of_its_own() {
    let call = json!({"status": "pending", "call_id": "c", "name": "x", "arguments": {}});
    let mut frames = streamed("m", &["I ask."]);
    frames.insert(
        frames.len() - 1,
        json!({"type": "progress_update", "text": "asking\nagain"}).to_string(),
    );
    frames.push(done(&item("t", "client_tool_call", &call)));
    let backend = Backend::new([turn(frames)]);
    let home = tempfile::tempdir().unwrap();
    let both = tempfile::NamedTempFile::new().unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_chatkit"))
        .args(["send", "hi", "--url", &backend.url()])
        .env("HOME", home.path())
        .stdin(Stdio::null())
        .stdout(both.as_file().try_clone().unwrap())
        .stderr(both.as_file().try_clone().unwrap())
        .status()
        .unwrap();
    assert!(status.success());
    let text = std::fs::read_to_string(both.path()).unwrap();
    assert!(text.contains("I ask.\n… asking again\n"), "{text}");
}

#[test]
fn a_proxy_that_does_not_answer_is_named() {
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let proxy = format!("http://me:hunter2@127.0.0.1:{port}");
    chatkit(["send", "hi", "--url", "http://backend.example/chatkit"])
        .env("http_proxy", &proxy)
        .stderr_has(&format!(
            "cannot reach http://backend.example/chatkit: by the proxy http://127.0.0.1:{port} of the environment"
        ))
        .stderr_has("connection refused")
        .stderr_has_not("hunter2")
        .code(5);
}

#[test]
fn an_answer_that_is_taken_back_is_told() {
    let removed = |id| json!({"type": "thread.item.removed", "item_id": id}).to_string();
    let mut frames = streamed("m", &["My secret is"]);
    frames.extend([removed("m"), removed("never_seen")]);
    let backend = Backend::new([turn(frames)]);
    send(&backend)
        .stdout("My secret is\n")
        .stderr_has("removed: m\n")
        .stderr_has_not("removed: never_seen")
        .code(0);
}

#[test]
fn what_a_workflow_that_is_left_open_holds_is_told_and_is_no_breach() {
    let thought = json!({"type": "thought", "content": "Six times seven."});
    let body = json!({"workflow": {"type": "reasoning", "tasks": [thought]}});
    let open = item("w", "workflow", &body);
    let added = json!({"type": "thread.item.added", "item": open}).to_string();
    send(&Backend::new([turn([added])]))
        .stdout("")
        .stderr_has("thought: Six times seven.\n")
        .stderr_has_not("breaks the protocol")
        .code(0);
}
