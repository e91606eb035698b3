//! A store that fails in the middle of a turn: the client hears of it, nothing is half stored, and
//! the server answers again once the store does.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};

use crate::cluster::Cluster;
use crate::opening::Test;
use crate::place::{Kind, Place};
use crate::served::{Server, message};
use crate::shared::{session, talk};

pub const TESTS: &[(Kind, &str, Test)] = &[
    (
        Kind::Sqlite,
        "a_disk_that_is_full_is_told_and_recovered_from",
        full,
    ),
    (
        Kind::Sqlite,
        "a_lock_that_stays_is_told_within_its_limit",
        locked,
    ),
    (
        Kind::Sqlite,
        "requests_that_wait_for_each_other_are_refused_within_the_limit_of_one",
        together,
    ),
    (
        Kind::Postgres,
        "requests_that_wait_for_each_other_are_refused_within_the_limit_of_one",
        together_at_a_frozen_server,
    ),
    (
        Kind::Sqlite,
        "a_file_that_is_gone_takes_no_more_threads",
        removed,
    ),
    (
        Kind::Postgres,
        "a_server_that_is_frozen_is_told_within_a_limit",
        frozen,
    ),
    (
        Kind::Postgres,
        "a_server_that_dies_is_told_and_recovered_from",
        killed,
    ),
];

/// What a client may have to wait for the bad news: every limit is below.
const LIMIT: Duration = Duration::from_secs(40);

/// What the README promises, and a little for a busy machine.
const PROMISED: Duration = Duration::from_secs(12 + 3);

/// How many requests ask at once.
const CROWD: usize = 6;

/// The events of a stream's body.
fn events(body: &str) -> Vec<Value> {
    let frames = body.split("\n\n").filter(|frame| !frame.is_empty());
    frames
        .map(|frame| serde_json::from_str(frame.strip_prefix("data: ").unwrap()).unwrap())
        .collect()
}

/// Whether a turn is refused, or ends in an error event; panics if it is neither and incomplete.
#[track_caller]
fn fails(status: &str, body: &str) -> bool {
    if status != "200" {
        let error: Value = serde_json::from_str(body).unwrap();
        assert_eq!(
            (status, &error["error"]["code"]),
            ("503", &json!("store_unavailable"))
        );
        return true;
    }
    let events = events(body);
    let last = events.last().unwrap();
    let is_error = last["type"] == "error";
    if is_error {
        assert_eq!(
            (&last["code"], &last["allow_retry"]),
            (&json!("stream.error"), &json!(true))
        );
        assert!(
            last["message"]
                .as_str()
                .unwrap()
                .contains("the store failed"),
            "{last}"
        );
    }
    is_error
}

/// Says something and waits until that succeeds.
fn recovers(server: &Server) {
    let end = Instant::now() + LIMIT;
    loop {
        let (status, body) = server.ask("threads.create", &message("show text 3"));
        if !fails(&status, &body) {
            return;
        }
        assert!(Instant::now() < end, "it never recovered: {body}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Every thread has its user's message, and every item of it is whole.
fn nothing_is_half_stored(server: &Server) {
    let threads = server.document("threads.list", &json!({"limit": 1000}));
    for thread in threads["data"].as_array().unwrap() {
        let params = json!({"thread_id": thread["id"]});
        let items = server.document("items.list", &params)["data"].clone();
        let items = items.as_array().unwrap();
        let of = |kind: &str| items.iter().filter(|item| item["type"] == kind).count();
        assert_eq!(of("user_message"), 1, "{items:?}");
        for item in items
            .iter()
            .filter(|item| item["type"] == "assistant_message")
        {
            assert!(!item["content"][0]["text"].as_str().unwrap().is_empty());
        }
    }
}

fn full(place: &Place) {
    // A limit of the operating system's stands for the disk: writes beyond it fail.
    let server = Server::limited(place, 200);
    let long = message(&format!("show text 3 {}", "x".repeat(4_000)));
    let end = Instant::now() + LIMIT;
    loop {
        let (status, body) = server.ask("threads.create", &long);
        if fails(&status, &body) {
            break;
        }
        assert!(Instant::now() < end, "the disk was never full");
    }
    let pid = server.pid().to_string();
    let raised = Command::new("prlimit")
        .args(["--fsize=unlimited", "--pid", &pid])
        .status();
    assert!(raised.unwrap().success());
    recovers(&server);
    nothing_is_half_stored(&server);
}

/// A connection that holds the lock of a `SQLite` file.
fn lock(place: &Place) -> SqliteConnection {
    place.runtime().block_on(async {
        let mut connection = SqliteConnection::connect(&place.url).await.unwrap();
        let begun = sqlx::raw_sql("BEGIN IMMEDIATE")
            .execute(&mut connection)
            .await;
        begun.unwrap();
        connection
    })
}

fn locked(place: &Place) {
    let server = Server::start(place, &["--pace", "20ms"]);
    let mut turn = server.turn(&message("show text 40"));
    turn.read_until("text_delta");
    let runtime = place.runtime();
    let mut holder = lock(place);
    let begun = Instant::now();
    let rest = turn.rest();
    assert!(fails("200", &rest), "{rest}");
    assert!(begun.elapsed() < LIMIT);
    // What is asked meanwhile waits its turn, and no longer than its own limit.
    let (status, body) = server.ask("threads.create", &message("hi"));
    assert!(fails(&status, &body));
    runtime.block_on(async {
        sqlx::raw_sql("ROLLBACK")
            .execute(&mut holder)
            .await
            .unwrap();
    });
    recovers(&server);
    nothing_is_half_stored(&server);
}

fn together(place: &Place) {
    let server = Server::start(place, &["--pace", "0"]);
    let made = session(&server, &json!({}));
    let _holder = lock(place);
    refuses_together(&server, &made);
}

fn together_at_a_frozen_server(_: &Place) {
    let cluster = Cluster::start().unwrap();
    let place = Place::of(&cluster);
    let server = Server::start(&place, &["--pace", "0"]);
    let made = session(&server, &json!({}));
    cluster.signal("STOP");
    refuses_together(&server, &made);
    cluster.signal("CONT");
}

/// Requests of one session, each of which counts towards its rate, while the store stands still.
fn refuses_together(server: &Server, made: &Value) {
    std::thread::scope(|scope| {
        for _ in 0..CROWD {
            scope.spawn(|| {
                let begun = Instant::now();
                let answered = talk(server, made, "threads.list", &json!({}));
                assert_eq!(answered.status, "503");
                assert!(begun.elapsed() < PROMISED, "{:?}", begun.elapsed());
            });
        }
    });
}

fn removed(place: &Place) {
    let server = Server::start(place, &["--pace", "0"]);
    recovers(&server);
    let path = place.url.strip_prefix("sqlite:").unwrap();
    let away = format!("{path}.away");
    std::fs::rename(path, &away).unwrap();
    let (status, body) = server.ask("threads.create", &message("show text 3"));
    assert!(
        fails(&status, &body),
        "what nobody could find again was taken"
    );
    assert!(body.contains("removed or replaced"), "{body}");
    std::fs::rename(&away, path).unwrap();
    recovers(&server);
    nothing_is_half_stored(&server);
}

fn frozen(_: &Place) {
    // A cluster of its own: nobody else's may stand still.
    let cluster = Cluster::start().unwrap();
    let place = Place::of(&cluster);
    let server = Server::start(&place, &["--pace", "20ms"]);
    let mut turn = server.turn(&message("show text 40"));
    turn.read_until("text_delta");
    cluster.signal("STOP");
    let begun = Instant::now();
    let rest = turn.rest();
    assert!(fails("200", &rest), "{rest}");
    assert!(begun.elapsed() < LIMIT, "{:?}", begun.elapsed());
    let (status, body) = server.ask("threads.list", &json!({}));
    assert!(fails(&status, &body));
    assert!(begun.elapsed() < 2 * LIMIT, "{:?}", begun.elapsed());
    cluster.signal("CONT");
    recovers(&server);
    nothing_is_half_stored(&server);
}

fn killed(_: &Place) {
    let cluster = Cluster::start().unwrap();
    let place = Place::of(&cluster);
    let server = Server::start(&place, &["--pace", "20ms"]);
    let mut turn = server.turn(&message("show text 40"));
    turn.read_until("text_delta");
    cluster.stop();
    let rest = turn.rest();
    assert!(fails("200", &rest), "{rest}");
    let (status, body) = server.ask("threads.create", &message("hi"));
    assert!(fails(&status, &body));
    cluster.go_on();
    recovers(&server);
    nothing_is_half_stored(&server);
}
