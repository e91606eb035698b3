//! What the listeners of the live feed are told: taken apart and serialised once for all of them,
//! by the first who asks, and never where nobody listens.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;

use super::frames::{Frame, Frames};
use super::view::milliseconds;
use super::{Entry, Outcome, Recorded, RecordedEvent};

/// Something that happens, the moment that it does.
pub(in crate::server) enum Happening {
    /// A request has come, with all of its body.
    Request(Arc<Entry>),
    /// Its answer begins.
    Response(Arc<Entry>),
    /// Bytes of an answer's body were handed to the connection.
    Sent {
        id: Arc<str>,
        at: Duration,
        bytes: Bytes,
        stream: Arc<Pieces>,
    },
    /// An answer is over.
    Ended {
        id: Arc<str>,
        at: Duration,
        outcome: Outcome,
        /// None of an answer of which nothing was told.
        stream: Option<Arc<Pieces>>,
    },
    /// Somebody steered the mock by the endpoint of this name.
    Steered(&'static str),
    /// The mock stops, and nothing more will happen.
    Closing,
}

/// The frames of one answer, whose pieces may cut them anywhere.
///
/// Whoever follows an answer from its beginning takes its pieces in their order, so that the first
/// who comes to a piece has the ones before it behind them, and everybody else finds it taken apart.
#[derive(Default)]
pub(in crate::server) struct Pieces(Mutex<Frames>);

/// A happening, and what became of it.
pub(in crate::server) struct Told {
    pub happening: Happening,
    shown: OnceLock<Box<[Arc<Shown>]>>,
}

/// Something that happened, as it is shown to all who listen.
pub(in crate::server) struct Shown {
    pub happened: Happened,
    frame: OnceLock<Bytes>,
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

impl Told {
    pub fn new(happening: Happening) -> Self {
        Self {
            happening,
            shown: OnceLock::new(),
        }
    }

    /// What it is to those who follow the answer that it belongs to, from the answer's beginning.
    pub fn shown(&self) -> &[Arc<Shown>] {
        self.shown.get_or_init(|| self.happening.show())
    }
}

impl Happening {
    fn show(&self) -> Box<[Arc<Shown>]> {
        let one = |happened| Box::new([Shown::new(happened)]) as Box<[_]>;
        match self {
            Self::Request(entry) => one(Happened::Request(entry.summary().into())),
            Self::Response(entry) => one(Happened::Response(entry.summary().into())),
            Self::Sent {
                id,
                at,
                bytes,
                stream,
            } => {
                let frames = stream.with(|frames| frames.push(bytes));
                let events = frames.into_iter().map(|frame| event(id, *at, frame));
                events.collect()
            }
            Self::Ended {
                id,
                at,
                outcome,
                stream,
            } => {
                let rest = stream.as_ref().and_then(|it| it.with(Frames::rest));
                let rest = rest.map(|frame| event(id, *at, frame));
                let end = Shown::end(id, *at, *outcome);
                rest.into_iter().chain([end]).collect()
            }
            Self::Steered(by) => one(Happened::Steered { by }),
            Self::Closing => Box::default(),
        }
    }
}

impl Pieces {
    fn with<T>(&self, work: impl FnOnce(&mut Frames) -> T) -> T {
        // Frames are whole between any two bytes.
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn event(id: &Arc<str>, at: Duration, frame: Frame) -> Arc<Shown> {
    Shown::new(Happened::Event {
        id: Arc::clone(id),
        event: RecordedEvent::new(at, frame),
    })
}

impl Shown {
    pub fn new(happened: Happened) -> Arc<Self> {
        Arc::new(Self {
            happened,
            frame: OnceLock::new(),
        })
    }

    /// The end of an answer.
    pub fn end(id: &Arc<str>, at: Duration, outcome: Outcome) -> Arc<Self> {
        Self::new(Happened::End {
            id: Arc::clone(id),
            duration_ms: milliseconds(at),
            outcome,
        })
    }

    /// It as a server-sent event, whose bytes all share.
    pub fn frame(&self) -> Bytes {
        let frame = self.frame.get_or_init(|| self.happened.frame());
        frame.clone()
    }
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
