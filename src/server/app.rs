//! What all requests share: the store, the ids, the settings.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::HeaderMap;
use bytes::Bytes;
use serde::Serialize;
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

use super::config::{Config, LOCAL_USER};
use super::fault::Faults;
use super::forwarded::Seen;
use super::hosted::{Session, Sessions};
use super::journal::Journal;
use super::mint::{Api, Mint};
use super::notebook::Notebook;
use super::scenario::Director;
use super::uploads::Uploads;
use crate::protocol::{Item, Page, Thread, ThreadId};
use crate::store::{ItemRow, Onto, Store, StoreError, ThreadRow};

/// The state of one running mock.
pub(super) struct App {
    pub config: Config,
    pub store: Arc<dyn Store>,
    pub notebook: Notebook,
    pub mint: Mint,
    /// Whose threads they are where nobody has to say who they are.
    pub local_user: Arc<str>,
    pub sessions: Sessions,
    pub uploads: Uploads,
    pub journal: Arc<Journal>,
    /// Microseconds between two deltas of a streamed text.
    pace: AtomicU64,
    /// What is broken on purpose.
    pub faults: Faults,
    pub director: Director,
    tracker: TaskTracker,
}

/// Who asks, and through which of the two APIs.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub user: Arc<str>,
    pub api: Api,
    /// Under which address the caller sees this server.
    pub seen: Seen,
    /// The headers of the request, where a scenario may ask for them.
    pub headers: Option<Arc<HeaderMap>>,
    /// The hosted session that the caller asks through.
    pub session: Option<Arc<Session>>,
}

impl Caller {
    /// The address at which the caller sees this server, without a slash at its end.
    pub fn origin(&self, app: &App) -> String {
        self.seen.origin(app.config.address)
    }
}

impl App {
    /// A mock on a store that was run so often before with a seed.
    pub fn new(config: Config, store: Arc<dyn Store>, run: u64) -> Self {
        Self {
            mint: Mint::of_run(config.seed, run),
            local_user: config.user.as_deref().unwrap_or(LOCAL_USER).into(),
            sessions: Sessions::of(&store),
            notebook: Notebook::new(Arc::clone(&store)),
            uploads: Uploads::default(),
            journal: Arc::default(),
            pace: AtomicU64::new(micros(config.pace)),
            faults: Faults::new(config.seed, config.faults.clone()),
            director: Director::new(config.scenario.clone(), config.strict, config.seed),
            config,
            store,
            tracker: TaskTracker::new(),
        }
    }

    /// The time between two deltas of a streamed text.
    pub fn pace(&self) -> Duration {
        Duration::from_micros(self.pace.load(Ordering::Relaxed))
    }

    /// Changes the time between two deltas, also of what is being streamed.
    pub fn set_pace(&self, pace: Duration) {
        self.pace.store(micros(pace), Ordering::Relaxed);
    }

    /// The time by which sessions expire and requests are counted, in milliseconds since 1970:
    /// everybody's, if other processes count them too.
    pub fn now(&self) -> i64 {
        let clock = self.mint.clock();
        if self.store.is_shared() {
            return clock.real().as_millisecond();
        }
        clock.steady()
    }

    /// Under which address whoever sent these headers sees this server.
    pub fn seen(&self, headers: &HeaderMap) -> Seen {
        Seen::of(headers, self.config.address)
    }

    /// The headers of a request, if a scenario may ask for them: there is no need to keep them else.
    pub fn kept_headers(&self, headers: &HeaderMap) -> Option<Arc<HeaderMap>> {
        let is_wanted = self.director.wants_headers();
        is_wanted.then(|| Arc::new(headers.clone()))
    }

    /// Runs work that outlives its request; [`App::settle`] waits for it.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        // Outside a runtime the process is ending, and nothing could be kept in memory anyway.
        if let Ok(runtime) = Handle::try_current() {
            self.tracker.spawn_on(work, &runtime);
        }
    }

    /// Waits until everything that was spawned has ended.
    pub async fn settle(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }

    /// The caller's thread, without its items.
    pub async fn thread(&self, caller: &Caller, id: &ThreadId) -> Result<Thread, StoreError> {
        let row = self.store.thread(Some(&caller.user), id).await?;
        Ok(thread_of(&row))
    }

    /// Deletes a thread with all that is known of it.
    pub async fn delete_thread(&self, id: &ThreadId) -> Result<(), StoreError> {
        self.store.delete_thread(id).await?;
        self.director.forget(id);
        Ok(())
    }

    /// Stores a thread's metadata.
    pub async fn save_thread(&self, user: &Arc<str>, thread: &Thread) -> Result<(), StoreError> {
        self.store.put_thread(thread_row(user, thread)).await
    }

    /// Stores a thread with its items, whole or not at all; whoever stores the same at the same
    /// time changes nothing by it.
    pub async fn save_whole(
        &self,
        user: &Arc<str>,
        thread: &Thread,
        items: &[Item],
    ) -> Result<(), StoreError> {
        let row = thread_row(user, thread);
        let mut draft = self.store.draft(row, Onto::Kept).await?;
        for item in items {
            draft.item(item_row(item)).await?;
        }
        draft.commit().await
    }

    /// Changes a stored thread, and returns it as it is then. Whoever changes it at the same time
    /// keeps their change: this one is made again, of what they left.
    pub async fn change_thread(
        &self,
        user: &str,
        id: &ThreadId,
        change: impl Fn(&mut Thread),
    ) -> Result<Thread, StoreError> {
        loop {
            let row = self.store.thread(Some(user), id).await?;
            let mut thread = thread_of(&row);
            change(&mut thread);
            let json = row_json(&thread);
            if self.store.swap_thread(id, &row.json, json).await? {
                return Ok(thread);
            }
        }
    }

    /// Stores an item if it still is what it was; returns whether it was.
    pub async fn swap_item(
        &self,
        thread: &ThreadId,
        was: &Bytes,
        item: &Item,
    ) -> Result<bool, StoreError> {
        self.store.swap_item(thread, was, item_row(item)).await
    }

    /// A new thread, not stored yet.
    pub fn new_thread(&self, api: Api) -> Thread {
        Thread {
            id: self.mint.thread_id(api),
            title: None,
            created_at: self.mint.timestamp(),
            status: crate::protocol::ThreadStatus::default(),
            allowed_image_domains: None,
            metadata: None,
            items: Page::default(),
            extra: crate::protocol::Extra::default(),
        }
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn thread_row(user: &Arc<str>, thread: &Thread) -> ThreadRow {
    debug_assert!(thread.items.data.is_empty(), "items have rows of their own");
    let created_at = thread
        .created_at
        .instant()
        .map_or(0, jiff::Timestamp::as_microsecond);
    ThreadRow {
        id: thread.id.clone(),
        user: Arc::clone(user),
        created_at,
        json: row_json(thread),
    }
}

fn item_row(item: &Item) -> ItemRow {
    ItemRow {
        id: item.id.clone(),
        hidden: item.is_hidden(),
        json: row_json(item),
    }
}

/// A shape as the bytes of a row, which take no more room than they need: they are kept.
pub(super) fn row_json<T: Serialize>(shape: &T) -> Bytes {
    let json = serde_json::to_vec(shape).expect("a shape with string keys serialises into memory");
    json.into_boxed_slice().into()
}

/// The thread of a row, without its items.
pub(super) fn thread_of(row: &ThreadRow) -> Thread {
    serde_json::from_slice(&row.json).expect("a row holds what was serialised from a thread")
}

/// The item of a row.
pub(super) fn item_of(json: &[u8]) -> Item {
    serde_json::from_slice(json).expect("a row holds what was serialised from an item")
}
