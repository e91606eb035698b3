//! The store that lives and dies with the process.

mod draft;
mod note;

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;

use self::draft::MemoryDraft;
use self::note::Noted;
use super::{Draft, ItemRow, Onto, Query, Rows, Store, StoreError, Stored, ThreadRow};
use crate::protocol::{Attachment, AttachmentId, ItemId, Order, ThreadId};

/// Threads, items and attachments in memory.
#[derive(Debug, Default)]
pub struct Memory {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    threads: HashMap<ThreadId, ThreadEntry>,
    /// Everyone's threads in order, and each user's: a first page must not grow with the rows.
    everyone: Ordered<ThreadRow>,
    users: HashMap<Arc<str>, Ordered<ThreadRow>>,
    attachments: HashMap<AttachmentId, (Arc<str>, Attachment)>,
    notes: HashMap<String, Noted>,
    next: u64,
    runs: u64,
}

/// Creation time, then order of arrival.
type Place = (i64, u64);
type Ordered<T> = BTreeMap<Place, Arc<T>>;

#[derive(Debug)]
struct ThreadEntry {
    row: Arc<ThreadRow>,
    place: Place,
    items: Ordered<ItemRow>,
    places: HashMap<ItemId, Place>,
    /// The keys of the notes that go with it.
    notes: Vec<String>,
    next: u64,
}

impl Memory {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        lock(&self.inner)
    }
}

/// Nothing in here can leave the maps half changed, so a panic elsewhere does not spoil them.
fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inner {
    fn thread(&self, id: &ThreadId) -> Stored<&ThreadEntry> {
        self.threads
            .get(id)
            .ok_or_else(|| StoreError::NoThread(id.clone()))
    }

    fn thread_mut(&mut self, id: &ThreadId) -> Stored<&mut ThreadEntry> {
        self.threads
            .get_mut(id)
            .ok_or_else(|| StoreError::NoThread(id.clone()))
    }

    fn put_thread(&mut self, row: ThreadRow) {
        let inner = self;
        let (row, place) = if let Some(entry) = inner.threads.get_mut(&row.id) {
            let place = entry.place;
            let row = Arc::new(ThreadRow {
                created_at: place.0,
                ..row
            });
            let earlier = std::mem::replace(&mut entry.row, Arc::clone(&row));
            if earlier.user != row.user
                && let Some(rows) = inner.users.get_mut(&earlier.user)
            {
                rows.remove(&place);
            }
            (row, place)
        } else {
            let row = Arc::new(row);
            inner.next += 1;
            let entry = ThreadEntry {
                row: Arc::clone(&row),
                place: (row.created_at, inner.next),
                items: Ordered::new(),
                places: HashMap::new(),
                notes: Vec::new(),
                next: 0,
            };
            let place = entry.place;
            inner.threads.insert(row.id.clone(), entry);
            (row, place)
        };
        inner
            .users
            .entry(Arc::clone(&row.user))
            .or_default()
            .insert(place, Arc::clone(&row));
        inner.everyone.insert(place, row);
    }

    fn delete_thread(&mut self, id: &ThreadId) -> Stored<()> {
        let Some(entry) = self.threads.remove(id) else {
            return Err(StoreError::NoThread(id.clone()));
        };
        self.everyone.remove(&entry.place);
        if let Some(rows) = self.users.get_mut(&entry.row.user) {
            rows.remove(&entry.place);
        }
        self.forget_notes(&entry.notes);
        Ok(())
    }

    fn put_item(&mut self, thread: &ThreadId, row: ItemRow) -> Stored<()> {
        let entry = self.thread_mut(thread)?;
        let place = *entry.places.entry(row.id.clone()).or_insert_with(|| {
            entry.next += 1;
            (0, entry.next)
        });
        entry.items.insert(place, Arc::new(row));
        Ok(())
    }
}

#[async_trait]
impl Store for Memory {
    async fn put_thread(&self, row: ThreadRow) -> Stored<()> {
        self.lock().put_thread(row);
        Ok(())
    }

    async fn swap_thread(&self, id: &ThreadId, was: &Bytes, json: Bytes) -> Stored<bool> {
        let inner = &mut *self.lock();
        let entry = inner.thread_mut(id)?;
        if entry.row.json != was {
            return Ok(false);
        }
        let row = Arc::new(ThreadRow {
            id: id.clone(),
            user: Arc::clone(&entry.row.user),
            created_at: entry.row.created_at,
            json,
        });
        entry.row = Arc::clone(&row);
        let place = entry.place;
        if let Some(rows) = inner.users.get_mut(&row.user) {
            rows.insert(place, Arc::clone(&row));
        }
        inner.everyone.insert(place, row);
        Ok(true)
    }

    async fn thread(&self, user: Option<&str>, id: &ThreadId) -> Stored<Arc<ThreadRow>> {
        let inner = self.lock();
        let row = &inner.thread(id)?.row;
        if user.is_some_and(|user| *user != *row.user) {
            return Err(StoreError::NoThread(id.clone()));
        }
        Ok(Arc::clone(row))
    }

    async fn threads(&self, user: Option<&str>, query: Query<'_>) -> Stored<Rows<ThreadRow>> {
        let inner = self.lock();
        let empty = Ordered::new();
        let rows = match user {
            Some(user) => inner.users.get(user).unwrap_or(&empty),
            None => &inner.everyone,
        };
        let place = |id: &str| {
            let entry = inner.threads.get(id)?;
            rows.contains_key(&entry.place).then_some(entry.place)
        };
        page(rows, &query, place, |_| true)
    }

    async fn delete_thread(&self, id: &ThreadId) -> Stored<()> {
        self.lock().delete_thread(id)
    }

    async fn put_item(&self, thread: &ThreadId, row: ItemRow) -> Stored<()> {
        self.lock().put_item(thread, row)
    }

    async fn swap_item(&self, thread: &ThreadId, was: &Bytes, row: ItemRow) -> Stored<bool> {
        let mut inner = self.lock();
        let entry = inner.thread_mut(thread)?;
        let Some(place) = entry.places.get(&row.id) else {
            return Ok(false);
        };
        let still = entry.items.get_mut(place).filter(|row| row.json == was);
        Ok(still.map(|item| *item = Arc::new(row)).is_some())
    }

    async fn item(&self, thread: &ThreadId, id: &ItemId) -> Stored<Option<Arc<ItemRow>>> {
        let inner = self.lock();
        let entry = inner.thread(thread)?;
        Ok(entry
            .places
            .get(id)
            .and_then(|place| entry.items.get(place))
            .cloned())
    }

    async fn items(&self, thread: &ThreadId, query: Query<'_>) -> Stored<Rows<ItemRow>> {
        let inner = self.lock();
        let entry = inner.thread(thread)?;
        let place = |id: &str| entry.places.get(id).copied();
        page(&entry.items, &query, place, |row| {
            query.hidden || !row.hidden
        })
    }

    async fn delete_item(&self, thread: &ThreadId, id: &ItemId) -> Stored<()> {
        let mut inner = self.lock();
        let entry = inner.thread_mut(thread)?;
        if let Some(place) = entry.places.remove(id) {
            entry.items.remove(&place);
        }
        Ok(())
    }

    async fn delete_items_after(&self, thread: &ThreadId, id: &ItemId) -> Stored<()> {
        let mut inner = self.lock();
        let entry = inner.thread_mut(thread)?;
        let place = entry.places.get(id).copied();
        let (epoch, order) = place.ok_or_else(|| StoreError::NoCursor(id.to_string()))?;
        let later = entry.items.split_off(&(epoch, order + 1));
        for row in later.values() {
            entry.places.remove(&row.id);
        }
        Ok(())
    }

    async fn draft(&self, row: ThreadRow, onto: Onto) -> Stored<Box<dyn Draft>> {
        let inner = Arc::clone(&self.inner);
        Ok(Box::new(MemoryDraft::new(inner, row, onto)))
    }

    async fn put_attachment(&self, user: &str, attachment: Attachment) -> Stored<()> {
        let row = (Arc::from(user), attachment);
        self.lock().attachments.insert(row.1.id.clone(), row);
        Ok(())
    }

    async fn swap_attachment(
        &self,
        user: &str,
        was: &Bytes,
        attachment: Attachment,
    ) -> Stored<bool> {
        let mut inner = self.lock();
        let found = inner.attachments.get_mut(&attachment.id);
        let still = found.filter(|(owner, now)| **owner == *user && json_of(now) == *was);
        Ok(still.map(|(_, now)| *now = attachment).is_some())
    }

    async fn attachment_json(&self, user: &str, id: &AttachmentId) -> Stored<Option<Bytes>> {
        let inner = self.lock();
        let found = inner
            .attachments
            .get(id)
            .filter(|(owner, _)| **owner == *user);
        Ok(found.map(|(_, attachment)| json_of(attachment)))
    }

    async fn delete_attachment(&self, user: &str, id: &AttachmentId) -> Stored<bool> {
        let mut inner = self.lock();
        let own = inner
            .attachments
            .get(id)
            .is_some_and(|(owner, _)| **owner == *user);
        if own {
            inner.attachments.remove(id);
        }
        Ok(own)
    }

    async fn delete_attachments(&self) -> Stored<()> {
        self.lock().attachments.clear();
        Ok(())
    }

    async fn begin_run(&self) -> Stored<u64> {
        let mut inner = self.lock();
        inner.runs += 1;
        Ok(inner.runs - 1)
    }
}

/// Cuts a page out of ordered rows, starting at its edge rather than at the list's.
fn page<T>(
    rows: &Ordered<T>,
    query: &Query<'_>,
    place: impl Fn(&str) -> Option<Place>,
    wanted: impl Fn(&T) -> bool,
) -> Stored<Rows<T>> {
    let edge = |id: Option<&str>| match id {
        None => Ok(Bound::Unbounded),
        Some(id) => place(id)
            .map(Bound::Excluded)
            .ok_or_else(|| StoreError::NoCursor(id.to_owned())),
    };
    let (after, before) = (edge(query.after)?, edge(query.before)?);
    let range = match query.order {
        Order::Asc => (after, before),
        Order::Desc => (before, after),
    };
    if is_empty(range) {
        return Ok(Rows {
            rows: Vec::new(),
            has_more: false,
        });
    }
    let rows = rows
        .range(range)
        .map(|(_, row)| row)
        .filter(|row| wanted(row));
    // A page that ends at `before` alone is the one just before it, not the first of all.
    let from_the_end = query.before.is_some() && query.after.is_none();
    let ascending = (query.order == Order::Asc) != from_the_end;
    let mut page = if ascending {
        take(rows, query.limit)
    } else {
        take(rows.rev(), query.limit)
    };
    if from_the_end {
        page.rows.reverse();
    }
    Ok(page)
}

fn take<'a, T: 'a>(rows: impl Iterator<Item = &'a Arc<T>>, limit: usize) -> Rows<T> {
    let mut rows = rows.peekable();
    let page = rows.by_ref().take(limit).cloned().collect();
    Rows {
        rows: page,
        has_more: rows.peek().is_some(),
    }
}

/// `BTreeMap::range` panics at a range that runs backwards, which two cursors can ask for.
fn is_empty(range: (Bound<Place>, Bound<Place>)) -> bool {
    match range {
        (Bound::Excluded(start), Bound::Excluded(end)) => start >= end,
        _ => false,
    }
}

fn json_of(attachment: &Attachment) -> Bytes {
    let json = serde_json::to_vec(attachment);
    json.expect("a shape with string keys serialises into memory")
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, user: &str, created_at: i64) -> ThreadRow {
        ThreadRow {
            id: id.into(),
            user: user.into(),
            created_at,
            json: id.to_owned().into(),
        }
    }

    async fn filled() -> Memory {
        let store = Memory::new();
        for (id, user, at) in [
            ("a", "u", 1),
            ("b", "v", 2),
            ("c", "u", 3),
            ("d", "u", 3),
            ("e", "u", 2),
        ] {
            store.put_thread(row(id, user, at)).await.unwrap();
        }
        store
    }

    async fn ids(store: &Memory, user: Option<&str>, query: Query<'_>) -> (String, bool) {
        let page = store.threads(user, query).await.unwrap();
        (
            page.rows.iter().map(|row| row.id.as_str()).collect(),
            page.has_more,
        )
    }

    #[tokio::test]
    async fn threads_are_ordered_by_creation_and_then_by_arrival() {
        let store = filled().await;
        let all = Query {
            limit: 9,
            ..Query::default()
        };
        assert_eq!(
            ids(&store, Some("u"), all.clone()).await,
            ("dcea".into(), false)
        );
        assert_eq!(
            ids(&store, None, all.clone()).await,
            ("dceba".into(), false)
        );
        let ascending = Query {
            order: Order::Asc,
            ..all
        };
        assert_eq!(
            ids(&store, Some("u"), ascending).await,
            ("aecd".into(), false)
        );
        assert_eq!(
            ids(
                &store,
                Some("nobody"),
                Query {
                    limit: 9,
                    ..Query::default()
                }
            )
            .await
            .0,
            ""
        );
    }

    #[tokio::test]
    async fn pages_follow_each_other_without_gap_or_double() {
        let store = filled().await;
        let first = Query {
            limit: 2,
            ..Query::default()
        };
        assert_eq!(
            ids(&store, Some("u"), first.clone()).await,
            ("dc".into(), true)
        );
        let second = Query {
            after: Some("c"),
            ..first.clone()
        };
        assert_eq!(ids(&store, Some("u"), second).await, ("ea".into(), false));
        let back = Query {
            before: Some("a"),
            ..first.clone()
        };
        assert_eq!(ids(&store, Some("u"), back).await, ("ce".into(), true));
        let between = Query {
            after: Some("d"),
            before: Some("a"),
            ..first.clone()
        };
        assert_eq!(ids(&store, Some("u"), between).await, ("ce".into(), false));
        let backwards = Query {
            after: Some("a"),
            before: Some("d"),
            ..first
        };
        assert_eq!(
            ids(&store, Some("u"), backwards).await,
            (String::new(), false)
        );
    }

    #[tokio::test]
    async fn a_cursor_must_be_a_row_of_the_list() {
        let store = filled().await;
        for after in ["zzz", "b"] {
            let query = Query {
                limit: 2,
                after: Some(after),
                ..Query::default()
            };
            assert!(matches!(
                store.threads(Some("u"), query).await,
                Err(StoreError::NoCursor(_))
            ));
        }
    }

    #[tokio::test]
    async fn users_do_not_see_each_others_threads() {
        let store = filled().await;
        assert!(store.thread(Some("u"), &"a".into()).await.is_ok());
        assert!(store.thread(Some("v"), &"a".into()).await.is_err());
        assert!(store.thread(None, &"a".into()).await.is_ok());
    }

    #[tokio::test]
    async fn a_replaced_item_keeps_its_place_and_a_hidden_one_is_on_no_page() {
        let store = filled().await;
        let put = async |id: &str, hidden: bool, json: &str| {
            let row = ItemRow {
                id: id.into(),
                hidden,
                json: json.to_owned().into(),
            };
            store.put_item(&"a".into(), row).await.unwrap();
        };
        put("1", false, "x").await;
        put("2", true, "x").await;
        put("3", false, "x").await;
        put("1", false, "y").await;
        let page = |hidden| Query {
            limit: 9,
            order: Order::Asc,
            hidden,
            ..Query::default()
        };
        let shown = store.items(&"a".into(), page(false)).await.unwrap();
        let shown: Vec<_> = shown
            .rows
            .iter()
            .map(|row| (row.id.as_str(), &row.json[..]))
            .collect();
        assert_eq!(shown, [("1", &b"y"[..]), ("3", &b"x"[..])]);
        assert_eq!(
            store
                .items(&"a".into(), page(true))
                .await
                .unwrap()
                .rows
                .len(),
            3
        );
        store.delete_item(&"a".into(), &"1".into()).await.unwrap();
        assert!(
            store
                .item(&"a".into(), &"1".into())
                .await
                .unwrap()
                .is_none()
        );
        store.delete_thread(&"a".into()).await.unwrap();
        assert!(store.item(&"a".into(), &"3".into()).await.is_err());
    }
}
