//! The facts that hold of every store.

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use chatkit::protocol::{Attachment, ThreadId};
use chatkit::store::{Query, ThreadRow};

use crate::draft_facts::{
    a_draft_goes_behind_what_is_kept_or_in_its_place,
    a_draft_is_seen_when_it_is_committed_and_not_before,
    a_draft_of_many_items_is_whole_and_in_order, a_draft_takes_no_attachment_away,
    a_draft_that_is_dropped_leaves_nothing,
    threads_of_one_draft_are_seen_together_but_for_those_taken_back,
    what_was_whole_before_a_failure_may_stay_and_nothing_else_does,
};
use crate::item_facts::{
    a_cursor_must_be_a_row_of_the_list, a_cursor_that_was_deleted_is_no_cursor_any_more,
    a_deleted_item_is_gone_and_may_be_deleted_again,
    a_hidden_item_is_on_no_page_that_does_not_ask_for_it,
    a_page_between_two_cursors_that_stand_the_wrong_way_round_is_empty,
    a_swap_of_an_item_needs_what_it_was, a_walk_goes_on_while_other_rows_are_deleted_and_added,
    an_item_put_again_keeps_its_place, an_item_that_becomes_hidden_leaves_the_pages,
    items_behind_another_are_deleted_together, items_stay_in_the_order_of_arrival,
    one_id_in_two_threads_is_two_items, pages_before_an_item_end_at_it,
    pages_of_items_are_complete_in_every_size_and_order,
};
use crate::note_facts::{
    a_note_goes_with_its_thread, a_note_is_swapped_from_what_it_says_and_nothing_else,
    bytes_go_with_their_note, notes_are_kept_when_the_store_is_opened_again,
    notes_are_swept_when_their_time_is_over, notes_that_begin_alike_are_deleted_together,
    of_two_who_write_one_note_one_succeeds, what_many_add_to_one_note_is_all_there,
};
use crate::place::Place;
use crate::rows::{
    asc, desc, filled, five_threads, item, items, no_cursor, no_thread, thread, threads,
};
use crate::writer_facts::{
    a_draft_and_a_writer_that_delete_and_add_the_same_items_do_not_stop_each_other,
    a_thread_that_is_deleted_under_its_writers_leaves_nothing_behind, of_two_who_swap_one_succeeds,
    runs_are_counted, two_drafts_of_the_same_threads_in_opposite_orders_both_come_through,
    two_writers_on_one_thread_lose_and_double_nothing,
    what_was_stored_is_there_when_it_is_opened_again,
    whoever_reads_behind_two_writers_misses_nothing,
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
    a_draft_is_seen_when_it_is_committed_and_not_before,
    a_draft_that_is_dropped_leaves_nothing,
    a_draft_goes_behind_what_is_kept_or_in_its_place,
    a_draft_takes_no_attachment_away,
    a_draft_of_many_items_is_whole_and_in_order,
    threads_of_one_draft_are_seen_together_but_for_those_taken_back,
    what_was_whole_before_a_failure_may_stay_and_nothing_else_does,
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
    two_drafts_of_the_same_threads_in_opposite_orders_both_come_through,
    a_draft_and_a_writer_that_delete_and_add_the_same_items_do_not_stop_each_other,
    a_thread_that_is_deleted_under_its_writers_leaves_nothing_behind,
    runs_are_counted,
    what_was_stored_is_there_when_it_is_opened_again,
    a_note_is_swapped_from_what_it_says_and_nothing_else,
    of_two_who_write_one_note_one_succeeds,
    what_many_add_to_one_note_is_all_there,
    a_note_goes_with_its_thread,
    notes_are_swept_when_their_time_is_over,
    notes_that_begin_alike_are_deleted_together,
    bytes_go_with_their_note,
    notes_are_kept_when_the_store_is_opened_again,
];

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
    let (id, new) = ("atc_1".into(), attachment("atc_1", "b"));
    let none = Bytes::from("{}");
    assert!(
        !store
            .swap_attachment("u", &none, new.clone())
            .await
            .unwrap()
    );
    let was = attachment("atc_1", "a");
    store.put_attachment("u", was).await.unwrap();
    assert!(store.attachment_json("v", &id).await.unwrap().is_none());
    let was = store.attachment_json("u", &id).await.unwrap().unwrap();
    assert!(!store.swap_attachment("v", &was, new.clone()).await.unwrap());
    assert!(store.swap_attachment("u", &was, new.clone()).await.unwrap());
    assert!(!store.swap_attachment("u", &was, new.clone()).await.unwrap());
    let found = store.attachment("u", &id).await.unwrap();
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
