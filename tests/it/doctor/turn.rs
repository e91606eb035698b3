//! The turn that is played, and what holds its events back.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::server::{Asked, JSON, PAGE, Server, begin_stream, chunks, say, stream, turn, well};
use super::{doctor, examine, report};
use crate::backend::created;

#[test]
fn a_stream_that_is_held_back() {
    fn held(asked: &Asked, out: &mut dyn Write) {
        if !asked.body.contains("threads.create") {
            return well(asked, out);
        }
        begin_stream(out);
        std::thread::sleep(Duration::from_secs(3));
        let all = chunks(&turn()) + "0\r\n\r\n";
        let _ = out.write_all(all.as_bytes());
    }
    fn counted(asked: &Asked, out: &mut dyn Write) {
        if !asked.body.contains("threads.create") {
            return well(asked, out);
        }
        let frames: Vec<_> = turn()
            .iter()
            .map(|frame| format!("data: {frame}\n\n"))
            .collect();
        say(
            out,
            200,
            "content-type: text/event-stream\r\nserver: nginx\r\n",
            &frames.concat(),
        );
    }
    examine(held, &[], 0).has("buffering", "warning", "events came");
    let report = examine(counted, &[], 0);
    report.has("buffering", "warning", "content-length: ");
    let remedy = report.finding("buffering")["remedy"].as_str().unwrap();
    assert!(remedy.contains("server: nginx"), "{remedy}");
}

#[test]
fn a_stream_that_is_compressed_for_browsers_only() {
    fn compressed(asked: &Asked, out: &mut dyn Write) {
        if !asked.head.to_lowercase().contains("accept-encoding: gzip") {
            return well(asked, out);
        }
        assert!(
            asked.body.contains("threads.add_user_message"),
            "{}",
            asked.body
        );
        let head = "content-type: text/event-stream\r\ncontent-encoding: gzip\r\n";
        say(out, 200, head, "\u{1f}");
    }
    examine(compressed, &[], 0).has("buffering", "warning", "content-encoding: gzip");
}

/// Streams to whoever takes gzip what is compressed; `flushes` says whether event by event.
fn zipped(asked: &Asked, out: &mut dyn Write, flushes: bool) {
    if !asked.head.to_lowercase().contains("accept-encoding: gzip") {
        return well(asked, out);
    }
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip";
    let _ = write!(out, "{head}\r\nconnection: close\r\n\r\n");
    let mut encoder = GzEncoder::new(out, Compression::fast());
    for frame in turn() {
        std::thread::sleep(Duration::from_millis(40));
        let _ = write!(encoder, "data: {frame}\n\n");
        if flushes {
            let _ = encoder.flush();
        }
    }
    let _ = encoder.finish();
}

#[test]
fn what_is_compressed_for_browsers_is_gathered_only_where_nothing_flushes() {
    let flushed = |asked: &Asked, out: &mut dyn Write| zipped(asked, out, true);
    let report = examine(flushed, &[], 0);
    report.has(
        "buffering",
        "warning",
        "content-encoding: gzip, and is flushed",
    );
    report.has("buffering", "warning", "24 events came one by one");
    let gathered = |asked: &Asked, out: &mut dyn Write| zipped(asked, out, false);
    let report = examine(gathered, &[], 0);
    report.has(
        "buffering",
        "warning",
        "content-encoding: gzip, and is gathered",
    );
}

#[test]
fn each_way_in_which_a_turn_fails_has_its_exit_code() {
    fn with(asked: &Asked, out: &mut dyn Write, turn: fn(&mut dyn Write)) {
        if asked.body.contains("threads.create") {
            return turn(out);
        }
        well(asked, out);
    }
    let document =
        |asked: &Asked, out: &mut dyn Write| with(asked, out, |out| say(out, 200, JSON, PAGE));
    examine(document, &[], 6).has(
        "first-event",
        "failed",
        "expected text/event-stream, got application/json",
    );
    let cut = |asked: &Asked, out: &mut dyn Write| {
        with(asked, out, |out| {
            begin_stream(out);
            let _ = out.write_all(chunks(&turn()[..9]).as_bytes());
        });
    };
    examine(cut, &[], 6).has("first-event", "failed", "cut short after 9 events");
    let failed = |asked: &Asked, out: &mut dyn Write| {
        with(asked, out, |out| {
            let error =
                r#"{"type":"error","code":"custom","message":"no model","allow_retry":false}"#;
            stream(out, &[created(), error.to_owned()]);
        });
    };
    examine(failed, &[], 1).has("first-event", "failed", "no model");
    let silent = |asked: &Asked, out: &mut dyn Write| {
        with(asked, out, |out| {
            begin_stream(out);
            std::thread::sleep(Duration::from_secs(60));
        });
    };
    examine(silent, &["--timeout", "4s"], 5).has("first-event", "failed", "within 4 s");
}

#[test]
fn a_thread_that_cannot_be_deleted_is_named() {
    fn keeps(asked: &Asked, out: &mut dyn Write) {
        if asked.body.contains("threads.delete") {
            return say(out, 500, "", "");
        }
        well(asked, out);
    }
    examine(keeps, &[], 0).has(
        "first-event",
        "warning",
        "its thread thr_1 could not be deleted",
    );
}

#[test]
fn no_turn_asks_no_model() {
    let server = Server::start(well);
    let report = report(doctor(&["--url", &server.url(), "--no-turn"]), 0);
    report.has("first-event", "skipped", "--no-turn");
    assert_eq!(server.count("threads.create"), 0);
    let said = ["--url", &server.url(), "--message", "say hi"];
    super::report(doctor(&said), 0);
    assert_eq!(server.count("say hi"), 1);
}

#[test]
fn a_turn_that_never_ends_is_left() {
    fn endless(asked: &Asked, out: &mut dyn Write) {
        if !asked.body.contains("threads.create") {
            return well(asked, out);
        }
        begin_stream(out);
        let progress = r#"{"type":"progress_update","text":"on and on"}"#.to_owned();
        let frames = chunks(&vec![progress; 1000]);
        let _ = out.write_all(chunks(&turn()).as_bytes());
        while out.write_all(frames.as_bytes()).is_ok() {}
    }
    let server = Server::start(endless);
    let report = report(doctor(&["--url", &server.url()]), 6);
    report.has(
        "first-event",
        "failed",
        "the turn did not end: 100000 events",
    );
    assert_eq!(server.count("threads.delete"), 1);
}
