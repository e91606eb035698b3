//! Threads that are put into a database whole: their changes, handed to one transaction one by one.
//!
//! A commit costs more than a thread does, so that many of them share one. Each begins with a
//! savepoint, to which the transaction goes back if the thread comes to nothing.

use std::borrow::Cow;

use async_trait::async_trait;
use sqlx::{Database, Encode, Executor, IntoArguments, Type};
use tokio::sync::{mpsc, oneshot};

use super::super::{Draft, ItemRow, Onto, StoreError, Stored, ThreadRow};
use super::{Changed, Dialect, Write};
use crate::protocol::{Attachment, ThreadId};

/// How many changes may wait for the database.
const QUEUE: usize = 64;

/// How many items go to the database at once, and how many bytes: each time costs a way there and
/// back.
const TOGETHER: usize = 100;
const MOST_BYTES: usize = 1024 * 1024;

/// What comes next in a transaction.
pub(in crate::store) enum Step {
    /// A thread begins, and the one before it is whole.
    Next,
    /// The thread at hand is taken back.
    Undo,
    Write(Write),
    Commit(oneshot::Sender<Stored<()>>),
}

/// The steps of a transaction; when they end without a commit, nothing of it is kept.
pub(in crate::store) type Steps = mpsc::Receiver<Step>;

/// How a transaction came to its end: what failed in it, and who waits to hear of it.
pub(in crate::store) struct Followed {
    failed: Option<StoreError>,
    /// Whether what is whole can still be committed.
    is_sound: bool,
    reply: oneshot::Sender<Stored<()>>,
}

/// The threads as whoever fills them sees them.
pub(super) struct SqlDraft {
    thread: ThreadId,
    user: String,
    steps: mpsc::Sender<Step>,
    /// Items that were not handed on yet.
    items: Vec<ItemRow>,
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
            items: Vec::new(),
        };
        (draft, followed)
    }

    async fn step(&self, step: Step) -> Stored<()> {
        self.steps.send(step).await.map_err(|_| ended())
    }

    async fn write(&self, write: Write) -> Stored<()> {
        self.step(Step::Write(write)).await
    }

    /// Hands on the items that wait.
    async fn hand_on(&mut self) -> Stored<()> {
        let items = std::mem::take(&mut self.items);
        if items.is_empty() {
            return Ok(());
        }
        self.write(Write::PutItems(self.thread.clone(), items))
            .await
    }

    /// Whether an item can go along with those that wait; no statement changes one row twice.
    fn has_room(&self, row: &ItemRow) -> bool {
        let bytes: usize = self.items.iter().map(|item| item.json.len()).sum();
        self.items.len() < TOGETHER
            && bytes < MOST_BYTES
            && self.items.iter().all(|item| item.id != row.id)
    }
}

#[async_trait]
impl Draft for SqlDraft {
    async fn next(&mut self, row: ThreadRow, onto: Onto) -> Stored<()> {
        self.hand_on().await?;
        self.thread = row.id.clone();
        (*row.user).clone_into(&mut self.user);
        self.step(Step::Next).await?;
        if onto == Onto::Nothing {
            self.write(Write::DeleteThread(row.id.clone())).await?;
        }
        self.write(Write::PutThread(row)).await
    }

    async fn undo(&mut self) -> Stored<()> {
        self.items.clear();
        self.step(Step::Undo).await
    }

    async fn item(&mut self, row: ItemRow) -> Stored<()> {
        if !self.has_room(&row) {
            self.hand_on().await?;
        }
        self.items.push(row);
        Ok(())
    }

    async fn attachment(&mut self, attachment: Attachment) -> Stored<()> {
        let write = Write::AddAttachment(self.user.clone(), Box::new(attachment));
        self.write(write).await
    }

    async fn commit(mut self: Box<Self>) -> Stored<()> {
        self.hand_on().await?;
        let (reply, answer) = oneshot::channel();
        self.step(Step::Commit(reply)).await?;
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
    for<'q> &'q [u8]: Encode<'q, DB> + Type<DB>,
    for<'q> String: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
    for<'q> bool: Encode<'q, DB> + Type<DB>,
{
    let mut failed = None;
    let mut is_open = false;
    let mut is_sound = true;
    loop {
        let done = match steps.recv().await? {
            Step::Commit(reply) => {
                return Some(Followed {
                    failed,
                    is_sound,
                    reply,
                });
            }
            // What follows a failure is taken and left, so that whoever fills the threads is not
            // held up before the commit tells them.
            _ if failed.is_some() => continue,
            Step::Write(write) => {
                let changed = write.make::<DB, _>(&mut *connection).await;
                let changed = changed.map_err(StoreError::from);
                changed.and_then(|it| threadless(&write, it))
            }
            Step::Undo => say::<DB>(BACK, connection).await,
            Step::Next if is_open => say::<DB>(ON, connection).await,
            Step::Next => {
                is_open = true;
                say::<DB>(SAVE, connection).await
            }
        };
        if let Err(error) = done {
            failed = Some(error);
            // Threads that were whole before it stay.
            is_sound = is_open && say::<DB>(BACK, connection).await.is_ok();
        }
    }
}

/// Marks where the first thread begins.
const SAVE: &str = "SAVEPOINT chatkit_thread";
/// Goes on from one thread to the next.
const ON: &str = "RELEASE SAVEPOINT chatkit_thread; SAVEPOINT chatkit_thread";
/// Goes back to where the thread began.
const BACK: &str = "ROLLBACK TO SAVEPOINT chatkit_thread";

async fn say<DB>(words: &'static str, connection: &mut DB::Connection) -> Stored<()>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    sqlx::raw_sql(words).execute(&mut *connection).await?;
    Ok(())
}

/// Why a step that was taken is none: an item without its thread changes nothing.
fn threadless(write: &Write, changed: Changed) -> Stored<()> {
    match write {
        Write::PutItems(thread, _) if !changed => Err(StoreError::NoThread(thread.clone())),
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
    let Some(followed) = followed else {
        // A transaction that is dropped is rolled back later; this does it now.
        let _ = transaction.rollback().await;
        return;
    };
    let ended = if followed.is_sound {
        transaction.commit().await
    } else {
        transaction.rollback().await
    };
    let done = match followed.failed {
        Some(error) => Err(error),
        None => ended.map_err(StoreError::from),
    };
    let _ = followed.reply.send(done);
}
