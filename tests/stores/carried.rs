//! `chatkit thread export` and `thread import` between stores.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::opening::Test;
use crate::place::{Kind, Place};
use crate::served::Server;

pub const TESTS: &[(Kind, &str, Test)] = &[
    (
        Kind::Sqlite,
        "what_is_imported_is_what_was_exported",
        both_ways,
    ),
    (
        Kind::Postgres,
        "what_is_imported_is_what_was_exported",
        both_ways,
    ),
    (Kind::Sqlite, "threads_are_imported_beside_a_server", beside),
    (
        Kind::Postgres,
        "threads_are_imported_beside_a_server",
        beside,
    ),
    (
        Kind::Sqlite,
        "an_import_that_is_killed_again_and_again_loses_and_doubles_nothing",
        killed,
    ),
    (
        Kind::Postgres,
        "an_import_that_is_killed_again_and_again_loses_and_doubles_nothing",
        killed,
    ),
];

/// How many threads are carried under fire, and how many items each has.
const THREADS: usize = 1500;
const ITEMS: usize = 4;

fn chatkit(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_chatkit"))
        .args(args)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

fn export(server: &Server, file: &Path) {
    let url = server.endpoint();
    let file = file.to_str().unwrap();
    chatkit(&["thread", "export", "--all", "-o", file, "--url", &url]);
}

/// What an import counts.
fn import(file: &Path, store: &str) -> Value {
    let file = file.to_str().unwrap();
    let counts = chatkit(&["thread", "import", file, "--store", store, "--json"]);
    serde_json::from_str(&counts).unwrap()
}

/// Every document of an export, without the times at which it was made.
fn documents(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .filter_map(|mut line| Some(line.get_mut("document")?["body"].take()))
        .collect()
}

fn talk(server: &Server, words: &[&str]) {
    for words in words {
        let input = json!({"content": [{"type": "input_text", "text": words}], "attachments": [],
            "inference_options": {}});
        server.events("threads.create", &json!({ "input": input }));
    }
}

fn both_ways(place: &Place) {
    let source = Server::start(place, &["--pace", "0"]);
    talk(
        &source,
        &["show all", "show form", "hello", "show title Oslo"],
    );
    let file = place.folder().join("one.jsonl");
    export(&source, &file);
    source.kill();
    let other = Place::new(Kind::Sqlite, None);
    let counts = import(&file, &other.url);
    assert_eq!((&counts["new"], &counts["differ"]), (&json!(4), &json!(0)));
    // And back: what is there already is the same.
    let again = place.folder().join("two.jsonl");
    export(&Server::start(&other, &[]), &again);
    assert_eq!(documents(&file), documents(&again));
    let counts = import(&again, &place.url);
    assert_eq!(
        (&counts["unchanged"], &counts["items"]),
        (&json!(4), &json!(0))
    );
}

/// An export of many threads, as another program might have written it.
fn written(file: &Path) {
    let header = json!({"format": "chatkit-recording", "version": 1,
        "started_at": "2026-11-20T10:00:00Z", "written_by": "a test"});
    let mut lines = vec![header];
    for number in 0..THREADS {
        let id = format!("thr_{number}");
        let item = |item| {
            json!({"id": format!("{id}_{item}"), "thread_id": id, "type": "assistant_message",
            "created_at": "2026-11-20T10:00:00", "content": [
                {"type": "output_text", "text": "word ".repeat(20), "annotations": []}]})
        };
        let items: Vec<Value> = (0..ITEMS).map(item).collect();
        let thread = json!({"id": id, "title": null, "created_at": "2026-11-20T10:00:00",
            "status": {"type": "active"}, "items": {"data": [], "has_more": false}});
        let page = json!({"data": items, "has_more": false});
        let exchanges = [("threads.get_by_id", thread), ("items.list", page)];
        for (place, (kind, document)) in exchanges.into_iter().enumerate() {
            let exchange = 2 * number + place;
            let asked = json!({"type": kind, "params": {"thread_id": id}});
            lines.extend([
                json!({"request": {"exchange": exchange, "at": 0.0, "method": "POST", "url": "u",
                    "body": {"json": asked}}}),
                json!({"response": {"exchange": exchange, "at": 0.0, "status": 200}}),
                json!({"document": {"exchange": exchange, "at": 0.0, "body": {"json": document}}}),
                json!({"end": {"exchange": exchange, "at": 0.0, "outcome": "complete"}}),
            ]);
        }
    }
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    std::fs::write(file, lines.join("\n") + "\n").unwrap();
}

/// A thread that was there in part would be one that is extended, and an item that is there twice
/// would make a thread that differs.
fn killed(place: &Place) {
    let file = place.folder().join("many.jsonl");
    written(&file);
    let args = [
        "thread",
        "import",
        file.to_str().unwrap(),
        "--store",
        &place.url,
    ];
    // Each is killed later than the one before it, the last ones in the middle of the work.
    for round in 1..12 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_chatkit"))
            .args(args)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(60 * round));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let counts = import(&file, &place.url);
    let count =
        |counts: &Value, name: &str| usize::try_from(counts[name].as_u64().unwrap()).unwrap();
    let [new, same] = ["new", "unchanged"].map(|name| count(&counts, name));
    assert_eq!(new + same, THREADS, "{counts}");
    assert_eq!(count(&counts, "items"), new * ITEMS);
    let counts = import(&file, &place.url);
    assert_eq!(
        (count(&counts, "unchanged"), count(&counts, "items")),
        (THREADS, 0)
    );
}

fn beside(place: &Place) {
    let other = Place::new(Kind::Sqlite, None);
    let source = Server::start(&other, &["--pace", "0"]);
    talk(&source, &["one", "two", "three"]);
    let file = place.folder().join("one.jsonl");
    export(&source, &file);
    let server = Server::start(place, &["--pace", "0"]);
    talk(&server, &["here before"]);
    assert_eq!(import(&file, &place.url)["new"], 3);
    talk(&server, &["here after"]);
    assert_eq!(import(&file, &place.url)["unchanged"], 3);
    let threads = server.document("threads.list", &json!({}));
    assert_eq!(threads["data"].as_array().unwrap().len(), 5);
}
