//! A body that breaks off only when what came before is on its way.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// How long the head and what was passed on have to be written: hyper throws away what is not, once
/// the body fails.
const FLUSH: Duration = Duration::from_millis(10);

/// A response's body. One that goes well passes as if this were not there.
pub(super) struct Breaking<B: HttpBody> {
    body: B,
    failed: Option<(Pin<Box<Sleep>>, B::Error)>,
}

impl<B: HttpBody> Breaking<B> {
    pub fn new(body: B) -> Self {
        Self { body, failed: None }
    }
}

impl<B> HttpBody for Breaking<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: Unpin,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if self.failed.is_none() {
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Err(error)) => self.failed = Some((Box::pin(sleep(FLUSH)), error)),
                other => return Poll::Ready(other),
            }
        }
        if let Some((flushed, _)) = &mut self.failed {
            ready!(flushed.as_mut().poll(context));
        }
        Poll::Ready(self.failed.take().map(|(_, error)| Err(error)))
    }

    fn is_end_stream(&self) -> bool {
        self.failed.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
