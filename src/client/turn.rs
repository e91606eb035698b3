//! The events of one turn as they come. Items left open at its end are `transcript`'s to notice.

use std::fmt;
use std::time::Instant;

use bytes::Bytes;

use super::body::{Answered, Head, Stop};
use super::pump::{Arrival, Pump};
use super::sse::{Decoder, MAX_EVENT};
use crate::cancel::Cancel;
use crate::error::{Breach, Error, Result};
use crate::protocol::Event;

/// The media type that a turn is streamed in.
pub(super) const EVENT_STREAM: &str = "text/event-stream";

/// The events of one turn, in the order in which the server sent them.
///
/// Dropping a `Turn` closes the connection, which is how a client tells the server to stop.
#[must_use = "a turn makes no progress until `next` is called"]
pub struct Turn {
    head: Head,
    pump: Pump,
    decoder: Decoder,
    frames: u64,
    bytes: u64,
    arrived: Instant,
    is_over: bool,
}

/// One frame of the stream, whatever it says.
///
/// `raw` is a slice of what the connection delivered at once, not a copy: keeping it keeps up to
/// some hundred kilobytes of its neighbours.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Its data as received: the JSON, without `data:` and line ends.
    pub raw: Bytes,
    /// Which frame of the stream it is, from 1.
    pub number: u64,
    /// When its last byte had arrived.
    pub at: Instant,
}

/// One event of the stream.
#[derive(Clone, Debug)]
pub struct Received {
    /// The frame's data as received, unknown fields and all.
    pub raw: Bytes,
    /// What it says.
    pub event: Event,
    /// Which frame of the stream it is, from 1.
    pub number: u64,
    /// When its last byte had arrived.
    pub at: Instant,
}

impl Turn {
    /// # Errors
    /// What this is the head of is no event stream.
    pub(super) fn check(head: &Head) -> Result<()> {
        if head.media_type().as_deref() != Some(EVENT_STREAM) {
            return Err(Breach::ContentType {
                expected: EVENT_STREAM,
                found: head.header("content-type").map(ToOwned::to_owned),
            }
            .into());
        }
        if let Some(encoding) = head.encoding() {
            return Err(Breach::Encoded {
                encoding: encoding.to_owned(),
            }
            .into());
        }
        Ok(())
    }

    /// # Errors
    /// The answer is no event stream.
    pub(super) fn new(answered: Answered) -> Result<Self> {
        Self::check(&answered.head)?;
        Ok(Self {
            arrived: answered.head.answered,
            head: answered.head,
            pump: Pump::start(answered.body),
            decoder: Decoder::new(MAX_EVENT),
            frames: 0,
            bytes: 0,
            is_over: false,
        })
    }

    /// The next event; `None` at an orderly end of a stream that had at least one.
    ///
    /// # Errors
    /// A frame is no event (the stream may be read on after it), the stream is empty, cut short or
    /// silent for too long, one event is too large, or `cancel` was requested.
    pub async fn next(&mut self, cancel: &Cancel) -> Result<Option<Received>> {
        let Some(frame) = self.next_frame(cancel).await? else {
            return Ok(None);
        };
        match Event::decode(&frame.raw) {
            Ok(event) => Ok(Some(Received {
                raw: frame.raw,
                event,
                number: frame.number,
                at: frame.at,
            })),
            Err(error) => Err(Breach::Event {
                frame: frame.number,
                error,
            }
            .into()),
        }
    }

    /// The next frame, not decoded: for what hands frames on as they are.
    ///
    /// # Errors
    /// As [`Turn::next`], but for frames that are no event.
    pub async fn next_frame(&mut self, cancel: &Cancel) -> Result<Option<Frame>> {
        while !self.is_over {
            if let Some(frame) = self.ready_frame(cancel)? {
                return Ok(Some(frame));
            }
            self.wait(cancel).await?;
        }
        Ok(None)
    }

    /// The next frame if it has come already, not decoded: for whoever has something better to do
    /// than to wait, such as writing out what came before.
    ///
    /// # Errors
    /// One event is too large, or `cancel` was requested.
    pub fn ready_frame(&mut self, cancel: &Cancel) -> Result<Option<Frame>> {
        // Looked at before every frame, so that a server that never pauses can be left.
        if cancel.is_requested() {
            self.is_over = true;
            return Err(Error::Interrupted);
        }
        while !self.is_over {
            if let Some(raw) = self.decoded()? {
                self.frames += 1;
                return Ok(Some(Frame {
                    raw,
                    number: self.frames,
                    at: self.arrived,
                }));
            }
            match self.pump.ready() {
                Some(arrival) => self.feed(arrival),
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    /// How many frames have come.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// The head of the answer.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The `x-request-id` of the answer.
    pub fn request_id(&self) -> Option<&str> {
        self.head.request_id()
    }

    /// How many bytes of the body have come.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    fn decoded(&mut self) -> Result<Option<Bytes>> {
        self.decoder.next().map_err(|_| {
            self.is_over = true;
            Breach::TooLarge {
                what: "an event of the stream",
                limit: MAX_EVENT,
            }
            .into()
        })
    }

    fn feed(&mut self, arrival: Arrival) {
        self.arrived = arrival.at;
        self.bytes += arrival.bytes.len() as u64;
        self.decoder.feed(arrival.bytes);
    }

    async fn wait(&mut self, cancel: &Cancel) -> Result<()> {
        match self.pump.next(cancel).await {
            Ok(Some(arrival)) => {
                self.feed(arrival);
                Ok(())
            }
            Ok(None) => {
                self.is_over = true;
                self.ended()
            }
            Err(stop) => {
                self.is_over = true;
                Err(self.stopped(stop))
            }
        }
    }

    /// Judges an orderly end of the body.
    fn ended(&self) -> Result<()> {
        if self.decoder.is_unfinished() {
            let reason = "the last event is not finished, for no empty line ends it";
            return Err(self.cut_short(reason.to_owned()));
        }
        match (self.frames, self.bytes) {
            (0, 0) => Err(Breach::EmptyStream.into()),
            (0, bytes) => Err(Breach::NoEvent(bytes).into()),
            _ => Ok(()),
        }
    }

    fn stopped(&self, stop: Stop) -> Error {
        match stop {
            Stop::Ours(error) => error,
            // The reference server breaks off before the first byte when it fails early.
            Stop::Cut(_) if self.bytes == 0 => Breach::EmptyStream.into(),
            Stop::Cut(reason) => self.cut_short(reason),
        }
    }

    fn cut_short(&self, reason: String) -> Error {
        Breach::CutShort {
            events: self.frames,
            reason,
        }
        .into()
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn")
            .field("head", &self.head)
            .field("frames", &self.frames)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
