//! What is told to the writer of a recording, and who tells it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::http::{HeaderMap, Method};
use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::mpsc::Sender;
use tokio_util::sync::PollSender;

use crate::cassette::Outcome;

/// One thing that happened to an exchange.
#[derive(Debug)]
pub struct Note {
    pub exchange: u64,
    pub at: Instant,
    pub what: What,
}

/// What happened.
#[derive(Debug)]
pub enum What {
    Asked {
        method: Method,
        url: String,
        headers: HeaderMap,
    },
    /// Bytes of the request's body.
    Sent(Bytes),
    Answered {
        status: u16,
        headers: HeaderMap,
    },
    /// Bytes of the response's body.
    Came(Bytes),
    Over(Outcome, Option<String>),
    /// No more is recorded.
    Stop,
}

/// Where notes go; clones count their exchanges together.
#[derive(Clone, Debug)]
pub struct Notes {
    pub sender: Sender<Note>,
    count: Arc<AtomicU64>,
}

/// An exchange that is being recorded. One that is dropped before it is over was left.
#[derive(Debug)]
pub(super) struct Ticket {
    exchange: u64,
    sender: Sender<Note>,
    is_over: bool,
}

impl Notes {
    pub fn new(sender: Sender<Note>) -> Self {
        Self {
            sender,
            count: Arc::default(),
        }
    }

    /// Begins an exchange.
    pub(super) async fn begin(&self, asked: What) -> Ticket {
        let ticket = Ticket {
            exchange: self.count.fetch_add(1, Ordering::Relaxed),
            sender: self.sender.clone(),
            is_over: false,
        };
        ticket.note(asked).await;
        ticket
    }
}

impl Ticket {
    /// Tells something, when there is room for it: a disk that is slower than the backend slows
    /// the backend down, and nothing is lost.
    pub async fn note(&self, what: What) {
        // A writer that is gone has failed, and ends the proxy.
        let _ = self.sender.send(self.stamped(what)).await;
    }

    /// What happened just now.
    pub fn stamped(&self, what: What) -> Note {
        Note {
            exchange: self.exchange,
            at: Instant::now(),
            what,
        }
    }

    /// A sender of one's own, which can be polled.
    pub fn sender(&self) -> PollSender<Note> {
        PollSender::new(self.sender.clone())
    }

    /// The exchange's number.
    pub fn exchange(&self) -> u64 {
        self.exchange
    }

    /// Says how it ended.
    pub fn end(mut self, outcome: Outcome, reason: Option<String>) {
        self.finish(outcome, reason);
    }

    fn finish(&mut self, outcome: Outcome, reason: Option<String>) {
        if std::mem::replace(&mut self.is_over, true) {
            return;
        }
        let note = self.stamped(What::Over(outcome, reason));
        let Err(refused) = self.sender.try_send(note) else {
            return;
        };
        // There is no room at the moment, and whoever drops something cannot wait.
        let note = refused.into_inner();
        let sender = self.sender.clone();
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move { sender.send(note).await });
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.finish(Outcome::Cancelled, Some("the client left".into()));
    }
}
