//! The lines of a recording.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// What the first line calls the format.
pub const FORMAT: &str = "chatkit-recording";

/// The version that this binary writes, and the newest that it reads.
pub const VERSION: u32 = 1;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Always [`FORMAT`].
    pub format: String,
    /// At most [`VERSION`].
    pub version: u32,
    /// When the recording began, ISO 8601 in UTC.
    pub started_at: String,
    /// The program that wrote it.
    pub written_by: String,
}

/// Any line but the first, as `{"event": {…}}`. `exchange` counts requests from 1, `at` milliseconds from the start.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// A request was sent.
    Request {
        /// Which exchange this begins.
        exchange: u64,
        /// When.
        at: f64,
        /// The HTTP method.
        method: String,
        /// The address, without user, password and query.
        url: String,
        /// The headers, secrets taken out.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        headers: BTreeMap<String, String>,
        /// The body.
        body: Payload,
    },
    /// The head of the response arrived.
    Response {
        /// Which exchange.
        exchange: u64,
        /// When.
        at: f64,
        /// The HTTP status.
        status: u16,
        /// The headers, secrets taken out.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        headers: BTreeMap<String, String>,
    },
    /// An event of a stream arrived.
    Event {
        /// Which exchange.
        exchange: u64,
        /// When.
        at: f64,
        /// The event's data.
        data: Payload,
    },
    /// A document arrived, whole.
    Document {
        /// Which exchange.
        exchange: u64,
        /// When.
        at: f64,
        /// The document.
        body: Payload,
    },
    /// The exchange is over.
    End {
        /// Which exchange.
        exchange: u64,
        /// When.
        at: f64,
        /// How it ended.
        outcome: Outcome,
        /// Why it did not end well.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}

/// How an exchange ended; anything but `complete` marks a stream that must not be taken for whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The response ended in order.
    Complete,
    /// The client left.
    Cancelled,
    /// The connection broke, or the backend broke the protocol.
    Broken,
}

/// Something that was sent or received, word for word.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payload {
    /// JSON on one line, in the spelling in which it came.
    Json(Box<RawValue>),
    /// Anything else: no JSON, or JSON over several lines.
    Text(String),
}

impl Payload {
    /// What was sent or received.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Json(raw) => raw.get(),
            Self::Text(text) => text,
        }
    }
}

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}
