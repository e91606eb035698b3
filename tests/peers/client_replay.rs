//! `chatkit replay --against`: what the reference server answered, asked of it once more.

use serde_json::json;

use crate::bench::{Bench, Case, Peer};
use crate::cli::{Desk, done};
use crate::client_operations::widget;

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |name: &str, run: fn(&Bench)| cases.push(Case::new(name, Peer::Python, run));
    case(
        "client: replay --against the server that was recorded finds it the same",
        same,
    );
    case(
        "client: replay --against names the word that is another one",
        different,
    );
    case(
        "client: replay sends what a proxy recorded again: messages, actions, feedback and files",
        proxied,
    );
    case("client: replay sends the turns of an export again", export);
    case("client: replay plays a thread by its id", by_id);
    cases
}

/// Writes down what is said to the server.
fn record(desk: &Desk, talk: &[&str]) -> String {
    let file = desk.file("talk.jsonl", b"");
    let file = file.to_str().expect("the home has a name").to_owned();
    let record = ["send", "--record", &file];
    desk.run(record.into_iter().chain(talk.iter().copied()))
        .code(0);
    file
}

fn same(bench: &Bench) {
    let desk = bench.desk();
    let url = desk.at("/chatkit");
    let result = r#"get_weather={"degrees": 3}"#;
    let talks: [&[&str]; 6] = [
        &["text one two three"],
        &["markdown"],
        &["workflow"],
        &["widget"],
        &["tool get_weather", "--tool", result],
        &["form", "--skip"],
    ];
    for talk in talks {
        let file = record(&desk, talk);
        for how in ["exact", "text", "shape"] {
            desk.run_bare(["replay", &file, "--against", &url, "--match", how])
                .code(0);
        }
    }
}

fn different(bench: &Bench) {
    let desk = bench.desk();
    let url = desk.at("/chatkit");
    let file = record(&desk, &["text blue"]);
    let recorded = std::fs::read_to_string(&file).expect("it was recorded");
    // Only what the server answered is changed, not what it is asked.
    let (asked, answered) = recorded
        .split_once("\"response\"")
        .expect("there is an answer");
    let changed = format!("{asked}\"response\"{}", answered.replace("blue", "green"));
    desk.file("talk.jsonl", changed.as_bytes());
    desk.run_bare(["replay", &file, "--against", &url])
        .code(3)
        .shows(&["content[0].text", "- green", "+ blue"]);
    desk.run_bare(["replay", &file, "--against", &url, "--match", "shape"])
        .code(0);
}

fn proxied(bench: &Bench) {
    let desk = bench.desk();
    let url = desk.at("/chatkit");
    let file = desk.file("session.jsonl", b"");
    let pid = desk.file("proxy.pid", b"");
    let (file, pid) = (file.display().to_string(), pid.display().to_string());
    std::fs::remove_file(&pid).expect("the proxy makes it");
    let proxy = [
        "serve",
        "--proxy",
        &url,
        "--record",
        &file,
        "--port",
        "0",
        "--background",
        "--wait",
        "--pid-file",
        &pid,
    ];
    let started = desk.run_bare(proxy).code(0);
    let through = Desk::new(started.stdout().trim().trim_end_matches("/chatkit"), None);
    let picture = through.file("a.txt", b"a file");
    let picture = picture.display().to_string();
    through
        .run(["send", "text hello", "--attach", &picture])
        .code(0);
    let (thread, item) = widget(&through);
    let payload = r#"{"port": "Brest"}"#;
    through
        .run([
            "action",
            &thread,
            &item,
            "tides.refresh",
            "--payload",
            payload,
        ])
        .code(0);
    through
        .run(["action", &thread, &item, "tides.pin", "--sync"])
        .code(0);
    through
        .run(["feedback", &thread, &item, "--positive"])
        .code(0);
    through.run(["thread", "rename", &thread, "Tides"]).code(0);
    desk.run_bare(["serve", "--stop", "--pid-file", &pid])
        .code(0);

    let report = desk
        .run_bare(["replay", &file, "--against", &url, "--json"])
        .code(0)
        .json();
    assert_eq!(report["equal"], json!(true), "{report:#}");
    let turns = report["turns"].as_array().expect("there are turns");
    let asked = turns.iter().filter_map(|turn| turn["request"].as_str());
    let kinds: Vec<_> = asked.filter_map(|title| title.split(' ').next()).collect();
    let wanted = [
        "threads.create",
        "threads.create",
        "threads.custom_action",
        "threads.sync_custom_action",
        "items.feedback",
        "threads.update",
    ];
    assert_eq!(kinds, wanted);
}

fn export(bench: &Bench) {
    let desk = bench.desk();
    let (thread, _) = desk.say("text one two");
    desk.run(["send", "--thread", &thread, "text three"])
        .code(0);
    let file = desk.file("export.jsonl", b"").display().to_string();
    std::fs::remove_file(&file).expect("the export makes it");
    desk.run(["thread", "export", &thread, "--output", &file])
        .code(0);
    let url = desk.at("/chatkit");
    desk.run_bare(["replay", &file, "--against", &url, "--match", "text"])
        .code(0);
}

fn by_id(bench: &Bench) {
    let desk = bench.desk();
    let (thread, events) = desk.say("text one two");
    assert_eq!(done(&events, "assistant_message").len(), 1);
    desk.run(["replay", &thread]).code(0).shows(&["one two"]);
}
