//! Connecting: the pool, the tables, and what can go wrong with either.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool, Row};

use super::super::PostgresUrl;
use crate::error::{Error, Result};

/// What each version adds to the one before.
const MIGRATIONS: &[&str] = &[include_str!("0001.sql"), include_str!("0002.sql")];

/// How long to wait for the server.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a connection may take to be opened or to become free: with the time to learn why there
/// is none, less than an answer may take.
const WAIT: Duration = Duration::from_secs(9);

/// For how long a connection that nobody uses is kept: another process may be refused for it.
const IDLE: Duration = Duration::from_secs(15);

/// How many connections a process opens at most, unless the address says so; Postgres allows 100 in
/// all by default.
const CONNECTIONS: u32 = 10;

/// What two processes that migrate at once wait for: a number of our own.
const LOCK: i64 = 0x636b_6974;

/// A pool of connections to a database that has every table.
pub(super) async fn open(url: &PostgresUrl) -> Result<PgPool> {
    let options = PgConnectOptions::from_str(url.expose()).map_err(|_| {
        // The cause is not repeated: it may quote the address with its password.
        Error::usage_hint(
            format!("--store {url} has a parameter that Postgres does not know"),
            "check what follows the '?' in the address",
        )
    })?;
    let options = options
        .application_name("chatkit")
        // A statement that waits for a lock fails, and is answered, rather than hang.
        .options([("statement_timeout", "10s"), ("lock_timeout", "10s")])
        .disable_statement_logging();
    let connected = tokio::time::timeout(PATIENCE, options.connect()).await;
    let mut connection = match connected {
        Ok(connected) => connected.map_err(|error| failed(url, &error))?,
        Err(_) => return Err(silent(url)),
    };
    prepare(&mut connection, url).await?;
    // The pool opens its own; that this one ends without a word to the server is no harm.
    let _ = connection.close().await;
    Ok(PgPoolOptions::new()
        .max_connections(url.connections().unwrap_or(CONNECTIONS))
        .acquire_timeout(WAIT)
        .idle_timeout(IDLE)
        .connect_lazy_with(options))
}

/// Looks before it changes anything, and adds what is missing.
async fn prepare(connection: &mut PgConnection, url: &PostgresUrl) -> Result<()> {
    let failed = |error| failed(url, &error);
    let encoding = sqlx::query("SHOW server_encoding").fetch_one(&mut *connection);
    let encoding: String = encoding
        .await
        .and_then(|row| row.try_get(0))
        .map_err(failed)?;
    if encoding != "UTF8" {
        return Err(Error::usage_hint(
            format!("{url} is encoded in {encoding}, which cannot keep every text"),
            "make a database with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0",
        ));
    }
    let known = MIGRATIONS.len();
    let version = version(connection).await.map_err(failed)?;
    if version > known {
        return Err(Error::usage_hint(
            format!(
                "{url} is of version {version}, newer than this chatkit, which knows {known}; it \
                 was not touched"
            ),
            "install the newer chatkit that wrote it, or name another database",
        ));
    }
    if version < known {
        migrate(connection).await.map_err(failed)?;
    }
    Ok(())
}

/// The version of the tables; without any, 0.
async fn version(connection: &mut PgConnection) -> Result<usize, sqlx::Error> {
    let table = sqlx::query("SELECT to_regclass('chatkit_schema') IS NOT NULL");
    let row = table.fetch_one(&mut *connection).await?;
    if !row.try_get::<bool, _>(0)? {
        return Ok(0);
    }
    let version = sqlx::query("SELECT max(version)::BIGINT FROM chatkit_schema");
    let row = version.fetch_one(connection).await?;
    let version: Option<i64> = row.try_get(0)?;
    Ok(usize::try_from(version.unwrap_or(0)).unwrap_or(usize::MAX))
}

/// Adds what is missing, in one transaction; one process at a time.
async fn migrate(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(LOCK)
        .execute(&mut *transaction)
        .await?;
    // Before the version is read: a look at what another process has made meanwhile needs more
    // than our advisory lock, because Postgres remembers that a table was not there.
    let versions = "CREATE TABLE IF NOT EXISTS chatkit_schema (version INTEGER PRIMARY KEY)";
    sqlx::query(versions).execute(&mut *transaction).await?;
    let done = version(&mut transaction).await?;
    for (index, migration) in MIGRATIONS.iter().enumerate().skip(done) {
        sqlx::raw_sql(*migration).execute(&mut *transaction).await?;
        sqlx::query("INSERT INTO chatkit_schema VALUES ($1)")
            .bind(i32::try_from(index + 1).unwrap_or(i32::MAX))
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await
}

fn silent(url: &PostgresUrl) -> Error {
    Error::StoreUnreachable {
        store: url.to_string(),
        reason: format!("no answer within {} s", PATIENCE.as_secs()),
        hint: "check the address, and that Postgres runs there",
    }
}

/// Why the database could not be used, in people's words and without the password.
fn failed(url: &PostgresUrl, error: &sqlx::Error) -> Error {
    let Some(database) = error.as_database_error() else {
        return Error::StoreUnreachable {
            store: url.to_string(),
            reason: match error {
                sqlx::Error::Io(error) => error.to_string(),
                sqlx::Error::Tls(error) => format!("TLS failed: {error}"),
                _ => "what answers there does not speak Postgres".to_owned(),
            },
            hint: "check the address, and that Postgres runs there",
        };
    };
    let reason = database.message().to_owned();
    // Classes and codes: PostgreSQL, appendix A.
    match database.code().as_deref() {
        Some("28000" | "28P01") => Error::StoreDenied {
            store: url.to_string(),
            reason,
            hint: "check the user and the password, which may also come from PGPASSWORD",
        },
        Some("3D000") => Error::usage_hint(
            format!("cannot open {url}: {reason}"),
            "make the database first, with createdb",
        ),
        Some("42501") => Error::StoreDenied {
            store: url.to_string(),
            reason,
            hint: "let this user make tables: GRANT CREATE ON SCHEMA public TO …",
        },
        Some("53300") => Error::StoreUnreachable {
            store: url.to_string(),
            reason,
            hint: "let Postgres grant more, or each process open fewer: add \
                   ?connection_limit=N to its address (10 unless it says so)",
        },
        _ => Error::StoreUnreachable {
            store: url.to_string(),
            reason,
            hint: "read the server's own log",
        },
    }
}
