//! `chatkit serve` on a store: what outlives it, and what several of them do on one.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::opening::Test;
use crate::place::{Kind, Place};

pub const TESTS: &[(Kind, &str, Test)] = &[
    (
        Kind::Sqlite,
        "what_was_acknowledged_survives_kill_9_in_mid_stream",
        kill_9,
    ),
    (
        Kind::Sqlite,
        "a_second_run_of_a_seed_overwrites_nothing",
        second_run,
    ),
    (Kind::Sqlite, "two_servers_answer_as_one", two_servers),
    (Kind::Postgres, "two_servers_answer_as_one", two_servers),
    (
        Kind::Postgres,
        "what_was_acknowledged_survives_kill_9_in_mid_stream",
        kill_9,
    ),
    (
        Kind::Postgres,
        "a_second_run_of_a_seed_overwrites_nothing",
        second_run,
    ),
    (
        Kind::Postgres,
        "of_two_outputs_of_one_call_one_is_taken",
        one_output,
    ),
    (
        Kind::Sqlite,
        "of_two_outputs_of_one_call_one_is_taken",
        one_output,
    ),
    (
        Kind::Memory,
        "of_two_outputs_of_one_call_one_is_taken",
        one_output,
    ),
];

/// A server that ends with the test.
pub struct Server {
    child: Child,
    _stdout: BufReader<std::process::ChildStdout>,
    address: String,
}

impl Server {
    pub fn start(place: &Place, more: &[&str]) -> Self {
        Self::at(&place.url, more)
    }

    /// One on the store of this address.
    pub fn at(store: &str, more: &[&str]) -> Self {
        Self::run(
            Command::new(env!("CARGO_BIN_EXE_chatkit"))
                .args(["serve", "--mock", "--port", "0", "--json", "--store", store])
                .args(more)
                .env_clear(),
        )
    }

    fn run(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        let url = line["url"].as_str().unwrap();
        let address = url.strip_prefix("http://").unwrap().to_owned();
        Self {
            child,
            _stdout: stdout,
            address,
        }
    }

    /// A server that can write files of so many KiB and no more, as on a disk that is full.
    pub fn limited(place: &Place, kib: u64) -> Self {
        // A write past the limit is an error only where the signal for it is ignored.
        let script = format!("trap '' XFSZ; ulimit -S -f {}; exec \"$@\"", kib * 2);
        Self::run(
            Command::new("sh")
                .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_chatkit")])
                .args(["serve", "--mock", "--port", "0", "--json", "--pace", "0"])
                .args(["--store", &place.url]),
        )
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A turn that is read bit by bit.
    pub fn turn(&self, params: &Value) -> Turn {
        Turn {
            stream: self.post("threads.create", params),
            seen: String::new(),
        }
    }

    /// The address that operations are posted to.
    pub fn endpoint(&self) -> String {
        format!("http://{}/chatkit", self.address)
    }

    /// Ends it as a power button would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn post(&self, kind: &str, params: &Value) -> TcpStream {
        let body = json!({"type": kind, "params": params}).to_string();
        self.send("POST /chatkit", &[], body.as_bytes())
    }

    /// Sends a request: its method and its path, headers, and a body.
    pub fn send(&self, line: &str, headers: &[(&str, &str)], body: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let patience = Some(Duration::from_secs(60));
        stream.set_read_timeout(patience).unwrap();
        let length = body.len();
        let mut head =
            format!("{line} HTTP/1.0\r\nhost: localhost\r\ncontent-length: {length}\r\n");
        for &(name, value) in headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head += "\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        stream
    }

    /// The status and the body of an operation's answer.
    pub fn ask(&self, kind: &str, params: &Value) -> (String, String) {
        let mut answer = String::new();
        let mut stream = self.post(kind, params);
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().to_owned(), body.to_owned())
    }

    /// The document of an operation that must succeed.
    pub fn document(&self, kind: &str, params: &Value) -> Value {
        let (status, body) = self.ask(kind, params);
        assert_eq!(status, "200", "{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// The events of an operation that must succeed.
    pub fn events(&self, kind: &str, params: &Value) -> Vec<Value> {
        let (status, body) = self.ask(kind, params);
        assert_eq!(status, "200", "{body}");
        body.lines().filter_map(event).collect()
    }

    /// The ids of a thread's items, walked through in pages of this size.
    fn walk(&self, thread: &str, limit: u64) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        loop {
            let mut params = json!({"thread_id": thread, "limit": limit, "order": "asc"});
            if let Some(last) = ids.last() {
                params["after"] = last.as_str().into();
            }
            let page = self.document("items.list", &params);
            let rows = page["data"].as_array().unwrap();
            ids.extend(rows.iter().map(|item| text(&item["id"])));
            if page["has_more"] == false {
                return ids;
            }
        }
    }
}

/// The answer of a turn, as far as it has come.
pub struct Turn {
    stream: TcpStream,
    seen: String,
}

impl Turn {
    /// Reads until this has come.
    pub fn read_until(&mut self, wanted: &str) {
        let mut block = [0; 4096];
        while !self.seen.contains(wanted) {
            let read = self.stream.read(&mut block).unwrap();
            assert!(read > 0, "no {wanted} in {}", self.seen);
            self.seen
                .push_str(std::str::from_utf8(&block[..read]).unwrap());
        }
    }

    /// The whole body, to its end.
    pub fn rest(mut self) -> String {
        self.stream.read_to_string(&mut self.seen).unwrap();
        self.seen.split_once("\r\n\r\n").unwrap().1.to_owned()
    }
}

/// The parameters of a message that starts a thread.
pub fn message(said: &str) -> Value {
    json!({"input": input(said)})
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn event(line: &str) -> Option<Value> {
    serde_json::from_str(line.strip_prefix("data: ")?).ok()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn input(said: &str) -> Value {
    json!({
        "content": [{"type": "input_text", "text": said}],
        "attachments": [],
        "inference_options": {},
    })
}

/// The id of the thread that a turn began.
fn thread_of(events: &[Value]) -> String {
    text(&events[0]["thread"]["id"])
}

/// The ids of the items that a turn told to be done.
fn done(events: &[Value]) -> Vec<String> {
    let done = events
        .iter()
        .filter(|event| event["type"] == "thread.item.done");
    done.map(|event| text(&event["item"]["id"])).collect()
}

fn kill_9(place: &Place) {
    let server = Server::start(place, &["--pace", "0"]);
    let events = server.events("threads.create", &json!({"input": input("show all")}));
    let thread = thread_of(&events);
    let title = json!({"thread_id": thread, "title": "Kept"});
    server.document("threads.update", &title);
    // A turn that never ends, of which every item that is told to be done is noted.
    let params = json!({"thread_id": thread, "input": input("show text 100000000")});
    let stream = server.post("threads.add_user_message", &params);
    let mut lines = BufReader::new(stream).lines();
    let mut told = done(&events);
    let mut deltas = 0;
    while deltas < 1000 {
        let line = lines.next().unwrap().unwrap();
        let Some(event) = event(&line) else { continue };
        deltas += usize::from(event["type"] == "thread.item.updated");
        told.extend(done(&[event]));
    }
    let list = json!({"thread_id": thread, "limit": 1000, "order": "asc"});
    let before = server.ask("items.list", &list);
    server.kill();
    let server = Server::start(place, &[]);
    assert_eq!(server.ask("items.list", &list), before);
    let kept = server.walk(&thread, 3);
    for id in &told {
        // What is hidden or was removed is on no page.
        let gone = !kept.contains(id) && before.1.contains(id.as_str());
        assert!(!gone, "{id} was acknowledged and is lost");
    }
    assert_eq!(kept.last(), told.last());
    let shown = server.document("threads.get_by_id", &json!({"thread_id": thread}));
    assert_eq!(shown["title"], "Kept");
}

fn second_run(place: &Place) {
    let seeded = ["--seed", "7", "--pace", "0"];
    let run = |said: &str| {
        let server = Server::start(place, &seeded);
        let events = server.events("threads.create", &json!({"input": input(said)}));
        let list = server.document("threads.list", &json!({}));
        let ids: Vec<_> = list["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|t| text(&t["id"]))
            .collect();
        (thread_of(&events), ids)
    };
    let (first, _) = run("one");
    let (second, listed) = run("two");
    assert_ne!(first, second);
    // The newest comes first, also by the seeded clock.
    assert_eq!(listed, [second, first.clone()]);
    let server = Server::start(place, &seeded);
    let page = server.document("items.list", &json!({"thread_id": first, "order": "asc"}));
    assert_eq!(page["data"][0]["content"][0]["text"], "one");
}

fn two_servers(place: &Place) {
    let (one, two) = (
        Server::start(place, &["--pace", "0"]),
        Server::start(place, &["--pace", "0"]),
    );
    let events = one.events("threads.create", &json!({"input": input("hello")}));
    let thread = thread_of(&events);
    let talk = |server: &Server| {
        let params = json!({"thread_id": thread, "input": input("show text 20")});
        let turns = (0..15).map(|_| done(&server.events("threads.add_user_message", &params)));
        turns.flatten().collect::<Vec<_>>()
    };
    let (a, b) = std::thread::scope(|scope| {
        let a = scope.spawn(|| talk(&one));
        let b = scope.spawn(|| talk(&two));
        (a.join().unwrap(), b.join().unwrap())
    });
    let mut told: HashSet<String> = done(&events).into_iter().collect();
    told.extend(a);
    told.extend(b);
    assert_eq!(told.len(), 2 + 2 * 15 * 2);
    let walked = one.walk(&thread, 7);
    assert_eq!(walked, two.walk(&thread, 50));
    assert_eq!(walked.len(), told.len());
    assert_eq!(walked.into_iter().collect::<HashSet<_>>(), told);
    for (kind, params) in [
        ("threads.list", json!({})),
        ("threads.get_by_id", json!({"thread_id": thread})),
        ("items.list", json!({"thread_id": thread, "limit": 5})),
        (
            "items.list",
            json!({"thread_id": thread, "after": "msg_none"}),
        ),
    ] {
        assert_eq!(one.ask(kind, &params), two.ask(kind, &params), "{kind}");
    }
    one.document("threads.delete", &json!({"thread_id": thread}));
    let (status, body) = two.ask("threads.get_by_id", &json!({"thread_id": thread}));
    assert!(
        status == "404" && body.contains("thread_not_found"),
        "{status} {body}"
    );
}

fn one_output(place: &Place) {
    let one = Server::start(place, &["--pace", "0"]);
    let other = (place.kind != Kind::Memory).then(|| Server::start(place, &["--pace", "0"]));
    let two = other.as_ref().unwrap_or(&one);
    for round in 0..10 {
        let events = one.events("threads.create", &json!({"input": input("show tool")}));
        let params = |who: &str| json!({"thread_id": thread_of(&events), "result": who});
        let (a, b) = std::thread::scope(|scope| {
            let a = scope.spawn(|| one.ask("threads.add_client_tool_output", &params("a")));
            let b = scope.spawn(|| two.ask("threads.add_client_tool_output", &params("b")));
            (a.join().unwrap(), b.join().unwrap())
        });
        let mut answers = [a, b];
        answers.sort();
        assert_eq!(
            (&*answers[0].0, &*answers[1].0),
            ("200", "400"),
            "round {round}"
        );
        assert!(
            answers[1].1.contains("no_pending_tool_call"),
            "{}",
            answers[1].1
        );
    }
}
