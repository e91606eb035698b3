//! Bodies that are noted as they pass.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use tokio_util::sync::PollSender;

use super::note::{Note, Ticket, What};
use crate::cassette::Outcome;

/// A request's body.
pub(super) struct Sent {
    body: Body,
    exchange: u64,
    sender: PollSender<Note>,
}

/// A response's body, with the exchange that ends with it.
pub(super) struct Came<B> {
    body: B,
    sender: PollSender<Note>,
    exchange: u64,
    ticket: Option<Ticket>,
}

impl Sent {
    pub fn new(body: Body, ticket: &Ticket) -> Self {
        Self {
            body,
            exchange: ticket.exchange(),
            sender: ticket.sender(),
        }
    }
}

impl<B: HttpBody> Came<B> {
    pub fn new(body: B, ticket: Ticket) -> Self {
        let mut came = Self {
            body,
            sender: ticket.sender(),
            exchange: ticket.exchange(),
            ticket: Some(ticket),
        };
        // A body without bytes is never polled.
        if came.body.is_end_stream() {
            came.end(Outcome::Complete, None);
        }
        came
    }
}

impl<B> Came<B> {
    fn end(&mut self, outcome: Outcome, reason: Option<String>) {
        if let Some(ticket) = self.ticket.take() {
            ticket.end(outcome, reason);
        }
    }
}

/// Notes the bytes, for which there is room already.
fn tell(sender: &mut PollSender<Note>, exchange: u64, what: What) {
    let note = Note {
        exchange,
        at: Instant::now(),
        what,
    };
    // A writer that is gone has failed, and ends the proxy.
    let _ = sender.send_item(note);
}

impl HttpBody for Sent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let has_room = ready!(self.sender.poll_reserve(context)).is_ok();
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if let Some(Ok(frame)) = &frame
            && let Some(bytes) = frame.data_ref()
            && has_room
        {
            let (exchange, bytes) = (self.exchange, bytes.clone());
            tell(&mut self.sender, exchange, What::Sent(bytes));
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B> HttpBody for Came<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let has_room = ready!(self.sender.poll_reserve(context)).is_ok();
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(bytes) = frame.data_ref()
                    && has_room
                {
                    let (exchange, bytes) = (self.exchange, bytes.clone());
                    tell(&mut self.sender, exchange, What::Came(bytes));
                }
                // A body whose length is known is not polled for its end, nor one that fields end.
                if frame.is_trailers() || self.body.is_end_stream() {
                    self.end(Outcome::Complete, None);
                }
            }
            Some(Err(error)) => {
                let reason = format!("the connection broke: {error}");
                self.end(Outcome::Broken, Some(reason));
            }
            None => self.end(Outcome::Complete, None),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
