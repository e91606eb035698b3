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
];

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
