//! One streamed answer: runs a script, stores what the reference server stores, and sends it.
//!
//! What is ready goes out in one write; a paced answer is sent event by event, the moment that
//! each is due.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use tokio::time::Instant;

use super::app::{App, row_json};
use super::mint::{Api, IdKind};
use super::script::{Script, Step};
use super::streamed::StreamedTurn;
use crate::protocol::{
    ErrorEvent, Event, Extra, HiddenContext, Item, ItemKind, SseWriter, StreamOptions,
    StreamOptionsEvent, Thread, ThreadId, Update, WithThread,
};
use crate::store::{ItemRow, StoreError};
use crate::transcript::Transcript;

/// How much is gathered before it is sent, in bytes: enough for a usual answer in one write.
const FULL: usize = 48 * 1024;

/// What the reference server notes for the model when a client leaves (`server.py`).
const CANCELLED: &str = "The user cancelled the stream. Stop responding to the prior request.";

/// A turn that is being answered. Dropping it before its end is how a client cancels it.
pub(super) struct Turn {
    app: Arc<App>,
    api: Api,
    user: Arc<str>,
    thread: Thread,
    script: Script,
    /// Folds the answer, so that what was sent of it can be stored when the client leaves.
    transcript: Transcript,
    writer: SseWriter,
    pace: Option<Duration>,
    due: Option<Instant>,
    /// When the last wait ended or is going to end, so that the waits of a beat do not drift.
    beat: Option<Instant>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    /// Everything is gathered; the next chunk is the last.
    Ending,
    /// The connection dies once the gathered chunk is out.
    Dying,
    Ended,
}

/// What there is to send.
pub(super) enum Gathered {
    Some(Bytes),
    /// Nothing before the next wait is over.
    Nothing,
    /// Nothing any more.
    End,
    /// Nothing any more, and the connection is to die.
    Death,
}

/// The connection that dies on purpose.
#[derive(Debug, thiserror::Error)]
#[error("the mock drops the connection, as it was asked to")]
pub(super) struct Dropped;

impl Turn {
    /// A turn on a thread. The opening events come before `stream_options` and are stored already.
    pub fn new(
        app: Arc<App>,
        api: Api,
        user: Arc<str>,
        thread: Thread,
        opening: &[Event],
        script: Script,
    ) -> Self {
        let mut writer = SseWriter::default();
        for event in opening {
            writer.event(event);
        }
        writer.event(&Event::StreamOptions(StreamOptionsEvent {
            stream_options: StreamOptions {
                allow_cancel: true,
                extra: Extra::default(),
            },
            extra: Extra::default(),
        }));
        Self {
            app,
            api,
            user,
            thread,
            script,
            transcript: Transcript::new(),
            writer,
            pace: None,
            due: None,
            beat: None,
            state: State::Running,
        }
    }

    /// The turn as a response, which runs as fast as the client reads.
    pub fn into_response(self) -> Response {
        let mut response = Response::new(Body::new(StreamedTurn::new(self)));
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/event-stream"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        // Proxies that buffer a stream are common enough that servers ask them not to.
        headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
        response
    }

    /// Gathers what is due now, up to a full chunk.
    pub async fn gather(&mut self) -> Gathered {
        while self.state == State::Running && self.due.is_none() && self.writer.len() < FULL {
            self.step().await;
        }
        if !self.writer.is_empty() {
            return Gathered::Some(self.writer.take().into());
        }
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Running => {
                // A wait may come before anything was gathered, and is no end of the answer.
                self.state = State::Running;
                Gathered::Nothing
            }
            State::Dying => Gathered::Death,
            State::Ending | State::Ended => Gathered::End,
        }
    }

    /// When the next events are due, unless that is now.
    pub fn take_due(&mut self) -> Option<Instant> {
        self.due.take()
    }

    async fn step(&mut self) {
        let Some(step) = self.script.next() else {
            self.state = State::Ending;
            return;
        };
        let done = match step {
            Step::Event(event) => self.event(event).await,
            Step::Title(title) => {
                self.change_thread(|thread| thread.title.clone_from(&title))
                    .await
            }
            Step::Status(status) => {
                self.change_thread(|thread| thread.status.clone_from(&status))
                    .await
            }
            Step::Pace(pace) => {
                self.pace = pace;
                Ok(())
            }
            Step::Raw(bytes) => {
                self.writer.raw(&bytes);
                Ok(())
            }
            Step::Wait(time) => {
                self.wait(time);
                Ok(())
            }
            Step::Tell(telling) => self.app.tell_others(&self.thread.id, &telling).await,
            Step::Drop => {
                self.state = State::Dying;
                Ok(())
            }
        };
        if let Err(error) = done {
            self.fail(&error);
        }
    }

    async fn event(&mut self, event: Event) -> Result<(), StoreError> {
        // What a fold finds illegal here was scripted so, and a frontend is to see it.
        let _ = self.transcript.apply(&event);
        match &event {
            Event::ItemDone(body) | Event::ItemReplaced(body) => {
                let json = self.app.save_item(&self.thread.id, &body.item).await?;
                if !body.item.is_hidden() {
                    self.writer.item_event(event.type_name(), &json);
                }
            }
            Event::ItemRemoved(body) => {
                self.app
                    .store
                    .delete_item(&self.thread.id, &body.item_id)
                    .await?;
                self.writer.event(&event);
            }
            _ => self.writer.event(&event),
        }
        if is_text(&event) {
            self.wait(self.pace.unwrap_or_else(|| self.app.pace()));
        }
        Ok(())
    }

    /// Changes the stored thread and says so, as the reference server does after any change of it.
    async fn change_thread(&mut self, change: impl Fn(&mut Thread)) -> Result<(), StoreError> {
        let changed = self.app.change_thread(&self.user, &self.thread.id, change);
        let thread = changed.await?;
        self.thread.clone_from(&thread);
        self.writer.event(&Event::ThreadUpdated(WithThread {
            thread,
            extra: Extra::default(),
        }));
        Ok(())
    }

    fn wait(&mut self, time: Duration) {
        if time.is_zero() {
            return;
        }
        let now = Instant::now();
        let is_late = |beat: &Instant| now.saturating_duration_since(*beat) >= time;
        let from = self.beat.filter(|beat| !is_late(beat)).unwrap_or(now);
        self.due = Some(from + time);
        self.beat = self.due;
    }

    /// Ends the answer as the reference server ends one that raised an exception, but says why.
    fn fail(&mut self, error: &StoreError) {
        self.writer.event(&Event::Error(ErrorEvent {
            code: "stream.error".into(),
            message: Some(error.to_string()),
            allow_retry: true,
            extra: Extra::default(),
        }));
        self.state = State::Ending;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.state != State::Running {
            return;
        }
        let partial = self
            .transcript
            .open_items()
            .filter(|item| has_text(item))
            .cloned()
            .collect();
        let note = self.app.cancelled_note(self.api, &self.thread.id);
        let (app, thread) = (Arc::clone(&self.app), self.thread.id.clone());
        self.app
            .spawn(async move { app.keep_partial(&thread, partial, note).await });
    }
}

impl App {
    /// Stores an item and returns it as it is sent.
    pub(super) async fn save_item(
        &self,
        thread: &ThreadId,
        item: &Item,
    ) -> Result<Bytes, StoreError> {
        let json = row_json(item);
        let row = ItemRow {
            id: item.id.clone(),
            hidden: item.is_hidden(),
            json: json.clone(),
        };
        self.store.put_item(thread, row).await?;
        Ok(json)
    }

    fn cancelled_note(&self, api: Api, thread: &ThreadId) -> Item {
        Item::new(
            self.mint.item_id(api, IdKind::SdkHiddenContext),
            thread.clone(),
            self.mint.timestamp(),
            ItemKind::SdkHiddenContext(HiddenContext {
                content: CANCELLED.into(),
                extra: Extra::default(),
            }),
        )
    }

    /// Keeps what a client that left has seen of the answer, and the note that it left.
    async fn keep_partial(&self, thread: &ThreadId, partial: Vec<Item>, note: Item) {
        for item in partial.iter().chain([&note]) {
            // The thread may have been deleted meanwhile; then there is nothing to keep it in.
            if self.save_item(thread, item).await.is_err() {
                return;
            }
        }
    }
}

/// The reference server keeps a cancelled message only if it has any text.
fn has_text(item: &Item) -> bool {
    match &item.kind {
        ItemKind::AssistantMessage(message) => message
            .content
            .iter()
            .any(|part| !part.text.trim().is_empty()),
        _ => false,
    }
}

fn is_text(event: &Event) -> bool {
    matches!(event, Event::ItemUpdated(updated)
        if matches!(updated.update, Update::TextDelta(_) | Update::ValueDelta(_)))
}
