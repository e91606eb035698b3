//! The one connection that writes.
//!
//! `SQLite` lets one writer in at a time, and a commit costs more than what it commits. So changes
//! queue, and those that wait are committed together; each is acknowledged after its commit.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use sqlx::error::DatabaseError;
use sqlx::{Connection, Row, Sqlite, SqliteConnection, SqliteTransaction};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;

use super::super::sql::{self, Changed, Steps, Write, Writer};
use super::super::{StoreError, Stored};

/// How many changes may wait, and how many are committed together.
const QUEUE: usize = 256;

/// The queue of the connection that writes.
pub(super) struct Queue {
    jobs: mpsc::Sender<Job>,
    work: Mutex<Option<JoinHandle<()>>>,
}

enum Job {
    Write(Write, oneshot::Sender<Stored<Changed>>),
    Follow(Steps),
    BeginRun(oneshot::Sender<Stored<u64>>),
    Close,
}

/// A change and whoever waits for it.
type Waiting = (Write, oneshot::Sender<Stored<Changed>>);

/// Starts the task that writes through this connection to this file.
pub(super) fn start(connection: SqliteConnection, path: &Path) -> Queue {
    let (sender, receiver) = mpsc::channel(QUEUE);
    let place = Place::of(path);
    Queue {
        jobs: sender,
        work: Mutex::new(Some(tokio::spawn(work(connection, place, receiver)))),
    }
}

/// Where the file stood when it was opened, and which file that was.
struct Place {
    path: PathBuf,
    file: Option<FileId>,
}

/// The device and the number of a file on it.
type FileId = (u64, u64);

impl Place {
    fn of(path: &Path) -> Self {
        // The working folder may change; the file does not move with it.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let file = id_of(&path);
        Self { path, file }
    }

    /// Refuses to write where nobody could find it again: a file that was removed or replaced goes
    /// on for whoever has it open, and is gone after that.
    fn check(&self) -> Stored<()> {
        if id_of(&self.path) == self.file {
            return Ok(());
        }
        Err(StoreError::Unavailable(format!(
            "{} was removed or replaced while it was open; put it back, or start anew",
            self.path.display()
        )))
    }
}

#[cfg(unix)]
fn id_of(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    let file = std::fs::metadata(path).ok()?;
    Some((file.dev(), file.ino()))
}

/// Elsewhere a file that is open cannot be removed.
#[cfg(not(unix))]
fn id_of(_: &Path) -> Option<FileId> {
    None
}

#[async_trait]
impl Writer for Queue {
    async fn write(&self, write: Write) -> Stored<Changed> {
        let (sender, receiver) = oneshot::channel();
        let sent = self.jobs.send(Job::Write(write, sender)).await;
        sent.map_err(|_| closed())?;
        receiver.await.map_err(|_| closed())?
    }

    async fn follow(&self, steps: Steps) -> Stored<()> {
        let sent = self.jobs.send(Job::Follow(steps)).await;
        sent.map_err(|_| closed())
    }

    async fn begin_run(&self) -> Stored<u64> {
        let (sender, receiver) = oneshot::channel();
        let sent = self.jobs.send(Job::BeginRun(sender)).await;
        sent.map_err(|_| closed())?;
        receiver.await.map_err(|_| closed())?
    }

    async fn close(&self) {
        // A queue that is closed already has nothing left to do.
        let _ = self.jobs.send(Job::Close).await;
        let work = self.work.lock().await.take();
        if let Some(work) = work {
            let _ = work.await;
        }
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable("it is closed".to_owned())
}

async fn work(mut connection: SqliteConnection, place: Place, mut jobs: mpsc::Receiver<Job>) {
    let mut waiting = Vec::new();
    let mut taken = Vec::with_capacity(QUEUE);
    while jobs.recv_many(&mut taken, QUEUE).await > 0 {
        let mut last = false;
        for job in taken.drain(..) {
            match job {
                Job::Write(write, reply) => waiting.push((write, reply)),
                Job::Follow(steps) => {
                    // In the order of asking: what was asked before is in the database first.
                    commit(&mut connection, &mut waiting).await;
                    follow(&mut connection, steps).await;
                }
                Job::BeginRun(reply) => {
                    let begun = begin_run(&mut connection).await;
                    let _ = reply.send(begun.map_err(StoreError::from));
                }
                Job::Close => last = true,
            }
        }
        match place.check() {
            Ok(()) => commit(&mut connection, &mut waiting).await,
            Err(error) => refuse(&mut waiting, &error.reason()),
        }
        if last {
            break;
        }
    }
    // The last connection moves the log into the file; that it fails loses nothing.
    let _ = connection.close().await;
}

/// Commits all that wait together; if one of them fails, each alone, so that it cannot fail the
/// others. What is everyone's trouble fails them all at once: a lock or a disk that is full would
/// otherwise be waited for as often as there are changes.
async fn commit(connection: &mut SqliteConnection, waiting: &mut Vec<Waiting>) {
    if waiting.len() > 1 {
        match together(connection, waiting).await {
            Ok(changes) => {
                for ((_, reply), changed) in waiting.drain(..).zip(changes) {
                    // Whoever has gone meanwhile needs no answer; the change is made.
                    let _ = reply.send(Ok(changed));
                }
                return;
            }
            Err(error) if is_everyones(&error) => {
                return refuse(waiting, &StoreError::from(error).reason());
            }
            Err(_) => {}
        }
    }
    for (write, reply) in waiting.drain(..) {
        let changed = write.make::<Sqlite, _>(&mut *connection).await;
        let _ = reply.send(changed.map_err(StoreError::from));
    }
}

/// Tells all that wait that nothing was changed.
fn refuse(waiting: &mut Vec<Waiting>, reason: &str) {
    for (_, reply) in waiting.drain(..) {
        let _ = reply.send(Err(StoreError::Unavailable(reason.to_owned())));
    }
}

/// Whether an error would meet every other change as well: locks, files that cannot be written, and
/// disks that are full (primary result codes, sqlite.org/rescode.html).
fn is_everyones(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    let code = code.and_then(|code| code.parse::<u32>().ok());
    matches!(
        code.map(|code| code & 0xff),
        Some(5 | 6 | 8 | 10 | 11 | 13 | 14)
    )
}

async fn together(
    connection: &mut SqliteConnection,
    waiting: &[Waiting],
) -> Result<Vec<Changed>, sqlx::Error> {
    let mut transaction: SqliteTransaction<'_> = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut changes = Vec::with_capacity(waiting.len());
    for (write, _) in waiting {
        changes.push(write.make::<Sqlite, _>(&mut *transaction).await?);
    }
    transaction.commit().await?;
    Ok(changes)
}

async fn follow(connection: &mut SqliteConnection, mut steps: Steps) {
    match connection.begin_with("BEGIN IMMEDIATE").await {
        Ok(mut transaction) => {
            let followed = sql::follow::<Sqlite>(&mut transaction, &mut steps).await;
            sql::finish(transaction, followed).await;
        }
        Err(error) => sql::refuse(&mut steps, error).await,
    }
}

async fn begin_run(connection: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    let counted = "UPDATE chatkit_runs SET count = count + 1 RETURNING count - 1";
    let count: i64 = sqlx::query(counted)
        .fetch_one(connection)
        .await?
        .try_get(0)?;
    Ok(count.unsigned_abs())
}
