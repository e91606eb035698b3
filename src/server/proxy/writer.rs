//! Writing down what passes, on a thread of its own.

use std::collections::HashMap;
use std::time::Instant;

use axum::http::{HeaderMap, Method};
use bytes::Bytes;
use tokio::sync::mpsc::{self, Receiver};
use tokio::task::JoinHandle;

use super::note::{Note, Notes, What};
use crate::cancel::Cancel;
use crate::cassette::{Exchange, Frames, Outcome, Payload, Recorder, Redactor, Unzip};
use crate::error::{Error, Result};
use crate::protocol::{EventReader, is_event_stream};
use crate::transcript::Transcript;

/// How many notes may wait for the disk.
const WAITING: usize = 1024;

/// The largest body that is kept, in bytes.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// The thread that writes.
#[derive(Debug)]
pub(in crate::server) struct Writing {
    notes: Notes,
    failed: Cancel,
    thread: JoinHandle<Result<()>>,
}

impl Writing {
    /// Writes what is noted, until [`Writing::finish`].
    pub fn start(recorder: Recorder) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        let failed = Cancel::new();
        let thread = tokio::task::spawn_blocking({
            let failed = failed.clone();
            move || {
                let written = Writer::new(recorder).run(receiver);
                if written.is_err() {
                    failed.request();
                }
                written
            }
        });
        Self {
            notes: Notes::new(sender),
            failed,
            thread,
        }
    }

    /// Where notes go.
    pub fn notes(&self) -> Notes {
        self.notes.clone()
    }

    /// Sounds when nothing can be written any more.
    pub fn failed(&self) -> Cancel {
        self.failed.clone()
    }

    /// Writes what was noted, and gives the recording its name.
    ///
    /// # Errors
    /// When the disk is full, or the name cannot be taken.
    pub async fn finish(self) -> Result<()> {
        let stop = Note {
            exchange: 0,
            at: Instant::now(),
            what: What::Stop,
        };
        // A writer that is gone says why below.
        let _ = self.notes.sender.send(stop).await;
        let ended = self.thread.await;
        ended.unwrap_or_else(|error| Err(Error::io("the recording stopped", error.into())))
    }
}

struct Writer {
    recorder: Recorder,
    redactor: Redactor,
    open: HashMap<u64, Open>,
}

/// An exchange that is not over.
struct Open {
    at: Instant,
    method: Method,
    url: String,
    headers: HeaderMap,
    sent: Kept,
    /// Set once the request is written, which is when all of it is known.
    exchange: Option<Exchange>,
    answer: Answer,
    /// Of an answer that comes compressed.
    unzip: Option<Unzip>,
}

enum Answer {
    Nothing,
    Stream(Box<Stream>),
    Document {
        came: Kept,
        encoding: Option<String>,
    },
}

/// A stream of events, and what is wrong with it.
#[derive(Default)]
struct Stream {
    frames: Frames,
    reader: EventReader,
    transcript: Transcript,
    events: u64,
    malformed: Option<String>,
}

/// A body, as far as it is kept.
#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    size: u64,
}

impl Writer {
    fn new(recorder: Recorder) -> Self {
        Self {
            redactor: recorder.redactor().clone(),
            recorder,
            open: HashMap::new(),
        }
    }

    fn run(mut self, mut notes: Receiver<Note>) -> Result<()> {
        while let Some(note) = notes.blocking_recv() {
            if matches!(note.what, What::Stop) {
                break;
            }
            self.take(note)?;
            if notes.is_empty() {
                self.recorder.flush()?;
            }
        }
        let mut left: Vec<_> = self.open.drain().collect();
        left.sort_by_key(|(number, _)| *number);
        let now = Instant::now();
        for (_, open) in left {
            let reason = Some("the proxy was stopped".to_owned());
            self.end(open, now, Outcome::Cancelled, reason)?;
        }
        self.recorder.finish().map(drop)
    }

    fn take(&mut self, note: Note) -> Result<()> {
        let Note { exchange, at, what } = note;
        match what {
            What::Asked {
                method,
                url,
                headers,
            } => {
                let asked = Open {
                    at,
                    method,
                    url,
                    headers,
                    sent: Kept::default(),
                    exchange: None,
                    answer: Answer::Nothing,
                    unzip: None,
                };
                self.open.insert(exchange, asked);
            }
            What::Sent(bytes) => {
                if let Some(open) = self.open.get_mut(&exchange) {
                    open.sent.add(&bytes);
                }
            }
            What::Answered { status, headers } => self.answered(exchange, at, status, &headers)?,
            What::Came(bytes) => self.came(exchange, at, &bytes)?,
            What::Over(outcome, reason) => {
                if let Some(open) = self.open.remove(&exchange) {
                    self.end(open, at, outcome, reason)?;
                }
            }
            What::Stop => {}
        }
        Ok(())
    }

    fn answered(
        &mut self,
        number: u64,
        at: Instant,
        status: u16,
        headers: &HeaderMap,
    ) -> Result<()> {
        let Some(open) = self.open.get_mut(&number) else {
            return Ok(());
        };
        let exchange = ask(&mut self.recorder, open)?;
        self.recorder.happened(at);
        self.recorder.response(exchange, status, texts(headers))?;
        let encoding = text_of(headers, "content-encoding");
        open.unzip = encoding.and_then(Unzip::of);
        open.answer = Answer::of(headers, encoding.filter(|_| open.unzip.is_none()));
        Ok(())
    }

    fn came(&mut self, number: u64, at: Instant, bytes: &Bytes) -> Result<()> {
        let Some(open) = self.open.get_mut(&number) else {
            return Ok(());
        };
        self.recorder.happened(at);
        let (answer, exchange) = (&mut open.answer, open.exchange);
        let mut take = |bytes: &[u8]| match (&mut *answer, exchange) {
            (Answer::Stream(stream), Some(exchange)) => {
                stream.feed(bytes, |data| self.recorder.event(exchange, data))
            }
            (Answer::Document { came, .. }, _) => {
                came.add(bytes);
                Ok(())
            }
            _ => Ok(()),
        };
        match &mut open.unzip {
            Some(unzip) => unzip.feed(bytes, take),
            None => take(bytes),
        }
    }

    fn end(
        &mut self,
        mut open: Open,
        at: Instant,
        outcome: Outcome,
        reason: Option<String>,
    ) -> Result<()> {
        let exchange = ask(&mut self.recorder, &mut open)?;
        self.recorder.happened(at);
        if let Answer::Document { came, .. } = &open.answer
            && came.size > 0
        {
            let body = came.payload(|bytes| self.redactor.bytes(bytes));
            self.recorder.answer(exchange, body)?;
        }
        let wrong = if outcome == Outcome::Complete {
            let packed = open.unzip.as_mut().and_then(Unzip::finish);
            packed.or_else(|| open.answer.wrong())
        } else {
            None
        };
        match wrong {
            Some(wrong) => self.recorder.end(exchange, Outcome::Broken, Some(wrong)),
            None => self.recorder.end(exchange, outcome, reason),
        }
    }
}

/// Writes the request, once.
fn ask(recorder: &mut Recorder, open: &mut Open) -> Result<Exchange> {
    if let Some(exchange) = open.exchange {
        return Ok(exchange);
    }
    recorder.happened(open.at);
    let sent = std::mem::take(&mut open.sent);
    let (method, headers) = (open.method.as_str(), texts(&open.headers));
    let body = |redactor: &Redactor| sent.payload(|bytes| redactor.sent(bytes));
    let exchange = recorder.ask(method, &open.url, headers, body)?;
    Ok(*open.exchange.insert(exchange))
}

fn texts(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
}

/// A header's value, unless it says nothing.
fn text_of<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let value = headers.get(name)?.to_str().ok()?;
    (value != "identity").then_some(value)
}

impl Answer {
    /// The answer of these headers, in an encoding that is not unpacked here.
    fn of(headers: &HeaderMap, encoding: Option<&str>) -> Self {
        let media_type = text_of(headers, "content-type").unwrap_or_default();
        if is_event_stream(media_type) && encoding.is_none() {
            return Self::Stream(Box::default());
        }
        Self::Document {
            came: Kept::default(),
            encoding: encoding.map(str::to_owned),
        }
    }

    /// Why an answer that ended in order is broken all the same.
    fn wrong(&self) -> Option<String> {
        match self {
            Self::Nothing => Some("the backend did not answer".into()),
            Self::Stream(stream) => stream.wrong(),
            Self::Document { encoding, .. } => encoding.as_ref().map(|encoding| {
                format!("the answer is compressed ({encoding}), which nobody asked for")
            }),
        }
    }
}

impl Stream {
    fn feed(&mut self, bytes: &[u8], mut write: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut written = Ok(());
        let Self {
            frames,
            reader,
            transcript,
            events,
            malformed,
        } = self;
        frames.feed(bytes, |data| {
            if written.is_ok() {
                written = write(data);
            }
            *events += 1;
            match reader.decode(data) {
                // What is wrong with the sequence is for `check`; what is left open shows at the end.
                Ok(event) => drop(transcript.apply(&event)),
                Err(error) => {
                    let events = *events;
                    malformed.get_or_insert_with(|| {
                        format!("malformed event (frame {events}): {error}")
                    });
                }
            }
        });
        written
    }

    fn wrong(&self) -> Option<String> {
        if self.frames.is_too_large() {
            return Some(
                "an event is larger than 32 MiB; it and what follows is not recorded".into(),
            );
        }
        if self.frames.is_unfinished() {
            return Some("the last event is not finished".into());
        }
        if self.events == 0 {
            return Some("the stream is empty".into());
        }
        if let Some(malformed) = &self.malformed {
            return Some(malformed.clone());
        }
        let open = self.transcript.left_open();
        let open: Vec<_> = open.iter().map(crate::protocol::ItemId::as_str).collect();
        (!open.is_empty()).then(|| format!("the stream ended with items open: {}", open.join(", ")))
    }
}

impl Kept {
    fn add(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        if self.size <= MAX_BODY as u64 {
            self.bytes.extend_from_slice(bytes);
        } else {
            self.bytes = Vec::new();
        }
    }

    fn payload(&self, clean: impl FnOnce(&[u8]) -> Payload) -> Payload {
        if self.size > MAX_BODY as u64 {
            return Payload::Omitted(self.size);
        }
        clean(&self.bytes)
    }
}
