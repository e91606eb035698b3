//! Where the mock keeps threads, items, attachments and notes: the traits, their rows, and the three
//! stores.
//!
//! Rows carry the JSON that goes over the wire, serialised once; a page of them is put together
//! from shared bytes. What an event does to a thread is decided above, in `server`.

mod memory;
mod note;
mod open;
mod patient;
mod postgres;
mod sql;
mod sqlite;
mod url;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use crate::protocol::{Attachment, AttachmentId, ItemId, Order, ThreadId};

pub use memory::Memory;
pub use note::{Kept, Note, Notes};
pub use open::open;
pub(crate) use patient::in_time;
pub use url::{PostgresUrl, StoreUrl};

/// A thread's row.
#[derive(Debug)]
pub struct ThreadRow {
    /// The thread's id.
    pub id: ThreadId,
    /// Whose thread it is; users never see each other's.
    pub user: Arc<str>,
    /// Microseconds since 1970, by which threads are ordered.
    pub created_at: i64,
    /// The thread as it is sent, with an empty page of items.
    pub json: Bytes,
}

/// An item's row.
#[derive(Debug)]
pub struct ItemRow {
    /// The item's id.
    pub id: ItemId,
    /// Whether the item is never sent to a client.
    pub hidden: bool,
    /// The item as it is sent.
    pub json: Bytes,
}

/// Which rows of an ordered list are wanted.
#[derive(Clone, Debug, Default)]
pub struct Query<'a> {
    /// How many rows at most.
    pub limit: usize,
    /// By creation.
    pub order: Order,
    /// Only rows that come after this one, in the order asked for.
    pub after: Option<&'a str>,
    /// Only rows that come before this one, in the order asked for.
    pub before: Option<&'a str>,
    /// Also rows that are never sent to a client.
    pub hidden: bool,
}

/// A page of rows.
#[derive(Debug)]
pub struct Rows<T> {
    /// The rows, in the order asked for.
    pub rows: Vec<Arc<T>>,
    /// Whether there are more behind them.
    pub has_more: bool,
}

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The thread is unknown, or another user's.
    #[error("there is no thread {0}")]
    NoThread(ThreadId),
    /// A query names a row that the list does not have.
    #[error("the list has no row {0} to start from")]
    NoCursor(String),
    /// The store itself failed; nothing is known to have changed.
    #[error("the store failed: {0}")]
    Unavailable(String),
}

impl StoreError {
    /// Why, without the words that say what failed.
    fn reason(self) -> String {
        match self {
            Self::Unavailable(reason) => reason,
            other => other.to_string(),
        }
    }
}

/// The result of a store's work.
pub type Stored<T> = Result<T, StoreError>;

/// What becomes of the items that a thread has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onto {
    /// They stay, and what comes is appended.
    Kept,
    /// The thread is deleted first, whatever is in it.
    Nothing,
}

/// Threads that are being put into a store, each of them whole.
///
/// Nobody sees any of it before [`Draft::commit`]; dropped before, nothing of it is kept.
#[async_trait]
pub trait Draft: Send {
    /// Goes on with another thread; the one before it is whole.
    async fn next(&mut self, row: ThreadRow, onto: Onto) -> Stored<()>;

    /// Takes back the thread at hand, and leaves those before it; another one may follow.
    async fn undo(&mut self) -> Stored<()>;

    /// Appends an item to the thread at hand, or replaces the one with its id in its place.
    async fn item(&mut self, row: ItemRow) -> Stored<()>;

    /// Adds an attachment of the thread's user, unless there is one of its id.
    async fn attachment(&mut self, attachment: Attachment) -> Stored<()>;

    /// Makes all of it seen at once.
    ///
    /// # Errors
    /// Whatever the store said to any of it; then the threads before that may be kept, and nothing
    /// else is.
    async fn commit(self: Box<Self>) -> Stored<()>;
}

/// The attachment that this JSON of a store says.
///
/// # Errors
/// When it says none.
pub fn attachment_of(id: &AttachmentId, json: &Bytes) -> Stored<Attachment> {
    serde_json::from_slice(json)
        .map_err(|error| StoreError::Unavailable(format!("attachment {id}: {error}")))
}

/// Threads, their items, and attachments, kept apart by user.
///
/// Every method is one transaction: it is done whole, or not at all.
#[async_trait]
pub trait Store: Notes {
    /// Creates a thread, or replaces the row of the one with its id, which keeps its place.
    async fn put_thread(&self, row: ThreadRow) -> Stored<()>;

    /// Replaces a thread's JSON if it still is what it was; returns whether it was.
    ///
    /// This is how two writers change one thread without undoing each other's change: whoever
    /// comes second reads again.
    async fn swap_thread(&self, id: &ThreadId, was: &Bytes, json: Bytes) -> Stored<bool>;

    /// The thread of this id, if it is this user's; without a user, anyone's.
    async fn thread(&self, user: Option<&str>, id: &ThreadId) -> Stored<Arc<ThreadRow>>;

    /// A page of a user's threads; without a user, of everyone's.
    async fn threads(&self, user: Option<&str>, query: Query<'_>) -> Stored<Rows<ThreadRow>>;

    /// Deletes a thread with its items.
    async fn delete_thread(&self, id: &ThreadId) -> Stored<()>;

    /// Appends an item to a thread, or replaces the one with its id in its place.
    async fn put_item(&self, thread: &ThreadId, row: ItemRow) -> Stored<()>;

    /// Replaces the item with the row's id if its JSON still is what it was; returns whether it
    /// was. An item that is not there is none that it was.
    async fn swap_item(&self, thread: &ThreadId, was: &Bytes, row: ItemRow) -> Stored<bool>;

    /// The item of this id, hidden or not.
    async fn item(&self, thread: &ThreadId, id: &ItemId) -> Stored<Option<Arc<ItemRow>>>;

    /// A page of a thread's items.
    async fn items(&self, thread: &ThreadId, query: Query<'_>) -> Stored<Rows<ItemRow>>;

    /// Deletes an item; one that is not there is deleted already.
    async fn delete_item(&self, thread: &ThreadId, id: &ItemId) -> Stored<()>;

    /// Deletes every item behind this one, hidden or not.
    async fn delete_items_after(&self, thread: &ThreadId, id: &ItemId) -> Stored<()>;

    /// Begins with a thread that appears whole or not at all: behind the items that it has, or in
    /// the place of it with all of them.
    async fn draft(&self, row: ThreadRow, onto: Onto) -> Stored<Box<dyn Draft>>;

    /// Keeps an attachment, in the place of the one with its id.
    async fn put_attachment(&self, user: &str, attachment: Attachment) -> Stored<()>;

    /// Replaces a user's attachment if its JSON still is what it was; returns whether it was.
    async fn swap_attachment(
        &self,
        user: &str,
        was: &Bytes,
        attachment: Attachment,
    ) -> Stored<bool>;

    /// The JSON of the attachment of this id as it was stored, if it is this user's. Another
    /// version may have written it in other words than this one does.
    async fn attachment_json(&self, user: &str, id: &AttachmentId) -> Stored<Option<Bytes>>;

    /// The attachment of this id, if it is this user's.
    async fn attachment(&self, user: &str, id: &AttachmentId) -> Stored<Option<Attachment>> {
        let json = self.attachment_json(user, id).await?;
        json.map(|json| attachment_of(id, &json)).transpose()
    }

    /// Forgets an attachment; returns whether it was there.
    async fn delete_attachment(&self, user: &str, id: &AttachmentId) -> Stored<bool>;

    /// Forgets every user's attachments.
    async fn delete_attachments(&self) -> Stored<()>;

    /// Counts a run that repeats ids by a seed, and returns how many there were before: each needs
    /// ids of its own, or it would overwrite what the runs before it stored.
    async fn begin_run(&self) -> Stored<u64>;

    /// Finishes what was begun and gives the store back; nothing can be asked of it after.
    async fn close(&self) {}
}
