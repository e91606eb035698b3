//! Answering client tools and forms.

use serde_json::{Value, json};

use crate::backend::{Backend, Reply, done, item, streamed, turn};
use crate::dsl::chatkit;

fn call() -> Value {
    let call = json!({"status": "pending", "call_id": "c1", "name": "weather", "arguments": {"city": "Oslo"}});
    item("t", "client_tool_call", &call)
}

fn form(status: &str) -> Value {
    let inputs = json!([
        {"type": "multiple_choice", "id": "size", "question": "Which?", "options": [{"value": "s"}, {"value": "m"}]},
        {"type": "freeform", "id": "why", "question": "Why?"},
    ]);
    item(
        "f",
        "structured_input",
        &json!({"status": status, "inputs": inputs}),
    )
}

fn asks_for_tool() -> Backend {
    Backend::new([
        turn([done(&call())]),
        Reply::Events(streamed("m", &["4 degrees"])),
    ])
}

#[test]
fn a_form_that_asks_nothing_can_be_skipped() {
    let form = item(
        "f",
        "structured_input",
        &json!({"status": "pending", "inputs": [{"type": "slider"}]}),
    );
    let backend = Backend::new([turn([done(&form)])]);
    chatkit(["send", "hi", "--url", &backend.url()])
        .hint("skip it with --skip; later, with: chatkit send --thread thr_1 --skip")
        .code(0);
}

#[test]
fn a_question_of_an_unknown_type_is_answered_by_its_id() {
    let form = item(
        "f",
        "structured_input",
        &json!({"status": "pending", "inputs": [{"type": "slider", "id": "vol"}]}),
    );
    let backend = Backend::new([turn([done(&form)]), Reply::Events(streamed("m", &["loud"]))]);
    chatkit(["send", "hi", "--answer", "vol=3", "--url", &backend.url()])
        .stdout_has("loud")
        .code(0);
    let input = &backend.asked()[1].json()["params"]["input"];
    assert_eq!(input["answers"]["vol"]["values"], json!(["3"]));
}

#[test]
fn a_tool_is_answered_with_json_and_the_next_turn_follows() {
    let backend = asks_for_tool();
    chatkit([
        "send",
        "weather?",
        "--tool",
        "weather={\"t\": 4}",
        "--url",
        &backend.url(),
    ])
    .stdout("4 degrees\n")
    .stderr_has("tool call: weather({\"city\":\"Oslo\"})")
    .code(0);
    assert_eq!(
        backend.asked()[1].json(),
        json!({"type": "threads.add_client_tool_output",
               "params": {"thread_id": "thr_1", "result": {"t": 4}}})
    );
}

#[test]
#[cfg(unix)]
fn a_tool_is_answered_by_a_command() {
    let backend = asks_for_tool();
    let command =
        r#"weather=printf '{"got":%s,"as":"%s"}' "$(cat)" "$CHATKIT_TOOL_NAME $CHATKIT_THREAD_ID""#;
    chatkit([
        "send",
        "weather?",
        "--tool-cmd",
        command,
        "--url",
        &backend.url(),
    ])
    .code(0);
    assert_eq!(
        backend.asked()[1].json()["params"]["result"],
        json!({"got": {"city": "Oslo"}, "as": "weather thr_1"})
    );
}

/// What 64 bits cannot hold, and what no value remembers the spelling of.
const NUMBERS: &str = r#"{"id":12345678901234567890123,"price":1.10,"n":-0.0,"e":1E2}"#;

#[test]
fn numbers_of_a_result_go_on_as_they_were_written() {
    let backend = asks_for_tool();
    let result = format!("weather= {NUMBERS} ");
    chatkit(["send", "hi", "--tool", &result, "--url", &backend.url()]).code(0);
    let body = &backend.asked()[1].body;
    assert!(body.contains(&format!("\"result\":{NUMBERS}")), "{body}");
}

#[test]
#[cfg(unix)]
fn numbers_pass_through_a_command_as_they_were_written() {
    let call = call().to_string();
    let call = call.replace(r#"{"city":"Oslo"}"#, NUMBERS);
    let answer = || Reply::Events(streamed("m", &["ok"]));
    let done = format!(r#"{{"type":"thread.item.done","item":{call}}}"#);
    let thread = crate::backend::thread("thr_1", None).to_string();
    let page = format!(r#"{{"data":[{call}],"has_more":false}}"#);
    let backend = Backend::new([
        turn([done]),
        answer(),
        Reply::Raw(200, "content-type: application/json\r\n", thread),
        Reply::Raw(200, "content-type: application/json\r\n", page),
        answer(),
    ]);
    let url = backend.url();
    let args = ["--tool-cmd", "weather=cat; echo", "--url", &url];
    chatkit(["send", "hi"].into_iter().chain(args)).code(0);
    chatkit(["send", "--thread", "thr_1"].into_iter().chain(args)).code(0);
    let asked = backend.asked();
    for number in [1, 4] {
        let body = &asked[number].body;
        assert!(body.contains(&format!("\"result\":{NUMBERS}")), "{body}");
    }
}

#[test]
#[cfg(unix)]
fn a_command_that_fails_or_prints_no_json_is_an_error() {
    for (command, error, code) in [
        ("weather=exit 3", "failed: exit status: 3", 1),
        ("weather=echo sunny", "printed no JSON", 1),
        ("weather=kill -9 $$", "failed: signal: 9", 1),
        ("weather=", "printed no JSON", 1),
        // What cannot be run is a mistake of the command line.
        ("weather=./no-such-command", "was not found", 2),
        ("weather=/", "is no program that can be run", 2),
    ] {
        let backend = asks_for_tool();
        chatkit([
            "send",
            "weather?",
            "--tool-cmd",
            command,
            "--url",
            &backend.url(),
        ])
        .error(&format!("the command of the tool 'weather' {error}"))
        .code(code);
        assert_eq!(backend.asked().len(), 1);
    }
}

#[test]
fn a_tool_may_wait_and_is_told_with_the_flag_and_the_thread() {
    chatkit(["send", "weather?", "--url", &asks_for_tool().url()])
        .stdout("")
        .stderr_has("thread: thr_1")
        .stderr_has("the assistant waits for the client tool 'weather'")
        .hint("answer it with --tool weather=JSON or --tool-cmd weather=COMMAND; later, with: chatkit send --thread thr_1 --tool weather=JSON")
        .code(0);
}

#[test]
fn a_profile_answers_tools_and_the_command_line_before_it() {
    let home = tempfile::tempdir().unwrap();
    let file = "[profile.p]\ntool = { weather = { t = 4 } }\n";
    std::fs::write(home.path().join("chatkit.toml"), file).unwrap();
    for (more, result) in [(None, json!({"t": 4})), (Some("weather=5"), json!(5))] {
        let backend = asks_for_tool();
        let url = backend.url();
        let args = ["send", "weather?", "--profile", "p", "--url", &url];
        let more = more.into_iter().flat_map(|answer| ["--tool", answer]);
        let run = chatkit(args.into_iter().chain(more)).folder(home.path());
        run.stdout("4 degrees\n").code(0);
        assert_eq!(backend.asked()[1].json()["params"]["result"], result);
    }
}

#[test]
fn a_tool_that_the_profile_does_not_answer_waits() {
    let home = tempfile::tempdir().unwrap();
    let file = "[profile.p]\ntool = { other = 1 }\n";
    std::fs::write(home.path().join("chatkit.toml"), file).unwrap();
    let url = asks_for_tool().url();
    chatkit(["send", "weather?", "--profile", "p", "--url", &url])
        .folder(home.path())
        .stderr_has("the assistant waits for the client tool 'weather'")
        .code(0);
}

#[test]
fn what_waits_in_a_mock_that_ends_cannot_be_answered_later() {
    let gone = "not later, because the mock ends with this command";
    for text in ["show tool", "show form"] {
        chatkit(["send", "--mock", text])
            .stderr_has("the assistant waits for")
            .stderr_has("hint: answer it with --")
            .stderr_has(gone)
            .code(0);
    }
}

#[test]
fn answers_that_fit_another_tool_only_are_wrong_usage() {
    let url = asks_for_tool().url();
    chatkit(["send", "weather?", "--tool", "wether=1", "--url", &url])
        .stderr_has("thread: thr_1")
        .error("the assistant waits for the client tool 'weather'")
        .hint("answer it with --tool weather=JSON or --tool-cmd weather=COMMAND; later, with: chatkit send --thread thr_1 --tool weather=JSON")
        .code(2);
    chatkit(["send", "x", "--tool", "weather={", "--url", "http://x/"]).code(2);
}

#[test]
fn a_tool_that_waits_already_is_answered_without_a_text() {
    let page = json!({"data": [call()], "has_more": false});
    let backend = Backend::new([
        Reply::Json(200, crate::backend::thread("thr_1", None)),
        Reply::Json(200, page),
        Reply::Events(streamed("m", &["done"])),
    ]);
    let url = backend.url();
    chatkit([
        "send",
        "--thread",
        "thr_1",
        "--tool",
        "weather=1",
        "--url",
        &url,
    ])
    .stdout("done\n")
    .code(0);
    assert_eq!(backend.asked()[2].json()["params"]["result"], 1);
}

#[test]
fn a_backend_that_asks_without_end_is_given_up() {
    let ask = || Reply::Events(vec![done(&call())]);
    let backend = Backend::new(std::iter::repeat_with(ask).take(60));
    chatkit(["send", "x", "--tool", "weather=1", "--url", &backend.url()])
        .error("the backend still asks after 25 answers")
        .code(2);
    assert_eq!(backend.asked().len(), 26);
}

#[test]
fn a_form_is_answered_or_skipped() {
    let replaced = |status: &str| {
        Reply::Events(vec![
            json!({"type": "thread.item.replaced", "item": form(status)}).to_string(),
            done(&crate::backend::message("m", "thanks")),
        ])
    };
    let backend = Backend::new([turn([done(&form("pending"))]), replaced("answered")]);
    let url = backend.url();
    chatkit(["send", "x", "--answer", "size=s", "--url", &url])
        .stdout("thanks\n")
        .stderr_has("size: Which? (s | m)")
        .code(0);
    assert_eq!(
        backend.asked()[1].json()["params"],
        json!({"thread_id": "thr_1", "item_id": "f", "input": {"status": "answered", "answers": {
            "size": {"values": ["s"], "skipped": false}, "why": {"values": [], "skipped": true}}}})
    );
    let backend = Backend::new([turn([done(&form("pending"))]), replaced("skipped")]);
    chatkit(["send", "x", "--skip", "--url", &backend.url()])
        .stdout("thanks\n")
        .code(0);
    assert_eq!(
        backend.asked()[1].json()["params"]["input"]["status"],
        "skipped"
    );
}

#[test]
fn a_form_may_wait_and_a_question_must_exist() {
    let asks = || Backend::new([turn([done(&form("pending"))])]);
    chatkit(["send", "x", "--url", &asks().url()])
        .stderr_has("chatkit send --thread thr_1 --answer size=VALUE --answer why=VALUE\n")
        .code(0);
    chatkit([
        "send",
        "x",
        "--answer",
        "colour=red",
        "--url",
        &asks().url(),
    ])
    .error("the form has no question 'colour'")
    .hint("answer one of: size, why")
    .code(2);
}

#[test]
fn a_question_that_takes_one_answer_is_not_sent_two() {
    let backend = Backend::new([turn([done(&form("pending"))])]);
    let url = backend.url();
    let twice = [
        "send", "book", "--answer", "size=s", "--answer", "size=m", "--url", &url,
    ];
    chatkit(twice)
        .error("the question 'size' takes one answer")
        .hint("leave one --answer size=VALUE")
        .code(2);
    assert_eq!(backend.asked().len(), 1, "the answer is not sent");
    let several = form("pending").to_string();
    let several = several.replace("\"options\"", "\"multiple\":true,\"options\"");
    let several: Value = serde_json::from_str(&several).unwrap();
    let backend = Backend::new([
        turn([done(&several)]),
        Reply::Events(streamed("m", &["ok"])),
    ]);
    let url = backend.url();
    let args = [
        "send", "book", "--answer", "size=s", "--answer", "size=m", "--url", &url,
    ];
    chatkit(args).stdout("ok\n").code(0);
    let sent = backend.asked()[1].json();
    assert_eq!(
        sent["params"]["input"]["answers"]["size"]["values"],
        json!(["s", "m"])
    );
}
