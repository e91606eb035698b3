//! `chatkit replay --against`: what was recorded is sent again, and the answers are compared.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::backend::{Backend, Reply, done, item, message, streamed, turn};
use crate::dsl::{Run, chatkit, file};
use crate::proxy::{Server, body};

/// A mock that makes the same ids, of this seed.
pub fn mock(seed: &str, args: &[&str]) -> Server {
    Server::start(&[&["--mock", "--pace", "0", "--seed", seed], args].concat())
}

/// A recording of what `send` says and answers.
pub fn recorded(server: &Server, args: &[&str]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("talk.jsonl");
    let url = server.endpoint();
    let fixed = ["send", "--url", &url, "--record", path.to_str().unwrap()];
    chatkit(fixed.into_iter().chain(args.iter().copied())).code(0);
    (folder, path)
}

/// A recording, by a proxy, of these requests; what is asked for depends on what came before.
pub fn proxied(server: &Server, talk: impl FnOnce(&Server)) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("talk.jsonl");
    let proxy = Server::proxy(&server.url, &path);
    talk(&proxy);
    assert_eq!(proxy.stop().0, Some(0));
    (folder, path)
}

pub fn against(file: &Path, url: &str, args: &[&str]) -> Run {
    let fixed = ["replay", file.to_str().unwrap(), "--against", url];
    chatkit(fixed.into_iter().chain(args.iter().copied()))
}

/// A mock that answers everything with this text.
pub fn saying(text: &str) -> (TempDir, Server) {
    let rules = format!("rules:\n  - then:\n      - text: \"{text}\"\n");
    let (folder, path) = file("s.yaml", &rules);
    let server = Server::start(&["--mock", "--scenario", path.to_str().unwrap()]);
    (folder, server)
}

#[test]
fn a_backend_that_answers_as_it_did_is_the_same_whatever_its_ids_are() {
    let (_folder, file) = recorded(
        &mock("1", &[]),
        &["show all", "--tool", "get_current_page={}"],
    );
    for seed in ["1", "2"] {
        let server = mock(seed, &[]);
        for how in ["exact", "text", "shape"] {
            against(&file, &server.endpoint(), &["--match", how])
                .stdout("")
                .stderr_has("the same in 2 turns")
                .code(0);
        }
    }
}

#[test]
fn chunking_does_not_count() {
    let (one, two) = (
        turn(streamed("m1", &["one two three"])),
        turn(streamed("m9", &["one ", "two ", "three"])),
    );
    let (recorded, live) = (Backend::new([one]), Backend::new([two]));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("talk.jsonl");
    let args = [
        "send",
        "--url",
        &recorded.url(),
        "--record",
        path.to_str().unwrap(),
        "hi",
    ];
    chatkit(args).code(0);
    against(&path, &live.url(), &[]).code(0);
}

#[test]
fn a_backend_that_limits_the_rate_is_asked_again() {
    let answer = || turn(streamed("m1", &["one"]));
    let recorded = Backend::new([answer()]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.jsonl");
    let args = ["send", "--url", &recorded.url(), "--record"];
    chatkit(args.into_iter().chain([file.to_str().unwrap(), "hi"])).code(0);
    let refusal = || Reply::Raw(429, "retry-after: 0\r\n", String::new());
    let live = Backend::new([refusal(), refusal(), answer()]);
    against(&file, &live.url(), &[]).code(0);
    assert_eq!(live.asked().len(), 3);
    // Who says that it takes an hour is not waited for.
    let late = Reply::Raw(429, "retry-after: 3600\r\n", String::new());
    against(&file, &Backend::new([late]).url(), &[])
        .stdout_has("refused")
        .code(3);
}

#[test]
fn a_word_that_changed_is_named_by_item_and_path() {
    let (_one, server) = saying("The answer is one");
    let (_folder, file) = recorded(&server, &["hi"]);
    let (_two, other) = saying("The answer is two");
    let outcome = against(&file, &other.endpoint(), &[])
        .error("1 of 1 turn differs")
        .code(3);
    let expected = "turn 1, threads.create 'hi'\n  item 2, assistant_message: content[0].text\n    - The answer is one\n    + The answer is two\n";
    assert!(outcome.stdout.ends_with(expected), "{}", outcome.stdout);
    against(&file, &other.endpoint(), &["--match", "text"])
        .stdout_has("item 2, assistant_message: text\n")
        .code(3);
    against(&file, &other.endpoint(), &["--match", "shape"]).code(0);
    for path in ["assistant_message", ".content[*].text", "**.text"] {
        against(&file, &other.endpoint(), &["--ignore", path]).code(0);
    }
    against(&file, &other.endpoint(), &["--ignore", "widget.text"]).code(3);
    let outcome = against(&file, &other.endpoint(), &["--json"]).code(3);
    let report = outcome.json();
    assert_eq!(report["equal"], false);
    let turn = &report["turns"][0];
    assert_eq!(turn["operation"], "threads.create");
    assert_eq!(turn["text"], "hi");
    assert_eq!(turn["request"], "threads.create 'hi'");
    let difference = &report["turns"][0]["differences"][0];
    assert_eq!(difference["kind"], "assistant_message");
    assert_eq!(difference["path"], "content[0].text");
    assert_eq!(difference["right"], "The answer is two");
}

#[test]
fn what_a_fault_breaks_differs() {
    let (_folder, file) = recorded(&mock("1", &[]), &["show text 40"]);
    for fault in ["cut", "status=503"] {
        let server = mock("1", &["--fault", fault]);
        against(&file, &server.endpoint(), &["--match", "shape"]).code(3);
    }
    let server = mock("1", &["--fault", "status=401"]);
    against(&file, &server.endpoint(), &[]).code(4);
    against(&file, "http://127.0.0.1:9/chatkit", &[]).code(5);
}

/// The first item of a type in a recording's events.
fn recorded_item(answer: &str, kind: &str) -> Value {
    let body = body(answer);
    let data = body.lines().filter_map(|line| line.strip_prefix("data: "));
    let events = data.map(|data| serde_json::from_str::<Value>(data).unwrap());
    events
        .map(|event| event["item"].clone())
        .rfind(|item| item["type"] == kind)
        .unwrap_or_else(|| panic!("no {kind} in {answer}"))
}

fn operation(kind: &str, params: &Value) -> Value {
    json!({"type": kind, "params": params})
}

fn input(text: &str, attachments: &[&str]) -> Value {
    json!({"content": [{"type": "input_text", "text": text}], "attachments": attachments,
        "inference_options": {}})
}

fn create(text: &str) -> Value {
    operation("threads.create", &json!({"input": input(text, &[])}))
}

/// A talk with a form, an action, a tool and a retry.
fn everything(proxy: &Server) {
    let answer = proxy.post(&create("show form"));
    let form = recorded_item(&answer, "structured_input");
    let (thread, id) = (&form["thread_id"], &form["id"]);
    let question = &form["inputs"][0]["id"];
    let answers = json!({question.as_str().unwrap(): {"values": ["large"], "skipped": false}});
    proxy.post(&operation(
        "threads.add_structured_input",
        &json!({"thread_id": thread, "item_id": id, "input": {"status": "answered", "answers": answers}}),
    ));
    let say = |text: &str| {
        proxy.post(&operation(
            "threads.add_user_message",
            &json!({"thread_id": thread, "input": input(text, &[])}),
        ))
    };
    let widget = recorded_item(&say("show widget"), "widget");
    let action = json!({"type": "mock.count", "payload": {}});
    proxy.post(&operation(
        "threads.custom_action",
        &json!({"thread_id": thread, "item_id": widget["id"], "action": action}),
    ));
    say("show tool get_weather");
    proxy.post(&operation(
        "threads.add_client_tool_output",
        &json!({"thread_id": thread, "result": {"degrees": 3}}),
    ));
    let said = recorded_item(&say("hello"), "user_message");
    proxy.post(&operation(
        "threads.retry_after_item",
        &json!({"thread_id": thread, "item_id": said["id"]}),
    ));
    proxy.post(&operation(
        "items.feedback",
        &json!({"thread_id": thread, "item_ids": [widget["id"]], "kind": "positive"}),
    ));
    proxy.post(&operation(
        "threads.update",
        &json!({"thread_id": thread, "title": "A talk"}),
    ));
    proxy.post(&operation(
        "threads.get_by_id",
        &json!({"thread_id": thread}),
    ));
}

#[test]
fn forms_actions_tools_and_retries_are_sent_with_the_ids_of_the_backend() {
    let (_folder, file) = proxied(&mock("1", &[]), everything);
    let server = mock("7", &[]);
    against(&file, &server.endpoint(), &[])
        .stdout("")
        .stderr_has("the same in 10 turns")
        .code(0);
}

#[test]
fn a_backend_that_asks_for_nothing_is_told_apart_and_not_waited_for() {
    let (_folder, file) = proxied(&mock("1", &[]), everything);
    let (_rules, server) = saying("no");
    against(&file, &server.endpoint(), &[])
        .stdout_has("the backend waits for no form")
        .stdout_has("the backend waits for no client tool")
        .stdout_has("the backend sent no item in the place of")
        .code(3);
}

#[test]
fn a_message_to_an_older_thread_begins_a_new_one() {
    let server = mock("1", &[]);
    let sent = chatkit(["send", "--url", &server.endpoint(), "first"]).code(0);
    let thread = sent.stderr.split("thread: ").nth(1).unwrap();
    let thread = thread.lines().next().unwrap();
    let (_folder, file) = recorded(&server, &["second", "--thread", thread]);
    against(&file, &mock("2", &[]).endpoint(), &[])
        .stderr_has("is older than the recording")
        .stderr_has("the same in 1 turn")
        .code(0);
}

#[test]
fn an_export_is_sent_again_too() {
    let server = mock("1", &[]);
    let sent = chatkit(["send", "--url", &server.endpoint(), "show markdown"]).code(0);
    let thread = sent.stderr.split("thread: ").nth(1).unwrap();
    let thread = thread.lines().next().unwrap();
    let other = mock("2", &[]);
    let args = [
        "replay",
        thread,
        "--url",
        &server.endpoint(),
        "--against",
        &other.endpoint(),
    ];
    chatkit(args).stderr_has("the same in 1 turn").code(0);
}

#[test]
fn what_a_cut_recording_does_not_have_is_not_passed_over_in_silence() {
    let (_folder, file) = recorded(&mock("1", &[]), &["show text 40"]);
    let whole = std::fs::read_to_string(&file).unwrap();
    let server = mock("2", &[]);
    let note = "before its end: what comes behind it is not compared";
    against(&file, &server.endpoint(), &[])
        .stderr_has_not(note)
        .code(0);
    let beginning: String = whole.split_inclusive('\n').take(9).collect();
    std::fs::write(&file, beginning).unwrap();
    against(&file, &server.endpoint(), &[])
        .stderr_has(note)
        .code(0);
}

#[test]
fn two_backends_are_compared_with_one_another() {
    let (_one, one) = saying("one");
    let (_two, two) = saying("two");
    let (_again, again) = saying("two");
    let (_folder, file) = recorded(&one, &["hi"]);
    against(&file, &two.endpoint(), &["--against", &again.endpoint()]).code(0);
    against(&file, &one.endpoint(), &["--against", &two.endpoint()])
        .stdout_has("    - one\n    + two\n")
        .code(3);
    let three = ["--against", &two.endpoint(), "--against", &two.endpoint()];
    against(&file, &one.endpoint(), &three).code(2);
}

#[test]
fn what_the_backend_says_does_not_steer_the_terminal() {
    let evil = item(
        "w1",
        "widget",
        &json!({"widget": {"type": "Card", "children": [{"type": "Text", "value": "\u{1b}[2J\u{202e}x"}]}}),
    );
    let live = Backend::new([turn([
        done(&message("m1", "\u{1b}]0;x\u{7}two")),
        done(&evil),
    ])]);
    let (_one, one) = saying("one");
    let (_folder, file) = recorded(&one, &["hi"]);
    let outcome = against(&file, &live.url(), &[]).code(3);
    let said = outcome.stdout + &outcome.stderr;
    assert!(!said.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{said:?}");
}

#[test]
fn an_answer_without_end_is_left_after_its_time() {
    let (_one, one) = saying("one");
    let (_folder, file) = recorded(&one, &["hi"]);
    let live = Backend::new([Reply::Hang(streamed("m1", &["one"]))]);
    against(&file, &live.url(), &["--max-turn", "1s"])
        .stdout_has("it had not ended after 1 s")
        .code(3);
}

#[test]
fn a_path_that_finds_nothing_to_ignore_is_told() {
    let (_one, one) = saying("one");
    let (_folder, file) = recorded(&one, &["hi"]);
    let ignore = [
        "--ignore",
        "assistant_message.contents",
        "--ignore",
        "**.text",
    ];
    against(&file, &one.endpoint(), &ignore)
        .stderr_has("warning: --ignore 'assistant_message.contents': none of the answers has")
        .stderr_has_not("**.text")
        .code(0);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let (_one, one) = saying("one");
    let (_folder, file) = recorded(&one, &["hi"]);
    let url = one.endpoint();
    against(&file, &url, &["--match", "loosely"]).code(2);
    against(&file, &url, &["--ignore", "a..b"]).code(2);
    against(&file, &url, &["--speed", "2"]).code(2);
    against(&file, &url, &["--against", &url, "--update"]).code(2);
    chatkit(["replay", file.to_str().unwrap(), "--update"]).code(2);
}
