//! The facts that hold of every store.

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use chatkit::protocol::{Attachment, Order, ThreadId};
use chatkit::store::{ItemRow, Query, Store, ThreadRow};

use crate::place::Place;
use crate::rows::{
    asc, desc, filled, hidden, item, items, no_cursor, no_thread, thread, threads, walk,
};

/// A fact, as a test of a fresh store.
pub type Fact = fn(&Place) -> Pin<Box<dyn Future<Output = ()> + '_>>;

macro_rules! facts {
    ($($name:ident),+ $(,)?) => {
        /// Every fact with its name.
        pub const FACTS: &[(&str, Fact)] = &[$((stringify!($name), |place| Box::pin($name(place)))),+];
    };
}

facts![
    threads_are_ordered_by_creation_and_then_by_arrival,
    pages_of_threads_follow_each_other_without_gap_or_double,
    everyones_threads_are_the_threads_of_all_users,
    users_do_not_see_each_others_threads,
    a_thread_put_again_keeps_its_place_and_has_the_new_json,
    a_thread_put_again_for_another_user_is_theirs,
    a_swap_of_a_thread_needs_what_it_was,
    a_deleted_thread_is_gone_with_its_items_and_does_not_come_back_with_them,
    items_stay_in_the_order_of_arrival,
    pages_of_items_are_complete_in_every_size_and_order,
    pages_before_an_item_end_at_it,
    a_page_between_two_cursors_that_stand_the_wrong_way_round_is_empty,
    a_cursor_must_be_a_row_of_the_list,
    a_cursor_that_was_deleted_is_no_cursor_any_more,
    a_walk_goes_on_while_other_rows_are_deleted_and_added,
    a_hidden_item_is_on_no_page_that_does_not_ask_for_it,
    an_item_put_again_keeps_its_place,
    an_item_that_becomes_hidden_leaves_the_pages,
    a_swap_of_an_item_needs_what_it_was,
    a_deleted_item_is_gone_and_may_be_deleted_again,
    items_behind_another_are_deleted_together,
    one_id_in_two_threads_is_two_items,
    what_needs_a_thread_says_when_there_is_none,
    an_attachment_is_its_users_alone,
    a_swap_of_an_attachment_needs_what_it_was,
    every_text_comes_back_as_it_was,
    a_large_item_comes_back_whole,
    a_page_may_be_larger_than_the_list,
    two_writers_on_one_thread_lose_and_double_nothing,
    whoever_reads_behind_two_writers_misses_nothing,
    of_two_who_swap_one_succeeds,
    a_thread_that_is_deleted_under_its_writers_leaves_nothing_behind,
    runs_are_counted,
    what_was_stored_is_there_when_it_is_opened_again,
];

async fn five_threads(store: &dyn Store) {
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

async fn threads_are_ordered_by_creation_and_then_by_arrival(place: &Place) {
    let store = place.open().await;
    five_threads(&*store).await;
    assert_eq!(threads(&*store, Some("u"), desc(9)).await, "d c e a");
    assert_eq!(threads(&*store, Some("u"), asc(9)).await, "a e c d");
    assert_eq!(threads(&*store, Some("nobody"), desc(9)).await, "");
    store.put_thread(thread("z", "u", -5)).await.unwrap();
    assert_eq!(threads(&*store, Some("u"), asc(2)).await, "z a …");
}

async fn pages_of_threads_follow_each_other_without_gap_or_double(place: &Place) {
    let store = place.open().await;
    five_threads(&*store).await;
    let page = async |after, before, limit| {
        let query = Query {
            after,
            before,
            ..desc(limit)
        };
        threads(&*store, Some("u"), query).await
    };
    assert_eq!(page(None, None, 2).await, "d c …");
    assert_eq!(page(Some("c"), None, 2).await, "e a");
    assert_eq!(page(None, Some("a"), 2).await, "c e …");
    assert_eq!(page(None, Some("e"), 2).await, "d c");
    assert_eq!(page(Some("d"), Some("a"), 2).await, "c e");
    assert_eq!(page(Some("d"), Some("a"), 1).await, "c …");
    assert_eq!(page(Some("a"), Some("d"), 2).await, "");
    assert_eq!(page(Some("a"), None, 2).await, "");
}

async fn everyones_threads_are_the_threads_of_all_users(place: &Place) {
    let store = place.open().await;
    five_threads(&*store).await;
    assert_eq!(threads(&*store, None, desc(9)).await, "d c e b a");
    let query = Query {
        after: Some("b"),
        ..asc(2)
    };
    assert_eq!(threads(&*store, None, query).await, "e c …");
}

async fn users_do_not_see_each_others_threads(place: &Place) {
    let store = place.open().await;
    five_threads(&*store).await;
    let a = ThreadId::from("a");
    assert_eq!(&*store.thread(Some("u"), &a).await.unwrap().user, "u");
    assert!(store.thread(None, &a).await.is_ok());
    for user in ["v", "", "U", "u ", "u\0"] {
        no_thread(store.thread(Some(user), &a).await);
    }
    let query = Query {
        after: Some("b"),
        ..desc(2)
    };
    no_cursor(store.threads(Some("u"), query).await);
}

async fn a_thread_put_again_keeps_its_place_and_has_the_new_json(place: &Place) {
    let store = place.open().await;
    five_threads(&*store).await;
    let again = ThreadRow {
        json: "{\"title\":\"new\"}".into(),
        ..thread("a", "u", 99)
    };
    store.put_thread(again).await.unwrap();
    assert_eq!(threads(&*store, Some("u"), desc(9)).await, "d c e a");
    let row = store.thread(Some("u"), &"a".into()).await.unwrap();
    assert_eq!(
        (&row.json[..], row.created_at),
        (&b"{\"title\":\"new\"}"[..], 1)
    );
    let listed = store.threads(Some("u"), asc(1)).await.unwrap();
    assert_eq!(listed.rows[0].json, row.json);
}

async fn a_thread_put_again_for_another_user_is_theirs(place: &Place) {
    let store = place.open().await;
    five_threads(&*store).await;
    store.put_thread(thread("a", "v", 1)).await.unwrap();
    assert_eq!(threads(&*store, Some("u"), desc(9)).await, "d c e");
    assert_eq!(threads(&*store, Some("v"), desc(9)).await, "b a");
    assert_eq!(threads(&*store, None, desc(9)).await, "d c e b a");
}

async fn a_swap_of_a_thread_needs_what_it_was(place: &Place) {
    let store = place.open().await;
    five_threads(&*store).await;
    let a = ThreadId::from("a");
    let was = store.thread(None, &a).await.unwrap().json.clone();
    assert!(
        store
            .swap_thread(&a, &was, "{\"n\":1}".into())
            .await
            .unwrap()
    );
    assert!(
        !store
            .swap_thread(&a, &was, "{\"n\":2}".into())
            .await
            .unwrap()
    );
    let row = store.thread(Some("u"), &a).await.unwrap();
    assert_eq!((&row.json[..], row.created_at), (&b"{\"n\":1}"[..], 1));
    assert_eq!(threads(&*store, Some("u"), desc(9)).await, "d c e a");
    let listed = store.threads(Some("u"), asc(1)).await.unwrap();
    assert_eq!(listed.rows[0].json, row.json);
    no_thread(store.swap_thread(&"x".into(), &was, was.clone()).await);
}

async fn a_deleted_thread_is_gone_with_its_items_and_does_not_come_back_with_them(place: &Place) {
    let store = place.open().await;
    let t = filled(&*store, &["1", "2"]).await;
    store.delete_thread(&t).await.unwrap();
    no_thread(store.thread(None, &t).await);
    no_thread(store.item(&t, &"1".into()).await);
    no_thread(store.put_item(&t, item("3", "{}")).await);
    no_thread(store.delete_thread(&t).await);
    assert_eq!(threads(&*store, None, desc(9)).await, "");
    assert_eq!(threads(&*store, Some("u"), desc(9)).await, "");
    store.put_thread(thread("t", "u", 1)).await.unwrap();
    assert_eq!(items(&*store, &t, asc(9)).await, "");
}

async fn items_stay_in_the_order_of_arrival(place: &Place) {
    let store = place.open().await;
    let t = filled(&*store, &["b", "a", "c", "B", "1"]).await;
    assert_eq!(items(&*store, &t, asc(9)).await, "b a c B 1");
    assert_eq!(items(&*store, &t, desc(9)).await, "1 B c a b");
    // A place that became free is not given again.
    store.delete_item(&t, &"1".into()).await.unwrap();
    store.put_item(&t, item("0", "{}")).await.unwrap();
    store.delete_item(&t, &"a".into()).await.unwrap();
    store.put_item(&t, item("a", "{}")).await.unwrap();
    assert_eq!(items(&*store, &t, asc(9)).await, "b c B 0 a");
}

async fn pages_of_items_are_complete_in_every_size_and_order(place: &Place) {
    let store = place.open().await;
    let ids: Vec<_> = (0..13).map(|index| format!("i{index}")).collect();
    let names: Vec<_> = ids.iter().map(String::as_str).collect();
    let t = filled(&*store, &names).await;
    for limit in [1, 2, 5, 12, 13, 14] {
        assert_eq!(walk(&*store, &t, Order::Asc, limit).await, ids);
        let mut backwards = walk(&*store, &t, Order::Desc, limit).await;
        backwards.reverse();
        assert_eq!(backwards, ids);
    }
}

async fn pages_before_an_item_end_at_it(place: &Place) {
    let store = place.open().await;
    let t = filled(&*store, &["1", "2", "3", "4", "5"]).await;
    let before = |id, query: Query<'static>| Query {
        before: Some(id),
        ..query
    };
    assert_eq!(items(&*store, &t, before("4", asc(2))).await, "2 3 …");
    assert_eq!(items(&*store, &t, before("3", asc(2))).await, "1 2");
    assert_eq!(items(&*store, &t, before("1", asc(2))).await, "");
    assert_eq!(items(&*store, &t, before("2", desc(2))).await, "4 3 …");
    assert_eq!(items(&*store, &t, before("3", desc(2))).await, "5 4");
}

async fn a_page_between_two_cursors_that_stand_the_wrong_way_round_is_empty(place: &Place) {
    let store = place.open().await;
    let t = filled(&*store, &["1", "2", "3", "4"]).await;
    let between = |after, before| Query {
        after: Some(after),
        before: Some(before),
        ..asc(9)
    };
    assert_eq!(items(&*store, &t, between("1", "4")).await, "2 3");
    assert_eq!(items(&*store, &t, between("4", "1")).await, "");
    assert_eq!(items(&*store, &t, between("2", "2")).await, "");
}

async fn a_cursor_must_be_a_row_of_the_list(place: &Place) {
    let store = place.open().await;
    let t = filled(&*store, &["1"]).await;
    store.put_thread(thread("other", "u", 1)).await.unwrap();
    store
        .put_item(&"other".into(), item("2", "{}"))
        .await
        .unwrap();
    for cursor in ["2", "", "zzz", "1 ", "\0", "'; --"] {
        let query = Query {
            after: Some(cursor),
            ..asc(9)
        };
        no_cursor(store.items(&t, query.clone()).await);
        no_cursor(store.threads(None, query).await);
        let query = Query {
            before: Some(cursor),
            ..asc(9)
        };
        no_cursor(store.items(&t, query).await);
    }
}

async fn a_cursor_that_was_deleted_is_no_cursor_any_more(place: &Place) {
    let store = place.open().await;
    let t = filled(&*store, &["1", "2", "3"]).await;
    store.delete_item(&t, &"2".into()).await.unwrap();
    let query = Query {
        after: Some("2"),
        ..asc(9)
    };
    no_cursor(store.items(&t, query).await);
    five_threads(&*store).await;
    store.delete_thread(&"c".into()).await.unwrap();
    let query = Query {
        after: Some("c"),
        ..asc(9)
    };
    no_cursor(store.threads(None, query).await);
}

async fn a_walk_goes_on_while_other_rows_are_deleted_and_added(place: &Place) {
    let store = place.open().await;
    let t = filled(&*store, &["1", "2", "3", "4", "5"]).await;
    assert_eq!(items(&*store, &t, asc(2)).await, "1 2 …");
    store.delete_item(&t, &"1".into()).await.unwrap();
    store.delete_item(&t, &"3".into()).await.unwrap();
    store.put_item(&t, item("6", "{}")).await.unwrap();
    let query = Query {
        after: Some("2"),
        ..asc(9)
    };
    assert_eq!(items(&*store, &t, query).await, "4 5 6");
}

async fn a_hidden_item_is_on_no_page_that_does_not_ask_for_it(place: &Place) {
    let store = place.open().await;
    let t = filled(&*store, &["1"]).await;
    for row in [hidden("2"), hidden("3"), item("4", "{}"), hidden("5")] {
        store.put_item(&t, row).await.unwrap();
    }
    assert_eq!(items(&*store, &t, asc(2)).await, "1 4");
    assert_eq!(items(&*store, &t, desc(1)).await, "4 …");
    let all = Query {
        hidden: true,
        ..asc(4)
    };
    assert_eq!(items(&*store, &t, all).await, "1 2 3 4 …");
    let row = store.item(&t, &"3".into()).await.unwrap().unwrap();
    assert!(row.hidden);
    let behind = Query {
        after: Some("3"),
        ..asc(9)
    };
    assert_eq!(items(&*store, &t, behind).await, "4");
}

async fn an_item_put_again_keeps_its_place(place: &Place) {
    let store = place.open().await;
    let t = filled(&*store, &["1", "2", "3"]).await;
    store.put_item(&t, item("2", "{\"new\":1}")).await.unwrap();
    assert_eq!(items(&*store, &t, asc(9)).await, "1 2 3");
    let row = store.item(&t, &"2".into()).await.unwrap().unwrap();
    assert_eq!(row.json, "{\"new\":1}");
}

async fn an_item_that_becomes_hidden_leaves_the_pages(place: &Place) {
    let store = place.open().await;
    let t = filled(&*store, &["1", "2"]).await;
    store.put_item(&t, hidden("1")).await.unwrap();
    assert_eq!(items(&*store, &t, asc(9)).await, "2");
    store.put_item(&t, item("1", "{}")).await.unwrap();
    assert_eq!(items(&*store, &t, asc(9)).await, "1 2");
}

async fn a_swap_of_an_item_needs_what_it_was(place: &Place) {
    let store = place.open().await;
    let t = filled(&*store, &["1", "2"]).await;
    let was = Bytes::from("{}");
    assert!(
        store
            .swap_item(&t, &was, item("1", "{\"n\":1}"))
            .await
            .unwrap()
    );
    assert!(
        !store
            .swap_item(&t, &was, item("1", "{\"n\":2}"))
            .await
            .unwrap()
    );
    assert!(
        !store
            .swap_item(&t, &was, item("9", "{\"n\":2}"))
            .await
            .unwrap()
    );
    no_thread(store.swap_item(&"x".into(), &was, item("1", "{}")).await);
    assert_eq!(items(&*store, &t, asc(9)).await, "1 2");
    let row = store.item(&t, &"1".into()).await.unwrap().unwrap();
    assert_eq!(row.json, "{\"n\":1}");
}

async fn a_deleted_item_is_gone_and_may_be_deleted_again(place: &Place) {
    let store = place.open().await;
    let t = filled(&*store, &["1", "2"]).await;
    for _ in 0..2 {
        store.delete_item(&t, &"1".into()).await.unwrap();
        assert!(store.item(&t, &"1".into()).await.unwrap().is_none());
    }
    assert_eq!(items(&*store, &t, asc(9)).await, "2");
}

async fn items_behind_another_are_deleted_together(place: &Place) {
    let store = place.open().await;
    let t = filled(&*store, &["1", "2", "3"]).await;
    store.put_item(&t, hidden("4")).await.unwrap();
    store.put_thread(thread("other", "u", 1)).await.unwrap();
    store
        .put_item(&"other".into(), item("5", "{}"))
        .await
        .unwrap();
    no_cursor(store.delete_items_after(&t, &"5".into()).await);
    no_thread(store.delete_items_after(&"x".into(), &"1".into()).await);
    for _ in 0..2 {
        store.delete_items_after(&t, &"2".into()).await.unwrap();
        let all = Query {
            hidden: true,
            ..asc(9)
        };
        assert_eq!(items(&*store, &t, all).await, "1 2");
    }
    assert_eq!(items(&*store, &"other".into(), asc(9)).await, "5");
    store.put_item(&t, item("3", "{}")).await.unwrap();
    assert_eq!(items(&*store, &t, asc(9)).await, "1 2 3");
}

async fn one_id_in_two_threads_is_two_items(place: &Place) {
    let store = place.open().await;
    let t = filled(&*store, &["1"]).await;
    store.put_thread(thread("other", "u", 1)).await.unwrap();
    store
        .put_item(&"other".into(), item("1", "{\"n\":2}"))
        .await
        .unwrap();
    let row = store.item(&t, &"1".into()).await.unwrap().unwrap();
    assert_eq!(row.json, "{}");
    store.delete_item(&t, &"1".into()).await.unwrap();
    assert_eq!(items(&*store, &"other".into(), asc(9)).await, "1");
}

async fn what_needs_a_thread_says_when_there_is_none(place: &Place) {
    let store = place.open().await;
    let x = ThreadId::from("x");
    no_thread(store.thread(None, &x).await);
    no_thread(store.put_item(&x, item("1", "{}")).await);
    no_thread(store.item(&x, &"1".into()).await);
    no_thread(store.items(&x, asc(9)).await);
    no_thread(store.delete_item(&x, &"1".into()).await);
    no_thread(store.delete_thread(&x).await);
    assert_eq!(threads(&*store, None, asc(9)).await, "");
}

fn attachment(id: &str, name: &str) -> Attachment {
    let json =
        serde_json::json!({"type": "file", "id": id, "name": name, "mime_type": "text/plain"});
    serde_json::from_value(json).unwrap()
}

async fn an_attachment_is_its_users_alone(place: &Place) {
    let store = place.open().await;
    let id = "atc_1".into();
    store
        .put_attachment("u", attachment("atc_1", "a.txt"))
        .await
        .unwrap();
    let found = store.attachment("u", &id).await.unwrap().unwrap();
    assert_eq!(found, attachment("atc_1", "a.txt"));
    assert!(store.attachment("v", &id).await.unwrap().is_none());
    assert!(!store.delete_attachment("v", &id).await.unwrap());
    store
        .put_attachment("u", attachment("atc_1", "b.txt"))
        .await
        .unwrap();
    let found = store.attachment("u", &id).await.unwrap().unwrap();
    assert_eq!(found.name, "b.txt");
    assert!(store.delete_attachment("u", &id).await.unwrap());
    assert!(!store.delete_attachment("u", &id).await.unwrap());
    assert!(store.attachment("u", &id).await.unwrap().is_none());
}

async fn a_swap_of_an_attachment_needs_what_it_was(place: &Place) {
    let store = place.open().await;
    let (was, new) = (attachment("atc_1", "a"), attachment("atc_1", "b"));
    assert!(!store.swap_attachment("u", &was, new.clone()).await.unwrap());
    store.put_attachment("u", was.clone()).await.unwrap();
    assert!(!store.swap_attachment("v", &was, new.clone()).await.unwrap());
    assert!(store.swap_attachment("u", &was, new.clone()).await.unwrap());
    assert!(!store.swap_attachment("u", &was, new.clone()).await.unwrap());
    let found = store.attachment("u", &"atc_1".into()).await.unwrap();
    assert_eq!(found, Some(new));
}

async fn every_text_comes_back_as_it_was(place: &Place) {
    let store = place.open().await;
    for (index, text) in [
        "é",
        "e\u{301}",
        "日本語",
        "👩‍👩‍👧",
        "\u{202e}rtl",
        "a'b\"c\\d",
        "%_?$1:x",
        "\0",
        "a\0b",
        "\u{1}",
        "\u{1}0",
        "\u{7f}\n\t",
        "NULL",
        "𝕏\u{10ffff}",
        " ",
        "A",
        "a",
    ]
    .into_iter()
    .enumerate()
    {
        let json = serde_json::json!({"text": text}).to_string();
        let row = ThreadRow {
            json: json.clone().into(),
            ..thread(text, text, i64::try_from(index).unwrap())
        };
        store.put_thread(row).await.unwrap();
        store
            .put_item(&text.into(), item(text, &json))
            .await
            .unwrap();
        let row = store.thread(Some(text), &text.into()).await.unwrap();
        assert_eq!((row.id.as_str(), &*row.user), (text, text));
        assert_eq!(row.json, json);
        assert_eq!(threads(&*store, Some(text), asc(9)).await, text);
        let row = store
            .item(&text.into(), &text.into())
            .await
            .unwrap()
            .unwrap();
        assert_eq!((row.id.as_str(), &row.json[..]), (text, json.as_bytes()));
        store
            .put_attachment(text, attachment(text, text))
            .await
            .unwrap();
        let found = store.attachment(text, &text.into()).await.unwrap();
        assert_eq!(found, Some(attachment(text, text)));
    }
    assert_eq!(store.threads(None, asc(99)).await.unwrap().rows.len(), 17);
}

async fn a_large_item_comes_back_whole(place: &Place) {
    let store = place.open().await;
    let t = filled(&*store, &["1"]).await;
    let json = format!("{{\"text\":\"{}\"}}", "é0\\n".repeat(2_000_000));
    store.put_item(&t, item("2", &json)).await.unwrap();
    let row = store.item(&t, &"2".into()).await.unwrap().unwrap();
    assert!(row.json == json);
    let page = store.items(&t, asc(9)).await.unwrap();
    assert_eq!(page.rows[1].json.len(), json.len());
}

async fn a_page_may_be_larger_than_the_list(place: &Place) {
    let store = place.open().await;
    let t = filled(&*store, &["1", "2"]).await;
    assert_eq!(items(&*store, &t, asc(9999)).await, "1 2");
    assert_eq!(items(&*store, &t, asc(usize::MAX)).await, "1 2");
    assert_eq!(threads(&*store, Some("u"), desc(usize::MAX)).await, "t");
    assert_eq!(items(&*store, &t, asc(0)).await, "…");
}

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

async fn two_writers_on_one_thread_lose_and_double_nothing(place: &Place) {
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

async fn whoever_reads_behind_two_writers_misses_nothing(place: &Place) {
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

async fn of_two_who_swap_one_succeeds(place: &Place) {
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

async fn a_thread_that_is_deleted_under_its_writers_leaves_nothing_behind(place: &Place) {
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

async fn runs_are_counted(place: &Place) {
    let (one, two) = (place.open().await, place.open().await);
    let mut runs = Vec::new();
    for store in [&one, &two, &one] {
        runs.push(store.begin_run().await.unwrap());
    }
    assert_eq!(runs, [0, 1, 2]);
}

async fn what_was_stored_is_there_when_it_is_opened_again(place: &Place) {
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
    if place.kind == crate::place::Kind::Memory {
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
