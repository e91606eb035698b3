//! The bytes of an answer: bounded in size, and in how long they may fail to come.

use std::fmt;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use reqwest::header::HeaderMap;

use super::words;
use crate::cancel::Cancel;
use crate::error::{Breach, Error, Result};
use crate::protocol::{DecodeError, essence};

/// The largest document that is held, in bytes.
pub(super) const MAX_DOCUMENT: usize = 64 * 1024 * 1024;

/// The head of an answer, and when it came.
#[derive(Clone)]
pub struct Head {
    /// The HTTP status.
    pub status: u16,
    /// The answer's headers.
    pub headers: HeaderMap,
    /// When the request was about to be sent.
    pub sent: Instant,
    /// When the head had come.
    pub answered: Instant,
}

/// A document with the bytes that it was read from.
#[derive(Clone)]
pub struct Document<T> {
    /// The document as it was received.
    pub raw: Bytes,
    /// What it says.
    pub value: T,
    /// The head of the answer that brought it.
    pub head: Head,
}

/// An answer whose body is still to come.
pub(super) struct Answered {
    pub head: Head,
    pub body: Body,
}

pub(super) struct Body {
    pub response: reqwest::Response,
    /// The address for people.
    pub address: String,
    pub timeout: Duration,
}

/// Why no more of a body comes.
pub(super) enum Stop {
    /// For a reason of ours, or because of silence.
    Ours(Error),
    /// The connection broke; the reason in plain words.
    Cut(String),
}

impl Body {
    /// The next bytes; `None` at an orderly end.
    pub(super) async fn chunk(&mut self, cancel: &Cancel) -> Result<Option<Bytes>, Stop> {
        let timeout = self.timeout;
        let chunk = tokio::select! {
            biased;
            () = cancel.requested() => return Err(Stop::Ours(Error::Interrupted)),
            chunk = self.next() => Some(chunk),
            () = tokio::time::sleep(timeout) => None,
        };
        chunk.unwrap_or_else(|| Err(Stop::Ours(self.timed_out())))
    }

    /// The next bytes, however long they take.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Stop> {
        let chunk = self.response.chunk().await;
        chunk.map_err(|error| Stop::Cut(words::reason(&error)))
    }

    /// All of the body.
    ///
    /// # Errors
    /// It is larger than `limit`, the connection broke, or whatever [`Body::chunk`] may say.
    pub(super) async fn read(&mut self, limit: usize, cancel: &Cancel) -> Result<Bytes> {
        let mut first = Bytes::new();
        let mut rest = BytesMut::new();
        while let Some(chunk) = self.chunk(cancel).await.map_err(Self::broken)? {
            if first.len() + rest.len() + chunk.len() > limit {
                return Err(Breach::TooLarge {
                    what: "the answer",
                    limit,
                }
                .into());
            }
            if first.is_empty() {
                first = chunk;
            } else {
                rest.extend_from_slice(&chunk);
            }
        }
        // A document that came in one chunk, as nearly all do, is not copied.
        if rest.is_empty() {
            return Ok(first);
        }
        let mut whole = BytesMut::with_capacity(first.len() + rest.len());
        whole.extend_from_slice(&first);
        whole.extend_from_slice(&rest);
        Ok(whole.freeze())
    }

    /// What can be had of the beginning of a body that nobody depends on, at most `limit` bytes.
    pub(super) async fn beginning(&mut self, limit: usize, cancel: &Cancel) -> Result<Bytes> {
        let mut bytes = BytesMut::new();
        while bytes.len() < limit {
            match self.chunk(cancel).await {
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Err(Stop::Ours(Error::Interrupted)) => return Err(Error::Interrupted),
                Ok(None) | Err(_) => break,
            }
        }
        bytes.truncate(limit);
        Ok(bytes.freeze())
    }

    fn broken(stop: Stop) -> Error {
        match stop {
            Stop::Ours(error) => error,
            Stop::Cut(reason) => Breach::Cut { reason }.into(),
        }
    }

    pub(super) fn timed_out(&self) -> Error {
        Error::TimedOut {
            url: self.address.clone(),
            seconds: self.timeout.as_secs_f64(),
        }
    }
}

impl Head {
    /// A header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Every value of a header that is text.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = self.headers.get_all(name).iter();
        values.filter_map(|value| value.to_str().ok())
    }

    /// The `x-request-id` header, which maintainers ask for.
    pub fn request_id(&self) -> Option<&str> {
        self.header("x-request-id")
    }

    /// Whether the status is a success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The content type without its parameters, in lower case.
    pub fn media_type(&self) -> Option<String> {
        self.header("content-type").map(essence)
    }

    /// How the body is encoded, if it is: no request asks for it.
    pub fn encoding(&self) -> Option<&str> {
        self.header("content-encoding")
            .filter(|encoding| !encoding.eq_ignore_ascii_case("identity"))
    }

    /// Why the body is not the document that was wanted: an encoding explains more than whatever
    /// its bytes fail to decode at.
    pub(super) fn unread(&self, operation: &str, error: DecodeError) -> Breach {
        match self.encoding() {
            Some(encoding) => Breach::Encoded {
                encoding: encoding.to_owned(),
            },
            None => Breach::Document {
                operation: operation.to_owned(),
                error,
            },
        }
    }
}

impl fmt::Debug for Head {
    // The headers are left out, because cookies are among them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Head")
            .field("status", &self.status)
            .field("request_id", &self.request_id())
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Document<T> {
    // What it says is left out, because a session's secret may be in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("bytes", &self.raw.len())
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}
