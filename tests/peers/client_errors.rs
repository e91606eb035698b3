//! What fails, and with which exit code: errors in the stream, HTTP errors, broken protocols.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::bench::{Bench, Case, Peer};

/// A route of `faults.py`, the exit code, and what standard error has to name.
const FAULTS: [(&str, &str, i32, &[&str]); 12] = [
    ("a 500 in plain text", "500", 1, &["500"]),
    ("a 401", "401", 4, &["401", "refused with invalid_api_key"]),
    ("a 403", "403", 4, &["403", "refused with forbidden_origin"]),
    (
        "a 422 with its code and request id",
        "422",
        1,
        &["422", "bad_input", "req_peer_1"],
    ),
    ("a 429", "429", 1, &["429", "rate_limit_exceeded"]),
    (
        "a page of HTML in place of a stream",
        "html",
        6,
        &["text/html"],
    ),
    ("a stream of no events", "empty", 6, &[]),
    ("a stream that ends with an item open", "open", 6, &[]),
    ("a connection that is cut between events", "cut", 6, &[]),
    (
        "a connection that is cut inside an event",
        "cut-head",
        6,
        &[],
    ),
    ("an event that is no JSON", "garbage", 6, &[]),
    ("an event of the wrong shape", "malformed", 6, &["item"]),
];

pub fn cases() -> Vec<Case> {
    let python = Peer::Python;
    let mut cases = Vec::new();
    for (what, route, code, notes) in FAULTS {
        let name = format!("client: {what} exits {code}");
        let run = move |bench: &Bench| {
            let path = format!("/broken/{route}");
            bench
                .desk()
                .run_at(&path, ["send", "hi"])
                .code(code)
                .notes(notes);
        };
        cases.push(Case::new(name, python, run));
    }
    let mut case = |name: &str, run: fn(&Bench)| cases.push(Case::new(name, python, run));
    case(
        "client: a custom error event is printed with its code, and exits 1",
        custom_error,
    );
    case(
        "client: an error event that may not be retried says so",
        final_error,
    );
    case(
        "client: stream.error exits 1 and may be retried",
        stream_error,
    );
    case(
        "client: text that came before an error is still on stdout",
        text_before_error,
    );
    case(
        "client: what came before a cut is still on stdout",
        text_before_cut,
    );
    case("client: a cut and an open end are told apart", told_apart);
    case(
        "client: an unknown thread, a dead stream of the reference server, exits 6",
        unknown_thread,
    );
    case(
        "client: an unknown thread of an operation without a stream exits 1",
        unknown_thread_show,
    );
    case(
        "client: an address where nobody listens exits 5",
        unreachable,
    );
    case(
        "client: a server that falls silent exits 5 after --timeout",
        timeout,
    );
    case(
        "client: events and items of unknown types are passed over, and handed on as JSON",
        strange,
    );
    case(
        "client: any legal stream is read, comments and line ends of every kind included",
        legal,
    );
    case("client: a stream that comes byte by byte is read", by_bytes);
    case(
        "client: a redirect to another origin does not get the credentials",
        redirect,
    );
    case(
        "client: no address at all is wrong usage, and names the mock",
        no_address,
    );
    cases
}

fn custom_error(bench: &Bench) {
    bench
        .desk()
        .run(["send", "error out of credit"])
        .code(1)
        .notes(&["custom", "out of credit"]);
}

fn final_error(bench: &Bench) {
    let desk = bench.desk();
    let lasting = desk.run(["send", "final"]).code(1).notes(&["not again"]);
    let passing = desk
        .run(["send", "error not again"])
        .code(1)
        .notes(&["not again"]);
    let without = |text: &str| {
        text.lines()
            .filter(|line| !line.contains("thr_"))
            .collect::<String>()
    };
    assert_ne!(
        without(lasting.stderr()),
        without(passing.stderr()),
        "whether it may be retried"
    );
}

fn stream_error(bench: &Bench) {
    bench
        .desk()
        .run(["send", "crash"])
        .code(1)
        .notes(&["stream.error"]);
    bench
        .desk()
        .run(["send", "overload"])
        .code(1)
        .notes(&["stream.error"]);
}

fn text_before_error(bench: &Bench) {
    bench
        .desk()
        .run(["send", "crash"])
        .code(1)
        .says("so far so good");
}

fn text_before_cut(bench: &Bench) {
    for route in ["/broken/cut", "/broken/open"] {
        bench
            .desk()
            .run_at(route, ["send", "hi"])
            .code(6)
            .shows(&["half an ans"]);
    }
}

fn told_apart(bench: &Bench) {
    let story = |route: &str| {
        let outcome = bench.desk().run_at(route, ["send", "hi"]).code(6);
        outcome.stderr().replace(route, "")
    };
    let stories = [
        "/broken/cut",
        "/broken/open",
        "/broken/empty",
        "/broken/html",
    ]
    .map(story);
    for (at, one) in stories.iter().enumerate() {
        assert!(
            !stories[..at].contains(one),
            "two faults have the same message: {one}"
        );
    }
}

fn unknown_thread(bench: &Bench) {
    bench
        .desk()
        .run(["send", "hi", "--thread", "thr_nobody"])
        .code(6);
}

fn unknown_thread_show(bench: &Bench) {
    bench
        .desk()
        .run(["thread", "show", "thr_nobody"])
        .code(1)
        .notes(&["500"]);
}

fn unreachable(bench: &Bench) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!(
        "http://{}/chatkit",
        listener.local_addr().expect("an address")
    );
    drop(listener);
    bench
        .desk()
        .run_bare(["send", "hi", "--url", &url])
        .code(5)
        .notes(&["127.0.0.1"]);
}

fn timeout(bench: &Bench) {
    let start = Instant::now();
    bench
        .desk()
        .run_at("/broken/hang", ["send", "hi", "--timeout", "1s"])
        .code(5);
    let took = start.elapsed();
    assert!(took < Duration::from_secs(20), "it took {took:?}");
}

fn strange(bench: &Bench) {
    let desk = bench.desk();
    desk.run_at("/broken/strange", ["send", "hi"])
        .code(0)
        .shows(&["a whole answer"]);
    let events = desk
        .run_at("/broken/strange", ["send", "hi", "--json"])
        .code(0)
        .lines();
    let mood = events
        .iter()
        .find(|event| event["type"] == "thread.mood_changed");
    let mood = mood.expect("the unknown event is handed on");
    assert_eq!(
        mood["depth"],
        serde_json::json!({"of": [1, 2.5, null, "ünï"]})
    );
    let odd = events
        .iter()
        .find(|event| event["type"] == "progress_update");
    assert_eq!(
        odd.expect("the progress")["extra"],
        serde_json::json!({"a": 1})
    );
    assert!(
        events
            .iter()
            .any(|event| event["item"]["type"] == "hologram")
    );
}

fn legal(bench: &Bench) {
    let desk = bench.desk();
    desk.run_at("/broken/legal", ["send", "hi"])
        .code(0)
        .says("a whole answer");
    assert_eq!(
        desk.run_at("/broken/legal", ["send", "hi", "--json"])
            .code(0)
            .lines()
            .len(),
        3
    );
}

fn by_bytes(bench: &Bench) {
    bench
        .desk()
        .run_at("/broken/bytes", ["send", "hi"])
        .code(0)
        .says("a whole answer");
}

fn redirect(bench: &Bench) {
    let desk = bench.desk();
    let secret = "s3cret-of-the-redirect";
    let header = format!("Authorization: Bearer {secret}");
    let outcome = desk.run_at("/broken/elsewhere", ["send", "hi", "--header", &header]);
    assert_ne!(outcome.0.code, Some(2), "{}", outcome.stderr());
    let told: Vec<_> = desk
        .logged(secret)
        .into_iter()
        .map(|entry| entry["path"].clone())
        .collect();
    assert_eq!(told, ["/broken/elsewhere"]);
}

fn no_address(bench: &Bench) {
    bench
        .desk()
        .run_bare(["send", "hi"])
        .code(2)
        .notes(&["--mock"]);
}
