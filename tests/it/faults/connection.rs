//! Faults of time, of the connection, and in the place of an answer.

use std::io::Read as _;
use std::time::Duration;

use serde_json::json;

use super::wire::{End, Server, broken, message, read_until, whole};
use super::{cases, stored};

/// The first frames of the whole answer.
fn first(count: usize) -> Vec<u8> {
    let text = whole().text();
    let frames = text.split_inclusive("\n\n").take(count);
    frames.collect::<String>().into_bytes()
}

/// Half of a frame behind the first ones.
fn half_behind(count: usize) -> Vec<u8> {
    let (before, with) = (first(count), first(count + 1));
    with[..before.len() + (with.len() - before.len()) / 2].to_vec()
}

/// The connection ends in this way before, between and during events.
#[track_caller]
fn ends(name: &str, end: End) {
    let before = broken(&format!("{name}=before"));
    assert_eq!((before.raw.len(), before.end), (0, end));
    for after in [0, 1, 5] {
        let between = broken(&format!("{name}=between,after={after}"));
        assert_eq!((between.status(), between.end), (200, end));
        assert_eq!(between.body(), first(after), "after {after}");
        let during = broken(&format!("{name}=during,after={after}"));
        assert_eq!(during.end, end);
        assert_eq!(during.body(), half_behind(after), "after {after}");
    }
    // A stream that is shorter still does not end in order.
    let late = broken(&format!("{name},after=99"));
    assert_eq!((late.body(), late.end), (whole().body(), end));
    let document = Server::new(&[&format!("{name}=during,after=0")]);
    let page = document.post("threads.list", &json!({}));
    assert_eq!(page.end, end);
    assert!(b"{\"data\":[],\"has_more\":false}".starts_with(&page.body()[..]));
}

fn begin(server: &Server) -> std::net::TcpStream {
    let body = json!({"type": "threads.create", "params": message("show text 3")});
    server.open("POST /chatkit", "", &body.to_string())
}

cases! {
    fn reset() {
        ends("reset", End::Reset);
    }

    fn cut() {
        ends("cut", End::Cut);
    }

    fn end_early() {
        let server = Server::new(&["end-early"]);
        let answer = server.say("show text 3");
        assert_eq!((answer.body(), answer.end), (first(5), End::Whole));
        let thread = &answer.events()[0]["thread"]["id"];
        let whole_text = || stored(&server, thread) == ["the mock streams"];
        assert!((0..200).any(|_| whole_text() || { std::thread::sleep(Duration::from_millis(25)); false }));
    }

    fn truncated() {
        let answer = broken("truncated");
        assert_eq!((answer.body(), answer.end), (half_behind(5), End::Whole));
    }

    fn empty_stream() {
        for (fault, end) in [("empty-stream", End::Whole), ("empty-stream=cut", End::Cut)] {
            let answer = broken(fault);
            assert_eq!((answer.status(), answer.end), (200, end), "{fault}");
            assert_eq!(answer.header("content-type"), Some("text/event-stream"));
            assert!(answer.body().is_empty());
        }
    }

    fn ttfb() {
        let server = Server::new(&["ttfb=700ms"]);
        let mut stream = begin(&server);
        let (_, waited) = read_until(&mut stream, "HTTP/1.1 200");
        // It may take longer on a loaded machine, and never less.
        assert!(waited >= Duration::from_millis(600), "{waited:?}");
    }

    fn pace() {
        let server = Server::new(&["pace=60ms"]);
        let begin = std::time::Instant::now();
        let answer = server.say("show text 3");
        assert!(begin.elapsed() >= Duration::from_millis(9 * 60));
        assert_eq!(answer.chunks.len(), 10);
        assert_eq!(answer.body(), whole().body());
    }

    fn jitter() {
        let answer = broken("jitter=30ms");
        assert_eq!(answer.chunks.len(), 10);
        assert_eq!(answer.body(), whole().body());
    }

    fn stall() {
        let server = Server::new(&["stall=800ms"]);
        let mut stream = begin(&server);
        let (before, _) = read_until(&mut stream, "content_part.added");
        assert!(!before.contains("text_delta"));
        let (_, waited) = read_until(&mut stream, "text_delta");
        assert!(waited >= Duration::from_millis(400), "{waited:?}");

        let server = Server::new(&["stall=forever,after=0"]);
        let mut stream = begin(&server);
        let (head, _) = read_until(&mut stream, "\r\n\r\n");
        assert!(head.ends_with("\r\n\r\n"));
        stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        let error = stream.read(&mut [0; 64]).unwrap_err();
        assert!(matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut));
    }

    fn keep_alive() {
        let server = Server::new(&["keep-alive=20ms", "stall=400ms"]);
        let text = server.say("show text 3").text();
        assert!(text.contains("\n\n: keep-alive\n\n"));
        assert_eq!(text.replace(": keep-alive\n\n", ""), whole().text());
    }

    fn endless_stream() {
        let server = Server::new(&["endless-stream=1ms"]);
        let mut stream = begin(&server);
        let (text, _) = read_until(&mut stream, "Still at it");
        assert!(text.contains("\"thread.item.done\",\"item\""));
        for _ in 0..20 {
            read_until(&mut stream, "Still at it");
        }
    }

    fn status() {
        let answer = broken("status=503");
        assert_eq!((answer.status(), answer.end), (503, End::Whole));
        assert_eq!(answer.json()["error"]["code"], "mock_fault");
        let answer = broken(
            r#"status=418,body={"short":1,"stout":[2,3]},header=x-pot: tea,header="x-cup: a, b""#,
        );
        assert_eq!((answer.status(), answer.text()), (418, r#"{"short":1,"stout":[2,3]}"#.into()));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!((answer.header("x-pot"), answer.header("x-cup")), (Some("tea"), Some("a, b")));
        let page = broken("status=502,body=<h1>Bad Gateway</h1>,type=text/html");
        assert_eq!(page.header("content-type"), Some("text/html"));
        assert_eq!(page.text(), "<h1>Bad Gateway</h1>");
        let plain = broken("status=500,body=Internal Server Error");
        assert_eq!(plain.header("content-type"), Some("text/plain; charset=utf-8"));
    }

    fn rate_limit() {
        let answer = broken("rate-limit=7");
        assert_eq!((answer.status(), answer.header("retry-after")), (429, Some("7")));
        assert_eq!(answer.json()["error"]["code"], "rate_limit_exceeded");
        assert_eq!(answer.json()["error"]["type"], "rate_limit_error");
    }

    fn redirect_loop() {
        let answer = broken("redirect-loop");
        assert_eq!((answer.status(), answer.header("location")), (307, Some("/chatkit")));
    }
}

#[test]
fn the_journal_says_which_connections_were_broken() {
    let server = Server::new(&["reset=before,times=1", "cut,times=1,skip=1"]);
    assert_eq!(server.say("hi").end, End::Reset);
    assert_eq!(server.say("hi").end, End::Cut);
    assert_eq!(server.say("hi").end, End::Whole);
    let seen = server.ask("GET /__mock/requests", "", "").json();
    let outcomes = seen["requests"].as_array().unwrap().iter();
    let mut outcomes: Vec<_> = outcomes
        .map(|request| request["response"]["outcome"].as_str().unwrap().to_owned())
        .collect();
    outcomes.sort();
    assert_eq!(outcomes, ["broken", "broken", "complete"]);
}

#[test]
fn a_connection_that_breaks_is_for_the_store_a_client_that_left() {
    let faults = ["reset,after=6,operation=threads.create"];
    let server = Server::with(&faults, &["--seed", "1", "--pace", "200ms"]);
    let answer = server.say("show text 3");
    assert_eq!(answer.end, End::Reset);
    let thread = answer.events()[0]["thread"]["id"].clone();
    let kept = || stored(&server, &thread) == ["the "];
    let soon = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(25));
        kept()
    });
    assert!(soon, "{:?}", stored(&server, &thread));
}
