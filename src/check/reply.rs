//! What an answer tells whoever has to go on from it.

use serde_json::Value;

use super::evidence::{End, Exchange};
use crate::error::Error;
use crate::protocol::ThreadId;

/// What is needed of an exchange to go on from it.
#[derive(Debug)]
pub struct Reply {
    /// Which exchange it is.
    pub number: usize,
    /// Whether it is a success that came to its end.
    pub is_good: bool,
    /// Whether the backend refused because it is asked too much.
    pub is_limited: bool,
    /// The status; 0 without an answer.
    pub status: u16,
    /// The thread that it is about.
    pub thread: Option<ThreadId>,
    /// How many events came.
    pub frames: usize,
    /// How the answer is encoded, if it is.
    pub encoding: Option<String>,
    /// The items of the turn, as JSON.
    pub items: Vec<Value>,
    /// The text that was answered.
    pub text: String,
    /// The text of the last message that has any.
    pub last_text: String,
    /// The document that was answered, or `null`.
    pub document: Value,
    /// Why there was no answer at all.
    pub error: Option<Error>,
}

impl Reply {
    /// What an exchange comes to, and why there was no answer.
    pub fn of(exchange: &Exchange, error: Option<Error>) -> Self {
        let items = exchange.fold.items();
        Self {
            number: exchange.number,
            is_good: exchange.is_success() && matches!(exchange.end, End::Complete | End::Left),
            is_limited: exchange.is_limited(),
            status: exchange.status(),
            thread: exchange.thread(),
            frames: exchange.frames.len(),
            encoding: exchange.encoding().map(ToOwned::to_owned),
            items: items
                .filter_map(|item| serde_json::to_value(item).ok())
                .collect(),
            text: exchange.fold.answer(),
            last_text: exchange.fold.last_text(),
            document: exchange.document().unwrap_or(Value::Null),
            error,
        }
    }

    /// Whether it is no turn at all: a refusal, or an answer without any event.
    pub fn is_turnless(&self) -> bool {
        !self.is_good || self.frames == 0
    }
}
