//! One request of the journal, which fills while it is answered.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use bytes::Bytes;
use jiff::Timestamp;
use smallvec::SmallVec;

use super::{MAX_BODY, Outcome};

/// How long a piece of a request is that is copied instead of keeping the connection's buffer, in
/// bytes; a longer one fills most of its buffer anyway.
const MAX_COPIED: usize = 32 * 1024;

/// A request, and its answer as far as it has gone.
pub(in crate::server) struct Entry {
    pub number: u64,
    pub id: Arc<str>,
    pub at: Timestamp,
    pub start: Instant,
    pub method: Method,
    /// The path and the query.
    pub target: Box<str>,
    pub headers: Fields,
    state: Mutex<State>,
}

/// What is known by now.
#[derive(Clone, Default)]
pub(super) struct State {
    pub received: Kept,
    pub answer: Option<Head>,
    pub sent: Kept,
    pub end: Option<(Duration, Outcome)>,
    /// The answer's body has made room for later ones, and no more of it is kept.
    released: bool,
    /// The entry is no longer in the journal, and holds nothing any more.
    forgotten: bool,
}

/// The head of an answer.
#[derive(Clone)]
pub(super) struct Head {
    pub after: Duration,
    pub status: StatusCode,
    pub headers: Fields,
}

/// Headers in as little room as they need.
///
/// They are copied: those of a request are slices of the connection's buffer, and whoever keeps one
/// makes the connection allocate another buffer for every request.
#[derive(Clone)]
pub(in crate::server) struct Fields(Box<[u8]>);

impl Fields {
    fn of(headers: &HeaderMap) -> Self {
        let size =
            |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 2;
        let mut lines = Vec::with_capacity(headers.iter().map(size).sum());
        for (name, value) in headers {
            lines.extend_from_slice(name.as_str().as_bytes());
            lines.push(b':');
            lines.extend_from_slice(value.as_bytes());
            // Neither a name nor a value can hold a line feed.
            lines.push(b'\n');
        }
        Self(lines.into_boxed_slice())
    }

    /// Names, in lower case, and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        self.0.split(|&byte| byte == b'\n').filter_map(|line| {
            let colon = line.iter().position(|&byte| byte == b':')?;
            let name = std::str::from_utf8(&line[..colon]).ok()?;
            Some((name, String::from_utf8_lossy(&line[colon + 1..])))
        })
    }

    /// The first value of a name.
    pub fn get(&self, wanted: &str) -> Option<Cow<'_, str>> {
        let mut found = self.iter().filter(|(name, _)| *name == wanted);
        found.next().map(|(_, value)| value)
    }
}

/// A body as far as it is kept.
#[derive(Clone, Default)]
pub(super) struct Kept {
    /// Each piece, and how long after the request's beginning it came or went. Most bodies are one.
    pub pieces: SmallVec<[(Duration, Bytes); 1]>,
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

    /// Lets go of the pieces; returns how many bytes that frees.
    fn take(&mut self) -> usize {
        let pieces = std::mem::take(&mut self.pieces);
        let cost = |bytes: &Bytes| bytes.len() + size_of::<(Duration, Bytes)>();
        pieces.iter().map(|(_, bytes)| cost(bytes)).sum()
    }
}

impl Entry {
    pub(super) fn new(id: Arc<str>, method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let target = uri.path_and_query().map_or("", PathAndQuery::as_str);
        Self {
            number: 0,
            id,
            at: Timestamp::now(),
            start: Instant::now(),
            method: method.clone(),
            target: target.into(),
            headers: Fields::of(headers),
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
        if bytes.len() <= MAX_COPIED {
            return state.received.push(at, &Bytes::copy_from_slice(bytes));
        }
        state.received.push(at, bytes)
    }

    /// Keeps a piece of the answer's body; returns how many bytes that takes.
    pub(super) fn send(&self, at: Duration, bytes: &Bytes) -> usize {
        let mut state = self.lock();
        if state.released || state.forgotten {
            state.sent.size += bytes.len() as u64;
            return 0;
        }
        state.sent.push(at, bytes)
    }

    /// Keeps the head of the answer.
    pub(super) fn answer(&self, status: StatusCode, headers: &HeaderMap) {
        let head = Head {
            after: self.start.elapsed(),
            status,
            headers: Fields::of(headers),
        };
        self.lock().answer = Some(head);
    }

    /// Keeps how the answer ended.
    pub(super) fn end(&self, at: Duration, outcome: Outcome) {
        self.lock().end = Some((at, outcome));
    }

    /// Lets go of the answer's body; returns how many bytes that frees.
    pub(in crate::server) fn release(&self) -> usize {
        let mut state = self.lock();
        state.released = true;
        state.sent.take()
    }

    /// Lets go of both bodies; returns how many bytes that frees of either.
    pub(super) fn forget(&self) -> (usize, usize) {
        let mut state = self.lock();
        state.forgotten = true;
        (state.received.take(), state.sent.take())
    }

    /// What is known by now; bytes are shared.
    pub(super) fn state(&self) -> State {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
