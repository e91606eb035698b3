//! Opening a file: nothing in it is touched before it is known to be ours and not newer than we
//! are.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::error::DatabaseError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};

use super::BUSY;
use crate::error::{Error, Result};

/// What each version adds to the one before.
const MIGRATIONS: &[&str] = &[include_str!("0001.sql"), include_str!("0002.sql")];

/// The mark of our files in their header (`PRAGMA application_id`): `ckit`.
const APPLICATION: u32 = u32::from_be_bytes(*b"ckit");

/// `SQLITE_BUSY` and `SQLITE_LOCKED` (sqlite.org/rescode.html).
const BUSY_CODE: u32 = 5;
const LOCKED_CODE: u32 = 6;

/// `SQLITE_READONLY_ROLLBACK`: a change that was cut short is to be taken back before anything is
/// read, which takes a connection that can write (sqlite.org/rescode.html).
const ROLLBACK_CODE: u32 = 776;

/// How soon to try again when another process opens the same file.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(20);

/// The first bytes of every file of `SQLite`'s (its file format, section 1.3).
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// What the header says, which can be read without touching anything beside the file.
#[derive(Debug, PartialEq)]
struct Header {
    version: u32,
    application: u32,
}

/// How every connection is set up.
pub(super) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Normal)
        .disable_statement_logging()
}

/// The connection that writes, to a file that has every table.
pub(super) async fn open(path: &Path) -> Result<SqliteConnection> {
    if let Some(header) = read_header(path)? {
        header.check(path)?;
        let found = patiently(|| inspect(path)).await;
        found.map_err(|error| failed(path, &error))?.check(path)?;
    }
    let options = options(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal);
    let opened = patiently(|| connect(&options)).await;
    opened.map_err(|error| failed(path, &error))
}

async fn connect(options: &SqliteConnectOptions) -> sqlx::Result<SqliteConnection> {
    let mut connection = options.connect().await?;
    migrate(&mut connection).await?;
    Ok(connection)
}

/// Tries again while another process is in the way, for as long as `SQLite` itself would wait.
///
/// Of two that turn one new file to the WAL mode, `SQLite` refuses one at once, however long its
/// busy timeout: both hold a lock that the other one waits for (`sqlite.org/c3ref/busy_handler.html`).
async fn patiently<T, F>(attempt: impl Fn() -> F) -> sqlx::Result<T>
where
    F: Future<Output = sqlx::Result<T>>,
{
    let deadline = Instant::now() + BUSY;
    loop {
        match attempt().await {
            Err(error) if is_locked(&error) && Instant::now() < deadline => {
                tokio::time::sleep(BETWEEN_ATTEMPTS).await;
            }
            result => return result,
        }
    }
}

/// The header of a file that is there; an empty file is as good as none.
fn read_header(path: &Path) -> Result<Option<Header>> {
    let mut bytes = Vec::new();
    // Before it is opened, because a pipe is not open before somebody writes to it.
    if let Ok(kind) = path.metadata().map(|found| found.file_type())
        && !kind.is_file()
    {
        let (what, hint) = if kind.is_dir() {
            ("a folder", "name a file in it")
        } else {
            ("no file", "name a file; one that is not there is made")
        };
        let message = format!("cannot open sqlite:{}: it is {what}", path.display());
        return Err(Error::usage_hint(message, hint));
    }
    match File::open(path) {
        Ok(file) => {
            let read = file.take(100).read_to_end(&mut bytes);
            read.map_err(|error| unreadable(path, &error))?;
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return folder_of(path).map(|()| None);
        }
        Err(error) => return Err(unreadable(path, &error)),
    }
    if bytes.is_empty() {
        return Ok(None);
    }
    let field = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    match (bytes.starts_with(MAGIC), field(60), field(68)) {
        (true, Some(version), Some(application)) => Ok(Some(Header {
            version,
            application,
        })),
        _ => Err(Error::usage_hint(
            format!("{} is no SQLite database", path.display()),
            "name another file; one that is not there is made",
        )),
    }
}

/// A new file needs a folder to stand in.
fn folder_of(path: &Path) -> Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.is_dir() => Err(Error::usage_hint(
            format!(
                "cannot make sqlite:{}: there is no folder {}",
                path.display(),
                folder.display()
            ),
            "make the folder first, or name a file elsewhere",
        )),
        _ => Ok(()),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::usage_hint(
        format!("cannot open sqlite:{}: {error}", path.display()),
        "name a file that you may read and write",
    )
}

impl Header {
    /// Refuses a file that is newer than this program, or another program's.
    fn check(&self, path: &Path) -> Result<()> {
        let path = path.display();
        // A file that no program has marked is looked into before it is taken for ours.
        if self.application != APPLICATION && (self.application, self.version) != (0, 0) {
            return Err(Error::usage_hint(
                format!("{path} is a database of another program"),
                "name another file; one that is not there is made",
            ));
        }
        let known = MIGRATIONS.len();
        if self.version as usize > known {
            return Err(Error::usage_hint(
                format!(
                    "{path} is of version {}, newer than this chatkit, which knows {known}; it was \
                     not touched",
                    self.version
                ),
                "install the newer chatkit that wrote it, or name another file",
            ));
        }
        Ok(())
    }
}

/// Looks again through a connection that cannot write: what is newest may be in the log beside the
/// file, and a file without our mark may have another program's tables.
///
/// A process that was killed while it made the file leaves a journal, which every program that
/// opens the file takes back first, and so do we.
async fn inspect(path: &Path) -> sqlx::Result<Header> {
    match look(options(path).read_only(true)).await {
        Err(error) if extended_code(&error) == Some(ROLLBACK_CODE) => look(options(path)).await,
        looked => looked,
    }
}

async fn look(options: SqliteConnectOptions) -> sqlx::Result<Header> {
    let mut connection = options.connect().await?;
    // All at one moment: another process may be making the file, and its tables stand there together
    // with its mark.
    let mut moment = connection.begin().await?;
    let version = number(&mut moment, "PRAGMA user_version").await?;
    let application = number(&mut moment, "PRAGMA application_id").await?;
    let tables = number(&mut moment, "SELECT count(*) FROM sqlite_master").await?;
    moment.rollback().await?;
    connection.close().await?;
    let application = u32::try_from(application).unwrap_or(u32::MAX);
    Ok(Header {
        version: u32::try_from(version).unwrap_or(u32::MAX),
        // Tables without our mark are another program's.
        application: if application == 0 && tables > 0 {
            u32::MAX
        } else {
            application
        },
    })
}

async fn number(connection: &mut SqliteConnection, sql: &'static str) -> Result<i64, sqlx::Error> {
    sqlx::query(sql).fetch_one(connection).await?.try_get(0)
}

/// Adds what is missing, each version whole or not at all.
async fn migrate(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    // A file that lacks nothing is opened while another process writes to it, however long.
    let version = number(&mut *connection, "PRAGMA user_version").await?;
    if usize::try_from(version).is_ok_and(|version| version >= MIGRATIONS.len()) {
        return Ok(());
    }
    // Two processes may find the same new file at once; the second waits, and finds it done.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let version = number(&mut transaction, "PRAGMA user_version").await?;
    let done = usize::try_from(version).unwrap_or(usize::MAX);
    let missing = MIGRATIONS.iter().skip(done);
    if missing.len() == 0 {
        return transaction.rollback().await;
    }
    for migration in missing {
        sqlx::raw_sql(*migration).execute(&mut *transaction).await?;
    }
    let marks = format!(
        "PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {}",
        MIGRATIONS.len()
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(marks))
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    // Moves the version into the file itself, where an older program sees it in the header.
    let checkpoint = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)");
    checkpoint.execute(connection).await.map(drop)
}

/// Why a file could not be opened, in people's words.
fn failed(path: &Path, error: &sqlx::Error) -> Error {
    let shown = format!("sqlite:{}", path.display());
    match result_code(error) {
        Some(BUSY_CODE | LOCKED_CODE) => Error::StoreUnreachable {
            store: shown,
            reason: "another program holds a lock on it".to_owned(),
            hint: "end the program that has it open, or name another file",
        },
        Some(26 | 11) => Error::usage_hint(
            format!("{} is no sound SQLite database", path.display()),
            "name another file; one that is not there is made",
        ),
        Some(3 | 8 | 14 | 23) => Error::usage_hint(
            format!("cannot open {shown}: {}", message(error)),
            "name a file that you may read and write, in a folder that you may write to",
        ),
        _ => Error::io(
            format!("cannot open {shown}"),
            std::io::Error::other(message(error)),
        ),
    }
}

/// The primary result code: the low byte of the extended one (sqlite.org/rescode.html).
fn result_code(error: &sqlx::Error) -> Option<u32> {
    extended_code(error).map(|code| code & 0xff)
}

fn extended_code(error: &sqlx::Error) -> Option<u32> {
    let code = error.as_database_error().and_then(DatabaseError::code)?;
    code.parse().ok()
}

fn is_locked(error: &sqlx::Error) -> bool {
    matches!(result_code(error), Some(BUSY_CODE | LOCKED_CODE))
}

fn message(error: &sqlx::Error) -> String {
    let database = error.as_database_error();
    database.map_or_else(|| error.to_string(), |error| error.message().to_owned())
}
