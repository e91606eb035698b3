//! What a store says that cannot be opened.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use chatkit::error::Error;
use chatkit::store::{self, StoreUrl};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use crate::cluster::PASSWORD_IN_URL;
use crate::place::{Kind, Place};

/// A test of a fresh place.
pub type Test = fn(&Place);

pub const TESTS: &[(Kind, &str, Test)] = &[
    (
        Kind::Sqlite,
        "a_newer_database_is_refused_and_not_touched",
        sqlite_newer,
    ),
    (
        Kind::Sqlite,
        "a_newer_version_in_the_log_is_seen_too",
        sqlite_newer_in_the_log,
    ),
    (
        Kind::Sqlite,
        "what_is_no_database_of_ours_is_refused_and_not_touched",
        sqlite_foreign,
    ),
    (
        Kind::Sqlite,
        "a_path_that_cannot_be_opened_is_refused",
        sqlite_paths,
    ),
    (
        Kind::Sqlite,
        "an_empty_file_is_as_good_as_none",
        sqlite_empty,
    ),
    (
        Kind::Sqlite,
        "a_file_whose_making_was_cut_short_is_made_anew",
        sqlite_cut_while_made,
    ),
    (
        Kind::Sqlite,
        "a_change_that_was_cut_short_is_taken_back",
        sqlite_cut_while_changed,
    ),
    (Kind::Sqlite, "a_locked_database_is_said_so", sqlite_locked),
    (Kind::Sqlite, "several_may_make_it_at_once", at_once),
    (
        Kind::Sqlite,
        "none_of_many_is_refused_that_make_a_file_at_once",
        sqlite_many_at_once,
    ),
    (Kind::Postgres, "several_may_make_it_at_once", at_once),
    (
        Kind::Postgres,
        "a_newer_database_is_refused",
        postgres_newer,
    ),
    (
        Kind::Postgres,
        "a_wrong_password_is_not_repeated",
        postgres_password,
    ),
    (
        Kind::Postgres,
        "a_server_that_is_not_there_is_said_so",
        postgres_unreachable,
    ),
    (
        Kind::Postgres,
        "an_encoding_that_loses_texts_is_refused",
        postgres_encoding,
    ),
];

/// What opening fails with.
fn failure(place: &Place, url: &str) -> Error {
    let url = StoreUrl::from_str(url).unwrap();
    let opened = place.runtime().block_on(store::open(&url));
    match opened {
        Ok(_) => panic!("{url} was opened"),
        Err(error) => error,
    }
}

#[track_caller]
fn refused(error: &Error, code: u8, words: &str) {
    let message = error.to_string();
    assert!(message.contains(words), "{words:?} is not in {message:?}");
    assert_eq!(error.code(), code, "{message}");
    assert!(error.hint().is_some(), "{message}");
}

pub fn file(place: &Place) -> PathBuf {
    place.folder().join("t.db")
}

/// Every file of the folder with its bytes.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

pub async fn sql(path: &Path, statements: &str) -> sqlx::SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    let statements = AssertSqlSafe(statements.to_owned());
    sqlx::raw_sql(statements)
        .execute(&mut connection)
        .await
        .unwrap();
    connection
}

/// A store of ours that was used and closed.
pub fn used(place: &Place) {
    place.runtime().block_on(async {
        let store = place.open().await;
        crate::rows::filled(&*store, &["1"]).await;
        store.close().await;
    });
}

fn sqlite_newer(place: &Place) {
    used(place);
    place.runtime().block_on(async {
        sql(&file(place), "PRAGMA user_version = 99")
            .await
            .close()
            .await
            .unwrap();
    });
    let before = contents(place.folder());
    let error = failure(place, &place.url);
    refused(
        &error,
        2,
        "of version 99, newer than this chatkit, which knows 2",
    );
    assert_eq!(contents(place.folder()), before);
}

fn sqlite_newer_in_the_log(place: &Place) {
    used(place);
    let path = file(place);
    // The connection stays open, so that the version stays in the log.
    let newer = sql(&path, "PRAGMA user_version = 99");
    let newer = place.runtime().block_on(newer);
    let error = failure(place, &place.url);
    refused(&error, 2, "of version 99");
    place.runtime().block_on(newer.close()).unwrap();
}

fn sqlite_foreign(place: &Place) {
    let path = file(place);
    for bytes in [&b"not a database, but a text that is long enough to be taken for one by its size alone, or so it seems"[..], b"x", b"SQLite format 3\0"] {
        std::fs::write(&path, bytes).unwrap();
        let error = failure(place, &place.url);
        refused(&error, 2, "is no SQLite database");
        assert_eq!(contents(place.folder()), [(path.clone(), bytes.to_vec())]);
    }
    for statements in [
        "CREATE TABLE notes (text TEXT)",
        "PRAGMA application_id = 7",
        "PRAGMA user_version = 3; CREATE TABLE x (y)",
    ] {
        std::fs::remove_file(&path).unwrap();
        place.runtime().block_on(async {
            sql(&path, statements).await.close().await.unwrap();
        });
        let before = contents(place.folder());
        refused(
            &failure(place, &place.url),
            2,
            "is a database of another program",
        );
        assert_eq!(contents(place.folder()), before);
    }
    let mut broken = b"SQLite format 3\0".to_vec();
    broken.extend([0; 600]);
    std::fs::write(&path, &broken).unwrap();
    refused(
        &failure(place, &place.url),
        2,
        "is no sound SQLite database",
    );
}

fn sqlite_paths(place: &Place) {
    let folder = place.folder().display().to_string();
    refused(
        &failure(place, &format!("sqlite:{folder}")),
        2,
        "it is a folder",
    );
    let error = failure(place, &format!("sqlite:{folder}/no/t.db"));
    refused(&error, 2, "there is no folder");
    // A pipe would be waited for until somebody writes to it.
    let pipe = std::process::Command::new("mkfifo")
        .arg(place.folder().join("pipe"))
        .status();
    assert!(pipe.unwrap().success());
    for device in [&format!("{folder}/pipe"), "/dev/null"] {
        let error = failure(place, &format!("sqlite:{device}"));
        refused(&error, 2, "it is no file");
    }
    std::fs::write(file(place), "").unwrap();
    let error = failure(place, &format!("sqlite:{folder}/t.db/below.db"));
    refused(&error, 2, "cannot");
}

fn sqlite_empty(place: &Place) {
    std::fs::write(file(place), "").unwrap();
    used(place);
}

/// What `kill -9` leaves of a process that turns a new file to the WAL mode: the file's first page,
/// and a journal that says that there was no page before (sqlite.org/fileformat2.html, section 3).
fn sqlite_cut_while_made(place: &Place) {
    let path = file(place);
    let made = sql(
        &path,
        "PRAGMA user_version = 1; PRAGMA user_version = 0; PRAGMA journal_mode = WAL",
    );
    place
        .runtime()
        .block_on(async { made.await.close().await.unwrap() });
    let page = std::fs::read(&path).unwrap();
    assert_eq!(page.len(), 4096);
    let mut rollback = page;
    // The versions of the file format that a rollback journal goes with.
    rollback[18..20].fill(1);
    std::fs::write(&path, &rollback).unwrap();
    let mut journal = vec![0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    for field in [0_u32, 0x5831_ae56, 0, 512, 4096] {
        journal.extend(field.to_be_bytes());
    }
    journal.resize(512, 0);
    std::fs::write(path.with_extension("db-journal"), journal).unwrap();
    used(place);
}

/// A copy of the file and its journal, taken amid a change, is what a killed process leaves.
fn sqlite_cut_while_changed(place: &Place) {
    used(place);
    let (path, copy) = (file(place), place.folder().join("copy.db"));
    let changing = "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN; \
        DELETE FROM chatkit_items; DELETE FROM chatkit_threads; CREATE TABLE more (x); \
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) \
        INSERT INTO more SELECT hex(randomblob(2000)) FROM n";
    let change = place.runtime().block_on(sql(&path, changing));
    for extension in ["db", "db-journal"] {
        std::fs::copy(
            path.with_extension(extension),
            copy.with_extension(extension),
        )
        .unwrap();
    }
    drop(change);
    let url = StoreUrl::from_str(&format!("sqlite:{}", copy.display())).unwrap();
    place.runtime().block_on(async {
        let store = store::open(&url).await.unwrap();
        assert_eq!(
            crate::rows::threads(&*store, None, crate::rows::asc(9)).await,
            "t"
        );
        store.close().await;
    });
}

fn sqlite_locked(place: &Place) {
    used(place);
    let locking = "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; PRAGMA user_version = 1";
    let lock = place.runtime().block_on(sql(&file(place), locking));
    refused(
        &failure(place, &place.url),
        5,
        "another program holds a lock on it",
    );
    drop(lock);
}

fn postgres_newer(place: &Place) {
    used(place);
    place.sql("INSERT INTO chatkit_schema VALUES (99)");
    let error = failure(place, &place.url);
    refused(
        &error,
        2,
        "of version 99, newer than this chatkit, which knows 2",
    );
    place.sql("DELETE FROM chatkit_schema WHERE version = 99");
    used(place);
}

fn postgres_password(place: &Place) {
    let wrong = place.url.replace(PASSWORD_IN_URL, "falsch%401");
    let error = failure(place, &wrong);
    refused(&error, 4, "password authentication failed");
    assert!(!error.to_string().contains("falsch"), "{error}");
    let database = place.url.rsplit_once('/').unwrap().1;
    let error = failure(place, &place.url.replace(database, "nowhere"));
    refused(&error, 2, "database \"nowhere\" does not exist");
}

fn postgres_unreachable(place: &Place) {
    // A port that was free a moment ago, and one where something else answers.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let talk = std::thread::spawn(move || {
        use std::io::Write;
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let url = format!("postgres://me:{PASSWORD_IN_URL}@127.0.0.1:{port}/x");
    let error = failure(place, &url);
    refused(&error, 5, &format!("postgres://me@127.0.0.1:{port}/x"));
    talk.join().unwrap();
    let error = failure(place, &url);
    refused(&error, 5, "onnection refused");
    assert!(!error.to_string().contains("geheim"), "{error}");
}

fn postgres_encoding(place: &Place) {
    place.sql_outside(
        "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0",
    );
    let database = place.url.rsplit_once('/').unwrap().1;
    let error = failure(place, &place.url.replace(database, "latin"));
    refused(&error, 2, "is encoded in LATIN1");
}

/// Two processes that find an empty database at the same moment both open it.
/// `SQLite` refuses one of two that turn a new file to the WAL mode, without waiting.
fn sqlite_many_at_once(place: &Place) {
    let opened = |url: StoreUrl| async move { store::open(&url).await.map(drop) };
    for round in 0..40 {
        let file = place.folder().join(format!("{round}.db"));
        let url = StoreUrl::from_str(&format!("sqlite:{}", file.display())).unwrap();
        let all: Vec<_> = (0..6)
            .map(|_| place.runtime().spawn(opened(url.clone())))
            .collect();
        for one in all {
            place.runtime().block_on(one).unwrap().unwrap();
        }
    }
}

fn at_once(place: &Place) {
    place.runtime().block_on(async {
        let (a, b, c) = tokio::join!(place.open(), place.open(), place.open());
        crate::rows::filled(&*a, &["1"]).await;
        for store in [b, c] {
            assert_eq!(
                crate::rows::threads(&*store, None, crate::rows::asc(9)).await,
                "t"
            );
        }
    });
}
