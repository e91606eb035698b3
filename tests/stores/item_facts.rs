//! The facts about items: their order, their pages, and what changes them.

use bytes::Bytes;
use chatkit::protocol::Order;
use chatkit::store::Query;

use crate::place::Place;
use crate::rows::{
    asc, desc, filled, five_threads, hidden, item, items, no_cursor, no_thread, thread, walk,
};

pub async fn items_stay_in_the_order_of_arrival(place: &Place) {
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

pub async fn pages_of_items_are_complete_in_every_size_and_order(place: &Place) {
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

pub async fn pages_before_an_item_end_at_it(place: &Place) {
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

pub async fn a_page_between_two_cursors_that_stand_the_wrong_way_round_is_empty(place: &Place) {
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

pub async fn a_cursor_must_be_a_row_of_the_list(place: &Place) {
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

pub async fn a_cursor_that_was_deleted_is_no_cursor_any_more(place: &Place) {
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

pub async fn a_walk_goes_on_while_other_rows_are_deleted_and_added(place: &Place) {
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

pub async fn a_hidden_item_is_on_no_page_that_does_not_ask_for_it(place: &Place) {
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

pub async fn an_item_put_again_keeps_its_place(place: &Place) {
    let store = place.open().await;
    let t = filled(&*store, &["1", "2", "3"]).await;
    store.put_item(&t, item("2", "{\"new\":1}")).await.unwrap();
    assert_eq!(items(&*store, &t, asc(9)).await, "1 2 3");
    let row = store.item(&t, &"2".into()).await.unwrap().unwrap();
    assert_eq!(row.json, "{\"new\":1}");
}

pub async fn an_item_that_becomes_hidden_leaves_the_pages(place: &Place) {
    let store = place.open().await;
    let t = filled(&*store, &["1", "2"]).await;
    store.put_item(&t, hidden("1")).await.unwrap();
    assert_eq!(items(&*store, &t, asc(9)).await, "2");
    store.put_item(&t, item("1", "{}")).await.unwrap();
    assert_eq!(items(&*store, &t, asc(9)).await, "1 2");
}

pub async fn a_swap_of_an_item_needs_what_it_was(place: &Place) {
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

pub async fn a_deleted_item_is_gone_and_may_be_deleted_again(place: &Place) {
    let store = place.open().await;
    let t = filled(&*store, &["1", "2"]).await;
    for _ in 0..2 {
        store.delete_item(&t, &"1".into()).await.unwrap();
        assert!(store.item(&t, &"1".into()).await.unwrap().is_none());
    }
    assert_eq!(items(&*store, &t, asc(9)).await, "2");
}

pub async fn items_behind_another_are_deleted_together(place: &Place) {
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

pub async fn one_id_in_two_threads_is_two_items(place: &Place) {
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
