//! The live feed: every request, answer and event as it happens, as server-sent events or as values.
//!
//! A slow reader loses what it cannot take in and is told how much; the mock never waits for it.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{once, unfold};
use serde::Serialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;

use super::super::app::App;
use super::super::journal::{
    Frame, Frames, Happening, Journal, Outcome, Recorded, RecordedEvent, milliseconds,
};

/// How often a silent feed says that it is still there.
const BEAT: Duration = Duration::from_secs(15);

/// Everything that happens at a mock, from the moment on that somebody listens.
///
/// Whoever reads too slowly loses what came first, and is told how much; the mock never waits.
#[must_use = "a feed is read with `next`"]
pub struct Feed {
    happenings: Receiver<Happening>,
    /// The frames of every open stream, which pieces may cut anywhere.
    frames: HashMap<Arc<str>, Frames>,
    ready: VecDeque<Happened>,
}

/// Something that happened at a mock.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Happened {
    /// A request has come, with all of its body.
    Request(Box<Recorded>),
    /// Its answer begins.
    Response(Box<Recorded>),
    /// A stream carried something.
    Event {
        /// The request's id.
        id: Arc<str>,
        /// What it carried, and when.
        #[serde(flatten)]
        event: RecordedEvent,
    },
    /// An answer is over.
    End {
        /// The request's id.
        id: Arc<str>,
        /// Milliseconds from the request's beginning.
        duration_ms: f64,
        /// How it ended.
        outcome: Outcome,
    },
    /// Somebody steered the mock.
    Steered {
        /// The endpoint below `/__mock`, without a slash.
        by: &'static str,
    },
    /// The reader was too slow.
    Lagged {
        /// How much it has missed.
        missed: u64,
    },
}

impl Happened {
    /// The word for it, as the feed at `/__mock/events` names its events.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Request(_) => "request",
            Self::Response(_) => "response",
            Self::Event { .. } => "event",
            Self::End { .. } => "end",
            Self::Steered { .. } => "steered",
            Self::Lagged { .. } => "lagged",
        }
    }

    fn frame(&self) -> Bytes {
        let json = serde_json::to_string(self).expect("a shape with string keys serialises");
        format!("event: {}\ndata: {json}\n\n", self.name()).into()
    }
}

/// `GET /__mock/events`.
pub(super) fn feed(app: &App) -> Response {
    // The first words make the headers go out, so that a listener knows that it listens.
    let first = once(ready(Bytes::from_static(b": listening\n\n")));
    let pieces = unfold(Feed::of(&app.journal), async |mut feed| {
        let piece = match timeout(BEAT, feed.next()).await {
            Ok(happened) => happened?.frame(),
            Err(_) => Bytes::from_static(b": still here\n\n"),
        };
        Some((piece, feed))
    });
    let pieces = first.chain(pieces).map(Ok::<_, Infallible>);
    let mut response = Response::new(Body::from_stream(pieces));
    let headers = response.headers_mut();
    let stream = HeaderValue::from_static("text/event-stream");
    headers.insert(header::CONTENT_TYPE, stream);
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

impl Feed {
    pub(in crate::server) fn of(journal: &Journal) -> Self {
        Self {
            happenings: journal.listen(),
            frames: HashMap::new(),
            ready: VecDeque::new(),
        }
    }

    /// Waits for what happens next; nothing does once the mock stops.
    pub async fn next(&mut self) -> Option<Happened> {
        loop {
            if let Some(happened) = self.ready.pop_front() {
                return Some(happened);
            }
            match self.happenings.recv().await {
                Err(RecvError::Closed) | Ok(Happening::Closing) => return None,
                Err(RecvError::Lagged(missed)) => {
                    // What was missed may be the end of any stream.
                    self.frames.clear();
                    return Some(Happened::Lagged { missed });
                }
                Ok(happening) => self.take(happening),
            }
        }
    }

    fn take(&mut self, happening: Happening) {
        match happening {
            Happening::Request(entry) => self.say(Happened::Request(entry.summary().into())),
            Happening::Response(entry) => {
                if entry.streams() {
                    self.frames.insert(Arc::clone(&entry.id), Frames::default());
                }
                self.say(Happened::Response(entry.summary().into()));
            }
            Happening::Sent { id, at, bytes } => {
                // What began before anybody listened, or is no stream, is in the journal.
                let Some(frames) = self.frames.get_mut(&id) else {
                    return;
                };
                let whole = frames.push(&bytes);
                for frame in whole {
                    self.event(&id, at, frame);
                }
            }
            Happening::Ended { id, at, outcome } => {
                let rest = self.frames.remove(&id);
                if let Some(frame) = rest.and_then(|mut frames| frames.rest()) {
                    self.event(&id, at, frame);
                }
                self.say(Happened::End {
                    id,
                    duration_ms: milliseconds(at),
                    outcome,
                });
            }
            Happening::Steered(by) => self.say(Happened::Steered { by }),
            Happening::Closing => {}
        }
    }

    fn event(&mut self, id: &Arc<str>, at: Duration, frame: Frame) {
        self.say(Happened::Event {
            id: Arc::clone(id),
            event: RecordedEvent::new(at, frame),
        });
    }

    fn say(&mut self, happened: Happened) {
        self.ready.push_back(happened);
    }
}
