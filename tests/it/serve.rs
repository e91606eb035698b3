//! `chatkit serve --mock` from outside: its first line, its manners on the wire, and its end.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::dsl::chatkit;

mod bodies;
#[cfg(unix)]
mod signals;

/// A server that ends with the test.
struct Server {
    child: Child,
    _stdout: BufReader<ChildStdout>,
    address: String,
}

impl Server {
    fn start(args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chatkit"));
        command.env_clear();
        Self::run(command, args)
    }

    /// With its temporary files in this folder.
    fn start_in(args: &[&str], folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chatkit"));
        command.env_clear().env("TMPDIR", folder);
        Self::run(command, args)
    }

    fn run(mut command: Command, args: &[&str]) -> Self {
        let mut child = command
            .args(["serve", "--mock", "--port", "0", "--json"])
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["event"], "listening");
        let address = line["url"]
            .as_str()
            .unwrap()
            .strip_prefix("http://")
            .unwrap()
            .to_owned();
        Self {
            child,
            _stdout: stdout,
            address,
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream
    }

    /// Sends a request with these lines for headers, and returns all that comes back.
    fn ask(&self, request: &str, headers: &[&str], body: &str) -> String {
        let mut stream = self.connect();
        write(&mut stream, request, headers, body);
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn post(&self, headers: &[&str], body: &str) -> String {
        self.ask("POST /chatkit", headers, body)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn write(stream: &mut TcpStream, request: &str, headers: &[&str], body: &str) {
    let mut head = format!("{request} HTTP/1.1\r\nconnection: close\r\n");
    if !headers.iter().any(|header| header.starts_with("host:")) {
        head.push_str("host: localhost\r\n");
    }
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    // A refusal may come before all of a large body went out.
    let _ = write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len());
}

fn say(text: &str) -> String {
    format!(
        r#"{{"type":"threads.create","params":{{"input":{{"content":[{{"type":"input_text","text":"{text}"}}],"attachments":[],"inference_options":{{}}}}}}}}"#
    )
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or(answer)
}

fn error(answer: &str) -> Value {
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    serde_json::from_str::<Value>(body).unwrap()["error"].clone()
}

#[test]
fn serve_without_anything_to_serve_names_the_mock() {
    chatkit(["serve"])
        .hint("start a mock with 'chatkit serve --mock'")
        .code(2);
}

#[test]
fn a_port_that_is_taken_is_said_so() {
    let server = Server::start(&[]);
    let port = server.address.rsplit_once(':').unwrap().1;
    chatkit(["serve", "--mock", "--port", port])
        .stderr_has("is taken")
        .code(2);
}

#[test]
fn what_the_reference_server_answers_with_500_is_refused_with_a_reason() {
    let server = Server::start(&[]);
    for (body, code, param) in [
        ("", "empty_body", Value::Null),
        ("{}", "missing_required_parameter", "type".into()),
        ("{", "invalid_json", Value::Null),
        (r#"["threads.list",{},{}]"#, "invalid_type", Value::Null),
        (
            r#"{"type":"threads.fly","params":{}}"#,
            "unknown_type",
            "type".into(),
        ),
        (
            r#"{"type":"threads.get_by_id"}"#,
            "missing_required_parameter",
            "params".into(),
        ),
        (
            r#"{"type":"threads.get_by_id","params":{}}"#,
            "missing_required_parameter",
            "params.thread_id".into(),
        ),
    ] {
        let answer = server.post(&[], body);
        assert_eq!(status(&answer), "400", "{body}");
        let error = error(&answer);
        assert_eq!(
            (&error["code"], &error["param"]),
            (&Value::from(code), &param),
            "{body}"
        );
        assert_eq!(error["type"], "invalid_request_error");
        assert!(answer.contains("x-request-id: req_"), "{answer}");
    }
}

#[test]
fn a_host_that_is_not_its_own_is_refused_unless_it_is_allowed() {
    let server = Server::start(&["--allow-host", "mock.test"]);
    let host = |name: &str| {
        let header = format!("host: {name}");
        status(&server.ask("GET /healthz", &[&header], "")).to_owned()
    };
    assert_eq!(host("localhost:1234"), "200");
    assert_eq!(host("127.0.0.1"), "200");
    assert_eq!(host("mock.test"), "200");
    assert_eq!(host("evil.example"), "403");
    assert_eq!(host("192.168.7.7"), "403");
    assert_eq!(host("127.0.0.1:9711@evil.example"), "400");
    assert_eq!(host("127.0.0.1:9711,evil.example"), "400");
    let twice = ["host: localhost", "host: evil.example"];
    for request in ["GET /healthz", "POST /chatkit", "GET /__mock/requests"] {
        let answer = server.ask(request, &twice, "");
        assert_eq!(status(&answer), "400", "{request}");
        assert_eq!(error(&answer)["code"], "invalid_host", "{request}");
    }
}

#[test]
fn what_is_no_structure_is_refused_in_words_of_json() {
    let server = Server::start(&[]);
    for (request, body, param) in [
        ("POST /__mock/verify", "[]", Value::Null),
        ("POST /__mock/verify", "[null,1,null]", Value::Null),
        ("POST /__mock/verify", r#"{"request":[]}"#, "request".into()),
        (
            "POST /__mock/verify",
            r#"{"request":{},"times":-1}"#,
            "times".into(),
        ),
        (
            "POST /__mock/verify",
            r#"{"request":{},"times":[1]}"#,
            "times".into(),
        ),
        ("POST /__mock/clock", "[5]", Value::Null),
        ("PUT /__mock/state", "[5]", Value::Null),
        ("PUT /__mock/faults", "[[]]", Value::Null),
        ("POST /__mock/reset", "[]", Value::Null),
        ("POST /__mock/threads", "[]", "threads".into()),
        (
            "POST /__mock/threads",
            r#"{"threads":[["t"]]}"#,
            "threads[0]".into(),
        ),
        ("POST /api/chat", r#"["hi"]"#, Value::Null),
        ("POST /api/session", "[]", Value::Null),
        (
            "POST /chatkit",
            r#"{"type":"threads.list","params":{"order":null}}"#,
            "params.order".into(),
        ),
        (
            "POST /chatkit",
            r#"{"type":"threads.list","params":{"limit":-1}}"#,
            "params.limit".into(),
        ),
    ] {
        let answer = server.ask(request, &[], body);
        assert_eq!(status(&answer), "400", "{request} {body}");
        let error = error(&answer);
        assert_eq!(error["param"], param, "{request} {body}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("expected a"), "{message}");
        for word in ["struct", "enum", "u64", "usize", "f64"] {
            assert!(!message.contains(word), "{message}");
        }
    }
}

#[test]
fn secrets_in_an_address_are_not_shown_to_who_watches() {
    let server = Server::start(&[]);
    server.ask("GET /chatkit?token=hush-hush&a=1&api_key=hush", &[], "");
    let seen = server.ask("GET /__mock/requests", &[], "");
    assert!(!seen.contains("hush"), "{seen}");
    assert!(seen.contains("token=[redacted]&a=1"), "{seen}");
}

#[test]
fn a_preflight_is_allowed_whatever_headers_the_page_adds() {
    let server = Server::start(&[]);
    let wanted =
        "content-type,accept-language,chatkit-frame-instance-id,chatkit-device-id,x-my-own";
    for path in [
        "/chatkit",
        "/v1/chatkit/conversation",
        "/files",
        "/v1/chatkit/files",
    ] {
        let answer = server.ask(
            &format!("OPTIONS {path}"),
            &[
                "origin: http://localhost:3000",
                "access-control-request-method: POST",
                &format!("access-control-request-headers: {wanted}"),
            ],
            "",
        );
        assert_eq!(status(&answer), "200", "{path}");
        assert!(
            answer.contains("access-control-allow-origin: http://localhost:3000"),
            "{answer}"
        );
        assert!(
            answer.contains(&format!("access-control-allow-headers: {wanted}")),
            "{answer}"
        );
        assert!(
            answer.contains("access-control-allow-methods: POST"),
            "{answer}"
        );
    }
    let answer = server.post(&["origin: http://localhost:3000"], "{}");
    assert!(
        answer.contains("access-control-allow-origin: http://localhost:3000"),
        "{answer}"
    );
}

#[test]
fn a_token_is_asked_for_where_one_is_set() {
    let server = Server::start(&["--token", "t0ken"]);
    assert_eq!(status(&server.post(&[], "{}")), "401");
    assert_eq!(
        status(&server.post(&["authorization: Bearer wrong"], "{}")),
        "401"
    );
    assert_eq!(
        status(&server.post(&["authorization: Bearer t0ken"], "{}")),
        "400"
    );
}

#[test]
fn a_seed_makes_an_answer_repeat_byte_for_byte() {
    let answer = || {
        let server = Server::start(&["--seed", "7", "--pace", "0"]);
        let answer = server.post(&[], &say("show text 5"));
        answer
            .lines()
            .filter(|line| line.starts_with("data:"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let first = answer();
    assert!(first.contains("thread.created"), "{first}");
    assert_eq!(first, answer());
}
