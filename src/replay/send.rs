//! One request to a live backend, and all that comes back, word for word.

use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::json;

use super::form;
use super::row::{End, Take};
use crate::cancel::Cancel;
use crate::cassette::{Exchange, Frames, Outcome, Recorder, Redactor};
use crate::client::{Backend, Head, Patience, RawAnswer, RawEnd, RawRequest, Upload};
use crate::error::{Error, Result};
use crate::plural::plural;
use crate::protocol::{Attachment, Operation, is_event_stream};

/// The headers that are written down of a request, and of an answer that the client read.
const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

/// The largest answer that is read, in bytes; what is longer has no end that anybody waits for.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// A live backend, and where its answers are written down.
pub struct Line<'a> {
    /// The backend.
    pub backend: &'a Backend,
    /// How long one answer may take.
    pub limit: Duration,
    /// The new recording.
    pub tape: Option<&'a mut Recorder>,
    /// The wish to stop.
    pub cancel: &'a Cancel,
    /// How long it may still be waited for a backend that is asked too much.
    pub patience: Patience,
}

impl Line<'_> {
    /// Sends a request and reads its answer to the end.
    ///
    /// # Errors
    /// The backend was not reached, did not begin to answer in time, or Ctrl-C.
    pub async fn exchange(&mut self, operation: Operation, body: &[u8]) -> Result<Take> {
        let url = self.backend.describe();
        let exchange = match &mut self.tape {
            Some(tape) => Some(tape.request(&url, JSON, body)?),
            None => None,
        };
        let body = Bytes::copy_from_slice(body);
        loop {
            let begun = Instant::now();
            let answer = self.ask(body.clone()).await?;
            // Nothing was done, so that nothing can be compared: it is asked again later.
            let retry_after = answer.head.header("retry-after");
            if let Some(wait) = self.patience.wait(answer.head.status, retry_after) {
                drop(answer);
                self.pause(wait).await?;
                continue;
            }
            let take = self.read(answer, operation, exchange, begun).await?;
            self.over(&take, exchange)?;
            return Ok(take);
        }
    }

    async fn ask(&self, body: Bytes) -> Result<RawAnswer> {
        let request = RawRequest::json(body);
        let answer = tokio::time::timeout(self.limit, self.backend.raw(request, self.cancel)).await;
        answer.unwrap_or_else(|_| {
            Err(Error::TimedOut {
                url: self.backend.describe(),
                seconds: self.limit.as_secs_f64(),
            })
        })
    }

    async fn pause(&self, wait: Duration) -> Result<()> {
        tokio::select! {
            biased;
            () = self.cancel.requested() => Err(Error::Interrupted),
            () = tokio::time::sleep(wait) => Ok(()),
        }
    }

    /// Writes down a file that the backend took, so that the new recording has its bytes, too.
    ///
    /// Of an upload the client tells no more than that it was taken, so that of the heads of its
    /// answers only that is written.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn uploaded(&mut self, attachment: &Attachment, file: &Upload, bytes: &[u8]) -> Result<()> {
        let Some(tape) = &mut self.tape else {
            return Ok(());
        };
        let way = self.backend.carriage(attachment);
        let answer = json!(attachment).to_string();
        if way.is_announced {
            let params = json!({"name": file.name, "size": file.size, "mime_type": file.mime_type});
            let asked = json!({"type": Operation::CreateAttachment.name(), "params": params});
            let url = self.backend.describe();
            let exchange = tape.request(&url, JSON, asked.to_string().as_bytes())?;
            tape.response(exchange, 200, JSON)?;
            tape.document(exchange, answer.as_bytes())?;
            tape.end(exchange, Outcome::Complete, None)?;
        }
        let (media_type, body) = if way.is_form {
            form::holding(&file.name, &file.mime_type, bytes)
        } else {
            (file.mime_type.clone(), bytes.to_vec())
        };
        let headers = [("content-type", media_type.as_str())];
        let body = |redactor: &Redactor| redactor.bytes(&body);
        let exchange = tape.ask(way.method.as_str(), &way.url, headers, body)?;
        if way.is_announced {
            tape.response(exchange, 200, [])?;
        } else {
            tape.response(exchange, 200, JSON)?;
            tape.document(exchange, answer.as_bytes())?;
        }
        tape.end(exchange, Outcome::Complete, None)
    }

    async fn read(
        &mut self,
        mut answer: RawAnswer,
        operation: Operation,
        exchange: Option<Exchange>,
        begun: Instant,
    ) -> Result<Take> {
        self.answered(&answer.head, exchange)?;
        let mut body = Body::new(&answer.head, operation);
        let end = loop {
            let left = self.limit.saturating_sub(begun.elapsed());
            if left.is_zero() {
                break End::Broken(format!(
                    "it had not ended after {} s",
                    self.limit.as_secs_f64()
                ));
            }
            match answer.next(left, self.cancel).await {
                Ok(bytes) => {
                    let came = body.feed(&bytes);
                    self.came(&came, exchange)?;
                }
                Err(RawEnd::Complete) => break body.end(),
                Err(RawEnd::Cut(reason)) => break End::Broken(body.cut(&reason)),
                Err(RawEnd::Stopped(Error::Interrupted)) => return Err(Error::Interrupted),
                // It was our limit that ended the wait, and not the silence.
                Err(RawEnd::Stopped(_)) if begun.elapsed() >= self.limit => {}
                Err(RawEnd::Stopped(error)) => break End::Broken(error.to_string()),
            }
            if body.is_too_large() {
                break End::Broken("it is larger than 64 MiB".to_owned());
            }
        };
        Ok(body.take(answer.head.status, end))
    }

    fn answered(&mut self, head: &Head, exchange: Option<Exchange>) -> Result<()> {
        let (Some(tape), Some(exchange)) = (&mut self.tape, exchange) else {
            return Ok(());
        };
        let headers = head.headers.iter();
        let headers =
            headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        tape.response(exchange, head.status, headers)
    }

    fn came(&mut self, events: &[Bytes], exchange: Option<Exchange>) -> Result<()> {
        let (Some(tape), Some(exchange)) = (&mut self.tape, exchange) else {
            return Ok(());
        };
        events
            .iter()
            .try_for_each(|data| tape.event(exchange, data))
    }

    fn over(&mut self, answer: &Take, exchange: Option<Exchange>) -> Result<()> {
        let (Some(tape), Some(exchange)) = (&mut self.tape, exchange) else {
            return Ok(());
        };
        if let Some(document) = &answer.document {
            tape.document(exchange, document)?;
        }
        match &answer.end {
            End::Broken(reason) => tape.end(exchange, Outcome::Broken, Some(reason.clone())),
            End::Complete | End::Left => tape.end(exchange, Outcome::Complete, None),
        }
    }
}

/// The body of an answer as it comes.
struct Body {
    frames: Option<Frames>,
    events: Vec<Bytes>,
    document: Vec<u8>,
    size: usize,
    /// What is wrong with the answer, however it ends.
    wrong: Option<String>,
}

impl Body {
    fn new(head: &Head, operation: Operation) -> Self {
        let media_type = head.headers.get("content-type");
        let media_type = media_type.and_then(|value| value.to_str().ok());
        let is_stream = media_type.is_some_and(is_event_stream);
        let is_good = (200..300).contains(&head.status);
        let wrong = (is_good && is_stream != operation.streams()).then(|| {
            let found = media_type.unwrap_or("no content type");
            let expected = if operation.streams() {
                "text/event-stream"
            } else {
                "application/json"
            };
            format!("expected {expected}, got {found}")
        });
        Self {
            frames: is_stream.then(Frames::default),
            events: Vec::new(),
            document: Vec::new(),
            size: 0,
            wrong,
        }
    }

    /// Takes bytes, and gives the events that they complete.
    fn feed(&mut self, bytes: &[u8]) -> Vec<Bytes> {
        self.size += bytes.len();
        let Some(frames) = &mut self.frames else {
            self.document.extend_from_slice(bytes);
            return Vec::new();
        };
        let mut came = Vec::new();
        frames.feed(bytes, |data| came.push(Bytes::copy_from_slice(data)));
        self.events.extend(came.iter().cloned());
        came
    }

    fn is_too_large(&self) -> bool {
        self.size > MAX_ANSWER || self.frames.as_ref().is_some_and(Frames::is_too_large)
    }

    /// Judges an end in order.
    fn end(&mut self) -> End {
        if let Some(wrong) = self.wrong.take() {
            return End::Broken(wrong);
        }
        match &self.frames {
            Some(frames) if frames.is_unfinished() => {
                End::Broken(self.cut("the last event is not finished"))
            }
            Some(_) if self.events.is_empty() => End::Broken("the stream is empty".to_owned()),
            _ => End::Complete,
        }
    }

    fn cut(&self, reason: &str) -> String {
        if self.frames.is_none() {
            return format!("the answer was cut short: {reason}");
        }
        format!(
            "the stream was cut short after {}: {reason}",
            plural(self.events.len(), "event")
        )
    }

    fn take(self, status: u16, end: End) -> Take {
        let document = self.frames.is_none().then(|| Bytes::from(self.document));
        Take {
            status: Some(status),
            events: self.events,
            document,
            end,
        }
    }
}
