//! Requests that are sent once more where the backend closed the connection under them.
//!
//! Between an answer and the next request a backend may close a connection that is kept, and says
//! nothing of it; the request that crosses with the end is lost. A browser that asks the backend
//! itself sends such a request again, whatever its method. Behind the proxy it sees a connection
//! that is well, so it is for the proxy to do the same.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use axum::body::Body;
use axum::http::{Request, Response};
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::TokioExecutor;

use super::line::{Connector, closed_behind_an_answer};

/// The largest body that is kept until the answer begins, in bytes. One that is larger, or of a
/// length that nobody knows, cannot be sent again, and goes over a connection of its own.
const MAX_KEPT: u64 = 16 * 1024 * 1024;

/// The connections to the backend.
#[derive(Debug)]
pub(super) struct Connections {
    kept: Client<Connector, Body>,
    /// Each for one request.
    fresh: Client<Connector, Body>,
}

/// A body that can be sent a second time, from its beginning.
struct Repeatable {
    shared: Arc<Mutex<Shared>>,
    sending: u8,
    next: usize,
    left: u64,
}

struct Shared {
    body: Body,
    /// What came of it so far.
    pieces: Vec<Bytes>,
    is_broken: bool,
    /// For the how manieth time it is sent; whoever still sends it for an earlier time gets nothing.
    sending: u8,
}

impl Connections {
    pub fn new(connector: HttpsConnector<HttpConnector>) -> Self {
        let connector = Connector(connector);
        let mut builder = Client::builder(TokioExecutor::new());
        let kept = builder.build(connector.clone());
        let fresh = builder.pool_max_idle_per_host(0).build(connector);
        Self { kept, fresh }
    }

    /// Sends a request, once more if the connection that it went over had been closed.
    ///
    /// # Errors
    /// The backend was not reached, or broke off before it answered.
    pub async fn send(&self, request: Request<Body>) -> Result<Response<Incoming>, Error> {
        let size = request.body().size_hint().exact();
        let Some(size) = size.filter(|size| *size <= MAX_KEPT) else {
            return self.fresh.request(request).await;
        };
        let (head, body) = request.into_parts();
        let body = Repeatable::new(body, size);
        let shared = Arc::clone(&body.shared);
        let first = Request::from_parts(head.clone(), Body::new(body));
        match self.kept.request(first).await {
            Err(error) if closed_behind_an_answer(&error) => {
                let Some(body) = Repeatable::again(shared, size) else {
                    return Err(error);
                };
                let second = Request::from_parts(head, Body::new(body));
                self.fresh.request(second).await
            }
            done => done,
        }
    }
}

impl Repeatable {
    fn new(body: Body, size: u64) -> Self {
        let shared = Shared {
            body,
            pieces: Vec::new(),
            is_broken: false,
            sending: 1,
        };
        Self {
            shared: Arc::new(Mutex::new(shared)),
            sending: 1,
            next: 0,
            left: size,
        }
    }

    /// The same body from its beginning; `None` if the client broke it off.
    fn again(shared: Arc<Mutex<Shared>>, size: u64) -> Option<Self> {
        let mut body = lock(&shared);
        if body.is_broken {
            return None;
        }
        body.sending += 1;
        let sending = body.sending;
        drop(body);
        Some(Self {
            shared,
            sending,
            next: 0,
            left: size,
        })
    }

    fn pass(&mut self, piece: Bytes) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.next += 1;
        self.left = self.left.saturating_sub(piece.len() as u64);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl HttpBody for Repeatable {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let shared = Arc::clone(&this.shared);
        let mut shared = lock(&shared);
        if this.sending != shared.sending {
            return Poll::Pending;
        }
        if let Some(piece) = shared.pieces.get(this.next) {
            return this.pass(piece.clone());
        }
        match ready!(Pin::new(&mut shared.body).poll_frame(context)) {
            Some(Ok(frame)) => match frame.into_data() {
                Ok(piece) => {
                    shared.pieces.push(piece.clone());
                    this.pass(piece)
                }
                // Nothing comes behind the fields that end a body, so that these need not be kept.
                Err(fields) => Poll::Ready(Some(Ok(fields))),
            },
            Some(Err(error)) => {
                shared.is_broken = true;
                Poll::Ready(Some(Err(error)))
            }
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use http_body_util::BodyExt;

    use super::*;

    fn pieces(pieces: &[&'static str]) -> Body {
        let pieces: Vec<_> = pieces
            .iter()
            .map(|piece| Ok::<_, axum::Error>(Bytes::from_static(piece.as_bytes())))
            .collect();
        Body::from_stream(stream::iter(pieces))
    }

    #[tokio::test]
    async fn a_body_that_was_sent_in_part_is_sent_again_whole() {
        for sent in 0..=3 {
            let mut first = Repeatable::new(pieces(&["one ", "two ", "three"]), 13);
            for _ in 0..sent {
                first.frame().await.unwrap().unwrap();
            }
            let again = Repeatable::again(Arc::clone(&first.shared), 13).unwrap();
            assert_eq!(again.size_hint().exact(), Some(13));
            let whole = again.collect().await.unwrap().to_bytes();
            assert_eq!(whole, "one two three", "after {sent} pieces");
        }
    }

    #[tokio::test]
    async fn whoever_sent_it_before_takes_nothing_of_it_any_more() {
        let mut first = Repeatable::new(pieces(&["one ", "two"]), 7);
        let again = Repeatable::again(Arc::clone(&first.shared), 7).unwrap();
        let nothing = futures_util::poll!(first.frame());
        assert!(nothing.is_pending());
        assert_eq!(again.collect().await.unwrap().to_bytes(), "one two");
    }

    #[tokio::test]
    async fn what_the_client_broke_off_is_not_sent_again() {
        let broken = [
            Ok(Bytes::from_static(b"one")),
            Err(axum::Error::new(std::io::Error::other("gone"))),
        ];
        let mut first = Repeatable::new(Body::from_stream(stream::iter(broken)), 7);
        first.frame().await.unwrap().unwrap();
        first.frame().await.unwrap().unwrap_err();
        assert!(Repeatable::again(Arc::clone(&first.shared), 7).is_none());
    }
}
