//! A connection that is closed in peace when its client still sends.
//!
//! Closing a socket with bytes that nobody has read resets it, and the reset may overtake the last
//! answer: the client would see a broken connection instead of the refusal. So the answer's side is
//! closed first, and what still comes is thrown away, for a while.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// How long a client may go on sending after its last answer; nginx's `lingering_timeout`.
const PATIENCE: Duration = Duration::from_secs(5);

/// How much is thrown away at once, in bytes.
const BLOCK: usize = 16 * 1024;

/// Such a connection.
pub(super) struct Lingering<S> {
    stream: S,
    parting: Parting,
    patience: Duration,
    /// The end of the patience, once the answer's side is closed.
    limit: Option<Pin<Box<Sleep>>>,
}

/// The word that the client may still send when the connection ends. Without it nothing is waited
/// for: a client with nothing left to say need not close its side at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Parting(Arc<AtomicBool>);

impl Parting {
    pub fn expect_more(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl<S> Lingering<S> {
    pub fn new(stream: S) -> (Self, Parting) {
        let parting = Parting::default();
        let lingering = Self {
            stream,
            parting: parting.clone(),
            patience: PATIENCE,
            limit: None,
        };
        (lingering, parting)
    }
}

impl<S: AsyncRead + Unpin> Lingering<S> {
    fn poll_rest(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut block = [0; BLOCK];
        loop {
            let mut buffer = ReadBuf::new(&mut block);
            let read = Pin::new(&mut self.stream).poll_read(context, &mut buffer);
            if ready!(read).is_err() || buffer.filled().is_empty() {
                return Poll::Ready(());
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Lingering<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Lingering<S> {
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
        let this = &mut *self;
        if this.limit.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
            if !this.parting.0.load(Ordering::Relaxed) {
                return Poll::Ready(Ok(()));
            }
        }
        let patience = this.patience;
        let limit = this
            .limit
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        if limit.as_mut().poll(context).is_ready() {
            return Poll::Ready(Ok(()));
        }
        this.poll_rest(context).map(Ok)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test]
    async fn who_still_sends_is_heard_out_after_the_answer() {
        let (mut client, server) = duplex(1024);
        let (mut server, parting) = Lingering::new(server);
        parting.expect_more();
        let serve = async {
            server.write_all(b"no").await.unwrap();
            server.shutdown().await.unwrap();
        };
        let ask = async {
            client.write_all(&vec![b'x'; 100_000]).await.unwrap();
            let mut answer = String::new();
            client.read_to_string(&mut answer).await.unwrap();
            drop(client);
            answer
        };
        let ((), answer) = tokio::join!(serve, ask);
        assert_eq!(answer, "no");
    }

    #[tokio::test]
    async fn nobody_is_waited_for_forever() {
        let (client, server) = duplex(1024);
        let (mut server, parting) = Lingering::new(server);
        server.patience = Duration::from_millis(1);
        parting.expect_more();
        server.shutdown().await.unwrap();
        drop(client);
    }

    #[tokio::test]
    async fn who_has_said_everything_is_not_waited_for() {
        let (client, server) = duplex(1024);
        let (mut server, _parting) = Lingering::new(server);
        server.shutdown().now_or_never().unwrap().unwrap();
        drop(client);
    }
}
