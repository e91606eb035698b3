//! What the two databases share: the statements, and the store on top of them.
//!
//! Both have the same tables. A page is read by bounds on an index (its window), never by an
//! offset, so that the first page of a million rows costs what the first of twenty does.

mod connect;
mod draft;
mod note;
mod window;
mod write;

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use sqlx::{ColumnIndex, Database, Decode, Encode, Executor, IntoArguments, Pool, Row, Type};

use self::draft::SqlDraft;
use self::window::Window;
use super::{Draft, ItemRow, Onto, Query, Rows, Store, StoreError, Stored, ThreadRow};
use crate::protocol::{Attachment, AttachmentId, ItemId, ThreadId};

pub(super) use self::connect::{connection, transaction};
pub(super) use self::draft::{Steps, finish, follow, refuse};
pub(super) use self::write::{Changed, Dialect, Write, unless_changed};

/// How a database takes changes.
#[async_trait]
pub(super) trait Writer: Send + Sync {
    /// Makes a change, and returns when it is kept.
    async fn write(&self, write: Write) -> Stored<Changed>;

    /// Begins a transaction that takes these steps; why it failed is told at its commit.
    async fn follow(&self, steps: Steps) -> Stored<()>;

    /// Counts a run, and returns how many there were before.
    async fn begin_run(&self) -> Stored<u64>;

    /// Finishes what was begun.
    async fn close(&self);
}

/// A store in a database.
pub(super) struct SqlStore<DB: Database, W> {
    reads: Pool<DB>,
    writer: W,
}

impl<DB: Database, W> SqlStore<DB, W> {
    pub fn new(reads: Pool<DB>, writer: W) -> Self {
        Self { reads, writer }
    }
}

const THREAD: &str = "SELECT id, owner, created_at, json FROM chatkit_threads WHERE id = $1";

const THREAD_PLACE: &str = "SELECT created_at, seq, owner FROM chatkit_threads WHERE id = $1";

const THREADS_ASC: &str = "\
SELECT id, owner, created_at, json FROM chatkit_threads
WHERE (created_at, seq) > ($1, $2) AND (created_at, seq) < ($3, $4)
ORDER BY created_at, seq LIMIT $5";

const THREADS_DESC: &str = "\
SELECT id, owner, created_at, json FROM chatkit_threads
WHERE (created_at, seq) > ($1, $2) AND (created_at, seq) < ($3, $4)
ORDER BY created_at DESC, seq DESC LIMIT $5";

const OWN_THREADS_ASC: &str = "\
SELECT id, owner, created_at, json FROM chatkit_threads
WHERE (created_at, seq) > ($1, $2) AND (created_at, seq) < ($3, $4) AND owner = $6
ORDER BY created_at, seq LIMIT $5";

const OWN_THREADS_DESC: &str = "\
SELECT id, owner, created_at, json FROM chatkit_threads
WHERE (created_at, seq) > ($1, $2) AND (created_at, seq) < ($3, $4) AND owner = $6
ORDER BY created_at DESC, seq DESC LIMIT $5";

/// The thread, and the item in it, if there is one of this id.
const ITEM: &str = "\
SELECT i.id, i.hidden, i.json FROM chatkit_threads t
LEFT JOIN chatkit_items i ON i.thread = t.seq AND i.id = $2
WHERE t.id = $1";

/// The thread, and the places of two of its items.
const ITEM_PLACES: &str = "\
SELECT t.seq,
       (SELECT seq FROM chatkit_items WHERE thread = t.seq AND id = $2),
       (SELECT seq FROM chatkit_items WHERE thread = t.seq AND id = $3)
FROM chatkit_threads t WHERE t.id = $1";

const ITEMS_ASC: &str = "\
SELECT id, hidden, json FROM chatkit_items
WHERE thread = $1 AND seq > $2 AND seq < $3 AND ($4 OR NOT hidden)
ORDER BY seq LIMIT $5";

const ITEMS_DESC: &str = "\
SELECT id, hidden, json FROM chatkit_items
WHERE thread = $1 AND seq > $2 AND seq < $3 AND ($4 OR NOT hidden)
ORDER BY seq DESC LIMIT $5";

const ATTACHMENT: &str = "SELECT json FROM chatkit_attachments WHERE id = $1 AND owner = $2";

#[async_trait]
impl<DB, W> Store for SqlStore<DB, W>
where
    DB: Database,
    W: Writer,
    DB::Arguments: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'q> Cow<'q, str>: Encode<'q, DB> + Type<DB>,
    for<'q> Option<Cow<'q, str>>: Encode<'q, DB> + Type<DB>,
    for<'r> String: Decode<'r, DB> + Type<DB>,
    for<'r> Vec<u8>: Decode<'r, DB> + Type<DB>,
    for<'r> i64: Encode<'r, DB> + Decode<'r, DB> + Type<DB>,
    for<'r> bool: Encode<'r, DB> + Decode<'r, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    async fn put_thread(&self, row: ThreadRow) -> Stored<()> {
        self.writer.write(Write::PutThread(row)).await.map(drop)
    }

    async fn swap_thread(&self, id: &ThreadId, was: &Bytes, json: Bytes) -> Stored<bool> {
        let write = Write::SwapThread {
            id: id.clone(),
            was: was.clone(),
            json,
        };
        if self.writer.write(write).await? {
            return Ok(true);
        }
        self.thread(None, id).await.map(|_| false)
    }

    async fn thread(&self, user: Option<&str>, id: &ThreadId) -> Stored<Arc<ThreadRow>> {
        let query = sqlx::query::<DB>(THREAD).bind(key(id.as_str()));
        let row = query.fetch_optional(&mut *self.reader().await?).await?;
        let row = row.as_ref().map(thread_row).transpose()?;
        row.filter(|row| user.is_none_or(|user| *user == *row.user))
            .map(Arc::new)
            .ok_or_else(|| StoreError::NoThread(id.clone()))
    }

    async fn threads(&self, user: Option<&str>, query: Query<'_>) -> Stored<Rows<ThreadRow>> {
        let after = self.thread_place(user, query.after).await?;
        let before = self.thread_place(user, query.before).await?;
        let window = Window::new(&query, after, before);
        let statement = match (user.is_some(), window.ascending) {
            (false, true) => THREADS_ASC,
            (false, false) => THREADS_DESC,
            (true, true) => OWN_THREADS_ASC,
            (true, false) => OWN_THREADS_DESC,
        };
        let mut page = sqlx::query::<DB>(statement)
            .bind(window.low.0)
            .bind(window.low.1)
            .bind(window.high.0)
            .bind(window.high.1)
            .bind(window.limit);
        if let Some(user) = user {
            page = page.bind(key(user));
        }
        let rows = page.fetch_all(&mut *self.reader().await?).await?;
        let rows = rows.iter().map(thread_row).collect::<Result<_, _>>()?;
        Ok(window.page(rows))
    }

    async fn delete_thread(&self, id: &ThreadId) -> Stored<()> {
        let changed = self.writer.write(Write::DeleteThread(id.clone())).await?;
        unless_changed(changed, id)
    }

    async fn put_item(&self, thread: &ThreadId, row: ItemRow) -> Stored<()> {
        let write = Write::PutItem(thread.clone(), row);
        unless_changed(self.writer.write(write).await?, thread)
    }

    async fn swap_item(&self, thread: &ThreadId, was: &Bytes, row: ItemRow) -> Stored<bool> {
        let write = Write::SwapItem {
            thread: thread.clone(),
            was: was.clone(),
            row,
        };
        if self.writer.write(write).await? {
            return Ok(true);
        }
        self.thread(None, thread).await.map(|_| false)
    }

    async fn item(&self, thread: &ThreadId, id: &ItemId) -> Stored<Option<Arc<ItemRow>>> {
        let query = sqlx::query::<DB>(ITEM)
            .bind(key(thread.as_str()))
            .bind(key(id.as_str()));
        let row = query.fetch_optional(&mut *self.reader().await?).await?;
        let row = row.ok_or_else(|| StoreError::NoThread(thread.clone()))?;
        if row.try_get::<Option<String>, _>(0)?.is_none() {
            return Ok(None);
        }
        Ok(Some(Arc::new(item_row(&row)?)))
    }

    async fn items(&self, thread: &ThreadId, query: Query<'_>) -> Stored<Rows<ItemRow>> {
        let places = sqlx::query::<DB>(ITEM_PLACES)
            .bind(key(thread.as_str()))
            .bind(query.after.map(key))
            .bind(query.before.map(key));
        let places = places.fetch_optional(&mut *self.reader().await?).await?;
        let places = places.ok_or_else(|| StoreError::NoThread(thread.clone()))?;
        let after = found::<i64>(query.after, places.try_get(1)?)?;
        let before = found::<i64>(query.before, places.try_get(2)?)?;
        let window = Window::new(&query, after, before);
        let statement = if window.ascending {
            ITEMS_ASC
        } else {
            ITEMS_DESC
        };
        let rows = sqlx::query::<DB>(statement)
            .bind(places.try_get::<i64, _>(0)?)
            .bind(window.low)
            .bind(window.high)
            .bind(query.hidden)
            .bind(window.limit);
        let rows = rows.fetch_all(&mut *self.reader().await?).await?;
        let rows = rows.iter().map(item_row).collect::<Result<_, _>>()?;
        Ok(window.page(rows))
    }

    async fn delete_item(&self, thread: &ThreadId, id: &ItemId) -> Stored<()> {
        let write = Write::DeleteItem(thread.clone(), id.clone());
        if self.writer.write(write).await? {
            return Ok(());
        }
        self.thread(None, thread).await.map(drop)
    }

    async fn delete_items_after(&self, thread: &ThreadId, id: &ItemId) -> Stored<()> {
        let write = Write::DeleteItemsAfter(thread.clone(), id.clone());
        if self.writer.write(write).await? || self.item(thread, id).await?.is_some() {
            return Ok(());
        }
        Err(StoreError::NoCursor(id.to_string()))
    }

    async fn draft(&self, row: ThreadRow, onto: Onto) -> Stored<Box<dyn Draft>> {
        let (mut draft, steps) = SqlDraft::new(row.id.clone(), &row.user);
        self.writer.follow(steps).await?;
        draft.next(row, onto).await?;
        Ok(Box::new(draft))
    }

    async fn put_attachment(&self, user: &str, attachment: Attachment) -> Stored<()> {
        let write = Write::PutAttachment(user.to_owned(), Box::new(attachment));
        self.writer.write(write).await.map(drop)
    }

    async fn swap_attachment(
        &self,
        user: &str,
        was: &Bytes,
        attachment: Attachment,
    ) -> Stored<bool> {
        let write = Write::SwapAttachment {
            user: user.to_owned(),
            was: was.clone(),
            attachment: Box::new(attachment),
        };
        self.writer.write(write).await
    }

    async fn attachment_json(&self, user: &str, id: &AttachmentId) -> Stored<Option<Bytes>> {
        let query = sqlx::query::<DB>(ATTACHMENT)
            .bind(key(id.as_str()))
            .bind(key(user));
        let row = query.fetch_optional(&mut *self.reader().await?).await?;
        let json = row.map(|row| row.try_get::<String, _>(0)).transpose()?;
        Ok(json.map(|json| json.into_bytes().into()))
    }

    async fn delete_attachment(&self, user: &str, id: &AttachmentId) -> Stored<bool> {
        let write = Write::DeleteAttachment(user.to_owned(), id.clone());
        self.writer.write(write).await
    }

    async fn delete_attachments(&self) -> Stored<()> {
        self.writer.write(Write::DeleteAttachments).await.map(drop)
    }

    async fn begin_run(&self) -> Stored<u64> {
        self.writer.begin_run().await
    }

    async fn close(&self) {
        self.reads.close().await;
        self.writer.close().await;
    }
}

impl<DB, W> SqlStore<DB, W>
where
    DB: Database,
    DB::Arguments: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'q> Cow<'q, str>: Encode<'q, DB> + Type<DB>,
    for<'r> String: Decode<'r, DB> + Type<DB>,
    for<'r> i64: Decode<'r, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    /// Where a cursor stands in this user's list, or in everyone's.
    async fn thread_place(
        &self,
        user: Option<&str>,
        id: Option<&str>,
    ) -> Stored<Option<(i64, i64)>> {
        let Some(cursor) = id else { return Ok(None) };
        let query = sqlx::query::<DB>(THREAD_PLACE).bind(key(cursor));
        let place = match query.fetch_optional(&mut *self.reader().await?).await? {
            Some(row) => {
                let owner: String = row.try_get(2)?;
                let own = user.is_none_or(|user| key(user) == owner);
                own.then_some((row.try_get(0)?, row.try_get(1)?))
            }
            None => None,
        };
        found(id, place)
    }
}

/// The place of a cursor, which must have one.
fn found<P>(cursor: Option<&str>, place: Option<P>) -> Stored<Option<P>> {
    match (cursor, &place) {
        (Some(cursor), None) => Err(StoreError::NoCursor(cursor.to_owned())),
        _ => Ok(place),
    }
}

/// The character by which those are escaped that Postgres cannot keep.
const ESCAPE: char = '\u{1}';

/// An id or a user as a key of a table. Postgres keeps every character but U+0000, which a user's
/// name from outside may have.
fn key(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', ESCAPE]) {
        return text.into();
    }
    let mut key = String::with_capacity(text.len() + 4);
    for character in text.chars() {
        match character {
            '\0' => key.extend([ESCAPE, '0']),
            ESCAPE => key.extend([ESCAPE, '1']),
            other => key.push(other),
        }
    }
    key.into()
}

/// The id or the user of a key.
fn unkey(key: String) -> String {
    if !key.contains(ESCAPE) {
        return key;
    }
    key.replace("\u{1}0", "\0").replace("\u{1}1", "\u{1}")
}

fn thread_row<R>(row: &R) -> Result<ThreadRow, sqlx::Error>
where
    R: Row,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    usize: ColumnIndex<R>,
{
    Ok(ThreadRow {
        id: unkey(row.try_get(0)?).into(),
        user: unkey(row.try_get(1)?).into(),
        created_at: row.try_get(2)?,
        json: row.try_get::<String, _>(3)?.into_bytes().into(),
    })
}

fn item_row<R>(row: &R) -> Result<ItemRow, sqlx::Error>
where
    R: Row,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> bool: Decode<'r, R::Database> + Type<R::Database>,
    usize: ColumnIndex<R>,
{
    Ok(ItemRow {
        id: unkey(row.try_get(0)?).into(),
        hidden: row.try_get(1)?,
        json: row.try_get::<String, _>(2)?.into_bytes().into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_has_a_key_of_its_own_without_a_nul() {
        let texts = [
            "",
            "ann",
            "a\0b",
            "a\u{1}0b",
            "\u{1}",
            "\u{1}1",
            "\0",
            "é\u{1}\0",
        ];
        for text in texts {
            assert!(!key(text).contains('\0'));
            assert_eq!(unkey(key(text).into_owned()), text, "{text:?}");
        }
        let keys: std::collections::HashSet<_> = texts.iter().map(|text| key(text)).collect();
        assert_eq!(keys.len(), texts.len());
    }
}
