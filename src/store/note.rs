//! Notes: what servers on one store have to know beside threads, and bytes too large for a note.

use async_trait::async_trait;
use bytes::Bytes;

use super::Stored;
use crate::protocol::ThreadId;

/// How long a note is kept, unless it is deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// As long as this thread.
    With(ThreadId),
    /// Until it is swept, at this time or later: unix seconds.
    Until(i64),
    /// For good.
    Always,
}

/// A note as it is written.
#[derive(Clone, Debug)]
pub struct Note {
    /// What it says.
    pub json: Bytes,
    /// For how long.
    pub kept: Kept,
}

/// Notes, each under a key of its own.
///
/// Every method is one transaction, as those of [`super::Store`] are.
#[async_trait]
pub trait Notes: Send + Sync {
    /// Whether several processes may use the store, and it outlives them.
    fn is_shared(&self) -> bool;

    /// What the note of this key says.
    async fn note(&self, key: &str) -> Stored<Option<Bytes>>;

    /// Writes, replaces or deletes a note if it still says what it said, or still is not there;
    /// returns whether that was so.
    ///
    /// A note stays with the thread with which it was written first.
    ///
    /// # Errors
    /// When it is to be kept with a thread that is not there.
    async fn swap_note(&self, key: &str, was: Option<&Bytes>, now: Option<Note>) -> Stored<bool>;

    /// Deletes the notes that were to be kept until this time, in unix seconds, or a time before.
    async fn sweep_notes(&self, now: i64) -> Stored<()>;

    /// Deletes every note whose key begins so.
    async fn delete_notes(&self, prefix: &str) -> Stored<()>;

    /// Keeps bytes with a note, in the place of those that have this number; returns whether there
    /// is such a note.
    async fn put_chunk(&self, key: &str, number: u32, bytes: Bytes) -> Stored<bool>;

    /// The bytes of this number that are kept with a note.
    async fn chunk(&self, key: &str, number: u32) -> Stored<Option<Bytes>>;
}
