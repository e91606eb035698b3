//! A store that answers in time, or says that it did not.
//!
//! A server whose machine is gone, or whose process is stopped, closes no connection: without a
//! limit of our own whoever asks would wait for as long as TCP keeps trying.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::{Draft, ItemRow, Note, Notes, Onto, Query, Rows, Store, StoreError, Stored, ThreadRow};
use crate::protocol::{Attachment, AttachmentId, ItemId, ThreadId};

/// How long an answer may take: somewhat longer than the server's own limit for a statement, whose
/// error says more.
const PATIENCE: Duration = Duration::from_secs(12);

/// A store behind a network.
///
/// A change that was given up on may still be made when the server wakes up, whole as any other.
pub(super) struct Patient<S>(pub S);

/// What comes of this; or the news that it did not come in time.
pub(crate) async fn in_time<T>(answer: impl Future<Output = Stored<T>>) -> Stored<T> {
    let timed_out = |_| {
        let reason = format!("it did not answer within {} s", PATIENCE.as_secs());
        StoreError::Unavailable(reason)
    };
    tokio::time::timeout(PATIENCE, answer)
        .await
        .map_err(timed_out)?
}

#[async_trait]
impl<S: Store> Store for Patient<S> {
    async fn put_thread(&self, row: ThreadRow) -> Stored<()> {
        in_time(self.0.put_thread(row)).await
    }

    async fn swap_thread(&self, id: &ThreadId, was: &Bytes, json: Bytes) -> Stored<bool> {
        in_time(self.0.swap_thread(id, was, json)).await
    }

    async fn thread(&self, user: Option<&str>, id: &ThreadId) -> Stored<Arc<ThreadRow>> {
        in_time(self.0.thread(user, id)).await
    }

    async fn threads(&self, user: Option<&str>, query: Query<'_>) -> Stored<Rows<ThreadRow>> {
        in_time(self.0.threads(user, query)).await
    }

    async fn delete_thread(&self, id: &ThreadId) -> Stored<()> {
        in_time(self.0.delete_thread(id)).await
    }

    async fn put_item(&self, thread: &ThreadId, row: ItemRow) -> Stored<()> {
        in_time(self.0.put_item(thread, row)).await
    }

    async fn swap_item(&self, thread: &ThreadId, was: &Bytes, row: ItemRow) -> Stored<bool> {
        in_time(self.0.swap_item(thread, was, row)).await
    }

    async fn item(&self, thread: &ThreadId, id: &ItemId) -> Stored<Option<Arc<ItemRow>>> {
        in_time(self.0.item(thread, id)).await
    }

    async fn items(&self, thread: &ThreadId, query: Query<'_>) -> Stored<Rows<ItemRow>> {
        in_time(self.0.items(thread, query)).await
    }

    async fn delete_item(&self, thread: &ThreadId, id: &ItemId) -> Stored<()> {
        in_time(self.0.delete_item(thread, id)).await
    }

    async fn delete_items_after(&self, thread: &ThreadId, id: &ItemId) -> Stored<()> {
        in_time(self.0.delete_items_after(thread, id)).await
    }

    async fn draft(&self, row: ThreadRow, onto: Onto) -> Stored<Box<dyn Draft>> {
        let draft = in_time(self.0.draft(row, onto)).await?;
        Ok(Box::new(PatientDraft(draft)))
    }

    async fn put_attachment(&self, user: &str, attachment: Attachment) -> Stored<()> {
        in_time(self.0.put_attachment(user, attachment)).await
    }

    async fn swap_attachment(
        &self,
        user: &str,
        was: &Bytes,
        attachment: Attachment,
    ) -> Stored<bool> {
        in_time(self.0.swap_attachment(user, was, attachment)).await
    }

    async fn attachment_json(&self, user: &str, id: &AttachmentId) -> Stored<Option<Bytes>> {
        in_time(self.0.attachment_json(user, id)).await
    }

    async fn delete_attachment(&self, user: &str, id: &AttachmentId) -> Stored<bool> {
        in_time(self.0.delete_attachment(user, id)).await
    }

    async fn delete_attachments(&self) -> Stored<()> {
        in_time(self.0.delete_attachments()).await
    }

    async fn begin_run(&self) -> Stored<u64> {
        in_time(self.0.begin_run()).await
    }

    async fn close(&self) {
        // Whatever is left of a connection that does not answer ends with the process.
        let _ = tokio::time::timeout(PATIENCE, self.0.close()).await;
    }
}

#[async_trait]
impl<S: Store> Notes for Patient<S> {
    fn is_shared(&self) -> bool {
        self.0.is_shared()
    }

    async fn note(&self, key: &str) -> Stored<Option<Bytes>> {
        in_time(self.0.note(key)).await
    }

    async fn swap_note(&self, key: &str, was: Option<&Bytes>, now: Option<Note>) -> Stored<bool> {
        in_time(self.0.swap_note(key, was, now)).await
    }

    async fn sweep_notes(&self, now: i64) -> Stored<()> {
        in_time(self.0.sweep_notes(now)).await
    }

    async fn delete_notes(&self, prefix: &str) -> Stored<()> {
        in_time(self.0.delete_notes(prefix)).await
    }

    async fn put_chunk(&self, key: &str, number: u32, bytes: Bytes) -> Stored<bool> {
        in_time(self.0.put_chunk(key, number, bytes)).await
    }

    async fn chunk(&self, key: &str, number: u32) -> Stored<Option<Bytes>> {
        in_time(self.0.chunk(key, number)).await
    }
}

/// A draft of such a store; each of its steps has the same limit.
struct PatientDraft(Box<dyn Draft>);

#[async_trait]
impl Draft for PatientDraft {
    async fn next(&mut self, row: ThreadRow, onto: Onto) -> Stored<()> {
        in_time(self.0.next(row, onto)).await
    }

    async fn undo(&mut self) -> Stored<()> {
        in_time(self.0.undo()).await
    }

    async fn item(&mut self, row: ItemRow) -> Stored<()> {
        in_time(self.0.item(row)).await
    }

    async fn attachment(&mut self, attachment: Attachment) -> Stored<()> {
        in_time(self.0.attachment(attachment)).await
    }

    async fn commit(self: Box<Self>) -> Stored<()> {
        in_time(self.0.commit()).await
    }
}
