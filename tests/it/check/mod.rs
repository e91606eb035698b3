//! `chatkit check` from outside: what it asks, what it says, and how it ends.

mod barred;
mod buffering;
mod cleanup;
mod flaws;
mod hostile;
mod recording;
mod reports;
mod smoke;
mod whole;

use crate::backend::{Backend, Reply, created, streamed};
use crate::dsl::{Run, chatkit, file};
use serde_json::{Value, json};

/// A check of a mock of its own.
fn check(args: &[&str]) -> Run {
    chatkit(["check", "--mock"].iter().chain(args).copied())
}

/// The outcome of each rule of a JSON report.
fn outcomes(report: &Value) -> Vec<(String, String)> {
    let rules = report["rules"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    rules
        .iter()
        .map(|rule| (text(&rule["id"]), text(&rule["outcome"])))
        .collect()
}

#[test]
fn the_mock_breaks_no_rule() {
    let report = check(&["--json", "--remember"]).code(0).json();
    let broken: Vec<_> = outcomes(&report)
        .into_iter()
        .filter(|(_, outcome)| outcome != "passed" && outcome != "skipped")
        .collect();
    assert_eq!(broken, []);
    assert_eq!(report["ok"], true);
    let skipped: Vec<_> = outcomes(&report)
        .into_iter()
        .filter(|(_, outcome)| outcome == "skipped")
        .map(|(id, _)| id)
        .collect();
    assert_eq!(
        skipped,
        [
            "security/asks-for-credentials",
            "security/other-users",
            "session/created",
            "session/secret-works",
            "session/cancelled",
            "session/secret-refused",
        ]
    );
}

#[test]
fn what_failed_comes_first_with_its_frame_and_what_was_expected() {
    let mut frames = vec![created()];
    frames.extend(streamed("a1", &["Hel", "lo"]).into_iter().skip(1));
    let backend = Backend::new([Reply::Events(frames)]);
    let outcome = chatkit([
        "check",
        "--only",
        "stream/update-before-add",
        "--url",
        &backend.url(),
    ])
    .error("1 check failed")
    .code(3);
    let lines: Vec<_> = outcome.stdout.lines().collect();
    assert_eq!(
        lines[0],
        "FAIL stream/update-before-add (must): an item is added before it is updated"
    );
    assert_eq!(
        lines[1],
        "  request 1, threads.create, frame 2: item a1 was updated but never added"
    );
    assert_eq!(
        lines[2],
        "  expected: thread.item.added of this item before this frame"
    );
    assert!(
        lines[3].starts_with("  received: {\"content_index\"")
            || lines[3].starts_with("  received: {\"type\"")
            || lines[3].contains("\"item_id\":\"a1\""),
        "{}",
        lines[3]
    );
    assert!(
        outcome
            .stdout
            .contains("  source: openai-chatkit 1.6.5, server.py, _process_events")
    );
    assert!(
        outcome
            .stdout
            .contains("  fix: send thread.item.added before")
    );
}

#[test]
fn rules_are_listed_and_explained() {
    let listed = chatkit(["check", "--list"]).code(0);
    assert!(
        listed
            .stdout
            .contains("stream: the order and the meaning of events\n")
    );
    assert!(listed.stdout.contains("  must   stream/left-open "));
    let json = chatkit(["check", "--list", "--only", "speed", "--json"])
        .code(0)
        .json();
    assert_eq!(json.as_array().unwrap().len(), 4);
    chatkit(["check", "--explain", "transport/not-buffered"])
        .stdout_has("transport/not-buffered (should)\n")
        .stdout_has("proxy_buffering off")
        .code(0);
}

#[test]
fn a_name_that_is_no_rule_is_wrong_usage() {
    chatkit(["check", "--mock", "--only", "straem"])
        .error("'straem' is neither a rule nor a group")
        .hint("see them all with 'chatkit check --list'")
        .code(2);
    chatkit(["check", "--explain", "x/y"])
        .error("'x/y' is no rule")
        .code(2);
    chatkit(["check", "--mock", "--report", "pdf=x"])
        .stderr_has("expected junit=FILE")
        .code(2);
    chatkit(["check"]).error("no backend to talk to").code(2);
}

#[test]
fn nothing_checked_is_a_failure() {
    check(&["--only", "session"])
        .error("nothing was checked")
        .code(3);
}

#[test]
fn that_nothing_was_checked_fails_in_every_format() {
    for (format, words) in [
        ("junit", "<failure message=\"nothing was checked\""),
        ("tap", "\nnot ok 5 - nothing was checked\n"),
        (
            "github",
            "::error title=chatkit check::nothing was checked%0Afix: ",
        ),
    ] {
        let report = format!("{format}=-");
        let run = check(&["--only", "session", "--report", &report]);
        run.stdout_has(words).code(3);
    }
}

#[test]
fn what_is_required_may_not_be_skipped() {
    check(&["--only", "security", "--require", "security/other-users"])
        .stdout_has("FAIL security/other-users (missing)")
        .error("1 check failed")
        .code(3);
}

#[test]
fn a_lesser_rule_fails_the_run_when_it_is_asked_to() {
    let backend = Backend::new([Reply::Json(200, json!({}))]);
    let url = backend.url();
    let lesser = |more: &[&str]| {
        let frames = [created(), json!({"type": "unheard.of"}).to_string()];
        let backend = Backend::new([Reply::Events(frames.to_vec())]);
        let url = backend.url();
        let args = ["check", "--only", "stream/known-events", "--url", &url];
        chatkit(args.iter().chain(more).copied()).stdout_has("stream/known-events (should)")
    };
    lesser(&[]).code(0);
    lesser(&["--fail-on", "should"]).code(3);
    chatkit(["check", "--only", "stream", "--url", &url]).code(3);
}

#[test]
fn a_known_failure_does_not_fail_the_run_until_it_no_longer_fails() {
    let (_folder, path) = file("known.txt", "speed/first-event # slow machine\n");
    let path = path.to_str().unwrap();
    let args = ["--only", "speed", "--baseline", path];
    check(&[&args[..], &["--max-ttfb", "0.000001"]].concat())
        .stdout_has("note speed/first-event (known)")
        .code(0);
    check(&args)
        .stdout_has("FAIL speed/first-event (stale)")
        .stdout_has("the baseline says that it fails; take it out")
        .code(3);
}

#[test]
fn a_baseline_is_written_and_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("known.txt");
    let path = path.to_str().unwrap();
    let slow = ["--only", "speed", "--max-ttfb", "0.000001"];
    check(&[&slow[..], &["--write-baseline", path]].concat()).code(3);
    assert!(
        std::fs::read_to_string(path)
            .unwrap()
            .ends_with("\nspeed/first-event\n")
    );
    check(&[&slow[..], &["--baseline", path]].concat()).code(0);
    let (_folder, bad) = file("bad.txt", "\nspeed/fast\n");
    check(&["--baseline", bad.to_str().unwrap()])
        .error("")
        .stderr_has(":2: 'speed/fast' is no rule")
        .code(2);
}

#[test]
fn a_recording_is_checked_without_a_backend() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("talk.jsonl");
    let path = path.to_str().unwrap();
    chatkit(["send", "--mock", "show text 5", "--record", path]).code(0);
    let report = chatkit(["check", "--recording", path, "--json"])
        .code(0)
        .json();
    let outcomes = outcomes(&report);
    let of = |id: &str| &outcomes.iter().find(|(known, _)| known == id).unwrap().1;
    assert_eq!(of("stream/deltas-add-up"), "passed");
    assert_eq!(of("transport/data-only"), "skipped");
    assert_eq!(of("persistence/thread-items"), "skipped");

    let text = std::fs::read_to_string(path).unwrap();
    let broken: Vec<_> = text
        .lines()
        .filter(|line| !line.contains("thread.item.added"))
        .collect();
    std::fs::write(path, broken.join("\n")).unwrap();
    chatkit(["check", "--recording", path])
        .stdout_has("FAIL stream/update-before-add (must)")
        .code(3);
}

#[test]
fn a_server_that_asks_for_credentials_is_told_apart() {
    let refusal = json!({"error": {"message": "who are you?"}});
    let backend = Backend::new([Reply::Json(401, refusal)]);
    chatkit(["check", "--url", &backend.url()])
        .error("the backend answered 401 Unauthorized: who are you?")
        .code(4);
    assert_eq!(backend.asked().len(), 1);
    // As FastAPI's own guards say it.
    let refusal = || Reply::Json(403, json!({"detail": "Not authenticated"}));
    let backend = Backend::new([refusal(), refusal()]);
    for args in [&["check"][..], &["check", "--smoke"]] {
        chatkit(args.iter().chain(&["--url", &backend.url()]).copied())
            .error("the backend answered 403 Forbidden: Not authenticated")
            .hint("pass what authorises you")
            .code(4);
    }
}

#[test]
fn what_a_backend_sends_never_reaches_a_terminal_raw() {
    let evil = json!({"type": "error", "code": "custom", "message": "\u{1b}[2J\u{202e}gone", "allow_retry": false});
    for format in ["tap", "json", "html", "github", "junit"] {
        let backend = Backend::new([Reply::Events(vec![created(), evil.to_string()])]);
        let wanted = format!("{format}=-");
        let outcome = chatkit([
            "check",
            "--only",
            "stream/no-errors",
            "--report",
            &wanted,
            "--url",
            &backend.url(),
        ])
        .code(3);
        for text in [&outcome.stdout, &outcome.stderr] {
            assert!(
                !text.contains('\u{1b}') && !text.contains('\u{202e}'),
                "{format}: {text}"
            );
        }
        assert!(outcome.stdout.contains("gone"), "{format}");
    }
}

#[test]
fn a_dead_backend_fails_the_run_whatever_is_asked() {
    let backend = Backend::new([Reply::Json(500, json!({"error": {"message": "no"}}))]);
    let url = backend.url();
    for group in ["speed", "transport", "security"] {
        let run = chatkit(["check", "--url", &url, "--only", group]);
        run.stdout_has("the first turn failed").code(3);
    }
    let (_folder, path) = file("known.txt", "requests/threads.create\n");
    let path = path.to_str().unwrap();
    chatkit(["check", "--url", &url, "--baseline", path])
        .error("the first turn failed (request 1, status 500)")
        .code(3);
}

#[test]
fn junit_has_no_character_that_xml_forbids() {
    let evil = json!({"type": "error", "code": "custom", "message": "a\u{fffe}b\u{ffff}c", "allow_retry": false});
    let backend = Backend::new([Reply::Events(vec![created(), evil.to_string()])]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("check.xml");
    let report = format!("junit={}", path.display());
    let url = backend.url();
    let args = ["check", "--only", "stream/no-errors", "--url", &url];
    chatkit(args.into_iter().chain(["--report", &report])).code(3);
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains("a\u{fffd}b\u{fffd}c"), "{text}");
    assert!(!text.contains(['\u{fffe}', '\u{ffff}']));
}

#[test]
fn an_origin_is_sent_as_a_browser_writes_it_or_refused() {
    let server = crate::doctor::server::Server::start(crate::doctor::server::well);
    let url = server.url();
    for (given, sent) in [
        ("https://App.test:443/", "origin: https://app.test\r\n"),
        ("null", "origin: null\r\n"),
    ] {
        let rule = "transport/cors-answer";
        chatkit(["check", "--url", &url, "--only", rule, "--origin", given]).code(0);
        let asked = server.asked();
        let mut origins = asked.iter().filter(|it| it.head.contains("origin: "));
        assert!(origins.next_back().unwrap().head.contains(sent), "{given}");
    }
    for wrong in ["my page", "app.test", "https://app.test/page"] {
        chatkit(["check", "--url", &url, "--origin", wrong])
            .stderr_has("for example https://app.example.com")
            .code(2);
    }
}
