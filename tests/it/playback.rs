//! `chatkit replay` shown in a pipe: what was recorded comes out as it happened.

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::backend::{created, done, message, streamed};
use crate::dsl::{chatkit, file};
use crate::proxy::{Server, say};

const HEADER: &str = r#"{"format":"chatkit-recording","version":1,"started_at":"2026-01-01T00:00:00.000Z","written_by":"a test"}"#;

/// The lines of an exchange: its request, its events by their times, and how it ended.
fn exchange(number: u64, request: &Value, events: &[(f64, Value)], end: &Value) -> Vec<Value> {
    let mut lines = vec![
        json!({"request": {"exchange": number, "at": 0.0, "method": "POST", "url": "http://h/chatkit", "body": {"json": request}}}),
        json!({"response": {"exchange": number, "at": 0.0, "status": 200, "headers": {"content-type": "text/event-stream"}}}),
    ];
    let events = events.iter();
    lines.extend(events.map(
        |(at, data)| json!({"event": {"exchange": number, "at": at, "data": {"json": data}}}),
    ));
    let at = lines.len();
    let mut end = end.clone();
    end["exchange"] = number.into();
    end["at"] = lines[at - 1]["event"]["at"].clone();
    lines.push(json!({"end": end}));
    lines
}

fn recording(lines: &[Value]) -> (TempDir, PathBuf) {
    let lines: Vec<_> = lines.iter().map(ToString::to_string).collect();
    file("talk.jsonl", &format!("{HEADER}\n{}\n", lines.join("\n")))
}

fn complete() -> Value {
    json!({"outcome": "complete"})
}

fn play<'a>(file: &'a Path, args: &[&'a str]) -> crate::dsl::Run {
    let all = ["replay", file.to_str().unwrap()];
    chatkit(all.into_iter().chain(args.iter().copied()))
}

/// Events in a row, all at this time.
fn at(time: f64, events: impl IntoIterator<Item = String>) -> Vec<(f64, Value)> {
    let read = |event: String| serde_json::from_str(&event).unwrap();
    events
        .into_iter()
        .map(|event| (time, read(event)))
        .collect()
}

#[test]
fn the_answer_goes_to_stdout_and_what_was_said_to_stderr() {
    let events = at(
        1.0,
        [created()]
            .into_iter()
            .chain(streamed("m1", &["one ", "two"])),
    );
    let (_folder, file) = recording(&exchange(1, &say("hi"), &events, &complete()));
    play(&file, &["--instant"])
        .stdout("one two\n")
        .stderr_has("> hi\n")
        .code(0);
}

#[test]
fn every_event_is_handed_on_as_it_was_recorded() {
    let odd = json!({"type": "unheard.of", "n": 1.0, "deep": {"b": 1, "a": 2}});
    let events = at(1.0, [created(), odd.to_string()]);
    let (_folder, file) = recording(&exchange(1, &say("hi"), &events, &complete()));
    let outcome = play(&file, &["--instant", "--json"]).code(0);
    assert_eq!(outcome.stdout, format!("{}\n{odd}\n", created()));
}

#[test]
fn it_takes_as_long_as_it_took_divided_by_the_speed() {
    let mut events = at(0.0, [created()]);
    events.extend(at(1600.0, [done(&message("m1", "late"))]));
    let (_folder, file) = recording(&exchange(1, &say("hi"), &events, &complete()));
    let took = |args: &[&str]| {
        let begun = Instant::now();
        play(&file, args).stdout("late\n").code(0);
        begun.elapsed().as_secs_f64()
    };
    // A machine may be late, but never early.
    assert!(took(&[]) >= 1.6);
    assert!(took(&["--speed", "4"]) >= 0.4);
}

#[test]
fn what_broke_is_shown_as_broken() {
    let events = at(1.0, [created()]);
    let end = json!({"outcome": "broken", "reason": "the stream was cut short after 1 event"});
    let (_folder, file) = recording(&exchange(1, &say("hi"), &events, &end));
    play(&file, &["--instant"])
        .stderr_has("broken here: the stream was cut short after 1 event")
        .code(0);
    let end = json!({"outcome": "cancelled"});
    let (_folder, file) = recording(&exchange(1, &say("hi"), &events, &end));
    play(&file, &["--instant"])
        .stderr_has("cancelled here")
        .code(0);
    // A process that was killed leaves a recording without an end.
    let mut lines = exchange(1, &say("hi"), &events, &end);
    lines.pop();
    let (_folder, file) = recording(&lines);
    play(&file, &["--instant"])
        .stderr_has("the recording has no end of it")
        .code(0);
    // A disk that was full leaves half a line: what stands before it is shown.
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(
        &file,
        format!("{text}{{\"event\":{{\"exchange\":1,\"at\":2,\"da"),
    )
    .unwrap();
    play(&file, &["--instant"])
        .stderr_has("the recording has no end of it")
        .code(0);
}

#[test]
fn what_the_backend_wrote_does_not_steer_a_reader_of_stderr() {
    let events = at(1.0, [created()]);
    let end = json!({"outcome": "broken", "reason": "\u{1b}[2Jgone"});
    let (_folder, file) = recording(&exchange(1, &say("\u{1b}]0;x\u{7}hi"), &events, &end));
    let outcome = play(&file, &["--instant"]).code(0);
    assert!(!outcome.stderr.contains('\u{1b}'), "{:?}", outcome.stderr);
}

#[test]
fn what_send_recorded_is_what_replay_shows() {
    let folder = tempfile::tempdir().unwrap();
    let talk = folder.path().join("talk.jsonl");
    let args = [
        "send",
        "--mock",
        "show all",
        "--record",
        talk.to_str().unwrap(),
    ];
    let sent = chatkit(args).code(0);
    assert_eq!(play(&talk, &["--instant"]).code(0).stdout, sent.stdout);
}

#[test]
fn a_thread_is_shown_by_its_id() {
    let server = Server::start(&["--mock"]);
    let url = server.endpoint();
    let sent = chatkit(["send", "--url", &url, "hello there"]).code(0);
    let thread = sent.stderr.split("thread: ").nth(1).unwrap();
    let thread = thread.lines().next().unwrap();
    chatkit(["replay", thread, "--url", &url])
        .stdout(sent.stdout)
        .stderr_has("> hello there\n")
        .code(0);
    let outcome = chatkit(["replay", thread, "--url", &url, "--json"]).code(0);
    let kinds: Vec<_> = outcome
        .lines()
        .iter()
        .map(|event| event["type"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds[0], "thread.created");
    assert!(kinds.contains(&"thread.item.done".to_owned()), "{kinds:?}");
    chatkit(["replay", "thr_unknown", "--url", &url]).code(1);
}

#[test]
fn a_hosted_thread_is_shown_by_its_id_with_the_key_alone() {
    let server = Server::start(&["--mock"]);
    let hosted = |args: &[&str]| {
        chatkit(args.iter().copied())
            .env("CHATKIT_API_BASE", &server.url)
            .env("OPENAI_API_KEY", "sk-1")
    };
    let sent = hosted(&["send", "--workflow", "wf_1", "--user", "u", "show widget"]).code(0);
    let thread = sent.stderr.split("thread: ").nth(1).unwrap();
    let thread = thread.lines().next().unwrap();
    hosted(&["replay", thread])
        .stdout_has("A card that streams")
        .stderr_has("> show widget\n")
        .code(0);
    hosted(&["replay", "cthr_unknown"]).code(1);
}

#[test]
fn what_cannot_be_played_is_refused_by_name() {
    chatkit(["replay", "talk.jsonl"])
        .error("there is no file talk.jsonl")
        .code(2);
    chatkit(["replay", "thr_1"])
        .error("there is no file thr_1, and no backend to ask for a thread")
        .hint("start a mock")
        .code(2);
    let (_folder, path) = file("a.jsonl", "{}\n");
    play(&path, &[])
        .stderr_has("a.jsonl:1: this is no recording of chatkit")
        .code(2);
    let (_folder, path) = file("a.jsonl", &format!("{HEADER}\n{{\"what\":1}}\n"));
    play(&path, &[]).stderr_has("a.jsonl:2: ").code(2);
    for speed in ["0", "-1", "inf", "x"] {
        play(&path, &["--speed", speed]).code(2);
    }
    play(&path, &["--speed", "2", "--instant"]).code(2);
}
