//! Backends that answer at once, and whether anything shows that their events were held back.

use std::io::Write;
use std::time::Duration;

use crate::doctor::server::{Asked, Server, begin_stream, chunks, turn, well};
use crate::dsl::chatkit;

const PAUSE: Duration = Duration::from_millis(800);

/// Answers a turn of which so many frames come before the pause.
fn answer(asked: &Asked, out: &mut dyn Write, before: usize) {
    if !asked.body.contains("\"input\"") {
        return well(asked, out);
    }
    let frames = turn();
    begin_stream(out);
    let _ = out.write_all(chunks(&frames[..before]).as_bytes());
    let _ = out.flush();
    std::thread::sleep(PAUSE);
    let rest = chunks(&frames[before..]) + "0\r\n\r\n";
    let _ = out.write_all(rest.as_bytes());
}

fn check(server: &Server) -> crate::dsl::Run {
    let rule = "transport/not-buffered";
    let url = server.url();
    chatkit(["check", "--url", &url, "--only", rule, "--require", rule])
}

#[test]
fn a_turn_that_comes_whole_behind_a_pause_was_held_back() {
    let server = Server::start(|asked, out| answer(asked, out, 0));
    check(&server)
        .stdout_has("note transport/not-buffered (should)")
        .stdout_has("20 pieces of text came within")
        .code(0);
}

#[test]
fn a_text_that_comes_at_once_behind_other_events_tells_nothing() {
    let server = Server::start(|asked, out| answer(asked, out, 1));
    let run = check(&server)
        .stdout_has("the text came all at once, though events came")
        .code(3);
    assert!(!run.stdout.contains("should"), "{}", run.stdout);
}
