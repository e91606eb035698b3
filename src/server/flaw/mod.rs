//! Flaws: mistakes of a backend, each of which breaks exactly one rule of `chatkit check`.
//!
//! A flaw bears the id of its rule (and behind a colon which case of it), so that a checker, ours or another's, can be checked against
//! `chatkit serve --mock --break RULE`. The handler answers as it always does, and its answer is
//! changed on the way out, or the request on the way in. `tests/it/check/flaws.rs` fails when a
//! rule has no flaw, or when a flaw breaks more than its rule.

mod apply;
mod asked;
mod cases;
mod persistence;
mod requests;
mod rest;
mod stage;
mod stream;
mod transport;
mod turns;
mod widgets;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::response::Response;
use serde_json::Value;

pub(super) use apply::answer;
use asked::Asked;
use stage::Stage;

/// A mistake that a mock makes on purpose.
#[derive(Clone, Copy)]
pub struct Flaw(&'static Row);

/// One flaw.
struct Row {
    /// The rule that it breaks; where a rule has several cases, the case behind a colon.
    name: &'static str,
    act: Act,
}

/// What a flaw does, and to what.
#[derive(Clone, Copy)]
enum Act {
    /// Changes the request, or answers in the place of the handler.
    Request(fn(&Memory, &mut Asked) -> Option<Response>),
    /// Fails an operation that would else be carried out.
    Fail(&'static str),
    /// Changes the head of an answer.
    Head(fn(&Asked, &mut Response)),
    /// Changes a document.
    Document(fn(&Memory, &Asked, &mut Value)),
    /// Sends something else in the place of an event.
    Event(fn(&mut Stage, Value)),
    /// Changes documents and events alike.
    Json(fn(&Asked, &mut Value)),
    /// Changes the end of a stream.
    End(fn(&mut Stage)),
    /// Holds all of a stream back until it is whole.
    Burst,
    /// Compresses streams.
    Gzip,
    /// Changes the bytes of the list of threads, and names their encoding.
    List(fn(&[u8]) -> Encoded),
    /// Asks for a message where a retry is asked for.
    RetryAsMessage,
    /// Does the same to the oldest of the other threads.
    Another(&'static str),
    /// Forgets what a client saw that left.
    Forget(fn(&Memory, &Asked, &mut Value)),
    /// Refuses those threads whose client left.
    Lock,
}

/// Bytes, and the name of their encoding if they have one.
type Encoded = (Vec<u8>, Option<&'static str>);

/// What a flaw remembers from one request to the next.
#[derive(Default)]
pub(super) struct Memory {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// How often something was done.
    counts: BTreeMap<&'static str, u64>,
    /// The threads whose client left in the middle of an answer.
    left: BTreeSet<String>,
    /// A document to be answered with later.
    document: Option<Value>,
    /// What the first client showed for itself.
    first: Option<String>,
    /// Rows that were answered, by their ids.
    rows: BTreeMap<String, Value>,
}

fn all() -> impl Iterator<Item = &'static Row> {
    [
        transport::ROWS,
        requests::ROWS,
        stream::ROWS,
        persistence::ROWS,
        turns::ROWS,
        widgets::ROWS,
        rest::ROWS,
        cases::ROWS,
    ]
    .into_iter()
    .flatten()
}

impl Flaw {
    /// Every flaw, by the rule that it breaks.
    pub fn all() -> impl Iterator<Item = Self> {
        all().map(Self)
    }

    /// The rule that it breaks.
    pub fn rule(&self) -> &'static str {
        self.name().split(':').next().unwrap_or(self.name())
    }

    /// The rule that it breaks, and behind a colon in which way, if there are several.
    pub fn name(&self) -> &'static str {
        self.0.name
    }
}

impl FromStr for Flaw {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let rule = name.split(':').next().unwrap_or(name);
        let mut cases = Vec::new();
        for flaw in Self::all().filter(|flaw| flaw.rule() == rule) {
            if flaw.name() == name {
                return Ok(flaw);
            }
            cases.push(flaw.name());
        }
        Err(if cases.is_empty() {
            "expected a rule, as 'chatkit check --list' has them".into()
        } else {
            format!("expected one of {}", cases.join(", "))
        })
    }
}

impl fmt::Debug for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Flaw").field(&self.name()).finish()
    }
}

impl Memory {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this is done for the first time.
    fn is_first(&self, what: &'static str) -> bool {
        let mut known = self.known();
        let count = known.counts.entry(what).or_default();
        *count += 1;
        *count == 1
    }

    fn was_left(&self, thread: Option<&str>) -> bool {
        thread.is_some_and(|thread| self.known().left.contains(thread))
    }
}
