//! One connection that stays open: a request out, a response in.

use crate::error::{Error, Result};
use crate::response::Response;
use std::cell::RefCell;
use std::future::poll_fn;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead as _, AsyncWriteExt as _, ReadBuf};
use tokio::net::{TcpSocket, TcpStream};

thread_local! {
    /// All connections of a thread read into the same bytes, which so stay in its cache. Nothing
    /// is left in them between two reads, because the parser takes whatever it is given.
    static READ: RefCell<Box<[u8]>> = RefCell::new(vec![0; 64 * 1024].into());
}

pub struct Connection {
    stream: TcpStream,
    response: Response,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await;
        Self::new(stream.map_err(Error::doing(address))?)
    }

    /// Comes from another loopback address, which has ports of its own.
    pub async fn open_from(source: IpAddr, address: SocketAddr) -> Result<Self> {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        socket
            .bind(SocketAddr::new(source, 0))
            .map_err(Error::doing(source))?;
        let stream = socket.connect(address).await;
        Self::new(stream.map_err(Error::doing(address))?)
    }

    fn new(stream: TcpStream) -> Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            response: Response::new(),
        })
    }

    /// Sends a request and hands on the body as it comes. Anything but a 200 is an error.
    pub async fn exchange(&mut self, request: &[u8], mut body: impl FnMut(&[u8])) -> Result<()> {
        self.stream.write_all(request).await?;
        poll_fn(|context| self.poll_response(context, &mut body)).await?;
        match self.response.status {
            200 => Ok(()),
            status => Err(Error::new(format!("the server answered {status}"))),
        }
    }

    /// `poll_read` and not `try_read`, because only the former knows from a short read that the
    /// socket is empty, and spares the call that would find it so.
    fn poll_response(
        &mut self,
        context: &mut Context<'_>,
        body: &mut impl FnMut(&[u8]),
    ) -> Poll<Result<()>> {
        READ.with_borrow_mut(|bytes| {
            loop {
                let mut read = ReadBuf::new(bytes);
                ready!(Pin::new(&mut self.stream).poll_read(context, &mut read))?;
                if read.filled().is_empty() {
                    return Poll::Ready(Err(Error::new("the server closed mid-answer")));
                }
                if self.response.feed(read.filled(), body)? {
                    return Poll::Ready(Ok(()));
                }
            }
        })
    }
}

/// Gives up on a server that does not answer. Not for the measured requests: a timer for each
/// would cost what the generator should spare, and their run has an end of its own.
pub async fn within<T>(limit: Duration, answer: impl Future<Output = Result<T>>) -> Result<T> {
    match tokio::time::timeout(limit, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(Error::new(format!("no whole answer within {limit:?}"))),
    }
}
