//! Against a hosted service: sessions are made when they are needed, and renewed once.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::terminal::{CTRL_D, Started, chat};

/// A hosted service on its last legs: each session is good for so many turns.
struct Service {
    base: String,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    sessions: usize,
    turns: usize,
    /// How many turns the newest session is good for yet.
    left: usize,
}

impl Service {
    fn start(turns_per_session: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let seen = Arc::<Mutex<Seen>>::default();
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = Arc::clone(&shared);
                std::thread::spawn(move || serve(&stream, &seen, turns_per_session));
            }
        });
        Self { base, seen }
    }

    fn sessions(&self) -> usize {
        self.seen.lock().unwrap().sessions
    }

    fn turns(&self) -> usize {
        self.seen.lock().unwrap().turns
    }

    fn chat(&self) -> Started {
        chat([
            "--api-base",
            &self.base,
            "--workflow",
            "wf_1",
            "--user",
            "ada",
        ])
        .env("OPENAI_API_KEY", "sk-test")
        .start()
    }
}

/// Answers each request of a connection, whose body is read and forgotten.
fn serve(mut stream: &TcpStream, seen: &Mutex<Seen>, turns_per_session: usize) {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut line, mut path, mut length) = (String::new(), String::new(), 0);
        while !matches!(reader.read_line(&mut line), Ok(0) | Err(_)) && !line.trim().is_empty() {
            if path.is_empty() {
                line.split(' ')
                    .nth(1)
                    .unwrap_or_default()
                    .clone_into(&mut path);
            }
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            line.clear();
        }
        let mut body = vec![0; length];
        if path.is_empty() || reader.read_exact(&mut body).is_err() {
            return;
        }
        let (head, body) = answer(&path, &mut seen.lock().unwrap(), turns_per_session);
        let answer = format!(
            "HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn answer(path: &str, seen: &mut Seen, turns_per_session: usize) -> (&'static str, String) {
    const JSON: &str = "200 OK\r\ncontent-type: application/json";
    const REFUSED: &str = "401 Unauthorized\r\ncontent-type: application/json";
    const STREAM: &str = "200 OK\r\ncontent-type: text/event-stream";
    if path.ends_with("/chatkit/sessions") {
        seen.sessions += 1;
        seen.left = turns_per_session;
        let secret = format!("ek_secret_{}", seen.sessions);
        return (
            JSON,
            format!(r#"{{"id":"cksess_1","client_secret":"{secret}"}}"#),
        );
    }
    if seen.left == 0 {
        let why = r#"{"error":{"message":"the workflow was unpublished","code":"gone"}}"#;
        return (REFUSED, why.to_owned());
    }
    seen.left -= 1;
    seen.turns += 1;
    (STREAM, turn(seen.turns))
}

fn turn(number: usize) -> String {
    let time = "2026-01-01T00:00:00Z";
    let thread = format!(
        r#"{{"id":"thr_1","created_at":"{time}","status":{{"type":"active"}},"items":{{"data":[],"has_more":false}}}}"#
    );
    let item = format!(
        r#"{{"type":"assistant_message","id":"msg_{number}","thread_id":"thr_1","created_at":"{time}","content":[{{"type":"output_text","text":"answer {number}","annotations":[]}}]}}"#
    );
    format!(
        "data: {{\"type\":\"thread.created\",\"thread\":{thread}}}\n\n\
         data: {{\"type\":\"thread.item.done\",\"item\":{item}}}\n\n"
    )
}

#[test]
fn a_session_is_made_when_the_first_message_needs_it() {
    let service = Service::start(9);
    let mut terminal = service.chat();
    terminal.says("/help").sees("/quit").sees_prompt();
    terminal
        .says("/attach no-such-file")
        .sees("no-such-file")
        .sees_prompt();
    assert_eq!(service.sessions(), 0, "nothing was asked yet");
    terminal.says("hello").sees("answer 1").sees_prompt();
    terminal.says("more").sees("answer 2").sees_prompt();
    assert_eq!(service.sessions(), 1);
    terminal.types(CTRL_D).ends_with(0);
}

#[test]
fn a_session_that_expired_is_renewed_silently() {
    let service = Service::start(1);
    let mut terminal = service.chat();
    terminal.says("hello").sees("answer 1").sees_prompt();
    terminal.says("more").sees("answer 2").sees_prompt();
    assert_eq!((service.sessions(), service.turns()), (2, 2));
    for word in ["401", "error", "session", "unpublished"] {
        assert_eq!(terminal.count(word), 0, "{word}:\n{}", terminal.screen());
    }
    terminal.types(CTRL_D).ends_with(0);
}

#[test]
fn a_second_refusal_says_why_and_the_conversation_lives_on() {
    let service = Service::start(0);
    let mut terminal = service.chat();
    terminal
        .says("hello")
        .sees("the workflow was unpublished")
        .sees_prompt();
    assert_eq!(service.sessions(), 2, "a session is renewed once");
    terminal.says("again").sees("401").sees_prompt();
    assert_eq!(service.sessions(), 3, "and once more when it is used again");
    assert_eq!(terminal.count("the workflow was unpublished"), 2);
    terminal.says("/help").sees("/quit").sees_prompt();
}
