//! `chatkit send` against the reference server: every item, event and update, plain and as JSON.

use std::io::Read;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::bench::{Bench, Case, Peer};
use crate::cli::{answer, done};

/// What a plain run has to print for a message: all of stdout, or parts of it, and parts of stderr.
struct Scene {
    message: &'static str,
    stdout: Stdout,
    stderr: &'static [&'static str],
}

enum Stdout {
    Is(&'static str),
    Has(&'static [&'static str]),
}

use Stdout::{Has, Is};

const MARKDOWN: &str = "# Title\n\n- one\n- **two**\n\n```rust\nfn main() {}\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
const UNICODE: &str = "Grüße, 世界 👩\u{200d}👩\u{200d}👧\u{200d}👦 e\u{301} שלום line\u{2028}separator quote\" \\ slash";

/// A word out of every component that has one.
const GALLERY: [&str; 15] = [
    "A title",
    "A text",
    "A caption",
    "markdown",
    "A badge",
    "A picture",
    "left",
    "right",
    "boxed",
    "in transition",
    "A button",
    "Option B",
    "High",
    "Brest",
    "7.1 m",
];

const fn scene(message: &'static str, stdout: Stdout, stderr: &'static [&'static str]) -> Scene {
    Scene {
        message,
        stdout,
        stderr,
    }
}

/// One for each scene of `scenes.py` and `scenes_rich.py` that is no error.
const SCENES: [Scene; 30] = [
    scene("text one two three", Is("one two three"), &["thr_"]),
    scene("markdown", Is(MARKDOWN), &[]),
    scene("unicode", Is(UNICODE), &[]),
    scene("parts", Has(&["first part", "second part"]), &[]),
    scene("empty", Is(""), &[]),
    scene("cite", Is("See the sources."), &[]),
    scene("progress", Is("found"), &["Looking it up", "Nearly there"]),
    scene("notice info", Is("noted"), &["A notice", "gap"]),
    scene("notice warning", Is("noted"), &["A notice", "gap"]),
    scene("notice danger", Is("noted"), &["A notice", "gap"]),
    scene("effect", Is("done"), &["highlight"]),
    scene("title Tide tables", Is("titled"), &["Tide tables"]),
    scene("lock", Is("locked"), &["under review"]),
    scene("close", Is("closed"), &["resolved"]),
    scene("hidden", Is("nothing to see"), &[]),
    scene("end", Is("the end"), &[]),
    scene("replace", Has(&["the final text"]), &[]),
    scene("remove", Has(&["kept"]), &[]),
    scene(
        "workflow",
        Is("high tide at noon"),
        &["Plan", "Search", "Read", "Look"],
    ),
    scene("reasoning", Is("42"), &["Six times seven."]),
    scene(
        "task",
        Is("all tasks shown"),
        &["Plan", "Search", "Read", "Look"],
    ),
    scene("widget", Has(&["Tides", "Hello from a widget"]), &[]),
    scene("widget list", Has(&["Brest", "Dover"]), &[]),
    scene(
        "widget form",
        Has(&[
            "Name",
            "Option A",
            "Agreed",
            "Save",
            "Confirm it",
            "Cancel it",
        ]),
        &[],
    ),
    scene("widget chart", Has(&["Jan", "Feb"]), &[]),
    scene("widget gallery", Has(&GALLERY), &[]),
    scene("root", Has(&["third"]), &[]),
    scene("basic", Has(&["Ada \"the first\""]), &[]),
    scene("tool", Is(""), &["get_weather"]),
    scene("form", Has(&[]), &[]),
];

/// Scenes whose plain output is looked at elsewhere.
const MORE: [&str; 7] = [
    "image",
    "big",
    "error out of credit",
    "final",
    "crash",
    "overload",
    "all",
];

pub fn cases() -> Vec<Case> {
    let python = Peer::Python;
    let mut cases = Vec::new();
    for scene in &SCENES {
        let name = format!("client: send prints what '{}' provokes", scene.message);
        cases.push(Case::new(name, python, move |bench| prints(bench, scene)));
    }
    for message in SCENES.iter().map(|scene| scene.message).chain(MORE) {
        let name = format!("client: send --json hands on every event of '{message}'");
        cases.push(Case::new(name, python, move |bench| {
            hands_on(bench, message);
        }));
    }
    let mut case = |name: &str, run: fn(&Bench)| cases.push(Case::new(name, python, run));
    case(
        "client: send --json hands on events word for word",
        word_for_word,
    );
    case(
        "client: send prints an answer of three megabytes in one event",
        big,
    );
    case("client: send names the address of a generated image", image);
    case("client: send never shows a hidden item", hidden);
    case(
        "client: send takes an event of three megabytes byte by byte of its text",
        big_json,
    );
    case(
        "client: send - reads the message from standard input",
        from_stdin,
    );
    case(
        "client: send says nothing of the answer before it comes",
        streams,
    );
    case("client: send into a closed pipe ends quietly", closed_pipe);
    case(
        "client: an interrupted send exits 130 and the server keeps the partial answer",
        interrupted,
    );
    case(
        "client: send asks for an event stream, in the locale, with the headers named",
        headers,
    );
    case(
        "client: send takes its address from CHATKIT_URL",
        address_from_environment,
    );
    cases
}

fn prints(bench: &Bench, scene: &Scene) {
    let outcome = bench
        .desk()
        .run(["send", scene.message])
        .code(0)
        .notes(scene.stderr);
    match scene.stdout {
        Is(wanted) => outcome.says(wanted),
        Has(wanted) => outcome.shows(wanted),
    };
}

/// The events on stdout have to be those that the server logged for this very message.
fn hands_on(bench: &Bench, message: &str) {
    let desk = bench.desk();
    let marked = mark(message);
    let outcome = desk.run(["send", "--json", &marked]);
    let events = outcome.lines();
    let failed = events.iter().any(|event| event["type"] == "error");
    let outcome = outcome.code(i32::from(failed));
    let sent = sent(&desk.request("threads.create", &marked));
    let sent: Vec<Value> = sent
        .iter()
        .map(|event| serde_json::from_str(event).expect("the server sends JSON"))
        .collect();
    assert!(
        outcome.lines() == sent,
        "{} events came, {} were sent",
        events.len(),
        sent.len()
    );
}

/// The message with a mark of its own, which the scenes skip.
fn mark(message: &str) -> String {
    format!("{message} #{:?}", std::time::Instant::now()).replace(['{', '}', '"', ':'], "")
}

fn sent(entry: &Value) -> Vec<String> {
    let events = entry["events"].as_array().expect("a streamed answer");
    events
        .iter()
        .filter_map(|event| event.as_str().map(str::to_owned))
        .collect()
}

fn word_for_word(bench: &Bench) {
    let desk = bench.desk();
    let message = mark("all");
    let outcome = desk.run(["send", "--json", &message]).code(0);
    let lines: Vec<_> = outcome.stdout().lines().collect();
    assert_eq!(lines, sent(&desk.request("threads.create", &message)));
}

fn big(bench: &Bench) {
    let outcome = bench.desk().run(["send", "big"]).code(0);
    let said = outcome.stdout().trim_end();
    assert_eq!(said.len(), 3 * 1024 * 1024);
    assert!(
        said.as_bytes()
            .chunks(16)
            .all(|chunk| chunk == b"0123456789abcdef")
    );
}

fn big_json(bench: &Bench) {
    let (_, events) = bench.desk().say("big");
    assert_eq!(answer(&events).len(), 3 * 1024 * 1024);
}

fn image(bench: &Bench) {
    let outcome = bench.desk().run(["send", "image"]).code(0);
    let address = "https://example.com/image.png";
    assert!(outcome.stdout().contains(address) || outcome.stderr().contains(address));
}

fn hidden(bench: &Bench) {
    bench.desk().run(["send", "hidden"]).code(0).hides("secret");
    bench
        .desk()
        .run(["send", "--json", "hidden"])
        .code(0)
        .hides("secret");
}

fn from_stdin(bench: &Bench) {
    bench
        .desk()
        .run_with(["send", "-"], b"text from a pipe")
        .code(0)
        .says("from a pipe");
}

fn streams(bench: &Bench) {
    let desk = bench.desk();
    let running = desk.start(["send", "slow"]);
    // The whole answer takes 30 seconds, so this word cannot have waited for the end.
    running.wait_for("word3 ", Duration::from_secs(15));
}

fn closed_pipe(bench: &Bench) {
    let desk = bench.desk();
    let mut command = desk.command(["send", "slow", "--url", &desk.at("/chatkit")]);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = Killed(command.spawn().expect("the binary starts"));
    let mut stdout = child.0.stdout.take().expect("stdout is piped");
    stdout
        .read_exact(&mut [0; 6])
        .expect("the first word comes");
    drop(stdout);
    assert_eq!(child.code_within(Duration::from_secs(15)), Some(0));
}

/// A bare child, for the one test that closes its output.
struct Killed(std::process::Child);

impl Killed {
    fn code_within(&mut self, limit: Duration) -> Option<i32> {
        let end = std::time::Instant::now() + limit;
        while std::time::Instant::now() < end {
            if let Some(status) = self.0.try_wait().expect("the child can be waited for") {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("still running after {limit:?}");
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn interrupted(bench: &Bench) {
    let desk = bench.desk();
    let message = mark("slow");
    let running = desk.start(["send", "--json", &message]);
    running.wait_for("word5 ", Duration::from_secs(15));
    running.interrupt();
    let finished = running.finish(Duration::from_secs(10));
    assert_eq!(finished.code, Some(130));
    let first = String::from_utf8_lossy(&finished.stdout)
        .lines()
        .next()
        .map(str::to_owned);
    let first: Value = serde_json::from_str(&first.expect("a first event")).expect("JSON");
    let thread = first["thread"]["id"]
        .as_str()
        .expect("the thread's id")
        .to_owned();
    let partial = wait_for_answer(&desk, &thread);
    assert!(partial.starts_with("word0 word1 "), "stored {partial:?}");
}

/// The server stores the partial answer a moment after the connection is gone.
fn wait_for_answer(desk: &crate::cli::Desk, thread: &str) -> String {
    let params = format!(r#"{{"thread_id": "{thread}"}}"#);
    for _ in 0..100 {
        let page = desk.run(["request", "items.list", &params]).code(0).json();
        let items = page["data"].as_array().expect("a page").clone();
        if let Some(item) = items
            .iter()
            .find(|item| item["type"] == "assistant_message")
        {
            return item["content"][0]["text"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("no partial answer was stored");
}

fn headers(bench: &Bench) {
    let desk = bench.desk();
    let message = mark("text hi");
    let options = ["--header", "X-Peer: tested", "--locale", "de-DE"];
    desk.run(["send", &message].iter().chain(&options))
        .code(0)
        .says("hi");
    let entry = desk.request("threads.create", &message);
    let headers = &entry["headers"];
    assert_eq!(headers["x-peer"], "tested");
    assert_eq!(headers["accept-language"], "de-DE");
    assert_eq!(headers["content-type"], "application/json");
    let accept = headers["accept"].as_str().expect("an accept header");
    assert!(accept.contains("text/event-stream"), "accept: {accept}");
}

fn address_from_environment(bench: &Bench) {
    let desk = bench.desk();
    let mut command = desk.command(["send", "--json", "text hi"]);
    command.env("CHATKIT_URL", desk.at("/chatkit"));
    let finished = crate::process::Running::start(command)
        .feed(b"")
        .finish(Duration::from_secs(30));
    let events = crate::cli::Outcome(finished).code(0).lines();
    assert_eq!(done(&events, "assistant_message").len(), 1);
}
