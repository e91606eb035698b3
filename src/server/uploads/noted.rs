//! Bytes in the store, where every server on it finds them: in chunks beside a note, of which one at
//! a time is held in memory.
//!
//! While an upload comes its note has an end, so that what a killed process leaves is swept.

use axum::http::StatusCode;
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream};

use super::super::app::App;
use super::super::mint::Mint;
use super::super::refusal::Refusal;
use super::Size;
use super::disk::Broken;
use crate::store::{Kept, Note, StoreError};

/// What the key of every such note begins with.
pub(super) const PREFIX: &str = "bytes:";

/// How many bytes a chunk has, but for the last.
const CHUNK: usize = 1024 * 1024;

/// How long bytes that are still coming are kept without another one, in seconds.
const PATIENCE: i64 = 60 * 60;

/// What a note of bytes says, which is nothing: they are all there is to it.
static JSON: Bytes = Bytes::from_static(b"{}");

/// Whole bytes in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Noted {
    pub key: String,
    /// How many bytes there are.
    pub size: u64,
}

/// Bytes that came, which are deleted again unless somebody keeps them.
#[must_use = "the bytes are deleted when this is dropped"]
pub(super) struct Received<'a> {
    app: &'a App,
    noted: Option<Noted>,
    /// The chunk that comes next.
    next: u32,
    /// Until when the note is kept, in unix seconds.
    until: i64,
}

/// Unix seconds, whatever this process's clock was set forward by.
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

fn note(kept: Kept) -> Note {
    let json = JSON.clone();
    Note { json, kept }
}

impl<'a> Received<'a> {
    /// Writes an upload as it comes; nothing of it is kept unless it comes whole.
    pub async fn receive(
        app: &'a App,
        chunks: impl Stream<Item = Result<Bytes, Broken>>,
        wanted: Size,
    ) -> Result<Self, Refusal> {
        let mut received = Self::begin(app).await?;
        let mut chunks = std::pin::pin!(chunks);
        let mut waiting = BytesMut::new();
        let mut size = 0_u64;
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|broken| broken.refusal(wanted))?;
            size += chunk.len() as u64;
            if size > wanted.most() {
                wanted.check(size)?;
            }
            waiting.extend_from_slice(&chunk);
            while waiting.len() >= CHUNK {
                received.put(waiting.split_to(CHUNK).freeze()).await?;
            }
        }
        wanted.check(size)?;
        if !waiting.is_empty() {
            received.put(waiting.freeze()).await?;
        }
        if let Some(noted) = &mut received.noted {
            noted.size = size;
        }
        Ok(received)
    }

    async fn begin(app: &'a App) -> Result<Self, Refusal> {
        app.store.sweep_notes(now()).await?;
        // No id of the seed's: where bytes are is nobody's to see.
        let key = format!("{PREFIX}{}", Mint::of_run(None, 0).hosted_id("file"));
        let until = now() + PATIENCE;
        let new = note(Kept::Until(until));
        if !app.store.swap_note(&key, None, Some(new)).await? {
            return Err(gone());
        }
        Ok(Self {
            app,
            noted: Some(Noted { key, size: 0 }),
            next: 0,
            until,
        })
    }

    fn key(&self) -> &str {
        self.noted.as_ref().map_or("", |noted| &noted.key)
    }

    async fn put(&mut self, bytes: Bytes) -> Result<(), Refusal> {
        if now() > self.until - PATIENCE / 2 {
            let until = now() + PATIENCE;
            self.keep_until(Kept::Until(until)).await?;
            self.until = until;
        }
        let key = self.key();
        let is_put = self.app.store.put_chunk(key, self.next, bytes).await?;
        self.next += 1;
        is_put.then_some(()).ok_or_else(gone)
    }

    async fn keep_until(&self, kept: Kept) -> Result<(), Refusal> {
        let store = &self.app.store;
        let swapped = store.swap_note(self.key(), Some(&JSON), Some(note(kept)));
        swapped.await?.then_some(()).ok_or_else(gone)
    }

    /// Where the bytes are.
    pub fn noted(&self) -> Noted {
        let none = || Noted {
            key: String::new(),
            size: 0,
        };
        self.noted.clone().unwrap_or_else(none)
    }

    /// Keeps the bytes for good, now that somebody knows where they are.
    pub async fn keep(mut self) -> Result<(), Refusal> {
        let kept = self.keep_until(Kept::Always).await;
        // Where the store fails they end by themselves, as their note still says.
        self.noted = None;
        kept
    }
}

impl Drop for Received<'_> {
    fn drop(&mut self) {
        if let Some(noted) = self.noted.take() {
            let store = std::sync::Arc::clone(&self.app.store);
            self.app.spawn(async move {
                // Where the store fails they end by themselves, as their note still says.
                let _ = store.swap_note(&noted.key, Some(&JSON), None).await;
            });
        }
    }
}

impl App {
    /// Deletes bytes that nobody is told of any more.
    pub(super) async fn delete_bytes(&self, noted: &Noted) -> Result<(), StoreError> {
        let deleted = self.store.swap_note(&noted.key, Some(&JSON), None).await;
        deleted.map(drop)
    }

    /// The bytes of a file, one chunk after the other; an error where they were deleted meanwhile.
    pub(super) fn noted_bytes(
        &self,
        noted: Noted,
    ) -> impl Stream<Item = Result<Bytes, StoreError>> + use<> {
        let store = std::sync::Arc::clone(&self.store);
        stream::try_unfold((0_u32, 0_u64), move |(number, sent)| {
            let (store, key, size) = (std::sync::Arc::clone(&store), noted.key.clone(), noted.size);
            async move {
                if sent >= size {
                    return Ok(None);
                }
                let Some(bytes) = store.chunk(&key, number).await? else {
                    return Err(StoreError::Unavailable("the file was deleted".to_owned()));
                };
                let sent = sent + bytes.len() as u64;
                Ok(Some((bytes, (number + 1, sent))))
            }
        })
    }
}

/// What is said of an upload whose note was deleted while it came, by a reset for example.
fn gone() -> Refusal {
    Refusal::new(
        StatusCode::INSUFFICIENT_STORAGE,
        "storage_error",
        "the upload was deleted from the store while it came",
    )
}
