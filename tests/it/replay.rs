//! `chatkit serve --mock --replay` from outside: a recording answers as the backend did.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::backend::{Backend, Reply, created, done, message, streamed, turn};
use crate::dsl::chatkit;
use crate::proxy::{Server, of_kind, say};

/// A recording of these replies to these requests.
fn recorded(replies: Vec<Reply>, asked: &[Value]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.jsonl");
    let backend = Backend::new(replies);
    let proxy = Server::proxy(&backend.origin, &file);
    for body in asked {
        proxy.post(body);
    }
    assert_eq!(proxy.stop().0, Some(0));
    (folder, file)
}

fn replay(file: &Path, args: &[&str]) -> Server {
    let mut all = vec![
        "--mock",
        "--replay",
        file.to_str().unwrap(),
        "--speed",
        "max",
    ];
    all.extend(args);
    Server::start(&all)
}

fn list(params: &Value) -> Value {
    json!({"type": "threads.list", "params": params})
}

#[test]
fn a_recording_answers_in_its_order_and_says_what_was_never_asked_for() {
    let one = || turn(streamed("m1", &["one"]));
    let two = || turn(streamed("m2", &["two"]));
    let (_folder, file) = recorded(
        vec![one(), two(), turn([done(&message("m3", "three"))])],
        &[say("hi"), say("hi"), say("bye")],
    );
    let server = replay(&file, &["--strict"]);
    assert!(server.post(&say("hi")).contains("\"one\""));
    let spelled = json!({"params": {"input": {"inference_options": {"model": null}, "attachments": [],
        "content": [{"text": "hi", "type": "input_text"}]}}, "type": "threads.create", "metadata": {}});
    assert!(server.post(&spelled).contains("\"two\""));
    let third = server.post(&say("hi"));
    assert!(third.starts_with("HTTP/1.1 404"), "{third}");
    assert!(third.contains("it was answered already"), "{third}");
    let (code, said) = server.stop();
    assert_eq!(code, Some(3), "{said}");
    assert!(
        said.contains("never asked for: exchange 3: threads.create 'bye'"),
        "{said}"
    );
}

#[test]
fn everything_that_was_asked_for_is_no_failure() {
    let (_folder, file) = recorded(vec![turn(streamed("m1", &["one"]))], &[say("hi")]);
    let server = replay(&file, &["--strict"]);
    chatkit(["send", "--url", &server.endpoint(), "hi"])
        .stdout("one\n")
        .code(0);
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn a_page_is_read_as_often_as_it_is_asked_for() {
    let page = json!({"data": [], "has_more": false});
    let (_folder, file) = recorded(vec![Reply::Json(200, page)], &[list(&json!({"limit": 20}))]);
    let server = replay(&file, &[]);
    for params in [json!({}), json!({"order": "desc", "after": null})] {
        assert!(server.post(&list(&params)).starts_with("HTTP/1.1 200"));
    }
    let other = server.post(&list(&json!({"limit": 3})));
    assert!(other.contains("differs at params"), "{other}");
}

#[test]
fn a_body_that_is_no_json_counts() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.jsonl");
    let backend = Backend::new([1, 2, 3].map(|n| Reply::Json(200, json!({ "n": n }))));
    let proxy = Server::proxy(&backend.origin, &file);
    proxy.ask("POST /form", &[], b"a=1&password=one");
    proxy.ask("PUT /up", &[], b"a text");
    proxy.ask("PUT /up", &[], b"\xff\x00");
    assert_eq!(proxy.stop().0, Some(0));

    let server = replay(&file, &[]);
    for (request, body) in [
        ("POST /form", &b"a=2&password=one"[..]),
        ("PUT /up", b"another text"),
        ("PUT /up", b""),
    ] {
        let missed = server.ask(request, &[], body);
        assert!(missed.starts_with("HTTP/1.1 404"), "{missed}");
        assert!(missed.contains("differs at the body"), "{missed}");
    }
    for (request, body, n) in [
        ("PUT /up", &b"\xff\x00"[..], 3),
        ("PUT /up", b"a text", 2),
        ("POST /form", b"a=1&password=two", 1),
    ] {
        let answer = server.ask(request, &[], body);
        assert!(answer.ends_with(&json!({ "n": n }).to_string()), "{answer}");
    }
}

#[test]
fn what_broke_breaks_again() {
    let (_folder, file) = recorded(vec![Reply::Cut(vec![created()])], &[say("hi")]);
    let server = replay(&file, &[]);
    chatkit(["send", "--url", &server.endpoint(), "hi"])
        .error("the stream was cut short after 1 event")
        .code(6);
}

#[test]
fn a_miss_may_be_answered_by_the_showcase() {
    let (_folder, file) = recorded(vec![turn(streamed("m1", &["one"]))], &[say("hi")]);
    let server = replay(&file, &["--on-miss", "showcase"]);
    chatkit(["send", "--url", &server.endpoint(), "show text 2"]).code(0);
}

#[test]
fn a_miss_may_be_recorded() {
    let (_folder, file) = recorded(vec![turn(streamed("m1", &["one"]))], &[say("hi")]);
    let backend = Backend::new([turn(streamed("m2", &["more"]))]);
    let server = replay(&file, &["--on-miss", "record", "--proxy", &backend.origin]);
    assert!(server.post(&say("hi")).contains("\"one\""));
    assert!(server.post(&say("new")).contains("\"more\""));
    assert_eq!(server.stop().0, Some(0));
    assert_eq!(backend.asked().len(), 1);
    let numbers: Vec<_> = of_kind(&file, "request")
        .iter()
        .map(|line| line["exchange"].clone())
        .collect();
    assert_eq!(numbers, [1, 2]);
    let server = replay(&file, &[]);
    assert!(server.post(&say("new")).contains("\"more\""));
}

#[test]
fn what_was_added_before_a_kill_stands_beside_the_recording_and_is_told() {
    let (_folder, file) = recorded(vec![turn(streamed("m1", &["one"]))], &[say("hi")]);
    let before = std::fs::read(&file).unwrap();
    let backend = Backend::new([turn(streamed("m2", &["more"]))]);
    let on_miss = ["--on-miss", "record", "--proxy", &backend.origin];
    let server = replay(&file, &on_miss);
    server.post(&say("new"));
    let partial = file.with_extension("jsonl.partial");
    for _ in 0..200 {
        let written = std::fs::read_to_string(&partial).unwrap();
        if written.matches("\"end\"").count() == 2 {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    server.kill();
    assert_eq!(std::fs::read(&file).unwrap(), before);
    assert_eq!(of_kind(&partial, "request").len(), 2);
    let name = file.to_str().unwrap();
    let again = ["serve", "--mock", "--port", "0", "--replay", name];
    chatkit(again.into_iter().chain(on_miss))
        .stderr_has("talk.jsonl.partial is left from a recording that was killed")
        .code(2);
    let server = replay(&partial, &[]);
    assert!(server.post(&say("new")).contains("\"more\""));
}

#[test]
fn a_page_may_read_a_replayed_answer() {
    let (_folder, file) = recorded(vec![turn(streamed("m1", &["one"]))], &[say("hi")]);
    let server = replay(&file, &[]);
    let body = say("hi").to_string();
    let answer = server.ask(
        "POST /chatkit",
        &["origin: http://localhost:3000"],
        body.as_bytes(),
    );
    assert!(
        answer.contains("access-control-allow-origin: http://localhost:3000"),
        "{answer}"
    );
    assert!(answer.contains("\"one\""), "{answer}");
}

#[test]
fn what_cannot_be_replayed_is_refused_by_name() {
    let (_folder, file) = crate::dsl::file("a.jsonl", "{}\n");
    let name = file.to_str().unwrap();
    chatkit(["serve", "--mock", "--port", "0", "--replay", name])
        .stderr_has(":1: this is no recording of chatkit")
        .code(2);
    chatkit(["serve", "--mock", "--replay", name, "--on-miss", "record"])
        .hint("name it with --proxy URL")
        .code(2);
}
