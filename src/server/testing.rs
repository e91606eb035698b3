//! A mock without a socket, for tests: requests go straight to its routes.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use bytes::Bytes;
use serde_json::{Value, json};

use super::app::App;
use super::config::Config;
use super::fault::Link;
use super::routes::Routes;
use crate::store::Memory;

/// The mock.
pub(super) struct Site {
    pub app: Arc<App>,
    routes: Routes,
}

/// A request that is being put together.
#[must_use = "a request is not sent before `send`"]
pub(super) struct Asked<'a> {
    site: &'a Site,
    request: Request<Body>,
    peer: IpAddr,
}

/// What the mock answered.
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Site {
    /// A mock that does not wait between deltas.
    pub fn new() -> Self {
        Self::with(Config::default())
    }

    /// A mock with these settings, except for the pace.
    pub fn with(config: Config) -> Self {
        let pace = Duration::ZERO;
        let app = Arc::new(App::new(
            Config { pace, ..config },
            Arc::new(Memory::new()),
            0,
        ));
        let routes = Routes::new(Arc::clone(&app));
        Self { app, routes }
    }

    /// A request without a body.
    pub fn ask(&self, method: &str, path: &str) -> Asked<'_> {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("host", "127.0.0.1:8000").body(Body::empty());
        Asked {
            site: self,
            request: request.unwrap(),
            peer: Ipv4Addr::LOCALHOST.into(),
        }
    }

    /// A request of the hosted REST API, with an API key and all that it needs.
    pub fn rest(&self, method: &str, path: &str) -> Asked<'_> {
        let asked = self.ask(method, path).bearer("sk-test");
        asked.header("openai-beta", "chatkit_beta=v1")
    }

    /// Makes a session and returns it.
    pub async fn session(&self, more: Value) -> Value {
        let mut body = json!({"workflow": {"id": "wf_1"}, "user": "u"});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let answer = self.rest("POST", "/v1/chatkit/sessions").json(&body).send();
        let answer = answer.await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
        answer.json()
    }

    /// An operation of the protocol, through a hosted session.
    pub async fn talk(&self, session: &Value, kind: &str, params: Value) -> Answer {
        let secret = session["client_secret"].as_str().unwrap();
        self.ask("POST", "/v1/chatkit/conversation")
            .bearer(secret)
            .json(&json!({"type": kind, "params": params}))
            .send()
            .await
    }
}

impl Asked<'_> {
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request
            .headers_mut()
            .insert(name, value.parse().unwrap());
        self
    }

    /// As from another address than this machine's.
    pub fn from(mut self, peer: &str) -> Self {
        self.peer = peer.parse().unwrap();
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn body(mut self, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self
    }

    pub fn json(self, body: &Value) -> Self {
        self.body(body.to_string())
    }

    /// A form with one file.
    pub fn form(self, field: &str, name: &str, kind: &str, bytes: &[u8]) -> Self {
        let mut body = format!(
            "--x\r\ncontent-disposition: form-data; name=\"note\"\r\n\r\nhi\r\n\
             --x\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             content-type: {kind}\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--x--\r\n");
        self.header("content-type", "multipart/form-data; boundary=x")
            .body(body)
    }

    pub async fn send(self) -> Answer {
        let (site, link) = (self.site, Link::default());
        let response = site.routes.answer(self.request, self.peer, &link).await;
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, usize::MAX).await.unwrap(),
        }
    }
}

impl Answer {
    /// The document that was answered.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{:?}", self.body))
    }

    /// The document of an answer that must be a success.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{:?}", self.body);
        self.json()
    }

    /// The events of a streamed answer.
    #[track_caller]
    pub fn events(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{:?}", self.body);
        let text = std::str::from_utf8(&self.body).unwrap();
        let frames = text
            .split("\n\n")
            .filter_map(|frame| frame.strip_prefix("data: "));
        frames
            .map(|json| serde_json::from_str(json).unwrap())
            .collect()
    }

    /// The status, the code and the field of a refusal, which is always an error object.
    #[track_caller]
    pub fn refusal(&self) -> (u16, String, Option<String>) {
        let error = &self.json()["error"];
        assert!(!error["message"].as_str().unwrap().is_empty());
        (
            self.status.as_u16(),
            error["code"].as_str().unwrap().to_owned(),
            error["param"].as_str().map(str::to_owned),
        )
    }

    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

/// The parameters of a message that starts a thread.
pub(super) fn message(text: &str) -> Value {
    json!({"input": {
        "content": [{"type": "input_text", "text": text}],
        "attachments": [],
        "inference_options": {},
    }})
}
