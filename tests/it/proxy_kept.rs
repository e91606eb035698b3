//! `chatkit serve --proxy` in front of a backend that closes the connections that it seems to keep.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::proxy::{Server, of_kind, say};

/// What a backend does when it has read a request.
#[derive(Clone, Copy)]
enum Act {
    /// Answers with its place among the connections, and says nothing of an end of this one.
    Answer,
    /// Closes the connection.
    Close,
    /// Closes it after the first bytes of an answer.
    Begin,
    /// Closes it with most of the request unread, so that it is reset.
    Reset,
}

/// A backend whose connections act, one request after another, as they are told.
struct Keeping {
    url: String,
    /// The connection and the body of each request.
    asked: Arc<Mutex<Vec<(usize, String)>>>,
}

impl Keeping {
    fn start(connections: &[&[Act]]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/chatkit", listener.local_addr().unwrap());
        let connections: Vec<_> = connections.iter().map(|acts| acts.to_vec()).collect();
        let asked: Arc<Mutex<Vec<_>>> = Arc::default();
        let seen = Arc::clone(&asked);
        std::thread::spawn(move || {
            for (number, acts) in connections.into_iter().enumerate() {
                let (stream, _) = listener.accept().unwrap();
                let seen = Arc::clone(&seen);
                std::thread::spawn(move || keep(stream, number, &acts, &seen));
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<(usize, String)> {
        self.asked.lock().unwrap().clone()
    }
}

fn keep(stream: TcpStream, number: usize, acts: &[Act], seen: &Mutex<Vec<(usize, String)>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    for act in acts {
        if matches!(act, Act::Reset) {
            seen.lock().unwrap().push((number, String::new()));
            let _ = stream.read_exact(&mut [0; 16]);
            return;
        }
        let Some(body) = read(&mut reader) else {
            return;
        };
        seen.lock().unwrap().push((number, body));
        match act {
            Act::Answer => {
                let body = json!({ "connection": number }).to_string();
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json";
                let length = body.len();
                write!(stream, "{head}\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
            }
            Act::Begin => return write!(stream, "HTTP/1.1 200 O").unwrap(),
            Act::Close | Act::Reset => return,
        }
    }
    // It stays open, for whoever still uses it.
    let _ = reader.read(&mut [0]);
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let lower = head.to_ascii_lowercase();
    if lower.contains("transfer-encoding: chunked") {
        let mut body = String::new();
        while !body.ends_with("0\r\n\r\n") {
            reader.read_line(&mut body).ok()?;
        }
        return Some(body);
    }
    let mut lines = lower.lines();
    let length = lines.find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    Some(String::from_utf8(body).unwrap())
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

#[test]
fn a_request_on_a_connection_that_had_been_closed_is_sent_again_on_a_fresh_one() {
    for end in [Act::Close, Act::Reset] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("talk.jsonl");
        let backend = Keeping::start(&[&[Act::Answer, end], &[Act::Answer]]);
        let proxy = Server::proxy(&backend.url, &file);
        let asked = [say("first"), say("second")];
        for (body, connection) in asked.iter().zip(0..) {
            let answer = proxy.post(body);
            assert_eq!(status(&answer), "200", "{answer}");
            assert!(
                answer.ends_with(&json!({ "connection": connection }).to_string()),
                "{answer}"
            );
        }
        let again = (1, asked[1].to_string());
        assert_eq!(backend.asked().last(), Some(&again));
        assert_eq!(backend.asked().len(), 3);

        assert_eq!(proxy.stop().0, Some(0));
        let requests = of_kind(&file, "request");
        let bodies: Vec<_> = requests
            .iter()
            .map(|request| &request["body"]["json"])
            .collect();
        assert_eq!(bodies, asked.iter().collect::<Vec<_>>());
        let ends = of_kind(&file, "end");
        assert!(
            ends.iter().all(|end| end["outcome"] == "complete"),
            "{ends:?}"
        );
    }
}

#[test]
fn a_request_is_sent_again_once_and_no_more() {
    let backend = Keeping::start(&[&[Act::Answer, Act::Close], &[Act::Close], &[Act::Answer]]);
    let proxy = Server::start(&["--proxy", &backend.url]);
    assert_eq!(status(&proxy.post(&say("first"))), "200");
    let answer = proxy.post(&say("second"));
    assert_eq!(status(&answer), "502", "{answer}");
    assert_eq!(backend.asked().len(), 3);
}

#[test]
fn what_a_backend_may_have_begun_to_answer_is_not_asked_again() {
    for acts in [
        // Nothing was answered on it before, so that it was not closed behind an answer.
        &[Act::Close][..],
        &[Act::Answer, Act::Begin],
    ] {
        let backend = Keeping::start(&[acts, &[Act::Answer]]);
        let proxy = Server::start(&["--proxy", &backend.url]);
        for _ in 1..acts.len() {
            assert_eq!(status(&proxy.post(&say("hi"))), "200");
        }
        let answer = proxy.post(&say("hi"));
        assert_eq!(status(&answer), "502", "{answer}");
        assert!(answer.contains("broke off before it answered"), "{answer}");
        assert_eq!(backend.asked().len(), acts.len());
    }
}

#[test]
fn a_request_of_unknown_length_goes_over_a_connection_of_its_own() {
    let backend = Keeping::start(&[&[Act::Answer, Act::Close], &[Act::Answer]]);
    let proxy = Server::start(&["--proxy", &backend.url]);
    assert_eq!(status(&proxy.post(&say("first"))), "200");
    let mut stream = TcpStream::connect(proxy.url.strip_prefix("http://").unwrap()).unwrap();
    write!(
        stream,
        "POST /chatkit HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         transfer-encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert_eq!(status(&answer), "200", "{answer}");
    assert_eq!(backend.asked()[1].0, 1, "{:?}", backend.asked());
}
