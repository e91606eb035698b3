//! One request of the journal, which fills while it is answered.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, Method, StatusCode, Uri};
use bytes::Bytes;
use jiff::Timestamp;

use super::{MAX_BODY, Outcome};

/// A request, and its answer as far as it has gone.
pub(in crate::server) struct Entry {
    pub number: u64,
    pub id: Arc<str>,
    pub at: Timestamp,
    pub start: Instant,
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    state: Mutex<State>,
}

/// What is known by now.
#[derive(Clone, Default)]
pub(super) struct State {
    pub received: Kept,
    pub answer: Option<Head>,
    pub sent: Kept,
    pub end: Option<(Duration, Outcome)>,
    /// The entry is no longer in the journal, and holds nothing any more.
    forgotten: bool,
}

/// The head of an answer.
#[derive(Clone)]
pub(super) struct Head {
    pub after: Duration,
    pub status: StatusCode,
    pub headers: HeaderMap,
}

/// A body as far as it is kept.
#[derive(Clone, Default)]
pub(super) struct Kept {
    /// Each piece, and how long after the request's beginning it came or went.
    pub pieces: Vec<(Duration, Bytes)>,
    /// How many bytes there were in all.
    pub size: u64,
    held: usize,
}

impl Kept {
    /// Whether some of the body is not kept.
    pub fn is_truncated(&self) -> bool {
        let kept: usize = self.pieces.iter().map(|(_, bytes)| bytes.len()).sum();
        (kept as u64) < self.size
    }

    /// Keeps a piece if there is room; returns how many bytes that takes.
    fn push(&mut self, at: Duration, bytes: &Bytes) -> usize {
        self.size += bytes.len() as u64;
        let cost = bytes.len() + size_of::<(Duration, Bytes)>();
        if self.held + cost > MAX_BODY {
            // After a gap nothing is kept, so that what is kept is the body's beginning.
            self.held = MAX_BODY;
            return 0;
        }
        self.held += cost;
        self.pieces.push((at, bytes.clone()));
        cost
    }

    fn cost(&self) -> usize {
        let cost = |bytes: &Bytes| bytes.len() + size_of::<(Duration, Bytes)>();
        self.pieces.iter().map(|(_, bytes)| cost(bytes)).sum()
    }
}

impl Entry {
    pub(super) fn new(
        number: u64,
        id: Arc<str>,
        method: Method,
        uri: Uri,
        headers: HeaderMap,
    ) -> Self {
        Self {
            number,
            id,
            at: Timestamp::now(),
            start: Instant::now(),
            method,
            uri,
            headers,
            state: Mutex::default(),
        }
    }

    /// Keeps a piece of the request's body; returns how many bytes that takes.
    pub(super) fn receive(&self, bytes: &Bytes) -> usize {
        let at = self.start.elapsed();
        let mut state = self.lock();
        if state.forgotten || bytes.is_empty() {
            return 0;
        }
        state.received.push(at, bytes)
    }

    /// Keeps a piece of the answer's body; returns how many bytes that takes.
    pub(super) fn send(&self, at: Duration, bytes: &Bytes) -> usize {
        let mut state = self.lock();
        if state.forgotten {
            return 0;
        }
        state.sent.push(at, bytes)
    }

    /// Keeps the head of the answer.
    pub(super) fn answer(&self, status: StatusCode, headers: &HeaderMap) {
        let head = Head {
            after: self.start.elapsed(),
            status,
            headers: headers.clone(),
        };
        self.lock().answer = Some(head);
    }

    /// Keeps how the answer ended.
    pub(super) fn end(&self, at: Duration, outcome: Outcome) {
        self.lock().end = Some((at, outcome));
    }

    /// Lets go of all bodies; returns how many bytes that frees.
    pub(super) fn forget(&self) -> usize {
        let mut state = self.lock();
        state.forgotten = true;
        let held = state.received.cost() + state.sent.cost();
        state.received.pieces = Vec::new();
        state.sent.pieces = Vec::new();
        held
    }

    /// What is known by now; bytes are shared.
    pub(super) fn state(&self) -> State {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
