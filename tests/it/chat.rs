//! `chat` without a terminal: a message a line, and nothing is asked.

use serde_json::json;

use crate::backend::{Backend, Reply, done, item, streamed, thread, turn};
use crate::dsl::{Run, chatkit};

fn chat<'a>(backend: &'a str, more: impl IntoIterator<Item = &'a str>) -> Run {
    let args = ["chat", "--url", backend].into_iter().chain(more);
    chatkit(args.collect::<Vec<_>>())
}

#[test]
fn each_line_is_a_message_and_the_thread_goes_on() {
    let backend = Backend::new([
        turn(streamed("m1", &["one"])),
        Reply::Events(streamed("m2", &["two"])),
    ]);
    chat(&backend.url(), [])
        .stdin("first\n\n//second\n")
        .stdout("one\n\ntwo\n")
        .stderr_has("thread: thr_1")
        .code(0);
    let asked = backend.asked();
    assert_eq!(asked[0].json()["type"], "threads.create");
    assert_eq!(asked[1].json()["type"], "threads.add_user_message");
    assert_eq!(asked[1].json()["params"]["thread_id"], "thr_1");
    assert_eq!(
        asked[1].json()["params"]["input"]["content"][0]["text"],
        "/second"
    );
}

#[test]
fn the_mark_of_a_text_file_is_no_part_of_the_first_message() {
    let backend = Backend::new([turn(streamed("m1", &["one"]))]);
    chat(&backend.url(), [])
        .stdin("\u{feff}first\n")
        .stdout("one\n")
        .code(0);
    let content = &backend.asked()[0].json()["params"]["input"]["content"];
    assert_eq!(content[0]["text"], "first");
}

#[test]
fn model_and_tool_hold_for_every_message_and_a_quote_for_one() {
    let backend = Backend::new([
        turn(streamed("m1", &["one"])),
        Reply::Events(streamed("m2", &["two"])),
    ]);
    chat(
        &backend.url(),
        ["--model", "big", "--tool-choice", "search"],
    )
    .stdin("/quote as you said\n/tag u1=@Ada\na\n/model small\nb\n")
    .code(0);
    let input = |n: usize| backend.asked()[n].json()["params"]["input"].clone();
    assert_eq!(input(0)["quoted_text"], "as you said");
    assert_eq!(
        input(0)["content"][0]["text"],
        "a ",
        "the mention stands apart"
    );
    assert_eq!(input(0)["content"][1]["text"], "@Ada");
    let options = json!({"model": "big", "tool_choice": {"id": "search"}});
    assert_eq!(input(0)["inference_options"], options);
    assert!(input(1).get("quoted_text").is_none());
    assert_eq!(input(1)["inference_options"]["model"], "small");
}

#[test]
fn events_are_json_lines_and_stdout_carries_nothing_else() {
    let backend = Backend::new([turn(streamed("m1", &["one"]))]);
    let outcome = chat(&backend.url(), ["--json"])
        .stdin("/help\nhi\n/items\n/show\n")
        .code(0);
    let lines = outcome.lines();
    assert_eq!(lines[0]["type"], "thread.created");
    assert_eq!(
        lines.last().unwrap()["id"],
        "thr_1",
        "/show prints the thread"
    );
}

#[test]
fn what_would_be_asked_ends_with_the_flag_that_answers_it() {
    let call = json!({"status": "pending", "call_id": "c", "name": "weather", "arguments": {}});
    let asks = || turn([done(&item("t", "client_tool_call", &call))]);
    let backend = Backend::new([asks()]);
    chat(&backend.url(), [])
        .stdin("hi\nnever sent\n")
        .error("the assistant waits for the client tool 'weather'")
        .hint("answer it with --tool weather=JSON or --tool-cmd weather=COMMAND")
        .code(2);
    assert_eq!(backend.asked().len(), 1);

    let backend = Backend::new([asks(), Reply::Events(streamed("m", &["4 degrees"]))]);
    chat(&backend.url(), ["--tool", "weather=4"])
        .stdin("hi\n")
        .stdout("4 degrees\n")
        .code(0);

    let inputs = json!([{"type": "freeform", "id": "why", "question": "Why?"}]);
    let form = item(
        "f",
        "structured_input",
        &json!({"status": "pending", "inputs": inputs}),
    );
    let backend = Backend::new([turn([done(&form)])]);
    chat(&backend.url(), [])
        .stdin("hi\n")
        .error("the assistant waits for a form")
        .hint("answer it with --answer why=VALUE, or skip it with --skip")
        .code(2);

    let nothing = json!({"status": "pending", "inputs": []});
    let backend = Backend::new([turn([done(&item("f", "structured_input", &nothing))])]);
    chat(&backend.url(), [])
        .stdin("hi\n")
        .error("the assistant waits for a form")
        .hint("skip it with --skip")
        .code(2);

    let backend = Backend::new([turn(streamed("m", &["x"]))]);
    chat(&backend.url(), [])
        .stdin("hi\n/delete\n")
        .error("cannot ask: Delete thread thr_1?")
        .hint("answer with --yes")
        .code(2);
}

#[test]
fn the_first_failure_is_the_exit_code() {
    let failed = json!({"type": "error", "code": "custom", "message": "no", "allow_retry": true});
    let backend = Backend::new([turn([failed.to_string()])]);
    chat(&backend.url(), [])
        .stdin("hi\nagain\n")
        .error("no (code: custom")
        .code(1);
    let backend = Backend::new([Reply::Cut(streamed("m", &["half"])[..2].to_vec())]);
    chat(&backend.url(), []).stdin("hi\n").code(6);
    let backend = Backend::new([Reply::Json(401, json!({"error": {"message": "who?"}}))]);
    chat(&backend.url(), [])
        .stdin("hi\n")
        .error("the backend answered 401")
        .code(4);
    chat("http://127.0.0.1:9/", [])
        .stdin("/hlep\n")
        .hint("did you mean /help?")
        .code(2);
    chat("http://127.0.0.1:9/", []).stdin("hi\n").code(5);
}

#[test]
fn the_turns_are_recorded_and_saved() {
    let backend = Backend::new([turn(streamed("m", &["x"]))]);
    let folder = tempfile::tempdir().unwrap();
    chat(&backend.url(), ["--record", "talk.jsonl"])
        .in_home(folder.path())
        .stdin("hi\n/save so-far.jsonl\n/save thread.json\n")
        .code(0);
    let read = |name| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("talk.jsonl"), read("so-far.jsonl"));
    assert!(read("talk.jsonl").contains("\"outcome\":\"complete\""));
    assert!(read("thread.json").contains("\"thr_1\""));
    chatkit(["chat", "-c", "--url", &backend.url()])
        .in_home(folder.path())
        .stdin("")
        .code(1);
    assert_eq!(backend.asked()[1].json()["params"]["thread_id"], "thr_1");
}

#[test]
fn continue_forgets_a_thread_that_is_gone_as_send_does() {
    // The reference server answers 500 for what it does not know, another says what is missing.
    let broken = || {
        Reply::Raw(
            500,
            "content-type: text/plain\r\n",
            "Internal Server Error".into(),
        )
    };
    let listed = |id| Reply::Json(200, json!({"data": [thread(id, None)], "has_more": false}));
    let gone = json!({"error": {"message": "No such thread", "code": "not_found"}});
    for (replies, is_gone) in [
        (vec![broken(), broken(), listed("thr_9")], true),
        (vec![broken(), broken(), listed("thr_1")], false),
        (vec![Reply::Json(404, gone)], true),
    ] {
        let first = [turn(streamed("m", &["x"]))];
        let backend = Backend::new(first.into_iter().chain(replies));
        let folder = tempfile::tempdir().unwrap();
        chat(&backend.url(), [])
            .in_home(folder.path())
            .stdin("hi\n")
            .code(0);
        let failed = chat(&backend.url(), ["-c"])
            .in_home(folder.path())
            .stdin("hi\n")
            .code(1);
        let told = failed.stderr.contains("is forgotten now");
        assert_eq!(told, is_gone, "{}", failed.stderr);
        let kept = folder.path().join(".local/state/chatkit/last-threads.json");
        let kept = std::fs::read_to_string(kept).unwrap();
        assert_eq!(kept.contains("thr_1"), !is_gone, "{kept}");
    }
}

#[test]
fn a_line_that_is_not_utf_8_is_wrong_usage() {
    let mut command = std::process::Command::new("sh");
    let script = "printf '\\377\\n' | \"$CHATKIT\" chat --mock";
    command.args(["-c", script]);
    let chatkit = env!("CARGO_BIN_EXE_chatkit");
    let ran = command.env("CHATKIT", chatkit).output().unwrap();
    assert_eq!(ran.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("stdin is not UTF-8"));
}

#[test]
fn a_click_needs_its_fields_where_nobody_can_be_asked() {
    chatkit(["chat", "--mock"])
        .stdin("show widget\n/click 4\n/click 3\n")
        .stderr_has("for the page, and not sent: showcase.client {\"element\":\"sidebar\"}")
        .stderr_has("/click takes 1 (Answer), 2 (Replace this widget), 3 (Count)")
        .stdout_has("Clicks: 1")
        .code(0);
    chatkit(["chat", "--mock"])
        .stdin("show widget form\n/click 1\n")
        .hint("write their values behind it: /click 1")
        .code(2);
}
