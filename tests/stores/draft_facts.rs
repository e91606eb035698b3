//! The facts of a thread that is put in whole.

use chatkit::protocol::Attachment;
use chatkit::store::{ItemRow, Onto, Query};

use crate::place::Place;
use crate::rows::{asc, filled, hidden, item, items, no_thread, thread, threads};

fn attachment(name: &str) -> Attachment {
    let attachment =
        serde_json::json!({"id": "f", "type": "file", "name": name, "mime_type": "text/plain"});
    serde_json::from_value(attachment).unwrap()
}

fn everything(limit: usize) -> Query<'static> {
    Query {
        hidden: true,
        ..asc(limit)
    }
}

pub async fn a_draft_is_seen_when_it_is_committed_and_not_before(place: &Place) {
    let store = place.open().await;
    let mut draft = store.draft(thread("t", "u", 1), Onto::Kept).await.unwrap();
    for id in ["a", "b"] {
        draft.item(item(id, "{}")).await.unwrap();
    }
    draft.item(hidden("c")).await.unwrap();
    draft.attachment(attachment("one")).await.unwrap();
    let other = place.open().await;
    no_thread(other.thread(None, &"t".into()).await);
    draft.commit().await.unwrap();
    assert_eq!(threads(&*other, Some("u"), asc(9)).await, "t");
    assert_eq!(items(&*other, &"t".into(), asc(9)).await, "a b");
    assert_eq!(items(&*other, &"t".into(), everything(9)).await, "a b c");
    let kept = other.attachment("u", &"f".into()).await.unwrap();
    assert_eq!(kept, Some(attachment("one")));
}

pub async fn a_draft_that_is_dropped_leaves_nothing(place: &Place) {
    let store = place.open().await;
    filled(&*store, &["a"]).await;
    let mut draft = store
        .draft(thread("t", "v", 1), Onto::Nothing)
        .await
        .unwrap();
    draft.item(item("b", "{}")).await.unwrap();
    drop(draft);
    let mut draft = store
        .draft(thread("new", "u", 1), Onto::Kept)
        .await
        .unwrap();
    draft.attachment(attachment("one")).await.unwrap();
    drop(draft);
    // What comes after it waits for its end.
    store.put_item(&"t".into(), item("z", "{}")).await.unwrap();
    assert_eq!(items(&*store, &"t".into(), asc(9)).await, "a z");
    assert_eq!(threads(&*store, Some("u"), asc(9)).await, "t");
    assert_eq!(store.attachment("u", &"f".into()).await.unwrap(), None);
}

pub async fn a_draft_goes_behind_what_is_kept_or_in_its_place(place: &Place) {
    let store = place.open().await;
    filled(&*store, &["a", "b"]).await;
    let mut draft = store.draft(thread("t", "u", 1), Onto::Kept).await.unwrap();
    draft.item(item("b", "[]")).await.unwrap();
    draft.item(item("c", "{}")).await.unwrap();
    draft.commit().await.unwrap();
    assert_eq!(items(&*store, &"t".into(), asc(9)).await, "a b c");
    let put = store.item(&"t".into(), &"b".into()).await.unwrap().unwrap();
    assert_eq!(put.json, "[]");
    let mut draft = store
        .draft(thread("t", "v", 1), Onto::Nothing)
        .await
        .unwrap();
    draft.item(item("c", "{}")).await.unwrap();
    draft.item(item("a", "{}")).await.unwrap();
    draft.commit().await.unwrap();
    assert_eq!(items(&*store, &"t".into(), asc(9)).await, "c a");
    assert_eq!(threads(&*store, Some("v"), asc(9)).await, "t");
    assert_eq!(threads(&*store, Some("u"), asc(9)).await, "");
}

pub async fn a_draft_takes_no_attachment_away(place: &Place) {
    let store = place.open().await;
    store.put_attachment("u", attachment("one")).await.unwrap();
    let mut draft = store.draft(thread("t", "v", 1), Onto::Kept).await.unwrap();
    draft.attachment(attachment("two")).await.unwrap();
    draft.commit().await.unwrap();
    let kept = store.attachment("u", &"f".into()).await.unwrap();
    assert_eq!(kept, Some(attachment("one")));
    assert_eq!(store.attachment("v", &"f".into()).await.unwrap(), None);
}

pub async fn a_draft_of_many_items_is_whole_and_in_order(place: &Place) {
    let store = place.open().await;
    let mut draft = store.draft(thread("t", "u", 1), Onto::Kept).await.unwrap();
    let ids: Vec<String> = (0..700).map(|n| format!("i{n:03}")).collect();
    for id in &ids {
        draft.item(item(id, "{}")).await.unwrap();
    }
    draft.commit().await.unwrap();
    assert_eq!(items(&*store, &"t".into(), asc(700)).await, ids.join(" "));
}

pub async fn threads_of_one_draft_are_seen_together_but_for_those_taken_back(place: &Place) {
    let store = place.open().await;
    filled(&*store, &["kept"]).await;
    let mut draft = store.draft(thread("a", "u", 2), Onto::Kept).await.unwrap();
    draft.item(item("a1", "{}")).await.unwrap();
    for (id, onto) in [("b", Onto::Kept), ("t", Onto::Nothing), ("c", Onto::Kept)] {
        draft.next(thread(id, "u", 3), onto).await.unwrap();
        draft.item(item("x", "{}")).await.unwrap();
        draft.attachment(attachment(id)).await.unwrap();
        if id == "t" {
            draft.undo().await.unwrap();
        }
    }
    draft.undo().await.unwrap();
    let other = place.open().await;
    assert_eq!(threads(&*other, Some("u"), asc(9)).await, "t");
    draft.commit().await.unwrap();
    assert_eq!(threads(&*other, Some("u"), asc(9)).await, "t a b");
    assert_eq!(items(&*other, &"a".into(), asc(9)).await, "a1");
    assert_eq!(items(&*other, &"b".into(), asc(9)).await, "x");
    assert_eq!(items(&*other, &"t".into(), asc(9)).await, "kept");
    let kept = other.attachment("u", &"f".into()).await.unwrap();
    assert_eq!(kept, Some(attachment("b")));
}

pub async fn what_was_whole_before_a_failure_may_stay_and_nothing_else_does(place: &Place) {
    let store = place.open().await;
    let mut draft = store.draft(thread("a", "u", 1), Onto::Kept).await.unwrap();
    draft.item(item("a1", "{}")).await.unwrap();
    draft.next(thread("b", "u", 2), Onto::Kept).await.unwrap();
    draft.item(item("b1", "{}")).await.unwrap();
    // No database keeps what is no text.
    let json = vec![b'"', 0xff, b'"'].into();
    let broken = ItemRow {
        json,
        ..item("b2", "")
    };
    draft.item(broken).await.unwrap();
    draft.next(thread("c", "u", 3), Onto::Kept).await.unwrap();
    draft.item(item("c1", "{}")).await.unwrap();
    if draft.commit().await.is_ok() {
        return;
    }
    assert_eq!(threads(&*store, Some("u"), asc(9)).await, "a");
    assert_eq!(items(&*store, &"a".into(), asc(9)).await, "a1");
    // The store goes on.
    filled(&*store, &["later"]).await;
}
