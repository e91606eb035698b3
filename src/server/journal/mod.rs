//! The journal: what was asked of the mock and what it answered, as far back as memory allows.
//!
//! A request costs some pointers while it is answered: bytes are shared with the connection, and
//! nothing is read or taken apart before somebody asks for it. Secrets are taken out then, too.

mod body;
mod entry;
mod frames;
mod view;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use bytes::Bytes;
use tokio::sync::broadcast;

pub(super) use entry::Entry;
pub(super) use frames::{Frame, Frames};
pub(super) use view::milliseconds;
pub use view::{Outcome, Recorded, RecordedEvent, RecordedResponse};

/// How many requests are remembered.
pub(super) const MAX_REQUESTS: usize = 1_000;

/// How many bytes of bodies are remembered, over all requests.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// How many bytes of one request's or answer's body are remembered; the rest is only counted.
const MAX_BODY: usize = 2 * 1024 * 1024;

/// How many happenings a slow listener may lag behind before it loses some.
const FEED: usize = 512;

/// What was asked and answered, the oldest first.
pub(super) struct Journal {
    ring: Mutex<VecDeque<Arc<Entry>>>,
    /// How many bytes the entries of the ring hold.
    held: AtomicUsize,
    next: AtomicU64,
    feed: broadcast::Sender<Happening>,
}

/// What a listener is told, the moment that it happens.
#[derive(Clone)]
pub(super) enum Happening {
    /// A request has come, with all of its body.
    Request(Arc<Entry>),
    /// Its answer begins.
    Response(Arc<Entry>),
    /// Bytes of an answer's body were handed to the connection.
    Sent {
        id: Arc<str>,
        at: Duration,
        bytes: Bytes,
    },
    /// An answer is over.
    Ended {
        id: Arc<str>,
        at: Duration,
        outcome: Outcome,
    },
    /// Somebody steered the mock by the endpoint of this name.
    Steered(&'static str),
    /// The mock stops, and nothing more will happen.
    Closing,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            ring: Mutex::default(),
            held: AtomicUsize::new(0),
            next: AtomicU64::new(1),
            feed: broadcast::Sender::new(FEED),
        }
    }
}

impl Journal {
    /// Notes a request that begins to come.
    pub fn begin(&self, id: &str, method: Method, uri: Uri, headers: HeaderMap) -> Arc<Entry> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let entry = Arc::new(Entry::new(number, id.into(), method, uri, headers));
        let mut ring = self.lock();
        ring.push_back(Arc::clone(&entry));
        let oldest = (ring.len() > MAX_REQUESTS)
            .then(|| ring.pop_front())
            .flatten();
        drop(ring);
        if let Some(oldest) = oldest {
            self.held.fetch_sub(oldest.forget(), Ordering::Relaxed);
        }
        entry
    }

    /// Notes the body of a request that was read whole.
    pub fn body(&self, entry: &Arc<Entry>, body: &Bytes) {
        self.hold(entry.receive(body));
        self.tell(|| Happening::Request(Arc::clone(entry)));
    }

    /// The same body, watched: for whoever reads it piece by piece.
    pub fn watch_request(self: &Arc<Self>, entry: &Arc<Entry>, body: Body) -> Body {
        body::request(self, entry, body)
    }

    /// The same answer, watched.
    pub fn watch_response(self: &Arc<Self>, entry: &Arc<Entry>, response: Response) -> Response {
        entry.answer(response.status(), response.headers());
        self.tell(|| Happening::Response(Arc::clone(entry)));
        response.map(|body| body::response(self, entry, body))
    }

    /// How many requests there have been.
    pub fn seen(&self) -> u64 {
        self.next.load(Ordering::Relaxed) - 1
    }

    /// Every request that is remembered, the oldest first.
    pub fn entries(&self) -> Vec<Arc<Entry>> {
        self.lock().iter().cloned().collect()
    }

    /// The request of this id, which its answer carries as `x-request-id`.
    pub fn entry(&self, id: &str) -> Option<Arc<Entry>> {
        let ring = self.lock();
        ring.iter().rev().find(|entry| *entry.id == *id).cloned()
    }

    /// Forgets every request; returns how many there were.
    pub fn clear(&self) -> usize {
        let forgotten = std::mem::take(&mut *self.lock());
        for entry in &forgotten {
            self.held.fetch_sub(entry.forget(), Ordering::Relaxed);
        }
        forgotten.len()
    }

    /// Everything that happens from now on.
    pub fn listen(&self) -> broadcast::Receiver<Happening> {
        self.feed.subscribe()
    }

    /// Tells the listeners, if there are any.
    pub fn tell(&self, what: impl FnOnce() -> Happening) {
        if self.feed.receiver_count() > 0 {
            // The last listener may just have left, which is no failure.
            let _ = self.feed.send(what());
        }
    }

    /// Counts bytes that an entry holds now, and forgets old requests if they are too many.
    fn hold(&self, bytes: usize) {
        let held = self.held.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if held > MAX_BYTES {
            self.trim();
        }
    }

    fn trim(&self) {
        while self.held.load(Ordering::Relaxed) > MAX_BYTES {
            let oldest = {
                let mut ring = self.lock();
                if ring.len() < 2 {
                    return;
                }
                ring.pop_front()
            };
            let freed = oldest.map_or(0, |oldest| oldest.forget());
            self.held.fetch_sub(freed, Ordering::Relaxed);
        }
    }

    /// No section of this lock can panic between two changes.
    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Entry>>> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
