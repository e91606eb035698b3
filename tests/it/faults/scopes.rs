//! Which requests a fault strikes at, how often, and that a seed repeats it to the byte.

use serde_json::{Value, json};

use super::wire::{Answer, End, Server, message, whole};

fn statuses(server: &Server, count: usize) -> Vec<u16> {
    let list = || server.post("threads.list", &json!({})).status();
    (0..count).map(|_| list()).collect()
}

#[test]
fn a_fault_strikes_the_first_times_behind_those_that_it_skips() {
    assert_eq!(
        statuses(&Server::new(&["status=500,times=2"]), 4),
        [500, 500, 200, 200]
    );
    assert_eq!(
        statuses(&Server::new(&["status=500,times=2,skip=1"]), 5),
        [200, 500, 500, 200, 200]
    );
    // One that is over leaves the next its turn.
    let both = Server::new(&["status=500,times=1", "status=429,times=2"]);
    assert_eq!(statuses(&both, 4), [500, 429, 200, 200]);
}

#[test]
fn a_fault_strikes_its_operation_path_and_thread_only() {
    let server = Server::new(&["status=500,operation=threads.list"]);
    assert_eq!(server.say("hi").status(), 200);
    assert_eq!(statuses(&server, 1), [500]);

    let server = Server::new(&["status=500,operation=threads.*"]);
    assert_eq!(server.say("hi").status(), 500);
    let items = server.post("items.list", &json!({"thread_id": "thr_1"}));
    assert_eq!(items.status(), 404);

    let server = Server::new(&["status=503,path=/api/"]);
    assert_eq!(statuses(&server, 1), [200]);
    assert_eq!(server.ask("POST /api/session", "", "{}").status(), 503);

    let server = Server::new(&["status=503,operation=session"]);
    assert_eq!(
        server.ask("POST /api/chatkit/session", "", "{}").status(),
        503
    );
    let key = "authorization: Bearer sk-1\r\n";
    assert_eq!(
        server.ask("POST /v1/chatkit/sessions", key, "{}").status(),
        503
    );

    let seeded = whole().events()[0]["thread"]["id"].clone();
    let fault = format!("status=500,thread={}", seeded.as_str().unwrap());
    let server = Server::new(&[&fault]);
    assert_eq!(server.thread(), seeded);
    let other = server.thread();
    let read = |id: &Value| {
        server
            .post("threads.get_by_id", &json!({"thread_id": id}))
            .status()
    };
    assert_eq!((read(&seeded), read(&other)), (500, 200));
}

#[test]
fn what_is_the_mocks_own_is_never_broken() {
    let server = Server::new(&["no-cors", "status=500,path=/", "reset=before,path=/,skip=9"]);
    assert_eq!(server.ask("GET /healthz", "", "").text(), "ok\n");
    assert_eq!(server.ask("GET /", "", "").status(), 200);
    assert_eq!(server.ask("GET /__mock/requests", "", "").status(), 200);
    assert_eq!(server.say("hi").status(), 500);
}

#[test]
fn a_page_can_read_a_refusal_that_a_fault_made() {
    let server = Server::new(&["rate-limit=3"]);
    let body = json!({"type": "threads.create", "params": message("hi")}).to_string();
    let answer = server.ask("POST /chatkit", "origin: http://app.example\r\n", &body);
    assert_eq!(answer.status(), 429);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("http://app.example")
    );
    let exposed = answer.header("access-control-expose-headers").unwrap();
    assert!(exposed.contains("retry-after") && exposed.contains("x-request-id"));
}

#[test]
fn several_faults_of_one_answer_come_together_in_whatever_order_they_are_given() {
    let expected = {
        let mut events = whole().events();
        events.insert(5, events[5].clone());
        let frames: Vec<_> = events
            .iter()
            .map(|event| format!("data: {event}\r\n\r\n"))
            .collect();
        format!("\u{feff}{}", frames.concat())
    };
    for faults in [
        ["bom", "crlf", "twice", "one-byte"],
        ["one-byte", "twice", "crlf", "bom"],
    ] {
        let answer = Server::new(&faults).say("show text 3");
        assert_eq!(answer.text(), expected);
        assert!(answer.chunks.iter().all(|chunk| chunk.len() == 1));
    }
}

#[test]
fn a_burst_keeps_a_huge_event_in_its_place() {
    let answer = Server::new(&["burst", "huge-event=1MiB"]).say("show text 3");
    let mut events = answer.events();
    assert_eq!(events.remove(3)["type"], "progress_update");
    assert_eq!(events, whole().events());
}

#[test]
fn the_truth_is_stored_though_the_stream_is_broken() {
    for fault in [
        "no-item-done",
        "lost-delta",
        "truncated",
        "duplicate-id",
        "time-format=unix,operation=threads.create",
    ] {
        let server = Server::new(&[fault]);
        let thread = json!({"thread_id": server_thread(&server)});
        let told = || server.post("threads.get_by_id", &thread).json();
        let is_whole = || told()["items"]["data"][1]["content"][0]["text"] == "the mock streams";
        let soon = (0..200).any(|_| {
            is_whole() || {
                std::thread::sleep(std::time::Duration::from_millis(25));
                false
            }
        });
        assert!(soon, "{fault}: {}", told());
    }
}

/// The id of a thread whose stream may not be readable to its end.
fn server_thread(server: &Server) -> Value {
    let text = server.say("show text 3").text();
    let first = text.split("\n\n").next().unwrap();
    let event: Value = serde_json::from_str(first.strip_prefix("data: ").unwrap()).unwrap();
    event["thread"]["id"].clone()
}

/// A session of requests whose faults are left to chance.
fn session(seed: &str) -> Vec<Answer> {
    let faults = [
        "status=500,probability=0.3",
        "reset,probability=0.2,after=3",
        "twice,probability=0.5",
        "jitter=3ms,probability=0.5",
        "one-byte=7,probability=0.2",
    ];
    let server = Server::with(&faults, &["--seed", seed, "--pace", "1ms"]);
    (0..24)
        .map(|turn| server.say(&format!("show text {}", turn % 5 + 1)))
        .collect()
}

#[test]
fn two_runs_with_one_seed_are_the_same_to_the_byte() {
    let (one, two) = (session("7"), session("7"));
    for (place, (one, two)) in one.iter().zip(&two).enumerate() {
        let text = |answer: &Answer| String::from_utf8_lossy(&answer.raw).into_owned();
        assert_eq!(text(one), text(two), "answer {place}");
        assert_eq!(one.end, two.end);
    }
    let ends = |answers: &[Answer]| -> Vec<_> {
        answers
            .iter()
            .map(|answer| (answer.status(), answer.end))
            .collect()
    };
    // All kinds of luck are in it, and another seed has another luck.
    for kind in [(500, End::Whole), (200, End::Reset), (200, End::Whole)] {
        assert!(ends(&one).contains(&kind), "{kind:?}");
    }
    assert_ne!(ends(&one), ends(&session("8")));
}
