//! A server with one answer, made beforehand: as little as can stand between a client and the
//! bytes of a very long stream.

use crate::error::Result;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

/// Under what a client may refuse to take as one event.
const EVENT_LIMIT: usize = 16 * 1024 * 1024;

/// Five bytes make an event of 150, and a text of a million words that fits into one event.
const WORD: &str = "word ";

/// The most deltas whose text fits into the event that ends the message.
pub const MOST_DELTAS: usize = EVENT_LIMIT / WORD.len() - 1000;

/// A little more than an event and its share of the two whole texts at the end.
const BYTES_PER_DELTA: usize = 180;

const THREAD: &str = "thr_0123456789abcdef";
const ITEM: &str = "msg_01";
const TIME: &str = "2026-01-01T00:00:00Z";

/// Serves until the process ends; returns where.
pub fn serve(answer: Vec<u8>) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            // A client that leaves in the middle is its own affair, and its exit code tells.
            std::thread::spawn(move || answer_all(&stream, &answer));
        }
    });
    Ok(address)
}

fn answer_all(mut stream: &TcpStream, answer: &[u8]) -> Result<()> {
    let mut reader = BufReader::new(stream);
    while let Some(length) = request(&mut reader)? {
        std::io::copy(&mut (&mut reader).take(length), &mut std::io::sink())?;
        stream.write_all(answer)?;
    }
    Ok(())
}

/// Reads the head of a request, and returns the length of its body.
pub fn request(reader: &mut BufReader<&TcpStream>) -> Result<Option<u64>> {
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 0 {
        if line.trim().is_empty() {
            return Ok(Some(length));
        }
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        line.clear();
    }
    Ok(None)
}

/// A whole response: a legal turn, whose answer has so many deltas. A chunk ends with the event
/// that brings it to `chunk` bytes.
pub fn turn(deltas: usize, chunk: usize) -> Vec<u8> {
    let mut response = Chunked::new(deltas * BYTES_PER_DELTA, chunk);
    response.head();
    response.open();
    let delta = frame_of(WORD);
    for _ in 0..deltas {
        response.frame(delta.as_bytes());
    }
    response.close(&WORD.repeat(deltas));
    response.end()
}

/// The beginning of a response whose deltas follow one by one.
pub fn opening() -> Vec<u8> {
    let mut response = Chunked::new(0, usize::MAX);
    response.head();
    response.open();
    response.flush();
    response.response
}

/// One delta of such a response, as a chunk of its own.
pub fn delta(text: &str) -> Vec<u8> {
    let mut response = Chunked::new(0, 1);
    response.frame(frame_of(text).as_bytes());
    response.response
}

/// The end of such a response, whose deltas made up this text.
pub fn closing(text: &str) -> Vec<u8> {
    let mut response = Chunked::new(0, usize::MAX);
    response.close(text);
    response.end()
}

fn frame_of(text: &str) -> String {
    format!(
        "data: {{\"type\":\"thread.item.updated\",\"item_id\":\"{ITEM}\",\"update\":{{\"type\":\
         \"assistant_message.content_part.text_delta\",\"content_index\":0,\"delta\":{}}}}}\n\n",
        json!(text),
    )
}

fn thread() -> Value {
    json!({
        "id": THREAD, "title": null, "created_at": TIME, "status": {"type": "active"},
        "metadata": {}, "items": {"data": [], "has_more": false, "after": null},
    })
}

fn user_message() -> Value {
    json!({
        "id": "usr_0123456789", "thread_id": THREAD, "created_at": TIME, "type": "user_message",
        "content": [{"type": "input_text", "text": "hi"}],
        "attachments": [], "quoted_text": null, "inference_options": {},
    })
}

fn message(content: &[Value]) -> Value {
    json!({
        "id": ITEM, "thread_id": THREAD, "created_at": TIME, "type": "assistant_message",
        "content": content,
    })
}

fn part(text: &str) -> Value {
    json!({"type": "output_text", "text": text, "annotations": []})
}

/// A response that is written into memory, chunk by chunk.
struct Chunked {
    response: Vec<u8>,
    chunk: Vec<u8>,
    least: usize,
}

impl Chunked {
    fn new(capacity: usize, least: usize) -> Self {
        Self {
            response: Vec::with_capacity(capacity),
            chunk: Vec::new(),
            least,
        }
    }

    fn head(&mut self) {
        self.response.extend_from_slice(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
              transfer-encoding: chunked\r\n\r\n",
        );
    }

    /// The events before the first delta.
    fn open(&mut self) {
        self.event(&json!({"type": "thread.created", "thread": thread()}));
        self.event(&json!({"type": "thread.item.done", "item": user_message()}));
        self.event(&json!({"type": "stream_options", "stream_options": {"allow_cancel": true}}));
        self.event(&json!({"type": "thread.item.added", "item": message(&[])}));
        self.update(&json!({
            "type": "assistant_message.content_part.added", "content_index": 0, "content": part(""),
        }));
    }

    /// The events after the last.
    fn close(&mut self, text: &str) {
        let part = part(text);
        self.update(&json!({
            "type": "assistant_message.content_part.done", "content_index": 0, "content": part,
        }));
        self.event(&json!({"type": "thread.item.done", "item": message(&[part])}));
    }

    fn event(&mut self, event: &Value) {
        self.frame(format!("data: {event}\n\n").as_bytes());
    }

    fn update(&mut self, update: &Value) {
        self.event(&json!({"type": "thread.item.updated", "item_id": ITEM, "update": update}));
    }

    fn frame(&mut self, frame: &[u8]) {
        self.chunk.extend_from_slice(frame);
        if self.chunk.len() >= self.least {
            self.flush();
        }
    }

    fn flush(&mut self) {
        // An empty chunk would be the end of the response.
        if self.chunk.is_empty() {
            return;
        }
        let size = format!("{:x}\r\n", self.chunk.len());
        self.response.extend_from_slice(size.as_bytes());
        self.response.append(&mut self.chunk);
        self.response.extend_from_slice(b"\r\n");
    }

    fn end(mut self) -> Vec<u8> {
        self.flush();
        self.response.extend_from_slice(b"0\r\n\r\n");
        self.response
    }
}
