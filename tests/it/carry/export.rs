//! What an export holds, and what it says beside it.

use serde_json::json;

use super::{everything, exported, hosted, mock, on, send};
use crate::backend::{Backend, Reply, item, message, thread};
use crate::dsl::chatkit;
use crate::proxy::of_kind;

#[test]
fn what_a_backend_shows_is_carried_to_another_one_as_it_is() {
    let source = mock(&[]);
    for words in [
        "show all",
        "show form",
        "show tool",
        "show lock",
        "show title Oslo",
    ] {
        send(&source.endpoint(), &[words]);
    }
    let folder = tempfile::tempdir().unwrap();
    let (file, store) = (folder.path().join("e.jsonl"), folder.path().join("t.db"));
    let (file, store) = (
        file.to_str().unwrap(),
        format!("sqlite:{}", store.display()),
    );
    chatkit([
        "thread",
        "export",
        "--all",
        "-o",
        file,
        "--url",
        &source.endpoint(),
    ])
    .stdout("")
    .stderr_has("exported 5 threads")
    .code(0);
    chatkit(["thread", "import", file, "--store", &store])
        .stderr_has("5 threads imported")
        .code(0);
    let target = on(&store);
    let (before, after) = (
        everything(&source.endpoint()),
        everything(&target.endpoint()),
    );
    assert_eq!(before.len(), 5);
    assert_eq!(before, after);
}

#[test]
fn numbers_keep_their_digits() {
    let numbers = r#"{"id":12345678901234567890.123,"n":1e400,"price":1.10}"#;
    let about = r#""id":"thr_1","created_at":"2026-11-20T10:00:00","status":{"type":"active"}"#;
    let item = message("m", "hi").to_string();
    let item = item.replacen('{', &format!("{{\n\"own\":{numbers},"), 1);
    let document = |text: String| Reply::Raw(200, "content-type: application/json\r\n", text);
    let backend = Backend::new([
        document(format!("{{\n{about},\r\n\"metadata\":{numbers}}}")),
        document(format!("{{\"data\":[{item}],\"has_more\":false}}")),
    ]);
    let outcome = chatkit(["thread", "export", "thr_1", "--url", &backend.url()]).code(0);
    let metadata = format!("\"metadata\":{numbers}");
    assert!(outcome.stdout.contains(&metadata), "{}", outcome.stdout);
    let own = format!("\"own\":{numbers}");
    assert!(outcome.stdout.contains(&own), "{}", outcome.stdout);
}

#[test]
fn threads_that_are_named_go_to_stdout() {
    let source = mock(&[]);
    for words in ["one", "two", "three"] {
        send(&source.endpoint(), &[words]);
    }
    let threads = everything(&source.endpoint());
    let id = |n: usize| threads[n]["id"].as_str().unwrap();
    let outcome = chatkit([
        "thread",
        "export",
        id(2),
        id(0),
        "--url",
        &source.endpoint(),
    ])
    .stderr_has("exported 2 threads with 4 items")
    .code(0);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("e.jsonl");
    std::fs::write(&file, outcome.stdout).unwrap();
    let ids: Vec<String> = exported(&file).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, [id(2), id(0)]);
    chatkit(["thread", "export", "thr_none", "--url", &source.endpoint()])
        .stdout("")
        .code(1);
    chatkit(["thread", "export", "--url", &source.endpoint()]).code(2);
}

#[test]
fn a_hosted_account_is_carried_with_its_users() {
    let source = mock(&[]);
    for (user, words) in [
        ("ann", "show cite"),
        ("bob", "show widget"),
        ("ann", "show workflow"),
    ] {
        hosted(
            &source,
            &["send", "--workflow", "wf_1", "--user", user, words],
        )
        .code(0);
    }
    let folder = tempfile::tempdir().unwrap();
    let (file, store) = (folder.path().join("e.jsonl"), folder.path().join("t.db"));
    let (path, store) = (
        file.to_str().unwrap(),
        format!("sqlite:{}", store.display()),
    );
    hosted(&source, &["thread", "export", "--all", "-o", path])
        .stderr_has("exported 3 threads")
        .code(0);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains("sk-0123456789abcdef0123") && !text.contains("ek_"));
    chatkit(["thread", "import", path, "--store", &store]).code(0);

    let target = on(&store);
    let list = |server, user| {
        let args = ["thread", "list", "--all", "--json", "--user", user];
        hosted(server, &args).code(0).json()
    };
    for (user, count) in [("ann", 2), ("bob", 1)] {
        let threads = list(&source, user);
        let rows = threads["data"].as_array().unwrap();
        assert_eq!(rows.len(), count);
        assert_eq!(threads, list(&target, user), "{user}");
        for row in rows {
            let show = ["thread", "show", row["id"].as_str().unwrap(), "--json"];
            let (before, after) = (
                hosted(&source, &show).code(0),
                hosted(&target, &show).code(0),
            );
            assert_eq!(before.json(), after.json());
        }
    }
    // One user's threads are what --user asks for.
    hosted(
        &source,
        &["thread", "export", "--all", "--user", "bob", "-o", path],
    )
    .stderr_has("exported 1 thread with")
    .code(0);
    // Whoever is to have them may be said.
    let other = format!("sqlite:{}", folder.path().join("other.db").display());
    chatkit([
        "thread", "import", path, "--store", &other, "--user", "local",
    ])
    .code(0);
    assert_eq!(everything(&on(&other).endpoint()).len(), 1);
}

#[test]
fn rows_are_kept_word_for_word_and_secrets_taken_out() {
    let mut odd = item(
        "i1",
        "unheard_of",
        &json!({"n": 1.50, "deep": {"x": [null]}}),
    );
    odd["client_secret"] = "hush-hush".into();
    let file = json!({"id": "f1", "type": "file", "name": "a.txt", "mime_type": "text/plain"});
    let said = item(
        "i2",
        "user_message",
        &json!({"content": [], "attachments": [file],
        "inference_options": {}}),
    );
    let hidden = item(
        "i3",
        "hidden_context_item",
        &json!({"content": "for the model"}),
    );
    let backend = Backend::new([
        Reply::Json(200, thread("thr_1", Some("T"))),
        Reply::Json(200, json!({"data": [odd, said, hidden], "has_more": false})),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("e.jsonl");
    chatkit(["thread", "export", "thr_1", "-o", path.to_str().unwrap()])
        .env("CHATKIT_URL", &backend.url())
        .stderr_has("1 attachment is described, the bytes are not in the export")
        .stderr_has("secrets were taken out of 1 answer")
        .code(0);
    let pages = of_kind(&path, "document");
    let rows = &pages[1]["body"]["json"]["data"];
    assert_eq!(rows[0]["client_secret"], "[redacted]");
    assert_eq!(rows[0]["deep"], json!({"x": [null]}));
    assert_eq!(rows[1]["attachments"][0]["name"], "a.txt");
    assert_eq!(rows[2]["content"], "for the model");
    assert!(
        !std::fs::read_to_string(&path)
            .unwrap()
            .contains("hush-hush")
    );
}

#[test]
fn pages_that_lead_nowhere_end_the_export_and_a_busy_backend_is_waited_for() {
    let page = |id: &str| {
        let rows = [message(id, "x")];
        Reply::Json(200, json!({"data": rows, "has_more": true, "after": id}))
    };
    let circle = || ["a", "b", "c"].into_iter().cycle().take(30).map(page);
    let replies = std::iter::once(Reply::Json(200, thread("thr_1", None))).chain(circle());
    let backend = Backend::new(replies);
    chatkit(["thread", "export", "thr_1", "--url", &backend.url()])
        .stdout("")
        .stderr_has("the pages of items.list have no end: they lead in a circle")
        .code(6);
    let backend = Backend::new([
        Reply::Raw(429, "retry-after: 0\r\n", "{}".to_owned()),
        Reply::Json(200, thread("thr_1", None)),
        Reply::Json(200, json!({"data": [], "has_more": false})),
    ]);
    chatkit(["thread", "export", "thr_1", "--url", &backend.url()])
        .stderr_has("429 Too Many Requests: waiting 0 s")
        .stderr_has("exported 1 thread with 0 items")
        .code(0);
}
