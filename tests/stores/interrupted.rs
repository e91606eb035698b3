//! A store that fails in the middle of what is no turn: an upload, and the counting of a session's
//! requests and files.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::opening::Test;
use crate::place::{Kind, Place};
use crate::served::Server;
use crate::shared::{Answered, session, talk};
use crate::uploaded::{announce, bytes, chunks_become, get, path, put, token};

pub const TESTS: &[(Kind, &str, Test)] = &[
    (
        Kind::Postgres,
        "an_upload_whose_store_dies_in_the_middle_is_told_and_sent_again",
        upload,
    ),
    (
        Kind::Postgres,
        "what_a_session_asks_of_a_dead_store_is_told_and_not_counted",
        counted,
    ),
];

/// What a client may have to wait for the bad news.
const LIMIT: Duration = Duration::from_secs(40);

/// A server on a cluster of its own, which a test may stop.
fn own() -> (Cluster, Place, Server) {
    let cluster = Cluster::start().unwrap();
    let place = Place::of(&cluster);
    let server = Server::start(&place, &["--pace", "0"]);
    (cluster, place, server)
}

#[track_caller]
fn is_unavailable(answer: &Answered) {
    let expected = ("503".to_owned(), "store_unavailable".to_owned());
    assert_eq!(answer.refused(), expected);
}

/// Asks until it is answered, which is when the store is there again.
fn soon(ask: impl Fn() -> Answered) -> Value {
    let end = Instant::now() + LIMIT;
    loop {
        let answer = ask();
        if answer.status == "200" {
            return answer.json();
        }
        is_unavailable(&answer);
        assert!(Instant::now() < end, "it never recovered");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn upload(_: &Place) {
    let (cluster, place, server) = own();
    let file = bytes(4 * 1024 * 1024);
    let made = announce(&server, file.len());
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    let head = format!(
        "PUT {} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-upload-token: {}\r\n\
         content-length: {}\r\n\r\n",
        path(&made),
        token(&made),
        file.len()
    );
    let (first, rest) = file.split_at(2 * 1024 * 1024);
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(first).unwrap();
    chunks_become(&place, 2);
    cluster.stop();
    // It may be refused before all of it was sent.
    let _ = stream.write_all(rest);
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("store_unavailable"), "{answer}");
    is_unavailable(&put(&server, &made, &file));
    is_unavailable(&get(&server, &made));
    cluster.go_on();
    // Nothing of it was kept, and it is sent again under the same announcement.
    let refused = || get(&server, &made);
    let end = Instant::now() + LIMIT;
    while refused().status == "503" {
        assert!(Instant::now() < end, "it never recovered");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(refused().refused().1, "file_not_uploaded");
    put(&server, &made, &file).ok();
    let fetched = get(&server, &made);
    assert_eq!(
        (fetched.status.as_str(), fetched.body == file),
        ("200", true)
    );
}

fn counted(_: &Place) {
    let (cluster, _place, server) = own();
    let upload = json!({"enabled": true, "max_files": 1, "max_file_size": 1});
    let limits = json!({
        "rate_limits": {"max_requests_per_1_minute": 4},
        "chatkit_configuration": {"file_upload": upload},
    });
    let made = session(&server, &limits);
    let list = || talk(&server, &made, "threads.list", &json!({}));
    let file = json!({"name": "a", "size": 1, "mime_type": "a/b"});
    let announce = || talk(&server, &made, "attachments.create", &file);
    assert_eq!(list().status, "200");
    cluster.stop();
    is_unavailable(&list());
    is_unavailable(&announce());
    cluster.go_on();
    soon(list);
    // Neither the minute nor the place for the file was filled by what was refused.
    announce().ok();
}
