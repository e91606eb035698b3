//! `--record`: what is written down of the turns that a command plays.

use std::path::Path;

use crate::cassette::{Exchange, Outcome, Recorder, Redactor};
use crate::client::{Backend, Head};
use crate::error::{Error, Result};
use crate::protocol::Request;

/// A recording that may be running; without one, every method does nothing.
#[derive(Debug, Default)]
pub struct Tape {
    recorder: Option<Recorder>,
    exchange: Option<Exchange>,
}

impl Tape {
    /// Records to a file, if one is named.
    ///
    /// # Errors
    /// The file cannot be written, which is known before anything is sent.
    pub fn to(file: Option<&Path>) -> Result<Self> {
        let recorder = file
            .map(|file| Recorder::create(file, Redactor::default()))
            .transpose()?;
        Ok(Self {
            recorder,
            exchange: None,
        })
    }

    /// A request is about to be sent.
    pub fn request(&mut self, backend: &Backend, request: &Request) -> Result<()> {
        let Some(recorder) = &mut self.recorder else {
            return Ok(());
        };
        let headers = [("content-type", "application/json")];
        let exchange = recorder.request(&backend.describe(), headers, &request.to_json())?;
        self.exchange = Some(exchange);
        Ok(())
    }

    /// The head of its response is there.
    pub fn response(&mut self, head: &Head) -> Result<()> {
        let (Some(recorder), Some(exchange)) = (&mut self.recorder, self.exchange) else {
            return Ok(());
        };
        let headers = head.headers.iter();
        let headers =
            headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        recorder.response(exchange, head.status, headers)
    }

    /// A frame of the stream is there.
    pub fn event(&mut self, data: &[u8]) -> Result<()> {
        match (&mut self.recorder, self.exchange) {
            (Some(recorder), Some(exchange)) => recorder.event(exchange, data),
            _ => Ok(()),
        }
    }

    /// The turn is over.
    pub fn end(&mut self, played: &Result<()>) -> Result<()> {
        let (Some(recorder), Some(exchange)) = (&mut self.recorder, self.exchange.take()) else {
            return Ok(());
        };
        let (outcome, reason) = match played {
            // An `error` event is an answer as any other: the stream itself is whole.
            Ok(()) | Err(Error::Event(_)) => (Outcome::Complete, None),
            Err(Error::Interrupted | Error::ClosedPipe) => (Outcome::Cancelled, None),
            Err(error) => (Outcome::Broken, Some(error.to_string())),
        };
        recorder.end(exchange, outcome, reason)
    }

    /// Writes what is recorded so far to another file, which is whole at once.
    ///
    /// # Errors
    /// Nothing is recorded, or the file cannot be written.
    pub fn copy(&mut self, path: &Path) -> Result<()> {
        match &mut self.recorder {
            Some(recorder) => recorder.copy(path),
            None => Err(Error::usage("nothing is recorded")),
        }
    }

    /// Gives the recording its name.
    ///
    /// # Errors
    /// The disk is full, or the name cannot be taken.
    pub fn finish(self) -> Result<()> {
        self.recorder.map_or(Ok(()), Recorder::finish)
    }
}
