//! The one connection that writes.
//!
//! `SQLite` lets one writer in at a time, and a commit costs more than what it commits. So changes
//! queue, and those that wait are committed together; each is acknowledged after its commit.

use async_trait::async_trait;
use sqlx::{Connection, Row, Sqlite, SqliteConnection, SqliteTransaction};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;

use super::super::sql::{Changed, Write, Writer};
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
    BeginRun(oneshot::Sender<Stored<u64>>),
    Close,
}

/// A change and whoever waits for it.
type Waiting = (Write, oneshot::Sender<Stored<Changed>>);

/// Starts the task that writes through this connection.
pub(super) fn start(connection: SqliteConnection) -> Queue {
    let (sender, receiver) = mpsc::channel(QUEUE);
    Queue {
        jobs: sender,
        work: Mutex::new(Some(tokio::spawn(work(connection, receiver)))),
    }
}

#[async_trait]
impl Writer for Queue {
    async fn write(&self, write: Write) -> Stored<Changed> {
        let (sender, receiver) = oneshot::channel();
        let sent = self.jobs.send(Job::Write(write, sender)).await;
        sent.map_err(|_| closed())?;
        receiver.await.map_err(|_| closed())?
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

async fn work(mut connection: SqliteConnection, mut jobs: mpsc::Receiver<Job>) {
    let mut waiting = Vec::new();
    let mut taken = Vec::with_capacity(QUEUE);
    while jobs.recv_many(&mut taken, QUEUE).await > 0 {
        let mut last = false;
        for job in taken.drain(..) {
            match job {
                Job::Write(write, reply) => waiting.push((write, reply)),
                Job::BeginRun(reply) => {
                    let begun = begin_run(&mut connection).await;
                    let _ = reply.send(begun.map_err(StoreError::from));
                }
                Job::Close => last = true,
            }
        }
        commit(&mut connection, &mut waiting).await;
        if last {
            break;
        }
    }
    // The last connection moves the log into the file; that it fails loses nothing.
    let _ = connection.close().await;
}

/// Commits all that wait together; if that fails, each alone, so that one cannot fail the others.
async fn commit(connection: &mut SqliteConnection, waiting: &mut Vec<Waiting>) {
    if waiting.len() > 1
        && let Ok(changes) = together(connection, waiting).await
    {
        for ((_, reply), changed) in waiting.drain(..).zip(changes) {
            // Whoever has gone meanwhile needs no answer; the change is made.
            let _ = reply.send(Ok(changed));
        }
        return;
    }
    for (write, reply) in waiting.drain(..) {
        let changed = write.make::<Sqlite, _>(&mut *connection).await;
        let _ = reply.send(changed.map_err(StoreError::from));
    }
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

async fn begin_run(connection: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    let counted = "UPDATE chatkit_runs SET count = count + 1 RETURNING count - 1";
    let count: i64 = sqlx::query(counted)
        .fetch_one(connection)
        .await?
        .try_get(0)?;
    Ok(count.unsigned_abs())
}
