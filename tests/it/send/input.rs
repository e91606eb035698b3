//! What is sent, and to which thread.

use serde_json::{Value, json};

use crate::backend::{Backend, Reply, streamed, thread, turn};
use crate::dsl::{chatkit, file};

fn answer() -> Reply {
    turn(streamed("m", &["ok"]))
}

fn sent(backend: &Backend) -> Value {
    backend.asked().last().unwrap().json()
}

#[test]
fn the_text_comes_from_the_argument_from_stdin_or_from_both() {
    for (args, stdin, text) in [
        (vec!["hi"], "ignored", "hi"),
        (vec!["-"], "from stdin\n", "from stdin"),
        (vec!["above", "-"], "below\n", "above\n\nbelow"),
        (vec![], "piped\r\n", "piped"),
    ] {
        let backend = Backend::new([answer()]);
        let url = backend.url();
        let all = [vec!["send"], args, vec!["--url", &url]].concat();
        chatkit(all).stdin(stdin).stdout("ok\n").code(0);
        let content = json!([{"type": "input_text", "text": text}]);
        assert_eq!(sent(&backend)["params"]["input"]["content"], content);
    }
}

#[test]
fn nothing_to_send_is_wrong_usage() {
    let send = |args: &[&'static str]| {
        let all = [&["send", "--url", "http://127.0.0.1:1/"], args].concat();
        chatkit(all).stdin(" \n")
    };
    send(&[]).error("nothing to send").code(2);
    send(&["-"]).error("nothing to send").code(2);
    send(&["two", "texts"]).error("more than one text").code(2);
}

#[test]
fn everything_that_belongs_to_a_message_is_sent() {
    let backend = Backend::new([answer()]);
    let url = backend.url();
    let args = [
        "send",
        "hi",
        "--thread",
        "thr_1",
        "--quote",
        "q",
        "--model",
        "gpt",
        "--tool-choice",
        "search",
        "--tag",
        "doc_1=@report",
        "--url",
        &url,
    ];
    chatkit(args).code(0);
    assert_eq!(
        sent(&backend),
        json!({"type": "threads.add_user_message", "params": {"thread_id": "thr_1", "input": {
            "content": [{"type": "input_text", "text": "hi "},
                        {"type": "input_tag", "id": "doc_1", "text": "@report", "data": {}, "interactive": false}],
            "attachments": [], "quoted_text": "q",
            "inference_options": {"model": "gpt", "tool_choice": {"id": "search"}},
        }}})
    );
}

#[test]
fn a_file_is_uploaded_before_the_message() {
    let (_folder, path) = file("note.txt", "content");
    let upload = Backend::new([Reply::Json(200, json!({}))]);
    let descriptor = json!({"url": format!("{}/put", upload.origin), "method": "PUT",
                            "headers": {"x-signed": "s"}});
    let attachment = json!({"id": "att_1", "type": "file", "name": "note.txt",
                            "mime_type": "text/plain", "upload_descriptor": descriptor});
    let backend = Backend::new([Reply::Json(200, attachment), answer()]);
    chatkit([
        "send",
        "--attach",
        path.to_str().unwrap(),
        "--url",
        &backend.url(),
    ])
    .stderr_has("attached: note.txt (7 bytes) as att_1")
    .stdout("ok\n")
    .code(0);
    assert_eq!(upload.asked()[0].body, "content");
    assert_eq!(upload.asked()[0].header("x-signed"), Some("s"));
    let input = &sent(&backend)["params"]["input"];
    assert_eq!(
        (&input["content"], &input["attachments"]),
        (&json!([]), &json!(["att_1"]))
    );
}

#[test]
fn an_attachment_of_an_unknown_type_is_sent_by_its_id_and_one_without_is_not() {
    let (_folder, path) = file("note.txt", "content");
    let path = path.to_str().unwrap();
    for (attachment, code) in [
        (json!({"type": "audio", "id": "att_9"}), 0),
        (json!({"type": "audio"}), 6),
        (
            json!({"type": "file", "id": "", "name": "n", "mime_type": "a/b"}),
            6,
        ),
    ] {
        let upload = Backend::new([Reply::Json(200, attachment)]);
        let backend = Backend::new([answer()]);
        let (url, upload_url) = (backend.url(), upload.url());
        let run = chatkit([
            "send",
            "--attach",
            path,
            "--url",
            &url,
            "--upload-url",
            &upload_url,
        ]);
        if code == 0 {
            run.code(0);
            let input = &sent(&backend)["params"]["input"];
            assert_eq!(input["attachments"], json!(["att_9"]));
        } else {
            run.stderr_has("id: missing, so that no message can name the file")
                .code(code);
            assert!(backend.asked().is_empty());
        }
    }
}

#[test]
fn a_file_that_is_not_there_is_wrong_usage() {
    chatkit([
        "send",
        "hi",
        "--attach",
        "/nowhere",
        "--url",
        "http://127.0.0.1:1/",
    ])
    .error("cannot read /nowhere")
    .code(2);
}

#[test]
fn continue_takes_the_last_thread_of_this_backend() {
    let home = tempfile::tempdir().unwrap();
    let other = Backend::new([Reply::Json(200, json!({"data": [], "has_more": false}))]);
    let backend = Backend::new([answer(), answer()]);
    let url = backend.url();
    chatkit(["send", "hi", "--url", &url])
        .in_home(home.path())
        .code(0);
    chatkit(["send", "-c", "more", "--url", &url])
        .in_home(home.path())
        .stderr_has("thread: thr_1")
        .code(0);
    assert_eq!(sent(&backend)["params"]["thread_id"], "thr_1");
    chatkit(["send", "-c", "more", "--url", &other.url()])
        .in_home(home.path())
        .error("there is no thread to continue")
        .code(2);
}

#[test]
fn a_thread_that_was_deleted_is_not_continued() {
    let home = tempfile::tempdir().unwrap();
    let none = json!({"data": [], "has_more": false});
    let backend = Backend::new([
        answer(),
        Reply::Json(200, json!({})),
        Reply::Json(200, none),
    ]);
    let url = backend.url();
    chatkit(["send", "hi", "--url", &url])
        .in_home(home.path())
        .code(0);
    chatkit(["thread", "delete", "thr_1", "--yes", "--url", &url])
        .in_home(home.path())
        .code(0);
    chatkit(["send", "-c", "more", "--url", &url])
        .in_home(home.path())
        .error("there is no thread to continue")
        .code(2);
}

/// A backend whose first turn is on one thread, and the three after it on another.
fn two_threads() -> Backend {
    Backend::new((0..4).map(|n| {
        let id = if n == 0 { "thr_a" } else { "thr_b" };
        let created = json!({"type": "thread.created", "thread": thread(id, None)});
        let frames = streamed("m", &["hi"]);
        Reply::Events([created.to_string()].into_iter().chain(frames).collect())
    }))
}

#[test]
fn continue_tells_tenants_apart_by_the_query_of_their_address() {
    let home = tempfile::tempdir().unwrap();
    let backend = two_threads();
    let send = |tenant: &str, more: &[&str]| {
        let url = format!("{}?tenant={tenant}&key=hush-hush", backend.url());
        let args = ["send", "hi", "--url", &url];
        chatkit(args.into_iter().chain(more.iter().copied()))
            .in_home(home.path())
            .code(0);
    };
    send("a", &[]);
    send("b", &[]);
    send("a", &["-c"]);
    send("b", &["-c"]);
    let asked = backend.asked();
    assert_eq!(asked[2].json()["params"]["thread_id"], "thr_a");
    assert_eq!(asked[3].json()["params"]["thread_id"], "thr_b");
    let kept = home.path().join(".local/state/chatkit/last-threads.json");
    let kept = std::fs::read_to_string(kept).unwrap();
    assert!(!kept.contains("hush"), "{kept}");
}

#[test]
fn continue_asks_the_backend_when_nothing_is_remembered() {
    let page = json!({"data": [thread("thr_9", None)], "has_more": true, "after": "thr_9"});
    let backend = Backend::new([Reply::Json(200, page), answer()]);
    chatkit(["send", "-c", "more", "--url", &backend.url()]).code(0);
    let asked = backend.asked();
    assert_eq!(
        asked[0].json()["params"],
        json!({"limit": 1, "order": "desc"})
    );
    assert_eq!(asked[1].json()["params"]["thread_id"], "thr_9");
}

#[test]
fn the_mock_answers_without_a_server() {
    chatkit(["send", "--mock", "hello"])
        .stdout_has("hello")
        .stderr_has("thread: ")
        .code(0);
}

#[test]
fn continue_tells_apart_who_is_let_in_and_keeps_nothing_that_lets_in() {
    let home = tempfile::tempdir().unwrap();
    let backend = two_threads();
    let url = backend.url();
    let send = |user: &str, more: &[&str]| {
        let header = format!("Authorization: Bearer {user}-hush-hush");
        let args = ["send", "hi", "--url", &url, "--header", &header];
        chatkit(args.into_iter().chain(more.iter().copied()))
            .in_home(home.path())
            .code(0);
    };
    send("ada", &[]);
    send("bob", &[]);
    send("ada", &["-c"]);
    send("bob", &["-c"]);
    let asked = backend.asked();
    assert_eq!(asked[2].json()["params"]["thread_id"], "thr_a");
    assert_eq!(asked[3].json()["params"]["thread_id"], "thr_b");
    let kept = home.path().join(".local/state/chatkit/last-threads.json");
    let kept = std::fs::read_to_string(kept).unwrap();
    assert!(!kept.contains("hush"), "{kept}");
}

#[test]
fn continue_does_not_mind_what_differs_from_request_to_request() {
    let home = tempfile::tempdir().unwrap();
    let backend = Backend::new([answer(), Reply::Json(404, no_route()), answer()]);
    let url = backend.url();
    let send = |id: &str, more: &[&'static str]| {
        let header = format!("X-Request-Id: {id}");
        let args = ["send", "hi", "--url", &url, "--header", &header];
        chatkit(args.into_iter().chain(more.iter().copied())).in_home(home.path())
    };
    send("1", &[]).code(0);
    // Of a path that is not there the thread knows nothing.
    let failed = send("2", &["-c"]).code(1);
    assert!(!failed.stderr.contains("forgotten"), "{}", failed.stderr);
    send("3", &["-c"]).code(0);
    assert_eq!(sent(&backend)["params"]["thread_id"], "thr_1");
}

fn no_route() -> Value {
    json!({"error": {"message": "no route", "code": "ROUTE_MISSING"}})
}

#[test]
fn continue_forgets_a_thread_that_is_not_there_any_more_and_says_so() {
    let home = tempfile::tempdir().unwrap();
    let gone = json!({"error": {"message": "No such thread", "code": "not_found"}});
    let page = json!({"data": [thread("thr_9", None)], "has_more": false});
    let created = json!({"type": "thread.created", "thread": thread("thr_1", None)});
    let frames = streamed("m", &["hi"]);
    let backend = Backend::new([
        Reply::Events([created.to_string()].into_iter().chain(frames).collect()),
        Reply::Json(404, gone),
        Reply::Json(200, page),
        answer(),
    ]);
    let url = backend.url();
    let send = |more: &[&'static str]| {
        let args = ["send", "hi", "--url", &url];
        chatkit(args.into_iter().chain(more.iter().copied())).in_home(home.path())
    };
    send(&[]).code(0);
    send(&["-c"])
        .hint("start a thread by leaving out --continue; thr_1 was the last one here, and is forgotten now")
        .code(1);
    // Now it is asked for, as if none had been remembered.
    send(&["-c"]).code(0);
    assert_eq!(backend.asked()[3].json()["params"]["thread_id"], "thr_9");
}

#[test]
fn continue_forgets_a_thread_that_the_backend_neither_shows_nor_lists() {
    let broken = || {
        Reply::Raw(
            500,
            "content-type: text/plain\r\n",
            "Internal Server Error".into(),
        )
    };
    let page = |ids: &[&str]| {
        let rows: Vec<_> = ids.iter().map(|id| thread(id, None)).collect();
        Reply::Json(200, json!({"data": rows, "has_more": false}))
    };
    for (list, is_gone) in [
        (page(&["thr_9"]), true),
        (page(&["thr_9", "thr_1"]), false),
        (broken(), false),
    ] {
        let home = tempfile::tempdir().unwrap();
        let created = json!({"type": "thread.created", "thread": thread("thr_1", None)});
        let frames = streamed("m", &["hi"]);
        // As the reference server does: a stream without an event, and 500 for everything else.
        let backend = Backend::new([
            Reply::Events([created.to_string()].into_iter().chain(frames).collect()),
            Reply::Cut(Vec::new()),
            broken(),
            list,
        ]);
        let url = backend.url();
        let send = |more: &[&'static str]| {
            let args = ["send", "hi", "--url", &url];
            chatkit(args.into_iter().chain(more.iter().copied())).in_home(home.path())
        };
        send(&[]).code(0);
        let failed = send(&["-c"]).code(6);
        let told = failed.stderr.contains("has no thread thr_1 any more");
        assert_eq!(told, is_gone, "{}", failed.stderr);
        let kept = home.path().join(".local/state/chatkit/last-threads.json");
        let kept = std::fs::read_to_string(kept).unwrap();
        assert_eq!(kept.contains("thr_1"), !is_gone, "{kept}");
    }
}

#[test]
fn a_thread_that_was_named_and_never_answered_is_not_the_last_one() {
    let home = tempfile::tempdir().unwrap();
    let page = json!({"data": [thread("thr_9", None)], "has_more": false});
    let backend = Backend::new([Reply::Cut(Vec::new()), Reply::Json(200, page), answer()]);
    let url = backend.url();
    let send = |more: &[&'static str]| {
        let args = ["send", "hi", "--url", &url];
        chatkit(args.into_iter().chain(more.iter().copied())).in_home(home.path())
    };
    send(&["--thread", "thr_nope"]).code(6);
    send(&["-c"]).code(0);
    assert_eq!(backend.asked()[2].json()["params"]["thread_id"], "thr_9");
}
