//! Threads in a file of `SQLite`'s.
//!
//! The file is in WAL mode with `synchronous=NORMAL`: a commit is in the operating system's hands
//! before it is acknowledged, so that no death of the process loses it, `kill -9` included. Only
//! when the whole machine loses its power may the last commits be missing, never half there.
//! `FULL` would wait for the disk at every commit, which a test bench has no use for.

mod open;
mod writer;

use std::path::Path;
use std::time::Duration;

use sqlx::Sqlite;
use sqlx::sqlite::{SqlitePoolOptions, SqliteQueryResult};

use super::Store;
use super::sql::{Dialect, SqlStore};
use crate::error::Result;

/// How long to wait for another process that writes.
const BUSY: Duration = Duration::from_secs(5);

/// How many pages are read at once; writing is one connection's work.
const READERS: u32 = 4;

impl Dialect for Sqlite {
    const PUT_ITEM: &str = "\
INSERT INTO chatkit_items (thread, id, hidden, json)
SELECT seq, $2, $3, $4 FROM chatkit_threads WHERE id = $1
ON CONFLICT (thread, id) DO UPDATE SET hidden = excluded.hidden, json = excluded.json";

    const PUT_ITEMS: &str = "\
INSERT INTO chatkit_items (thread, id, hidden, json)
SELECT t.seq, row.value ->> 0, row.value ->> 1, row.value ->> 2
FROM chatkit_threads t, json_each($2) row WHERE t.id = $1 ORDER BY row.key
ON CONFLICT (thread, id) DO UPDATE SET hidden = excluded.hidden, json = excluded.json";

    const DELETE_ITEMS_AFTER: &str = "\
DELETE FROM chatkit_items
WHERE thread = (SELECT seq FROM chatkit_threads WHERE id = $1)
  AND seq > (SELECT i.seq FROM chatkit_items i JOIN chatkit_threads t ON i.thread = t.seq
             WHERE t.id = $1 AND i.id = $2)";

    const ADD_THREAD_NOTE: &str = "\
INSERT INTO chatkit_notes (key, thread, expires, json)
SELECT $1, seq, 9223372036854775807, $3 FROM chatkit_threads WHERE id = $2
ON CONFLICT (key) DO NOTHING";

    const PUT_CHUNK: &str = "\
INSERT INTO chatkit_chunks (note, number, bytes)
SELECT key, $2, $3 FROM chatkit_notes WHERE key = $1
ON CONFLICT (note, number) DO UPDATE SET bytes = excluded.bytes";

    fn rows_affected(result: &SqliteQueryResult) -> u64 {
        result.rows_affected()
    }
}

/// Opens the store in this file, which is made if it is not there.
pub(super) async fn open(path: &Path) -> Result<impl Store + use<>> {
    let connection = open::open(path).await?;
    let reads = SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(BUSY)
        // A file does not go away like a server does.
        .test_before_acquire(false)
        .connect_lazy_with(open::options(path).pragma("query_only", "on"));
    Ok(SqlStore::new(reads, writer::start(connection, path)))
}
