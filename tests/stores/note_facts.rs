//! The facts about notes, and about the bytes that are kept with them.

use std::sync::Arc;

use bytes::Bytes;
use chatkit::store::{Kept, Note, Onto, Store};

use crate::place::{Kind, Place};
use crate::rows::{filled, no_thread, thread};

fn note(json: &str, kept: Kept) -> Note {
    let json = json.to_owned().into();
    Note { json, kept }
}

/// Writes a note that is not there yet.
async fn write(store: &dyn Store, key: &str, json: &str, kept: Kept) {
    assert!(
        store
            .swap_note(key, None, Some(note(json, kept)))
            .await
            .unwrap()
    );
}

/// What a note says; nothing where there is none.
async fn said(store: &dyn Store, key: &str) -> String {
    let note = store.note(key).await.unwrap().unwrap_or_default();
    String::from_utf8(note.to_vec()).unwrap()
}

pub async fn a_note_is_swapped_from_what_it_says_and_nothing_else(place: &Place) {
    let store = place.open().await;
    let swap = async |key: &str, was: Option<&'static str>, now: Option<&str>| {
        let was = was.map(Bytes::from);
        let now = now.map(|json| note(json, Kept::Always));
        store.swap_note(key, was.as_ref(), now).await.unwrap()
    };
    for key in ["k", "", "a\0b", "a\u{1}0b", "K", "日本"] {
        assert!(!swap(key, Some("1"), Some("2")).await, "{key:?}");
        assert!(!swap(key, Some("1"), None).await);
        assert!(swap(key, None, None).await);
        assert!(swap(key, None, Some("1")).await);
        assert!(!swap(key, None, Some("2")).await);
        assert!(!swap(key, None, None).await);
        assert!(!swap(key, Some("2"), Some("3")).await);
        assert_eq!(said(&*store, key).await, "1");
        assert!(swap(key, Some("1"), Some("2")).await);
        assert_eq!(said(&*store, key).await, "2");
        assert!(!swap(key, Some("1"), None).await);
        assert!(swap(key, Some("2"), None).await);
        assert_eq!(store.note(key).await.unwrap(), None);
        assert!(swap(key, None, Some("again")).await);
    }
}

pub async fn of_two_who_write_one_note_one_succeeds(place: &Place) {
    let (one, two) = (place.open().await, place.open().await);
    let mut was: Option<Bytes> = None;
    for round in 0..20 {
        let was_ref = was.as_ref();
        let swap = async |store: &dyn Store, who: &str| {
            let now = Some(note(&format!("{who}{round}"), Kept::Always));
            store.swap_note("k", was_ref, now).await.unwrap()
        };
        let (a, b) = tokio::join!(swap(&*one, "a"), swap(&*two, "b"));
        assert!(a != b, "round {round}: {a} {b}");
        was = one.note("k").await.unwrap();
        let winner = if a { "a" } else { "b" };
        assert_eq!(was, Some(format!("{winner}{round}").into()));
    }
}

pub async fn what_many_add_to_one_note_is_all_there(place: &Place) {
    let stores = [place.open().await, place.open().await];
    let adding = (0..8).map(|name| {
        let store = Arc::clone(&stores[name % 2]);
        tokio::spawn(async move {
            for _ in 0..5 {
                loop {
                    let was = store.note("k").await.unwrap();
                    let mut text = was.clone().unwrap_or_default().to_vec();
                    text.extend(name.to_string().bytes());
                    let now = Some(note(&String::from_utf8(text).unwrap(), Kept::Until(9)));
                    if store.swap_note("k", was.as_ref(), now).await.unwrap() {
                        break;
                    }
                }
            }
        })
    });
    for one in adding.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    let mut seen = said(&*stores[0], "k").await.into_bytes();
    seen.sort_unstable();
    let all: Vec<u8> = (b'0'..b'8').flat_map(|name| [name; 5]).collect();
    assert_eq!(seen, all);
}

pub async fn a_note_goes_with_its_thread(place: &Place) {
    let store = place.open().await;
    let with = |id: &str| Kept::With(id.into());
    let missing = store.swap_note("a", None, Some(note("1", with("t")))).await;
    no_thread(missing);
    let t = filled(&*store, &["1"]).await;
    store.put_thread(thread("other", "u", 2)).await.unwrap();
    write(&*store, "a", "1", with("t")).await;
    write(&*store, "b", "1", with("other")).await;
    write(&*store, "c", "1", Kept::Always).await;
    let again = store.swap_note("a", None, Some(note("2", with("t")))).await;
    assert!(!again.unwrap());
    let was = Bytes::from("1");
    let swapped = store
        .swap_note("a", Some(&was), Some(note("2", with("t"))))
        .await;
    assert!(swapped.unwrap());
    // A thread that is put again is the same thread.
    store.put_thread(thread("t", "u", 1)).await.unwrap();
    store.sweep_notes(i64::MAX - 1).await.unwrap();
    assert_eq!(said(&*store, "a").await, "2");
    store.delete_thread(&t).await.unwrap();
    assert_eq!(said(&*store, "a").await, "");
    store.put_thread(thread("t", "u", 1)).await.unwrap();
    assert_eq!(said(&*store, "a").await, "");
    write(&*store, "a", "3", with("t")).await;
    let draft = store.draft(thread("t", "u", 1), Onto::Nothing).await;
    draft.unwrap().commit().await.unwrap();
    assert_eq!(said(&*store, "a").await, "");
    assert_eq!(said(&*store, "b").await + &said(&*store, "c").await, "11");
}

pub async fn notes_are_swept_when_their_time_is_over(place: &Place) {
    let store = place.open().await;
    write(&*store, "a", "1", Kept::Until(10)).await;
    write(&*store, "b", "1", Kept::Until(11)).await;
    write(&*store, "c", "1", Kept::Always).await;
    let was = Bytes::from("1");
    write(&*store, "later", "1", Kept::Until(10)).await;
    let later = Some(note("2", Kept::Until(99)));
    assert!(store.swap_note("later", Some(&was), later).await.unwrap());
    store.sweep_notes(9).await.unwrap();
    assert_eq!(said(&*store, "a").await, "1");
    store.sweep_notes(10).await.unwrap();
    let mut left = Vec::new();
    for key in ["a", "b", "c", "later"] {
        left.push(said(&*store, key).await);
    }
    assert_eq!(left, ["", "1", "1", "2"]);
}

pub async fn notes_that_begin_alike_are_deleted_together(place: &Place) {
    let store = place.open().await;
    for key in [
        "session:1",
        "session:é",
        "session",
        "sessions:1",
        "Session:1",
        "s%:1",
    ] {
        write(&*store, key, "1", Kept::Always).await;
    }
    store.delete_notes("session:").await.unwrap();
    assert_eq!(
        said(&*store, "session:1").await + &said(&*store, "session:é").await,
        ""
    );
    for key in ["session", "sessions:1", "Session:1", "s%:1"] {
        assert_eq!(said(&*store, key).await, "1", "{key}");
    }
}

pub async fn bytes_go_with_their_note(place: &Place) {
    let store = place.open().await;
    let chunk = async |number| store.chunk("k", number).await.unwrap();
    let put = async |number, bytes: &[u8]| {
        let bytes = Bytes::copy_from_slice(bytes);
        store.put_chunk("k", number, bytes).await.unwrap()
    };
    assert!(!put(0, b"x").await);
    write(&*store, "k", "1", Kept::Until(5)).await;
    let large: Vec<u8> = (0..1_048_576_u32).map(|n| n.to_le_bytes()[1]).collect();
    assert!(put(0, &large).await);
    assert!(put(1, b"\0\xff").await);
    assert!(put(1, b"\0\xfe").await);
    assert!(put(u32::MAX, b"").await);
    assert_eq!(chunk(0).await.unwrap(), large);
    assert_eq!(chunk(1).await.unwrap(), b"\0\xfe"[..]);
    assert_eq!(chunk(u32::MAX).await.unwrap(), b""[..]);
    assert_eq!(chunk(2).await, None);
    assert_eq!(store.chunk("other", 0).await.unwrap(), None);
    let was = Bytes::from("1");
    let kept = Some(note("2", Kept::Until(7)));
    assert!(store.swap_note("k", Some(&was), kept).await.unwrap());
    assert_eq!(chunk(0).await.unwrap().len(), large.len());
    store.sweep_notes(7).await.unwrap();
    assert_eq!(chunk(0).await, None);
    assert!(!put(0, b"x").await);
    write(&*store, "k", "1", Kept::Always).await;
    assert_eq!(chunk(1).await, None);
}

pub async fn notes_are_kept_when_the_store_is_opened_again(place: &Place) {
    let store = place.open().await;
    if place.kind == Kind::Memory {
        assert!(!store.is_shared());
        return;
    }
    assert!(store.is_shared());
    write(&*store, "k", "1", Kept::Always).await;
    assert!(store.put_chunk("k", 0, "abc".into()).await.unwrap());
    store.close().await;
    assert!(
        store
            .swap_note("j", None, Some(note("1", Kept::Always)))
            .await
            .is_err()
    );
    let store = place.open().await;
    assert_eq!(said(&*store, "k").await, "1");
    assert_eq!(store.chunk("k", 0).await.unwrap(), Some("abc".into()));
}
