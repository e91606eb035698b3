//! Several servers on one store behind one address, and one that is started again: whichever is
//! asked answers as the one before would have.

use std::io::Read;

use serde_json::{Value, json};

use crate::opening::Test;
use crate::place::{Kind, Place};
use crate::served::{Server, message};

pub const TESTS: &[(Kind, &str, Test)] = &[
    (
        Kind::Postgres,
        "a_session_is_good_at_every_server",
        sessions,
    ),
    (Kind::Sqlite, "a_session_is_good_at_every_server", sessions),
    (
        Kind::Postgres,
        "a_full_minute_is_full_at_every_server",
        full_minute,
    ),
    (
        Kind::Sqlite,
        "all_that_one_session_asks_at_once_is_answered",
        at_once,
    ),
    (
        Kind::Postgres,
        "all_that_one_session_asks_at_once_is_answered",
        at_once,
    ),
    (
        Kind::Postgres,
        "places_for_files_are_counted_at_every_server",
        places,
    ),
    (Kind::Sqlite, "a_session_outlives_its_server", session_again),
    (
        Kind::Postgres,
        "a_reset_at_one_server_ends_the_sessions_of_all",
        reset,
    ),
];

/// The status, the head and the body of an answer.
pub struct Answered {
    pub status: String,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answered {
    pub fn json(&self) -> Value {
        let body = String::from_utf8_lossy(&self.body);
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {body}"))
    }

    /// The document of a request that must succeed.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(
            self.status,
            "200",
            "{}",
            String::from_utf8_lossy(&self.body)
        );
        self.json()
    }

    /// The status and the code of a refusal.
    pub fn refused(&self) -> (String, String) {
        let code = self.json()["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        (self.status.clone(), code)
    }
}

/// What a server answers to a request.
pub fn ask(server: &Server, line: &str, headers: &[(&str, &str)], body: &[u8]) -> Answered {
    let mut bytes = Vec::new();
    server
        .send(line, headers, body)
        .read_to_end(&mut bytes)
        .unwrap();
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    Answered {
        status: head.split(' ').nth(1).unwrap().to_owned(),
        body: bytes[end + 4..].to_vec(),
        head,
    }
}

/// A request of the hosted API with an API key.
fn rest(server: &Server, line: &str, body: &Value) -> Answered {
    let headers = [
        ("authorization", "Bearer sk-1"),
        ("openai-beta", "chatkit_beta=v1"),
    ];
    ask(server, line, &headers, body.to_string().as_bytes())
}

pub fn session(server: &Server, more: &Value) -> Value {
    let mut body = json!({"workflow": {"id": "wf_1"}, "user": "ann"});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    rest(server, "POST /v1/chatkit/sessions", &body).ok()
}

/// An operation through a hosted session.
pub fn talk(server: &Server, session: &Value, kind: &str, params: &Value) -> Answered {
    let bearer = format!("Bearer {}", session["client_secret"].as_str().unwrap());
    let body = json!({"type": kind, "params": params}).to_string();
    let headers = [("authorization", bearer.as_str())];
    ask(
        server,
        "POST /v1/chatkit/conversation",
        &headers,
        body.as_bytes(),
    )
}

fn pair(place: &Place) -> (Server, Server) {
    let fast = ["--pace", "0"];
    (Server::start(place, &fast), Server::start(place, &fast))
}

fn sessions(place: &Place) {
    let (one, two) = pair(place);
    let made = session(&one, &json!({}));
    let created = talk(&two, &made, "threads.create", &message("hello"));
    assert_eq!(created.status, "200");
    let listed = talk(&one, &made, "threads.list", &json!({})).ok();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    // A page that asks for another secret is the same user everywhere.
    let current = json!({"currentClientSecret": made["client_secret"]}).to_string();
    let again = ask(&two, "POST /api/chatkit/refresh", &[], current.as_bytes()).ok();
    let listed = talk(&one, &again, "threads.list", &json!({})).ok();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    let cancel = format!(
        "POST /v1/chatkit/sessions/{}/cancel",
        made["id"].as_str().unwrap()
    );
    let mut cancelled = rest(&two, &cancel, &json!({})).ok();
    assert_eq!(cancelled["status"], "cancelled");
    cancelled["status"] = json!("active");
    assert_eq!(cancelled, made);
    for server in [&one, &two] {
        let refused = talk(server, &made, "threads.list", &json!({}));
        assert_eq!(
            refused.refused(),
            ("401".into(), "session_cancelled".into())
        );
    }
    let unknown = rest(
        &one,
        "POST /v1/chatkit/sessions/cksess_0/cancel",
        &json!({}),
    );
    assert_eq!(unknown.status, "404");
}

fn full_minute(place: &Place) {
    let (one, two) = pair(place);
    let limit = json!({"rate_limits": {"max_requests_per_1_minute": 5}});
    let made = session(&one, &limit);
    let mut answers = Vec::new();
    for round in 0..7 {
        let server = if round % 2 == 0 { &one } else { &two };
        answers.push(talk(server, &made, "threads.list", &json!({})).status);
    }
    assert_eq!(answers, ["200", "200", "200", "200", "200", "429", "429"]);
    let refused = talk(&one, &made, "threads.list", &json!({}));
    assert!(
        refused.head.to_lowercase().contains("retry-after: "),
        "{}",
        refused.head
    );
}

fn at_once(place: &Place) {
    const EACH: usize = 100;
    let (one, two) = pair(place);
    let limit = json!({"rate_limits": {"max_requests_per_1_minute": 6 * EACH - 1}});
    let made = session(&one, &limit);
    let ask = |server: &Server| talk(server, &made, "threads.list", &json!({})).status;
    let ask_thrice = |server: &Server| [(); 3].map(|()| ask(server));
    let statuses = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..2 * EACH)
            .map(|n| {
                let server = if n % 2 == 0 { &one } else { &two };
                scope.spawn(move || ask_thrice(server))
            })
            .collect();
        let answers = asked.into_iter().map(|asked| asked.join().unwrap());
        answers.flatten().collect::<Vec<_>>()
    });
    let of = |wanted: &str| statuses.iter().filter(|status| *status == wanted).count();
    assert_eq!((of("200"), of("429")), (6 * EACH - 1, 1));
}

fn places(place: &Place) {
    let (one, two) = pair(place);
    let upload = json!({"enabled": true, "max_files": 2, "max_file_size": 1});
    let made = session(
        &one,
        &json!({"chatkit_configuration": {"file_upload": upload}}),
    );
    let file = json!({"name": "a", "size": 1, "mime_type": "a/b"});
    let huge = json!({"name": "a", "size": 9_000_000, "mime_type": "a/b"});
    let announce =
        |server: &Server, file: &Value| talk(server, &made, "attachments.create", file).status;
    // What is refused takes no place.
    let announced = [
        announce(&one, &huge),
        announce(&two, &file),
        announce(&one, &file),
        announce(&two, &file),
    ];
    assert_eq!(announced, ["400", "200", "200", "400"]);
}

fn session_again(place: &Place) {
    let server = Server::start(place, &[]);
    let made = session(&server, &json!({}));
    server.kill();
    let server = Server::start(place, &[]);
    assert_eq!(
        talk(&server, &made, "threads.list", &json!({})).status,
        "200"
    );
    let other = json!({"client_secret": "ek_other"});
    let refused = talk(&server, &other, "threads.list", &json!({}));
    assert_eq!(refused.refused().1, "invalid_client_secret");
}

fn reset(place: &Place) {
    let (one, two) = pair(place);
    let made = session(&one, &json!({}));
    let only = json!({"only": ["sessions"]}).to_string();
    let done = ask(&two, "POST /__mock/reset", &[], only.as_bytes());
    assert_eq!(done.status, "200");
    let refused = talk(&one, &made, "threads.list", &json!({}));
    assert_eq!(refused.refused().1, "invalid_client_secret");
}
