//! What was seen of a backend: requests, and every byte of their answers with its time.
//!
//! Rules judge this value and nothing else, so that a recording is judged by the same rules.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::barred::Barred;
pub use super::purpose::{Mistake, Moment, Purpose, Way};
use super::scan::Oddity;
use super::story::Fold;
use crate::protocol::{DecodeError, Event, EventReader, Item, Operation, ThreadId};

/// A byte order mark in UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// All that is known about a backend.
#[derive(Debug, Default)]
pub struct Evidence {
    /// What was looked at, for people.
    pub subject: String,
    /// Whether it is a recording, which lacks the bytes between events.
    pub is_recording: bool,
    /// What the backend is allowed to take.
    pub budget: Budget,
    /// The origin that a browser was pretended to be on; empty where none was.
    pub origin: String,
    /// The requests in the order in which they were sent.
    pub exchanges: Vec<Exchange>,
    /// Why something was not tried, by what it was.
    pub untried: BTreeMap<Probe, String>,
    /// Why nothing could be looked at, if nothing could be.
    pub barred: Option<Barred>,
    /// Why the first turn is none, without which nothing that holds means anything.
    pub dead: Option<String>,
    /// What keeps the evidence from being whole.
    pub gaps: Vec<Trouble>,
}

/// What fails a run whatever its rules say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub fix: Cow<'static, str>,
}

/// What a backend is allowed to take.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Until the first event of a turn.
    pub first_event: Duration,
    /// Until the first text of an answer.
    pub first_text: Duration,
    /// For a whole turn.
    pub turn: Duration,
    /// Between two events of a turn.
    pub gap: Duration,
}

/// Something that is tried with a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Probe {
    /// A conversation from its beginning to its deletion.
    Talk,
    /// Requests that must be refused.
    Refusals,
    /// What a browser on another origin sends.
    Browser,
    /// Leaving in the middle of an answer.
    Cancel,
    /// A client tool.
    Tool,
    /// A form.
    Form,
    /// A widget and its actions.
    Widget,
    /// Attachments.
    Upload,
    /// Speech.
    Transcribe,
    /// Whether the context is kept.
    Remember,
    /// No credentials, and somebody else's.
    Strangers,
    /// The sessions of the hosted service.
    Session,
}

/// One request and what came back.
#[derive(Debug)]
pub struct Exchange {
    /// Which one it is, from 1.
    pub number: usize,
    /// Why it was sent.
    pub purpose: Purpose,
    /// The HTTP method.
    pub method: String,
    /// What was sent.
    pub request: Bytes,
    /// The operation's name, or what stood in its place.
    pub kind: String,
    /// The parameters, or `null`.
    pub params: Value,
    /// When it was sent, since the beginning.
    pub sent: Duration,
    /// The head of the answer.
    pub head: Option<Head>,
    /// The events, if the answer is a stream.
    pub frames: Vec<Frame>,
    /// The answer, if it is none.
    pub body: Bytes,
    /// How it ended.
    pub end: End,
    /// When it ended, since the beginning.
    pub ended: Duration,
    /// What was legal in the stream, and unusual.
    pub oddities: Vec<Oddity>,
    /// What the events amount to.
    pub fold: Fold,
}

/// The head of an answer.
#[derive(Clone, Debug)]
pub struct Head {
    /// The HTTP status.
    pub status: u16,
    /// The headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// When it came, since the beginning.
    pub at: Duration,
}

/// One frame of a stream.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Which one it is, from 1.
    pub number: u64,
    /// When its last byte came, since the beginning.
    pub at: Duration,
    /// Its data as it came.
    pub data: Bytes,
    /// What it says.
    pub event: Result<Event, DecodeError>,
}

/// How an answer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// In order.
    Complete,
    /// The connection broke, or the last frame is not finished.
    Cut(String),
    /// We left, as it was planned.
    Left,
    /// It was silent for too long.
    Silent,
    /// It took longer than a turn may.
    TooLong,
    /// It is larger than what is held, in bytes.
    TooLarge(usize),
    /// There was no answer; the reason in plain words.
    Unreached(String),
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            first_event: Duration::from_secs(2),
            first_text: Duration::from_secs(5),
            turn: Duration::from_secs(30),
            gap: Duration::from_secs(10),
        }
    }
}

impl Evidence {
    /// The requests that were sent for the sake of what they do.
    pub fn uses(&self) -> impl Iterator<Item = &Exchange> {
        self.exchanges.iter().filter(|exchange| exchange.is_use())
    }

    /// The answers that were streamed, with events in them; but not to requests that had to be
    /// refused, of which nothing more is to be expected.
    pub fn turns(&self) -> impl Iterator<Item = &Exchange> {
        let streamed =
            |exchange: &&Exchange| !exchange.frames.is_empty() && !exchange.is_to_be_refused();
        self.exchanges.iter().filter(streamed)
    }

    /// The documents that were answered to `operation` with a success.
    pub fn documents(&self, operation: Operation) -> impl Iterator<Item = &Exchange> {
        self.exchanges
            .iter()
            .filter(move |exchange| exchange.operation() == Some(operation))
            .filter(|exchange| exchange.is_success() && exchange.is_use())
    }

    /// The requests of this purpose.
    pub fn of<'e>(&'e self, purpose: &'e Purpose) -> impl Iterator<Item = &'e Exchange> {
        self.exchanges
            .iter()
            .filter(move |exchange| exchange.purpose == *purpose)
    }

    /// What fails the run whatever the rules say.
    pub fn troubles(&self) -> Vec<Trouble> {
        let dead = self.dead.iter().map(|what| Trouble {
            what: what.clone(),
            fix: "see what the backend answered: chatkit send hello -v".into(),
        });
        let barred = self.barred.iter().map(Barred::trouble);
        barred
            .chain(dead)
            .chain(self.gaps.iter().cloned())
            .collect()
    }

    /// The threads to which a turn gave two names, so that nobody knows which one to ask for.
    pub fn threads_in_doubt(&self) -> BTreeSet<&str> {
        let named = self.turns().filter_map(|exchange| {
            let created = exchange.fold.created()?;
            let differs = |item: &Item| item.thread_id != *created;
            exchange.fold.items().any(differs).then_some(created)
        });
        named.map(ThreadId::as_str).collect()
    }

    /// Why `probe` was not made, or what is to be said when nobody knows.
    pub fn reason(&self, probe: Probe, otherwise: &str) -> String {
        let known = self.untried.get(&probe);
        known.map_or_else(|| otherwise.to_owned(), Clone::clone)
    }
}

impl Exchange {
    /// A request of which nothing is known but what was sent.
    pub fn asked(request: Bytes) -> Self {
        let document: Value = serde_json::from_slice(&request).unwrap_or(Value::Null);
        Self {
            number: 0,
            purpose: Purpose::Use,
            method: "POST".into(),
            kind: document["type"].as_str().unwrap_or_default().to_owned(),
            params: document["params"].clone(),
            request,
            sent: Duration::ZERO,
            head: None,
            frames: Vec::new(),
            body: Bytes::new(),
            end: End::Complete,
            ended: Duration::ZERO,
            oddities: Vec::new(),
            fold: Fold::default(),
        }
    }

    /// The operation that was asked for, if it is one.
    pub fn operation(&self) -> Option<Operation> {
        Operation::from_name(&self.kind)
    }

    /// The status; 0 without an answer.
    pub fn status(&self) -> u16 {
        self.head.as_ref().map_or(0, |head| head.status)
    }

    /// Whether the status is a success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status())
    }

    /// Whether it was sent to be carried out as it stands.
    pub fn is_use(&self) -> bool {
        matches!(
            self.purpose,
            Purpose::Use | Purpose::Offer | Purpose::Browser | Purpose::Recall(_)
        )
    }

    /// Whether it had to be refused; how it is refused is judged by rules of its own.
    pub fn is_to_be_refused(&self) -> bool {
        matches!(self.purpose, Purpose::Refuse(_) | Purpose::GoneAttachment)
    }

    /// Whether it is a turn that came to its end, as far as the connection tells.
    pub fn is_whole_turn(&self) -> bool {
        self.is_success() && self.end == End::Complete && !self.frames.is_empty()
    }

    /// A header of the answer.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header_values(name).next()
    }

    /// Every value of a header of the answer.
    pub fn header_values(&self, name: &str) -> impl Iterator<Item = &str> {
        let headers = self.head.iter().flat_map(|head| &head.headers);
        let found = headers.filter(move |(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// How the answer is encoded, if it is.
    pub fn encoding(&self) -> Option<&str> {
        let encoding = self.header("content-encoding")?.trim();
        Some(encoding).filter(|it| !it.is_empty() && !it.eq_ignore_ascii_case("identity"))
    }

    /// Whether the answer begins with a byte order mark.
    pub fn has_mark(&self) -> bool {
        self.body.starts_with(MARK)
    }

    /// The bytes of a document; that they begin with a byte order mark one rule tells.
    pub fn text(&self) -> &[u8] {
        self.body.strip_prefix(MARK).unwrap_or(&self.body)
    }

    /// The content type without its parameters, in lower case.
    pub fn media_type(&self) -> Option<String> {
        let value = self.header("content-type")?;
        let media_type = value.split(';').next().unwrap_or_default();
        Some(media_type.trim().to_ascii_lowercase())
    }

    /// The answer as JSON.
    pub fn document(&self) -> Option<Value> {
        serde_json::from_slice(self.text()).ok()
    }

    /// A parameter that is a text.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name)?.as_str()
    }

    /// The events that could be read, with their frames.
    pub fn events(&self) -> impl Iterator<Item = (&Frame, &Event)> {
        self.frames
            .iter()
            .filter_map(|frame| Some((frame, frame.event.as_ref().ok()?)))
    }

    /// The thread that it is about.
    pub fn thread(&self) -> Option<ThreadId> {
        if let Some(id) = self.param("thread_id") {
            return Some(id.into());
        }
        self.fold.thread()
    }

    /// The status, or why there is none, for people.
    pub fn status_words(&self) -> String {
        match &self.head {
            Some(head) => format!("the status is {}", head.status),
            None => self.end_words(),
        }
    }

    /// How it ended, for people.
    pub fn end_words(&self) -> String {
        match &self.end {
            End::Complete => "the answer ended in order".into(),
            End::Cut(reason) => format!("the answer was cut short: {reason}"),
            End::Left => "we left".into(),
            End::Silent => "the backend fell silent".into(),
            End::TooLong => "the answer did not come to its end in time".into(),
            End::TooLarge(limit) => {
                format!("the answer is larger than {} MiB", limit / (1024 * 1024))
            }
            End::Unreached(reason) => reason.clone(),
        }
    }
}

impl Frame {
    /// A frame of a stream, decoded by the reader of all its frames.
    pub fn new(number: u64, at: Duration, data: Bytes, reader: &mut EventReader) -> Self {
        Self {
            number,
            at,
            event: reader.decode(&data),
            data,
        }
    }

    /// Its data as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.data).into_owned()
    }
}
