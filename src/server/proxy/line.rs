//! A connection to the backend that knows whether it was closed under a request.

use std::io::{IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::http::{Extensions, Uri};
use futures_util::future::BoxFuture;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::Error;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tower_service::Service;

/// Opens connections that know it.
#[derive(Clone, Debug)]
pub(super) struct Connector(pub HttpsConnector<HttpConnector>);

type Plain = MaybeHttpsStream<TokioIo<TcpStream>>;

/// What passes over the connection is looked at above TLS, whose own messages are no answer.
pub(super) struct Line {
    stream: TokioIo<Plain>,
    life: Life,
}

/// What has happened on a connection.
#[derive(Clone, Debug, Default)]
struct Life(Arc<Happened>);

#[derive(Debug, Default)]
struct Happened {
    /// Something was read, and so a request before this one was answered.
    has_answered: AtomicBool,
    /// Nothing was read since something was written.
    is_silent: AtomicBool,
}

/// Whether a request failed because the backend had closed the connection behind an earlier
/// answer, before a byte of the answer to this one came.
pub(super) fn closed_behind_an_answer(error: &Error) -> bool {
    let mut extras = Extensions::new();
    if let Some(connected) = error.connect_info() {
        connected.get_extras(&mut extras);
    }
    extras.get::<Life>().is_some_and(|Life(happened)| {
        happened.has_answered.load(Ordering::Relaxed) && happened.is_silent.load(Ordering::Relaxed)
    })
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Line>;
    type Error = <HttpsConnector<HttpConnector> as Service<Uri>>::Error;
    type Future = BoxFuture<'static, std::result::Result<Self::Response, Self::Error>>;

    fn poll_ready(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<std::result::Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.0.call(uri);
        Box::pin(async move {
            Ok(TokioIo::new(Line {
                stream: TokioIo::new(connecting.await?),
                life: Life::default(),
            }))
        })
    }
}

impl Connection for Line {
    fn connected(&self) -> Connected {
        self.stream.inner().connected().extra(self.life.clone())
    }
}

impl Line {
    fn wrote(&self) {
        self.life.0.is_silent.store(true, Ordering::Relaxed);
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            self.life.0.has_answered.store(true, Ordering::Relaxed);
            self.life.0.is_silent.store(false, Ordering::Relaxed);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        self.wrote();
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        self.wrote();
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
