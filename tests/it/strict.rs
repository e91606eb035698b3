//! `serve --strict`: for a scenario, for a recording, and for both at once.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::backend::{Backend, streamed, turn};
use crate::dsl::chatkit;
use crate::proxy::{Server, say};

const RULES: &str = "\
- when: {text: {contains: invoice}, locale: de}
  then: Die Rechnung
- name: refund
  when: {text: {regex: 'refund (?<id>\\d+)'}, turn: 2, header: {x-plan: gold}}
  then: The refund
- when: {operation: input.transcribe}
  then: [{answer: {text: heard}}]
";

/// A folder with the rules, and with a recording of one turn in which `hi` was said.
fn given() -> (TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (rules, tape) = (
        folder.path().join("rules.yaml"),
        folder.path().join("talk.jsonl"),
    );
    std::fs::write(&rules, RULES).unwrap();
    let backend = Backend::new([turn(streamed("m1", &["recorded"]))]);
    let proxy = Server::proxy(&backend.origin, &tape);
    proxy.post(&say("hi"));
    assert_eq!(proxy.stop().0, Some(0));
    (folder, rules, tape)
}

fn serve(args: &[&str], paths: [(&str, &Path); 2]) -> Server {
    let paths = paths.iter().filter(|(flag, _)| !flag.is_empty());
    let paths = paths.flat_map(|(flag, path)| [*flag, path.to_str().unwrap()]);
    let args: Vec<&str> = ["--mock", "--strict"]
        .into_iter()
        .chain(args.iter().copied())
        .collect();
    Server::start(&args.into_iter().chain(paths).collect::<Vec<_>>())
}

/// The error object of an answer.
#[track_caller]
fn error(answer: &str, status: u16) -> Value {
    assert!(
        answer.starts_with(&format!("HTTP/1.1 {status}")),
        "{answer}"
    );
    let body = answer.split("\r\n\r\n").nth(1).unwrap();
    serde_json::from_str::<Value>(body).unwrap()["error"].clone()
}

#[test]
fn what_no_rule_matches_is_refused_with_the_nearest_and_why_each_condition_failed() {
    let (_folder, rules, _) = given();
    let none = Path::new("");
    let server = serve(&[], [("--scenario", &rules), ("", none)]);
    let refused = error(&server.post(&say("refund 7")), 422);
    assert_eq!(refused["code"], "no_rule_matches");
    let message = refused["message"].as_str().unwrap();
    for part in ["`refund`", "rules.yaml:3", "turn", "x-plan"] {
        assert!(message.contains(part), "{part} in {message}");
    }
    let refused = error(&server.post(&say("my invoice, please")), 422);
    let message = refused["message"].as_str().unwrap();
    assert!(
        message.contains("rules.yaml:1") && message.contains("locale"),
        "{message}"
    );
    // What the store answers by itself is no rule's, and a refused message has left nothing there.
    let list = server.post(&json!({"type": "threads.list", "params": {}}));
    assert!(list.contains(r#""data":[]"#), "{list}");
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn what_was_never_asked_for_of_a_recording_fails_at_the_end() {
    let (_folder, _, tape) = given();
    let none = Path::new("");
    let server = serve(&[], [("--replay", &tape), ("", none)]);
    let (code, said) = server.stop();
    assert_eq!(code, Some(3), "{said}");
    assert!(
        said.contains("never asked for: exchange 1: threads.create 'hi'"),
        "{said}"
    );
}

#[test]
fn a_recording_and_a_scenario_are_strict_together() {
    let (_folder, rules, tape) = given();
    let both = || {
        serve(
            &["--on-miss", "showcase"],
            [("--replay", &tape), ("--scenario", &rules)],
        )
    };
    let server = both();
    let transcribe = json!({"type": "input.transcribe",
        "params": {"audio_base64": "AAAA", "mime_type": "audio/mp4"}});
    assert!(server.post(&transcribe).contains("heard"));
    let refused = error(&server.post(&say("else")), 422);
    assert_eq!(refused["code"], "no_rule_matches");
    assert_eq!(server.stop().0, Some(3), "the recording was never asked");

    let server = both();
    assert!(server.post(&say("hi")).contains("recorded"));
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn without_a_scenario_nothing_is_matched_until_one_is_put() {
    let server = Server::start(&["--mock", "--strict", "--pace", "0"]);
    let refused = error(&server.post(&say("hi")), 422);
    assert_eq!(refused["code"], "no_rule_matches");
    let message = refused["message"].as_str().unwrap();
    assert!(message.contains("there is no scenario"), "{message}");
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn a_flag_that_would_do_nothing_is_refused() {
    let proxy = ["serve", "--proxy", "http://127.0.0.1:9", "--port", "0"];
    for (flags, named) in [
        (&["--fault", "status=503"][..], "--fault"),
        (&["--token", "t0ken"], "--token"),
        (&["--strict", "--pace", "0"], "--pace and --strict"),
        (&["--scenario", "none.yaml"], "--scenario"),
        (&["--store", "memory"], "--store"),
        (&["--seed", "1"], "--seed"),
        (&["--redact", "name"], "--redact"),
    ] {
        let args: Vec<&str> = proxy.iter().chain(flags).copied().collect();
        let _ = chatkit(args).stderr_has(named).code(2);
    }
    let (_folder, rules, tape) = given();
    let (rules, tape) = (rules.to_str().unwrap(), tape.to_str().unwrap());
    let replay = ["serve", "--mock", "--replay", tape, "--scenario", rules];
    let _ = chatkit(replay).stderr_has("--on-miss showcase").code(2);
    let redact = ["serve", "--mock", "--port", "0", "--redact", "name"];
    let _ = chatkit(redact).stderr_has("none is written").code(2);
}
