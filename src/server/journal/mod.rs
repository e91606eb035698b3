//! The journal: what was asked of the mock and what it answered, as far back as memory allows.
//!
//! A request costs some pointers while it is answered: bytes are shared with the connection, and
//! nothing is read or taken apart before somebody asks for it. Secrets are taken out then, too.

mod body;
mod entry;
mod frames;
mod told;
mod view;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use bytes::Bytes;
use tokio::sync::broadcast;

pub(super) use entry::Entry;
pub use told::Happened;
pub(super) use told::{Happening, Shown, Told};
pub(super) use view::milliseconds;
pub use view::{Outcome, Recorded, RecordedEvent, RecordedResponse};

/// How many requests are remembered.
pub(super) const MAX_REQUESTS: usize = 1_000;

/// How many bytes of requests' bodies are remembered; past it, old requests are forgotten.
const MAX_RECEIVED: usize = 16 * 1024 * 1024;

/// How many bytes of answers are remembered; past it, old requests lose their answers' bodies and
/// can still be counted. As little as this stays in the processor's cache, which is most of what
/// the journal costs a mock under load.
const MAX_SENT: usize = 2 * 1024 * 1024;

/// How many bytes of one request's or answer's body are remembered; the rest is only counted.
const MAX_BODY: usize = 1024 * 1024;

/// How many happenings a slow listener may lag behind before it loses some.
const FEED: usize = 512;

/// What is remembered at one moment.
pub(super) struct Remembered {
    /// The oldest first.
    pub entries: Vec<Arc<Entry>>,
    /// How many requests before these had to make room.
    pub forgotten: u64,
}

/// What was asked and answered, the oldest first.
pub(super) struct Journal {
    ring: Mutex<Ring>,
    /// How many bytes of requests the entries of the ring hold.
    received: AtomicUsize,
    /// The same of answers.
    sent: AtomicUsize,
    feed: broadcast::Sender<Arc<Told>>,
}

#[derive(Default)]
struct Ring {
    /// By their numbers, without a gap.
    entries: VecDeque<Arc<Entry>>,
    /// How many requests there have been.
    seen: u64,
    /// How many of them had to make room, since the journal was cleared.
    forgotten: u64,
    /// Up to which of them the answers' bodies were let go of.
    released: u64,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            ring: Mutex::default(),
            received: AtomicUsize::new(0),
            sent: AtomicUsize::new(0),
            feed: broadcast::Sender::new(FEED),
        }
    }
}

impl Journal {
    /// Notes a request that begins to come.
    pub fn begin(&self, id: &str, method: &Method, uri: &Uri, headers: &HeaderMap) -> Arc<Entry> {
        let mut entry = Entry::new(id.into(), method, uri, headers);
        let mut ring = self.lock();
        ring.seen += 1;
        entry.number = ring.seen;
        let entry = Arc::new(entry);
        ring.entries.push_back(Arc::clone(&entry));
        let oldest = (ring.entries.len() > MAX_REQUESTS)
            .then(|| ring.make_room())
            .flatten();
        drop(ring);
        if let Some(oldest) = oldest {
            self.forget(&oldest);
        }
        entry
    }

    /// Notes the body of a request that was read whole.
    pub fn body(&self, entry: &Arc<Entry>, body: &Bytes) {
        self.hold_received(entry.receive(body));
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
        self.lock().seen
    }

    /// Every request that is remembered, the oldest first.
    pub fn entries(&self) -> Vec<Arc<Entry>> {
        self.lock().entries.iter().cloned().collect()
    }

    /// The same, with how many before them are remembered no more.
    pub fn remembered(&self) -> Remembered {
        let ring = self.lock();
        Remembered {
            entries: ring.entries.iter().cloned().collect(),
            forgotten: ring.forgotten,
        }
    }

    /// The request of this id, which its answer carries as `x-request-id`.
    pub fn entry(&self, id: &str) -> Option<Arc<Entry>> {
        let ring = self.lock();
        ring.entries
            .iter()
            .rev()
            .find(|entry| *entry.id == *id)
            .cloned()
    }

    /// Forgets every request, those before them, too; returns how many were remembered.
    pub fn clear(&self) -> usize {
        let forgotten = {
            let mut ring = self.lock();
            ring.forgotten = 0;
            std::mem::take(&mut ring.entries)
        };
        for entry in &forgotten {
            self.forget(entry);
        }
        forgotten.len()
    }

    /// Everything that happens from now on.
    pub fn listen(&self) -> broadcast::Receiver<Arc<Told>> {
        self.feed.subscribe()
    }

    /// Tells the listeners, if there are any.
    pub fn tell(&self, what: impl FnOnce() -> Happening) {
        if self.feed.receiver_count() > 0 {
            // The last listener may just have left, which is no failure.
            let _ = self.feed.send(Arc::new(Told::new(what())));
        }
    }

    /// Counts bytes of a request, and forgets old requests if they are too many.
    fn hold_received(&self, bytes: usize) {
        let mut held = self.received.fetch_add(bytes, Ordering::Relaxed) + bytes;
        while held > MAX_RECEIVED {
            let oldest = {
                let mut ring = self.lock();
                // The last one is what is being received.
                (ring.entries.len() > 1).then(|| ring.make_room())
            };
            let Some(oldest) = oldest.flatten() else {
                return;
            };
            self.forget(&oldest);
            held = self.received.load(Ordering::Relaxed);
        }
    }

    /// Counts bytes of an answer, and lets go of old answers' bodies if they are too many.
    fn hold_sent(&self, bytes: usize) {
        let mut held = self.sent.fetch_add(bytes, Ordering::Relaxed) + bytes;
        while held > MAX_SENT {
            let Some(oldest) = self.lock().unreleased() else {
                return;
            };
            let freed = oldest.release();
            held = self.sent.fetch_sub(freed, Ordering::Relaxed) - freed;
        }
    }

    fn forget(&self, entry: &Entry) {
        let (received, sent) = entry.forget();
        self.received.fetch_sub(received, Ordering::Relaxed);
        self.sent.fetch_sub(sent, Ordering::Relaxed);
    }

    /// No section of this lock can panic between two changes.
    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    /// The oldest request, which is remembered no more.
    fn make_room(&mut self) -> Option<Arc<Entry>> {
        let oldest = self.entries.pop_front()?;
        self.forgotten += 1;
        Some(oldest)
    }

    /// The oldest request whose answer's body was not let go of yet.
    fn unreleased(&mut self) -> Option<Arc<Entry>> {
        let first = self.entries.front()?.number;
        let wanted = first.max(self.released + 1);
        let at = usize::try_from(wanted - first).ok()?;
        let entry = self.entries.get(at)?;
        self.released = wanted;
        Some(Arc::clone(entry))
    }
}

#[cfg(test)]
mod tests;
