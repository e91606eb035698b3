use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, Method, Uri};
use bytes::Bytes;

use super::*;
use crate::server::testing::{Site, message};

fn begin(journal: &Journal, id: &str) -> Arc<Entry> {
    let uri = Uri::from_static("/chatkit");
    journal.begin(id, &Method::POST, &uri, &HeaderMap::new())
}

#[test]
fn old_requests_make_room_for_new_ones() {
    let journal = Journal::default();
    for number in 0..=MAX_REQUESTS {
        begin(&journal, &format!("req_{number}"));
    }
    assert_eq!(journal.entries().len(), MAX_REQUESTS);
    assert!(journal.entry("req_0").is_none() && journal.entry("req_1").is_some());
    assert_eq!(journal.seen(), MAX_REQUESTS as u64 + 1);
}

#[test]
fn bodies_take_no_more_room_than_they_may() {
    let journal = Journal::default();
    let mib = Bytes::from(vec![b' '; MAX_BODY / 2]);
    for number in 0..40 {
        let entry = begin(&journal, &format!("req_{number}"));
        journal.body(&entry, &mib);
    }
    assert!(journal.received.load(Ordering::Relaxed) <= MAX_RECEIVED);
    let remembered = journal.entries().len();
    assert!((30..33).contains(&remembered), "{remembered}");
    assert_eq!(journal.clear(), remembered);
    assert_eq!(journal.received.load(Ordering::Relaxed), 0);
}

#[test]
fn a_body_that_is_too_large_is_counted_and_not_kept() {
    let journal = Journal::default();
    let entry = begin(&journal, "req_1");
    journal.body(&entry, &Bytes::from(vec![b'1'; MAX_BODY]));
    let recorded = entry.recorded();
    assert_eq!(recorded.body_bytes, MAX_BODY as u64);
    assert!(recorded.body_truncated && recorded.body.is_none());
    assert_eq!(journal.received.load(Ordering::Relaxed), 0);
}

#[test]
fn a_request_that_was_forgotten_holds_nothing_any_more() {
    let journal = Journal::default();
    let entry = begin(&journal, "req_1");
    journal.clear();
    journal.body(&entry, &Bytes::from_static(b"late"));
    entry.send(Duration::ZERO, &Bytes::from_static(b"later"));
    assert_eq!(journal.received.load(Ordering::Relaxed), 0);
    assert!(entry.recorded().body.is_none());
}

#[tokio::test]
async fn a_turn_is_kept_with_its_events_and_without_its_secrets() {
    let site = Site::new();
    let asked = site
        .ask("POST", "/chatkit")
        .bearer("sk-0123456789abcdef0123");
    let body = serde_json::json!({"type": "threads.create", "params": message("show text 2")});
    let answer = asked.json(&body).send().await;
    let entry = site.app.journal.entry(answer.header("x-request-id"));
    let recorded = entry.expect("the turn is remembered").recorded();
    assert_eq!(recorded.operation.as_deref(), Some("threads.create"));
    assert_eq!(recorded.headers["authorization"], "[redacted]");
    assert_eq!(recorded.body, Some(body));
    let response = recorded.response.unwrap();
    let events: Vec<_> = response
        .events
        .into_iter()
        .map(|e| e.event.unwrap())
        .collect();
    assert_eq!(events, answer.events());
    assert_eq!(
        recorded.thread_id.as_deref(),
        events[0]["thread"]["id"].as_str()
    );
    assert_eq!(
        (response.status, response.outcome),
        (200, Outcome::Complete)
    );
}

#[tokio::test]
async fn a_document_is_kept_for_a_page_as_for_a_program() {
    let site = Site::new();
    let body = serde_json::json!({"type": "threads.list", "params": {}});
    for origin in [None, Some("http://localhost:3000")] {
        let mut asked = site.ask("POST", "/chatkit").json(&body);
        if let Some(origin) = origin {
            asked = asked.header("origin", origin);
        }
        let answer = asked.send().await;
        let id = answer.header("x-request-id");
        let recorded = site.app.journal.entry(id).unwrap().recorded();
        let response = recorded.response.unwrap();
        assert_eq!(response.body, Some(answer.json()));
        assert_eq!(response.outcome, Outcome::Complete);
        assert_eq!(recorded.body.as_ref(), Some(&body));
    }
}

#[tokio::test]
async fn what_was_refused_before_it_was_read_is_kept_too() {
    let site = Site::new();
    let foreign = site.ask("POST", "/chatkit").header("host", "evil.example");
    assert_eq!(foreign.body("{}").send().await.status, 403);
    let cut = site.ask("POST", "/chatkit").body("{").send().await;
    assert_eq!(cut.status, 400);
    let statuses = site.app.journal.entries();
    let statuses = statuses
        .iter()
        .map(|e| e.summary().response.unwrap().status);
    assert_eq!(statuses.collect::<Vec<_>>(), [403, 400]);
}

#[tokio::test]
async fn the_secret_of_a_session_does_not_show_in_its_answer() {
    let site = Site::new();
    let session = site.session(serde_json::json!({})).await;
    let secret = session["client_secret"].as_str().unwrap();
    let recorded = site.app.journal.entries()[0].recorded();
    let shown = serde_json::to_string(&recorded).unwrap();
    assert!(shown.contains("chatkit.session") && !shown.contains(secret));
}

#[test]
fn old_answers_make_room_and_their_requests_can_still_be_counted() {
    let journal = Journal::default();
    let piece = Bytes::from(vec![b' '; MAX_SENT / 8]);
    for number in 0..20 {
        let entry = begin(&journal, &format!("req_{number}"));
        entry.answer(axum::http::StatusCode::OK, &HeaderMap::new());
        journal.hold_sent(entry.send(Duration::ZERO, &piece));
    }
    assert!(journal.sent.load(Ordering::Relaxed) <= MAX_SENT);
    let entries = journal.entries();
    let answers = entries.iter().map(|entry| entry.recorded().response);
    let cut: Vec<_> = answers.map(|answer| answer.unwrap().truncated).collect();
    assert_eq!((cut.len(), cut[0], cut[19]), (20, true, false));
    let late = entries[0].send(Duration::ZERO, &piece);
    assert_eq!(late, 0, "what was let go of does not come back");
    journal.clear();
    assert_eq!(journal.sent.load(Ordering::Relaxed), 0);
}
