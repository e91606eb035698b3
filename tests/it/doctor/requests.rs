//! Requests that read: what they are answered with, to whom, and by what.

use std::io::Write;
use std::time::Duration;

use super::server::{Asked, CORS, JSON, Server, say, well};
use super::{NO_SCRIPT, doctor, examine, report};
use crate::dsl::chatkit;

#[test]
fn a_backend_that_accepts_and_says_nothing() {
    let hang = |_: &Asked, _: &mut dyn Write| std::thread::sleep(Duration::from_secs(60));
    let report = examine(hang, &["--timeout", "4s"], 5);
    report.has("tcp", "ok", "answers");
    report.has("http", "failed", "within 4 s");
    report.has("first-event", "skipped", "since http failed");
}

#[test]
fn a_backend_that_says_something_else_than_http() {
    let garbage = |_: &Asked, out: &mut dyn Write| {
        let _ = out.write_all(&[0x7f; 4096]);
    };
    examine(garbage, &[], 5).has("http", "failed", "not HTTP");
}

#[test]
fn what_no_endpoint_answers_with() {
    let page =
        |_: &Asked, out: &mut dyn Write| say(out, 200, "content-type: text/html\r\n", "<p>hi");
    let report = examine(page, &[], 6);
    report.has("content-type", "failed", "a web page");
    report.has("first-event", "skipped", "since content-type failed");
    let other = |_: &Asked, out: &mut dyn Write| say(out, 200, JSON, "{\"hello\":1}");
    examine(other, &[], 6).has("content-type", "failed", "no page of threads");
    let missing = |_: &Asked, out: &mut dyn Write| say(out, 404, "", "Not Found");
    let report = examine(missing, &[], 1);
    report.has("http", "failed", "404: nothing takes a POST there");
    let moved = |_: &Asked, out: &mut dyn Write| say(out, 307, "location: /chatkit/\r\n", "");
    examine(moved, &[], 1).has("http", "failed", "redirects to /chatkit/");
    let gateway = |_: &Asked, out: &mut dyn Write| say(out, 502, "", "Bad Gateway");
    examine(gateway, &[], 1).has("http", "failed", "the backend behind it does not");
}

#[test]
fn a_backend_that_wants_to_know_who_asks() {
    fn locked(asked: &Asked, out: &mut dyn Write) {
        if asked.head.contains("Bearer good") {
            return well(asked, out);
        }
        say(out, 401, JSON, r#"{"error":{"message":"who are you?"}}"#);
    }
    let report = examine(locked, &[], 4);
    report.has("http", "ok", "401");
    report.has(
        "auth",
        "failed",
        "401: it wants to know who asks: who are you?",
    );
    report.has("empty-request", "ok", "401");
    report.has("first-event", "skipped", "since auth failed");
    let wrong = ["--header", "Authorization: Bearer wrong"];
    examine(locked, &wrong, 4).has("auth", "failed", "does not take what the headers show");
    let good = ["--header", "Authorization: Bearer good"];
    examine(locked, &good, 0).has("auth", "ok", "nobody without credentials");
}

#[test]
fn a_backend_that_no_page_may_ask() {
    fn closed(asked: &Asked, out: &mut dyn Write) {
        if asked.head.starts_with("OPTIONS") {
            return say(out, 405, "", "");
        }
        well(asked, out);
    }
    let origin = ["--origin", "https://app.example.com"];
    let report = examine(closed, &origin, 3);
    report.has(
        "cors",
        "failed",
        "the preflight (OPTIONS) is answered by 405",
    );
    report.has("first-event", "ok", "");
    let server = Server::start(well);
    super::report(
        doctor(&[&["--url", &server.url()], &origin[..]].concat()),
        0,
    )
    .has("cors", "ok", "a page of https://app.example.com may ask")
    .has(
        "domain-key",
        "warning",
        "the allowlist must name app.example.com",
    );
    let asked = server.asked();
    let preflight = asked
        .iter()
        .find(|asked| asked.head.starts_with("OPTIONS"))
        .unwrap();
    let head = preflight.head.to_ascii_lowercase();
    assert!(
        head.contains("origin: https://app.example.com\r\n"),
        "{head}"
    );
    assert!(head.contains("access-control-request-headers: chatkit-device-id,chatkit-frame-instance-id,content-type"), "{head}");
}

#[test]
fn an_empty_request_that_breaks_the_backend_is_a_warning() {
    fn fragile(asked: &Asked, out: &mut dyn Write) {
        if asked.body == "{}" {
            return say(out, 500, "", "Internal Server Error");
        }
        well(asked, out);
    }
    examine(fragile, &[], 0).has("empty-request", "warning", "500, as the reference server");
}

#[test]
fn what_a_backend_echoes_of_a_secret_is_not_repeated() {
    fn echo(asked: &Asked, out: &mut dyn Write) {
        let token = asked
            .head
            .split("Bearer ")
            .nth(1)
            .and_then(|rest| rest.split('\r').next());
        let body = format!(
            r#"{{"error":{{"message":"bad token {}"}}}}"#,
            token.unwrap_or_default()
        );
        say(out, 401, JSON, &body);
    }
    let server = Server::start(echo);
    let args = [
        "doctor",
        "-vv",
        "--url",
        &server.url(),
        "--header",
        "Authorization: Bearer hunter2-hush",
    ];
    let outcome = chatkit(args.into_iter().chain(NO_SCRIPT))
        .stdout_has("bad token ***")
        .code(4);
    assert!(!outcome.stdout.contains("hunter2") && !outcome.stderr.contains("hunter2"));
}

#[test]
fn the_script_is_looked_for_where_the_page_loads_it_from() {
    fn script(_: &Asked, out: &mut dyn Write) {
        say(out, 200, "content-type: text/javascript\r\n", "x");
    }
    let (backend, cdn) = (Server::start(well), Server::start(script));
    let url = format!("http://127.0.0.1:{}/chatkit.js", cdn.port);
    let args = [
        "doctor",
        "--json",
        "--url",
        &backend.url(),
        "--no-turn",
        "--script",
        &url,
    ];
    report(chatkit(args), 0).has("cdn", "ok", "is there");
    let args = [
        "doctor",
        "--json",
        "--url",
        &backend.url(),
        "--no-turn",
        "--script",
        &backend.url(),
    ];
    report(chatkit(args), 0).has("cdn", "warning", "which is no script");
}

#[test]
fn an_origin_is_a_scheme_and_a_host() {
    for bad in [
        "app.example.com",
        "https://app.example.com/page",
        "file:///x",
    ] {
        chatkit(["doctor", "--mock", "--origin", bad])
            .stderr_has("--origin")
            .code(2);
    }
    assert!(CORS.contains('*'));
}

#[test]
fn a_body_that_drips_or_never_ends_is_left() {
    fn drips(_: &Asked, out: &mut dyn Write) {
        let _ = out.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n");
        while out.write_all(b" ").and_then(|()| out.flush()).is_ok() {
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    fn floods(_: &Asked, out: &mut dyn Write) {
        let _ = out.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n");
        while out.write_all(&[b'x'; 1 << 14]).is_ok() {}
    }
    examine(drips, &["--timeout", "2s"], 5).has("http", "failed", "within 2 s");
    examine(floods, &[], 6).has("content-type", "failed", "not JSON");
}
