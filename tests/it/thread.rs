//! `chatkit thread`.

use serde_json::{Value, json};

use crate::backend::{Asked, Backend, Reply, message, thread};
use crate::dsl::chatkit;

fn page(rows: &[Value], after: Option<&str>) -> Reply {
    let mut page = json!({"data": rows, "has_more": after.is_some()});
    if let Some(after) = after {
        page["after"] = after.into();
    }
    Reply::Json(200, page)
}

fn rest_page(rows: &[Value], more: bool) -> Reply {
    let id = |row: Option<&Value>| row.map(|row| row["id"].clone());
    let page = json!({"object": "list", "data": rows, "first_id": id(rows.first()),
                      "last_id": id(rows.last()), "has_more": more});
    Reply::Json(200, page)
}

fn rest_thread(id: &str) -> Value {
    json!({"id": id, "object": "chatkit.thread", "created_at": 1_795_219_005, "title": "T",
           "status": {"type": "active"}, "user": "u"})
}

#[test]
fn list_prints_aligned_columns_of_cleaned_text() {
    let rows = [
        thread("thr_1", Some("One\u{1b}[2J\nline")),
        thread("thr_22", None),
    ];
    let backend = Backend::new([page(&rows, Some("thr_22"))]);
    chatkit(["thread", "list", "--limit", "2", "--url", &backend.url()])
        .stdout(
            "thr_1   2026-11-20 10:00:00Z  active  One␛[2J line\n\
             thr_22  2026-11-20 10:00:00Z  active  (untitled)\n",
        )
        .stderr_has("--after thr_22")
        .code(0);
    assert_eq!(
        backend.asked()[0].json(),
        json!({"type": "threads.list", "params": {"limit": 2, "order": "desc"}})
    );
}

#[test]
fn list_with_json_keeps_the_rows_as_they_were_received() {
    let mut row = thread("thr_1", None);
    row["new_field"] = json!({"b": 1.50, "a": null});
    let backend = Backend::new([
        page(std::slice::from_ref(&row), Some("thr_1")),
        page(&[thread("thr_2", None)], None),
        page(&[row.clone()], Some("thr_1")),
    ]);
    let url = backend.url();
    let outcome = chatkit(["thread", "list", "--json", "--all", "--url", &url]).code(0);
    assert_eq!(outcome.json()["data"][0], row);
    assert_eq!(outcome.json()["data"][1]["id"], "thr_2");
    assert_eq!(outcome.json()["has_more"], false);
    let outcome = chatkit(["thread", "list", "--json", "--url", &url]).code(0);
    assert_eq!(outcome.json()["after"], "thr_1");
    assert_eq!(backend.asked()[1].json()["params"]["after"], "thr_1");
}

#[test]
fn show_prints_the_thread_with_all_of_its_items() {
    let replies = || {
        [
            Reply::Json(200, thread("thr_1", Some("Trip"))),
            page(&[message("m1", "one")], Some("m1")),
            page(&[message("m2", "two\u{7}")], None),
        ]
    };
    let backend = Backend::new(replies());
    chatkit(["thread", "show", "thr_1", "--url", &backend.url()])
        .stdout(
            "# Trip\n\nassistant (m1, 2026-11-20 10:00:00Z):\none\n\
             \nassistant (m2, 2026-11-20 10:00:00Z):\ntwo\u{7}\n",
        )
        .code(0);
    let backend = Backend::new(replies());
    let outcome = chatkit(["thread", "show", "thr_1", "--json", "--url", &backend.url()]).code(0);
    let items = &outcome.json()["items"];
    assert_eq!(items["data"].as_array().unwrap().len(), 2);
    assert_eq!(items["has_more"], false);
}

#[test]
fn show_hands_the_thread_and_its_items_on_as_they_were_received() {
    let document = |text: String| Reply::Raw(200, "content-type: application/json\r\n", text);
    let known = r#""created_at":"2026-11-20T10:00:00Z","metadata":{"n":12345678901234567890123}"#;
    let thread = format!(r#"{{"z":1.10,"id":"thr_1",{known},"items":{{"data":[]}},"a":0}}"#);
    let item = message("m", "hi")
        .to_string()
        .replacen('{', "{\"big\":98765432109876543210.50,", 1);
    let backend = Backend::new([
        document(thread.clone()),
        document(format!("{{\"data\":[\n{item}],\"has_more\":false}}")),
    ]);
    let run = chatkit(["thread", "show", "thr_1", "--json", "--url", &backend.url()]);
    let items = format!(r#""items":{{"data":[{item}],"has_more":false}}"#);
    let expected = thread.replace(r#""items":{"data":[]}"#, &items);
    run.stdout(expected + "\n").code(0);
}

#[test]
fn items_lists_the_beginning_of_each_text() {
    let backend = Backend::new([page(&[message("m1", &"word ".repeat(40))], None)]);
    let outcome = chatkit(["thread", "items", "thr_1", "--url", &backend.url()]).code(0);
    assert!(
        outcome
            .stdout
            .starts_with("m1  2026-11-20 10:00:00Z  assistant  word word")
    );
    assert!(outcome.stdout.ends_with("…\n"));
    assert_eq!(
        backend.asked()[0].json()["params"],
        json!({"thread_id": "thr_1", "order": "asc"})
    );
}

#[test]
fn rename_answers_with_the_thread() {
    let answer = thread("thr_1", Some("New"));
    let backend = Backend::new([
        Reply::Json(200, answer.clone()),
        Reply::Json(200, answer.clone()),
    ]);
    let url = backend.url();
    chatkit(["thread", "rename", "thr_1", "New", "--url", &url])
        .stdout("")
        .stderr_has("thr_1 is 'New' now")
        .code(0);
    let outcome = chatkit(["thread", "rename", "thr_1", "New", "--json", "--url", &url]).code(0);
    assert_eq!(outcome.json(), answer);
}

#[test]
fn delete_wants_yes_where_nobody_can_be_asked() {
    let backend = Backend::new([Reply::Json(200, json!({})), Reply::Json(200, json!({}))]);
    let url = backend.url();
    chatkit(["thread", "delete", "thr_1", "--url", &url])
        .stdin("y\n")
        .hint("answer with --yes")
        .code(2);
    assert!(backend.asked().is_empty());
    chatkit(["thread", "delete", "thr_1", "thr_2", "--yes", "--url", &url])
        .stderr_has("deleted: thr_2")
        .code(0);
    assert_eq!(backend.asked()[1].json()["params"]["thread_id"], "thr_2");
}

#[test]
fn more_rows_than_a_hosted_page_has_are_asked_for_on_several() {
    let rows: Vec<Value> = (0..200)
        .map(|n| rest_thread(&format!("cthr_{n}")))
        .collect();
    let pages = || {
        [
            rest_page(&rows[..100], true),
            rest_page(&rows[100..150], true),
        ]
    };
    let backend = Backend::new(pages());
    let list = ["thread", "list", "--limit", "150", "--json", "--api-base"];
    let list = chatkit(list.into_iter().chain([&*backend.origin]));
    let outcome = list.env("OPENAI_API_KEY", "sk-1").code(0);
    assert_eq!(outcome.json()["data"].as_array().unwrap().len(), 150);
    assert_eq!(outcome.json()["after"], "cthr_149");
    let lines: Vec<String> = backend.asked().iter().map(|one| one.line.clone()).collect();
    assert!(
        lines[0].contains("limit=100") && !lines[0].contains("after="),
        "{lines:?}"
    );
    assert!(
        lines[1].contains("limit=50") && lines[1].contains("after=cthr_99"),
        "{lines:?}"
    );
}

#[test]
fn hosted_with_a_key_alone_goes_by_rest() {
    let item = json!({"id": "cti_1", "object": "chatkit.thread_item", "created_at": 1_795_219_005,
        "thread_id": "cthr_1", "type": "chatkit.assistant_message",
        "content": [{"type": "output_text", "text": "hello", "annotations": []}]});
    let deleted = json!({"id": "cthr_1", "object": "chatkit.thread.deleted", "deleted": true});
    let backend = Backend::new([
        rest_page(&[rest_thread("cthr_1")], true),
        rest_page(&[rest_thread("cthr_2")], false),
        Reply::Json(200, rest_thread("cthr_1")),
        rest_page(&[item], false),
        Reply::Json(200, deleted),
    ]);
    let hosted = |args: &[&'static str]| {
        chatkit(args.iter().copied())
            .env("CHATKIT_API_BASE", &backend.origin)
            .env("OPENAI_API_KEY", "sk-1")
    };
    hosted(&["thread", "list", "--all", "--user", "u"])
        .stdout_has("cthr_2  2026-11-20 23:56:45Z  active  T\n")
        .code(0);
    let outcome = hosted(&["thread", "show", "cthr_1", "--json"]).code(0);
    assert_eq!(
        outcome.json()["items"]["data"][0]["content"][0]["text"],
        "hello"
    );
    hosted(&["thread", "delete", "cthr_1", "--yes"]).code(0);
    hosted(&["thread", "rename", "cthr_1", "x"])
        .error("the hosted REST API cannot rename a thread, and a hosted session needs a workflow")
        .hint("pass --workflow or set CHATKIT_WORKFLOW_ID")
        .code(2);
    let lines: Vec<_> = backend
        .asked()
        .into_iter()
        .map(|asked| asked.line)
        .collect();
    assert_eq!(
        lines,
        [
            "GET /v1/chatkit/threads?limit=100&order=desc&user=u HTTP/1.1",
            "GET /v1/chatkit/threads?limit=100&order=desc&after=cthr_1&user=u HTTP/1.1",
            "GET /v1/chatkit/threads/cthr_1 HTTP/1.1",
            "GET /v1/chatkit/threads/cthr_1/items?limit=100&order=asc HTTP/1.1",
            "DELETE /v1/chatkit/threads/cthr_1 HTTP/1.1",
        ]
    );
}

#[test]
fn hosted_with_a_key_a_thread_of_another_user_is_as_one_that_is_not_there() {
    let theirs = || Reply::Json(200, rest_thread("cthr_1"));
    let backend = Backend::new([theirs(), theirs(), theirs(), theirs(), theirs()]);
    let commands: [&[&str]; 5] = [
        &["thread", "show", "cthr_1"],
        &["thread", "items", "cthr_1"],
        &["thread", "delete", "--yes", "cthr_1"],
        &["thread", "export", "cthr_1"],
        &["replay", "cthr_1"],
    ];
    for command in commands {
        chatkit(command.iter().copied().chain(["--user", "ada"]))
            .env("CHATKIT_API_BASE", &backend.origin)
            .env("OPENAI_API_KEY", "sk-1")
            .stdout("")
            .error("user 'ada' has no thread cthr_1")
            .hint("name the user whose thread it is")
            .code(1);
    }
    // Whose it is was asked, and nothing else was said.
    let asked = backend.asked();
    assert_eq!(asked.len(), 5);
    for asked in asked {
        assert_eq!(asked.line, "GET /v1/chatkit/threads/cthr_1 HTTP/1.1");
    }
}

#[test]
fn hosted_with_a_key_the_named_user_reaches_their_own_threads() {
    let deleted = json!({"id": "cthr_1", "object": "chatkit.thread.deleted", "deleted": true});
    let backend = Backend::new([
        Reply::Json(200, rest_thread("cthr_1")),
        rest_page(&[], false),
        Reply::Json(200, rest_thread("cthr_1")),
        Reply::Json(200, deleted),
    ]);
    for command in [&["thread", "items"][..], &["thread", "delete", "--yes"]] {
        chatkit(command.iter().copied().chain(["cthr_1", "--user", "u"]))
            .env("CHATKIT_API_BASE", &backend.origin)
            .env("OPENAI_API_KEY", "sk-1")
            .code(0);
    }
    let last = &backend.asked()[3].line;
    assert!(
        last.starts_with("DELETE /v1/chatkit/threads/cthr_1 "),
        "{last}"
    );
}

#[test]
fn hosted_with_a_secret_goes_by_the_protocol() {
    let backend = Backend::new([page(&[thread("thr_1", None)], None)]);
    chatkit([
        "thread",
        "list",
        "--client-secret",
        "ek_1",
        "--api-base",
        &backend.origin,
    ])
    .env("OPENAI_API_KEY", "sk-1")
    .stdout_has("thr_1")
    .code(0);
    let asked = &backend.asked()[0];
    assert!(asked.line.starts_with("POST /v1/chatkit/conversation "));
    assert_eq!(asked.header("authorization"), Some("Bearer ek_1"));
}

#[test]
fn pages_that_have_no_end_are_a_breach_that_names_place_and_remedy() {
    let again = || page(&[thread("thr_1", None)], Some("thr_1"));
    let empty = |n: u32| page(&[], Some(&format!("thr_{n}")));
    for (replies, why) in [
        (
            vec![again(), again()],
            "the pages of threads.list have no end: a page leads back to itself (after: thr_1)",
        ),
        (
            (0..=100).map(empty).collect(),
            "the pages of threads.list have no end: page after page has no row and says that there \
             are more (after: thr_100)",
        ),
    ] {
        let backend = Backend::new(replies);
        chatkit(["thread", "list", "--all", "--url", &backend.url()])
            .stdout("")
            .error(why)
            .hint("have the backend answer has_more: false on the last page")
            .code(6);
    }
}

#[test]
fn a_page_of_hidden_rows_only_leads_on() {
    let backend = Backend::new([
        page(&[], Some("hcx_1")),
        page(&[thread("thr_1", None)], Some("hcx_2")),
        page(&[], None),
    ]);
    chatkit(["thread", "list", "--all", "--url", &backend.url()])
        .stdout_has("thr_1")
        .code(0);
    let after = |asked: &Asked| asked.json()["params"]["after"].clone();
    let asked: Vec<_> = backend.asked().iter().map(after).collect();
    assert_eq!(asked, [json!(null), json!("hcx_1"), json!("hcx_2")]);
}

#[test]
fn a_redirect_that_names_no_address_is_said_so() {
    let backend = Backend::new([Reply::Raw(302, "", String::new())]);
    let url = backend.url();
    let error = format!("the backend answered 302 Found: {url} redirects without saying where to");
    chatkit(["thread", "list", "--url", &url])
        .error(&error)
        .hint("pass the address that is meant")
        .code(1);
}

/// A JSON document whose title and text end in half of an emoji, as `JSON.stringify` writes what
/// `slice` has cut.
fn halved(document: &Value) -> Reply {
    let body = document.to_string().replace("HALF", "\\ud83c");
    Reply::Raw(200, "content-type: application/json\r\n", body)
}

#[test]
fn half_a_character_in_a_document_is_read_as_the_replacement_character() {
    let titled = || thread("thr_1", Some("Plans HALF"));
    let items = || json!({"data": [message("m", "half: HALF")], "has_more": false});
    let backend = Backend::new([
        halved(&json!({"data": [titled()], "has_more": false})),
        halved(&titled()),
        halved(&items()),
        halved(&items()),
        halved(&titled()),
        halved(&titled()),
        halved(&items()),
        halved(&json!({"updated_item": message("m", "new HALF")})),
        Reply::Json(200, json!({"data": [], "has_more": false})),
    ]);
    let url = backend.url();
    let run = |args: &[&'static str]| {
        let url = url.clone();
        let args: Vec<&str> = args.iter().copied().chain(["--url", &url]).collect();
        chatkit(args)
    };
    run(&["thread", "list"])
        .stdout_has("Plans \u{fffd}")
        .code(0);
    run(&["thread", "show", "thr_1"])
        .stdout_has("# Plans \u{fffd}")
        .stdout_has("half: \u{fffd}")
        .code(0);
    run(&["thread", "items", "thr_1"])
        .stdout_has("half: \u{fffd}")
        .code(0);
    run(&["thread", "rename", "thr_1", "x"]).code(0);
    // With --json they go on as they came.
    run(&["thread", "show", "thr_1", "--json"])
        .stdout_has(r"Plans \ud83c")
        .code(0);
    run(&["action", "thr_1", "m", "go", "--sync"])
        .stdout_has("new \u{fffd}")
        .code(0);
}
