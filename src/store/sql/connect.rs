//! Connections of a pool, also where the database grants fewer than the pool would open.

use std::pin::pin;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{ConnectOptions, Connection, Database, Pool, Transaction};
use tokio::time::timeout;

use super::SqlStore;

/// How soon there is a connection where nothing is in its way.
const AT_ONCE: Duration = Duration::from_millis(100);

/// How long another look waits for one to become free, before it is taken for one that opens one.
const LOOK: Duration = Duration::from_secs(2);

/// How long the attempt to learn the cause may take.
const ATTEMPT: Duration = Duration::from_secs(1);

/// A connection of the pool, as soon as there is one.
///
/// # Errors
/// When there is none in time; why, where the database says so.
pub(in crate::store) async fn connection<DB: Database>(
    pool: &Pool<DB>,
) -> Result<PoolConnection<DB>, sqlx::Error> {
    granted(pool, || pool.acquire()).await
}

/// The same with a transaction that has begun.
///
/// # Errors
/// As [`connection`]; or when it cannot begin.
pub(in crate::store) async fn transaction<DB: Database>(
    pool: &Pool<DB>,
) -> Result<Transaction<'static, DB>, sqlx::Error> {
    granted(pool, || pool.begin()).await
}

impl<DB: Database, W> SqlStore<DB, W> {
    /// A connection to read through.
    pub(super) async fn reader(&self) -> Result<PoolConnection<DB>, sqlx::Error> {
        connection(&self.reads).await
    }
}

/// What a pool has to give.
///
/// A pool that has decided to open a connection tries that for as long as it waits, and takes none
/// of those that become free. Where the database grants no more, it is asked again meanwhile.
async fn granted<DB: Database, T, F>(pool: &Pool<DB>, ask: impl Fn() -> F) -> Result<T, sqlx::Error>
where
    F: Future<Output = Result<T, sqlx::Error>>,
{
    let mut first = pin!(ask());
    let mut got = timeout(AT_ONCE, &mut first).await;
    while got.is_err() {
        got = tokio::select! {
            got = &mut first => Ok(got),
            got = timeout(LOOK, ask()) => got,
        };
    }
    match got {
        Ok(Err(sqlx::Error::PoolTimedOut)) | Err(_) => Err(cause(pool).await),
        Ok(got) => got,
    }
}

/// Why no connection can be opened. The pool has it that the database is about to start, or to free
/// one, and only says that it did not come to it.
async fn cause<DB: Database>(pool: &Pool<DB>) -> sqlx::Error {
    let options = pool.connect_options();
    match timeout(ATTEMPT, options.connect()).await {
        Ok(Ok(connection)) => {
            // It would be one more than the pool may have.
            let _ = timeout(ATTEMPT, connection.close()).await;
            sqlx::Error::PoolTimedOut
        }
        Ok(Err(error)) => error,
        Err(_) => sqlx::Error::PoolTimedOut,
    }
}
