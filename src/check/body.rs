//! The body of an answer, as it comes in: as frames if it is a stream, as bytes if it is none.

use std::time::Duration;

use bytes::BytesMut;

use super::evidence::Fold;
use super::evidence::{End, Exchange, Frame, Head};
use super::scan::Scanner;
use crate::protocol::{Event, is_event_stream};

/// How much of one answer is held, in bytes: an image of the reference's agent loop comes as a data
/// URL, and three more times while it is made.
const MAX_ANSWER: usize = 32 * 1024 * 1024;

/// The most frames that are kept of one answer: decoded they take more room than their bytes.
const MAX_FRAMES: usize = 50_000;

/// Takes a body in, as a stream or as a document.
pub struct BodyReader {
    scanner: Option<Scanner>,
    /// The frames that came so far.
    pub frames: Vec<Frame>,
    body: BytesMut,
    bytes: usize,
}

impl BodyReader {
    /// A body whose kind its head tells.
    pub fn new(head: Option<&Head>) -> Self {
        let header = |name: &str| {
            let found = head?.headers.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.to_ascii_lowercase())
        };
        let is_stream = header("content-type").is_some_and(|it| is_event_stream(&it));
        let is_packed = header("content-encoding").is_some_and(|it| it != "identity");
        Self {
            scanner: (is_stream && !is_packed).then(Scanner::default),
            frames: Vec::new(),
            body: BytesMut::new(),
            bytes: 0,
        }
    }

    /// Takes the next bytes in, and when they came.
    pub fn feed(&mut self, bytes: &[u8], at: Duration) {
        self.bytes += bytes.len();
        if self.scanner.is_none() && self.body.is_empty() && bytes.starts_with(b"data:") {
            // A stream under a wrong content type is still a stream for all other rules.
            self.scanner = Some(Scanner::default());
        }
        match &mut self.scanner {
            Some(scanner) => self.frames.extend(scanner.feed(bytes, at)),
            None => self.body.extend_from_slice(bytes),
        }
    }

    /// Whether an event has come by which the thread of the turn is known.
    pub fn names_a_thread(&self) -> bool {
        let mut first = self.frames.iter().take(8);
        first.any(|frame| matches!(frame.event, Ok(Event::ThreadCreated(_))))
    }

    /// The end of what has become too much to be held.
    pub fn limit(&self) -> Option<End> {
        let is_full = self.bytes > MAX_ANSWER || self.frames.len() > MAX_FRAMES;
        is_full.then_some(End::TooLarge(MAX_ANSWER))
    }

    /// How a body ended to which nothing more comes.
    pub fn end(&self) -> End {
        match &self.scanner {
            Some(scanner) if scanner.is_run_together() => {
                let reason = "no empty line stands behind any `data:` line, so that no frame ends";
                End::Cut(reason.into())
            }
            Some(scanner) if scanner.is_unfinished() => {
                End::Cut("the last frame is not finished".into())
            }
            _ => End::Complete,
        }
    }

    /// Writes down what came.
    pub fn finish(self, exchange: &mut Exchange) {
        exchange.oddities = self.scanner.map(Scanner::into_oddities).unwrap_or_default();
        exchange.frames = self.frames;
        exchange.body = self.body.freeze();
        exchange.fold = Fold::of(&exchange.frames);
    }
}
