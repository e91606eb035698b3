//! An export and an import that are killed, and what the next run makes of it.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::{Written, everything, exported, on, start, until};
use crate::backend::{Backend, Reply, message, thread};
use crate::dsl::chatkit;

fn list(ids: &[&str]) -> Reply {
    let rows: Vec<Value> = ids.iter().map(|id| thread(id, Some("T"))).collect();
    Reply::Json(200, json!({"data": rows, "has_more": false}))
}

fn items(thread: &str, ids: &[&str]) -> Reply {
    let row = |id: &&str| {
        let mut row = message(id, "text");
        row["thread_id"] = thread.into();
        row
    };
    let rows: Vec<Value> = ids.iter().map(row).collect();
    Reply::Json(200, json!({"data": rows, "has_more": false}))
}

fn partial(file: &Path) -> std::path::PathBuf {
    file.with_extension("jsonl.partial")
}

/// Exports up to the reply that never comes, and is killed.
fn killed(backend: &Backend, file: &Path, asked: usize) {
    let url = backend.url();
    let args = [
        "thread",
        "export",
        "--all",
        "-o",
        file.to_str().unwrap(),
        "--url",
        &url,
    ];
    let mut child = start(&args);
    until("the request that is not answered", || {
        backend.asked().len() == asked
    });
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!file.exists(), "an export has no name before it is whole");
    assert!(backend.was_left());
}

fn ids(file: &Path) -> Vec<(String, Vec<String>)> {
    let mut found = exported(file);
    found.sort();
    found
}

fn thread_of(id: &str, items: &[&str]) -> (String, Vec<String>) {
    (
        id.to_owned(),
        items.iter().map(|&id| id.to_owned()).collect(),
    )
}

#[test]
fn an_export_that_was_killed_goes_on_with_what_changed_meanwhile() {
    let gone = Reply::Json(
        404,
        json!({"error": {"message": "gone", "code": "not_found"}}),
    );
    let backend = Backend::new([
        list(&["a", "b", "c", "d"]),
        items("a", &["a1"]),
        items("b", &["b1"]),
        items("c", &["c1"]),
        Reply::Silence,
        // The second run: b has got an item, c was deleted, e begun, d goes while it is asked for.
        list(&["a", "b", "d", "e"]),
        items("a", &["a1"]),
        items("b", &["b1", "b2"]),
        items("b", &["b1", "b2"]),
        gone,
        Reply::Json(
            404,
            json!({"error": {"message": "gone", "code": "not_found"}}),
        ),
        items("e", &["e1"]),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("e.jsonl");
    killed(&backend, &file, 5);
    // The last line was cut in the middle, too.
    let mut left = std::fs::OpenOptions::new()
        .append(true)
        .open(partial(&file))
        .unwrap();
    left.write_all(b"{\"request\":{\"exchange\":7,\"at\":1.0,\"meth")
        .unwrap();
    drop(left);

    let path = file.to_str().unwrap();
    chatkit([
        "thread",
        "export",
        "--all",
        "-o",
        path,
        "--url",
        &backend.url(),
    ])
    .stderr_has("going on: 3 threads are there already")
    .stderr_has("thread c was deleted after it was exported; the export keeps it")
    .stderr_has("thread d was deleted meanwhile")
    .stderr_has("exported 4 threads with 5 items")
    .code(0);
    assert_eq!(
        ids(&file),
        [
            thread_of("a", &["a1"]),
            thread_of("b", &["b1", "b2"]),
            thread_of("c", &["c1"]),
            thread_of("e", &["e1"]),
        ]
    );
    assert!(!partial(&file).exists());
}

#[test]
fn an_export_that_fails_keeps_what_it_has_and_says_how_to_go_on() {
    let backend = Backend::new([
        list(&["a", "b"]),
        items("a", &["a1"]),
        Reply::Json(500, json!({"error": {"message": "oops"}})),
        // Whether the thread is still there.
        Reply::Json(200, thread("b", None)),
        list(&["a", "b"]),
        items("a", &["a1"]),
        items("b", &["b1"]),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("e.jsonl");
    let path = file.to_str().unwrap();
    let export =
        || chatkit(["thread", "export", "--all", "-o", path]).env("CHATKIT_URL", &backend.url());
    export()
        .stderr_has("e.jsonl.partial has what is there so far; the same command goes on")
        .stderr_has("oops")
        .code(1);
    assert!(!file.exists());
    chatkit(["thread", "export", "b", "-o", path, "--url", &backend.url()])
        .stderr_has("is left from an export of other threads, for example a")
        .code(2);
    export().code(0);
    assert_eq!(
        ids(&file),
        [thread_of("a", &["a1"]), thread_of("b", &["b1"])]
    );
}

/// A pipe holds back its writer, so that the reader has read all but its last 64 KiB.
#[cfg(unix)]
#[test]
fn an_import_that_was_killed_has_whole_threads_only_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let written = Written::new()
        .thread("one", "One", 3)
        .thread("two", "Two", 3000);
    let file = written.save(folder.path());
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .unwrap();
    assert!(made.success());
    let store = format!("sqlite:{}", folder.path().join("t.db").display());
    let mut child = start(&[
        "thread",
        "import",
        pipe.to_str().unwrap(),
        "--store",
        &store,
    ]);
    let mut writer = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    writer
        .write_all(&written.text.as_bytes()[..written.text.len() * 3 / 4])
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    drop(writer);

    // What was whole may wait for a commit; what was not is never seen.
    let server = on(&store);
    let threads = everything(&server.endpoint());
    let seen = threads.len();
    assert!(threads.iter().all(|thread| thread["id"] == "one"));
    server.kill();
    let again = || {
        let args = [
            "thread",
            "import",
            file.to_str().unwrap(),
            "--store",
            &store,
            "--json",
        ];
        chatkit(args).code(0).json()
    };
    let counts = |new: usize, same: usize, items: usize| {
        json!({"new": new, "extended": 0, "replaced": 0, "unchanged": same, "differ": 0,
            "items": items})
    };
    assert_eq!(again(), counts(2 - seen, seen, 3003 - 3 * seen));
    assert_eq!(again(), counts(0, 2, 0));
    let threads = everything(&on(&store).endpoint());
    let items = |n: usize| threads[n]["items"]["data"].as_array().unwrap().len();
    assert_eq!((threads.len(), items(0) + items(1)), (2, 3003));
}
