//! `chatkit serve --proxy` from outside: what passes, what is written down, and what is not.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::backend::{Backend, Reply, created, done, message, streamed, turn};
use crate::dsl::chatkit;

/// A server that ends with the test.
pub struct Server {
    child: Child,
    _stdout: BufReader<ChildStdout>,
    pub url: String,
}

impl Server {
    pub fn start(args: &[&str]) -> Self {
        Self::start_in(args, &[])
    }

    /// A server with these variables and no others.
    pub fn start_in(args: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_chatkit"))
            .args(["serve", "--port", "0", "--json"])
            .args(args)
            .env_clear()
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["event"], "listening");
        Self {
            child,
            _stdout: stdout,
            url: line["url"].as_str().unwrap().to_owned(),
        }
    }

    /// A proxy in front of this address, and what it records to.
    pub fn proxy(upstream: &str, file: &Path) -> Self {
        Self::start(&["--proxy", upstream, "--record", file.to_str().unwrap()])
    }

    pub fn endpoint(&self) -> String {
        format!("{}/chatkit", self.url)
    }

    /// Asks it to stop, and waits; gives the exit code and what it said.
    pub fn stop(mut self) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        let killed = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        assert!(killed.success());
        let mut said = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap().code(), said)
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a request with these header lines, and returns all that comes back.
    pub fn ask(&self, request: &str, headers: &[&str], body: &[u8]) -> String {
        let mut stream = self.connect();
        let mut head = format!("{request} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
        for header in headers {
            head.push_str(header);
            head.push_str("\r\n");
        }
        write!(stream, "{head}content-length: {}\r\n\r\n", body.len()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub fn post(&self, body: &Value) -> String {
        let json = "content-type: application/json";
        self.ask("POST /chatkit", &[json], body.to_string().as_bytes())
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.url.strip_prefix("http://").unwrap()).unwrap();
        let limit = Some(Duration::from_secs(20));
        stream.set_read_timeout(limit).unwrap();
        stream
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn say(text: &str) -> Value {
    json!({"type": "threads.create", "params": {"input": {
        "content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}}})
}

/// The lines of a recording without the first, by kind.
pub fn lines(file: &Path) -> Vec<(String, Value)> {
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().skip(1);
    lines
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            let (kind, value) = line.as_object().unwrap().iter().next().unwrap();
            (kind.clone(), value.clone())
        })
        .collect()
}

pub fn of_kind(file: &Path, kind: &str) -> Vec<Value> {
    let lines = lines(file).into_iter().filter(|(found, _)| found == kind);
    lines.map(|(_, line)| line).collect()
}

/// The body of an answer, without the chunks that it may have come in.
pub fn body(answer: &str) -> String {
    let (head, mut rest) = answer.split_once("\r\n\r\n").unwrap();
    if !head
        .to_ascii_lowercase()
        .contains("transfer-encoding: chunked")
    {
        return rest.to_owned();
    }
    let mut whole = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        let Some(chunk) = after.get(..size) else {
            break;
        };
        whole.push_str(chunk);
        rest = after.get(size + 2..).unwrap_or_default();
    }
    whole
}

#[test]
fn a_turn_passes_as_it_came_and_is_recorded_word_for_word() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.jsonl");
    let frames = [created()].into_iter().chain(streamed("m", &["a", "b"]));
    let frames: Vec<String> = frames.collect();
    let backend = Backend::new([Reply::Events(frames.clone())]);
    let proxy = Server::proxy(&format!("{}/api/talk", backend.origin), &file);
    let asked = json!({"type": "threads.create", "params": {"secret": "not to be kept"}});
    let answer = proxy.ask(
        "POST /chatkit?a=1",
        &["x-own: 7", "Authorization: Bearer tok", "cookie: a=b"],
        asked.to_string().as_bytes(),
    );
    let expected = format!("data: {}\n\n", frames.join("\n\ndata: "));
    assert_eq!(body(&answer), expected);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    let passed = &backend.asked()[0];
    assert_eq!(passed.line, "POST /api/talk?a=1 HTTP/1.1");
    assert_eq!(passed.header("authorization"), Some("Bearer tok"));
    assert_eq!(passed.header("x-own"), Some("7"));
    assert_eq!(passed.json(), asked);

    assert!(!file.exists(), "a recording has no name before it is whole");
    assert_eq!(proxy.stop().0, Some(0));
    let events: Vec<String> = of_kind(&file, "event")
        .iter()
        .map(|event| event["data"]["json"].to_string())
        .collect();
    let came: Vec<String> = frames
        .iter()
        .map(|frame| serde_json::from_str::<Value>(frame).unwrap().to_string())
        .collect();
    assert_eq!(events, came);
    let request = &of_kind(&file, "request")[0];
    assert_eq!(request["headers"]["authorization"], "[redacted]");
    assert_eq!(request["headers"]["cookie"], "[redacted]");
    assert_eq!(request["body"]["json"]["params"]["secret"], "[redacted]");
    assert_eq!(of_kind(&file, "end")[0]["outcome"], "complete");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains("tok") && !text.contains("a=b"), "{text}");
}

#[test]
fn a_key_in_the_query_is_recorded_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.jsonl");
    let told = [created()]
        .into_iter()
        .chain(streamed("m", &["it is opaque-query-key"]));
    let backend = Backend::new([Reply::Events(told.collect())]);
    let proxy = Server::proxy(&format!("{}/api/talk", backend.origin), &file);
    let asked = json!({"type": "threads.create", "params": {"note": "opaque-query-key"}});
    let query = "POST /chatkit?a=1&api_key=opaque-query-key";
    let answer = proxy.ask(query, &[], asked.to_string().as_bytes());
    assert!(body(&answer).contains("opaque-query-key"));
    assert_eq!(proxy.stop().0, Some(0));
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains("opaque-query-key"), "{text}");
    assert!(text.contains("it is [redacted]"), "{text}");
}

#[test]
fn a_stream_that_broke_is_marked() {
    let cases = [
        (Reply::Cut(vec![created()]), "the connection broke"),
        (
            Reply::Events(vec![created(), streamed("m", &["a"])[0].clone()]),
            "items open: m",
        ),
        (
            Reply::Events(vec!["{".to_owned()]),
            "malformed event (frame 1)",
        ),
        (Reply::Events(vec![]), "the stream is empty"),
    ];
    for (reply, reason) in cases {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("talk.jsonl");
        let backend = Backend::new([reply]);
        let proxy = Server::proxy(&backend.origin, &file);
        proxy.post(&say("hi"));
        assert_eq!(proxy.stop().0, Some(0));
        let end = &of_kind(&file, "end")[0];
        assert_eq!(end["outcome"], "broken", "{end}");
        let said = end["reason"].as_str().unwrap();
        assert!(said.contains(reason), "{said}");
    }
}

#[test]
fn a_client_that_leaves_ends_the_turn_of_the_backend() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.jsonl");
    let backend = Backend::new([Reply::Hang(vec![created()])]);
    let proxy = Server::proxy(&backend.origin, &file);
    let body = say("hi").to_string();
    let mut stream = proxy.connect();
    let length = body.len();
    write!(
        stream,
        "POST /chatkit HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut first = [0; 16];
    stream.read_exact(&mut first).unwrap();
    drop(stream);
    assert!(backend.was_left());
    assert_eq!(proxy.stop().0, Some(0));
    assert_eq!(of_kind(&file, "end")[0]["outcome"], "cancelled");
}

#[test]
fn a_backend_that_is_not_there_is_a_502_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.jsonl");
    let proxy = Server::proxy("http://127.0.0.1:1", &file);
    let answer = proxy.post(&say("hi"));
    assert!(answer.starts_with("HTTP/1.1 502"), "{answer}");
    assert!(
        answer.contains("cannot reach http://127.0.0.1:1"),
        "{answer}"
    );
    proxy.stop();
    assert_eq!(of_kind(&file, "end")[0]["outcome"], "broken");
}

#[test]
fn a_page_may_use_a_proxy_of_a_backend_that_knows_no_pages() {
    let backend = Backend::new([
        Reply::Json(405, json!({})),
        Reply::Json(200, json!({"data": []})),
    ]);
    let proxy = Server::start(&["--proxy", &backend.origin]);
    let page = "origin: http://localhost:3000";
    let asks = [
        page,
        "access-control-request-method: POST",
        "access-control-request-headers: content-type, x-own",
    ];
    let preflight = proxy.ask("OPTIONS /chatkit", &asks, b"");
    assert!(preflight.starts_with("HTTP/1.1 204"), "{preflight}");
    assert!(preflight.contains("access-control-allow-headers: content-type, x-own"));
    let answer = proxy.ask("POST /chatkit", &[page], b"{}");
    assert!(
        answer.contains("access-control-allow-origin: http://localhost:3000"),
        "{answer}"
    );
}

#[test]
fn an_upload_goes_through_the_proxy_and_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.jsonl");
    let mock = Server::start(&["--mock"]);
    let proxy = Server::proxy(&mock.url, &file);
    let upload = folder.path().join("a.png");
    std::fs::write(&upload, [0x89, b'P', b'N', b'G', 0xff, 0]).unwrap();
    let outcome = chatkit([
        "send",
        "--url",
        &proxy.endpoint(),
        "--attach",
        upload.to_str().unwrap(),
        "hi",
    ])
    .code(0);
    assert!(!outcome.stdout.is_empty());
    proxy.stop();
    let bodies = of_kind(&file, "request");
    let bytes = bodies
        .iter()
        .any(|request| request["body"].get("base64").is_some());
    assert!(bytes, "{bodies:?}");
}

#[test]
fn a_proxy_that_is_killed_leaves_what_it_has_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.jsonl");
    let partial = folder.path().join("talk.jsonl.partial");
    let backend = Backend::new([turn([done(&message("m", "hello"))])]);
    let proxy = Server::proxy(&backend.origin, &file);
    proxy.post(&say("hi"));
    for _ in 0..200 {
        let written = std::fs::read_to_string(&partial).unwrap();
        if written.contains("\"end\"") {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    proxy.kill();
    assert!(!file.exists());
    assert_eq!(of_kind(&partial, "end")[0]["outcome"], "complete");
    let again = [
        "serve",
        "--port",
        "0",
        "--proxy",
        &backend.origin,
        "--record",
        file.to_str().unwrap(),
    ];
    chatkit(again)
        .error("")
        .stderr_has("is left from a recording that was killed")
        .code(2);
}

#[test]
fn more_is_taken_out_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.jsonl");
    let backend = Backend::new([Reply::Json(
        200,
        json!({"note": "of acct-17", "tenant": "t1"}),
    )]);
    let name = file.to_str().unwrap();
    let proxy = Server::start(&[
        "--proxy",
        &backend.origin,
        "--record",
        name,
        "--redact",
        "tenant",
        "--redact",
        "acct-[0-9]+",
    ]);
    let answer = proxy.ask("GET /x?tenant=t1&limit=2", &["tenant: t1"], b"");
    assert!(
        answer.contains("acct-17"),
        "what passes is never changed: {answer}"
    );
    proxy.stop();
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains("acct-17") && !text.contains("t1"), "{text}");
    assert!(text.contains("limit=2"), "{text}");
}

#[test]
fn a_proxy_without_a_legal_pattern_is_refused() {
    chatkit(["serve", "--proxy", "http://h", "--redact", "("])
        .error("'(' is no name")
        .code(2);
}
