//! A thread that is put into a database whole: its changes, handed to the transaction one by one.

use std::borrow::Cow;

use async_trait::async_trait;
use sqlx::{Database, Encode, Executor, IntoArguments, Type};
use tokio::sync::{mpsc, oneshot};

use super::super::{Draft, ItemRow, StoreError, Stored};
use super::{Changed, Dialect, Write};
use crate::protocol::{Attachment, ThreadId};

/// How many changes may wait for the database.
const QUEUE: usize = 64;

/// What comes next in a transaction.
pub(in crate::store) enum Step {
    Write(Write),
    Commit(oneshot::Sender<Stored<()>>),
}

/// The steps of a transaction; when they end without a commit, nothing of it is kept.
pub(in crate::store) type Steps = mpsc::Receiver<Step>;

/// How a transaction came to its end: why it cannot be committed, and who waits to hear of it.
pub(in crate::store) struct Followed {
    pub failed: Option<StoreError>,
    pub reply: oneshot::Sender<Stored<()>>,
}

/// The thread as whoever fills it sees it.
pub(super) struct SqlDraft {
    thread: ThreadId,
    user: String,
    steps: mpsc::Sender<Step>,
}

impl SqlDraft {
    /// A draft and the steps that it is going to take.
    pub fn new(thread: ThreadId, user: &str) -> (Self, Steps) {
        let (steps, followed) = mpsc::channel(QUEUE);
        let user = user.to_owned();
        let draft = Self {
            thread,
            user,
            steps,
        };
        (draft, followed)
    }

    pub async fn write(&self, write: Write) -> Stored<()> {
        let sent = self.steps.send(Step::Write(write)).await;
        sent.map_err(|_| ended())
    }
}

#[async_trait]
impl Draft for SqlDraft {
    async fn item(&mut self, row: ItemRow) -> Stored<()> {
        self.write(Write::PutItem(self.thread.clone(), row)).await
    }

    async fn attachment(&mut self, attachment: Attachment) -> Stored<()> {
        let write = Write::AddAttachment(self.user.clone(), Box::new(attachment));
        self.write(write).await
    }

    async fn commit(self: Box<Self>) -> Stored<()> {
        let (reply, answer) = oneshot::channel();
        let sent = self.steps.send(Step::Commit(reply)).await;
        sent.map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }
}

fn ended() -> StoreError {
    StoreError::Unavailable("it is closed".to_owned())
}

/// Takes the steps in a transaction up to its commit, which is left to the caller; `None` when
/// nobody is going to ask for it.
pub(in crate::store) async fn follow<DB>(
    connection: &mut DB::Connection,
    steps: &mut Steps,
) -> Option<Followed>
where
    DB: Dialect,
    DB::Arguments: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'q> Cow<'q, str>: Encode<'q, DB> + Type<DB>,
    for<'q> &'q str: Encode<'q, DB> + Type<DB>,
    for<'q> String: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
    for<'q> bool: Encode<'q, DB> + Type<DB>,
{
    let mut failed = None;
    loop {
        match steps.recv().await? {
            Step::Commit(reply) => return Some(Followed { failed, reply }),
            // What follows a failure is taken and left, so that whoever fills the thread is not
            // held up before the commit tells them.
            Step::Write(_) if failed.is_some() => {}
            Step::Write(write) => {
                let changed = write.make::<DB, _>(&mut *connection).await;
                let changed = changed.map_err(StoreError::from);
                failed = changed.and_then(|it| threadless(&write, it)).err();
            }
        }
    }
}

/// Why a step that was taken is none: an item without its thread changes nothing.
fn threadless(write: &Write, changed: Changed) -> Stored<()> {
    match write {
        Write::PutItem(thread, _) if !changed => Err(StoreError::NoThread(thread.clone())),
        _ => Ok(()),
    }
}

/// Answers the commit of a transaction that could not be begun.
pub(in crate::store) async fn refuse(steps: &mut Steps, error: sqlx::Error) {
    let mut error = Some(StoreError::from(error));
    while let Some(step) = steps.recv().await {
        if let (Step::Commit(reply), Some(error)) = (step, error.take()) {
            // Whoever has gone meanwhile needs no answer.
            let _ = reply.send(Err(error));
            return;
        }
    }
}

/// Ends a transaction, and tells whoever waits for it.
pub(in crate::store) async fn finish<DB: Database>(
    transaction: sqlx::Transaction<'_, DB>,
    followed: Option<Followed>,
) {
    let Some(Followed { failed, reply }) = followed else {
        // A transaction that is dropped is rolled back later; this does it now.
        let _ = transaction.rollback().await;
        return;
    };
    let done = match failed {
        Some(error) => {
            let _ = transaction.rollback().await;
            Err(error)
        }
        None => transaction.commit().await.map_err(StoreError::from),
    };
    let _ = reply.send(done);
}
