//! One request and its answer.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::asker::Asker;
use super::fold::Fold;
use super::frame::{Frame, Oddity};
use super::purpose::Purpose;
use crate::client::is_limited;
use crate::protocol::{Event, Operation, ThreadId};

/// A byte order mark in UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// How much of a frame or a document is quoted, in characters.
const QUOTE: usize = 1000;

/// One request and what came back.
#[derive(Debug)]
pub struct Exchange {
    /// Which one it is, from 1.
    pub number: usize,
    /// Why it was sent.
    pub purpose: Purpose,
    /// Who sent it.
    pub asker: Asker,
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
    /// Whether it was sent again because its connection was closed under it.
    pub is_resent: bool,
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

impl Exchange {
    /// A request of which nothing is known but what was sent.
    pub fn asked(request: Bytes) -> Self {
        let document: Value = serde_json::from_slice(&request).unwrap_or(Value::Null);
        Self {
            number: 0,
            purpose: Purpose::Use,
            asker: Asker::default(),
            method: "POST".into(),
            kind: document["type"].as_str().unwrap_or_default().to_owned(),
            params: document["params"].clone(),
            request,
            sent: Duration::ZERO,
            is_resent: false,
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
        matches!(
            self.purpose,
            Purpose::Refuse(_) | Purpose::BrowserRefused | Purpose::Gone | Purpose::GoneAttachment
        )
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
        match self.param("thread_id") {
            Some("") => None,
            Some(id) => Some(id.into()),
            None => self.fold.thread(),
        }
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

    /// What was asked for, for people.
    pub fn label(&self) -> String {
        if self.method == "OPTIONS" {
            return "OPTIONS".into();
        }
        if self.kind.is_empty() {
            return match self.purpose {
                Purpose::Upload(_) => "upload".into(),
                _ => quote(&self.request),
            };
        }
        self.kind.clone()
    }

    /// Whether the backend refused because it is asked too much, so that the answer tells nothing
    /// about what was asked.
    pub fn is_limited(&self) -> bool {
        is_limited(self.status(), self.header("retry-after"))
    }
}

/// The beginning of what was sent.
pub fn quote(bytes: &[u8]) -> String {
    // A character takes at most four bytes, so that nothing long is decoded to be thrown away.
    let beginning = &bytes[..bytes.len().min(4 * QUOTE)];
    let text = String::from_utf8_lossy(beginning);
    match text.char_indices().nth(QUOTE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None if beginning.len() < bytes.len() => format!("{text}…"),
        None => text.into_owned(),
    }
}
