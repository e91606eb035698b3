//! Bodies that are watched on their way: each piece is shared with the journal as it passes.

use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

use super::told::{Happening, Pieces};
use super::{Entry, Journal, Outcome};

/// A request's body that is watched.
struct Received {
    body: Body,
    journal: Arc<Journal>,
    entry: Arc<Entry>,
    told: bool,
}

/// An answer's body that is watched. The ring alone keeps an entry, so that ten thousand open
/// streams do not.
struct Sent {
    body: Body,
    journal: Arc<Journal>,
    entry: Weak<Entry>,
    id: Arc<str>,
    start: Instant,
    /// What listeners share of it, once there was one.
    told: Option<Arc<Pieces>>,
    ended: bool,
}

pub(super) fn request(journal: &Arc<Journal>, entry: &Arc<Entry>, body: Body) -> Body {
    let mut received = Received {
        body,
        journal: Arc::clone(journal),
        entry: Arc::clone(entry),
        told: false,
    };
    if received.body.is_end_stream() {
        received.tell();
    }
    Body::new(received)
}

pub(super) fn response(journal: &Arc<Journal>, entry: &Arc<Entry>, body: Body) -> Body {
    let mut sent = Sent {
        body,
        journal: Arc::clone(journal),
        entry: Arc::downgrade(entry),
        id: Arc::clone(&entry.id),
        start: entry.start,
        told: None,
        ended: false,
    };
    if sent.body.is_end_stream() {
        sent.end(sent.start.elapsed(), Outcome::Complete);
    }
    Body::new(sent)
}

impl Received {
    fn tell(&mut self) {
        if !std::mem::replace(&mut self.told, true) {
            self.journal
                .tell(|| Happening::Request(Arc::clone(&self.entry)));
        }
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        self.tell();
    }
}

impl Sent {
    fn piece(&mut self, at: Duration, bytes: &Bytes) {
        match self.entry.upgrade() {
            Some(entry) => self.journal.hold_sent(entry.send(at, bytes)),
            // What an entry takes is given back with the last that knows of it, weak or not.
            None => self.entry = Weak::new(),
        }
        let Self { id, told, .. } = self;
        self.journal.tell(|| Happening::Sent {
            id: Arc::clone(id),
            at,
            bytes: bytes.clone(),
            stream: Arc::clone(told.get_or_insert_default()),
        });
    }

    fn end(&mut self, at: Duration, outcome: Outcome) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        if let Some(entry) = self.entry.upgrade() {
            entry.end(at, outcome);
        }
        let Self { id, told, .. } = self;
        self.journal.tell(|| Happening::Ended {
            id: Arc::clone(id),
            at,
            outcome,
            stream: told.take(),
        });
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        if !self.ended {
            self.end(self.start.elapsed(), Outcome::Cancelled);
        }
    }
}

impl HttpBody for Received {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if let Some(Ok(frame)) = &frame
            && let Some(bytes) = frame.data_ref()
        {
            self.journal.hold_received(self.entry.receive(bytes));
        }
        if !matches!(frame, Some(Ok(_))) || self.body.is_end_stream() {
            self.tell();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl HttpBody for Sent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        let at = self.start.elapsed();
        match &frame {
            None => self.end(at, Outcome::Complete),
            Some(Err(_)) => self.end(at, Outcome::Broken),
            Some(Ok(frame)) => {
                if let Some(bytes) = frame.data_ref() {
                    self.piece(at, bytes);
                }
                // Whoever sent all of a sized body does not ask whether there is more.
                if self.body.is_end_stream() {
                    self.end(at, Outcome::Complete);
                }
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
