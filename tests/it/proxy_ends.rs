//! How answers end that `chatkit serve --proxy` passes on, and what it tells the backend by itself.

use std::io::Write;

use serde_json::json;

use crate::backend::{Backend, Reply};
use crate::doctor::server::{Asked, Server as Upstream};
use crate::proxy::{Server, of_kind, say};

/// The answer of a backend through a proxy, and the end of it that is recorded.
fn passed(backend: &Upstream) -> (String, serde_json::Value) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.jsonl");
    let proxy = Server::proxy(&backend.url(), &file);
    let answer = proxy.post(&say("hi"));
    assert_eq!(proxy.stop().0, Some(0));
    (answer, of_kind(&file, "end")[0].clone())
}

/// The head of a stream that is cut behind it, as the reference server does with an unknown thread.
fn head_alone(_: &Asked, out: &mut dyn Write) {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked";
    let _ = write!(out, "{head}\r\n\r\n");
}

#[test]
fn a_head_reaches_the_client_though_the_body_breaks_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.jsonl");
    let backend = Upstream::start(head_alone);
    for proxy in [
        Server::proxy(&backend.url(), &file),
        Server::start(&["--proxy", &backend.url()]),
    ] {
        for round in 0..40 {
            let answer = proxy.post(&say("hi"));
            assert!(answer.starts_with("HTTP/1.1 200"), "{round}: {answer:?}");
            assert!(!answer.ends_with("0\r\n\r\n"), "{round}: {answer:?}");
        }
        assert_eq!(proxy.stop().0, Some(0));
    }
    let ends = of_kind(&file, "end");
    assert_eq!(ends.len(), 40);
    assert!(
        ends.iter().all(|end| end["outcome"] == "broken"),
        "{ends:?}"
    );
}

#[test]
fn a_stream_that_fields_end_is_complete() {
    fn trailed(_: &Asked, out: &mut dyn Write) {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close";
        let event = format!("data: {}\n\n", crate::backend::created());
        let _ = write!(
            out,
            "{head}\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{event}\r\n0\r\nx-sum: 7\r\n\r\n",
            event.len()
        );
    }
    let (answer, end) = passed(&Upstream::start(trailed));
    assert!(answer.contains("thread.created"), "{answer}");
    assert_eq!(end["outcome"], "complete", "{end}");
}

#[test]
fn an_upgrade_is_answered_with_a_502_that_says_so() {
    fn switching(_: &Asked, out: &mut dyn Write) {
        let head = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket";
        let _ = write!(out, "{head}\r\n\r\n");
    }
    let (answer, end) = passed(&Upstream::start(switching));
    assert!(answer.starts_with("HTTP/1.1 502"), "{answer}");
    assert!(answer.contains("upgrade_not_passed"), "{answer}");
    assert_eq!(end["outcome"], "broken", "{end}");
}

#[test]
fn more_headers_go_to_the_backend_in_the_place_of_the_clients() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.jsonl");
    let backend = Backend::new([Reply::Json(200, json!({}))]);
    let proxy = Server::start(&[
        "--proxy",
        &backend.origin,
        "--record",
        file.to_str().unwrap(),
        "--header",
        "X-Extra: ours",
        "--header",
        "Authorization: Bearer opaque-of-ours",
    ]);
    let theirs = [
        "x-extra: theirs",
        "authorization: Bearer opaque-of-theirs",
        "x-own: 7",
    ];
    proxy.ask("GET /x", &theirs, b"");
    let asked = &backend.asked()[0];
    assert_eq!(asked.header("x-extra"), Some("ours"));
    assert_eq!(asked.header("authorization"), Some("Bearer opaque-of-ours"));
    assert_eq!(asked.header("x-own"), Some("7"));

    assert_eq!(proxy.stop().0, Some(0));
    let headers = &of_kind(&file, "request")[0]["headers"];
    assert_eq!(headers["x-extra"], "ours", "what was asked is recorded");
    assert_eq!(headers["authorization"], "[redacted]");
}
