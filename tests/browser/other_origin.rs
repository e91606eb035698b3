//! A page of another origin: it may use the mock as a backend, and may not steer it.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use chatkit::server::{Mock, Pattern};
use serde_json::{Value, json};

use crate::driver::{Browser, Case};

/// A frontend as an app would have it: everything that it does is preflighted.
const FRONTEND: &str = include_str!("frontend.html");

pub fn cases() -> Vec<Case> {
    vec![
        Case::new("another_origin_talks_and_uploads", |b| Box::pin(uploads(b))),
        Case::new("another_origin_cannot_steer", |b| Box::pin(steers(b))),
    ]
}

/// Serves the frontend under `localhost`, which is another origin than the mock's `127.0.0.1`. The
/// thread ends with the process.
fn frontend(mock: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let page = FRONTEND.replace("{{mock}}", mock);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 8192]);
            let length = page.len();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{page}"
            );
        }
    });
    format!("http://localhost:{port}/")
}

async fn uploads(b: &Browser) {
    let mock = Mock::builder().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cat.png");
    std::fs::write(&path, b"\x89PNG\r\n\x1a\nnot much of a cat").unwrap();
    b.go(&frontend(mock.url())).await;
    b.keys("#file", path.to_str().unwrap()).await;
    b.click("#go").await;
    b.until("window.done").await;
    let seen = b.js("return window.done").await;
    assert_eq!(seen["error"], Value::Null, "{seen}");
    assert_eq!(seen["direct"]["name"], "cat.png");
    assert_eq!(seen["bytes"], 25);
    assert!(
        seen["answer"]
            .as_str()
            .unwrap()
            .contains("thread.item.done"),
        "{seen}"
    );
    assert!(seen["requestId"].as_str().unwrap().starts_with("req_"));
    let preflight = Pattern::default().method("OPTIONS");
    assert!(mock.requests_like(&preflight).len() >= 3);
    let attached = json!({"params": {"input": {"attachments": [seen["announced"]["id"]]}}});
    mock.verify(&Pattern::operation("threads.create").body(attached), 1)
        .unwrap();
}

async fn steers(b: &Browser) {
    let mock = Mock::builder()
        .pace(Duration::from_millis(7))
        .start()
        .await
        .unwrap();
    b.go(&frontend(mock.url())).await;
    b.js("window.steer()").await;
    b.until("window.steered").await;
    let steered = b.js("return window.steered").await;
    assert_eq!(
        steered,
        json!({"read": "refused", "put": "refused", "blind": "opaque", "feed": "refused"})
    );
    let state = reqwest::Client::builder().no_proxy().build().unwrap();
    let state = state
        .get(format!("{}/__mock/state", mock.url()))
        .send()
        .await
        .unwrap();
    let state: Value = serde_json::from_str(&state.text().await.unwrap()).unwrap();
    assert_eq!(state["pace_ms"], 7.0, "nothing was changed");
    assert_eq!(state["clock"]["advanced_ms"], 0, "nor was it blindly");
}
