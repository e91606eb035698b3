//! Rows, queries and answers, written and read shortly.

use chatkit::protocol::{Order, ThreadId};
use chatkit::store::{ItemRow, Query, Rows, Store, StoreError, ThreadRow};

pub fn thread(id: &str, user: &str, created_at: i64) -> ThreadRow {
    ThreadRow {
        id: id.into(),
        user: user.into(),
        created_at,
        json: format!("{{\"id\":\"{id}\"}}").into(),
    }
}

pub fn item(id: &str, json: &str) -> ItemRow {
    ItemRow {
        id: id.into(),
        hidden: false,
        json: json.to_owned().into(),
    }
}

pub fn hidden(id: &str) -> ItemRow {
    ItemRow {
        hidden: true,
        ..item(id, "{}")
    }
}

pub fn asc(limit: usize) -> Query<'static> {
    Query {
        limit,
        order: Order::Asc,
        ..Query::default()
    }
}

pub fn desc(limit: usize) -> Query<'static> {
    Query {
        limit,
        ..Query::default()
    }
}

/// A thread `t` of the user `u` with items of these ids, in their order.
pub async fn filled(store: &dyn Store, ids: &[&str]) -> ThreadId {
    store.put_thread(thread("t", "u", 1)).await.unwrap();
    for id in ids {
        store.put_item(&"t".into(), item(id, "{}")).await.unwrap();
    }
    "t".into()
}

/// Threads of two users, not in the order of their times.
pub async fn five_threads(store: &dyn Store) {
    for (id, user, at) in [
        ("a", "u", 1),
        ("b", "v", 2),
        ("c", "u", 3),
        ("d", "u", 3),
        ("e", "u", 2),
    ] {
        store.put_thread(thread(id, user, at)).await.unwrap();
    }
}

/// The ids of a page, separated by blanks, and `…` behind them if there are more.
pub fn shown<T>(page: &Rows<T>, id: impl Fn(&T) -> &str) -> String {
    let mut ids: Vec<_> = page.rows.iter().map(|row| id(row)).collect();
    if page.has_more {
        ids.push("…");
    }
    ids.join(" ")
}

pub async fn items(store: &dyn Store, thread: &ThreadId, query: Query<'_>) -> String {
    let page = store.items(thread, query).await.unwrap();
    shown(&page, |row| row.id.as_str())
}

pub async fn threads(store: &dyn Store, user: Option<&str>, query: Query<'_>) -> String {
    let page = store.threads(user, query).await.unwrap();
    shown(&page, |row| row.id.as_str())
}

/// Walks through all items of a thread, a page of this size at a time.
pub async fn walk(store: &dyn Store, thread: &ThreadId, order: Order, limit: usize) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    loop {
        let query = Query {
            limit,
            order,
            after: seen.last().map(String::as_str),
            ..Query::default()
        };
        let page = store.items(thread, query).await.unwrap();
        let ids = page.rows.iter().map(|row| row.id.as_str().to_owned());
        let ids: Vec<_> = ids.collect();
        assert!(ids.len() <= limit);
        seen.extend(ids);
        if !page.has_more {
            return seen;
        }
    }
}

#[track_caller]
pub fn no_thread<T>(result: Result<T, StoreError>) {
    assert!(matches!(result.err(), Some(StoreError::NoThread(_))));
}

#[track_caller]
pub fn no_cursor<T>(result: Result<T, StoreError>) {
    assert!(matches!(result.err(), Some(StoreError::NoCursor(_))));
}
