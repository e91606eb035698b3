//! `chatkit thread export` and `chatkit thread import`: threads out of one place and into another.

mod export;
mod import;
mod interrupted;
mod send;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::dsl::{Run, chatkit};
use crate::proxy::{Server, of_kind};

/// The binary in the background, with a scrubbed environment.
fn start(args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_chatkit"))
        .args(args)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until it is so; a test fails if it never is.
#[track_caller]
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(30), "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn mock(args: &[&str]) -> Server {
    let mut all = vec!["--mock", "--pace", "0"];
    all.extend(args);
    Server::start(&all)
}

/// A mock on this store.
fn on(store: &str) -> Server {
    mock(&["--store", store])
}

fn send(url: &str, args: &[&str]) {
    let mut all = vec!["send", "--url", url];
    all.extend(args);
    chatkit(all).code(0);
}

/// A run against the hosted API of this server.
fn hosted<'a>(server: &'a Server, args: &[&'a str]) -> Run {
    chatkit(args.iter().copied())
        .env("CHATKIT_API_BASE", &server.url)
        .env("OPENAI_API_KEY", "sk-0123456789abcdef0123")
}

/// The threads of an endpoint, each with all of its items, as `thread show --json` has them.
fn everything(url: &str) -> Vec<Value> {
    let list = chatkit(["thread", "list", "--all", "--json", "--url", url]);
    let list = list.code(0).json();
    let rows = list["data"].as_array().unwrap();
    let ids = rows.iter().map(|row| row["id"].as_str().unwrap());
    ids.map(|id| {
        chatkit(["thread", "show", id, "--json", "--url", url])
            .code(0)
            .json()
    })
    .collect()
}

/// What an export holds: its threads by id, each with the ids of its items, in order.
fn exported(file: &Path) -> Vec<(String, Vec<String>)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let asked = of_kind(file, "request");
    let answers = of_kind(file, "document");
    assert_eq!(asked.len(), answers.len());
    let mut threads: Vec<(String, Vec<String>)> = Vec::new();
    for (asked, answer) in asked.iter().zip(&answers) {
        assert_eq!(asked["exchange"], answer["exchange"]);
        let (asked, answer) = (&asked["body"]["json"], &answer["body"]["json"]);
        let id = text(&asked["params"]["thread_id"]);
        if asked["type"] == "threads.get_by_id" {
            assert_eq!(answer["id"], id.as_str());
            threads.push((id, Vec::new()));
            continue;
        }
        let (last, items) = threads.last_mut().unwrap();
        assert_eq!(*last, id);
        let rows = answer["data"].as_array().unwrap();
        items.extend(rows.iter().map(|row| text(&row["id"])));
    }
    threads
}

/// An export of a thread with these items, as another program might have written it.
struct Written {
    text: String,
    exchanges: u64,
}

impl Written {
    fn new() -> Self {
        let header = json!({"format": "chatkit-recording", "version": 1,
            "started_at": "2026-11-20T10:00:00Z", "written_by": "a test"});
        Self {
            text: format!("{header}\n"),
            exchanges: 0,
        }
    }

    fn exchange(&mut self, kind: &str, params: &Value, document: &Value) {
        self.exchanges += 1;
        let exchange = self.exchanges;
        let asked = json!({"type": kind, "params": params});
        let lines = [
            json!({"request": {"exchange": exchange, "at": 0.0, "method": "POST", "url": "u",
                "body": {"json": asked}}}),
            json!({"response": {"exchange": exchange, "at": 0.0, "status": 200}}),
            json!({"document": {"exchange": exchange, "at": 0.0, "body": {"json": document}}}),
            json!({"end": {"exchange": exchange, "at": 0.0, "outcome": "complete"}}),
        ];
        for line in lines {
            self.text.push_str(&line.to_string());
            self.text.push('\n');
        }
    }

    /// Adds a thread with so many messages.
    fn thread(mut self, id: &str, title: &str, messages: usize) -> Self {
        let thread = json!({"id": id, "title": title, "created_at": "2026-11-20T10:00:00",
            "status": {"type": "active"}, "items": {"data": [], "has_more": false}});
        self.exchange("threads.get_by_id", &json!({"thread_id": id}), &thread);
        let item = |n: usize| {
            json!({"id": format!("{id}-{n}"), "thread_id": id, "type": "assistant_message",
                "created_at": "2026-11-20T10:00:00", "content": [
                    {"type": "output_text", "text": format!("number {n}"), "annotations": []}]})
        };
        let items: Vec<Value> = (0..messages).map(item).collect();
        let mut pages = items.chunks(100).peekable();
        let mut after = Value::Null;
        loop {
            let rows = pages.next().unwrap_or_default();
            let last = rows.last().map_or(Value::Null, |row| row["id"].clone());
            let more = pages.peek().is_some();
            let params = json!({"thread_id": id, "after": after});
            let mut page = json!({"data": rows, "has_more": more});
            if more {
                page["after"] = last.clone();
            }
            self.exchange("items.list", &params, &page);
            if !more {
                return self;
            }
            after = last;
        }
    }

    fn save(&self, folder: &Path) -> PathBuf {
        let path = folder.join("written.jsonl");
        std::fs::write(&path, &self.text).unwrap();
        path
    }
}
