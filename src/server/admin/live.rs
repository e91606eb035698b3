//! The live feed: every request, answer and event as it happens, as server-sent events.
//!
//! A slow reader loses what it cannot take in and is told how much; the mock never waits for it.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use serde::Serialize;
use serde_json::json;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;

use super::super::app::App;
use super::super::journal::{Frame, Frames, Happening, Outcome, RecordedEvent, milliseconds};

/// How often a silent feed says that it is still there.
const BEAT: Duration = Duration::from_secs(15);

/// One listener.
struct Feed {
    happenings: Receiver<Happening>,
    /// The frames of every open stream, which pieces may cut anywhere.
    frames: HashMap<Arc<str>, Frames>,
    ready: VecDeque<Bytes>,
}

#[derive(Serialize)]
struct Event<'a> {
    id: &'a str,
    #[serde(flatten)]
    event: RecordedEvent,
}

#[derive(Serialize)]
struct End<'a> {
    id: &'a str,
    duration_ms: f64,
    outcome: Outcome,
}

/// `GET /__mock/events`.
pub(super) fn feed(app: &App) -> Response {
    let feed = Feed {
        happenings: app.journal.listen(),
        frames: HashMap::new(),
        // The first words make the headers go out, so that a listener knows that it listens.
        ready: VecDeque::from([Bytes::from_static(b": listening\n\n")]),
    };
    let pieces = futures_util::stream::unfold(feed, async |mut feed| {
        let piece = feed.next().await?;
        Some((Ok::<_, std::convert::Infallible>(piece), feed))
    });
    let mut response = Response::new(Body::from_stream(pieces));
    let headers = response.headers_mut();
    let stream = HeaderValue::from_static("text/event-stream");
    headers.insert(header::CONTENT_TYPE, stream);
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

impl Feed {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(piece) = self.ready.pop_front() {
                return Some(piece);
            }
            match timeout(BEAT, self.happenings.recv()).await {
                Err(_) => return Some(Bytes::from_static(b": still here\n\n")),
                Ok(Err(RecvError::Closed) | Ok(Happening::Closing)) => return None,
                Ok(Err(RecvError::Lagged(missed))) => {
                    // What was missed may be the end of any stream.
                    self.frames.clear();
                    self.say("lagged", &json!({"missed": missed}));
                }
                Ok(Ok(happening)) => self.take(happening),
            }
        }
    }

    fn take(&mut self, happening: Happening) {
        match happening {
            Happening::Request(entry) => self.say("request", &entry.summary()),
            Happening::Response(entry) => {
                if entry.streams() {
                    self.frames.insert(Arc::clone(&entry.id), Frames::default());
                }
                self.say("response", &entry.summary());
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
                let end = End {
                    id: &id,
                    duration_ms: milliseconds(at),
                    outcome,
                };
                self.say("end", &end);
            }
            Happening::Steered(what) => self.say("steered", &json!({"by": what})),
            Happening::Closing => {}
        }
    }

    fn event(&mut self, id: &str, at: Duration, frame: Frame) {
        let event = RecordedEvent::new(at, frame);
        self.say("event", &Event { id, event });
    }

    fn say(&mut self, kind: &str, what: &impl Serialize) {
        let json = serde_json::to_string(what).expect("a shape with string keys serialises");
        let frame = format!("event: {kind}\ndata: {json}\n\n");
        self.ready.push_back(frame.into());
    }
}
