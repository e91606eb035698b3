//! Bodies of requests that are given up when no more of them comes.
//!
//! `tower_http`'s `TimeoutBody` does this, too, but does not pass on how much a body says that it
//! is, by which one that is too large is refused before it is sent.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::time::Sleep;

/// How long a client may send nothing in the middle of a body; hyper gives a request's head as long.
const PATIENCE: Duration = Duration::from_secs(30);

/// Such a body.
pub(super) struct Hurried<B> {
    body: B,
    patience: Duration,
    /// The end of the patience, while the next bytes are waited for.
    limit: Option<Pin<Box<Sleep>>>,
}

/// No more of a body came.
#[derive(Debug)]
struct Stalled;

impl fmt::Display for Stalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no more of the body came")
    }
}

impl Error for Stalled {}

/// Whether this came of a body that stood still.
pub(super) fn is_stalled(error: &(dyn Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |error| Error::source(*error));
    causes.any(<dyn Error>::is::<Stalled>)
}

impl<B> Hurried<B> {
    pub fn new(body: B) -> Self {
        Self {
            body,
            patience: PATIENCE,
            limit: None,
        }
    }
}

impl<B> HttpBody for Hurried<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: Into<axum::BoxError>,
{
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            this.limit = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let patience = this.patience;
        let limit = this
            .limit
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        ready!(limit.as_mut().poll(context));
        Poll::Ready(Some(Err(Box::new(Stalled))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use futures_util::StreamExt;
    use futures_util::stream::{iter, pending};
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn what_comes_is_passed_on_until_nothing_does() {
        let first = iter([Ok::<_, std::io::Error>("be"), Ok("gun")]);
        let body = Hurried {
            patience: Duration::from_millis(1),
            ..Hurried::new(Body::from_stream(first.chain(pending())))
        };
        let mut body = Body::new(body);
        let mut came = String::new();
        let error = loop {
            match body.frame().await.unwrap() {
                Ok(frame) => came += std::str::from_utf8(frame.data_ref().unwrap()).unwrap(),
                Err(error) => break error,
            }
        };
        assert_eq!(came, "begun");
        assert!(is_stalled(&error));
    }

    #[test]
    fn a_body_says_how_large_it_is() {
        let body = Hurried::new(Body::from("whole"));
        assert_eq!(body.size_hint().exact(), Some(5));
        assert!(Hurried::new(Body::empty()).is_end_stream());
    }
}
