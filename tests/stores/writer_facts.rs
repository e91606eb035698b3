//! The facts about several who use one store at once, and one after the other.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use chatkit::protocol::Order;
use chatkit::store::{ItemRow, Onto, Query, Store, StoreError, Stored};

use crate::place::{Kind, Place};
use crate::rows::{asc, filled, item, items, no_thread, thread, walk};

/// How many items each of two writers adds.
const MANY: usize = 150;

/// Adds many items, one after the other, and tells the ids.
fn writer(store: Arc<dyn Store>, name: &'static str) -> tokio::task::JoinHandle<Vec<String>> {
    tokio::spawn(async move {
        let mut ids = Vec::new();
        for index in 0..MANY {
            let id = format!("{name}{index}");
            store.put_item(&"t".into(), item(&id, "{}")).await.unwrap();
            ids.push(id);
        }
        ids
    })
}

pub async fn two_writers_on_one_thread_lose_and_double_nothing(place: &Place) {
    let (one, two) = (place.open().await, place.open().await);
    let t = filled(&*one, &[]).await;
    let writers = [writer(Arc::clone(&one), "a"), writer(two, "b")];
    let mut written = Vec::new();
    for writer in writers {
        written.push(writer.await.unwrap());
    }
    let seen = walk(&*one, &t, Order::Asc, 7).await;
    assert_eq!(seen.len(), 2 * MANY);
    assert_eq!(seen.iter().collect::<HashSet<_>>().len(), 2 * MANY);
    // Each writer's own items stand in the order in which it was told that they are kept.
    for written in written {
        let own: Vec<_> = seen.iter().filter(|id| written.contains(id)).collect();
        assert_eq!(own, written.iter().collect::<Vec<_>>());
    }
}

pub async fn whoever_reads_behind_two_writers_misses_nothing(place: &Place) {
    let (one, two) = (place.open().await, place.open().await);
    let t = filled(&*one, &["first"]).await;
    let writers = [writer(Arc::clone(&one), "a"), writer(Arc::clone(&two), "b")];
    // Follows the thread's end as an export would: what is behind the cursor never changes.
    let mut seen = vec!["first".to_owned()];
    loop {
        let over = writers.iter().all(tokio::task::JoinHandle::is_finished);
        let query = Query {
            after: seen.last().map(String::as_str),
            ..asc(5)
        };
        let page = two.items(&t, query).await.unwrap();
        seen.extend(page.rows.iter().map(|row| row.id.as_str().to_owned()));
        if over && page.rows.is_empty() {
            break;
        }
    }
    assert_eq!(seen, walk(&*one, &t, Order::Asc, 1000).await);
    assert_eq!(seen.len(), 2 * MANY + 1);
}

pub async fn of_two_who_swap_one_succeeds(place: &Place) {
    let (one, two) = (place.open().await, place.open().await);
    let t = filled(&*one, &["1"]).await;
    for round in 0..20 {
        let row = one.item(&t, &"1".into()).await.unwrap().unwrap();
        let (was, t) = (&row.json, &t);
        let swap = async |store: &dyn Store, who: &str| {
            let new = item("1", &format!("{{\"{who}\":{round}}}"));
            store.swap_item(t, was, new).await.unwrap()
        };
        let (a, b) = tokio::join!(swap(&*one, "a"), swap(&*two, "b"));
        assert!(a != b, "round {round}: {a} {b}");
    }
}

pub async fn a_thread_that_is_deleted_under_its_writers_leaves_nothing_behind(place: &Place) {
    let (one, two) = (place.open().await, place.open().await);
    for _ in 0..5 {
        let t = filled(&*one, &["1"]).await;
        let adding = async {
            let mut kept = 0;
            while one
                .put_item(&t, item(&format!("i{kept}"), "{}"))
                .await
                .is_ok()
            {
                kept += 1;
                // Memory never waits, and the other one would not get its turn.
                tokio::task::yield_now().await;
            }
        };
        let deleting = async {
            while two.items(&t, asc(9)).await.unwrap().rows.len() < 3 {
                tokio::task::yield_now().await;
            }
            two.delete_thread(&t).await.unwrap();
        };
        tokio::join!(adding, deleting);
        no_thread(two.items(&t, asc(9)).await);
        one.put_thread(thread("t", "u", 1)).await.unwrap();
        assert_eq!(items(&*one, &t, asc(9)).await, "");
        one.delete_thread(&t).await.unwrap();
    }
}

/// Puts an item of this name into each of these threads, all in one draft.
async fn drafted(store: Arc<dyn Store>, threads: Vec<String>, name: &'static str) -> Stored<()> {
    let mut draft = store.draft(thread(&threads[0], "u", 1), Onto::Kept).await?;
    draft.item(item(name, "{}")).await?;
    for id in &threads[1..] {
        draft.next(thread(id, "u", 1), Onto::Kept).await?;
        draft.item(item(name, "{}")).await?;
    }
    draft.commit().await
}

pub async fn two_drafts_of_the_same_threads_in_opposite_orders_both_come_through(place: &Place) {
    let (one, two) = (place.open().await, place.open().await);
    let there: Vec<String> = (0..60).map(|n| format!("t{n:02}")).collect();
    let back: Vec<String> = there.iter().rev().cloned().collect();
    for names in [["a", "b"], ["c", "d"], ["e", "f"]] {
        let one = tokio::spawn(drafted(Arc::clone(&one), there.clone(), names[0]));
        let two = tokio::spawn(drafted(Arc::clone(&two), back.clone(), names[1]));
        one.await.unwrap().unwrap();
        two.await.unwrap().unwrap();
    }
    for id in &there {
        let mut seen = walk(&*one, &id.as_str().into(), Order::Asc, 9).await;
        seen.sort();
        assert_eq!(seen.join(" "), "a b c d e f", "{id}");
    }
}

pub async fn a_draft_and_a_writer_that_delete_and_add_the_same_items_do_not_stop_each_other(
    place: &Place,
) {
    let (one, two) = (place.open().await, place.open().await);
    let t = filled(&*one, &["first"]).await;
    let ids: Vec<String> = (0..900).map(|n| format!("i{n:03}")).collect();
    let adding = tokio::spawn(async move {
        for round in 0..6 {
            let mut draft = one.draft(thread("t", "u", 1), Onto::Kept).await?;
            let forwards = ids.iter();
            // What is there already is met from its end, as by nobody who deletes.
            let order: Vec<_> = match round % 2 {
                0 => forwards.collect(),
                _ => forwards.rev().collect(),
            };
            for id in order {
                draft.item(item(id, "{}")).await?;
            }
            draft.commit().await?;
        }
        Ok::<_, StoreError>(())
    });
    while !adding.is_finished() {
        two.delete_items_after(&t, &"first".into()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    adding.await.unwrap().unwrap();
    two.delete_items_after(&t, &"first".into()).await.unwrap();
    assert_eq!(items(&*two, &t, asc(9)).await, "first");
}

pub async fn runs_are_counted(place: &Place) {
    let (one, two) = (place.open().await, place.open().await);
    let mut runs = Vec::new();
    for store in [&one, &two, &one] {
        runs.push(store.begin_run().await.unwrap());
    }
    assert_eq!(runs, [0, 1, 2]);
}

pub async fn what_was_stored_is_there_when_it_is_opened_again(place: &Place) {
    let store = place.open().await;
    let t = filled(&*store, &["1", "2"]).await;
    store
        .put_item(
            &t,
            ItemRow {
                hidden: true,
                ..item("3", "{}")
            },
        )
        .await
        .unwrap();
    if place.kind == Kind::Memory {
        return;
    }
    store.close().await;
    assert!(store.put_item(&t, item("4", "{}")).await.is_err());
    let store = place.open().await;
    assert_eq!(items(&*store, &t, asc(9)).await, "1 2");
    assert!(store.item(&t, &"3".into()).await.unwrap().unwrap().hidden);
    store.put_item(&t, item("4", "{}")).await.unwrap();
    assert_eq!(items(&*store, &t, asc(9)).await, "1 2 4");
}
