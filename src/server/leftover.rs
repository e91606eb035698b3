//! What is left of a request's body when the answer is ready before all of it has come.
//!
//! A connection that is closed while the client still sends is reset, and the reset may overtake
//! the answer: the client would see a broken connection instead of the refusal. So the rest is read
//! and thrown away, within bounds.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};

/// How much is thrown away before the connection may be reset after all, in bytes.
const MAX_DRAINED: usize = 32 * 1024 * 1024;

/// How long that may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// The place where a body that was not read to its end is left.
#[derive(Clone, Default)]
pub(super) struct Leftover(Arc<Mutex<Option<Body>>>);

/// A body that is left in its place if it is dropped before its end.
struct Watched {
    body: Option<Body>,
    place: Leftover,
}

impl Leftover {
    /// The same body, watched.
    pub fn watch(&self, body: Body) -> Body {
        Body::new(Watched {
            body: Some(body),
            place: self.clone(),
        })
    }

    /// Reads what was left, if anything was, and throws it away.
    pub async fn drain(self) {
        let left = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut body) = left else { return };
        let drained = async {
            let mut size = 0;
            while let Some(Ok(frame)) = body.frame().await {
                size += frame.data_ref().map_or(0, Bytes::len);
                if size > MAX_DRAINED {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(PATIENCE, drained).await;
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
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
            *self.place.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(body);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_not_read_is_left_and_what_was_is_not() {
        let left = |place: &Leftover| place.0.lock().unwrap().is_some();
        let place = Leftover::default();
        drop(place.watch(Body::from("unread")));
        assert!(left(&place));
        place.clone().drain().await;
        assert!(!left(&place));

        let read = place.watch(Body::from("read")).collect().await.unwrap();
        assert_eq!(read.to_bytes(), "read");
        assert!(!left(&place));
    }
}
