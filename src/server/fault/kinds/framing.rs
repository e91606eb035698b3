//! Faults of spelling: legal event streams that few servers write, and some that are not legal.

use super::super::row::{Act, Reach, Row};
use super::super::stage::{Piece, Stage};
use super::super::value::Kind;
use super::{after, param};

pub(in super::super) const ROWS: &[Row] = &[
    Row {
        name: "multi-line",
        params: &[],
        reach: Reach::Stream,
        does: "spreads the JSON of every event over several data lines",
        client: "joins the data lines of an event with line feeds",
        act: Act::Frame(multi_line),
    },
    Row {
        name: "sse-fields",
        params: &[],
        reach: Reach::Stream,
        does: "sends event, id and retry lines with every event, and a field that nobody knows",
        client: "passes over the fields that it does not need",
        act: Act::Frame(fields),
    },
    Row {
        name: "comments",
        params: &[],
        reach: Reach::Stream,
        does: "sends a comment before every event and one inside it",
        client: "passes comments over",
        act: Act::Frame(comments),
    },
    Row {
        name: "no-space",
        params: &[],
        reach: Reach::Stream,
        does: "leaves out the space behind the colon of every data line",
        client: "takes the space for what it is: optional",
        act: Act::Frame(no_space),
    },
    Row {
        name: "invalid-utf8",
        params: &[after("5")],
        reach: Reach::Stream,
        does: "sends an event with bytes that are no UTF-8",
        client: "reports a malformed event or shows a replacement character, and does not crash",
        act: Act::Add(invalid_utf8),
    },
    Row {
        name: "crlf",
        params: &[],
        reach: Reach::Stream,
        does: "ends every line with CR LF",
        client: "takes CR LF, LF and CR for the end of a line",
        act: Act::Frame(crlf),
    },
    Row {
        name: "cr",
        params: &[],
        reach: Reach::Stream,
        does: "ends every line with CR alone",
        client: "takes CR LF, LF and CR for the end of a line",
        act: Act::Frame(cr),
    },
    Row {
        name: "bom",
        params: &[],
        reach: Reach::Stream,
        does: "begins the stream with a byte order mark",
        client: "passes over a byte order mark at the start",
        act: Act::Frame(bom),
    },
    Row {
        name: "done-marker",
        params: &[param(
            "text",
            Kind::Text,
            "[DONE]",
            "what stands in the marker",
        )],
        reach: Reach::Stream,
        does: "ends the stream with 'data: [DONE]', as other APIs of OpenAI do",
        client: "takes the end of the body for the end of the turn, and passes the marker over",
        act: Act::Add(done_marker),
    },
];

fn multi_line(stage: &mut Stage, frame: Vec<u8>) {
    let json = frame.strip_prefix(b"data: ");
    let json = json.and_then(|json| serde_json::from_slice::<serde_json::Value>(json).ok());
    let Some(json) = json else {
        return stage.send(frame);
    };
    let mut lines = String::new();
    for line in format!("{json:#}").lines() {
        lines.push_str("data: ");
        lines.push_str(line);
        lines.push('\n');
    }
    lines.push('\n');
    stage.send(lines.into_bytes());
}

fn fields(stage: &mut Stage, frame: Vec<u8>) {
    if is_comment(&frame) {
        return stage.send(frame);
    }
    stage.seen += 1;
    let head = format!(
        "event: message\nid: {}\nretry: 3000\nmood: curious\n",
        stage.seen
    );
    stage.send([head.into_bytes(), frame].concat());
}

fn comments(stage: &mut Stage, frame: Vec<u8>) {
    if is_comment(&frame) {
        return stage.send(frame);
    }
    stage.send([b": before an event\n\n: in an event\n".to_vec(), frame].concat());
}

/// Whether a frame is no event, and has nothing to be told of one.
fn is_comment(frame: &[u8]) -> bool {
    frame.starts_with(b":")
}

fn no_space(stage: &mut Stage, frame: Vec<u8>) {
    let lines = frame.split_inclusive(|byte| *byte == b'\n');
    let lines = lines.flat_map(|line| match line.strip_prefix(b"data: ") {
        Some(data) => [&b"data:"[..], data],
        None => [&b""[..], line],
    });
    let frame = lines.collect::<Vec<_>>().concat();
    stage.send(frame);
}

fn invalid_utf8(stage: &mut Stage, piece: Piece) {
    if piece.is_frame() && stage.is_time() {
        let frame = b"data: {\"type\":\"progress_update\",\"text\":\"\xff\xfe\xc3\x28\"}\n\n";
        stage.send(frame.to_vec());
    }
    stage.send(piece);
}

fn crlf(stage: &mut Stage, frame: Vec<u8>) {
    stage.send(with_ends(&frame, b"\r\n"));
}

fn cr(stage: &mut Stage, frame: Vec<u8>) {
    stage.send(with_ends(&frame, b"\r"));
}

/// JSON in one line has no line feed of its own, so that every one here ends a line.
fn with_ends(frame: &[u8], end: &[u8]) -> Vec<u8> {
    let lines = frame.split(|byte| *byte == b'\n');
    lines.collect::<Vec<_>>().join(end)
}

fn bom(stage: &mut Stage, frame: Vec<u8>) {
    if stage.has_struck {
        return stage.send(frame);
    }
    stage.has_struck = true;
    stage.send([b"\xef\xbb\xbf".to_vec(), frame].concat());
}

fn done_marker(stage: &mut Stage, piece: Piece) {
    if matches!(piece, Piece::End) {
        let text = stage.fault().text("text").unwrap_or_default();
        let text = text.replace(['\r', '\n'], " ");
        stage.send(format!("data: {text}\n\n").into_bytes());
    }
    stage.send(piece);
}
