//! A turn as the body of a response, small while it waits.
//!
//! Ten thousand paced streams wait nearly all of the time. What a turn needs only while it works,
//! which is several kilobytes of futures, is allocated for the work and given back with it.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Bytes, HttpBody};
use hyper::body::Frame;
use tokio::time::{Sleep, sleep_until};

use super::turn::{Dropped, Gathered, Turn};

/// The body of a streamed answer, which runs as fast as the client reads.
pub(super) struct StreamedTurn(Phase);

type Work = Pin<Box<dyn Future<Output = (Turn, Gathered)> + Send>>;

enum Phase {
    /// The next events are not due yet.
    Waiting(Pin<Box<Sleep>>, Box<Turn>),
    Working(Work),
    Over,
}

impl StreamedTurn {
    pub fn new(turn: Turn) -> Self {
        Self(Phase::Working(work(turn)))
    }
}

fn work(mut turn: Turn) -> Work {
    Box::pin(async move {
        let gathered = turn.gather().await;
        (turn, gathered)
    })
}

/// What follows: a wait if there is one, and then more work.
fn next(mut turn: Turn) -> Phase {
    match turn.take_due() {
        Some(due) => Phase::Waiting(Box::pin(sleep_until(due)), Box::new(turn)),
        None => Phase::Working(work(turn)),
    }
}

impl HttpBody for StreamedTurn {
    type Data = Bytes;
    type Error = Dropped;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Dropped>>> {
        loop {
            match &mut self.0 {
                Phase::Over => return Poll::Ready(None),
                Phase::Waiting(sleep, _) => {
                    ready!(sleep.as_mut().poll(context));
                    if let Phase::Waiting(_, turn) = std::mem::replace(&mut self.0, Phase::Over) {
                        self.0 = Phase::Working(work(*turn));
                    }
                }
                Phase::Working(work) => {
                    let (turn, gathered) = ready!(work.as_mut().poll(context));
                    self.0 = Phase::Over;
                    match gathered {
                        Gathered::Nothing => self.0 = next(turn),
                        Gathered::Some(bytes) => {
                            self.0 = next(turn);
                            return Poll::Ready(Some(Ok(Frame::data(bytes))));
                        }
                        Gathered::End => return Poll::Ready(None),
                        Gathered::Death => return Poll::Ready(Some(Err(Dropped))),
                    }
                }
            }
        }
    }
}
