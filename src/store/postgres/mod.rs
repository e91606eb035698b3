//! Threads in a Postgres database, which several processes share.
//!
//! Every change is one statement, and is acknowledged when it is committed. Items are appended
//! under a lock on their thread's row: sequence numbers alone are given out before the commit, and
//! whoever pages on while two writers are at work would miss the lower one that is committed last.

mod open;

use async_trait::async_trait;
use sqlx::postgres::PgQueryResult;
use sqlx::{PgPool, Postgres, Row, Transaction};

use super::patient::Patient;
use super::sql::{self, Changed, Dialect, SqlStore, Steps, Write, Writer};
use super::{PostgresUrl, Store, Stored};
use crate::error;

impl Dialect for Postgres {
    const PUT_ITEM: &str = "\
WITH thread AS MATERIALIZED
    (SELECT seq FROM chatkit_threads WHERE id = $1 FOR NO KEY UPDATE)
INSERT INTO chatkit_items (thread, id, hidden, json)
SELECT seq, $2, $3, $4 FROM thread
ON CONFLICT (thread, id) DO UPDATE SET hidden = excluded.hidden, json = excluded.json";

    const PUT_ITEMS: &str = "\
WITH thread AS MATERIALIZED
    (SELECT seq FROM chatkit_threads WHERE id = $1 FOR NO KEY UPDATE)
INSERT INTO chatkit_items (thread, id, hidden, json)
SELECT thread.seq, list.line ->> 0, (list.line ->> 1)::boolean, list.line ->> 2
FROM thread, json_array_elements($2::json) WITH ORDINALITY AS list (line, place)
ORDER BY list.place
ON CONFLICT (thread, id) DO UPDATE SET hidden = excluded.hidden, json = excluded.json";

    // Deletes several rows, and so takes the thread's lock before them as everything else does.
    const DELETE_ITEMS_AFTER: &str = "\
WITH thread AS MATERIALIZED
    (SELECT seq FROM chatkit_threads WHERE id = $1 FOR NO KEY UPDATE)
DELETE FROM chatkit_items
WHERE thread = (SELECT seq FROM thread)
  AND seq > (SELECT i.seq FROM chatkit_items i JOIN thread t ON i.thread = t.seq WHERE i.id = $2)";

    // The locks keep the owner there until this is committed, or find that it is gone.
    const ADD_THREAD_NOTE: &str = "\
WITH thread AS MATERIALIZED
    (SELECT seq FROM chatkit_threads WHERE id = $2 FOR KEY SHARE)
INSERT INTO chatkit_notes (key, thread, expires, json)
SELECT $1, seq, 9223372036854775807, $3 FROM thread
ON CONFLICT (key) DO NOTHING";

    const PUT_CHUNK: &str = "\
WITH note AS MATERIALIZED
    (SELECT key FROM chatkit_notes WHERE key = $1 FOR KEY SHARE)
INSERT INTO chatkit_chunks (note, number, bytes)
SELECT key, $2, $3 FROM note
ON CONFLICT (note, number) DO UPDATE SET bytes = excluded.bytes";

    fn rows_affected(result: &PgQueryResult) -> u64 {
        result.rows_affected()
    }
}

/// Opens the store in this database.
pub(super) async fn open(url: &PostgresUrl) -> error::Result<impl Store + use<>> {
    let pool = open::open(url).await?;
    Ok(Patient(SqlStore::new(pool.clone(), Direct(pool))))
}

/// What a transaction of many threads holds while it lasts: a number of our own.
const MANY_THREADS: i64 = 0x636b_6974 + 1;

/// Begins a transaction of many threads. One at a time: two that come to the same threads in
/// different orders would wait for each other, and Postgres would undo one of them.
async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let mut transaction = sql::transaction(pool).await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(MANY_THREADS)
        .execute(&mut *transaction)
        .await?;
    Ok(transaction)
}

/// Changes go straight to the database, which commits those of all its clients together.
struct Direct(PgPool);

#[async_trait]
impl Writer for Direct {
    async fn write(&self, write: Write) -> Stored<Changed> {
        Ok(write
            .make::<Postgres, _>(&mut *sql::connection(&self.0).await?)
            .await?)
    }

    async fn follow(&self, mut steps: Steps) -> Stored<()> {
        let pool = self.0.clone();
        // It ends with the steps, which whoever asked holds the other end of.
        tokio::spawn(async move {
            match begin(&pool).await {
                Ok(mut transaction) => {
                    let followed = sql::follow::<Postgres>(&mut transaction, &mut steps).await;
                    sql::finish(transaction, followed).await;
                }
                Err(error) => sql::refuse(&mut steps, error).await,
            }
        });
        Ok(())
    }

    async fn begin_run(&self) -> Stored<u64> {
        let counted = "UPDATE chatkit_runs SET count = count + 1 RETURNING count - 1";
        let mut connection = sql::connection(&self.0).await?;
        let row = sqlx::query(counted).fetch_one(&mut *connection).await?;
        Ok(row.try_get::<i64, _>(0)?.unsigned_abs())
    }

    async fn close(&self) {
        self.0.close().await;
    }
}
