//! Uploads that are announced at one server, sent to another and fetched from a third.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, Row, SqliteConnection};

use crate::opening::Test;
use crate::place::{Kind, Place};
use crate::served::{Server, message};
use crate::shared::{Answered, ask};

pub const TESTS: &[(Kind, &str, Test)] = &[
    (
        Kind::Sqlite,
        "an_attachment_in_another_version_s_words_is_claimed",
        claimed,
    ),
    (
        Kind::Postgres,
        "an_attachment_in_another_version_s_words_is_claimed",
        claimed,
    ),
    (
        Kind::Postgres,
        "an_upload_is_announced_sent_and_fetched_at_any_server",
        anywhere,
    ),
    (
        Kind::Sqlite,
        "an_upload_is_announced_sent_and_fetched_at_any_server",
        anywhere,
    ),
    (
        Kind::Postgres,
        "an_upload_that_breaks_off_leaves_nothing",
        broken_off,
    ),
    (
        Kind::Sqlite,
        "an_upload_that_breaks_off_leaves_nothing",
        broken_off,
    ),
    (
        Kind::Postgres,
        "what_is_deleted_or_reset_at_one_server_is_gone_at_all",
        deleted,
    ),
    (
        Kind::Sqlite,
        "what_a_killed_server_left_of_an_upload_is_swept",
        swept,
    ),
    (Kind::Sqlite, "a_file_outlives_its_server", again),
    (
        Kind::Sqlite,
        "a_large_file_passes_through_little_memory",
        large,
    ),
    (
        Kind::Postgres,
        "a_large_file_passes_through_little_memory",
        large,
    ),
];

/// Bytes of which no two stretches are alike.
pub fn bytes(count: usize) -> Vec<u8> {
    let words = (0_u32..).flat_map(|n| n.wrapping_mul(0x9e37_79b9).to_le_bytes());
    words.take(count).collect()
}

/// How many chunks there are in the store.
fn chunks(place: &Place) -> i64 {
    let count = "SELECT count(*) FROM chatkit_chunks";
    place.runtime().block_on(async {
        if place.kind == Kind::Sqlite {
            let mut connection = SqliteConnection::connect(&place.url).await.unwrap();
            let row = sqlx::query(count).fetch_one(&mut connection).await;
            return row.unwrap().get(0);
        }
        let mut connection = PgConnection::connect(&place.url).await.unwrap();
        let row = sqlx::query(count).fetch_one(&mut connection).await;
        row.unwrap().get(0)
    })
}

/// Waits until there are so many: what is left is deleted behind the answer.
#[track_caller]
pub fn chunks_become(place: &Place, wanted: i64) {
    let end = Instant::now() + Duration::from_secs(20);
    while chunks(place) != wanted {
        assert!(Instant::now() < end, "{} chunks", chunks(place));
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn pair(place: &Place) -> (Server, Server) {
    (Server::start(place, &[]), Server::start(place, &[]))
}

fn claimed(place: &Place) {
    let server = Server::start(place, &["--pace", "0"]);
    let made = announce(&server, 3);
    place.sql("UPDATE chatkit_attachments SET json = replace(json, ',', ' , ')");
    assert_eq!(put(&server, &made, b"abc").status, "200");
    place.sql("UPDATE chatkit_attachments SET json = replace(json, ',', ' , ')");
    let mut params = message("look");
    params["input"]["attachments"] = json!([made["id"]]);
    let events = server.events("threads.create", &params);
    let of_user = &events[1]["item"];
    assert_eq!(of_user["attachments"][0]["id"], made["id"], "{of_user}");
    let gone = json!({"attachment_id": made["id"]});
    server.document("attachments.delete", &gone);
    assert_eq!(get(&server, &made).status, "404");
}

pub fn announce(server: &Server, size: usize) -> Value {
    let params = json!({"name": "a.bin", "size": size, "mime_type": "a/b"});
    server.document("attachments.create", &params)
}

pub fn path(made: &Value) -> String {
    format!("/files/{}", made["id"].as_str().unwrap())
}

pub fn token(made: &Value) -> &str {
    let headers = &made["upload_descriptor"]["headers"];
    headers["x-upload-token"].as_str().unwrap()
}

pub fn put(server: &Server, made: &Value, body: &[u8]) -> Answered {
    let headers = [("x-upload-token", token(made))];
    ask(server, &format!("PUT {}", path(made)), &headers, body)
}

pub fn get(server: &Server, made: &Value) -> Answered {
    ask(server, &format!("GET {}", path(made)), &[], b"")
}

/// Sends a file at once, as a form.
fn send(server: &Server, file: &[u8]) -> Value {
    let mut body = b"--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"f\"\r\n\
        content-type: a/b\r\n\r\n"
        .to_vec();
    body.extend(file);
    body.extend(b"\r\n--x--\r\n");
    let headers = [("content-type", "multipart/form-data; boundary=x")];
    ask(server, "POST /files", &headers, &body).ok()
}

fn anywhere(place: &Place) {
    let (one, two) = pair(place);
    let file = bytes(2 * 1024 * 1024 + 5);
    let made = announce(&one, file.len());
    assert_eq!(get(&two, &made).refused().1, "file_not_uploaded");
    let wrong = [("x-upload-token", "x")];
    let line = format!("PUT {}", path(&made));
    assert_eq!(ask(&two, &line, &wrong, &file).status, "403");
    assert_eq!(
        put(&two, &made, &file[1..]).refused().1,
        "upload_size_mismatch"
    );
    let whole = put(&two, &made, &file).ok();
    assert_eq!(whole.get("upload_descriptor"), None);
    for server in [&one, &two] {
        let fetched = get(server, &made);
        let length = format!("content-length: {}", file.len());
        assert!(
            fetched.head.to_lowercase().contains(&length),
            "{}",
            fetched.head
        );
        assert!(fetched.body == file);
    }
    chunks_become(place, 3);
    // What comes again takes the place of what came before.
    let other: Vec<u8> = file.iter().rev().copied().collect();
    put(&one, &made, &other).ok();
    assert!(get(&two, &made).body == other);
    chunks_become(place, 3);
    // What does not come whole takes nothing's place.
    put(&one, &made, &file[9..]);
    assert!(get(&two, &made).body == other);
    chunks_become(place, 3);
    let sent = send(&two, b"short");
    assert_eq!(get(&one, &sent).body, b"short");
    let empty = send(&two, b"");
    assert_eq!(get(&one, &empty).body, b"");
    assert_eq!(get(&one, &json!({"id": "atc_0"})).status, "404");
}

/// Begins to send a file, and goes on when some of it has come.
fn begin(place: &Place, server: &Server, line: &str, headers: &str, part: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let head =
        format!("{line} HTTP/1.1\r\nhost: localhost\r\n{headers}content-length: 9000000\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(part).unwrap();
    let end = Instant::now() + Duration::from_secs(20);
    while chunks(place) < 2 {
        assert!(Instant::now() < end, "nothing came");
        std::thread::sleep(Duration::from_millis(50));
    }
    stream
}

fn broken_off(place: &Place) {
    let (one, two) = pair(place);
    let made = announce(&one, 9_000_000);
    let line = format!("PUT {}", path(&made));
    let headers = format!("x-upload-token: {}\r\n", token(&made));
    let part = bytes(3 * 1024 * 1024);
    drop(begin(place, &two, &line, &headers, &part));
    chunks_become(place, 0);
    let form = b"--x\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\n";
    let headers = "content-type: multipart/form-data; boundary=x\r\n";
    drop(begin(
        place,
        &one,
        "POST /files",
        headers,
        &[form, &part[..]].concat(),
    ));
    chunks_become(place, 0);
    assert_eq!(get(&one, &made).refused().1, "file_not_uploaded");
    put(&one, &made, &bytes(9_000_000)).ok();
    assert_eq!(get(&two, &made).status, "200");
}

fn deleted(place: &Place) {
    let (one, two) = pair(place);
    let made = send(&one, &bytes(2_000_000));
    let params = json!({"attachment_id": made["id"]});
    two.document("attachments.delete", &params);
    assert_eq!(get(&one, &made).status, "404");
    assert_eq!(one.ask("attachments.delete", &params).0, "404");
    chunks_become(place, 0);
    let made = send(&one, b"abc");
    let announced = announce(&one, 3);
    let reset = ask(&two, "POST /__mock/reset?store=true", &[], b"");
    assert_eq!(reset.status, "200");
    assert_eq!(get(&one, &made).status, "404");
    assert_eq!(put(&one, &announced, b"abc").status, "404");
    chunks_become(place, 0);
}

fn swept(place: &Place) {
    let server = Server::start(place, &[]);
    let made = announce(&server, 9_000_000);
    let line = format!("PUT {}", path(&made));
    let headers = format!("x-upload-token: {}\r\n", token(&made));
    let sending = begin(place, &server, &line, &headers, &bytes(3 * 1024 * 1024));
    server.kill();
    drop(sending);
    assert!(chunks(place) > 0);
    // As if the time had passed that an upload may take.
    place.runtime().block_on(async {
        let mut connection = SqliteConnection::connect(&place.url).await.unwrap();
        let past = "UPDATE chatkit_notes SET expires = 1 WHERE expires < 9223372036854775807";
        sqlx::query(past).execute(&mut connection).await.unwrap();
    });
    let server = Server::start(place, &[]);
    put(&server, &made, &bytes(9_000_000)).ok();
    chunks_become(place, 9);
}

fn again(place: &Place) {
    let server = Server::start(place, &[]);
    let made = send(&server, b"abc");
    let announced = announce(&server, 3);
    server.kill();
    let server = Server::start(place, &[]);
    assert_eq!(get(&server, &made).body, b"abc");
    put(&server, &announced, b"xyz").ok();
    assert_eq!(get(&server, &announced).body, b"xyz");
}

/// The most memory that a process has had, in KiB.
fn peak(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let number = line.unwrap().split_whitespace().nth(1);
    number.unwrap().parse().unwrap()
}

fn large(place: &Place) {
    let server = Server::start(place, &[]);
    let before = peak(&server);
    let file = bytes(96 * 1024 * 1024);
    let made = announce(&server, file.len());
    put(&server, &made, &file).ok();
    assert!(get(&server, &made).body == file);
    let grown = peak(&server) - before;
    assert!(grown < 64 * 1024, "{grown} KiB more");
}
