//! A Postgres that grants fewer connections than a process would open.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::opening::Test;
use crate::place::{Kind, Place};
use crate::served::{Server, message};

pub const TESTS: &[(Kind, &str, Test)] = &[
    (
        Kind::Postgres,
        "a_process_that_is_granted_few_connections_answers_all",
        answers_all,
    ),
    (
        Kind::Postgres,
        "a_connection_that_is_not_granted_is_told_as_that",
        told,
    ),
    (
        Kind::Postgres,
        "a_process_opens_no_more_connections_than_its_address_says",
        limited,
    ),
];

/// What a request may take, of many at once: less than a store's time for a connection.
const SOON: Duration = Duration::from_secs(8);

/// How many requests ask at once.
const CROWD: usize = 40;

/// The address of the test's database for a user of its own, who is granted so many connections.
fn granted(place: &Place, connections: u32) -> (String, String) {
    let (before, database) = place.url.rsplit_once('/').unwrap();
    let user = format!("few_{database}");
    let password = "geheim%261";
    place.sql_outside(&format!(
        "CREATE ROLE {user} LOGIN PASSWORD 'geheim&1' CONNECTION LIMIT {connections};
         ALTER DATABASE {database} OWNER TO {user}"
    ));
    let host = before.rsplit_once('@').unwrap().1;
    let url = format!("postgres://{user}:{password}@{host}/{database}");
    (user, url)
}

fn crowd(server: &Server) {
    std::thread::scope(|scope| {
        for _ in 0..CROWD {
            scope.spawn(|| {
                let begun = Instant::now();
                let (status, body) = server.ask("threads.create", &message("show text 3"));
                assert_eq!(status, "200", "{body}");
                assert!(body.contains("thread.item.done"), "{body}");
                assert!(!body.contains("stream.error"), "{body}");
                assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
            });
        }
    });
}

fn answers_all(place: &Place) {
    let (_, url) = granted(place, 3);
    crowd(&Server::at(&url, &["--pace", "0"]));
}

fn told(place: &Place) {
    let (user, url) = granted(place, 3);
    let server = Server::at(&url, &["--pace", "0"]);
    place.sql_outside(&format!(
        "ALTER ROLE {user} CONNECTION LIMIT 0;
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{user}'"
    ));
    let (status, body) = server.ask("threads.list", &json!({}));
    assert_eq!(status, "503");
    assert!(body.contains("too many connections for role"), "{body}");
}

fn limited(place: &Place) {
    // One more is for the look at the tables, before the pool opens its own.
    let (_, url) = granted(place, 2);
    let server = Server::at(&format!("{url}?connection_limit=1"), &["--pace", "0"]);
    crowd(&server);
    let seen = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'chatkit'";
    place.sql(&format!(
        "DO $$ BEGIN ASSERT ({seen} AND datname = current_database()) = 1; END $$"
    ));
}
