use super::*;
use crate::client::loopback::Step;
use crate::client::loopback::{Loopback, answer, chunk, events, frame, json, say, stream_head};
use crate::protocol::{Extra, Page, Thread, ThreadRef};

fn get() -> Request {
    Request::GetThread(ThreadRef {
        thread_id: "t".into(),
        extra: Extra::default(),
    })
}

async fn call(server: &Loopback) -> Result<Document<Page<Thread>>> {
    server.backend().call(&get(), &Cancel::new()).await
}

async fn refusal(content_type: &'static str, body: &'static str) -> String {
    let headers = format!("content-type: {content_type}\r\n");
    let server = Loopback::start(move |_, _| answer("200 OK", &headers, body)).await;
    call(&server).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_document_is_handed_up_with_its_bytes() {
    let server = Loopback::start(|_, _| json(r#"{ "data": [], "has_more": false }"#)).await;
    let document = call(&server).await.unwrap();
    assert_eq!(document.raw, r#"{ "data": [], "has_more": false }"#);
    assert!(!document.value.has_more);
    assert_eq!(server.seen()[0].header("accept"), Some(JSON));
}

#[tokio::test]
async fn a_document_in_pieces_is_put_together() {
    let server = Loopback::start(|_, _| {
        vec![
            say("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"),
            chunk(r#"{"data":"#),
            chunk("[],"),
            chunk(r#""has_more":true}"#),
            say("0\r\n\r\n"),
        ]
    })
    .await;
    let document = call(&server).await.unwrap();
    assert!(document.value.has_more);
    assert_eq!(document.raw, r#"{"data":[],"has_more":true}"#);
}

#[tokio::test]
async fn json_is_taken_whatever_it_is_labelled_and_a_page_is_told_apart() {
    let server =
        Loopback::start(|_, _| answer("200 OK", "content-type: text/plain\r\n", r#"{"data":[]}"#))
            .await;
    call(&server).await.unwrap();
    assert_eq!(
        refusal("text/html; charset=utf-8", "<p>hi").await,
        "expected application/json, got text/html; charset=utf-8"
    );
    assert_eq!(
        refusal(JSON, r#"{"data":7}"#).await,
        "malformed answer to threads.get_by_id: data: expected an array, found integer `7`"
    );
    assert_eq!(
        refusal(JSON, r#"{"error":"nope"}"#).await,
        "malformed answer to threads.get_by_id: missing field `data`"
    );
    assert_eq!(
        refusal("text/event-stream", "data: {}\n\n").await,
        "expected application/json, got text/event-stream"
    );
}

#[tokio::test]
async fn a_document_that_is_encoded_is_said_so() {
    let gzip = "content-type: application/json\r\ncontent-encoding: gzip\r\n";
    let server = Loopback::start(move |_, _| answer("200 OK", gzip, "\u{1f}\u{8}")).await;
    let error = call(&server).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the answer is encoded as gzip, which no request asked for"
    );
    assert_eq!(error.code(), 6);
}

#[tokio::test]
async fn a_document_that_breaks_off_is_said_so() {
    let server = Loopback::start(|_, _| {
        vec![
            say("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"),
            Step::Close,
        ]
    })
    .await;
    let error = call(&server).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the answer was cut short: the connection was closed in the middle"
    );
    assert_eq!(error.code(), 6);
}

#[tokio::test]
async fn a_document_without_end_is_refused() {
    let server = Loopback::start(|_, _| {
        let chunk = [b"100000\r\n".as_slice(), &vec![b' '; 0x10_0000], b"\r\n"].concat();
        vec![
            say("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"),
            Step::Forever(chunk),
        ]
    })
    .await;
    let error = call(&server).await.unwrap_err();
    assert_eq!(error.to_string(), "the answer is larger than 64 MiB");
    server.left_alone().await;
}

#[tokio::test]
async fn a_refusal_without_end_is_cut_and_the_connection_closed() {
    let server = Loopback::start(|_, _| {
        let chunk = [b"8000\r\n".as_slice(), &vec![b'x'; 0x8000], b"\r\n"].concat();
        vec![
            say("HTTP/1.1 500 Internal Server Error\r\ntransfer-encoding: chunked\r\n\r\n"),
            Step::Forever(chunk),
        ]
    })
    .await;
    let error = call(&server).await.unwrap_err();
    assert!(error.to_string().len() < 400);
    assert_eq!(error.code(), 1);
    server.left_alone().await;
}

#[tokio::test]
async fn a_raw_request_is_posted_as_it_is_and_answered_by_what_comes() {
    let server = Loopback::start(|index, _| match index {
        0 => events(&frame(r#"{"type":"x"}"#)),
        _ => answer("200 OK", "content-type: text/plain\r\n", "not JSON"),
    })
    .await;
    let backend = server.backend();
    let body = Bytes::from_static(b"{ \"type\" : 1 }");
    let cancel = Cancel::new();
    let Answer::Stream(mut turn) = backend.post(body.clone(), &cancel).await.unwrap() else {
        panic!("the first answer is a stream")
    };
    let frame = turn.next_frame(&cancel).await.unwrap().unwrap();
    assert_eq!(frame.raw, r#"{"type":"x"}"#);
    let Answer::Document(document) = backend.post(body.clone(), &cancel).await.unwrap() else {
        panic!("the second answer is a document")
    };
    assert_eq!(document.raw, "not JSON");
    assert_eq!(server.seen()[0].body, body);
}

#[tokio::test]
async fn a_refused_stream_is_an_http_failure_and_not_a_stream() {
    let server = Loopback::start(|_, _| {
        answer(
            "500 Internal Server Error",
            "x-request-id: req_9\r\n",
            "Internal Server Error",
        )
    })
    .await;
    let error = server
        .backend()
        .stream(&get(), &Cancel::new())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the backend answered 500 Internal Server Error (x-request-id: req_9)"
    );
    assert!(error.hint().unwrap().contains("the backend's own log"));
}

#[tokio::test]
async fn debug_output_holds_neither_headers_nor_content() {
    let server = Loopback::start(|_, _| {
        answer(
            "200 OK",
            "set-cookie: hunter2\r\n",
            r#"{"data":[],"secret":"hunter2"}"#,
        )
    })
    .await;
    let document = call(&server).await.unwrap();
    assert!(!format!("{document:?}").contains("hunter2"));
    let server = Loopback::start(|_, _| vec![stream_head(), Step::UntilGone]).await;
    let turn = server
        .backend()
        .stream(&get(), &Cancel::new())
        .await
        .unwrap();
    assert!(format!("{turn:?}").contains("req_1"));
}

#[test]
fn an_address_that_http_cannot_reach_is_wrong_usage() {
    for url in ["file:///tmp", "ftp://h/", "data:x", "mailto:me@h"] {
        let endpoint = Endpoint::SelfHosted {
            url: url.parse().unwrap(),
            upload_url: None,
        };
        let error = Backend::new(endpoint, Options::default()).unwrap_err();
        assert_eq!(error.code(), 2, "{url}");
    }
}

#[test]
fn what_a_command_awaits_can_be_spawned() {
    fn is_send<T: Send>(_: T) {}
    let endpoint = Endpoint::SelfHosted {
        url: "http://127.0.0.1:1".parse().unwrap(),
        upload_url: None,
    };
    let backend = Backend::new(endpoint, Options::default()).unwrap();
    let (request, cancel) = (get(), Cancel::new());
    is_send(backend.stream(&request, &cancel));
    is_send(backend.call::<Page<Thread>>(&request, &cancel));
    is_send(backend.post(Bytes::new(), &cancel));
}
