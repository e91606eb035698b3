//! Several faults of one answer: what one adds is spelled as the others spell, and what leaves
//! another no room is refused.

use serde_json::json;

use super::wire::{Answer, Server, read_until, whole};
use crate::dsl::chatkit;

/// The text of an answer with these faults.
fn text(faults: &[&str]) -> String {
    Server::new(faults).say("show text 3").text()
}

type Spelled = fn(&str) -> String;

/// How each spelling changes a stream that has none.
const SPELLINGS: &[(&str, Spelled)] = &[
    ("crlf", |text| text.replace('\n', "\r\n")),
    ("cr", |text| text.replace('\n', "\r")),
    ("no-space", |text| text.replace("data: ", "data:")),
    ("comments", |text| {
        text.replace("data: ", ": before an event\n\n: in an event\ndata: ")
    }),
    ("bom", |text| format!("\u{feff}{text}")),
];

#[test]
fn what_a_fault_adds_is_spelled_as_the_rest_of_the_stream() {
    for added in ["done-marker", "huge-event=100,after=0"] {
        let plain = text(&[added]);
        for (spelling, spelled) in SPELLINGS {
            assert_eq!(
                text(&[added, spelling]),
                spelled(&plain),
                "{added} {spelling}"
            );
        }
    }
    let fields = text(&["done-marker", "sse-fields"]);
    assert!(
        fields.ends_with("event: message\nid: 11\nretry: 3000\nmood: curious\ndata: [DONE]\n\n"),
        "{fields}"
    );
    let lines = text(&["huge-event=9,after=0", "multi-line"]);
    let huge =
        "data:   \"type\": \"progress_update\",\ndata:   \"text\": \"xxxxxxxxx\"\ndata: }\n\n";
    assert!(lines.starts_with(&format!("data: {{\n{huge}")), "{lines}");
}

#[test]
fn bytes_that_are_no_utf_8_stand_in_lines_of_the_same_kind() {
    let body = Server::new(&["invalid-utf8", "crlf", "no-space"])
        .say("show text 3")
        .body();
    let ends: Vec<_> = body.split_inclusive(|byte| *byte == b'\n').collect();
    assert!(ends.iter().all(|line| line.ends_with(b"\r\n")));
    assert!(ends.iter().any(|line| std::str::from_utf8(line).is_err()));
    assert!(ends.iter().all(|line| !line.starts_with(b"data: ")));
}

#[test]
fn a_stream_without_end_and_the_comments_of_a_silence_are_spelled_too() {
    let begin = |faults: &[&str]| {
        let server = Server::new(faults);
        let body = json!({"type": "threads.create", "params": super::wire::message("hi")});
        let mut stream = server.open("POST /chatkit", "", &body.to_string());
        let again = "Still at it\"}\r\n\r\n";
        let (text, _) = read_until(&mut stream, again);
        (server, stream, text)
    };
    let (_server, mut stream, text) = begin(&["crlf", "endless-stream=1ms", "sse-fields"]);
    let id = |text: &str| {
        let line = text.lines().rfind(|line| line.starts_with("id: "));
        line.unwrap()[4..].parse::<u64>().unwrap()
    };
    let (later, _) = read_until(&mut stream, "Still at it\"}\r\n\r\n");
    assert!(id(&later) > id(&text), "{text}{later}");
    let (_server, mut stream, _) = begin(&["crlf", "endless-stream=300ms", "keep-alive=20ms"]);
    read_until(&mut stream, ": keep-alive\r\n\r\n");
}

#[test]
fn an_endless_stream_ends_where_another_fault_ends_it() {
    let answer = Server::new(&["endless-stream=1ms", "truncated=12"]).say("show text 3");
    assert_eq!(answer.text().matches("Still at it").count(), 2);
    let mut events = whole().events();
    let text = answer.text();
    assert_eq!(text.split("\n\n").count(), events.len() + 3);
    events.truncate(5);
    let early = Server::new(&["endless-stream=1ms", "end-early=5"]).say("show text 3");
    assert_eq!(early.events(), events);
}

/// Faults that leave each other no room, and those which do though they look alike.
const ALONE: &[[&str; 2]] = &[
    ["crlf", "cr"],
    ["status=503", "reset=before"],
    ["status=503", "status=500"],
    ["rate-limit,times=2", "redirect-loop,times=2"],
    ["reset=between", "cut=during,after=9"],
    ["end-early", "truncated"],
    [
        "reset,operation=threads.create",
        "end-early,operation=threads.create",
    ],
    ["endless-stream", "done-marker"],
    ["pace=1ms", "burst"],
    ["jitter=1ms", "burst"],
    ["content-type=none", "content-type=text/html"],
    ["time-format=z", "time-format=unix"],
    ["page-no-after", "page-endless"],
    ["upload-url", "no-upload-address"],
    ["update-before-add", "no-item-added"],
    ["no-item-done", "done-twice"],
    ["status=503", "crlf"],
    ["stall=1s,times=1", "rate-limit"],
    ["reset=before", "truncated,thread=thr_1"],
    [
        "status=503,operation=threads.create,times=2",
        "no-item-done,operation=threads.create,times=2",
    ],
    [
        "page-no-after,operation=threads.list",
        "status=500,operation=threads.*",
    ],
    ["redirect-loop", "time-format=z"],
];
const TOGETHER: &[[&str; 2]] = &[
    ["crlf,times=1", "cr"],
    ["status=503,times=2", "reset=before"],
    [
        "status=503,operation=threads.list",
        "status=500,operation=threads.create",
    ],
    ["status=503,probability=0.5", "status=500"],
    ["reset", "end-early"],
    ["not-found-500", "not-found-dead-stream"],
    ["pace=1ms", "burst=100"],
    ["ttfb=1ms", "status=503"],
    ["crlf", "no-space"],
    ["no-item-done,event=task", "done-twice"],
    ["reset=before,times=1", "reset=between,skip=1"],
    ["status=503,times=2", "crlf"],
    ["status=503,skip=1", "crlf"],
    ["status=503,probability=0.5", "crlf"],
    ["status=503,thread=thr_1", "crlf"],
    ["status=503,operation=threads.list", "crlf"],
    ["status=503,operation=threads.create", "crlf"],
    [
        "status=500,type=text/event-stream,body=data: {}\n\n",
        "crlf",
    ],
    ["status=503", "one-byte"],
    ["status=503", "content-type=text/html"],
    ["status=503", "reset=between"],
];

#[test]
fn faults_that_leave_each_other_no_room_are_refused_wherever_they_are_asked_for() {
    let server = Server::new(&[]);
    let put = |faults: &[&str]| {
        let faults = json!({"faults": faults}).to_string();
        server.ask("PUT /__mock/faults", "", &faults)
    };
    let said = |answer: &Answer| answer.json()["error"]["message"].to_string();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.yaml");
    let path = file.to_str().unwrap();
    for pair in ALONE {
        let [one, other] = pair;
        let named = format!("{one} and {other} can never both take effect");
        chatkit([
            "serve", "--mock", "--port", "0", "--fault", one, "--fault", other,
        ])
        .stderr_has(&named)
        .stderr_has("leave one of them out")
        .code(2);
        let answer = put(pair);
        assert_eq!(answer.status(), 400, "{named}");
        assert!(said(&answer).contains(&named), "{}", said(&answer));
        assert_eq!(put(&[one]).status(), 200);
        let fault = json!(other).to_string();
        let added = server.ask("POST /__mock/faults", "", &fault);
        assert_eq!(added.status(), 400, "{named}");
        assert!(said(&added).contains(&named), "{}", said(&added));
        let operation = match *one {
            page if page.starts_with("page") => "threads.list",
            "upload-url" => "attachments.create",
            _ => "threads.create",
        };
        let rule = format!("- when: {{operation: {operation}}}\n  then: []\n  fault:\n");
        let rule = format!("{rule}    - '{one}'\n    - '{other}'\n");
        std::fs::write(&file, rule).unwrap();
        chatkit(["scenario", "check", path, "--json"])
            .stdout_has(r#""line":5"#)
            .stdout_has("can never both take effect")
            .code(3);
    }
    for pair in TOGETHER {
        assert_eq!(put(pair).status(), 200, "{pair:?}");
    }
}

#[test]
fn a_fault_of_streams_leaves_refusals_whole() {
    for fault in ["empty-stream", "truncated=0", "burst", "end-early=0"] {
        let server = Server::new(&[fault]);
        let refused = server.post("threads.add_user_message", &json!({"thread_id": 7}));
        assert_eq!(refused.status(), 400, "{fault}");
        let code = &refused.json()["error"]["code"];
        assert_eq!(code, "invalid_type", "{fault}");
    }
}

#[test]
fn of_two_that_strike_at_one_answer_the_one_that_is_for_fewer_takes_effect() {
    let plain = whole().text();
    for faults in [["crlf,times=1", "cr"], ["cr", "crlf,times=1"]] {
        let server = Server::new(&faults);
        let said = || server.say("show text 3").text();
        let (first, second) = (said(), said());
        assert!(first.contains("\r\n\r\n") && !first.contains("\r\r"));
        assert!(!second.contains('\n') && second.contains("\r\r"));
        assert_eq!(first, plain.replace('\n', "\r\n"));
    }
    // As the reference server refuses: documents with 500, streams with 200 and nothing.
    let server = Server::new(&["not-found-500", "not-found-dead-stream"]);
    let nowhere = json!({"thread_id": "thr_x"});
    assert_eq!(server.post("threads.get_by_id", &nowhere).status(), 500);
    let params = json!({"thread_id": "thr_x", "item_id": "x"});
    let stream = server.post("threads.retry_after_item", &params);
    assert_eq!((stream.status(), stream.text()), (200, String::new()));
}
