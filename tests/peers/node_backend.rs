//! The client against a server on `chatkit-node-backend-sdk`, which others wrote from scratch.
//!
//! It differs where the protocol allows it: no `stream_options`, `null` for what is absent, times
//! with a `Z`, and a completed tool call that is replaced in the next turn.

use serde_json::{Value, json};

use crate::bench::{Bench, Case, Peer};
use crate::cli::{answer, done};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, run: fn(&Bench)| cases.push(Case::new(name, Peer::Node, run));
    case("node: send prints the answer and the new title", send);
    case("node: send --json hands on the events", send_json);
    case("node: send --thread goes on in a thread", send_on);
    case(
        "node: send --tool answers a client tool, whose call is replaced",
        tool,
    );
    case("node: an error event exits 1", error);
    case("node: an unknown thread exits 1 or 6", unknown_thread);
    case("node: thread list shows the threads", list);
    case("node: thread show has the items, nulls and all", show);
    case("node: thread rename and delete do so", rename_and_delete);
    case("node: action prints the answer", action);
    cases
}

fn send(bench: &Bench) {
    let outcome = bench.node_desk().run(["send", "hello world"]).code(0);
    outcome
        .says("you said: hello world")
        .notes(&["About hello world"]);
}

fn send_json(bench: &Bench) {
    let events = bench
        .node_desk()
        .run(["send", "hello world", "--json"])
        .code(0)
        .lines();
    let types: Vec<_> = events
        .iter()
        .filter_map(|event| event["type"].as_str())
        .collect();
    let mut wanted = vec![
        "thread.created",
        "thread.item.done",
        "thread.item.added",
        "thread.updated",
    ];
    wanted.extend(["thread.item.updated"; 6]);
    wanted.push("thread.item.done");
    assert_eq!(types, wanted);
    assert_eq!(answer(&events), "you said: hello world");
}

fn send_on(bench: &Bench) {
    let desk = bench.node_desk();
    let (thread, _) = desk.say("one");
    desk.run(["send", "two", "--thread", &thread])
        .code(0)
        .says("you said: two");
    desk.run(["send", "-c", "three"])
        .code(0)
        .says("you said: three");
}

fn tool(bench: &Bench) {
    let desk = bench.node_desk();
    let options = ["--tool", r#"get_weather={"temp":21}"#];
    let plain = desk.run(["send", "tool"].iter().chain(&options)).code(0);
    plain.says(r#"the tool said {"temp":21}"#);
    let events = desk
        .run(["send", "tool", "--json"].iter().chain(&options))
        .code(0)
        .lines();
    let replaced = events
        .iter()
        .find(|event| event["type"] == "thread.item.replaced");
    assert_eq!(
        replaced.expect("the call is replaced")["item"]["status"],
        "completed"
    );
}

fn error(bench: &Bench) {
    bench
        .node_desk()
        .run(["send", "error"])
        .code(1)
        .notes(&["out of credit"]);
}

/// The head of the answer is sent before the SDK looks for the thread, or after: both are its way.
fn unknown_thread(bench: &Bench) {
    let outcome = bench
        .node_desk()
        .run(["send", "hi", "--thread", "thr_nobody"]);
    assert!(
        matches!(outcome.0.code, Some(1 | 6)),
        "{:?}: {}",
        outcome.0.code,
        outcome.stderr()
    );
}

fn list(bench: &Bench) {
    let desk = bench.node_desk();
    let (thread, _) = desk.say("a thread to list");
    desk.run(["thread", "list", "--all"])
        .code(0)
        .shows(&[&thread, "About a thread to list"]);
    let page = desk
        .run(["thread", "list", "--all", "--json"])
        .code(0)
        .json();
    assert!(
        page["data"]
            .as_array()
            .expect("data")
            .iter()
            .any(|row| row["id"] == thread)
    );
}

fn show(bench: &Bench) {
    let desk = bench.node_desk();
    // A turn that ends at a tool leaves the title null.
    let (thread, _) = desk.say("tool");
    let said = desk
        .run(["thread", "show", &thread, "--json"])
        .code(0)
        .json();
    assert_eq!(said.get("title").cloned().unwrap_or_default(), Value::Null);
    let types: Vec<_> = said["items"]["data"]
        .as_array()
        .expect("data")
        .iter()
        .collect();
    let types: Vec<_> = types.iter().map(|item| &item["type"]).collect();
    assert_eq!(types, [&json!("user_message"), &json!("client_tool_call")]);
    desk.run(["thread", "show", &thread])
        .code(0)
        .shows(&["get_weather"]);
}

fn rename_and_delete(bench: &Bench) {
    let desk = bench.node_desk();
    let (thread, _) = desk.say("one");
    desk.run(["thread", "rename", &thread, "A name"]).code(0);
    let said = desk
        .run(["thread", "show", &thread, "--json"])
        .code(0)
        .json();
    assert_eq!(said["title"], "A name");
    desk.run(["thread", "delete", &thread, "--yes"]).code(0);
    desk.run(["thread", "show", &thread]).code(1);
}

fn action(bench: &Bench) {
    let desk = bench.node_desk();
    let (thread, events) = desk.say("one");
    let item = done(&events, "assistant_message").remove(0);
    let args = ["action", &thread, &item, "go", "--payload", "[1]"];
    desk.run(args).code(0).says("action go with [1]");
}
