//! Putting threads into a store: whole, once, and over nothing that is there.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::counts::Counts;
use super::read::{Carried, CarriedItem};
use crate::error::{Error, Result};
use crate::plural::plural;
use crate::protocol::{ItemKind, Order, ThreadId};
use crate::server::LOCAL_USER;
use crate::store::{Draft, ItemRow, Onto, Query, Store, StoreError, StoreUrl, ThreadRow};
use crate::ui::{Style, Ui};

/// How often is said how far it is.
const REPORT: Duration = Duration::from_secs(2);

/// How many items wait for a commit, and for how long: nothing that is there once it is said to be
/// there may be long in coming, and other writers wait meanwhile.
const BATCH: usize = 2000;
const BATCH_TIME: Duration = Duration::from_millis(200);

/// How many of a stored thread's items are looked at at once.
const PAGE: usize = 200;

/// How many users are remembered whose threads came.
const MAX_OWNERS: usize = 1000;

/// What becomes of a thread that differs from the one in the store.
#[derive(Clone, Copy, PartialEq)]
pub enum OnConflict {
    Leave,
    Replace,
}

/// Says how threads are seen that belong to somebody whom 'serve --mock' does not show by itself.
pub fn tell_owners(owners: &[Arc<str>], store: &StoreUrl, ui: &mut Ui) {
    let others: Vec<_> = owners
        .iter()
        .filter(|user| ***user != *LOCAL_USER)
        .collect();
    let whose = match others[..] {
        [] => return,
        [user] => format!("'{user}'"),
        [user, ..] if owners.len() >= MAX_OWNERS => {
            format!("{MAX_OWNERS} users or more, among them '{user}'")
        }
        [user, ..] => format!("{} users, among them '{user}'", others.len()),
    };
    let user = others[0];
    ui.note(
        Style::Plain,
        &format!(
            "the threads belong to {whose}; to see a user's at /chatkit, name the user: \
             chatkit serve --mock --store {store} --user {user}"
        ),
    );
}

/// Puts threads into a store, one after the other.
pub struct Keeper<'a> {
    store: &'a dyn Store,
    user: Option<String>,
    on_conflict: OnConflict,
    state: State,
    batch: Option<Batch>,
    thread: Option<(ThreadId, Arc<str>, String)>,
    counts: Counts,
    owners: BTreeSet<Arc<str>>,
    reported: Instant,
}

/// Threads that are written, and not seen yet.
struct Batch {
    draft: Box<dyn Draft>,
    /// The threads in it: what the store says of them is not true any more.
    ids: HashSet<ThreadId>,
    /// What came of those that are whole.
    counts: Counts,
    begun: Instant,
}

/// How the thread at hand stands to the one in the store.
enum State {
    /// It is written, the last of the batch.
    Writing { how: How, items: usize },
    /// It is the same so far.
    Comparing(Stored),
    /// It differs, for this reason.
    Differs(String),
    /// There is none at hand.
    Nothing,
}

#[derive(Clone, Copy)]
enum How {
    New,
    Extended,
    Replaced,
}

/// The items of a stored thread, in order.
struct Stored {
    page: std::vec::IntoIter<Arc<ItemRow>>,
    after: Option<String>,
    has_more: bool,
}

impl<'a> Keeper<'a> {
    pub fn new(store: &'a dyn Store, user: Option<String>, on_conflict: OnConflict) -> Self {
        Self {
            store,
            user,
            on_conflict,
            state: State::Nothing,
            batch: None,
            thread: None,
            counts: Counts::default(),
            owners: BTreeSet::new(),
            reported: Instant::now(),
        }
    }

    /// Makes seen what is whole; a thread that is not is given up.
    pub async fn finish(&mut self) -> Result<()> {
        if let (State::Writing { .. }, Some(batch)) = (&self.state, &mut self.batch) {
            batch.draft.undo().await.map_err(failed)?;
        }
        self.state = State::Nothing;
        self.commit().await
    }

    async fn commit(&mut self) -> Result<()> {
        let Some(batch) = self.batch.take() else {
            return Ok(());
        };
        batch.draft.commit().await.map_err(failed)?;
        self.counts.add(batch.counts);
        // SQLite lets one writer in at a time; another one that tries again and again finds a gap.
        tokio::time::sleep(batch.begun.elapsed() / 20).await;
        Ok(())
    }

    /// What came of the threads.
    pub fn into_counts(self) -> (Counts, Vec<Arc<str>>) {
        (self.counts, self.owners.into_iter().collect())
    }

    /// A thread begins.
    ///
    /// # Errors
    /// As every method here: the store failed.
    pub async fn begin(&mut self, carried: Carried) -> Result<()> {
        let id = carried.thread.id.clone();
        let user = self.user.clone().or_else(|| carried.user.clone());
        let user: Arc<str> = user.unwrap_or_else(|| LOCAL_USER.to_owned()).into();
        if self
            .batch
            .as_ref()
            .is_some_and(|batch| batch.ids.contains(&id))
        {
            self.commit().await?;
        }
        let there = match self.store.thread(None, &id).await {
            Ok(row) => Some(row),
            Err(StoreError::NoThread(_)) => None,
            Err(error) => return Err(failed(error)),
        };
        self.thread = Some((id.clone(), Arc::clone(&user), carried.json.clone()));
        self.state = match there {
            None => self.writing(row(&carried, user), How::New).await?,
            Some(_) if self.on_conflict == OnConflict::Replace => {
                self.writing(row(&carried, user), How::Replaced).await?
            }
            Some(there) if there.user != user => State::Differs(format!(
                "it belongs to '{}' there, not to '{user}'",
                there.user
            )),
            Some(there) if !same_thread(&there.json, &carried.json) => {
                State::Differs("its title, time, status or another field differs".to_owned())
            }
            Some(_) => State::Comparing(Stored {
                page: Vec::new().into_iter(),
                after: None,
                has_more: true,
            }),
        };
        Ok(())
    }

    async fn writing(&mut self, row: ThreadRow, how: How) -> Result<State> {
        let onto = match how {
            How::New | How::Extended => Onto::Kept,
            How::Replaced => Onto::Nothing,
        };
        let id = row.id.clone();
        let batch = match &mut self.batch {
            Some(batch) => {
                batch.draft.next(row, onto).await.map_err(failed)?;
                batch
            }
            none => none.insert(Batch {
                draft: self.store.draft(row, onto).await.map_err(failed)?,
                ids: HashSet::new(),
                counts: Counts::default(),
                begun: Instant::now(),
            }),
        };
        batch.ids.insert(id);
        Ok(State::Writing { how, items: 0 })
    }

    /// An item of the thread.
    pub async fn item(&mut self, carried: CarriedItem) -> Result<()> {
        if let State::Comparing(stored) = &mut self.state {
            let Some((id, user, json)) = &self.thread else {
                return Ok(());
            };
            let wanted = carried.item.id.as_str();
            let is_hidden = carried.item.is_hidden();
            match stored.next(self.store, id, wanted, is_hidden).await? {
                Some(there) if is_same(&there, &carried) => return Ok(()),
                Some(_) => {
                    self.state =
                        State::Differs(format!("item {wanted} differs or is not in its place"));
                    return Ok(());
                }
                None => {
                    let there = self.store.thread(None, id).await.map_err(failed)?;
                    let row = ThreadRow {
                        id: id.clone(),
                        user: Arc::clone(user),
                        created_at: there.created_at,
                        json: json.clone().into(),
                    };
                    self.state = self.writing(row, How::Extended).await?;
                }
            }
        }
        let (State::Writing { items, .. }, Some(batch)) = (&mut self.state, &mut self.batch) else {
            return Ok(());
        };
        let draft = &mut batch.draft;
        if let ItemKind::UserMessage(message) = &carried.item.kind {
            for attachment in &message.attachments {
                draft.attachment(attachment.clone()).await.map_err(failed)?;
            }
        }
        let row = ItemRow {
            id: carried.item.id.clone(),
            hidden: carried.item.is_hidden(),
            json: carried.json.into(),
        };
        *items += 1;
        draft.item(row).await.map_err(failed)
    }

    /// The thread is whole: what was written of it is seen with the rest of its batch.
    pub async fn end(&mut self, ui: &mut Ui) -> Result<()> {
        let (id, owner) = self.thread.take().map(|(id, user, _)| (id, user)).unzip();
        if !matches!(self.state, State::Differs(_)) && self.owners.len() < MAX_OWNERS {
            self.owners.extend(owner);
        }
        match std::mem::replace(&mut self.state, State::Nothing) {
            State::Writing { how, items } => self.written(how, items).await?,
            State::Comparing(_) => self.counts.same += 1,
            State::Differs(why) => {
                self.counts.differ += 1;
                if let Some(id) = id {
                    ui.warn(&format!("thread {id} was left alone: {why}"));
                }
            }
            State::Nothing => {}
        }
        if self.reported.elapsed() >= REPORT {
            self.reported = Instant::now();
            ui.note(
                Style::Dim,
                &format!("{} …", plural(self.counts.threads(), "thread")),
            );
        }
        Ok(())
    }
}

impl Keeper<'_> {
    async fn written(&mut self, how: How, items: usize) -> Result<()> {
        let Some(batch) = &mut self.batch else {
            return Ok(());
        };
        batch.counts.items += items;
        match how {
            How::New => batch.counts.new += 1,
            How::Extended => batch.counts.extended += 1,
            How::Replaced => batch.counts.replaced += 1,
        }
        if batch.counts.items < BATCH && batch.begun.elapsed() < BATCH_TIME {
            return Ok(());
        }
        self.commit().await
    }
}

impl Stored {
    /// The next item; hidden ones, which no export has, are passed over.
    async fn next(
        &mut self,
        store: &dyn Store,
        thread: &ThreadId,
        wanted: &str,
        is_hidden: bool,
    ) -> Result<Option<Arc<ItemRow>>> {
        loop {
            for row in self.page.by_ref() {
                if !row.hidden || (is_hidden && row.id.as_str() == wanted) {
                    return Ok(Some(row));
                }
            }
            if !self.has_more {
                return Ok(None);
            }
            let query = Query {
                limit: PAGE,
                order: Order::Asc,
                after: self.after.as_deref(),
                before: None,
                hidden: true,
            };
            let page = store.items(thread, query).await.map_err(failed)?;
            self.has_more = page.has_more;
            self.after = page.rows.last().map(|row| row.id.to_string());
            self.page = page.rows.into_iter();
        }
    }
}

fn row(carried: &Carried, user: Arc<str>) -> ThreadRow {
    let created_at = carried.thread.created_at.instant();
    ThreadRow {
        id: carried.thread.id.clone(),
        user,
        created_at: created_at.map_or(0, jiff::Timestamp::as_microsecond),
        json: carried.json.clone().into(),
    }
}

fn is_same(there: &ItemRow, carried: &CarriedItem) -> bool {
    there.id == carried.item.id && same_json(&there.json, carried.json.as_bytes())
}

/// Whether two threads are the same but for their items.
fn same_thread(one: &[u8], other: &str) -> bool {
    let fields = |json: &[u8]| {
        let mut thread: Value = serde_json::from_slice(json).ok()?;
        thread.as_object_mut()?.remove("items");
        Some(thread)
    };
    fields(one) == fields(other.as_bytes())
}

fn same_json(one: &[u8], other: &[u8]) -> bool {
    let value = |json: &[u8]| serde_json::from_slice::<Value>(json).ok();
    one == other || value(one) == value(other)
}

fn failed(error: StoreError) -> Error {
    Error::io("cannot import", std::io::Error::other(error))
}
