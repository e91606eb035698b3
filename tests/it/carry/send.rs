//! Threads that are sent to a backend, message by message.

use serde_json::json;

use super::{Written, everything, mock, send, start, until};
use crate::backend::{Backend, Reply, created, done, item, message, thread};
use crate::dsl::chatkit;
use crate::proxy::of_kind;

/// What the user said in each thread, with its title, in the order of the texts.
fn said(url: &str) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for thread in everything(url) {
        let items = thread["items"]["data"].as_array().unwrap();
        let texts = items.iter().filter(|item| item["type"] == "user_message");
        let texts: Vec<_> = texts
            .map(|item| item["content"][0]["text"].as_str().unwrap())
            .collect();
        rows.push(format!("{} {}", thread["title"], texts.join("+")));
    }
    rows.sort();
    rows
}

#[test]
fn what_the_user_said_is_said_again_and_never_twice() {
    let (source, target) = (mock(&[]), mock(&[]));
    send(&source.endpoint(), &["one"]);
    send(&source.endpoint(), &["-c", "show title Oslo"]);
    send(&source.endpoint(), &["two"]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("e.jsonl");
    let file = file.to_str().unwrap();
    chatkit([
        "thread",
        "export",
        "--all",
        "-o",
        file,
        "--url",
        &source.endpoint(),
    ])
    .code(0);
    let import = || chatkit(["thread", "import", file, "--url", &target.endpoint()]);
    let outcome = import().stderr_has("messages of").code(0);
    let pairs: Vec<_> = outcome
        .stdout
        .lines()
        .map(|line| line.split_once(" -> ").unwrap())
        .collect();
    let olds: Vec<_> = everything(&source.endpoint())
        .iter()
        .map(|row| row["id"].clone())
        .collect();
    assert_eq!(pairs.len(), olds.len());
    assert!(pairs.iter().all(|(old, _)| olds.iter().any(|id| id == old)));
    assert_eq!(said(&source.endpoint()), said(&target.endpoint()));
    let again = import().stderr_has("threads were sent before").code(0);
    assert_eq!(again.stdout, outcome.stdout);
    assert_eq!(said(&source.endpoint()), said(&target.endpoint()));
}

fn page(items: &[serde_json::Value]) -> Reply {
    Reply::Json(200, json!({"data": items, "has_more": false}))
}

fn user(id: &str, text: &str) -> serde_json::Value {
    item(
        id,
        "user_message",
        &json!({"content": [{"type": "input_text", "text": text}],
        "attachments": [], "inference_options": {}}),
    )
}

#[test]
fn a_message_that_was_under_way_when_the_import_was_killed_is_looked_for() {
    let mut written = Written::new();
    let about = json!({"thread_id": "thr_old"});
    let old = json!({"id": "thr_old", "created_at": "2026-11-20T10:00:00", "title": null});
    written.exchange("threads.get_by_id", &about, &old);
    let mut items = [
        user("u1", "one"),
        message("m1", "x"),
        user("u2", "two"),
        user("u3", "three"),
    ];
    for item in &mut items {
        item["thread_id"] = "thr_old".into();
    }
    written.exchange(
        "items.list",
        &about,
        &json!({"data": items, "has_more": false}),
    );
    let folder = tempfile::tempdir().unwrap();
    let file = written.save(folder.path());
    let file = file.to_str().unwrap();
    let answer = || Reply::Events(vec![done(&message("m", "ok"))]);
    let backend = Backend::new([
        Reply::Events(vec![created(), done(&message("m", "ok"))]),
        Reply::Silence,
        // The second run: the message had arrived.
        page(&[user("u1", "one"), message("m", "ok"), user("u2", "two")]),
        answer(),
    ]);
    let url = backend.url();
    let mut child = start(&["thread", "import", file, "--url", &url]);
    until("the message that is not answered", || {
        backend.asked().len() == 2
    });
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(backend.was_left());
    chatkit(["thread", "import", file, "--url", &url])
        .stdout("thr_old -> thr_1\n")
        .stderr_has("message 2 of thread thr_old, at which the import was interrupted, is there, and is not sent again")
        .stderr_has("sent 1 message of 1 thread")
        .code(0);
    let asked: Vec<_> = backend
        .asked()
        .iter()
        .map(crate::backend::Asked::json)
        .collect();
    let kinds: Vec<_> = asked
        .iter()
        .map(|asked| asked["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "threads.create",
            "threads.add_user_message",
            "items.list",
            "threads.add_user_message"
        ]
    );
    assert_eq!(asked[3]["params"]["thread_id"], "thr_1");
    assert_eq!(asked[3]["params"]["input"]["content"][0]["text"], "three");
}

#[test]
fn what_cannot_be_sent_is_told() {
    let file = json!({"id": "f1", "type": "file", "name": "a.txt", "mime_type": "text/plain"});
    let attached = |text: serde_json::Value| {
        item(
            "u1",
            "user_message",
            &json!({"content": text, "attachments": [file],
            "inference_options": {}}),
        )
    };
    let backend = Backend::new([
        Reply::Json(200, thread("thr_1", None)),
        page(&[
            attached(json!([])),
            attached(json!([{"type": "input_text", "text": "look"}])),
        ]),
        Reply::Events(vec![created(), done(&message("m", "ok"))]),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("e.jsonl");
    let path = path.to_str().unwrap();
    chatkit([
        "thread",
        "export",
        "thr_1",
        "-o",
        path,
        "--url",
        &backend.url(),
    ])
    .code(0);
    assert_eq!(of_kind(path.as_ref(), "document").len(), 2);
    chatkit(["thread", "import", path, "--url", &backend.url(), "--json"])
        .stdout("{\"thread\":\"thr_1\",\"new\":\"thr_1\",\"messages\":1}\n")
        .stderr_has("2 attachments were not sent: an export has no bytes")
        .stderr_has("1 message of nothing but attachments was not sent")
        .code(0);
    let sent = backend.asked()[2].json();
    assert_eq!(sent["params"]["input"]["attachments"], json!([]));
    chatkit(["thread", "import", path])
        .hint("to import into a store, pass --store; else")
        .code(2);
}
