//! The live feed: every request, answer and event as it happens, as server-sent events or as values.
//!
//! A slow reader loses what it cannot take in and is told how much; the mock never waits for it.

use std::collections::{HashSet, VecDeque};
use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{once, unfold};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;

use super::super::app::App;
use super::super::journal::{Happened, Happening, Journal, Shown, Told};

/// How often a silent feed says that it is still there.
const BEAT: Duration = Duration::from_secs(15);

/// Everything that happens at a mock, from the moment on that somebody listens.
///
/// Whoever reads too slowly loses what came first, and is told how much; the mock never waits.
#[must_use = "a feed is read with `next`"]
pub struct Feed {
    happenings: Receiver<Arc<Told>>,
    /// The streams that have begun since.
    followed: HashSet<Arc<str>>,
    ready: VecDeque<Arc<Shown>>,
}

/// `GET /__mock/events`.
pub(super) fn feed(app: &App) -> Response {
    // The first words make the headers go out, so that a listener knows that it listens.
    let first = once(ready(Bytes::from_static(b": listening\n\n")));
    let pieces = unfold(Feed::of(&app.journal), async |mut feed| {
        let piece = match timeout(BEAT, feed.shown()).await {
            Ok(happened) => happened?.frame(),
            Err(_) => Bytes::from_static(b": still here\n\n"),
        };
        Some((piece, feed))
    });
    let pieces = first.chain(pieces).map(Ok::<_, Infallible>);
    let mut response = Response::new(Body::from_stream(pieces));
    let headers = response.headers_mut();
    let stream = HeaderValue::from_static("text/event-stream");
    headers.insert(header::CONTENT_TYPE, stream);
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

impl Feed {
    pub(in crate::server) fn of(journal: &Journal) -> Self {
        Self {
            happenings: journal.listen(),
            followed: HashSet::new(),
            ready: VecDeque::new(),
        }
    }

    /// Waits for what happens next; nothing does once the mock stops.
    pub async fn next(&mut self) -> Option<Happened> {
        Some(self.shown().await?.happened.clone())
    }

    /// The same as all who listen share it.
    async fn shown(&mut self) -> Option<Arc<Shown>> {
        loop {
            if let Some(shown) = self.ready.pop_front() {
                return Some(shown);
            }
            match self.happenings.recv().await {
                Err(RecvError::Closed) => return None,
                Err(RecvError::Lagged(missed)) => {
                    // What was missed may be the end of any stream.
                    self.followed.clear();
                    return Some(Shown::new(Happened::Lagged { missed }));
                }
                Ok(told) if matches!(told.happening, Happening::Closing) => return None,
                Ok(told) => self.take(&told),
            }
        }
    }

    fn take(&mut self, told: &Told) {
        match &told.happening {
            Happening::Response(entry) if entry.streams() => {
                self.followed.insert(Arc::clone(&entry.id));
            }
            // What began before anybody listened, or is no stream, is in the journal.
            Happening::Sent { id, .. } if !self.followed.contains(id) => return,
            Happening::Ended {
                id, at, outcome, ..
            } if !self.followed.remove(id) => {
                return self.ready.push_back(Shown::end(id, *at, *outcome));
            }
            _ => {}
        }
        self.ready.extend(told.shown().iter().cloned());
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use axum::http::{HeaderMap, Method, Uri};

    use super::*;

    /// A request whose answer streams these pieces.
    async fn stream(journal: &Arc<Journal>, id: &str, pieces: &[&'static str]) {
        let (uri, none) = (Uri::default(), HeaderMap::new());
        let entry = journal.begin(id, &Method::POST, &uri, &none);
        journal.body(&entry, &Bytes::new());
        let pieces = pieces.iter().map(|piece| Ok::<_, Infallible>(*piece));
        let body = Body::from_stream(futures_util::stream::iter(pieces.collect::<Vec<_>>()));
        let mut response = Response::new(body);
        let kind = HeaderValue::from_static("text/event-stream");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        let watched = journal.watch_response(&entry, response);
        to_bytes(watched.into_body(), usize::MAX).await.unwrap();
    }

    async fn frames(feed: &mut Feed, count: usize) -> Vec<Bytes> {
        let mut frames = Vec::new();
        while frames.len() < count {
            frames.push(feed.shown().await.unwrap().frame());
        }
        frames
    }

    #[tokio::test]
    async fn all_who_listen_share_what_was_taken_apart_once() {
        let journal = Arc::new(Journal::default());
        let (mut one, mut other) = (Feed::of(&journal), Feed::of(&journal));
        let pieces = ["data: {\"a\"", ":1}\n\ndata: {\"b\":2}\n\n", "data: {\"cut"];
        stream(&journal, "req_1", &pieces).await;
        let first = frames(&mut one, 6).await;
        let second = frames(&mut other, 6).await;
        let names = first.iter().map(|frame| {
            let text = std::str::from_utf8(frame).unwrap();
            text.lines().next().unwrap().trim_start_matches("event: ")
        });
        assert_eq!(
            names.collect::<Vec<_>>(),
            ["request", "response", "event", "event", "event", "end"]
        );
        assert!(
            first[2].ends_with(b"\"event\":{\"a\":1}}\n\n"),
            "{:?}",
            first[2]
        );
        for (one, other) in first.iter().zip(&second) {
            assert_eq!(one.as_ptr(), other.as_ptr(), "{one:?}");
        }
    }

    #[tokio::test]
    async fn whoever_comes_in_the_middle_of_a_stream_hears_of_its_end_alone() {
        let journal = Arc::new(Journal::default());
        let mut first = Feed::of(&journal);
        let (uri, none) = (Uri::default(), HeaderMap::new());
        let entry = journal.begin("req_1", &Method::POST, &uri, &none);
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel::<&str>();
        let pieces = futures_util::stream::poll_fn(move |context| {
            receiver
                .poll_recv(context)
                .map(|piece| piece.map(Ok::<_, Infallible>))
        });
        let mut response = Response::new(Body::from_stream(pieces));
        let kind = HeaderValue::from_static("text/event-stream");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        let body = journal.watch_response(&entry, response).into_body();
        let mut body = body.into_data_stream();
        let mut send = async |text: &'static str| {
            sender.send(text).unwrap();
            body.next().await;
        };
        send("data: {\"a\":").await;
        let mut late = Feed::of(&journal);
        send("1}\n\ndata: {\"b").await;
        drop(body);
        // Whoever is quicker must not take the rest of the stream from those who follow it.
        let end = late.next().await.unwrap();
        assert_eq!(end.name(), "end");
        let seen = frames(&mut first, 4).await;
        assert!(
            seen[1].ends_with(b"\"event\":{\"a\":1}}\n\n"),
            "{:?}",
            seen[1]
        );
        assert!(seen[2].ends_with(b"data: {\\\"b\"}\n\n"), "{:?}", seen[2]);
    }
}
