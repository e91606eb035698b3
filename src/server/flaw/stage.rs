//! A stream on its way out of a flawed mock, event by event.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use hyper::body::Frame;
use serde_json::Value;
use tokio::time::{Sleep, sleep};

use super::{Act, Memory};

/// What a flaw makes of one stream.
pub(super) struct Stage {
    pub memory: Arc<Memory>,
    /// What was asked for.
    pub kind: String,
    /// The thread, once it is known.
    pub thread: Option<String>,
    /// The user's word that is not to be known.
    pub is_second_turn: bool,
    out: Vec<Out>,
    held: Vec<Value>,
    has_struck: bool,
}

/// What is sent.
pub(super) enum Out {
    Event(Value),
    Raw(&'static str),
    Wait(Duration),
    /// The connection dies.
    Cut,
}

/// The connection that dies on purpose.
#[derive(Debug, thiserror::Error)]
#[error("the mock drops the connection, as it was asked to")]
pub(super) struct Dropped;

impl Stage {
    pub fn new(memory: Arc<Memory>, kind: &str, thread: Option<&str>) -> Self {
        Self {
            memory,
            kind: kind.to_owned(),
            thread: thread.map(ToOwned::to_owned),
            is_second_turn: kind == "threads.add_user_message",
            out: Vec::new(),
            held: Vec::new(),
            has_struck: false,
        }
    }

    /// Sends something on.
    pub fn send(&mut self, event: Value) {
        self.out.push(Out::Event(event));
    }

    /// Sends something that is no event.
    pub fn put(&mut self, out: Out) {
        self.out.push(out);
    }

    /// Keeps something back until the flaw lets it go.
    pub fn hold(&mut self, event: Value) {
        self.held.push(event);
    }

    /// Sends what was kept back.
    pub fn release(&mut self) {
        self.out.extend(self.held.drain(..).map(Out::Event));
    }

    /// Whether [`Self::is_first`] was asked in this stream.
    pub fn has_struck(&self) -> bool {
        self.has_struck
    }

    /// Whether this is the first time in this stream.
    pub fn is_first(&mut self) -> bool {
        !std::mem::replace(&mut self.has_struck, true)
    }
}

/// The type of the item that an event carries.
pub(super) fn item_kind(event: &Value) -> &str {
    event["item"]["type"].as_str().unwrap_or_default()
}

/// The type of the update that an event carries.
pub(super) fn update_kind(event: &Value) -> &str {
    event["update"]["type"].as_str().unwrap_or_default()
}

/// The body of a stream, changed event by event as it goes.
pub(super) struct Staged {
    inner: Option<Body>,
    act: Act,
    stage: Stage,
    unread: Vec<u8>,
    out: std::collections::VecDeque<Out>,
    wait: Option<Pin<Box<Sleep>>>,
    is_over: bool,
}

impl Staged {
    pub fn new(inner: Body, act: Act, stage: Stage) -> Self {
        Self {
            inner: Some(inner),
            act,
            stage,
            unread: Vec::new(),
            out: std::collections::VecDeque::new(),
            wait: None,
            is_over: false,
        }
    }

    fn feed(&mut self, bytes: &[u8]) {
        self.unread.extend_from_slice(bytes);
        while let Some(end) = memchr::memmem::find(&self.unread, b"\n\n") {
            let frame: Vec<u8> = self.unread.drain(..end + 2).collect();
            let json = frame.strip_prefix(b"data: ");
            if let Some(event) = json.and_then(|json| serde_json::from_slice(json).ok()) {
                self.event(event);
            }
        }
    }

    fn event(&mut self, event: Value) {
        if let Some(id) = event["thread"]["id"].as_str() {
            self.stage.thread.get_or_insert_with(|| id.to_owned());
        }
        match self.act {
            Act::Event(act) => act(&mut self.stage, event),
            _ => self.stage.send(event),
        }
        self.out.extend(self.stage.out.drain(..));
    }

    fn end(&mut self) {
        self.inner = None;
        self.is_over = true;
        self.stage.release();
        if let Act::End(act) = self.act {
            act(&mut self.stage);
        }
        self.out.extend(self.stage.out.drain(..));
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.is_over
            && let Some(thread) = self.stage.thread.take()
        {
            self.stage.memory.known().left.insert(thread);
        }
    }
}

impl HttpBody for Staged {
    type Data = Bytes;
    type Error = Dropped;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Dropped>>> {
        loop {
            if let Some(wait) = &mut self.wait {
                ready!(wait.as_mut().poll(context));
                self.wait = None;
            }
            match self.out.pop_front() {
                Some(Out::Event(event)) => {
                    let frame = format!("data: {event}\n\n");
                    return Poll::Ready(Some(Ok(Frame::data(frame.into()))));
                }
                Some(Out::Raw(text)) => {
                    return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(text.as_bytes())))));
                }
                Some(Out::Wait(time)) => self.wait = Some(Box::pin(sleep(time))),
                Some(Out::Cut) => return Poll::Ready(Some(Err(Dropped))),
                None => {
                    let Some(inner) = &mut self.inner else {
                        return Poll::Ready(None);
                    };
                    match ready!(Pin::new(inner).poll_frame(context)) {
                        Some(Ok(frame)) => {
                            if let Ok(bytes) = frame.into_data() {
                                self.feed(&bytes);
                            }
                        }
                        Some(Err(_)) => return Poll::Ready(Some(Err(Dropped))),
                        None => self.end(),
                    }
                }
            }
        }
    }
}
