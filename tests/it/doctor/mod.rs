//! `chatkit doctor`: each way not to work, made by a server that does not work in just that way.

mod hosted;
mod server;
mod tls;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use serde_json::Value;

use self::server::{
    Asked, CORS, JSON, PAGE, Server, begin_stream, chunks, say, stream, turn, well,
};
use self::tls::{Authority, Certificate};
use crate::backend::created;
use crate::dsl::{Outcome, Run, chatkit};

/// A script that is not there, so that no test depends on the network.
const NO_SCRIPT: [&str; 2] = ["--script", "http://127.0.0.1:1/chatkit.js"];

const STEPS: [&str; 16] = [
    "config",
    "dns",
    "tcp",
    "tls",
    "proxy",
    "http",
    "cors",
    "content-type",
    "auth",
    "empty-request",
    "first-event",
    "buffering",
    "cdn",
    "domain-key",
    "session",
    "sunset",
];

/// A report of the doctor on a backend.
struct Report {
    document: Value,
    outcome: Outcome,
}

fn doctor<'a>(args: &[&'a str]) -> Run {
    let args: Vec<&'a str> = ["doctor", "--json"]
        .into_iter()
        .chain(args.iter().copied())
        .collect();
    chatkit(args.into_iter().chain(NO_SCRIPT))
}

#[track_caller]
fn report(run: Run, code: i32) -> Report {
    let outcome = run.code(code);
    let report = Report {
        document: outcome.json(),
        outcome,
    };
    assert_eq!(report.document["exit_code"], code);
    let findings = report.document["findings"].as_array().unwrap();
    let steps: Vec<_> = findings
        .iter()
        .map(|finding| finding["step"].as_str().unwrap())
        .collect();
    assert_eq!(steps, STEPS, "every step is reported, in order");
    report
}

impl Report {
    #[track_caller]
    fn finding(&self, step: &str) -> &Value {
        let findings = self.document["findings"].as_array().unwrap();
        findings
            .iter()
            .find(|finding| finding["step"] == step)
            .unwrap()
    }

    /// Expects a step to have gone so, with these words in its reason.
    #[track_caller]
    fn has(&self, step: &str, status: &str, words: &str) -> &Self {
        let finding = self.finding(step);
        assert_eq!(finding["status"], status, "{finding}");
        assert!(
            finding["reason"].as_str().unwrap().contains(words),
            "{finding}"
        );
        if matches!(status, "failed" | "warning") {
            assert!(
                finding["remedy"]
                    .as_str()
                    .is_some_and(|remedy| remedy.len() > 10),
                "{finding}"
            );
        }
        self
    }
}

#[track_caller]
fn examine(answer: server::Answer, args: &[&str], code: i32) -> Report {
    let server = Server::start(answer);
    report(doctor(&[&["--url", &server.url()], args].concat()), code)
}

#[test]
fn a_backend_with_which_all_is_well_is_left_as_it_was_found() {
    let server = Server::start(well);
    let report = report(
        doctor(&["--url", &server.url(), "--origin", "http://localhost:3000"]),
        0,
    );
    for step in [
        "config",
        "dns",
        "tcp",
        "proxy",
        "http",
        "cors",
        "content-type",
        "auth",
    ] {
        report.has(step, "ok", "");
    }
    report.has("tls", "skipped", "this machine");
    report.has(
        "empty-request",
        "ok",
        "refused with 400 and an error object",
    );
    report.has("first-event", "ok", "24 events");
    report.has("domain-key", "ok", "localhost is exempt");
    report.has("cdn", "warning", "connection refused");
    report.has("session", "skipped", "self-hosted");
    report.has("sunset", "ok", "lives on");
    assert_eq!(server.count("threads.create"), 1);
    assert_eq!(
        server.count(r#""type":"threads.delete","params":{"thread_id":"thr_1"}"#),
        1
    );
}

#[test]
fn the_mock_is_well_and_so_says_the_terminals_report() {
    chatkit(["doctor", "--mock"].into_iter().chain(NO_SCRIPT))
        .stdout_has("ok       config         a mock inside this process")
        .stdout_has("warning  cdn ")
        .stdout_has("→ let browsers reach 127.0.0.1")
        .stderr_has("nothing failed, with 1 warning")
        .code(0);
}

#[test]
fn without_a_backend_the_configuration_is_what_fails() {
    let report = report(doctor(&[]), 2);
    report.has("config", "failed", "no backend to talk to");
    report.has("dns", "skipped", "since config failed");
    report.has("session", "skipped", "since config failed");
    assert!(report.outcome.stderr.contains("error: config failed"));
}

#[test]
fn the_profile_in_force_is_named_and_its_secrets_are_not() {
    let server = Server::start(well);
    let text = format!(
        "[profile.dev]\nurl = '{}'\nheaders = ['Authorization: Bearer ${{TOKEN}}']\ntimeout = '20s'\n",
        server.url()
    );
    let (folder, file) = crate::dsl::file("chatkit.toml", &text);
    let run = doctor(&["--profile", "dev", "--no-turn"]);
    let report = report(run.folder(folder.path()).env("TOKEN", "hunter2"), 0);
    let file = file.canonicalize().unwrap();
    let config = report.finding("config")["reason"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        config.contains("the profile 'dev' of ") && config.contains("chatkit.toml"),
        "{config} {file:?}"
    );
    assert!(
        config.contains("header Authorization: ***; timeout 20 s"),
        "{config}"
    );
    assert!(!report.outcome.stdout.contains("hunter2"));
    assert!(server.asked()[0].head.contains("Bearer hunter2"));
}

#[test]
fn a_name_that_nobody_knows() {
    let report = report(doctor(&["--url", "http://no-such-host.invalid/chatkit"]), 5);
    report.has("dns", "failed", "no-such-host.invalid cannot be resolved");
    report.has("tcp", "skipped", "since dns failed");
}

#[test]
fn a_port_that_nobody_listens_on() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/chatkit", listener.local_addr().unwrap());
    drop(listener);
    let report = report(doctor(&["--url", &url]), 5);
    report.has("tcp", "failed", "connection refused");
    for step in [
        "http",
        "cors",
        "content-type",
        "auth",
        "empty-request",
        "first-event",
    ] {
        report.has(step, "skipped", "since tcp failed");
    }
}

#[test]
fn a_backend_that_accepts_and_says_nothing() {
    let hang = |_: &Asked, _: &mut dyn Write| std::thread::sleep(Duration::from_secs(60));
    let report = examine(hang, &["--timeout", "1s"], 5);
    report.has("tcp", "ok", "answers");
    report.has("http", "failed", "within 1 s");
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
fn each_certificate_that_is_not_good_is_told_apart() {
    let authority = Authority::new();
    let trusted = authority.file.to_str().unwrap();
    let examined = |server: &Server, code| {
        let url = format!("https://localhost:{}/chatkit", server.port);
        report(
            doctor(&["--url", &url, "--no-turn"]).env("SSL_CERT_FILE", trusted),
            code,
        )
    };
    let good = || Certificate::named("localhost").between(2020, 2090);
    let report = examined(&authority.serve(&good()), 0);
    report.has(
        "tls",
        "ok",
        "TLS 1.3, 2 certificates, trusted here, good until 1 January 2090",
    );
    report.has("http", "ok", "200");
    for (server, words) in [
        (good().serve(), "signed by itself"),
        (
            authority.serve(&good().between(2019, 2020)),
            "expired on 1 January 2020",
        ),
        (
            authority.serve(&good().between(2090, 2099)),
            "not valid before 1 January 2090, and this machine's clock",
        ),
        (
            authority.serve(&Certificate::named("other.test")),
            "is for other.test, not for localhost",
        ),
        (
            Authority::new().serve(&good()),
            "signed by nobody who is known here",
        ),
        (
            Authority::new().serve(&good().alone()),
            "its own certificate only",
        ),
    ] {
        let report = examined(&server, 5);
        report.has("tls", "failed", words);
        report.has("http", "skipped", "since tls failed");
    }
}

#[test]
fn several_faults_of_one_certificate_are_all_named() {
    let server = Certificate::named("other.test").between(2019, 2020).serve();
    let authority = Authority::new();
    let url = format!("https://localhost:{}/chatkit", server.port);
    let run = doctor(&["--url", &url]).env("SSL_CERT_FILE", authority.file.to_str().unwrap());
    let report = report(run, 5);
    report.has("tls", "failed", "expired on 1 January 2020");
    report.has("tls", "failed", "signed by itself");
    report.has("tls", "failed", "is for other.test");
}

#[test]
fn http_and_https_that_were_mixed_up() {
    let plain = Server::wrapped(well, |mut stream| {
        // Whatever comes is no request, which servers say before they close.
        let _ = stream.read(&mut [0; 1024]);
        say(&mut stream, 400, "", "");
        None
    });
    let url = format!("https://127.0.0.1:{}/chatkit", plain.port);
    report(doctor(&["--url", &url]), 5).has("tls", "failed", "does not speak TLS");
    let tls = Certificate::named("localhost").serve();
    report(doctor(&["--url", &tls.url()]), 5).has("http", "failed", "");
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
    self::report(
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
fn a_stream_that_is_held_back() {
    fn held(asked: &Asked, out: &mut dyn Write) {
        if !asked.body.contains("threads.create") {
            return well(asked, out);
        }
        begin_stream(out);
        std::thread::sleep(Duration::from_secs(1));
        let all = chunks(&turn()) + "0\r\n\r\n";
        let _ = out.write_all(all.as_bytes());
    }
    fn counted(asked: &Asked, out: &mut dyn Write) {
        if !asked.body.contains("threads.create") {
            return well(asked, out);
        }
        let frames: Vec<_> = turn()
            .iter()
            .map(|frame| format!("data: {frame}\n\n"))
            .collect();
        say(
            out,
            200,
            "content-type: text/event-stream\r\nserver: nginx\r\n",
            &frames.concat(),
        );
    }
    examine(held, &[], 0).has("buffering", "warning", "all 24 events came together");
    let report = examine(counted, &[], 0);
    report.has("buffering", "warning", "content-length: ");
    let remedy = report.finding("buffering")["remedy"].as_str().unwrap();
    assert!(remedy.contains("server: nginx"), "{remedy}");
}

#[test]
fn each_way_in_which_a_turn_fails_has_its_exit_code() {
    fn with(asked: &Asked, out: &mut dyn Write, turn: fn(&mut dyn Write)) {
        if asked.body.contains("threads.create") {
            return turn(out);
        }
        well(asked, out);
    }
    let document =
        |asked: &Asked, out: &mut dyn Write| with(asked, out, |out| say(out, 200, JSON, PAGE));
    examine(document, &[], 6).has(
        "first-event",
        "failed",
        "expected text/event-stream, got application/json",
    );
    let cut = |asked: &Asked, out: &mut dyn Write| {
        with(asked, out, |out| {
            begin_stream(out);
            let _ = out.write_all(chunks(&turn()[..9]).as_bytes());
        });
    };
    examine(cut, &[], 6).has("first-event", "failed", "cut short after 9 events");
    let failed = |asked: &Asked, out: &mut dyn Write| {
        with(asked, out, |out| {
            let error =
                r#"{"type":"error","code":"custom","message":"no model","allow_retry":false}"#;
            stream(out, &[created(), error.to_owned()]);
        });
    };
    examine(failed, &[], 1).has("first-event", "failed", "no model");
    let silent = |asked: &Asked, out: &mut dyn Write| {
        with(asked, out, |out| {
            begin_stream(out);
            std::thread::sleep(Duration::from_secs(60));
        });
    };
    examine(silent, &["--timeout", "1s"], 5).has("first-event", "failed", "within 1 s");
}

#[test]
fn a_thread_that_cannot_be_deleted_is_named() {
    fn keeps(asked: &Asked, out: &mut dyn Write) {
        if asked.body.contains("threads.delete") {
            return say(out, 500, "", "");
        }
        well(asked, out);
    }
    examine(keeps, &[], 0).has(
        "first-event",
        "warning",
        "its thread thr_1 could not be deleted",
    );
}

#[test]
fn no_turn_asks_no_model() {
    let server = Server::start(well);
    let report = report(doctor(&["--url", &server.url(), "--no-turn"]), 0);
    report.has("first-event", "skipped", "--no-turn");
    assert_eq!(server.count("threads.create"), 0);
    let said = ["--url", &server.url(), "--message", "say hi"];
    self::report(doctor(&said), 0);
    assert_eq!(server.count("say hi"), 1);
}

#[test]
fn a_proxy_is_gone_through_where_it_applies() {
    let proxy = Server::start(well);
    let address = format!("http://me:hunter2@127.0.0.1:{}", proxy.port);
    let url = ["--url", "http://backend.example.com/chatkit"];
    let report = report(doctor(&url).env("HTTP_PROXY", &address), 0);
    report.has("proxy", "ok", "HTTP_PROXY=http://***@127.0.0.1:");
    report.has(
        "proxy",
        "ok",
        "backend.example.com is asked for through http://127.0.0.1:",
    );
    report.has("tls", "warning", "readable by anyone");
    assert!(!report.outcome.stdout.contains("hunter2"));
    assert!(
        proxy.asked()[0]
            .head
            .starts_with("POST http://backend.example.com/chatkit ")
    );
    let local = Server::start(well);
    let run = doctor(&["--url", &local.url()]).env("HTTP_PROXY", &address);
    self::report(run, 0).has("proxy", "ok", "none applies to 127.0.0.1");
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
