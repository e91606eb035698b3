//! A request of the journal as people and tests see it: taken apart, and without secrets.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Entry;
use super::entry::{Fields, Head, Kept, State};
use super::frames::{Frame, Frames, clean, document};
use crate::cassette::Redactor;
use crate::protocol::{Operation, is_event_stream};

/// How many bytes are looked through for a stream's first event.
const FIRST_EVENT: usize = 4 * 1024;

/// How much of an answer is taken apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    Head,
    Whole,
}

/// A request that the mock has seen.
#[derive(Clone, Debug, Serialize)]
pub struct Recorded {
    /// The `x-request-id` of its answer.
    pub id: String,
    /// Its place among all requests since the start, from 1.
    pub number: u64,
    /// When it came, by the machine's clock.
    pub received_at: String,
    /// The HTTP method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query, without its question mark.
    pub query: Option<String>,
    /// The operation of the protocol, if the body names one.
    pub operation: Option<String>,
    /// The thread that the request names, or that its answer began.
    pub thread_id: Option<String>,
    /// The headers, in lower case, without secrets.
    pub headers: BTreeMap<String, String>,
    /// The body: a JSON document, or a text; nothing where it is neither.
    pub body: Option<Value>,
    /// How many bytes the body had.
    pub body_bytes: u64,
    /// Whether `body` is not shown because it was too large to be kept whole.
    pub body_truncated: bool,
    /// The answer, once it has begun.
    pub response: Option<RecordedResponse>,
}

/// The answer to a request, as far as it has gone.
#[derive(Clone, Debug, Serialize)]
pub struct RecordedResponse {
    /// The HTTP status.
    pub status: u16,
    /// The headers, in lower case, without secrets.
    pub headers: BTreeMap<String, String>,
    /// Milliseconds from the request's beginning to the answer's.
    pub first_byte_ms: f64,
    /// Milliseconds from the request's beginning to the answer's end.
    pub duration_ms: Option<f64>,
    /// How it ended, or that it has not.
    pub outcome: Outcome,
    /// How many bytes of the body were handed to the connection.
    pub bytes: u64,
    /// Whether not all of the body is kept.
    pub truncated: bool,
    /// The events of a stream.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<RecordedEvent>,
    /// The body of any other answer: a JSON document, or a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

/// Something that a stream carried.
#[derive(Clone, Debug, Serialize)]
pub struct RecordedEvent {
    /// Milliseconds from the request's beginning.
    pub at_ms: f64,
    /// The event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<Value>,
    /// What was sent instead of an event: a comment, or a frame that is broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
}

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It has not ended.
    Open,
    /// It was sent to its end.
    Complete,
    /// The client left before.
    Cancelled,
    /// The mock broke the connection, as a word or a fault asked for.
    Broken,
}

impl Entry {
    /// The request as people and tests see it.
    pub fn recorded(&self) -> Recorded {
        self.view(Detail::Whole)
    }

    /// The same without what was answered, for lists.
    pub fn summary(&self) -> Recorded {
        let mut recorded = self.view(Detail::Head);
        if let Some(response) = &mut recorded.response {
            response.events.clear();
        }
        recorded
    }

    fn view(&self, detail: Detail) -> Recorded {
        let state = self.state();
        let target = Redactor::default().url(&self.target);
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (&*target, None),
        };
        let body = shown(&state.received, &content_type(&self.headers));
        let response = state
            .answer
            .as_ref()
            .map(|head| answer(head, &state, detail));
        Recorded {
            id: self.id.to_string(),
            number: self.number,
            received_at: self.at.to_string(),
            method: self.method.to_string(),
            path: path.to_owned(),
            query: query.map(str::to_owned),
            operation: operation(body.as_ref()),
            thread_id: thread(body.as_ref(), response.as_ref()),
            headers: headers(&self.headers),
            body,
            body_bytes: state.received.size,
            body_truncated: state.received.is_truncated(),
            response,
        }
    }

    /// Whether a header has this value, secret or not.
    pub fn has_header(&self, name: &str, fits: impl Fn(&str) -> bool) -> bool {
        let mut values = self.headers.iter().filter(|(known, _)| *known == name);
        values.any(|(_, value)| fits(&value))
    }

    /// Whether the answer is a stream of events, as far as it has begun.
    pub fn streams(&self) -> bool {
        let state = self.state();
        let kind = state
            .answer
            .map(|head| content_type(&head.headers).into_owned());
        kind.is_some_and(|kind| is_event_stream(&kind))
    }
}

impl RecordedEvent {
    pub(in crate::server) fn new(at: Duration, frame: Frame) -> Self {
        let (event, raw) = match frame {
            Frame::Event(event) => (Some(event), None),
            Frame::Raw(raw) => (None, Some(raw)),
        };
        Self {
            at_ms: milliseconds(at),
            event,
            raw,
        }
    }
}

impl Outcome {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Complete => "complete",
            Self::Cancelled => "cancelled",
            Self::Broken => "broken",
        }
    }
}

/// A time in milliseconds, to the microsecond.
pub(in crate::server) fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

fn answer(head: &Head, state: &State, detail: Detail) -> RecordedResponse {
    let kind = content_type(&head.headers);
    let streams = is_event_stream(&kind);
    RecordedResponse {
        status: head.status.as_u16(),
        headers: headers(&head.headers),
        first_byte_ms: milliseconds(head.after),
        duration_ms: state.end.map(|(at, _)| milliseconds(at)),
        outcome: state.end.map_or(Outcome::Open, |(_, outcome)| outcome),
        bytes: state.sent.size,
        truncated: state.sent.is_truncated(),
        events: if streams {
            events(state, detail)
        } else {
            Vec::new()
        },
        body: match detail {
            Detail::Whole if !streams => shown(&state.sent, &kind),
            _ => None,
        },
    }
}

fn events(state: &State, detail: Detail) -> Vec<RecordedEvent> {
    let mut frames = Frames::default();
    let mut events = Vec::new();
    for (at, bytes) in &state.sent.pieces {
        // The first event names a new thread, and is all that a head has need of.
        let head = match detail {
            Detail::Whole => bytes.len(),
            Detail::Head if events.is_empty() => bytes.len().min(FIRST_EVENT),
            Detail::Head => return events,
        };
        let whole = frames.push(&bytes[..head]);
        events.extend(
            whole
                .into_iter()
                .map(|frame| RecordedEvent::new(*at, frame)),
        );
    }
    if let (Some((at, _)), Some(frame)) = (state.end, frames.rest()) {
        events.push(RecordedEvent::new(at, frame));
    }
    events
}

/// A body as a document or a text, unless it is neither or not whole.
fn shown(kept: &Kept, kind: &str) -> Option<Value> {
    if kept.is_truncated() || kept.size == 0 || kind.starts_with("multipart/") {
        return None;
    }
    let whole = match &kept.pieces[..] {
        [(_, bytes)] => bytes.to_vec(),
        pieces => pieces
            .iter()
            .flat_map(|(_, bytes)| bytes.to_vec())
            .collect(),
    };
    let text = String::from_utf8(whole).ok()?;
    Some(document(&text).unwrap_or_else(|| Value::String(clean(&text))))
}

fn content_type(headers: &Fields) -> Cow<'_, str> {
    headers.get("content-type").unwrap_or_default()
}

fn headers(headers: &Fields) -> BTreeMap<String, String> {
    let texts: Vec<_> = headers.iter().collect();
    let texts = texts.iter().map(|(name, value)| (*name, value.as_ref()));
    Redactor::default().headers(texts)
}

fn operation(body: Option<&Value>) -> Option<String> {
    let name = body?.get("type")?.as_str()?;
    Operation::from_name(name).map(|operation| operation.name().to_owned())
}

fn thread(body: Option<&Value>, response: Option<&RecordedResponse>) -> Option<String> {
    let named = body.and_then(|body| body.pointer("/params/thread_id")?.as_str());
    let begun = || {
        let first = response?.events.first()?.event.as_ref()?;
        first.pointer("/thread/id")?.as_str()
    };
    named.or_else(begun).map(str::to_owned)
}
