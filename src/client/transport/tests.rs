use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use reqwest::header::{HeaderName, HeaderValue};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};

use super::*;
use crate::client::loopback::{Loopback, Step, answer, impatient, json, options};
use crate::client::{Backend, Document, Endpoint};
use crate::protocol::{Object, Request, ThreadRef};

fn delete() -> Request {
    Request::DeleteThread(ThreadRef {
        thread_id: "t".into(),
        extra: crate::protocol::Extra::default(),
    })
}

async fn call(backend: &Backend) -> Result<Document<Object>> {
    backend.call(&delete(), &Cancel::new()).await
}

/// What a user authorises themselves with, in two ways.
fn with_secrets() -> Options {
    let header = |name, value| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    };
    Options {
        headers: vec![
            header("x-api-key", "hunter2"),
            header("authorization", "Bearer hunter2"),
            header("accept", "application/json, */*"),
        ],
        locale: Some("de-AT".into()),
        ..options()
    }
}

fn redirect(status: &str, to: &str) -> Vec<Step> {
    answer(status, &format!("location: {to}\r\n"), "")
}

/// An address that is taken and refuses connections, until its socket listens.
fn refusing() -> (TcpSocket, SocketAddr) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

#[tokio::test]
async fn headers_of_the_user_and_the_locale_go_with_every_request() {
    let server = Loopback::start(|_, _| json("{}")).await;
    call(&server.backend_with(with_secrets())).await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!(seen.header("x-api-key"), Some("hunter2"));
    assert_eq!(seen.header("accept-language"), Some("de-AT"));
    let accepts = seen.headers.iter().filter(|(name, _)| name == "accept");
    assert_eq!(accepts.count(), 1, "the user's header replaces ours");
    assert_eq!(seen.header("accept"), Some("application/json, */*"));
}

#[tokio::test]
async fn user_and_password_of_the_address_become_a_header() {
    let server = Loopback::start(|_, _| json("{}")).await;
    let mut url = server.url.clone();
    url.set_username("me").unwrap();
    url.set_password(Some("p%40ss")).unwrap();
    let endpoint = Endpoint::SelfHosted {
        url,
        upload_url: None,
    };
    let backend = Backend::new(endpoint, options()).unwrap();
    assert!(!format!("{backend:?} {}", backend.describe()).contains("p%40ss"));
    call(&backend).await.unwrap();
    // base64 of `me:p@ss`
    assert_eq!(
        server.seen()[0].header("authorization"),
        Some("Basic bWU6cEBzcw==")
    );
}

#[tokio::test]
async fn a_redirect_within_the_origin_keeps_the_post_and_its_headers() {
    for status in ["307 Temporary Redirect", "308 Permanent Redirect"] {
        let server = Loopback::start(move |index, _| match index {
            0 => redirect(status, "/chatkit/?a=1"),
            _ => json("{}"),
        })
        .await;
        call(&server.backend_with(with_secrets())).await.unwrap();
        let seen = &server.seen()[1];
        assert_eq!(seen.line, "POST /chatkit/?a=1");
        assert_eq!(seen.header("x-api-key"), Some("hunter2"));
        assert_eq!(seen.body, delete().to_json());
    }
}

#[tokio::test]
async fn a_redirect_to_another_origin_carries_nothing_that_authorises() {
    let other = Loopback::start(|_, _| json("{}")).await;
    let to = other.url.to_string();
    let server = Loopback::start(move |_, _| redirect("307 Temporary Redirect", &to)).await;
    call(&server.backend_with(with_secrets())).await.unwrap();
    let seen = &other.seen()[0];
    assert!(!format!("{seen:?}").contains("hunter2"), "{seen:?}");
    assert_eq!(seen.line, "POST /chatkit");
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.header("accept-language"), Some("de-AT"));
    assert_eq!(seen.body, delete().to_json());
}

#[tokio::test]
async fn a_detour_over_another_origin_does_not_bring_credentials_back() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let home = format!("http://{}/home", listener.local_addr().unwrap());
    let other = Loopback::start(move |_, _| redirect("307 Temporary Redirect", &home)).await;
    let to = other.url.to_string();
    let server = Loopback::on(listener, move |index, _| match index {
        0 => redirect("307 Temporary Redirect", &to),
        _ => json("{}"),
    });
    call(&server.backend_with(with_secrets())).await.unwrap();
    assert_eq!(server.seen()[0].header("x-api-key"), Some("hunter2"));
    assert_eq!(server.seen()[1].line, "POST /home");
    assert_eq!(server.seen()[1].header("x-api-key"), None);
}

#[tokio::test]
async fn a_redirect_that_would_turn_a_post_into_a_get_says_where_it_points() {
    for status in ["301 Moved Permanently", "302 Found", "303 See Other"] {
        let server = Loopback::start(move |_, _| redirect(status, "/login?next=x")).await;
        let error = call(&server.backend()).await.unwrap_err();
        let expected = format!(
            "the backend answered {status}: it redirects to {}, which would turn the POST into a GET",
            server.at("/login")
        );
        assert_eq!(error.to_string(), expected);
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn redirects_without_end_and_to_other_protocols_are_refused() {
    let server = Loopback::start(|_, _| redirect("307 Temporary Redirect", "/again")).await;
    let error = call(&server.backend()).await.unwrap_err();
    assert!(
        error.to_string().contains("redirects more than 10 times"),
        "{error}"
    );
    assert_eq!(server.seen().len(), 11);

    let server = Loopback::start(|_, _| redirect("307 Temporary Redirect", "file:///etc")).await;
    let error = call(&server.backend()).await.unwrap_err();
    assert!(
        error.to_string().contains("which is no HTTP address"),
        "{error}"
    );
}

#[tokio::test]
async fn a_refused_connection_is_tried_once_more() {
    let (socket, address) = refusing();
    let url: Url = format!("http://{address}/chatkit").parse().unwrap();
    let endpoint = Endpoint::SelfHosted {
        url,
        upload_url: None,
    };
    let backend = Backend::new(endpoint, options()).unwrap();
    let (answer, server) = tokio::join!(call(&backend), async {
        tokio::time::sleep(PAUSE / 2).await;
        Loopback::on(socket.listen(8).unwrap(), |_, _| json("{}"))
    });
    answer.unwrap();
    assert_eq!(server.seen().len(), 1);
    drop(server);
    let error = call(&backend).await.unwrap_err();
    assert_eq!(error.code(), 5);
}

#[tokio::test]
async fn a_connection_that_stays_refused_is_said_so() {
    let (_socket, address) = refusing();
    let url = format!("http://me:hunter2@{address}/chatkit?k=hunter2");
    let shown = format!("http://{address}/chatkit");
    let endpoint = Endpoint::SelfHosted {
        url: url.parse().unwrap(),
        upload_url: None,
    };
    let error = call(&Backend::new(endpoint, options()).unwrap())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("cannot reach {shown}: connection refused")
    );
    assert_eq!(error.code(), 5);
}

#[tokio::test]
async fn what_was_sent_is_not_sent_again() {
    let server = Loopback::start(|_, _| vec![Step::Close]).await;
    let error = call(&server.backend()).await.unwrap_err();
    let expected = format!(
        "cannot reach {}: the connection was closed before an answer came",
        server.url
    );
    assert_eq!(error.to_string(), expected);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn what_was_sent_over_a_connection_that_was_used_before_is_not_sent_again_either() {
    let server = Loopback::start(|index, _| match index {
        0 => json("{}"),
        _ => vec![Step::Close],
    })
    .await;
    let backend = server.backend();
    call(&backend).await.unwrap();
    call(&backend).await.unwrap_err();
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn what_only_reads_is_asked_once_more_where_a_kept_connection_was_closed_under_it() {
    let reads = Request::GetThread(ThreadRef {
        thread_id: "t".into(),
        extra: crate::protocol::Extra::default(),
    });
    // The second request meets an end, and so does each from the fourth on.
    let server = Loopback::start(|index, _| match index {
        0 | 2 => json("{}"),
        _ => vec![Step::Close],
    })
    .await;
    let backend = server.backend();
    for (is_well, seen) in [(true, 1), (true, 3), (false, 5)] {
        let read: Result<Document<Object>> = backend.call(&reads, &Cancel::new()).await;
        assert_eq!(read.is_ok(), is_well);
        assert_eq!(server.seen().len(), seen);
    }
}

#[tokio::test]
async fn a_connection_that_the_server_closed_in_between_is_replaced() {
    let server = Loopback::start(|_, _| {
        let mut steps = json("{}");
        steps.push(Step::Close);
        steps
    })
    .await;
    let backend = server.backend();
    for _ in 0..3 {
        call(&backend).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_server_that_never_answers_is_timed_out() {
    let server = Loopback::start(|_, _| vec![Step::UntilGone]).await;
    let error = call(&server.backend_with(impatient())).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("no answer from {} within 0.5 s", server.url)
    );
    assert_eq!(error.code(), 5);
    server.left_alone().await;
}

#[tokio::test]
async fn what_does_not_speak_http_is_said_so() {
    let server = Loopback::start(|_, _| vec![Step::Say(b"SSH-2.0-x\r\n".to_vec())]).await;
    let error = call(&server.backend()).await.unwrap_err();
    assert!(
        error.to_string().ends_with("what it says is not HTTP"),
        "{error}"
    );
}

#[tokio::test]
async fn a_host_without_an_address_is_said_so() {
    let url = "http://nowhere.invalid/chatkit".parse().unwrap();
    let endpoint = Endpoint::SelfHosted {
        url,
        upload_url: None,
    };
    let error = call(&Backend::new(endpoint, options()).unwrap())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn tls_against_a_server_without_it_is_said_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/chatkit", listener.local_addr().unwrap());
    let answering = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        assert_ne!(socket.read(&mut [0; 4096]).await.unwrap(), 0);
        socket
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        socket
    });
    let endpoint = Endpoint::SelfHosted {
        url: url.parse().unwrap(),
        upload_url: None,
    };
    let error = call(&Backend::new(endpoint, options()).unwrap())
        .await
        .unwrap_err();
    let expected = format!("cannot reach {url}: it does not speak TLS here; try http://");
    assert_eq!(error.to_string(), expected);
    answering.await.unwrap();
}

#[tokio::test]
async fn a_locale_that_no_header_carries_is_wrong_usage() {
    let server = Loopback::start(|_, _| json("{}")).await;
    let endpoint = Endpoint::SelfHosted {
        url: server.url.clone(),
        upload_url: None,
    };
    let options = Options {
        locale: Some("de\n".into()),
        ..options()
    };
    assert_eq!(Backend::new(endpoint, options).unwrap_err().code(), 2);
}

/// A place for log lines.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn log_lines_say_what_happened_and_hold_no_secret() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let server = Loopback::start(|_, _| {
        answer(
            "200 OK",
            "content-type: application/json\r\nx-request-id: req_1\r\n",
            "{}",
        )
    })
    .await;
    let mut url = server.url.clone();
    url.set_query(Some("key=hunter2"));
    url.set_password(Some("hunter2")).unwrap();
    let endpoint = Endpoint::SelfHosted {
        url,
        upload_url: None,
    };
    call(&Backend::new(endpoint, with_secrets()).unwrap())
        .await
        .unwrap();
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(!log.contains("hunter2"), "{log}");
    for word in ["POST", "/chatkit", "threads.delete", "200", "req_1"] {
        assert!(log.contains(word), "{word} is missing: {log}");
    }
}
