//! `chatkit serve --proxy` in front of backends by TLS, and of backends that misbehave.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::backend::{Backend, Reply, created, done, message, turn};
use crate::doctor::server::{Asked, Server as Upstream, well};
use crate::doctor::tls::{Authority, Certificate};
use crate::proxy::{Server, of_kind, say};

fn trusting(url: &str, certificates: &Path) -> Server {
    let file = certificates.to_str().unwrap();
    Server::start_in(&["--proxy", url], &[("SSL_CERT_FILE", file)])
}

#[test]
fn a_backend_by_tls_is_reached_where_its_authority_is_trusted() {
    let (authority, other) = (Authority::new(), Authority::new());
    let backend = authority.serve(&Certificate::named("localhost"));
    let url = format!("https://localhost:{}/chatkit", backend.port);
    let list = json!({"type": "threads.list", "params": {}});
    let answer = trusting(&url, &authority.file).post(&list);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains(r#""has_more":false"#), "{answer}");
    assert_eq!(backend.count("threads.list"), 1);

    let refused = trusting(&url, &other.file).post(&list);
    assert!(refused.starts_with("HTTP/1.1 502"), "{refused}");
    let place = format!("cannot reach https://localhost:{}", backend.port);
    assert!(
        refused.contains(&place) && refused.contains("certificate"),
        "{refused}"
    );
    assert_eq!(
        backend.count("threads.list"),
        1,
        "nothing is said to a stranger"
    );

    let misnamed = authority.serve(&Certificate::named("elsewhere.example"));
    let url = format!("https://localhost:{}/chatkit", misnamed.port);
    let refused = trusting(&url, &authority.file).post(&list);
    assert!(refused.starts_with("HTTP/1.1 502"), "{refused}");
    assert!(refused.contains("not valid for name"), "{refused}");
}

#[test]
fn a_backend_that_never_answers_is_left_when_the_client_leaves() {
    fn silent(_: &Asked, _: &mut dyn Write) {
        loop {
            std::thread::park();
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.jsonl");
    let backend = Upstream::start(silent);
    let proxy = Server::proxy(&backend.url(), &file);
    let body = say("hi").to_string();
    let mut stream = connect(&proxy);
    write!(
        stream,
        "POST /chatkit HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let start = Instant::now();
    while backend.asked().is_empty() {
        assert!(start.elapsed() < Duration::from_secs(20), "nothing arrives");
        std::thread::sleep(Duration::from_millis(10));
    }
    drop(stream);
    let (code, said) = proxy.stop();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(of_kind(&file, "request").len(), 1);
    assert_eq!(of_kind(&file, "end")[0]["outcome"], "cancelled");
}

#[test]
fn a_backend_that_hangs_up_unasked_is_a_502_and_recorded_as_broken() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.jsonl");
    let backend = Upstream::wrapped(well, |_| None);
    let proxy = Server::proxy(&backend.url(), &file);
    let answer = proxy.post(&say("hi"));
    assert!(answer.starts_with("HTTP/1.1 502"), "{answer}");
    assert!(answer.contains("backend_unreachable"), "{answer}");
    assert_eq!(proxy.stop().0, Some(0));
    assert_eq!(of_kind(&file, "end")[0]["outcome"], "broken");
}

#[test]
fn a_redirect_is_the_clients_to_follow() {
    let location = "location: https://elsewhere.example/chatkit\r\n";
    let backend = Backend::new([Reply::Raw(307, location, String::new())]);
    let proxy = Server::start(&["--proxy", &backend.origin]);
    let answer = proxy.post(&say("hi"));
    assert!(answer.starts_with("HTTP/1.1 307"), "{answer}");
    assert!(answer.contains(location), "{answer}");
    assert_eq!(backend.asked().len(), 1);
}

/// A stream of one event, compressed though nobody asked for it.
fn compressed() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    write!(encoder, "data: {}\n\n", created()).unwrap();
    encoder.finish().unwrap()
}

/// Answers with a body in this encoding.
fn encoded(out: &mut dyn Write, encoding: &str, body: &[u8]) {
    let length = body.len();
    let _ = write!(
        out,
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: {encoding}\r\n\
         connection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    let _ = out.write_all(body);
}

/// What a client gets from this backend through a proxy, and what the proxy has recorded of it.
fn recorded(backend: &Upstream) -> (Vec<u8>, Vec<Value>, Value) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.jsonl");
    let proxy = Server::proxy(&backend.url(), &file);
    let body = say("hi").to_string();
    let mut stream = connect(&proxy);
    write!(
        stream,
        "POST /chatkit HTTP/1.1\r\nhost: localhost\r\naccept-encoding: gzip, br\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert_eq!(proxy.stop().0, Some(0));
    (
        answer,
        of_kind(&file, "event"),
        of_kind(&file, "end")[0].clone(),
    )
}

#[test]
fn what_comes_gzipped_passes_as_it_came_and_is_recorded_unpacked() {
    fn zipped(_: &Asked, out: &mut dyn Write) {
        encoded(out, "gzip", &compressed());
    }
    let backend = Upstream::start(zipped);
    let (answer, events, end) = recorded(&backend);
    assert!(answer.ends_with(&compressed()), "not the backend's bytes");
    let head = backend.asked()[0].head.to_ascii_lowercase();
    assert!(head.contains("accept-encoding: identity"), "{head}");
    assert_eq!(events.len(), 1);
    assert_eq!(
        events[0]["data"]["json"]["type"], "thread.created",
        "{events:?}"
    );
    assert_eq!(end["outcome"], "complete", "{end}");
}

#[test]
fn what_comes_in_no_whole_gzip_or_in_another_encoding_is_marked() {
    fn short(_: &Asked, out: &mut dyn Write) {
        let body = compressed();
        encoded(out, "gzip", &body[..body.len() - 4]);
    }
    fn other(_: &Asked, out: &mut dyn Write) {
        encoded(out, "br", b"whatever it says");
    }
    for (backend, wrong) in [
        (Upstream::start(short), "no whole gzip"),
        (Upstream::start(other), "compressed (br)"),
    ] {
        let (_, _, end) = recorded(&backend);
        assert_eq!(end["outcome"], "broken", "{end}");
        assert!(end["reason"].as_str().unwrap().contains(wrong), "{end}");
    }
}

#[test]
fn a_proxy_is_asked_under_its_own_names_only() {
    let mock = Server::start(&["--mock"]);
    let names = ["--proxy", &mock.url, "--allow-host", "chat.example"];
    let proxy = Server::start(&names);
    let asked_as = |host: &str| {
        let mut stream = connect(&proxy);
        write!(
            stream,
            "GET /healthz HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    for own in ["localhost", "127.0.0.1:80", "chat.example:8000"] {
        assert!(asked_as(own).starts_with("HTTP/1.1 200"), "{own}");
    }
    let refused = asked_as("evil.example");
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
    assert!(refused.contains("--allow-host evil.example"), "{refused}");
}

fn connect(proxy: &Server) -> TcpStream {
    let stream = TcpStream::connect(proxy.url.strip_prefix("http://").unwrap()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream
}

#[test]
fn what_a_client_sent_to_be_let_in_is_not_recorded_from_an_answer_either() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.jsonl");
    let backend = Backend::new([
        turn([done(&message("m", "your token is opaque-token-1"))]),
        Reply::Json(401, json!({"error": {"message": "no opaque-token-2"}})),
    ]);
    let proxy = Server::proxy(&backend.url(), &file);
    for token in ["opaque-token-1", "opaque-token-2"] {
        let header = format!("authorization: Bearer {token}");
        let answer = proxy.ask(
            "POST /chatkit",
            &[&header],
            say("hi").to_string().as_bytes(),
        );
        assert!(answer.contains(token), "{answer}");
    }
    proxy.stop();
    let recording = std::fs::read_to_string(&file).unwrap();
    assert!(
        recording.contains("your token is [redacted]"),
        "{recording}"
    );
    assert!(!recording.contains("opaque-token"), "{recording}");
}

#[test]
fn a_document_is_passed_on_as_far_as_it_has_come() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (sender, arrived) = std::sync::mpsc::channel::<()>();
    let backend = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = [0; 4096];
        let _ = stream.read(&mut asked).unwrap();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 14";
        write!(stream, "{head}\r\n\r\n{{\"data\":").unwrap();
        // The rest comes when the client has this much, and so never, if that is held back.
        arrived.recv_timeout(Duration::from_secs(60)).unwrap();
        write!(stream, "[7] }} ").unwrap();
    });
    let proxy = Server::start(&["--proxy", &origin]);
    let mut client = TcpStream::connect(proxy.url.strip_prefix("http://").unwrap()).unwrap();
    client
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let body = json!({"type": "threads.list", "params": {}}).to_string();
    let head = "POST /chatkit HTTP/1.1\r\nhost: localhost\r\nconnection: close";
    write!(
        client,
        "{head}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let (mut seen, mut block) = (String::new(), [0; 1024]);
    while !seen.contains("{\"data\":") {
        let read = client.read(&mut block).unwrap();
        assert!(read > 0, "{seen}");
        seen.push_str(std::str::from_utf8(&block[..read]).unwrap());
    }
    sender.send(()).unwrap();
    client.read_to_string(&mut seen).unwrap();
    assert!(seen.ends_with("{\"data\":[7] } "), "{seen}");
    backend.join().unwrap();
}
