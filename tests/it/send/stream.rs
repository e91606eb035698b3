//! What is shown of a turn, and how it may end.

use std::io::Read;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::backend::{Backend, Reply, created, done, item, message, streamed, turn};
use crate::dsl::chatkit;

pub(super) fn send(backend: &Backend) -> crate::dsl::Run {
    chatkit(["send", "hi", "--url", &backend.url()])
}

#[test]
fn the_answer_goes_to_stdout_and_all_else_to_stderr() {
    let workflow = json!({"type": "reasoning", "expanded": false, "summary": {"duration": 2},
        "tasks": [{"type": "thought", "title": "Plan", "content": "think", "status_indicator": "complete"}]});
    let mut frames = vec![
        json!({"type": "progress_update", "text": "looking"}).to_string(),
        json!({"type": "notice", "level": "warning", "message": "slow today"}).to_string(),
        json!({"type": "client_effect", "name": "flash", "data": {"n": 1}}).to_string(),
        done(&item("w", "workflow", &json!({"workflow": workflow}))),
    ];
    frames.extend(streamed("m", &["Hel", "lo"]));
    let mut titled = crate::backend::thread("thr_1", Some("Greeting"));
    titled["status"] = json!({"type": "locked", "reason": "late"});
    frames.push(json!({"type": "thread.updated", "thread": titled}).to_string());
    let backend = Backend::new([turn(frames)]);
    send(&backend)
        .stdout("Hello\n")
        .stderr_has("thread: thr_1\n")
        .stderr_has("… looking\n")
        .stderr_has("notice: warning: slow today\n")
        .stderr_has("client effect: flash {\"n\":1}\n")
        .stderr_has("thought: Plan: think\n")
        .stderr_has("reasoning: took 2 s\n")
        .stderr_has("title: Greeting\n")
        .stderr_has("status: locked (late)\n")
        .code(0);
    let backend = Backend::new([turn(streamed("m", &["Hello"]))]);
    let outcome = chatkit(["send", "hi", "-q", "--url", &backend.url()])
        .stdout("Hello\n")
        .code(0);
    assert_eq!(outcome.stderr, "");
}

#[test]
fn the_text_is_handed_on_byte_for_byte_with_one_newline_at_its_end() {
    let backend = Backend::new([turn(streamed("m", &["a\u{1b}[31m", "\u{202e}b\r\n\n"]))]);
    send(&backend).stdout("a\u{1b}[31m\u{202e}b\r\n\n").code(0);
}

#[test]
fn an_empty_line_stands_between_two_items_and_widgets_are_text() {
    let card = json!({"type": "Card", "children": [{"type": "Title", "value": "Order"},
                      {"type": "Button", "label": "Buy"}]});
    let mut frames = streamed("a", &["one"]);
    frames.push(done(&item("w", "widget", &json!({"widget": card}))));
    frames.push(done(&message("b", "two")));
    let backend = Backend::new([turn(frames)]);
    send(&backend)
        .stdout("one\n\nOrder\n[Buy]\n\ntwo\n")
        .code(0);
}

/// An update of the message `m`.
pub(super) fn update(update: &serde_json::Value) -> String {
    json!({"type": "thread.item.updated", "item_id": "m", "update": update}).to_string()
}

pub(super) fn delta(part: usize, text: &str) -> String {
    update(
        &json!({"type": "assistant_message.content_part.text_delta", "content_index": part, "delta": text}),
    )
}

#[test]
fn a_message_that_is_kept_otherwise_than_it_streamed_is_written_whole() {
    let mut frames = streamed("m", &["The price is 5"]);
    frames.retain(|frame| !frame.contains("item.done"));
    let part = json!({"type": "output_text", "text": "The price is 7.", "annotations": []});
    frames.push(update(&json!({
        "type": "assistant_message.content_part.done", "content_index": 0, "content": part,
    })));
    frames.push(done(&message("m", "The price is 7.")));
    let backend = Backend::new([turn(frames)]);
    send(&backend)
        .stdout("The price is 5\n\nThe price is 7.\n")
        .stderr_has("differs")
        .code(0);
}

#[test]
fn text_that_was_written_is_not_written_again_by_what_comes_after_done() {
    let mut frames = streamed("m", &["Hello"]);
    frames.push(done(&message("m", "Hello")));
    frames.push(delta(0, " late"));
    let backend = Backend::new([turn(frames)]);
    send(&backend).stdout("Hello late\n").code(0);
}

#[test]
fn json_hands_every_event_on_as_it_was_received() {
    let odd = r#"{"type":"thread.blinked", "n":1.50,"x":"é\u0041"}"#.to_owned();
    let notice = r#"{"new":1,"type":"notice","level":"loud","message":"m"}"#.to_owned();
    let mut frames = vec![created(), odd, notice];
    frames.extend(streamed("m", &["hi"]));
    let backend = Backend::new([Reply::Events(frames.clone())]);
    let outcome = chatkit(["send", "hi", "--json", "--url", &backend.url()]).code(0);
    assert_eq!(outcome.stdout, frames.join("\n") + "\n");
}

#[test]
fn a_malformed_event_is_told_once() {
    let times = |frames: Vec<String>, code: i32| {
        let backend = Backend::new([Reply::Events(frames)]);
        let outcome = chatkit(["send", "hi", "--url", &backend.url()]).code(code);
        outcome.stderr.matches("malformed event").count()
    };
    let bad = || "{\"type\":".to_owned();
    let failed = json!({"type": "error", "code": "custom", "message": "no", "allow_retry": false});
    assert_eq!(times(vec![created(), bad()], 6), 1);
    assert_eq!(times(vec![created(), bad(), bad()], 6), 2);
    // What the turn fails with is told beside it.
    assert_eq!(times(vec![created(), bad(), failed.to_string()], 1), 1);
}

#[test]
fn text_with_null_for_its_annotations_is_malformed_and_shown() {
    let part = json!({"type": "output_text", "text": "Hello", "annotations": null});
    let said = item("m", "assistant_message", &json!({"content": [part]}));
    let backend = Backend::new([turn([done(&said)])]);
    send(&backend)
        .stdout("Hello\n")
        .error("malformed event (frame 2): item.content[0].annotations")
        .code(6);
}

#[test]
fn an_item_of_an_unknown_type_is_told_quietly() {
    let novel = item("itm_9", "hologram", &json!({"depth": 3}));
    let backend = Backend::new([turn([done(&novel)]), turn([done(&novel)])]);
    let url = backend.url();
    chatkit(["send", "hi", "--url", &url])
        .stdout("")
        .stderr_has("item of the unknown type hologram: itm_9")
        .code(0);
    chatkit(["send", "hi", "-q", "--url", &url])
        .stderr_has_not("hologram")
        .code(0);
}

#[test]
fn json_lines_hold_no_frame_that_is_no_json() {
    let frames = || {
        vec![
            created(),
            "[DONE]".to_owned(),
            "{\"type\":".to_owned(),
            json!("a string").to_string(),
            json!({"type": "unheard.of", "n": 1}).to_string(),
        ]
    };
    let backend = Backend::new([Reply::Events(frames()), Reply::Events(frames())]);
    let url = backend.url();
    let params = r#"{"thread_id": "t", "result": 1}"#;
    for args in [
        vec!["send", "hi", "--json"],
        vec!["request", "threads.add_client_tool_output", params],
    ] {
        let outcome = chatkit(args.into_iter().chain(["--url", &url]))
            .stderr_has("malformed event")
            .code(6);
        let lines = outcome.lines();
        assert_eq!(lines.len(), 3, "{}", outcome.stdout);
        assert_eq!(lines[1], "a string");
        assert_eq!(lines[2]["n"], 1);
    }
}

#[test]
fn a_message_that_is_replaced_while_it_streams_is_written_once() {
    let replaced = |text: &str| json!({"type": "thread.item.replaced", "item": message("m", text)});
    let added = json!({"type": "thread.item.added", "item": message("m", "")});
    let frames = |texts: [&str; 2]| {
        Reply::Events(vec![
            created(),
            added.to_string(),
            delta(0, "One, "),
            replaced(texts[0]).to_string(),
            delta(0, " three"),
            done(&message("m", texts[1])),
        ])
    };
    let goes_on = ["One, two,", "One, two, three"];
    let differs = ["Uno, due,", "Uno, due, three"];
    let backend = Backend::new([frames(goes_on), frames(differs)]);
    send(&backend).stdout("One, two, three\n").code(0);
    send(&backend)
        .stderr_has("replaced: m")
        .stdout("One, \n\nUno, due, three\n")
        .code(0);
}

#[test]
fn an_error_event_is_printed_with_its_code_and_exits_1() {
    let error = |retry: bool| {
        json!({"type": "error", "code": "stream.error", "message": "boom", "allow_retry": retry})
            .to_string()
    };
    // Items may stay open when the answer failed.
    let mut frames = streamed("m", &["par", "tial"]);
    frames.pop();
    frames.push(error(true));
    let backend = Backend::new([turn(frames), turn([error(false)])]);
    send(&backend)
        .stdout("partial\n")
        .error("boom (code: stream.error, may be retried)")
        .code(1);
    send(&backend)
        .error("boom (code: stream.error, no retry)")
        .code(1);
}

#[test]
fn ways_of_breaking_the_protocol_are_told_apart_and_exit_6() {
    let mut open = streamed("m", &["half"]);
    open.pop();
    let html = Reply::Raw(200, "content-type: text/html\r\n", "<p>".into());
    let malformed = json!({"type": "thread.item.done", "item": {"id": 5}}).to_string();
    let backend = Backend::new([
        turn(open.clone()),
        html,
        Reply::Events(vec![]),
        Reply::Cut(open),
        turn([malformed]),
        turn(["{nonsense".to_owned()]),
        turn([]),
        Reply::Raw(
            200,
            "content-type: text/event-stream\r\ncontent-encoding: gzip\r\n",
            "\u{1f}".into(),
        ),
    ]);
    send(&backend)
        .stdout("half\n")
        .error("the stream ended with 1 item open: m")
        .code(6);
    send(&backend)
        .error("expected text/event-stream, got text/html")
        .code(6);
    send(&backend).error("the stream is empty").code(6);
    send(&backend)
        .stdout("half\n")
        .error("the stream was cut short")
        .code(6);
    send(&backend)
        .error("malformed event (frame 2): item")
        .code(6);
    send(&backend).error("malformed event (frame 2)").code(6);
    send(&backend)
        .error("the stream ended without an answer, after 1 event")
        .code(6);
    send(&backend)
        .error("the answer is encoded as gzip")
        .code(6);
}

#[test]
fn a_character_whose_halves_come_in_two_deltas_is_whole() {
    let mut frames = streamed("m", &["Hi ", "\u{1}", "\u{2}", "!"]);
    for (frame, half) in [("\\u0001", "\\ud83c"), ("\\u0002", "\\udf89")] {
        for text in &mut frames {
            *text = text.replace(frame, half);
        }
    }
    let backend = Backend::new([turn(frames)]);
    send(&backend)
        .stdout("Hi 🎉!\n")
        .stderr_has_not("protocol")
        .code(0);
}

#[test]
fn what_the_protocol_does_not_allow_is_a_warning_while_it_streams() {
    let mut frames = streamed("m", &["ab"]);
    let last = frames.len() - 1;
    frames[last] = done(&message("m", "abc"));
    let backend = Backend::new([turn(frames)]);
    send(&backend)
        .stdout("abc\n")
        .stderr_has("warning: the stream breaks the protocol: part 0 of m")
        .code(0);
}

#[test]
#[cfg(unix)]
fn ctrl_c_leaves_the_stream_and_exits_130() {
    let mut frames = vec![created()];
    frames.extend(streamed("m", &["first", "second"]).into_iter().take(3));
    let backend = Backend::new([Reply::Hang(frames)]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_chatkit"))
        .args(["send", "hi", "--url", &backend.url()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The first delta is seen before the stream ends.
    let mut seen = [0; 5];
    child
        .stdout
        .as_mut()
        .unwrap()
        .read_exact(&mut seen)
        .unwrap();
    assert_eq!(&seen, b"first");
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(backend.was_left());
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() {
    let mut frames = vec![created()];
    frames.extend(streamed("m", &vec!["0123456789abcdef"; 20_000]));
    let backend = Backend::new([Reply::Events(frames)]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_chatkit"))
        .args(["send", "hi", "-q", "--url", &backend.url()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut seen = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut seen).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}
