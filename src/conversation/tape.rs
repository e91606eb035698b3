//! `--record`: what is written down of the turns that a command plays.

use std::path::Path;

use crate::cassette::{Exchange, Kept, Outcome, Recorder, Redactor};
use crate::client::{Backend, Head};
use crate::error::{Error, Result};
use crate::protocol::Request;
use crate::ui::Ui;

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

    /// The response is no stream, and this is the beginning of its body.
    pub fn refusal(&mut self, head: &Head, body: &[u8]) -> Result<()> {
        self.response(head)?;
        let (Some(recorder), Some(exchange)) = (&mut self.recorder, self.exchange) else {
            return Ok(());
        };
        recorder.document(exchange, body)?;
        // The exchange is whole, whatever comes of it.
        self.exchange = None;
        recorder.end(exchange, Outcome::Complete, None)
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

    /// Gives the recording its name; one in which nothing was answered does not take the place of
    /// another, which is said.
    ///
    /// # Errors
    /// The disk is full, or the name cannot be taken.
    pub fn finish(self, ui: &mut Ui) -> Result<()> {
        let Some(recorder) = self.recorder else {
            return Ok(());
        };
        let path = recorder.path().to_owned();
        if recorder.finish()? == Kept::Earlier {
            let path = path.display();
            ui.warn(&format!(
                "nothing was answered, so that {path} stays what it was"
            ));
        }
        Ok(())
    }
}
