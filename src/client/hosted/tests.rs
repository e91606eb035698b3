use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use base64::Engine;

use super::*;
use crate::client::loopback::{Loopback, Seen, Step, answer, json, options};
use crate::client::{Backend, Document, Endpoint};
use crate::protocol::{Object, Request, ThreadRef};

/// A secret with its expiry inside, `seconds` from now.
fn secret(id: u32, seconds: i64) -> String {
    let expires_at = jiff::Timestamp::now().as_second() + seconds;
    let claims = format!(r#"{{"expires_at": {expires_at}}}"#);
    let claims = base64::engine::general_purpose::STANDARD.encode(claims);
    format!("ek_{id:048x}_00{claims}")
}

fn made() -> Credentials {
    Credentials::Session {
        api_key: "sk-hunter2".into(),
        workflow: "wf_1".into(),
        user: "ada".into(),
    }
}

fn backend(server: &Loopback, credentials: Credentials) -> Backend {
    let endpoint = Endpoint::Hosted {
        api_base: server.at("/"),
        credentials,
    };
    Backend::new(endpoint, options()).unwrap()
}

async fn call(backend: &Backend) -> Result<Document<Object>> {
    let request = Request::DeleteThread(ThreadRef {
        thread_id: "t".into(),
        extra: Extra::default(),
    });
    backend.call(&request, &Cancel::new()).await
}

fn unauthorised() -> Vec<Step> {
    answer("401 Unauthorized", "", r#"{"error":{"message":"no"}}"#)
}

/// A service whose sessions are numbered from 1 and live for so many seconds.
async fn service(
    lifetime: i64,
    conversation: impl Fn(&str) -> Vec<Step> + Send + Sync + 'static,
) -> Loopback {
    let made = AtomicUsize::new(0);
    Loopback::start(move |_, seen| {
        if seen.line == "POST /v1/chatkit/sessions" {
            let id = u32::try_from(made.fetch_add(1, Ordering::SeqCst) + 1).unwrap();
            // The pause lets those who ask at the same time meet here.
            let mut steps = vec![Step::Wait(std::time::Duration::from_millis(30))];
            steps.extend(json(&format!(
                r#"{{"client_secret":"{}"}}"#,
                secret(id, lifetime)
            )));
            return steps;
        }
        conversation(seen.header("authorization").unwrap())
    })
    .await
}

/// A service that, once told to, no longer knows its first session.
async fn service_that_forgets() -> (Loopback, Arc<AtomicBool>) {
    let expired = Arc::new(AtomicBool::new(false));
    let forgets = expired.clone();
    let server = service(600, move |bearer| {
        let is_first = bearer.starts_with(&format!("Bearer ek_{:048x}", 1));
        if is_first && forgets.load(Ordering::SeqCst) {
            unauthorised()
        } else {
            json("{}")
        }
    })
    .await;
    (server, expired)
}

fn count(seen: &[Seen], path: &str) -> usize {
    seen.iter().filter(|seen| seen.line.ends_with(path)).count()
}

#[tokio::test]
async fn a_session_is_made_on_the_way_and_kept() {
    let server = service(600, |_| json("{}")).await;
    let backend = backend(&server, made());
    call(&backend).await.unwrap();
    call(&backend.clone()).await.unwrap();
    let seen = server.seen();
    assert_eq!(count(&seen, "/sessions"), 1);
    assert_eq!(seen[0].header("authorization"), Some("Bearer sk-hunter2"));
    assert_eq!(seen[0].header("openai-beta"), Some("chatkit_beta=v1"));
    assert_eq!(seen[0].text(), r#"{"workflow":{"id":"wf_1"},"user":"ada"}"#);
    assert_eq!(seen[1].line, "POST /v1/chatkit/conversation");
    assert!(
        seen[1]
            .header("authorization")
            .unwrap()
            .starts_with("Bearer ek_")
    );
}

#[tokio::test]
async fn those_who_ask_at_the_same_time_share_a_session() {
    let server = service(600, |_| json("{}")).await;
    let backend = backend(&server, made());
    let calls = (0..8).map(|_| call(&backend));
    for answer in futures_util::future::join_all(calls).await {
        answer.unwrap();
    }
    assert_eq!(count(&server.seen(), "/sessions"), 1);
    assert_eq!(count(&server.seen(), "/conversation"), 8);
}

#[tokio::test]
async fn a_session_that_has_expired_by_its_own_word_is_renewed_before_it_is_used() {
    let server = service(-1, |_| json("{}")).await;
    let backend = backend(&server, made());
    call(&backend).await.unwrap();
    let calls = (0..4).map(|_| call(&backend));
    futures_util::future::join_all(calls).await;
    let seen = server.seen();
    assert_eq!(count(&seen, "/conversation"), 5);
    // One for the first call; the others share what they find, and each has at most one of its own.
    assert!((2..=5).contains(&count(&seen, "/sessions")));
}

#[tokio::test]
async fn a_session_that_is_refused_is_renewed_once_and_the_request_sent_again() {
    let (server, expired) = service_that_forgets().await;
    let backend = backend(&server, made());
    call(&backend).await.unwrap();
    expired.store(true, Ordering::SeqCst);
    call(&backend).await.unwrap();
    assert_eq!(count(&server.seen(), "/sessions"), 2);
    assert_eq!(count(&server.seen(), "/conversation"), 3);
}

#[tokio::test]
async fn those_who_are_refused_at_the_same_time_share_the_renewed_session() {
    let (server, expired) = service_that_forgets().await;
    let backend = backend(&server, made());
    call(&backend).await.unwrap();
    expired.store(true, Ordering::SeqCst);
    let calls = (0..8).map(|_| call(&backend));
    for answer in futures_util::future::join_all(calls).await {
        answer.unwrap();
    }
    assert_eq!(count(&server.seen(), "/sessions"), 2);
}

#[tokio::test]
async fn a_service_that_refuses_every_session_is_asked_once_more_a_call_and_no_more() {
    let server = service(600, |_| unauthorised()).await;
    let backend = backend(&server, made());
    for calls in 1..=3 {
        let error = call(&backend).await.unwrap_err();
        assert_eq!(error.code(), 4);
        assert_eq!(count(&server.seen(), "/sessions"), calls + 1);
        assert_eq!(count(&server.seen(), "/conversation"), 2 * calls);
    }
}

#[tokio::test]
async fn a_session_that_is_refused_at_its_first_use_is_renewed_once() {
    let (server, expired) = service_that_forgets().await;
    expired.store(true, Ordering::SeqCst);
    call(&backend(&server, made())).await.unwrap();
    assert_eq!(count(&server.seen(), "/sessions"), 2);
    assert_eq!(count(&server.seen(), "/conversation"), 2);
}

#[tokio::test]
async fn a_session_in_the_place_of_an_expired_one_is_renewed_no_more() {
    let closed = Arc::new(AtomicBool::new(false));
    let is_closed = closed.clone();
    let server = service(-1, move |_| {
        if is_closed.load(Ordering::SeqCst) {
            unauthorised()
        } else {
            json("{}")
        }
    })
    .await;
    let backend = backend(&server, made());
    call(&backend).await.unwrap();
    closed.store(true, Ordering::SeqCst);
    assert_eq!(call(&backend).await.unwrap_err().code(), 4);
    assert_eq!(count(&server.seen(), "/sessions"), 2);
    assert_eq!(count(&server.seen(), "/conversation"), 2);
}

#[tokio::test]
async fn a_key_that_may_not_make_sessions_is_said_so() {
    let server = Loopback::start(|_, _| {
        answer(
            "401 Unauthorized",
            "",
            r#"{"error":{"message":"bad key","code":"invalid_api_key"}}"#,
        )
    })
    .await;
    let error = call(&backend(&server, made())).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("bad key (code: invalid_api_key)"),
        "{error}"
    );
    assert_eq!(error.code(), 4);
}

#[tokio::test]
async fn a_given_secret_is_used_as_it_is_and_its_refusal_is_final() {
    let server = service(600, |_| unauthorised()).await;
    let given = secret(7, 600);
    let backend = backend(&server, Credentials::ClientSecret(given.clone().into()));
    let error = call(&backend).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the backend answered 401 Unauthorized: no"
    );
    let seen = server.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(
        seen[0].header("authorization"),
        Some(format!("Bearer {given}").as_str())
    );
}

#[tokio::test]
async fn a_given_secret_that_has_expired_is_said_so_when_it_is_refused() {
    let server = service(600, |_| unauthorised()).await;
    let backend = backend(&server, Credentials::ClientSecret(secret(7, -60).into()));
    let error = call(&backend).await.unwrap_err().to_string();
    assert!(error.contains("the client secret expired at 20"), "{error}");
    assert!(error.ends_with("Z (no)"), "{error}");
}

#[tokio::test]
async fn a_secret_does_not_follow_a_redirect_to_another_origin() {
    let other = Loopback::start(|_, _| json("{}")).await;
    let to = format!("location: {}\r\n", other.url);
    let server = service(600, move |_| answer("307 Temporary Redirect", &to, "")).await;
    call(&backend(&server, made())).await.unwrap();
    assert_eq!(other.seen()[0].header("authorization"), None);
}

#[test]
fn debug_output_holds_no_key() {
    let endpoint = Endpoint::Hosted {
        api_base: "https://api.openai.com".parse().unwrap(),
        credentials: made(),
    };
    let backend = Backend::new(endpoint.clone(), options()).unwrap();
    assert!(!format!("{backend:?} {endpoint:?}").contains("hunter2"));
    assert_eq!(
        backend.describe(),
        "https://api.openai.com/v1/chatkit/conversation"
    );
}

#[tokio::test]
async fn a_secret_that_no_header_can_carry_breaks_the_protocol() {
    for secret in ["", r"a\nb"] {
        let body = format!(r#"{{"client_secret":"{secret}"}}"#);
        let server = Loopback::start(move |_, _| json(&body)).await;
        let error = call(&backend(&server, made())).await.unwrap_err();
        assert_eq!(error.code(), 6, "{error}");
        assert!(error.to_string().contains("client_secret: "), "{error}");
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_session_takes_files_once_one_is_uploaded_and_not_before() {
    let attachment = r#"{"id":"f","type":"file","name":"a","mime_type":"text/plain"}"#;
    let server = service(600, move |_| json(attachment)).await;
    let backend = backend(&server, made());
    call(&backend).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    std::fs::write(&path, "x").unwrap();
    let file = crate::client::Upload::open(&path).await.unwrap();
    for _ in 0..2 {
        backend.upload(&file, |_| {}, &Cancel::new()).await.unwrap();
    }
    call(&backend).await.unwrap();
    let seen = server.seen();
    let sessions = seen.iter().filter(|seen| seen.line.ends_with("/sessions"));
    let asked: Vec<serde_json::Value> = sessions
        .map(|seen| serde_json::from_slice(&seen.body).unwrap())
        .collect();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].get("chatkit_configuration"), None);
    let offered = &asked[1]["chatkit_configuration"];
    assert_eq!(
        *offered,
        serde_json::json!({"file_upload": {"enabled": true}})
    );
    // What comes after the upload is said in the session that has the file.
    assert_eq!(
        seen.last().unwrap().header("authorization"),
        seen[seen.len() - 2].header("authorization"),
    );
}
