//! Every change of a store as a value, and the one statement that makes it.

use std::borrow::Cow;

use bytes::Bytes;
use sqlx::{Database, Encode, Executor, IntoArguments, Type};

use super::super::{ItemRow, Note, StoreError, Stored, ThreadRow};
use super::key;
use crate::protocol::{Attachment, AttachmentId, ItemId, ThreadId};

/// A change, which is made whole or not at all.
#[derive(Debug)]
pub(in crate::store) enum Write {
    PutThread(ThreadRow),
    SwapThread {
        id: ThreadId,
        was: Bytes,
        json: Bytes,
    },
    DeleteThread(ThreadId),
    PutItem(ThreadId, ItemRow),
    /// Items of different ids, in their order.
    PutItems(ThreadId, Vec<ItemRow>),
    SwapItem {
        thread: ThreadId,
        was: Bytes,
        row: ItemRow,
    },
    DeleteItem(ThreadId, ItemId),
    DeleteItemsAfter(ThreadId, ItemId),
    PutAttachment(String, Box<Attachment>),
    AddAttachment(String, Box<Attachment>),
    SwapAttachment {
        user: String,
        was: Bytes,
        attachment: Box<Attachment>,
    },
    DeleteAttachment(String, AttachmentId),
    DeleteAttachments,
    AddNote(String, Note),
    AddThreadNote(String, ThreadId, Bytes),
    SwapNote {
        key: String,
        was: Bytes,
        note: Note,
    },
    DeleteNote(String, Bytes),
    SweepNotes(i64),
    /// All that begin so.
    DeleteNotes(String),
    PutChunk(String, u32, Bytes),
}

/// Whether anything was changed.
pub(in crate::store) type Changed = bool;

const PUT_THREAD: &str = "\
INSERT INTO chatkit_threads (id, owner, created_at, json) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, json = excluded.json";

const SWAP_THREAD: &str = "UPDATE chatkit_threads SET json = $3 WHERE id = $1 AND json = $2";

const DELETE_THREAD: &str = "DELETE FROM chatkit_threads WHERE id = $1";

const SWAP_ITEM: &str = "\
UPDATE chatkit_items SET hidden = $4, json = $5
WHERE thread = (SELECT seq FROM chatkit_threads WHERE id = $1) AND id = $2 AND json = $3";

const DELETE_ITEM: &str = "\
DELETE FROM chatkit_items
WHERE thread = (SELECT seq FROM chatkit_threads WHERE id = $1) AND id = $2";

const PUT_ATTACHMENT: &str = "\
INSERT INTO chatkit_attachments (id, owner, json) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, json = excluded.json";

const ADD_ATTACHMENT: &str = "\
INSERT INTO chatkit_attachments (id, owner, json) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";

const SWAP_ATTACHMENT: &str = "\
UPDATE chatkit_attachments SET json = $4 WHERE id = $1 AND owner = $2 AND json = $3";

const DELETE_ATTACHMENT: &str = "DELETE FROM chatkit_attachments WHERE id = $1 AND owner = $2";

const DELETE_ATTACHMENTS: &str = "DELETE FROM chatkit_attachments";

const ADD_NOTE: &str = "\
INSERT INTO chatkit_notes (key, expires, json) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING";

const SWAP_NOTE: &str =
    "UPDATE chatkit_notes SET expires = $3, json = $4 WHERE key = $1 AND json = $2";

const DELETE_NOTE: &str = "DELETE FROM chatkit_notes WHERE key = $1 AND json = $2";

const SWEEP_NOTES: &str = "DELETE FROM chatkit_notes WHERE expires <= $1";

const DELETE_NOTES: &str = "DELETE FROM chatkit_notes WHERE substr(key, 1, length($1)) = $1";

/// What the two databases say differently.
pub(in crate::store) trait Dialect: Database {
    /// Appends an item to a thread or replaces it in its place: thread, id, hidden, JSON.
    const PUT_ITEM: &str;

    /// The same of several items: thread, and a JSON array of arrays of id, hidden and JSON.
    const PUT_ITEMS: &str;

    /// Deletes the items of a thread behind one of them: thread, id.
    const DELETE_ITEMS_AFTER: &str;

    /// Writes a note that goes with a thread, unless there is one: key, thread, JSON.
    const ADD_THREAD_NOTE: &str;

    /// Keeps bytes with a note, or replaces them: key, number, bytes.
    const PUT_CHUNK: &str;

    /// How many rows a statement changed.
    fn rows_affected(result: &Self::QueryResult) -> u64;
}

impl Write {
    /// Makes the change; what is missing for it is found out by who asked.
    pub async fn make<'c, DB, E>(&self, executor: E) -> Result<Changed, sqlx::Error>
    where
        DB: Dialect,
        DB::Arguments: IntoArguments<DB>,
        E: Executor<'c, Database = DB>,
        for<'q> Cow<'q, str>: Encode<'q, DB> + Type<DB>,
        for<'q> &'q str: Encode<'q, DB> + Type<DB>,
        for<'q> &'q [u8]: Encode<'q, DB> + Type<DB>,
        for<'q> String: Encode<'q, DB> + Type<DB>,
        for<'q> i64: Encode<'q, DB> + Type<DB>,
        for<'q> bool: Encode<'q, DB> + Type<DB>,
    {
        let query = match self {
            Self::PutThread(row) => sqlx::query::<DB>(PUT_THREAD)
                .bind(key(row.id.as_str()))
                .bind(key(&row.user))
                .bind(row.created_at)
                .bind(text(&row.json)?),
            Self::SwapThread { id, was, json } => sqlx::query(SWAP_THREAD)
                .bind(key(id.as_str()))
                .bind(text(was)?)
                .bind(text(json)?),
            Self::DeleteThread(id) => sqlx::query(DELETE_THREAD).bind(key(id.as_str())),
            Self::PutItem(thread, row) => sqlx::query(DB::PUT_ITEM)
                .bind(key(thread.as_str()))
                .bind(key(row.id.as_str()))
                .bind(row.hidden)
                .bind(text(&row.json)?),
            Self::PutItems(thread, rows) => sqlx::query(DB::PUT_ITEMS)
                .bind(key(thread.as_str()))
                .bind(array(rows)?),
            Self::SwapItem { thread, was, row } => sqlx::query(SWAP_ITEM)
                .bind(key(thread.as_str()))
                .bind(key(row.id.as_str()))
                .bind(text(was)?)
                .bind(row.hidden)
                .bind(text(&row.json)?),
            Self::DeleteItem(thread, id) => sqlx::query(DELETE_ITEM)
                .bind(key(thread.as_str()))
                .bind(key(id.as_str())),
            Self::DeleteItemsAfter(thread, id) => sqlx::query(DB::DELETE_ITEMS_AFTER)
                .bind(key(thread.as_str()))
                .bind(key(id.as_str())),
            Self::PutAttachment(user, attachment) => sqlx::query(PUT_ATTACHMENT)
                .bind(key(attachment.id.as_str()))
                .bind(key(user))
                .bind(json(attachment)?),
            Self::AddAttachment(user, attachment) => sqlx::query(ADD_ATTACHMENT)
                .bind(key(attachment.id.as_str()))
                .bind(key(user))
                .bind(json(attachment)?),
            Self::SwapAttachment {
                user,
                was,
                attachment,
            } => sqlx::query(SWAP_ATTACHMENT)
                .bind(key(attachment.id.as_str()))
                .bind(key(user))
                .bind(text(was)?)
                .bind(json(attachment)?),
            Self::DeleteAttachment(user, id) => sqlx::query(DELETE_ATTACHMENT)
                .bind(key(id.as_str()))
                .bind(key(user)),
            Self::DeleteAttachments => sqlx::query(DELETE_ATTACHMENTS),
            Self::AddNote(name, note) => sqlx::query(ADD_NOTE)
                .bind(key(name))
                .bind(note.kept.until())
                .bind(text(&note.json)?),
            Self::AddThreadNote(name, thread, json) => sqlx::query(DB::ADD_THREAD_NOTE)
                .bind(key(name))
                .bind(key(thread.as_str()))
                .bind(text(json)?),
            Self::SwapNote {
                key: name,
                was,
                note,
            } => sqlx::query(SWAP_NOTE)
                .bind(key(name))
                .bind(text(was)?)
                .bind(note.kept.until())
                .bind(text(&note.json)?),
            Self::DeleteNote(name, was) => {
                sqlx::query(DELETE_NOTE).bind(key(name)).bind(text(was)?)
            }
            Self::SweepNotes(now) => sqlx::query(SWEEP_NOTES).bind(*now),
            Self::DeleteNotes(prefix) => sqlx::query(DELETE_NOTES).bind(key(prefix)),
            Self::PutChunk(name, number, bytes) => sqlx::query(DB::PUT_CHUNK)
                .bind(key(name))
                .bind(i64::from(*number))
                .bind(&bytes[..]),
        };
        let result = query.execute(executor).await?;
        Ok(DB::rows_affected(&result) > 0)
    }
}

/// The change of a store that a statement did not make, because the thread is not there.
pub(in crate::store) fn unless_changed(changed: Changed, thread: &ThreadId) -> Stored<()> {
    if changed {
        return Ok(());
    }
    Err(StoreError::NoThread(thread.clone()))
}

/// A row's JSON as the database wants it.
fn text(json: &Bytes) -> Result<&str, sqlx::Error> {
    std::str::from_utf8(json).map_err(|error| sqlx::Error::Encode(error.into()))
}

fn array(rows: &[ItemRow]) -> Result<String, sqlx::Error> {
    let fields = |row: &ItemRow| {
        let json = text(&row.json)?.to_owned();
        Ok((key(row.id.as_str()).into_owned(), row.hidden, json))
    };
    let rows: Result<Vec<_>, sqlx::Error> = rows.iter().map(fields).collect();
    serde_json::to_string(&rows?).map_err(|error| sqlx::Error::Encode(error.into()))
}

fn json(attachment: &Attachment) -> Result<String, sqlx::Error> {
    serde_json::to_string(attachment).map_err(|error| sqlx::Error::Encode(error.into()))
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(match error {
            sqlx::Error::PoolTimedOut => "it did not answer in time".to_owned(),
            sqlx::Error::Database(error) => error.message().to_owned(),
            error => error.to_string(),
        })
    }
}
