//! `chatkit doctor`: each way not to work, made by a server that does not work in just that way.

mod hosted;
mod requests;
pub mod server;
pub mod tls;
mod turn;
mod way;

use serde_json::Value;

use self::server::{Server, well};
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
