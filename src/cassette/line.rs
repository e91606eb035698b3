//! The lines of a recording.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
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
        /// The address, without user and password, and without what is secret in its query.
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

impl Line {
    /// Which exchange it belongs to.
    pub fn exchange(&self) -> u64 {
        match self {
            Self::Request { exchange, .. }
            | Self::Response { exchange, .. }
            | Self::Event { exchange, .. }
            | Self::Document { exchange, .. }
            | Self::End { exchange, .. } => *exchange,
        }
    }

    /// When it happened, in milliseconds from the start.
    pub fn at(&self) -> f64 {
        match self {
            Self::Request { at, .. }
            | Self::Response { at, .. }
            | Self::Event { at, .. }
            | Self::Document { at, .. }
            | Self::End { at, .. } => *at,
        }
    }
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
    /// Any other text: no JSON, or JSON over several lines.
    Text(String),
    /// Bytes that are no text, in base64.
    Base64(String),
    /// More bytes than a recording keeps; this many.
    Omitted(u64),
}

impl Payload {
    /// The text that was sent or received; empty where it was none.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Json(raw) => raw.get(),
            Self::Text(text) => text,
            Self::Base64(_) | Self::Omitted(_) => "",
        }
    }

    /// The bytes that were sent or received; none where the recording does not have them.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Base64(text) => BASE64.decode(text).unwrap_or_default(),
            _ => self.as_str().as_bytes().to_vec(),
        }
    }
}

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Base64(one), Self::Base64(two)) => one == two,
            (Self::Omitted(one), Self::Omitted(two)) => one == two,
            (Self::Json(_) | Self::Text(_), Self::Json(_) | Self::Text(_)) => {
                self.as_str() == other.as_str()
            }
            _ => false,
        }
    }
}
