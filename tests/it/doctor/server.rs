//! A backend that answers by what it is asked, in plain text or by TLS; connections that ask
//! nothing, as a doctor's first one, are none of its business.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// Both directions of a connection.
pub trait Stream: Read + Write {}

impl<T: Read + Write> Stream for T {}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The whole head, request line first.
    pub head: String,
    pub body: String,
}

/// What answers a request.
pub type Answer = fn(&Asked, &mut dyn Write);

/// A running backend; it ends with the test's process.
pub struct Server {
    pub port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub fn start(answer: Answer) -> Self {
        Self::wrapped(answer, |stream| Some(Box::new(stream)))
    }

    /// A backend behind something that changes the connection, such as TLS.
    pub fn wrapped(
        answer: Answer,
        wrap: impl Fn(std::net::TcpStream) -> Option<Box<dyn Stream>> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let seen = Arc::clone(&asked);
        let wrap = Arc::new(wrap);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (wrap, seen) = (Arc::clone(&wrap), Arc::clone(&seen));
                std::thread::spawn(move || {
                    let mut stream = wrap(stream.unwrap())?;
                    let request = read(&mut stream)?;
                    seen.lock().unwrap().push(request.clone());
                    answer(&request, &mut stream);
                    let _ = stream.flush();
                    Some(())
                });
            }
        });
        Self { port, asked }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/chatkit", self.port)
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How many requests had this in their body.
    pub fn count(&self, text: &str) -> usize {
        let asked = self.asked();
        asked
            .iter()
            .filter(|asked| asked.body.contains(text))
            .count()
    }
}

fn read(stream: &mut dyn Stream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let lower = head.to_ascii_lowercase();
    let length = lower
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    Some(Asked {
        head,
        body: String::from_utf8(body).unwrap(),
    })
}

/// Answers with a status, more header lines and a body.
pub fn say(out: &mut dyn Write, status: u16, headers: &str, body: &str) {
    let length = body.len();
    let _ = write!(
        out,
        "HTTP/1.1 {status} Whatever\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
}

pub const JSON: &str = "content-type: application/json\r\n";
pub const CORS: &str = "access-control-allow-origin: *\r\naccess-control-allow-headers: *\r\n";
pub const PAGE: &str = r#"{"data":[],"has_more":false}"#;
const REFUSAL: &str =
    r#"{"error":{"message":"no type","type":"invalid_request_error","param":"type","code":null}}"#;

/// A backend with which all is well.
pub fn well(asked: &Asked, out: &mut dyn Write) {
    let headers = format!("{JSON}{CORS}");
    if asked.head.starts_with("OPTIONS") {
        return say(out, 200, CORS, "");
    }
    if asked.body.contains("threads.create") {
        return stream(out, &turn());
    }
    match asked.body.as_str() {
        "{}" => say(out, 400, &headers, REFUSAL),
        body if body.contains("threads.delete") => say(out, 200, &headers, "{}"),
        _ => say(out, 200, &headers, PAGE),
    }
}

/// The frames of a whole turn.
pub fn turn() -> Vec<String> {
    let mut frames = vec![crate::backend::created()];
    let words: Vec<_> = (0..20).map(|n| format!("{n} ")).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    frames.extend(crate::backend::streamed("msg_1", &words));
    frames
}

/// Streams frames to an orderly end.
pub fn stream(out: &mut dyn Write, frames: &[String]) {
    begin_stream(out);
    let _ = out.write_all(chunks(frames).as_bytes());
    let _ = out.write_all(b"0\r\n\r\n");
}

pub fn begin_stream(out: &mut dyn Write) {
    let _ = write!(
        out,
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n{CORS}transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
    );
    let _ = out.flush();
}

pub fn chunks(frames: &[String]) -> String {
    let frames = frames.iter().map(|frame| format!("data: {frame}\n\n"));
    frames
        .map(|frame| format!("{:x}\r\n{frame}\r\n", frame.len()))
        .collect::<Vec<_>>()
        .concat()
}
