//! A connection that an answer can end: with a reset, or as if the other side had gone.

use std::future::ready;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::response::Response;
use futures_util::{FutureExt, stream};
use http_body_util::BodyExt;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// How a connection ends that should not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server) enum Ending {
    /// With a TCP RST, as from a process that was killed or a balancer that lost its backend.
    Reset,
    /// With a FIN in the middle of the answer, as from a proxy that gave up.
    Cut,
}

/// What an answer holds of its connection: the means to have it reset.
#[derive(Clone, Debug, Default)]
pub(in crate::server) struct Link(Arc<AtomicBool>);

/// The mark of an answer that is not to be sent: the connection ends instead.
#[derive(Clone, Copy, Debug)]
struct Severed;

/// The connection ended on purpose before an answer began.
#[derive(Debug, thiserror::Error)]
#[error("the mock ends the connection, as it was asked to")]
pub(in crate::server) struct NoAnswer;

/// A connection that knows how it is to end.
pub(in crate::server) struct Wire {
    stream: TcpStream,
    link: Link,
}

impl Link {
    /// Has the connection end in this way when it is dropped.
    pub(super) fn end(&self, how: Ending) {
        self.0.store(how == Ending::Reset, Ordering::Relaxed);
    }

    /// What takes the place of an answer when there is to be none.
    pub(super) fn sever(&self, how: Ending) -> Response {
        self.end(how);
        let broken = stream::once(ready(Err::<Bytes, _>(NoAnswer)));
        let mut response = Response::new(Body::from_stream(broken));
        response.extensions_mut().insert(Severed);
        response
    }

    /// The answer, unless there is to be none.
    pub fn answer(response: Response) -> Result<Response, NoAnswer> {
        if response.extensions().get::<Severed>().is_none() {
            return Ok(response);
        }
        // Whoever watches the body learns by its error that the connection was broken on purpose.
        let _ = response.into_body().frame().now_or_never();
        Err(NoAnswer)
    }
}

impl Wire {
    /// A connection, and the link that its answers hold.
    pub fn new(stream: TcpStream) -> (Self, Link) {
        let link = Link::default();
        let wire = Self {
            stream,
            link: link.clone(),
        };
        (wire, link)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.link.0.load(Ordering::Relaxed) {
            // Closing a socket that lingers for no time at all sends RST.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
