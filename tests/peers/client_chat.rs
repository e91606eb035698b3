//! `chatkit chat` at a terminal, against the reference server: what a person does, and sees.

use crate::bench::{Bench, Case, Peer};
use crate::terminal::{CTRL_C, CTRL_D, DOWN, ENTER, Started, chat};

pub fn cases() -> Vec<Case> {
    let case = |name: &str, run: fn(&Bench)| Case::new(name, Peer::Python, run);
    vec![
        case(
            "client: chat shows turns, titles, workflows and sources",
            turns,
        ),
        case(
            "client: chat stops an answer, and the next one comes whole",
            cancel,
        ),
        case("client: chat answers forms and tools", answers),
        case("client: chat clicks, at once and streaming", clicks),
        case("client: chat uploads a file with the next message", upload),
        case("client: chat offers to retry what may be retried", retry),
        case("client: chat opens, renames and saves a thread", threads),
    ]
}

fn start(bench: &Bench) -> Started {
    chat(["--url", &url(bench)]).start()
}

fn url(bench: &Bench) -> String {
    format!("{}/chatkit", bench.reference_url())
}

fn turns(bench: &Bench) {
    let mut terminal = start(bench);
    terminal
        .says("text one two three")
        .sees("one two three\n")
        .sees_prompt();
    terminal
        .says("markdown")
        .sees("• two")
        .sees("a │ b")
        .sees_prompt();
    terminal.says("title Tide tables").sees("· Tide tables >");
    terminal
        .says("workflow")
        .sees("▸ Five things done")
        .sees("high tide at noon")
        .sees_prompt();
    terminal.says("cite").sees("1. ").sees_prompt();
    terminal
        .says("notice warning")
        .sees("⚠ warning: A notice")
        .sees_prompt();
    terminal
        .says("remove")
        .sees("removed: ")
        .sees("kept")
        .sees_prompt();
    terminal.says("hidden").sees("nothing to see").sees_prompt();
    assert_eq!(terminal.count("a secret of"), 0);
    terminal.types(CTRL_D).ends_with(0);
}

fn cancel(bench: &Bench) {
    let mut terminal = start(bench);
    terminal.says("slow").sees("word1 ");
    terminal.types(CTRL_C).sees("cancelled").sees_prompt();
    terminal
        .says("text whole again")
        .sees("whole again\n")
        .sees_prompt();
}

fn answers(bench: &Bench) {
    let mut terminal = start(bench);
    terminal
        .says("form")
        .sees("? Which?")
        .types(DOWN)
        .types(ENTER);
    // The questions stand in the drawn form, too.
    terminal.sees("? What else?").types(" ").types(ENTER);
    terminal.sees("? Why?").types("because").types(ENTER);
    terminal
        .sees("\"status\": \"answered\"")
        .sees("because")
        .sees_prompt();
    terminal
        .says("tool get_tide")
        .sees("get_tide")
        .sees("JSON, or a plain text");
    terminal.types("{\"metres\": 7}").types(ENTER);
    terminal.sees("get_tide said {\"metres\": 7}").sees_prompt();
}

fn clicks(bench: &Bench) {
    let mut terminal = start(bench);
    terminal.says("widget").sees("[1] Refresh").sees_prompt();
    terminal
        .says("/click 1")
        .sees("\"type\": \"tides.refresh\"")
        .sees_prompt();
    terminal.says("/click 2").sees("Tides").sees_prompt();
    assert_eq!(terminal.count("error"), 0, "{}", terminal.screen());
}

fn upload(bench: &Bench) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("tides.txt");
    std::fs::write(&file, "high and low").expect("a file");
    let mut terminal = start(bench);
    let line = format!("/attach {}", file.display());
    terminal
        .types(&line)
        .types(ENTER)
        .sees("attached: tides.txt (12 bytes)")
        .sees_prompt();
    terminal
        .says("echo")
        .sees("\"name\":\"tides.txt\"")
        .sees_prompt();
}

fn retry(bench: &Bench) {
    let mut terminal = start(bench);
    terminal
        .says("error")
        .sees("error: out of credit")
        .sees("Try again?");
    terminal.types("n").types(ENTER).sees_prompt();
    terminal
        .says("final")
        .sees("error: not again")
        .sees_prompt();
    assert_eq!(terminal.count("Try again?"), 1, "{}", terminal.screen());
    terminal.says("text and on").sees("and on\n").sees_prompt();
}

fn threads(bench: &Bench) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("thread.json");
    // The list of threads is the server's, and nobody else is to start one.
    let reference = bench.start_reference();
    let url = format!("{}/chatkit", reference.url());
    let mut terminal = chat(["--url", &url]).start();
    // More items than the server hands out on one page.
    for turn in 0..12 {
        terminal
            .says(&format!("text turn-{turn}."))
            .sees(&format!("\nturn-{turn}.\n"))
            .sees_prompt();
    }
    terminal.says("/rename Twelve").sees("· Twelve >");
    terminal.says("/new").sees("starts a thread");
    terminal.says("/threads").sees("Twelve").sees_prompt();
    terminal
        .types("/open thr_\t")
        .types(ENTER)
        .sees("turn-11.")
        .sees("· Twelve >");
    let line = format!("/save {}", file.display());
    terminal
        .types(&line)
        .types(ENTER)
        .sees("saved: ")
        .sees_prompt();
    let saved = std::fs::read(&file).expect("the file was saved");
    let thread: serde_json::Value = serde_json::from_slice(&saved).expect("JSON");
    assert_eq!(thread["items"]["data"].as_array().map(Vec::len), Some(24));
}
