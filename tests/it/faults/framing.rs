//! Faults of spelling, and of what is done to the bytes on their way.

use std::io::Read as _;
use std::process::{Command, Stdio};

use super::cases;
use super::wire::{End, Server, broken, whole};

/// The text of an answer that came whole, and of the same without the fault.
#[track_caller]
fn spelled(fault: &str) -> (String, String) {
    let answer = broken(fault);
    assert_eq!((answer.status(), answer.end), (200, End::Whole));
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    (answer.text(), whole().text())
}

cases! {
    fn crlf() {
        let (text, whole) = spelled("crlf");
        assert_eq!(text, whole.replace('\n', "\r\n"));
    }

    fn cr() {
        let (text, whole) = spelled("cr");
        assert_eq!(text, whole.replace('\n', "\r"));
    }

    fn bom() {
        let (text, whole) = spelled("bom");
        assert_eq!(text, format!("\u{feff}{whole}"));
    }

    fn comments() {
        let (text, whole) = spelled("comments");
        assert_eq!(text, whole.replace("data: ", ": before an event\n\n: in an event\ndata: "));
    }

    fn no_space() {
        let (text, whole) = spelled("no-space");
        assert_eq!(text, whole.replace("data: ", "data:"));
    }

    fn multi_line() {
        let (text, whole) = spelled("multi-line");
        let frames: Vec<_> = text.split("\n\n").filter(|frame| !frame.is_empty()).collect();
        assert!(frames.iter().all(|frame| frame.lines().count() > 2));
        let joined = frames.iter().map(|frame| {
            let lines = frame.lines().map(|line| line.strip_prefix("data: ").unwrap());
            let json: serde_json::Value =
                serde_json::from_str(&lines.collect::<Vec<_>>().join("\n")).unwrap();
            format!("data: {json}\n\n")
        });
        assert_eq!(joined.collect::<String>(), whole);
    }

    fn sse_fields() {
        let (text, whole) = spelled("sse-fields");
        let mut expected = String::new();
        for (at, frame) in whole.split_inclusive("\n\n").enumerate() {
            let id = (at + 1).to_string();
            let fields = ["event: message\nid: ", &id, "\nretry: 3000\nmood: curious\n", frame];
            expected.extend(fields);
        }
        assert_eq!(text, expected);
    }

    fn done_marker() {
        let (text, whole) = spelled("done-marker");
        assert_eq!(text, format!("{whole}data: [DONE]\n\n"));
    }

    fn invalid_utf8() {
        let answer = broken("invalid-utf8");
        let body = answer.body();
        let frames: Vec<_> = body.split(|byte| *byte == b'\n').collect();
        // The blank lines between the frames count, too.
        assert!(std::str::from_utf8(frames[10]).is_err());
        assert_eq!(frames.iter().filter(|line| std::str::from_utf8(line).is_err()).count(), 1);
        assert_eq!(answer.end, End::Whole);
    }

    fn content_type() {
        let answer = broken("content-type");
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        assert_eq!(answer.body(), whole().body());
        let html = broken("content-type=text/html");
        assert_eq!(html.header("content-type"), Some("text/html"));
        assert_eq!(broken("content-type=none").header("content-type"), None);
    }

    fn huge_event() {
        let answer = broken("huge-event=1MiB");
        let mut events = answer.events();
        let huge = events.remove(3);
        assert_eq!(huge["type"], "progress_update");
        assert_eq!(huge["text"].as_str().unwrap().len(), 1024 * 1024);
        assert_eq!(events, whole().events());
    }

    fn burst() {
        // A pace that the whole stream would need a second for, if it came event by event.
        let server = Server::with(&["burst"], &["--seed", "1", "--pace", "20ms"]);
        let answer = server.say("show text 3");
        assert_eq!(answer.chunks, [whole().body()]);
        let plain = Server::with(&[], &["--seed", "1", "--pace", "20ms"]).say("show text 3");
        assert!(plain.chunks.len() >= 3, "{}", plain.chunks.len());
        let blocks = broken("burst=100");
        let (last, others) = blocks.chunks.split_last().unwrap();
        assert!(last.len() <= 100 && others.iter().all(|block| block.len() == 100));
        assert_eq!(blocks.body(), whole().body());
    }

    fn one_byte() {
        let answer = broken("one-byte");
        assert!(answer.chunks.iter().all(|chunk| chunk.len() == 1));
        assert_eq!(answer.body(), whole().body());
        let three = broken("one-byte=3");
        assert!(three.chunks.iter().all(|chunk| chunk.len() <= 3));
        assert_eq!(three.body(), whole().body());
    }

    fn gzip() {
        let answer = broken("gzip");
        assert_eq!(answer.header("content-encoding"), Some("gzip"));
        assert_eq!(answer.end, End::Whole);
        assert_eq!(unpacked(&answer.body()), whole().body());
    }
}

/// What gzip(1) makes of it, which shares nothing with the mock.
fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("body.gz");
    std::fs::write(&path, bytes).unwrap();
    let mut gzip = Command::new("gzip")
        .args(["-d", "-c"])
        .arg(&path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut unpacked = Vec::new();
    gzip.stdout
        .take()
        .unwrap()
        .read_to_end(&mut unpacked)
        .unwrap();
    assert!(gzip.wait().unwrap().success());
    unpacked
}
