//! What is left of a request's body when the answer is ready before all of it has come.
//!
//! The rest is read and thrown away, within bounds, so that the connection can go on. Where it
//! cannot, because there is too much or because the client waits for leave to send it, nothing is
//! read and the answer says that the connection ends.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::HeaderMap;
use axum::http::header::EXPECT;
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};

/// How much is thrown away before the connection ends after all, in bytes.
const MAX_DRAINED: u64 = 32 * 1024 * 1024;

/// How long that may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// The place where a body that was not read to its end is left.
#[derive(Clone, Default)]
pub(super) struct Leftover(Arc<Mutex<Option<Left>>>);

/// What is left of a body.
struct Left {
    body: Body,
    is_begun: bool,
}

/// A body that is left in its place if it is dropped before its end.
struct Watched {
    body: Option<Body>,
    is_begun: bool,
    place: Leftover,
}

/// What a client that asks for leave before it sends a body is told by reading any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leave {
    /// It asked, and would be told to send.
    Awaited,
    /// It did not ask, and sends.
    Taken,
}

/// Whether a connection can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a connection whose request was not read to its end has to be closed"]
pub(super) enum Rest {
    /// It can: nothing is left.
    Gone,
    /// It cannot: the client has, or may have, more to send.
    Unread,
}

impl Leave {
    /// What the headers of a request say.
    pub fn of(headers: &HeaderMap) -> Self {
        if headers.contains_key(EXPECT) {
            Self::Awaited
        } else {
            Self::Taken
        }
    }
}

impl Leftover {
    /// A body that nobody will read.
    pub fn whole(body: Body) -> Self {
        let is_begun = false;
        Self(Arc::new(Mutex::new(Some(Left { body, is_begun }))))
    }

    /// The same body, watched.
    pub fn watch(&self, body: Body) -> Body {
        Body::new(Watched {
            body: Some(body),
            is_begun: false,
            place: self.clone(),
        })
    }

    /// Reads what was left, if anything was, and throws it away.
    pub async fn drain(self, leave: Leave) -> Rest {
        let left = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Left { mut body, is_begun }) = left else {
            return Rest::Gone;
        };
        let is_awaited = leave == Leave::Awaited && !is_begun;
        if is_awaited || body.size_hint().lower() > MAX_DRAINED {
            return Rest::Unread;
        }
        let drained = async {
            let mut size = 0;
            while let Some(Ok(frame)) = body.frame().await {
                size += frame.data_ref().map_or(0, Bytes::len) as u64;
                if size > MAX_DRAINED {
                    return Rest::Unread;
                }
            }
            Rest::Gone
        };
        let drained = tokio::time::timeout(PATIENCE, drained).await;
        drained.unwrap_or(Rest::Unread)
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.is_begun = true;
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let frame = Pin::new(body).poll_frame(context);
        if matches!(frame, Poll::Ready(None | Some(Err(_)))) {
            self.body = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(body) = self.body.take().filter(|body| !body.is_end_stream()) {
            let is_begun = self.is_begun;
            let left = Left { body, is_begun };
            *self.place.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_left(place: &Leftover) -> bool {
        place.0.lock().unwrap().is_some()
    }

    #[tokio::test]
    async fn what_was_not_read_is_left_and_what_was_is_not() {
        let place = Leftover::default();
        drop(place.watch(Body::from("unread")));
        assert!(is_left(&place));
        assert_eq!(place.clone().drain(Leave::Taken).await, Rest::Gone);
        assert!(!is_left(&place));

        let read = place.watch(Body::from("read")).collect().await.unwrap();
        assert_eq!(read.to_bytes(), "read");
        assert!(!is_left(&place));
    }

    #[tokio::test]
    async fn nobody_is_given_leave_to_send_what_is_thrown_away() {
        let place = Leftover::default();
        drop(place.watch(Body::from("unread")));
        assert_eq!(place.drain(Leave::Awaited).await, Rest::Unread);

        let place = Leftover::default();
        let parts = ["be", "gun"].map(Ok::<_, std::io::Error>);
        let body = Body::from_stream(futures_util::stream::iter(parts));
        let mut body = place.watch(body);
        body.frame().await.unwrap().unwrap();
        drop(body);
        assert_eq!(place.drain(Leave::Awaited).await, Rest::Gone);
    }

    #[tokio::test]
    async fn what_is_too_much_is_not_begun() {
        let place = Leftover::default();
        let size = usize::try_from(MAX_DRAINED).unwrap() + 1;
        drop(place.watch(Body::from(vec![0; size])));
        assert_eq!(place.drain(Leave::Taken).await, Rest::Unread);
    }
}
