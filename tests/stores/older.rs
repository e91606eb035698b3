//! Databases that an older version of the tables is in.

use chatkit::store;
use sqlx::Connection;

use crate::opening::{Test, file, sql, used};
use crate::place::{Kind, Place};

pub const TESTS: &[(Kind, &str, Test)] = &[
    (
        Kind::Sqlite,
        "a_database_of_version_1_is_brought_up_to_date_with_its_rows",
        sqlite_older,
    ),
    (
        Kind::Postgres,
        "a_database_of_version_1_is_brought_up_to_date_with_its_rows",
        postgres_older,
    ),
];

/// What a store of version 1 holds: a thread with an item, an attachment, and two seeded runs.
const ROWS: &str = "\
INSERT INTO chatkit_threads (id, owner, created_at, json) VALUES ('t', 'u', 1, '{\"id\":\"t\"}');
INSERT INTO chatkit_items (thread, id, hidden, json)
    SELECT seq, '1', FALSE, '{\"n\":1}' FROM chatkit_threads;
INSERT INTO chatkit_attachments
    VALUES ('atc_1', 'u', '{\"type\":\"file\",\"id\":\"atc_1\",\"name\":\"a\",\"mime_type\":\"a/b\"}');
UPDATE chatkit_runs SET count = 2;";

/// Opens what version 1 left, by several at once, and finds all of it, and room for notes.
fn brought_up_to_date(place: &Place) {
    place.runtime().block_on(async {
        let (store, other) = tokio::join!(place.open(), place.open());
        let rows = store.items(&"t".into(), crate::rows::asc(9)).await.unwrap();
        assert_eq!(&rows.rows[0].json[..], b"{\"n\":1}");
        let file = store.attachment("u", &"atc_1".into()).await.unwrap();
        assert_eq!(file.unwrap().name, "a");
        assert_eq!(other.begin_run().await.unwrap(), 2);
        let kept = store::Kept::With("t".into());
        let note = store::Note {
            json: "1".into(),
            kept,
        };
        assert!(store.swap_note("k", None, Some(note)).await.unwrap());
        assert_eq!(other.note("k").await.unwrap(), Some("1".into()));
        store.close().await;
        other.close().await;
    });
    used(place);
}

fn sqlite_older(place: &Place) {
    let path = file(place);
    let first = include_str!("../../src/store/sqlite/0001.sql");
    // `ckit`, the mark of our files.
    let marks = "PRAGMA application_id = 1667983732; PRAGMA user_version = 1";
    let statements = format!("{first}{ROWS}{marks}");
    let made = sql(&path, &statements);
    place
        .runtime()
        .block_on(async { made.await.close().await.unwrap() });
    brought_up_to_date(place);
    // Where an older program looks first, which refuses it.
    let header = std::fs::read(&path).unwrap();
    assert_eq!(header[60..64], [0, 0, 0, 2]);
}

fn postgres_older(place: &Place) {
    let first = include_str!("../../src/store/postgres/0001.sql");
    let versions = "CREATE TABLE chatkit_schema (version INTEGER PRIMARY KEY);
        INSERT INTO chatkit_schema VALUES (1);";
    place.sql(&format!("{first}{ROWS}{versions}"));
    brought_up_to_date(place);
    // What an older program reads, and refuses.
    place.sql("DO $$ BEGIN ASSERT (SELECT max(version) = 2 FROM chatkit_schema); END $$");
}
