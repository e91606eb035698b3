//! `chatkit replay` at a terminal: the space bar, and leaving in the middle.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::terminal::{CTRL_C, run};

/// A recording of two words, the second so many milliseconds after the first.
fn recording(gap: u32) -> (tempfile::TempDir, PathBuf) {
    let item = |text: &str| {
        let content = match text {
            "" => json!([]),
            text => json!([{"type": "output_text", "text": text, "annotations": []}]),
        };
        json!({"id": "m1", "thread_id": "t1", "created_at": "2026-01-01T00:00:00Z",
            "type": "assistant_message", "content": content})
    };
    let delta = |text: &str| {
        json!({"type": "thread.item.updated", "item_id": "m1", "update":
        {"type": "assistant_message.content_part.text_delta", "content_index": 0, "delta": text}})
    };
    let part = json!({"type": "thread.item.updated", "item_id": "m1", "update":
        {"type": "assistant_message.content_part.added", "content_index": 0,
         "content": {"type": "output_text", "text": "", "annotations": []}}});
    let event =
        |at: u32, data: &Value| json!({"event": {"exchange": 1, "at": at, "data": {"json": data}}});
    let request = json!({"type": "threads.create", "params": {"input": {
        "content": [{"type": "input_text", "text": "hi"}], "attachments": [], "inference_options": {}}}});
    let lines = [
        json!({"format": "chatkit-recording", "version": 1, "started_at": "x", "written_by": "a test"}),
        json!({"request": {"exchange": 1, "at": 0, "method": "POST", "url": "http://h/", "body": {"json": request}}}),
        event(0, &json!({"type": "thread.item.added", "item": item("")})),
        event(0, &part),
        event(0, &delta("first ")),
        event(gap, &delta("second")),
        event(
            gap,
            &json!({"type": "thread.item.done", "item": item("first second")}),
        ),
        json!({"end": {"exchange": 1, "at": gap, "outcome": "complete"}}),
    ];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("talk.jsonl");
    let lines: Vec<_> = lines.iter().map(ToString::to_string).collect();
    std::fs::write(&file, lines.join("\n") + "\n").unwrap();
    (folder, file)
}

#[test]
fn the_space_bar_pauses_and_goes_on() {
    let gap = 4000;
    let (_folder, file) = recording(gap);
    let mut command = Command::new(env!("CARGO_BIN_EXE_chatkit"));
    command.arg("replay").arg(file);
    let mut terminal = run(command).start();
    terminal.sees("> hi").sees("first");
    terminal.types("x ").sees("paused: press space to go on");
    // However long one waits, nothing more comes.
    std::thread::sleep(Duration::from_millis(u64::from(gap) + 1000));
    terminal.types("y").sees("paused");
    assert_eq!(terminal.count("second"), 0, "{}", terminal.screen());
    terminal.types(" ").sees_no("paused").sees("first second");
    terminal.ends_with(0);
    assert_eq!(terminal.count("x"), 0, "keys are not echoed");
}

#[test]
fn ctrl_c_leaves_and_gives_the_terminal_back() {
    let (_folder, file) = recording(600_000);
    let mut shell = Command::new("sh");
    let script = format!(
        "trap : INT; before=$(stty -g); {} replay {}; echo code $?; \
         [ \"$before\" = \"$(stty -g)\" ] && echo the same mode",
        env!("CARGO_BIN_EXE_chatkit"),
        file.display()
    );
    shell.args(["-c", &script]);
    let mut terminal = run(shell).start();
    terminal.sees("first").types(CTRL_C).sees("code 130");
    terminal.sees("the same mode");
    terminal.ends_with(0);
}
