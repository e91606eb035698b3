//! `chatkit send` against every fault: it ends, with the right code and a word about it.

use super::listed;
use super::wire::Server;
use crate::dsl::chatkit;

/// What `send` makes of a fault, where that is not a success: the code, and what it says.
const FAILS: &[(&str, i32, &str)] = &[
    ("ttfb=30s", 5, "no answer from"),
    ("stall=forever", 5, "no answer from"),
    ("status=500", 1, "500 Internal Server Error"),
    ("status=401", 4, "401 Unauthorized"),
    ("status=404,body=<html>", 1, "404 Not Found"),
    ("rate-limit=1", 1, "retry-after: 1"),
    ("redirect-loop", 1, "redirects more than 10 times"),
    ("error-event", 1, "stream.error"),
    ("no-item-done", 6, "1 item open"),
    ("malformed-json", 6, "malformed event (frame 6)"),
    ("reset=before", 5, "the connection was reset"),
    ("reset=between", 6, "cut short after 5 events"),
    ("reset=during", 6, "cut short after 5 events"),
    ("cut=before", 5, "closed before an answer came"),
    ("cut=between", 6, "cut short after 5 events"),
    ("cut=during", 6, "cut short after 5 events"),
    ("end-early", 6, "1 item open"),
    ("truncated", 6, ""),
    ("empty-stream", 6, "the stream is empty"),
    ("empty-stream=cut", 6, ""),
    ("content-type", 6, "expected text/event-stream"),
    ("huge-event=20MiB", 6, "larger than 16 MiB"),
    ("gzip", 6, ""),
    ("invalid-utf8", 6, "malformed event"),
    ("done-marker", 6, "malformed event"),
];

/// Those that would go on for ever, and end by the client's own wish.
const ENDLESS: &[&str] = &["endless-stream"];

fn send(fault: &str) -> (crate::dsl::Run, Server) {
    let server = Server::new(&[fault]);
    let url = server.url();
    let run = chatkit(["send", "--url", &url, "--timeout", "3s", "show text 3"]);
    (run.stderr_has_not("panicked"), server)
}

#[test]
fn a_fault_that_makes_an_answer_worthless_ends_send_with_its_code() {
    for (fault, code, says) in FAILS {
        let (run, _server) = send(fault);
        run.stderr_has(says).code(*code);
    }
}

#[test]
fn a_fault_that_a_client_can_bear_does_not_end_send() {
    let fails = |name: &str| {
        FAILS
            .iter()
            .any(|(fault, ..)| fault.split(['=', ',']).next() == Some(name))
    };
    for name in listed() {
        if fails(&name) || ENDLESS.contains(&&name[..]) {
            continue;
        }
        let (run, _server) = send(&name);
        run.stdout_has("streams").code(0);
    }
}
