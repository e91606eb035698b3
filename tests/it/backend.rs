//! A backend that says what it is told to: a raw listener, so that it shares nothing with ours.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// What a request is answered with.
pub enum Reply {
    /// An event stream of these frames that ends in order.
    Events(Vec<String>),
    /// An event stream of these frames that is cut short.
    Cut(Vec<String>),
    /// An event stream of these frames that goes on until the client leaves.
    Hang(Vec<String>),
    /// Nothing at all, until the client leaves.
    Silence,
    /// A status and a document.
    Json(u16, Value),
    /// A status, more header lines and a body.
    Raw(u16, &'static str, String),
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// The backend; it answers the requests in order, each with the next reply.
pub struct Backend {
    pub origin: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    left: Arc<Mutex<bool>>,
}

impl Asked {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(&found.1)
    }
}

impl Backend {
    pub fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let mut replies: VecDeque<Reply> = replies.into_iter().collect();
        let (asked, left) = (Arc::default(), Arc::default());
        let backend = Self {
            origin,
            asked: Arc::clone(&asked),
            left: Arc::clone(&left),
        };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = read(&stream);
                asked.lock().unwrap().push(request);
                let nothing = Reply::Json(500, json!({"error": {"message": "unexpected"}}));
                let reply = replies.pop_front().unwrap_or(nothing);
                answer(&mut stream, reply, &left);
            }
        });
        backend
    }

    /// The address of the endpoint.
    pub fn url(&self) -> String {
        format!("{}/chatkit", self.origin)
    }

    /// The requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Whether the client left a stream that hung, waiting a while for it.
    pub fn was_left(&self) -> bool {
        for _ in 0..100 {
            if *self.left.lock().unwrap() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    }
}

fn read(stream: &TcpStream) -> Asked {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        let Some((name, value)) = header.trim_end().split_once(": ") else {
            break;
        };
        headers.push((name.to_owned(), value.to_owned()));
    }
    let length = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    Asked {
        line: line.trim_end().to_owned(),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}

fn answer(stream: &mut TcpStream, reply: Reply, left: &Mutex<bool>) {
    match reply {
        Reply::Json(status, document) => {
            let body = document.to_string();
            write(
                stream,
                status,
                "content-type: application/json\r\nx-request-id: req_7\r\n",
                &body,
            );
        }
        Reply::Raw(status, headers, body) => write(stream, status, headers, &body),
        Reply::Events(frames) => {
            events(stream, &frames);
            let _ = stream.write_all(b"0\r\n\r\n");
        }
        Reply::Silence => {
            let _ = stream.read(&mut [0]);
            *left.lock().unwrap() = true;
        }
        Reply::Cut(frames) => events(stream, &frames),
        Reply::Hang(frames) => {
            events(stream, &frames);
            // A client that leaves closes its side, which reads as the end.
            let _ = stream.read(&mut [0]);
            *left.lock().unwrap() = true;
        }
    }
}

fn write(stream: &mut TcpStream, status: u16, headers: &str, body: &str) {
    let length = body.len();
    let _ = write!(
        stream,
        "HTTP/1.1 {status} Whatever\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
}

fn events(stream: &mut TcpStream, frames: &[String]) {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";
    let _ = stream.write_all(head.as_bytes());
    for frame in frames {
        let frame = format!("data: {frame}\n\n");
        let _ = write!(stream, "{:x}\r\n{frame}\r\n", frame.len());
        let _ = stream.flush();
    }
}

/// The fields that every item has, and these.
pub fn item(id: &str, kind: &str, fields: &Value) -> Value {
    let mut item = json!({
        "id": id, "thread_id": "thr_1", "created_at": "2026-11-20T10:00:00", "type": kind,
    });
    let fields = fields.as_object().unwrap().clone();
    item.as_object_mut().unwrap().extend(fields);
    item
}

pub fn thread(id: &str, title: Option<&str>) -> Value {
    json!({"id": id, "title": title, "created_at": "2026-11-20T10:00:00.123456",
           "status": {"type": "active"}, "items": {"data": [], "has_more": false}})
}

pub fn created() -> String {
    json!({"type": "thread.created", "thread": thread("thr_1", None)}).to_string()
}

pub fn done(item: &Value) -> String {
    json!({"type": "thread.item.done", "item": item}).to_string()
}

pub fn message(id: &str, text: &str) -> Value {
    let part = json!({"type": "output_text", "text": text, "annotations": []});
    item(id, "assistant_message", &json!({"content": [part]}))
}

/// A message that streams as these deltas.
pub fn streamed(id: &str, deltas: &[&str]) -> Vec<String> {
    let update = |update: Value| {
        json!({"type": "thread.item.updated", "item_id": id, "update": update}).to_string()
    };
    let empty = item(id, "assistant_message", &json!({"content": []}));
    let mut frames = vec![
        json!({"type": "thread.item.added", "item": empty}).to_string(),
        update(
            json!({"type": "assistant_message.content_part.added", "content_index": 0,
                      "content": {"type": "output_text", "text": "", "annotations": []}}),
        ),
    ];
    for delta in deltas {
        frames.push(update(
            json!({"type": "assistant_message.content_part.text_delta",
                                  "content_index": 0, "delta": delta}),
        ));
    }
    frames.push(done(&message(id, &deltas.concat())));
    frames
}

/// A turn that begins a thread and consists of these frames.
pub fn turn(frames: impl IntoIterator<Item = String>) -> Reply {
    Reply::Events(std::iter::once(created()).chain(frames).collect())
}
