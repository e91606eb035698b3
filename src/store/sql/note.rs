//! Notes in a database.

use std::borrow::Cow;

use async_trait::async_trait;
use bytes::Bytes;
use sqlx::{ColumnIndex, Database, Decode, Encode, Executor, IntoArguments, Row, Type};

use super::super::{Kept, Note, Notes, StoreError, Stored};
use super::{SqlStore, Write, Writer, key};
use crate::protocol::ThreadId;

const NOTE: &str = "SELECT json FROM chatkit_notes WHERE key = $1";

const THREAD: &str = "SELECT 1 FROM chatkit_threads WHERE id = $1";

const CHUNK: &str = "SELECT bytes FROM chatkit_chunks WHERE note = $1 AND number = $2";

impl Kept {
    /// The time that a row has for it, in unix seconds: the end of all times for good.
    pub(super) fn until(&self) -> i64 {
        match self {
            Self::Until(end) => *end,
            Self::With(_) | Self::Always => i64::MAX,
        }
    }
}

#[async_trait]
impl<DB, W> Notes for SqlStore<DB, W>
where
    DB: Database,
    W: Writer,
    DB::Arguments: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'q> Cow<'q, str>: Encode<'q, DB> + Type<DB>,
    for<'r> String: Decode<'r, DB> + Type<DB>,
    for<'r> Vec<u8>: Decode<'r, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    fn is_shared(&self) -> bool {
        true
    }

    async fn note(&self, key: &str) -> Stored<Option<Bytes>> {
        let query = sqlx::query::<DB>(NOTE).bind(self::key(key));
        let row = query.fetch_optional(&mut *self.reader().await?).await?;
        let json = row.map(|row| row.try_get::<String, _>(0)).transpose()?;
        Ok(json.map(|json| json.into_bytes().into()))
    }

    async fn swap_note(&self, key: &str, was: Option<&Bytes>, now: Option<Note>) -> Stored<bool> {
        let key = key.to_owned();
        let (write, owner) = match (was.cloned(), now) {
            (None, None) => return Ok(self.note(&key).await?.is_none()),
            (Some(was), None) => (Write::DeleteNote(key, was), None),
            (Some(was), Some(note)) => (Write::SwapNote { key, was, note }, None),
            (None, Some(note)) => match note.kept.clone() {
                Kept::With(thread) => {
                    let write = Write::AddThreadNote(key, thread.clone(), note.json);
                    (write, Some(thread))
                }
                Kept::Until(_) | Kept::Always => (Write::AddNote(key, note), None),
            },
        };
        let changed = self.writer.write(write).await?;
        match owner {
            Some(thread) if !changed => self.check_thread(&thread).await.map(|()| false),
            _ => Ok(changed),
        }
    }

    async fn sweep_notes(&self, now: i64) -> Stored<()> {
        self.writer.write(Write::SweepNotes(now)).await.map(drop)
    }

    async fn delete_notes(&self, prefix: &str) -> Stored<()> {
        let write = Write::DeleteNotes(prefix.to_owned());
        self.writer.write(write).await.map(drop)
    }

    async fn put_chunk(&self, key: &str, number: u32, bytes: Bytes) -> Stored<bool> {
        let write = Write::PutChunk(key.to_owned(), number, bytes);
        self.writer.write(write).await
    }

    async fn chunk(&self, key: &str, number: u32) -> Stored<Option<Bytes>> {
        let query = sqlx::query::<DB>(CHUNK)
            .bind(self::key(key))
            .bind(i64::from(number));
        let row = query.fetch_optional(&mut *self.reader().await?).await?;
        let bytes = row.map(|row| row.try_get::<Vec<u8>, _>(0)).transpose()?;
        Ok(bytes.map(Bytes::from))
    }
}

impl<DB, W> SqlStore<DB, W>
where
    DB: Database,
    DB::Arguments: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'q> Cow<'q, str>: Encode<'q, DB> + Type<DB>,
{
    async fn check_thread(&self, id: &ThreadId) -> Stored<()> {
        let query = sqlx::query::<DB>(THREAD).bind(key(id.as_str()));
        let row = query.fetch_optional(&mut *self.reader().await?).await?;
        row.map(drop)
            .ok_or_else(|| StoreError::NoThread(id.clone()))
    }
}
