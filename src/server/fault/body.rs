//! The body of an answer on its way through the faults.

use std::collections::VecDeque;
use std::io::Write as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::BodyExt;
use hyper::body::Frame;
use tokio::time::{Sleep, sleep};

use super::apply::Strike;
use super::link::{Ending, Link, NoAnswer};
use super::row::Act;
use super::stage::{Event, Piece, Stage};

/// How a body as a whole is sent.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// After how long a silence a comment is sent.
    pub keep_alive: Option<Duration>,
    pub gzip: bool,
}

/// A body that is broken as it goes.
pub(super) struct Broken {
    inner: Option<Body>,
    /// What came of a frame that is not whole.
    unread: Vec<u8>,
    stages: Vec<Stage>,
    /// Whether a stage wants to see events, and not only frames.
    reads_events: bool,
    is_stream: bool,
    out: VecDeque<Piece>,
    keep_alive: Option<Duration>,
    gzip: Option<GzEncoder<Vec<u8>>>,
    link: Link,
    wait: Option<Pin<Box<Sleep>>>,
    silence: Option<Pin<Box<Sleep>>>,
}

impl Settings {
    /// What the faults of an answer want.
    pub fn of(strikes: &[Strike]) -> Self {
        let mut settings = Self::default();
        for strike in strikes {
            if let Act::Body(set) = strike.fault.row.act {
                set(strike, &mut settings);
            }
        }
        settings
    }
}

impl Broken {
    pub fn new(
        inner: Body,
        is_stream: bool,
        strikes: Vec<Strike>,
        settings: &Settings,
        link: Link,
    ) -> Self {
        let reads = |strike: &Strike| matches!(strike.fault.row.act, Act::Event(..) | Act::Json(_));
        Self {
            inner: Some(inner),
            unread: Vec::new(),
            reads_events: strikes.iter().any(reads),
            is_stream,
            stages: strikes.into_iter().map(Stage::new).collect(),
            out: VecDeque::new(),
            keep_alive: settings.keep_alive,
            gzip: settings
                .gzip
                .then(|| GzEncoder::new(Vec::new(), Compression::default())),
            link,
            wait: None,
            silence: None,
        }
    }

    /// Hands the whole frames among some bytes to the stages.
    fn feed(&mut self, bytes: &[u8]) {
        if !self.is_stream {
            // All of a document is one frame.
            return self.push(Piece::Frame(bytes.to_vec()));
        }
        self.unread.extend_from_slice(bytes);
        let unread = std::mem::take(&mut self.unread);
        let mut rest = &unread[..];
        while let Some(end) = memchr::memmem::find(rest, b"\n\n") {
            let (frame, behind) = rest.split_at(end + 2);
            self.push(self.read(frame));
            rest = behind;
        }
        self.unread = rest.to_vec();
    }

    fn read(&self, frame: &[u8]) -> Piece {
        let json = frame.strip_prefix(b"data: ").filter(|_| self.reads_events);
        match json.and_then(|json| serde_json::from_slice(json).ok()) {
            Some(json) => Piece::Event(Event { json }),
            None => Piece::Frame(frame.to_vec()),
        }
    }

    /// Sends a piece through every stage.
    fn push(&mut self, piece: Piece) {
        let mut pieces = VecDeque::from([piece]);
        for stage in &mut self.stages {
            pieces = pieces
                .into_iter()
                .flat_map(|piece| stage.take(piece))
                .collect();
        }
        self.out.extend(pieces);
    }

    /// What comes next from the handler's own answer.
    fn poll_inner(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(inner) = &mut self.inner else {
            return Poll::Pending;
        };
        match ready!(Pin::new(inner).poll_frame(context)) {
            Some(Ok(frame)) => {
                if let Ok(bytes) = frame.into_data() {
                    self.feed(&bytes);
                }
            }
            Some(Err(_)) => {
                self.inner = None;
                self.push(Piece::Sever(Ending::Cut));
            }
            None => {
                self.inner = None;
                let rest = std::mem::take(&mut self.unread);
                if !rest.is_empty() {
                    self.push(Piece::Bytes(rest.into()));
                }
                self.push(Piece::End);
            }
        }
        Poll::Ready(())
    }

    /// Nothing is to be sent now, except that silence may be too long.
    fn idle(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, NoAnswer>>> {
        let Some(after) = self.keep_alive else {
            return Poll::Pending;
        };
        let silence = self.silence.get_or_insert_with(|| Box::pin(sleep(after)));
        ready!(silence.as_mut().poll(context));
        let comment = self.comment();
        self.emit(comment)
    }

    /// The comment of a silence, spelled as the frames are.
    fn comment(&mut self) -> Bytes {
        let mut frame = b": keep-alive\n\n".to_vec();
        for stage in self.stages.iter_mut().filter(|stage| stage.spells()) {
            let pieces = stage.take(Piece::Frame(frame));
            let frames = pieces.into_iter().filter_map(|piece| match piece {
                Piece::Frame(frame) => Some(frame),
                _ => None,
            });
            frame = frames.collect::<Vec<_>>().concat();
        }
        frame.into()
    }

    fn emit(&mut self, bytes: Bytes) -> Poll<Option<Result<Frame<Bytes>, NoAnswer>>> {
        self.silence = None;
        let bytes = match &mut self.gzip {
            None => bytes,
            Some(gzip) => {
                gzip.write_all(&bytes)
                    .expect("memory takes what is written");
                gzip.flush().expect("memory takes what is written");
                std::mem::take(gzip.get_mut()).into()
            }
        };
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn end(&mut self) -> Poll<Option<Result<Frame<Bytes>, NoAnswer>>> {
        if let Some(inner) = self.inner.take() {
            // The answer goes on to its end in the store, where the truth is kept.
            tokio::spawn(drain(inner));
        }
        self.out = VecDeque::from([Piece::End]);
        let rest = self.gzip.take().and_then(|gzip| gzip.finish().ok());
        Poll::Ready(rest.map(|rest| Ok(Frame::data(rest.into()))))
    }
}

/// Lets an answer come to its end though nobody sees it.
async fn drain(mut body: Body) {
    while let Some(Ok(_)) = body.frame().await {}
}

impl HttpBody for Broken {
    type Data = Bytes;
    type Error = NoAnswer;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, NoAnswer>>> {
        loop {
            if let Some(wait) = &mut self.wait {
                if wait.as_mut().poll(context).is_pending() {
                    return self.idle(context);
                }
                self.wait = None;
            }
            match self.out.pop_front() {
                None => match self.poll_inner(context) {
                    Poll::Ready(()) => {}
                    Poll::Pending => return self.idle(context),
                },
                Some(Piece::Event(event)) => return self.emit(event.frame().into()),
                Some(Piece::Frame(frame)) => return self.emit(frame.into()),
                Some(Piece::Bytes(bytes)) => return self.emit(bytes),
                Some(Piece::Fill(bytes, left)) => {
                    let part =
                        bytes.slice(..bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX)));
                    let left = left - part.len() as u64;
                    if left > 0 {
                        self.out.push_front(Piece::Fill(bytes, left));
                    }
                    return self.emit(part);
                }
                Some(Piece::Wait(time)) if time.is_zero() => {
                    // What was handed on is written while this is pending.
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Some(Piece::Wait(time)) => self.wait = Some(Box::pin(sleep(time))),
                Some(Piece::Silence) => {
                    self.out.push_front(Piece::Silence);
                    return self.idle(context);
                }
                Some(Piece::Huge(frame, size)) => {
                    for part in Piece::parts(&frame, size).into_iter().rev() {
                        self.out.push_front(part);
                    }
                }
                Some(Piece::Repeat(frame, every)) => {
                    self.push(Piece::Frame(frame.to_vec()));
                    self.out.push_back(Piece::Wait(every));
                    self.out.push_back(Piece::Repeat(frame, every));
                }
                Some(Piece::Sever(how)) => {
                    // The turn learns that its client is gone before the client can ask about it.
                    self.inner = None;
                    self.link.end(how);
                    return Poll::Ready(Some(Err(NoAnswer)));
                }
                Some(Piece::End) => return self.end(),
            }
        }
    }
}
