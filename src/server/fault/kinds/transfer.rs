//! Faults of the way: what proxies and servers do to the bytes and headers of an answer.

use axum::http::{HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;

use super::super::apply::Strike;
use super::super::asked::Asked;
use super::super::body::Settings;
use super::super::row::{Act, Reach, Row};
use super::super::stage::{GAP, Piece, Stage};
use super::super::value::Kind;
use super::{after, param};

/// The most that is held back of a burst, in bytes.
const MAX_HELD: usize = 64 * 1024 * 1024;

pub(in super::super) const ROWS: &[Row] = &[
    Row {
        name: "content-type",
        params: &[param(
            "type",
            Kind::Word,
            "text/plain; charset=utf-8",
            "the content type, or none",
        )],
        reach: Reach::Operation,
        does: "sends the answer under another content type",
        client: "refuses an answer that is not what it asked for, and names the type that came",
        act: Act::Response(content_type),
    },
    Row {
        name: "huge-event",
        params: &[
            param("size", Kind::Size, "32MiB", "how long its text is"),
            after("3"),
        ],
        reach: Reach::Stream,
        does: "sends a progress update with a very long text",
        client: "bounds what it holds of one event, and says so",
        act: Act::Add(huge),
    },
    Row {
        name: "burst",
        params: &[param(
            "size",
            Kind::Size,
            "0",
            "how much is held back at a time; 0 is the whole stream",
        )],
        reach: Reach::Stream,
        does: "holds the stream back and sends it at once, as a buffering proxy does",
        client: "shows that it waits, and takes any number of events at once",
        act: Act::Flow(burst),
    },
    Row {
        name: "one-byte",
        params: &[param("size", Kind::Count, "1", "how many bytes at a time")],
        reach: Reach::Operation,
        does: "sends each byte as a chunk and a write of its own",
        client: "puts events, lines and characters together again, wherever they were cut",
        act: Act::Flow(one_byte),
    },
    Row {
        name: "gzip",
        params: &[],
        reach: Reach::Operation,
        does: "compresses the answer without being asked to",
        client: "unpacks it as it comes, or says which encoding it does not take",
        act: Act::Body(gzip),
    },
];

fn content_type(strike: &Strike, _: &Asked, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    let kind = strike.fault.text("type").filter(|kind| *kind != "none");
    if let Some(kind) = kind.and_then(|kind| HeaderValue::from_str(kind).ok()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    response
}

fn huge(stage: &mut Stage, piece: Piece) {
    if piece.is_frame() && stage.is_time() {
        let frame = format!("data: {{\"type\":\"progress_update\",\"text\":\"{GAP}\"}}\n\n");
        let size = stage.fault().count("size");
        stage.send(Piece::Huge(frame.into_bytes(), size));
    }
    stage.send(piece);
}

fn burst(stage: &mut Stage, piece: Piece) {
    let size = usize::try_from(stage.fault().count("size")).unwrap_or(usize::MAX);
    let size = if size == 0 {
        MAX_HELD
    } else {
        size.min(MAX_HELD)
    };
    match piece {
        Piece::Frame(frame) => stage.memory.extend_from_slice(&frame),
        Piece::Bytes(bytes) => stage.memory.extend_from_slice(&bytes),
        Piece::End => {
            release(stage, usize::MAX);
            return stage.send(Piece::End);
        }
        // What is made while it is sent cannot be held, and keeps its place.
        filling @ Piece::Fill(..) => {
            release(stage, usize::MAX);
            return stage.send(filling);
        }
        // What a proxy holds of a stream that breaks is lost with it.
        other => return stage.send(other),
    }
    while stage.memory.len() >= size {
        release(stage, size);
    }
}

fn release(stage: &mut Stage, size: usize) {
    let rest = stage.memory.split_off(size.min(stage.memory.len()));
    let block = std::mem::replace(&mut stage.memory, rest);
    if !block.is_empty() {
        stage.send(Piece::Bytes(block.into()));
    }
}

fn one_byte(stage: &mut Stage, piece: Piece) {
    let bytes = match piece {
        Piece::Frame(frame) => Bytes::from(frame),
        Piece::Bytes(bytes) => bytes,
        other => return stage.send(other),
    };
    let size = usize::try_from(stage.fault().count("size"))
        .unwrap_or(usize::MAX)
        .max(1);
    let mut rest = bytes;
    while !rest.is_empty() {
        let part = rest.split_to(size.min(rest.len()));
        stage.send(Piece::Bytes(part));
        stage.send(Piece::Wait(std::time::Duration::ZERO));
    }
}

fn gzip(_: &Strike, settings: &mut Settings) {
    settings.gzip = true;
}
